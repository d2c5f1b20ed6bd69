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
  /// The binary problems that the columns of the decision values belong to.
  package var binaryProblems: ClassProblems {
    ClassProblems(decisionShape, classCount: classes.count)
  }

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
    binaryProblems.scores(decisionValues)
  }

  /// Classes from decision values, the earliest of equals.
  ///
  /// - Parameter decisionValues: As ``decisionValues(_:threads:)`` gives them.
  /// - Returns: n indices into ``classes``.
  public func classIndices(decisionValues: Matrix<Double>) -> [Int] {
    binaryProblems.winners(decisionValues)
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
