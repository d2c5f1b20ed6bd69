/// Examples to train on, as programs have them: a table, or features that are numbers already.
public enum TrainingData: Sendable {
  /// Named columns, from delimited text.
  case table(Table)
  /// Labels and sparse features, from LIBSVM text.
  case libsvm(LIBSVMData)

  /// Reads a file in the format that it is in.
  ///
  /// The ending of a name decides (`.csv`, `.tsv`, `.svm`, …), and the first lines where it says nothing.
  ///
  /// - Parameters:
  ///   - path: The file's path, or `-` for standard input.
  ///   - options: What is known about the file.
  /// - Throws: ``TableError``.
  public init(
    contentsOf path: String, options: TextOptions = TextOptions()
  ) throws(TableError) {
    try self.init(reading: ByteSource(path: path), options: options)
  }

  /// Reads a source in the format that it is in.
  ///
  /// - Parameters:
  ///   - source: Where the text comes from; it is read to its end.
  ///   - options: What is known about the text.
  /// - Throws: ``TableError``.
  public init(
    reading source: ByteSource, options: TextOptions = TextOptions()
  ) throws(TableError) {
    try self.init(reading: source, options: options, sampling: nil)
  }

  /// Reads all rows of a source, or a sample of them.
  ///
  /// - Parameters:
  ///   - source: Where the text comes from; it is read to its end.
  ///   - options: What is known about the text.
  ///   - sampling: Which rows to keep, or `nil` for all.
  /// - Throws: ``TableError``.
  package init(
    reading source: ByteSource, options: TextOptions = TextOptions(), sampling: RowSampling?
  ) throws(TableError) {
    switch try source.examples(options, sampling: sampling) {
    case let table as Table: self = .table(table)
    case let data as LIBSVMData: self = .libsvm(data)
    case let examples: preconditionFailure("TrainingData lacks a case for \(type(of: examples))")
    }
  }

  /// What all kinds have in common.
  package var examples: any ExampleText {
    switch self {
    case .table(let table): table
    case .libsvm(let data): data
    }
  }

  /// The table, if the examples are one.
  package var table: Table? {
    if case .table(let table) = self { table } else { nil }
  }

  /// The file that the examples were read from.
  public var file: String { examples.file }

  /// The SHA-256 of the bytes that were read, in hexadecimal.
  package var digest: String { examples.digest }

  /// The number of examples.
  public var rowCount: Int { examples.rowCount }

  /// The number of rows of the file when these are a sample of them, else `nil`.
  package var sampledFrom: Int? { examples.sampledFrom }
}
