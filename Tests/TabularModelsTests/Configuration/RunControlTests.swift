import Basics
import SupportVectors
import Testing

@testable import TabularModels

/// A trainer's options are those of its configuration and its control, and none gets lost between them.
@Suite struct RunControlTests {
  /// Another value of each option.
  private static let changes: [String: @Sendable (inout TrainingOptions) -> Void] = [
    "tolerance": { $0.tolerance = 0.25 },
    "precision": { $0.precision = .double },
    "threads": { $0.threads = 3 },
    "memoryLimit": { $0.memoryLimit = 1 << 25 },
    "maximumIterations": { $0.maximumIterations = 77 },
    "timeLimit": { $0.timeLimit = .seconds(9) },
    "certify": { $0.certify = true },
    "shrinking": { $0.shrinking = false },
    "cancellation": { $0.cancellation = CancellationToken() },
    "checkpoint": { $0.checkpoint = (.seconds(60), { _ in }) },
    "resuming": { $0.resuming = TrainingCheckpoint(identity: ["a": "b"]) },
    "sharedKernel": { $0.sharedKernel = SharedKernel() },
    "onProgress": { $0.onProgress = { _ in } },
    "deadline": { $0.deadline = .now.advanced(by: .seconds(9)) },
  ]

  private func fields(_ options: TrainingOptions) -> [String: String] {
    Dictionary(
      uniqueKeysWithValues: Mirror(reflecting: options).children.map {
        ($0.label ?? "", "\($0.value)")
      })
  }

  @Test func everyOptionComesBackAsItWasSet() {
    let usual = fields(TabularTrainer().options)
    #expect(Set(usual.keys) == Set(Self.changes.keys))
    for (name, change) in Self.changes {
      var trainer = TabularTrainer()
      var options = trainer.options
      change(&options)
      let expected = fields(options)
      #expect(expected.keys.filter { expected[$0] != usual[$0] } == [name])
      trainer.options = options
      #expect(fields(trainer.options) == expected, "\(name)")
    }
  }
}
