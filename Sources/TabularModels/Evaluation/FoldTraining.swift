import Calibration
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
  package var trainer: TabularTrainer
  private let examples: SelectedExamples
  private let problem: TrainingProblem

  /// Finds examples and their targets.
  ///
  /// - Parameters:
  ///   - trainer: What the user chose; its holdout is not used.
  ///   - data: The rows.
  /// - Throws: `TableError` or ``TabularError`` as `TabularTrainer.train(_:)` does.
  package init(_ trainer: TabularTrainer, _ data: any ExampleText) throws {
    self.trainer = trainer
    examples = try trainer.examples(data)
    problem = try TrainingProblem(trainer, examples)
  }

  /// What is learned, and why that.
  package var decision: TaskDecision { problem.decision }

  /// The problem that is solved.
  package var formulation: Formulation { problem.formulation }

  private var targets: Targets { problem.targets }

  /// The column that is predicted, or `nil` when nothing is.
  package var targetName: String? { examples.target?.name }

  /// The number of examples: rows without missing values that are to be left out.
  package var count: Int { examples.rows.count }

  /// What examples count together.
  package func weight(of places: [Int]) -> Double {
    examples.weights(at: places)?.reduce(0, +) ?? Double(places.count)
  }

  /// The class of each example; all 0 without classes.
  package var strata: [Int] { targets.strata }

  /// A number for each example, equal where they belong together, when groups are chosen.
  package var groups: [Int]? { examples.groups }

  /// The weight of each example, or `nil` if all are equal.
  package var weights: [Double]? { examples.weights }

  /// For each example its row among all that were given, from 0.
  package var fileRows: [Int] { examples.fileRows }

  /// The classes in order, or `nil` when there are none.
  package var classNames: [String]? {
    if case .classes(let classes) = targets { classes.names } else { nil }
  }

  /// How the examples are spread over the classes, or `nil` when there are none.
  package var balance: ClassBalance? { targets.balance(weights: examples.weights) }

  /// What the models can be measured by.
  package var metricContext: MetricContext {
    trainer.metricContext(decision.task, formulation, targets)
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
    var control = trainer.control
    control.threads = threads
    let fitted = try examples.fitted(training: training, others: heldOut, control)
    return PreparedFold(
      training: training, heldOut: heldOut, features: fitted.training,
      heldOutFeatures: fitted.others, preprocessor: fitted.preprocessor,
      targets: targets.gathered(training),
      weights: examples.weights(at: training))
  }

  /// Trains on a fold's examples.
  ///
  /// - Parameters:
  ///   - fold: The examples.
  ///   - method: The problem and its parameters, of the same task.
  ///   - earlier: A model to begin at, if there is one.
  ///   - options: How to train.
  /// - Returns: The model.
  /// - Throws: `TrainingError`, or the method's error. A deadline or a cancellation is
  ///   not an error.
  package func train(
    _ fold: PreparedFold, method: LearningMethod,
    startingFrom earlier: EarlierModel? = nil, options: TrainingOptions
  ) throws -> TabularModel.Predictor {
    var trainer = trainer
    trainer.method = method
    return try examples.naming(fold.training, fold.preprocessor) {
      try trainer.fitPart(
        formulation,
        TrainingPart(
          examples: fold.features, targets: fold.targets, weights: fold.weights,
          isLIBSVM: examples.data.isLIBSVM),
        startingFrom: earlier, options: options
      ).predictor
    }
  }

  /// Predicts a fold's held-out examples and measures the predictions.
  ///
  /// - Parameters:
  ///   - predictor: The model that ``train(_:method:options:)`` made.
  ///   - fold: The examples.
  ///   - method: What the model was trained with.
  ///   - options: How to train what the calibration is learned from.
  /// - Returns: The outcome; `nil` when the time was up, or somebody asked to stop.
  /// - Throws: `TrainingError`, or the method's error.
  package func measure(
    _ predictor: TabularModel.Predictor, _ fold: PreparedFold, method: LearningMethod,
    options: TrainingOptions
  ) throws -> FoldOutcome? {
    try predict(predictor, fold, method: method, options: options)
      .map { try outcome(of: $0, heldOut: fold.heldOut) }
  }

  /// Predicts a fold's held-out examples.
  ///
  /// With a calibration in ``trainer`` the model gets a separate one, learned from the
  /// fold's training examples alone.
  ///
  /// - Parameters:
  ///   - predictor: The model that ``train(_:method:options:)`` made.
  ///   - fold: The examples.
  ///   - method: What the model was trained with.
  ///   - options: How to train what the calibration is learned from.
  /// - Returns: The predictions, in terms of all classes; `nil` when the time was up, or somebody asked to
  ///   stop.
  /// - Throws: `TrainingError`, or the method's error.
  package func predict(
    _ predictor: TabularModel.Predictor, _ fold: PreparedFold, method: LearningMethod,
    options: TrainingOptions
  ) throws -> FoldPredictions? {
    var trainer = trainer
    trainer.method = method
    trainer.options = options
    let start = ContinuousClock.now
    guard try !trainer.wasStopped(predictor) else { return nil }
    var learned: ModelCalibration?
    if trainer.calibration != nil {
      learned = try trainer.calibrated(
        formulation, predictor, examples, targets, places: fold.training, start: start)
      // What was cut short learned nothing, and the figures would be those of another way of training.
      guard try !trainer.isAgreed(trainer.cancellation(since: start)()) else { return nil }
    }
    var predictions: Predictions
    do {
      predictions = try examples.naming(fold.heldOut, fold.preprocessor) {
        try Predictions(
          predictor, learned, fold.heldOutFeatures, withDecisions: true, trainer.control,
          isCancelled: trainer.cancellation(since: start))
      }
    } catch is TrainingInterrupted {
      return nil
    }
    guard predictor.task != .components else { return nil }
    let names = classNames ?? []
    var shape: DecisionShape?
    if let classifier = predictor.classifier {
      let whole = trainer.decisionShape(
        formulation, classCount: names.count, isLinear: predictor.linearFunction != nil)
      predictions = predictions.spread(
        classifier, over: names, shape: whole, withProbabilities: trainer.calibration != nil)
      shape = whole
    }
    return FoldPredictions(
      predictions: predictions, shape: shape, quantiles: predictor.quantiles,
      intervalHalfWidth: try learned?.intervalHalfWidth)
  }

  /// Measures what a model predicted of a fold's held-out examples.
  ///
  /// - Parameters:
  ///   - predicted: The predictions.
  ///   - heldOut: The examples.
  ///   - withPredictions: Whether the predictions of rows are requested.
  /// - Returns: The outcome.
  /// - Throws: `EvaluationError`.
  package func outcome(
    of predicted: FoldPredictions, heldOut: [Int], withPredictions: Bool = false
  ) throws -> FoldOutcome {
    let predictions = predicted.predictions
    let names = classNames ?? []
    var metered = MeteredPredictions(
      decision.task, classes: names, shape: predicted.shape,
      hasProbabilities: predictions.probabilities != nil)
    metered.quantiles = predicted.quantiles
    metered.intervalHalfWidth = predicted.intervalHalfWidth
    var meter = try Meter(metered, metrics: trainer.metrics)
    try meter.add(
      predictions, targets: targets.gathered(heldOut), weights: examples.weights(at: heldOut))
    let measurement = try meter.measurement(on: .crossValidation, balance: balance)
    var rows: FoldOutcome.HeldOut?
    if withPredictions {
      rows = FoldOutcome.HeldOut(
        classNames: predictions.classIndices.map { names[$0] }, numbers: predictions.numbers,
        decisions: predictions.decisions, probabilities: predictions.probabilities)
    }
    return FoldOutcome(measurement: measurement, heldOut: rows)
  }
}

/// What a fold's model predicted of held-out examples, in terms of all classes.
package struct FoldPredictions {
  let predictions: Predictions
  let shape: DecisionShape?
  let quantiles: [Double]
  let intervalHalfWidth: Double?
}

/// The examples of one fold: features that were fitted to the training examples alone, and targets.
package struct PreparedFold: Sendable {
  /// The examples to train on.
  package let training: [Int]
  /// The examples to measure on.
  package let heldOut: [Int]
  /// The features of the training examples.
  package let features: ExampleSet
  let heldOutFeatures: ExampleSet
  let preprocessor: Preprocessor
  let targets: Targets
  let weights: [Double]?
}

/// How well a model predicted examples that it had not seen.
package struct FoldOutcome: Sendable {
  /// What a model said of held-out examples, in their order.
  package struct HeldOut: Sendable {
    /// The predicted classes; empty unless classes are predicted.
    package let classNames: [String]
    /// The predicted numbers; empty unless numbers are predicted.
    package let numbers: [Double]
    /// Decision values in the columns of all classes; NaN where the model did not know a class.
    package let decisions: Matrix<Double>?
    /// Probabilities of all classes, of models that know them.
    package let probabilities: Matrix<Double>?
  }

  /// The figures.
  package let measurement: Measurement
  /// What was predicted, if that was requested.
  package let heldOut: HeldOut?

  /// All figures.
  package var metrics: [Metric] { measurement.allMetrics }
}
