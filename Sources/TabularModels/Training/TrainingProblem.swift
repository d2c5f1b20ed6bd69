import Evaluation
import LinearAlgebra
import SupportVectors
import Tables

extension SelectedExamples {
  /// Finds target and rows, as a training needs them.
  ///
  /// Of rows that ranks share (`SharedData`), rows, targets, weights and groups are those of all of them, and
  /// the features are on the ranks that have the rows. Rows of weight 0 are taken out first, and nothing here
  /// knows them but `zeroWeightRowCount` and `fileRows`.
  ///
  /// - Parameters:
  ///   - data: The data.
  ///   - configuration: The target, how columns are treated, and what is done about missing values.
  ///   - hasTarget: Whether a column is to be predicted. If not, a column that is named is left out of
  ///     the features all the same, and none is taken for the target by itself.
  ///   - byteLimit: The most memory that features may take, or `nil` for any.
  /// - Throws: `TableError`.
  init(
    _ data: any ExampleText, _ configuration: TrainingConfiguration, hasTarget: Bool = true,
    byteLimit: Int? = nil
  ) throws {
    self = try data.selection(
      ChosenColumns(
        target: configuration.target, hasTarget: hasTarget,
        choices: configuration.columnOverrides), missing: configuration.missing)
    // Counts and histograms are at least 0 as they are.
    let isKept = data.isLIBSVM || configuration.method.kernel.requiresNonNegativeFeatures
    fitting = FeatureFitting(
      scaling: configuration.scaling ?? (isKept ? .none : .standard), unseen: configuration.unseen,
      byteLimit: byteLimit)
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

extension SelectedExamples: DividedExamples {
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
  init(_ task: LearningTask, _ examples: SelectedExamples) {
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

/// What is learned from examples that passed every check of a training: the one road of all commands that
/// learn from rows.
struct TrainingProblem {
  /// What is learned, and why that.
  let decision: TaskDecision
  /// The problem that is solved.
  let formulation: Formulation
  /// What the examples are to be predicted as.
  let targets: Targets

  /// Looks at examples as a trainer would train on them.
  ///
  /// - Throws: `TableError`, ``TabularError`` or `MetricError`.
  init(_ trainer: TabularTrainer, _ examples: SelectedExamples) throws {
    decision = try trainer.decision(for: examples)
    formulation = try trainer.formulation(for: decision.task)
    try trainer.requireOneProcess(formulation)
    // Before classes are counted or rows divided: what is missing, and where.
    try examples.data.check()
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
