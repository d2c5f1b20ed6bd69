import Basics
import Evaluation
import SupportVectors
import Synchronization
import Tables
import TabularModels
import Transport

/// What more rows would bring: the same way of training on growing parts of the rows.
///
/// Every fold is measured by models of parts of its training rows, each part within the next; the parts keep
/// every class in proportion, or of rows in time order are the latest ones.
///
/// ```swift
/// let curve = try LearningCurve(trainer: TabularTrainer()).run(data)
/// for size in curve.sizes { print(size.rowCount, size.heldOut) }
/// ```
package struct LearningCurve: Sendable {
  /// What is measured: method, preprocessing, seed and options; its holdout is not used.
  package var trainer: TabularTrainer
  /// How rows are divided.
  package var folds: FoldPlan
  /// Shares of the training rows, above 0 and at most 1.
  package var shares: [Double]
  /// What is measured; `nil` is accuracy or the root of the mean squared error.
  package var metric: MetricDefinition?
  /// Ranks that share the trainings, each of which has all rows; `nil` trains all here.
  package var ranks: (any Transport)?
  /// Called after each model with the number that are done and the number of all; on any thread.
  package var onProgress: (@Sendable (_ done: Int, _ count: Int) -> Void)?

  /// The minimum number of rows that a model is trained on, if there are that many.
  private static let minimumRows = 10

  /// Makes a curve of seven sizes, each 1.8 times the one before.
  package init(
    trainer: TabularTrainer = TabularTrainer(), folds: FoldPlan = FoldPlan(),
    shares: [Double] = [0.03, 0.055, 0.1, 0.18, 0.32, 0.56, 1], metric: MetricDefinition? = nil,
    onProgress: (@Sendable (_ done: Int, _ count: Int) -> Void)? = nil
  ) {
    self.trainer = trainer
    self.folds = folds
    self.shares = shares
    self.metric = metric
    self.onProgress = onProgress
  }

  /// Trains and measures.
  ///
  /// Parts that lack a class, or that are too small to train on, are left out, as are those that a deadline
  /// or a cancellation ended.
  ///
  /// - Parameter data: The rows.
  /// - Returns: The figures by the number of rows.
  /// - Throws: `TableError`, `TabularError`, `TrainingError`, `DataSplitError`, `MetricError`, or ``SelectionError``.
  /// - Complexity: A training for each fold and share.
  package func run(_ data: any ExampleText) throws -> LearningCurveResult {
    precondition(
      shares.allSatisfy { $0 > 0 && $0 <= 1 }, "shares must be above 0 and at most 1: \(shares)")
    var measuring = trainer
    if let metric { measuring.metrics = .named([metric]) }
    let examples = try FoldTraining(measuring, data)
    let task = examples.decision.task
    guard task == .classification || task == .regression else {
      throw SelectionError.nothingToMeasure(examples.formulation)
    }
    let metric = metric ?? .default(for: examples)
    let splits = try folds.splits(examples, seed: trainer.seed)
    let jobs = jobs(splits.map(\.training.count))
    let share = WorkShare(trainer.options, taskCount: jobs.count)
    let deadline = trainer.options.timeLimit.map { ContinuousClock.now.advanced(by: $0) }
    let done = Atomic<Int>(0)
    let own = jobs.indices.filter { $0 % (ranks?.size ?? 1) == ranks?.rank ?? 0 }
    let figures = try concurrentResults(count: own.count, threads: share.workers) {
      place throws -> Figure? in
      let job = jobs[own[place]]
      let split = splits[job.split]
      let order = nested(split.training, strata: examples.strata, seed: UInt64(job.split))
      let rows = order.prefix(job.count).sorted()
      guard let options = share.options(until: deadline),
        task != .classification || Set(rows.map { examples.strata[$0] }).count > 1
      else { return nil }
      defer {
        onProgress?(done.wrappingAdd(1, ordering: .relaxed).newValue, own.count)
      }
      let fold = try examples.prepare(
        training: rows, heldOut: split.heldOut, threads: options.threads)
      let predictor = try examples.train(fold, method: trainer.method, options: options)
      let again = try examples.prepare(training: rows, heldOut: rows, threads: options.threads)
      guard
        let heldOut = try examples.measure(
          predictor, fold, method: trainer.method, options: options),
        let training = try examples.measure(
          predictor, again, method: trainer.method, options: options),
        let heldOutValue = heldOut.measurement.value(of: metric),
        let trainingValue = training.measurement.value(of: metric)
      else { return nil }
      return Figure(
        share: job.share, rowCount: job.count, training: trainingValue, heldOut: heldOutValue)
    }
    let found = try shared(zip(own, figures).map { ($0, $1) }, jobs)
    guard !found.isEmpty else { throw SelectionError.stopped }
    let sizes = shares.indices.compactMap { index -> LearningCurveResult.Size? in
      let parts = found.filter { $0.share == index }
      guard !parts.isEmpty else { return nil }
      return LearningCurveResult.Size(
        rowCount: parts.map(\.rowCount).reduce(0, +) / parts.count,
        training: parts.map(\.training), heldOut: parts.map(\.heldOut))
    }
    return LearningCurveResult(
      metric: metric, sizes: sizes.sorted { $0.rowCount < $1.rowCount },
      isComplete: found.count == jobs.count)
  }

  /// The figures of all ranks in the order of the trainings, from those of this one.
  private func shared(
    _ own: [(Int, Figure?)], _ jobs: [(split: Int, share: Int, count: Int)]
  ) throws -> [Figure] {
    guard let ranks else { return own.compactMap(\.1) }
    let message = ByteWriter.bytes { writer in
      for (index, figure) in own {
        guard let figure else { continue }
        writer.append(index)
        writer.append([figure.training, figure.heldOut])
      }
    }
    var all = [Figure?](repeating: nil, count: jobs.count)
    for bytes in try ranks.allGather(message) {
      var reader = ByteReader(bytes)
      while reader.remaining > 0 {
        let index = try reader.integer()
        let values = try reader.doubles(2)
        all[index] = Figure(
          share: jobs[index].share, rowCount: jobs[index].count, training: values[0],
          heldOut: values[1])
      }
    }
    return all.compactMap { $0 }
  }

  /// The trainings: of shares that come to the same number of rows the largest alone.
  ///
  /// - Parameter counts: The number of training rows of each split.
  /// - Returns: For each split its shares and their numbers of rows.
  private func jobs(_ counts: [Int]) -> [(split: Int, share: Int, count: Int)] {
    let order = shares.indices.sorted { shares[$0] < shares[$1] }
    func count(_ share: Int, of all: Int) -> Int {
      min(all, max(Self.minimumRows, Int((shares[share] * Double(all)).rounded())))
    }
    // The smallest split decides, so that every size is measured on every fold.
    let least = counts.min() ?? 0
    let kept = order.indices.filter { place in
      place + 1 == order.count
        || count(order[place], of: least) < count(order[place + 1], of: least)
    }.map { order[$0] }
    return counts.indices.flatMap { split in
      kept.map { (split, $0, count($0, of: counts[split])) }
    }
  }

  private struct Figure: Sendable {
    var share: Int
    var rowCount: Int
    var training: Double
    var heldOut: Double
  }

  /// Rows in an order whose beginnings keep every class in proportion; the latest first
  /// in time order.
  private func nested(_ rows: [Int], strata: [Int], seed: UInt64) -> [Int] {
    if folds.order == .timeOrdered { return rows.reversed() }
    var shuffled = rows
    var generator = SeededGenerator(
      seed: SeededGenerator.derivedSeed(trainer.seed, index: Int(seed) + 1))
    generator.shuffle(&shuffled)
    var counts: [Int: Int] = [:]
    for row in shuffled { counts[strata[row], default: 0] += 1 }
    var seen: [Int: Int] = [:]
    // The part of its class that comes before a row decides where it stands.
    let places = shuffled.map { row -> Double in
      let before = seen[strata[row], default: 0]
      seen[strata[row]] = before + 1
      return (Double(before) + 0.5) / Double(counts[strata[row]] ?? 1)
    }
    return shuffled.indices.sorted { places[$0] == places[$1] ? $0 < $1 : places[$0] < places[$1] }
      .map { shuffled[$0] }
  }
}

/// Figures by the number of training rows.
package struct LearningCurveResult: Sendable, Equatable {
  /// The figures with one number of training rows.
  package struct Size: Sendable, Equatable {
    /// The mean number of training rows.
    package let rowCount: Int
    /// The figure on the rows that trained, of each fold.
    package let training: [Double]
    /// The figure on the rows that the fold held out, of each fold.
    package let heldOut: [Double]
  }

  /// What was measured.
  package let metric: MetricDefinition
  /// The sizes, ascending.
  package let sizes: [Size]
  /// Whether every size was measured on every fold.
  package let isComplete: Bool
}
