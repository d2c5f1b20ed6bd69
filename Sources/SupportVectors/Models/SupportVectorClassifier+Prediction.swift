import Basics
import Kernels
import Learning
import LinearAlgebra
import SMOSolver

extension SupportVectorClassifier {
  /// Decision values: how far, and on which side of each problem's boundary, examples lie.
  ///
  /// - Parameters:
  ///   - features: n examples with the features of the training data.
  ///   - threads: The number of threads, or `nil` for one on each core.
  /// - Returns: n × number of problems, in the order of the biases. Of pairs these are (0,1), (0,2), …,
  ///   (1,2), …, and a positive value favours the **later** class of the pair; one class against the
  ///   rest has one value for each class, and a positive one favours it.
  /// - Throws: `ModelError` when the features do not fit the model.
  public func decisionValues(_ features: FeatureMatrix, threads: Int? = nil) throws(ModelError)
    -> Matrix<Double>
  {
    try expansion.decisionValues(features, threads: threads)
  }

  /// Classes from decision values.
  ///
  /// Every pair votes for one of its classes, and the class with most votes wins, the earliest of
  /// equals; a decision value of 0 is a vote for the earlier class. Of classes against the rest the one
  /// with the largest decision value wins, the earliest of equals. A problem that was never trained,
  /// because training was stopped before, abstains.
  ///
  /// - Parameter decisionValues: n × number of problems, as ``decisionValues(_:threads:)`` gives them.
  /// - Returns: n indices into ``classes``.
  package func classIndices(decisionValues: Matrix<Double>) -> [Int] {
    binaryProblems.winners(decisionValues, abstaining: abstaining)
  }

  /// The problems that were never trained.
  private var abstaining: [Int] { problems.indices.filter { problems[$0].isUntrained } }

  /// Predicted classes, without keeping the decision values, which for many classes would be many
  /// more than the features.
  ///
  /// - Parameters:
  ///   - features: n examples with the features of the training data.
  ///   - threads: The number of threads, or `nil` for one on each core.
  /// - Returns: n indices into ``classes``, as ``classIndices(decisionValues:)`` gives them.
  /// - Throws: `ModelError` when the features do not fit the model.
  package func classIndices(_ features: FeatureMatrix, threads: Int? = nil) throws(ModelError)
    -> [Int]
  {
    var indices = [Int](repeating: 0, count: features.rowCount)
    var failure: ModelError?
    let (binaryProblems, abstaining) = (binaryProblems, abstaining)
    unsafe indices.withUnsafeMutableBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return }
      let target = unsafe UnsafeSendable(base)
      do throws(ModelError) {
        try unsafe expansion.evaluate(features, threads: threads) { rows, values in
          unsafe binaryProblems.decide(
            values, rows: rows.count, abstaining: abstaining,
            into: target.value + rows.lowerBound)
        }
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return indices
  }

  /// Predicted labels.
  ///
  /// - Parameters:
  ///   - features: n examples with the features of the training data.
  ///   - threads: The number of threads, or `nil` for one on each core.
  /// - Returns: n class names.
  /// - Throws: `ModelError` when the features do not fit the model.
  public func predict(_ features: FeatureMatrix, threads: Int? = nil) throws(ModelError)
    -> [String]
  {
    try classIndices(features, threads: threads).map { classes[$0] }
  }

  /// Predicted labels of dense examples; see ``predict(_:threads:)``.
  ///
  /// - Throws: `ModelError` when the features do not fit the model.
  package func predict(_ features: Matrix<Double>, threads: Int? = nil) throws(ModelError)
    -> [String]
  {
    try predict(.dense(features), threads: threads)
  }
}

extension SupportVectorClassifier {
  /// The predicted label of one example, on the calling thread; see
  /// `KernelExpansion/decisionValues(ofExample:)`.
  ///
  /// - Parameter example: The features of one example.
  /// - Returns: A class name.
  /// - Throws: `ModelError` when the features do not fit the model.
  public func predict(example: [Double]) throws(ModelError) -> String {
    let decisions = try expansion.decisionValues(ofExample: example)
    if decomposition == .oneVersusOne && decisions.count == 1 {
      return classes[decisions[0] > 0 && !problems[0].isUntrained ? 1 : 0]
    }
    return classes[binaryProblems.winner(decisions, abstaining: abstaining)]
  }
}

extension SupportVectorRegressor {
  /// The predicted target of one example, on the calling thread; see
  /// `KernelExpansion/decisionValues(ofExample:)`.
  ///
  /// - Parameter example: The features of one example.
  /// - Returns: A number in the units of the target.
  /// - Throws: `ModelError` when the features do not fit the model.
  public func predict(example: [Double]) throws(ModelError) -> Double {
    try expansion.decisionValues(ofExample: example)[0]
  }

  /// Predicted targets.
  ///
  /// - Parameters:
  ///   - features: n examples with the features of the training data.
  ///   - threads: The number of threads, or `nil` for one on each core.
  /// - Returns: n numbers.
  /// - Throws: `ModelError` when the features do not fit the model.
  public func predict(_ features: FeatureMatrix, threads: Int? = nil) throws(ModelError)
    -> [Double]
  {
    try expansion.decisionValues(features, threads: threads).elements
  }

  /// Predicted targets of dense examples; see ``predict(_:threads:)``.
  ///
  /// - Throws: `ModelError` when the features do not fit the model.
  package func predict(_ features: Matrix<Double>, threads: Int? = nil) throws(ModelError)
    -> [Double]
  {
    try predict(.dense(features), threads: threads)
  }
}
