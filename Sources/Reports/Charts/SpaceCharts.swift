import Basics

// Rows as points in a plane: two features, or two axes of a projection.

/// Points of several classes.
package struct ClassScatterChart: Chart {
  /// The heading.
  package var title: String
  /// The name of the horizontal axis.
  package var xName: String
  /// The name of the vertical axis.
  package var yName: String
  /// The names of the classes.
  package var classNames: [String]
  /// The points of each class.
  package var points: [[PlotPoint]]

  /// A chart of the points of each class.
  package init(
    title: String = "Kernel principal components", xName: String = "first component",
    yName: String = "second component", classNames: [String], points: [[PlotPoint]]
  ) {
    precondition(
      points.count == classNames.count,
      "there are \(classNames.count) class names, but points of \(points.count) classes")
    self.title = title
    self.xName = xName
    self.yName = yName
    self.classNames = classNames
    self.points = points
  }

  /// The drawing: a colour and a symbol for each class.
  package func plot() -> Plot {
    Plot(
      title: title,
      description: "\(NumberText.count(points.joined().count)) rows of \(classNames.count) classes "
        + "by \(xName) and \(yName).",
      xAxis: PlotAxis(xName), yAxis: PlotAxis(yName),
      marks: marks, aspect: 0.8)
  }

  /// The points of all classes, in the looks that suit their number.
  fileprivate var marks: [PlotMark] {
    let total = points.joined().count
    return points.enumerated().map { index, points in
      PlotMark(
        .points(points), color: .series(index), name: classNames[index],
        size: total > 500 ? 2 : 3, opacity: total > 500 ? 0.5 : 0.8)
    }
  }
}

/// The class that a model predicts in each place of a plane, with rows on top.
package struct DecisionRegionsChart: Chart {
  /// The rows, by their actual class.
  package var rows: ClassScatterChart
  /// The predicted class of each cell of a grid.
  package var regions: PlotRaster

  /// A chart of regions and points.
  package init(
    title: String = "Decision regions", xName: String, yName: String, classNames: [String],
    regions: PlotRaster, points: [[PlotPoint]]
  ) {
    rows = ClassScatterChart(
      title: title, xName: xName, yName: yName, classNames: classNames, points: points)
    self.regions = regions
  }

  /// The drawing: faint areas, and the rows in the colours of their actual classes.
  package func plot() -> Plot {
    Plot(
      title: rows.title,
      description:
        "The predicted class for each \(rows.xName) and \(rows.yName); points are rows in the "
        + "colour of their actual class.",
      xAxis: PlotAxis(rows.xName, padding: 0, hasGrid: false),
      yAxis: PlotAxis(rows.yName, padding: 0, hasGrid: false),
      marks: [PlotMark(.raster(regions))] + rows.marks,
      aspect: 0.85)
  }
}
