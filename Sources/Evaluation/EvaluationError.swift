/// Why predictions could not be measured, as a sentence; rows count from 0.
public struct EvaluationError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The sentence.
  public let description: String

  private init(_ description: String) { self.description = description }

  /// A list does not have one element for each row.
  package static func elementCount(_ name: String, found: Int, rowCount: Int) -> Self {
    Self("\(name) has \(found) elements, but there are \(rowCount) rows")
  }

  /// A row's weight is negative or not finite.
  package static func weight(_ weight: Double, row: Int) -> Self {
    Self("the weight of row \(row) must be a finite number of at least 0, but is \(weight)")
  }

  /// A score, a target, a prediction or a bound is not finite.
  package static func notFinite(_ name: String, _ value: Double, row: Int) -> Self {
    Self("the \(name) of row \(row) must be finite, but is \(value)")
  }

  /// The bounds of an interval are in the wrong order.
  package static func interval(lower: Double, upper: Double, row: Int) -> Self {
    Self("the interval of row \(row) begins at \(lower), after its end at \(upper)")
  }

  /// A probability does not lie between 0 and 1.
  package static func probability(_ probability: Double, row: Int) -> Self {
    Self("the probabilities of row \(row) must lie between 0 and 1, but one is \(probability)")
  }

  /// The probabilities of a row do not sum to 1.
  package static func probabilitySum(_ sum: Double, row: Int) -> Self {
    Self("the probabilities of row \(row) must sum to 1, but sum to \(sum)")
  }

  /// A row's class has no place among the classes.
  package static func classIndex(_ index: Int, classCount: Int, row: Int) -> Self {
    Self(
      "the class of row \(row) must be below the number of classes, \(classCount), but is \(index)")
  }

  /// A number that steers the measurement is out of range.
  package static func setting(_ name: String, value: Double, expected: String) -> Self {
    Self("\(name) must be \(expected), but is \(value)")
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
