import Evaluation
import Foundation
import ModelSelection
import SupportVectors
import Synchronization
import Tables
import TabularModels
import Testing

@Suite struct ParameterSearchTests {
  private func search(_ threads: Int = 2) -> ParameterSearch {
    ParameterSearch(
      trainer: TabularTrainer(
        configuration: TrainingConfiguration(seed: 3), control: RunControl(threads: threads)))
  }

  @Test func aDefaultSearchSeparatesRings() throws {
    let data = try TestData.data(TestData.rings(rows: 300, seed: 1))
    let result = try search().run(data)
    #expect(result.isComplete)
    #expect(try #require(result.best.mean) > 0.97)
    #expect(!result.best.candidate.isLinear)
    let training = try result.trainer.train(data)
    #expect(
      training.model.predictor.parameter("c") == result.best.candidate.boxConstraint)
    let fresh = TestData.source(TestData.rings(rows: 300, seed: 2))
    let metrics = try training.model.evaluate(reading: fresh).measurement.metrics
    #expect(try #require(metrics.first).value > 0.95)
  }

  @Test func aRegressionIsFittedInUnitsOfItsTarget() throws {
    var lines = ["a,b,y"]
    for line in TestData.line(rows: 150).split(separator: "\n").dropFirst() {
      let fields = line.split(separator: ",").map { Double($0) ?? 0 }
      lines.append("\(fields[0]),\(fields[1]),\(1e6 * fields[2])")
    }
    let data = try TestData.data(lines.joined(separator: "\n") + "\n")
    let result = try search().run(data)
    #expect(result.metric == .rmse)
    #expect(try #require(result.best.mean) < 0.05e6)
    let large = try #require(result.best.candidate.boxConstraint)
    #expect(large > 1e5)
  }

  @Test(arguments: [1, 3])
  func theSameSeedGivesTheSameTrialsOnAnyNumberOfThreads(threads: Int) throws {
    let data = try TestData.data(TestData.blobs(rows: 120, seed: 4))
    let (first, second) = (try search(2).run(data), try search(threads).run(data))
    #expect(first.trials.map(\.candidate) == second.trials.map(\.candidate))
    #expect(first.trials.map(\.values) == second.trials.map(\.values))
    #expect(first.best.candidate == second.best.candidate)
  }

  @Test func aGridMeasuresEveryCombinationOnAllRows() throws {
    let data = try TestData.data(TestData.blobs(rows: 90, seed: 5))
    var grid = search()
    grid.strategy = .grid
    grid.space = SearchSpace(
      boxConstraints: [0.1, 1, 10], gammas: [0.01, 0.1, 1], comparesLinear: false)
    let result = try grid.run(data)
    #expect(result.trials.count == 9)
    #expect(result.trials.allSatisfy { $0.status == .done && $0.rowCount == 90 })
    let best = result.trials.compactMap(\.mean).max()
    #expect(result.best.mean == best)
  }

  @Test func aCellOfTheGridIsACrossValidation() throws {
    let data = try TestData.data(TestData.blobs(rows: 90, seed: 6))
    var grid = search()
    grid.strategy = .grid
    grid.space = SearchSpace(
      boxConstraints: [1, 4], gammas: [0.5], comparesLinear: false)
    let result = try grid.run(data)
    for trial in result.trials {
      var trainer = grid.trainer
      trainer.method = trial.candidate.applied(to: trainer.method)
      let folds = try CrossValidation(trainer: trainer).run(data).folds
      #expect(folds.map { $0.value(of: .accuracy) } == trial.values)
    }
  }

  @Test func knownTrialsAreNotMadeAgain() throws {
    let data = try TestData.data(TestData.rings(rows: 120, seed: 7))
    let firstCount = Mutex(0)
    var recorded = search()
    recorded.onTrials = { trials in firstCount.withLock { if $0 == 0 { $0 = trials.count } } }
    let whole = try recorded.run(data)
    // As if it had been interrupted after the first batch, and its table read back.
    let half = Array(whole.trials.prefix(firstCount.withLock { $0 }))
    #expect(half.count < whole.trials.count)
    let text = TrialTable.text(half, search: "x", kernel: "gaussian", metric: .accuracy)
    let read = try TrialTable.trials(text, search: "x", kernel: "gaussian")
    #expect(read.map(\.values) == half.map(\.values))
    var resumed = search()
    resumed.knownTrials = read
    let result = try resumed.run(data)
    #expect(result.trials.map(\.candidate) == whole.trials.map(\.candidate))
    #expect(result.trials.map(\.values) == whole.trials.map(\.values))
    #expect(result.best.candidate == whole.best.candidate)
    #expect(result.trials.prefix(half.count).map(\.duration) == read.map(\.duration))
    // Of a batch that is not whole, nothing is taken: its trials would depend on each other.
    resumed.knownTrials = Array(read.dropLast(3))
    let again = try resumed.run(data)
    #expect(again.trials.map(\.values) == whole.trials.map(\.values))
  }

  @Test func aBudgetOfTrialsIsKept() throws {
    let data = try TestData.data(TestData.blobs(rows: 90, seed: 8))
    for strategy in ParameterSearch.Strategy.allCases {
      var limited = search()
      limited.strategy = strategy
      limited.trialBudget = 7
      let result = try limited.run(data)
      #expect(result.trials.count <= 7, "\(strategy)")
    }
  }

  @Test func aCancellationKeepsTheBestSoFar() throws {
    let data = try TestData.data(TestData.rings(rows: 200, seed: 9))
    let token = CancellationToken()
    var interrupted = search()
    interrupted.trainer.options.cancellation = token
    // The first batch is done when the callback comes.
    interrupted.onTrials = { _ in token.cancel() }
    let result = try interrupted.run(data)
    #expect(!result.isComplete)
    #expect(result.best.isEligible)
    let untouched = CancellationToken()
    untouched.cancel()
    interrupted.trainer.options.cancellation = untouched
    interrupted.onTrials = nil
    #expect(throws: SelectionError.stopped) { try interrupted.run(data) }
  }

  @Test func theSimplestWithinAStandardErrorIsNotFarFromTheBest() throws {
    let data = try TestData.data(TestData.blobs(rows: 150, seed: 10))
    let best = try search().run(data).best
    var simple = search()
    simple.oneStandardError = true
    let chosen = try simple.run(data).best
    let error = try #require(best.standardError)
    #expect(try #require(chosen.mean) >= (try #require(best.mean)) - error)
  }

  /// Two metrics have a value only where classes are unbalanced, and two only for more classes.
  @Test(
    arguments: MetricCatalog.all.filter {
      $0.direction != .neither && $0.subject != .novelties
        && !["rareRecall", "rarePrecision"].contains($0.id.rawValue)
        && !$0.needs.contains { if case .classes(let count) = $0 { count > 2 } else { false } }
    })
  func everyMetricCanBeCompared(metric: MetricDefinition) throws {
    let isRegression = metric.subject == .numbers
    let data = try TestData.data(
      isRegression ? TestData.line(rows: 60) : TestData.blobs(rows: 60, seed: 11))
    var search = search()
    search.strategy = .grid
    search.metric = metric
    search.folds.count = 3
    search.space = SearchSpace(
      boxConstraints: [0.01, 10], gammas: [0.5], comparesLinear: false)
    let result = try search.run(data)
    #expect(result.trials.allSatisfy { $0.isEligible })
    let scores = try result.trials.map { try #require($0.mean) }
    let best = metric.direction == .smaller ? scores.min() : scores.max()
    #expect(result.best.mean == best, "\(result.trials)")
    // Probabilities that say little may be well calibrated.
    if metric != .calibrationError, metric != .maximumCalibrationError {
      #expect(result.best.candidate.boxConstraint == 10, "\(result.trials)")
    }
    search.metric = isRegression ? .accuracy : .rmse
    #expect(
      throws: MetricError(
        .subject(isRegression ? .numbers : .classes, of: isRegression ? .accuracy : .rmse))
    ) { try search.run(data) }
  }

  @Test func whatHasNoParametersIsRefused() throws {
    let data = try TestData.data(TestData.blobs(rows: 60, seed: 12))
    var search = search()
    search.trainer.method = LearningMethod(formulation: .leastSquaresSVC, kernel: .linear)
    #expect(throws: SelectionError.nothingToSearch(.leastSquaresSVC)) { try search.run(data) }
    search.trainer = TabularTrainer(
      configuration: TrainingConfiguration(
        task: .novelty, method: LearningMethod(formulation: .oneClass)))
    #expect(throws: SelectionError.nothingToMeasure(.oneClass)) { try search.run(data) }
    search = ParameterSearch(space: SearchSpace(boxConstraints: [1, -1]))
    #expect(
      throws: SelectionError.setting("c", value: "-1.0", expected: "greater than 0")
    ) { try search.run(data) }
  }

  @Test func otherFormulationsAreSearched() throws {
    let data = try TestData.data(TestData.blobs(rows: 90, seed: 13))
    for formulation in [Formulation.nuSVC, .leastSquaresSVC, .discriminant] {
      var search = search()
      search.trainer.method.formulation = formulation
      let result = try search.run(data)
      #expect(try #require(result.best.mean) > 0.7, "\(formulation)")
      #expect(result.best.candidate.boxConstraint == nil)
      #expect(result.best.candidate.gamma != nil)
    }
  }

  /// Small tables on which many candidates are equally good, and one whose steep corner is best.
  static let surfaces: [(name: String, text: String, folds: Int)] = [
    (
      "six separable rows",
      "a,b,k\n0,0,x\n0.5,0.2,x\n0.1,0.6,x\n4,4,y\n4.5,4.1,y\n4.2,4.8,y\n", 2
    ),
    ("ten rows of two clouds", clouds(rows: 10, seed: 28, gap: 2), 2),
    ("ten rows of two clouds, five folds", clouds(rows: 10, seed: 5, gap: 2), 5),
    ("forty rows of two clouds", clouds(rows: 40, seed: 3, gap: 1), 5),
    ("rings", TestData.rings(rows: 150, seed: 14), 5),
    ("blobs", TestData.blobs(rows: 90, seed: 15), 5),
    ("prices", prices(rows: 150, seed: 16), 5),
    ("a line", TestData.line(rows: 60, seed: 17), 5),
  ]

  private static func clouds(rows: Int, seed: UInt64, gap: Double) -> String {
    var generator = SeededGenerator(seed: seed)
    func bell() -> Double { (0..<6).reduce(-3) { sum, _ in sum + generator.unitInterval() } }
    var lines = ["a,b,k"]
    for row in 0..<rows {
      let shift = row % 2 == 0 ? 0 : gap
      lines.append("\(shift + bell()),\(shift + bell()),\(row % 2 == 0 ? "p" : "q")")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// Hundreds of thousands, with a steep surface and little noise: large C and γ pay.
  private static func prices(rows: Int, seed: UInt64) -> String {
    var generator = SeededGenerator(seed: seed)
    var lines = ["a,b,price"]
    for _ in 0..<rows {
      let (a, b) = (4 * generator.unitInterval(), 4 * generator.unitInterval())
      let distance: Double = (a - 2) * (a - 2) + (b - 2) * (b - 2)
      let step: Double = distance < 2 ? 120_000 : 0
      let noise: Double = 500 * generator.unitInterval()
      let price: Double = 200_000 + 40_000 * a * b + step + noise
      lines.append("\(a),\(b),\(price)")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  @Test(arguments: surfaces.indices)
  func theChoiceIsAnOptimumAmongItsNeighbours(index: Int) throws {
    let (name, text, foldCount) = Self.surfaces[index]
    var search = search()
    search.folds.count = foldCount
    let result = try search.run(try TestData.data(text))
    let sign: Double = result.metric.direction == .smaller ? -1 : 1
    func score(_ trial: Trial) -> Double { sign * (trial.mean ?? -.infinity) }
    let whole = result.trials.filter { $0.isEligible && $0.rowCount == result.best.rowCount }
    let top = try #require(whole.map(score).max())
    let best = try #require(whole.first { score($0) == top })
    let differences = zip(best.values, result.best.values).map { $0 - $1 }
    let mean = differences.reduce(0, +) / Double(foldCount)
    let squares = differences.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    let error = (squares / Double(foldCount - 1) / Double(foldCount)).squareRoot()
    #expect(top - score(result.best) <= error + 1e-12, "\(name): \(result.best) against \(best)")
    // Every neighbour was tried on the same rows, unless it is beyond the largest C.
    let tried = Set(
      result.trials.filter {
        $0.rowCount == result.best.rowCount && (!$0.values.isEmpty || $0.status == .refused)
      }.map(\.candidate))
    let chosen = result.best.candidate
    var neighbours: [Candidate] = []
    for factor in [0.5, 2] {
      var other = chosen
      other.gamma = chosen.gamma.map { $0 * factor }
      neighbours.append(other)
      other = chosen
      other.epsilon = chosen.epsilon.map { $0 * factor }
      neighbours.append(other)
      other = chosen
      other.boxConstraint = chosen.boxConstraint.map { $0 * factor }
      if factor < 1 || (other.boxConstraint ?? 0) < 1e4 { neighbours.append(other) }
    }
    for neighbour in neighbours where neighbour != chosen {
      #expect(tried.contains(neighbour), "\(name): \(neighbour) beside \(chosen)")
    }
  }

  @Test(arguments: surfaces.indices)
  func aSearchIsNotFarBehindAGridOverTheSameFolds(index: Int) throws {
    let (name, text, foldCount) = Self.surfaces[index]
    let data = try TestData.data(text)
    var search = search()
    search.folds.count = foldCount
    let found = try search.run(data)
    var grid = search
    grid.strategy = .grid
    let unit =
      found.metric.direction == .smaller ? try #require(found.best.candidate.boxConstraint) : 1
    let base = found.metric.direction == .smaller ? exp2(log2(unit).rounded()) : 1
    grid.space = SearchSpace(
      boxConstraints: stride(from: -8.0, through: 8, by: 4).map { base * exp2($0) },
      gammas: stride(from: -9.0, through: 3, by: 3).map { exp2($0) },
      epsilons: found.best.candidate.epsilon.map { [$0] }, comparesLinear: false)
    let best = try #require(try grid.run(data).best.mean)
    let mean = try #require(found.best.mean)
    if found.metric.direction == .smaller {
      // A thousandth of the deviation of a target is nothing: a line is learned to its noise.
      let negligible = name == "a line" ? 1e-3 : 0
      #expect(mean <= 1.03 * best + negligible, "\(name): \(mean) against \(best)")
    } else {
      let error = try #require(found.best.standardError)
      #expect(mean >= best - max(error, 1e-12), "\(name): \(mean) against \(best)")
    }
  }
}
