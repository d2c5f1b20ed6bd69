// What a plot is: axes, marks, a legend that follows from the marks, and notes.
//
// A plot is a value that says what to draw; `PlotLayout` decides where, `Plot+SVG` and
// `Mark+Drawing` write it. Charts (in the folder Charts) make plots from data.

/// A point in units of the data.
package struct PlotPoint: Sendable, Equatable {
  /// Along the horizontal axis.
  package var x: Double
  /// Along the vertical axis.
  package var y: Double

  /// A point from its coordinates; a point that is not finite is left out of the plot, with a note.
  package init(_ x: Double, _ y: Double) {
    self.x = x
    self.y = y
  }
}

/// An axis: what it measures and how.
package struct PlotAxis: Sendable {
  /// How values become places.
  package enum Kind: Sendable, Equatable {
    /// Equal differences are equal lengths.
    case linear
    /// Equal ratios are equal lengths; values must be above 0. Ticks at powers of the base, 10 or 2.
    case logarithmic(base: Int)
    /// Names at 0, 1, 2, …
    case categories([String])
  }

  /// What is measured, with its unit.
  package var label: String
  /// How values become places.
  package var kind: Kind
  /// The ends of the axis, instead of those of the data.
  package var range: ClosedRange<Double>?
  /// Values that the axis reaches whatever the data are.
  package var included: [Double]
  /// The room beyond the data at both ends, as a part of their extent.
  package var padding: Double
  /// Whether values grow to the left, or downwards.
  package var isReversed: Bool
  /// Whether lines cross the plot at the ticks.
  package var hasGrid: Bool

  /// An axis whose ends follow the data, unless said otherwise.
  package init(
    _ label: String, kind: Kind = .linear, range: ClosedRange<Double>? = nil,
    included: [Double] = [], padding: Double = 0.04, isReversed: Bool = false, hasGrid: Bool = true
  ) {
    self.label = label
    self.kind = kind
    self.range = range
    self.included = included
    self.padding = padding
    self.isReversed = isReversed
    self.hasGrid = hasGrid
  }

  /// Whether a value has a place on the axis.
  ///
  /// Magnitudes beyond 10³⁰⁰ have none: the length of their range would overflow.
  func accepts(_ value: Double) -> Bool {
    guard value.isFinite, value.magnitude <= 1e300 else { return false }
    if case .logarithmic = kind { return value >= 1e-300 }
    return true
  }
}

/// The strip next to a plot that says what the colours of its cells mean.
package struct PlotColorBar: Sendable {
  /// What the colours measure.
  package var label: String
  /// The values of the two ends.
  package var range: ClosedRange<Double>

  /// A colour bar for levels 0 to 1 that stand for the ends of a range.
  package init(_ label: String, range: ClosedRange<Double>) {
    self.label = label
    self.range = range
  }
}

/// A drawing with axes.
package struct Plot: Sendable {
  /// The heading.
  package var title: String
  /// What there is to see, for those who can not see it; one or two sentences.
  package var description: String
  /// The horizontal axis.
  package var xAxis: PlotAxis
  /// The vertical axis.
  package var yAxis: PlotAxis
  /// What is drawn, from back to front.
  package var marks: [PlotMark]
  /// The meaning of cell colours.
  package var colorBar: PlotColorBar?
  /// Remarks below the plot.
  package var notes: [String]
  /// The width of the drawing; texts are 12 units high.
  package var width: Double
  /// The height of the part with the data, divided by its width.
  package var aspect: Double

  /// A plot of some marks.
  ///
  /// - Parameters:
  ///   - title: The heading.
  ///   - description: What there is to see, for those who can not see it.
  ///   - xAxis: The horizontal axis.
  ///   - yAxis: The vertical axis.
  ///   - marks: What is drawn, from back to front.
  ///   - colorBar: The meaning of cell colours.
  ///   - notes: Remarks below the plot.
  ///   - width: The width of the drawing, at least 200. 440 suits a phone; wider plots scroll there.
  ///   - aspect: The height of the part with the data, divided by its width; greater than 0.
  package init(
    title: String, description: String, xAxis: PlotAxis, yAxis: PlotAxis, marks: [PlotMark] = [],
    colorBar: PlotColorBar? = nil, notes: [String] = [], width: Double = Plot.standardWidth,
    aspect: Double = 0.66
  ) {
    self.title = title
    self.description = description
    self.xAxis = xAxis
    self.yAxis = yAxis
    self.marks = marks
    self.colorBar = colorBar
    self.notes = notes
    self.width = width
    self.aspect = aspect
  }

  /// The width of plots that fit a phone without scrolling.
  package static let standardWidth = 440.0
  /// The width of plots that take a whole row of a page.
  package static let fullWidth = 904.0
}
