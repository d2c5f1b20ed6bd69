import Kernels
import LinearAlgebra
import SMOSolver

extension SupportVectorClassifier {
  /// Decision values: how far, and on which side of each pair's boundary, examples lie.
  ///
  /// - Parameters:
  ///   - features: n examples with the features of the training data.
  ///   - threads: The number of threads, or `nil` for one on each core.
  /// - Returns: n × number of pairs, in the order of the biases: (0,1), (0,2), …, (1,2), …; a
  ///   positive value favours the **later** class of the pair.
  /// - Throws: ``ModelError`` when the features do not fit the model.
  public func decisionValues(_ features: FeatureMatrix, threads: Int? = nil) throws(ModelError)
    -> Matrix<Double>
  {
    try expansion.decisionValues(features, threads: threads)
  }

  /// Classes from decision values: every pair votes for one of its classes, and the class with most
  /// votes wins, the earliest of equals.
  ///
  /// A decision value of 0 is a vote for the earlier class. A pair that was never trained, because
  /// training was stopped before, abstains.
  ///
  /// - Parameter decisionValues: n × number of pairs, as ``decisionValues(_:threads:)`` gives them.
  /// - Returns: n indices into ``classes``.
  public func classIndices(decisionValues: Matrix<Double>) -> [Int] {
    precondition(
      decisionValues.columnCount == problems.count,
      "there are \(decisionValues.columnCount) decision values for \(problems.count) pairs")
    let abstains = problems.map(\.isUntrained)
    var votes = [Int](repeating: 0, count: classes.count)
    return (0..<decisionValues.rowCount).map { row in
      decisionValues.withRow(row) { Self.winner($0, abstains, &votes) }
    }
  }

  /// The class with most votes of one example's decision values.
  private static func winner(
    _ decisions: Span<Double>, _ abstains: [Bool], _ votes: inout [Int]
  ) -> Int {
    for index in votes.indices { votes[index] = 0 }
    var pair = 0
    for earlier in votes.indices {
      for later in (earlier + 1)..<max(votes.count, earlier + 1) {
        if !abstains[pair] { votes[decisions[pair] > 0 ? later : earlier] += 1 }
        pair += 1
      }
    }
    var best = 0
    for index in votes.indices where votes[index] > votes[best] { best = index }
    return best
  }

  /// Predicted labels.
  ///
  /// - Parameters:
  ///   - features: n examples with the features of the training data.
  ///   - threads: The number of threads, or `nil` for one on each core.
  /// - Returns: n class names.
  /// - Throws: ``ModelError`` when the features do not fit the model.
  public func predict(_ features: FeatureMatrix, threads: Int? = nil) throws(ModelError)
    -> [String]
  {
    classIndices(decisionValues: try decisionValues(features, threads: threads)).map {
      classes[$0]
    }
  }

  /// Predicted labels of dense examples; see ``predict(_:threads:)``.
  ///
  /// - Throws: ``ModelError`` when the features do not fit the model.
  public func predict(_ features: Matrix<Double>, threads: Int? = nil) throws(ModelError)
    -> [String]
  {
    try predict(.dense(features), threads: threads)
  }
}

extension SupportVectorClassifier {
  /// The predicted label of one example, without delay: on the calling thread; see
  /// ``KernelExpansion/decisionValues(ofExample:)``.
  ///
  /// - Parameter example: The features of one example.
  /// - Returns: A class name.
  /// - Throws: ``ModelError`` when the features do not fit the model.
  public func predict(example: [Double]) throws(ModelError) -> String {
    let decisions = try expansion.decisionValues(ofExample: example)
    if decisions.count == 1 {
      return classes[decisions[0] > 0 && !problems[0].isUntrained ? 1 : 0]
    }
    var votes = [Int](repeating: 0, count: classes.count)
    return classes[Self.winner(decisions.span, problems.map(\.isUntrained), &votes)]
  }
}

extension SupportVectorRegressor {
  /// The predicted target of one example, without delay: on the calling thread; see
  /// ``KernelExpansion/decisionValues(ofExample:)``.
  ///
  /// - Parameter example: The features of one example.
  /// - Returns: A number in the units of the target.
  /// - Throws: ``ModelError`` when the features do not fit the model.
  public func predict(example: [Double]) throws(ModelError) -> Double {
    try expansion.decisionValues(ofExample: example)[0]
  }

  /// Predicted targets.
  ///
  /// - Parameters:
  ///   - features: n examples with the features of the training data.
  ///   - threads: The number of threads, or `nil` for one on each core.
  /// - Returns: n numbers.
  /// - Throws: ``ModelError`` when the features do not fit the model.
  public func predict(_ features: FeatureMatrix, threads: Int? = nil) throws(ModelError)
    -> [Double]
  {
    try expansion.decisionValues(features, threads: threads).elements
  }

  /// Predicted targets of dense examples; see ``predict(_:threads:)``.
  ///
  /// - Throws: ``ModelError`` when the features do not fit the model.
  public func predict(_ features: Matrix<Double>, threads: Int? = nil) throws(ModelError)
    -> [Double]
  {
    try predict(.dense(features), threads: threads)
  }
}
