import Evaluation
import LinearAlgebra
import SupportVectors
import Tables

// What cross-validation and parameter searches need of a table: trainings on some of its rows, measured
// on others. Each part is fitted as the whole is, preprocessing included, so that nothing leaks from the
// rows that measure into the model that is measured.

/// A data set made ready for trainings on parts of it.
package struct FoldTraining: Sendable {
  /// What the user chose.
  package let trainer: TabularTrainer
  /// What is learned, and why that.
  package let decision: TaskDecision
  /// The problem that is solved.
  package let formulation: Formulation
  /// The column that is predicted, or `nil` when nothing is.
  package let targetName: String?
  private let examples: TrainingExamples
  private let targets: Targets

  /// Finds examples and their targets.
  ///
  /// - Parameters:
  ///   - trainer: What the user chose; its holdout is not used.
  ///   - data: The rows.
  /// - Throws: `TableError` or ``TabularError`` as ``TabularTrainer/train(_:)`` does.
  package init(_ trainer: TabularTrainer, _ data: TrainingData) throws {
    self.trainer = trainer
    examples = try trainer.examples(data)
    decision = try trainer.decision(for: examples)
    formulation = try trainer.formulation(for: decision.task)
    targetName = examples.target?.name
    targets = Targets(decision.task, examples)
  }

  /// The number of examples: rows without missing values that are to be left out.
  package var count: Int { examples.rows.count }

  /// The class of each example; 0 for each when there are no classes.
  package var strata: [Int] { targets.strata }

  /// A number for each example, equal where they belong together, when groups are chosen.
  package var groups: [Int]? { examples.groups }

  /// The weight of each example, or `nil` for all alike.
  package var weights: [Double]? { examples.weights }

  /// For each example its row among all that were given, from 0.
  package var fileRows: [Int] { examples.fileRows }

  /// The classes in order, or `nil` when there are none.
  package var classNames: [String]? {
    if case .classes(let names, _) = targets { names } else { nil }
  }

  /// The numbers that a regression predicts, or `nil` when there are none.
  package var numbers: [Double]? {
    if case .numbers(let numbers) = targets { numbers } else { nil }
  }

  /// The examples that are not held out, or `nil` when none are.
  ///
  /// - Throws: `DataSplitError`.
  package func notHeldOut() throws(DataSplitError) -> [Int]? {
    try trainer.holdout(strata: targets.strata, groups: examples.groups)?.trainingRows
  }

  /// Fits the preprocessing to some examples and makes features of these and of others.
  ///
  /// - Parameters:
  ///   - training: The examples to learn from.
  ///   - heldOut: The examples to measure on.
  ///   - threads: The number of threads, or `nil` for one on each core.
  /// - Returns: The features and targets of both.
  /// - Throws: `TableError`.
  package func prepare(
    training: [Int], heldOut: [Int], threads: Int? = nil
  ) throws -> PreparedFold {
    let (_, trainingFeatures, heldOutFeatures) = try examples.fitted(
      training: training, others: heldOut, threads: threads)
    return PreparedFold(
      training: training, heldOut: heldOut, features: trainingFeatures,
      heldOutFeatures: heldOutFeatures, targets: targets.gathered(training),
      heldOutTargets: targets.gathered(heldOut), weights: examples.weights(at: training),
      heldOutWeights: examples.weights(at: heldOut))
  }

  /// Trains on a fold's examples.
  ///
  /// - Parameters:
  ///   - fold: The examples.
  ///   - method: The problem and its parameters, of the same task.
  ///   - earlier: A model to begin at, if there is one.
  ///   - options: How to train.
  /// - Returns: The model.
  /// - Throws: `TrainingError` and its kin. A deadline or a cancellation is no error.
  package func train(
    _ fold: PreparedFold, method: LearningMethod,
    startingFrom earlier: EarlierModel? = nil, options: TrainingOptions
  ) throws -> TabularModel.Predictor {
    var trainer = trainer
    trainer.method = method
    return try trainer.fit(
      formulation, fold.features, fold.targets, fold.weights,
      isLIBSVM: examples.data.isLIBSVM, startingFrom: earlier, options: options
    ).predictor
  }

  /// Predicts a fold's held-out examples and measures the predictions.
  ///
  /// With a calibration in ``trainer`` the model gets one of its own, learned from the fold's training
  /// examples alone.
  ///
  /// - Parameters:
  ///   - predictor: The model that ``train(_:method:options:)`` made.
  ///   - fold: The examples.
  ///   - method: What the model was trained with.
  ///   - options: How to train what the calibration is learned from.
  ///   - withPredictions: Whether the predictions of rows are asked for.
  /// - Returns: The outcome; `nil` when the time was up, or somebody asked to stop.
  /// - Throws: `TrainingError` and its kin.
  package func measure(
    _ predictor: TabularModel.Predictor, _ fold: PreparedFold, method: LearningMethod,
    options: TrainingOptions, withPredictions: Bool = false
  ) throws -> FoldOutcome? {
    var trainer = trainer
    trainer.method = method
    trainer.options = options
    let clock = ContinuousClock()
    let start = clock.now
    guard !trainer.wasStopped(predictor) else { return nil }
    var learned: ModelCalibration?
    if trainer.calibration != nil {
      learned = try trainer.calibrated(
        formulation, predictor, examples, targets, places: fold.training, start: start,
        clock: clock)
      // What was cut short learned nothing, and the figures would be those of another way of training.
      guard !trainer.stopping(since: start, clock: clock)() else { return nil }
    }
    let predictions: Predictions
    do {
      predictions = try Predictions(
        predictor, learned, fold.heldOutFeatures, withDecisions: true, threads: options.threads,
        stopping: trainer.stopping(since: start, clock: clock))
    } catch is TrainingInterrupted {
      return nil
    }
    guard
      let measurement = try Measurement(
        predictor, learned, predictions: predictions, targets: fold.heldOutTargets,
        weights: fold.heldOutWeights, set: .crossValidation)
    else { return nil }
    var heldOut: FoldOutcome.HeldOut?
    if withPredictions {
      let names = predictor.classifier?.classes ?? []
      heldOut = FoldOutcome.HeldOut(
        classNames: predictions.classIndices.map { names[$0] }, numbers: predictions.numbers,
        decisions: predictions.decisions)
    }
    return FoldOutcome(
      measurement: measurement, rocAUC: try rocAUC(predictor, predictions, fold),
      heldOut: heldOut, problems: predictor.problems)
  }

  /// The area under the ROC curve: of the later of two classes by its decision value, of more classes
  /// the mean over each against the rest, by its probability or its own decision value; `nil` where
  /// there is none.
  private func rocAUC(
    _ predictor: TabularModel.Predictor, _ predictions: Predictions, _ fold: PreparedFold
  ) throws -> Double? {
    guard let classifier = predictor.classifier, let decisions = predictions.decisions,
      case .classes(let names, let codes) = fold.heldOutTargets
    else { return nil }
    // A part of the data may lack a class of the whole.
    let known = names.map { classifier.classes.firstIndex(of: $0) }
    let actual = codes.map { known[$0] }
    switch classifier.classes.count {
    case ..<2: return nil
    case 2:
      return try ScoredLabels(
        scores: (0..<decisions.rowCount).map { decisions[$0, 0] },
        isPositive: actual.map { $0 == 1 },
        weights: fold.heldOutWeights
      ).rocAUC
    case let count:
      let scores: Matrix<Double>
      if let probabilities = predictions.probabilities {
        scores = probabilities
      } else if decisions.columnCount == count, classifier.decisionShape == .perClass {
        scores = decisions
      } else {
        return nil
      }
      return try OneVersusRest(
        scores: scores.elements, classCount: count, actual: actual, weights: fold.heldOutWeights
      ).macroRocAUC
    }
  }
}

/// The examples of one fold: features that were fitted to the training examples alone, and targets.
package struct PreparedFold: Sendable {
  /// The examples to train on.
  package let training: [Int]
  /// The examples to measure on.
  package let heldOut: [Int]
  /// The features of the training examples.
  package let features: FeatureMatrix
  let heldOutFeatures: FeatureMatrix
  let targets: Targets
  let heldOutTargets: Targets
  let weights: [Double]?
  let heldOutWeights: [Double]?

  /// What the held-out examples count together.
  package var heldOutWeight: Double { heldOutWeights?.reduce(0, +) ?? Double(heldOut.count) }
}

/// How well a model predicted examples that it had not seen.
package struct FoldOutcome: Sendable {
  /// What a model said of held-out examples, in their order.
  package struct HeldOut: Sendable {
    /// The predicted classes; empty unless classes are predicted.
    package let classNames: [String]
    /// The predicted numbers; empty unless numbers are predicted.
    package let numbers: [Double]
    /// Decision values.
    package let decisions: Matrix<Double>?
  }

  /// The figures.
  package let measurement: Measurement
  /// The area under the ROC curve, where there is one.
  package let rocAUC: Double?
  /// What was predicted, if that was asked for.
  package let heldOut: HeldOut?
  /// How well the model's problems were solved.
  package let problems: [PairReport]

  /// All figures.
  package var metrics: [Metric] {
    var metrics = measurement.metrics.filter { $0.name != "rocAUC" }
    var hasManyClasses = false
    if case .classes(let confusion) = measurement.counts {
      hasManyClasses = confusion.classNames.count > 2
      let names = Set(metrics.map(\.name))
      metrics += confusion.detailedMetrics(on: measurement.set).filter { !names.contains($0.name) }
    }
    if let rocAUC {
      metrics.append(
        Metric(
          name: hasManyClasses ? "macroRocAUC" : "rocAUC", value: rocAUC, set: measurement.set,
          rows: measurement.rowCount))
    }
    return metrics
  }
}
