import Basics
import Evaluation
import Kernels
import LinearAlgebra
import SupportVectors
import Tables
import TabularModels
import Transport

/// Finds kernel parameters, C and ε by cross-validation.
///
/// By default few candidates meet many rows: a coarse lattice around values that the data suggests is
/// measured on a few hundred rows, the better quarter on more, and only a handful on all; the
/// best are then refined where a surface through the figures expects most. The same seed gives
/// the same trials, whatever the number of threads, unless there is a `budget` of time.
///
/// ```swift
/// let result = try ParameterSearch().run(data)
/// let training = try result.trainer.train(data)
/// ```
///
/// > K. Jamieson, A. Talwalkar. "Non-stochastic Best Arm Identification and Hyperparameter Optimization."
/// > *AISTATS* (2016), 240–248.
public struct ParameterSearch: Sendable {
  /// How candidates are chosen.
  public enum Strategy: String, Sendable, CaseIterable {
    /// Halving, then refinement around the best.
    case auto
    /// Every combination of the values, on all rows.
    case grid
    /// Random candidates, on all rows.
    case random
    /// More and more rows for fewer and fewer candidates, without refinement.
    case halving
  }

  /// What stays as it is: preprocessing, formulation, kernel, class weights, seed and options.
  ///
  /// Rows that its holdout keeps back are not searched on.
  package var trainer: TabularTrainer
  /// Which values may be tried.
  package var space: SearchSpace
  /// How candidates are chosen.
  package var strategy: Strategy
  /// What is compared; `nil` is accuracy or the root of the mean squared error.
  package var metric: MetricDefinition?
  /// How rows are divided in the end; earlier rungs have three folds.
  package var folds: FoldPlan
  /// How long to search, or `nil` for as long as it takes.
  ///
  /// With a budget of time, which candidates are tried depends on the machine.
  package var budget: Duration?
  /// How many trials to make; `nil` is 60 for a random search, and without limit otherwise.
  package var trialBudget: Int?
  /// Whether the simplest candidate is taken that is within a standard error of the best.
  package var oneStandardError: Bool
  /// The largest number of rows to search on, of all those that the model is then trained on; `nil` is
  /// 10 000, and all rows for a grid or a random search.
  package var rowLimit: Int?
  /// Trials of an earlier search with the same settings on the same data, which are not made again.
  package var knownTrials: [Trial] = []
  /// What processes that make the same search exchange.
  package var shared: SharedSearch?
  /// Ranks that make the same search, each with all rows, and share its trainings.
  package var ranks: (any Transport)?
  /// Called after each batch of trials, with all so far.
  package var onTrials: (@Sendable ([Trial]) -> Void)?

  /// Makes a search, with the defaults of the command.
  ///
  /// - Parameters:
  ///   - trainer: What stays as it is: preprocessing, formulation, kernel, class weights, seed and
  ///     options. Rows that its holdout keeps back are not searched on.
  ///   - space: Which values may be tried.
  ///   - strategy: How candidates are chosen.
  ///   - metric: What is compared; `nil` is accuracy or the root of the mean squared error.
  ///   - folds: How rows are divided in the end; earlier rungs have three folds.
  ///   - budget: How long to search, or `nil` for as long as it takes. With a budget of time, which
  ///     candidates are tried depends on the machine.
  ///   - trialBudget: How many trials to make; `nil` is 60 for a random search, and without limit otherwise.
  ///   - oneStandardError: Whether the simplest candidate is taken that is within a standard error of the
  ///     best.
  ///   - rowLimit: The largest number of rows to search on, of all those that the model is then trained on;
  ///     `nil` is 10 000, and all rows for a grid or a random search.
  ///   - onTrials: Called after each batch of trials, with all so far.
  public init(
    trainer: TabularTrainer = TabularTrainer(), space: SearchSpace = SearchSpace(),
    strategy: Strategy = .auto, metric: MetricDefinition? = nil, folds: FoldPlan = FoldPlan(),
    budget: Duration? = nil, trialBudget: Int? = nil, oneStandardError: Bool = false,
    rowLimit: Int? = nil, onTrials: (@Sendable ([Trial]) -> Void)? = nil
  ) {
    self.trainer = trainer
    self.space = space
    self.strategy = strategy
    self.metric = metric
    self.folds = folds
    self.budget = budget
    self.trialBudget = trialBudget
    self.oneStandardError = oneStandardError
    self.rowLimit = rowLimit
    self.onTrials = onTrials
  }

  /// Searches.
  ///
  /// A budget, a deadline or a cancellation ends the search early; the best candidate so far is the
  /// result.
  ///
  /// - Parameter data: The rows.
  /// - Returns: The trials and the best of them.
  /// - Throws: `TableError`, `TabularError`, `TrainingError`, `DataSplitError`, or ``SelectionError``.
  public func run(_ data: TrainingData) throws -> SearchResult { try run(data.examples) }

  /// The same for rows as they are read.
  package func run(_ data: any ExampleText) throws -> SearchResult {
    try space.check()
    try check("budget-trials", trialBudget, atLeast: 1)
    try check("search-rows", rowLimit, atLeast: 10)
    let clock = ContinuousClock()
    let start = clock.now
    let (examples, metric) = try prepared(data)
    // What is left of a time limit is for the training.
    let deadlines = [budget, trainer.control.timeLimit.map { $0 * 4 / 5 }].compactMap { $0 }
    var engine = SearchEngine(
      examples: examples, metric: metric, deadline: deadlines.min().map { start.advanced(by: $0) },
      trialBudget: trialBudget ?? (strategy == .random ? 60 : nil), known: knownTrials,
      onTrials: onTrials)
    engine.shared = shared
    engine.ranks = ranks
    var plan = try SearchPlan(self, examples)
    try plan.run(&engine)
    guard let best = try plan.best(engine, oneStandardError: oneStandardError) else {
      guard engine.isInterrupted || engine.trials.isEmpty else {
        throw SelectionError.noCandidate("every training was refused or hit its limit")
      }
      throw SelectionError.stopped
    }
    var trainer = examples.trainer
    trainer.method = best.candidate.applied(to: trainer.method)
    // Probabilities that only the metric asked for are not kept.
    trainer.calibration = self.trainer.calibration
    trainer.metrics = self.trainer.metrics
    return SearchResult(
      decision: examples.decision, formulation: examples.formulation, metric: metric,
      balance: examples.balance, rowCount: examples.count, trials: engine.trials, best: best,
      trainer: trainer, isComplete: !engine.isInterrupted, duration: clock.now - start,
      folds: folds, division: plan.division(of: best))
  }

  /// Searches without blocking a thread of Swift's cooperative pool.
  ///
  /// Cancelling the task ends the search. Parameters, result and errors are those of the synchronous
  /// function.
  public func run(_ data: TrainingData) async throws -> SearchResult {
    try await onDispatchThread(trainer.control.cancellation) { token in
      var search = self
      search.trainer.control.cancellation = token
      var result = try search.run(data)
      result.trainer.control.cancellation = trainer.control.cancellation
      return result
    }
  }

  private func check(_ name: String, _ value: Int?, atLeast least: Int) throws(SelectionError) {
    guard let value, value < least else { return }
    throw .setting(name, value: "\(value)", expected: "at least \(least)")
  }

  /// The examples, and a metric that suits them.
  private func prepared(_ data: any ExampleText) throws -> (FoldTraining, MetricDefinition) {
    var trainer = trainer
    trainer.holdsOutLatest = folds.order == .timeOrdered
    var examples = try FoldTraining(trainer, data)
    let task = examples.decision.task
    guard task.hasTarget else { throw SelectionError.nothingToMeasure(examples.formulation) }
    let metric = metric ?? .default(for: examples)
    guard metric.subject == task.subject else {
      throw MetricError(.subject(task.subject, of: metric))
    }
    if task == .classification && examples.classNames?.count ?? 0 < 2 {
      throw SelectionError.noCandidate("the data has one class")
    }
    if try metric.needsCalibration(examples) {
      examples.trainer.calibration = CalibrationChoice(foldCount: 3)
    }
    examples.trainer.metrics = .named([metric])
    return (examples, metric)
  }
}

extension ParameterSearch {
  /// The settings, besides those of the trainer, that decide which trials are made and what they measure.
  package var settings: SearchSettings {
    SearchSettings(
      strategy: strategy, metric: metric, space: space, folds: folds, rowLimit: rowLimit)
  }
}

/// The settings of a search that decide which trials are made and what they measure.
package struct SearchSettings: Sendable, FieldStructure {
  var strategy: ParameterSearch.Strategy
  var metric: MetricDefinition?
  var space: SearchSpace
  var folds: FoldPlan
  var rowLimit: Int?

  package mutating func visitFields(
    _ visitor: inout some FieldVisitor
  ) throws(ConfigurationError) {
    try visitor.visit("strategy", &strategy, .word)
    var name = metric?.id.rawValue
    try visitor.visitOptional("metric", &name, .text)
    if visitor.isReading {
      metric = name.flatMap { MetricCatalog.definition(MetricID(rawValue: $0)) }
    }
    try visitor.visit("space", &space, .fields(of: space))
    try visitor.visit("folds", &folds, .fields(of: folds))
    try visitor.visitOptional("rows", &rowLimit, .count(10...Int.max))
  }
}

extension SearchSpace: FieldStructure {
  package mutating func visitFields(
    _ visitor: inout some FieldVisitor
  ) throws(ConfigurationError) {
    try visitor.visitOptional("c", &boxConstraints, FieldCoding.number(.positive).list)
    try visitor.visitOptional("gamma", &gammas, FieldCoding.number(.positive).list)
    try visitor.visitOptional("epsilon", &epsilons, FieldCoding.number(.notNegative).list)
    try visitor.visitOptional("nu", &nus, FieldCoding.number(.share).list)
    try visitor.visit("linear", &comparesLinear, .flag)
  }
}

extension FoldPlan: FieldStructure {
  package mutating func visitFields(
    _ visitor: inout some FieldVisitor
  ) throws(ConfigurationError) {
    try visitor.visit("count", &count, .count(1...Int.max))
    try visitor.visit("repetitions", &repetitionCount, .count(1...Int.max))
    try visitor.visit("order", &order, .word)
  }
}

/// What a search found.
public struct SearchResult: Sendable {
  /// What was learned, and why that.
  package let decision: TaskDecision
  /// The problem that was solved.
  package let formulation: Formulation
  /// What was compared.
  package let metric: MetricDefinition
  /// How the rows are spread over the classes, or `nil` when there are none.
  package let balance: ClassBalance?
  /// The number of rows of the data.
  package let rowCount: Int
  /// All trials, in the order in which they were begun.
  package let trials: [Trial]
  /// The one that was chosen.
  public let best: Trial
  /// Trains a model with the parameters that were chosen.
  public internal(set) var trainer: TabularTrainer
  /// Whether the search came to its end.
  public let isComplete: Bool
  /// How long the search took, reading the data excluded.
  package let duration: Duration
  let folds: FoldPlan
  let division: SearchPlan.Division?

  /// The cross-validation of the chosen parameters over the folds that they were chosen by.
  ///
  /// Its figures flatter a little, as the best of many do. Rows that the trainer holds out give honest
  /// ones, so that a search that kept some from its folds needs no cross-validation.
  ///
  /// - Parameters:
  ///   - timeLimit: How long it may take, or `nil` for as long as it takes.
  ///   - cancellation: What stops it.
  /// - Returns: The cross-validation; `nil` when rows were held out, or the search ended before any
  ///   candidate was measured over the folds that were requested.
  package func validation(
    timeLimit: Duration? = nil, cancellation: CancellationToken? = nil
  ) -> CrossValidation? {
    guard trainer.holdoutFraction == nil, let division, division.isLast else { return nil }
    var trainer = trainer
    trainer.control.timeLimit = timeLimit
    trainer.control.cancellation = cancellation
    var validation = CrossValidation(trainer: trainer, folds: folds)
    validation.places = division.places
    return validation
  }
}
