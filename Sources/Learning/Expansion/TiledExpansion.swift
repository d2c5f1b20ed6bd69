import Basics
import Kernels
import LinearAlgebra

/// A kernel expansion of a precomputed kernel, a caller's function or a composite kernel, made ready to
/// evaluate: its support vectors gathered as rows of tiles, one block for each class.
final class TiledExpansion<Scalar: KernelScalar>: PreparedExpansion {
  private struct ClassBlock: Sendable {
    /// Each block covers consecutive support vectors.
    var rows: RowBlock<Scalar>
    var first: Int
    var count: Int
  }

  private let expansion: KernelExpansion
  /// The kernel, whose precomputed parts keep the columns of the support vectors alone.
  private let function: KernelFunction
  private let supportVectors: PreparedExamples<Scalar>
  private let blocks: [[ClassBlock]]
  /// (k − 1) × s.
  private let coefficients: [Scalar]

  init(_ expansion: KernelExpansion) {
    self.expansion = expansion
    let function = expansion.kernel.choosingExamples(expansion.supportIndices)
    self.function = function
    let supportVectors = PreparedExamples<Scalar>(expansion.supportVectors, for: function)
    self.supportVectors = supportVectors
    let isLookup = function.isPrecomputed
    let largest =
      isLookup
      ? RowBlock<Scalar>.largestCount(featureCount: expansion.featureCount)
      : RowBlock<Scalar>.largestCount(of: supportVectors)
    var first = 0
    blocks = expansion.summedGroups.map { count in
      defer { first += count }
      return stride(from: first, to: first + count, by: largest).map { begin in
        let end = min(begin + largest, first + count)
        // A precomputed kernel's rows are features of the examples to predict.
        let indices =
          isLookup
          ? expansion.supportIndices[begin..<end].map { Int32($0) }
          : (Int32(begin)..<Int32(end)).map { $0 }
        return ClassBlock(
          rows: RowBlock(
            indices, of: supportVectors, transposed: supportVectors.isSparseProduct),
          first: begin, count: end - begin)
      }
    }
    coefficients = expansion.dualCoefficients.elements.map { Scalar($0) }
  }

  func evaluate(
    _ features: FeatureMatrix, threads: Int,
    _ receive: @Sendable (_ rows: Range<Int>, _ values: UnsafePointer<Double>) -> Void
  ) {
    let values = decisionValues(features, threads: threads)
    unsafe values.withUnsafeElements { elements in
      guard let base = elements.baseAddress else { return }
      unsafe receive(0..<values.rowCount, base)
    }
  }

  /// Decision values of examples, n × number of biases.
  private func decisionValues(_ features: FeatureMatrix, threads: Int) -> Matrix<Double> {
    // Both sides of a tile are stored in the same way.
    let features: FeatureMatrix =
      switch (expansion.supportVectors, features) {
      case (.dense, .sparse(let matrix)): .dense(matrix.dense)
      case (.sparse, .dense(let matrix)): .sparse(SparseMatrix(fitting: matrix))
      case (.dense, .dense), (.sparse, .sparse): features
      }
    let examples = PreparedExamples<Scalar>(features, for: function, like: supportVectors)
    let evaluator = TileEvaluator(columns: examples)
    let width = TileEvaluator<Scalar>.columnCount
    let count = features.rowCount
    let biasCount = expansion.biases.count
    let tileCount = (count + width - 1) / width
    let work = count * max(1, expansion.supportIndices.count)
    let workers = max(1, min(threads, tileCount, 1 + work / 200_000))
    let scratch = (0..<workers).map { _ in TileScratch<Scalar>() }
    return unsafe Matrix(rowCount: count, columnCount: biasCount) {
      buffer in
      guard let base = buffer.baseAddress else { return }
      let result = unsafe UnsafeSendable(base)
      concurrentTiles(count: tileCount, threads: workers) { tile, worker in
        let range = tile * width..<min((tile + 1) * width, count)
        let sums = classSums(range, evaluator, scratch[worker])
        for column in 0..<range.count {
          let target = unsafe result.value + (range.lowerBound + column) * biasCount
          if biasCount == 1 {
            // A regression has one class of support vectors, two classes add theirs.
            var sum = expansion.biases[0]
            for part in sums { sum += part[column] }
            unsafe target[0] = sum
            continue
          }
          if expansion.layout == .outputs {
            for output in 0..<biasCount {
              unsafe target[output] =
                sums[0][output * range.count + column] + expansion.biases[output]
            }
            continue
          }
          var pair = 0
          for earlier in 0..<sums.count {
            for later in (earlier + 1)..<max(sums.count, earlier + 1) {
              unsafe target[pair] =
                sums[earlier][(later - 1) * range.count + column]
                + sums[later][earlier * range.count + column] + expansion.biases[pair]
              pair += 1
            }
          }
        }
      }
    }
  }

  /// For each class, (k − 1) × columns sums of coefficients times kernel values.
  private func classSums(
    _ range: Range<Int>, _ evaluator: TileEvaluator<Scalar>, _ scratch: TileScratch<Scalar>
  ) -> [[Double]] {
    let height = TileEvaluator<Scalar>.rowCount
    let outputCount = expansion.dualCoefficients.rowCount
    let supportCount = expansion.supportIndices.count
    let prepared = evaluator.prepare(.range(range), scratch: scratch)
    let values = unsafe scratch.buffer(.tile, count: height * TileEvaluator<Scalar>.columnCount)
    let stride = TileEvaluator<Scalar>.columnCount
    return blocks.map { classBlocks in
      var sums = [Double](repeating: 0, count: outputCount * range.count)
      var partial = [Scalar](
        repeating: 0, count: outputCount > 1 ? outputCount * range.count : 0)
      for block in classBlocks {
        for first in Swift.stride(from: 0, to: block.count, by: height) {
          let rows = first..<min(first + height, block.count)
          unsafe evaluator.evaluate(
            block.rows, rows: rows, prepared, into: values, stride: stride, scratch: scratch)
          let begin = block.first + first
          if outputCount == 1 {
            let pointers = unsafe (0..<rows.count).map {
              unsafe UnsafePointer<Scalar>?(values + $0 * stride)
            }
            let weights = Array(
              expansion.dualCoefficients.elements[begin..<begin + rows.count])
            unsafe Scalar.library.loops.accumulate(
              pointers, weights, rows.count, range.count, &sums)
          } else {
            unsafe coefficients.withUnsafeBufferPointer { coefficients in
              guard let base = coefficients.baseAddress else { return }
              unsafe Scalar._gemm(
                transposeA: false, transposeB: false, outputCount, range.count, rows.count, 1,
                base + begin, supportCount, values, stride, 0, &partial, range.count)
            }
            for index in partial.indices { sums[index] += Double(partial[index]) }
          }
        }
      }
      return sums
    }
  }

  @unsafe
  func evaluate(_ example: UnsafePointer<Double>, into target: UnsafeMutablePointer<Double>) {
    let count = expansion.featureCount
    let row = unsafe Matrix<Double>(rowCount: 1, columnCount: count) { buffer in
      unsafe buffer.baseAddress?.update(from: example, count: count)
    }
    let values = decisionValues(.dense(row), threads: 1)
    for (index, value) in values.elements.enumerated() { unsafe target[index] = value }
  }
}
