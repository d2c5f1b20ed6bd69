import Basics

// How a training went, and what more rows would bring.

/// How near the optimum a training came, iteration by iteration; a line for each binary problem.
package struct ConvergenceChart: Chart {
  /// The state of a problem at one moment.
  package struct Moment: Sendable, Equatable {
    /// Iterations or seconds since the start of the problem.
    package var progress: Double
    /// The largest violation of the optimality conditions, in units of the decision value.
    package var violation: Double
    /// The difference of primal and dual objective, divided by the primal one, when known.
    package var relativeGap: Double?

    /// A moment from its figures.
    package init(progress: Double, violation: Double, relativeGap: Double? = nil) {
      self.progress = progress
      self.violation = violation
      self.relativeGap = relativeGap
    }
  }

  /// A binary problem, or the only one.
  package struct Problem: Sendable, Equatable {
    /// Its name, such as the pair of classes that it separates.
    package var name: String
    /// Its moments, in order; the last one is where it ended.
    package var moments: [Moment]

    /// A problem from its moments.
    package init(_ name: String, moments: [Moment]) {
      self.name = name
      self.moments = moments
    }
  }

  /// The heading.
  package var title: String
  /// What progress is measured in: "iterations" or "seconds".
  package var progressName: String
  /// The problems; of more than eight, those that took longest are drawn.
  package var problems: [Problem]
  /// The violation at which the training stops.
  package var tolerance: Double?

  /// This many lines can be distinguished by colour.
  static let problemLimit = 8

  /// A chart of problems.
  package init(
    title: String = "Convergence", progressName: String = "iterations", problems: [Problem],
    tolerance: Double? = nil
  ) {
    self.title = title
    self.progressName = progressName
    self.problems = problems
    self.tolerance = tolerance
  }

  /// A chart of the moments of one problem.
  package init(
    title: String = "Convergence", progressName: String = "iterations", moments: [Moment],
    tolerance: Double? = nil
  ) {
    self.init(
      title: title, progressName: progressName,
      problems: [Problem("KKT violation", moments: moments)], tolerance: tolerance)
  }

  /// The drawing, on a logarithmic axis; the tolerance is a dashed line, and a dot the end of a problem.
  package func plot() -> Plot {
    func end(_ problem: Problem) -> Double {
      problem.moments.map(\.progress).filter(\.isFinite).max() ?? 0
    }
    let order = problems.indices.sorted {
      let (a, b) = (end(problems[$0]), end(problems[$1]))
      return a != b ? a > b : $0 < $1
    }
    let shown = order.prefix(Self.problemLimit).sorted().map { problems[$0] }
    var marks: [PlotMark] = []
    for (index, problem) in shown.enumerated() {
      let points = problem.moments.map { PlotPoint($0.progress, $0.violation) }
      // The first colour is the violation's where there is one problem, the second the gap's.
      let color = PlotColor.series(index)
      marks.append(
        PlotMark(
          .line(points), color: color, name: shown.count == 1 ? "KKT violation" : problem.name))
      if let last = points.last {
        marks.append(PlotMark(.points([last]), color: color, size: 4, opacity: 1))
      }
    }
    let gaps = shown.first?.moments.compactMap { moment in
      moment.relativeGap.map { PlotPoint(moment.progress, $0) }
    }
    if shown.count == 1, let gaps, !gaps.isEmpty {
      marks.append(PlotMark(.line(gaps), color: .series(1), name: "relative gap"))
    }
    if let tolerance {
      let end = shown.map(end).max() ?? 0
      marks.append(
        PlotMark(
          .segment(PlotPoint(0, tolerance), PlotPoint(end > 0 ? end : 1, tolerance)),
          color: .muted, name: "tolerance", isDashed: true))
    }
    var notes: [String] = []
    if shown.count < problems.count {
      notes.append(
        "The \(shown.count) of \(NumberText.count(problems.count)) problems that took longest.")
    }
    let last = shown.count == 1 ? shown[0].moments.last : nil
    return Plot(
      title: title,
      description: (shown.count == 1
        ? "The KKT violation and the relative gap over \(progressName)."
        : "The KKT violation of \(shown.count) problems over \(progressName).")
        + (last.map { " It ends at \(NumberText.significant($0.violation))." } ?? ""),
      xAxis: PlotAxis(progressName, included: [0]),
      yAxis: PlotAxis(
        shown.count == 1 ? "distance from the optimum" : "KKT violation",
        kind: .logarithmic(base: 10), included: tolerance.map { [$0] } ?? []),
      marks: marks, notes: notes)
  }
}

/// The score on training rows and on others, by the number of training rows.
package struct LearningCurveChart: Chart {
  /// The scores with one number of training rows.
  package struct Size: Sendable, Equatable {
    /// The number of training rows.
    package var rowCount: Int
    /// The score on those rows.
    package var training: MeasuredValue
    /// The score on rows that did not train.
    package var validation: MeasuredValue

    /// A size from its scores.
    package init(rowCount: Int, training: MeasuredValue, validation: MeasuredValue) {
      self.rowCount = rowCount
      self.training = training
      self.validation = validation
    }
  }

  /// The heading.
  package var title: String
  /// The name of the score.
  package var scoreName: String
  /// The sizes.
  package var sizes: [Size]

  /// A chart of sizes.
  package init(title: String = "Learning curve", scoreName: String, sizes: [Size]) {
    self.title = title
    self.scoreName = scoreName
    self.sizes = sizes
  }

  /// The drawing: means with bands of one standard deviation.
  package func plot() -> Plot {
    let sizes = sizes.sorted { $0.rowCount < $1.rowCount }
    var marks: [PlotMark] = []
    for (index, name) in ["training rows", "other rows"].enumerated() {
      let values = sizes.map { (Double($0.rowCount), index == 0 ? $0.training : $0.validation) }
        .filter { $0.1.mean.isFinite }
      let band = values.map { x, value in
        PlotInterval(x: x, low: value.interval.lowerBound, high: value.interval.upperBound)
      }
      let points = values.map { PlotPoint($0.0, $0.1.mean) }
      marks.append(PlotMark(.band(band), color: .series(index), opacity: 0.18))
      marks.append(PlotMark(.line(points), color: .series(index), name: name))
      marks.append(PlotMark(.points(points), color: .series(index), opacity: 1))
    }
    let counts = sizes.map(\.rowCount).filter { $0 > 0 }
    let isWide = (counts.last ?? 1) >= 20 * (counts.first ?? 1)
    return Plot(
      title: title,
      description: "\(scoreName) on training rows and on other rows, by the number of training "
        + "rows, with bands of one standard deviation.",
      xAxis: PlotAxis("training rows", kind: isWide ? .logarithmic(base: 10) : .linear),
      yAxis: PlotAxis(scoreName), marks: marks)
  }
}
