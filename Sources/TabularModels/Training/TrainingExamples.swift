import Evaluation
import LinearAlgebra
import SupportVectors
import Tables

/// Data seen as what a training needs: usable rows, their targets, and features fitted to some of them.
///
/// Of rows that ranks share (`SharedData`), rows, targets, weights and groups are those of all of them, and
/// the features are on the ranks that have the rows.
///
/// Rows of weight 0 are taken out first, and nothing here knows them but `zeroWeightRowCount` and
/// ``fileRows``.
@dynamicMemberLookup
struct TrainingExamples {
  private let selected: SelectedExamples
  private let fitting: FeatureFitting

  /// Finds target and rows.
  ///
  /// - Parameters:
  ///   - data: The data.
  ///   - configuration: The target, what columns are taken for, and what becomes of missing values.
  ///   - hasTarget: Whether a column is to be predicted. If not, a column that is named is left out of
  ///     the features all the same, and none is taken for the target by itself.
  ///   - byteLimit: The most memory that features may take, or `nil` for any.
  /// - Throws: `TableError`.
  init(
    _ data: any ExampleText, _ configuration: TrainingConfiguration, hasTarget: Bool = true,
    byteLimit: Int? = nil
  ) throws {
    selected = try data.selection(
      ChosenColumns(
        target: configuration.target, hasTarget: hasTarget,
        choices: configuration.columnOverrides), missing: configuration.missing)
    // Counts and histograms are at least 0 as they are.
    let isKept = data.isLIBSVM || configuration.method.kernel.requiresNonNegativeFeatures
    fitting = FeatureFitting(
      target: selected.targetIndex, choices: configuration.columnOverrides,
      scaling: configuration.scaling ?? (isKept ? .none : .standard),
      missing: configuration.missing, unseen: configuration.unseen, byteLimit: byteLimit)
  }

  /// The rows that are used, their target, weights and groups.
  subscript<Value>(dynamicMember property: KeyPath<SelectedExamples, Value>) -> Value {
    selected[keyPath: property]
  }

  /// The data without the rows of weight 0.
  var data: any ExampleText { selected.data }

  /// The rows of `data` that become examples; the others have missing values.
  var rows: [Int] { selected.rows }

  /// The weight of each of them; `nil` when no weights are chosen.
  var weights: [Double]? { selected.weights }

  /// The weights of examples at some places in ``rows``.
  func weights(at places: [Int]) -> [Double]? {
    selected.weights.map { weights in places.map { weights[$0] } }
  }

  /// The number of rows that are left out because a value is missing.
  var skippedRowCount: Int { data.rowCount - rows.count }

  /// For each of ``rows`` its row among all that were given, those of weight 0 included.
  var fileRows: [Int] {
    guard let fileRows = data.fileRows else { return rows }
    return rows.map { fileRows[$0] }
  }

  /// Rejects data that no training accepts: a target that is missing, columns that cannot be
  /// features.
  ///
  /// - Throws: `TableError`.
  func check() throws { try data.check(fitting) }

  /// Learns from some examples how rows become features, by their weights, and makes features of
  /// these and of further ones.
  ///
  /// - Parameters:
  ///   - training: Places in ``rows`` to learn from.
  ///   - others: Places to transform in the same way.
  ///   - threads: The largest number of threads to use, or `nil` for one on each core.
  /// - Returns: What was learned, and the features of both kinds of examples, as far as they are here.
  /// - Throws: `TableError`.
  func fitted(
    training: [Int], others: [Int] = [], threads: Int? = nil
  ) throws -> FittedFeatures {
    var fitting = fitting
    fitting.threads = threads
    return try data.fitted(
      fitting, training: training.map { rows[$0] }, others: others.map { rows[$0] })
  }
}

/// Examples that are fitted in parts, so that nothing leaks from one part into the other.
protocol DividedExamples: Sendable {
  /// What messages call their source.
  var name: String { get }
  /// Whether they have no units that a training could adapt to, as LIBSVM text has none.
  var isLIBSVM: Bool { get }
  /// The weights of examples at some places; `nil` when all are equal.
  func weights(at places: [Int]) -> [Double]?
  /// The features of examples to train on and of others, prepared as the training alone demands.
  func divided(
    training: [Int], others: [Int], _ control: RunControl
  ) throws -> (training: ExampleSet, others: ExampleSet)
}

extension TrainingExamples: DividedExamples {
  var name: String { data.file }

  var isLIBSVM: Bool { data.isLIBSVM }

  func divided(
    training: [Int], others: [Int], _ control: RunControl
  ) throws -> (training: ExampleSet, others: ExampleSet) {
    let fitted = try fitted(training: training, others: others, control)
    return (fitted.training, fitted.others)
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
  init(_ trainer: TabularTrainer, _ data: any ExampleText) throws {
    examples = try trainer.examples(data)
    decision = try trainer.decision(for: examples)
    formulation = try trainer.formulation(for: decision.task)
    try trainer.requireOneProcess(formulation)
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
