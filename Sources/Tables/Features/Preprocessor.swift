import LinearAlgebra

/// How examples of either kind of text become features: what a model file stores of it.
package enum Preprocessor: Sendable, Equatable {
  /// Named columns.
  case table(TablePreprocessor)
  /// Entries of LIBSVM text.
  case libsvm(LIBSVMPreprocessor)

  /// What all kinds have in common.
  package var rows: any RowPreprocessing {
    switch self {
    case .table(let preprocessor): preprocessor
    case .libsvm(let preprocessor): preprocessor
    }
  }

  /// How the columns of a table become features, if the rows are those of one.
  package var table: TablePreprocessor? {
    if case .table(let preprocessor) = self { preprocessor } else { nil }
  }

  /// What takes rows that are features as they are, whose first one has the number 1.
  package static func identity(featureCount: Int) -> Preprocessor {
    .libsvm(
      LIBSVMPreprocessor(
        isZeroBased: false, scaler: .identity(featureCount: featureCount)))
  }

  /// The number of features.
  package var featureCount: Int { scaler.featureCount }

  /// The number of the first feature where features have numbers.
  package var firstIndex: Int { rows.firstIndex }

  /// How features are scaled.
  package var scaler: FeatureScaler { rows.scaler }

  /// A name for each feature.
  package var featureNames: [String] { rows.featureNames }

  /// The column that is predicted, or `nil` when the training data names none.
  package var targetName: String? { rows.targetName }
}

/// What a model learned about its training data, whatever kind of text that was.
///
/// A kind of text is a type that conforms: what reads a stream of its rows is a ``RowStream``.
package protocol RowPreprocessing: Sendable {
  /// The number of the first feature where features have numbers.
  var firstIndex: Int { get }
  /// What the features are of, for people, after their number.
  var origin: String { get }
  /// The scaling of each feature.
  var scaler: FeatureScaler { get }
  /// A name for each feature.
  var featureNames: [String] { get }
  /// The column that is predicted, or `nil` when the training data names none.
  var targetName: String? { get }
  /// Says how a text for which the model is used is read, as far as that is not said.
  func adapt(_ options: inout TextOptions)
  /// Opens a stream of rows.
  func stream(
    _ source: ByteSource, _ options: TextOptions, _ wishes: StreamWishes, model: String
  ) throws(TableError) -> any RowStream
  /// Makes features of the training data once more.
  ///
  /// - Parameters:
  ///   - data: What is said to be the training data.
  ///   - hasTarget: Whether the model predicts a column.
  ///   - model: What messages call the model.
  ///   - byteLimit: The most memory that the features may take, or `nil` for any.
  /// - Returns: The examples as training saw them, or why they cannot be the training data.
  /// - Throws: ``TableError``.
  func repeated(
    _ data: TrainingData, hasTarget: Bool, model: String, byteLimit: Int?
  ) throws(TableError) -> RepeatedExamples
}

/// The training data of a model, read once more.
package enum RepeatedExamples {
  /// It is of another kind.
  case otherKind
  /// It has another number of features.
  case otherFeatureCount(Int)
  /// It lacks the column that the model predicts.
  case noTarget
  /// The features, the target's column, the rows that are used and the weight of each.
  case examples(FeatureMatrix, target: TableColumn?, rows: [Int], weights: [Double]?)
}

extension TablePreprocessor: RowPreprocessing {
  package var targetName: String? { target?.name }
  package var firstIndex: Int { 1 }
  package var origin: String { "of a table" }

  package func adapt(_ options: inout TextOptions) {
    let given = options.missingMarkers
    options.missingMarkers += missingMarkers.filter { !given.contains($0) }
    if reading?.knowsUsualMarkers == false { options.knowsUsualMarkers = false }
    options.commentMark = options.commentMark ?? reading?.commentMark
    options.expected = ExpectedTable(self)
    options.spelled = .model(self, hasClasses: false)
  }

  package func repeated(
    _ data: TrainingData, hasTarget: Bool, model: String, byteLimit: Int?
  ) throws(TableError) -> RepeatedExamples {
    guard let whole = data.table else { return .otherKind }
    if hasTarget, targetColumn(of: whole) == nil { return .noTarget }
    let (table, weights) = try weighted(whole, model: model)
    let rows = try usableRows(of: table, model: model)
    if hasTarget, let target = targetIndex(in: table) {
      try table.requireValues(ofTarget: target, rows: rows)
    }
    return .examples(
      try transform(table, rows: rows, model: model, byteLimit: byteLimit),
      target: targetColumn(of: table), rows: rows,
      weights: weights.map { weights in rows.map { weights[$0] } })
  }

  package func stream(
    _ source: ByteSource, _ options: TextOptions, _ wishes: StreamWishes, model: String
  ) throws(TableError) -> any RowStream {
    try TableStream(source, self, options, wishes, model: model)
  }
}

extension LIBSVMPreprocessor: RowPreprocessing {
  package var targetName: String? { LIBSVMData.labelName }
  package var firstIndex: Int { isZeroBased ? 0 : 1 }
  package var origin: String { "of LIBSVM text, from index \(firstIndex)" }

  package var featureNames: [String] {
    (firstIndex..<firstIndex + featureCount).map { "f\($0)" }
  }

  package func adapt(_ options: inout TextOptions) {
    if options.format == .auto { options.format = .libsvm }
  }

  package func repeated(
    _ data: TrainingData, hasTarget: Bool, model: String, byteLimit: Int?
  ) throws(TableError) -> RepeatedExamples {
    guard case .libsvm(let examples) = data else { return .otherKind }
    guard examples.features.columnCount == featureCount, examples.isZeroBased == isZeroBased else {
      return .otherFeatureCount(examples.features.columnCount)
    }
    return .examples(
      try scaler.transform(
        examples.featureMatrix, file: examples.file, byteLimit: byteLimit),
      target: examples.labels, rows: Array(0..<examples.rowCount), weights: nil)
  }

  package func stream(
    _ source: ByteSource, _ options: TextOptions, _ wishes: StreamWishes, model: String
  ) throws(TableError) -> any RowStream {
    try LIBSVMStream(source, self, options, wishes)
  }
}
