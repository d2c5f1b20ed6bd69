// How a training went, and what more rows would bring.

/// How near the optimum a training came, iteration by iteration.
public struct ConvergenceChart: Chart {
  /// The state of a training at one moment.
  public struct Moment: Sendable, Equatable {
    /// Iterations or seconds since the start.
    public var progress: Double
    /// The largest violation of the optimality conditions, in units of the decision value.
    public var violation: Double
    /// The difference of primal and dual objective, divided by the primal one, when known.
    public var relativeGap: Double?

    /// A moment from its figures.
    public init(progress: Double, violation: Double, relativeGap: Double? = nil) {
      self.progress = progress
      self.violation = violation
      self.relativeGap = relativeGap
    }
  }

  /// The heading.
  public var title: String
  /// What progress is measured in: "iterations" or "seconds".
  public var progressName: String
  /// The moments, in order.
  public var moments: [Moment]
  /// The violation at which the training stops.
  public var tolerance: Double?

  /// A chart of moments.
  public init(
    title: String = "Convergence", progressName: String = "iterations", moments: [Moment],
    tolerance: Double? = nil
  ) {
    self.title = title
    self.progressName = progressName
    self.moments = moments
    self.tolerance = tolerance
  }

  /// The drawing, on a logarithmic axis; the tolerance is a dashed line.
  public func plot() -> Plot {
    let end = moments.map(\.progress).filter(\.isFinite).max() ?? 1
    var marks = [
      PlotMark(
        .line(moments.map { PlotPoint($0.progress, $0.violation) }), name: "KKT violation")
    ]
    let gaps = moments.compactMap { moment in
      moment.relativeGap.map { PlotPoint(moment.progress, $0) }
    }
    if !gaps.isEmpty {
      marks.append(PlotMark(.line(gaps), color: .series(1), name: "relative gap"))
    }
    if let tolerance {
      marks.append(
        PlotMark(
          .segment(PlotPoint(0, tolerance), PlotPoint(end, tolerance)), color: .muted,
          name: "tolerance", isDashed: true))
    }
    let last = moments.last.map { " It ends at \(NumberText.significant($0.violation))." } ?? ""
    return Plot(
      title: title,
      description: "The KKT violation and the relative gap over \(progressName)." + last,
      xAxis: PlotAxis(progressName, included: [0]),
      yAxis: PlotAxis(
        "distance from the optimum", kind: .logarithmic(base: 10),
        included: tolerance.map { [$0] } ?? []),
      marks: marks)
  }
}

/// The score on training rows and on others, by the number of training rows.
public struct LearningCurveChart: Chart {
  /// The scores with one number of training rows.
  public struct Size: Sendable, Equatable {
    /// The number of training rows.
    public var rowCount: Int
    /// The score on those rows.
    public var training: MeasuredValue
    /// The score on rows that did not train.
    public var validation: MeasuredValue

    /// A size from its scores.
    public init(rowCount: Int, training: MeasuredValue, validation: MeasuredValue) {
      self.rowCount = rowCount
      self.training = training
      self.validation = validation
    }
  }

  /// The heading.
  public var title: String
  /// The name of the score.
  public var scoreName: String
  /// The sizes.
  public var sizes: [Size]

  /// A chart of sizes.
  public init(title: String = "Learning curve", scoreName: String, sizes: [Size]) {
    self.title = title
    self.scoreName = scoreName
    self.sizes = sizes
  }

  /// The drawing: means with bands of one standard deviation.
  public func plot() -> Plot {
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
