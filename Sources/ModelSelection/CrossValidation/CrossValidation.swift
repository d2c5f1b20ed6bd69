import Basics
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
  package var trainer: TabularTrainer
  /// How rows are divided.
  package var folds: FoldPlan
  /// Places of the examples to divide, or `nil` for all.
  var places: [Int]?
  /// Called after each fold with the number that are done and the number of all; on any thread.
  package var onProgress: (@Sendable (_ done: Int, _ count: Int) -> Void)?

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
    let splits = try folds.splits(examples, places: places, seed: trainer.seed)
    let share = WorkShare(trainer.options, taskCount: splits.count)
    let deadline = trainer.options.timeLimit.map { start.advanced(by: $0) }
    let done = Atomic<Int>(0)
    let results = try concurrentResults(count: splits.count, threads: share.workers) {
      index throws -> FoldResult? in
      guard let options = share.options(until: deadline) else { return nil }
      let begin = clock.now
      let split = splits[index]
      let fold = try examples.prepare(
        training: split.training, heldOut: split.heldOut, threads: options.threads)
      let predictor = try examples.train(fold, method: trainer.method, options: options)
      guard
        let outcome = try examples.measure(
          predictor, fold, method: trainer.method, options: options, withPredictions: true)
      else { return nil }
      onProgress?(done.wrappingAdd(1, ordering: .relaxed).newValue, splits.count)
      return FoldResult(
        repetition: index / folds.count, fold: index % folds.count,
        trainingRowCount: fold.training.count, heldOutRowCount: fold.heldOut.count,
        weight: fold.heldOutWeight,
        supportVectorCount: predictor.expansion?.supportIndices.count,
        isConverged: predictor.problems.allSatisfy { $0.certificate.stopReason == .converged },
        duration: clock.now - begin, outcome: outcome, heldOut: fold.heldOut)
    }
    let finished = results.compactMap { $0 }
    guard !finished.isEmpty else { throw SelectionError.stopped }
    return CrossValidationResult(
      examples: examples, rowCount: places?.count ?? examples.count, folds: finished,
      plannedFoldCount: splits.count,
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
