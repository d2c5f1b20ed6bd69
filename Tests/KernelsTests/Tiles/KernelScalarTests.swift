import Foundation
import Kernels
import LinearAlgebra
import TestSupport
import Testing

/// The vector loops, one by one.
@Suite struct KernelScalarTests {
  static let seed: UInt64 = 120

  /// Applies a loop to a row of values.
  private func applied<Scalar: KernelScalar>(
    _ values: [Scalar], _ loop: (Tile<Scalar>) -> Void
  ) -> [Scalar] {
    var values = values
    values.withUnsafeMutableBufferPointer {
      loop(Tile($0.baseAddress!, rows: 1, columns: $0.count, stride: $0.count))
    }
    return values
  }

  private func largestError<Scalar: KernelScalar>(
    _ found: [Scalar], _ expected: [Double]
  ) -> Double {
    zip(found, expected).reduce(0) { worst, pair in
      let unit = Double(Scalar(pair.1).ulp)
      return max(worst, abs(Double(pair.0) - pair.1) / unit)
    }
  }

  @Test func exponentialsInFloatAreExactToTwoUnits() {
    let values = (0...200_000).map { Float($0) * (87 / 200_000) }
    let found = applied(values) { $0.apply(Float.library.loops.exponential, 1) }
    let error = largestError(found, values.map { exp(-Double($0)) })
    #expect(error <= 2, "\(error) units")
    #expect(found[0] == 1)
  }

  @Test func exponentialsInDoubleAreExactToFourUnits() {
    let values = (0...200_000).map { Double($0) * (700.0 / 200_000) }
    let found = applied(values) { $0.apply(Double.library.loops.exponential, 1) }
    let error = largestError(found, values.map { exp(-$0) })
    #expect(error <= 4, "\(error) units")
    #expect(found[0] == 1)
  }

  /// Far below the range results are 0, not wrapped around; what is not a number stays so.
  @Test func exponentialsOutOfRangeAreZero() {
    let single = applied([88, 200, 1e4, 1e30, .infinity, .nan] as [Float]) {
      $0.apply(Float.library.loops.exponential, 1)
    }
    #expect(Array(single[..<5]) == [0, 0, 0, 0, 0])
    #expect(single[5].isNaN)
    let double = applied([709, 2000, 1e4, 1e300, .infinity, .nan] as [Double]) {
      $0.apply(Double.library.loops.exponential, 1)
    }
    #expect(Array(double[..<5]) == [0, 0, 0, 0, 0])
    #expect(double[5].isNaN)
  }

  @Test func gaussiansNeverExceedOne() {
    // Rounding may leave ⟨x, z⟩ a little above what the squared norms allow.
    let terms: [Float] = [1]
    let found = applied([1.0000001] as [Float]) {
      Float.library.loops.gaussian(
        $0.values, $0.rows, $0.columns, $0.stride, terms, terms, 1)
    }
    #expect(found == [1])
  }

  @Test func laplaciansTakeTheRoot() {
    let values = (0..<1000).map { Double($0) * 0.37 }
    let found = applied(values) { $0.apply(Double.library.loops.laplacian, 0.5) }
    let error = largestError(found, values.map { exp(-0.5 * $0.squareRoot()) })
    // The root's and the product's roundings are multiplied by the argument, at most 10 here.
    #expect(error <= 4 + 20, "\(error) units")
  }

  /// The loop of a formula and the map that exporters compose give the same, for all formulas.
  @Test(arguments: KernelCatalog.formulas.map { $0.name })
  func loopsAgreeWithTheirMaps(name: String) throws {
    let formula = try #require(KernelCatalog.formula(named: name))
    let kernel = FormulaKernel(formula, width: 0.3)
    let values = (0...4000).map { Double($0) * 0.01 }
    let map = formula.map(kernel)
    let expected = values.map { map.value($0) }
    let double = applied(values) { formula.apply(kernel, to: $0) }
    let single = applied(values.map { Float($0) }) { formula.apply(kernel, to: $0) }
    for (place, value) in expected.enumerated() {
      let scale = max(abs(value), 1e-3)
      #expect(isClose(double[place], value, within: 64 * 0x1p-53 * scale), "\(name), \(place)")
      #expect(isClose(Double(single[place]), value, within: 64 * 0x1p-24 * scale), "\(name)")
    }
  }

  @Test func tangentsAreExactToEightRoundings() {
    let values = (-4000...4000).map { Double($0) * 0.01 }
    let double = applied(values) {
      Double.library.loops.sigmoid($0.values, $0.rows, $0.columns, $0.stride, 0.5, 0.25)
    }
    #expect(
      firstDifference(double, values.map { tanh(0.5 * $0 + 0.25) }, within: 8 * 0x1p-53) == nil)
    let single = applied(values.map { Float($0) }) {
      Float.library.loops.sigmoid($0.values, $0.rows, $0.columns, $0.stride, 0.5, 0.25)
    }
    #expect(
      firstDifference(
        single, values.map { tanh(0.5 * Double(Float($0)) + 0.25) }, within: 16 * 0x1p-24) == nil)
    let ends = applied([-1e30, 1e30] as [Float]) {
      Float.library.loops.sigmoid($0.values, $0.rows, $0.columns, $0.stride, 1, 0)
    }
    #expect(ends == [-1, 1])
  }

  @Test(arguments: [1, 2, 3, 4, 5, 7, 8, 13, 31, 100])
  func powersAreRepeatedProducts(degree: Int) {
    let values = (0..<100).map { 0.9 + Double($0) * 0.002 }
    for sign in [1.0, -1] {
      let found = applied(values.map { sign * $0 }) {
        Double.library.loops.polynomial($0.values, $0.rows, $0.columns, $0.stride, 2, 0, degree)
      }
      let expected = values.map { value in
        (0..<degree).reduce(1.0) { product, _ in product * 2 * sign * value }
      }
      for (found, expected) in zip(found, expected) {
        #expect(isClose(found, expected, relative: Double(degree) * 0x1p-51), "degree \(degree)")
      }
    }
  }

  /// Sums are in Double, and each term is added in the order of the rows: what threads or kept rows
  /// do must not show.
  @Test(arguments: [1, 3, 8, 17, 100])
  func accumulationAddsInTheOrderOfRows(columnCount: Int) {
    var generator = TestGenerator(seed: Self.seed)
    let rowCount = 23
    let rows = (0..<rowCount).map { _ in
      (0..<columnCount).map { _ in Float(generator.normal()) }
    }
    let coefficients = (0..<rowCount).map { _ in generator.normal() * 1e6 }
    let begin = (0..<columnCount).map { _ in generator.normal() }
    func accumulated(_ range: Range<Int>, _ start: [Double]) -> [Double] {
      var sums = start
      let flat = rows[range].flatMap { $0 }
      flat.withUnsafeBufferPointer { flat in
        let pointers = range.indices.map {
          UnsafePointer<Float>?(flat.baseAddress! + ($0 - range.lowerBound) * columnCount)
        }
        Float.library.loops.accumulate(
          pointers, Array(coefficients[range]), range.count, columnCount, &sums)
      }
      return sums
    }
    let whole = accumulated(0..<rowCount, begin)
    // In parts, cut anywhere: the same bits.
    for cut in 0...rowCount {
      let parts = accumulated(cut..<rowCount, accumulated(0..<cut, begin))
      #expect(parts == whole, "cut at \(cut), \(columnCount) columns, seed \(Self.seed)")
    }
    for column in 0..<columnCount {
      var expected = begin[column]
      for row in 0..<rowCount { expected += coefficients[row] * Double(rows[row][column]) }
      #expect(isClose(whole[column], expected, within: 1e-8), "seed \(Self.seed)")
    }
  }

  @Test func theFirstValueThatIsNotFiniteIsFound() {
    for count in [1, 7, 16, 33, 100] {
      var values = [Float](repeating: 1, count: count)
      #expect(Float.library.loops.firstNotFinite(values, count) == -1)
      values[count - 1] = .infinity
      #expect(Float.library.loops.firstNotFinite(values, count) == count - 1)
      values[count / 2] = .nan
      #expect(Float.library.loops.firstNotFinite(values, count) == count / 2)
    }
    #expect(Double.library.loops.firstNotFinite([1, .greatestFiniteMagnitude, -.infinity], 3) == 2)
  }

  @Test func gatheringAndScatteringAreInverse() {
    let values = (0..<50).map { Double($0) }
    let positions: [Int32] = [1, 2, 5, 17, 18, 40, 49]
    var gathered = [Double](repeating: -1, count: positions.count)
    Double.library.loops.gather(values, positions, positions.count, &gathered)
    #expect(gathered == positions.map { Double($0) })
    var scattered = [Double](repeating: -1, count: 50)
    Double.library.loops.scatter(gathered, positions, positions.count, &scattered)
    for index in 0..<50 {
      #expect(scattered[index] == (positions.contains(Int32(index)) ? Double(index) : -1))
    }
    // In place, as kept rows are compacted.
    let inPlace = applied(values) { tile in
      Double.library.loops.gather(tile.values, positions, positions.count, tile.values)
    }
    #expect(Array(inPlace[..<positions.count]) == gathered)
  }

  @Test(arguments: [1, 5, 16, 33])
  func transposingSwapsRowsAndColumns(rowCount: Int) {
    for columnCount in [1, 7, 16, 40] {
      let from = (0..<rowCount * (columnCount + 2)).map { Float($0) }
      var to = [Float](repeating: -1, count: columnCount * (rowCount + 3))
      Float.library.loops.transpose(from, rowCount, columnCount, columnCount + 2, &to, rowCount + 3)
      for row in 0..<rowCount {
        for column in 0..<columnCount {
          #expect(to[column * (rowCount + 3) + row] == from[row * (columnCount + 2) + column])
        }
      }
    }
  }
}
