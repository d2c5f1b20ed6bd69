import Basics

// What all charts share. A chart holds figures that somebody else computed, as plain values; it decides
// which axes and marks show them. Most rules for a good picture (ticks, legends, what to do with a
// million points) are the plotting layer's.

/// Figures that can be drawn.
///
/// A chart never fails: values that are not finite are left out with a note, and a chart without values
/// says "No data".
package protocol Chart: Sendable {
  /// The drawing.
  func plot() -> Plot
}

extension Chart {
  /// The chart as an SVG document.
  package func svg() -> String { plot().svg() }
}

/// The mean and the spread of what was measured.
package struct MeasuredValue: Sendable, Equatable {
  /// The mean.
  package var mean: Double
  /// The standard deviation, 0 or more.
  package var deviation: Double

  /// A measured value from its mean and standard deviation.
  package init(mean: Double, deviation: Double) {
    self.mean = mean
    self.deviation = deviation
  }

  /// One deviation to either side.
  var interval: ClosedRange<Double> {
    let reach = deviation.isFinite ? deviation.magnitude : 0
    return mean.isFinite ? (mean - reach)...(mean + reach) : 0...0
  }
}

/// Counts of values in intervals of one round width.
struct Histogram: Equatable {
  /// The ends of the intervals, one more than there are counts.
  var edges: [Double]
  /// The values in each interval; an interval holds its lower end, the last one both.
  var counts: [Int]

  /// Chooses round edges that cover some values.
  ///
  /// - Parameters:
  ///   - values: Any values; those that are not finite are skipped.
  ///   - count: The number of intervals to have at most, nearly.
  /// - Returns: Ascending edges; two at least.
  static func edges(covering values: some Sequence<Double>, count: Int) -> [Double] {
    var extent = Extent()
    for value in values where PlotAxis("").accepts(value) { extent.include(value) }
    let range = PlotScale.domain(of: PlotAxis("", padding: 0), extent: extent)
    let step = RoundStep.atLeast((range.upperBound - range.lowerBound) / Double(count))
    let size = NumberText.scaledPower(Double(step.mantissa), step.exponent)
    // Room for a step on both sides: the first and last edge must enclose all values.
    var edges = step.multiples(in: (range.lowerBound - size)...(range.upperBound + size))
    while edges.count > 2, edges[1] <= range.lowerBound { edges.removeFirst() }
    while edges.count > 2, edges[edges.count - 2] >= range.upperBound { edges.removeLast() }
    return edges.count >= 2 ? edges : [range.lowerBound, range.upperBound]
  }

  /// Counts values between edges.
  init(_ values: [Double], edges: [Double]) {
    self.edges = edges
    counts = [Int](repeating: 0, count: edges.count - 1)
    for value in values where value >= edges[0] && value <= edges[edges.count - 1] {
      // The last edge that is not above the value.
      var low = 0
      var high = edges.count - 1
      while high - low > 1 {
        let middle = (low + high) / 2
        if edges[middle] <= value { low = middle } else { high = middle }
      }
      counts[low] += 1
    }
  }
}
