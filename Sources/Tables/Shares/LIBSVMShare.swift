import Basics
import LinearAlgebra
import Transport

/// Examples of LIBSVM text of which each rank holds some consecutive ones; the labels are on every rank.
struct LIBSVMShare: ExampleText, PlannedExamples {
  static let kind = LIBSVMData.kind
  static let isPrepared = LIBSVMData.isPrepared

  private let ranks: Ranks
  let file: String
  let digest: String
  /// The labels of all examples.
  let labels: TableColumn
  /// Whether indices begin at 0, which they do if an index 0 occurs on any rank.
  let isZeroBased: Bool
  let unusedGroupCount: Int
  let unscaledMagnitudes: (smallest: Double, largest: Double)?
  /// The examples of this rank, stored as all are.
  private let features: FeatureMatrix
  /// The first example of each rank, and the number of all.
  private let offsets: [Int]

  var transport: (any Transport)? { ranks.transport }
  var rowCount: Int { offsets[offsets.count - 1] }
  var sampledFrom: Int? { nil }
  private var own: Range<Int> { offsets[ranks.rank]..<offsets[ranks.rank + 1] }

  /// What a rank has read of its part.
  private struct Part {
    var entries = LIBSVMEntries()
    var digest = ""
  }

  /// What all ranks have to know of it.
  private struct Figures: Codable {
    let rowCount: Int
    let storedCount: Int
    let smallestIndex: Int
    let largestIndex: Int
    let groupCount: Int
    let hasTexts: Bool
  }

  /// Reads the examples of all ranks.
  ///
  /// - Parameters:
  ///   - shares: The parts of the text.
  ///   - options: How many threads read it.
  /// - Throws: ``TableError``.
  init(_ shares: inout TextShares, _ options: TextOptions) throws(TableError) {
    let (ranks, source) = (shares.ranks, shares.source)
    func input() -> InputBuffer {
      InputBuffer(
        source, holding: [], isComplete: false, longestRecord: InputBuffer.defaultLongestRecord)
    }
    var part =
      try shares.read { line throws(TableError) in
        var part = Part()
        try part.entries.read(
          input(), line: line, options.cutting, byteLimit: options.memoryLimit)
        part.digest = source.finishDigest()
        return part
      } ?? Part()
    var labels = part.entries.labels
    let figures = try ranks.gathered(
      Figures(
        rowCount: part.entries.rowOffsets.count - 1, storedCount: part.entries.values.count,
        smallestIndex: part.entries.smallestIndex, largestIndex: part.entries.largestIndex,
        groupCount: part.entries.groupCount,
        hasTexts: labels.kind == .texts || labels.needsSecondReading))
    var offsets = [0]
    for figures in figures { offsets.append(offsets[offsets.count - 1] + figures.rowCount) }
    guard offsets[ranks.size] > 0 else {
      throw TableError(.noRecords(file: source.name, afterHeader: false))
    }
    // Labels that are texts on one rank have to be read as texts on all.
    if figures.contains(where: \.hasTexts) {
      labels.beginTexts()
      let own = shares.own
      try ranks.agreed { () throws(TableError) in
        guard labels.kind != .texts, let own else { return }
        labels = .ofTexts()
        try source.select(own.range)
        var reader = LIBSVMReader(input(), line: own.line)
        while try reader.next() { LIBSVMEntries.append(reader, to: &labels) }
        guard source.finishDigest() == part.digest else {
          throw TableError(.changedWhileReading(path: source.name))
        }
      }
    }
    digest = try shares.digest()
    let parts = try ranks.reach { () throws(TransportError) in
      var message = ByteWriter()
      try labels.append(to: &message)
      var parts: [ColumnBuilder] = []
      for bytes in try ranks.transport.allGather(message.bytes) {
        var reader = ByteReader(bytes)
        parts.append(try ColumnBuilder(&reader, rules: nil))
      }
      return parts
    }
    var whole = parts[0]
    for part in parts.dropFirst() { whole.append(part) }
    self.labels = try whole.finish(FieldName(number: 1, name: LIBSVMData.labelName))
    for figures in figures {
      part.entries.include(indices: figures.smallestIndex, figures.largestIndex)
    }
    isZeroBased = part.entries.smallestIndex == 0
    unusedGroupCount = figures.reduce(0) { $0 + $1.groupCount }
    let matrix = LIBSVMData.matrix(&part.entries)
    let stored = figures.reduce(0) { $0 + $1.storedCount }
    features =
      FeatureMatrix.isDense(
        rowCount: offsets[ranks.size], columnCount: matrix.columnCount, storedCount: stored)
      ? .dense(matrix.dense) : .sparse(matrix)
    unscaledMagnitudes = try Self.magnitudes(matrix, ranks)
    file = source.name
    self.offsets = offsets
    self.ranks = ranks
  }

  /// The range of the features' greatest magnitudes; see ``LIBSVMData/magnitudeRange``.
  private static func magnitudes(
    _ matrix: SparseMatrix<Double>, _ ranks: Ranks
  ) throws(TableError) -> (smallest: Double, largest: Double)? {
    var own: [Int32: Double] = [:]
    for (column, value) in zip(matrix.columnIndices, matrix.values) {
      own[column] = max(own[column] ?? 0, value.magnitude)
    }
    let columns = own.keys.sorted()
    let all = try ranks.reach { () throws(TransportError) in
      try ranks.transport.allGather(
        ByteWriter.bytes {
          $0.append(columns.count)
          $0.append(columns)
          $0.append(columns.map { own[$0] ?? 0 })
        })
    }
    for bytes in all {
      try ranks.reach { () throws(TransportError) in
        var reader = ByteReader(bytes)
        let columns = try reader.integers32(try reader.integer())
        for (column, value) in zip(columns, try reader.doubles(columns.count)) {
          own[column] = max(own[column] ?? 0, value)
        }
      }
    }
    let found = own.values.filter { $0 > 0 }
    guard let smallest = found.min(), let largest = found.max() else { return nil }
    return (smallest, largest)
  }

  func selection(
    _ columns: ChosenColumns, missing: MissingValuePolicy
  ) throws(TableError) -> SelectedExamples {
    try LIBSVMData.check(columns, file: file)
    return SelectedExamples(
      data: self, target: labels, targetIndex: 0, targetKind: nil, rows: Array(0..<rowCount),
      weights: nil, groups: nil, zeroWeightRowCount: 0)
  }

  /// See ``LIBSVMPreprocessor/repeated(_:hasTarget:model:byteLimit:)``.
  func repeated(
    by preprocessor: LIBSVMPreprocessor, byteLimit: Int?
  ) throws(TableError) -> RepeatedExamples {
    guard features.columnCount == preprocessor.featureCount,
      isZeroBased == preprocessor.isZeroBased
    else { return .otherFeatureCount(features.columnCount) }
    return .examples(
      try ranks.agreed { () throws(TableError) in
        try preprocessor.scaler.transform(features, file: file, byteLimit: byteLimit)
      }, target: labels, rows: Array(0..<rowCount), weights: nil)
  }

  func featureCount(_ fitting: FeatureFitting, rows: [Int]) throws(TableError) -> Int {
    features.columnCount
  }

  func fitted(
    _ fitting: FeatureFitting, training: [Int], others: [Int]
  ) throws(TableError) -> FittedFeatures {
    func chosen(_ rows: [Int]) -> FeatureMatrix {
      rows.count == rowCount
        ? features
        : features.gatheringRows(rows.filter(own.contains).map { $0 - own.lowerBound })
    }
    let learned = chosen(training)
    try ranks.agreed { () throws(TableError) in
      try FeatureScaler.requireMemory(
        fitting: learned, scaling: fitting.scaling, file: file, byteLimit: fitting.byteLimit)
    }
    let scaler = try FeatureScaler(fitting: learned, scaling: fitting.scaling, ranks)
    func scaled(_ features: FeatureMatrix) throws(TableError) -> FeatureMatrix {
      try ranks.agreed { () throws(TableError) in
        try scaler.transform(features, file: file, byteLimit: fitting.byteLimit)
      }
    }
    return (
      preprocessor: .libsvm(LIBSVMPreprocessor(isZeroBased: isZeroBased, scaler: scaler)),
      training: try scaled(learned), others: try scaled(chosen(others))
    )
  }
}
