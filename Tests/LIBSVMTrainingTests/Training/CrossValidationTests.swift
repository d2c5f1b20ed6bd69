@testable import LIBSVMTraining
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

  @Test("folds that read the kernel values of the set predict as folds that compute their own")
  func sharedFolds() throws {
    for (type, kernel) in LIBSVMProblems.all {
      let set = try set(type, kernel)
      let trainer = Trainer(try LIBSVMProblems.parameters(type, kernel))
      let (shared, alone) = try HostRandomTurn.take {
        HostRandom.restart()
        let shared = try trainer.crossValidated(set, foldCount: 5)
        HostRandom.restart()
        return (shared, try foldByFold(set, trainer, foldCount: 5))
      }
      for (value, expected) in zip(shared, alone) {
        #expect(
          type.isRegression ? abs(value - expected) < 5e-2 : value == expected, "\(type) \(kernel)")
      }
    }
  }

  /// The same by hand: a training for each fold, which knows nothing of the others.
  private func foldByFold(
    _ set: TrainingSet, _ trainer: Trainer, foldCount: Int
  ) throws -> [Double] {
    let folds =
      trainer.isClassification
      ? Folds(stratifying: Trainer.labels(set.targets).codes, classCount: 3, into: foldCount)
      : Folds(shuffling: set.count, into: foldCount)
    var predictions = [Double](repeating: 0, count: set.count)
    for (fold, rows) in folds.rows.enumerated() {
      let training = folds.training(fold)
      let machine = try trainer.train(set.subset(training))
      let values = try machine.decisionValues(set.examples(rows, forModelOf: training))
      for (place, row) in rows.enumerated() {
        let decisions = (0..<values.columnCount).map { values[place, $0] }
        predictions[row] =
          trainer.parameter.type == .oneClass
          ? (decisions[0] > 0 ? 1 : -1) : machine.label(decisions)
      }
    }
    return predictions
  }

  @Test("values that were computed for an earlier call give the same predictions")
  func sideCache() throws {
    for (type, kernel) in LIBSVMProblems.all where kernel != .precomputed {
      let cache = SideCache()
      let set = try set(type, kernel)
      for bound in [0.5, 8] {
        var trainer = Trainer(
          try LIBSVMProblems.parameters(type, kernel).with(boxConstraint: bound))
        let (fresh, first, second) = try HostRandomTurn.take {
          HostRandom.restart()
          let fresh = try trainer.crossValidated(set, foldCount: 5)
          trainer.wholeKernel = cache.kernel(of: set, trainer)
          HostRandom.restart()
          let first = try trainer.crossValidated(set, foldCount: 5)
          trainer.wholeKernel = cache.kernel(of: set, trainer)
          HostRandom.restart()
          return (fresh, first, try trainer.crossValidated(set, foldCount: 5))
        }
        #expect(fresh == first, "\(type) \(kernel) C \(bound)")
        #expect(fresh == second, "\(type) \(kernel) C \(bound)")
      }
    }
  }

  @Test("the side cache keeps the values of one set and kernel")
  func sideCacheKeys() throws {
    let cache = SideCache()
    let trainer = Trainer(try LIBSVMProblems.parameters(.cSVC, .gaussian))
    let first = try set(.cSVC, .gaussian)
    let known = try #require(cache.kernel(of: first, trainer))
    // Other labels and another C have the same values.
    let other = try TrainingSet(
      LIBSVMProblems.problem(.cSVC, .gaussian, seed: 11).rows,
      targets: first.targets.map { -$0 }, isPrecomputed: false)
    #expect(cache.kernel(of: other, trainer) === known)
    #expect(
      cache.kernel(of: first, Trainer(trainer.parameter.with(boxConstraint: 9))) === known)
    // Other rows and another kernel have not.
    let (rows, targets) = LIBSVMProblems.problem(.cSVC, .gaussian, seed: 12)
    let changed = try TrainingSet(rows, targets: targets, isPrecomputed: false)
    #expect(cache.kernel(of: changed, trainer) !== known)
    let sigmoid = Trainer(try LIBSVMProblems.parameters(.cSVC, .sigmoid))
    let again = try #require(cache.kernel(of: first, trainer))
    #expect(cache.kernel(of: first, sigmoid) !== again)
    #expect(
      cache.kernel(
        of: try set(.cSVC, .precomputed),
        Trainer(
          try LIBSVMProblems.parameters(.cSVC, .precomputed))) == nil)
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
