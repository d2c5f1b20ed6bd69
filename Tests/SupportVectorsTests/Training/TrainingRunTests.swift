import Basics
import Kernels
import LinearAlgebra
import SMOSolver
import Testing

@testable import SupportVectors

/// What a training copies of its options: nothing can be added to these and forgotten there.
@Suite struct TrainingRunTests {
  private static let examples = ExampleSet.local(
    .dense(Matrix(rowCount: 4, columnCount: 2) { Double($0 * $0 + $1) }))

  /// Another value of each option that decides which model a training ends with.
  private static let deciding: [String: @Sendable (inout TrainingOptions) -> Void] = [
    "tolerance": { $0.tolerance = 0.25 },
    "precision": { $0.precision = .double },
    "memoryLimit": { $0.memoryLimit = 1 << 25 },
    "maximumIterations": { $0.maximumIterations = 77 },
    "certify": { $0.certify = true },
    "shrinking": { $0.shrinking = false },
  ]

  /// Options that may be others when a training is continued, as `TrainingOptions` says.
  private static let free: Set = [
    "threads", "timeLimit", "cancellation", "checkpoint", "resuming", "sharedKernel", "onProgress",
    "deadline",
  ]

  /// The fields of a structure, as texts.
  private func fields(_ value: Any) -> [String: String] {
    Dictionary(
      uniqueKeysWithValues: Mirror(reflecting: value).children.map {
        ($0.label ?? "", "\($0.value)")
      })
  }

  private func identity(_ options: TrainingOptions) throws(TrainingError) -> TrainingIdentity {
    try TrainingIdentity(Self.examples, .linear, ExampleWeights(nil, count: 4), options)
  }

  @Test func aCheckpointKnowsEveryOptionThatDecides() throws {
    #expect(Set(fields(TrainingOptions()).keys) == Self.free.union(Self.deciding.keys))
    let usual = try identity(TrainingOptions()).entries
    for (name, change) in Self.deciding {
      var options = TrainingOptions()
      change(&options)
      let (before, after) = (fields(TrainingOptions()), fields(options))
      #expect(before.keys.filter { before[$0] != after[$0] } == [name])
      let entries = try identity(options).entries
      #expect(entries.keys.count { entries[$0] != usual[$0] } == 1, "\(name)")
    }
  }

  /// Every option of the solver differs from its default when the training's do.
  @Test func theSolverGetsEveryOption() throws {
    let options = TrainingOptions(
      tolerance: 0.25, precision: .single, threads: 3, memoryLimit: 1 << 25, maximumIterations: 77,
      timeLimit: .seconds(900), certify: true, shrinking: false,
      cancellation: CancellationToken(), checkpoint: (.seconds(60), { _ in }),
      onProgress: { _ in })
    let run = try TrainingRun(options, problemCount: 1, Self.examples) {
      () throws(TrainingError) in try identity(options)
    }
    let request = SolveRequest(
      .classification(isPositive: [true, false], boxConstraints: [1, 1]), threads: run.threads
    ) { () throws(TrainingError) in
      preconditionFailure("nothing is solved")
    }
    let (usual, found) = (fields(SolverOptions()), fields(run.solverOptions(of: request)))
    // What ranks have agreed on, of which there are none here, and what only tests change.
    #expect(
      Set(usual.keys.filter { usual[$0] == found[$0] })
        == ["agreedInterruption", "partialRefreshMinimum"])
  }
}
