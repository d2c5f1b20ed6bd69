import Testing

@testable import Tables

/// Numbers of very different sizes, whose sum depends on the order of its terms.
private func numbers(_ count: Int, _ generator: inout SeededGenerator) -> [Double] {
  (0..<count).map { _ in
    let digits = Double(Int64(bitPattern: generator.next() >> 11)) * 0x1p-52 - 1
    return digits * Double(sign: .plus, exponent: Int(generator.next() % 60) - 30, significand: 1)
  }
}

@Suite struct ColumnMomentsTests {
  @Test(arguments: 0..<40)
  func partsGiveTheBitsOfTheWhole(_ seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let count = Int(generator.next() % 3000) + 1
    let values = numbers(count, &generator)
    let weights = (0..<count).map { _ in Double(generator.next() % 1000 + 1) / 1000 }
    let zeros: Double? = seed % 3 == 0 ? 12.7 : nil
    let whole = ColumnMoments(values, weights: weights, zeros: zeros)
    for _ in 0..<8 {
      // One to eight parts, some of them without rows.
      let cuts = (0..<Int(generator.next() % 8)).map { _ in
        Int(generator.next() % UInt64(count + 1))
      }
      let ends = [0] + cuts.sorted() + [count]
      let parts = zip(ends, ends.dropFirst()).map { $0..<$1 }
      var moments = ColumnMoments(zeros: zeros)
      for part in parts { moments.addExtremes(values[part], weights: weights[part]) }
      for part in parts { moments.addSum(values[part], weights: weights[part]) }
      for part in parts { moments.addSquares(values[part], weights: weights[part]) }
      #expect(moments == whole, "seed \(seed), parts \(parts)")
      #expect(moments.mean.bitPattern == whole.mean.bitPattern)
      #expect(moments.deviation.bitPattern == whole.deviation.bitPattern)
      for scaling in Scaling.allCases {
        #expect(moments.parameters(scaling) == whole.parameters(scaling))
      }
    }
  }

  @Test func constantsNeedOnePass() {
    let moments = ColumnMoments([3, 3, 3], weights: [1, 0.1, 2])
    #expect(moments.isConstant && moments.mean == 3 && moments.deviation == 0)
    #expect(ColumnMoments([], weights: []).mean == 0)
    let sparse = ColumnMoments([3, 3], weights: [1, 1], zeros: 2)
    #expect(!sparse.isConstant && sparse.mean == 1.5 && sparse.deviation == 1.5)
  }

  @Test func largeAndSmallNumbersKeepTheirSpread() {
    for exponent in [-1060, -300, 0, 300, 1020] {
      let unit = Double(sign: .plus, exponent: exponent, significand: 1)
      let moments = ColumnMoments([1, 2, 3, 4].map { $0 * unit }, weights: [1, 1, 1, 1])
      #expect(moments.mean == 2.5 * unit)
      #expect(abs(moments.deviation / unit - 1.25.squareRoot()) < 1e-3, "2^\(exponent)")
    }
  }
}
