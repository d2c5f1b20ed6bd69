import Basics
import Evaluation
import Kernels
import ModelFiles
import ModelSelection
import SupportVectors
import Tables
import TabularModels
import Transport

/// What `svm train` did, for people and for programs.
struct TrainReport {
  /// Seconds of each part of the work.
  struct Timing {
    var load = 0.0
    /// The solver and all it needs for the final model, nothing else.
    var train = 0.0
    /// Gradients in Double, a part of `train`.
    var certificate: Double { phases.certificate / .seconds(1) }
    /// What `train` consists of; sums over the problems, which may be solved side by side.
    var phases = SolverPhases()
    var evaluate = 0.0
    /// The models of the folds that probabilities and intervals are learned from.
    var calibration = 0.0
    /// A training on the rows that were not held out, and its measuring.
    var holdout = 0.0
    /// The trainings of the folds, and their measuring.
    var crossValidation = 0.0
    var save = 0.0
    var total = 0.0

    init(_ timing: TabularTraining.Timing, load: Duration) {
      func seconds(_ duration: Duration) -> Double { duration / .seconds(1) }
      self.load = seconds(load) + seconds(timing.preparation)
      train = seconds(timing.training)
      calibration = seconds(timing.calibration)
      holdout = seconds(timing.holdoutTraining)
      evaluate = seconds(timing.evaluation)
    }
  }

  /// What the ranks of a training sent to each other, and the memory that they took.
  struct Ranks {
    let count: Int
    /// What the first rank sent and received for the final model.
    let traffic: TransportTraffic
    /// The largest peak of a rank, in bytes.
    let peakMemory: Int

    /// Asks all ranks; `nil` for one process.
    ///
    /// - Throws: `TransportError` when a rank does not answer.
    init?(_ traffic: TransportTraffic?) throws {
      guard let traffic else { return nil }
      let ranks = CommandRanks.current
      self.traffic = traffic
      count = ranks.size
      peakMemory = Int(try ranks.largest(Double(CurrentProcess.peakMemory ?? 0)))
    }

    func json(_ phases: SolverPhases) -> JSONValue {
      [
        "count": .integer(count),
        "rounds": .integer(phases.rounds),
        "messages": .integer(traffic.messages),
        "bytesSent": .integer(traffic.bytesSent),
        "bytesReceived": .integer(traffic.bytesReceived),
        "peakMemoryBytes": .integer(peakMemory),
      ]
    }
  }

  /// How the table is called: its path, or `standard input`.
  var dataName: String
  var rows: Int
  /// How the table was read; `nil` for LIBSVM text.
  var readingWords: String?
  var readingJSON: JSONValue
  var skippedRows: Int
  /// The column that is predicted; `nil` when nothing is.
  var target: String?
  /// Why it is this task: `the target species is text`.
  var taskReason: String
  var gammaSource: String
  /// The parameters that follow the spread of a regression's target.
  var parametersInDeviations: [MethodParameter]
  /// Everything that decided the model, as it was asked for.
  var requested: TrainingConfiguration
  /// The same with all defaults, and with what the data decided.
  var configuration: TrainingConfiguration
  var scaling: Scaling
  var missing: MissingValuePolicy
  var model: TabularModel
  /// All figures.
  var metrics: [Metric]
  /// Those that people see.
  var shown = MetricChoice.standard
  /// Whether the calibration method was chosen by its log loss.
  var choosesCalibration: Bool
  /// How the rows are spread over the classes.
  var balance: ClassBalance?
  /// What the figures hide.
  var hints: ClassHints
  /// What `--cv` found.
  var crossValidation: CrossValidationResult?
  var timing: Timing
  /// What ranks did together; `nil` of one process.
  var ranks: Ranks?
  var threads: Int
  var machine: Machine
  /// Where the model went; `nil` when it was not written.
  var modelPath: String?

  init(
    _ training: TabularTraining, data: any ExampleText, request: TrainingRequest, machine: Machine,
    loadTime: Duration
  ) {
    dataName = data.file
    rows = data.rowCount
    readingWords = data.readingWords
    readingJSON = data.readingJSON
    skippedRows = training.model.provenance.skippedRowCount
    target = training.targetName
    taskReason = training.decision.reason
    gammaSource = request.kernel.gammaSource
    parametersInDeviations = request.configuration.method.parametersInDeviations(
      training.model.predictor.formulation, isLIBSVM: type(of: data).isPrepared)
    requested = request.configuration
    configuration = training.configuration
    scaling = training.model.preprocessor?.scaler.scaling ?? .none
    missing = request.configuration.missing
    model = training.model
    metrics = training.measurement?.allMetrics ?? []
    choosesCalibration = request.configuration.calibration.map { $0.method == nil } ?? false
    balance = training.balance
    hints = ClassHints(
      imbalance: training.measurement?.imbalance, measurement: training.measurement,
      balance: training.balance, isWeighted: training.model.classWeights != nil)
    timing = Timing(training.timing, load: loadTime)
    timing.phases = training.model.predictor.problems.map(\.phases).reduce(SolverPhases(), +)
    threads = request.control.threads ?? Machine.processorCount
    self.machine = machine
  }

  var solution: Solution { Solution(model.predictor) }

  private var unseen: UnseenCategoryPolicy? {
    if case .table(let preprocessor) = model.preprocessor { preprocessor.unseen } else { nil }
  }

  private var taskName: String { model.predictor.task.rawValue }
}

// MARK: For people

extension TrainReport {
  /// The summary: one line for each thing worth knowing.
  var text: String {
    var lines: [(label: String, value: String)] = [
      ("data", dataLine)
    ]
    if let readingWords { lines.append(("read as", readingWords)) }
    lines.append(("task", "\(taskName): \(taskReason)"))
    lines.append(("formulation", model.formulationWords))
    lines.append(("kernel", kernelLine))
    lines.append(("parameters", parametersLine))
    lines +=
      model.weightLines + solution.lines
      + model.calibrationLines(isChosen: choosesCalibration)
    lines += Metric.lines(metrics, shown, trainingCount: model.predictor.trainingCount)
    if let crossValidation {
      lines.append(("cross-validated", crossValidation.text(of: shown)))
    }
    lines.append(("time", timeLine))
    lines.append(("model", modelText))
    return Text.aligned(lines) + solution.pairTable
  }

  private var dataLine: String {
    let features = model.predictor.featureCount
    var parts = ["\(Text.count(rows, "row")), \(Text.count(features, "feature"))"]
    let isUnsupervised = !model.predictor.task.hasTarget
    if let target {
      parts.append("\(isUnsupervised ? "without" : "target") \(MessageText.plain(target))")
    } else if isUnsupervised {
      parts.append("no target")
    }
    if let balance { parts.append(balance.text) }
    if skippedRows > 0 {
      parts.append("\(Text.count(skippedRows, "row")) with missing values left out")
    }
    return "\(MessageText.plain(dataName)): \(parts.joined(separator: ", "))"
  }

  private var parametersLine: String {
    (model.predictor.parameterTexts + ["scaling \(scaling.rawValue)"]).joined(separator: ", ")
      + (deviationText.map { " (\($0))" } ?? "")
  }

  /// `C 3 and epsilon 0.1 standard deviations of the target`.
  private var deviationText: String? {
    let texts = parametersInDeviations.compactMap { parameter in
      parameter.unit.map {
        "\(model.predictor.label(parameter.name)) \(Text.significant($0.deviations, 3))"
      }
    }
    guard !texts.isEmpty else { return nil }
    return "\(texts.joined(separator: " and ")) standard deviations of the target"
  }

  /// Where C and ε come from, where the formulation has them: `given`, `deviation` or `default`.
  private var parameterSources: JSONValue {
    .object(
      MethodCatalog.parameters
        .filter { $0.unit != nil && model.predictor.parameter($0.name) != nil }
        .map { parameter in
          let source =
            parametersInDeviations.contains { $0.name == parameter.name }
            ? "deviation" : requested.method.number(parameter) != nil ? "given" : "default"
          return .init(parameter.name, .string(source))
        })
  }

  private var kernelLine: String {
    model.predictor.kernel.text(gammaSource: gammaSource)
      + (model.predictor.featureMap.map { ", approximated by \($0.words)" } ?? "")
  }

  private var modelText: String {
    switch modelPath {
    case nil: "not written"
    case "-": "standard output"
    case let path?: MessageText.plain(path)
    }
  }

  private var timeLine: String {
    let parts = [
      ("loading", timing.load), ("holdout", timing.holdout), ("training", timing.train),
      ("folds", timing.crossValidation),
      ("calibration", timing.calibration), ("measuring", timing.evaluate),
    ].filter { $0.1 >= 0.005 }.map { "\($0.0) \(Text.seconds($0.1))" }
    return Text.seconds(timing.total)
      + (parts.isEmpty ? "" : " (\(parts.joined(separator: ", ")))")
  }
}

// MARK: For programs

extension TrainReport {
  /// The report that `--json` writes.
  ///
  /// The keys are a contract: programs that compare runs read them. Add, never rename.
  var json: JSONValue {
    let predictor = model.predictor
    return [
      "version": .string(SVMCommand.version),
      "formulation": .string(predictor.formulation.rawValue),
      "task": .string(taskName),
      "decomposition": predictor.decomposition.map { .string($0.rawValue) } ?? .null,
      "kernel": predictor.kernel.json,
      "parameters": .object(
        model.parameterMembers + [
          .init("scale", .string(scaling.rawValue)),
          .init("sources", parameterSources),
          .init("missing", .string(missing.rawValue)),
          .init("unseen", unseen.map { .string($0.rawValue) } ?? .null),
          model.targetScalingMember,
        ]),
      "classWeights": model.classWeightsJSON,
      "data": dataJSON,
      "timing": timing.json,
      "threads": .integer(threads),
      "blas": [
        "core": .string(machine.core),
        "repaired": .bool(machine.isRepaired),
      ],
      "precision": .string(predictor.precision.rawValue),
      "peakMemoryBytes": CurrentProcess.peakMemory.map(JSONValue.integer) ?? .null,
      "ranks": ranks.map { $0.json(timing.phases) } ?? .null,
      "problems": .array(solution.problems.map(\.json)),
      "supportVectors": solution.supportVectorCount.map(JSONValue.integer) ?? .null,
      "calibration": model.calibrationJSON,
      "metrics": .array((metrics + (crossValidation?.metrics ?? [])).map(\.json)),
      "hints": hints.json,
      "model": modelPath.map(JSONValue.string) ?? .null,
      "configuration": configuration.json,
    ]
  }
}

extension TrainReport {
  private var dataJSON: JSONValue {
    let members: [JSONValue.Member] = [
      .init("name", .string(dataName)),
      .init("reading", readingJSON),
      .init("target", target.map(JSONValue.string) ?? .null),
      .init("rows", .integer(rows)),
      .init("features", .integer(model.predictor.featureCount)),
      .init("classes", model.classes.map(JSONValue.strings) ?? .null),
      .init("skippedRows", .integer(skippedRows)),
      .init("weightColumn", model.weightName.map(JSONValue.string) ?? .null),
      .init("zeroWeightRows", .integer(model.provenance.zeroWeightRowCount)),
      .init(
        "sampledFrom", model.provenance.sampling.map { .integer($0.fileRowCount) } ?? .null),
    ]
    return .object(members + ClassBalance.members(balance))
  }
}

extension TrainReport.Timing {
  fileprivate var json: JSONValue {
    [
      "load": .finite(load),
      "train": .finite(train),
      "certificate": .finite(certificate),
      "evaluate": .finite(evaluate),
      "total": .finite(total),
      "phases": [
        "selection": .finite(phases.selection / .seconds(1)),
        "block": .finite(phases.block / .seconds(1)),
        "optimization": .finite(phases.optimization / .seconds(1)),
        "gradient": .finite(phases.gradient / .seconds(1)),
        "calibration": .finite(calibration),
        "holdout": .finite(holdout),
        "crossValidation": .finite(crossValidation),
        "save": .finite(save),
      ],
    ]
  }
}
