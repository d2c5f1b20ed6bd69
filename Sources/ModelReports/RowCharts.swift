import Basics
import Calibration
import Evaluation
import Reports
import SupportVectors
import TabularModels

// Charts of rows with their predictions. Each is `nil` where there is nothing to draw: a ROC curve of a
// regression, or of rows of one class.

/// Charts of measured rows.
package struct RowCharts: Sendable {
  /// The rows.
  package let rows: MeasuredRows

  /// Curves of more classes than this are those of the classes that are ranked worst.
  static let curveLimit = 8

  /// Makes charts of rows.
  package init(_ rows: MeasuredRows) { self.rows = rows }

  /// The classes of the model.
  var modelClasses: [String] { rows.model.classes ?? [] }

  var targetName: String { rows.model.targetName ?? "target" }

  /// What a chart must say when it does not show all rows.
  var sampleNotes: [String] {
    rows.count < rows.measuredCount
      ? [
        "\(NumberText.count(rows.count)) of \(NumberText.count(rows.measuredCount)) rows, "
          + "at random (seed \(rows.seed))."
      ] : []
  }

  /// How often each class was predicted as each.
  ///
  /// - Parameter measurement: The counts of all rows.
  /// - Returns: The picture, or `nil` unless classes were counted.
  package static func confusion(_ measurement: Measurement) -> Plot? {
    guard case .classes(let matrix) = measurement.counts, !matrix.classNames.isEmpty else {
      return nil
    }
    return ConfusionMatrixChart(
      classNames: matrix.classNames,
      counts: matrix.classNames.indices.map { actual in
        matrix.classNames.indices.map { matrix.weight(actual: actual, predicted: $0) }
      }
    ).plot()
  }

  // MARK: Thresholds

  /// The rows in order of the score of one class: its place in the model, and how well it is ranked.
  struct Ranking {
    var name: String
    /// The number of its colour.
    var series: Int
    var labels: ScoredLabels
  }

  /// One ranking for two classes, the later one's; one for each of more.
  func rankings() throws -> [Ranking] {
    guard rows.model.predictor.task == .classification, rows.scoreCount > 0 else { return [] }
    let names = modelClasses
    let indices = names.count == 2 ? [1] : Array(names.indices)
    var rankings: [Ranking] = []
    for index in indices {
      let probabilities = rows.probabilities(of: index)
      // Two classes are ranked by the decision value, whose ties are fewer.
      let scores =
        names.count > 2 && !probabilities.isEmpty
        ? probabilities : rows.scores(of: names.count == 2 ? 0 : index)
      guard !scores.contains(where: \.isNaN) else { continue }
      rankings.append(
        Ranking(
          name: names[index], series: names.count == 2 ? 0 : index,
          labels: try ScoredLabels(
            scores: scores, isPositive: rows.actualClasses.map { $0 == index },
            weights: rows.weights)))
    }
    return rankings
  }

  /// At most as many curves as can be distinguished, those with the smallest areas, and what to say of it.
  private func shown(
    _ curves: [ThresholdCurve]
  ) -> (curves: [ThresholdCurve], notes: [String]) {
    guard curves.count > Self.curveLimit else { return (curves, sampleNotes) }
    let order = curves.indices.sorted {
      let (a, b) = (curves[$0].area ?? 1, curves[$1].area ?? 1)
      return a == b ? $0 < $1 : a < b
    }
    return (
      order.prefix(Self.curveLimit).sorted().map { curves[$0] },
      ["\(curves.count) classes: the \(Self.curveLimit) with the smallest areas are shown."]
        + sampleNotes
    )
  }

  /// Points of a curve: enough for any picture, fewer where there are many curves.
  private func pointLimit(_ curveCount: Int) -> Int { curveCount > 2 ? 150 : 400 }

  /// The curves of all rankings that have one: those to draw, and what to say of them; `nil` without any.
  private func curves(
    _ curve: (ScoredLabels, _ pointLimit: Int) -> (points: [PlotPoint], area: Double?)
  ) throws -> (curves: [ThresholdCurve], notes: [String])? {
    let rankings = try rankings()
    let curves = rankings.compactMap { ranking -> ThresholdCurve? in
      let (points, area) = curve(ranking.labels, pointLimit(rankings.count))
      guard !points.isEmpty else { return nil }
      return ThresholdCurve(name: ranking.name, points: points, area: area, series: ranking.series)
    }
    return curves.isEmpty ? nil : shown(curves)
  }

  /// The receiver operating characteristic: of the later of two classes, of each of more against the rest.
  package func roc() throws -> Plot? {
    let found = try curves { labels, limit in
      let points = labels.rocCurve(pointLimit: limit)
      return (points.map { PlotPoint($0.falsePositiveRate, $0.recall) }, labels.rocAUC)
    }
    guard let (shown, notes) = found else { return nil }
    var plot = ROCChart(curves: shown).plot()
    plot.notes += notes
    return plot
  }

  /// Precision over recall: of the later of two classes, of each of more against the rest.
  package func precisionRecall() throws -> Plot? {
    let found = try curves { labels, limit in
      let points = labels.precisionRecallCurve(pointLimit: limit)
      return (points.map { PlotPoint($0.recall, $0.precision) }, labels.averagePrecision)
    }
    guard let (shown, notes) = found else { return nil }
    var share: Double?
    if modelClasses.count == 2 {
      let weights = rows.weights ?? [Double](repeating: 1, count: rows.count)
      let positive = rows.actualClasses.indices.reduce(0) {
        $0 + (rows.actualClasses[$1] == 1 ? weights[$1] : 0)
      }
      share = positive / weights.reduce(0, +)
    }
    var plot = PrecisionRecallChart(curves: shown, positiveShare: share).plot()
    plot.notes += notes
    return plot
  }

  /// Whether probabilities come true: of the later of two classes, of the predicted one of more.
  package func calibration() throws -> Plot? {
    let classCount = modelClasses.count
    guard classCount >= 2, !rows.probabilities.isEmpty else { return nil }
    let probabilities: [Double]
    let outcomes: [Bool]
    if classCount == 2 {
      probabilities = rows.probabilities(of: 1)
      outcomes = rows.actualClasses.map { $0 == 1 }
    } else {
      probabilities = (0..<rows.count).map {
        rows.probabilities[$0 * classCount + rows.predictedClasses[$0]]
      }
      outcomes = zip(rows.actualClasses, rows.predictedClasses).map { $0 == $1 }
    }
    // With few rows in a bin its share is chance.
    let binCount = min(15, max(5, rows.count / 30))
    let curve = try ReliabilityCurve(
      probabilities: probabilities, outcomes: outcomes, weights: rows.weights, binCount: binCount)
    var plot = CalibrationChart(
      className: classCount == 2 ? modelClasses[1] : "the predicted class",
      bins: curve.bins.map {
        CalibrationChart.Bin(
          predicted: $0.meanProbability, observed: $0.observedFraction,
          count: Int($0.weight.rounded()))
      }, histogram: histogram(probabilities)
    ).plot()
    plot.notes +=
      [
        "Each dot stands for about the same number of rows; the bars at the bottom are a histogram "
          + "of the probabilities."
      ] + sampleNotes
    return plot
  }

  /// The weight of rows in each twentieth of the probabilities.
  private func histogram(_ probabilities: [Double]) -> [Double] {
    let count = 20
    var sums = [Double](repeating: 0, count: count)
    for (row, probability) in probabilities.enumerated() where probability.isFinite {
      sums[min(max(Int(probability * Double(count)), 0), count - 1)] += rows.weights?[row] ?? 1
    }
    return sums
  }

  /// The class of two that is looked for: the one with fewer rows, of equals the later one.
  private var rarerClass: Int {
    let known = rows.actualClasses.indices.filter { rows.actualClasses[$0] < 2 }
    return ClassBalance(
      classNames: modelClasses, codes: known.map { rows.actualClasses[$0] },
      weights: rows.weights.map { weights in known.map { weights[$0] } }
    ).rarest ?? 1
  }

  /// The rows of two classes in order of the score of the rarer one.
  private func rarerRanking() throws -> (name: String, scoreName: String, scores: [Double])? {
    guard modelClasses.count == 2, rows.scoreCount > 0, rows.count > 0 else { return nil }
    let index = rarerClass
    let name = modelClasses[index]
    let probabilities = rows.probabilities(of: index)
    let scores =
      probabilities.isEmpty ? rows.scores(of: 0).map { index == 1 ? $0 : -$0 } : probabilities
    guard !scores.contains(where: \.isNaN) else { return nil }
    let scoreName =
      !probabilities.isEmpty
      ? "probability of \(name)"
      : index == 1 ? "decision value" : "decision value for \(name)"
    return (name, scoreName, scores)
  }

  /// What other thresholds would give: precision, recall and F1 of the rarer of two classes.
  ///
  /// - Returns: The picture, or `nil` unless there are two classes with rows of each.
  /// - Throws: `EvaluationError`.
  package func threshold() throws -> Plot? {
    guard let ranking = try rarerRanking() else { return nil }
    let index = rarerClass
    let labels = try ScoredLabels(
      scores: ranking.scores, isPositive: rows.actualClasses.map { $0 == index },
      weights: rows.weights)
    guard !labels.rocCurve(pointLimit: 3).isEmpty else { return nil }
    let points = labels.precisionRecallCurve(pointLimit: pointLimit(1)).filter {
      $0.threshold.isFinite
    }
    guard points.count > 1 else { return nil }
    var plot = ThresholdChart(
      className: ranking.name, scoreName: ranking.scoreName,
      points: points.map {
        .init(threshold: $0.threshold, precision: $0.precision, recall: $0.recall)
      }, operatingPoint: operatingPoint(ranking.scores, index)
    ).plot()
    let predicted = Set(rows.predictedClasses)
    if predicted.count == 1 {
      plot.notes.insert(
        predicted.contains(index)
          ? "All rows are above the model's threshold."
          : "No row reaches the model's threshold: none is predicted as \(ranking.name).",
        at: 0)
    }
    plot.notes += sampleNotes
    return plot
  }

  /// The threshold between rows that are predicted as a class and those that are not, with what the
  /// predictions give; `nil` where no threshold separates them, and where only one class
  /// is predicted.
  private func operatingPoint(_ scores: [Double], _ index: Int) -> ThresholdChart.Point? {
    var (least, greatest) = (Double.infinity, -Double.infinity)
    var (taken, found, all) = (0.0, 0.0, 0.0)
    for row in scores.indices {
      let weight = rows.weights?[row] ?? 1
      let isActual = rows.actualClasses[row] == index
      if isActual { all += weight }
      if rows.predictedClasses[row] == index {
        least = min(least, scores[row])
        taken += weight
        if isActual { found += weight }
      } else {
        greatest = max(greatest, scores[row])
      }
    }
    guard taken > 0, all > 0, least.isFinite, greatest.isFinite, least >= greatest else {
      return nil
    }
    // The threshold that the model names, where it lies between the rows.
    var threshold = least + (greatest - least) / 2
    let named: Double =
      if !rows.probabilities.isEmpty {
        0.5
      } else if case .classes(let calibration)? = rows.model.calibration,
        let value = calibration.threshold
      {
        index == 1 ? value : -value
      } else {
        0
      }
    if named >= greatest, named <= least { threshold = named }
    return .init(threshold: threshold, precision: found / taken, recall: found / all)
  }

  /// How much of a class is found when rows are taken by descending score: of the rarer of two classes,
  /// of each of more.
  ///
  /// - Returns: The picture, or `nil` without classes that have rows.
  /// - Throws: `EvaluationError`.
  package func gain() throws -> Plot? {
    let weights = rows.weights ?? [Double](repeating: 1, count: rows.count)
    let total = weights.reduce(0, +)
    var rankings = try rankings()
    var share: Double?
    if modelClasses.count == 2 {
      guard let ranking = try rarerRanking() else { return nil }
      let index = rarerClass
      rankings = [
        Ranking(
          name: ranking.name, series: 0,
          labels: try ScoredLabels(
            scores: ranking.scores, isPositive: rows.actualClasses.map { $0 == index },
            weights: rows.weights))
      ]
    }
    var curves: [ThresholdCurve] = []
    for ranking in rankings {
      let index = modelClasses.firstIndex(of: ranking.name) ?? 0
      let positive = rows.actualClasses.indices.reduce(0) {
        $0 + (rows.actualClasses[$1] == index ? weights[$1] : 0)
      }
      let part = positive / total
      let points = ranking.labels.rocCurve(pointLimit: pointLimit(rankings.count))
      guard !points.isEmpty else { continue }
      share = part
      curves.append(
        ThresholdCurve(
          name: ranking.name,
          points: points.map {
            PlotPoint($0.recall * part + $0.falsePositiveRate * (1 - part), $0.recall)
          }, area: ranking.labels.rocAUC, series: ranking.series))
    }
    guard !curves.isEmpty else { return nil }
    let (shown, notes) = shown(curves)
    var plot = GainChart(curves: shown, positiveShare: modelClasses.count == 2 ? share : nil).plot()
    plot.notes += notes
    return plot
  }

  /// The decision values of two classes, or of a one-class model.
  package func scoreHistogram() -> Plot? {
    guard rows.scoreCount == 1, rows.count > 0 else { return nil }
    let scores = rows.scores(of: 0)
    let chart: ScoreHistogramChart
    switch rows.model.predictor.task {
    case .classification:
      var threshold: Double? = 0
      if case .classes(let calibration)? = rows.model.calibration {
        threshold = calibration.threshold
      }
      chart = ScoreHistogramChart(
        title: "Decision values by actual class", classNames: rows.classNames,
        scores: rows.classNames.indices.map { index in
          zip(scores, rows.actualClasses).filter { $0.1 == index }.map(\.0)
        }, threshold: threshold)
    case .novelty:
      chart = ScoreHistogramChart(
        title: "Decision values", classNames: ["rows"], scores: [scores], threshold: 0)
    case .regression, .components: return nil
    }
    var plot = chart.plot()
    plot.notes += sampleNotes
    return plot
  }

  // MARK: Numbers

  /// Predicted against true numbers.
  package func predictedVersusTrue() -> Plot? {
    guard !rows.actualNumbers.isEmpty else { return nil }
    var plot = PredictedVersusTrueChart(
      targetName: targetName, predicted: rows.predictedNumbers, actual: rows.actualNumbers
    ).plot()
    plot.notes += sampleNotes
    return plot
  }

  /// True minus predicted numbers.
  var residuals: [Double] {
    zip(rows.actualNumbers, rows.predictedNumbers).map { $0 - $1 }
  }

  /// Residuals over predictions, with the tube of a support vector regression.
  package func residualPlot() -> Plot? {
    guard !rows.actualNumbers.isEmpty else { return nil }
    let predictor = rows.model.predictor
    var plot = ResidualChart(
      targetName: targetName, predicted: rows.predictedNumbers, residuals: residuals,
      epsilon: predictor.parameter("tubeWidth") ?? predictor.parameter("epsilon")
    ).plot()
    plot.notes += sampleNotes
    return plot
  }

  /// The distribution of residuals.
  package func residualHistogram() -> Plot? {
    guard !rows.actualNumbers.isEmpty else { return nil }
    return ResidualHistogramChart(residuals: residuals).plot()
  }

  /// Residuals against a normal distribution.
  package func residualQuantiles() -> Plot? {
    guard !rows.actualNumbers.isEmpty else { return nil }
    return ResidualQuantileChart(residuals: residuals).plot()
  }
}
