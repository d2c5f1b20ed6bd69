import ArgumentParser
import Basics
import Tables

/// How a file is read as a table.
struct TableOptions: ParsableArguments {
  @Option(
    name: .customLong("format"), parsing: .unconditional,
    help: ArgumentHelp(
      alternatives(TextFormat.allCases.map(\.rawValue))
        + "; auto looks at the first lines. (default: auto)", valueName: "name")
  )
  var format: String?

  @Option(
    name: .customLong("separator"), parsing: .unconditional,
    help: ArgumentHelp(
      """
      What separates the fields of a table: comma, semicolon, tab, bar, blanks, or a character \
      such as ':'. (default: from the first lines)
      """, valueName: "name"))
  var separator: String?

  @Option(
    name: .customLong("quote"), parsing: .unconditional,
    help: ArgumentHelp(
      "Quotes around fields: double or single. (default: from the first lines)", valueName: "name"))
  var quote: String?

  @Option(
    name: .customLong("comment"), parsing: .unconditional,
    help: ArgumentHelp(
      """
      The prefix of comment lines, or none. (default: #, if such a line has a different number \
      of fields than the records)
      """, valueName: "mark"))
  var comment: String?

  @Option(
    name: .customLong("input-header"), parsing: .unconditional,
    help: ArgumentHelp(
      "Whether the first line names the columns: auto, yes or no. (default: auto)",
      valueName: "choice"))
  var header: String?

  @Option(
    name: .customLong("decimal"), parsing: .unconditional,
    help: ArgumentHelp(
      """
      The decimal mark: a point, a comma, or auto, which recognises decimal commas unless commas \
      separate the fields. (default: auto)
      """, valueName: "mark"))
  var decimal: String?

  @Option(
    name: .customLong("missing-marker"), parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      """
      A text that marks a missing value; may be repeated. none treats NA, N/A, NaN, null and ? as \
      ordinary texts, so that only empty fields are missing. (default: these and empty fields)
      """, valueName: "text"))
  var missingMarkers: [String] = []
}

extension TableOptions {
  /// The options, checked.
  var textOptions: TextOptions {
    get throws(UsageError) {
      var options = TextOptions()
      try apply(to: &options)
      return options
    }
  }

  /// Checks the options and puts those that were given where they belong.
  func apply(to options: inout TextOptions) throws(UsageError) {
    if let format {
      options.format = try OptionValue.choice("--format", format, amongCasesOf: TextFormat.self)
    }
    if let header {
      options.header = try OptionValue.choice(
        "--input-header", header, amongCasesOf: HeaderMode.self)
    }
    if let decimal {
      options.decimal = try OptionValue.choice(
        "--decimal", decimal, amongCasesOf: DecimalMark.self, aliases: ["point": ".", "comma": ","])
    }
    if !missingMarkers.isEmpty {
      (options.missingMarkers, options.knowsUsualMarkers) = try markers
    }
    if let separator = try checkedSeparator() { options.separator = separator }
    if let quote {
      options.quote = try OptionValue.choice(
        "--quote", quote, amongCasesOf: QuoteMark.self, aliases: ["\"": "double", "'": "single"])
    }
    if let comment = try checkedComment() { options.commentMark = comment }
    try check(options.format)
  }

  private var markers: (texts: [String], knowsUsual: Bool) {
    get throws(UsageError) {
      var texts: [String] = []
      var knowsUsual = true
      for marker in missingMarkers {
        guard !marker.isEmpty else {
          throw UsageError(
            option: "--missing-marker", "must not be empty; an empty field is missing in any case")
        }
        if marker == "none" {
          knowsUsual = false
        } else {
          // In quotes the text itself is meant.
          let isQuoted = marker.count > 2 && marker.first == "\"" && marker.last == "\""
          texts.append(isQuoted ? String(marker.dropFirst().dropLast()) : marker)
        }
      }
      return (texts, knowsUsual)
    }
  }

  private func checkedSeparator() throws(UsageError) -> Separator? {
    guard let separator else { return nil }
    let text = ["\\t": "tab", " ": "blanks", "space": "blanks", "pipe": "bar"][separator]
    guard let found = Separator(name: text ?? separator) else {
      throw UsageError(
        option: "--separator",
        "must be \(alternatives(Separator.usualNames)), or a character other than a letter, digit, "
          + "quote, sign or point, but is \(MessageText.quoted(separator))"
          + didYouMean(separator, among: Separator.usualNames))
    }
    return found
  }

  private func checkedComment() throws(UsageError) -> String? {
    guard let comment else { return nil }
    guard comment != "none" else { return "" }
    guard !comment.isEmpty, comment.utf8.first != UInt8(ascii: " ") else {
      throw UsageError(
        option: "--comment",
        "must be the prefix of comment lines, or none, but is \(MessageText.quoted(comment))")
    }
    return comment
  }

  /// Rejects options that contradict the format.
  private func check(_ format: TextFormat) throws(UsageError) {
    let given = [("--separator", separator), ("--quote", quote), ("--comment", comment)]
    guard let refusal = format.optionRefusal, let option = given.first(where: { $0.1 != nil })?.0
    else { return }
    throw UsageError(option: option, refusal)
  }
}
