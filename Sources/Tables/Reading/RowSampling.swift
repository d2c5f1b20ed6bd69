import LinearAlgebra

/// Which rows of a file to keep, when all would be too many.
package struct RowSampling: Sendable, Equatable {
  /// The number of rows to keep, at least 1.
  package var count: Int
  /// Decides which rows are kept.
  package var seed: UInt64
  /// The column whose values are kept in proportion, by name or number; `nil` for the last one that
  /// is not left out.
  package var target: String?
  /// How columns are treated.
  package var choices: ColumnChoices

  /// Makes a choice of rows.
  ///
  /// - Parameters:
  ///   - count: The number of rows to keep, at least 1.
  ///   - seed: Equal seeds keep equal rows of equal files.
  ///   - target: The column whose values are kept in proportion.
  ///   - choices: How columns are treated.
  package init(
    count: Int, seed: UInt64 = 0, target: String? = nil, choices: ColumnChoices = ColumnChoices()
  ) {
    precondition(count > 0, "a sample of \(count) rows")
    self.count = count
    self.seed = seed
    self.target = target
    self.choices = choices
  }
}

extension Table {
  /// Reads a sample of a table's rows, once, in memory for a few times the sample.
  ///
  /// Every value of the target is kept in proportion (largest remainders round), at least one row
  /// of each; the rows of a value are equally likely to be kept. A target of very many
  /// values, as numbers have, is not stratified. Rows keep their order. What columns hold is decided
  /// by the sample.
  ///
  /// With a column of weights, rows of weight 0 are skipped as if they were not in the file; all
  /// others are equally likely to be kept, and keep their weights.
  ///
  /// - Parameters:
  ///   - source: Where the text comes from; it is read to its end.
  ///   - options: What is known about the text.
  ///   - sampling: Which rows to keep.
  /// - Throws: ``TableError``.
  package init(
    reading source: ByteSource, options: TextOptions = TextOptions(), sampling: RowSampling
  ) throws(TableError) {
    try source.join(options)
    source.prepareForDigest()
    var input = try InputBuffer(source)
    let sample = try TextSample(&input)
    try self.init(input, sample: sample, options: options, sampling: sampling)
  }

  /// Reads a sample from an input whose source is being digested.
  init(
    _ input: InputBuffer, sample: TextSample, options: TextOptions, sampling: RowSampling
  ) throws(TableError) {
    let source = input.source
    var text = try DataFormats.tableFormat(source.fileName, options, sample)
      .open(input, sample, options)
    let target = try ResolvedChoices.target(
      sampling.target, names: text.names, at: text.start, choices: sampling.choices,
      // Whether such a column has values is not known before the end.
      isPassedOver: { text.hasHeader && text.unnamed.contains($0) })
    var weight: Int?
    if let column = sampling.choices.weight { weight = try text.column(column) }
    var reservoir = RowReservoir(count: sampling.count, seed: sampling.seed)
    var hasRecords = false
    while try text.next() {
      hasRecords = true
      if let weight, case .number(0) = text.records.number(weight) { continue }
      reservoir.add(text.records, target: target)
      try reservoir.requireMemory(file: source.name, byteLimit: options.memoryLimit)
    }
    guard reservoir.rowCount > 0 else {
      if let weight, hasRecords {
        throw TableError(.noPositiveWeight(file: source.name, column: text.fieldName(weight)))
      }
      throw TableError(.noRecords(file: source.name, afterHeader: true))
    }
    let rows = reservoir.sample()
    let columns = try Self.columns(
      of: rows, text, file: source.name, spelled: options.spelled)
    text.commentCount = text.records.commentCount
    var origin = TableOrigin(
      text, digest: source.finishDigest(), missingMarkers: options.missingMarkers)
    origin.sampledFrom = reservoir.rowCount
    self.init(origin, columns: columns, rowCount: rows.count)
  }

  /// Finds out what the columns of the kept records hold.
  private static func columns(
    of rows: [RowReservoir.Row], _ text: DelimitedText, file: String, spelled: SpelledColumns
  ) throws(TableError) -> [TableColumn] {
    var joined: [UInt8] = []
    for row in rows {
      joined.append(contentsOf: row.record)
      joined.append(UInt8(ascii: "\n"))
    }
    var builders = text.builders(spelled)
    var indices = Array(builders.indices)
    while !indices.isEmpty {
      var records = try RecordReader(
        ByteSource(bytes: joined, name: file), grammar: text.records.grammar)
      records.rules = text.records.rules
      var row = 0
      while try records.next() {
        let shift = rows[row].line - records.line
        row += 1
        for index in indices {
          builders[index].append(
            records.number(index), isMissing: records.isMissing(index),
            trait: records.trait(index), text: { records.text(index) },
            position: {
              let place = records.position(index)
              return text.records.places.position(line: place.line + shift, column: place.column)
            })
        }
      }
      precondition(row == rows.count, "\(row) of \(rows.count) records were read again")
      indices = builders.indices.filter { builders[$0].needsSecondReading }
      for index in indices { builders[index] = .ofTexts(rules: records.rules) }
    }
    return text.columns(builders)
  }
}

// Every row draws a random key, and the rows with the smallest keys of each stratum are the sample.
// How many a stratum gives is known only at the end, so more are kept on the way: those with keys
// below a threshold that falls as rows come, twice as many as asked for at least, and of each
// stratum the few smallest besides. A stratum that is to give m rows then has about 2m, with a
// deviation of √2m; that it has fewer than m is next to impossible where m is large, and where m is
// small the few smallest make sure.

/// Keeps a stratified random sample of a stream of records.
struct RowReservoir {
  /// A record that is kept.
  struct Row {
    let key: UInt64
    let stratum: Int
    /// Its place among all rows, from 0.
    let index: Int
    /// The physical line on which it begins.
    let line: Int
    let record: [UInt8]
  }

  /// More values than this are not strata.
  private static let maximumStrata = 1000
  /// This many rows of each stratum are kept whatever their keys are.
  private static let fewest = 128

  private let count: Int
  private let seed: UInt64
  private var rows: [Row] = []
  /// The keys that are small enough: of any row, and of a stratum's.
  private var threshold = UInt64.max
  private var thresholds: [UInt64] = []
  private var strata = TextTable()
  private var sizes: [Int] = []
  private var isStratified = true
  /// The number of rows so far.
  private(set) var rowCount = 0

  init(count: Int, seed: UInt64) {
    // Nobody keeps more rows than this, and a few times as many can be counted.
    self.count = min(count, 1 << 40)
    self.seed = seed
  }

  /// The bytes that the rows take which are kept at the moment, roughly.
  private(set) var byteCount = 0

  /// The bytes of a row in addition to its record.
  private static let bytesOfRow = 80

  /// Takes the current record, or passes it over.
  mutating func add(_ records: RecordReader, target: Int) {
    add(line: records.line, value: { records.text(target) }, record: { Array(records.recordBytes) })
  }

  /// Takes a row, or passes it over.
  ///
  /// - Parameters:
  ///   - line: The physical line on which it begins.
  ///   - value: What is kept in proportion.
  ///   - record: Its text.
  mutating func add(line: Int, value: () -> String, record: () -> [UInt8]) {
    let index = rowCount
    rowCount += 1
    let stratum = stratum(value)
    sizes[stratum] += 1
    let key = Self.key(seed: seed, index: index)
    guard key <= max(threshold, thresholds[stratum]) else { return }
    let row = Row(key: key, stratum: stratum, index: index, line: line, record: record())
    byteCount += row.record.count + Self.bytesOfRow
    rows.append(row)
    if rows.count > 4 * count + 2 * Self.fewest * sizes.count { discard() }
  }

  /// Refuses a sample that takes too much memory.
  func requireMemory(file: String, byteLimit: Int?) throws(TableError) {
    do throws(MemoryShortage) {
      try MemoryShortage.require(
        1, each: byteCount, limit: byteLimit,
        purpose: "\(rows.count) rows that are kept to draw \(count) from",
        remedy: "draw fewer (--subsample)")
    } catch {
      throw TableError(.memory(file: file, error))
    }
  }

  private mutating func stratum(_ value: () -> String) -> Int {
    guard isStratified else { return 0 }
    let code = Int(strata.code(value()))
    guard code < Self.maximumStrata else {
      isStratified = false
      sizes = [rowCount - 1]
      thresholds = [.max]
      rows = rows.map {
        Row(key: $0.key, stratum: 0, index: $0.index, line: $0.line, record: $0.record)
      }
      return 0
    }
    if code == sizes.count {
      sizes.append(0)
      thresholds.append(.max)
    }
    return code
  }

  /// Forgets the rows with the largest keys, so that about half are left.
  private mutating func discard() {
    let keys = rows.map(\.key).sorted()
    threshold = keys[2 * count - 1]
    var ofStratum = [[UInt64]](repeating: [], count: sizes.count)
    for row in rows { ofStratum[row.stratum].append(row.key) }
    for stratum in ofStratum.indices {
      let keys = ofStratum[stratum].sorted()
      thresholds[stratum] = keys.count > Self.fewest ? keys[Self.fewest - 1] : thresholds[stratum]
    }
    rows.removeAll { $0.key > max(threshold, thresholds[$0.stratum]) }
    byteCount = rows.reduce(0) { $0 + $1.record.count + Self.bytesOfRow }
  }

  /// The sample, in the order of the rows.
  func sample() -> [Row] {
    let quotas = quotas()
    var taken = [Int](repeating: 0, count: sizes.count)
    var sample: [Row] = []
    for row in rows.sorted(by: { $0.key < $1.key }) where taken[row.stratum] < quotas[row.stratum] {
      taken[row.stratum] += 1
      sample.append(row)
    }
    return sample.sorted { $0.index < $1.index }
  }

  /// How many rows each stratum gives: in proportion, by largest remainders, but one at least.
  private func quotas() -> [Int] {
    guard rowCount > count else { return sizes }
    let shares = sizes.map { Double($0) * Double(count) / Double(rowCount) }
    var quotas = shares.map { max(1, Int($0)) }
    var left = count - quotas.reduce(0, +)
    let byRemainder = shares.indices.sorted {
      let (first, second) = (shares[$0] - Double(quotas[$0]), shares[$1] - Double(quotas[$1]))
      return first > second || first == second && $0 < $1
    }
    for stratum in byRemainder where left > 0 && quotas[stratum] < sizes[stratum] {
      quotas[stratum] += 1
      left -= 1
    }
    // Rows that were given to make up one each are taken from where most are.
    while left < 0, let largest = quotas.indices.max(by: { quotas[$0] < quotas[$1] }),
      quotas[largest] > 1
    {
      quotas[largest] -= 1
      left += 1
    }
    return quotas
  }

  /// A row's random key: the word number `index` of the sequence that belongs to the seed (SplitMix64,
  /// Steele, Lea, Flood 2014).
  private static func key(seed: UInt64, index: Int) -> UInt64 {
    var word = seed &+ UInt64(index + 1) &* 0x9E37_79B9_7F4A_7C15
    word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
    return word ^ (word >> 31)
  }
}
