import Basics
import LinearAlgebra

extension DelimitedText {
  /// What the text says of its columns.
  var heading: TableHeading {
    TableHeading(names: names, wholeNumberDecimals: wholeNumberDecimals, declared: declared)
  }

  /// The columns of a text that was read to its end.
  ///
  /// - Parameter builders: What the columns became; one for each.
  /// - Returns: The columns, with their names.
  func columns(_ builders: [ColumnBuilder]) -> [TableColumn] {
    let heading = heading
    return builders.enumerated().map { heading.column($1, at: $0) }
  }

  /// Reads all records that are left into columns, on several threads.
  ///
  /// - Parameters:
  ///   - builders: What the columns become; one for each.
  ///   - wanted: The columns to read.
  ///   - cutting: How to cut the text, and by how many threads.
  ///   - byteLimit: What the columns and the features made of them may take, or `nil` for any.
  /// - Returns: The number of records.
  /// - Throws: ``TableError``, the first one in the order of the text.
  mutating func readColumns(
    into builders: inout [ColumnBuilder], wanted: [Int], _ cutting: TextCutting,
    byteLimit: Int? = nil
  ) throws(TableError) -> Int {
    var rowCount = 0
    let windows = try RecordWindows(self, cutting)
    isAtFirstRecord = false
    var commentsInWindows = records.commentCount
    defer { commentCount = commentsInWindows + (windows.reader?.records.commentCount ?? 0) }
    var isReserved = false
    while let parts = try windows.next(builders.map(\.mode)) {
      let before = rowCount
      rowCount += parts.reduce(0) { $0 + $1.rowCount }
      commentsInWindows += parts.reduce(0) { $0 + $1.commentCount }
      append(Array(parts), to: &builders, wanted: wanted, threads: cutting.threads)
      try requireMemory(
        rows: rowCount, isEstimate: false, builders, windows.source, byteLimit)
      if !isReserved, rowCount > 0, let share = windows.remainingShare {
        // Room for a few records more than it will probably be.
        let estimate = Double(rowCount) + Double(rowCount - before) * share * 1.02
        try requireMemory(
          rows: Int(min(estimate, 0x1p52)), isEstimate: true, builders, windows.source, byteLimit)
        for column in wanted { builders[column].reserve(Int(estimate)) }
        isReserved = true
      }
    }
    return rowCount
  }

  /// Refuses a table that takes too much memory, together with its features.
  ///
  /// - Parameters:
  ///   - rows: The number of rows so far, or what it will probably be.
  ///   - isEstimate: Whether it is the latter.
  ///   - builders: The columns so far.
  ///   - source: Where the text comes from.
  ///   - byteLimit: The number of bytes that may be taken, or `nil` for any.
  /// - Throws: ``TableError``.
  private func requireMemory(
    rows: Int, isEstimate: Bool, _ builders: [ColumnBuilder], _ source: ByteSource,
    _ byteLimit: Int?
  ) throws(TableError) {
    guard byteLimit != nil else { return }
    let texts = builders.reduce(0) { $0 + $1.textByteCount }
    // A number takes as much as the feature that is made of it.
    let columns = MemoryLayout<Double>.stride * builders.count
    let bytes = max(2 * columns * rows + texts, columns * rows + texts + source.recordedByteCount)
    do throws(MemoryShortage) {
      try MemoryShortage.require(
        1, each: bytes, limit: byteLimit,
        purpose: "\(isEstimate ? "about" : "the first") \(rows) rows of "
          + "\(MessageText.count(builders.count, "column")) and their features")
    } catch {
      throw TableError(.memory(file: records.file, error))
    }
  }

  /// Adds the records of some parts to the columns; each column is the work of one thread.
  private func append(
    _ parts: [RecordPart], to builders: inout [ColumnBuilder], wanted: [Int], threads: Int
  ) {
    unsafe builders.withUnsafeMutableBufferPointer { builders in
      let columns = unsafe UnsafeSendable(builders)
      concurrentTiles(count: wanted.count, threads: threads) { index in
        for part in parts { unsafe columns.value[wanted[index]].append(part, wanted[index]) }
      }
    }
  }
}

/// What a text says of its columns, before their values.
struct TableHeading: Sendable {
  /// The columns' names, all different.
  let names: [String]
  /// The columns of whole numbers that are written with zeros behind the point, and how many.
  let wholeNumberDecimals: [Int: Int]
  /// For each column what the text says that it holds; empty where the values decide.
  let declared: [DeclaredContent]

  /// A column that was read to its end.
  func column(_ builder: ColumnBuilder, at index: Int) -> TableColumn {
    let field = FieldName(number: index + 1, name: names[index])
    var column = builder.column(field)
    column.wholeNumberDecimals = wholeNumberDecimals[index] ?? 0
    if declared.indices.contains(index), column.places.problem == nil {
      column.places.problem = declared[index].problem(column, field)
    }
    return column
  }
}

/// One result for each tile, written by different threads.
@safe final class TileResults<Value: Sendable>: @unchecked Sendable {
  private let storage: UnsafeMutableBufferPointer<Value>

  init(count: Int, repeating value: Value) {
    unsafe storage = .allocate(capacity: count)
    unsafe storage.initialize(repeating: value)
  }

  deinit {
    unsafe storage.deinitialize()
    unsafe storage.deallocate()
  }

  /// Stores a tile's result; each tile has its own index.
  func set(_ index: Int, _ value: Value) { unsafe storage[index] = value }

  var values: [Value] { unsafe Array(storage) }
}
