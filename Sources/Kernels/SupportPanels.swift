import LinearAlgebra

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Support vectors laid side by side in panels, against which examples are evaluated.
///
/// A panel holds 64 support vectors in Float, 32 in Double, feature after feature, so that it is read
/// from one end to the other whether one example meets it or many. Each kernel value is a sum in the
/// order of the features: its bits depend neither on the other examples of the batch nor on whether
/// zeros are stored.
@safe
package final class SupportPanels<Scalar: PanelScalar>: Sendable {
  /// Support vectors in a panel.
  package static var width: Int { 256 / MemoryLayout<Scalar>.stride }
  /// Examples that are taken through a panel at once, so that their values stay in the first-level
  /// cache; a multiple of the six that share registers.
  package static var rowCount: Int { 48 }

  package let count: Int
  package let featureCount: Int
  package let panelCount: Int
  let step: ElementwiseStep<Scalar>
  /// What is subtracted from each example; empty when nothing is.
  let centre: [Double]
  private let elements: AlignedBuffer<Scalar>
  /// γ‖z‖² of each support vector, 0 where a panel is filled up.
  private let terms: [Scalar]

  /// Whether panels serve a kernel: it is made of products or of distances.
  package static func serves(_ function: KernelFunction) -> Bool {
    switch function {
    case .linear, .polynomial, .gaussian, .laplacian, .laplacianL1, .sigmoid: true
    case .precomputed, .custom: false
    }
  }

  /// Lays out support vectors.
  ///
  /// - Parameters:
  ///   - supportVectors: s × d, every value finite.
  ///   - function: A kernel that panels serve.
  package init(_ supportVectors: FeatureMatrix, for function: KernelFunction) {
    let examples = PreparedExamples<Scalar>(
      supportVectors, for: function,
      centre: Self.staysInPlace(supportVectors, function) ? [] : nil)
    count = supportVectors.rowCount
    featureCount = supportVectors.columnCount
    step = examples.step
    centre = examples.centre
    let width = Self.width
    panelCount = (count + width - 1) / width
    elements = AlignedBuffer(count: panelCount * featureCount * width)
    elements.clear(count: panelCount * featureCount * width)
    let row = AlignedBuffer<Scalar>(count: featureCount)
    for vector in 0..<count {
      unsafe examples.write(row: vector, to: row.pointer)
      let target =
        unsafe elements.pointer + vector / width * featureCount * width + vector % width
      for feature in 0..<featureCount {
        unsafe target[feature * width] = row.pointer[feature]
      }
    }
    var terms = [Scalar](repeating: 0, count: panelCount * width)
    for vector in examples.terms.indices { terms[vector] = examples.terms[vector] }
    self.terms = terms
  }

  /// Whether dense support vectors that are mostly 0 are better left where they are.
  ///
  /// Moving them would fill the zeros, which cost nothing otherwise. Their norms, and with them what
  /// products round, may be at most twice those of moved ones.
  private static func staysInPlace(_ features: FeatureMatrix, _ function: KernelFunction) -> Bool {
    guard case .dense(let matrix) = features, case .gaussian = function, matrix.rowCount > 0 else {
      return false
    }
    var filled = 0
    var squares = 0.0
    var sums = [Double](repeating: 0, count: matrix.columnCount)
    for row in 0..<matrix.rowCount {
      matrix.withRow(row) { values in
        for feature in 0..<values.count where values[feature] != 0 {
          filled += 1
          squares += values[feature] * values[feature]
          sums[feature] += values[feature]
        }
      }
    }
    guard filled * 5 < matrix.rowCount * matrix.columnCount * 2 else { return false }
    var explained = 0.0
    for sum in sums { explained += sum / Double(matrix.rowCount) * sum }
    return explained <= squares / 2
  }

  /// Some examples made ready for all panels, in memory that is used again.
  @safe
  package final class Rows {
    fileprivate var dense = AlignedBuffer<Scalar>(count: 0)
    fileprivate var values = AlignedBuffer<Scalar>(count: 0)
    fileprivate var indices: [Int32] = []
    fileprivate var offsets: [Int64] = []
    fileprivate var terms: [Scalar] = []
    fileprivate var isSparse = false
    fileprivate var raw: [Double] = []
    package fileprivate(set) var count = 0
    /// Values of some examples with one panel.
    fileprivate let tile = AlignedBuffer<Scalar>(count: 48 * 64)

    package init() {}

    fileprivate func reserve(dense count: Int) {
      if dense.count < count { dense = AlignedBuffer(count: count) }
    }

    fileprivate func reserve(entries count: Int) {
      if values.count < count { values = AlignedBuffer(count: count) }
      if indices.count < count { indices = Array(repeating: 0, count: count) }
    }

    fileprivate func reserve(rows count: Int) {
      self.count = count
      if terms.count < count { terms = Array(repeating: 0, count: count) }
      if offsets.count <= count { offsets = Array(repeating: 0, count: count + 1) }
    }
  }

  /// Makes one dense example ready; allocates nothing the second time.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  @unsafe
  package func prepare(dense elements: UnsafePointer<Double>, rows: Int, in target: Rows) {
    target.reserve(rows: rows)
    target.reserve(dense: rows * featureCount)
    for row in 0..<rows {
      unsafe convert(
        elements + row * featureCount, to: target.dense.pointer + row * featureCount)
    }
    finish(target)
  }

  /// Makes some rows of a sparse matrix ready.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package func prepare(
    _ matrix: SparseMatrix<Double>, rows: Range<Int>, in target: Rows
  ) {
    target.reserve(rows: rows.count)
    let begin = matrix.rowOffsets[rows.lowerBound]
    let count = matrix.rowOffsets[rows.upperBound] - begin
    guard step.product == .inner, centre.isEmpty, count < rows.count * featureCount * 2 / 5 else {
      // Differences, and examples that are moved, need every feature.
      target.reserve(dense: rows.count * featureCount)
      if target.raw.count < featureCount {
        target.raw = Array(repeating: 0, count: featureCount)
      }
      for (place, row) in rows.enumerated() {
        for entry in matrix.rowOffsets[row]..<matrix.rowOffsets[row + 1] {
          target.raw[Int(matrix.columnIndices[entry])] = matrix.values[entry]
        }
        unsafe target.raw.withUnsafeBufferPointer { raw in
          if let base = raw.baseAddress {
            unsafe convert(base, to: target.dense.pointer + place * featureCount)
          }
        }
        for entry in matrix.rowOffsets[row]..<matrix.rowOffsets[row + 1] {
          target.raw[Int(matrix.columnIndices[entry])] = 0
        }
      }
      finish(target)
      return
    }
    target.isSparse = true
    target.reserve(entries: count)
    unsafe matrix.values.withUnsafeBufferPointer { values in
      if let base = values.baseAddress {
        unsafe Scalar.convert(base + begin, centre: nil, count, target.values.pointer)
      }
    }
    unsafe matrix.columnIndices.withUnsafeBufferPointer { columns in
      unsafe target.indices.withUnsafeMutableBufferPointer { indices in
        if let from = columns.baseAddress, let to = indices.baseAddress {
          unsafe to.update(from: from + begin, count: count)
        }
      }
    }
    for place in 0...rows.count {
      target.offsets[place] = Int64(matrix.rowOffsets[rows.lowerBound + place] - begin)
    }
    for place in 0..<rows.count {
      let first = Int(target.offsets[place])
      target.terms[place] = unsafe term(
        target.values.pointer + first, count: Int(target.offsets[place + 1]) - first)
    }
  }

  @unsafe
  private func convert(_ source: UnsafePointer<Double>, to target: UnsafeMutablePointer<Scalar>) {
    if centre.isEmpty {
      unsafe Scalar.convert(source, centre: nil, featureCount, target)
    } else {
      unsafe centre.withUnsafeBufferPointer {
        unsafe Scalar.convert(source, centre: $0.baseAddress, featureCount, target)
      }
    }
  }

  /// One addition after the other: zeros that are stored must not change the bits.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  @unsafe
  private func term(_ values: UnsafePointer<Scalar>, count: Int) -> Scalar {
    var sum = 0.0
    for index in 0..<count { unsafe sum += Double(values[index]) * Double(values[index]) }
    return step.term(squaredNorm: sum)
  }

  /// Norms of dense rows; and when most of their features are 0, only the others are kept: one number
  /// that meets a panel costs the same in either form.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  private func finish(_ target: Rows) {
    let rows = target.count
    if step.product == .inner {
      for row in 0..<rows {
        target.terms[row] = unsafe term(
          target.dense.pointer + row * featureCount, count: featureCount)
      }
    }
    target.isSparse = false
    guard step.product == .inner, centre.isEmpty, featureCount >= 16 else { return }
    // The first row tells whether it is worth looking at the others.
    target.reserve(entries: rows * featureCount)
    var entries = 0
    target.offsets[0] = 0
    for row in 0..<rows {
      entries += unsafe target.indices.withUnsafeMutableBufferPointer { indices in
        guard let base = indices.baseAddress else { return 0 }
        return unsafe Scalar.compress(
          target.dense.pointer + row * featureCount, featureCount, base + entries,
          target.values.pointer + entries)
      }
      target.offsets[row + 1] = Int64(entries)
      if entries * 5 > (row + 4) * featureCount * 2 { return }
    }
    target.isSparse = true
  }

  /// Computes kernel values of some examples with one panel, and hands them on.
  ///
  /// - Parameters:
  ///   - panel: Which panel.
  ///   - rows: The examples.
  ///   - body: Called for pieces of at most ``rowCount`` examples with the first one's place, their
  ///     number, and their values: one row of ``width`` for each. Values of places beyond the last
  ///     support vector mean nothing.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  @unsafe
  package func evaluate(
    panel: Int, _ rows: Rows,
    _ body: (_ first: Int, _ count: Int, _ values: UnsafeMutablePointer<Scalar>) -> Void
  ) {
    let width = Self.width
    let source = unsafe elements.pointer + panel * featureCount * width
    let tile = unsafe rows.tile.pointer
    for first in stride(from: 0, to: rows.count, by: Self.rowCount) {
      let count = min(Self.rowCount, rows.count - first)
      let x = unsafe rows.dense.pointer + (rows.isSparse ? 0 : first * featureCount)
      switch step.product {
      case .inner:
        if rows.isSparse {
          unsafe rows.offsets.withUnsafeBufferPointer { offsets in
            unsafe rows.indices.withUnsafeBufferPointer { indices in
              guard let offsets = offsets.baseAddress, let indices = indices.baseAddress else {
                // No row has an entry.
                unsafe memset(tile, 0, count * width * MemoryLayout<Scalar>.stride)
                return
              }
              unsafe Scalar.panelSparse(
                offsets + first, indices, rows.values.pointer, count, source, tile)
            }
          }
        } else {
          unsafe Scalar.panelInner(x, count, featureCount, source, tile)
        }
      case .manhattan:
        unsafe Scalar.panelManhattan(x, count, featureCount, source, tile)
      case .squaredDistance:
        unsafe Scalar.panelSquaredDistances(x, count, featureCount, source, tile)
      case .gaussian:
        unsafe Scalar.panelSquaredDistances(x, count, featureCount, source, tile)
        if case .gaussian(let gamma) = step.function {
          unsafe Scalar.exponentialStep(tile, count, width, width, Scalar(gamma))
        }
      case .lookup, .closure:
        preconditionFailure("panels do not serve the kernel \(step.function.name)")
      }
      unsafe rows.terms.withUnsafeBufferPointer { rowTerms in
        unsafe terms.withUnsafeBufferPointer { columnTerms in
          guard let rowTerms = rowTerms.baseAddress, let columnTerms = columnTerms.baseAddress
          else { return }
          unsafe step.apply(
            to: tile, rows: count, columns: width, stride: width, rowTerms: rowTerms + first,
            columnTerms: columnTerms + panel * width)
        }
      }
      unsafe body(first, count, tile)
    }
  }
}
