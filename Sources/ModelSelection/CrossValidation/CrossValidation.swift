import Basics
import Evaluation
import LinearAlgebra
import SupportVectors
import Synchronization
import Tables
import TabularModels
import Transport

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
  /// Ranks that share the folds, each of which has all rows; `nil` trains all folds here.
  package var ranks: (any Transport)?
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
  public func run(_ data: TrainingData) throws -> CrossValidationResult { try run(data.examples) }

  /// The same for rows that are all here, or that the trainer's ranks have read together.
  package func run(_ data: any ExampleText) throws -> CrossValidationResult {
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
    let own = splits.indices.filter { $0 % (ranks?.size ?? 1) == ranks?.rank ?? 0 }
    let train: @Sendable (Int) throws -> TrainedFold? = { place in
      let split = splits[own[place]]
      let trained = try trainedFold(split, examples, share, deadline)
      if trained != nil {
        onProgress?(done.wrappingAdd(1, ordering: .relaxed).newValue, own.count)
      }
      return trained
    }
    // Folds whose rows are on several ranks are trained by all of them, one after the other.
    let trained =
      trainer.control.ranks == nil
      ? try concurrentResults(count: own.count, threads: share.workers, train)
      : try own.indices.map(train)
    var results = [FoldResult?](repeating: nil, count: splits.count)
    for (index, fold) in try shared(zip(own, trained).map { ($0, $1) }) {
      let split = splits[index]
      results[index] = FoldResult(
        repetition: index / folds.count, fold: index % folds.count,
        trainingRowCount: split.training.count, heldOutRowCount: split.heldOut.count,
        weight: examples.weight(of: split.heldOut), supportVectorCount: fold.supportVectorCount,
        isConverged: fold.isConverged, duration: fold.duration,
        outcome: try examples.outcome(
          of: fold.predictions, heldOut: split.heldOut, withPredictions: true),
        heldOut: split.heldOut)
    }
    let finished = results.compactMap { $0 }
    guard !finished.isEmpty else { throw SelectionError.stopped }
    return CrossValidationResult(
      examples: examples, rowCount: places?.count ?? examples.count, folds: finished,
      plannedFoldCount: splits.count,
      duration: clock.now - start)
  }

  /// Trains on a fold and predicts what it holds out; `nil` when the time was up.
  private func trainedFold(
    _ split: (training: [Int], heldOut: [Int]), _ examples: FoldTraining, _ share: WorkShare,
    _ deadline: ContinuousClock.Instant?
  ) throws -> TrainedFold? {
    let begin = ContinuousClock.now
    var options = share.options(until: deadline)
    if try trainer.isAgreed(options == nil) { return nil }
    if trainer.control.ranks != nil { options?.threads = trainer.options.threads }
    guard let options else { return nil }
    let fold = try examples.prepare(
      training: split.training, heldOut: split.heldOut, threads: options.threads)
    let predictor = try examples.train(fold, method: trainer.method, options: options)
    guard
      let predictions = try examples.predict(
        predictor, fold, method: trainer.method, options: options)
    else { return nil }
    return TrainedFold(
      predictions: predictions,
      supportVectorCount: predictor.expansion?.supportIndices.count,
      isConverged: predictor.problems.allSatisfy { $0.certificate.stopReason == .converged },
      duration: ContinuousClock.now - begin)
  }

  /// The folds of all ranks, from those of this one; each with its number.
  private func shared(_ own: [(Int, TrainedFold?)]) throws -> [(Int, TrainedFold)] {
    let trained = own.compactMap { index, fold in fold.map { (index, $0) } }
    guard let ranks else { return trained }
    let message = ByteWriter.bytes { writer in
      for (index, fold) in trained {
        writer.append(index)
        fold.encode(to: &writer)
      }
    }
    var all: [(Int, TrainedFold)] = []
    for bytes in try ranks.allGather(message) {
      var reader = ByteReader(bytes)
      while reader.remaining > 0 {
        all.append((try reader.integer(), try TrainedFold(from: &reader)))
      }
    }
    return all
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

/// What is known of a fold before its predictions are measured.
private struct TrainedFold {
  let predictions: FoldPredictions
  let supportVectorCount: Int?
  let isConverged: Bool
  let duration: Duration

  /// Collects the parts.
  init(
    predictions: FoldPredictions, supportVectorCount: Int?, isConverged: Bool, duration: Duration
  ) {
    self.predictions = predictions
    self.supportVectorCount = supportVectorCount
    self.isConverged = isConverged
    self.duration = duration
  }

  /// Writes it for another rank.
  func encode(to writer: inout ByteWriter) {
    predictions.encode(to: &writer)
    writer.append(supportVectorCount ?? -1)
    writer.append(UInt8(isConverged ? 1 : 0))
    writer.append(duration / .seconds(1))
  }

  /// Reads what ``encode(to:)`` has written.
  init(from reader: inout ByteReader) throws(TransportError) {
    predictions = try FoldPredictions(from: &reader)
    let count = try reader.integer()
    supportVectorCount = count < 0 ? nil : count
    isConverged = try reader.byte() != 0
    duration = .seconds(try reader.double())
  }
}
