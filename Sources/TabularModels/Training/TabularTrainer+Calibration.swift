import Calibration
import Evaluation
import KernelMethods
import LinearAlgebra
import SupportVectors
import Tables

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
  /// - Returns: The calibration; `nil` when none was requested, there is none for the
  ///   formulation, or the time was up.
  /// - Throws: As `train(_:)`, and `CalibrationError`.
  func calibrated(
    _ formulation: Formulation, _ predictor: TabularModel.Predictor,
    _ examples: any DividedExamples, _ targets: Targets, places: [Int],
    start: ContinuousClock.Instant
  ) throws -> ModelCalibration? {
    guard let calibration = configuration.calibration, formulation.task != .components else {
      return nil
    }
    let own = targets.gathered(places)
    let weights = examples.weights(at: places)
    // Rows of a fold may lack a class of the table, which the model then does not know: from here on
    // classes are those that it knows.
    let present = own.knownClasses
    if case .classes = own, present.count < 2 { return nil }
    let plan = try OutOfFoldPlan(
      strata: own.strata, weights: weights, foldCount: calibration.foldCount,
      seed: configuration.seed)
    let shape = predictor.classifier?.decisionShape ?? .binary
    // The decision values of all rows are kept until the end.
    do throws(MemoryShortage) {
      try MemoryShortage.require(
        8 * places.count, each: shape.columnCount(classCount: present.count) ?? 1,
        limit: control.memoryLimit,
        purpose: "probabilities of \(present.count) classes, learned from \(places.count) rows,",
        remedy: "leave out --probability")
    } catch {
      throw TableError(.memory(file: examples.name, error))
    }
    let isCancelled = self.cancellation(since: start)
    do {
      let values = try plan.decisionValues { (training, heldOut) throws -> Matrix<Double> in
        guard let options = try remainingOptions(since: start) else {
          throw TrainingInterrupted()
        }
        let (trainingFeatures, heldOutFeatures) = try examples.divided(
          training: training.map { places[$0] }, others: heldOut.map { places[$0] }, control)
        let part = own.gathered(training)
        let known = part.knownClasses.compactMap { present.firstIndex(of: $0) }
        if predictor.classifier != nil, known.count < 2 {
          // One class alone tells nothing.
          return Matrix(
            rowCount: heldOut.count,
            columnCount: shape.columnCount(classCount: present.count) ?? 0, repeating: .nan)
        }
        let fitted = try fitPart(
          formulation,
          TrainingPart(
            examples: trainingFeatures, targets: part,
            weights: weights.map { all in training.map { all[$0] } }, isLIBSVM: examples.isLIBSVM),
          startingFrom: EarlierModel(predictor, rows: training), options: options)
        guard try !wasStopped(fitted.predictor) else { throw TrainingInterrupted() }
        let decisions = try fitted.predictor.decisionValues(
          heldOutFeatures, control, isCancelled: isCancelled)
        guard let classifier = fitted.predictor.classifier else { return decisions }
        return shape.spread(
          decisions, of: classifier.decisionShape, knownClasses: known, classCount: present.count)
      }
      switch own {
      case .classes(let classes):
        let place = Dictionary(uniqueKeysWithValues: present.enumerated().map { ($1, $0) })
        let factors = try configuration.method.classWeights.factors(of: classes, weights: weights)
        return .classes(
          try classCalibration(
            calibration.method, plan,
            LabelledDecisions(
              shape: shape, classCount: present.count, decisionValues: values,
              classIndices: classes.codes.map { place[$0] ?? 0 }, weights: weights,
              labelWeights: factors.map { all in present.map { all[$0] } })))
      case .numbers(let numbers):
        let output = predictor.numberOutput
        return .intervals(
          try PredictionIntervals.fit(
            residuals: numbers.indices.map { numbers[$0] - values[$0, output] }, weights: weights))
      case .none(let count):
        return .quantiles(
          try NoveltyQuantiles.fit(
            decisions: (0..<count).map { values[$0, 0] }, weights: weights))
      }
    } catch is TrainingInterrupted {
      return nil
    } catch let error as TrainingError where error.stopReason != nil {
      return nil
    }
  }
}

extension TabularTrainer {
  /// Fits probabilities to out-of-fold decision values, by a method or by the one that does best.
  ///
  /// To compare methods, each is fitted to all folds but one and measured on that one by its log loss;
  /// rows whose model did not know all classes are left out of the comparison. The sigmoid, which has
  /// fewest parameters for what it can do, comes first among equals.
  private func classCalibration(
    _ method: CalibrationMethod?, _ plan: OutOfFoldPlan, _ decisions: LabelledDecisions
  ) throws -> ClassCalibration {
    func fit(_ method: CalibrationMethod, _ rows: [Int]?) throws -> ClassCalibration {
      try ClassCalibration.fit(
        method, rows.map(decisions.gathered) ?? decisions, threads: control.threads ?? 1)
    }
    if let method { return try fit(method, nil) }
    var best: (method: CalibrationMethod, loss: Double)?
    for candidate in CalibrationMethod.allCases {
      var scores = try ProbabilityScores(classCount: decisions.classCount)
      for fold in plan.folds {
        let measured = fold.heldOutRows.filter { row in
          decisions.decisionValues.row(row).allSatisfy(\.isFinite)
        }
        guard !measured.isEmpty else { continue }
        let calibration = try fit(candidate, fold.trainingRows)
        let probabilities = try calibration.probabilities(
          decisionValues: decisions.gathered(measured).decisionValues)
        for (place, row) in measured.enumerated() {
          try scores.add(
            probabilities: probabilities.row(place), actual: decisions.classIndices[row],
            weight: decisions.weights?[row] ?? 1)
        }
      }
      guard let loss = scores.logLoss else { continue }
      if best == nil || loss < best!.loss { best = (candidate, loss) }
    }
    return try fit(best?.method ?? .sigmoid, nil)
  }
}

extension Targets {
  /// The classes that occur, ascending; none unless there are classes.
  var knownClasses: [Int] {
    guard case .classes(let classes) = self else { return [] }
    return Set(classes.codes).sorted()
  }
}
