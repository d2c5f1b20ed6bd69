import Basics
import Synchronization
import Transport

/// Something large that is freed after use, even if others still refer to it.
final class Held<Value: Sendable>: Sendable {
  private let state: Mutex<Value?>

  init(_ value: Value) { state = Mutex(value) }

  var value: Value {
    guard let value = state.withLock({ $0 }) else {
      preconditionFailure("the columns of a table are asked for after they were let go")
    }
    return value
  }

  func letGo() { state.withLock { $0 = nil } }
}

/// The columns of a table of which each rank has some consecutive rows.
///
/// What a whole column decides is computed by one rank, which has its rows sent for that: rank j mod P
/// looks at column j. That is done in waves, so that a rank holds a few whole columns at a time, and no rank
/// ever holds the table.
struct SharedColumns: Sendable {
  let ranks: Ranks
  /// What the text says of its columns.
  let heading: TableHeading
  /// What fields of the file mean.
  let rules: FieldRules
  private let held: Held<[ColumnBuilder]>
  /// The first row of each rank, and the number of all.
  let offsets: [Int]
  /// The largest number of threads to use.
  let threads: Int
  /// How many whole columns a rank holds at a time.
  private let width: Int
  /// The largest number of values that were gathered on this rank at a time, for tests.
  let gathered = Peak()

  /// The largest of some numbers.
  final class Peak: Sendable {
    private let number = Mutex(0)
    var value: Int { number.withLock { $0 } }
    func add(_ next: Int) { number.withLock { $0 = max($0, next) } }
  }

  /// At most this many, however many threads there are.
  private static let maximumColumns = 4
  /// The bytes that whole columns may take on a rank, if there is more than one of them.
  private static let columnBytes = 64 << 20
  /// What a value takes on its way: in messages, as read, and joined.
  private static let valueBytes = 32

  /// Collects the parts, of which the rows are counted; a collective.
  init(
    _ builders: [ColumnBuilder], _ heading: TableHeading, rules: FieldRules, rowCount: Int,
    threads: Int, _ ranks: Ranks
  ) throws(TableError) {
    self.ranks = ranks
    self.heading = heading
    self.rules = rules
    held = Held(builders)
    self.threads = threads
    var offsets = [0]
    var widths: [Int] = []
    for counts in try ranks.gathered([rowCount, min(threads, Self.maximumColumns)]) {
      offsets.append(offsets[offsets.count - 1] + counts[0])
      widths.append(counts[1])
    }
    self.offsets = offsets
    width = max(
      1,
      min(
        widths.min() ?? 1, Self.columnBytes / (Self.valueBytes * max(1, offsets[offsets.count - 1]))
      ))
  }

  /// What each column is on this rank.
  var builders: [ColumnBuilder] { held.value }

  /// Frees the columns, which nothing asks for any more.
  func letGo() { held.letGo() }

  /// The number of all rows.
  var rowCount: Int { offsets[offsets.count - 1] }
  /// The rows of this rank.
  var ownRows: Range<Int> { offsets[ranks.rank]..<offsets[ranks.rank + 1] }

  /// A column on this rank alone.
  func own(_ index: Int) -> TableColumn { heading.column(builders[index], at: index) }

  /// A whole column, on every rank: a label, which all trainings have everywhere.
  ///
  /// - Parameter index: The column.
  /// - Returns: The column.
  /// - Throws: ``TableError``.
  func whole(_ index: Int) throws(TableError) -> TableColumn {
    try ranks.reach { () throws(TransportError) in
      var message = ByteWriter()
      try builders[index].append(to: &message)
      return try joined(try ranks.transport.allGather(message.bytes).map { ByteReader($0) }, index)
    }
  }

  /// Computes something of whole columns, each on one rank.
  ///
  /// - Parameters:
  ///   - columns: The columns.
  ///   - body: Computes it, on any thread.
  /// - Returns: What was computed, in the order of `columns`, on every rank.
  /// - Throws: ``TableError``: that of the first column that has one.
  func map<Value: Codable & Sendable>(
    _ columns: [Int], _ body: @Sendable (TableColumn, Int) throws(TableError) -> Value
  ) throws(TableError) -> [Value] {
    var values: [Value] = []
    for first in stride(from: 0, to: columns.count, by: ranks.size * width) {
      let wave = Array(columns[first..<min(first + ranks.size * width, columns.count)])
      for outcome in try outcomes(wave, body) { values.append(try outcome.get()) }
    }
    return values
  }

  /// One wave of columns: those of a rank are `size` places apart.
  private func outcomes<Value: Codable & Sendable>(
    _ wave: [Int], _ body: @Sendable (TableColumn, Int) throws(TableError) -> Value
  ) throws(TableError) -> [Outcome<Value>] {
    let size = ranks.size
    func columns(of rank: Int) -> [Int] {
      stride(from: rank, to: wave.count, by: size).map { wave[$0] }
    }
    let own = columns(of: ranks.rank)
    let parts = try ranks.reach { () throws(TransportError) in
      var messages: [[UInt8]] = []
      for rank in 0..<size {
        var message = ByteWriter()
        for column in columns(of: rank) { try builders[column].append(to: &message) }
        messages.append(message.bytes)
      }
      var readers = try ranks.transport.exchange(messages).map { ByteReader($0) }
      messages = []
      var parts: [[ColumnBuilder]] = own.map { _ in [] }
      for place in own.indices {
        for rank in readers.indices {
          parts[place].append(try ColumnBuilder(&readers[rank], rules: rules))
        }
      }
      return parts
    }
    gathered.add(own.count * rowCount)
    let outcomes = concurrentResults(count: own.count, threads: threads) { place in
      Outcome { () throws(TableError) in
        try body(heading.column(Self.joined(parts[place]), at: own[place]), own[place])
      }
    }
    let all = try ranks.gathered(outcomes)
    return wave.indices.map { all[$0 % size][$0 / size] }
  }

  private func joined(
    _ readers: [ByteReader], _ index: Int
  ) throws(TransportError) -> TableColumn {
    var parts: [ColumnBuilder] = []
    for var reader in readers { parts.append(try ColumnBuilder(&reader, rules: rules)) }
    return heading.column(Self.joined(parts), at: index)
  }

  private static func joined(_ parts: [ColumnBuilder]) -> ColumnBuilder {
    var whole = parts[0]
    for part in parts.dropFirst() { whole.append(part) }
    return whole
  }
}
