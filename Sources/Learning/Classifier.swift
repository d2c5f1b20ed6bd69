import LinearAlgebra

/// A trained model that predicts one of some classes, however it was trained.
public protocol Classifier: Sendable {
  /// The class names in order: numbers by value, text by its UTF-8 bytes.
  var classes: [String] { get }
  /// How decision values are arranged.
  var decisionShape: DecisionShape { get }

  /// How far, and on which side of each boundary, examples lie.
  ///
  /// - Parameters:
  ///   - features: n examples with the features of the training data.
  ///   - threads: The number of threads, or `nil` for one on each core.
  /// - Returns: n rows of as many values as ``decisionShape`` has columns.
  /// - Throws: ``ModelError`` when the features do not fit the model.
  func decisionValues(_ features: FeatureMatrix, threads: Int?) throws(ModelError)
    -> Matrix<Double>

  /// Classes from decision values; the earliest of equals.
  ///
  /// - Parameter decisionValues: As ``decisionValues(_:threads:)`` gives them.
  /// - Returns: n indices into ``classes``.
  func classIndices(decisionValues: Matrix<Double>) -> [Int]

  /// The classes of examples.
  ///
  /// - Parameters:
  ///   - features: n examples with the features of the training data.
  ///   - threads: The number of threads, or `nil` for one on each core.
  /// - Returns: n indices into ``classes``.
  /// - Throws: ``ModelError`` when the features do not fit the model.
  func classIndices(_ features: FeatureMatrix, threads: Int?) throws(ModelError) -> [Int]
}

extension Classifier {
  /// One score for each class, from decision values of any shape: for users who rank classes.
  ///
  /// Values for each class are their own scores. Pairs give a class the votes that it wins, and within
  /// equally many votes the sum of the decision values in its favour, squeezed to less than a third of a
  /// vote either way; two classes get −d and d. The largest score belongs to the predicted class, except
  /// that of classes with equally many votes ``classIndices(decisionValues:)`` takes the earliest.
  ///
  /// - Parameter decisionValues: As ``decisionValues(_:threads:)`` gives them.
  /// - Returns: n × number of classes.
  public func classScores(decisionValues: Matrix<Double>) -> Matrix<Double> {
    let count = classes.count
    switch decisionShape {
    case .perClass: return decisionValues
    case .binary:
      return Matrix(rowCount: decisionValues.rowCount, columnCount: 2) {
        $1 == 0 ? -decisionValues[$0, 0] : decisionValues[$0, 0]
      }
    case .pairs:
      var scores: [Double] = []
      scores.reserveCapacity(decisionValues.rowCount * count)
      for row in 0..<decisionValues.rowCount {
        var votes = [Double](repeating: 0, count: count)
        var sums = [Double](repeating: 0, count: count)
        var pair = 0
        for earlier in 0..<count {
          for later in (earlier + 1)..<max(count, earlier + 1) {
            let value = decisionValues[row, pair]
            votes[value > 0 ? later : earlier] += 1
            sums[later] += value
            sums[earlier] -= value
            pair += 1
          }
        }
        for index in 0..<count {
          scores.append(votes[index] + sums[index] / (3 * (abs(sums[index]) + 1)))
        }
      }
      return Matrix(rowCount: decisionValues.rowCount, columnCount: count) {
        scores[$0 * count + $1]
      }
    }
  }

  /// The class of each example, as an index into ``classes``.
  ///
  /// - Throws: ``ModelError`` when the features do not fit the model.
  public func classIndices(_ features: FeatureMatrix, threads: Int? = nil) throws(ModelError)
    -> [Int]
  {
    classIndices(decisionValues: try decisionValues(features, threads: threads))
  }

  /// The name of each example's class.
  ///
  /// - Throws: ``ModelError`` when the features do not fit the model.
  public func predict(_ features: FeatureMatrix, threads: Int? = nil) throws(ModelError)
    -> [String]
  {
    try classIndices(features, threads: threads).map { classes[$0] }
  }
}

extension DecisionShape {
  /// The class with the largest value in each row, the earliest of equals.
  ///
  /// - Parameter values: n × number of classes.
  /// - Returns: n indices of columns.
  public static func largestClasses(_ values: Matrix<Double>) -> [Int] {
    (0..<values.rowCount).map { row in
      var best = 0
      for index in 0..<values.columnCount where values[row, index] > values[row, best] {
        best = index
      }
      return best
    }
  }
}

/// A trained model that predicts a number, however it was trained.
public protocol Regressor: Sendable {
  /// Predicted targets.
  ///
  /// - Parameters:
  ///   - features: n examples with the features of the training data.
  ///   - threads: The number of threads, or `nil` for one on each core.
  /// - Returns: n numbers.
  /// - Throws: ``ModelError`` when the features do not fit the model.
  func predict(_ features: FeatureMatrix, threads: Int?) throws(ModelError) -> [Double]
}
