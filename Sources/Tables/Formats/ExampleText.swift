import LinearAlgebra
import Transport

/// Examples to train on, whatever kind of text they were read from.
///
/// A kind of examples is a type that conforms; formats that are read into it are independent of that.
package protocol ExampleText: Sendable {
  /// What fingerprints call the kind.
  static var kind: String { get }
  /// Whether the values are features and labels as their author prepared them, rather than columns in the
  /// units of the world: they are then scaled on request only, and whole labels mean classes.
  static var isPrepared: Bool { get }
  /// The ranks of which each holds some of the examples; `nil` when all are in this process.
  var transport: (any Transport)? { get }
  /// The file that the examples were read from.
  var file: String { get }
  /// The SHA-256 of the bytes that were read, in hexadecimal.
  var digest: String { get }
  /// The number of all examples.
  var rowCount: Int { get }
  /// The number of rows of the file when these are a sample of them, else `nil`.
  var sampledFrom: Int? { get }
  /// How the text of a table was read; `nil` for other texts, and for a table that was made in memory.
  var tableText: TableText? { get }
  /// For each row its number in the file, from 0, when rows were left out; else `nil`.
  var fileRows: [Int]? { get }
  /// How many examples name a group for ranking, which is not used.
  var unusedGroupCount: Int { get }
  /// The smallest and the largest of the features' greatest magnitudes, of features that nothing scales;
  /// `nil` when there are none.
  var unscaledMagnitudes: (smallest: Double, largest: Double)? { get }

  /// Finds the target, and the rows that become examples.
  ///
  /// - Parameters:
  ///   - columns: The target, and how columns are treated.
  ///   - missing: What is done about missing values.
  /// - Returns: The rows that are used.
  /// - Throws: ``TableError``.
  func selection(
    _ columns: ChosenColumns, missing: MissingValuePolicy
  ) throws(TableError) -> SelectedExamples

  /// Looks at the columns as they would be treated; `nil` where there is nothing to decide.
  func schema(
    target: Int?, choices: ColumnChoices, missing: MissingValuePolicy
  ) throws(TableError) -> TableSchema?

  /// Rejects data that no training accepts: a target that is missing, columns that cannot be features.
  ///
  /// - Throws: ``TableError``.
  func check(_ fitting: FeatureFitting) throws(TableError)

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

extension ExampleText {
  package var transport: (any Transport)? { nil }
  /// The table, if all examples are here and are one.
  package var table: Table? { self as? Table }
  package var tableText: TableText? { nil }
  package var fileRows: [Int]? { nil }
  package var unusedGroupCount: Int { 0 }
  package var unscaledMagnitudes: (smallest: Double, largest: Double)? { nil }
  package func schema(
    target: Int?, choices: ColumnChoices, missing: MissingValuePolicy
  ) throws(TableError) -> TableSchema? { nil }
  package func check(_ fitting: FeatureFitting) throws(TableError) {}
}

/// The target, and how columns are treated.
package struct ChosenColumns: Sendable {
  /// The column to predict, by name or number, or `nil` for the last one.
  package var target: String?
  /// Whether a column is to be predicted.
  ///
  /// If not, a column that is named is left out of the features all the same.
  package var hasTarget: Bool
  /// How columns are treated, where their values do not decide it.
  package var choices: ColumnChoices

  /// Collects the parts.
  package init(target: String?, hasTarget: Bool, choices: ColumnChoices) {
    self.target = target
    self.hasTarget = hasTarget
    self.choices = choices
  }
}

/// The rows of some data that become examples.
package struct SelectedExamples: Sendable {
  /// The data without the rows of weight 0.
  package let data: any ExampleText
  /// The column that others are to predict, or `nil` when nothing is to be predicted.
  package let target: TableColumn?
  /// Its index, if it is a column of a table.
  package let targetIndex: Int?
  /// What the user takes the target for, if anything.
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
}

/// How features are made of examples.
package struct FeatureFitting: Sendable {
  /// The index of the column to predict, if there is one.
  package var target: Int?
  /// How columns are treated.
  package var choices: ColumnChoices
  /// How numbers are scaled.
  package var scaling: Scaling
  /// What is done about missing values.
  package var missing: MissingValuePolicy
  /// What is done, later, about categories that do not occur.
  package var unseen: UnseenCategoryPolicy
  /// The most memory that features may take, or `nil` for any.
  package var byteLimit: Int?
  /// The largest number of threads to use, or `nil` for one on each core.
  package var threads: Int?

  /// Collects the parts.
  package init(
    target: Int?, choices: ColumnChoices, scaling: Scaling, missing: MissingValuePolicy,
    unseen: UnseenCategoryPolicy, byteLimit: Int?
  ) {
    self.target = target
    self.choices = choices
    self.scaling = scaling
    self.missing = missing
    self.unseen = unseen
    self.byteLimit = byteLimit
  }
}

/// What was learned, the features of the rows that it was learned from, and those of further rows.
package typealias FittedFeatures = (
  preprocessor: Preprocessor, training: FeatureMatrix, others: FeatureMatrix
)

/// How the text of a table was read, for people.
package struct TableText: Sendable {
  /// What separates fields, and what numbers look like.
  package let reading: TableReading
  /// Whether the names come from a header.
  package let hasHeader: Bool
  /// The line of the header.
  package let headerLine: Int?
  /// Why one may wonder whether the first record names the columns, if so.
  package let headerDoubt: HeaderDoubt?
  /// The number of comment lines, which were skipped.
  package let commentCount: Int

  /// What is known of it at its end.
  init?(_ origin: TableOrigin) {
    guard let reading = origin.reading else { return nil }
    self.reading = reading
    hasHeader = origin.hasHeader
    headerLine = origin.hasHeader ? origin.start.line : nil
    headerDoubt = origin.headerDoubt
    commentCount = origin.commentCount
  }
}

extension Table: ExampleText {
  package var tableText: TableText? { TableText(origin) }
  package static let kind = "table"
  package static let isPrepared = false

  package func selection(
    _ columns: ChosenColumns, missing: MissingValuePolicy
  ) throws(TableError) -> SelectedExamples {
    let (target, choices) = (columns.target, columns.choices)
    let index = columns.hasTarget || target != nil ? try targetIndex(target, choices) : nil
    let kind: ColumnChoices.Kind? =
      if let index { try chosenKind(index, choices) } else { nil }
    let planned = try PlannedTable(self, target: index, choices: choices, missing: missing)
    let (table, weights, rows) = (planned.table, planned.weights, planned.trainingRows)
    return SelectedExamples(
      data: table, target: index.map { table.columns[$0] }, targetIndex: index,
      targetKind: kind, rows: rows, weights: weights.map { weights in rows.map { weights[$0] } },
      groups: try table.groups(by: choices, rows: rows),
      zeroWeightRowCount: rowCount - table.rowCount)
  }

  package func schema(
    target: Int?, choices: ColumnChoices, missing: MissingValuePolicy
  ) throws(TableError) -> TableSchema? {
    try TableSchema(self, target: target, choices: choices, missing: missing)
  }

  package func check(_ fitting: FeatureFitting) throws(TableError) {
    try TablePreprocessor.check(
      self, target: fitting.target, choices: fitting.choices, missing: fitting.missing)
  }

  package func featureCount(
    _ fitting: FeatureFitting, rows: [Int]
  ) throws(TableError) -> Int { try preprocessor(fitting, rows: rows).featureCount }

  private func preprocessor(
    _ fitting: FeatureFitting, rows: [Int]
  ) throws(TableError) -> TablePreprocessor {
    try TablePreprocessor(
      fitting: self, target: fitting.target, choices: fitting.choices, scaling: fitting.scaling,
      missing: fitting.missing, unseen: fitting.unseen, rows: rows, threads: fitting.threads)
  }

  package func fitted(
    _ fitting: FeatureFitting, training: [Int], others: [Int]
  ) throws(TableError) -> FittedFeatures {
    let preprocessor = try preprocessor(fitting, rows: training)
    func features(_ rows: [Int]) throws(TableError) -> FeatureMatrix {
      try preprocessor.transform(
        self, rows: rows, byteLimit: fitting.byteLimit, threads: fitting.threads)
    }
    return (
      preprocessor: .table(preprocessor), training: try features(training),
      others: try features(others)
    )
  }
}

extension LIBSVMData: ExampleText {
  package static let kind = "libsvm"
  package static let isPrepared = true

  package var rowCount: Int { features.rowCount }
  package var unusedGroupCount: Int { groupCount }
  package var unscaledMagnitudes: (smallest: Double, largest: Double)? { magnitudeRange }

  package func selection(
    _ columns: ChosenColumns, missing: MissingValuePolicy
  ) throws(TableError) -> SelectedExamples {
    try Self.check(columns, file: file)
    return SelectedExamples(
      data: self, target: labels, targetIndex: 0, targetKind: nil,
      rows: Array(0..<rowCount), weights: nil, groups: nil, zeroWeightRowCount: 0)
  }

  /// Rejects choices of columns, which LIBSVM text does not have.
  static func check(_ columns: ChosenColumns, file: String) throws(TableError) {
    if let target = columns.target, target != labelName {
      throw TableError(.targetOfLIBSVMText(file: file, name: target))
    }
    if let name = columns.choices.firstColumn {
      throw TableError(.columnOfLIBSVMText(file: file, name: name))
    }
  }

  package func featureCount(
    _ fitting: FeatureFitting, rows: [Int]
  ) throws(TableError) -> Int { features.columnCount }

  package func fitted(
    _ fitting: FeatureFitting, training: [Int], others: [Int]
  ) throws(TableError) -> FittedFeatures {
    let features = featureMatrix
    let isWhole = training.count == features.rowCount
    try FeatureScaler.requireMemory(
      fitting: features, scaling: fitting.scaling, file: file, byteLimit: fitting.byteLimit)
    let scaler = FeatureScaler(
      fitting: features, scaling: fitting.scaling, rows: isWhole ? nil : training)
    func scaled(_ features: FeatureMatrix) throws(TableError) -> FeatureMatrix {
      try scaler.transform(features, file: file, byteLimit: fitting.byteLimit)
    }
    return (
      preprocessor: .libsvm(LIBSVMPreprocessor(isZeroBased: isZeroBased, scaler: scaler)),
      training: try scaled(isWhole ? features : features.gatheringRows(training)),
      others: try scaled(features.gatheringRows(others))
    )
  }
}
