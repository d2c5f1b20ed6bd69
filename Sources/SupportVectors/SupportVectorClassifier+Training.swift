import Kernels
import LinearAlgebra
import SMOSolver

extension SupportVectorClassifier {
  /// Trains a classifier.
  ///
  /// Two classes give one problem; k classes one for each of the k(k−1)/2 pairs (one-versus-one).
  /// Each solves the dual problem of Cortes and Vapnik [1]
  /// ```
  /// minimize   f(α) = ½ αᵀQα − eᵀα,    Qᵢⱼ = yᵢ yⱼ κ(xᵢ, xⱼ)
  /// subject to yᵀα = 0,   0 ≤ αᵢ ≤ C
  /// ```
  /// where y = +1 for the **later** class of the pair. One class alone gives a model that always
  /// predicts it.
  ///
  /// Features are used as given. Scale them first: a feature measured in thousands drowns one
  /// measured in hundredths.
  ///
  /// > [1] C. Cortes, V. Vapnik. "Support-Vector Networks." *Machine Learning* 20 (1995), 273–297.
  ///
  /// - Parameters:
  ///   - features: One example in each row; n × d, every value finite. For a precomputed kernel the
  ///     n × n kernel matrix.
  ///   - labels: n class names. When all are numbers, `+1`, `1` and `1.0` are one class.
  ///   - kernel: The kernel and its parameters.
  ///   - boxConstraint: The upper bound C > 0 of the dual variables. Larger values fit the training
  ///     data harder.
  ///   - options: When to stop, and how to compute.
  /// - Returns: The trained model. Reaching a limit or being cancelled is not an error: each
  ///   problem's certificate says why it stopped; see ``isConverged``.
  /// - Throws: ``TrainingError``.
  /// - Complexity: Between O(n·s·d) and O(n²·d) for s support vectors, a few times that for large C.
  public static func train(
    features: FeatureMatrix, labels: [String], kernel: Kernel = .gaussian(),
    boxConstraint: Double = 1, options: TrainingOptions = TrainingOptions()
  ) throws(TrainingError) -> SupportVectorClassifier {
    guard labels.count == features.rowCount else {
      throw .countMismatch(what: "labels", found: labels.count, rows: features.rowCount)
    }
    let labels = ClassLabels(labels)
    return try train(
      features: features, classes: labels.classes, codes: labels.indices, kernel: kernel,
      boxConstraint: boxConstraint, options: options)
  }

  /// Trains on labels that are encoded already.
  ///
  /// - Parameters:
  ///   - features: One example in each row.
  ///   - classes: Distinct class names in order.
  ///   - codes: n indices into `classes`; every class occurs.
  ///   - kernel: The kernel and its parameters.
  ///   - boxConstraint: C > 0.
  ///   - options: When to stop, and how to compute.
  /// - Returns: The trained model.
  /// - Throws: ``TrainingError``.
  package static func train(
    features: FeatureMatrix, classes: [String], codes: [Int], kernel: Kernel,
    boxConstraint: Double, options: TrainingOptions
  ) throws(TrainingError) -> SupportVectorClassifier {
    precondition(
      codes.count == features.rowCount,
      "codes has \(codes.count) elements, but features has \(features.rowCount) rows")
    try TrainingChecks.features(features)
    try TrainingChecks.boxConstraint(boxConstraint)
    let function = try TrainingChecks.kernel(
      kernel, for: features, memoryLimit: options.memoryLimit)
    let pairs = ClassPairs(classCount: classes.count)
    let run = try TrainingRun(options, problemCount: pairs.count)
    var members = [[Int]](repeating: [], count: classes.count)
    for (row, index) in codes.enumerated() { members[index].append(row) }

    let solutions = try PairTraining(
      pairs: pairs, members: members, features: features, function: function,
      boxConstraint: boxConstraint, run: run
    ).solveAll()
    return try assemble(
      solutions, pairs, members, classes, features, function, boxConstraint, run)
  }

  /// Trains on dense features; see ``train(features:labels:kernel:boxConstraint:options:)``.
  ///
  /// - Throws: ``TrainingError``.
  public static func train(
    features: Matrix<Double>, labels: [String], kernel: Kernel = .gaussian(),
    boxConstraint: Double = 1, options: TrainingOptions = TrainingOptions()
  ) throws(TrainingError) -> SupportVectorClassifier {
    try train(
      features: .dense(features), labels: labels, kernel: kernel, boxConstraint: boxConstraint,
      options: options)
  }

  /// Whether every problem was solved to its tolerance.
  public var isConverged: Bool {
    problems.allSatisfy { $0.certificate.stopReason == .converged }
  }

  /// Puts the pairs' solutions together: the union of their support vectors, grouped by class.
  private static func assemble(
    _ solutions: [PairSolution], _ pairs: ClassPairs, _ members: [[Int]], _ classes: [String],
    _ features: FeatureMatrix, _ function: KernelFunction, _ boxConstraint: Double,
    _ run: TrainingRun
  ) throws(TrainingError) -> SupportVectorClassifier {
    let outputCount = classes.count - 1
    // coefficients[class][output][member]
    var coefficients = members.map {
      [[Double]](repeating: Array(repeating: 0, count: $0.count), count: max(outputCount, 0))
    }
    for (index, solution) in solutions.enumerated() {
      let (earlier, later) = pairs[index]
      let split = members[earlier].count
      coefficients[earlier][later - 1] = Array(solution.coefficients[..<split])
      coefficients[later][earlier] = Array(solution.coefficients[split...])
    }
    var supportIndices: [Int] = []
    var supportCounts: [Int] = []
    var columns: [[Double]] = []
    for (index, rows) in members.enumerated() {
      let before = supportIndices.count
      for (member, row) in rows.enumerated() {
        let column = coefficients[index].map { $0[member] }
        if column.contains(where: { $0 != 0 }) {
          supportIndices.append(row)
          columns.append(column)
        }
      }
      supportCounts.append(supportIndices.count - before)
    }
    do {
      let expansion = try KernelExpansion(
        kernel: function, featureCount: features.columnCount,
        supportVectors: features.supportVectors(supportIndices, for: function),
        supportIndices: supportIndices, supportCounts: supportCounts,
        dualCoefficients: Matrix(rowCount: outputCount, columnCount: columns.count) {
          columns[$1][$0]
        },
        biases: solutions.map(\.bias),
        precision: run.precision(for: features, function) == .double ? .double : .single)
      return try SupportVectorClassifier(
        classes: classes, expansion: expansion, boxConstraint: boxConstraint,
        tolerance: run.options.tolerance, trainingCount: features.rowCount,
        problems: solutions.map(\.report))
    } catch {
      throw .model(error)
    }
  }
}

/// The pairs of classes in the order of the biases: (0,1), (0,2) and so on to (0,k−1), then (1,2).
struct ClassPairs: Sendable {
  private let pairs: [(earlier: Int, later: Int)]

  init(classCount: Int) {
    var pairs: [(earlier: Int, later: Int)] = []
    for earlier in 0..<classCount {
      for later in (earlier + 1)..<max(classCount, earlier + 1) { pairs.append((earlier, later)) }
    }
    self.pairs = pairs
  }

  var count: Int { pairs.count }

  subscript(index: Int) -> (earlier: Int, later: Int) { pairs[index] }

  func size(_ index: Int, _ members: [[Int]]) -> Int {
    members[pairs[index].earlier].count + members[pairs[index].later].count
  }
}

extension FeatureMatrix {
  /// Some examples as the training data of a smaller problem.
  func subset(_ rows: [Int], for function: KernelFunction) -> FeatureMatrix {
    guard case .precomputed = function else { return gatheringRows(rows) }
    let matrix = dense
    return .dense(
      Matrix(rowCount: rows.count, columnCount: rows.count) { matrix[rows[$0], rows[$1]] })
  }

  /// What a model keeps of its support vectors: nothing when the kernel is precomputed.
  func supportVectors(_ rows: [Int], for function: KernelFunction) -> FeatureMatrix {
    if case .precomputed = function {
      return .dense(Matrix(rowCount: rows.count, columnCount: 0, repeating: 0))
    }
    return gatheringRows(rows)
  }
}

extension PairReport {
  /// A problem that was not begun.
  static func untrained(_ reason: StopReason) -> PairReport {
    PairReport(
      certificate: Certificate(
        iterations: 0, stopReason: reason, kktViolation: 2, primalObjective: 0, dualObjective: 0,
        relativeGap: nil, source: .running),
      supportVectorCount: 0, boundedSupportVectorCount: 0, kernelValuesComputed: 0)
  }

  /// Whether the problem was never begun, so that its pair of classes abstains from the vote.
  package var isUntrained: Bool {
    certificate.iterations == 0 && supportVectorCount == 0
      && certificate.stopReason != .converged && certificate.stopReason != .imported
  }
}
