import Basics
import TestSupport
import Testing

@testable import Calibration

struct LogisticTests {
  @Test func pairHasTheBitsOfTwoCalls() {
    var generator = TestGenerator(seed: 1)
    let values = (0..<10_000).map { _ in generator.uniform(in: -800..<800) }
    for f in values + [0, -0.0, 1e300, -1e300, .infinity, -.infinity, 1e-300] {
      let pair = logisticPair(f)
      #expect(pair.falling == fallingLogistic(f) && pair.rising == fallingLogistic(-f), "\(f)")
    }
  }

  @Test func crossEntropyIsThatOfTheTextbookWhereThatCanBeComputed() {
    for target in [0.1, 0.5, 0.9] {
      for f in stride(from: -20.0, through: 20, by: 0.5) {
        let p = fallingLogistic(f)
        let textbook = -target * log(p) - (1 - target) * log(fallingLogistic(-f))
        #expect(isClose(crossEntropy(target: target, f), textbook, relative: 1e-13), "\(f)")
      }
      #expect(crossEntropy(target: target, 1e300) == target * 1e300)
    }
  }
}
