import LinearAlgebra
import Learning

/// A linear classifier for two and more classes.
public struct LinearClassifier: Sendable, Equatable {
  /// The class names in order: numbers by value, text by its UTF-8 bytes.
  public let classes: [String]
  /// The weights and biases, one output for each pair of classes or each class.
  public let function: LinearFunction
  /// How several classes became two.
  package let decomposition: Decomposition
  /// The loss that was minimised.
  package let loss: LinearLoss
  /// How the bias was treated.
  package let intercept: Intercept
  /// C > 0, the weight of the losses against ½‖w‖².
  package let boxConstraint: Double
  /// What training aimed at; see `train`.
  package let tolerance: Double
  /// The number of training examples.
  package let trainingCount: Int
  /// How well each output was solved.
  public let problems: [ProblemReport]

  /// Collects the parts of a classifier.
  ///
  /// - Throws: `ModelError/inconsistent(_:)` when they do not fit together.
  package init(
    classes: [String], function: LinearFunction, decomposition: Decomposition,
    loss: LinearLoss, intercept: Intercept, boxConstraint: Double, tolerance: Double,
    trainingCount: Int, problems: [ProblemReport]
  ) throws(ModelError) {
    guard !classes.isEmpty, Set(classes).count == classes.count else {
      throw .inconsistent("classes \(classes) are empty or not distinct")
    }
    let outputs = Self.binaryProblems(classes: classes.count, decomposition).count
    guard function.outputCount == outputs, problems.count == outputs else {
      throw .inconsistent(
        "\(function.outputCount) outputs and \(problems.count) problem reports for "
          + "\(classes.count) classes; \(outputs) are needed")
    }
    guard !loss.isRegression else {
      throw .inconsistent("a classifier cannot have the loss \(loss.rawValue) of a regression")
    }
    guard boxConstraint > 0, boxConstraint.isFinite, tolerance > 0, tolerance.isFinite,
      trainingCount >= 0
    else {
      throw .inconsistent(
        "a classifier cannot have C \(boxConstraint), tolerance \(tolerance) and "
          + "\(trainingCount) training examples")
    }
    self.classes = classes
    self.function = function
    self.decomposition = decomposition
    self.loss = loss
    self.intercept = intercept
    self.boxConstraint = boxConstraint
    self.tolerance = tolerance
    self.trainingCount = trainingCount
    self.problems = problems
  }

  /// The outputs of some classes: one for two.
  static func binaryProblems(classes count: Int, _ decomposition: Decomposition) -> ClassProblems {
    decomposition.problems(classCount: count, twoShareOne: true)
  }

  /// Whether every problem was solved to its tolerance.
  public var isConverged: Bool {
    problems.allSatisfy { $0.certificate.stopReason == .converged }
  }

  /// Decision values: positive for the later class of a pair, or for the class.
  ///
  /// - Parameters:
  ///   - features: n examples with the features of the training data.
  ///   - threads: The number of threads, or `nil` for one on each core.
  /// - Returns: n × outputs; see `Decomposition`.
  /// - Throws: `ModelError` when the features do not fit the model.
  public func decisionValues(_ features: FeatureMatrix, threads: Int? = nil) throws(ModelError)
    -> Matrix<Double>
  {
    try function.decisionValues(features, threads: threads)
  }

  /// Classes from decision values.
  ///
  /// Of pairs each votes for one of its classes, a decision value of 0 for the earlier one; the class
  /// with most votes wins. Of classes the one with the largest decision value wins. Among equals it is
  /// the earliest class. What was never trained, because training was stopped before, abstains.
  ///
  /// - Parameter decisionValues: n × outputs, as ``decisionValues(_:threads:)`` gives them.
  /// - Returns: n indices into ``classes``.
  package func classIndices(decisionValues: Matrix<Double>) -> [Int] {
    binaryProblems.winners(decisionValues, abstaining: abstaining)
  }

  /// The problems that were never trained.
  private var abstaining: [Int] { problems.indices.filter { problems[$0].isUntrained } }

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
    // Blocks bound the memory that the decision values of many classes take.
    let height = max(1, (1 << 20) / max(1, function.outputCount))
    guard features.rowCount > height, case .dense(let matrix) = features else {
      return try classIndices(decisionValues: decisionValues(features, threads: threads))
        .map { classes[$0] }
    }
    var labels: [String] = []
    for begin in stride(from: 0, to: matrix.rowCount, by: height) {
      let block = matrix.rows(begin..<min(begin + height, matrix.rowCount))
      labels += try classIndices(decisionValues: decisionValues(.dense(block), threads: threads))
        .map { classes[$0] }
    }
    return labels
  }

  /// The predicted label of one example, on the calling thread.
  ///
  /// - Parameter example: The features of one example.
  /// - Returns: A class name.
  /// - Throws: `ModelError` when the features do not fit the model.
  public func predict(example: [Double]) throws(ModelError) -> String {
    let decisions = try function.decisionValues(ofExample: example)
    return classes[binaryProblems.winner(decisions, abstaining: abstaining)]
  }
}

extension LinearClassifier: DecomposedClassifier {
  /// One value for two classes, else one for each pair or each class.
  package var decisionShape: DecisionShape {
    decomposition.shape(classCount: classes.count, twoShareOne: true)
  }
}
