/// What scaling needs to know about a feature, or a target.
///
/// Three passes over the values: extremes, their sum, and the squares of distances from their mean. Rows may
/// be given in parts, in their order, as several machines have them: each part continues where the one before
/// it ended, so that the bits are those of one pass over all rows wherever these are cut. Sums of parts are never
/// added to each other, which would round differently for each cut.
package struct ColumnMoments: Sendable, Equatable {
  /// The smallest and the largest value.
  package private(set) var least: Double
  package private(set) var greatest: Double
  /// The sum of the weights.
  package private(set) var weight: Double
  /// The weight of the zeros that are not among the values; `nil` if there are none.
  private let zeros: Double?
  /// In the unit of ``exponent``.
  private var sum = 0.0
  /// `nil` before the third pass.
  private var squares: Double?

  /// Begins without values.
  ///
  /// - Parameter zeros: The weight of the zeros of a sparse feature, which are not stored; `nil` if there are
  ///   none.
  package init(zeros: Double? = nil) {
    self.zeros = zeros
    (least, greatest) = zeros == nil ? (.infinity, -.infinity) : (0, 0)
    weight = zeros ?? 0
  }

  /// Looks at all values at once, three times.
  ///
  /// - Parameters:
  ///   - values: The values, all finite; of a sparse feature, those that are stored.
  ///   - weights: The weight of each, greater than 0, in the unit of ``WeightUnits``.
  ///   - zeros: The weight of the zeros that are not stored; `nil` if there are none.
  package init(
    _ values: some Sequence<Double>, weights: some Sequence<Double>, zeros: Double? = nil
  ) {
    self.init(zeros: zeros)
    addExtremes(values, weights: weights)
    guard !isConstant else { return }
    addSum(values, weights: weights)
    addSquares(values, weights: weights)
  }

  // MARK: Between machines

  /// How many numbers ``numbers`` has.
  static let numberCount = 6

  /// What is known so far, for a machine that has the next rows.
  var numbers: [Double] {
    [least, greatest, weight, zeros ?? .nan, sum, squares ?? .nan]
  }

  /// Continues where another machine has ended.
  ///
  /// - Parameter numbers: What ``numbers`` was there.
  init(continuing numbers: ArraySlice<Double>) {
    let numbers = Array(numbers)
    (least, greatest, weight) = (numbers[0], numbers[1], numbers[2])
    zeros = numbers[3].isNaN ? nil : numbers[3]
    sum = numbers[4]
    squares = numbers[5].isNaN ? nil : numbers[5]
  }

  // MARK: Passes

  /// The first pass.
  ///
  /// - Parameters:
  ///   - values: The values of the next rows, all finite.
  ///   - weights: The weight of each, greater than 0.
  package mutating func addExtremes(
    _ values: some Sequence<Double>, weights: some Sequence<Double>
  ) {
    var (least, greatest, weight) = (least, greatest, weight)
    for (value, valueWeight) in zip(values, weights) {
      least = min(least, value)
      greatest = max(greatest, value)
      weight += valueWeight
    }
    (self.least, self.greatest, self.weight) = (least, greatest, weight)
  }

  /// The second pass, after the first one over all rows.
  ///
  /// - Parameters:
  ///   - values: As for the first pass.
  ///   - weights: As there.
  package mutating func addSum(_ values: some Sequence<Double>, weights: some Sequence<Double>) {
    // Sums are taken of values scaled by a power of two, which is exact, so that neither they nor
    // squares overflow.
    let scale = 1 / unit
    var sum = sum
    for (value, weight) in zip(values, weights) { sum += weight * (value * scale) }
    self.sum = sum
  }

  /// The third pass, after the second one over all rows.
  ///
  /// - Parameters:
  ///   - values: As for the first pass.
  ///   - weights: As there.
  package mutating func addSquares(_ values: some Sequence<Double>, weights: some Sequence<Double>)
  {
    let (scale, center) = (1 / unit, sum / weight)
    var squares = squares ?? (zeros ?? 0) * center * center
    for (value, weight) in zip(values, weights) {
      let distance = value * scale - center
      squares += weight * (distance * distance)
    }
    self.squares = squares
  }

  // MARK: What is known after them

  /// Whether all values are the same, or there are none.
  ///
  /// A constant is recognised by its values: its deviation may come out as rounding noise, and dividing by
  /// that would make features of nothing. It needs no further pass.
  package var isConstant: Bool { !(least < greatest) }

  /// The value of a constant; 0 without values.
  private var constant: Double { least == greatest ? least : 0 }

  /// The power of two in whose unit sums are taken, as an exponent.
  package var exponent: Int {
    isConstant ? 0 : max(-1000, min(1000, max(least.magnitude, greatest.magnitude).exponent))
  }

  private var unit: Double { Double(sign: .plus, exponent: exponent, significand: 1) }

  /// The mean.
  package var mean: Double { isConstant ? constant : sum / weight * unit }

  /// The standard deviation.
  package var deviation: Double { isConstant ? 0 : deviationInUnits * unit }

  /// The standard deviation in units of 2 to the power of ``exponent``.
  package var deviationInUnits: Double {
    guard !isConstant else { return 0 }
    guard let squares else { preconditionFailure("the third pass is missing") }
    return (squares / weight).squareRoot()
  }
}

extension ColumnMoments {
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
