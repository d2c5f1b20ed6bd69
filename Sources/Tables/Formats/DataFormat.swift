/// A format of text with examples: how it is recognised, and what reads it.
///
/// A format is a type that conforms, in a file of its own, and a line of ``DataFormats/all``. Nothing
/// else asks in which format a table was written; LIBSVM's text, which is none, has readers of its own.
protocol DataFormat: Sendable {
  /// What options call it.
  var name: String { get }
  /// What the names of such files end in, in lower case, with the dot.
  var fileEndings: [String] { get }
  /// Why separators, quotes and comment marks cannot be chosen, as the end of a sentence that begins
  /// with the option; `nil` where they can.
  var optionRefusal: String? { get }
  /// Whether a text may be in this format when nobody says so, given what else is said of it.
  func isPossible(_ options: TextOptions) -> Bool
  /// Whether the first lines show that a text is in this format.
  func isShown(by sample: TextSample) -> Bool
  /// Reads all examples, or a sample of them, to train on.
  ///
  /// - Parameters:
  ///   - input: The text, of which nothing was taken; its source is prepared for a second reading, or, for
  ///     a sample, for a digest.
  ///   - sample: Its first lines.
  ///   - options: What is known about it.
  ///   - sampling: Which rows to keep, or `nil` for all.
  /// - Returns: The examples.
  /// - Throws: ``TableError``.
  func read(
    _ input: InputBuffer, _ sample: TextSample, _ options: TextOptions, _ sampling: RowSampling?
  ) throws(TableError) -> any ExampleText
  /// Reads what is before the rows, so that ranks can read parts of these.
  ///
  /// - Parameters:
  ///   - input: The text, of which nothing was taken.
  ///   - sample: Its first lines.
  ///   - options: What is known about it.
  /// - Returns: The text; `nil` when it cannot be read in parts.
  /// - Throws: ``TableError``.
  func divided(
    _ input: InputBuffer, _ sample: TextSample, _ options: TextOptions
  ) throws(TableError) -> (any DividedText)?
  /// What one of several files has before its records, which is read of the first one alone.
  ///
  /// - Parameters:
  ///   - input: The file, of which nothing was taken.
  ///   - sample: Its first lines.
  ///   - options: What is known about it.
  ///   - first: The first file, if it is a table.
  /// - Returns: What there is; `nil` for a file without anything.
  /// - Throws: ``TableError``.
  func beginning(
    _ input: InputBuffer, _ sample: TextSample, _ options: TextOptions, like first: DelimitedText?
  ) throws(TableError) -> TextBeginning?
}

extension DataFormat {
  /// Nothing is before the records.
  func beginning(
    _ input: InputBuffer, _ sample: TextSample, _ options: TextOptions, like first: DelimitedText?
  ) throws(TableError) -> TextBeginning? {
    TextBeginning(
      start: SourcePosition(file: input.source.name, line: 1, column: 1), rest: input, line: 1)
  }
}

/// A format of tables: something that names the columns, then records.
///
/// Whole files, samples and streams are read by the same code in all formats of tables, on all threads.
protocol TableFormat: DataFormat {
  /// Recognises how records are cut into fields, and reads what names the columns.
  ///
  /// - Parameters:
  ///   - input: The text, of which nothing was taken.
  ///   - sample: Its first lines.
  ///   - options: What is known about it.
  /// - Returns: The table before its first record.
  /// - Throws: ``TableError``; a text without any record is an error.
  func open(
    _ input: InputBuffer, _ sample: TextSample, _ options: TextOptions
  ) throws(TableError) -> DelimitedText
}

extension TableFormat {
  func read(
    _ input: InputBuffer, _ sample: TextSample, _ options: TextOptions, _ sampling: RowSampling?
  ) throws(TableError) -> any ExampleText {
    if let sampling {
      return try Table(input, sample: sample, options: options, sampling: sampling)
    }
    return try Table(input, sample: sample, options: options)
  }
}

/// All formats.
enum DataFormats {
  /// Of two formats that a text may be in, the first one counts.
  static let all: [any DataFormat] = [
    CharacterSeparatedFormat.csv, CharacterSeparatedFormat.tsv, LIBSVMFormat(), ARFFFormat(),
  ]

  /// The format of a text: the one that is asked for, or what the name or else the first lines show.
  static func format(
    _ file: String, _ options: TextOptions, _ sample: TextSample
  ) -> any DataFormat {
    find(all, file, options, sample) ?? CharacterSeparatedFormat.csv
  }

  /// The same for a text that has to be a table, whatever it seems to be.
  static func tableFormat(
    _ file: String, _ options: TextOptions, _ sample: TextSample
  ) -> any TableFormat {
    find(all.filter { $0 is any TableFormat }, file, options, sample) as? any TableFormat
      ?? CharacterSeparatedFormat.csv
  }

  private static func find(
    _ formats: [any DataFormat], _ file: String, _ options: TextOptions, _ sample: TextSample
  ) -> (any DataFormat)? {
    if options.format != .auto {
      return formats.first { $0.name == options.format.rawValue }
    }
    let possible = formats.filter { $0.isPossible(options) }
    let name = fileName(file)
    return possible.first { $0.fileEndings.contains(where: name.hasSuffix) }
      ?? possible.first { $0.isShown(by: sample) }
  }

  /// A file's name in lower case, without the ending of a compressed one.
  private static func fileName(_ file: String) -> String {
    let name = file.lowercased()
    return name.hasSuffix(".gz") ? String(name.dropLast(3)) : name
  }
}

extension ByteSource {
  /// Reads all examples, or a sample of them, in the format that they are in.
  ///
  /// - Parameters:
  ///   - options: What is known about the text, which is read to its end.
  ///   - sampling: Which rows to keep, or `nil` for all.
  /// - Returns: The examples.
  /// - Throws: ``TableError``.
  package func examples(
    _ options: TextOptions, sampling: RowSampling? = nil
  ) throws(TableError) -> any ExampleText {
    try join(options)
    // A sample is taken from one reading, and nothing else is kept.
    if sampling == nil { prepareForSecondReading() } else { prepareForDigest() }
    var input = try InputBuffer(self)
    let sample = try TextSample(&input)
    return try DataFormats.format(fileName, options, sample)
      .read(input, sample, options, sampling)
  }
}

/// The format of a text file with examples.
public struct TextFormat: RawRepresentable, Sendable, Hashable, CaseIterable {
  /// What options call it.
  public let rawValue: String

  /// The format with a name, if there is one.
  ///
  /// - Parameter rawValue: `auto`, `csv`, `tsv`, `libsvm`, …; see ``allCases``.
  public init?(rawValue: String) {
    guard rawValue == "auto" || DataFormats.all.contains(where: { $0.name == rawValue }) else {
      return nil
    }
    self.rawValue = rawValue
  }

  /// The format that a type reads.
  init(_ format: any DataFormat) { rawValue = format.name }

  private init(name: String) { rawValue = name }

  /// Recognised from the file's name and first lines.
  public static let auto = TextFormat(name: "auto")

  /// All formats, ``auto`` first.
  public static var allCases: [TextFormat] { [.auto] + DataFormats.all.map(TextFormat.init) }

  /// What the names of files with examples end in, in lower case.
  package static var fileEndings: [String] { DataFormats.all.flatMap(\.fileEndings) }

  /// Why separators, quotes and comment marks cannot be chosen for it; `nil` where they can.
  package var optionRefusal: String? {
    DataFormats.all.first { $0.name == rawValue }?.optionRefusal
  }
}
