import Basics
import Testing

@testable import Reports
@testable import report_gallery

struct ChartTests {
  /// Charts without data, with one value, and with values that can not be drawn.
  static let degenerate: [any Chart] = [
    ConfusionMatrixChart(classNames: [], counts: []),
    ConfusionMatrixChart(classNames: ["only"], counts: [[3]]),
    ConfusionMatrixChart(classNames: ["a", "b"], counts: [[0, 0], [.nan, -.infinity]]),
    ROCChart(curves: []), ROCChart(curves: [ThresholdCurve(name: "", points: [], area: .nan)]),
    PrecisionRecallChart(curves: [], positiveShare: .nan),
    CalibrationChart(className: "a", bins: []),
    CalibrationChart(className: "a", bins: [.init(predicted: .nan, observed: 0, count: 3)]),
    ScoreHistogramChart(classNames: ["a", "b"], scores: [[], [.nan, .infinity]]),
    ScoreHistogramChart(classNames: ["a"], scores: [[1, 1, 1]]),
    ScoreHistogramChart(classNames: ["a"], scores: [[-1e308, 1e300, 1e-300]], threshold: .nan),
    PredictedVersusTrueChart(targetName: "y", predicted: [], actual: []),
    PredictedVersusTrueChart(targetName: "y", predicted: [.nan, 1], actual: [1, .infinity]),
    ResidualChart(targetName: "y", predicted: [1], residuals: [0], epsilon: .nan),
    ResidualHistogramChart(residuals: []), ResidualHistogramChart(residuals: [.nan]),
    ResidualHistogramChart(residuals: [0, 0, 0]),
    ResidualQuantileChart(residuals: []), ResidualQuantileChart(residuals: [2]),
    ResidualQuantileChart(residuals: [0, 0, 0, 0, 0]),
    TuningHeatMap(scoreName: "score", trials: []),
    TuningHeatMap(scoreName: "score", trials: [TuningTrial(x: 1, y: 1, score: 0.5)]),
    TuningHeatMap(scoreName: "score", trials: [TuningTrial(x: 0, y: -1, score: .nan)]),
    TuningHeatMap(scoreName: "score", trials: [TuningTrial(x: 1, y: 1, score: .nan)]),
    TuningHeatMap(
      scoreName: "score",
      trials: (1...200).map { TuningTrial(x: Double($0), y: 1 / Double($0), score: 1) }),
    ConvergenceChart(moments: []), ConvergenceChart(problems: []),
    ConvergenceChart(problems: [.init("", moments: []), .init("", moments: [])], tolerance: .nan),
    ThresholdChart(className: "a", scoreName: "score", points: []),
    ThresholdChart(
      className: "a", scoreName: "score",
      points: [.init(threshold: .infinity, precision: .nan, recall: 0)],
      operatingPoint: .init(threshold: .nan, precision: 0, recall: 0)),
    GainChart(curves: []),
    GainChart(curves: [ThresholdCurve(name: "", points: [])], positiveShare: 0),
    WeightMatrixChart(featureNames: [], functions: []),
    WeightMatrixChart(
      featureNames: ["a", "b"],
      functions: [
        .init(positiveName: "", negativeName: nil, weights: [0, .nan]),
        .init(positiveName: "p", negativeName: "n", weights: [.infinity, 0]),
      ]),
    CalibrationChart(className: "a", bins: [], histogram: [.nan, -1]),
    ConvergenceChart(moments: [.init(progress: 0, violation: 0, relativeGap: -1)], tolerance: 0),
    LearningCurveChart(scoreName: "score", sizes: []),
    LearningCurveChart(
      scoreName: "score",
      sizes: [
        .init(
          rowCount: 0, training: MeasuredValue(mean: .nan, deviation: 0),
          validation: MeasuredValue(mean: 1, deviation: .nan))
      ]),
    ImportanceChart(scoreName: "score", features: []),
    ImportanceChart(scoreName: "score", features: [FeatureValue("a", mean: .nan, deviation: 1)]),
    ImportanceChart(scoreName: "score", features: [FeatureValue("a", mean: 0, deviation: .nan)]),
    WeightsChart(features: [FeatureValue("a", mean: 0)], positiveName: "p", negativeName: "n"),
    PartialDependenceChart(featureName: "f", outputName: "o", curves: []),
    PartialDependenceChart(
      featureName: "f", outputName: "o",
      curves: [.init(name: "", points: [PlotPoint(1, .infinity)])], quantiles: [.nan]),
    ClassScatterChart(classNames: ["a"], points: [[]]),
    DecisionRegionsChart(
      xName: "x", yName: "y", classNames: ["a"],
      regions: PlotRaster(x: 0...0, y: 0...0, columnCount: 1, classes: []), points: [[]]),
    DecisionRegionsChart(
      xName: "x", yName: "y", classNames: ["a"],
      regions: PlotRaster(x: 1...1, y: 0...1, columnCount: 1, classes: [0]), points: [[]]),
  ]

  @Test(arguments: degenerate.indices)
  func degenerateDataAreDrawn(index: Int) throws {
    _ = try SVGContents(Self.degenerate[index].svg())
  }

  @Test func hostileNamesAreText() throws {
    let name = "<script>alert(1)</script>\u{0}\u{202E}&\"'"
    let shown = "<script>alert(1)</script>\u{FFFD}\u{FFFD}&\"'"
    let charts: [any Chart] = [
      ConfusionMatrixChart(title: name, classNames: [name, "b"], counts: [[3, 1], [2, 4]]),
      ROCChart(curves: [ThresholdCurve(name: name, points: [PlotPoint(0, 0), PlotPoint(1, 1)])]),
      ImportanceChart(scoreName: name, features: [FeatureValue(name, mean: 1)]),
    ]
    for chart in charts {
      let svg = chart.svg()
      #expect(!svg.contains("<script"))
      let texts = try SVGContents(svg).texts
      #expect(texts.contains { $0.hasPrefix(shown.prefix(8)) || $0.contains(shown.prefix(8)) })
    }
  }

  @Test func confusionMatrixShowsCountsAndSharesOfTheRow() throws {
    let chart = ConfusionMatrixChart(classNames: ["no", "yes"], counts: [[30, 10], [5, 1995]])
    let texts = try SVGContents(chart.svg()).texts
    for text in ["30", "75.0\u{202F}%", "10", "25.0\u{202F}%", "5", "1995", "predicted", "actual"] {
      #expect(texts.contains(text), "\(text) in \(texts)")
    }
  }

  @Test func largeConfusionMatrixIsSummarisedWithoutLoss() {
    let count = 50
    var counts = [[Double]](repeating: [Double](repeating: 0, count: count), count: count)
    for row in 0..<count {
      for column in 0..<count where (row + column) % 7 == 0 { counts[row][column] = Double(row) }
      counts[row][row] = 100
    }
    let chart = ConfusionMatrixChart(
      classNames: (0..<count).map { "class \($0)" }, counts: counts)
    let summary = chart.summarised()
    #expect(summary.classNames.count == 20)
    #expect(summary.classNames.last == "all others")
    let total: Double = counts.joined().reduce(0, +)
    let summaryTotal: Double = summary.counts.joined().reduce(0, +)
    #expect(summaryTotal == total)
    // The classes with the largest numbers make most mistakes here.
    #expect(summary.classNames.contains("class 49"))
    #expect(!summary.classNames.contains("class 0"))
  }

  @Test func histogramsCountEveryValueOnce() {
    var generator = Generator(seed: 6)
    for turn in 0..<200 {
      let size = NumberText.scaledPower(1, generator.index(below: 20) - 10)
      let values = (0..<100).map { _ in generator.normal() * size + size }
      let edges = Histogram.edges(covering: values, count: 30)
      let histogram = Histogram(values, edges: edges)
      #expect(histogram.counts.reduce(0, +) == 100, "turn \(turn) of seed 6")
      #expect((10...33).contains(histogram.counts.count), "turn \(turn) of seed 6")
    }
    let whole = Histogram([0, 1, 1, 2], edges: [0, 1, 2])
    #expect(whole.counts == [1, 3])
  }

  /// From R's qnorm.
  static let quantiles: [(Double, Double)] = [
    (0.5, 0.0), (0.975, 1.959963984540054), (0.025, -1.959963984540054), (0.75, 0.674489750196082),
    (0.999, 3.090232306167814), (1e-12, -7.034483825301132),
  ]

  @Test(arguments: quantiles)
  func normalQuantiles(share: Double, quantile: Double) {
    #expect((NormalDistribution.quantile(share) - quantile).magnitude < 1e-5)
  }

  @Test func bestTrialIsMarkedAndTheRestHatched() throws {
    let trials = [
      TuningTrial(x: 1, y: 0.5, score: 0.8), TuningTrial(x: 2, y: 0.5, score: 0.9),
      TuningTrial(x: 1, y: 1, score: 0.7), TuningTrial(x: 2, y: 1, score: .nan),
    ]
    for isHigherBetter in [true, false] {
      let plot = TuningHeatMap(
        scoreName: "score", trials: trials, isHigherBetter: isHigherBetter
      ).plot()
      guard case .cells(let cells) = plot.marks[0].shape else {
        Issue.record("the heat map has no cells")
        return
      }
      #expect(cells.count == 4)
      #expect(cells.filter { $0.fill == .hatched }.count == 1)
      let marked = cells.filter(\.isMarked)
      #expect(marked.count == 1)
      #expect(marked[0].tooltip.hasSuffix(isHigherBetter ? "0.9" : "0.7"))
      #expect(plot.notes.contains("1 trial has no score."))
    }
  }

  @Test func importantFeaturesComeFirstAndTheRestIsCounted() throws {
    let features = (0..<30).map { FeatureValue("feature \($0)", mean: Double($0)) }
    let plot = ImportanceChart(scoreName: "accuracy", features: features).plot()
    #expect(plot.yAxis.kind == .categories((10..<30).reversed().map { "feature \($0)" }))
    #expect(plot.notes == ["10 more features are not shown."])
  }

  // MARK: Figures of single charts

  private func lines(_ plot: Plot) -> [(name: String?, points: [PlotPoint])] {
    plot.marks.compactMap { mark in
      if case .line(let points) = mark.shape { (mark.name, points) } else { nil }
    }
  }

  /// Each problem has a line of its own that reaches its end, and of many those that took longest.
  @Test func everyProblemHasALineToItsEnd() {
    func problem(_ index: Int) -> ConvergenceChart.Problem {
      .init(
        "problem \(index)",
        moments: (0...(index + 2)).map {
          .init(progress: Double($0), violation: 1 / Double($0 + 1), relativeGap: 0.5)
        })
    }
    let three = ConvergenceChart(problems: (0..<3).map(problem), tolerance: 0.001).plot()
    #expect(lines(three).map(\.name) == ["problem 0", "problem 1", "problem 2"])
    #expect(lines(three).map { $0.points.last?.x } == [2, 3, 4])
    let many = ConvergenceChart(problems: (0..<20).map(problem)).plot()
    #expect(lines(many).map(\.name) == (12..<20).map { "problem \($0)" })
    #expect(many.notes == ["The 8 of 20 problems that took longest."])
    let one = ConvergenceChart(problems: [problem(4)]).plot()
    #expect(lines(one).map(\.name) == ["KKT violation", "relative gap"])
  }

  /// Columns of calibration show how many rows have which probability, whatever the dots stand for.
  @Test func columnsOfCalibrationAreAsHighAsThereAreRows() {
    let plot = CalibrationChart(
      className: "yes", bins: [.init(predicted: 0.2, observed: 0.1, count: 50)],
      histogram: [10, 0, 40, 20]
    ).plot()
    let heights = plot.marks.flatMap { mark -> [Double] in
      if case .columns(let columns) = mark.shape { columns.map(\.height) } else { [] }
    }
    #expect(heights == [0.05, 0, 0.2, 0.1])
  }

  /// A tube of a tenth of a dollar cannot be seen among errors of thousands.
  @Test(arguments: [(0.1, false), (15_000, true)])
  func onlyATubeThatCanBeSeenIsDrawn(width: Double, isDrawn: Bool) {
    let plot = ResidualChart(
      targetName: "price", predicted: [1e5, 2e5], residuals: [-40_000, 30_000], epsilon: width
    ).plot()
    #expect(plot.marks.contains { $0.name?.hasPrefix("tube") == true } == isDrawn)
    #expect(plot.notes.contains { $0.hasPrefix("The tube, ±0.1") } == !isDrawn)
  }

  @Test func thresholdsSayWhatTheModelAndTheBestOneGive() {
    let points: [ThresholdChart.Point] = [
      .init(threshold: 0.2, precision: 0.5, recall: 1),
      .init(threshold: 0.6, precision: 0.75, recall: 0.75),
      .init(threshold: 0.9, precision: 1, recall: 0.25),
    ]
    let plot = ThresholdChart(
      className: "fraud", scoreName: "probability of fraud", points: points,
      operatingPoint: .init(threshold: 0.5, precision: 0.6, recall: 0.75)
    ).plot()
    #expect(
      plot.notes == [
        "The model's threshold is 0.5: precision 0.6, recall 0.75, F1 0.667.",
        "The largest F1 is at 0.6: precision 0.75, recall 0.75, F1 0.75.",
      ])
    #expect(lines(plot).map(\.name) == ["precision", "recall", "F1"])
  }

  @Test func gainSaysWhatTheFirstTenthHolds() {
    let plot = GainChart(
      curves: [
        ThresholdCurve(
          name: "fraud", points: [PlotPoint(0, 0), PlotPoint(0.2, 0.8), PlotPoint(1, 1)])
      ], positiveShare: 0.05
    ).plot()
    #expect(
      plot.notes == [
        "The tenth of the rows with the highest scores contains 40.0\u{202F}% of fraud: a lift of 4."
      ])
    #expect(lines(plot).first?.points == [PlotPoint(0, 0), PlotPoint(0.05, 1), PlotPoint(1, 1)])
  }

  @Test func weightsOfSeveralFunctionsHaveACellEach() {
    let plot = WeightMatrixChart(
      featureNames: ["a", "b", "c"],
      functions: [
        .init(positiveName: "y", negativeName: "x", weights: [1, -4, 0]),
        .init(positiveName: "z", negativeName: "x", weights: [2, 0.5, 0]),
      ]
    ).plot()
    let cells = plot.marks.flatMap { mark -> [PlotCell] in
      if case .cells(let cells) = mark.shape { cells } else { [] }
    }
    let texts = Set(cells.map(\.tooltip))
    #expect(texts == ["a, y / x: 1", "a, z / x: 2", "b, y / x: −4", "b, z / x: 0.5"])
    #expect(cells.first { $0.tooltip == "b, y / x: −4" }?.fill == .signed(-1))
  }
}
