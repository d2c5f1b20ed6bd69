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
  /// - Throws: ``ModelError`` when the features do not fit the model.
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
  public func classIndices(decisionValues: Matrix<Double>) -> [Int] {
    precondition(
      decisionValues.columnCount == problems.count,
      "there are \(decisionValues.columnCount) decision values for \(problems.count) problems")
    let count = decisionValues.rowCount
    return unsafe [Int](unsafeUninitializedCapacity: count) { target, initialized in
      initialized = count
      unsafe decisionValues.withUnsafeElements { elements in
        guard let target = target.baseAddress else { return }
        if let base = elements.baseAddress {
          unsafe self.vote(base, rows: count, into: target)
        } else {
          // One class has no pairs.
          unsafe target.update(repeating: 0, count: count)
        }
      }
    }
  }

  /// Predicted classes, without keeping the decision values, which for many classes would be many
  /// more than the features.
  ///
  /// - Parameters:
  ///   - features: n examples with the features of the training data.
  ///   - threads: The number of threads, or `nil` for one on each core.
  /// - Returns: n indices into ``classes``, as ``classIndices(decisionValues:)`` gives them.
  /// - Throws: ``ModelError`` when the features do not fit the model.
  public func classIndices(_ features: FeatureMatrix, threads: Int? = nil) throws(ModelError)
    -> [Int]
  {
    var indices = [Int](repeating: 0, count: features.rowCount)
    var failure: ModelError?
    unsafe indices.withUnsafeMutableBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return }
      let target = unsafe UnsafeSendable(base)
      do throws(ModelError) {
        try unsafe expansion.evaluate(features, threads: threads) { rows, values in
          unsafe vote(values, rows: rows.count, into: target.value + rows.lowerBound)
        }
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return indices
  }

  /// The class that each row of decision values decides for.
  @unsafe
  private func vote(
    _ decisions: UnsafePointer<Double>, rows: Int, into target: UnsafeMutablePointer<Int>
  ) {
    let abstaining = problems.indices.filter { problems[$0].isUntrained }
    if decomposition == .oneVersusRest {
      let trained = problems.indices.filter { !problems[$0].isUntrained }
      for row in 0..<rows {
        unsafe target[row] = Self.largest(decisions + row * problems.count, among: trained)
      }
      return
    }
    let pairCount = problems.count
    var votes = [Int](repeating: 0, count: classes.count)
    unsafe votes.withUnsafeMutableBufferPointer { votes in
      guard let votes = votes.baseAddress else { return }
      for row in 0..<rows {
        unsafe target[row] = winner(decisions + row * pairCount, abstaining, votes)
      }
    }
  }

  /// The class with most votes of one example's decision values.
  ///
  /// Votes are counted without a branch: nothing foretells them.
  @unsafe
  private func winner(
    _ decisions: UnsafePointer<Double>, _ abstaining: [Int], _ votes: UnsafeMutablePointer<Int>
  ) -> Int {
    let count = classes.count
    unsafe votes.update(repeating: 0, count: count)
    var pairs = unsafe decisions
    for earlier in 0..<count {
      let later = unsafe votes + earlier + 1
      let opponents = count - earlier - 1
      var lost = 0
      for index in 0..<opponents {
        let vote = unsafe pairs[index] > 0 ? 1 : 0
        unsafe later[index] &+= vote
        lost &+= vote
      }
      unsafe votes[earlier] += opponents - lost
      unsafe pairs += opponents
    }
    for pair in abstaining {
      let (earlier, later) = classes(ofPair: pair)
      unsafe votes[decisions[pair] > 0 ? later : earlier] -= 1
    }
    var best = 0
    for index in 0..<count where unsafe votes[index] > votes[best] { best = index }
    return best
  }

  /// The class with the largest decision value, the earliest of equals.
  @unsafe
  private static func largest(_ decisions: UnsafePointer<Double>, among classes: [Int]) -> Int {
    var best = classes.first ?? 0
    for index in classes where unsafe decisions[index] > decisions[best] { best = index }
    return best
  }

  /// The classes of a pair in the order of the biases.
  private func classes(ofPair pair: Int) -> (earlier: Int, later: Int) {
    var earlier = 0
    var rest = pair
    while rest >= classes.count - 1 - earlier {
      rest -= classes.count - 1 - earlier
      earlier += 1
    }
    return (earlier, earlier + 1 + rest)
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
    try classIndices(features, threads: threads).map { classes[$0] }
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
  /// The predicted label of one example, on the calling thread; see
  /// ``KernelExpansion/decisionValues(ofExample:)``.
  ///
  /// - Parameter example: The features of one example.
  /// - Returns: A class name.
  /// - Throws: ``ModelError`` when the features do not fit the model.
  public func predict(example: [Double]) throws(ModelError) -> String {
    let decisions = try expansion.decisionValues(ofExample: example)
    if decomposition == .oneVersusOne && decisions.count == 1 {
      return classes[decisions[0] > 0 && !problems[0].isUntrained ? 1 : 0]
    }
    var index = 0
    unsafe decisions.withUnsafeBufferPointer { decisions in
      if let base = decisions.baseAddress { unsafe vote(base, rows: 1, into: &index) }
    }
    return classes[index]
  }
}

extension SupportVectorRegressor {
  /// The predicted target of one example, on the calling thread; see
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
