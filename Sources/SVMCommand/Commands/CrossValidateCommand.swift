import ArgumentParser
import Basics
import Evaluation
import ModelFiles
import ModelReports
import ModelSelection
import SupportVectors
import Tables
import TabularModels

/// `svm cv`: how good the models are that would be trained so.
struct CrossValidateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cv",
    abstract: "Estimate by cross-validation how good a model will be.",
    discussion: """
      Every row is predicted by a model that was trained without it, preprocessing included. \
      Ranks of mpirun or srun share the folds; each keeps all rows.

      svm cv flowers.csv                        five folds, stratified by class
      svm cv flowers.csv --repeat 10            ten repetitions, for more stable means
      svm cv visits.csv --group patient         no patient is split across folds
      svm cv prices.csv --time-ordered          trains on the past, measures on what follows
      """)

  @Argument(
    help: ArgumentHelp(DataInput.help, valueName: "data"))
  var data: String

  @OptionGroup(title: "FOLDS") var folds: FoldOptions
  @OptionGroup var learning: LearningOptions
  @OptionGroup var parameters: ParameterOptions

  @Option(
    name: .customLong("predictions"), parsing: .unconditional,
    help: ArgumentHelp(
      "Write the out-of-fold predictions as CSV; - is standard output. (default: none)",
      valueName: "file"))
  var predictions: String?

  @Option(
    name: .customLong("save"), parsing: .unconditional,
    help: ArgumentHelp(
      "Also train on all rows and write the model. (default: none)", valueName: "model"))
  var save: String?

  @Flag(
    name: .customLong("learning-curve"),
    help: "Also measure models trained on 3 to 100 % of each fold's training rows.")
  var learningCurve = false

  @OptionGroup var figures: MetricOptions
  @OptionGroup var page: ReportOption
  @OptionGroup var json: JSONOption

  @Flag(name: [.customLong("quiet"), .customShort("q")], help: "Print only errors.")
  var quiet = false

  mutating func run() throws {
    let request = try TrainingRequest(self)
    let plan = try folds.plan
    let shown = try figures.choice
    let textOptions = request.trainer().textOptions
    let places: [(option: String, path: String)?] = [
      save.map { ("--save", $0) }, predictions.map { ("--predictions", $0) }, page.given,
      json.given,
    ]
    for (index, place) in places.enumerated() {
      for other in places[..<index] { try OutputPlace.checkDifferent(other, place) }
    }
    let model = try save.map { try OutputPlace(path: $0, option: "--save", inputs: [data]) }
    let predictionPlace = try predictions.map {
      try OutputPlace(path: $0, option: "--predictions", inputs: [data])
    }
    let pagePlace = try page.place(inputs: [data])
    let report = try json.place(inputs: [data])

    let clock = ContinuousClock()
    let start = clock.now
    Interrupts.shared.limitPreparation(request.control.timeLimit)
    Machine.prepare()
    let trainingData = try request.trainer().data(reading: DataInput.open(data))
    let loadTime = clock.now - start
    if !quiet {
      trainingData.reportReading()
      ScalingHint.tell(trainingData, scaling: request.configuration.scaling)
      try ColumnNotes(trainingData, request).tell()
    }
    let progress = ProgressLine(isQuiet: quiet)
    defer { progress.clear() }
    var trainer = request.trainer(
      cancellation: Interrupts.shared.token, onProgress: progress.handler)
    trainer.metrics = shown
    // The time runs since the beginning.
    func timeLeft() -> Duration? {
      request.control.timeLimit.map { max($0 - (clock.now - start), .milliseconds(1)) }
    }
    let remedies = Remedies(trainingData, path: data, options: textOptions, request: request)
    let forecast = try hintingAtOptions(remedies) { try trainer.forecast(trainingData) }
    if !quiet, let forecast {
      let share = 1 - 1 / Double(plan.count)
      let note = ForecastNote(
        forecast, trainings: Double(plan.count * plan.repetitionCount) * share * share)
      if let announcement = note.announcement { Console.message(announcement) }
    }
    trainer.control.timeLimit = timeLeft()
    var validation = CrossValidation(trainer: trainer, folds: plan) { done, count in
      progress.show("fold \(done) of \(count)   \(Text.seconds((clock.now - start) / .seconds(1)))")
    }
    let ranks = CommandRanks.current
    validation.ranks = ranks.transport
    let result = try hintingAtOptions(remedies) {
      try namingOptions(trainingData.file, group: folds.group) {
        try Interrupts.shared.whileTraining { try validation.run(trainingData) }
      }
    }
    var curve: LearningCurveResult?
    if learningCurve, result.isComplete {
      trainer.control.timeLimit = timeLeft()
      var measuring = LearningCurve(trainer: trainer, folds: plan) { done, count in
        progress.show(
          "model \(done) of \(count)   \(Text.seconds((clock.now - start) / .seconds(1)))")
      }
      measuring.ranks = ranks.transport
      curve = try Interrupts.shared.whileTraining { try measuring.run(trainingData) }
    }
    var writing = OutputAttempts()
    var final: TabularTraining?
    var modelPath: String?
    if let model, result.isComplete {
      trainer.control.timeLimit = timeLeft()
      trainer.control.ranks = ranks.transport
      let training = try Interrupts.shared.whileTraining { try trainer.train(trainingData) }
      writing.attempt {
        try model.write(try ModelFile.encode(training.model, name: model.path))
        try model.commit()
        modelPath = model.path
      }
      final = training
    }
    progress.clear()
    writing.attempt {
      try predictionPlace?.write(result.predictionTable)
      try predictionPlace?.commit()
    }
    let account = CrossValidationReport(
      result: result, dataName: trainingData.file, plan: plan, group: folds.group,
      learningCurve: curve, modelPath: modelPath, shown: shown,
      isWeighted: request.configuration.method.classWeights != .equal,
      loadTime: loadTime, totalTime: clock.now - start)
    writing.attempt {
      guard let pagePlace else { return }
      var page = FoldReport(
        title: reportTitle(trainingData.file), result: result)
      page.learningCurve = curve
      page.metrics = shown
      page.columns = try request.columnTable(trainingData)
      page.notes = account.hints.sentences
      page.commandLine = reportCommandLine()
      try pagePlace.write(page.page())
    }
    writing.attempt {
      try report?.write(account.json.text(.indented) + "\n")
      try report?.commit()
    }
    if !quiet {
      for (option, reason) in request.inapplicableOptions(result.formulation) {
        Console.message("note: \(option) has no effect on \(reason)")
      }
      for hint in account.hints.lines { Console.message(hint) }
      if [model, predictionPlace, pagePlace, report].contains(where: {
        $0?.isStandardOutput == true
      }) {
        Console.errorText(account.text)
      } else {
        writing.attempt { try Console.output(account.text) }
      }
    }
    try writing.finish()
    if let signal = Interrupts.shared.received {
      throw CommandFailure(.interrupted(signal: signal))
    }
    guard result.isComplete else {
      throw CommandFailure(
        .notConverged,
        "warning: stopped after \(result.folds.count) of \(result.plannedFoldCount) folds")
    }
    if let final, Solution(final.model.predictor).failure != nil {
      throw CommandFailure(.notConverged)
    }
  }
}

extension CrossValidateCommand: TrainingCommand, RankedCommand {
  var givenParameters: ParameterOptions? { parameters }
  var holdout: String? { nil }
  var holdsOut: Bool { false }
  var group: String? { folds.group }
  var seed: String? { folds.seed }
}
