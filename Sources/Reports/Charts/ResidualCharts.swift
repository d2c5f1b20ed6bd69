import Basics

// How a regression's predictions differ from the true values: residual = true − predicted.

/// The true value of each row against the predicted one.
package struct PredictedVersusTrueChart: Chart {
  /// The heading.
  package var title: String
  /// The name of the target, with its unit.
  package var targetName: String
  /// The predicted values.
  package var predicted: [Double]
  /// The true values, as many.
  package var actual: [Double]

  /// A chart of predicted and true values.
  package init(
    title: String = "Predicted and true values", targetName: String, predicted: [Double],
    actual: [Double]
  ) {
    precondition(
      predicted.count == actual.count,
      "there are \(predicted.count) predictions, but \(actual.count) true values")
    self.title = title
    self.targetName = targetName
    self.predicted = predicted
    self.actual = actual
  }

  /// The drawing, with the diagonal of perfect predictions; both axes have the same ends.
  package func plot() -> Plot {
    let points = zip(predicted, actual).map { PlotPoint($0, $1) }
    var extent = Extent()
    let axis = PlotAxis("")
    for point in points where axis.accepts(point.x) && axis.accepts(point.y) {
      extent.include(point.x)
      extent.include(point.y)
    }
    let range = PlotScale.domain(of: axis, extent: extent)
    return Plot(
      title: title,
      description:
        "True against predicted \(targetName) of \(NumberText.count(points.count)) rows.",
      xAxis: PlotAxis("predicted \(targetName)", range: range),
      yAxis: PlotAxis("true \(targetName)", range: range),
      marks: [
        PlotMark(.points(points), name: points.count > Thinning.pointLimit ? "density" : nil),
        PlotMark(
          .segment(
            PlotPoint(range.lowerBound, range.lowerBound),
            PlotPoint(range.upperBound, range.upperBound)), color: .ink, name: "perfect",
          isDashed: true),
      ],
      aspect: 0.9)
  }
}

/// Residuals against predicted values.
package struct ResidualChart: Chart {
  /// The heading.
  package var title: String
  /// The name of the target, with its unit.
  package var targetName: String
  /// The predicted values.
  package var predicted: [Double]
  /// True minus predicted values, as many.
  package var residuals: [Double]
  /// The half width of the tube in which errors cost nothing; drawn where it is wide enough to be seen.
  package var epsilon: Double?

  /// A chart of residuals.
  package init(
    title: String = "Residuals", targetName: String, predicted: [Double], residuals: [Double],
    epsilon: Double? = nil
  ) {
    precondition(
      predicted.count == residuals.count,
      "there are \(predicted.count) predictions, but \(residuals.count) residuals")
    self.title = title
    self.targetName = targetName
    self.predicted = predicted
    self.residuals = residuals
    self.epsilon = epsilon
  }

  /// The drawing, with the line of no error and the tube.
  package func plot() -> Plot {
    let points = zip(predicted, residuals).map { PlotPoint($0, $1) }
    var marks = [
      PlotMark(.points(points), name: points.count > Thinning.pointLimit ? "density" : nil)
    ]
    var extent = Extent()
    var largest = 0.0
    let axis = PlotAxis("")
    for point in points where axis.accepts(point.x) && axis.accepts(point.y) {
      extent.include(point.x)
      largest = max(largest, point.y.magnitude)
    }
    let range = PlotScale.domain(of: axis, extent: extent)
    func level(_ y: Double, color: PlotColor, name: String?) -> PlotMark {
      PlotMark(
        .segment(PlotPoint(range.lowerBound, y), PlotPoint(range.upperBound, y)), color: color,
        name: name, isDashed: y != 0)
    }
    marks.append(level(0, color: .ink, name: nil))
    var notes: [String] = []
    if let epsilon, epsilon > 0 {
      let text = "±\(NumberText.significant(epsilon, digits: 3))"
      if epsilon >= largest / 50 {
        marks.append(level(epsilon, color: .series(1), name: "tube, \(text)"))
        marks.append(level(-epsilon, color: .series(1), name: nil))
      } else {
        notes.append("The tube, \(text), is too narrow to be drawn.")
      }
    }
    return Plot(
      title: title,
      description: "True minus predicted \(targetName) against the prediction, "
        + "\(NumberText.count(points.count)) rows.",
      xAxis: PlotAxis("predicted \(targetName)", range: range),
      yAxis: PlotAxis("true − predicted", included: [0]), marks: marks, notes: notes)
  }
}

/// The distribution of residuals.
package struct ResidualHistogramChart: Chart {
  /// The heading.
  package var title: String
  /// True minus predicted values.
  package var residuals: [Double]

  /// A chart of residuals.
  package init(title: String = "Distribution of residuals", residuals: [Double]) {
    self.title = title
    self.residuals = residuals
  }

  /// The drawing.
  package func plot() -> Plot {
    let edges = Histogram.edges(covering: residuals, count: 40)
    let histogram = Histogram(residuals, edges: edges)
    let columns = histogram.counts.enumerated().map { place, count in
      PlotColumn(from: edges[place], to: edges[place + 1], height: Double(count))
    }
    let unusable = residuals.filter { !$0.isFinite }.count
    return Plot(
      title: title,
      description: "The number of rows by true minus predicted value.",
      xAxis: PlotAxis("true − predicted", padding: 0.02, hasGrid: false),
      yAxis: PlotAxis("rows", included: [0]),
      marks: [
        PlotMark(.columns(unusable == residuals.count ? [] : columns), opacity: 0.75),
        PlotMark(
          .segment(PlotPoint(0, 0), PlotPoint(0, Double(residuals.count) + 1)), color: .ink,
          isDashed: true),
      ],
      notes: unusable == 0
        ? [] : ["\(NumberText.count(unusable)) residuals that are not finite are left out."])
  }
}

/// Residuals against the quantiles of a normal distribution: on a line when they are normal.
package struct ResidualQuantileChart: Chart {
  /// The heading.
  package var title: String
  /// True minus predicted values.
  package var residuals: [Double]

  /// A chart of residuals.
  package init(title: String = "Residuals against a normal distribution", residuals: [Double]) {
    self.title = title
    self.residuals = residuals
  }

  /// The drawing: at most a thousand quantiles, and the line through the quartiles.
  package func plot() -> Plot {
    let sorted = residuals.filter(PlotAxis("").accepts).sorted()
    let count = min(sorted.count, 1000)
    let points = (0..<count).map { index in
      let share = (Double(index) + 0.5) / Double(count)
      let place = min(Int(share * Double(sorted.count)), sorted.count - 1)
      return PlotPoint(NormalDistribution.quantile(share), sorted[place])
    }
    var marks = [PlotMark(.points(points), size: 2.5)]
    if sorted.count >= 4 {
      let low = sorted[sorted.count / 4]
      let high = sorted[min(sorted.count * 3 / 4, sorted.count - 1)]
      let slope = (high - low) / (2 * 0.6744897501960817)
      let middle = (high + low) / 2
      marks.append(
        PlotMark(
          .segment(PlotPoint(-4, middle - 4 * slope), PlotPoint(4, middle + 4 * slope)),
          color: .ink, name: "normal, same quartiles", isDashed: true))
    }
    let unusable = residuals.count - sorted.count
    return Plot(
      title: title,
      description: "Quantiles of the residuals against those of a normal distribution.",
      xAxis: PlotAxis("standard normal quantile"), yAxis: PlotAxis("true − predicted"),
      marks: marks,
      notes: unusable == 0
        ? [] : ["\(NumberText.count(unusable)) residuals that are not finite are left out."])
  }
}

/// The standard normal distribution.
enum NormalDistribution {
  /// The value below which a share of the distribution lies, to about seven digits.
  ///
  /// PPND7 of M. J. Wichura. "Algorithm AS 241: The Percentage Points of the Normal Distribution."
  /// *Applied Statistics* 37 (1988), 477–484.
  ///
  /// - Parameter share: Strictly between 0 and 1.
  /// - Returns: The value, in standard deviations.
  static func quantile(_ share: Double) -> Double {
    let q = share - 0.5
    if q.magnitude <= 0.425 {
      let r = 0.180625 - q * q
      let top = ((59.109374720 * r + 159.29113202) * r + 50.434271938) * r + 3.3871327179
      let bottom = ((67.187563600 * r + 78.757757664) * r + 17.895169469) * r + 1
      return q * top / bottom
    }
    var r = (-log(min(share, 1 - share))).squareRoot()
    let size: Double
    if r <= 5 {
      r -= 1.6
      let top = ((0.17023821103 * r + 1.3067284816) * r + 2.7568153900) * r + 1.4234372777
      size = top / ((0.12021132975 * r + 0.73700164250) * r + 1)
    } else {
      r -= 5
      let top = ((0.017337203997 * r + 0.42868294337) * r + 3.0812263860) * r + 6.6579051150
      size = top / ((0.012258202635 * r + 0.24197894225) * r + 1)
    }
    return q < 0 ? -size : size
  }
}
