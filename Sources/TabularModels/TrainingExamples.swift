import Evaluation
import LinearAlgebra
import SupportVectors
import Tables

/// Data of either kind, seen as what a training needs: usable rows, their targets, and features
/// fitted to some of them.
///
/// Rows of weight 0 are taken out first, and nothing here knows them but `zeroWeightRowCount` and
/// ``fileRows``.
struct TrainingExamples {
  /// The data without the rows of weight 0.
  let data: TrainingData
  /// The column that others are to predict, or `nil` when nothing is to be predicted.
  let target: TableColumn?
  /// The rows of `data` that become examples; the others have missing values.
  let rows: [Int]
  /// The weight of each of them, a finite number greater than 0; `nil` when no weights are chosen.
  let weights: [Double]?
  /// A number from 0 for each of them, equal in rows that belong together; `nil` when no groups are
  /// chosen.
  let groups: [Int]?
  /// The number of rows that are left out because their weight is 0.
  let zeroWeightRowCount: Int
  let targetIndex: Int?
  private let scaling: Scaling
  private let missing: MissingValuePolicy
  private let unseen: UnseenCategoryPolicy
  private let choices: ColumnChoices
  /// The most memory that features may take, or `nil` for any.
  private let byteLimit: Int?
  /// What the user takes the target for, if anything.
  let targetKind: ColumnChoices.Kind?

  /// Finds target and rows.
  ///
  /// - Parameters:
  ///   - data: The data.
  ///   - configuration: The target, what columns are taken for, and what becomes of missing values.
  ///   - hasTarget: Whether a column is to be predicted. If not, a column that is named is left out of
  ///     the features all the same, and none is taken for the target by itself.
  ///   - byteLimit: The most memory that features may take, or `nil` for any.
  /// - Throws: `TableError` or ``TabularError``.
  init(
    _ data: TrainingData, _ configuration: TrainingConfiguration, hasTarget: Bool = true,
    byteLimit: Int? = nil
  ) throws {
    let (target, choices) = (configuration.target, configuration.columnOverrides)
    self.byteLimit = byteLimit
    missing = configuration.missing
    unseen = configuration.unseen
    self.choices = choices
    switch data {
    case .table(let whole):
      let index = hasTarget || target != nil ? try whole.targetIndex(target, choices) : nil
      targetIndex = index
      targetKind = try index.flatMap { try whole.chosenKind($0, choices) }
      let (table, weights) = try whole.trainingTable(target: index, choices: choices)
      self.data = .table(table)
      zeroWeightRowCount = whole.rowCount - table.rowCount
      self.target = index.map { table.columns[$0] }
      let rows = try table.trainingRows(target: index, choices: choices, missing: missing)
      self.rows = rows
      self.weights = weights.map { weights in rows.map { weights[$0] } }
      groups = try table.groups(by: choices, rows: rows)
      // Counts and histograms are at least 0 as they are.
      let isKept = configuration.method.kernel.requiresNonNegativeFeatures
      scaling = configuration.scaling ?? (isKept ? .none : .standard)
    case .libsvm(let examples):
      if let target, target != LIBSVMData.labelName {
        throw TabularError(.targetOfLIBSVMText(file: examples.file, name: target))
      }
      if let name = choices.firstColumn {
        throw TabularError(.columnOfLIBSVMText(file: examples.file, name: name))
      }
      self.data = data
      weights = nil
      groups = nil
      zeroWeightRowCount = 0
      targetIndex = 0
      targetKind = nil
      self.target = examples.labels
      rows = Array(0..<examples.features.rowCount)
      scaling = configuration.scaling ?? .none
    }
  }

  /// The weights of examples at some places in ``rows``.
  func weights(at places: [Int]) -> [Double]? {
    weights.map { weights in places.map { weights[$0] } }
  }

  /// The number of rows that are left out because a value is missing.
  var skippedRowCount: Int { data.rowCount - rows.count }

  /// For each of ``rows`` its row among all that were given, those of weight 0 included.
  var fileRows: [Int] {
    guard case .table(let table) = data, let fileRows = table.fileRows else { return rows }
    return rows.map { fileRows[$0] }
  }

  /// Rejects data that no training accepts: a target that is missing, columns that cannot be
  /// features.
  ///
  /// - Throws: `TableError`.
  func check() throws {
    guard case .table(let table) = data else { return }
    try TablePreprocessor.check(table, target: targetIndex, choices: choices, missing: missing)
  }

  /// Learns from some examples how rows become features, by their weights, and makes features of
  /// these and of further ones.
  ///
  /// - Parameters:
  ///   - training: Places in ``rows`` to learn from.
  ///   - others: Places to transform in the same way.
  ///   - threads: The largest number of threads to use, or `nil` for one on each core.
  /// - Returns: What was learned, and the features of both kinds of examples.
  /// - Throws: `TableError`.
  func fitted(training: [Int], others: [Int] = [], threads: Int? = nil) throws -> (
    preprocessor: Preprocessor, training: FeatureMatrix, others: FeatureMatrix
  ) {
    switch data {
    case .table(let table):
      let trainingRows = training.map { rows[$0] }
      let preprocessor = try TablePreprocessor(
        fitting: table, target: targetIndex, choices: choices, scaling: scaling, missing: missing,
        unseen: unseen, rows: trainingRows, threads: threads)
      return (
        .table(preprocessor),
        try preprocessor.transform(
          table, rows: trainingRows, byteLimit: byteLimit, threads: threads),
        try preprocessor.transform(
          table, rows: others.map { rows[$0] }, byteLimit: byteLimit, threads: threads)
      )
    case .libsvm(let examples):
      let features = examples.featureMatrix
      let isWhole = training.count == features.rowCount
      try FeatureScaler.requireMemory(
        fitting: features, scaling: scaling, file: examples.file, byteLimit: byteLimit)
      let scaler = FeatureScaler(
        fitting: features, scaling: scaling, rows: isWhole ? nil : training)
      let trainingFeatures = isWhole ? features : features.gatheringRows(training)
      return (
        .libsvm(LIBSVMPreprocessor(isZeroBased: examples.isZeroBased, scaler: scaler)),
        try scaler.transform(trainingFeatures, file: examples.file, byteLimit: byteLimit),
        try scaler.transform(
          features.gatheringRows(others), file: examples.file, byteLimit: byteLimit)
      )
    }
  }
}

/// What the examples are to be predicted as.
package enum Targets: Sendable {
  case classes(ClassTable)
  case numbers([Double])
  /// The number of examples, where nothing is to be predicted.
  case none(count: Int)

  /// Takes the targets of examples from their column.
  init(_ task: LearningTask, _ examples: TrainingExamples) {
    switch task {
    case .novelty, .components: self = .none(count: examples.rows.count)
    case .classification, .regression:
      guard let column = examples.target else {
        preconditionFailure("a \(task.rawValue) needs a target")
      }
      if task == .classification {
        let labels = TargetClasses(column, rows: examples.rows)
        self = .classes(ClassTable(names: labels.names, codes: labels.codes))
      } else if case .numbers(let numbers) = column.values {
        self = .numbers(examples.rows.map { numbers[$0] })
      } else {
        preconditionFailure("column \(column.name) holds texts, but a regression needs numbers")
      }
    }
  }

  /// The targets of examples at some places.
  func gathered(_ places: [Int]) -> Targets {
    switch self {
    case .classes(let classes):
      .classes(ClassTable(names: classes.names, codes: places.map { classes.codes[$0] }))
    case .numbers(let numbers): .numbers(places.map { numbers[$0] })
    case .none: .none(count: places.count)
    }
  }

  /// How the examples are spread over the classes, or `nil` when there are none.
  func balance(weights: [Double]?) -> ClassBalance? {
    guard case .classes(let classes) = self else { return nil }
    return ClassBalance(classNames: classes.names, codes: classes.codes, weights: weights)
  }

  /// What a split divides in equal proportion; a regression has one stratum.
  var strata: [Int] {
    switch self {
    case .classes(let classes): classes.codes
    case .numbers(let numbers): [Int](repeating: 0, count: numbers.count)
    case .none(let count): [Int](repeating: 0, count: count)
    }
  }
}

/// Data that passed every check of a training: the one road of all commands that learn from rows.
struct TrainingProblem {
  /// The rows.
  let examples: TrainingExamples
  /// What is learned, and why that.
  let decision: TaskDecision
  /// The problem that is solved.
  let formulation: Formulation
  /// What the examples are to be predicted as.
  let targets: Targets

  /// Looks at data as a trainer would train on it.
  ///
  /// - Throws: `TableError`, ``TabularError`` or `MetricError`.
  init(_ trainer: TabularTrainer, _ data: TrainingData) throws {
    examples = try trainer.examples(data)
    decision = try trainer.decision(for: examples)
    formulation = try trainer.formulation(for: decision.task)
    // Before classes are counted or rows divided: what is missing, and where.
    try examples.check()
    targets = Targets(decision.task, examples)
    try trainer.metrics.check(trainer.metricContext(decision.task, formulation, targets))
    if case .classes(let classes) = targets, classes.names.count < 2,
      !formulation.definition.allowsOneClass
    {
      throw TabularError(
        .oneClass(
          file: examples.data.file, name: classes.names.first ?? "", formulation: formulation))
    }
    if case .numbers(let numbers) = targets, !numbers.isEmpty,
      let deviation = TargetScaling.impossibleDeviation(of: numbers, weights: examples.weights)
    {
      throw TabularError(
        .targetSpread(
          file: examples.data.file, column: examples.target?.name ?? "", deviation: deviation))
    }
  }
}
