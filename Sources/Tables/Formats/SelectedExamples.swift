import LinearAlgebra

/// The rows of some data that become examples, and how features are made of them.
package struct SelectedExamples: Sendable {
  /// The data without the rows of weight 0, and what its columns are.
  package let data: any PlannedExamples
  /// The column that others are to predict, or `nil` when nothing is to be predicted.
  package let target: TableColumn?
  /// Its index, if it is a column of a table.
  package let targetIndex: Int?
  /// How the user wants the target to be treated, if that was said.
  package let targetKind: ColumnChoices.Kind?
  /// The rows of `data` that become examples; the others have missing values.
  package let rows: [Int]
  /// The weight of each of them, a finite number greater than 0; `nil` when no weights are chosen.
  package let weights: [Double]?
  /// A number from 0 for each of them, equal in rows that belong together; `nil` when no groups are
  /// chosen.
  package let groups: [Int]?
  /// The number of rows that are left out because their weight is 0.
  package let zeroWeightRowCount: Int
  /// How features are made.
  package var fitting = FeatureFitting()

  /// The number of rows that are left out because a value is missing.
  package var skippedRowCount: Int { data.rowCount - rows.count }

  /// For each of ``rows`` its row among all that were given, those of weight 0 included.
  package var fileRows: [Int] {
    guard let fileRows = data.fileRows else { return rows }
    return rows.map { fileRows[$0] }
  }

  /// The weights of examples at some places in ``rows``.
  package func weights(at places: [Int]) -> [Double]? {
    weights.map { weights in places.map { weights[$0] } }
  }

  /// Learns from some examples how rows become features, by their weights, and makes features of
  /// these and of further ones.
  ///
  /// - Parameters:
  ///   - training: Places in ``rows`` to learn from.
  ///   - others: Places to transform in the same way.
  ///   - threads: The largest number of threads to use, or `nil` for one on each core.
  /// - Returns: What was learned, and the features of both kinds of examples, as far as they are here.
  /// - Throws: ``TableError``.
  package func fitted(
    training: [Int], others: [Int] = [], threads: Int? = nil
  ) throws(TableError) -> FittedFeatures {
    var fitting = fitting
    fitting.threads = threads
    return try data.fitted(
      fitting, training: training.map { rows[$0] }, others: others.map { rows[$0] })
  }
}

/// Examples of which it is decided what their columns are: what features are made of.
package protocol PlannedExamples: ExampleSource {
  /// The columns as they are treated; `nil` where there is nothing to decide.
  ///
  /// - Throws: ``TableError`` when another rank does not answer.
  func schema() throws(TableError) -> TableSchema?

  /// Rejects data that no training accepts: a target that is missing, columns that cannot be features.
  ///
  /// - Throws: ``TableError``.
  func check() throws(TableError)

  /// Frees what features are made of where ranks hold it: no more are made, and nothing is asked of columns.
  func letColumnsGo()

  /// The names of the columns; none of text that is not a table.
  var columnNames: [String] { get }

  /// The values of some rows as texts, one for each column, an empty one where it is missing; nothing of text that
  /// is not a table.
  ///
  /// - Parameter rows: Rows, the same on all ranks.
  /// - Returns: Their values.
  /// - Throws: ``TableError`` when another rank does not answer.
  func texts(ofRows rows: [Int]) throws(TableError) -> [[String]]

  /// The number of features that would be made.
  ///
  /// - Parameters:
  ///   - fitting: How features are made.
  ///   - rows: The rows to learn from.
  /// - Returns: The number of features.
  /// - Throws: ``TableError``, as the fitting itself.
  func featureCount(_ fitting: FeatureFitting, rows: [Int]) throws(TableError) -> Int

  /// Learns from some rows how rows become features, and makes features of these and of further ones.
  ///
  /// On ranks, features are made of the rows that this rank holds; they are in the order of the rows, and so
  /// are those of all ranks one after the other if the rows ascend.
  ///
  /// - Parameters:
  ///   - fitting: How features are made.
  ///   - training: The rows to learn from.
  ///   - others: Rows to transform in the same way.
  /// - Returns: What was learned, and the features of both kinds of rows.
  /// - Throws: ``TableError``.
  func fitted(
    _ fitting: FeatureFitting, training: [Int], others: [Int]
  ) throws(TableError) -> FittedFeatures
}

extension PlannedExamples {
  package func schema() throws(TableError) -> TableSchema? { nil }
  package func check() throws(TableError) {}
  package func letColumnsGo() {}
  package var columnNames: [String] { table?.columns.map(\.name) ?? [] }

  package func texts(ofRows rows: [Int]) throws(TableError) -> [[String]] {
    guard let table else { return rows.map { _ in [] } }
    return rows.map { row in table.columns.map { $0.text(row) ?? "" } }
  }
}

/// How features are made of examples whose columns are known.
package struct FeatureFitting: Sendable {
  /// How numbers are scaled.
  package var scaling = Scaling.none
  /// What is done, later, about categories that do not occur.
  package var unseen = UnseenCategoryPolicy.error
  /// The most memory that features may take, or `nil` for any.
  package var byteLimit: Int?
  /// The largest number of threads to use, or `nil` for one on each core.
  package var threads: Int?

  /// Collects the parts.
  package init(
    scaling: Scaling = .none, unseen: UnseenCategoryPolicy = .error, byteLimit: Int? = nil,
    threads: Int? = nil
  ) {
    self.scaling = scaling
    self.unseen = unseen
    self.byteLimit = byteLimit
    self.threads = threads
  }
}

/// What was learned, the features of the rows that it was learned from, and those of further rows.
package typealias FittedFeatures = (
  preprocessor: Preprocessor, training: FeatureMatrix, others: FeatureMatrix
)
