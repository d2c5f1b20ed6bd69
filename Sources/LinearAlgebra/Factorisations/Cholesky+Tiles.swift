import Basics
import Synchronization

// A Cholesky factor by tiles, on several threads. For each strip of columns: the tile on the diagonal
// is factored, the tiles below it are solved with it, and what is left of the matrix loses the
// strip's product with itself, tile by tile. Every tile is one BLAS or LAPACK call that owns its
// output, and tiles are cut by index, so that the factor has the same bits for any number of threads.

/// Rows and columns of a tile: large enough for BLAS to run at its full speed.
private let tileSide = 256
/// Columns of the inverse that are computed at a time.
private let inverseWidth = 64

extension Cholesky {
  /// Factors a matrix on several threads.
  ///
  /// The matrix's memory becomes the factor's when the caller hands over the only copy.
  ///
  /// - Parameters:
  ///   - matrix: Square and symmetric; only its lower triangle is read.
  ///   - threads: The number of threads, at least 1.
  ///   - isCancelled: Asked between tiles; once it says yes, the result is `nil`.
  /// - Throws: What ``init(_:)`` throws.
  package init?(
    inTiles matrix: consuming Matrix<Scalar>, threads: Int,
    isCancelled: @Sendable () -> Bool = { false }
  ) throws(LinearAlgebraError) {
    var factor = consume matrix
    let size = try checkedSymmetricOperand(factor, "Cholesky factor")
    let outcome = unsafe factor.withUnsafeMutableElements { elements in
      guard let base = elements.baseAddress, size > 0 else { return FactorOutcome.done }
      let outcome = unsafe factorInTiles(base, size, threads: threads, isCancelled: isCancelled)
      let result = unsafe UnsafeSendable(base)
      concurrentTiles(count: (size + tileSide - 1) / tileSide, threads: threads) { tile in
        for row in tile * tileSide..<min((tile + 1) * tileSide, size) {
          unsafe (result.value + row * size + row + 1).update(repeating: 0, count: size - row - 1)
        }
      }
      return outcome
    }
    switch outcome {
    case .stopped: return nil
    case .failed(let info):
      try checkLAPACK(info, routine: "potrf") { .notPositiveDefinite(leadingMinor: $0) }
    case .done: break
    }
    self.init(lower: factor)
  }

  /// Computes the diagonal of A⁻¹ on several threads.
  ///
  /// - Parameters:
  ///   - threads: The number of threads, at least 1.
  ///   - isCancelled: Asked between tiles.
  /// - Returns: One element for each row, or `nil` when stopped.
  /// - Complexity: n³/3 multiplications and additions; n × 64 elements for each thread.
  package func inverseDiagonal(
    threads: Int, isCancelled: @Sendable () -> Bool = { false }
  ) -> [Scalar]? {
    let size = factor.rowCount
    let stopped = Atomic<Bool>(false)
    var diagonal = [Scalar](repeating: 0, count: size)
    unsafe diagonal.withUnsafeMutableBufferPointer { diagonal in
      unsafe factor.withUnsafeElements { factor in
        guard let target = diagonal.baseAddress, let factor = factor.baseAddress else { return }
        let shared = unsafe UnsafeSendable((target: target, factor: factor))
        concurrentTiles(count: (size + inverseWidth - 1) / inverseWidth, threads: threads) { tile in
          if stopped.load(ordering: .relaxed) || isCancelled() {
            stopped.store(true, ordering: .relaxed)
            return
          }
          let first = tile * inverseWidth
          unsafe squaredColumnNormsOfInverse(
            shared.value.factor, size, columns: first..<min(first + inverseWidth, size),
            into: shared.value.target)
        }
      }
    }
    return stopped.load(ordering: .relaxed) ? nil : diagonal
  }
}

private enum FactorOutcome {
  case done
  case stopped
  case failed(info: Int)
}

@unsafe
private func factorInTiles<Scalar: LAPACKScalar>(
  _ base: UnsafeMutablePointer<Scalar>, _ size: Int, threads: Int,
  isCancelled: @Sendable () -> Bool
) -> FactorOutcome {
  let matrix = unsafe UnsafeSendable(base)
  let stopped = Atomic<Bool>(false)
  for first in stride(from: 0, to: size, by: tileSide) {
    if stopped.load(ordering: .relaxed) || isCancelled() { return .stopped }
    let width = min(tileSide, size - first)
    let diagonal = unsafe base + first * (size + 1)
    let info = unsafe Scalar._potrf(width, diagonal, size)
    guard info == 0 else { return .failed(info: info > 0 ? first + info : info) }
    let begin = first + width
    let tileCount = (size - begin + tileSide - 1) / tileSide
    guard tileCount > 0 else { break }
    let corner = unsafe UnsafeSendable(UnsafePointer(diagonal))
    concurrentTiles(count: tileCount, threads: threads) { tile in
      // X·Lᵀ = A is L·Xᵀ = Aᵀ.
      let row = begin + tile * tileSide
      let height = min(tileSide, size - row)
      let place = unsafe matrix.value + row * size + first
      var turned = [Scalar](repeating: 0, count: width * height)
      unsafe turned.withUnsafeMutableBufferPointer { turned in
        guard let turned = turned.baseAddress else { return }
        unsafe turn(place, height, width, stride: size, into: turned, stride: height)
        unsafe Scalar._trsm(
          transposeL: false, width, height, corner.value, size, turned, height)
        unsafe turn(turned, width, height, stride: height, into: place, stride: size)
      }
    }
    concurrentTriangleTiles(side: tileCount, threads: threads) { tileRow, tileColumn in
      if stopped.load(ordering: .relaxed) || isCancelled() {
        stopped.store(true, ordering: .relaxed)
        return
      }
      let row = begin + tileRow * tileSide
      let column = begin + tileColumn * tileSide
      let height = min(tileSide, size - row)
      let left = unsafe matrix.value + row * size + first
      let target = unsafe matrix.value + row * size + column
      if tileRow == tileColumn {
        unsafe Scalar._syrk(
          transposeA: false, height, width, -1, left, size, 1, target, size)
      } else {
        unsafe Scalar._gemm(
          transposeA: false, transposeB: true, height, min(tileSide, size - column), width, -1,
          left, size, matrix.value + column * size + first, size, 1, target, size)
      }
    }
  }
  return stopped.load(ordering: .relaxed) ? .stopped : .done
}

/// Writes the transpose of a part of a matrix.
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
@unsafe
private func turn<Scalar: BLASScalar>(
  _ source: UnsafePointer<Scalar>, _ rowCount: Int, _ columnCount: Int, stride: Int,
  into target: UnsafeMutablePointer<Scalar>, stride targetStride: Int
) {
  let side = 16
  for firstRow in Swift.stride(from: 0, to: rowCount, by: side) {
    for firstColumn in Swift.stride(from: 0, to: columnCount, by: side) {
      for row in firstRow..<min(firstRow + side, rowCount) {
        for column in firstColumn..<min(firstColumn + side, columnCount) {
          unsafe target[column * targetStride + row] = source[row * stride + column]
        }
      }
    }
  }
}

/// Writes Σ over r of (L⁻¹)ᵣⱼ² for some columns j: the diagonal of L⁻ᵀ·L⁻¹.
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
@unsafe
private func squaredColumnNormsOfInverse<Scalar: BLASScalar>(
  _ factor: UnsafePointer<Scalar>, _ size: Int, columns: Range<Int>,
  into target: UnsafeMutablePointer<Scalar>
) {
  // Column j of L⁻¹ is zero above row j, so that only the lower right part of L takes part.
  let first = columns.lowerBound
  let height = size - first
  let width = columns.count
  var solution = [Scalar](repeating: 0, count: height * width)
  for column in 0..<width { solution[column * width + column] = 1 }
  unsafe solution.withUnsafeMutableBufferPointer { solution in
    guard let solution = solution.baseAddress else { return }
    unsafe Scalar._trsm(
      transposeL: false, height, width, factor + first * (size + 1), size, solution, width)
    for column in 0..<width { unsafe target[first + column] = 0 }
    for row in 0..<height {
      for column in 0..<width {
        let value = unsafe solution[row * width + column]
        unsafe target[first + column] += value * value
      }
    }
  }
}
