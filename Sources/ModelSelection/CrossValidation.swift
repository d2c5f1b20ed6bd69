import Evaluation
import LinearAlgebra
import SupportVectors
import Synchronization
import Tables
import TabularModels

// Every row is predicted by a model that was trained without it. Folds are trained side by side, each on
// its share of the threads and of the memory; a fold's model is the same whatever else runs.

/// Measures the way a model is made: trains on parts of the rows and predicts the others.
///
/// ```swift
/// let data = try TrainingData(contentsOf: "iris.csv")
/// let result = try CrossValidation(trainer: TabularTrainer()).run(data)
/// for summary in result.summaries { print(summary.name, summary.mean, summary.standardDeviation ?? 0) }
/// ```
///
/// > M. Stone. "Cross-Validatory Choice and Assessment of Statistical Predictions." *Journal of the
/// > Royal Statistical Society B* 36 (1974), 111–147.
public struct CrossValidation: Sendable {
  /// What is measured: method, preprocessing, seed and options.
  ///
  /// Its holdout is not used.
  public var trainer: TabularTrainer
  /// How rows are divided.
  public var folds: FoldPlan
  /// Called after each fold with the number that are done and the number of all; on any thread.
  public var onProgress: (@Sendable (_ done: Int, _ count: Int) -> Void)?

  /// Makes a cross-validation, with the defaults of the command.
  public init(
    trainer: TabularTrainer = TabularTrainer(), folds: FoldPlan = FoldPlan(),
    onProgress: (@Sendable (_ done: Int, _ count: Int) -> Void)? = nil
  ) {
    self.trainer = trainer
    self.folds = folds
    self.onProgress = onProgress
  }

  /// Trains and measures every fold.
  ///
  /// A deadline or a cancellation leaves folds out; see ``CrossValidationResult/isComplete``.
  ///
  /// - Parameter data: The rows.
  /// - Returns: The figures of each fold, and what was predicted of each row.
  /// - Throws: `TableError`, `TabularError`, `TrainingError`, `DataSplitError`, or ``SelectionError``.
  /// - Complexity: One training on (k − 1)/k of the rows for each of the k folds.
  public func run(_ data: TrainingData) throws -> CrossValidationResult {
    let clock = ContinuousClock()
    let start = clock.now
    let examples = try FoldTraining(trainer, data)
    guard examples.decision.task != .components else {
      throw SelectionError.nothingToMeasure(examples.formulation)
    }
    let splits = try folds.splits(examples, seed: trainer.seed)
    let run = FoldRun(
      examples: examples, splits: splits, foldCount: folds.count,
      deadline: trainer.options.timeLimit.map { start.advanced(by: $0) })
    // Folds that have most rows in common begin at the solution of the first, which has all threads.
    var results: [FoldResult?] = []
    var first: TabularModel.Predictor?
    if run.foldsAreAlike(order: folds.order) {
      let measured = try run.measure(
        0, WorkShare(trainer.options, taskCount: 1), startingFrom: nil)
      first = measured?.predictor
      results.append(measured?.result)
      if measured != nil { onProgress?(1, splits.count) }
    }
    let known = results.count
    let done = Atomic<Int>(known)
    let share = WorkShare(trainer.options, taskCount: splits.count - known)
    results += try concurrentResults(count: splits.count - known, threads: share.workers) {
      [first] index throws -> FoldResult? in
      let measured = try run.measure(known + index, share, startingFrom: first)
      guard let measured else { return nil }
      onProgress?(done.wrappingAdd(1, ordering: .relaxed).newValue, splits.count)
      return measured.result
    }
    let finished = results.compactMap { $0 }
    guard !finished.isEmpty else { throw SelectionError.stopped }
    return CrossValidationResult(
      examples: examples, folds: finished, plannedFoldCount: splits.count,
      duration: clock.now - start)
  }

  /// Trains and measures every fold without blocking a thread of Swift's cooperative pool.
  ///
  /// Cancelling the task leaves out the folds that are not done. Parameters, result and errors are those
  /// of the synchronous function.
  public func run(_ data: TrainingData) async throws -> CrossValidationResult {
    try await onDispatchThread(trainer.options.cancellation) { token in
      var validation = self
      validation.trainer.options.cancellation = token
      return try validation.run(data)
    }
  }
}

/// The trainings of a cross-validation.
private struct FoldRun: Sendable {
  let examples: FoldTraining
  let splits: [(training: [Int], heldOut: [Int])]
  let foldCount: Int
  let deadline: ContinuousClock.Instant?

  /// Whether the solution of one fold is near those of the others: of k folds two have k − 2 parts in
  /// common.
  func foldsAreAlike(order: FoldPlan.Order) -> Bool {
    foldCount >= 4 && order == .shuffled
      && [.cSVC, .nuSVC, .epsilonSVR, .nuSVR].contains(examples.formulation)
  }

  /// Trains and measures one fold; `nil` when the time is up.
  func measure(
    _ index: Int, _ share: WorkShare, startingFrom first: TabularModel.Predictor?
  ) throws -> (result: FoldResult, predictor: TabularModel.Predictor)? {
    guard let options = share.options(until: deadline) else { return nil }
    let clock = ContinuousClock()
    let begin = clock.now
    let split = splits[index]
    let method = examples.trainer.method
    let fold = try examples.prepare(
      training: split.training, heldOut: split.heldOut, threads: options.threads)
    let predictor = try examples.train(
      fold, method: method,
      startingFrom: first.map {
        EarlierModel($0, of: splits[0].training, for: split.training)
      },
      options: options)
    guard
      let outcome = try examples.measure(
        predictor, fold, method: method, options: options, withPredictions: true)
    else { return nil }
    let result = FoldResult(
      repetition: index / foldCount, fold: index % foldCount,
      trainingRowCount: fold.training.count, heldOutRowCount: fold.heldOut.count,
      weight: fold.heldOutWeight, outcome: outcome, heldOut: fold.heldOut,
      supportVectorCount: predictor.expansion?.supportIndices.count,
      isConverged: predictor.problems.allSatisfy { $0.certificate.stopReason == .converged },
      duration: clock.now - begin)
    return (result, predictor)
  }
}
