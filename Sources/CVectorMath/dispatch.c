// Compiles loops.inc once for each instruction set and chooses among them at run time. The bodies
// are included, not inlined across targets, so that flags which a user adds cannot break them.

#include "linear_math.h"
#include "vector_math.h"

#pragma clang diagnostic ignored "-Wunknown-pragmas"
#pragma clang diagnostic ignored "-Wpass-failed"
// Vectors are passed among functions of one instruction set only.
#pragma clang diagnostic ignored "-Wpsabi"
#pragma STDC FP_CONTRACT ON

#define JOIN_(a, b) a##_##b
#define JOIN(a, b) JOIN_(a, b)

// The loops over panels keep PANEL_VECTORS × 6 sums in registers, or SPARSE_VECTORS × 1.
#define ISA baseline
#define VECTOR_BYTES 16
#define PANEL_VECTORS 2
#define SPARSE_VECTORS 8
#include "loops.inc"
#undef ISA
#undef VECTOR_BYTES
#undef PANEL_VECTORS
#undef SPARSE_VECTORS

#if defined(__x86_64__)
#define ISA avx2
#define VECTOR_BYTES 32
#define PANEL_VECTORS 2
#define SPARSE_VECTORS 8
#pragma clang attribute push(__attribute__((target("avx2,fma,bmi,bmi2,f16c"))), apply_to = function)
#include "loops.inc"
#pragma clang attribute pop
#undef VECTOR_BYTES
#undef PANEL_VECTORS
#undef SPARSE_VECTORS
#undef ISA

#define ISA avx512
#define VECTOR_BYTES 64
#define PANEL_VECTORS 4
#define SPARSE_VECTORS 4
#pragma clang attribute push(                                                                      \
    __attribute__((target("avx512f,avx512vl,avx512bw,avx512dq,avx512cd,avx2,fma,bmi,bmi2,f16c,"    \
                          "no-prefer-256-bit"))),                                                  \
    apply_to = function)
#include "loops.inc"
#pragma clang attribute pop
#undef VECTOR_BYTES
#undef PANEL_VECTORS
#undef SPARSE_VECTORS
#undef ISA

enum { BASELINE, AVX2, AVX512 };

static int level(void) {
  // Read from all threads; every writer stores the same value.
  static _Atomic int known = -1;
  int value = __c11_atomic_load(&known, __ATOMIC_RELAXED);
  if (value >= 0) return value;
  __builtin_cpu_init();
  value = __builtin_cpu_supports("x86-64-v4")   ? AVX512
          : __builtin_cpu_supports("x86-64-v3") ? AVX2
                                                : BASELINE;
  __c11_atomic_store(&known, value, __ATOMIC_RELAXED);
  return value;
}

#define CALL(name, arguments)                                                                      \
  switch (level()) {                                                                               \
  case AVX512: return name##_avx512 arguments;                                                     \
  case AVX2: return name##_avx2 arguments;                                                         \
  default: return name##_baseline arguments;                                                       \
  }

const char *vm_instruction_set(void) {
  switch (level()) {
  case AVX512: return "avx512";
  case AVX2: return "avx2";
  default: return "baseline";
  }
}
#else
#define CALL(name, arguments) return name##_baseline arguments;

const char *vm_instruction_set(void) { return "baseline"; }
#endif

#define DEFINE(S, T)                                                                               \
  void vm_gaussian_##S(T *tile, long rows, long columns, long stride, const T *rowTerms,           \
                       const T *columnTerms, T gamma) {                                            \
    CALL(vm_gaussian_##S, (tile, rows, columns, stride, rowTerms, columnTerms, gamma))             \
  }                                                                                                \
  void vm_laplacian_##S(T *tile, long rows, long columns, long stride, T gamma) {                  \
    CALL(vm_laplacian_##S, (tile, rows, columns, stride, gamma))                                   \
  }                                                                                                \
  void vm_exponential_##S(T *tile, long rows, long columns, long stride, T gamma) {                \
    CALL(vm_exponential_##S, (tile, rows, columns, stride, gamma))                                 \
  }                                                                                                \
  void vm_distances_##S(T *tile, long rows, long columns, long stride, const T *rowTerms,          \
                        const T *columnTerms) {                                                    \
    CALL(vm_distances_##S, (tile, rows, columns, stride, rowTerms, columnTerms))                   \
  }                                                                                                \
  void vm_matern32_##S(T *tile, long rows, long columns, long stride, T gamma) {                   \
    CALL(vm_matern32_##S, (tile, rows, columns, stride, gamma))                                    \
  }                                                                                                \
  void vm_matern52_##S(T *tile, long rows, long columns, long stride, T gamma) {                   \
    CALL(vm_matern52_##S, (tile, rows, columns, stride, gamma))                                    \
  }                                                                                                \
  void vm_rational_quadratic_##S(T *tile, long rows, long columns, long stride, T gamma,           \
                                 T shape) {                                                        \
    CALL(vm_rational_quadratic_##S, (tile, rows, columns, stride, gamma, shape))                   \
  }                                                                                                \
  void vm_inner_products_##S(T *tile, long rows, long columns, long stride, const T *a,            \
                             const T *b, long features, long bStride) {                            \
    CALL(vm_inner_products_##S, (tile, rows, columns, stride, a, b, features, bStride))            \
  }                                                                                                \
  void vm_gaussian_products_##S(T *tile, long rows, long columns, long stride, const T *a,         \
                                const T *b, long features, long bStride, const T *rowTerms,        \
                                const T *columnTerms, T gamma) {                                   \
    CALL(vm_gaussian_products_##S, (tile, rows, columns, stride, a, b, features, bStride,          \
                                    rowTerms, columnTerms, gamma))                                 \
  }                                                                                                \
  void vm_chi_squared_distances_##S(T *tile, long rows, long columns, long stride, const T *a,     \
                                    const T *b, long features, long bStride) {                     \
    CALL(vm_chi_squared_distances_##S, (tile, rows, columns, stride, a, b, features, bStride))     \
  }                                                                                                \
  void vm_minimum_sums_##S(T *tile, long rows, long columns, long stride, const T *a, const T *b,  \
                           long features, long bStride) {                                          \
    CALL(vm_minimum_sums_##S, (tile, rows, columns, stride, a, b, features, bStride))              \
  }                                                                                                \
  void vm_polynomial_##S(T *tile, long rows, long columns, long stride, T gamma, T constant,       \
                         long degree) {                                                            \
    CALL(vm_polynomial_##S, (tile, rows, columns, stride, gamma, constant, degree))                \
  }                                                                                                \
  void vm_sigmoid_##S(T *tile, long rows, long columns, long stride, T gamma, T constant) {        \
    CALL(vm_sigmoid_##S, (tile, rows, columns, stride, gamma, constant))                           \
  }                                                                                                \
  void vm_manhattan_##S(T *tile, long rows, long columns, long stride, const T *a, const T *b,     \
                        long features, long bStride) {                                             \
    CALL(vm_manhattan_##S, (tile, rows, columns, stride, a, b, features, bStride))                 \
  }                                                                                                \
  void vm_squared_distances_##S(T *tile, long rows, long columns, long stride, const T *a,         \
                                const T *b, long features, long bStride) {                         \
    CALL(vm_squared_distances_##S, (tile, rows, columns, stride, a, b, features, bStride))         \
  }                                                                                                \
  void vm_gaussian_distances_##S(T *tile, long rows, long columns, long stride, const T *a,        \
                                 const T *b, long features, long bStride, T gamma) {               \
    CALL(vm_gaussian_distances_##S,                                                                \
         (tile, rows, columns, stride, a, b, features, bStride, gamma))                            \
  }                                                                                                \
  void vm_sparse_products_##S(T *tile, long sparseRows, long width, long stride,                   \
                              const int64_t *begins, const int64_t *ends, const int32_t *indices,  \
                              const T *values, const T *b, long bStride) {                         \
    CALL(vm_sparse_products_##S,                                                                   \
         (tile, sparseRows, width, stride, begins, ends, indices, values, b, bStride))             \
  }                                                                                                \
  void vm_transpose_##S(const T *from, long rows, long columns, long fromStride, T *to,            \
                        long toStride) {                                                           \
    CALL(vm_transpose_##S, (from, rows, columns, fromStride, to, toStride))                        \
  }                                                                                                \
  void vm_accumulate_##S(const T *const *rows, const double *coefficients, long rowCount,          \
                         long columns, double *sums) {                                             \
    CALL(vm_accumulate_##S, (rows, coefficients, rowCount, columns, sums))                         \
  }                                                                                                \
  void vm_weighted_sums_##S(const T *tile, long columns, long rows, long stride,                   \
                            const double *coefficients, double *sums) {                            \
    CALL(vm_weighted_sums_##S, (tile, columns, rows, stride, coefficients, sums))                  \
  }                                                                                                \
  void vm_convert_##S(const double *from, const double *centre, long count, T *to) {               \
    CALL(vm_convert_##S, (from, centre, count, to))                                                \
  }                                                                                                \
  double vm_squared_norm_##S(const T *x, long count) {                                             \
    CALL(vm_squared_norm_##S, (x, count))                                                          \
  }                                                                                                \
  long vm_first_not_finite_##S(const T *x, long count) {                                           \
    CALL(vm_first_not_finite_##S, (x, count))                                                      \
  }                                                                                                \
  void vm_gather_##S(const T *from, const int32_t *positions, long count, T *to) {                 \
    CALL(vm_gather_##S, (from, positions, count, to))                                              \
  }                                                                                                \
  void vm_scatter_##S(const T *from, const int32_t *positions, long count, T *to) {                \
    CALL(vm_scatter_##S, (from, positions, count, to))                                             \
  }                                                                                                \
  long vm_best_partner_##S(const T *v, const T *lowOffset, const T *row, const T *diagonals,       \
                           T diagonal, T top, T scale, long count, double *gain) {                                                          \
    CALL(vm_best_partner_##S,                                                                      \
         (v, lowOffset, row, diagonals, diagonal, top, scale, count, gain))                       \
  }                                                                                                \
  void vm_move_pair_##S(T *v, const T *upOffset, const T *lowOffset, const T *rowI,                \
                        const T *rowJ, T delta, long count, T *top, long *topIndex, T *bottom) {                                          \
    CALL(vm_move_pair_##S,                                                                         \
         (v, upOffset, lowOffset, rowI, rowJ, delta, count, top, topIndex, bottom))              \
  }

DEFINE(f32, float)
DEFINE(f64, double)

#define DEFINE_PANELS(S, T)                                                                        \
  void vm_panel_inner_##S(const T *x, long rows, long features, const T *panel, T *out) {          \
    CALL(vm_panel_inner_##S, (x, rows, features, panel, out))                                      \
  }                                                                                                \
  void vm_panel_manhattan_##S(const T *x, long rows, long features, const T *panel, T *out) {      \
    CALL(vm_panel_manhattan_##S, (x, rows, features, panel, out))                                  \
  }                                                                                                \
  void vm_panel_squared_distances_##S(const T *x, long rows, long features, const T *panel, T      \
                                      *out) {                                                      \
    CALL(vm_panel_squared_distances_##S, (x, rows, features, panel, out))                          \
  }                                                                                                \
  void vm_panel_chi_squared_distances_##S(const T *x, long rows, long features, const T *panel,    \
                                          T *out) {                                                \
    CALL(vm_panel_chi_squared_distances_##S, (x, rows, features, panel, out))                      \
  }                                                                                                \
  void vm_panel_minimum_sums_##S(const T *x, long rows, long features, const T *panel, T *out) {   \
    CALL(vm_panel_minimum_sums_##S, (x, rows, features, panel, out))                               \
  }                                                                                                \
  void vm_panel_sparse_##S(const int64_t *offsets, const int32_t *indices, const T *values, long   \
                           rows, const T *panel, T *out) {                                         \
    CALL(vm_panel_sparse_##S, (offsets, indices, values, rows, panel, out))                        \
  }                                                                                                \
  void vm_panel_sum_##S(const T *tile, long rows, const T *coefficients, double *sums) {           \
    CALL(vm_panel_sum_##S, (tile, rows, coefficients, sums))                                       \
  }                                                                                                \
  void vm_panel_combine_##S(const T *tile, long rows, long begin, long end, const T *coefficients, \
                            long outputs, double *sums, long sumStride) {                          \
    CALL(vm_panel_combine_##S, (tile, rows, begin, end, coefficients, outputs, sums, sumStride))   \
  }                                                                                                \
  void vm_lists_##S(const int64_t *offsets, const int32_t *places, const T *values, long rows,     \
                    const int64_t *starts, const int32_t *targets, const T *weights, long width,   \
                    T *out) {                                                                      \
    CALL(vm_lists_##S,                                                                             \
         (offsets, places, values, rows, starts, targets, weights, width, out))                    \
  }                                                                                                \
  long vm_compress_##S(const T *from, long count, int32_t *indices, T *values) {                   \
    CALL(vm_compress_##S, (from, count, indices, values))                                          \
  }

DEFINE_PANELS(f32, float)
DEFINE_PANELS(f64, double)

void lm_products(const lm_examples *x, long begin, long end, const double *w, double bias,
                 double *z) {
  CALL(lm_products_lm, (x, begin, end, w, bias, z))
}
void lm_sums(const lm_examples *x, long begin, long end, const double *c, double *sum) {
  CALL(lm_sums_lm, (x, begin, end, c, sum))
}
void lm_squares(const lm_examples *x, long begin, long end, const double *c, double *sum) {
  CALL(lm_squares_lm, (x, begin, end, c, sum))
}
long lm_tile(const lm_examples *x, long *next, long end, const double *c, double sign, double bias,
             long height, long stride, double *tile) {
  CALL(lm_tile_lm, (x, next, end, c, sign, bias, height, stride, tile))
}
void lm_outer_products(const lm_examples *x, long begin, long end, const double *c, long bias,
                       long size, double *sum) {
  CALL(lm_outer_products_lm, (x, begin, end, c, bias, size, sum))
}
double lm_differentiate(const lm_losses *l, long begin, long end, const double *z, double *alpha,
                        double *beta, double *curvature) {
  CALL(lm_differentiate_lm, (l, begin, end, z, alpha, beta, curvature))
}
void lm_slope(const lm_losses *l, long begin, long end, const double *z, const double *change,
              double step, double *slope, double *curvature) {
  CALL(lm_slope_lm, (l, begin, end, z, change, step, slope, curvature))
}
void lm_interior_begin(const lm_interior *p, long begin, long end, double tau) {
  CALL(lm_interior_begin_lm, (p, begin, end, tau))
}
void lm_interior_linearise(const lm_interior *p, long begin, long end, double *complementarity,
                           double *loss) {
  CALL(lm_interior_linearise_lm, (p, begin, end, complementarity, loss))
}
void lm_interior_centre(const lm_interior *p, long begin, long end, double *results) {
  CALL(lm_interior_centre_lm, (p, begin, end, results))
}
void lm_interior_correct(const lm_interior *p, long begin, long end) {
  CALL(lm_interior_correct_lm, (p, begin, end))
}
double lm_interior_bound(const lm_interior *p, long begin, long end, double target, double share) {
  CALL(lm_interior_bound_lm, (p, begin, end, target, share))
}
void lm_interior_move(const lm_interior *p, long begin, long end, double target, double share,
                      double step) {
  CALL(lm_interior_move_lm, (p, begin, end, target, share, step))
}
void lm_descend(lm_descent *d, long visits) { CALL(lm_descend_lm, (d, visits)) }
