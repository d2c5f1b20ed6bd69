// What a plot is: axes, marks, a legend that follows from the marks, and notes.
//
// A plot is a value that says what to draw; `PlotLayout` decides where, `Plot+SVG` and
// `Mark+Drawing` write it. Charts (in the folder Charts) make plots from data.

/// A point in units of the data.
public struct PlotPoint: Sendable, Equatable {
  /// Along the horizontal axis.
  public var x: Double
  /// Along the vertical axis.
  public var y: Double

  /// A point from its coordinates; a point that is not finite is left out of the plot, with a note.
  public init(_ x: Double, _ y: Double) {
    self.x = x
    self.y = y
  }
}

/// An axis: what it measures and how.
public struct PlotAxis: Sendable {
  /// How values become places.
  public enum Kind: Sendable, Equatable {
    /// Equal differences are equal lengths.
    case linear
    /// Equal ratios are equal lengths; values must be above 0. Ticks at powers of the base, 10 or 2.
    case logarithmic(base: Int)
    /// Names at 0, 1, 2, …
    case categories([String])
  }

  /// What is measured, with its unit.
  public var label: String
  /// How values become places.
  public var kind: Kind
  /// The ends of the axis, instead of those of the data.
  public var range: ClosedRange<Double>?
  /// Values that the axis reaches whatever the data are.
  public var included: [Double]
  /// The room beyond the data at both ends, as a part of their extent.
  public var padding: Double
  /// Whether values grow to the left, or downwards.
  public var isReversed: Bool
  /// Whether lines cross the plot at the ticks.
  public var hasGrid: Bool

  /// An axis whose ends follow the data, unless said otherwise.
  public init(
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
public struct PlotColorBar: Sendable {
  /// What the colours measure.
  public var label: String
  /// The values of the two ends.
  public var range: ClosedRange<Double>

  /// A colour bar for levels 0 to 1 that stand for the ends of a range.
  public init(_ label: String, range: ClosedRange<Double>) {
    self.label = label
    self.range = range
  }
}

/// A drawing with axes.
public struct Plot: Sendable {
  /// The heading.
  public var title: String
  /// What there is to see, for those who can not see it; one or two sentences.
  public var description: String
  /// The horizontal axis.
  public var xAxis: PlotAxis
  /// The vertical axis.
  public var yAxis: PlotAxis
  /// What is drawn, from back to front.
  public var marks: [PlotMark]
  /// The meaning of cell colours.
  public var colorBar: PlotColorBar?
  /// Remarks below the plot.
  public var notes: [String]
  /// The width of the drawing; texts are 12 units high.
  public var width: Double
  /// The height of the part with the data, divided by its width.
  public var aspect: Double

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
  public init(
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
  public static let standardWidth = 440.0
  /// The width of plots that take a whole row of a page.
  public static let fullWidth = 904.0
}
