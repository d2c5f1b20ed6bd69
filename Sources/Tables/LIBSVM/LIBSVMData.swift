import Basics
import LinearAlgebra

/// The examples of a LIBSVM text file in memory, for training.
public struct LIBSVMData: Sendable {
  /// The file that the examples were read from.
  package let file: String
  /// One row for each example; column 0 is the file's smallest index, 1 or 0.
  package let features: SparseMatrix<Double>
  /// The labels, as a column named `label`: numbers if all are, texts otherwise.
  public let labels: TableColumn
  /// Whether indices begin at 0, which they do if an index 0 occurs.
  package let isZeroBased: Bool
  /// How many examples name a group for ranking (`qid:`), which is not used.
  package let groupCount: Int
  /// The SHA-256 of the bytes that were read, in hexadecimal.
  package let digest: String
  /// The number of examples of the file when these are a sample of them, else `nil`.
  package let sampledFrom: Int?

  /// The name of the column of labels.
  package static let labelName = "label"

  /// Reads examples from a file.
  ///
  /// - Parameters:
  ///   - path: The file's path, or `-` for standard input.
  ///   - options: How many threads read it.
  /// - Throws: ``TableError``.
  package init(contentsOf path: String, options: TextOptions = TextOptions()) throws(TableError) {
    try self.init(reading: ByteSource(path: path), options: options)
  }

  /// Reads examples from a source.
  ///
  /// - Parameters:
  ///   - source: Where the text comes from; it is read to its end.
  ///   - options: How many threads read it.
  /// - Throws: ``TableError``.
  package init(
    reading source: ByteSource, options: TextOptions = TextOptions()
  ) throws(TableError) {
    try source.join(options.with(.libsvm))
    source.prepareForSecondReading()
    try self.init(InputBuffer(source), options: options)
  }

  /// Reads examples from an input whose source is prepared for a second reading.
  init(_ input: InputBuffer, options: TextOptions) throws(TableError) {
    let source = input.source
    var collected = LIBSVMEntries()
    try collected.read(input, options.cutting, byteLimit: options.memoryLimit)
    guard collected.rowOffsets.count > 1 else {
      throw TableError(.noRecords(file: source.name, afterHeader: false))
    }
    digest = source.finishDigest()
    sampledFrom = nil
    var builder = collected.labels
    if builder.needsSecondReading {
      builder = .ofTexts()
      try source.rewind()
      var reader = LIBSVMReader(try InputBuffer(source))
      while try reader.next() { LIBSVMEntries.append(reader, to: &builder) }
      guard source.finishDigest() == digest else {
        throw TableError(.changedWhileReading(path: source.name))
      }
    }
    isZeroBased = collected.smallestIndex == 0
    groupCount = collected.groupCount
    file = source.name
    labels = try builder.finish(FieldName(number: 1, name: Self.labelName))
    features = Self.matrix(&collected)
  }

  /// Reads a sample of the examples from an input whose source is being digested, once, in memory for
  /// a few times the sample; see ``RowSampling``.
  ///
  /// Labels are kept in proportion. Whether indices begin at 0 and how many features there are is
  /// decided by all examples.
  init(
    _ input: InputBuffer, options: TextOptions, sampling: RowSampling
  ) throws(TableError) {
    let source = input.source
    var reader = LIBSVMReader(input)
    var reservoir = RowReservoir(count: sampling.count, seed: sampling.seed)
    var (smallest, largest) = (Int.max, -1)
    while try reader.next() {
      guard reader.hasLabel else { throw TableError(.missingLabel(reader.labelPosition)) }
      if let first = reader.indices.first, let last = reader.indices.last {
        smallest = min(smallest, Int(first))
        largest = max(largest, Int(last))
      }
      reservoir.add(
        line: reader.line, value: { reader.labelText }, record: { reader.lineBytes })
      try reservoir.requireMemory(file: source.name, byteLimit: options.memoryLimit)
    }
    guard reservoir.rowCount > 0 else {
      throw TableError(.noRecords(file: source.name, afterHeader: false))
    }
    digest = source.finishDigest()
    sampledFrom = reservoir.rowCount
    let rows = reservoir.sample()
    func forEach(
      _ body: (LIBSVMReader) throws(TableError) -> Void
    ) throws(TableError) {
      for row in rows {
        var single = LIBSVMReader(
          try InputBuffer(ByteSource(bytes: row.record, places: source.places)), line: row.line)
        while try single.next() { try body(single) }
      }
    }
    var collected = LIBSVMEntries()
    try forEach { single throws(TableError) in try collected.append(single) }
    var builder = collected.labels
    if builder.needsSecondReading {
      builder = .ofTexts()
      try forEach { single throws(TableError) in LIBSVMEntries.append(single, to: &builder) }
    }
    collected.include(indices: smallest, largest)
    isZeroBased = collected.smallestIndex == 0
    groupCount = collected.groupCount
    file = source.name
    labels = try builder.finish(FieldName(number: 1, name: Self.labelName))
    features = Self.matrix(&collected)
  }

  /// The entries as a matrix whose column 0 is the smallest index, 1 or 0.
  static func matrix(_ collected: inout LIBSVMEntries) -> SparseMatrix<Double> {
    let isZeroBased = collected.smallestIndex == 0
    if !isZeroBased {
      for entry in collected.columns.indices { collected.columns[entry] -= 1 }
    }
    return SparseMatrix(
      unchecked: collected.rowOffsets.count - 1,
      columnCount: max(0, collected.largestIndex + (isZeroBased ? 1 : 0)),
      rowOffsets: collected.rowOffsets, columnIndices: collected.columns,
      values: collected.values)
  }

  /// The smallest and the largest of the features' greatest magnitudes, of features that are not always
  /// 0; `nil` when there are none.
  package var magnitudeRange: (smallest: Double, largest: Double)? {
    // Few of very many features may occur.
    var known: [Int32: Double] = [:]
    var dense: [Double] = []
    let isNarrow = features.columnCount <= max(1 << 20, features.storedCount)
    if isNarrow { dense = [Double](repeating: 0, count: features.columnCount) }
    for (column, value) in zip(features.columnIndices, features.values) {
      let magnitude = value.magnitude
      if isNarrow {
        if magnitude > dense[Int(column)] { dense[Int(column)] = magnitude }
      } else {
        known[column] = max(known[column] ?? 0, magnitude)
      }
    }
    let found = isNarrow ? dense.filter { $0 > 0 } : known.values.filter { $0 > 0 }
    guard let smallest = found.min(), let largest = found.max() else { return nil }
    return (smallest, largest)
  }

  /// The features, stored densely when that is the better way to compute with them.
  public var featureMatrix: FeatureMatrix { FeatureMatrix(choosingFor: features) }
}
