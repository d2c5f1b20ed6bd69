import LinearAlgebra
import TestSupport
import Testing

@testable import Kernels

/// All of K in memory says the same as tiles that are computed when they are needed.
@Suite struct KernelSquareTests {
  static let seed: UInt64 = 140

  /// A kernel that keeps all of K, and one that keeps nothing, of the same examples.
  private func kernels<Scalar: KernelScalar>(
    _: Scalar.Type, count: Int, threads: Int, _ function: KernelFunction = .gaussian(gamma: 0.002),
    columns: Int = 230
  ) throws -> (keeping: TiledKernel<Scalar>, computing: TiledKernel<Scalar>) {
    var generator = TestGenerator(seed: Self.seed)
    let features = FeatureMatrix.dense(.random(count, columns, using: &generator))
    return (
      TiledKernel(features, function, threads: threads, memoryLimit: 1 << 30),
      TiledKernel(features, function, threads: 1, memoryLimit: 0)
    )
  }

  /// Adds rows until the kernel has computed all of K.
  private func fill<Scalar>(_ kernel: TiledKernel<Scalar>) throws {
    let rows = indices(kernel.count)
    for _ in 0..<2 where kernel.whole == nil {
      var sums = [Double](repeating: 0, count: kernel.count)
      let isDone = try accumulate(
        kernel, rows: rows, rows.map { _ in 1 }, into: &sums)
      #expect(isDone)
    }
    #expect(kernel.whole != nil)
  }

  /// Examples in an order of their own.
  private func some(_ share: Double, of count: Int, _ generator: inout TestGenerator) -> [Int32] {
    var chosen = indices(count).filter { _ in generator.uniform() < share }
    for last in stride(from: chosen.count - 1, to: 0, by: -1) {
      chosen.swapAt(last, Int(generator.uniform() * Double(last + 1)))
    }
    return chosen
  }

  @Test(arguments: [1, 2, 3], [1, 255, 256, 257, 700]) func sumsHaveTheSameBits(
    threads: Int, count: Int
  ) throws {
    let (keeping, computing) = try kernels(Float.self, count: count, threads: threads)
    try fill(keeping)
    var generator = TestGenerator(seed: Self.seed)
    for share in [0.01, 0.05, 0.3, 1] {
      let rows = some(share, of: count, &generator)
      let coefficients = rows.map { _ in generator.uniform() - 0.5 }
      for active in [nil, some(0.6, of: count, &generator).sorted()] {
        var (kept, computed) = (
          [Double](repeating: 0.25, count: count), [Double](repeating: 0.25, count: count)
        )
        keeping.restrict(to: active)
        computing.restrict(to: active)
        #expect(try accumulate(keeping, rows: rows, coefficients, into: &kept))
        #expect(try accumulate(computing, rows: rows, coefficients, into: &computed))
        #expect(kept == computed, "\(count) examples, share \(share), seed \(Self.seed)")
      }
    }
  }

  /// Rows are taken in parts, fewer of wide ones: tiles of a later part are copied into rows of an earlier one.
  @Test(arguments: [
    KernelFunction.gaussian(gamma: 0.0001), .laplacian(gamma: 0.001),
  ])
  func wideRowsHaveTheSameBits(function: KernelFunction) throws {
    let (keeping, computing) = try kernels(
      Double.self, count: 600, threads: 2, function, columns: 10_000)
    #expect(RowBlock<Double>.largestCount(of: keeping.examples) < 600)
    try fill(keeping)
    let all = indices(600)
    let kept = try block(keeping, rows: all, columns: all)
    let computed = try block(computing, rows: all, columns: all)
    #expect(kept.elements == computed.elements)
  }

  @Test func blocksHaveTheSameBits() throws {
    let (keeping, computing) = try kernels(Double.self, count: 600, threads: 2)
    try fill(keeping)
    let before = keeping.valuesComputed
    var generator = TestGenerator(seed: Self.seed)
    for share in [0.01, 0.2, 0.9] {
      let rows = some(share, of: 600, &generator)
      for columns in [indices(600), some(share, of: 600, &generator)] {
        let kept = try block(keeping, rows: rows, columns: columns)
        let computed = try block(computing, rows: rows, columns: columns)
        #expect(kept.elements == computed.elements, "share \(share), seed \(Self.seed)")
      }
    }
    #expect(keeping.valuesComputed == before)
  }

  /// Newcomers of a working block go to their places, and by symmetry into the rows of the others.
  @Test(arguments: [false, true]) func newcomersGoToTheirPlaces(isKept: Bool) throws {
    let (keeping, computing) = try kernels(Float.self, count: 300, threads: 2)
    if isKept { try fill(keeping) }
    let stride = 128
    let square = AlignedBuffer<Float>(count: stride * stride)
    for place in 0..<stride * stride { square.pointer[place] = -1 }
    let slots = (0..<Int32(100)).filter { $0 % 7 != 3 }
    let examples = slots.map { ($0 * 37) % 300 }
    let newcomers = slots.indices.filter { $0 % 3 == 1 }
    let isDone = try keeping.block(
      rows: newcomers.map { examples[$0] }, columns: examples,
      into: BlockTarget(
        square: square.pointer, stride: stride, rows: newcomers.map { slots[$0] }, columns: slots),
      isCancelled: { false })
    #expect(isDone)
    let plain = try block(computing, rows: examples, columns: examples)
    var expected = [Float](repeating: -1, count: stride * stride)
    for row in slots.indices {
      for column in slots.indices where newcomers.contains(row) || newcomers.contains(column) {
        expected[Int(slots[row]) * stride + Int(slots[column])] = plain[row, column]
      }
    }
    #expect((0..<stride * stride).map { square.pointer[$0] } == expected)
  }

  @Test func allOfKIsKeptOnlyWhereItFits() throws {
    #expect(KernelSquare<Float>.fits(count: 300, byteLimit: 300 * 304 * 4))
    #expect(!KernelSquare<Float>.fits(count: 300, byteLimit: 300 * 304 * 4 - 1))
    // An odd number of vectors.
    #expect(KernelSquare<Float>.fits(count: 256, byteLimit: 256 * 272 * 4))
    #expect(!KernelSquare<Float>.fits(count: 256, byteLimit: 256 * 272 * 4 - 1))
    #expect(!KernelSquare<Double>.fits(count: 300, byteLimit: 300 * 304 * 4))
    #expect(!KernelSquare<Float>.fits(count: 0, byteLimit: 1 << 40))
    #expect(!KernelSquare<Float>.fits(count: .max, byteLimit: .max))
    let (keeping, computing) = try kernels(Float.self, count: 300, threads: 1)
    #expect(keeping.mayKeepWhole && keeping.kept == nil)
    #expect(!computing.mayKeepWhole)
  }

  /// A pair of examples that no solution needs does not end a training.
  @Test func aValueThatIsNotFiniteIsNotKept() throws {
    var generator = TestGenerator(seed: Self.seed)
    var matrix = Matrix<Double>.random(300, 230, using: &generator)
    for column in 0..<230 { matrix[7, column] = 1e15 }
    let kernel = TiledKernel<Float>(
      .dense(matrix), .polynomial(degree: 3, gamma: 1, constantTerm: 1), threads: 1,
      memoryLimit: 1 << 30)
    let rows = indices(300).filter { $0 != 7 }
    kernel.restrict(to: rows)
    for _ in 0..<3 {
      var sums = [Double](repeating: 0, count: 300)
      #expect(try accumulate(kernel, rows: rows, rows.map { _ in 1 }, into: &sums))
    }
    #expect(kernel.whole == nil && !kernel.mayKeepWhole)
  }

  @Test func aStopLeavesNothingBehind() throws {
    let (keeping, _) = try kernels(Float.self, count: 300, threads: 2)
    var sums = [Double](repeating: 0, count: 300)
    let rows = indices(300)
    #expect(try accumulate(keeping, rows: rows, rows.map { _ in 1 }, into: &sums))
    #expect(
      try !accumulate(keeping, rows: rows, rows.map { _ in 1 }, into: &sums, isCancelled: { true }))
    #expect(keeping.whole == nil && keeping.mayKeepWhole)
    try fill(keeping)
  }
}
