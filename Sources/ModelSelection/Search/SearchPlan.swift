import Evaluation
import Kernels
import LinearAlgebra
import SupportVectors
import TabularModels

/// The course of one search: which candidates are measured, on which rows, and which one is best.
struct SearchPlan {
  private let search: ParameterSearch
  private let examples: FoldTraining
  private let lattice: SearchLattice
  private var rungs: [SearchRung] = []
  private let sizes: [Int]
  /// The examples that are searched on, or `nil` for all.
  private let base: [Int]?

  /// Which rows were divided into folds.
  struct Division: Sendable {
    /// Places of examples, or `nil` for all.
    var places: [Int]?
    /// Whether the folds are those that were requested.
    var isLast: Bool
  }

  /// Up to this many rows are searched on one rung; of more, a sample comes first, with a
  /// minimum number of rows of each class.
  private static let fewRows = 2000
  private static let firstRows = 1000
  private static let rowsOfEachClass = 30
  /// The most rows to search on by default.
  private static let rowLimit = 10_000
  /// How many candidates of a rung advance to the next: one in ``keptShare``, and a minimum number.
  private static let keptShare = 4
  private static let minimumKept = 6
  /// Refinement: rounds, and candidates in each; of more rows another round on all of them.
  private static let roundCount = 2
  private static let roundSize = 6
  /// How often a search may step on before it is at an optimum among the neighbours; it takes a few
  /// rounds, and more than these only on a long ridge.
  private static let maximumSteps = 24
  /// The violation that trainings stop at, at least, where the search chooses its candidates itself:
  /// the figures of folds differ by more.
  static let tolerance = 1e-2

  init(_ search: ParameterSearch, _ examples: FoldTraining) throws {
    self.search = search
    self.examples = examples
    base = try examples.notHeldOut()
    let all = base?.count ?? examples.count
    if [.auto, .halving].contains(search.strategy) {
      let most = min(all, search.rowLimit ?? Self.rowLimit)
      let classCount = examples.classNames?.count ?? 1
      let first = max(Self.firstRows, Self.rowsOfEachClass * classCount)
      var sizes = [most <= Self.fewRows ? most : min(most, first)]
      while let last = sizes.last, last < most {
        sizes.append(6 * last < most ? 4 * last : most)
      }
      self.sizes = sizes
    } else {
      sizes = [min(all, search.rowLimit ?? all)]
    }
    let first = try Self.places(examples, base, sizes[0], search)
    let split = try FoldPlan(count: 2, inTimeOrder: search.folds.order == .timeOrdered).splits(
      examples, places: first, seed: search.trainer.seed)
    guard let split = split.last else { throw SelectionError.stopped }
    let fold = try examples.prepare(training: split.training, heldOut: [split.heldOut[0]])
    let method = search.trainer.method
    var gammaScale: Double?
    if method.kernel.gamma != nil {
      let function: KernelFunction
      do {
        function = try method.kernel.resolved(for: fold.features.own)
      } catch {
        throw TrainingError.kernel(error)
      }
      gammaScale = function.gamma
    }
    var space = search.space
    if search.strategy == .grid {
      // LIBSVM's usual grid.
      space.boxConstraints =
        space.boxConstraints
        ?? stride(from: -5, through: 15, by: 2).map {
          Double(sign: .plus, exponent: $0, significand: 1)
        }
      space.gammas =
        space.gammas
        ?? stride(from: -15, through: 3, by: 2).map {
          Double(sign: .plus, exponent: $0, significand: 1)
        }
    }
    lattice = SearchLattice(
      space, formulation: examples.formulation, method: method, gammaScale: gammaScale,
      deviation: examples.numbers.map(Self.deviation) ?? 1)
    guard !lattice.isEmpty else { throw SelectionError.nothingToSearch(examples.formulation) }
  }

  /// The deviation of numbers; 1 when they are all equal.
  private static func deviation(_ numbers: [Double]) -> Double {
    var errors = TargetMoments()
    for number in numbers { errors.add(number) }
    return errors.deviation
  }

  /// This many of the examples, which stand for all; `nil` when they are all.
  private static func places(
    _ examples: FoldTraining, _ base: [Int]?, _ count: Int, _ search: ParameterSearch
  ) throws -> [Int]? {
    let all = base ?? Array(0..<examples.count)
    guard count < all.count else { return base }
    if search.folds.order == .timeOrdered { return Array(all.suffix(count)) }
    let fraction = Double(count) / Double(all.count)
    // Another seed than that of the folds, which would find the rows sorted by it.
    let seed = SeededGenerator.derivedSeed(search.trainer.seed, index: 1)
    let chosen: DataSplit
    if let groups = examples.groups {
      chosen = try .holdout(groups: all.map { groups[$0] }, fraction: fraction, seed: seed)
    } else {
      let strata = examples.strata
      chosen = try .holdout(strata: all.map { strata[$0] }, fraction: fraction, seed: seed)
    }
    return chosen.heldOutRows.map { all[$0] }
  }

  // MARK: The course

  mutating func run(_ engine: inout SearchEngine) throws {
    switch search.strategy {
    case .grid:
      let rung = try rung(0)
      try engine.evaluate(lattice.candidates, on: rung, dropping: false)
    case .random:
      let rung = try rung(0)
      var generator = SeededGenerator(seed: search.trainer.seed)
      // In pieces, so that an interruption costs little.
      while !engine.isOver {
        let count = min(12, engine.trialsLeft)
        try engine.evaluate(
          (0..<count).map { _ in lattice.random(&generator) }, on: rung, dropping: false)
      }
    case .auto, .halving:
      var candidates = lattice.candidates
      for index in sizes.indices where !engine.isOver {
        let rung = try rung(index)
        try engine.evaluate(candidates, on: rung)
        guard index + 1 < sizes.count else { break }
        let kept = max(Self.minimumKept, (candidates.count + Self.keptShare - 1) / Self.keptShare)
        if search.strategy == .auto, index + 2 == sizes.count {
          try refine(&engine, index, rounds: Self.roundCount)
        }
        let order = try ranked(engine, rung)
        candidates = Array(order.prefix(kept))
        if search.strategy == .auto, let leader = order.first {
          // More rows bear steeper models than few do.
          for steep in lattice.steeper(than: leader) where !candidates.contains(steep) {
            candidates.append(steep)
          }
        }
      }
      if search.strategy == .auto, rungs.count == sizes.count {
        try refine(&engine, sizes.count - 1, rounds: sizes.count == 1 ? Self.roundCount : 1)
        try settle(&engine, rungs[sizes.count - 1])
      }
    }
  }

  /// A rung, made when it is first needed.
  private mutating func rung(_ index: Int) throws -> SearchRung {
    if index < rungs.count { return rungs[index] }
    let isLast = index == sizes.count - 1
    var folds = search.folds
    if !isLast {
      folds.count = min(3, folds.count)
      folds.repetitionCount = 1
    }
    let choosesItself = [.auto, .halving].contains(search.strategy)
    let rung = try SearchRung(
      examples, places: Self.places(examples, base, sizes[index], search), folds: folds,
      metric: search.metric ?? .default(for: examples), seed: search.trainer.seed,
      isCoarse: choosesItself)
    rungs.append(rung)
    return rung
  }

  /// Measures candidates of which much is expected, on a rung where others were measured.
  private func refine(_ engine: inout SearchEngine, _ index: Int, rounds: Int) throws {
    let rung = rungs[index]
    for _ in 0..<rounds where !engine.isOver {
      let measured = engine.trials(on: rung)
      let tried = Set(measured.map(\.candidate))
      let leaders = try ranked(engine, rung).prefix(3)
      var proposals: [Candidate] = []
      for leader in leaders {
        for candidate in lattice.neighbours(of: leader)
        where !tried.contains(candidate) && !proposals.contains(candidate) {
          proposals.append(candidate)
        }
      }
      var observations = observations(engine, rung)
      var batch: [Candidate] = []
      while batch.count < Self.roundSize, !proposals.isEmpty {
        let surface = try ScoreSurface(observations, error: engine.standardError(on: rung))
        let best =
          try surface.expectations(leaders.map { (Self.family($0), $0.place) }).map(\.mean).max()
          ?? 0
        let expected = try surface.expectations(proposals.map { (Self.family($0), $0.place) })
        let gains = expected.map {
          ScoreSurface.expectedImprovement(mean: $0.mean, deviation: $0.deviation, best: best)
        }
        guard let place = gains.indices.max(by: { (gains[$0], -$0) < (gains[$1], -$1) }) else {
          break
        }
        let chosen = proposals.remove(at: place)
        batch.append(chosen)
        // The others of the batch are chosen as if it had met its expectation.
        observations.append(
          ScoreSurface.Observation(
            family: Self.family(chosen), place: chosen.place, score: expected[place].mean,
            noise: 0))
      }
      guard !batch.isEmpty else { return }
      try engine.evaluate(batch, on: rung)
    }
  }

  /// The rows and folds that a trial was measured on; `nil` when there are none such.
  func division(of trial: Trial) -> Division? {
    guard
      let index = rungs.firstIndex(where: {
        $0.rowCount == trial.rowCount && $0.splits.count == trial.foldCount
      })
    else { return nil }
    return Division(places: rungs[index].places, isLast: index == sizes.count - 1)
  }

  /// Steps on until the choice is an optimum among its neighbours.
  ///
  /// After a step, a candidate as far beyond it is tried as well.
  ///
  /// > R. Hooke, T. A. Jeeves. "Direct Search Solution of Numerical and Statistical Problems." *Journal of
  /// > the ACM* 8 (1961), 212–229.
  private func settle(_ engine: inout SearchEngine, _ rung: SearchRung) throws {
    var earlier: Candidate?
    for _ in 0..<Self.maximumSteps where !engine.isOver {
      guard let chosen = try choice(engine, rung)?.candidate else { return }
      var batch = lattice.steps(from: chosen)
      if let earlier, let leap = lattice.beyond(chosen, from: earlier) { batch.append(leap) }
      batch = batch.filter { !engine.wasTried($0, on: rung) }
      guard !batch.isEmpty else { return }
      try engine.evaluate(batch, on: rung)
      earlier = chosen
    }
  }

  // MARK: The best

  private static func family(_ candidate: Candidate) -> Int { candidate.isLinear ? 1 : 0 }

  /// What the trials on a rung say, and, less surely, those on the rung before it.
  private func observations(
    _ engine: SearchEngine, _ rung: SearchRung
  ) -> [ScoreSurface.Observation] {
    let here = engine.trials(on: rung).filter { $0.mean != nil && $0.status != .refused }
    func observation(_ trial: Trial, shift: Double, noise: Double) -> ScoreSurface.Observation {
      ScoreSurface.Observation(
        family: Self.family(trial.candidate), place: trial.candidate.place,
        score: engine.score(trial.mean ?? 0) + shift, noise: noise)
    }
    let error = engine.standardError(on: rung)
    let usual = error * error
    var observations = here.map { observation($0, shift: 0, noise: usual) }
    guard
      let index = rungs.firstIndex(where: {
        $0.rowCount == rung.rowCount && $0.splits.count == rung.splits.count
      }),
      index > 0
    else { return observations }
    // Fewer rows mean lower scores: the shift is what candidates on both rungs gained.
    let before = engine.trials(on: rungs[index - 1]).filter { $0.isEligible && $0.mean != nil }
    let scores = Dictionary(
      here.filter(\.isEligible).map { ($0.candidate, engine.score($0.mean ?? 0)) },
      uniquingKeysWith: { first, _ in first })
    let gains = before.compactMap { trial in
      scores[trial.candidate].map { $0 - engine.score(trial.mean ?? 0) }
    }
    guard gains.count > 2 else { return observations }
    let gain = gains.reduce(0, +) / Double(gains.count)
    let spread =
      gains.reduce(0) { $0 + ($1 - gain) * ($1 - gain) } / Double(gains.count - 1)
    let known = Set(here.map(\.candidate))
    for trial in before where !known.contains(trial.candidate) {
      observations.append(observation(trial, shift: gain, noise: 2 * spread + usual))
    }
    return observations
  }

  /// The trials on a rung that may be chosen, by what the surface through all figures expects of them,
  /// best first.
  private func rankedTrials(_ engine: SearchEngine, _ rung: SearchRung) throws -> [Trial] {
    let eligible = engine.trials(on: rung).filter { $0.isEligible && $0.mean != nil }
    guard !eligible.isEmpty else { return [] }
    let surface = try ScoreSurface(
      observations(engine, rung), error: engine.standardError(on: rung))
    let expected = try surface.expectations(
      eligible.map { (Self.family($0.candidate), $0.candidate.place) })
    return eligible.indices.sorted { left, right in
      let (a, b) = (expected[left].mean, expected[right].mean)
      return a == b
        ? Candidate.isSimpler(eligible[left].candidate, eligible[right].candidate) : a > b
    }.map { eligible[$0] }
  }

  private func ranked(_ engine: SearchEngine, _ rung: SearchRung) throws -> [Candidate] {
    try rankedTrials(engine, rung).map(\.candidate)
  }

  /// The trial on a rung that the surface expects most of, among those that are as good as the best one:
  /// within the standard error on the rung, and within that of the difference between the two, fold by
  /// fold; `nil` when there is none.
  private func choice(_ engine: SearchEngine, _ rung: SearchRung) throws -> Trial? {
    let ranked = try rankedTrials(engine, rung)
    guard let greatest = ranked.map({ engine.score($0.mean ?? 0) }).max(),
      let best = ranked.first(where: { engine.score($0.mean ?? 0) == greatest })
    else { return nil }
    let error = engine.standardError(on: rung)
    return ranked.first { trial in
      let loss = greatest - engine.score(trial.mean ?? 0)
      return loss <= min(error, Self.differenceError(best, trial))
    }
  }

  /// The standard error of the mean difference between two trials on the same folds.
  private static func differenceError(_ left: Trial, _ right: Trial) -> Double {
    let differences = zip(left.values, right.values).map { $0 - $1 }
    guard differences.count > 1 else { return 0 }
    let count = Double(differences.count)
    let mean = differences.reduce(0, +) / count
    let squares = differences.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return (squares / (count - 1) / count).squareRoot()
  }

  /// The trial to choose, on the last rung that has one; `nil` when there is none.
  func best(_ engine: SearchEngine, oneStandardError: Bool) throws -> Trial? {
    for rung in rungs.reversed() {
      let eligible = engine.trials(on: rung).filter { $0.isEligible && $0.mean != nil }
      guard !eligible.isEmpty else { continue }
      var best: Trial?
      if search.strategy == .auto {
        best = try choice(engine, rung)
      } else {
        best = eligible.min { left, right in
          let (a, b) = (engine.score(left.mean ?? 0), engine.score(right.mean ?? 0))
          return a == b ? Candidate.isSimpler(left.candidate, right.candidate) : a > b
        }
      }
      guard oneStandardError, let found = best, let error = found.standardError else { return best }
      let bound = engine.score(found.mean ?? 0) - error
      return eligible.filter { engine.score($0.mean ?? 0) >= bound }.min {
        Candidate.isSimpler($0.candidate, $1.candidate)
      }
    }
    return nil
  }
}

/// Mean and deviation, number by number.
///
/// > D. H. D. West. "Updating Mean and Variance Estimates: An Improved Method." *Communications of the
/// > ACM* 22 (1979), 532–535.
private struct TargetMoments {
  private var count = 0.0
  private var mean = 0.0
  private var squares = 0.0

  mutating func add(_ number: Double) {
    count += 1
    let distance = number - mean
    mean += distance / count
    squares += distance * (number - mean)
  }

  /// The deviation, or 1 when there is none.
  var deviation: Double {
    let value = (squares / max(1, count)).squareRoot()
    return value > 0 && value.isFinite ? value : 1
  }
}
