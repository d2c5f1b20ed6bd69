extension Table {
  /// The rows that become examples: all, or under ``MissingValuePolicy/drop`` those without a
  /// missing value in a column that is used.
  func trainingRows(_ plan: ColumnPlan, missing: MissingValuePolicy) -> [Int] {
    let columns =
      plan.inputs(with: .drop) + (missing == .drop ? plan.target.map { [$0] } ?? [] : [])
    return columns.isEmpty ? Array(0..<rowCount) : completeRows(columns)
  }

  /// The rows that have a weight; see ``weighted(by:)``.
  ///
  /// - Throws: ``TableError``, also when the choices contradict each other, which is found first.
  package func trainingTable(
    target: Int?, choices: ColumnChoices
  ) throws(TableError) -> (table: Table, weights: [Double]?) {
    let plan = try ColumnPlan(self, target: target, choices: choices, missing: .error)
    return (plan.table, plan.weights)
  }

  /// The rows of a table without weights of 0 that a training would take; see
  /// ``TablePreprocessor/usableRows(of:model:)``.
  package func trainingRows(
    target: Int?, choices: ColumnChoices, missing: MissingValuePolicy
  ) throws(TableError) -> [Int] {
    trainingRows(
      try ColumnPlan(self, target: target, choices: choices, missing: missing), missing: missing)
  }

  /// Rejects a target that some rows lack, or that holds a number which is not finite.
  ///
  /// - Throws: ``TableError`` for a target that is missing or not finite.
  package func requireValues(ofTarget index: Int, rows: [Int]) throws(TableError) {
    if columns[index].isNumeric, let problem = columns[index].places.problem { throw problem }
    guard let row = rows.first(where: columns[index].isMissing) else { return }
    let first = columns[index].places.firstMissing
    let isFirst = first?.row == row
    throw TableError(
      .missingTarget(
        isFirst ? first!.position : place(ofRow: row, column: index), fieldName(index),
        text: isFirst ? first!.text : ""))
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
    try ColumnPlan.target(
      name, names: columns.map(\.name), at: start, choices: choices,
      isPassedOver: { unnamedColumns.contains($0) && columns[$0].missingCount == rowCount })
  }

  /// Whether the user takes a column for categories, or for numbers; `nil` by default.
  package func chosenKind(
    _ column: Int, _ choices: ColumnChoices
  ) throws(TableError) -> ColumnChoices.Kind? {
    try ColumnPlan.kind(of: column, in: self, choices: choices)
  }
}
