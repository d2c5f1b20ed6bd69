import Basics
import Evaluation
import KernelMethods
import Kernels
import LinearAlgebra
import LinearModels
import SupportVectors
import Tables
import Transport

/// Trains models on tables and LIBSVM text.
///
/// `train(_:)` may be called with any number of data sets. The properties of the configuration are those
/// of the trainer, too: `trainer.method.nu = 0.1`.
@dynamicMemberLookup
public struct TabularTrainer: Sendable {
  /// Everything that decides what is made of data.
  public var configuration: TrainingConfiguration
  /// Threads, memory, time, progress and checkpoints.
  public var control: RunControl
  /// Which single rows of the measurement to keep for curves and explanations, or `nil` for none.
  package var sampling: RowKeeping?
  /// Whether the rows are in time order, so that the last ones are held out.
  package var holdsOutLatest = false
  /// How the bias of a model in the weights of features is treated, for programs that train on features of
  /// their own: tables have a free one.
  package var intercept = Intercept.free
  /// How much of a measurement on training rows is worth its time.
  package var measuringEffort = MeasuringEffort()
  /// The metrics that are wanted of a measurement; those that are named must fit the data and the method.
  public var metrics = MetricChoice.standard

  /// Makes a trainer, with the defaults of the command.
  public init(
    configuration: TrainingConfiguration = TrainingConfiguration(),
    control: RunControl = RunControl(), sampling: RowKeeping? = nil
  ) {
    self.configuration = configuration
    self.control = control
    self.sampling = sampling
  }

  /// A property of the configuration.
  public subscript<Value>(
    dynamicMember property: WritableKeyPath<TrainingConfiguration, Value>
  ) -> Value {
    get { configuration[keyPath: property] }
    set { configuration[keyPath: property] = newValue }
  }

  /// Trains a model on all rows, and measures it.
  ///
  /// With a holdout, a second model is fitted, preprocessing included, to the rows that are not
  /// held out, and measured on those that are: an honest figure for the way the model was made,
  /// while the model itself knows every row. It is trained after the model that is kept, so that a
  /// deadline or a cancellation costs the figure and not the model. Without one the model is measured on
  /// the rows that it was trained on, or on some of more than 40 000 where predicting all would take more than
  /// some 10⁹ kernel values and no single rows are kept; the measurement says on how many.
  ///
  /// - Parameter data: The rows to train on.
  /// - Returns: The model and a report on the training.
  /// - Throws: `TableError`, ``TabularError``, `TrainingError`, `DataSplitError` or `MetricError`. A deadline, a
  ///   cancellation and the iteration limit are not errors: the model's reports mention them.
  public func train(_ data: TrainingData) throws -> TabularTraining { try train(data.examples) }

  /// The same for rows that are all here, or that ranks have read together; see `SharedData`.
  ///
  /// - Parameter data: The rows to train on. If ranks share them, these are the ranks of the control.
  /// - Returns: As for all rows in one process.
  /// - Throws: As there.
  package func train(_ data: any ExampleText) throws -> TabularTraining {
    let start = ContinuousClock.now
    let examples = try examples(data)
    let problem = try TrainingProblem(self, examples)
    let (decision, formulation, targets) = (problem.decision, problem.formulation, problem.targets)
    // Places and rows are the same where every row is used, and then one list.
    let all =
      examples.rows.count == examples.data.rowCount ? examples.rows : Array(examples.rows.indices)
    let made = try examples.fitted(training: all, control)
    let (preprocessor, features) = (made.preprocessor, made.training)
    let split = try holdout(strata: targets.strata, groups: examples.groups)
    var timing = TabularTraining.Timing()
    timing.preparation = ContinuousClock.now - start
    if !control.keepsColumns, split == nil, configuration.calibration == nil, sampling == nil {
      examples.data.letColumnsGo()
      CurrentProcess.giveBackFreedMemory()
    }

    if let willShare = control.willShare, let shares = try RankShares(features) {
      willShare(shares)
    }
    if let willSolve = control.willSolve {
      willSolve(try forecast(formulation, features, targets))
    }
    let trafficBefore = control.ranks?.traffic
    let trainingStart = ContinuousClock.now
    let fitted = try examples.naming(all, preprocessor) {
      try fit(
        formulation,
        TrainingPart(
          examples: features, targets: targets, weights: examples.weights, isLIBSVM: data.isLIBSVM),
        options: options)
    }
    timing.training = ContinuousClock.now - trainingStart
    let traffic = control.ranks.flatMap { ranks in trafficBefore.map { ranks.traffic - $0 } }
    var isStopped = try wasStopped(fitted.predictor)

    let calibrationStart = ContinuousClock.now
    var learned: ModelCalibration?
    if !isStopped {
      learned = try calibrated(
        formulation, fitted.predictor, examples, targets, places: all, start: trainingStart)
      timing.calibration = ContinuousClock.now - calibrationStart
      isStopped = try isAgreed(cancellation(since: trainingStart)())
    }

    let balance = targets.balance(weights: examples.weights)
    var warnings = warnings(targets, learned)
    let measurement: Measurement?
    var rows: MeasuredRows?
    switch split {
    case _ where isStopped:
      // A caller with a time limit expects the model by then, and measuring takes time too.
      measurement = nil
    case let split?:
      (measurement, rows) = try measure(
        formulation, split, examples, targets, start: trainingStart, timing: &timing)
    case nil:
      let measuringStart = ContinuousClock.now
      (measurement, rows) =
        try unlessInterrupted {
          try measured(
            fitted.predictor, learned, preprocessor,
            on: MeasuredPart(
              features: features, targets: targets, examples: examples, places: all, set: .training,
              balance: balance), isCancelled: cancellation(since: trainingStart)
          )
        } ?? (nil, nil)
      timing.evaluation = ContinuousClock.now - measuringStart
    }
    if measurement == nil && decision.task.hasTarget {
      warnings.append("training was stopped before its predictions could be measured")
    }
    if configuration.calibration != nil && learned == nil && isStopped {
      warnings.append("training was stopped before probabilities could be calibrated")
    }

    let model = try TabularModel(
      preprocessor: preprocessor, predictor: fitted.predictor, calibration: learned,
      provenance: TabularModel.Provenance(
        dataDigest: data.digest.isEmpty ? nil : data.digest,
        skippedRowCount: examples.skippedRowCount,
        zeroWeightRowCount: examples.zeroWeightRowCount, classWeights: fitted.classWeights,
        calibrationFoldCount: learned == nil
          ? nil : configuration.calibration.map { min($0.foldCount, max(2, all.count)) },
        targetScaling: fitted.targetScaling,
        sampling: data.sampledFrom.map {
          TabularModel.Sampling(rowCount: data.rowCount, of: $0, seed: configuration.seed)
        },
        configuration: configuration.recorded(formulation)))
    return TabularTraining(
      model: model,
      configuration: model.provenance.configuration?
        .with(\.holdoutFraction, configuration.holdoutFraction) ?? configuration,
      decision: decision, targetName: examples.target?.name, balance: balance,
      measurement: measurement, rows: rows, warnings: warnings, timing: timing, traffic: traffic)
  }

  /// Trains without blocking a thread of Swift's cooperative pool.
  ///
  /// Cancelling the task stops the training within about 100 ms; the result is then the best model so far,
  /// whose certificates say `cancelled`. Parameters, result and errors are those of the synchronous function.
  public func train(_ data: TrainingData) async throws -> TabularTraining {
    try await onDispatchThread(control.cancellation) { token in
      var trainer = self
      trainer.control.cancellation = token
      return try trainer.train(data)
    }
  }

  /// The rows that are held out, if any are.
  func holdout(strata: [Int], groups: [Int]?) throws(DataSplitError) -> DataSplit? {
    let (fraction, seed) = (configuration.holdoutFraction, configuration.seed)
    guard let fraction else { return nil }
    if holdsOutLatest {
      return try .latestHoldout(rowCount: strata.count, fraction: fraction)
    }
    if let groups { return try .holdout(groups: groups, fraction: fraction, seed: seed) }
    return try .holdout(strata: strata, fraction: fraction, seed: seed)
  }

  /// The data as examples, with a target if the task has one.
  func examples(_ data: any ExampleText) throws -> SelectedExamples {
    let task = configuration.method.formulation?.task ?? configuration.task
    let examples = try SelectedExamples(
      data, configuration, hasTarget: task?.hasTarget ?? true, byteLimit: control.memoryLimit)
    try requireMemory(rows: examples.rows.count, file: data.file)
    return examples
  }

  /// Refuses more rows than the memory holds what a training keeps for each: labels, dual variables,
  /// gradient, and what else it looks at in every round.
  private func requireMemory(rows: Int, file: String) throws(TableError) {
    // Without a formulation, what most ask for.
    let definition = (configuration.method.formulation ?? .cSVC).definition
    guard let bytesOfRow = definition.bytesOfRow else { return }
    do throws(MemoryShortage) {
      try MemoryShortage.require(
        rows, each: bytesOfRow, limit: control.memoryLimit, purpose: "trainings on \(rows) rows")
    } catch {
      throw TableError(.memory(file: file, error))
    }
  }

  /// What is to be learned, and why that.
  func decision(for examples: SelectedExamples) throws(TabularError) -> TaskDecision {
    return try TaskDecision(
      TaskChoice(configuration.method.formulation?.task ?? configuration.task),
      target: examples.target, chosen: examples.targetKind,
      isLIBSVM: examples.data.isLIBSVM, file: examples.data.file)
  }

  private func warnings(_ targets: Targets, _ calibration: ModelCalibration?) -> [String] {
    if case .classes(let classes) = targets, classes.names.count == 1 {
      return [
        "training labels contain 1 class (\(MessageText.quoted(classes.names[0]))); "
          + "the model predicts it for every row"
      ]
    }
    if case .classes(let calibration)? = calibration, calibration.constantCount > 0 {
      let (constant, all) = (calibration.constantCount, calibration.columns.count)
      return [
        (all == 1 ? "the probabilities are" : "\(constant) of \(all) columns of probabilities are")
          + " constant: on held-out rows, a larger decision value did not make its class more likely"
      ]
    }
    return []
  }

  /// Whether a deadline or a cancellation ended the training, or came since.
  func wasStopped(_ predictor: TabularModel.Predictor) throws -> Bool {
    let isIncomplete = predictor.problems.contains {
      $0.certificate.stopReason == .timeLimit || $0.certificate.stopReason == .cancelled
    }
    return try isAgreed(isIncomplete || control.cancellation?.isCancelled == true)
  }

  /// Whether any rank says so of what depends on its clock or its signals; alone, what this process says.
  ///
  /// - Throws: `TransportError` when a rank does not answer.
  package func isAgreed(_ isSoHere: Bool) throws -> Bool {
    guard let ranks = control.ranks else { return isSoHere }
    return try ranks.allReduceSums([isSoHere ? 1 : 0])[0] > 0
  }

  private func deadline(since start: ContinuousClock.Instant) -> ContinuousClock.Instant? {
    control.deadline ?? control.timeLimit.map { start.advanced(by: $0) }
  }

  /// Whether the time is up or a stop was requested.
  func cancellation(
    since start: ContinuousClock.Instant
  ) -> @Sendable () -> Bool {
    let token = control.cancellation
    let deadline = deadline(since: start)
    return { token?.isCancelled == true || deadline.map { ContinuousClock.now >= $0 } ?? false }
  }

  /// The options with what is left of the time; `nil` when nothing is.
  func remainingOptions(since start: ContinuousClock.Instant) throws -> TrainingOptions? {
    var options = options
    // A checkpoint is of the model that is kept.
    options.checkpoint = nil
    options.resuming = nil
    options.deadline = deadline(since: start)
    guard let deadline = options.deadline else { return options }
    return try isAgreed(ContinuousClock.now >= deadline) ? nil : options
  }

  /// Trains on one part of the examples and measures on the other, in what is left of the time;
  /// `nil` when that is too little.
  private func measure(
    _ formulation: Formulation, _ split: DataSplit, _ examples: SelectedExamples,
    _ targets: Targets, start: ContinuousClock.Instant,
    timing: inout TabularTraining.Timing
  ) throws -> (Measurement?, MeasuredRows?) {
    let holdoutStart = ContinuousClock.now
    let parts = try examples.fitted(
      training: split.trainingRows, others: split.heldOutRows, control)
    guard let options = try remainingOptions(since: start) else { return (nil, nil) }
    let fit = try unlessInterrupted {
      try self.fitPart(
        formulation,
        TrainingPart(
          examples: parts.training, targets: targets.gathered(split.trainingRows),
          weights: examples.weights(at: split.trainingRows), isLIBSVM: examples.data.isLIBSVM),
        options: options)
    }
    guard let fitted = fit, try !wasStopped(fitted.predictor) else { return (nil, nil) }
    let learned = try calibrated(
      formulation, fitted.predictor, examples, targets, places: split.trainingRows, start: start)
    let isCancelled = self.cancellation(since: start)
    guard try !isAgreed(isCancelled()) else { return (nil, nil) }
    timing.holdoutTraining = ContinuousClock.now - holdoutStart
    let measuringStart = ContinuousClock.now
    defer { timing.evaluation = ContinuousClock.now - measuringStart }
    return try unlessInterrupted {
      try measured(
        fitted.predictor, learned, parts.preprocessor,
        on: MeasuredPart(
          features: parts.others, targets: targets.gathered(split.heldOutRows), examples: examples,
          places: split.heldOutRows, set: .holdout,
          balance: targets.balance(weights: examples.weights)), isCancelled: isCancelled)
    } ?? (nil, nil)
  }

  /// The result of a computation in addition to the model that is kept; `nil` when it was stopped.
  private func unlessInterrupted<Value>(_ body: () throws -> Value?) throws -> Value? {
    do {
      return try body()
    } catch is TrainingInterrupted {
      return nil
    } catch let error as TrainingError where error.stopReason != nil {
      return nil
    }
  }
}

/// A model that was trained, and a report on its training.
public struct TabularTraining: Sendable {
  /// Where the time went; reading the data is the caller's.
  package struct Timing: Sendable, Equatable {
    /// Making features of the data.
    package var preparation: Duration = .zero
    /// The final model: the solver and all it needs, nothing else.
    package var training: Duration = .zero
    /// The models that probabilities and intervals are learned from.
    package var calibration: Duration = .zero
    /// The model for the held-out rows, its features included.
    package var holdoutTraining: Duration = .zero
    /// Predicting the rows that were measured.
    package var evaluation: Duration = .zero
    /// All of it.
    package var total: Duration {
      preparation + training + calibration + holdoutTraining + evaluation
    }
  }

  /// The model.
  public let model: TabularModel
  /// The configuration, with the task and the formulation that the data decided and with all defaults.
  package let configuration: TrainingConfiguration
  /// What was learned, and why that.
  public let decision: TaskDecision
  /// The column that is predicted, or `nil` when nothing is.
  package let targetName: String?
  /// How the rows are spread over the classes, or `nil` when no classes are predicted.
  package let balance: ClassBalance?
  /// How good the predictions are, and on which rows; `nil` when training was stopped.
  public let measurement: Measurement?
  /// Some of the rows that were measured, if they were requested.
  public let rows: MeasuredRows?
  /// What a user should know, each a sentence without a full stop.
  public let warnings: [String]
  /// Where the time went.
  package let timing: Timing
  /// What the final model had this rank send and receive; `nil` of a training in one process.
  package let traffic: TransportTraffic?
}

extension ExampleSource {
  /// Whether the values are features as their author prepared them, as those of LIBSVM text are.
  var isLIBSVM: Bool { Self.isPrepared }
}
