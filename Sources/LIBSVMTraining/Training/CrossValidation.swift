import Basics
import Kernels
import Learning
import LinearAlgebra

extension Trainer {
  /// What models of the other folds predict of each row.
  ///
  /// - Parameters:
  ///   - set: The rows.
  ///   - foldCount: At least 2; more than there are rows leave out one row at a time.
  /// - Returns: A label or number for each row.
  /// - Throws: ``LIBSVMError``.
  package func crossValidated(
    _ set: TrainingSet, foldCount: Int
  ) throws(LIBSVMError) -> [Double] {
    try crossValidated(set, foldCount: foldCount, boxConstraints: [parameter.boxConstraint])[0]
  }

  /// The same for several C, with the same folds: all models share the kernel values of the set where they fit the
  /// memory, else those of a fold share its own.
  ///
  /// - Parameters:
  ///   - set: The rows.
  ///   - foldCount: At least 2; more than there are rows leave out one row at a time.
  ///   - boxConstraints: Each C; one alone for classifications with probabilities, whose sigmoids draw random
  ///     numbers.
  /// - Returns: For each C a label or number for each row.
  /// - Throws: ``LIBSVMError``.
  package func crossValidated(
    _ set: TrainingSet, foldCount: Int, boxConstraints: [Double]
  ) throws(LIBSVMError) -> [[Double]] {
    precondition(boxConstraints.count == 1 || !drawsForSigmoids)
    let foldCount = min(foldCount, set.count)
    let (labels, codes) = isClassification ? Self.labels(set.targets) : ([], [])
    // Folds of single rows cannot have each class.
    let folds =
      isClassification && foldCount < set.count
      ? Folds(stratifying: codes, classCount: labels.count, into: foldCount)
      : Folds(shuffling: set.count, into: foldCount)
    let workers =
      drawsForSigmoids || set.count > Self.sideBySideLimit ? 1 : min(threads, foldCount)
    var trainer = self
    trainer.shareCount = workers
    if trainer.wholeKernel == nil { trainer.wholeKernel = wholeKernel(of: set) }
    let results = try concurrentResults(count: foldCount, threads: workers) {
      [trainer] fold throws(LIBSVMError) in
      try trainer.steps(set, folds, fold, boxConstraints)
    }
    var predictions = boxConstraints.map { _ in [Double](repeating: 0, count: set.count) }
    for (fold, steps) in results.enumerated() {
      let part = set.targets(folds.training(fold))
      for (place, step) in steps.enumerated() {
        report(step.machine, targets: part)
        for (row, value) in zip(folds.rows[fold], step.predictions) {
          predictions[place][row] = value
        }
      }
    }
    return predictions
  }

  /// The kernel values of a set, for the models of all folds and, with the same kernel, of further calls; `nil` where
  /// there is nothing to compute, or they and the folds' parts of them do not fit LIBSVM's cache.
  ///
  /// - Parameter set: The rows.
  /// - Returns: Values that are computed when they are first needed.
  package func wholeKernel(of set: TrainingSet) -> WholeKernel? {
    let bytes = KernelMatrix<Float>.byteCount(of: set.count)
    let limit = Int(memoryMegabytes * Self.wholeShare * 1_048_576)
    guard !set.isPrecomputed, bytes <= limit else { return nil }
    return WholeKernel(
      KernelSource(set.features, parameter.function), threads: threads, byteLimit: limit)
  }

  /// The share of the cache for the values of the set: each of two folds at once has a quarter for its part.
  private static let wholeShare = 0.4

  /// More rows in a fold keep all threads busy by themselves.
  private static let sideBySideLimit = 4000

  /// Whether training draws random numbers, so that the order counts.
  private var drawsForSigmoids: Bool { isClassification && parameter.hasProbabilities }

  private struct Step: Sendable {
    var machine: Machine
    var predictions: [Double]
  }

  /// The models of a fold for each C, and what they predict of the fold's rows.
  private func steps(
    _ set: TrainingSet, _ folds: Folds, _ fold: Int, _ boxConstraints: [Double]
  ) throws(LIBSVMError) -> [Step] {
    let (training, rows) = (folds.training(fold), folds.rows[fold])
    let part = set.subset(training)
    let sigmoids = drawsForSigmoids ? try sigmoids(part) : nil
    var trainer = self
    if let wholeKernel {
      trainer.sharedKernel = SharedKernel(training, of: wholeKernel)
    } else if boxConstraints.count > 1 {
      trainer.sharedKernel = SharedKernel()
    }
    var steps: [Step] = []
    for boxConstraint in boxConstraints {
      trainer.parameter = parameter.with(boxConstraint: boxConstraint)
      let machine = try trainer.train(part)
      var predictions: [Double] = []
      if !rows.isEmpty {
        let values = try machine.decisionValues(set.examples(rows, forModelOf: training))
        predictions = rows.indices.map { row in
          prediction((0..<values.columnCount).map { values[row, $0] }, machine, sigmoids)
        }
      }
      steps.append(Step(machine: machine, predictions: predictions))
    }
    return steps
  }

  private func prediction(
    _ decisions: [Double], _ machine: Machine, _ sigmoids: [PlattSigmoid]?
  ) -> Double {
    if let sigmoids, let labels = machine.labels {
      let probabilities = Self.probabilities(decisions, sigmoids, classCount: labels.count)
      return Double(labels[Self.largest(probabilities)])
    }
    if parameter.type == .oneClass { return decisions[0] > 0 ? 1 : -1 }
    return machine.label(decisions)
  }

  /// The probabilities of classes from decision values of pairs.
  package static func probabilities(
    _ decisions: [Double], _ sigmoids: [PlattSigmoid], classCount: Int
  ) -> [Double] {
    let pairs = zip(decisions, sigmoids).map { decision, sigmoid in
      min(max(sigmoid(decision), 1e-7), 1 - 1e-7)
    }
    if classCount == 2 { return [pairs[0], 1 - pairs[0]] }
    return IteratedCoupling.probabilities(pairs, classCount: classCount)
  }

  package static func largest(_ values: [Double]) -> Int {
    values.indices.reduce(0) { values[$1] > values[$0] ? $1 : $0 }
  }
}
