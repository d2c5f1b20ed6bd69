import Basics

// The logistic function and its logarithms in forms that neither overflow nor cancel.

/// 1/(1 + eᶠ), which falls from 1 to 0 as f grows; the exponential never overflows.
func fallingLogistic(_ f: Double) -> Double {
  if f >= 0 {
    let small = exp(-f)
    return small / (1 + small)
  }
  return 1 / (1 + exp(f))
}

/// 1/(1 + eᶠ) and 1/(1 + e⁻ᶠ) with one exponential; the bits are those of two calls.
func logisticPair(_ f: Double) -> (falling: Double, rising: Double) {
  let small = exp(-f.magnitude)
  let (less, more) = (small / (1 + small), 1 / (1 + small))
  return f >= 0 ? (less, more) : (more, less)
}

/// t·f + ln(1 + e⁻ᶠ), the negative logarithm of the likelihood of a target t when the probability is
/// 1/(1 + eᶠ).
///
/// The two forms are equal; each is used where its exponential is at most 1. The textbook's
/// −t·ln p − (1 − t)·ln(1 − p) takes the logarithm of a p that may have been rounded to 0 or 1.
func crossEntropy(target t: Double, _ f: Double) -> Double {
  f >= 0 ? t * f + log1p(exp(-f)) : (t - 1) * f + log1p(exp(f))
}
