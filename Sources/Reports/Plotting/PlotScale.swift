import Basics

// From units of the data to units of the drawing.

/// An axis with its ends and its place.
struct PlotScale: Equatable {
  /// How values become places.
  var kind: PlotAxis.Kind
  /// The values at the ends.
  var domain: ClosedRange<Double>
  /// Where the lower end of the domain is drawn.
  var start: Double
  /// Where the upper end of the domain is drawn.
  var end: Double

  /// The place of a value; beyond the ends for values outside.
  func position(_ value: Double) -> Double {
    let low = transformed(domain.lowerBound)
    let high = transformed(domain.upperBound)
    return start + (transformed(value) - low) / (high - low) * (end - start)
  }

  /// The value at a share of the way between the ends, 0 to 1.
  func value(at share: Double) -> Double {
    let low = transformed(domain.lowerBound)
    let high = transformed(domain.upperBound)
    let value = low + share * (high - low)
    if case .logarithmic = kind { return exp(value) }
    return value
  }

  private func transformed(_ value: Double) -> Double {
    if case .logarithmic = kind { return log(value) }
    return value
  }

  /// The ends of an axis over data: those asked for, or those of the data with some room.
  ///
  /// Equal values, which have no extent, get some around them; no values at all, 0 to 1 or 1 to 10.
  static func domain(of axis: PlotAxis, extent: Extent) -> ClosedRange<Double> {
    if case .categories(let names) = axis.kind {
      return -0.5...(max(Double(names.count), 1) - 0.5)
    }
    if let range = axis.range, axis.accepts(range.lowerBound), axis.accepts(range.upperBound),
      isWide(range, axis.kind)
    {
      return range
    }
    var extent = extent
    for value in axis.included where axis.accepts(value) { extent.include(value) }
    switch axis.kind {
    case .logarithmic(let base):
      guard let range = extent.range else { return 1...10 }
      guard isWide(range, axis.kind) else {
        let factor = Double(base).squareRoot()
        return (range.lowerBound / factor)...(range.upperBound * factor)
      }
      let ratio = log(range.upperBound) - log(range.lowerBound)
      let factor = exp(ratio * axis.padding)
      return (range.lowerBound / factor)...(range.upperBound * factor)
    default:
      guard let range = extent.range else { return 0...1 }
      guard isWide(range, axis.kind) else {
        let middle = range.lowerBound
        let reach = middle == 0 ? 1 : max(middle.magnitude * 0.1, 1e-290)
        return (middle - reach)...(middle + reach)
      }
      // With a margin next to the zero that bars stand on, bars would float in the air.
      let room = (range.upperBound - range.lowerBound) * axis.padding
      let keepsZero = axis.included.contains(0)
      let low = keepsZero && range.lowerBound == 0 ? 0 : range.lowerBound - room
      let high = keepsZero && range.upperBound == 0 ? 0 : range.upperBound + room
      return low...high
    }
  }

  /// Whether a range is long enough for ticks that differ.
  private static func isWide(_ range: ClosedRange<Double>, _ kind: PlotAxis.Kind) -> Bool {
    let largest = max(range.lowerBound.magnitude, range.upperBound.magnitude)
    return range.upperBound - range.lowerBound > max(largest * 1e-10, 1e-290)
  }
}

/// The smallest and the largest of some values.
struct Extent: Equatable {
  /// `nil` before the first value.
  private(set) var range: ClosedRange<Double>?

  /// Grows to hold a value.
  mutating func include(_ value: Double) {
    guard let old = range else {
      range = value...value
      return
    }
    range = min(old.lowerBound, value)...max(old.upperBound, value)
  }
}
