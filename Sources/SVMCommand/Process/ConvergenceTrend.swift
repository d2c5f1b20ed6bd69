import Basics

/// Guesses from the past of a figure that falls, such as a KKT violation, when it will be small enough.
///
/// Solvers approach their tolerance more or less geometrically, in jumps up and down: a line is fitted to
/// the logarithms of the later half of what was seen.
package struct ConvergenceTrend: Sendable {
  private var samples: [(time: Double, logarithm: Double)] = []
  /// One sample in this many is kept.
  private var stride = 1
  private var seen = 0

  private static let maximumSamples = 512
  private static let minimumSamples = 12

  package init() {}

  /// Adds what was seen; figures that are not positive and finite say nothing.
  package mutating func add(_ value: Double, at seconds: Double) {
    guard value > 0, value.isFinite else { return }
    seen += 1
    guard seen % stride == 0 else { return }
    samples.append((seconds, log(value)))
    if samples.count >= Self.maximumSamples {
      samples = samples.enumerated().filter { $0.offset % 2 == 1 }.map(\.element)
      stride *= 2
    }
  }

  /// The seconds until the figure falls to a limit; `nil` while there is not yet a trend.
  package func secondsUntil(_ limit: Double, from now: Double) -> Double? {
    let recent = samples.filter { $0.time >= now / 2 }
    guard recent.count >= Self.minimumSamples, limit > 0 else { return nil }
    let count = Double(recent.count)
    let meanTime = recent.reduce(0) { $0 + $1.time } / count
    let mean = recent.reduce(0) { $0 + $1.logarithm } / count
    var (spread, slope) = (0.0, 0.0)
    for (time, logarithm) in recent {
      spread += (time - meanTime) * (time - meanTime)
      slope += (time - meanTime) * (logarithm - mean)
    }
    guard spread > 0 else { return nil }
    slope /= spread
    let left = (log(limit) - mean) / slope - (now - meanTime)
    // A trend that leads much farther than the past reaches is none.
    guard slope < 0, left.isFinite, left < 20 * now else { return nil }
    return max(0, left)
  }
}
