/// Examples to train on, of either kind of text.
public enum TrainingData: Sendable {
  /// Named columns, from delimited text.
  case table(Table)
  /// Labels and sparse features, from LIBSVM text.
  case libsvm(LIBSVMData)

  /// Reads a file in the format that it is in.
  ///
  /// A name that ends in `.svm`, `.libsvm` or `.svmlight` means LIBSVM text and one in `.csv` or
  /// `.tsv` a table; otherwise the first lines decide.
  ///
  /// - Parameters:
  ///   - path: The file's path, or `-` for standard input.
  ///   - options: What is known about the file.
  ///   - sampling: Which rows to keep, or `nil` for all.
  /// - Throws: ``TableError``.
  public init(
    contentsOf path: String, options: TextOptions = TextOptions(), sampling: RowSampling? = nil
  ) throws(TableError) {
    try self.init(reading: ByteSource(path: path), options: options, sampling: sampling)
  }

  /// Reads a source in the format that it is in.
  ///
  /// - Parameters:
  ///   - source: Where the text comes from; it is read to its end.
  ///   - options: What is known about the text.
  ///   - sampling: Which rows to keep, or `nil` for all.
  /// - Throws: ``TableError``.
  public init(
    reading source: ByteSource, options: TextOptions = TextOptions(),
    sampling: RowSampling? = nil
  ) throws(TableError) {
    // A sample is taken from one reading, and nothing else is kept.
    if sampling == nil { source.prepareForSecondReading() } else { source.prepareForDigest() }
    var input = try InputBuffer(source)
    let sample = try TextSample(&input)
    if Self.isLIBSVM(source.name, options, sample) {
      if let sampling {
        self = .libsvm(try LIBSVMData(input, options: options, sampling: sampling))
      } else {
        self = .libsvm(try LIBSVMData(input, options: options))
      }
    } else if let sampling {
      self = .table(try Table(input, sample: sample, options: options, sampling: sampling))
    } else {
      self = .table(try Table(input, sample: sample, options: options))
    }
  }

  private static func isLIBSVM(
    _ name: String, _ options: TextOptions, _ sample: TextSample
  ) -> Bool {
    guard options.format == .auto else { return options.format == .libsvm }
    // What is said of separators and quotes, or expected by a model, is about a table.
    guard options.separator == nil, options.quote == nil, options.expected == nil else {
      return false
    }
    var name = name.lowercased()
    if name.hasSuffix(".gz") { name.removeLast(3) }
    if [".svm", ".libsvm", ".svmlight"].contains(where: name.hasSuffix) { return true }
    if [".csv", ".tsv"].contains(where: name.hasSuffix) { return false }
    return sample.isLIBSVM
  }

  /// What all kinds have in common.
  private var examples: any ExampleText {
    switch self {
    case .table(let table): table
    case .libsvm(let data): data
    }
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

/// Examples of any kind of text, in memory.
protocol ExampleText {
  /// The file that the examples were read from.
  var file: String { get }
  /// The SHA-256 of the bytes that were read, in hexadecimal.
  var digest: String { get }
  /// The number of examples.
  var rowCount: Int { get }
  /// The number of rows of the file when these are a sample of them, else `nil`.
  var sampledFrom: Int? { get }
}

extension Table: ExampleText {}

extension LIBSVMData: ExampleText {
  var rowCount: Int { features.rowCount }
}
