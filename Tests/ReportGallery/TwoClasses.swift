import Basics
import Reports

/// A report on two classes with everything there is for them.
struct TwoClasses {
  static let classNames = ["benign", "malignant <b>&amp; co</b>"]
  private var generator = Generator(seed: 1)
  private var scores: [Double] = []
  private var isPositive: [Bool] = []

  init() {
    for row in 0..<1200 {
      let positive = row % 3 == 0
      scores.append((positive ? 1.1 : -1.2) + generator.normal())
      isPositive.append(positive)
    }
  }

  /// The charts, in order.
  mutating func charts() -> [[any Chart]] {
    let ranking = Ranking(name: "malignant", scores: scores, isPositive: isPositive)
    var counts = [[0.0, 0], [0, 0]]
    var bins = (0..<10).map { _ in (sum: 0.0, positives: 0.0, count: 0) }
    for (score, positive) in zip(scores, isPositive) {
      counts[positive ? 1 : 0][score > 0 ? 1 : 0] += 1
      let probability = logistic(1.6 * score)
      let bin = min(Int(probability * 10), 9)
      bins[bin].sum += probability
      bins[bin].positives += positive ? 1 : 0
      bins[bin].count += 1
    }
    let calibration = CalibrationChart(
      className: "malignant",
      bins: bins.map {
        CalibrationChart.Bin(
          predicted: $0.sum / Double(max($0.count, 1)),
          observed: $0.positives / Double(max($0.count, 1)), count: $0.count)
      }, histogram: bins.map { Double($0.count) })
    let quality: [any Chart] = [
      ConfusionMatrixChart(classNames: Self.classNames, counts: counts),
      ROCChart(curves: [ranking.roc]),
      PrecisionRecallChart(curves: [ranking.precisionRecall], positiveShare: 1 / 3.0),
      ThresholdChart(
        className: "malignant", scoreName: "decision value",
        points: ranking.precisionRecall.points.enumerated().map {
          .init(threshold: 3 - Double($0) / 100, precision: $1.y, recall: $1.x)
        }),
      GainChart(
        curves: [
          ThresholdCurve(
            name: "malignant",
            points: ranking.roc.points.map { PlotPoint($0.y / 3 + $0.x * 2 / 3, $0.y) })
        ], positiveShare: 1 / 3.0),
      calibration,
      ScoreHistogramChart(
        classNames: Self.classNames, scores: [scoresOf(false), scoresOf(true)], threshold: 0),
    ]
    return [quality, [regions()], features(), search() + training()]
  }

  private func scoresOf(_ wanted: Bool) -> [Double] {
    zip(scores, isPositive).filter { $0.1 == wanted }.map(\.0)
  }

  private mutating func features() -> [any Chart] {
    let important = [
      FeatureValue("worst_concave_points", mean: 0.121, deviation: 0.014),
      FeatureValue("mean_texture", mean: 0.083, deviation: 0.011),
      FeatureValue("a feature with a very long name that no margin has room for", mean: 0.05),
      FeatureValue("area_error", mean: 0.021, deviation: 0.006),
      FeatureValue("smoothness", mean: -0.003, deviation: 0.004),
    ]
    var weights: [FeatureValue] = []
    for index in 0..<26 {
      let mean = generator.normal() / (1 + Double(index) / 6)
      weights.append(FeatureValue("feature_\(index)", mean: mean))
    }
    let points = (0...40).map { index in
      PlotPoint(10 + Double(index) * 0.7, 0.1 + 0.7 * logistic(Double(index) / 4 - 5))
    }
    return [
      ImportanceChart(scoreName: "accuracy", features: important),
      WeightsChart(features: weights, positiveName: "malignant", negativeName: "benign"),
      PartialDependenceChart(
        featureName: "mean_texture", outputName: "probability of malignant",
        curves: [.init(name: "malignant", points: points)],
        quantiles: [11.2, 13.5, 15, 16.1, 17.4, 18.8, 20.3, 22.6, 27.9]),
    ]
  }

  private mutating func regions() -> any Chart {
    func score(_ x: Double, _ y: Double) -> Double { y - 0.6 * sin(2.2 * x) - 0.1 * x * x }
    let side = 90
    let classes = (0..<side * side).map { index in
      let x = -3 + 6 * (Double(index % side) + 0.5) / Double(side)
      let y = -2 + 4 * (Double(index / side) + 0.5) / Double(side)
      return score(x, y) > 0 ? 1 : 0
    }
    var points: [[PlotPoint]] = [[], []]
    for _ in 0..<240 {
      let x = -3 + 6 * generator.uniform()
      let y = -2 + 4 * generator.uniform()
      let positive = score(x, y) + 0.25 * generator.normal() > 0
      points[positive ? 1 : 0].append(PlotPoint(x, y))
    }
    return DecisionRegionsChart(
      xName: "mean_texture (standardised)", yName: "area_error (standardised)",
      classNames: Self.classNames,
      regions: PlotRaster(x: -3...3, y: -2...2, columnCount: side, classes: classes),
      points: points)
  }

  /// A search whose lower right corner was not tried.
  private mutating func search() -> [any Chart] {
    var trials: [TuningTrial] = []
    for c in -5...15 where c % 2 != 0 {
      for gamma in -15...3 where gamma % 2 != 0 && !(c > 9 && gamma < -7) {
        let distance =
          (Double(c) - 5) * (Double(c) - 5) / 60 + (Double(gamma) + 5) * (Double(gamma) + 5) / 40
        trials.append(
          TuningTrial(
            x: pow(2, Double(c)), y: pow(2, Double(gamma)),
            score: 0.66 + 0.3 * exp(-distance) + 0.004 * generator.normal()))
      }
    }
    let scattered = (0..<120).map { _ -> TuningTrial in
      let (c, gamma) = (-5 + 20 * generator.uniform(), -15 + 18 * generator.uniform())
      let distance = (c - 5) * (c - 5) / 60 + (gamma + 5) * (gamma + 5) / 40
      return TuningTrial(x: pow(2, c), y: pow(2, gamma), score: 0.66 + 0.3 * exp(-distance))
    }
    return [
      TuningHeatMap(title: "Trials on a grid", scoreName: "balanced accuracy", trials: trials),
      TuningHeatMap(title: "Random trials", scoreName: "balanced accuracy", trials: scattered),
    ]
  }

  private mutating func training() -> [any Chart] {
    var moments: [ConvergenceChart.Moment] = []
    for step in 0..<400 {
      let progress = Double(step) * 250
      moments.append(
        .init(
          progress: progress,
          violation: 2.5 * exp(-Double(step) / 52) * (1 + 0.3 * generator.uniform()),
          relativeGap: 1.2 * exp(-Double(step) / 40)))
    }
    let sizes = [50, 100, 200, 400, 800, 1600].map { count in
      LearningCurveChart.Size(
        rowCount: count,
        training: MeasuredValue(
          mean: 0.95 + 0.4 / Double(count), deviation: 0.2 / Double(count).squareRoot()),
        validation: MeasuredValue(
          mean: 0.94 - 4 / Double(count), deviation: 0.3 / Double(count).squareRoot()))
    }
    return [
      ConvergenceChart(moments: moments, tolerance: 0.001),
      LearningCurveChart(scoreName: "accuracy", sizes: sizes),
    ]
  }

  /// The report.
  static func report() -> HTMLReport {
    var problem = TwoClasses()
    let charts = problem.charts().map { $0.map { $0.plot() } }
    return HTMLReport(
      title: "breast-cancer.csv",
      subtitle: "C-support vector classification with a gaussian kernel",
      summary: [
        .init("accuracy", "91.2 %"), .init("balanced accuracy", "90.8 %"),
        .init("ROC area", "0.949"),
        .init("rows", "1 200"), .init("support vectors", "312"), .init("C", "32"),
        .init("γ", "0.03125"), .init("measured on", "240 held-out rows"),
      ],
      warnings: [
        "The classes are not equally frequent: look at balanced accuracy.",
        "2 columns with <b>markup</b> & \"quotes\" in their names were left out.",
      ],
      sections: [
        .init(
          "Quality", [.paragraph("Measured on rows that did not train."), .figures(charts[0])]),
        .init("Regions", [.figures(charts[1])]),
        .init("Features", [.figures(charts[2])]),
        .init("Search and training", [.figures(charts[3])]),
      ],
      footer: "svm 0.1.0")
  }
}
