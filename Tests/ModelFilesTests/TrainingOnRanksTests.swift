import Basics
import Evaluation
import Kernels
import Learning
import ModelFiles
import SupportVectors
import Tables
import TabularModels
import TestSupport
import Testing
import Transport

/// Trainings, figures, predictions and certificates on several ranks are those of one process, bit for bit.
@Suite struct TrainingOnRanksTests {
  private static let sizes = [1, 2, 3, 5]

  /// What is trained on what.
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let text: String
    var configuration = TrainingConfiguration()
    var testDescription: String { name }

    init(
      _ name: String, _ text: String, _ adjust: (inout TrainingConfiguration) -> Void = { _ in }
    ) {
      self.name = name
      self.text = text
      adjust(&configuration)
    }
  }

  static let cases: [Case] = [
    Case("classes, probabilities, holdout", table(classes: 3, rows: 90)) {
      $0.calibration = CalibrationChoice(method: nil, foldCount: 3)
      $0.holdoutFraction = 0.2
    },
    Case("one against the rest, weighted classes, linear", table(classes: 4, rows: 80)) {
      $0.method.decomposition = .oneVersusRest
      $0.method.classWeights = .balanced
      $0.method.kernel = .linear
      $0.calibration = CalibrationChoice(foldCount: 3)
    },
    Case("nu-svc, polynomial", table(classes: 2, rows: 70)) {
      $0.method.formulation = .nuSVC
      $0.method.nu = 0.2
      $0.method.kernel = .polynomial(degree: 2)
    },
    Case("weights, rows with missing values left out", table(classes: 2, rows: 75)) {
      $0.columnOverrides.weight = "weight"
      $0.missing = .drop
    },
    Case("epsilon-svr, intervals", table(classes: 0, rows: 60)) {
      $0.calibration = CalibrationChoice(foldCount: 3)
      $0.holdoutFraction = 0.25
    },
    Case("nu-svr, laplacian", table(classes: 0, rows: 50)) {
      $0.method.formulation = .nuSVR
      $0.method.nu = 0.3
      $0.method.kernel = .laplacian()
    },
    Case("quantiles", table(classes: 0, rows: 50)) {
      $0.method.formulation = .quantileSVR
      $0.method.quantiles = [0.1, 0.5, 0.9]
    },
    Case("one-class, quantiles of novelty", table(classes: 0, rows: 50)) {
      $0.method.formulation = .oneClass
      $0.calibration = CalibrationChoice(foldCount: 3)
    },
    Case("svdd", table(classes: 0, rows: 40)) { $0.method.formulation = .dataDescription },
    Case("LIBSVM text", sparse(rows: 60)) { $0.holdoutFraction = 0.3 },
    Case("one class", table(classes: 1, rows: 12)),
    Case("linear in the weights, probabilities", table(classes: 3, rows: 90)) {
      $0.method.kernel = .linear
      $0.method.solver = .primal
      $0.calibration = CalibrationChoice(foldCount: 3)
      $0.holdoutFraction = 0.2
    },
    Case("logistic, weights", table(classes: 2, rows: 75)) {
      $0.method.formulation = .logistic
      $0.columnOverrides.weight = "weight"
      $0.method.classWeights = .balanced
    },
    Case("squared errors", table(classes: 0, rows: 60)) {
      $0.method.kernel = .linear
      $0.method.loss = .squared
      $0.calibration = CalibrationChoice(foldCount: 3)
    },
    Case("LIBSVM text, logistic", sparse(rows: 60)) {
      $0.method.formulation = .logistic
      $0.method.kernel = .linear
    },
    Case("nyström, probabilities", table(classes: 2, rows: 80)) {
      $0.method.featureMap = .nystrom
      $0.method.componentCount = 12
      $0.calibration = CalibrationChoice(foldCount: 3)
    },
    Case("fourier, intervals", table(classes: 0, rows: 300)) {
      $0.method.featureMap = .fourier
      $0.method.componentCount = 20
      $0.calibration = CalibrationChoice(foldCount: 3)
    },
  ]

  /// Columns of numbers, categories and missing values; the target is text, or a number without classes.
  private static func table(classes: Int, rows: Int) -> String {
    var generator = SeededGenerator(seed: UInt64(rows + classes))
    var lines = ["x,y,colour,weight,target"]
    for row in 0..<rows {
      let kind = classes > 0 ? row % classes : 0
      let x = Double(kind) + 1.5 * generator.unitInterval()
      let y = Double(kind * kind) / 2 - 1.2 * generator.unitInterval()
      let colour = ["red", "blue", "NA", "green"][generator.integer(below: 4)]
      let weight = generator.integer(below: 4)
      let target = classes > 0 ? "k\(kind)" : "\(x * (3 - x) + 0.2 * y)"
      lines.append("\(x),\(row % 7 == 3 ? "" : "\(y)"),\(colour),\(weight),\(target)")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func sparse(rows: Int) -> String {
    var generator = SeededGenerator(seed: 77)
    return (0..<rows).map { row in
      let sign = row % 2 == 0 ? 1.0 : -1.0
      let features = (1...9).filter { _ in generator.integer(below: 3) == 0 }
        .map { " \($0):\(sign * generator.unitInterval() + 0.3)" }
      return (sign > 0 ? "+1" : "-1") + features.joined() + "\n"
    }.joined()
  }

  /// Everything that a training and its model give.
  private struct Outcome: Equatable, Sendable {
    var model: [UInt8]
    var measurement: Measurement?
    var certificates: [Certificate]
    var check: PredictionCheck?
    var isTrainingData: Bool?
    var lines: [UInt8]
    var evaluation: Measurement
  }

  /// Trains, verifies, predicts and evaluates, alone or on ranks, each of which reads all or its part alone.
  private static func outcome(
    _ test: Case, on ranks: (any Transport)?, isShared: Bool = false
  ) throws -> Outcome {
    let source = { ByteSource(bytes: Array(test.text.utf8), name: "data") }
    var trainer = TabularTrainer(
      configuration: test.configuration, control: RunControl(threads: 1))
    trainer.control.ranks = ranks
    let data = try TrainingData(reading: source(), options: trainer.textOptions)
    let training: TabularTraining
    var shared: SharedData?
    if isShared, let ranks {
      training = try trainer.train(trainer.data(reading: source(), over: ranks).examples)
      shared = try trainer.data(reading: source(), over: ranks)
    } else {
      training = try trainer.train(data)
    }
    let model = training.model
    var verification: TabularVerification?
    if model.predictor.model is any DualVariableModel {
      verification =
        try shared.map { try model.verify($0, threads: 1) }
        ?? model.verify(data, threads: 1, ranks: ranks)
    }
    var lines: [UInt8] = []
    var predictor = try TabularPredictor(
      model, reading: source(), output: OutputColumns(decisionValues: true),
      TabularModel.Applying(threads: 1))
    predictor.ranks = ranks
    while let some = try predictor.next() { lines += some }
    let evaluation = try model.evaluate(
      reading: source(), options: TextOptions(), weight: nil, metrics: .standard, sampling: nil,
      .init(threads: 1, ranks: ranks))
    return Outcome(
      model: try ModelFile.encode(model), measurement: training.measurement,
      certificates: verification?.certificates ?? [], check: verification?.predictions,
      isTrainingData: verification?.isTrainingData, lines: lines,
      evaluation: evaluation.measurement)
  }

  @Test(arguments: cases) func ranksGiveTheBitsOfOneProcess(test: Case) throws {
    let expected = try Self.outcome(test, on: nil)
    for (size, isShared) in Self.sizes.flatMap({ [($0, false), ($0, true)] }) {
      let results = ThreadTransport.run(ranks: size) {
        try Self.outcome(test, on: $0, isShared: isShared)
      }
      for (rank, result) in results.enumerated() {
        var found = try result.get()
        // The first rank alone gets the lines.
        if rank > 0 {
          #expect(found.lines.isEmpty)
          found.lines = expected.lines
        }
        #expect(found == expected, "rank \(rank) of \(size), shared: \(isShared)")
      }
    }
  }

  @Test(arguments: [
    (
      "ls-svc",
      "ls-svc trains in one process, but this is one of 2 ranks; start it without mpirun or "
        + "srun, or choose --formulation c-svc"
    ),
    (
      "discriminant",
      "discriminant trains in one process, but this is one of 2 ranks; start it without "
        + "mpirun or srun, or choose --formulation c-svc"
    ),
    (
      "kernel-pca",
      "kernel-pca trains in one process, but this is one of 2 ranks; start it without mpirun or srun"
    ),
  ])
  func otherMethodsAreRefused(name: String, message: String) throws {
    let formulation = try #require(
      MethodCatalog.all.map(\.formulation).first { $0.rawValue == name })
    let test = Case(name, Self.table(classes: 2, rows: 20)) { $0.method.formulation = formulation }
    Self.expectRefusal(test, message)
  }

  private static func expectRefusal(_ test: Case, _ message: String) {
    let results = ThreadTransport.run(ranks: 2) { transport in
      do {
        _ = try outcome(test, on: transport)
        return "nothing was refused"
      } catch let error as TabularError {
        return "\(error)"
      }
    }
    for result in results { #expect((try? result.get()) == message) }
  }

  /// Of training rows that are measured in part, ranks measure the same ones, of which some ranks have none.
  @Test func ranksMeasureTheSamePart() throws {
    let test = Case("part", Self.table(classes: 3, rows: 60)) { $0.seed = 4 }
    @Sendable func measurement(_ ranks: (any Transport)?) throws -> Measurement? {
      var trainer = TabularTrainer(
        configuration: test.configuration, control: RunControl(threads: 1))
      trainer.control.ranks = ranks
      trainer.measuringEffort.minimumRowCount = 6
      trainer.measuringEffort.kernelValueCount = 0
      trainer.measuringEffort.minimumClassCount = 1
      return try trainer.train(
        try trainer.data(reading: ByteSource(bytes: Array(test.text.utf8), name: "data"))
      ).measurement
    }
    let expected = try #require(try measurement(nil))
    #expect(expected.rowCount == 6)
    for size in [1, 2, 3, 8] {
      for result in ThreadTransport.run(ranks: size, { try measurement($0) }) {
        #expect(try result.get() == expected, "\(size) ranks")
      }
    }
  }

  @Test(arguments: 0..<3) func oneRankThatIsStoppedStopsAll(stopped: Int) throws {
    let test = Case("stopped", Self.table(classes: 2, rows: 60)) { $0.holdoutFraction = 0.2 }
    let results = ThreadTransport.run(ranks: 3) { transport -> ([UInt8], Int, Bool) in
      var trainer = TabularTrainer(
        configuration: test.configuration, control: RunControl(threads: 1))
      trainer.control.ranks = transport
      let token = CancellationToken()
      if transport.rank == stopped { token.cancel() }
      trainer.control.cancellation = token
      let training = try trainer.train(
        try trainer.data(reading: ByteSource(bytes: Array(test.text.utf8), name: "data")))
      return (
        try ModelFile.encode(training.model), training.warnings.count,
        training.measurement == nil
      )
    }
    let first = try #require(results.first).get()
    #expect(first.1 == 1 && first.2)
    for result in results { #expect(try result.get() == first) }
  }

  /// Cuts between ranks fall into fields with line ends, and are guessed wrongly where quotes do not come in pairs.
  @Test(arguments: [false, true]) func quotedLinesAreCutBetweenRows(hasLoneQuotes: Bool) throws {
    let training = try TabularTrainer().train(
      try TrainingData(
        reading: ByteSource(bytes: Array(Self.table(classes: 2, rows: 40).utf8), name: "data")))
    let rows = (0..<400).map { row in
      let note =
        row % 3 == 0
        ? "\"one\nx,y,colour,weight\n1,2\"" : row % 7 == 1 && hasLoneQuotes ? "5\" nail" : "-"
      return "\(Double(row % 17) / 8),\(row % 5 == 2 ? "" : "0.5"),red,1,\(note)"
    }
    let text = "x,y,colour,weight,note\n" + rows.joined(separator: "\n") + "\n"
    @Sendable func lines(_ ranks: (any Transport)?) throws -> ([UInt8], [TreatedColumn], Int) {
      var predictor = try TabularPredictor(
        training.model, reading: ByteSource(bytes: Array(text.utf8), name: "new.csv"),
        passthroughColumns: .all, TabularModel.Applying(threads: 1))
      predictor.ranks = ranks
      var lines: [UInt8] = []
      while let some = try predictor.next() { lines += some }
      return (lines, predictor.treatedColumns, predictor.rowCount)
    }
    let expected = try lines(nil)
    #expect(expected.2 == 400)
    for size in [1, 2, 3, 5, 8] {
      let results = ThreadTransport.run(ranks: size) { try lines($0) }
      for (rank, result) in results.enumerated() {
        let found = try result.get()
        #expect(rank > 0 ? found.0.isEmpty : found.0 == expected.0, "\(size) ranks")
        #expect(found.1 == expected.1 && found.2 == expected.2, "rank \(rank) of \(size)")
      }
    }
  }

  @Test func aRowThatCannotBePredictedEndsAllAfterTheLinesBeforeIt() throws {
    let training = try TabularTrainer().train(
      try TrainingData(
        reading: ByteSource(bytes: Array(Self.table(classes: 2, rows: 40).utf8), name: "data")))
    // Far more rows than a batch, and one in the middle that is no number.
    var rows = (0..<30_000).map { "\(Double($0 % 17) / 8),0.5,red,1" }
    rows[20_000] = "huge,0.5,red,1"
    let text = "x,y,colour,weight\n" + rows.joined(separator: "\n") + "\n"
    @Sendable func lines(_ ranks: (any Transport)?) throws -> ([UInt8], String) {
      var predictor = try TabularPredictor(
        training.model, reading: ByteSource(bytes: Array(text.utf8), name: "new.csv"),
        TabularModel.Applying(threads: 1))
      predictor.ranks = ranks
      var lines: [UInt8] = []
      do {
        while let some = try predictor.next() { lines += some }
        return (lines, "")
      } catch {
        return (lines, "\(error)")
      }
    }
    let expected = try lines(nil)
    #expect(expected.1.contains("new.csv:20002"), "\(expected.1)")
    for size in [2, 3] {
      let results = ThreadTransport.run(ranks: size) { try lines($0) }
      let first = try #require(results.first).get()
      #expect(first == expected)
      for result in results { #expect(try result.get().1 == expected.1) }
    }
  }
}
