import LinearAlgebra
import Learning

/// The classes of the examples that take part in a training.
struct TrainingClasses: Sendable {
  /// The class names in order.
  var names: [String]
  /// The class of each example that takes part.
  var indices: [Int]

  /// Finds the classes.
  ///
  /// - Parameters:
  ///   - labels: The class of each training example.
  ///   - run: The training, whose examples of weight 0 do not count.
  /// - Throws: When there is not one label for each row, or fewer than two classes.
  init(_ labels: ClassLabels, _ run: MethodRun) throws(KernelMethodError) {
    let count = labels.indices.count
    guard count == run.features.rowCount else {
      throw .training(.countMismatch(what: "labels", found: count, rows: run.features.rowCount))
    }
    let found = labels.selecting(run.rows)
    guard found.classes.count >= 2 else {
      throw .training(
        .invalidParameter(
          name: "labels", value: "of \(found.classes.count) class (\(found.classes))",
          expected: "of at least 2 classes"))
    }
    names = found.classes
    indices = found.indices
  }
}

/// The weighted share of examples that are classified wrongly.
func errorShare(_ found: [Int], _ expected: [Int], weights: [Double]) -> Double {
  var wrong = 0.0
  for index in found.indices where found[index] != expected[index] { wrong += weights[index] }
  return wrong / weights.reduce(0, +)
}
