import Basics

// What another threshold would give: precision and recall over the threshold, and the share of a class
// that is found when only the rows with the highest scores are looked at.

/// Precision, recall and F1 of one class over the threshold of its score.
package struct ThresholdChart: Chart {
  /// What one threshold gives.
  package struct Point: Sendable, Equatable {
    /// Rows whose score is at least this are predicted as the class.
    package var threshold: Double
    /// The share of these rows that are of the class.
    package var precision: Double
    /// The share of the class that is among these rows.
    package var recall: Double

    /// A point from its figures.
    package init(threshold: Double, precision: Double, recall: Double) {
      self.threshold = threshold
      self.precision = precision
      self.recall = recall
    }

    /// The harmonic mean of precision and recall; 0 where both are.
    package var f1: Double {
      let sum = precision + recall
      return sum > 0 ? 2 * precision * recall / sum : 0
    }
  }

  /// The heading.
  package var title: String
  /// The class.
  package var className: String
  /// What the score is.
  package var scoreName: String
  /// What each threshold gives, in the order of the thresholds.
  package var points: [Point]
  /// The threshold that the model uses, and what it gives, when it is known.
  package var operatingPoint: Point?

  /// A chart of thresholds.
  package init(
    title: String? = nil, className: String, scoreName: String, points: [Point],
    operatingPoint: Point? = nil
  ) {
    self.title = title ?? "Threshold for \(className)"
    self.className = className
    self.scoreName = scoreName
    self.points = points
    self.operatingPoint = operatingPoint
  }

  /// The drawing: three curves, and a dashed line at the threshold of the model.
  package func plot() -> Plot {
    let axis = PlotAxis("")
    let usable = points.filter { axis.accepts($0.threshold) }
    func line(_ name: String, _ series: Int, _ value: (Point) -> Double) -> [PlotMark] {
      var marks = [
        PlotMark(
          .line(usable.map { PlotPoint($0.threshold, value($0)) }), color: .series(series),
          name: name)
      ]
      if let operatingPoint {
        marks.append(
          PlotMark(
            .points([PlotPoint(operatingPoint.threshold, value(operatingPoint))]),
            color: .series(series), size: 4, opacity: 1))
      }
      return marks
    }
    func figures(_ point: Point) -> String {
      "precision \(NumberText.significant(point.precision, digits: 3)), recall "
        + "\(NumberText.significant(point.recall, digits: 3)), F1 "
        + NumberText.significant(point.f1, digits: 3)
    }
    var notes: [String] = []
    if let operatingPoint {
      let threshold = NumberText.significant(operatingPoint.threshold, digits: 3)
      notes.append("The model's threshold is \(threshold): \(figures(operatingPoint)).")
    }
    let best = usable.reduce(nil as Point?) { best, point in
      if let best, best.f1 >= point.f1 { return best }
      return point
    }
    if let best, best.f1 > 0 {
      let threshold = NumberText.significant(best.threshold, digits: 3)
      notes.append("The largest F1 is at \(threshold): \(figures(best)).")
    }
    var marks: [PlotMark] = []
    if let operatingPoint {
      marks.append(
        PlotMark(
          .segment(
            PlotPoint(operatingPoint.threshold, 0), PlotPoint(operatingPoint.threshold, 1)),
          color: .ink, name: "the model's threshold", isDashed: true))
    }
    marks += line("precision", 0, \.precision) + line("recall", 1, \.recall) + line("F1", 2, \.f1)
    return Plot(
      title: title,
      description: "Precision, recall and F1 of \(className) over the threshold of the "
        + "\(scoreName).",
      xAxis: PlotAxis("threshold of the \(scoreName)", padding: 0.02),
      yAxis: PlotAxis("share", range: -0.02...1.02),
      marks: usable.isEmpty ? [] : marks, notes: notes, aspect: 0.8)
  }
}

/// Cumulative gain: the share of a class that is found among the rows with the highest scores.
package struct GainChart: Chart {
  /// The heading.
  package var title: String
  /// One curve, or one for each class against the rest: the share of rows and the share of the class.
  package var curves: [ThresholdCurve]
  /// The share of rows that are of the class; the curve of perfect scores is drawn for a single curve.
  package var positiveShare: Double?

  /// A chart of curves whose points are (share of rows, share of the class).
  package init(
    title: String = "Cumulative gain", curves: [ThresholdCurve], positiveShare: Double? = nil
  ) {
    self.title = title
    self.curves = curves
    self.positiveShare = positiveShare
  }

  /// The drawing, with the diagonal of a random order.
  package func plot() -> Plot {
    var marks = [
      PlotMark(
        .segment(PlotPoint(0, 0), PlotPoint(1, 1)), color: .muted, name: "random order",
        isDashed: true)
    ]
    if let share = positiveShare, share > 0, share < 1, curves.count == 1 {
      marks.append(
        PlotMark(
          .line([PlotPoint(0, 0), PlotPoint(share, 1), PlotPoint(1, 1)]), color: .muted,
          name: "perfect order", size: 1.2))
    }
    marks += curves.enumerated().map { index, curve in
      PlotMark(.line(curve.points), color: .series(curve.series ?? index), name: curve.name)
    }
    var notes: [String] = []
    if curves.count == 1, let found = curves[0].height(at: 0.1) {
      let lift = NumberText.significant(found / 0.1, digits: 2)
      notes.append(
        "The tenth of the rows with the highest scores contains \(NumberText.percentage(found)) of "
          + "\(curves[0].name): a lift of \(lift).")
    }
    return Plot(
      title: title,
      description: "The share of a class that is found among the rows with the highest scores. "
        + notes.joined(separator: " "),
      xAxis: PlotAxis("share of rows, highest scores first", range: -0.02...1.02),
      yAxis: PlotAxis("share of the class", range: -0.02...1.02), marks: marks, notes: notes,
      aspect: 0.8)
  }
}

extension ThresholdCurve {
  /// The height of the curve at a place, between two points on the line that joins them.
  func height(at x: Double) -> Double? {
    for (low, high) in zip(points, points.dropFirst()) where low.x <= x && x <= high.x {
      return high.x > low.x
        ? low.y + (high.y - low.y) * (x - low.x) / (high.x - low.x) : max(low.y, high.y)
    }
    return nil
  }
}
