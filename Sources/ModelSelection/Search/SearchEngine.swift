import Basics
import Evaluation
import Kernels
import LinearAlgebra
import SupportVectors
import TabularModels
import Transport

// What a trial costs is decided here. Candidates that differ in C alone form a path, which one thread walks
// from small C to large on one fold: preprocessing is shared by all paths of a fold, a step begins where the
// last one ended, and what the last one showed decides whether the next is taken. Paths and folds run side
// by side. Nothing that one path does depends on another, so that the trials have the same bits for every
// number of threads.

/// A number of rows, and how they are divided.
struct SearchRung: Sendable {
  /// The number of rows.
  let rowCount: Int
  /// Places of the examples, or `nil` for all.
  let places: [Int]?
  /// Places of examples.
  let splits: [(training: [Int], heldOut: [Int])]
  /// The KKT violation that trainings stop at.
  let tolerance: Double
  /// How many pairs one problem may move for each training row.
  let iterationsPerRow: Int
  /// The folds' features, when they fit the memory; else they are made again for each path.
  let prepared: [PreparedFold]?

  init(
    _ examples: FoldTraining, places: [Int]?, folds: FoldPlan, metric: MetricDefinition,
    seed: UInt64, isCoarse: Bool
  ) throws {
    rowCount = places?.count ?? examples.count
    self.places = places
    // A fold whose rows cannot show the metric is left out for all candidates alike.
    splits = try folds.splits(examples, places: places, seed: seed)
      .filter { try metric.hasValue(on: $0.heldOut, of: examples) }
    guard !splits.isEmpty else {
      throw SelectionError.noCandidate(
        "\(metric.optionName) has no value on any of \(folds.count) folds of \(rowCount) rows, because "
          + "the rows of each have one class or one value; fewer folds are larger")
    }
    tolerance = isCoarse ? SearchPlan.tolerance : 0
    iterationsPerRow = isCoarse ? 50 : 100
    let options = examples.trainer.options
    let share = WorkShare(options, taskCount: splits.count)
    guard let first = splits.first else {
      prepared = []
      return
    }
    let fold = try examples.prepare(
      training: first.training, heldOut: first.heldOut, threads: options.threads)
    let bytes = 1.5 * Double(fold.features.own.byteCount) * Double(splits.count)
    guard bytes < Double(options.memoryLimit / 2) else {
      prepared = nil
      return
    }
    let rest = splits.dropFirst().map { $0 }
    prepared =
      [fold]
      + (try concurrentResults(count: rest.count, threads: share.workers) { index in
        try examples.prepare(
          training: rest[index].training, heldOut: rest[index].heldOut, threads: 1)
      })
  }

  func fold(_ index: Int, _ examples: FoldTraining) throws -> PreparedFold {
    if let prepared { return prepared[index] }
    let split = splits[index]
    return try examples.prepare(training: split.training, heldOut: split.heldOut, threads: 1)
  }
}

/// Measures candidates and remembers the trials.
struct SearchEngine {
  let examples: FoldTraining
  let metric: MetricDefinition
  /// When no further training begins.
  let deadline: ContinuousClock.Instant?
  /// How many trials may still be made; those that were known before count, too.
  var trialsLeft: Int
  /// Trials of an earlier, interrupted search.
  let known: [TrialKey: [Trial]]
  /// Other processes that make the same search.
  var shared: SharedSearch?
  /// Ranks that make the same search, each of which measures a part.
  var ranks: (any Transport)?
  /// What is reported after each batch.
  let onTrials: (@Sendable ([Trial]) -> Void)?
  /// All trials, in the order in which they were begun.
  private(set) var trials: [Trial] = []
  /// How often each trial was begun: a second time only where the first left it out.
  private var begun: [TrialKey: Int] = [:]
  /// Whether time was up or somebody asked to stop.
  private(set) var isInterrupted = false

  /// What distinguishes trials.
  struct TrialKey: Hashable {
    var candidate: Candidate
    var rowCount: Int
    var foldCount: Int
  }

  init(
    examples: FoldTraining, metric: MetricDefinition, deadline: ContinuousClock.Instant?,
    trialBudget: Int?, known: [Trial], onTrials: (@Sendable ([Trial]) -> Void)?
  ) {
    self.examples = examples
    self.metric = metric
    self.deadline = deadline
    trialsLeft = trialBudget ?? .max
    self.known = Dictionary(grouping: known) {
      TrialKey(candidate: $0.candidate, rowCount: $0.rowCount, foldCount: $0.foldCount)
    }
    self.onTrials = onTrials
  }

  /// Whether no further trial should begin.
  var isOver: Bool { isInterrupted || trialsLeft <= 0 }

  /// The trials on a rung, in order.
  func trials(on rung: SearchRung) -> [Trial] {
    trials.filter { $0.rowCount == rung.rowCount && $0.foldCount == rung.splits.count }
  }

  /// A score of a trial on some folds: the metric, negated where less is better.
  func score(_ value: Double) -> Double { metric.score(value) }

  /// Whether a candidate was tried on a rung: measured on some folds at least, or refused.
  ///
  /// One that was left out because a smaller C had not converged was not.
  func wasTried(_ candidate: Candidate, on rung: SearchRung) -> Bool {
    trials(on: rung).contains {
      $0.candidate == candidate && (!$0.values.isEmpty || $0.status == .refused)
    }
  }

  /// The standard error of the difference between a candidate's score on a rung and those of others.
  ///
  /// Folds are the same for all, so that a hard fold moves all scores alike: what counts is what is left
  /// of the better half once folds and candidates are accounted for.
  func standardError(on rung: SearchRung) -> Double {
    let count = rung.splits.count
    let rows = trials(on: rung).filter { $0.isEligible && $0.values.count == count }
      .map { $0.values.map(score) }
    return (Self.remainingVariance(rows) / Double(count)).squareRoot()
  }

  /// The variance that is left once folds and candidates are accounted for, among the better half of the
  /// candidates; 0 where there is too little to tell.
  ///
  /// - Parameter rows: For each candidate its score on each fold.
  /// - Returns: The variance of one fold's score.
  private static func remainingVariance(_ rows: [[Double]]) -> Double {
    guard let foldCount = rows.first?.count, foldCount > 1 else { return 0 }
    let means = rows.map { $0.reduce(0, +) / Double(foldCount) }
    let half = means.sorted()[means.count / 2]
    let better = rows.indices.filter { means[$0] >= half }
    guard better.count > 1 else { return 0 }
    let foldMeans = (0..<foldCount).map { fold in
      better.reduce(0) { $0 + rows[$1][fold] } / Double(better.count)
    }
    let grand = foldMeans.reduce(0, +) / Double(foldCount)
    var squares = 0.0
    for row in better {
      for fold in 0..<foldCount {
        let rest = rows[row][fold] - means[row] - foldMeans[fold] + grand
        squares += rest * rest
      }
    }
    return squares / Double((better.count - 1) * (foldCount - 1))
  }

  // MARK: Batches

  /// Measures candidates on a rung.
  ///
  /// After two folds, those that are far behind the best are dropped.
  ///
  /// - Parameters:
  ///   - candidates: The candidates; those that were measured on the rung are left out.
  ///   - rung: The rows and folds.
  ///   - dropping: Whether hopeless candidates may be dropped.
  /// - Throws: What training throws for reasons other than its parameters.
  mutating func evaluate(
    _ candidates: [Candidate], on rung: SearchRung, dropping: Bool = true
  ) throws {
    var keys: [TrialKey] = []
    for candidate in candidates where trialsLeft > 0 {
      let key = TrialKey(
        candidate: candidate, rowCount: rung.rowCount, foldCount: rung.splits.count)
      let times = begun[key] ?? 0
      guard times == 0 || (times == 1 && !wasTried(candidate, on: rung) && !keys.contains(key))
      else { continue }
      begun[key] = times + 1
      trialsLeft -= 1
      keys.append(key)
    }
    // What a trial gives depends on the others of its batch: they are known together or not at all.
    let earlier = keys.compactMap { key -> Trial? in
      let (found, index) = (known[key] ?? [], (begun[key] ?? 1) - 1)
      return index < found.count ? found[index] : nil
    }
    let isKnown = earlier.count == keys.count
    var batch =
      isKnown
      ? earlier
      : keys.map {
        Trial(
          candidate: $0.candidate, rowCount: $0.rowCount, foldCount: $0.foldCount, values: [],
          status: .done, duration: .zero)
      }
    var live = isKnown ? [] : Array(batch.indices)
    let count = rung.splits.count
    let stages = dropping && count > 2 ? [0..<2, 2..<count] : [0..<count]
    for stage in stages where !live.isEmpty && !isInterrupted {
      try measure(&batch, live, rung, stage)
      if isInterrupted { break }
      live = live.filter { batch[$0].isEligible }
      if stage.upperBound < count { drop(&batch, &live, rung, stage.upperBound) }
    }
    if isInterrupted {
      // Half-measured trials would be treated as complete ones.
      let finished = batch.indices.filter {
        !batch[$0].isEligible || batch[$0].values.count == count
      }
      batch = finished.map { batch[$0] }
    }
    trials += batch
    if !batch.isEmpty { onTrials?(trials) }
  }

  /// Drops candidates that are behind by more than three standard errors of the difference.
  private mutating func drop(
    _ batch: inout [Trial], _ live: inout [Int], _ rung: SearchRung, _ foldCount: Int
  ) {
    let earlier = trials(on: rung).filter { $0.isEligible && $0.values.count >= foldCount }
    let rows =
      (live.map { batch[$0] } + earlier).map { $0.values.prefix(foldCount).map(score) }
    let means = rows.map { $0.reduce(0, +) / Double(foldCount) }
    guard rows.count > 3, let best = means.max() else { return }
    let half = means.sorted()[means.count / 2]
    let error = (2 * Self.remainingVariance(rows) / Double(foldCount)).squareRoot()
    live = live.filter { index in
      let mean = batch[index].values.prefix(foldCount).map(score).reduce(0, +) / Double(foldCount)
      guard best - mean > 3 * error, mean < half else { return true }
      batch[index].status = .dropped
      return false
    }
  }

  /// What distinguishes a path on a fold, in words.
  private static func words(_ candidates: [Candidate], _ rung: SearchRung, fold: Int) -> String {
    func text(_ value: Double?) -> String { value.map { NumberText.shortest($0) } ?? "-" }
    let path = candidates.first?.path
    let parameters = [path?.gamma, path?.epsilon, path?.nu] + candidates.map(\.boxConstraint)
    return "\(rung.rowCount) \(rung.splits.count) \(fold) \(path?.isLinear ?? false) "
      + text(rung.tolerance) + " " + parameters.map(text).joined(separator: " ")
  }

  /// Measures some trials on some folds.
  private mutating func measure(
    _ batch: inout [Trial], _ live: [Int], _ rung: SearchRung, _ folds: Range<Int>
  ) throws {
    var paths: [[Int]] = []
    var pathOf: [Candidate: Int] = [:]
    for index in live {
      let path = batch[index].candidate.path
      if let known = pathOf[path] {
        paths[known].append(index)
      } else {
        pathOf[path] = paths.count
        paths.append([index])
      }
    }
    for path in paths.indices {
      paths[path].sort {
        let (a, b) = (batch[$0].candidate.boxConstraint, batch[$1].candidate.boxConstraint)
        return (a ?? 0, $0) < (b ?? 0, $1)
      }
    }
    let taskCount = paths.count * folds.count
    // A path shares its kernel values where they take half of its memory at most.
    let largest = rung.splits.map(\.training.count).max() ?? 0
    let share = WorkShare(
      examples.trainer.options, taskCount: taskCount,
      bytesEach: 2 * KernelMatrix<Float>.byteCount(of: min(largest, 1 << 24)))
    let (examples, metric, deadline, list) = (examples, metric, deadline, paths)
    let candidates = paths.map { $0.map { batch[$0].candidate } }
    let walk: @Sendable (Int) throws -> [PathWalk.Step] = { task in
      let fold = folds.lowerBound + task % folds.count
      var walk = PathWalk(
        examples: examples, metric: metric, share: share, deadline: deadline, rung: rung)
      return try walk.steps(candidates[task / folds.count], fold: fold)
    }
    let results: [[PathWalk.Step]?]
    if let shared {
      let tasks = (0..<taskCount).map { task in
        Self.words(
          candidates[task / folds.count], rung, fold: folds.lowerBound + task % folds.count)
      }
      results = try shared.results(
        tasks, threads: share.workers,
        isStopped: { share.options(until: deadline) == nil }, measure: walk)
    } else if let ranks {
      results = try shared(taskCount, among: ranks, threads: share.workers, walk)
    } else {
      results = try concurrentResults(count: taskCount, threads: share.workers, walk)
    }
    for (task, steps) in results.enumerated() {
      // Another process was measuring it when this one was stopped.
      guard let steps else {
        isInterrupted = true
        continue
      }
      for (index, step) in zip(list[task / folds.count], steps) {
        batch[index].duration += step.duration
        switch step.outcome {
        case .value(let value, let isLimited):
          batch[index].values.append(value)
          if isLimited, batch[index].status == .done { batch[index].status = .limited }
        case .skipped: if batch[index].isEligible { batch[index].status = .dropped }
        case .refused: batch[index].status = .refused
        case .interrupted: isInterrupted = true
        }
      }
    }
  }

  /// Measures this rank's share of some tasks, and gets the others from the ranks that measured them; `nil` for
  /// what was interrupted.
  private func shared(
    _ count: Int, among ranks: any Transport, threads: Int,
    _ measure: @Sendable (Int) throws -> [PathWalk.Step]
  ) throws -> [[PathWalk.Step]?] {
    let own = (0..<count).filter { $0 % ranks.size == ranks.rank }
    let steps = try concurrentResults(count: own.count, threads: threads) {
      try measure(own[$0])
    }
    let message = ByteWriter.bytes { writer in
      writer.append(
        zip(own, steps).compactMap { SharedSearch.line(String($0), $1) }.joined(separator: "\n"))
    }
    var results = [[PathWalk.Step]?](repeating: nil, count: count)
    for bytes in try ranks.allGather(message) {
      for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
        guard let (task, steps) = SharedSearch.parsed(String(line)), let task = Int(task) else {
          throw TransportError(
            "a rank sent figures that cannot be read; do all run the same version?")
        }
        results[task] = steps
      }
    }
    return results
  }
}
