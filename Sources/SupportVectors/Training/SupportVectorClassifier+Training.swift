import Kernels
import Learning
import LinearAlgebra
import SMOSolver

extension SupportVectorClassifier {
  /// What is to be learned from examples.
  public struct Settings: Sendable {
    package var kernel: Kernel
    package var formulation: ClassifierFormulation
    package var classWeights: ClassWeights
    package var decomposition: Decomposition
    package var warmStart: WarmStart?

    /// Makes settings.
    ///
    /// - Parameters:
    ///   - kernel: The kernel and its parameters; gamma `scale` is that of the weighted examples.
    ///   - formulation: C-SVC or ν-SVC, with its parameter.
    ///   - classWeights: What weights are multiplied by for their class.
    ///   - decomposition: How more than two classes become binary problems.
    ///   - warmStart: Where to begin, or `nil` to begin at 0.
    public init(
      kernel: Kernel = .gaussian(), formulation: ClassifierFormulation = .c(1),
      classWeights: ClassWeights = .equal, decomposition: Decomposition = .oneVersusOne,
      startingFrom warmStart: WarmStart? = nil
    ) {
      self.kernel = kernel
      self.formulation = formulation
      self.classWeights = classWeights
      self.decomposition = decomposition
      self.warmStart = warmStart
    }
  }

  /// Trains a classifier.
  ///
  /// Two classes give one problem; of k > 2 classes each pair gives one, or each class against all
  /// others. C-SVC solves the dual problem of Cortes and Vapnik [1]
  /// ```
  /// minimize   f(α) = ½ αᵀQα − eᵀα,    Qᵢⱼ = yᵢ yⱼ κ(xᵢ, xⱼ)
  /// subject to yᵀα = 0,   0 ≤ αᵢ ≤ C wᵢ
  /// ```
  /// where y = +1 for the **later** class of the pair, or the class that the others are the rest of,
  /// and wᵢ is the example's weight times its class's. ν-SVC [2] solves
  /// ```
  /// minimize   ½ αᵀQα
  /// subject to yᵀα = 0,   eᵀα = ν Σ wᵢ,   0 ≤ αᵢ ≤ wᵢ
  /// ```
  /// whose certificate is of this problem; its solution is then divided by its margin r, so that
  /// decision values are those of C-SVC with C = 1/r. The tolerance is in units before that.
  ///
  /// One class alone gives a model that always predicts it. Features are used as given. Scale them
  /// first: a feature measured in thousands drowns one measured in hundredths.
  ///
  /// > [1] C. Cortes, V. Vapnik. "Support-Vector Networks." *Machine Learning* 20 (1995), 273–297.
  /// >
  /// > [2] B. Schölkopf, A. J. Smola, R. C. Williamson, P. L. Bartlett. "New Support Vector
  /// > Algorithms." *Neural Computation* 12 (2000), 1207–1245.
  ///
  /// - Parameters:
  ///   - features: One example in each row; n × d, every value finite. For a precomputed kernel the
  ///     n × n kernel matrix.
  ///   - labels: n class names. When all are numbers, `+1`, `1` and `1.0` are one class.
  ///   - weights: n finite numbers ≥ 0, not all 0; an example of weight 2 counts as if it were there
  ///     twice, one of weight 0 as if it were not there, and a class of which none is left does not
  ///     exist for the model. `nil` when all are 1.
  ///   - settings: The kernel, the formulation, and how classes are treated.
  ///   - options: When to stop, and how to compute.
  /// - Returns: The trained model. Reaching a limit or being cancelled is not an error: each
  ///   problem's certificate says why it stopped; see ``isConverged``.
  /// - Throws: `TrainingError`.
  /// - Complexity: Between O(n·s·d) and O(n²·d) for s support vectors, a few times that for large C.
  ///   One class against the rest k times that.
  public static func train(
    features: FeatureMatrix, labels: [String], weights: [Double]? = nil, settings: Settings,
    options: TrainingOptions = TrainingOptions()
  ) throws(TrainingError) -> SupportVectorClassifier {
    guard labels.count == features.rowCount else {
      throw .countMismatch(what: "labels", found: labels.count, rows: features.rowCount)
    }
    return try train(
      features: features, classes: ClassTable(labels), weights: weights, settings: settings,
      options: options)
  }

  /// Trains on labels that are encoded already.
  ///
  /// - Parameters:
  ///   - features: One example in each row.
  ///   - classes: The classes of n examples. One without an example of positive weight is not a class
  ///     of the model.
  ///   - weights: n finite numbers ≥ 0, or `nil`.
  ///   - settings: The kernel, the formulation, and how classes are treated.
  ///   - options: When to stop, and how to compute.
  /// - Returns: The trained model.
  /// - Throws: `TrainingError`.
  package static func train(
    features: FeatureMatrix, classes: ClassTable, weights: [Double]? = nil, settings: Settings,
    options: TrainingOptions
  ) throws(TrainingError) -> SupportVectorClassifier {
    try train(
      .local(features), classes: classes, weights: weights, settings: settings, options: options)
  }

  /// Trains on examples in this process or on several ranks, each of which gets the model.
  ///
  /// - Parameters:
  ///   - examples: The examples.
  ///   - classes: The classes of all.
  ///   - weights: A finite number ≥ 0 for each of all, or `nil`.
  ///   - settings: The kernel, the formulation, and how classes are treated.
  ///   - options: When to stop, and how to compute.
  /// - Returns: The trained model.
  /// - Throws: `TrainingError`.
  package static func train(
    _ examples: ExampleSet, classes: ClassTable, weights: [Double]? = nil,
    settings: Settings, options: TrainingOptions
  ) throws(TrainingError) -> SupportVectorClassifier {
    precondition(
      classes.codes.count == examples.rowCount,
      "classes has \(classes.codes.count) elements, but features has \(examples.rowCount) rows")
    try TrainingChecks.examples(examples)
    try settings.formulation.check()
    let weights = try ExampleWeights(weights, count: examples.rowCount)
    let function = try TrainingChecks.kernel(
      settings.kernel, for: examples, weights: weights.values, memoryLimit: options.memoryLimit)
    let problems = try ClassifierProblems(
      classes: classes, weights: weights, formulation: settings.formulation,
      classWeights: settings.classWeights, decomposition: settings.decomposition,
      byteLimit: options.memoryLimit)
    var start: ClassifierStart?
    if let warmStart = settings.warmStart {
      start = try ClassifierStart(warmStart, for: problems)
    }
    let run = try TrainingRun(options, problemCount: problems.count, examples) {
      [start] () throws(TrainingError) in
      var identity = try TrainingIdentity(examples, function, weights, options)
      identity.add("labels", classes.codes.map(Double.init))
      identity.add("classes", classes.names.joined(separator: "\n"))
      identity.add("parameters", "\(settings.formulation), \(settings.decomposition)")
      identity.add("class weights", problems.classWeights ?? [])
      identity.add(
        "starts", start.map { start in (0..<problems.count).flatMap { start.start(of: $0) } } ?? [])
      return identity
    }
    try problems.check()
    let source = try KernelSource(examples, function)
    let solutions = try ClassifierTraining(
      problems.measuring(source), source, run, startingFrom: start
    ).solveAll()
    return try assemble(solutions, problems, examples, source, run)
  }

  /// Trains a C-support vector classifier; see
  /// `train(features:labels:weights:settings:options:)`.
  ///
  /// - Parameters:
  ///   - features: One example in each row; n × d, every value finite. For a precomputed kernel the
  ///     n × n kernel matrix.
  ///   - labels: n class names. When all are numbers, `+1`, `1` and `1.0` are one class.
  ///   - kernel: The kernel and its parameters.
  ///   - boxConstraint: The upper bound C > 0 of the dual variables. Larger values fit the training
  ///     data harder.
  ///   - options: When to stop, and how to compute.
  /// - Returns: The trained model; see ``isConverged``.
  /// - Throws: `TrainingError`.
  public static func train(
    features: FeatureMatrix, labels: [String], kernel: Kernel = .gaussian(),
    boxConstraint: Double = 1, options: TrainingOptions = TrainingOptions()
  ) throws(TrainingError) -> SupportVectorClassifier {
    try train(
      features: features, labels: labels,
      settings: Settings(kernel: kernel, formulation: .c(boxConstraint)), options: options)
  }

  /// Trains a C-support vector classifier on labels that are encoded already.
  ///
  /// - Throws: `TrainingError`.
  package static func train(
    features: FeatureMatrix, classes: ClassTable, kernel: Kernel,
    boxConstraint: Double, options: TrainingOptions
  ) throws(TrainingError) -> SupportVectorClassifier {
    try train(
      features: features, classes: classes,
      settings: Settings(kernel: kernel, formulation: .c(boxConstraint)), options: options)
  }

  /// Trains on dense features.
  package static func train(
    features: Matrix<Double>, labels: [String], weights: [Double]? = nil, settings: Settings,
    options: TrainingOptions = TrainingOptions()
  ) throws(TrainingError) -> SupportVectorClassifier {
    try train(
      features: .dense(features), labels: labels, weights: weights, settings: settings,
      options: options)
  }

  /// Trains on dense features; see ``train(features:labels:kernel:boxConstraint:options:)``.
  ///
  /// - Throws: `TrainingError`.
  package static func train(
    features: Matrix<Double>, labels: [String], kernel: Kernel = .default,
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

  /// Puts the problems' solutions together: the union of their support vectors, grouped by class.
  private static func assemble(
    _ solutions: [ProblemSolution], _ problems: ClassifierProblems, _ examples: ExampleSet,
    _ source: KernelSource, _ run: TrainingRun
  ) throws(TrainingError) -> SupportVectorClassifier {
    let (supportIndices, supportCounts, coefficients) = problems.expansion(solutions)
    let supportVectors = try examples.supportVectors(supportIndices, for: source.function)
    let precision = try run.precision(for: source)
    do {
      let expansion = try KernelExpansion(
        kernel: source.function, featureCount: examples.columnCount,
        supportVectors: supportVectors,
        supportIndices: supportIndices, supportCounts: supportCounts,
        dualCoefficients: coefficients, biases: solutions.map(\.bias), precision: .double,
        layout: problems.decomposition == .oneVersusOne ? .pairs : .outputs)
      return try SupportVectorClassifier(
        classes: problems.classes,
        expansion: run.predicting(expansion, trainedIn: precision),
        formulation: problems.formulation,
        classWeights: problems.classWeights, decomposition: problems.decomposition,
        usesExampleWeights: problems.weights.values != nil,
        excludedCount: problems.weights.excludedCount, tolerance: run.options.tolerance,
        trainingCount: examples.rowCount, problems: solutions.map(\.report))
    } catch {
      throw .model(error)
    }
  }
}
