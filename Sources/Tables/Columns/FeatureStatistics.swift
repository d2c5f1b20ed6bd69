/// What scaling needs to know about a feature.
struct FeatureStatistics {
  let mean: Double
  let deviation: Double
  let least: Double
  let greatest: Double

  /// Looks at the values of a feature, twice; all are finite.
  ///
  /// - Parameters:
  ///   - values: The values; of a sparse feature, those that are stored.
  ///   - weights: The weight of each, greater than 0, in the unit of ``WeightUnits``.
  ///   - zeros: The weight of the zeros that are not stored; `nil` if there are none.
  init(
    _ values: some Sequence<Double>, weights: some Sequence<Double>, zeros: Double? = nil
  ) {
    var (least, greatest) = zeros == nil ? (Double.infinity, -Double.infinity) : (0.0, 0.0)
    var count = zeros ?? 0
    for (value, weight) in zip(values, weights) {
      least = min(least, value)
      greatest = max(greatest, value)
      count += weight
    }
    // A constant is recognised by its values: its deviation may come out as rounding noise, and
    // dividing by that would make features of nothing.
    guard least < greatest else {
      mean = least == greatest ? least : 0
      deviation = 0
      self.least = mean
      self.greatest = mean
      return
    }
    // Sums are taken of values scaled by a power of two, which is exact, so that neither they nor
    // squares overflow.
    let largest = max(least.magnitude, greatest.magnitude)
    let exponent = max(-1000, min(1000, largest.exponent))
    let unit = Double(sign: .plus, exponent: exponent, significand: 1)
    let scale = 1 / unit
    var sum = 0.0
    for (value, weight) in zip(values, weights) { sum += weight * (value * scale) }
    let center = sum / count
    var squares = (zeros ?? 0) * center * center
    for (value, weight) in zip(values, weights) {
      let distance = value * scale - center
      squares += weight * (distance * distance)
    }
    mean = center * unit
    deviation = (squares / count).squareRoot() * unit
    self.least = least
    self.greatest = greatest
  }

  /// What to subtract, and what to multiply by then.
  ///
  /// A constant becomes 0, as does a feature whose spread is too small or too large for its
  /// reciprocal to be a number. Without a shift, a constant stays as it is.
  func parameters(_ scaling: Scaling, shifts: Bool = true) -> (offset: Double, factor: Double) {
    switch scaling {
    case .none: return (0, 1)
    case .standard:
      guard least < greatest else { return (shifts ? least : 0, 1) }
      return (shifts ? mean : 0, Self.reciprocal(deviation))
    case .minmax:
      return least < greatest ? (least, Self.reciprocal(greatest - least)) : (least, 1)
    case .maxabs:
      let largest = max(least.magnitude, greatest.magnitude)
      return (0, largest > 0 ? Self.reciprocal(largest) : 1)
    }
  }

  private static func reciprocal(_ spread: Double) -> Double {
    let factor = 1 / spread
    return factor.isFinite ? factor : 0
  }
}
