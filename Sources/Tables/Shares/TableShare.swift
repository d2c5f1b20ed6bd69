import Basics
import LinearAlgebra
import Synchronization
import Transport

/// A table of which each rank holds some consecutive rows.
struct TableShare: ExampleText, PlannedExamples {
  static let kind = Table.kind
  static let isPrepared = Table.isPrepared

  /// Where the whole table comes from.
  let origin: TableOrigin
  /// The columns, as far as they are on this rank.
  let columns: SharedColumns
  /// What the columns are, once it is known what they are for.
  private var planned: PlannedShare?
  /// What messages say of the columns, once features were made of them.
  private let accounts = Accounts()

  /// What messages say of columns, known to all who hold the table.
  private final class Accounts: Sendable {
    private let state = Mutex((list: [ColumnAccount]?.none, isComplete: false))

    /// All that is known so far.
    var list: [ColumnAccount]? { state.withLock { $0.list } }
    /// Whether features were looked at, too.
    var isComplete: Bool { state.withLock { $0.isComplete } }

    func begin(_ list: [ColumnAccount]) { state.withLock { $0 = (list, false) } }

    func complete(_ remarks: [Int: [ColumnRemark]]) {
      state.withLock { state in
        for (column, found) in remarks { state.list?[column].remarks = found }
        state.isComplete = true
      }
    }
  }

  func columnAccounts(
    _ columns: ChosenColumns, missing: MissingValuePolicy
  ) throws(TableError) -> [ColumnAccount]? { accounts.list }

  /// The rows of this rank that have a weight, and what the columns of all ranks are.
  private struct PlannedShare {
    let plan: ColumnPlan
    /// The weight of each row of all ranks that is left, if there are weights.
    let weights: [Double]?
    /// The rows of the whole table that are left, if some have the weight 0.
    let kept: [Int]?
    /// Those of them that are on this rank.
    let held: Held<Table>
    var table: Table { held.value }
    /// Where they are among all that are left.
    let own: Range<Int>
    /// What messages say of the columns, without remarks.
    let accounts: [ColumnAccount]
  }

  var transport: (any Transport)? { columns.ranks.transport }
  var file: String { origin.file }
  var tableText: TableText? { TableText(origin) }
  var digest: String { origin.digest }
  var rowCount: Int { planned?.kept?.count ?? columns.rowCount }
  var sampledFrom: Int? { nil }
  var fileRows: [Int]? { planned?.kept }

  // MARK: Reading

  /// What a rank has read of its part.
  private struct Part {
    var builders: [ColumnBuilder]
    var rowCount = 0
    var commentCount = 0
    var digest = ""
  }

  /// Reads the rows of all ranks.
  ///
  /// - Parameters:
  ///   - text: The table before its first record.
  ///   - shares: Its parts.
  ///   - options: What is known about it.
  /// - Throws: ``TableError``.
  init(
    _ text: DelimitedText, _ shares: inout TextShares, _ options: TextOptions
  ) throws(TableError) {
    let (ranks, source, rules) = (shares.ranks, shares.source, text.records.rules)
    func read(
      _ columns: [Int], into builders: inout [ColumnBuilder], from line: Int
    ) throws(TableError) -> (rowCount: Int, commentCount: Int) {
      var text = text.continued(
        RecordReader(
          InputBuffer(
            source, holding: [], isComplete: false,
            longestRecord: InputBuffer.defaultLongestRecord),
          grammar: text.records.grammar, line: line))
      let rowCount = try text.readColumns(
        into: &builders, wanted: columns, options.cutting, byteLimit: options.memoryLimit)
      return (rowCount, text.commentCount)
    }
    let empty = text.builders(options.spelled)
    var part =
      try shares.read { line throws(TableError) in
        var part = Part(builders: empty)
        (part.rowCount, part.commentCount) = try read(
          Array(empty.indices), into: &part.builders, from: line)
        part.digest = source.finishDigest()
        return part
      } ?? Part(builders: empty)
    guard try ranks.sum(part.rowCount) > 0 else {
      throw TableError(.noRecords(file: source.name, afterHeader: true))
    }

    // A column that has texts on one rank has to be read as texts on all.
    let areTexts = try ranks.gathered(
      part.builders.map { $0.kind == .texts || $0.needsSecondReading })
    let mixed = empty.indices.filter { column in areTexts.contains { $0[column] } }
    for column in mixed { part.builders[column].beginTexts() }
    let again = mixed.filter { part.builders[$0].kind != .texts }
    let own = shares.own
    try ranks.agreed { () throws(TableError) in
      guard !again.isEmpty, let own else { return }
      for column in again { part.builders[column] = .ofTexts(rules: rules) }
      try source.select(own.range)
      _ = try read(again, into: &part.builders, from: own.line)
      guard source.finishDigest() == part.digest else {
        throw TableError(.changedWhileReading(path: source.name))
      }
    }
    var origin = TableOrigin(
      text, digest: try shares.digest(), missingMarkers: options.missingMarkers)
    origin.commentCount = text.records.commentCount + (try ranks.sum(part.commentCount))
    self.origin = origin
    columns = try SharedColumns(
      part.builders, text.heading, rules: rules, rowCount: part.rowCount,
      threads: ReadingThreads.count(options.threads), ranks)
  }

  // MARK: Looking at columns

  func selection(
    _ chosen: ChosenColumns, missing: MissingValuePolicy
  ) throws(TableError) -> SelectedExamples {
    let (names, choices) = (columns.heading.names, chosen.choices)
    var target: Int?
    if chosen.hasTarget || chosen.target != nil {
      let unnamed = origin.unnamedColumns.sorted()
      let missing = try columns.ranks.gathered(unnamed.map { columns.own($0).missingCount })
      let empty = Set(
        unnamed.indices.filter { index in
          missing.reduce(0) { $0 + $1[index] } == columns.rowCount
        }.map { unnamed[$0] })
      target = try ResolvedChoices.target(
        chosen.target, names: names, at: origin.start, choices: choices,
        isPassedOver: empty.contains)
    }
    let resolved = try ResolvedChoices(choices, names: names, at: origin.start)
    let asked = try ColumnQuestions(
      origin, names: names, target: target, choices: choices, missing: missing)
    let planned = try planned(asked, weight: resolved.weight)
    var share = self
    share.planned = planned
    let rows = try share.trainingRows(planned)
    let targetColumn: TableColumn? =
      if let target { restricted(try columns.whole(target), target, to: planned.kept) } else { nil }
    var known = planned.accounts
    if let target, let targetColumn {
      known[target].isTarget = true
      known[target].remarks = planned.plan.remarks(on: targetColumn, at: target)
    }
    for index in known.indices where planned.plan.roles[index] == .unused(.rowNumber) {
      known[index].remarks = [.rowNumbers]
    }
    accounts.begin(known)
    var groups: [Int]?
    if let group = resolved.group {
      groups = try origin.groups(
        in: restricted(try columns.whole(group), group, to: planned.kept), at: group,
        planned.kept, rows: rows)
    }
    return SelectedExamples(
      data: share, target: targetColumn, targetIndex: target,
      targetKind: target.flatMap { resolved.kinds[$0] }, rows: rows,
      weights: planned.weights.map { weights in rows.map { weights[$0] } }, groups: groups,
      zeroWeightRowCount: columns.rowCount - share.rowCount)
  }

  /// Decides what the columns are.
  private func planned(
    _ asked: ColumnQuestions, weight: Int?
  ) throws(TableError) -> PlannedShare {
    let (weights, kept) = try weighted(byColumn: weight)
    struct Look: Codable, Sendable {
      let finding: ColumnFinding
      let content: ColumnContent
      let account: ColumnAccount
    }
    let questions = asked.weighted(weights, fileRows: kept)
    let looks = try columns.map(Array(columns.builders.indices)) {
      [kept] column, index throws(TableError) in
      let account = ColumnAccount(column)
      let column = restricted(column, index, to: kept)
      return Look(
        finding: questions.finding(of: column, at: index), content: ColumnContent(column),
        account: account)
    }
    let (table, own) = table(looks.map(\.content), kept)
    return PlannedShare(
      plan: ColumnPlan(questions, looks.map(\.finding)), weights: weights, kept: kept,
      held: Held(table), own: own, accounts: looks.map(\.account))
  }

  /// The weight of each row that has one, and which rows these are if some have the weight 0.
  func weighted(
    byColumn weight: Int?
  ) throws(TableError) -> (weights: [Double]?, kept: [Int]?) {
    guard let weight else { return (nil, nil) }
    let all = try origin.weights(in: try columns.whole(weight), at: weight, nil)
    let rows = all.indices.filter { all[$0] > 0 }
    return (rows.map { all[$0] }, rows.count < all.count ? rows : nil)
  }

  /// The rows of this rank as a table, and where they are among those of all ranks.
  ///
  /// - Parameters:
  ///   - contents: What each whole column holds.
  ///   - kept: The rows that are left of the whole table, or `nil` for all.
  /// - Returns: The table, and the numbers of its rows among all that are left.
  func table(_ contents: [ColumnContent], _ kept: [Int]?) -> (table: Table, own: Range<Int>) {
    let ownRows = columns.ownRows
    let own = kept.map { $0.filter(ownRows.contains) }
    let first = kept.map { $0.count { $0 < ownRows.lowerBound } } ?? ownRows.lowerBound
    let count = own?.count ?? ownRows.count
    let local = own.map { $0.map { $0 - ownRows.lowerBound } }
    var table = Table(
      origin, columns: contents.indices.map { columns.slice($0, contents[$0], rows: local) },
      rowCount: count, fileRows: own)
    table.firstRow = first
    return (table, first..<first + count)
  }

  /// A whole column as if the rows of weight 0 were not in the file.
  func restricted(_ column: TableColumn, _ index: Int, to kept: [Int]?) -> TableColumn {
    guard let kept else { return column }
    return column.restricted(
      to: kept, name: FieldName(number: index + 1, name: column.name), rules: origin.rules
    ) { row in
      origin.place(ofRow: row, column: index)
    }
  }

  /// The rows that become examples; see ``PlannedTable/trainingRows``.
  private func trainingRows(_ planned: PlannedShare) throws(TableError) -> [Int] {
    let needed = planned.plan.columnsToComplete
    guard !needed.isEmpty else { return Array(0..<rowCount) }
    return try gathered(planned.table.completeRows(needed), of: planned.own)
  }

  /// Rows of all ranks.
  ///
  /// - Parameters:
  ///   - rows: Those of this rank, from its first one on.
  ///   - own: Where its rows are among all.
  /// - Returns: The rows among all.
  /// - Throws: ``TableError``.
  func gathered(_ rows: [Int], of own: Range<Int>) throws(TableError) -> [Int] {
    let message = ByteWriter.bytes { $0.append(rows.map { Int32(own.lowerBound + $0) }) }
    return try columns.ranks.reach { () throws(TransportError) in
      var rows: [Int] = []
      for bytes in try columns.ranks.transport.allGather(message) {
        var reader = ByteReader(bytes)
        rows += try reader.integers32(reader.remaining / 4).map { Int($0) }
      }
      return rows
    }
  }

  // MARK: Fitting

  /// What the columns are, which the selection of rows has decided.
  private var decided: PlannedShare {
    guard let planned else {
      preconditionFailure("columns of \(file) are fitted before rows are selected")
    }
    return planned
  }

  var columnNames: [String] { columns.heading.names }

  func letColumnsGo() {
    columns.letGo()
    planned?.held.letGo()
  }

  func texts(ofRows rows: [Int]) throws(TableError) -> [[String]] {
    let planned = decided
    let own = rows.filter(planned.own.contains).map { row in
      planned.table.columns.map { $0.text(row - planned.own.lowerBound) ?? "" }
    }
    var parts = try columns.ranks.gathered(own).map { $0[...] }
    return rows.map { row in
      // Rows of weight 0 are on no rank.
      let rank = owner(of: row, planned.kept)
      return parts[rank].popFirst() ?? []
    }
  }

  /// The rank that has a row.
  private func owner(of row: Int, _ kept: [Int]?) -> Int {
    let fileRow = kept?[row] ?? row
    return columns.offsets.dropFirst().firstIndex { fileRow < $0 }.map { $0 - 1 } ?? 0
  }

  func schema() throws(TableError) -> TableSchema? {
    let planned = decided
    return TableSchema(
      hasHeader: origin.hasHeader,
      try columns.map(Array(columns.builders.indices)) { column, index throws(TableError) in
        TableSchema.Column(
          restricted(column, index, to: planned.kept), at: index, planned.plan)
      })
  }

  func check() throws(TableError) {
    try decided.plan.check()
    guard try !trainingRows(decided).isEmpty else {
      throw TableError(.noCompleteRows(file: file, rows: rowCount))
    }
  }

  func featureCount(_ fitting: FeatureFitting, rows: [Int]) throws(TableError) -> Int {
    try preprocessor(fitting, rows: rows).featureCount
  }

  private func preprocessor(
    _ fitting: FeatureFitting, rows: [Int]
  ) throws(TableError) -> TablePreprocessor {
    let planned = decided
    try planned.plan.check()
    guard !rows.isEmpty else { throw TableError(.noCompleteRows(file: file, rows: rowCount)) }
    let learning = ColumnFitting(
      plan: planned.plan, rows: rows, weights: rows.map { planned.weights?[$0] ?? 1 },
      scaling: fitting.scaling, threads: ReadingThreads.count(fitting.threads))
    // What is worth knowing of whole columns is looked for once, where they are.
    let isFirst = !accounts.isComplete
    let fitted = try columns.map(planned.plan.inputs) { column, index throws(TableError) in
      let column = restricted(column, index, to: planned.kept)
      return FittedInput(
        input: try learning.fitted(column, at: index),
        remarks: isFirst ? planned.plan.remarks(on: column, at: index) : [])
    }
    if isFirst {
      accounts.complete(
        Dictionary(uniqueKeysWithValues: zip(planned.plan.inputs, fitted.map(\.remarks))))
    }
    return TablePreprocessor(
      planned.plan, fitted.map(\.input), scaling: fitting.scaling, unseen: fitting.unseen)
  }

  /// What was learned of a column.
  private struct FittedInput: Codable, Sendable {
    let input: FittedColumn
    let remarks: [ColumnRemark]
  }

  func fitted(
    _ fitting: FeatureFitting, training: [Int], others: [Int]
  ) throws(TableError) -> FittedFeatures {
    let preprocessor = try preprocessor(fitting, rows: training)
    let planned = decided
    func features(_ rows: [Int]) throws(TableError) -> FeatureMatrix {
      // One process takes column after column.
      try columns.ranks.agreed(order: \.fieldNumber) { () throws(TableError) in
        try preprocessor.transform(
          planned.table,
          rows: rows.filter(planned.own.contains).map { $0 - planned.own.lowerBound },
          byteLimit: fitting.byteLimit, threads: fitting.threads)
      }
    }
    return (
      preprocessor: .table(preprocessor), training: try features(training),
      others: try features(others)
    )
  }
}

extension TableError {
  /// The number of the field that a number which cannot be a feature is in; 0 for other errors.
  var fieldNumber: Int {
    switch reason {
    case .notFinite(_, let field, _), .missingValue(_, let field, _, _): field.number
    default: 0
    }
  }
}
