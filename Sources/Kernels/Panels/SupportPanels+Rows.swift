import LinearAlgebra

extension SupportPanels {
  /// Some examples made ready for all panels, in memory that is used again.
  @safe
  package final class Rows {
    var dense = AlignedBuffer<Scalar>(count: 0)
    var values = AlignedBuffer<Scalar>(count: 0)
    var indices: [Int32] = []
    var offsets: [Int64] = []
    var terms: [Scalar] = []
    var isSparse = false
    /// Entries kept so far, and the squared norm of the row they belong to.
    var kept = 0
    var norm = 0.0
    var raw: [Double] = []
    /// Of each row the sum over features that no support vector has.
    var outside: [Scalar] = []
    /// Places of features in a panel; −1 but while it passes.
    var places: [Int32] = []
    /// Products with a block of support vectors.
    var products = AlignedBuffer<Scalar>(count: 0)
    package internal(set) var count = 0
    /// Values of some examples with one panel.
    let tile = AlignedBuffer<Scalar>(count: 48 * 64)

    package init() {}

    func reserve(dense count: Int) {
      if dense.count < count { dense = AlignedBuffer(count: count) }
    }

    func reserve(entries count: Int) {
      if values.count < count { values = AlignedBuffer(count: count) }
      if indices.count < count { indices = Array(repeating: 0, count: count) }
    }

    func reserve(rows count: Int) {
      self.count = count
      if terms.count < count { terms = Array(repeating: 0, count: count) }
      if outside.count < count { outside = Array(repeating: 0, count: count) }
      if offsets.count <= count { offsets = Array(repeating: 0, count: count + 1) }
    }
  }

  /// Makes dense examples ready; allocates nothing the second time.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  @unsafe
  package func prepare(dense elements: UnsafePointer<Double>, rows: Int, in target: Rows) {
    target.reserve(rows: rows)
    if let features = occurring {
      var count = 0
      for index in 0..<rows * featureCount where unsafe elements[index] != 0 { count += 1 }
      target.reserve(entries: count)
      beginEntries(target)
      for row in 0..<rows {
        let source = unsafe elements + row * featureCount
        for feature in 0..<featureCount where unsafe source[feature] != 0 {
          unsafe appendEntry(Int32(feature), source[feature], row, features, target)
        }
        endEntries(row, target)
      }
      return
    }
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
    if let features = occurring {
      target.reserve(entries: count)
      beginEntries(target)
      for (place, row) in rows.enumerated() {
        for entry in matrix.rowOffsets[row]..<matrix.rowOffsets[row + 1] {
          appendEntry(
            matrix.columnIndices[entry], matrix.values[entry], place, features, target)
        }
        endEntries(place, target)
      }
      return
    }
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
        unsafe Scalar.library.loops.convert(base + begin, nil, count, target.values.pointer)
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

  /// The features that occur, where not all are laid out.
  private var occurring: OccurringFeatures? {
    switch layout {
    case .panels: nil
    case .lists(_, let features), .compact(_, let features): features
    }
  }

  /// About how many multiplications a kernel value takes.
  package var productWidth: Int {
    switch layout {
    case .panels: featureCount
    case .lists(let lists, _): lists.listedCount / max(count, 1) / 4
    case .compact(let panels, _): panels.map(\.features.count).max() ?? 0
    }
  }

  private func beginEntries(_ target: Rows) {
    target.isSparse = true
    target.offsets[0] = 0
    target.kept = 0
    target.norm = 0
    for row in 0..<target.count { target.outside[row] = 0 }
  }

  /// Keeps an entry of a row if a support vector has its feature.
  @inline(__always)
  private func appendEntry(
    _ feature: Int32, _ value: Double, _ row: Int, _ features: OccurringFeatures, _ target: Rows
  ) {
    let rounded = Scalar(value)
    target.norm += Double(rounded) * Double(rounded)
    let place = features.place(of: feature)
    if place >= 0 {
      target.indices[target.kept] = place
      unsafe target.values.pointer[target.kept] = rounded
      target.kept += 1
    } else {
      target.outside[row] += pair.loneTerm(rounded)
    }
  }

  private func endEntries(_ row: Int, _ target: Rows) {
    target.offsets[row + 1] = Int64(target.kept)
    target.terms[row] = step.term(squaredNorm: target.norm)
    target.norm = 0
  }

  @unsafe
  private func convert(_ source: UnsafePointer<Double>, to target: UnsafeMutablePointer<Scalar>) {
    if centre.isEmpty {
      unsafe Scalar.library.loops.convert(source, nil, featureCount, target)
    } else {
      unsafe centre.withUnsafeBufferPointer {
        unsafe Scalar.library.loops.convert(source, $0.baseAddress, featureCount, target)
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
    // The first row shows whether it is worth looking at the others.
    target.reserve(entries: rows * featureCount)
    var entries = 0
    target.offsets[0] = 0
    for row in 0..<rows {
      entries += unsafe target.indices.withUnsafeMutableBufferPointer { indices in
        guard let base = indices.baseAddress else { return 0 }
        return unsafe Scalar.library.loops.compress(
          target.dense.pointer + row * featureCount, featureCount, base + entries,
          target.values.pointer + entries)
      }
      target.offsets[row + 1] = Int64(entries)
      if entries * 5 > (row + 4) * featureCount * 2 { return }
    }
    target.isSparse = true
  }
}
