import Kernels
import LinearAlgebra
import TestSupport
import Testing

/// A stored matrix gives what computing its values again gives.
@Suite struct StoredKernelTests {
  static let seed: UInt64 = 130
  private static let function = KernelFunction.gaussian(gamma: 0.2)

  /// Two ranges of a stored matrix whose rows stand in another order than the examples, and a kernel of
  /// the same examples that computes.
  private func kernels(
    threads: Int
  ) throws -> (stored: StoredKernel<Float>, computed: TiledKernel<Float>) {
    var generator = TestGenerator(seed: Self.seed)
    let features = FeatureMatrix.dense(.random(1500, 6, using: &generator))
    let order = (0..<Int32(1500)).map { ($0 * 7) % 1500 }
    let matrix = try #require(
      try KernelMatrix<Float>(
        features, Self.function, order: order, threads: threads, isCancelled: { false }))
    let ranges = [100..<700, 750..<1400]
    let rows = ranges.flatMap { $0.map { Int(order[$0]) } }
    let examples = features.gatheringRows(rows)
    let stored = StoredKernel(matrix, ranges: ranges, threads: threads, valuesComputed: 0) {
      TiledKernel<Double>(examples, Self.function, threads: threads, memoryLimit: 0)
    }
    return (
      stored, TiledKernel(examples, Self.function, threads: threads, memoryLimit: 0)
    )
  }

  private func sums(
    _ kernel: some KernelOperator<Float>, _ rows: [Int32], _ coefficients: [Double],
    active: [Int32]?
  ) throws -> [Double] {
    var sums = (0..<kernel.count).map { Double($0) * 1e-3 }
    kernel.restrict(to: active)
    #expect(try accumulate(kernel, rows: rows, coefficients, into: &sums))
    return sums
  }

  @Test(arguments: [1, 3])
  func sumsAreThoseOfComputedValues(threads: Int) throws {
    let (stored, computed) = try kernels(threads: threads)
    #expect(stored.count == computed.count)
    let rows = (0..<Int32(150)).map { $0 * 8 + 1 }
    let coefficients = rows.map { Double($0 % 13) - 6 }
    let all = (0..<Int32(stored.count)).map { $0 }
    for active in [nil, all.filter { $0 % 4 != 0 }, all.filter { $0 % 5 == 0 }] {
      let found = try sums(stored, rows, coefficients, active: active)
      let expected = try sums(computed, rows, coefficients, active: active)
      for (one, other) in zip(found, expected) {
        #expect(isClose(one, other, within: 1e-4), "seed \(Self.seed)")
      }
      // Examples that are not active stay as they are.
      let aside = Set(all).subtracting(active ?? all)
      for example in aside { #expect(found[Int(example)] == Double(example) * 1e-3) }
    }
  }

  @Test func blocksRowsAndTheDiagonalAreTheSameValues() throws {
    let (stored, computed) = try kernels(threads: 2)
    let rows = (0..<Int32(90)).map { $0 * 13 }
    let columns = (0..<Int32(200)).map { ($0 * 31) % 1250 }
    let found = try block(stored, rows: rows, columns: columns)
    let expected = try block(computed, rows: rows, columns: columns)
    #expect(firstDifference(found, expected) { _, _ in 1e-6 } == nil)
    var row = [Float](repeating: 0, count: stored.count)
    var diagonal = row
    row.withUnsafeMutableBufferPointer { stored.copyRow(26, into: $0.baseAddress!) }
    diagonal.withUnsafeMutableBufferPointer { stored.copyDiagonal(into: $0.baseAddress!) }
    #expect(diagonal.allSatisfy { $0 == 1 })
    for (column, example) in columns.enumerated() {
      #expect(row[Int(example)] == found[2, column])
    }
  }
}
