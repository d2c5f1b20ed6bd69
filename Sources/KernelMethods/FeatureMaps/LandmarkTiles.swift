import Basics
import Kernels
import LinearAlgebra

/// Kernel values of some fixed examples, the landmarks, with any others, tile after tile.
struct LandmarkTiles: Sendable {
  private let landmarks: PreparedExamples<Double>
  private let isSparse: Bool
  /// The features that landmarks have, where those are few of very many: a file of a few lines may name
  /// two thousand million.
  private let occurring: OccurringFeatures?
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
    occurring = Self.occurringFeatures(features, kernel)
    var features = features
    if let occurring, case .sparse(let matrix) = features {
      features = .sparse(matrix.keeping(occurring, for: kernel))
    }
    let landmarks = PreparedExamples<Double>(features, for: kernel)
    self.landmarks = landmarks
    self.kernel = kernel
    count = indices.count
    if case .sparse = features { isSparse = true } else { isSparse = false }
    let isLookup = kernel.isPrecomputed
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

  private static func occurringFeatures(
    _ features: FeatureMatrix, _ kernel: KernelFunction
  ) -> OccurringFeatures? {
    // Composite kernels look at their parts one by one.
    guard kernel.formula != nil, case .sparse(let matrix) = features,
      matrix.columnCount > max(1 << 16, 4 * matrix.storedCount)
    else { return nil }
    return OccurringFeatures(matrix)
  }

  /// The examples of each tile.
  static var width: Int { TileEvaluator<Double>.columnCount }

  /// Computes the kernel values of examples with all landmarks.
  ///
  /// - Parameters:
  ///   - features: n × d, finite.
  ///   - threads: The largest number of threads.
  ///   - isCancelled: Whether to leave out the tiles that are still to come.
  ///   - receive: Called once for each tile, on several threads at a time, with the tile's examples
  ///     and their values: landmark × example, `stride` apart. They may be overwritten.
  func evaluate(
    _ features: FeatureMatrix, threads: Int, isCancelled: @Sendable () -> Bool = { false },
    _ receive:
      @Sendable (_ rows: Range<Int>, _ values: UnsafeMutablePointer<Double>, _ stride: Int) -> Void
  ) {
    // Both sides of a tile are stored in the same way.
    let features: FeatureMatrix =
      switch (isSparse, features) {
      case (false, .sparse(let matrix)): .dense(matrix.dense)
      case (true, .dense(let matrix)):
        .sparse(occurring.map { sparse(matrix).keeping($0, for: kernel) } ?? sparse(matrix))
      case (false, .dense): features
      case (true, .sparse(let matrix)):
        .sparse(occurring.map { matrix.keeping($0, for: kernel) } ?? matrix)
      }
    let examples = PreparedExamples<Double>(features, for: kernel, like: landmarks)
    let evaluator = TileEvaluator(columns: examples)
    let width = Self.width
    let height = TileEvaluator<Double>.rowCount
    let tileCount = (features.rowCount + width - 1) / width
    let workers = max(1, min(threads, 1 + features.rowCount * count / 200_000))
    let scratch = (0..<workers).map { _ in TileScratch<Double>() }
    let memory = (0..<workers).map { _ in AlignedBuffer<Double>(count: count * width) }
    concurrentTiles(count: tileCount, threads: workers) { tile, worker in
      if isCancelled() { return }
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

extension SparseMatrix<Double> {
  /// The columns that some features have, numbered by their places, and one more with the norm of what
  /// is left out: products with rows that have only these features, and distances to them, stay what they
  /// are.
  fileprivate func keeping(
    _ features: OccurringFeatures, for kernel: KernelFunction
  ) -> SparseMatrix {
    let pair = kernel.formula?.formula.pair
    let sumsMagnitudes = pair == .manhattanDistance || pair == .chiSquaredDistance
    var offsets = [0]
    var columns: [Int32] = []
    var kept: [Double] = []
    for row in 0..<rowCount {
      var rest = 0.0
      for entry in rowOffsets[row]..<rowOffsets[row + 1] {
        let place = features.place(of: columnIndices[entry])
        let value = values[entry]
        if place < 0 {
          rest += sumsMagnitudes ? value.magnitude : value * value
        } else {
          columns.append(place)
          kept.append(value)
        }
      }
      if rest > 0 {
        columns.append(Int32(features.count))
        kept.append(sumsMagnitudes ? rest : rest.squareRoot())
      }
      offsets.append(kept.count)
    }
    return SparseMatrix(
      unchecked: rowCount, columnCount: features.count + 1, rowOffsets: offsets,
      columnIndices: columns, values: kept)
  }
}
