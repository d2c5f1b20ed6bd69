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
  /// The columns, or `nil` where there is nothing to decide about them.
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
  /// - Parameter data: The rows to train on, which are all here, or which ranks have read together.
  /// - Returns: The plan.
  /// - Throws: `TableError` or ``TabularError`` when target or choices do not fit the data.
  package func plan(_ data: any ExampleText) throws -> TrainingPlan {
    let examples = try examples(data)
    let rows = examples.data
    let schema = try rows.schema()
    var problem = schema.flatMap { TableError.combined($0.columns.compactMap(\.problem)) }
    var decision: TaskDecision?
    let target = examples.targetIndex.flatMap { schema?.columns[$0] }
    if target?.problem == nil { decision = try self.decision(for: examples) }
    var featureCount: Int?
    do throws(TableError) {
      featureCount = try rows.featureCount(FeatureFitting(), rows: examples.rows)
    } catch {
      problem = problem ?? error
    }
    return TrainingPlan(
      file: rows.file, rowCount: data.rowCount,
      zeroWeightRowCount: examples.zeroWeightRowCount, sampledFrom: rows.sampledFrom,
      schema: schema, targetName: examples.target?.name, decision: decision,
      featureCount: featureCount, problem: problem)
  }
}
