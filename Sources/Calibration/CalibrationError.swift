/// Why a calibration could not be fitted, built or applied.
public enum CalibrationError: Error, Equatable, Sendable {
  /// A number is outside its range.
  case invalidParameter(name: String, value: Double, expected: String)
  /// An array or a matrix's rows or columns are more or fewer than there should be.
  case countMismatch(what: String, found: Int, expected: Int)
  /// A value is infinite, or NaN where that does not mean that there is none.
  case notFinite(what: String, row: Int)
  /// A weight is negative or not finite.
  case invalidWeight(row: Int, weight: Double)
  /// The weights add up to more than a Double holds.
  case weightsOverflow
  /// A class is not one of `0 ..< classCount`.
  case invalidClass(row: Int, found: Int, classCount: Int)
  /// There are not enough rows whose weight is greater than 0.
  case tooFewRows(found: Int, needed: Int)
  /// A table's column does not ascend at this index.
  case notAscending(what: String, index: Int)
  /// A calibration of several classes cannot have this shape; the text says why.
  case invalidShape(String)
}

extension CalibrationError: CustomStringConvertible {
  /// The error as a sentence.
  public var description: String {
    switch self {
    case .invalidParameter(let name, let value, let expected):
      "\(name) must be \(expected), but is \(value)"
    case .countMismatch(let what, let found, let expected):
      "there are \(found) \(what), but there must be \(expected)"
    case .notFinite(let what, let row):
      "\(what) of row \(row) is not a finite number"
    case .invalidWeight(let row, let weight):
      "the weight of row \(row) must be a finite number of at least 0, but is \(weight)"
    case .weightsOverflow:
      "the weights add up to more than the largest number there is; divide them by a common number"
    case .invalidClass(let row, let found, let classCount):
      "the class of row \(row) must be at least 0 and below \(classCount), but is \(found)"
    case .tooFewRows(let found, let needed):
      "\(needed) rows with a weight greater than 0 are needed, but there are \(found)"
    case .notAscending(let what, let index):
      "\(what) must ascend, but do not at index \(index)"
    case .invalidShape(let reason):
      reason
    }
  }
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
