import Foundation
import Testing

@testable import SVMCommand

/// How long a training may still take, from a violation that falls by jumps.
@Suite struct ConvergenceTrendTests {
  @Test func aGeometricFallIsContinued() throws {
    var trend = ConvergenceTrend()
    // A tenth every ten seconds, wavering: 10⁻³ is reached after 40 s from 10.
    for step in 0...3000 {
      let seconds = Double(step) / 100
      let wave = [0.7, 1.4, 1.0][step % 3]
      trend.add(10 * pow(10, -seconds / 10) * wave, at: seconds)
    }
    let left = try #require(trend.secondsUntil(1e-3, from: 30))
    #expect(abs(left - 10) < 1, "\(left)")
    #expect(trend.secondsUntil(1, from: 30) == 0)
  }

  @Test func withoutAFallNothingIsSaid() {
    var trend = ConvergenceTrend()
    #expect(trend.secondsUntil(1e-3, from: 1) == nil)
    for step in 0...100 {
      trend.add(step % 2 == 0 ? 1 : 1.01, at: Double(step))
      trend.add(.infinity, at: Double(step))
      trend.add(0, at: Double(step))
    }
    #expect(trend.secondsUntil(1e-3, from: 100) == nil)
  }
}
