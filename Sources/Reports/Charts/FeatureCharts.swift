// What features do: permutation importance, weights of a linear model, partial dependence.

/// A feature with a figure.
public struct FeatureValue: Sendable, Equatable {
  /// The name of the feature.
  public var name: String
  /// The figure.
  public var value: MeasuredValue

  /// A feature from its name and figure.
  public init(_ name: String, mean: Double, deviation: Double = 0) {
    self.name = name
    value = MeasuredValue(mean: mean, deviation: deviation)
  }
}

/// The features with the largest figures, and a note on the others.
private func leading(
  _ features: [FeatureValue], limit: Int, by size: (Double) -> Double
) -> (shown: [FeatureValue], notes: [String]) {
  let usable = features.filter { PlotAxis("").accepts($0.value.mean) }
  let sorted = usable.enumerated().sorted {
    let (a, b) = (size($0.element.value.mean), size($1.element.value.mean))
    return a != b ? a > b : $0.offset < $1.offset
  }.map(\.element)
  var notes: [String] = []
  if sorted.count > limit { notes.append("\(sorted.count - limit) more features are not shown.") }
  if usable.count < features.count {
    notes.append("\(features.count - usable.count) figures that are not finite are left out.")
  }
  return (Array(sorted.prefix(limit)), notes)
}

/// The aspect of a chart with so many bars, each some 22 units high.
func barAspect(_ count: Int) -> Double { (Double(max(count, 2)) * 22 + 12) / 320 }

/// How much worse predictions become when the values of one feature are shuffled.
public struct ImportanceChart: Chart {
  /// The heading.
  public var title: String
  /// The name of the score that falls.
  public var scoreName: String
  /// The loss of score for each feature, over repeated shuffles.
  public var features: [FeatureValue]
  /// How many features to draw.
  public var limit: Int

  /// A chart of features; whiskers are one standard deviation.
  public init(
    title: String = "Permutation importance", scoreName: String, features: [FeatureValue],
    limit: Int = 20
  ) {
    self.title = title
    self.scoreName = scoreName
    self.features = features
    self.limit = limit
  }

  /// The drawing: the most important feature first.
  public func plot() -> Plot {
    let (shown, notes) = leading(features, limit: limit) { $0 }
    let bars = shown.enumerated().map { index, feature in
      PlotBar(
        position: Double(index), value: feature.value.mean,
        whisker: feature.value.deviation > 0 ? feature.value.interval : nil)
    }
    return Plot(
      title: title,
      description: "Loss of \(scoreName) when a feature is shuffled. "
        + shown.prefix(5).map { "\($0.name): \(NumberText.significant($0.value.mean, digits: 3))" }
        .joined(separator: ", ") + ".",
      xAxis: PlotAxis("loss of \(scoreName)", included: [0]),
      yAxis: PlotAxis(
        "", kind: .categories(shown.map(\.name)), isReversed: true, hasGrid: false),
      marks: [PlotMark(.bars(bars))], notes: notes, aspect: barAspect(shown.count))
  }
}

/// The weights of a linear model.
public struct WeightsChart: Chart {
  /// The heading.
  public var title: String
  /// The weight of each feature.
  public var features: [FeatureValue]
  /// What a positive weight speaks for: the name of a class, or "a larger value".
  public var positiveName: String
  /// What a negative weight speaks for.
  public var negativeName: String
  /// How many features to draw.
  public var limit: Int

  /// A chart of weights.
  public init(
    title: String = "Weights", features: [FeatureValue], positiveName: String,
    negativeName: String, limit: Int = 20
  ) {
    self.title = title
    self.features = features
    self.positiveName = positiveName
    self.negativeName = negativeName
    self.limit = limit
  }

  /// The drawing: the largest weights first, in two colours by their sign.
  public func plot() -> Plot {
    let (shown, notes) = leading(features, limit: limit, by: \.magnitude)
    let bars = shown.enumerated().map { index, feature in
      PlotBar(position: Double(index), value: feature.value.mean)
    }
    return Plot(
      title: title,
      description: "The largest weights of the linear model. "
        + shown.prefix(5).map { "\($0.name): \(NumberText.significant($0.value.mean, digits: 3))" }
        .joined(separator: ", ") + ".",
      xAxis: PlotAxis("weight", included: [0]),
      yAxis: PlotAxis(
        "", kind: .categories(shown.map(\.name)), isReversed: true, hasGrid: false),
      marks: [
        PlotMark(.bars(bars.filter { $0.value >= 0 }), name: "for \(positiveName)"),
        PlotMark(
          .bars(bars.filter { $0.value < 0 }), color: .series(1), name: "for \(negativeName)"),
      ],
      notes: notes, aspect: barAspect(shown.count))
  }
}

/// The mean prediction when one feature takes each of some values in all rows.
public struct PartialDependenceChart: Chart {
  /// The means for one class, or for the target.
  public struct Curve: Sendable, Equatable {
    /// The class or the target.
    public var name: String
    /// The values of the feature and the mean predictions.
    public var points: [PlotPoint]
    /// The number of its colour, for classes that have one colour in all pictures; `nil` is its place.
    public var series: Int?

    /// A curve from its points.
    public init(name: String, points: [PlotPoint], series: Int? = nil) {
      self.name = name
      self.points = points
      self.series = series
    }
  }

  /// The heading.
  public var title: String
  /// The name of the feature.
  public var featureName: String
  /// What is predicted.
  public var outputName: String
  /// One curve, or one for each class.
  public var curves: [Curve]
  /// Quantiles of the feature: the curve is worth little where there are no rows.
  public var quantiles: [Double]

  /// A chart of curves.
  public init(
    title: String? = nil, featureName: String, outputName: String, curves: [Curve],
    quantiles: [Double] = []
  ) {
    self.title = title ?? "Partial dependence on \(featureName)"
    self.featureName = featureName
    self.outputName = outputName
    self.curves = curves
    self.quantiles = quantiles
  }

  /// The drawing, with short lines at the quantiles.
  public func plot() -> Plot {
    var marks = curves.enumerated().map { index, curve in
      PlotMark(
        .line(curve.points), color: .series(curve.series ?? index),
        name: curves.count > 1 ? curve.name : nil,
        size: 2.2)
    }
    var extent = Extent()
    for point in curves.flatMap(\.points) where PlotAxis("").accepts(point.y) {
      extent.include(point.y)
    }
    let range = PlotScale.domain(of: PlotAxis("", padding: 0.06), extent: extent)
    let foot = range.lowerBound + 0.04 * (range.upperBound - range.lowerBound)
    marks += quantiles.map { quantile in
      PlotMark(
        .segment(PlotPoint(quantile, range.lowerBound), PlotPoint(quantile, foot)), color: .ink)
    }
    return Plot(
      title: title,
      description: "Mean \(outputName) when \(featureName) takes a value in all rows.",
      xAxis: PlotAxis(featureName), yAxis: PlotAxis(outputName, range: range), marks: marks,
      notes: quantiles.isEmpty
        ? [] : ["The short lines at the foot are quantiles of \(featureName)."])
  }
}
