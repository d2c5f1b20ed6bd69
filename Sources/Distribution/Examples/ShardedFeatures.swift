import Kernels
import LinearAlgebra
import Transport

/// Examples of which each rank holds consecutive ones.
///
/// Examples are numbered in the order of the ranks, so that an answer does not depend on how they are cut. No
/// rank ever holds all of them: what is needed elsewhere is sent, some thousand rows at a time.
///
/// The functions are collectives: every rank calls them, with the same arguments.
package struct ShardedFeatures: Sendable {
  package let transport: any Transport
  /// The examples of this rank.
  package let own: FeatureMatrix
  /// The first example of each rank, and the number of all.
  package let offsets: [Int]
  /// The number of features.
  package let columnCount: Int

  /// Makes one matrix of the examples of all ranks.
  ///
  /// - Parameters:
  ///   - own: The examples of this rank, perhaps none. The ranks store theirs alike; the widest gives the
  ///     number of features.
  ///   - transport: The ranks.
  /// - Throws: `KernelError.unreachable`, also when some ranks store their examples densely and others do
  ///   not.
  package init(_ own: FeatureMatrix, _ transport: any Transport) throws(KernelError) {
    let figures = ByteWriter.bytes {
      $0.append(own.rowCount)
      $0.append(own.columnCount)
      $0.append(UInt8(own.isSparse ? 1 : 0))
    }
    var offsets = [0]
    var columnCount = 0
    var kinds = Set<UInt8>()
    for bytes in try reach({ () throws(TransportError) in try transport.allGather(figures) }) {
      var reader = ByteReader(bytes)
      try reach { () throws(TransportError) in
        offsets.append(offsets[offsets.count - 1] + (try reader.integer()))
        columnCount = max(columnCount, try reader.integer())
        kinds.insert(try reader.byte())
      }
    }
    guard kinds.count == 1 else {
      throw .unreachable("some ranks hold sparse examples and others dense ones")
    }
    self.init(own.widened(to: columnCount), transport, offsets: offsets, columnCount: columnCount)
    guard self.own.columnCount == columnCount else {
      throw .unreachable(
        "rank \(transport.rank) has examples of \(own.columnCount) features, others of \(columnCount)"
      )
    }
  }

  private init(
    _ own: FeatureMatrix, _ transport: any Transport, offsets: [Int], columnCount: Int
  ) {
    self.own = own
    self.transport = transport
    self.offsets = offsets
    self.columnCount = columnCount
  }

  /// The number of all examples.
  package var rowCount: Int { offsets[offsets.count - 1] }
  /// The examples of this rank.
  package var ownRows: Range<Int> { rows(of: transport.rank) }

  private func rows(of rank: Int) -> Range<Int> { offsets[rank]..<offsets[rank + 1] }

  /// How many rows are sent at once.
  package var chunkCount: Int { max(16, min(2048, (32 << 20) / (8 * max(columnCount, 1)))) }

  // MARK: Rows

  /// Examples, wherever they are, on every rank.
  ///
  /// - Parameter rows: Their numbers; as many as every rank has room for.
  /// - Returns: The examples in the order of `rows`.
  /// - Throws: `KernelError.unreachable`.
  package func gathering(_ rows: [Int]) throws(KernelError) -> FeatureMatrix {
    try gathering(rows, with: []).features
  }

  /// The same, with what each rank has to say besides.
  ///
  /// - Parameters:
  ///   - rows: The numbers of the examples.
  ///   - message: What this rank has to say.
  /// - Returns: The examples, and what each rank says.
  /// - Throws: `KernelError.unreachable`.
  func gathering(
    _ rows: [Int], with message: [UInt8]
  ) throws(KernelError) -> (features: FeatureMatrix, messages: [ByteReader]) {
    let own = encoded(rows.filter { ownRows.contains($0) }) + message
    let (parts, messages) = try reach { () throws(TransportError) in
      var parts: [FeatureMatrix] = []
      var messages: [ByteReader] = []
      for (rank, bytes) in try transport.allGather(own).enumerated() {
        let range = self.rows(of: rank)
        var reader = ByteReader(bytes)
        parts.append(try decoded(&reader, rowCount: rows.count { range.contains($0) }))
        messages.append(reader)
      }
      return (parts, messages)
    }
    return (FeatureMatrix.merging(parts, order: places(of: rows)), messages)
  }

  /// For each row its place in the concatenation of what the ranks have of them.
  private func places(of rows: [Int]) -> [Int] {
    var next = [Int](repeating: 0, count: transport.size)
    let owners = rows.map { owner(of: $0) }
    for owner in owners { next[owner] += 1 }
    var first = 0
    for rank in next.indices {
      (next[rank], first) = (first, first + next[rank])
    }
    return owners.map { owner in
      defer { next[owner] += 1 }
      return next[owner]
    }
  }

  private func owner(of row: Int) -> Int {
    var (low, high) = (0, transport.size - 1)
    while low < high {
      let middle = (low + high) / 2
      if row < offsets[middle + 1] { high = middle } else { low = middle + 1 }
    }
    return low
  }

  /// Some of the examples in a new order, cut evenly: each rank gets the rows of its part from those that
  /// have them.
  package func choosing(_ rows: [Int]) throws(KernelError) -> ShardedFeatures {
    if rows.count == rowCount, rows.indices.allSatisfy({ rows[$0] == $0 }) { return self }
    let size = transport.size
    return try choosing(rows, cuts: (0...size).map { $0 * rows.count / size })
  }

  /// Some of the examples in a new order, cut at chosen places.
  ///
  /// - Parameters:
  ///   - rows: Their numbers.
  ///   - cuts: Where the rows of each rank begin, and the number of all.
  /// - Returns: The examples.
  /// - Throws: `KernelError.unreachable`.
  package func choosing(_ rows: [Int], cuts: [Int]) throws(KernelError) -> ShardedFeatures {
    let size = transport.size
    // Some rows at a time, so that no rank holds its rows and all messages about them.
    let count = max(16, (4 << 20) / (8 * max(columnCount, 1)))
    var found = GatheredRows(
      isSparse: own.isSparse, columnCount: columnCount,
      rowCount: cuts[transport.rank + 1] - cuts[transport.rank])
    let longest = zip(cuts, cuts.dropFirst()).map { $1 - $0 }.max() ?? 0
    for first in stride(from: 0, to: longest, by: count) {
      func wanted(_ rank: Int) -> ArraySlice<Int> {
        rows[
          min(cuts[rank] + first, cuts[rank + 1])..<min(cuts[rank] + first + count, cuts[rank + 1])]
      }
      let sent = (0..<size).map { rank in encoded(wanted(rank).filter { ownRows.contains($0) }) }
      let own = wanted(transport.rank).map { (row: $0, owner: owner(of: $0)) }
      try reach { () throws(TransportError) in
        var parts: [FeatureMatrix] = []
        for (rank, bytes) in try transport.exchange(sent).enumerated() {
          var reader = ByteReader(bytes)
          parts.append(try decoded(&reader, rowCount: own.count { $0.owner == rank }))
        }
        found.append(parts, owners: own.map(\.owner))
      }
    }
    return ShardedFeatures(found.matrix, transport, offsets: cuts, columnCount: columnCount)
  }

  /// d numbers a dense row; a sparse one 4 bytes for its number of entries, and 12 for each.
  private func encoded(_ rows: [Int]) -> [UInt8] {
    let places = rows.map { $0 - ownRows.lowerBound }
    return ByteWriter.bytes { writer in
      switch own {
      case .dense(let matrix):
        for place in places {
          writer.append(matrix.elements[place * columnCount..<(place + 1) * columnCount])
        }
      case .sparse(let matrix):
        let chosen = matrix.gatheringRows(places)
        writer.append(
          zip(chosen.rowOffsets, chosen.rowOffsets.dropFirst()).map { Int32($1 - $0) })
        writer.append(chosen.columnIndices)
        writer.append(chosen.values)
      }
    }
  }

  private func decoded(
    _ reader: inout ByteReader, rowCount: Int
  ) throws(TransportError) -> FeatureMatrix {
    guard own.isSparse else {
      return .dense(
        Matrix(
          unchecked: rowCount, columnCount: columnCount,
          elements: try reader.doubles(rowCount * columnCount)))
    }
    var offsets = [0]
    for count in try reader.integers32(rowCount) {
      offsets.append(offsets[offsets.count - 1] + Int(count))
    }
    let stored = offsets[rowCount]
    return .sparse(
      SparseMatrix(
        unchecked: rowCount, columnCount: columnCount, rowOffsets: offsets,
        columnIndices: try reader.integers32(stored), values: try reader.doubles(stored)))
  }

  /// The examples of this rank with those of its neighbours up to the ends of tiles, for what is computed
  /// tile by tile.
  ///
  /// - Parameter height: The examples of each tile, the first of which begins at the first example of all.
  /// - Returns: Whole tiles, and which of their examples are this rank's.
  /// - Throws: `KernelError.unreachable`.
  package func wideningToTiles(
    ofHeight height: Int
  ) throws(KernelError) -> (features: FeatureMatrix, own: Range<Int>) {
    var (wanted, cuts) = ([Int](), [0])
    for rank in 0..<transport.size {
      let rows = self.rows(of: rank)
      if !rows.isEmpty {
        let end = min((rows.upperBound + height - 1) / height * height, rowCount)
        wanted += Array(rows.lowerBound / height * height..<rows.lowerBound)
        wanted += Array(rows.upperBound..<end)
      }
      cuts.append(wanted.count)
    }
    if wanted.isEmpty { return (own, 0..<own.rowCount) }
    let others = try choosing(wanted, cuts: cuts).own
    let before = own.rowCount == 0 ? 0 : ownRows.lowerBound % height
    let order =
      Array(own.rowCount..<own.rowCount + before) + Array(0..<own.rowCount)
      + Array(own.rowCount + before..<own.rowCount + others.rowCount)
    return (
      FeatureMatrix.merging([own, others], order: order), before..<before + own.rowCount
    )
  }

  // MARK: Figures of all examples

  /// The entries that are stored of all examples, where those that are 0 are not.
  package func storedCount() throws(KernelError) -> Int {
    let stored =
      if case .sparse(let matrix) = own { matrix.storedCount } else { own.rowCount * columnCount }
    return try reach { () throws(TransportError) in
      try transport.allReduceSums([stored])[0]
    }
  }

  /// The variance of the entries of all examples as a part of a kernel sees them; see
  /// `FeatureMatrix.entryVariance(weights:)`.
  ///
  /// - Parameters:
  ///   - part: What that part sees of the examples of this rank.
  ///   - weights: One for each example of all ranks, or `nil`.
  /// - Returns: The variance.
  /// - Throws: `KernelError.unreachable`.
  package func entryVariance(of part: FeatureMatrix, weights: [Double]?) throws(KernelError)
    -> Double
  {
    try EntrySums.variance(rowCount: rowCount, columnCount: part.columnCount, weights: weights) {
      (mean, shares) throws(KernelError) in
      let shares = shares.map { Array($0[ownRows]) }
      let sums = try reach { () throws(TransportError) in
        try transport.relay([0, 0]) { values in
          var sums = EntrySums()
          (sums.sum, sums.stored) = (values[0], values[1])
          part.add(to: &sums, around: mean, shares: shares)
          values = [sums.sum, sums.stored]
        }
      }
      var result = EntrySums()
      (result.sum, result.stored) = (sums[0], sums[1])
      return result
    }
  }

  /// Hands numbers from rank to rank.
  package func relay(
    _ values: [UInt64], _ step: (inout [UInt64]) -> Void
  ) throws(KernelError) -> [UInt64] {
    try reach { () throws(TransportError) in
      try transport.relay(values.map { Double(bitPattern: $0) }) { numbers in
        var values = numbers.map(\.bitPattern)
        step(&values)
        numbers = values.map { Double(bitPattern: $0) }
      }.map(\.bitPattern)
    }
  }

  /// One number for each example, from those of this rank's.
  package func gatheringValues(_ values: [Double]) throws(KernelError) -> [Double] {
    try reach { () throws(TransportError) in
      var result: [Double] = []
      result.reserveCapacity(rowCount)
      for (rank, bytes) in try transport.allGather(ByteWriter.bytes({ $0.append(values) }))
        .enumerated()
      {
        var reader = ByteReader(bytes)
        result += try reader.doubles(rows(of: rank).count)
      }
      return result
    }
  }

  /// The numbers of the first rank that has some.
  package func first(_ values: [Double]?) throws(KernelError) -> [Double]? {
    try reach { () throws(TransportError) in
      for bytes in try transport.allGather(ByteWriter.bytes({ $0.append(values ?? []) }))
      where !bytes.isEmpty {
        var reader = ByteReader(bytes)
        return try reader.doubles(bytes.count / 8)
      }
      return nil
    }
  }

  /// The first error of any rank, on all: what one rank finds wrong with its examples ends every rank with
  /// the same sentence.
  ///
  /// - Parameter sentence: What this rank found, or `nil`.
  /// - Returns: The sentence of the first rank that found something.
  /// - Throws: `KernelError.unreachable`.
  package func firstSentence(_ sentence: String?) throws(KernelError) -> String? {
    try reach { () throws(TransportError) in
      let message = sentence.map { text in
        ByteWriter.bytes {
          $0.append(UInt8(1))
          $0.append(text)
        }
      }
      for bytes in try transport.allGather(message ?? []) where !bytes.isEmpty {
        var reader = ByteReader(bytes)
        _ = try reader.byte()
        return try reader.text()
      }
      return nil
    }
  }

  /// The examples without the features that no example has, where those are most; see
  /// `FeatureMatrix.withoutAbsentFeatures(for:)`.
  package func withoutAbsentFeatures(for function: KernelFunction) throws(KernelError)
    -> ShardedFeatures
  {
    guard function.formula != nil, case .sparse(let matrix) = own, columnCount > 1 << 16 else {
      return self
    }
    let stored = try reach { () throws(TransportError) in
      try transport.allReduceSums([matrix.storedCount])[0]
    }
    guard columnCount > max(1 << 16, 4 * stored) else { return self }
    let occurring = Set(matrix.columnIndices).sorted()
    var features = Set<Int32>()
    try reach { () throws(TransportError) in
      for bytes in try transport.allGather(ByteWriter.bytes({ $0.append(occurring) })) {
        var reader = ByteReader(bytes)
        features.formUnion(try reader.integers32(bytes.count / 4))
      }
    }
    let places = Dictionary(uniqueKeysWithValues: zip(features.sorted(), Int32(0)...))
    let width = max(features.count, 1)
    let renumbered = SparseMatrix(
      unchecked: matrix.rowCount, columnCount: width, rowOffsets: matrix.rowOffsets,
      columnIndices: matrix.columnIndices.map { places[$0] ?? 0 }, values: matrix.values)
    return ShardedFeatures(.sparse(renumbered), transport, offsets: offsets, columnCount: width)
  }
}

/// Rows that come from several ranks, put one after the other.
private struct GatheredRows {
  private let columnCount: Int
  private let isSparse: Bool
  private var offsets = [0]
  private var columns: [Int32] = []
  private var values: [Double] = []
  private var rowCount = 0

  init(isSparse: Bool, columnCount: Int, rowCount: Int) {
    self.isSparse = isSparse
    self.columnCount = columnCount
    if isSparse {
      offsets.reserveCapacity(rowCount + 1)
    } else {
      values.reserveCapacity(rowCount * columnCount)
    }
  }

  /// Takes the next rows.
  ///
  /// - Parameters:
  ///   - parts: What each rank has of them, in order.
  ///   - owners: The rank of each row.
  mutating func append(_ parts: [FeatureMatrix], owners: [Int]) {
    var next = [Int](repeating: 0, count: parts.count)
    for owner in owners {
      let place = next[owner]
      next[owner] += 1
      rowCount += 1
      switch parts[owner] {
      case .dense(let matrix):
        values += matrix.elements[place * columnCount..<(place + 1) * columnCount]
      case .sparse(let matrix):
        let entries = matrix.rowOffsets[place]..<matrix.rowOffsets[place + 1]
        columns += matrix.columnIndices[entries]
        values += matrix.values[entries]
        offsets.append(values.count)
      }
    }
  }

  var matrix: FeatureMatrix {
    isSparse
      ? .sparse(
        SparseMatrix(
          unchecked: rowCount, columnCount: columnCount, rowOffsets: offsets,
          columnIndices: columns, values: values))
      : .dense(Matrix(unchecked: rowCount, columnCount: columnCount, elements: values))
  }
}

/// Turns the errors of ranks into those of kernels, which all that computes with examples throws.
func reach<Value>(_ body: () throws(TransportError) -> Value) throws(KernelError) -> Value {
  do throws(TransportError) {
    return try body()
  } catch {
    throw .unreachable(error.description)
  }
}

extension FeatureMatrix {
  /// Sparse examples, and examples that are none, with more features.
  fileprivate func widened(to columnCount: Int) -> FeatureMatrix {
    guard self.columnCount < columnCount else { return self }
    switch self {
    case .dense where rowCount == 0:
      return .dense(Matrix(rowCount: 0, columnCount: columnCount, repeating: 0))
    case .dense: return self
    case .sparse(let matrix):
      return .sparse(
        SparseMatrix(
          unchecked: matrix.rowCount, columnCount: columnCount, rowOffsets: matrix.rowOffsets,
          columnIndices: matrix.columnIndices, values: matrix.values))
    }
  }

  /// The rows of several matrices of the same width, all stored alike.
  ///
  /// - Parameters:
  ///   - parts: At least one matrix.
  ///   - order: The rows of the result, numbered through all parts.
  /// - Returns: The rows.
  static func merging(_ parts: [FeatureMatrix], order: [Int]) -> FeatureMatrix {
    let filled = parts.filter { $0.rowCount > 0 }
    guard filled.count > 1 else {
      let only = filled.first ?? parts[0]
      return order == Array(0..<only.rowCount) ? only : only.gatheringRows(order)
    }
    return stacking(filled).gatheringRows(order)
  }

  private static func stacking(_ parts: [FeatureMatrix]) -> FeatureMatrix {
    let rowCount = parts.reduce(0) { $0 + $1.rowCount }
    let width = parts[0].columnCount
    guard parts[0].isSparse else {
      var elements: [Double] = []
      elements.reserveCapacity(rowCount * width)
      for part in parts { elements += part.dense.elements }
      return .dense(Matrix(unchecked: rowCount, columnCount: width, elements: elements))
    }
    var offsets = [0]
    var columns: [Int32] = []
    var values: [Double] = []
    for case .sparse(let matrix) in parts {
      offsets += matrix.rowOffsets.dropFirst().map { $0 + values.count }
      columns += matrix.columnIndices
      values += matrix.values
    }
    return .sparse(
      SparseMatrix(
        unchecked: rowCount, columnCount: width, rowOffsets: offsets, columnIndices: columns,
        values: values))
  }
}
