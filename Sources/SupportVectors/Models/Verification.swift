import Basics
import Distribution
import Kernels
import Learning
import LinearAlgebra
import SMOSolver

extension SupportVectorClassifier {
  /// Recomputes every problem's certificate in Double from the stored dual variables.
  ///
  /// - Parameters:
  ///   - features: The training data that the model was made from, in the same order.
  ///   - labels: Its labels.
  ///   - weights: Its weights, or `nil` when it had none.
  ///   - threads: The number of threads, or `nil` for one on each core.
  /// - Returns: One certificate for each problem, in the order of the biases.
  /// - Throws: `TrainingError` when these cannot be the training data, and
  ///   `KernelError.notFinite`.
  /// - Complexity: O(n·s·d), k times that for one class against the rest.
  public func verify(
    features: FeatureMatrix, labels: [String], weights: [Double]? = nil, threads: Int? = nil
  ) throws(TrainingError) -> [Certificate] {
    guard labels.count == features.rowCount else {
      throw .countMismatch(what: "labels", found: labels.count, rows: features.rowCount)
    }
    let encoded = ClassTable(labels)
    let checked = try ExampleWeights(weights, count: features.rowCount)
    let names = encoded.selecting(checked.rows).names
    guard names == classes else {
      throw .notTheTrainingData(
        "its classes are \(names.joined(separator: ", ")), but the model's are "
          + classes.joined(separator: ", "))
    }
    let position = Dictionary(uniqueKeysWithValues: classes.enumerated().map { ($1, $0) })
    let codes = encoded.codes.map { position[encoded.names[$0]] ?? 0 }
    return try verify(.local(features), codes: codes, weights: weights, threads: threads)
  }

  /// The same for labels that are encoded already, as indices into ``classes``, and examples in this
  /// process or on several ranks; those of rows of weight 0 may be anything.
  package func verify(
    _ examples: ExampleSet, codes: [Int], weights: [Double]? = nil, threads: Int?
  ) throws(TrainingError) -> [Certificate] {
    try TrainingChecks.examples(examples)
    try expansion.checkTrainingData(examples, expected: trainingCount)
    let weights = try ExampleWeights(weights, count: examples.rowCount)
    try weights.checkMatch(usesExampleWeights, excludedCount)
    let problems = try ClassifierProblems(of: self, codes: codes, weights: weights)
    // Where each training row is among the support vectors.
    var position = [Int](repeating: -1, count: examples.rowCount)
    for (index, row) in expansion.supportIndices.enumerated() { position[row] = index }
    let source = try KernelSource(examples, expansion.kernel)
    var certificates: [Certificate] = []
    for index in 0..<problems.count {
      let stored = self.problems[index]
      let problem = problems[index]
      let rows = problems.rows(of: index)
      let coefficients = problems.coefficients(of: index, from: expansion, position: position)
      guard let alpha = problem.alpha(of: coefficients) else {
        throw .notTheTrainingData("dual variables of its rows are outside their bounds")
      }
      certificates.append(
        try expansion.recomputedCertificate(
          problem.program, alpha, try source.choosing(rows), like: stored.certificate,
          threads: threads))
    }
    return certificates
  }
}

extension SupportVectorRegressor {
  /// Recomputes the certificate in Double from the stored dual variables.
  ///
  /// - Parameters:
  ///   - features: The training data that the model was made from, in the same order.
  ///   - targets: Its targets.
  ///   - weights: Its weights, or `nil` when it had none.
  ///   - threads: The number of threads, or `nil` for one on each core.
  /// - Returns: The certificate.
  /// - Throws: `TrainingError` when these cannot be the training data, and
  ///   `KernelError.notFinite`.
  /// - Complexity: O(n·s·d).
  public func verify(
    features: FeatureMatrix, targets: [Double], weights: [Double]? = nil, threads: Int? = nil
  ) throws(TrainingError) -> Certificate {
    try verify(.local(features), targets: targets, weights: weights, threads: threads)
  }

  /// The same for examples in this process or on several ranks; targets and weights are those of all.
  ///
  /// - Throws: `TrainingError`.
  package func verify(
    _ examples: ExampleSet, targets: [Double], weights: [Double]?, threads: Int?
  ) throws(TrainingError) -> Certificate {
    try TrainingChecks.examples(examples)
    try TrainingChecks.targets(targets, rowCount: examples.rowCount)
    try expansion.checkTrainingData(examples, expected: trainingCount)
    let weights = try ExampleWeights(weights, count: examples.rowCount)
    try weights.checkMatch(usesExampleWeights, excludedCount)
    // A constant changes nothing but the bias, and large ones would hide what small targets differ by.
    let centre = weights.rows.first.map { targets[$0] } ?? 0
    let problem = RegressionProblem(
      formulation: formulation, targets: weights.rows.map { targets[$0] - centre },
      upperBounds: try weights.upperBounds(unit: formulation.boxConstraint))
    let coefficients = expansion.coefficients(ofRows: weights.rows, count: examples.rowCount)
    guard zip(coefficients, problem.upperBounds.array).allSatisfy({ abs($0) <= $1 }) else {
      throw .notTheTrainingData("dual variables of its rows are outside their bounds")
    }
    let alpha = try problem.alpha(of: coefficients) { () throws(TrainingError) in
      let values = try expansion.trainingValues(examples, threads: threads)
      return weights.rows.map { targets[$0] - values[$0] }
    }
    return try expansion.recomputedCertificate(
      problem.program, alpha, try weights.included(KernelSource(examples, expansion.kernel)),
      like: self.problem.certificate, threads: threads)
  }
}

extension ExampleWeights {
  /// Rejects weights where a model was trained without, and the reverse.
  func checkMatch(_ used: Bool, _ excluded: Int) throws(TrainingError) {
    guard (values != nil) == used else {
      throw .notTheTrainingData(
        used
          ? "the model was trained with weights, and none are given"
          : "weights are given, but the model was trained without")
    }
    guard excludedCount == excluded else {
      throw .notTheTrainingData(
        "\(excludedCount) of its weights are 0, but \(excluded) were in training")
    }
  }
}

extension KernelExpansion {
  func checkTrainingData(
    _ features: ExampleSet, expected: Int
  ) throws(TrainingError) {
    guard features.rowCount == expected else {
      throw .notTheTrainingData(
        "it has \(features.rowCount) rows, but the model was trained on \(expected)")
    }
    guard features.columnCount == featureCount else {
      throw .notTheTrainingData(
        "it has \(features.columnCount) features, but the model was trained on \(featureCount)")
    }
    guard supportIndices.allSatisfy({ $0 < features.rowCount }) else {
      throw .notTheTrainingData("a support vector's row is beyond its last one")
    }
  }

  /// An output's coefficients of training rows.
  func coefficients(ofRows rows: [Int], count: Int, output: Int = 0) -> [Double] {
    var ofRow = [Double](repeating: 0, count: count)
    for (position, row) in supportIndices.enumerated() {
      ofRow[row] = dualCoefficients[output, position]
    }
    return rows.map { ofRow[$0] }
  }

  /// The first output for each training example.
  func trainingValues(
    _ features: FeatureMatrix, threads: Int?
  ) throws(TrainingError) -> [Double] {
    do throws(ModelError) {
      return try decisionValues(features, threads: threads).elements
    } catch {
      throw .model(error)
    }
  }

  /// The first output for each training example, in this process or on several ranks.
  func trainingValues(
    _ examples: ExampleSet, threads: Int?
  ) throws(TrainingError) -> [Double] {
    let own = try trainingValues(examples.own, threads: threads)
    guard case .sharded(let shards) = examples else { return own }
    return try kernelErrors { () throws(KernelError) in try shards.gatheringValues(own) }
  }

  func recomputedCertificate(
    _ program: QuadraticProgram, _ alpha: [Double], _ source: KernelSource,
    like stored: Certificate, threads: Int?
  ) throws(TrainingError) -> Certificate {
    let threads = threads ?? processorCount
    return try kernelErrors { () throws(KernelError) in
      if case .sharded(let shards) = source.place {
        return try program.certificate(
          of: alpha,
          DistributedField<Double>(program, shards, Agreement(), threads: threads),
          iterations: stored.iterations, stopReason: stored.stopReason)
      }
      return try program.certificate(
        of: alpha, kernel: source.tiles(Double.self, threads: threads),
        iterations: stored.iterations, stopReason: stored.stopReason)
    }
  }
}
