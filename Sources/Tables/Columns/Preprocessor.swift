/// How examples of either kind of text become features: what a model file stores of it.
package enum Preprocessor: Sendable, Equatable {
  /// Named columns.
  case table(TablePreprocessor)
  /// Entries of LIBSVM text.
  case libsvm(LIBSVMPreprocessor)

  /// What all kinds have in common.
  private var rows: any RowPreprocessing {
    switch self {
    case .table(let preprocessor): preprocessor
    case .libsvm(let preprocessor): preprocessor
    }
  }

  /// The number of features.
  package var featureCount: Int { scaler.featureCount }

  /// How features are scaled.
  package var scaler: FeatureScaler { rows.scaler }

  /// A name for each feature.
  package var featureNames: [String] { rows.featureNames }

  /// The column that is predicted, or `nil` when the training data names none.
  package var targetName: String? { rows.targetName }

  /// Says how a text for which the model is used is read, as far as that is not said.
  func adapt(_ options: inout TextOptions) { rows.adapt(&options) }

  /// Opens a stream of rows.
  func stream(
    _ source: ByteSource, _ options: TextOptions, _ wishes: StreamColumns.Wishes,
    _ output: BatchReader.Output
  ) throws(TableError) -> any RowStream {
    try rows.stream(source, options, wishes, output)
  }
}

/// What a model learned about its training data, whatever kind of text that was.
///
/// A kind of text is a type that conforms: what reads a stream of its rows is a ``RowStream``.
protocol RowPreprocessing: Sendable {
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
    _ source: ByteSource, _ options: TextOptions, _ wishes: StreamColumns.Wishes,
    _ output: BatchReader.Output
  ) throws(TableError) -> any RowStream
}

/// A stream of rows in batches; see `BatchReader`, whose methods these are.
protocol RowStream {
  var keptNames: [String] { get }
  var ignoredEntryCount: Int { get }
  var zeroWeightRowCount: Int { get }
  var treatedColumns: [TreatedColumn] { get }
  mutating func next() throws(TableError) -> FeatureBatch?
}

extension TablePreprocessor: RowPreprocessing {
  var targetName: String? { target?.name }

  func adapt(_ options: inout TextOptions) {
    let given = options.missingMarkers
    options.missingMarkers += missingMarkers.filter { !given.contains($0) }
    if reading?.knowsUsualMarkers == false { options.knowsUsualMarkers = false }
    options.commentMark = options.commentMark ?? reading?.commentMark
    options.expected = ExpectedTable(self)
    options.spelled = .model(self, hasClasses: false)
  }

  func stream(
    _ source: ByteSource, _ options: TextOptions, _ wishes: StreamColumns.Wishes,
    _ output: BatchReader.Output
  ) throws(TableError) -> any RowStream {
    try TableBatchReader(
      source, preprocessor: self, options: options, wishes: wishes, output: output)
  }
}

extension LIBSVMPreprocessor: RowPreprocessing {
  var targetName: String? { LIBSVMData.labelName }

  var featureNames: [String] {
    let first = isZeroBased ? 0 : 1
    return (first..<first + featureCount).map { "f\($0)" }
  }

  func adapt(_ options: inout TextOptions) {
    if options.format == .auto { options.format = .libsvm }
  }

  func stream(
    _ source: ByteSource, _ options: TextOptions, _ wishes: StreamColumns.Wishes,
    _ output: BatchReader.Output
  ) throws(TableError) -> any RowStream {
    try LIBSVMBatchReader(
      source, preprocessor: self, options: options, wishes: wishes, output: output)
  }
}
