/// Why predictions could not be measured.
public enum EvaluationError: Error, Equatable, Sendable {
  /// A list does not have one element for each row.
  case elementCount(String, found: Int, rowCount: Int)
  /// A row's weight is negative or not finite.
  case weight(Double, row: Int)
  /// A score, a target, a prediction or a bound is not finite.
  case notFinite(String, Double, row: Int)
  /// The bounds of an interval are in the wrong order.
  case interval(lower: Double, upper: Double, row: Int)
  /// A probability does not lie between 0 and 1.
  case probability(Double, row: Int)
  /// The probabilities of a row do not sum to 1.
  case probabilitySum(Double, row: Int)
  /// A row's class has no place among the classes.
  case classIndex(Int, classCount: Int, row: Int)
  /// A number that steers the measurement is out of range.
  case setting(String, value: Double, expected: String)
}

extension EvaluationError: CustomStringConvertible {
  /// The error as a sentence; rows count from 0.
  public var description: String {
    switch self {
    case .elementCount(let name, let found, let rowCount):
      "\(name) has \(found) elements, but there are \(rowCount) rows"
    case .weight(let weight, let row):
      "the weight of row \(row) must be a finite number of at least 0, but is \(weight)"
    case .notFinite(let name, let value, let row):
      "the \(name) of row \(row) must be finite, but is \(value)"
    case .interval(let lower, let upper, let row):
      "the interval of row \(row) begins at \(lower), after its end at \(upper)"
    case .probability(let probability, let row):
      "the probabilities of row \(row) must lie between 0 and 1, but one is \(probability)"
    case .probabilitySum(let sum, let row):
      "the probabilities of row \(row) must sum to 1, but sum to \(sum)"
    case .classIndex(let index, let classCount, let row):
      "the class of row \(row) must be below the number of classes, \(classCount), but is \(index)"
    case .setting(let name, let value, let expected):
      "\(name) must be \(expected), but is \(value)"
    }
  }
}

// MARK: - Checks

/// One weight for each row, all of them valid; ones when none are given.
func checkedWeights(_ weights: [Double]?, rowCount: Int) throws(EvaluationError) -> [Double] {
  guard let weights else { return [Double](repeating: 1, count: rowCount) }
  try checkCount(weights.count, of: "weights", rowCount: rowCount)
  for row in weights.indices where !isWeight(weights[row]) {
    throw .weight(weights[row], row: row)
  }
  return weights
}

func checkCount(_ count: Int, of name: String, rowCount: Int) throws(EvaluationError) {
  guard count == rowCount else { throw .elementCount(name, found: count, rowCount: rowCount) }
}

func checkFinite(_ values: [Double], _ name: String) throws(EvaluationError) {
  for row in values.indices where !values[row].isFinite {
    throw .notFinite(name, values[row], row: row)
  }
}

func isWeight(_ weight: Double) -> Bool { weight >= 0 && weight.isFinite }

/// A quotient, or `nil` when nothing is there to divide by.
func ratio(_ part: Double, _ whole: Double) -> Double? {
  whole > 0 ? part / whole : nil
}

func mean(_ values: [Double]) -> Double? {
  values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
}
