import Calibration
import Evaluation
import KernelMethods
import LinearAlgebra
import SupportVectors

// Probabilities and intervals are learned from rows that the model of their fold did not see. Each
// fold is fitted as the whole is, preprocessing included, so that nothing leaks. Its training begins at the
// model of all rows, which is near, and ends where the tolerance says.

extension TabularTrainer {
  /// Learns a calibration, in what is left of the time.
  ///
  /// - Parameters:
  ///   - formulation: The problem.
  ///   - predictor: The model of all examples to learn from.
  ///   - examples: The examples.
  ///   - targets: The targets of all examples.
  ///   - places: The examples to learn from.
  ///   - start: When training began.
  ///   - clock: The clock.
  /// - Returns: The calibration; `nil` when none was asked for, there is none for the formulation, or
  ///   the time was up.
  /// - Throws: As ``train(_:)``, and `CalibrationError`.
  func calibrated(
    _ formulation: Formulation, _ predictor: TabularModel.Predictor, _ examples: TrainingExamples,
    _ targets: Targets, places: [Int], start: ContinuousClock.Instant, clock: ContinuousClock
  ) throws -> ModelCalibration? {
    guard let calibration, formulation.task != .components else { return nil }
    let own = targets.gathered(places)
    let weights = examples.weights(at: places)
    if case .classes(let names, _) = own, names.count < 2 { return nil }
    let plan = try OutOfFoldPlan(
      strata: own.strata, weights: weights, foldCount: calibration.foldCount, seed: seed)
    let classCount = predictor.classifier?.classes.count ?? 0
    let shape = predictor.classifier?.decisionShape ?? .binary
    let stopping = self.stopping(since: start, clock: clock)
    do {
      let values = try plan.decisionValues { (training, heldOut) throws -> Matrix<Double> in
        guard let options = remainingOptions(since: start, clock: clock) else {
          throw TrainingInterrupted()
        }
        let (_, trainingFeatures, heldOutFeatures) = try examples.fitted(
          training: training.map { places[$0] }, others: heldOut.map { places[$0] },
          threads: options.threads)
        let part = own.gathered(training)
        let known = part.knownClasses
        if predictor.classifier != nil, known.count < 2 {
          // One class alone tells nothing.
          return Matrix(
            rowCount: heldOut.count, columnCount: shape.columnCount(classCount: classCount) ?? 0,
            repeating: .nan)
        }
        let fitted = try fit(
          formulation, trainingFeatures, part, weights.map { all in training.map { all[$0] } },
          isLIBSVM: examples.data.isLIBSVM,
          startingFrom: EarlierModel(predictor, rows: training), options: options)
        guard !wasStopped(fitted.predictor) else { throw TrainingInterrupted() }
        let decisions = try fitted.predictor.decisionValues(
          heldOutFeatures, threads: options.threads, stopping: stopping)
        guard let classifier = fitted.predictor.classifier else { return decisions }
        var values = decisions
        if shape == .perClass && classifier.decisionShape == .binary {
          // Of two classes left, the one value speaks for the later and against the earlier.
          values = Matrix(rowCount: decisions.rowCount, columnCount: 2) {
            $1 == 0 ? -decisions[$0, 0] : decisions[$0, 0]
          }
        }
        return shape.spread(values, knownClasses: known, classCount: classCount)
      }
      switch own {
      case .classes(let names, let codes):
        return .classes(
          try ClassCalibration.fit(
            calibration.method, shape: shape, classCount: names.count,
            decisionValues: values, classIndices: codes, weights: weights,
            threads: options.threads ?? 1))
      case .numbers(let numbers):
        return .intervals(
          try PredictionIntervals.fit(
            residuals: numbers.indices.map { numbers[$0] - values[$0, 0] }, weights: weights))
      case .none(let count):
        return .quantiles(
          try NoveltyQuantiles.fit(
            decisions: (0..<count).map { values[$0, 0] }, weights: weights))
      }
    } catch is TrainingInterrupted {
      return nil
    } catch KernelMethodError.stopped {
      return nil
    }
  }
}

extension Targets {
  /// The classes that occur, ascending; none unless there are classes.
  fileprivate var knownClasses: [Int] {
    guard case .classes(_, let codes) = self else { return [] }
    return Set(codes).sorted()
  }
}
