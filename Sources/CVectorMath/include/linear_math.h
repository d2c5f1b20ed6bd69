#ifndef LINEAR_MATH_H
#define LINEAR_MATH_H

// Loops of linear models, in Double. No stable interface: for this package's modules only.
//
// Examples are counted from 0 among those that take part; each function works on begin..<end of them.
// The vectors of 8 examples that it takes together begin at `begin`, so that results depend on the
// ranges alone.

#include <stdint.h>

/// Some rows of a feature matrix.
typedef struct {
  /// Dense: the elements, row-major. Sparse: the stored entries.
  const double *values;
  /// The columns of stored entries, ascending within a row; null when dense.
  const int32_t *columns;
  /// rows + 1 positions of stored entries; null when dense.
  const long *offsets;
  /// The number of features.
  long width;
  /// The rows that take part.
  const int32_t *rows;
} lm_examples;

enum { LM_HINGE, LM_SQUARED_HINGE, LM_LOGISTIC, LM_TUBE, LM_SQUARED_TUBE };

/// What examples pay: their classes −1 and 1 or targets, and costs C > 0.
typedef struct {
  const double *targets;
  const double *costs;
  double tube;
  long count;
  long kind;
} lm_losses;

/// z ← ⟨w, x⟩ + bias.
void lm_products(const lm_examples *x, long begin, long end, const double *w, double bias,
                 double *z);
/// sum += Σ c·x.
void lm_sums(const lm_examples *x, long begin, long end, const double *c, double *sum);
/// sum += Σ c·x², for each feature.
void lm_squares(const lm_examples *x, long begin, long end, const double *c, double *sum);
/// Copies examples from `*next` on, whose sign·c > 0, times its root, into rows of a tile, and after
/// the features bias times that root unless bias is 0; `*next` advances. Returns the number of
/// rows.
long lm_tile(const lm_examples *x, long *next, long end, const double *c, double sign, double bias,
             long height, long stride, double *tile);
/// sum += Σ c·(x, 1)(x, 1)ᵀ of sparse examples, the lower triangle, size × size; without the 1 when
/// bias is 0.
void lm_outer_products(const lm_examples *x, long begin, long end, const double *c, long bias,
                       long size, double *sum);

/// α, β = Σ sα and D = Cℓ″ at z. Returns Σ Cℓ(z).
double lm_differentiate(const lm_losses *l, long begin, long end, const double *z, double *alpha,
                        double *beta, double *curvature);
/// The first and second derivative of Σ Cℓ(z + step · change) by the step.
void lm_slope(const lm_losses *l, long begin, long end, const double *z, const double *change,
              double step, double *slope, double *curvature);

/// The variables of the interior-point method: a, 1 − a, u and ξ have a list of examples for each
/// piece of the loss.
typedef struct {
  lm_losses losses;
  double *share;
  double *rest;
  double *slack;
  double *violation;
  double *margins;
  double *beta;
  double *right;
  double *aim;
  double *curvature;
  double *first;
  double *second;
} lm_interior;

/// Puts each piece on its own central path at z: au = (1 − a)ξ = τ.
void lm_interior_begin(const lm_interior *p, long begin, long end, double tau);
/// β, D and the first right side's coefficients; Σ C(au + (1 − a)ξ) and Σ Cℓ(z).
void lm_interior_linearise(const lm_interior *p, long begin, long end, double *complementarity,
                           double *loss);
/// Of the first direction: its longest step, at most 1, what changes in Σ C(au + (1 − a)ξ) for each
/// unit of the step and of its square, and Σ 2C.
void lm_interior_centre(const lm_interior *p, long begin, long end, double *results);
/// What the second right side adds: `right` for what the first direction left out, and `aim` for each
/// unit of the τ to aim at.
void lm_interior_correct(const lm_interior *p, long begin, long end);
/// The largest share of itself that a variable loses along the second direction, which takes a share
/// of what the first one left out.
double lm_interior_bound(const lm_interior *p, long begin, long end, double target, double share);
/// Goes a step along the second direction.
void lm_interior_move(const lm_interior *p, long begin, long end, double target, double share,
                      double step);

/// A pass of dual coordinate descent.
typedef struct {
  lm_examples examples;
  lm_losses losses;
  /// ‖x‖² and what the bias adds.
  const double *diagonal;
  double *weights;
  double *alpha;
  /// The examples; those from `active` on are left out, those before `place` have been visited.
  int32_t *order;
  long place;
  long active;
  /// b = centre + biasScale · total.
  double centre;
  double biasScale;
  /// Σβ.
  double total;
  /// Variables at a bound beyond these are left out from now on.
  double highest;
  double lowest;
  /// The extremes of the projected gradients.
  double top;
  double bottom;
  /// Of the random order: SplitMix64.
  uint64_t counter;
} lm_descent;

/// Visits `visits` examples of the pass, or the rest.
void lm_descend(lm_descent *d, long visits);

#endif
