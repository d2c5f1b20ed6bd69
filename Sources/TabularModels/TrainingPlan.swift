import Tables

/// What a training would do with its data, as far as that is known before it begins.
package struct TrainingPlan: Sendable {
  /// What messages call the data.
  package let file: String
  /// The number of rows.
  package let rowCount: Int
  /// How many of them are left out because their weight is 0.
  package let zeroWeightRowCount: Int
  /// The number of rows of the file when the rows are a sample, else `nil`.
  package let sampledFrom: Int?
  /// The columns, or `nil` for LIBSVM text.
  package let schema: TableSchema?
  /// The column that is predicted, or `nil` when nothing is.
  package let targetName: String?
  /// What is learned, and why that; `nil` when the target is rejected.
  package let decision: TaskDecision?
  /// The number of features; `nil` when a column is rejected.
  package let featureCount: Int?
  /// What training would reject first, if anything.
  package let problem: TableError?
}

extension TabularTrainer {
  /// Looks at data and says what `train(_:)` would make of it; trains nothing.
  ///
  /// - Parameter data: The rows to train on.
  /// - Returns: The plan.
  /// - Throws: `TableError` or ``TabularError`` when target or choices do not fit the data.
  package func plan(_ data: TrainingData) throws -> TrainingPlan {
    let examples = try examples(data)
    switch examples.data {
    case .libsvm(let text):
      return TrainingPlan(
        file: text.file, rowCount: text.features.rowCount, zeroWeightRowCount: 0,
        sampledFrom: text.sampledFrom, schema: nil,
        targetName: text.labels.name,
        decision: try decision(for: examples),
        featureCount: text.features.columnCount, problem: nil)
    case .table(let table):
      let schema = try TableSchema(
        table, target: examples.targetIndex, choices: configuration.columnOverrides,
        missing: configuration.missing)
      var problem = TableError.combined(schema.columns.compactMap(\.problem))
      var decision: TaskDecision?
      if examples.targetIndex.map({ schema.columns[$0].problem == nil }) ?? true {
        decision = try self.decision(for: examples)
      }
      var featureCount: Int?
      do throws(TableError) {
        featureCount = try TablePreprocessor(
          fitting: table, target: examples.targetIndex, choices: configuration.columnOverrides,
          scaling: .none, missing: configuration.missing, unseen: configuration.unseen,
          rows: examples.rows
        ).featureCount
      } catch {
        problem = problem ?? error
      }
      return TrainingPlan(
        file: table.file, rowCount: data.rowCount,
        zeroWeightRowCount: examples.zeroWeightRowCount, sampledFrom: table.sampledFrom,
        schema: schema, targetName: examples.target?.name, decision: decision,
        featureCount: featureCount, problem: problem)
    }
  }
}
