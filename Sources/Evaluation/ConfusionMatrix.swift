/// How often each class was predicted for each class.
///
/// Rows are counted one by one, so that a table that does not fit in memory can be measured.
/// Figures that would divide by zero are `nil`, not 0 and not 1: a class that never occurs has no
/// recall, and one that is never predicted has no precision.
public struct ConfusionMatrix: Sendable, Equatable {
  /// The names of the classes, in the order that indices refer to.
  public let classNames: [String]
  /// Row-major; a row is the actual class, a column the predicted one.
  private var counts: [Int]

  /// Starts with no rows counted.
  ///
  /// - Parameter classNames: The name of every class that occurs or is predicted.
  public init(classNames: [String]) {
    self.classNames = classNames
    counts = [Int](repeating: 0, count: classNames.count * classNames.count)
  }

  /// Counts pairs of actual and predicted classes.
  ///
  /// - Parameters:
  ///   - classNames: The name of every class.
  ///   - actual: The index of each row's class.
  ///   - predicted: The index of the class predicted for each row; as many as `actual`.
  public init(classNames: [String], actual: [Int], predicted: [Int]) {
    precondition(
      actual.count == predicted.count,
      "actual has \(actual.count) rows, but predicted has \(predicted.count)")
    self.init(classNames: classNames)
    for (actual, predicted) in zip(actual, predicted) { add(actual: actual, predicted: predicted) }
  }

  /// Counts one row.
  ///
  /// - Parameters:
  ///   - actual: The index of its class.
  ///   - predicted: The index of the class predicted for it.
  public mutating func add(actual: Int, predicted: Int) {
    counts[offset(actual: actual, predicted: predicted)] += 1
  }

  /// The number of rows of one class for which a class was predicted.
  ///
  /// - Parameters:
  ///   - actual: The index of the rows' class.
  ///   - predicted: The index of the predicted class.
  /// - Returns: The number of such rows.
  public func count(actual: Int, predicted: Int) -> Int {
    counts[offset(actual: actual, predicted: predicted)]
  }

  /// The number of rows counted.
  public var rowCount: Int { counts.reduce(0, +) }

  private func offset(actual: Int, predicted: Int) -> Int {
    precondition(
      classNames.indices.contains(actual) && classNames.indices.contains(predicted),
      "classes \(actual) and \(predicted) must be below the number of classes, \(classNames.count)")
    return actual * classNames.count + predicted
  }
}

// MARK: - Figures of one class

extension ConfusionMatrix {
  /// The number of rows of a class.
  ///
  /// - Parameter index: The index of the class.
  /// - Returns: The number of rows that belong to it.
  public func actualCount(of index: Int) -> Int {
    classNames.indices.reduce(0) { $0 + count(actual: index, predicted: $1) }
  }

  /// The number of rows for which a class was predicted.
  ///
  /// - Parameter index: The index of the class.
  /// - Returns: The number of rows predicted to belong to it.
  public func predictedCount(of index: Int) -> Int {
    classNames.indices.reduce(0) { $0 + count(actual: $1, predicted: index) }
  }

  /// The part of the predictions of a class that are right.
  ///
  /// - Parameter index: The index of the class.
  /// - Returns: A number from 0 to 1, or `nil` when the class was never predicted.
  public func precision(of index: Int) -> Double? {
    ratio(count(actual: index, predicted: index), predictedCount(of: index))
  }

  /// The part of the rows of a class that were found.
  ///
  /// - Parameter index: The index of the class.
  /// - Returns: A number from 0 to 1, or `nil` when the class does not occur.
  public func recall(of index: Int) -> Double? {
    ratio(count(actual: index, predicted: index), actualCount(of: index))
  }

  /// The harmonic mean of precision and recall: 2·hits / (rows + predictions of the class).
  ///
  /// - Parameter index: The index of the class.
  /// - Returns: A number from 0 to 1, or `nil` when the class neither occurs nor is predicted.
  public func f1(of index: Int) -> Double? {
    ratio(
      2 * count(actual: index, predicted: index), actualCount(of: index) + predictedCount(of: index)
    )
  }
}

// MARK: - Figures of all rows

extension ConfusionMatrix {
  /// The part of the rows that were predicted right, or `nil` without rows.
  public var accuracy: Double? {
    ratio(classNames.indices.reduce(0) { $0 + count(actual: $1, predicted: $1) }, rowCount)
  }

  /// The mean recall of the classes that occur, or `nil` without rows.
  ///
  /// Guessing scores 1 / (number of classes), however rare some of them are.
  public var balancedAccuracy: Double? {
    mean(classNames.indices.compactMap(recall(of:)))
  }

  /// The mean F1 of the classes that occur or are predicted, or `nil` without rows.
  public var macroF1: Double? {
    mean(classNames.indices.compactMap(f1(of:)))
  }

  /// The figures of all rows, labelled; those without a value are left out.
  ///
  /// - Parameter set: What the counted rows are.
  /// - Returns: `accuracy`, `balancedAccuracy` and `macroF1`, in this order.
  public func metrics(on set: Metric.MeasuredSet) -> [Metric] {
    [("accuracy", accuracy), ("balancedAccuracy", balancedAccuracy), ("macroF1", macroF1)]
      .compactMap { name, value in
        value.map { Metric(name: name, value: $0, set: set, rows: rowCount) }
      }
  }
}

private func ratio(_ part: Int, _ whole: Int) -> Double? {
  whole == 0 ? nil : Double(part) / Double(whole)
}

private func mean(_ values: [Double]) -> Double? {
  values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
}
