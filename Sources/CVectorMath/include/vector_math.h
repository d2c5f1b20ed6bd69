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
  /* t ← max(0, rowTerm + columnTerm − 2t); the terms are ‖x‖². */                                 \
  void vm_distances_##S(T *tile, long rows, long columns, long stride, const T *rowTerms,          \
                        const T *columnTerms);                                                     \
  /* t ← (1 + a) exp(−a) with a = √3 γ √t. */                                                      \
  void vm_matern32_##S(T *tile, long rows, long columns, long stride, T gamma);                    \
  /* t ← (1 + a + a²/3) exp(−a) with a = √5 γ √t. */                                               \
  void vm_matern52_##S(T *tile, long rows, long columns, long stride, T gamma);                    \
  /* t ← (1 + γt/(2·shape))^(−shape). */                                                           \
  void vm_rational_quadratic_##S(T *tile, long rows, long columns, long stride, T gamma, T shape); \
  /* t ← (γt + constant)^degree by squaring, degree ≥ 1. */                                        \
  void vm_polynomial_##S(T *tile, long rows, long columns, long stride, T gamma, T constant,       \
                         long degree);                                                             \
  /* t ← tanh(γt + constant). */                                                                   \
  void vm_sigmoid_##S(T *tile, long rows, long columns, long stride, T gamma, T constant);         \
  /* t ← Σ over features a · b; a is rows × features, b is features × columns. Each value is one sum in\
     the order of the features, so that its bits depend on the two examples alone. This and the next six\
     compute whole vectors of 64 bytes, for which b, its stride, the column terms and the tile have\
     room. */                                                                                      \
  void vm_inner_products_##S(T *tile, long rows, long columns, long stride, const T *a,            \
                             const T *b, long features, long bStride);                             \
  /* t ← exp(min(0, 2γ⟨a, b⟩ − rowTerm − columnTerm)); the terms are γ‖x‖². */                     \
  void vm_gaussian_products_##S(T *tile, long rows, long columns, long stride, const T *a,         \
                                const T *b, long features, long bStride, const T *rowTerms,        \
                                const T *columnTerms, T gamma);                                    \
  /* t ← Σ over features |a − b|. */                                                               \
  void vm_manhattan_##S(T *tile, long rows, long columns, long stride, const T *a, const T *b,     \
                        long features, long bStride);                                              \
  /* t ← Σ over features (a − b)², in the same way. */                                             \
  void vm_squared_distances_##S(T *tile, long rows, long columns, long stride, const T *a,         \
                                const T *b, long features, long bStride);                          \
  /* t ← Σ over features (a − b)²/(a + b), 0 where a + b is 0, of numbers that are at least 0. */  \
  void vm_chi_squared_distances_##S(T *tile, long rows, long columns, long stride, const T *a,     \
                                    const T *b, long features, long bStride);                      \
  /* t ← Σ over features min(a, b). */                                                             \
  void vm_minimum_sums_##S(T *tile, long rows, long columns, long stride, const T *a, const T *b,  \
                           long features, long bStride);                                           \
  /* t ← exp(−γ Σ over features (a − b)²) in the same way. */                                      \
  void vm_gaussian_distances_##S(T *tile, long rows, long columns, long stride, const T *a,        \
                                 const T *b, long features, long bStride, T gamma);                \
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
  /* sums[c] += Σ over r of coefficients[r] · tile[c, r]; the order of the terms depends on the      \
     number of rows alone. */                                                                      \
  void vm_weighted_sums_##S(const T *tile, long columns, long rows, long stride,                   \
                            const double *coefficients, double *sums);                             \
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
  /* The index of the largest (scale·(top − v − lowOffset))² / (diagonal + diagonals − 2·row)      \
     among those with v + lowOffset < top, −1 if there is none; count is a multiple of 16. */      \
  long vm_best_partner_##S(const T *v, const T *lowOffset, const T *row, const T *diagonals,       \
                           T diagonal, T top, T scale, long count, double *gain);                                                           \
  /* v −= delta · (rowI − rowJ); then the largest v + upOffset with its lowest index, and the      \
     smallest v + lowOffset; count is a multiple of 16. */                                         \
  void vm_move_pair_##S(T *v, const T *upOffset, const T *lowOffset, const T *rowI,                \
                        const T *rowJ, T delta, long count, T *top, long *topIndex, T *bottom);

VM_DECLARE(f32, float)
VM_DECLARE(f64, double)
#undef VM_DECLARE

#define VM_DECLARE_PANELS(S, T)                                                                    \
  /* out[r, i] ← ⟨x[r], support vector i⟩ for one panel: features × 64 (Float) or 32 (Double).     \
     */                                                                                            \
  void vm_panel_inner_##S(const T *x, long rows, long features, const T *panel, T *out);           \
  /* The same with Σ |x − z|. */                                                                   \
  void vm_panel_manhattan_##S(const T *x, long rows, long features, const T *panel, T *out);       \
  /* The same with Σ (x − z)². */                                                                  \
  void vm_panel_squared_distances_##S(const T *x, long rows, long features, const T *panel, T      \
                                      *out);                                                       \
  /* The same with Σ (x − z)²/(x + z) of numbers that are at least 0, and with Σ min(x, z). */     \
  void vm_panel_chi_squared_distances_##S(const T *x, long rows, long features, const T *panel,    \
                                          T *out);                                                 \
  void vm_panel_minimum_sums_##S(const T *x, long rows, long features, const T *panel, T *out);    \
  /* vm_panel_inner of sparse rows: entries offsets[r]..<offsets[r + 1]. */                        \
  void vm_panel_sparse_##S(const int64_t *offsets, const int32_t *indices, const T *values, long   \
                           rows, const T *panel, T *out);                                          \
  /* sums[r, 0…7] += parts of Σ over the panel of coefficient · value; their sum is the whole.     \
     */                                                                                            \
  void vm_panel_sum_##S(const T *tile, long rows, const T *coefficients, double *sums);            \
  /* sums[r · sumStride + o] += Σ over i in begin..<end of tile[r, i] · coefficients[i, o]; the number of       \
     outputs is a multiple of 16 (Float) or 8 (Double). */                                         \
  void vm_panel_combine_##S(const T *tile, long rows, long begin, long end, const T *coefficients, \
                            long outputs, double *sums, long sumStride);                           \
  /* out[r, i] ← Σ over row r's entries of value · weight of i in the list of the entry's place,    \
     starts[place]..<starts[place + 1] of targets and weights; a list of width weights holds all    \
     in order. width is a multiple of 64 (Float) or 32 (Double). */                                \
  void vm_lists_##S(const int64_t *offsets, const int32_t *places, const T *values, long rows,     \
                    const int64_t *starts, const int32_t *targets, const T *weights, long width,   \
                    T *out);                                                                       \
  /* The entries that are not 0, with their indices; room for count of both. Returns their         \
     number. */                                                                                    \
  long vm_compress_##S(const T *from, long count, int32_t *indices, T *values);

VM_DECLARE_PANELS(f32, float)
VM_DECLARE_PANELS(f64, double)
#undef VM_DECLARE_PANELS

#endif
