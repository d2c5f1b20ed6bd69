import ArgumentParser
import Basics
import Evaluation
import ModelFiles
import ModelReports
import ModelSelection
import Reports
import SupportVectors
import Tables
import TabularModels

/// `svm train`: a table in, a model and an account of it out.
struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Train a model on a table.",
    discussion: """
      Text columns become categories, columns are scaled, and the model file remembers how.

      svm train flowers.csv --holdout 0.2       measures on a fifth of the rows
      svm train flowers.csv --c 10 --gamma 0.5  with these parameters
      svm train houses.csv --target price       predicts a column other than the last
      svm train houses.csv --dry-run            shows how the columns are interpreted
      """)

  @Argument(
    help: ArgumentHelp(DataInput.help, valueName: "data"))
  var data: String

  @OptionGroup var learning: LearningOptions
  @OptionGroup var parameters: ParameterOptions
  @OptionGroup(title: "CHECKPOINTS") var checkpoint: CheckpointOptions
  @OptionGroup(title: "MEASURING") var measuring: MeasuringOptions
  @OptionGroup(title: "MEASURING") var figures: MetricOptions

  @Option(
    name: [.customLong("output"), .customShort("o")], parsing: .unconditional,
    help: ArgumentHelp(
      """
      The model file; - is standard output. (default: the data's name with .model, in the \
      current folder)
      """, valueName: "model"))
  var output: String?

  @OptionGroup var report: ReportOption
  @OptionGroup var json: JSONOption

  @Flag(
    name: .customLong("dry-run"),
    help: "Show how each column would be used, without training.")
  var dryRun = false

  @Flag(name: [.customLong("quiet"), .customShort("q")], help: "Print only errors.")
  var quiet = false

  mutating func run() throws {
    let request = try TrainingRequest(self)
    let folds = try measuring.folds
    let shown = try figures.choice
    let textOptions = request.trainer().textOptions
    if dryRun { return try showColumns(request, textOptions) }
    let checkpoints = try TrainCheckpoints(
      checkpoint, request.configuration.method, data: data,
      outputs: [("--output", output ?? defaultModelPath), json.given])
    let outputs = try Outputs(self)

    let clock = ContinuousClock()
    let start = clock.now
    Interrupts.shared.limitPreparation(request.control.timeLimit)
    let machine = Machine.prepare()
    let trainingData = try read(request)
    let loadTime = clock.now - start
    if !quiet { trainingData.reportReading() }
    if !quiet { ScalingHint.tell(trainingData, scaling: request.configuration.scaling) }
    let groupCount = trainingData.unusedGroupCount
    if !quiet, groupCount > 0 {
      let rows = Text.count(groupCount, "row")
      Console.message("note: the groups (qid) of \(rows) have no effect")
    }

    let progress = ProgressLine(isQuiet: quiet, tolerance: request.configuration.tolerance)
    let recorder = ConvergenceRecorder()
    var trainer = request.trainer(
      cancellation: Interrupts.shared.token,
      onProgress: outputs.page == nil ? progress.handler : recorder.handler(and: progress.handler))
    trainer.metrics = shown
    trainer.sampling = report.sampling(seed: request.configuration.seed)
    trainer.control.checkpoint = checkpoints.writer
    trainer.control.resuming = checkpoints.resuming
    trainer.control.deadline = request.control.timeLimit.map { start.advanced(by: $0) }
    let isQuiet = quiet
    trainer.control.ranks = CommandRanks.current.transport
    trainer.control.keepsColumns = folds != nil || outputs.page != nil
    trainer.control.willShare = { shares in
      guard !isQuiet else { return }
      Console.message(ForecastNote.shares(shares))
      if let path = checkpoints.path { Console.message(ForecastNote.checkpoints(path)) }
    }
    trainer.control.willSolve = { forecast in
      Interrupts.shared.beginTraining()
      guard let forecast = forecast.map({ ForecastNote($0) }) else { return }
      progress.expect(seconds: forecast.seconds)
      if !isQuiet, let announcement = forecast.announcement { Console.message(announcement) }
    }
    defer { progress.clear() }
    let remedies = Remedies(trainingData, path: data, options: textOptions, request: request)
    let training = try hintingAtOptions(remedies) {
      try namingOptions(trainingData.file) {
        try Interrupts.shared.untilTrained { try trainer.train(trainingData) }
      }
    }
    let validation = try folds.flatMap { folds in
      try crossValidated(folds, trainer, trainingData, training, progress)
    }
    progress.clear()
    if !quiet { try ColumnNotes(trainingData, request, model: training.model).tell() }

    var account = TrainReport(
      training, data: trainingData, request: request, machine: machine, loadTime: loadTime)
    account.crossValidation = validation
    account.ranks = try TrainReport.Ranks(training.traffic)
    account.shown = shown
    account.timing.crossValidation = (validation?.duration ?? .zero) / .seconds(1)
    tell(training, request, account)
    var writing = OutputAttempts()
    outputs.write(&account, &writing, elapsed: { clock.now - start })
    writing.attempt {
      try outputs.page?.write(page(training, trainingData, recorder, request, account.hints))
    }
    if !quiet {
      if outputs.takeStandardOutput {
        Console.errorText(account.text)
      } else {
        writing.attempt { try Console.output(account.text) }
      }
    }
    try writing.finish()
    if let signal = Interrupts.shared.received {
      throw CommandFailure(.interrupted(signal: signal))
    }
    if account.solution.failure != nil { throw CommandFailure(.notConverged) }
  }

  /// Reads the rows, on ranks each its part of them.
  private func read(_ request: TrainingRequest) throws -> any ExampleText {
    let source = try DataInput.open(data)
    guard let ranks = CommandRanks.current.transport, ranks.size > 1 else {
      return try request.trainer().data(reading: source)
    }
    return try request.trainer().data(reading: source, over: ranks).examples
  }

  /// The page with charts.
  private func page(
    _ training: TabularTraining, _ data: any ExampleText, _ recorder: ConvergenceRecorder,
    _ request: TrainingRequest, _ hints: ClassHints
  ) throws -> HTMLReport {
    var page = ModelReport(
      title: reportTitle(data.file), model: training.model,
      measurement: training.measurement, rows: training.rows, threads: request.control.threads)
    page.metrics = try figures.choice
    page.warnings = training.warnings.map(ColumnNotes.sentence)
    page.moments = recorder.moments
    page.columns = try request.columnTable(data)
    page.notes =
      try hints.sentences + ColumnNotes(data, request, model: training.model).sentences()
    page.commandLine = reportCommandLine()
    return try page.page()
  }

  /// Prints how the columns are treated, and what training would reject.
  private func showColumns(_ request: TrainingRequest, _ textOptions: TextOptions) throws {
    let place = try json.place(inputs: [data])
    let trainingData = try request.trainer().data(reading: DataInput.open(data))
    let plan = try request.trainer()
      .plan(trainingData)
    if !quiet { trainingData.reportReading() }
    let report = ColumnReport(plan, data: trainingData, request: request)
    try place?.write(report.json.text(.indented) + "\n")
    try place?.commit()
    if place?.isStandardOutput != true { try Console.output(report.text) }
    if let problem = plan.problem {
      let remedies = Remedies(trainingData, path: data, options: textOptions, request: request)
      try hintingAtOptions(remedies) { throw problem }
    }
  }

  /// Warnings and notes.
  private func tell(
    _ training: TabularTraining, _ request: TrainingRequest, _ report: TrainReport
  ) {
    guard !quiet else { return }
    for (option, reason) in request.inapplicableOptions(training.model.predictor.formulation) {
      Console.message("note: \(option) has no effect on \(reason)")
    }
    // Why training stopped explains what follows from it.
    if let warning = report.solution.warning(scaling: report.scaling) { Console.message(warning) }
    if report.solution.failure == .timeLimit, training.model.predictor.trainingCount >= 1000 {
      let formulation = training.model.predictor.formulation
      Console.message("note: \(ForecastNote.alternatives(formulation))")
    }
    for warning in training.warnings { Console.message("warning: \(warning)") }
    for hint in report.hints.lines { Console.message(hint) }
  }

  /// Measures the way of training by folds, in what is left of the time; `nil` when that is too little.
  private func crossValidated(
    _ folds: FoldPlan, _ trainer: TabularTrainer, _ data: any ExampleText,
    _ training: TabularTraining,
    _ progress: ProgressLine
  ) throws -> CrossValidationResult? {
    var trainer = trainer
    (trainer.control.checkpoint, trainer.control.resuming) = (nil, nil)
    trainer.control.timeLimit = trainer.control.deadline.map { $0 - ContinuousClock.now }
    let validation = CrossValidation(trainer: trainer, folds: folds) { done, count in
      progress.show("fold \(done) of \(count)")
    }
    do {
      let result = try namingOptions(data.file, foldOption: "--cv") {
        try Interrupts.shared.whileTraining { try validation.run(data) }
      }
      if result.isComplete { return result }
    } catch let error as SelectionError where error == .stopped {
      // Told below, as when only some of the folds were measured.
    }
    Console.message("warning: training was stopped before all folds were measured")
    return nil
  }
}

extension TrainCommand: TrainingCommand, RankedCommand {
  var givenParameters: ParameterOptions? { parameters }
  var holdout: String? { measuring.holdout }
  var seed: String? { measuring.seed }
}

extension TrainCommand {
  /// Where model and report go; both places are open before anything is read.
  private struct Outputs {
    let model: OutputPlace
    let json: OutputPlace?
    /// Where the page with charts goes.
    let page: OutputPlace?
    /// Whether the user named the model file.
    let isModelNamed: Bool

    init(_ command: TrainCommand) throws {
      let path = command.output ?? command.defaultModelPath
      try OutputPlace.checkDifferent(("--output", path), command.json.given)
      try OutputPlace.checkDifferent(("--output", path), command.report.given)
      try OutputPlace.checkDifferent(command.report.given, command.json.given)
      if path == "-", StandardStreams.isTerminal(StandardStreams.output) {
        throw UsageError(
          option: "--output", "a model is not text to read; send it to a file or a pipe")
      }
      model = try OutputPlace(path: path, option: "--output", inputs: [command.data])
      json = try command.json.place(inputs: [command.data])
      page = try command.report.place(inputs: [command.data])
      isModelNamed = command.output != nil
    }

    /// Whether standard output holds a model, JSON or a page, and so nothing else.
    var takeStandardOutput: Bool {
      [model, json, page].contains { $0?.isStandardOutput == true }
    }

    /// Writes what is to be written, and tells the report so.
    ///
    /// An interrupted training writes its model only where the user asked for one.
    func write(
      _ report: inout TrainReport, _ writing: inout OutputAttempts, elapsed: () -> Duration
    ) {
      if Interrupts.shared.received == nil || isModelNamed {
        writing.attempt {
          let begin = elapsed()
          try model.write(try ModelFile.encode(report.model, name: model.path))
          try model.commit()
          report.modelPath = model.path
          report.timing.save = (elapsed() - begin) / .seconds(1)
        }
      }
      report.timing.total = elapsed() / .seconds(1)
      writing.attempt {
        try json?.write(report.json.text(.indented) + "\n")
        try json?.commit()
      }
    }
  }

  /// The data's name with `.model`, in the current folder.
  var defaultModelPath: String { ModelName.defaultPath(for: data) }
}

/// What a model file is called when nobody says.
enum ModelName {
  /// The data's name with `.model`, in the current folder.
  ///
  /// Endings that only say "this is a table" are dropped; others, as in `a9a.t`, belong to the
  /// name.
  static func defaultPath(for data: String) -> String {
    guard data != "-" else { return "stdin.model" }
    var name = data.split(separator: "/").last.map(String.init) ?? ""
    if data.hasPrefix("@") { name.removeFirst(name.hasPrefix("@") ? 1 : 0) }
    if name.lowercased().hasSuffix(".gz"), name.count > 3 { name.removeLast(3) }
    for ending in TextFormat.fileEndings + [".txt", ".data"]
    where name.lowercased().hasSuffix(ending) && name.count > ending.count {
      name.removeLast(ending.count)
      break
    }
    // Of a pattern, what is the same in all names.
    if FilePattern.isPattern(name) {
      name = String(name.prefix { !FilePattern.isPattern(String($0)) })
      while let last = name.last, "-_.".contains(last) { name.removeLast() }
    }
    return (name.isEmpty ? "data" : name) + ".model"
  }
}
