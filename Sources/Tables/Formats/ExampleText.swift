import LinearAlgebra
import Transport

/// What examples say of themselves, whatever is done with them.
package protocol ExampleSource: Sendable {
  /// Whether the values are features and labels as their author prepared them, rather than columns in the
  /// units of the world: they are then scaled on request only, and whole labels mean classes.
  static var isPrepared: Bool { get }
  /// The ranks of which each holds some of the examples; `nil` when all are in this process.
  var transport: (any Transport)? { get }
  /// The file that the examples were read from.
  var file: String { get }
  /// The number of all examples.
  var rowCount: Int { get }
  /// The number of rows of the file when these are a sample of them, else `nil`.
  var sampledFrom: Int? { get }
  /// For each row its number in the file, from 0, when rows were left out; else `nil`.
  var fileRows: [Int]? { get }
  /// The table, if all examples are here and are one.
  var table: Table? { get }
}

extension ExampleSource {
  package var transport: (any Transport)? { nil }
  package var fileRows: [Int]? { nil }
  package var table: Table? { nil }
}

/// Examples to train on, whatever kind of text they were read from.
///
/// A kind of examples is a type that conforms; formats that are read into it are independent of that.
package protocol ExampleText: ExampleSource {
  /// What fingerprints call the kind.
  static var kind: String { get }
  /// The SHA-256 of the bytes that were read, in hexadecimal.
  var digest: String { get }
  /// How the text of a table was read; `nil` for other texts, and for a table that was made in memory.
  var tableText: TableText? { get }
  /// How many examples name a group for ranking, which is not used.
  var unusedGroupCount: Int { get }
  /// The smallest and the largest of the features' greatest magnitudes, of features that nothing scales;
  /// `nil` when there are none.
  var unscaledMagnitudes: (smallest: Double, largest: Double)? { get }

  /// Finds the target, and the rows that become examples; decides what the columns are.
  ///
  /// - Parameters:
  ///   - columns: The target, and how columns are treated.
  ///   - missing: What is done about missing values.
  /// - Returns: The rows that are used.
  /// - Throws: ``TableError``.
  func selection(
    _ columns: ChosenColumns, missing: MissingValuePolicy
  ) throws(TableError) -> SelectedExamples

  /// What messages say of the columns; `nil` of text that is not a table. Of a table that ranks share, it is known once
  /// features were made of it, and the arguments are not used.
  ///
  /// - Parameters:
  ///   - columns: The target, and how columns are treated.
  ///   - missing: What is done about missing values.
  /// - Returns: An account of each column.
  /// - Throws: ``TableError``, as the selection does.
  func columnAccounts(
    _ columns: ChosenColumns, missing: MissingValuePolicy
  ) throws(TableError) -> [ColumnAccount]?
}

extension ExampleText {
  package func columnAccounts(
    _ columns: ChosenColumns, missing: MissingValuePolicy
  ) throws(TableError) -> [ColumnAccount]? { nil }

  package var tableText: TableText? { nil }
  package var unusedGroupCount: Int { 0 }
  package var unscaledMagnitudes: (smallest: Double, largest: Double)? { nil }
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
  package var table: Table? { self }
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
    let (weights, rows) = (planned.weights, planned.trainingRows)
    return SelectedExamples(
      data: planned, target: index.map { planned.rows.columns[$0] }, targetIndex: index,
      targetKind: kind, rows: rows, weights: weights.map { weights in rows.map { weights[$0] } },
      groups: try planned.rows.groups(by: choices, rows: rows),
      zeroWeightRowCount: rowCount - planned.rowCount)
  }
}

extension LIBSVMData: ExampleText, PlannedExamples {
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
