// What can be drawn between axes.

/// The colour of a mark: a role, which the style sheet gives a colour in light, dark and print.
package enum PlotColor: Sendable, Equatable {
  /// The colour of a series, from 0; eight differ, then dashes tell lines apart.
  case series(Int)
  /// The colour of text.
  case ink
  /// The colour of what stays in the background.
  case muted
}

/// What a series draws, in units of the data.
package enum PlotShape: Sendable {
  /// Points joined by straight lines.
  case line([PlotPoint])
  /// A line that keeps its height until the next point.
  case steps([PlotPoint])
  /// A symbol at each point; above 3000 points, the density of points.
  case points([PlotPoint])
  /// The area between two heights.
  case band([PlotInterval])
  /// Upright bars on the line of zero, side by side.
  case columns([PlotColumn])
  /// Bars that lie on the line of zero, one to a category of the vertical axis.
  case bars([PlotBar])
  /// Rectangles with a colour and a text.
  case cells([PlotCell])
  /// A grid of classes.
  case raster(PlotRaster)
  /// A reference line; axes do not grow to hold it.
  case segment(PlotPoint, PlotPoint)
  /// Texts at places.
  case labels([PlotLabel])
}

/// Two heights at one place.
package struct PlotInterval: Sendable, Equatable {
  /// The place.
  package var x: Double
  /// The lower height.
  package var low: Double
  /// The upper height.
  package var high: Double

  /// An interval from its place and ends.
  package init(x: Double, low: Double, high: Double) {
    self.x = x
    self.low = low
    self.high = high
  }
}

/// An upright bar.
package struct PlotColumn: Sendable, Equatable {
  /// Its left side.
  package var from: Double
  /// Its right side.
  package var to: Double
  /// Its height, above or below zero.
  package var height: Double

  /// A column from its sides and height.
  package init(from: Double, to: Double, height: Double) {
    self.from = from
    self.to = to
    self.height = height
  }
}

/// A lying bar.
package struct PlotBar: Sendable, Equatable {
  /// Its place on the vertical axis.
  package var position: Double
  /// Its length, to the right or left of zero.
  package var value: Double
  /// The ends of its error whisker.
  package var whisker: ClosedRange<Double>?

  /// A bar from its place and length.
  package init(position: Double, value: Double, whisker: ClosedRange<Double>? = nil) {
    self.position = position
    self.value = value
    self.whisker = whisker
  }
}

/// A rectangle with a colour.
package struct PlotCell: Sendable, Equatable {
  /// What the colour says.
  package enum Fill: Sendable, Equatable {
    /// A value, 0 to 1, in the scale of many colours that a colour bar explains.
    case level(Double)
    /// A share, 0 to 1, from the colour of the paper to a single strong one.
    case shade(Double)
    /// A value, −1 to 1, in the colour of the first series above 0 and in that of the second below.
    case signed(Double)
    /// No value: hatched.
    case hatched
  }

  /// Its extent along the horizontal axis.
  package var x: ClosedRange<Double>
  /// Its extent along the vertical axis.
  package var y: ClosedRange<Double>
  /// What the colour says.
  package var fill: Fill
  /// The text inside, one entry to a line; left out when it has no room.
  package var lines: [String]
  /// What shows when the pointer rests on it.
  package var tooltip: String
  /// Whether it is outlined.
  package var isMarked: Bool

  /// A cell from its extent and meaning.
  package init(
    x: ClosedRange<Double>, y: ClosedRange<Double>, fill: Fill, lines: [String] = [],
    tooltip: String = "", isMarked: Bool = false
  ) {
    self.x = x
    self.y = y
    self.fill = fill
    self.lines = lines
    self.tooltip = tooltip
    self.isMarked = isMarked
  }
}

/// A grid of equal cells, each of one class.
package struct PlotRaster: Sendable, Equatable {
  /// The extent along the horizontal axis.
  package var x: ClosedRange<Double>
  /// The extent along the vertical axis.
  package var y: ClosedRange<Double>
  /// The cells along the horizontal axis.
  package var columnCount: Int
  /// The class of each cell: a row after the other, the row of the least `y` first.
  package var classes: [Int]

  /// A raster from its extent and classes.
  ///
  /// - Parameters:
  ///   - x: The extent along the horizontal axis.
  ///   - y: The extent along the vertical axis.
  ///   - columnCount: The cells along the horizontal axis; divides the number of classes.
  ///   - classes: The class of each cell, from 0: a row after the other, the row of the least `y`
  ///     first.
  package init(x: ClosedRange<Double>, y: ClosedRange<Double>, columnCount: Int, classes: [Int]) {
    precondition(
      columnCount > 0 && classes.count % columnCount == 0,
      "raster of \(columnCount) columns has \(classes.count) cells")
    self.x = x
    self.y = y
    self.columnCount = columnCount
    self.classes = classes
  }
}

/// A text at a place.
package struct PlotLabel: Sendable, Equatable {
  /// Which part of the text is at the place.
  package enum Anchor: String, Sendable {
    /// The text begins there.
    case start
    /// The text is centred there.
    case middle
    /// The text ends there.
    case end
  }

  /// The place.
  package var point: PlotPoint
  /// The text.
  package var text: String
  /// Which part of the text is at the place.
  package var anchor: Anchor

  /// A label from its place and text.
  package init(at point: PlotPoint, _ text: String, anchor: Anchor = .start) {
    self.point = point
    self.text = text
    self.anchor = anchor
  }
}

/// A shape with its looks and its name in the legend.
package struct PlotMark: Sendable {
  /// What is drawn.
  package var shape: PlotShape
  /// Its colour.
  package var color: PlotColor
  /// Its name in the legend; marks without a name do not occur there.
  package var name: String?
  /// The width of lines, or the radius of symbols.
  package var size: Double
  /// 0 (not to be seen) to 1.
  package var opacity: Double
  /// Whether lines are dashed.
  package var isDashed: Bool

  /// A mark from its shape and looks; sizes that are not given suit the shape.
  package init(
    _ shape: PlotShape, color: PlotColor = .series(0), name: String? = nil, size: Double? = nil,
    opacity: Double? = nil, isDashed: Bool = false
  ) {
    self.shape = shape
    self.color = color
    self.name = name
    self.isDashed = isDashed
    switch shape {
    case .points(let points):
      // Many points are small and faint, so that one sees where they lie on one another.
      self.size = size ?? (points.count > 500 ? 2 : 3)
      self.opacity = opacity ?? (points.count > 500 ? 0.45 : points.count > 60 ? 0.7 : 0.9)
    case .segment:
      self.size = size ?? 1.2
      self.opacity = opacity ?? 1
    case .band:
      self.size = size ?? 1
      self.opacity = opacity ?? 0.2
    case .raster:
      self.size = size ?? 1
      self.opacity = opacity ?? 0.28
    default:
      self.size = size ?? 1.8
      self.opacity = opacity ?? 1
    }
  }
}
