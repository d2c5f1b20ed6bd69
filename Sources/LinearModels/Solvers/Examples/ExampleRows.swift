import Basics
import CVectorMath
import Kernels
import LinearAlgebra

/// The examples that take part in a problem, where they lie in memory, and products with them.
///
/// It reads the features through pointers, so that the loops need not count references: it is valid
/// only within ``FeatureMatrix/withExamples(_:)``, to which it belongs.
@safe
struct ExampleRows: @unchecked Sendable {
  /// Of the whole matrix; its rows are not set.
  private let matrix: lm_examples
  private let rows: AlignedBuffer<Int32>
  /// The number of the first example: that among all of a problem, where these are some of them.
  let first: Int
  /// The number of examples.
  let count: Int
  /// The number of features.
  let width: Int
  /// The stored features.
  let storedCount: Int

  /// Chooses rows of a matrix.
  ///
  /// - Parameters:
  ///   - matrix: The matrix.
  ///   - chosen: Its rows that take part.
  ///   - first: What the functions below call the first of them.
  init(_ matrix: UnboundExamples, rows chosen: [Int32], from first: Int = 0) {
    unsafe self.matrix = matrix.matrix
    self.first = first
    count = chosen.count
    width = unsafe matrix.matrix.width
    rows = AlignedBuffer<Int32>(count: chosen.count)
    var stored = 0
    for (index, row) in chosen.enumerated() {
      unsafe rows.pointer[index] = row
      if let offsets = unsafe matrix.matrix.offsets {
        unsafe stored += offsets[Int(row) + 1] - offsets[Int(row)]
      }
    }
    storedCount = unsafe matrix.matrix.columns == nil ? count * width : stored
  }

  /// Some of the examples, numbered from 0.
  func choosing(_ examples: some Sequence<Int32>) -> ExampleRows {
    unsafe ExampleRows(
      UnboundExamples(matrix), rows: examples.map { unsafe rows.pointer[Int($0) - first] })
  }

  /// Whether only features that are not 0 are stored.
  var isSparse: Bool { unsafe matrix.columns != nil }

  /// The numbers of the examples.
  var range: Range<Int> { first..<first + count }

  /// The number of stored features of an example.
  func storedCount(_ example: Int) -> Int {
    guard let offsets = unsafe matrix.offsets else { return width }
    let row = unsafe Int(rows.pointer[example - first])
    return unsafe offsets[row + 1] - offsets[row]
  }

  /// ‖x‖² of an example.
  func squaredNorm(_ example: Int) -> Double {
    let row = unsafe Int(rows.pointer[example - first])
    let begin = unsafe matrix.offsets?[row] ?? row * width
    guard let values = unsafe matrix.values else { return 0 }
    return unsafe vm_squared_norm_f64(values + begin, storedCount(example))
  }

  /// The features of a dense example.
  func features(_ example: Int) -> [Double] {
    guard let values = unsafe matrix.values else { return [] }
    let begin = unsafe Int(rows.pointer[example - first]) * width
    return unsafe Array(UnsafeBufferPointer(start: values + begin, count: width))
  }

  /// What the loops in C take.
  var examples: lm_examples {
    var examples = unsafe matrix
    // The loops find example i at place i.
    unsafe examples.rows = UnsafePointer(rows.pointer) - first
    return unsafe examples
  }

  /// zᵢ ← ⟨w, xᵢ⟩ + bias of a range of examples.
  func products(
    _ range: Range<Int>, _ weights: NumberVector, bias: Double, into products: NumberVector
  ) {
    var examples = unsafe examples
    unsafe lm_products(
      &examples, range.lowerBound, range.upperBound, weights.pointer, bias, products.pointer)
  }

  /// Adds Σ cᵢxᵢ of a range of examples.
  func add(_ range: Range<Int>, _ coefficients: NumberVector, to sum: NumberVector) {
    var examples = unsafe examples
    unsafe lm_sums(
      &examples, range.lowerBound, range.upperBound, coefficients.pointer, sum.pointer)
  }

  /// Adds Σ cᵢxᵢ² of a range of examples, for each feature.
  func addSquares(_ range: Range<Int>, _ coefficients: NumberVector, to sum: NumberVector) {
    var examples = unsafe examples
    unsafe lm_squares(
      &examples, range.lowerBound, range.upperBound, coefficients.pointer, sum.pointer)
  }

  /// Adds Σ cᵢ(xᵢ, 1)(xᵢ, 1)ᵀ of a range of sparse examples, one after the other.
  func addOuterProducts(
    _ range: Range<Int>, _ coefficients: NumberVector, hasBias: Bool, to sum: NumberVector
  ) {
    let size = width + (hasBias ? 1 : 0)
    precondition(isSparse && sum.count == size * size, "no matrix of \(size) sparse features")
    var examples = unsafe examples
    unsafe lm_outer_products(
      &examples, range.lowerBound, range.upperBound, coefficients.pointer, hasBias ? 1 : 0, size,
      sum.pointer)
  }

  /// Adds Σ cᵢ(xᵢ, 1)(xᵢ, 1)ᵀ of a range of examples by BLAS: tiles of rows times √|c|, first those with
  /// c > 0, then those with c < 0.
  ///
  /// - Parameters:
  ///   - range: The examples.
  ///   - coefficients: c.
  ///   - hasBias: Whether 1 follows the features.
  ///   - worker: Memory for a tile, and the largest number of threads to use: they share the blocks of the
  ///     matrix, which do not depend on their number.
  ///   - sum: The matrix, of which the lower triangle is added to.
  func addTileProducts(
    _ range: Range<Int>, _ coefficients: NumberVector, hasBias: Bool,
    by worker: (tile: NumberVector, threads: Int), to sum: NumberVector
  ) {
    let size = width + (hasBias ? 1 : 0)
    let tile = worker.tile
    precondition(tile.count >= size && sum.count == size * size, "no matrix of \(size) features")
    let height = tile.count / size
    var examples = unsafe examples
    for sign in [1.0, -1.0] {
      var next = range.lowerBound
      while next < range.upperBound {
        let filled = unsafe lm_tile(
          &examples, &next, range.upperBound, coefficients.pointer, sign, hasBias ? 1 : 0, height,
          size, tile.pointer)
        if filled > 0 {
          addProducts(of: tile, rows: filled, sign, threads: worker.threads, to: sum, size)
        }
      }
    }
  }

  /// Adds the product of the first rows of a tile with themselves, block by block of the matrix.
  private func addProducts(
    of tile: NumberVector, rows filled: Int, _ sign: Double, threads: Int, to sum: NumberVector,
    _ size: Int
  ) {
    let side = 256
    concurrentTriangleTiles(
      side: (size + side - 1) / side, threads: filled * size * size < 1 << 20 ? 1 : threads
    ) { blockRow, blockColumn in
      let (row, column) = (blockRow * side, blockColumn * side)
      let height = min(side, size - row)
      let left = unsafe tile.pointer + row
      let target = unsafe sum.pointer + row * size + column
      if blockRow == blockColumn {
        unsafe Double._syrk(
          transposeA: true, height, filled, sign, left, size, 1, target, size)
      } else {
        unsafe Double._gemm(
          transposeA: true, transposeB: false, height, min(side, size - column), filled, sign,
          left, size, tile.pointer + column, size, 1, target, size)
      }
    }
  }
}

/// A feature matrix whose memory is held in place.
@safe
struct UnboundExamples: @unchecked Sendable {
  fileprivate let matrix: lm_examples

  @unsafe
  fileprivate init(_ matrix: lm_examples) { unsafe self.matrix = matrix }
}

extension FeatureMatrix {
  /// Calls a closure while the features are held where they are.
  func withExamples<Result>(_ body: (UnboundExamples) -> Result) -> Result {
    switch self {
    case .dense(let matrix):
      return unsafe matrix.withUnsafeElements { elements in
        unsafe body(
          UnboundExamples(
            lm_examples(
              values: elements.baseAddress, columns: nil, offsets: nil, width: matrix.columnCount,
              rows: nil)))
      }
    case .sparse(let matrix):
      // The list of columns is null when no feature of any example is stored.
      return unsafe (matrix.columnIndices.isEmpty ? [0] : matrix.columnIndices)
        .withUnsafeBufferPointer { columns in
          unsafe matrix.rowOffsets.withUnsafeBufferPointer { offsets in
            unsafe matrix.values.withUnsafeBufferPointer { values in
              unsafe body(
                UnboundExamples(
                  lm_examples(
                    values: values.baseAddress, columns: columns.baseAddress,
                    offsets: offsets.baseAddress, width: matrix.columnCount, rows: nil)))
            }
          }
        }
    }
  }
}
