import LinearAlgebra
import TestSupport
import Testing

@testable import Kernels

@Suite struct RowBlockTests {
  @Test(arguments: [1, 47, 48, 49, 96, 100])
  func rowsAreFilledUpWithZeros(count: Int) throws {
    let seed: UInt64 = 130
    var generator = TestGenerator(seed: seed)
    let sparse = try SparseMatrix<Double>.random(120, 5, density: 0.5, using: &generator)
    let dense = sparse.dense
    let chosen = (0..<Int32(count)).map { 119 - $0 }
    for (features, transposed) in [
      (FeatureMatrix.dense(dense), false), (.sparse(sparse), true), (.dense(dense), true),
    ] {
      let examples = PreparedExamples<Double>(features, for: .linear)
      let block = RowBlock(chosen, of: examples, transposed: transposed)
      #expect(block.count == count)
      #expect(block.paddedCount % RowBlock<Double>.granule == 0)
      #expect(block.paddedCount >= count && block.paddedCount < count + RowBlock<Double>.granule)
      for row in 0..<block.paddedCount {
        for feature in 0..<5 {
          let place = transposed ? feature * block.paddedCount + row : row * 5 + feature
          let expected = row < count ? dense[Int(chosen[row]), feature] : 0
          #expect(block.elements.pointer[place] == expected, "seed \(seed)")
        }
      }
    }
  }

  @Test func gaussianTermsAreThoseOfMovedExamples() {
    // More features than differences are taken of.
    let matrix = Matrix<Double>(rowCount: 2, columnCount: 50) { row, column in
      column < 2 ? Double(10 + 2 * row + 4 * column) : 3
    }
    // The mean is (11, 15, 3, …): the examples are moved to (−1, −1, 0, …) and (1, 1, 0, …).
    let examples = PreparedExamples<Float>(.dense(matrix), for: .gaussian(gamma: 0.5))
    #expect(examples.centre == [11, 15] + Array(repeating: 3, count: 48))
    #expect(examples.squaredNorms == [2, 2])
    let block = RowBlock([1], of: examples, transposed: false)
    #expect(block.terms[0] == 1)
    #expect(block.terms[1...].allSatisfy { $0 == 0 })
    #expect((0..<50).map { block.elements.pointer[$0] } == [1, 1] + Array(repeating: 0, count: 48))
  }

  @Test func blocksOfManyFeaturesHaveFewerRows() {
    #expect(RowBlock<Float>.largestCount(featureCount: 0) == 4096)
    #expect(RowBlock<Float>.largestCount(featureCount: 10) == 4096)
    for featureCount in [5000, 50_000, 1_000_000, 1 << 40] {
      let count = RowBlock<Double>.largestCount(featureCount: featureCount)
      let granule = RowBlock<Double>.granule
      #expect(count >= granule && count % granule == 0 && count < 4096)
    }
  }
}
