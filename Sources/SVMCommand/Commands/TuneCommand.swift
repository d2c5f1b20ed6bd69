import ArgumentParser
import Evaluation
import ModelFiles
import ModelReports
import ModelSelection
import Reports
import SupportVectors
import Tables
import TabularModels

/// `svm tune`: parameters from data, then a model.
struct TuneCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tune",
    abstract: "Tune kernel parameters, C and epsilon, then train on all rows.",
    discussion: """
      Compares candidates by cross-validation: it starts with many candidates on few rows and ends with \
      the best on all rows. \
      Ranks of mpirun or srun share the candidates; each keeps all rows.

      svm tune flowers.csv                           writes flowers.model
      svm tune flowers.csv --holdout 0.2             measures on rows that the search never saw
      svm tune flowers.csv --trials trials.csv       writes a table of all trials
      svm tune flowers.csv --resume trials.csv       continues an interrupted search, or joins a running one
      svm tune flowers.csv --search grid --c 2^-5:2^15:4 --gamma 2^-15:2^3:4
      """)

  @Argument(
    help: ArgumentHelp(DataInput.help, valueName: "data"))
  var data: String

  @OptionGroup(title: "SEARCH") var search: SearchOptions
  @OptionGroup(title: "PARAMETERS") var ranges: RangeOptions
  @OptionGroup(title: "FOLDS") var folds: FoldOptions

  @Option(
    name: .customLong("holdout"), parsing: .unconditional,
    help: ArgumentHelp(
      """
      Hold out this share of the rows from the search and measure the chosen parameters on it; the \
      final model is then trained on all rows. (default: none)
      """, valueName: "share"))
  var holdout: String?

  @OptionGroup var learning: LearningOptions

  @Option(
    name: [.customLong("output"), .customShort("o")], parsing: .unconditional,
    help: ArgumentHelp(
      """
      The model file; - is standard output. (default: the data's name with .model, in the \
      current folder)
      """, valueName: "model"))
  var output: String?

  @OptionGroup var figures: MetricOptions
  @OptionGroup var page: ReportOption
  @OptionGroup var json: JSONOption

  @Flag(name: [.customLong("quiet"), .customShort("q")], help: "Print only errors.")
  var quiet = false

  mutating func run() throws {
    var request = try TrainingRequest(self)
    request.explicitOptions += ranges.given
    let textOptions = request.trainer().textOptions
    let setup = try SearchSetup(self, request)
    let shown = try figures.choice
    let outputs = try Outputs(self)

    let clock = ContinuousClock()
    let start = clock.now
    Interrupts.shared.limitPreparation(request.control.timeLimit)
    let machine = Machine.prepare()
    let trainingData = try request.trainer().data(reading: DataInput.open(data))
    let loadTime = clock.now - start
    if !quiet { trainingData.reportReading() }
    if !quiet { ScalingHint.tell(trainingData, scaling: request.configuration.scaling) }

    let progress = ProgressLine(isQuiet: quiet)
    defer { progress.clear() }
    let kernel = request.kernel.name.rawValue
    let fingerprint = setup.fingerprint(trainingData)
    // A table that cannot be continued is refused before any file is made next to it.
    if let path = search.resume {
      _ = try TrialWriter.read(path, search: fingerprint, kernel: kernel)
    }
    // Joined before the table is read: what others measure from now on is in the one or the other.
    let ranks = CommandRanks.current
    let sharing =
      ranks.size > 1 ? nil : SharedTable(search, fingerprint: fingerprint, isQuiet: quiet)
    let writer = outputs.trialsPath.map {
      TrialWriter(
        path: $0, input: data, search: fingerprint, kernel: kernel, metric: setup.metric,
        shared: sharing?.search)
    }
    var parameterSearch = setup.search
    parameterSearch.shared = sharing?.search
    parameterSearch.trainer.metrics = shown
    parameterSearch.trainer.control.cancellation = Interrupts.shared.token
    // The time runs since the beginning.
    parameterSearch.trainer.control.timeLimit = request.control.timeLimit.map {
      max($0 - (clock.now - start), .milliseconds(1))
    }
    if let path = search.resume {
      parameterSearch.knownTrials = try TrialWriter.read(
        path, search: fingerprint, kernel: kernel)
    }
    parameterSearch.ranks = ranks.transport
    // None writes the table before all have read it.
    try ranks.meet()
    parameterSearch.onTrials = { trials in
      writer?.update(trials)
      progress.show(
        SearchReport.progress(
          trials, setup.metric, elapsed: (clock.now - start) / .seconds(1)))
    }
    var isSearched = false
    defer { if !isSearched { sharing?.abandon() } }
    let result = try hintingAtOptions(
      Remedies(trainingData, path: data, options: textOptions, request: request)
    ) {
      try namingOptions(trainingData.file, group: folds.group) {
        try Interrupts.shared.whileTraining { try parameterSearch.run(trainingData) }
      }
    }
    isSearched = true
    progress.clear()
    var writing = OutputAttempts()
    writing.attempt {
      try writer?.finish(result.trials, metric: result.metric)
      if result.isComplete { sharing?.finish() }
    }

    // What was found is said before the last training, which may take longer than the search.
    let isWanted = Interrupts.shared.received == nil || output != nil
    var account = SearchReport(
      result: result, data: trainingData, kernelName: kernel, strategy: setup.search.strategy,
      trialsPath: outputs.trialsPath, isTimed: setup.search.budget != nil,
      threads: request.control.threads ?? Machine.processorCount, machine: machine,
      loadTime: loadTime)
    account.shown = shown
    account.isWeighted = request.configuration.method.classWeights != .equal
    if !quiet && isWanted { Console.message(account.found) }

    let recorder = ConvergenceRecorder()
    var trainer = result.trainer
    // The search's token may be cancelled: the best so far is trained all the same.
    let token = CancellationToken()
    trainer.control.cancellation = token
    trainer.control.onProgress =
      outputs.page == nil ? progress.handler : recorder.handler(and: progress.handler)
    trainer.sampling = page.sampling(seed: request.configuration.seed)
    func remaining() -> Duration? {
      request.control.timeLimit.map { max($0 - (clock.now - start), .milliseconds(1)) }
    }
    trainer.control.timeLimit = remaining()
    trainer.control.ranks = ranks.transport
    var failure: (any Error)?
    if isWanted {
      do {
        let training = try Interrupts.shared.whileTraining(cancelling: token) {
          try trainer.train(trainingData)
        }
        account.training = training
        progress.clear()
        if Interrupts.shared.received == nil || output != nil {
          writing.attempt {
            try outputs.model.write(
              try ModelFile.encode(training.model, name: outputs.model.path))
            try outputs.model.commit()
            account.modelPath = outputs.model.path
          }
        }
      } catch {
        // The search's result is reported even if the training failed.
        failure = error
      }
    }
    progress.clear()
    if failure == nil, Interrupts.shared.received == nil,
      let validation = result.validation(timeLimit: remaining(), cancellation: token)
    {
      progress.show("measuring the chosen parameters")
      account.validation = try Interrupts.shared.whileTraining(cancelling: token) {
        try validated(validation, trainingData)
      }
      progress.clear()
    }
    account.totalTime = clock.now - start
    writing.attempt {
      guard let page = outputs.page else { return }
      let columns = try request.columnTable(trainingData)
      let notes = ColumnNotes(trainingData, request, model: account.training?.model)
      try page.write(
        account.page(recorder.moments, columns: columns, notes: notes.sentences()))
    }
    writing.attempt {
      try outputs.json?.write(account.json.text(.indented) + "\n")
      try outputs.json?.commit()
    }
    if !quiet {
      if let training = account.training {
        try ColumnNotes(trainingData, request, model: training.model).tell()
      }
      for (option, reason) in request.inapplicableOptions(result.formulation)
        + setup.inapplicableOptions
      {
        Console.message("note: \(option) has no effect on \(reason)")
      }
      if outputs.takeStandardOutput {
        Console.errorText(account.text)
      } else {
        writing.attempt { try Console.output(account.text) }
      }
      for warning in account.warnings { Console.message(warning) }
    }
    try writing.finish()
    if let signal = Interrupts.shared.received {
      throw CommandFailure(.interrupted(signal: signal))
    }
    if let failure { throw failure }
    if let training = account.training, Solution(training.model.predictor).failure != nil {
      throw CommandFailure(.notConverged)
    }
    if !result.isComplete && setup.search.budget == nil { throw CommandFailure(.notConverged) }
  }

  /// Measures the winner as `svm cv` does; `nil` when it was stopped before all folds were measured.
  private func validated(
    _ validation: CrossValidation, _ data: any ExampleText
  ) throws -> CrossValidationResult? {
    var validation = validation
    validation.ranks = CommandRanks.current.transport
    do {
      let result = try validation.run(data)
      return result.isComplete ? result : nil
    } catch let error as SelectionError where error == .stopped {
      return nil
    }
  }
}

extension TuneCommand: TrainingCommand, RankedCommand {
  var givenParameters: ParameterOptions? { nil }
  var group: String? { folds.group }
  var seed: String? { folds.seed }
}

extension TuneCommand {
  /// Where results go; every place is tried before anything is read.
  private struct Outputs {
    let model: OutputPlace
    let page: OutputPlace?
    let json: OutputPlace?
    let trialsPath: String?

    init(_ command: TuneCommand) throws {
      let modelPath = command.output ?? ModelName.defaultPath(for: command.data)
      let inputs = [command.data]
      trialsPath = command.search.trials ?? command.search.resume
      let places: [(option: String, path: String)?] = [
        ("--output", modelPath), trialsPath.map { ("--trials", $0) }, command.page.given,
        command.json.given,
      ]
      for (index, place) in places.enumerated() {
        for other in places[..<index] { try OutputPlace.checkDifferent(other, place) }
      }
      model = try OutputPlace(path: modelPath, option: "--output", inputs: inputs)
      page = try command.page.place(inputs: inputs)
      json = try command.json.place(inputs: inputs)
      if let trialsPath { try TrialWriter.check(trialsPath, input: command.data) }
    }

    /// Whether standard output holds a result, and so nothing else.
    var takeStandardOutput: Bool {
      [model, page, json].contains { $0?.isStandardOutput == true } || trialsPath == "-"
    }
  }
}
