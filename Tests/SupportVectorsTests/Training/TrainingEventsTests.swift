import Kernels
import LinearAlgebra
import SupportVectors
import Synchronization
import TestSupport
import Testing

/// Trainings as asynchronous sequences of events.
@Suite struct TrainingEventsTests {
  private static let examples = TestExamples.clouds(1500, features: 4, distance: 1, seed: 950)

  @Test func theLastEventIsTheModelOfATrainingWithoutThem() async throws {
    let examples = Self.examples
    let features = FeatureMatrix.dense(examples.features)
    let plain = try await SupportVectorClassifier.train(
      features: features, labels: examples.labels, settings: .init(formulation: .c(1)))
    var model: SupportVectorClassifier?
    for try await event in SupportVectorClassifier.training(
      features: features, labels: examples.labels, settings: .init(formulation: .c(1)))
    {
      #expect(model == nil, "an event after the model")
      switch event {
      case .progress(let progress): #expect(progress.exampleCount == 1500)
      case .finished(let found): model = found
      }
    }
    #expect(model?.expansion.dualCoefficients == plain.expansion.dualCoefficients)
  }

  @Test func errorsEndTheSequence() async {
    let events = SupportVectorRegressor.training(
      features: .dense(Self.examples.features), targets: [1],
      settings: .init(formulation: .epsilon(boxConstraint: 1, epsilon: 0.1)))
    await #expect(throws: TrainingError.self) {
      for try await _ in events {}
    }
  }

  /// A training that would take very long ends when the task that listens is cancelled.
  @Test(.timeLimit(.minutes(15)))
  func cancellingTheListenerStopsTheTraining() async throws {
    let token = CancellationToken()
    let stopped = Stopped()
    let features = FeatureMatrix.dense(Self.examples.features)
    let labels = Self.examples.labels
    let task = Task {
      var options = TrainingOptions(tolerance: 1e-12, maximumIterations: .max)
      options.cancellation = token
      options.onProgress = { _ in stopped.touch() }
      for try await _ in SupportVectorClassifier.training(
        features: features, labels: labels, settings: .init(formulation: .c(1e9)), options: options)
      {}
    }
    while stopped.age == nil { try await Task.sleep(for: .milliseconds(5)) }
    task.cancel()
    _ = await task.result
    try await Task.sleep(for: .milliseconds(600))
    // No report comes any more, and the caller's own token is untouched.
    #expect((stopped.age ?? .zero) > .milliseconds(300))
    #expect(!token.isCancelled)
  }
}

/// When something happened last.
private final class Stopped: Sendable {
  private let last = Mutex<ContinuousClock.Instant?>(nil)

  func touch() { last.withLock { $0 = .now } }

  var age: Duration? {
    let last = last.withLock { $0 }
    return last.map { ContinuousClock.now - $0 }
  }
}
