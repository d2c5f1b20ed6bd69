import TestSupport
import Testing

@testable import Calibration

struct PairwiseCouplingTests {
  private func coupled(_ classCount: Int, later: [Double]) -> [Double] {
    var coupling = PairwiseCoupling(classCount: classCount)
    coupling.couple { (1 - later[$0], later[$0]) }
    return coupling.probabilities
  }

  @Test func probabilitiesAreThoseOfExactFractions() throws {
    for reference in try CalibrationReferences.load().couplings {
      let found = coupled(reference.classCount, later: reference.later)
      #expect(
        firstDifference(found, reference.probabilities, within: 1e-14) == nil, "\(reference.later)")
    }
  }

  @Test func consistentPairsGiveTheirClassesBack() {
    for seed in UInt64(0)..<100 {
      var generator = TestGenerator(seed: seed)
      let count = 2 + Int(seed % 30)
      // Probabilities over up to twelve orders of magnitude.
      var classes = (0..<count).map { _ in
        Double(
          sign: .plus, exponent: -Int(generator.next() % 40), significand: 1 + generator.uniform())
      }
      let total = classes.reduce(0, +)
      classes = classes.map { $0 / total }
      var pairs: [(Double, Double)] = []
      for earlier in 0..<count {
        for later in (earlier + 1)..<max(count, earlier + 1) {
          let sum = classes[earlier] + classes[later]
          pairs.append((classes[earlier] / sum, classes[later] / sum))
        }
      }
      var coupling = PairwiseCoupling(classCount: count)
      coupling.couple { pairs[$0] }
      #expect(
        firstDifference(coupling.probabilities, classes, within: 1e-13) == nil, "seed \(seed)")
    }
  }

  @Test func certainPairsInEveryOrderGiveProbabilities() {
    // Every tournament of five classes.
    for pattern in 0..<1024 {
      let later = (0..<10).map { Double((pattern >> $0) & 1) }
      let found = coupled(5, later: later)
      #expect(found.allSatisfy { $0 >= 0 && $0 <= 1 }, "\(pattern)")
      #expect((found.reduce(0, +) - 1).magnitude <= 1e-14, "\(pattern)")
    }
    #expect(coupled(3, later: [1, 0, 1]).allSatisfy { ($0 - 1.0 / 3).magnitude < 1e-15 })
  }

  @Test func undecidedPairsGiveExactlyEqualProbabilities() {
    for count in 1...40 {
      let found = coupled(count, later: [Double](repeating: 0.5, count: count * (count - 1) / 2))
      #expect(Set(found).count == 1, "\(count) classes: \(found)")
    }
  }

  @Test func renamingTheClassesRenamesTheProbabilities() {
    for seed in UInt64(0)..<50 {
      var generator = TestGenerator(seed: seed)
      let count = 3 + Int(seed % 8)
      var beats = [[Double]](repeating: [Double](repeating: 0, count: count), count: count)
      for earlier in 0..<count {
        for later in (earlier + 1)..<max(count, earlier + 1) {
          beats[later][earlier] = generator.uniform()
          beats[earlier][later] = 1 - beats[later][earlier]
        }
      }
      let order = (0..<count).shuffled(using: &generator)
      func later(_ name: (Int) -> Int) -> [Double] {
        (0..<count).flatMap { first in
          ((first + 1)..<max(count, first + 1)).map { beats[name($0)][name(first)] }
        }
      }
      let plain = coupled(count, later: later { $0 })
      let renamed = coupled(count, later: later { order[$0] })
      #expect(
        firstDifference(renamed, order.map { plain[$0] }, within: 1e-14) == nil, "seed \(seed)")
    }
  }
}
