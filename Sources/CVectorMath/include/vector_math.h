#ifndef VECTOR_MATH_H
#define VECTOR_MATH_H

// SIMD loops that Swift cannot say portably. No stable interface: for this package's modules only.
//
// A tile is `rows` × `columns` values, row-major, with `stride` elements from row to row. The
// functions come for Float (f32) and Double (f64) and choose among AVX-512, AVX2 and baseline
// bodies at run time; elsewhere than on x86-64 the baseline body is compiled for the target.
// Sums and gradients are in Double throughout.

#include <stdint.h>

/// The instruction set that the loops are dispatched to: "avx512", "avx2" or "baseline".
const char *vm_instruction_set(void);

#define VM_DECLARE(S, T)                                                                           \
  /* t ← exp(min(0, 2γt − rowTerm − columnTerm)); the terms are γ‖x‖². */                          \
  void vm_gaussian_##S(T *tile, long rows, long columns, long stride, const T *rowTerms,           \
                       const T *columnTerms, T gamma);                                             \
  /* t ← exp(−γ√t). */                                                                             \
  void vm_laplacian_##S(T *tile, long rows, long columns, long stride, T gamma);                   \
  /* t ← exp(−γt). */                                                                              \
  void vm_exponential_##S(T *tile, long rows, long columns, long stride, T gamma);                 \
  /* t ← (γt + constant)^degree by squaring, degree ≥ 1. */                                        \
  void vm_polynomial_##S(T *tile, long rows, long columns, long stride, T gamma, T constant,       \
                         long degree);                                                             \
  /* t ← tanh(γt + constant). */                                                                   \
  void vm_sigmoid_##S(T *tile, long rows, long columns, long stride, T gamma, T constant);         \
  /* t ← Σ over features |a − b|; a is rows × features, b is features × columns. */                \
  void vm_manhattan_##S(T *tile, long rows, long columns, long stride, const T *a, const T *b,     \
                        long features, long bStride);                                              \
  /* t ← Σ over features (a − b)², in the same way. */                                             \
  void vm_squared_distances_##S(T *tile, long rows, long columns, long stride, const T *a,         \
                                const T *b, long features, long bStride);                          \
  /* t[c, r] ← Σ over the stored entries of sparse row c of value · b[column, r]. */               \
  void vm_sparse_products_##S(T *tile, long sparseRows, long width, long stride,                   \
                              const int64_t *begins, const int64_t *ends, const int32_t *indices,  \
                              const T *values, const T *b, long bStride);                          \
  /* to[c, r] ← from[r, c]. */                                                                     \
  void vm_transpose_##S(const T *from, long rows, long columns, long fromStride, T *to,            \
                        long toStride);                                                            \
  /* sums[j] += Σ over r of coefficients[r] · rows[r][j], in the order of r. */                    \
  void vm_accumulate_##S(const T *const *rows, const double *coefficients, long rowCount,          \
                         long columns, double *sums);                                              \
  /* to[i] ← from[i] − centre[i], rounded to T; centre may be null. */                             \
  void vm_convert_##S(const double *from, const double *centre, long count, T *to);                \
  /* Σ x². */                                                                                      \
  double vm_squared_norm_##S(const T *x, long count);                                              \
  /* The first index whose value is NaN or infinite, −1 if there is none. */                       \
  long vm_first_not_finite_##S(const T *x, long count);                                            \
  /* to[i] ← from[positions[i]], in ascending order: they may be the same memory when the          \
     positions ascend. */                                                                          \
  void vm_gather_##S(const T *from, const int32_t *positions, long count, T *to);                  \
  /* to[positions[i]] ← from[i]. */                                                                \
  void vm_scatter_##S(const T *from, const int32_t *positions, long count, T *to);                 \
  /* The index of the largest (scale·(top − v − lowPenalty))² / (diagonal + diagonals − 2·row)     \
     among those with v + lowPenalty < top, −1 if there is none; the lowest index of equals. */    \
  long vm_best_partner_##S(const double *v, const double *lowPenalty, const T *row,                \
                           const T *diagonals, T diagonal, double top, double scale, long count,   \
                           float *gain);                                                           \
  /* v −= delta · (rowI − rowJ); then as vm_extremes. */                                           \
  void vm_move_pair_##S(double *v, const double *upPenalty, const double *lowPenalty,              \
                        const T *rowI, const T *rowJ, double delta, long count, double *top,       \
                        long *topIndex, double *bottom);

VM_DECLARE(f32, float)
VM_DECLARE(f64, double)
#undef VM_DECLARE

/// The largest v + upPenalty with its lowest index, and the smallest v + lowPenalty.
void vm_extremes(const double *v, const double *upPenalty, const double *lowPenalty, long count,
                 double *top, long *topIndex, double *bottom);

/// Whether the processor has instructions for SHA-256 (FIPS 180-4).
int vm_has_sha256(void);

/// Takes `count` blocks of 64 bytes into the eight words of a digest's state; only where
/// vm_has_sha256().
void vm_sha256_blocks(uint32_t *state, const uint8_t *blocks, long count);

#endif
