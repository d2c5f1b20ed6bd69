/// Why a calibration could not be fitted, built or applied, as a sentence; rows count from 0.
public struct CalibrationError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The sentence.
  public let description: String

  private init(_ description: String) { self.description = description }

  /// A number is outside its range.
  package static func invalidParameter(name: String, value: Double, expected: String) -> Self {
    Self("\(name) must be \(expected), but is \(value)")
  }

  /// An array or a matrix's rows or columns are more or fewer than there should be.
  package static func countMismatch(what: String, found: Int, expected: Int) -> Self {
    Self("there are \(found) \(what), but there must be \(expected)")
  }

  /// A value is infinite, or NaN where that does not mean that there is none.
  package static func notFinite(what: String, row: Int) -> Self {
    Self("\(what) of row \(row) is not a finite number")
  }

  /// A weight is negative or not finite.
  package static func invalidWeight(row: Int, weight: Double) -> Self {
    Self("the weight of row \(row) must be a finite number of at least 0, but is \(weight)")
  }

  /// The weights add up to more than a Double holds.
  package static let weightsOverflow = Self(
    "the weights add up to more than the largest number there is; divide them by a common number")

  /// A class is not one of `0 ..< classCount`.
  package static func invalidClass(row: Int, found: Int, classCount: Int) -> Self {
    Self("the class of row \(row) must be at least 0 and below \(classCount), but is \(found)")
  }

  /// There are not enough rows whose weight is greater than 0.
  package static func tooFewRows(found: Int, needed: Int) -> Self {
    Self("\(needed) rows with a weight greater than 0 are needed, but there are \(found)")
  }

  /// A table's column does not ascend at this index.
  package static func notAscending(what: String, index: Int) -> Self {
    Self("\(what) must ascend, but do not at index \(index)")
  }

  /// A calibration of several classes cannot have this shape; the text says why.
  package static func invalidShape(_ reason: String) -> Self { Self(reason) }
}

/// Checks weights and adds them up; without weights every row counts once.
func checkedWeights(
  _ weights: [Double]?, rowCount: Int
) throws(CalibrationError) -> [Double] {
  guard let weights else { return [Double](repeating: 1, count: rowCount) }
  guard weights.count == rowCount else {
    throw .countMismatch(what: "weights", found: weights.count, expected: rowCount)
  }
  var total = 0.0
  for (row, weight) in weights.enumerated() {
    guard weight.isFinite, weight >= 0 else { throw .invalidWeight(row: row, weight: weight) }
    total += weight
  }
  guard total.isFinite else { throw .weightsOverflow }
  return weights
}
