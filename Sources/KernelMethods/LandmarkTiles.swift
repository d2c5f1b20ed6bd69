import Kernels
import LinearAlgebra

/// Kernel values of some fixed examples, the landmarks, with any others, tile after tile.
struct LandmarkTiles: Sendable {
  private let landmarks: PreparedExamples<Double>
  private let isSparse: Bool
  private let kernel: KernelFunction
  private let count: Int
  /// Consecutive landmarks, and where each block begins.
  private let blocks: [(first: Int, rows: RowBlock<Double>)]

  /// Prepares landmarks.
  ///
  /// - Parameters:
  ///   - features: m × d; no columns for a precomputed kernel.
  ///   - indices: Their rows in the training data, which a precomputed kernel needs.
  ///   - kernel: The kernel.
  init(_ features: FeatureMatrix, indices: [Int], kernel: KernelFunction) {
    let landmarks = PreparedExamples<Double>(features, for: kernel)
    self.landmarks = landmarks
    self.kernel = kernel
    count = indices.count
    if case .sparse = features { isSparse = true } else { isSparse = false }
    var isLookup = false
    if case .precomputed = kernel { isLookup = true }
    let largest = RowBlock<Double>.largestCount(of: landmarks)
    blocks = stride(from: 0, to: indices.count, by: largest).map { first in
      let end = min(first + largest, indices.count)
      let rows =
        isLookup ? indices[first..<end].map { Int32($0) } : (Int32(first)..<Int32(end)).map { $0 }
      return (
        first,
        RowBlock(rows, of: landmarks, transposed: landmarks.isSparseProduct)
      )
    }
  }

  /// Computes the kernel values of examples with all landmarks.
  ///
  /// - Parameters:
  ///   - features: n × d, finite.
  ///   - threads: The largest number of threads.
  ///   - stopping: Whether to leave out the tiles that are still to come.
  ///   - receive: Called once for each tile, on several threads at a time, with the tile's examples
  ///     and their values: landmark × example, `stride` apart. They may be overwritten.
  func evaluate(
    _ features: FeatureMatrix, threads: Int, stopping: @Sendable () -> Bool = { false },
    _ receive:
      @Sendable (_ rows: Range<Int>, _ values: UnsafeMutablePointer<Double>, _ stride: Int) -> Void
  ) {
    // Both sides of a tile are stored in the same way.
    let features: FeatureMatrix =
      switch (isSparse, features) {
      case (false, .sparse(let matrix)): .dense(matrix.dense)
      case (true, .dense(let matrix)): .sparse(sparse(matrix))
      case (false, .dense), (true, .sparse): features
      }
    let examples = PreparedExamples<Double>(features, for: kernel, centre: landmarks.centre)
    let evaluator = TileEvaluator(columns: examples)
    let width = TileEvaluator<Double>.columnCount
    let height = TileEvaluator<Double>.rowCount
    let tileCount = (features.rowCount + width - 1) / width
    let workers = max(1, min(threads, 1 + features.rowCount * count / 200_000))
    let scratch = (0..<workers).map { _ in TileScratch<Double>() }
    // The last rows of a block are computed up to a full granule.
    let room = (count + RowBlock<Double>.granule) * width
    let memory = (0..<workers).map { _ in AlignedBuffer<Double>(count: room) }
    concurrentTiles(count: tileCount, threads: workers) { tile, worker in
      if stopping() { return }
      let range = tile * width..<min((tile + 1) * width, features.rowCount)
      let prepared = evaluator.prepare(.range(range), scratch: scratch[worker])
      let values = unsafe memory[worker].pointer
      for block in blocks {
        for first in stride(from: 0, to: block.rows.count, by: height) {
          unsafe evaluator.evaluate(
            block.rows, rows: first..<min(first + height, block.rows.count), prepared,
            into: values + (block.first + first) * width, stride: width, scratch: scratch[worker])
        }
      }
      unsafe receive(range, values, width)
    }
  }
}

/// The entries of a dense matrix that are not zero.
private func sparse(_ dense: Matrix<Double>) -> SparseMatrix<Double> {
  do {
    return try SparseMatrix(dense)
  } catch {
    preconditionFailure("\(dense.columnCount) columns do not fit a sparse matrix")
  }
}
