import Basics

// Curves over decision thresholds: receiver operating characteristic, precision and recall; and the
// calibration of probabilities.

/// A curve over thresholds, of one class or one model.
package struct ThresholdCurve: Sendable, Equatable {
  /// The class or the model.
  package var name: String
  /// The points in the order of the threshold; both coordinates from 0 to 1.
  package var points: [PlotPoint]
  /// The area under the curve, when known.
  package var area: Double?
  /// The number of its colour, for classes that have one colour in all pictures; `nil` is its place.
  package var series: Int?

  /// A curve from its points.
  package init(name: String, points: [PlotPoint], area: Double? = nil, series: Int? = nil) {
    self.name = name
    self.points = points
    self.area = area
    self.series = series
  }

  /// The name with the area in parentheses.
  func legend(_ areaName: String) -> String {
    guard let area else { return name }
    return "\(name) (\(areaName) \(NumberText.fixed(area, decimals: 3)))"
  }
}

/// Both axes of shares, with the same room at both ends.
private func shareAxis(_ label: String) -> PlotAxis { PlotAxis(label, range: -0.02...1.02) }

/// The receiver operating characteristic: which share of the positive rows is found, at the price of
/// which share of the negative rows.
package struct ROCChart: Chart {
  /// The heading.
  package var title: String
  /// One curve, or one for each class against the rest: false positive rate and true positive rate.
  package var curves: [ThresholdCurve]

  /// A chart of curves whose points are (false positive rate, true positive rate).
  package init(title: String = "ROC curve", curves: [ThresholdCurve]) {
    self.title = title
    self.curves = curves
  }

  /// The drawing, with the diagonal of guessing.
  package func plot() -> Plot {
    let guess = PlotMark(
      .segment(PlotPoint(0, 0), PlotPoint(1, 1)), color: .muted, name: "guessing", isDashed: true)
    let lines = curves.enumerated().map { index, curve in
      PlotMark(
        .line(curve.points), color: .series(curve.series ?? index), name: curve.legend("area"))
    }
    return Plot(
      title: title,
      description: "True positive rate against false positive rate for every threshold. "
        + curves.map { $0.legend("area") }.joined(separator: ", ") + ".",
      xAxis: shareAxis("false positive rate"), yAxis: shareAxis("true positive rate"),
      marks: [guess] + lines, aspect: 0.9)
  }
}

/// Precision against recall for every threshold.
package struct PrecisionRecallChart: Chart {
  /// The heading.
  package var title: String
  /// One curve, or one for each class against the rest: recall and precision.
  package var curves: [ThresholdCurve]
  /// The share of positive rows: the precision of guessing; drawn for a single curve.
  package var positiveShare: Double?

  /// A chart of curves whose points are (recall, precision).
  package init(
    title: String = "Precision and recall", curves: [ThresholdCurve], positiveShare: Double? = nil
  ) {
    self.title = title
    self.curves = curves
    self.positiveShare = positiveShare
  }

  /// The drawing, with the precision of guessing when it is known.
  package func plot() -> Plot {
    var marks: [PlotMark] = []
    if let share = positiveShare, curves.count == 1 {
      marks.append(
        PlotMark(
          .segment(PlotPoint(0, share), PlotPoint(1, share)), color: .muted, name: "guessing",
          isDashed: true))
    }
    marks += curves.enumerated().map { index, curve in
      PlotMark(
        .line(curve.points), color: .series(curve.series ?? index), name: curve.legend("area"))
    }
    return Plot(
      title: title,
      description: "Precision against recall for every threshold. "
        + curves.map { $0.legend("area") }.joined(separator: ", ") + ".",
      xAxis: shareAxis("recall"), yAxis: shareAxis("precision"), marks: marks, aspect: 0.9)
  }
}

/// Whether probabilities come true: the share of positive rows against the predicted probability.
package struct CalibrationChart: Chart {
  /// Rows with similar predicted probabilities.
  package struct Bin: Sendable, Equatable {
    /// The mean of the predicted probabilities.
    package var predicted: Double
    /// The share of positive rows.
    package var observed: Double
    /// The number of rows.
    package var count: Int

    /// A bin from its figures.
    package init(predicted: Double, observed: Double, count: Int) {
      self.predicted = predicted
      self.observed = observed
      self.count = count
    }
  }

  /// The heading.
  package var title: String
  /// The class whose probability it is.
  package var className: String
  /// The bins; those without rows are not drawn.
  package var bins: [Bin]
  /// The rows in intervals of equal width that divide 0 to 1; empty for none.
  package var histogram: [Double]

  /// A chart of bins.
  package init(
    title: String = "Calibration", className: String, bins: [Bin], histogram: [Double] = []
  ) {
    self.title = title
    self.className = className
    self.bins = bins
    self.histogram = histogram
  }

  /// The drawing: the curve, the diagonal of perfect calibration, and at the foot how many rows have
  /// which probability.
  package func plot() -> Plot {
    let bins = bins.filter { $0.count > 0 }.sorted { $0.predicted < $1.predicted }
    let points = bins.map { PlotPoint($0.predicted, $0.observed) }
    let counts = histogram.map { $0.isFinite && $0 > 0 ? $0 : 0 }
    let most = counts.max() ?? 0
    let width = 1 / Double(max(counts.count, 1))
    // Columns at the foot, a fifth of the height for the tallest.
    let columns = counts.enumerated().map { index, count in
      PlotColumn(
        from: Double(index) * width, to: Double(index + 1) * width,
        height: most > 0 ? 0.2 * count / most : 0)
    }
    var marks: [PlotMark] = []
    if most > 0 {
      marks.append(
        PlotMark(
          .columns(columns), color: .muted,
          name: "rows (tallest: \(NumberText.significant(most, digits: 6)))", opacity: 0.45))
    }
    marks += [
      PlotMark(
        .segment(PlotPoint(0, 0), PlotPoint(1, 1)), color: .muted, name: "perfect",
        isDashed: true),
      PlotMark(.line(points), name: "observed"), PlotMark(.points(points), size: 3.5, opacity: 1),
    ]
    return Plot(
      title: title,
      description: "The observed share of \(className) against its predicted probability, in "
        + "\(bins.count) bins.",
      xAxis: shareAxis("predicted probability of \(className)"),
      yAxis: shareAxis("observed share"),
      marks: marks, aspect: 0.9)
  }
}

/// The distribution of decision values or probabilities in each class.
package struct ScoreHistogramChart: Chart {
  /// The heading.
  package var title: String
  /// What the scores are.
  package var scoreName: String
  /// The names of the classes.
  package var classNames: [String]
  /// The scores of the rows of each class.
  package var scores: [[Double]]
  /// Where the decision changes, when there is one place.
  package var threshold: Double?

  /// A chart of the scores of each class.
  package init(
    title: String = "Scores by class", scoreName: String = "decision value", classNames: [String],
    scores: [[Double]], threshold: Double? = nil
  ) {
    precondition(
      scores.count == classNames.count,
      "there are \(classNames.count) class names, but scores of \(scores.count) classes")
    self.title = title
    self.scoreName = scoreName
    self.classNames = classNames
    self.scores = scores
    self.threshold = threshold
  }

  /// The drawing: the share of each class' rows in each interval, filled for up to three classes.
  package func plot() -> Plot {
    let edges = Histogram.edges(covering: scores.joined(), count: 40)
    var marks: [PlotMark] = []
    for (index, values) in scores.enumerated() {
      let histogram = Histogram(values, edges: edges)
      let total = Double(max(histogram.counts.reduce(0, +), 1))
      let name = classNames[index]
      if scores.count <= 3 {
        let columns = histogram.counts.enumerated().map { place, count in
          PlotColumn(from: edges[place], to: edges[place + 1], height: Double(count) / total)
        }
        marks.append(
          PlotMark(
            .columns(values.isEmpty ? [] : columns), color: .series(index), name: name,
            opacity: 0.55))
      } else if !values.isEmpty {
        let points = histogram.counts.enumerated().map { place, count in
          PlotPoint(edges[place], Double(count) / total)
        }
        let closing = PlotPoint(edges[edges.count - 1], points.last?.y ?? 0)
        marks.append(PlotMark(.steps(points + [closing]), color: .series(index), name: name))
      }
    }
    if let threshold {
      // Beyond any share; the area cuts it off.
      marks.append(
        PlotMark(
          .segment(PlotPoint(threshold, 0), PlotPoint(threshold, 2)), color: .ink,
          name: "threshold", isDashed: true))
    }
    let unusable = scores.joined().filter { !$0.isFinite }.count
    return Plot(
      title: title,
      description: "The share of each class's rows by \(scoreName).",
      xAxis: PlotAxis(scoreName, padding: 0.02, hasGrid: false),
      yAxis: PlotAxis(
        scores.count == 1 ? "share of rows" : "share of the class's rows", included: [0]),
      marks: marks,
      notes: unusable == 0
        ? [] : ["\(NumberText.count(unusable)) scores that are not finite are left out."])
  }
}
