import Basics
import ModelFiles
import Tables
import TabularModels

extension TableReading {
  /// How a table was read, in a line: `semicolons between fields, decimal commas, names in line 1`.
  ///
  /// - Parameters:
  ///   - hasHeader: Whether the columns were named by the first record.
  ///   - line: The line of that record, if it is known.
  ///   - commentCount: The number of comment lines that were skipped.
  /// - Returns: The words.
  func words(hasHeader: Bool, line: Int?, commentCount: Int = 0) -> String {
    let names = [
      Separator.comma: "commas", .semicolon: "semicolons", .tab: "tabs", .bar: "vertical bars",
      .blanks: "blanks",
    ]
    var parts = [
      (names[separator] ?? MessageText.quoted(separator.name)) + " between fields"
    ]
    if quote == .single { parts.append("single quotes") }
    if decimal == .comma { parts.append("decimal commas") }
    if !knowsUsualMarkers { parts.append("NA and the like are ordinary texts") }
    if hasHeader {
      parts.append(line.map { "column names in line \($0)" } ?? "with a header")
    } else {
      parts.append("no header")
    }
    if commentCount > 0 {
      let mark = MessageText.plain(commentMark ?? "#")
      parts.append("\(Text.count(commentCount, "comment line")) (\(mark)) skipped")
    }
    return parts.joined(separator: ", ")
  }

  /// The same for programs.
  func json(hasHeader: Bool) -> JSONValue {
    [
      "header": .bool(hasHeader),
      "separator": .string(separator.name),
      "quote": .string(quote.rawValue),
      "decimal": .string(decimal.rawValue),
      "comment": commentMark.map(JSONValue.string) ?? .null,
      "usualMissingMarkers": .bool(knowsUsualMarkers),
    ]
  }
}

extension ExampleText {
  /// How the table was read, in a line; `nil` for LIBSVM text.
  var readingWords: String? {
    guard let text = tableText else { return nil }
    return text.reading.words(
      hasHeader: text.hasHeader, line: text.headerLine, commentCount: text.commentCount)
  }

  /// The same for programs.
  var readingJSON: JSONValue {
    tableText.map { $0.reading.json(hasHeader: $0.hasHeader) } ?? .null
  }

  /// Says what people should check of how the file was read: whether its first record is a header, where
  /// one may wonder.
  func reportReading() {
    guard let doubt = tableText?.headerDoubt else { return }
    let fields = MessageText.list(doubt.fields)
    Console.message(
      doubt.isHeader
        ? "note: line \(doubt.line) (\(fields)) is read as column names; "
          + "--input-header no reads it as a row"
        : "note: line \(doubt.line) (\(fields)) is read as a row; "
          + "--input-header yes reads it as column names")
  }
}

/// What was done to values of a stream of rows before it could be predicted.
struct TreatedValues {
  let columns: [TreatedColumn]

  /// `note: 3 missing values filled in as for training (age 2, fare 1); …`, if there is
  /// something to report.
  var note: String? {
    func part(
      _ count: KeyPath<TreatedColumn, Int>, _ noun: String, plural: String, _ verb: String
    ) -> String? {
      let affected = columns.filter { $0[keyPath: count] > 0 }
      guard !affected.isEmpty else { return nil }
      let total = affected.map { $0[keyPath: count] }.reduce(0, +)
      let list = Text.list(
        affected.map { "\(MessageText.plain($0.name)) \(Text.count($0[keyPath: count]))" },
        atMost: 10)
      return "\(Text.count(total, noun, plural: plural)) \(verb) (\(list))"
    }
    let parts = [
      part(\.filledCount, "missing value", plural: "missing values", "filled in as for training"),
      part(
        \.unseenCount, "category", plural: "categories", "not seen in training ignored"),
    ].compactMap(\.self)
    return parts.isEmpty ? nil : "note: " + parts.joined(separator: "; ")
  }

  /// Says it to people.
  func tell() {
    if let note { Console.message(note) }
  }

  /// The same for programs.
  var json: JSONValue {
    .array(
      columns.map {
        [
          "column": .string($0.name), "filledIn": .integer($0.filledCount),
          "unseenCategories": .integer($0.unseenCount),
        ]
      })
  }
}
