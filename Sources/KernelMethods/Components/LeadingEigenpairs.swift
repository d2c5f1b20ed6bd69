import Basics
import Evaluation
import LinearAlgebra

// The largest eigenvalues of a symmetric matrix and their eigenvectors.
//
// Few of many come from a block Krylov space: an orthonormal basis Q of X, AX, A²X, … for some random
// vectors X, in which A is the small matrix T = Q·A·Qᵀ. T's largest eigenvalues approach A's from
// below; how near they are is known from the residuals ‖A·v − θ·v‖. Basis and image A·Q are kept whole
// and orthogonalised twice, so that rounding does not bring copies of eigenvalues. Where the basis
// would become half as large as the matrix, and for small matrices, LAPACK decomposes it all.
//
// > Y. Saad. *Numerical Methods for Large Eigenvalue Problems.* SIAM 2011, chapter 6.

/// The largest eigenvalues, descending, and their eigenvectors as rows.
struct LeadingEigenpairs {
  var values: [Double]
  /// count × n.
  var vectors: Matrix<Double>

  /// Matrices up to this size are decomposed whole.
  static let wholeSize = 512

  /// Decomposes a matrix.
  ///
  /// - Parameters:
  ///   - matrix: n × n, symmetric, both triangles; positive semi-definite but for rounding.
  ///   - count: How many eigenpairs, at least 1 and at most n.
  ///   - run: Threads, and when to stop.
  /// - Throws: `TrainingError`.
  init(_ matrix: consuming Matrix<Double>, count: Int, _ run: MethodRun)
    throws(TrainingError)
  {
    let size = matrix.rowCount
    if size > Self.wholeSize, 8 * count <= size {
      var space = KrylovSpace(size: size, width: max(8, min(count + 4, 32)))
      if let found = try space.leading(count, of: matrix, run) {
        self = found
        return
      }
    }
    let whole: SymmetricEigen<Double>
    do {
      whole = try SymmetricEigen(consume matrix)
    } catch {
      throw .linearAlgebra(error)
    }
    values = whole.values.suffix(count).reversed()
    vectors = whole.vectors.gatheringRows((size - count..<size).reversed().map { $0 })
  }

  init(values: [Double], vectors: Matrix<Double>) {
    self.values = values
    self.vectors = vectors
  }
}

/// An orthonormal basis that grows by blocks, and its image.
private struct KrylovSpace {
  let size: Int
  let width: Int
  var generator = SeededGenerator(seed: 0)
  /// j × size, row after row.
  var basis: [Double] = []
  /// The rows of the basis times the matrix.
  var image: [Double] = []

  init(size: Int, width: Int) {
    self.size = size
    self.width = width
  }

  var count: Int { basis.count / size }

  /// The leading eigenpairs, or `nil` when the space outgrows half of the matrix.
  mutating func leading(_ wanted: Int, of matrix: Matrix<Double>, _ run: MethodRun)
    throws(TrainingError) -> LeadingEigenpairs?
  {
    var next = (0..<width * size).map { _ in generator.unitInterval() - 0.5 }
    var nextLook = 2 * wanted
    while count + width <= size / 2 {
      try run.checkpoint()
      orthonormalize(&next)
      basis += next
      next = product(next, matrix, run)
      image += next
      guard count >= nextLook else { continue }
      nextLook = count + max(width, count / 3)
      if let found = try ritzPairs(wanted) { return found }
    }
    return nil
  }

  /// The rows times the matrix.
  private func product(_ rows: [Double], _ matrix: Matrix<Double>, _ run: MethodRun)
    -> [Double]
  {
    let size = self.size
    let width = self.width
    let height = 240
    return unsafe [Double](unsafeUninitializedCapacity: rows.count) { target, initialized in
      initialized = rows.count
      unsafe rows.withUnsafeBufferPointer { rows in
        unsafe matrix.withUnsafeElements { elements in
          guard let rows = rows.baseAddress, let target = target.baseAddress,
            let elements = elements.baseAddress
          else { return }
          let shared = unsafe UnsafeSendable((rows: rows, target: target, elements: elements))
          concurrentTiles(count: (size + height - 1) / height, threads: run.threads) { tile in
            let first = tile * height
            unsafe Double._gemm(
              transposeA: false, transposeB: true, width, min(height, size - first), size, 1,
              shared.value.rows, size, shared.value.elements + first * size, size, 0,
              shared.value.target + first, size)
          }
        }
      }
    }
  }

  /// Makes rows orthonormal, to the basis and among each other; a row that lies in the space gives way
  /// to a random one.
  private mutating func orthonormalize(_ rows: inout [Double]) {
    for row in 0..<width {
      let range = row * size..<(row + 1) * size
      while true {
        let before = norm(rows, range)
        for _ in 0..<2 {
          removeComponents(along: basis, count, from: &rows, row)
          let earlier = Array(rows[..<range.lowerBound])
          removeComponents(along: earlier, row, from: &rows, row)
        }
        let after = norm(rows, range)
        if after > 1e-10 * before, after > 0 {
          for index in range { rows[index] /= after }
          break
        }
        for index in range { rows[index] = generator.unitInterval() - 0.5 }
      }
    }
  }

  private func norm(_ rows: [Double], _ range: Range<Int>) -> Double {
    unsafe rows.withUnsafeBufferPointer { rows in
      guard let base = rows.baseAddress else { return 0 }
      return unsafe Double._nrm2(range.count, base + range.lowerBound)
    }
  }

  /// Subtracts the components of one row along orthonormal vectors.
  private func removeComponents(
    along vectors: [Double], _ vectorCount: Int, from rows: inout [Double], _ row: Int
  ) {
    guard vectorCount > 0 else { return }
    var components = [Double](repeating: 0, count: vectorCount)
    unsafe vectors.withUnsafeBufferPointer { vectors in
      unsafe rows.withUnsafeMutableBufferPointer { rows in
        unsafe components.withUnsafeMutableBufferPointer { components in
          guard let vectors = vectors.baseAddress, let rows = rows.baseAddress,
            let components = components.baseAddress
          else { return }
          let target = unsafe rows + row * size
          unsafe Double._gemv(
            transposeA: false, vectorCount, size, 1, vectors, size, target, 0, components)
          unsafe Double._gemv(
            transposeA: true, vectorCount, size, -1, vectors, size, components, 1, target)
        }
      }
    }
  }

  /// The leading eigenpairs of the matrix in this space, if they are the matrix's own.
  private func ritzPairs(_ wanted: Int) throws(TrainingError) -> LeadingEigenpairs? {
    let (rows, imageRows, count, size) = (self.basis, self.image, self.count, self.size)
    return try withLinearAlgebra { () throws(LinearAlgebraError) -> LeadingEigenpairs? in
      let vectors = try Matrix(rowCount: count, columnCount: size, elements: rows)
      let images = try Matrix(rowCount: count, columnCount: size, elements: imageRows)
      let eigen = try SymmetricEigen(vectors.multiplied(by: images, transposing: .right))
      let chosen = (count - wanted..<count).reversed().map { $0 }
      let weights = eigen.vectors.gatheringRows(chosen)
      let values = chosen.map { eigen.values[$0] }
      let ritz = try weights.multiplied(by: vectors)
      let ritzImages = try weights.multiplied(by: images)
      let largest = values.reduce(0) { max($0, $1.magnitude) }
      for index in 0..<wanted {
        var square = 0.0
        for column in 0..<size {
          let difference = ritzImages[index, column] - values[index] * ritz[index, column]
          square += difference * difference
        }
        let allowed = max(
          1e-11 * values[index].magnitude, 1e-14 * Double(size).squareRoot() * largest)
        guard square.squareRoot() <= allowed else { return nil }
      }
      return LeadingEigenpairs(values: values, vectors: ritz)
    }
  }
}
