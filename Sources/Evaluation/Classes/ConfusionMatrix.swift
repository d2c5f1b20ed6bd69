/// How often each class was predicted for each class.
///
/// Rows are counted one by one, so that a table that does not fit in memory can be measured. A row
/// may carry a weight: 2 counts as the row twice, 0 as no row at all. Counts are of rows; the figures
/// are quotients of summed weights.
///
/// Figures that would divide by zero are `nil`, not 0 and not 1: a class that never occurs has no
/// recall, and one that is never predicted has no precision.
public struct ConfusionMatrix: Sendable, Equatable {
  /// The names of the classes, in the order that indices refer to.
  public let classNames: [String]
  /// Row-major; a row is the actual class, a column the predicted one.
  private var counts: [Int]
  private var weights: [Double]

  /// Starts with no rows counted.
  ///
  /// - Parameter classNames: The name of every class that occurs or is predicted.
  package init(classNames: [String]) {
    self.classNames = classNames
    counts = [Int](repeating: 0, count: classNames.count * classNames.count)
    weights = [Double](repeating: 0, count: counts.count)
  }

  /// Counts pairs of actual and predicted classes.
  ///
  /// - Parameters:
  ///   - classNames: The name of every class.
  ///   - actual: The index of each row's class.
  ///   - predicted: The index of the class predicted for each row; as many as `actual`.
  ///   - weights: The weight of each row, finite and at least 0; as many as `actual`. `nil` is 1 for
  ///     all.
  public init(classNames: [String], actual: [Int], predicted: [Int], weights: [Double]? = nil) {
    precondition(
      actual.count == predicted.count,
      "actual has \(actual.count) rows, but predicted has \(predicted.count)")
    precondition(
      weights.map { $0.count == actual.count } ?? true,
      "actual has \(actual.count) rows, but weights has \(weights?.count ?? 0)")
    self.init(classNames: classNames)
    for row in actual.indices {
      add(actual: actual[row], predicted: predicted[row], weight: weights?[row] ?? 1)
    }
  }

  /// Counts one row.
  ///
  /// - Parameters:
  ///   - actual: The index of its class.
  ///   - predicted: The index of the class predicted for it.
  ///   - weight: How much the row counts; finite and at least 0. A row of weight 0 is not counted.
  package mutating func add(actual: Int, predicted: Int, weight: Double = 1) {
    precondition(isWeight(weight), "a weight must be finite and at least 0, but is \(weight)")
    let offset = offset(actual: actual, predicted: predicted)
    guard weight > 0 else { return }
    counts[offset] += 1
    weights[offset] += weight
  }

  /// Counts rows that were summed up elsewhere.
  package mutating func add(actual: Int, predicted: Int, rows: Int, totalWeight: Double) {
    let offset = offset(actual: actual, predicted: predicted)
    counts[offset] += rows
    weights[offset] += totalWeight
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

  /// The summed weight of the rows of one class for which a class was predicted.
  ///
  /// - Parameters:
  ///   - actual: The index of the rows' class.
  ///   - predicted: The index of the predicted class.
  /// - Returns: The sum of their weights; the number of rows when all weights are 1.
  package func weight(actual: Int, predicted: Int) -> Double {
    weights[offset(actual: actual, predicted: predicted)]
  }

  /// The number of rows counted.
  package var rowCount: Int { counts.reduce(0, +) }

  /// The summed weight of the rows counted.
  package var totalWeight: Double { weights.reduce(0, +) }

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
  package func actualCount(of index: Int) -> Int {
    classNames.indices.reduce(0) { $0 + count(actual: index, predicted: $1) }
  }

  /// The number of rows for which a class was predicted.
  ///
  /// - Parameter index: The index of the class.
  /// - Returns: The number of rows predicted to belong to it.
  package func predictedCount(of index: Int) -> Int {
    classNames.indices.reduce(0) { $0 + count(actual: $1, predicted: index) }
  }

  /// The summed weight of the rows of a class.
  package func actualWeight(of index: Int) -> Double {
    classNames.indices.reduce(0) { $0 + weight(actual: index, predicted: $1) }
  }

  /// The summed weight of the rows for which a class was predicted.
  func predictedWeight(of index: Int) -> Double {
    classNames.indices.reduce(0) { $0 + weight(actual: $1, predicted: index) }
  }

  /// The part of the predictions of a class that are right.
  ///
  /// - Parameter index: The index of the class.
  /// - Returns: A number from 0 to 1, or `nil` when the class was never predicted.
  public func precision(of index: Int) -> Double? {
    ratio(weight(actual: index, predicted: index), predictedWeight(of: index))
  }

  /// The part of the rows of a class that were found.
  ///
  /// - Parameter index: The index of the class.
  /// - Returns: A number from 0 to 1, or `nil` when the class does not occur.
  public func recall(of index: Int) -> Double? {
    ratio(weight(actual: index, predicted: index), actualWeight(of: index))
  }

  /// The harmonic mean of precision and recall: 2·hits / (rows + predictions of the class).
  ///
  /// - Parameter index: The index of the class.
  /// - Returns: A number from 0 to 1, or `nil` when the class neither occurs nor is predicted.
  public func f1(of index: Int) -> Double? {
    ratio(
      2 * weight(actual: index, predicted: index),
      actualWeight(of: index) + predictedWeight(of: index))
  }
}

// MARK: - Figures of all rows

extension ConfusionMatrix {
  /// The summed weight of the rows that were predicted right.
  var hitWeight: Double {
    classNames.indices.reduce(0) { $0 + weight(actual: $1, predicted: $1) }
  }

  /// The part of the rows that were predicted right, or `nil` without rows.
  public var accuracy: Double? {
    ratio(hitWeight, totalWeight)
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

  /// The accuracy of always predicting the class that most of the rows belong to, or `nil` without
  /// rows: what an accuracy is to be compared with.
  package var majorityAccuracy: Double? {
    ratio(classNames.indices.map(actualWeight(of:)).max() ?? 0, totalWeight)
  }
}
