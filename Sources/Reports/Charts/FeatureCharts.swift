import Basics

// What features do: permutation importance, weights of a linear model, partial dependence.

/// A feature with a figure.
package struct FeatureValue: Sendable, Equatable {
  /// The name of the feature.
  package var name: String
  /// The figure.
  package var value: MeasuredValue

  /// A feature from its name and figure.
  package init(_ name: String, mean: Double, deviation: Double = 0) {
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
    notes.append("\(features.count - usable.count) values that are not finite are left out.")
  }
  return (Array(sorted.prefix(limit)), notes)
}

/// The aspect of a chart with a number of bars, each about 22 units high.
func barAspect(_ count: Int) -> Double { (Double(max(count, 2)) * 22 + 12) / 320 }

/// How much worse predictions become when the values of one feature are shuffled.
package struct ImportanceChart: Chart {
  /// The heading.
  package var title: String
  /// The name of the score that falls.
  package var scoreName: String
  /// The loss of score for each feature, over repeated shuffles.
  package var features: [FeatureValue]
  /// How many features to draw.
  package var limit: Int

  /// A chart of features; whiskers are one standard deviation.
  package init(
    title: String = "Permutation importance", scoreName: String, features: [FeatureValue],
    limit: Int = 20
  ) {
    self.title = title
    self.scoreName = scoreName
    self.features = features
    self.limit = limit
  }

  /// The drawing: the most important feature first.
  package func plot() -> Plot {
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
package struct WeightsChart: Chart {
  /// The heading.
  package var title: String
  /// The weight of each feature.
  package var features: [FeatureValue]
  /// What a positive weight favours: the name of a class, or "a larger value".
  package var positiveName: String
  /// What a negative weight favours.
  package var negativeName: String
  /// How many features to draw.
  package var limit: Int

  /// A chart of weights.
  package init(
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
  package func plot() -> Plot {
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

/// The weights of several linear functions, of pairs of classes or of single classes: a row for each
/// feature, a column for each function.
package struct WeightMatrixChart: Chart {
  /// A linear function with its weights.
  package struct Function: Sendable, Equatable {
    /// The class that positive weights favour.
    package var positiveName: String
    /// The class that negative weights favour; `nil` for all others.
    package var negativeName: String?
    /// The weight of each feature.
    package var weights: [Double]

    /// A function from its classes and weights.
    package init(positiveName: String, negativeName: String?, weights: [Double]) {
      self.positiveName = positiveName
      self.negativeName = negativeName
      self.weights = weights
    }

    var name: String { positiveName + (negativeName.map { " / \($0)" } ?? "") }
  }

  /// The heading.
  package var title: String
  /// The names of the features.
  package var featureNames: [String]
  /// The functions, each with as many weights as there are names.
  package var functions: [Function]
  /// How many features to draw.
  package var limit: Int

  /// A chart of functions.
  package init(
    title: String = "Weights", featureNames: [String], functions: [Function], limit: Int = 20
  ) {
    precondition(
      functions.allSatisfy { $0.weights.count == featureNames.count },
      "there are \(featureNames.count) features, but \(functions.map(\.weights.count)) weights")
    self.title = title
    self.featureNames = featureNames
    self.functions = functions
    self.limit = limit
  }

  /// The drawing: the features with the largest weights first, two colours by the sign.
  package func plot() -> Plot {
    let axis = PlotAxis("")
    func usable(_ value: Double) -> Double { axis.accepts(value) ? value : 0 }
    let sizes = featureNames.indices.map { feature in
      FeatureValue(
        featureNames[feature],
        mean: functions.map { usable($0.weights[feature]).magnitude }.max() ?? 0)
    }
    let order = featureNames.indices.filter { sizes[$0].value.mean > 0 }.sorted {
      let (a, b) = (sizes[$0].value.mean, sizes[$1].value.mean)
      return a != b ? a > b : $0 < $1
    }
    let shown = order.prefix(limit)
    let largest = shown.first.map { sizes[$0].value.mean } ?? 1
    var cells: (positive: [PlotCell], negative: [PlotCell]) = ([], [])
    for (row, feature) in shown.enumerated() {
      for (column, function) in functions.enumerated() {
        let weight = usable(function.weights[feature])
        let text = NumberText.significant(weight, digits: 2)
        let cell = PlotCell(
          x: (Double(column) - 0.5)...(Double(column) + 0.5),
          y: (Double(row) - 0.5)...(Double(row) + 0.5), fill: .signed(weight / largest),
          lines: weight == 0 ? [] : [text],
          tooltip: "\(featureNames[feature]), \(function.name): "
            + NumberText.significant(weight, digits: 4))
        if weight < 0 { cells.negative.append(cell) } else { cells.positive.append(cell) }
      }
    }
    var notes: [String] = []
    if order.count > shown.count {
      let left = order.count - shown.count
      notes.append("\(left) more \(left == 1 ? "feature is" : "features are") not shown.")
    }
    let isPairs = functions.contains { $0.negativeName != nil }
    let count = functions.count
    let width = count <= 4 ? Plot.standardWidth : Plot.fullWidth
    return Plot(
      title: title,
      description: "The weights of \(count) linear functions, the largest first. "
        + shown.prefix(5).map {
          "\(featureNames[$0]): up to \(NumberText.significant(sizes[$0].value.mean, digits: 3))"
        }.joined(separator: ", ") + ".",
      xAxis: PlotAxis("", kind: .categories(functions.map(\.name)), hasGrid: false),
      yAxis: PlotAxis(
        "", kind: .categories(shown.map { featureNames[$0] }), isReversed: true, hasGrid: false),
      marks: [
        PlotMark(
          .cells(cells.positive), name: isPairs ? "for the class named first" : "for the class"),
        PlotMark(
          .cells(cells.negative), color: .series(1),
          name: isPairs ? "for the class named second" : "against the class"),
      ],
      notes: notes, width: width,
      aspect: (Double(max(shown.count, 2)) * 24 + 4) / (width * 0.7))
  }
}

/// The mean prediction when one feature takes each of some values in all rows.
package struct PartialDependenceChart: Chart {
  /// The means for one class, or for the target.
  package struct Curve: Sendable, Equatable {
    /// The class or the target.
    package var name: String
    /// The values of the feature and the mean predictions.
    package var points: [PlotPoint]
    /// The number of its colour, for classes that have one colour in all pictures; `nil` is its place.
    package var series: Int?

    /// A curve from its points.
    package init(name: String, points: [PlotPoint], series: Int? = nil) {
      self.name = name
      self.points = points
      self.series = series
    }
  }

  /// The heading.
  package var title: String
  /// The name of the feature.
  package var featureName: String
  /// What is predicted.
  package var outputName: String
  /// One curve, or one for each class.
  package var curves: [Curve]
  /// Quantiles of the feature: the curve means little where there are no rows.
  package var quantiles: [Double]

  /// A chart of curves.
  package init(
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
  package func plot() -> Plot {
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
      description: "Mean \(outputName) when \(featureName) has the same value in all rows.",
      xAxis: PlotAxis(featureName), yAxis: PlotAxis(outputName, range: range), marks: marks,
      notes: quantiles.isEmpty
        ? [] : ["The short lines at the bottom are quantiles of \(featureName)."])
  }
}
