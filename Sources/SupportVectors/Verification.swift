import Kernels
import LinearAlgebra
import SMOSolver

extension SupportVectorClassifier {
  /// Recomputes every pair's certificate in Double from the stored dual variables.
  ///
  /// - Parameters:
  ///   - features: The training data that the model was made from, in the same order.
  ///   - labels: Its labels.
  ///   - threads: The number of threads, or `nil` for one on each core.
  /// - Returns: One certificate for each pair, in the order of the biases.
  /// - Throws: ``TrainingError`` when these cannot be the training data, and
  ///   `KernelError.notFinite`.
  /// - Complexity: O(n·s·d).
  public func verify(
    features: FeatureMatrix, labels: [String], threads: Int? = nil
  ) throws(TrainingError) -> [Certificate] {
    guard labels.count == features.rowCount else {
      throw .countMismatch(what: "labels", found: labels.count, rows: features.rowCount)
    }
    let encoded = ClassLabels(labels)
    guard encoded.classes == classes else {
      throw .notTheTrainingData(
        "its classes are \(encoded.classes.joined(separator: ", ")), but the model's are "
          + classes.joined(separator: ", "))
    }
    return try verify(features: features, codes: encoded.indices, threads: threads)
  }

  /// The same for labels that are encoded already, as indices into ``classes``.
  package func verify(
    features: FeatureMatrix, codes: [Int], threads: Int?
  ) throws(TrainingError) -> [Certificate] {
    try TrainingChecks.features(features)
    try expansion.checkTrainingData(features, expected: trainingCount)
    var members = [[Int]](repeating: [], count: classes.count)
    for (row, index) in codes.enumerated() { members[index].append(row) }
    // The dual coefficients of every training row, for each output.
    var ofRow = [Int](repeating: -1, count: features.rowCount)
    for (position, row) in expansion.supportIndices.enumerated() { ofRow[row] = position }
    let pairs = ClassPairs(classCount: classes.count)
    var certificates: [Certificate] = []
    for pair in 0..<pairs.count {
      let (earlier, later) = pairs[pair]
      let rows = members[earlier] + members[later]
      let isPositive =
        Array(repeating: false, count: members[earlier].count)
        + Array(repeating: true, count: members[later].count)
      let coefficients = zip(rows, isPositive).map { row, positive -> Double in
        let position = ofRow[row]
        guard position >= 0 else { return 0 }
        return expansion.dualCoefficients[positive ? earlier : later - 1, position]
      }
      let alpha = zip(coefficients, isPositive).map { $1 ? $0 : -$0 }
      guard alpha.allSatisfy({ $0 >= 0 && $0 <= boxConstraint }) else {
        throw .notTheTrainingData("dual variables of its rows are outside 0…C")
      }
      let program = QuadraticProgram.classification(
        isPositive: isPositive,
        boxConstraints: Array(repeating: boxConstraint, count: rows.count))
      certificates.append(
        try expansion.recomputedCertificate(
          program, alpha, features.subset(rows, for: expansion.kernel),
          expansion.kernel.choosingExamples(rows),
          like: problems[pair].certificate, threads: threads))
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
  ///   - threads: The number of threads, or `nil` for one on each core.
  /// - Returns: The certificate.
  /// - Throws: ``TrainingError`` when these cannot be the training data, and
  ///   `KernelError.notFinite`.
  /// - Complexity: O(n·s·d).
  public func verify(
    features: FeatureMatrix, targets: [Double], threads: Int? = nil
  ) throws(TrainingError) -> Certificate {
    try TrainingChecks.features(features)
    guard targets.count == features.rowCount else {
      throw .countMismatch(what: "targets", found: targets.count, rows: features.rowCount)
    }
    try expansion.checkTrainingData(features, expected: trainingCount)
    let count = features.rowCount
    var coefficients = [Double](repeating: 0, count: count)
    for (position, row) in expansion.supportIndices.enumerated() {
      coefficients[row] = expansion.dualCoefficients[0, position]
    }
    guard coefficients.allSatisfy({ abs($0) <= boxConstraint }) else {
      throw .notTheTrainingData("dual variables of its rows are outside 0…C")
    }
    let program = QuadraticProgram.regression(
      targets: targets, tubeWidth: tubeWidth,
      boxConstraints: Array(repeating: boxConstraint, count: count))
    let alpha = coefficients.map { max($0, 0) } + coefficients.map { max(-$0, 0) }
    return try expansion.recomputedCertificate(
      program, alpha, features, expansion.kernel, like: problem.certificate, threads: threads)
  }
}

extension KernelExpansion {
  fileprivate func checkTrainingData(
    _ features: FeatureMatrix, expected: Int
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

  fileprivate func recomputedCertificate(
    _ program: QuadraticProgram, _ alpha: [Double], _ features: FeatureMatrix,
    _ function: KernelFunction, like stored: Certificate, threads: Int?
  ) throws(TrainingError) -> Certificate {
    let kernel = TiledKernel<Double>(
      features, function, threads: threads ?? TrainingRun.processorCount, memoryLimit: 0)
    do throws(KernelError) {
      return try program.certificate(
        of: alpha, kernel: kernel, iterations: stored.iterations, stopReason: stored.stopReason)
    } catch {
      throw .kernel(error)
    }
  }
}
