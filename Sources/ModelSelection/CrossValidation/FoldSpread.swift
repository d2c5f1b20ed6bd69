/// How a figure is spread over folds: its mean and its deviation.
struct FoldSpread {
  /// The mean, each fold counted by its weight.
  let mean: Double
  /// The deviation as computed; `nil` for fewer than two folds.
  ///
  /// The variance is Σ wᵢ(xᵢ − m)² / (W − Σ wᵢ² / W), which for equal weights is the usual one with
  /// n − 1.
  let computedDeviation: Double?
  /// Whether the folds differ by no more than rounding.
  private let isRounding: Bool

  /// The deviation, 0 where folds differ by no more than rounding; `nil` for fewer than two folds.
  var standardDeviation: Double? {
    computedDeviation.map { isRounding ? 0 : $0 }
  }

  /// Summarises figures; `nil` without folds.
  ///
  /// - Parameter values: A finite figure and a weight above 0 for each fold.
  init?(_ values: [(value: Double, weight: Double)]) {
    guard !values.isEmpty else { return nil }
    let total = values.reduce(0) { $0 + $1.weight }
    // In units of a power of two, squares of errors near the largest number do not overflow.
    let largest = values.reduce(0) { max($0, $1.value.magnitude) }
    let unit =
      largest > 0x1p400 && largest.isFinite
      ? Double(sign: .plus, exponent: largest.exponent, significand: 1) : 1
    let mean = values.reduce(0) { $0 + $1.weight * ($1.value / unit) } / total
    self.mean = mean * unit
    let freedom = total - values.reduce(0) { $0 + $1.weight * $1.weight } / total
    let squares = values.reduce(0) {
      $0 + $1.weight * ($1.value / unit - mean) * ($1.value / unit - mean)
    }
    computedDeviation =
      values.count > 1 && freedom > 0 ? (squares / freedom).squareRoot() * unit : nil
    // A sum of n products, divided by a sum of n weights, is off by at most about 2n roundings.
    let rounding = 2 * Double(values.count) * Double.ulpOfOne * mean.magnitude
    isRounding = values.allSatisfy { ($0.value / unit - mean).magnitude <= rounding }
  }
}
