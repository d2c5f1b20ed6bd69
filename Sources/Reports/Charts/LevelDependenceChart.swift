/// The mean prediction when one column takes each of some texts in all rows.
package struct LevelDependenceChart: Chart {
  /// The means for one class, or for the target.
  package struct Curve: Sendable, Equatable {
    /// The class or the target.
    package var name: String
    /// A mean for each text.
    package var means: [Double]
    /// The number of its colour, for classes that have one colour in all pictures; `nil` is its place.
    package var series: Int?

    /// A curve from its means.
    package init(name: String, means: [Double], series: Int? = nil) {
      self.name = name
      self.means = means
      self.series = series
    }
  }

  /// The heading.
  package var title: String
  /// The name of the column.
  package var featureName: String
  /// What is predicted.
  package var outputName: String
  /// The texts.
  package var levels: [String]
  /// One curve, or one for each class, each with as many means as there are texts.
  package var curves: [Curve]

  /// A chart of means.
  package init(
    title: String? = nil, featureName: String, outputName: String, levels: [String],
    curves: [Curve]
  ) {
    precondition(
      curves.allSatisfy { $0.means.count == levels.count },
      "there are \(levels.count) texts, but \(curves.map(\.means.count)) means")
    self.title = title ?? "Partial dependence on \(featureName)"
    self.featureName = featureName
    self.outputName = outputName
    self.levels = levels
    self.curves = curves
  }

  /// The drawing: a row of dots for each text.
  package func plot() -> Plot {
    Plot(
      title: title,
      description: "Mean \(outputName) when \(featureName) has the same text in all rows.",
      xAxis: PlotAxis(outputName),
      yAxis: PlotAxis("", kind: .categories(levels), isReversed: true),
      marks: curves.enumerated().map { index, curve in
        PlotMark(
          .points(curve.means.enumerated().map { PlotPoint($1, Double($0)) }),
          color: .series(curve.series ?? index), name: curves.count > 1 ? curve.name : nil,
          size: 4.5, opacity: 1)
      }, aspect: barAspect(levels.count))
  }
}
