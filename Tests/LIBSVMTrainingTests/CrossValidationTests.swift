import LIBSVMTraining
import TestSupport
import Testing

@Suite("Cross-validation by LIBSVM's folds", .serialized)
struct CrossValidationTests {
  init() { Output.silence() }

  private func set(_ type: MachineType, _ kernel: KernelType) throws -> TrainingSet {
    let (rows, targets) = LIBSVMProblems.problem(type, kernel, seed: 11)
    return try TrainingSet(rows, targets: targets, isPrecomputed: kernel == .precomputed)
  }

  @Test("several C at once predict as each by itself")
  func severalBoxConstraints() throws {
    let bounds = [0.125, 1, 8]
    for (type, kernel) in LIBSVMProblems.all {
      let parameters = try LIBSVMProblems.parameters(type, kernel)
      let set = try set(type, kernel)
      let together = try HostRandomTurn.take {
        HostRandom.restart()
        return try Trainer(parameters).crossValidated(set, foldCount: 5, boxConstraints: bounds)
      }
      for (bound, predictions) in zip(bounds, together) {
        let alone = try HostRandomTurn.take {
          HostRandom.restart()
          return try Trainer(parameters.with(boxConstraint: bound)).crossValidated(
            set, foldCount: 5)
        }
        for (value, expected) in zip(predictions, alone) {
          // Values that trainings share may differ in their last bits, and the solver's path with them.
          #expect(
            type.isRegression
              ? abs(value - expected) < 5e-2 : value == expected, "\(type) \(kernel) C \(bound)")
        }
      }
    }
  }

  @Test("as many folds as rows, or more, leave out one row at a time")
  func leaveOneOut() throws {
    let parameters = try LIBSVMProblems.parameters(.cSVC, .linear)
    let set = try set(.cSVC, .linear)
    let (exact, more) = try HostRandomTurn.take {
      (
        try Trainer(parameters).crossValidated(set, foldCount: set.count),
        try Trainer(parameters).crossValidated(set, foldCount: 1000)
      )
    }
    #expect(exact == more)
    let correct = zip(exact, set.targets).count { $0 == $1 }
    #expect(correct > set.count / 2)
  }

  @Test("the same folds come after a restart, others without")
  func restart() throws {
    let parameters = try LIBSVMProblems.parameters(.epsilonSVR, .gaussian)
    let set = try set(.epsilonSVR, .gaussian)
    let trainer = Trainer(parameters)
    let (first, second, again) = try HostRandomTurn.take {
      HostRandom.restart()
      let first = try trainer.crossValidated(set, foldCount: 5)
      let second = try trainer.crossValidated(set, foldCount: 5)
      HostRandom.restart()
      return (first, second, try trainer.crossValidated(set, foldCount: 5))
    }
    #expect(first == again)
    #expect(first != second)
  }
}
