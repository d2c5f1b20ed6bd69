import Basics
import LinearAlgebra

/// A table as a training sees it: the rows that have a weight, and what the columns are.
struct PlannedTable: PlannedExamples {
  static let isPrepared = Table.isPrepared

  /// The table, without the rows of weight 0.
  let rows: Table
  /// The weight of each row of it, if there are weights.
  let weights: [Double]?
  /// What the columns are.
  let plan: ColumnPlan

  /// Decides what the columns of a table are.
  ///
  /// - Parameters:
  ///   - table: The training table.
  ///   - target: The index of the column to predict, or `nil` when there is none.
  ///   - choices: How columns are treated.
  ///   - missing: What is done about missing values.
  ///   - threads: The largest number of threads to use, or `nil` for one on each core; the result is
  ///     the same.
  /// - Throws: ``TableError``: choices that name no column, or contradict each other; rows without a weight.
  init(
    _ table: Table, target: Int?, choices: ColumnChoices, missing: MissingValuePolicy,
    threads: Int? = nil
  ) throws(TableError) {
    let asked = try ColumnQuestions(
      table.origin, names: table.columns.map(\.name), target: target, choices: choices,
      missing: missing)
    let (table, weights) = try table.weighted(by: choices)
    let questions = asked.weighted(weights, fileRows: table.fileRows)
    let columns = table.columns
    let findings = concurrentResults(
      count: columns.count, threads: ReadingThreads.count(threads)
    ) { questions.finding(of: columns[$0], at: $0) }
    rows = table
    self.weights = weights
    plan = ColumnPlan(questions, findings)
  }

  /// The rows that become examples: all, or under ``MissingValuePolicy/drop`` those without a
  /// missing value in a column that is used.
  var trainingRows: [Int] {
    let columns = plan.columnsToComplete
    return columns.isEmpty ? Array(0..<rows.rowCount) : rows.completeRows(columns)
  }

  var table: Table? { rows }
  var file: String { rows.file }
  var rowCount: Int { rows.rowCount }
  var sampledFrom: Int? { rows.sampledFrom }
  var fileRows: [Int]? { rows.fileRows }

  func schema() throws(TableError) -> TableSchema? { columnSchema }

  /// The columns as they are treated.
  var columnSchema: TableSchema {
    TableSchema(
      hasHeader: rows.hasHeader,
      rows.columns.indices.map { TableSchema.Column(rows.columns[$0], at: $0, plan) })
  }

  func check() throws(TableError) {
    try plan.check()
    guard !trainingRows.isEmpty else {
      throw TableError(.noCompleteRows(file: file, rows: rowCount))
    }
  }

  func featureCount(_ fitting: FeatureFitting, rows: [Int]) throws(TableError) -> Int {
    try preprocessor(fitting, rows: rows).featureCount
  }

  func fitted(
    _ fitting: FeatureFitting, training: [Int], others: [Int]
  ) throws(TableError) -> FittedFeatures {
    let preprocessor = try preprocessor(fitting, rows: training)
    func features(_ rows: [Int]) throws(TableError) -> FeatureMatrix {
      try preprocessor.transform(
        self.rows, rows: rows, byteLimit: fitting.byteLimit, threads: fitting.threads)
    }
    return (
      preprocessor: .table(preprocessor), training: try features(training),
      others: try features(others)
    )
  }

  /// Learns from some rows how the columns become features.
  ///
  /// - Parameters:
  ///   - fitting: How features are made.
  ///   - chosen: The rows to learn from.
  /// - Returns: What was learned.
  /// - Throws: ``TableError``.
  func preprocessor(
    _ fitting: FeatureFitting, rows chosen: [Int]
  ) throws(TableError) -> TablePreprocessor {
    try plan.check()
    guard !chosen.isEmpty else {
      throw TableError(.noCompleteRows(file: file, rows: rowCount))
    }
    let learning = ColumnFitting(
      plan: plan, rows: chosen, weights: chosen.map { weights?[$0] ?? 1 },
      scaling: fitting.scaling, threads: ReadingThreads.count(fitting.threads))
    let (inputs, columns) = (plan.inputs, rows.columns)
    let fitted = try concurrentResults(
      count: inputs.count, threads: learning.threads
    ) { place throws(TableError) in
      try learning.fitted(columns[inputs[place]], at: inputs[place])
    }
    return TablePreprocessor(plan, fitted, scaling: fitting.scaling, unseen: fitting.unseen)
  }
}

extension Table {
  /// The rows of a table without weights of 0 that a training would take; see
  /// ``TablePreprocessor/usableRows(of:model:)``.
  package func trainingRows(
    target: Int?, choices: ColumnChoices, missing: MissingValuePolicy
  ) throws(TableError) -> [Int] {
    try PlannedTable(self, target: target, choices: choices, missing: missing).trainingRows
  }

  /// Rejects a target that some rows lack, or that holds a number which is not finite.
  ///
  /// - Throws: ``TableError`` for a target that is missing or not finite.
  package func requireValues(ofTarget index: Int, rows: [Int]) throws(TableError) {
    try origin.requireValues(ofTarget: columns[index], at: index, fileRows, rows: rows)
  }

  /// Where rows of this table are in one that lacks the rows of weight 0; without those of them.
  func places(of rows: [Int], in used: Table) -> [Int] {
    guard used.rowCount < rowCount, let kept = used.fileRows else { return rows }
    // Both tables know the numbers of their rows in the file.
    let places = Dictionary(uniqueKeysWithValues: kept.enumerated().map { ($1, $0) })
    return rows.compactMap { places[fileRows?[$0] ?? $0] }
  }

  /// The column to predict: the one that the user names, or else the last one that is not left out.
  package func targetIndex(
    _ name: String?, _ choices: ColumnChoices
  ) throws(TableError) -> Int {
    try ResolvedChoices.target(
      name, names: columns.map(\.name), at: start, choices: choices,
      isPassedOver: { origin.unnamedColumns.contains($0) && columns[$0].missingCount == rowCount })
  }

  /// Whether the user takes a column for categories, or for numbers; `nil` by default.
  package func chosenKind(
    _ column: Int, _ choices: ColumnChoices
  ) throws(TableError) -> ColumnChoices.Kind? {
    try ResolvedChoices(choices, names: columns.map(\.name), at: start).kinds[column]
  }
}

extension TableOrigin {
  /// Rejects a target that some rows lack, or that holds a number which is not finite.
  ///
  /// - Parameters:
  ///   - column: The column.
  ///   - index: Its place in the table.
  ///   - fileRows: The rows that it has, or `nil` for all.
  ///   - rows: Those that need a value.
  /// - Throws: ``TableError``.
  func requireValues(
    ofTarget column: TableColumn, at index: Int, _ fileRows: [Int]?, rows: [Int]
  ) throws(TableError) {
    if column.isNumeric, let problem = column.places.problem { throw problem }
    guard let row = rows.first(where: column.isMissing) else { return }
    let name = FieldName(number: index + 1, name: column.name)
    if let first = column.places.firstMissing, first.row == row {
      throw TableError(.missingTarget(first.position, name, text: first.text))
    }
    throw TableError(
      .missingTarget(place(ofRow: fileRows?[row] ?? row, column: index), name, text: ""))
  }
}
