import ArgumentParser
import CompressedFiles
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
    abstract: "Find kernel parameters, C and epsilon; then train on all rows.",
    discussion: """
      Compares candidates by cross-validation: many on some rows, fewer on more, the best on all.

      svm tune flowers.csv                           writes flowers.model
      svm tune flowers.csv --trials trials.csv       and a table of all that was tried
      svm tune flowers.csv --resume trials.csv       goes on where a search was interrupted
      svm tune flowers.csv --search grid --c 2^-5:2^15:4 --gamma 2^-15:2^3:4
      """)

  @Argument(
    help: ArgumentHelp("A CSV, TSV or LIBSVM file; - is standard input.", valueName: "data"))
  var data: String

  @OptionGroup(title: "SEARCH") var search: SearchOptions
  @OptionGroup(title: "PARAMETERS") var ranges: RangeOptions
  @OptionGroup(title: "FOLDS") var folds: FoldOptions
  @OptionGroup var learning: LearningOptions

  @Option(
    name: [.customLong("output"), .customShort("o")], parsing: .unconditional,
    help: ArgumentHelp(
      """
      The model file; - is standard output. (default: the data's name with .model, in the \
      current folder)
      """, valueName: "model"))
  var output: String?

  @OptionGroup var page: ReportOption
  @OptionGroup var json: JSONOption

  @Flag(name: [.customLong("quiet"), .customShort("q")], help: "Print nothing but errors.")
  var quiet = false

  mutating func run() throws {
    let settings = try TrainSettings(self)
    var textOptions = try learning.table.textOptions
    textOptions.threads = settings.threads
    let setup = try SearchSetup(self, settings)
    let modelPath = output ?? ModelName.usual(for: data)
    let trialsPath = search.trials ?? search.resume
    let outputs: [(option: String, path: String)?] = [
      ("--output", modelPath), trialsPath.map { ("--trials", $0) }, page.given,
      json.given,
    ]
    for (index, place) in outputs.enumerated() {
      for other in outputs[..<index] { try OutputPlace.checkDifferent(other, place) }
    }
    let model = try OutputPlace(path: modelPath, option: "--output", inputs: [data])
    let pagePlace = try page.place(inputs: [data])
    let report = try json.place(inputs: [data])

    let clock = ContinuousClock()
    let start = clock.now
    let machine = Machine.prepare()
    let trainingData = try TrainingData(
      reading: DataFile.open(data), options: textOptions, sampling: settings.sampling)
    let loadTime = clock.now - start

    let fingerprint = setup.fingerprint(digest: trainingData.digest)
    let kernel = settings.kernel.name.rawValue
    let progress = ProgressLine(isQuiet: quiet)
    defer { progress.clear() }
    let writer = trialsPath.map {
      TrialWriter(
        path: $0, input: data, search: fingerprint, kernel: kernel, metric: setup.metric)
    }
    var parameterSearch = setup.search
    parameterSearch.trainer.choices.group = folds.group
    parameterSearch.trainer.options.cancellation = Interrupts.shared.token
    if let path = search.resume {
      parameterSearch.knownTrials = try TrialWriter.read(
        path, search: fingerprint, kernel: kernel)
    }
    parameterSearch.onTrials = { trials in
      writer?.update(trials)
      progress.show(
        SearchReport.progress(
          trials, setup.metric, elapsed: (clock.now - start) / .seconds(1)))
    }
    let result = try hintingAtOptions {
      try Interrupts.shared.whileTraining { try parameterSearch.run(trainingData) }
    }
    progress.clear()
    try writer?.finish(result.trials, metric: result.metric)

    // The token may be cancelled: the best so far is trained all the same, and a second signal ends
    // the process.
    var trainer = result.trainer
    trainer.options.cancellation = nil
    let recorder = ConvergenceRecorder()
    trainer.options.onProgress =
      pagePlace == nil ? progress.handler : recorder.handler(and: progress.handler)
    trainer.keeping = page.keeping(seed: settings.seed)
    trainer.options.timeLimit = trainer.options.timeLimit.map {
      max($0 - (clock.now - start), .milliseconds(1))
    }
    let isWritten = Interrupts.shared.received == nil || output != nil
    var training: TabularTraining?
    if isWritten {
      let made = try trainer.train(trainingData)
      progress.clear()
      try model.write(try ModelFile.encode(made.model, name: model.path))
      try model.commit()
      training = made
    }
    let account = SearchReport(
      result: result, training: training, data: trainingData, kernelName: kernel,
      strategy: setup.search.strategy, modelPath: isWritten ? modelPath : nil,
      trialsPath: trialsPath, isTimed: setup.search.budget != nil,
      threads: settings.threads ?? Machine.processorCount, machine: machine,
      loadTime: loadTime, totalTime: clock.now - start)
    try pagePlace?.write(account.page(recorder.moments))
    try report?.write(account.json.text(.indented) + "\n")
    try report?.commit()
    if !quiet {
      if let training { ColumnNotes(training.model, trainingData).tell() }
      if [model, pagePlace, report].contains(where: { $0?.isStandardOutput == true })
        || trialsPath == "-"
      {
        Console.errorText(account.text)
      } else {
        try Console.output(account.text)
      }
      for warning in account.warnings { Console.message(warning) }
    }
    if let signal = Interrupts.shared.received {
      throw CommandFailure(.interrupted(signal: signal))
    }
    if let training, Solution(training.model.predictor).failure != nil {
      throw CommandFailure(.notConverged)
    }
    if !result.isComplete && setup.search.budget == nil { throw CommandFailure(.notConverged) }
  }
}

extension TuneCommand: TrainingCommand {
  var givenParameters: ParameterOptions? { nil }
  var holdout: String? { nil }
  var seed: String { folds.seed }
}
