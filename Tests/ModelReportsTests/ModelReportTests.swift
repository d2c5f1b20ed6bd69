import Basics
import Evaluation
import ModelReports
import ModelSelection
import Reports
import SupportVectors
import Tables
import TabularModels
import TestSupport
import Testing

/// Pages of every kind of model, read strictly, with names that want to be markup.
@Suite struct ModelReportTests {
  private static let hostile = "<b>&\"' onload=\"x"

  /// Rows of as many classes as there are names, or of numbers without names.
  private func table(rows: Int = 120, classes: [String]) throws -> Table {
    var generator = SeededGenerator(seed: 11)
    let codes = (0..<rows).map { $0 % max(classes.count, 1) }
    func column(_ shift: Double) -> [Double] {
      codes.map { Double($0) * shift + generator.unitInterval() * 1.5 }
    }
    let first = column(1)
    let second = column(0.3)
    let kind = (0..<rows).map { $0 % 3 == 0 ? Self.hostile : "plain" }
    var columns = [
      TableColumn(name: Self.hostile, numbers: first), TableColumn(name: "second", numbers: second),
      TableColumn(name: "kind", texts: kind),
    ]
    columns.append(
      classes.isEmpty
        ? TableColumn(name: "target", numbers: zip(first, second).map { 2 * $0 - $1 })
        : TableColumn(name: "target", texts: codes.map { classes[$0] }))
    return try Table(columns: columns)
  }

  private func page(_ trainer: TabularTrainer, _ table: Table) throws -> (String, HTMLReport) {
    var trainer = trainer
    trainer.sampling = RowKeeping(seed: 1, exampleLimit: 80)
    let training = try trainer.train(.table(table))
    let report = ModelReport(
      title: Self.hostile, model: training.model, measurement: training.measurement,
      rows: training.rows)
    let page = try report.page()
    return (page.html(), page)
  }

  private func expectStrict(_ html: String, sourceLocation: SourceLocation = #_sourceLocation) {
    let reading = StrictHTML(html)
    #expect(
      reading.problems.isEmpty, "\(reading.problems.prefix(5))", sourceLocation: sourceLocation)
    #expect(html.utf8.count < 1_000_000, sourceLocation: sourceLocation)
  }

  private func titles(_ page: HTMLReport) -> [String] {
    page.sections.flatMap(\.blocks).flatMap { block -> [String] in
      if case .figures(let plots) = block { plots.map(\.title) } else { [] }
    }
  }

  @Test func twoClassesHaveCurvesAndRegions() throws {
    let trainer = TabularTrainer(
      configuration: TrainingConfiguration(
        calibration: CalibrationChoice(foldCount: 3), holdoutFraction: 0.3))
    let (html, page) = try page(trainer, table(classes: ["no", Self.hostile]))
    expectStrict(html)
    let titles = titles(page)
    for title in [
      "Confusion matrix", "ROC curve", "Precision and recall", "Calibration",
      "Permutation importance", "Decision regions", "Kernel principal components",
    ] {
      #expect(titles.contains(title), "\(title) is not among \(titles)")
    }
    #expect(titles.contains("Partial dependence on \(Self.hostile)"))
    #expect(StrictHTML(html).text.contains("held-out"))
    #expect(page.warnings.isEmpty, "\(page.warnings)")
  }

  @Test func trainingRowsAreCalledSo() throws {
    let (html, page) = try page(TabularTrainer(), table(classes: ["no", "yes"]))
    expectStrict(html)
    #expect(page.warnings.contains { $0.contains("the rows that the model was trained on") })
  }

  @Test func numbersHaveResidualsAndALinearModelWeights() throws {
    var trainer = TabularTrainer(configuration: TrainingConfiguration(holdoutFraction: 0.25))
    trainer.method.kernel = .linear
    let (html, page) = try page(trainer, table(classes: []))
    expectStrict(html)
    let titles = titles(page)
    for title in ["Predicted and true values", "Residuals", "Weights", "Permutation importance"] {
      #expect(titles.contains(title), "\(title) is not among \(titles)")
    }
  }

  @Test func manyClassesStayReadable() throws {
    let names = (0..<40).map { "class \($0)" }
    let (html, page) = try page(TabularTrainer(), table(rows: 240, classes: names))
    expectStrict(html)
    let roc = page.sections.flatMap(\.blocks).compactMap { block -> Plot? in
      guard case .figures(let plots) = block else { return nil }
      return plots.first { $0.title == "ROC curve" }
    }.first
    #expect(roc?.notes.first?.hasPrefix("40 classes: the 8") == true)
  }

  @Test func oneClassAndConstantPredictionsAreSaid() throws {
    let (one, onePage) = try page(TabularTrainer(), table(classes: ["only"]))
    expectStrict(one)
    #expect(onePage.warnings.contains { $0.contains("There is only one class") })
    var constant = TabularTrainer()
    constant.method.boxConstraint = 1e-9
    constant.method.epsilon = 1e6
    let (numbers, numbersPage) = try page(constant, table(classes: []))
    expectStrict(numbers)
    #expect(numbersPage.warnings.contains { $0.contains("for every row") })
  }

  @Test func withoutATargetThereAreOutliersOrComponents() throws {
    var trainer = TabularTrainer(
      configuration: TrainingConfiguration(target: "target", task: .novelty))
    trainer.method.formulation = .oneClass
    let (outliers, page) = try page(trainer, table(classes: ["a", "b"]))
    expectStrict(outliers)
    #expect(titles(page).contains("Decision values"))
    trainer.task = .components
    trainer.method.formulation = .principalComponents
    let (components, componentsPage) = try self.page(trainer, table(classes: ["a", "b"]))
    expectStrict(components)
    #expect(titles(componentsPage).contains("Kernel principal components"))
  }

  @Test func foldsAndLearningCurvesHaveAPage() throws {
    for classes in [["no", Self.hostile], []] {
      let data = TrainingData.table(try table(classes: classes))
      let result = try CrossValidation(folds: FoldPlan(count: 3)).run(data)
      let curve = try LearningCurve(folds: FoldPlan(count: 3), shares: [0.2, 0.5, 1])
        .run(data.examples)
      #expect(curve.isComplete && curve.sizes.map(\.rowCount) == [16, 40, 80])
      #expect(curve.sizes.allSatisfy { $0.heldOut.count == 3 })
      var report = FoldReport(title: Self.hostile, result: result)
      report.learningCurve = curve
      let html = try report.page()
        .html()
      expectStrict(html)
      #expect(html.contains("Learning curve"))
    }
  }

  @Test func searchesHaveAHeatMapAndAPath() throws {
    var search = ParameterSearch()
    search.space.boxConstraints = [0.5, 2, 8]
    search.space.gammas = [0.1, 0.5]
    search.space.comparesLinear = false
    search.strategy = .grid
    search.folds = FoldPlan(count: 3)
    let result = try search.run(.table(try table(classes: ["a", "b"])))
    let charts = SearchCharts(result.trials, metric: result.metric, kernelName: "gaussian")
    #expect(charts.heatMap()?.title == "accuracy by C and γ")
    let page = HTMLReport(title: "search", sections: [charts.section], footer: "svm").html()
    expectStrict(page)
  }

  @Test func theRecorderKeepsABoundedNumberOfMoments() {
    let recorder = ConvergenceRecorder(limit: 8)
    for step in 0..<1000 {
      recorder.record(
        SolverProgress(
          iterations: step * 10, kktViolation: 1 / Double(step + 1), activeCount: 5,
          exampleCount: 5, problemsDone: 0, problemCount: 1, elapsedSeconds: Double(step)))
    }
    let moments = recorder.moments
    #expect(moments.count > 4 && moments.count <= 8 && moments[0].progress == 0)
    let steps = zip(moments, moments.dropFirst()).map { $1.progress - $0.progress }
    #expect(Set(steps).count == 1, "\(steps)")
    // The next training is another matter.
    recorder.record(
      SolverProgress(
        iterations: 1, kktViolation: 1, activeCount: 5, exampleCount: 5, problemsDone: 0,
        problemCount: 1, elapsedSeconds: 0.1))
    #expect(recorder.moments == moments)
  }

  @Test func axesMustBeColumnsOfNumbers() throws {
    let data = TrainingData.table(try table(classes: ["a", "b"]))
    let model = try TabularTrainer().train(data).model
    let plane = ModelPlane(model, examples: try LabelledExamples(data, for: model))
    #expect(throws: PlaneError.notNumbers("kind")) { try plane.regions("second", "kind") }
    #expect(throws: PlaneError.sameColumn("second")) { try plane.regions("second", "second") }
    #expect(
      throws: PlaneError.noSuchColumn("third", columns: [Self.hostile, "second", "kind"])
    ) { try plane.regions("second", "third") }
  }

  // MARK: Charts of rows

  /// Rows of two classes, of which one is rare; the label agrees with the measured figures.
  @Test(arguments: [true, false], [true, false])
  func theOperatingPointIsThatOfThePredictions(isRareFirst: Bool, isCalibrated: Bool) throws {
    var generator = SeededGenerator(seed: 23)
    let isRare = (0..<160).map { $0 % 8 == 0 }
    let values = isRare.map { ($0 ? 1.2 : 0) + generator.unitInterval() * 1.6 }
    let names = isRareFirst ? (rare: "a", usual: "b") : (rare: "b", usual: "a")
    let table = try Table(columns: [
      TableColumn(name: "x", numbers: values),
      TableColumn(name: "target", texts: isRare.map { $0 ? names.rare : names.usual }),
    ])
    var trainer = TabularTrainer(
      configuration: TrainingConfiguration(
        calibration: isCalibrated ? CalibrationChoice(foldCount: 3) : nil))
    trainer.sampling = RowKeeping()
    let training = try trainer.train(.table(table))
    let rows = try #require(training.rows)
    let measurement = try #require(training.measurement)
    guard case .classes(let matrix) = measurement.counts else {
      Issue.record("no classes were counted")
      return
    }
    let index = try #require(matrix.classNames.firstIndex(of: names.rare))
    let precision = try #require(matrix.precision(of: index))
    let recall = try #require(matrix.recall(of: index))
    let plot = try #require(try RowCharts(rows).threshold())
    #expect(plot.title == "Threshold for \(names.rare)")
    let text =
      "precision \(NumberText.significant(precision, digits: 3)), recall "
      + NumberText.significant(recall, digits: 3)
    #expect(plot.notes.first?.contains(text) == true, "\(plot.notes), \(text)")
    let gain = try #require(try RowCharts(rows).gain())
    #expect(gain.notes.first?.contains("of \(names.rare)") == true)
  }

  /// Medians of all rows that lie in one class only are replaced by those of a class.
  @Test func regionsShowMoreThanOneClassWhereTheModelDoes() throws {
    var generator = SeededGenerator(seed: 29)
    let isRare = (0..<200).map { $0 % 10 == 0 }
    // Only the third column tells the classes apart far from its median; the first two help near it.
    let third = isRare.map { ($0 ? 6 : 0) + generator.unitInterval() }
    func column(_ shift: Double) -> [Double] {
      isRare.map { ($0 ? shift : 0) + generator.unitInterval() }
    }
    let table = try Table(columns: [
      TableColumn(name: "x", numbers: column(0.6)), TableColumn(name: "y", numbers: column(0.6)),
      TableColumn(name: "z", numbers: third),
      TableColumn(name: "target", texts: isRare.map { $0 ? "rare" : "usual" }),
    ])
    var trainer = TabularTrainer()
    trainer.method.kernel = .linear
    trainer.sampling = RowKeeping()
    let rows = try #require(try trainer.train(.table(table)).rows)
    let plane = ModelPlane(rows.model, examples: rows.examples)
    for (x, y) in [("x", "y"), ("x", "z"), ("y", "z")] {
      guard let plot = try plane.regions(x, y) else { continue }
      for mark in plot.marks {
        guard case .raster(let raster) = mark.shape else { continue }
        #expect(Set(raster.classes).count == 2, "\(x), \(y)")
      }
    }
    // What predicts one class everywhere has no picture.
    var constant = trainer
    constant.method.boxConstraint = 1e-7
    let same = try #require(try constant.train(.table(table)).rows)
    if Set(same.predictedClasses).count == 1 {
      #expect(try ModelPlane(same.model, examples: same.examples).regions("x", "y") == nil)
    }
  }

  /// Problems that are solved side by side keep their moments apart.
  @Test func theRecorderKeepsProblemsApart() {
    let recorder = ConvergenceRecorder()
    for step in 0..<10 {
      recorder.record(
        SolverProgress(
          iterations: step * 5 + step % 2 * 100, kktViolation: 1, activeCount: 5, exampleCount: 5,
          problemsDone: 0, problemCount: 2, problem: step % 2, problemIterations: step,
          elapsedSeconds: Double(step)))
    }
    #expect(recorder.moments.count == 10)
    #expect(recorder.moments.filter { $0.problem == 1 }.map(\.progress) == [1, 3, 5, 7, 9])
  }

  /// The chart of a training ends where the certificates say.
  @Test(arguments: [2, 3, 5])
  func convergenceEndsAtTheCertificates(classes: Int) throws {
    let names = (0..<classes).map { "c\($0)" }
    let training = try TabularTrainer().train(.table(try table(classes: names)))
    var report = ModelReport(
      title: "t", model: training.model, measurement: training.measurement, rows: nil)
    let problems = training.model.predictor.problems
    for index in problems.indices {
      for step in 0..<3 {
        report.moments.append(
          TrainingMoment(problem: index, progress: Double(step), violation: 1 / Double(step + 1)))
      }
    }
    let plots = try report.page().sections.flatMap(\.blocks).flatMap { block -> [Plot] in
      if case .figures(let plots) = block { plots } else { [] }
    }
    let plot = try #require(plots.first { $0.title == "Convergence" })
    let ends = plot.marks.compactMap { mark -> PlotPoint? in
      guard case .line(let points) = mark.shape, mark.name != "relative gap" else { return nil }
      return points.last
    }
    #expect(ends.count == min(problems.count, 8))
    for problem in problems where problem.certificate.iterations > 2 && problems.count <= 8 {
      #expect(
        ends.contains(
          PlotPoint(Double(problem.certificate.iterations), problem.certificate.kktViolation)))
    }
  }
}
