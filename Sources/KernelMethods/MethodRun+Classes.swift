import Learning

extension MethodRun {
  /// The classes of the examples that take part.
  ///
  /// - Parameter classes: The class of each training example.
  /// - Returns: The classes that occur, and one code for each of ``rows``.
  /// - Throws: When there is not one class for each row, or fewer than two classes.
  func classes(_ classes: ClassTable) throws(TrainingError) -> ClassTable {
    let count = classes.codes.count
    guard count == features.rowCount else {
      throw .countMismatch(what: "labels", found: count, rows: features.rowCount)
    }
    let found = classes.selecting(rows)
    guard found.names.count >= 2 else {
      throw .invalidParameter(
        name: "labels", value: "of \(found.names.count) class (\(found.names))",
        expected: "of at least 2 classes")
    }
    return found
  }
}

/// The weighted share of examples that are classified wrongly.
func errorShare(_ found: [Int], _ expected: [Int], weights: [Double]) -> Double {
  var wrong = 0.0
  for index in found.indices where found[index] != expected[index] { wrong += weights[index] }
  return wrong / weights.reduce(0, +)
}
