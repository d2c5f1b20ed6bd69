import Kernels
import LinearAlgebra
import SMOSolver
import SupportVectors
import Synchronization
import TestSupport
import Testing

/// Training that is stopped from outside.
///
/// No test asserts a time: what is checked is that a training
/// that would go on for minutes ends at all, with a model that says why.
@Suite struct AsyncTrainingTests {
  static let seed: UInt64 = 230
  /// Random labels and a large C: each of the kernels needs far more time than any test has.
  static let examples = TestExamples.clouds(20_000, features: 20, distance: 0, seed: seed)
  static let c = 1e6

  @Test func asyncTrainingGivesTheSynchronousModel() async throws {
    let small = TestExamples.clouds(200, features: 3, classes: ["a", "b", "c"], seed: Self.seed)
    let one = try await SupportVectorClassifier.train(
      features: .dense(small.features), labels: small.labels)
    let other = try SupportVectorClassifier.train(features: small.features, labels: small.labels)
    #expect(
      one.expansion.dualCoefficients.elements == other.expansion.dualCoefficients.elements)
    #expect(one.expansion.biases == other.expansion.biases)
    await #expect(throws: TrainingError.countMismatch(what: "labels", found: 1, rows: 200)) {
      try await SupportVectorClassifier.train(features: .dense(small.features), labels: ["a"])
    }
  }

  @Test func cancellingTheTaskGivesTheBestModelSoFar() async throws {
    let token = CancellationToken()
    // Cancelled by the second report, when training is under way, on the thread that trains: this
    // function's own may have to wait until all other tests are done.
    let handle = TaskHandle()
    let options = TrainingOptions(
      timeLimit: .seconds(900), cancellation: token, onProgress: { _ in handle.cancelAtSecond() })
    let task = Task {
      try await SupportVectorClassifier.train(
        features: .dense(Self.examples.features), labels: Self.examples.labels,
        boxConstraint: Self.c, options: options)
    }
    handle.keep { task.cancel() }
    let model = try await task.value
    #expect(model.problems[0].certificate.stopReason == .cancelled)
    #expect(!model.isConverged)
    #expect(!token.isCancelled)
    let some = Self.examples.features.gatheringRows(Array(0..<10))
    #expect(try model.predict(some).count == 10)
  }

  @Test func theCallersTokenStopsTheTrainingToo() async throws {
    let token = CancellationToken()
    var options = TrainingOptions(timeLimit: .seconds(900), cancellation: token)
    options.onProgress = { _ in token.cancel() }
    var generator = TestGenerator(seed: Self.seed)
    let model = try await SupportVectorRegressor.train(
      features: .dense(Self.examples.features),
      targets: (0..<20_000).map { _ in generator.normal() }, boxConstraint: Self.c,
      options: options)
    #expect(model.problem.certificate.stopReason == .cancelled)
  }

  @Test func aTokenCancelledBeforeTrainingLeavesPairsUntrained() throws {
    let token = CancellationToken()
    token.cancel()
    let small = TestExamples.clouds(60, features: 3, classes: ["a", "b", "c"], seed: Self.seed)
    let model = try SupportVectorClassifier.train(
      features: small.features, labels: small.labels,
      options: TrainingOptions(cancellation: token))
    #expect(model.problems.allSatisfy { $0.certificate.stopReason == .cancelled })
    #expect(model.expansion.supportIndices.isEmpty)
    // All pairs abstain, and the earliest class is left.
    #expect(Set(try model.predict(small.features)) == ["a"])
  }

  @Test func aTimeLimitEndsWithAModelThatPredicts() throws {
    let model = try SupportVectorClassifier.train(
      features: Self.examples.features, labels: Self.examples.labels, boxConstraint: Self.c,
      options: TrainingOptions(timeLimit: .milliseconds(200)))
    #expect(model.problems[0].certificate.stopReason == .timeLimit)
    let some = Self.examples.features.gatheringRows(Array(0..<10))
    #expect(try model.predict(some).count == 10)
    for alpha in model.expansion.dualCoefficients.elements { #expect(abs(alpha) <= Self.c) }
  }

  /// The first report comes with the first look at the violation, when the gap is that of a model of 0.
  @Test func theFirstReportKnowsTheGap() throws {
    let reports = Reports()
    _ = try SupportVectorClassifier.train(
      features: Self.examples.features, labels: Self.examples.labels, boxConstraint: Self.c,
      options: TrainingOptions(timeLimit: .milliseconds(200), onProgress: { reports.append($0) }))
    #expect(reports.all.first?.relativeGap == 1)
    #expect(reports.all.first?.kktViolation == 2)
  }

  /// One deadline serves trainings of several steps, whenever they begin.
  @Test func severalTrainingsMayShareADeadline() throws {
    let shared = TrainingOptions(timeLimit: .milliseconds(100)).withDeadline()
    while try TrainingControl(shared).interruption == nil {}
    #expect(try TrainingControl(shared.withDeadline()).interruption == .timeLimit)
    #expect(try TrainingControl(TrainingOptions(timeLimit: .seconds(900))).interruption == nil)
  }

  @Test func progressCountsUp() throws {
    let reports = Reports()
    let model = try SupportVectorClassifier.train(
      features: Self.examples.features, labels: Self.examples.labels, boxConstraint: Self.c,
      options: TrainingOptions(
        timeLimit: .milliseconds(500), onProgress: { reports.append($0) }))
    let all = reports.all
    #expect(!all.isEmpty)
    // At most about ten a second, also on a slow machine.
    for (earlier, later) in zip(all, all.dropFirst()) {
      #expect(later.iterations >= earlier.iterations)
      #expect(later.elapsedSeconds - earlier.elapsedSeconds >= 0.09)
    }
    for report in all {
      #expect(report.exampleCount == 20_000)
      #expect(report.activeCount <= 20_000)
      #expect(report.problemCount == 1)
      #expect(report.problemsDone == 0)
    }
    #expect((all.last?.iterations ?? 0) <= model.problems[0].certificate.iterations)
  }
}

/// Progress reports, from any thread.
final class Reports: Sendable {
  private let reports = Mutex<[SolverProgress]>([])

  func append(_ report: SolverProgress) { reports.withLock { $0.append(report) } }
  var all: [SolverProgress] { reports.withLock { $0 } }
}

/// Cancels a task from a callback that was made before the task.
private final class TaskHandle: Sendable {
  private struct State {
    var calls = 0
    var cancel: (@Sendable () -> Void)?
  }

  private let state = Mutex(State())

  func keep(_ cancel: @escaping @Sendable () -> Void) { state.withLock { $0.cancel = cancel } }

  func cancelAtSecond() {
    let cancel = state.withLock { state in
      state.calls += 1
      return state.calls >= 2 ? state.cancel : nil
    }
    cancel?()
  }
}
