import LinearAlgebra

/// A trained model that predicts one of some classes, however it was trained.
public protocol Classifier: Sendable {
  /// The class names in order: numbers by value, text by its UTF-8 bytes.
  var classes: [String] { get }

  /// How far, and on which side of each boundary, examples lie.
  ///
  /// Two classes have one value, above 0 in favour of the later class. More have one for each pair, (0,1),
  /// (0,2), …, (1,2), …, or, of one class against the rest, one for each class.
  ///
  /// - Parameters:
  ///   - features: n examples with the features of the training data.
  ///   - threads: The number of threads, or `nil` for one on each core.
  /// - Returns: n rows of values.
  /// - Throws: ``ModelError`` when the features do not fit the model.
  func decisionValues(_ features: FeatureMatrix, threads: Int?) throws(ModelError)
    -> Matrix<Double>

  /// The name of each example's class.
  ///
  /// - Parameters:
  ///   - features: n examples with the features of the training data.
  ///   - threads: The number of threads, or `nil` for one on each core.
  /// - Returns: n class names.
  /// - Throws: ``ModelError`` when the features do not fit the model.
  func predict(_ features: FeatureMatrix, threads: Int?) throws(ModelError) -> [String]
}

/// A classifier that decides by binary problems: what the toolkit's other parts ask of each.
package protocol DecomposedClassifier: Classifier {
  /// How decision values are arranged.
  var decisionShape: DecisionShape { get }

  /// Classes from decision values; the earliest of equals.
  ///
  /// - Parameter decisionValues: As ``Classifier/decisionValues(_:threads:)`` gives them.
  /// - Returns: n indices into ``Classifier/classes``.
  func classIndices(decisionValues: Matrix<Double>) -> [Int]

  /// The classes of examples.
  ///
  /// - Parameters:
  ///   - features: n examples with the features of the training data.
  ///   - threads: The number of threads, or `nil` for one on each core.
  /// - Returns: n indices into ``Classifier/classes``.
  /// - Throws: ``ModelError`` when the features do not fit the model.
  func classIndices(_ features: FeatureMatrix, threads: Int?) throws(ModelError) -> [Int]
}

extension DecomposedClassifier {
  /// The binary problems that the columns of the decision values belong to.
  package var binaryProblems: ClassProblems {
    ClassProblems(decisionShape, classCount: classes.count)
  }

  /// One score for each class, from decision values of any shape.
  ///
  /// Values for each class are their own scores. Pairs give a class the votes that it wins, and within
  /// equally many votes the sum of the decision values in its favour, squeezed to less than a third of a
  /// vote either way; two classes get −d and d. The largest score belongs to the predicted class, except
  /// that of classes with equally many votes ``classIndices(decisionValues:)`` takes the earliest.
  ///
  /// - Parameter decisionValues: As ``decisionValues(_:threads:)`` gives them.
  /// - Returns: n × number of classes.
  package func classScores(decisionValues: Matrix<Double>) -> Matrix<Double> {
    binaryProblems.scores(decisionValues)
  }

  /// Classes from decision values, the earliest of equals.
  ///
  /// - Parameter decisionValues: As ``decisionValues(_:threads:)`` gives them.
  /// - Returns: n indices into ``classes``.
  package func classIndices(decisionValues: Matrix<Double>) -> [Int] {
    binaryProblems.winners(decisionValues)
  }

  /// The class of each example, as an index into ``classes``.
  ///
  /// - Throws: ``ModelError`` when the features do not fit the model.
  package func classIndices(_ features: FeatureMatrix, threads: Int? = nil) throws(ModelError)
    -> [Int]
  {
    classIndices(decisionValues: try decisionValues(features, threads: threads))
  }

  /// The name of each example's class.
  ///
  /// - Throws: ``ModelError`` when the features do not fit the model.
  package func predict(_ features: FeatureMatrix, threads: Int?) throws(ModelError) -> [String] {
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
