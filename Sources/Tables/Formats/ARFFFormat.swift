import Basics

/// Weka's attribute-relation file format: a header that declares the columns, then records.
///
/// ```
/// header    = { comment | "@relation" name | attribute } "@data"
/// attribute = "@attribute" name type
/// type      = "numeric" | "real" | "integer" | "string" | "{" value *( "," value ) "}"
/// comment   = "%" anything, as a line
/// ```
///
/// Names and values may be quoted, by `'` or `"`, with `\` before a quote that belongs to them. Records are
/// comma-separated, `?` alone stands for a missing value, and the header decides what a column holds:
/// a declared value that is a number is a category all the same, and one that is not declared is an error.
/// Dates, relations and sparse records are refused.
struct ARFFFormat: TableFormat {
  let name = "arff"
  let fileEndings = [".arff"]
  var optionRefusal: String? { "is for character-separated tables, but --format is \(name)" }

  /// What is said of separators is about another format.
  func isPossible(_ options: TextOptions) -> Bool { options.separator == nil }

  func isShown(by sample: TextSample) -> Bool {
    let lines = sample.bytes.split(maxSplits: TextSample.maximumRecords) {
      $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r")
    }
    let first = lines.first { line in
      let content = line.drop(while: FieldText.isBlank)
      return !content.isEmpty && content.first != UInt8(ascii: "%")
    }
    guard let first else { return false }
    return ARFFLine(bytes: Array(first)).keyword == "@relation"
  }

  func open(
    _ input: InputBuffer, _ sample: TextSample, _ options: TextOptions
  ) throws(TableError) -> DelimitedText {
    let header = try ARFFHeader(input)
    let quote = Self.quote(header.lines)
    var grammar = RecordGrammar(
      .comma, quote: quote, comments: CommentLines(mark: Array("%".utf8), recordWidth: nil))
    grammar.escape = UInt8(ascii: "\\")
    var records = RecordReader(header.lines.input, grammar: grammar, line: header.lines.line + 1)
    records.rules = FieldRules(
      missingMarkers: ["?"] + options.missingMarkers, knowsUsualMarkers: false)
    let hasRecords = try records.next()
    if hasRecords {
      if records.text(0).hasPrefix("{"), !records.fields[0].isQuoted {
        throw TableError(
          .notRead(
            records.position(0), what: "a sparse record",
            remedy: "write all values of each record, or LIBSVM text"))
      }
      guard records.fields.count == header.attributes.count else {
        throw TableError(
          .raggedRecord(
            records.recordPosition, found: records.fields.count,
            expected: header.attributes.count, hasHeader: true))
      }
    }
    return DelimitedText(
      records: records, isAtFirstRecord: hasRecords, names: header.attributes.map(\.name),
      start: header.start, declared: header.attributes.map(\.content),
      reading: TableReading(quote: quote, knowsUsualMarkers: options.knowsUsualMarkers))
  }

  func beginning(
    _ input: InputBuffer, _ sample: TextSample, _ options: TextOptions, like first: DelimitedText?
  ) throws(TableError) -> TextBeginning? {
    let header = try ARFFHeader(input)
    return TextBeginning(
      columns: header.attributes.map(\.name), declared: header.attributes.map(\.content),
      start: header.start, rest: header.lines.input, line: header.lines.line + 1)
  }

  /// What quotes values: what the first one that is quoted shows.
  private static func quote(_ lines: TextLines) -> QuoteMark {
    var isBetween = true
    for byte in lines.input.bytes[lines.input.start..<lines.input.end] {
      if isBetween, byte == QuoteMark.double.byte { return .double }
      if isBetween, byte == QuoteMark.single.byte { return .single }
      isBetween =
        byte == UInt8(ascii: ",") || byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
        || isBetween && FieldText.isBlank(byte)
    }
    return .single
  }
}

extension TextFormat {
  /// Weka's attribute-relation file format.
  public static let arff = TextFormat(ARFFFormat())
}

/// The declarations before the records.
private struct ARFFHeader {
  struct Attribute {
    let name: String
    let content: DeclaredContent
  }

  private(set) var attributes: [Attribute] = []
  /// Where the first attribute is.
  private(set) var start: SourcePosition
  /// The lines, at the one that ends the header.
  private(set) var lines: TextLines

  init(_ input: InputBuffer) throws(TableError) {
    lines = TextLines(input)
    start = SourcePosition(file: input.source.name, line: 1, column: 1)
    var numbers: [String: Int] = [:]
    while let bytes = try lines.next() {
      var line = ARFFLine(bytes: bytes)
      guard let offset = line.begin else { continue }
      let place = position(offset)
      switch line.keyword {
      case "@relation": break
      case "@data":
        guard !attributes.isEmpty else {
          throw TableError(.malformedHeader(place, "declares no attribute before @data"))
        }
        return
      case "@attribute":
        if attributes.isEmpty { start = place }
        let attribute = try attribute(&line)
        attributes.append(attribute)
        if let first = numbers.updateValue(attributes.count, forKey: attribute.name) {
          throw TableError(
            .duplicateColumn(
              place, name: attribute.name, first: first, second: attributes.count))
        }
      default:
        throw TableError(
          .malformedHeader(
            place,
            "has \(MessageText.quoted(line.keyword)) where @relation, @attribute or @data is expected"
          ))
      }
    }
    throw TableError(.malformedHeader(position(0), "ends without @data"))
  }

  private func position(_ offset: Int) -> SourcePosition {
    SourcePosition(file: lines.input.source.name, line: lines.line, column: offset + 1)
  }

  /// Reads a name and a type.
  private func attribute(_ line: inout ARFFLine) throws(TableError) -> Attribute {
    guard let (name, at) = line.nextToken(endingAt: " \t{"), !name.isEmpty else {
      throw TableError(
        .malformedHeader(position(line.bytes.count), "has an attribute without a name"))
    }
    line.skipBlanks()
    let place = position(line.offset)
    if line.take("{") { return Attribute(name: name, content: try values(&line, of: name)) }
    guard let (type, _) = line.nextToken(endingAt: " \t") else {
      throw TableError(
        .malformedHeader(position(at), "gives attribute \(MessageText.quoted(name)) no type"))
    }
    switch type.lowercased() {
    case "numeric", "real", "integer": return Attribute(name: name, content: .numbers)
    case "string": return Attribute(name: name, content: .texts)
    case "date":
      throw TableError(
        .notRead(
          place, what: "an attribute of dates, \(MessageText.quoted(name)),",
          remedy: "declare it as string and name it in --column NAME=date"))
    case "relational":
      throw TableError(
        .notRead(
          place, what: "a relational attribute, \(MessageText.quoted(name)),",
          remedy: "write one record for each example"))
    default:
      throw TableError(
        .malformedHeader(
          place,
          "gives attribute \(MessageText.quoted(name)) the type \(MessageText.quoted(type)); expected "
            + "numeric, real, integer, string or {value, …}"))
    }
  }

  /// Reads the declared values behind the brace that opens their list.
  private func values(_ line: inout ARFFLine, of name: String) throws(TableError) -> DeclaredContent
  {
    var values: [String] = []
    while true {
      line.skipBlanks()
      let offset = line.offset
      if values.isEmpty, line.take("}") { break }
      guard let (value, _) = line.nextToken(endingAt: ",}"), !value.isEmpty else {
        throw TableError(
          .malformedHeader(
            position(offset), "has an empty value for attribute \(MessageText.quoted(name))"))
      }
      values.append(value)
      line.skipBlanks()
      if line.take(",") { continue }
      guard line.take("}") else {
        throw TableError(
          .malformedHeader(
            position(line.offset),
            "does not end the values of attribute \(MessageText.quoted(name)) with }"))
      }
      break
    }
    return .values(values)
  }
}

/// One line of a header, read from left to right.
private struct ARFFLine {
  let bytes: [UInt8]
  private(set) var offset = 0
  /// The first word in lower case.
  let keyword: String
  /// Where it is; `nil` in an empty line and in a comment.
  let begin: Int?

  init(bytes: [UInt8]) {
    self.bytes = bytes
    let first = bytes.firstIndex { !FieldText.isBlank($0) }
    begin = first.flatMap { bytes[$0] == UInt8(ascii: "%") ? nil : $0 }
    let word = bytes[(first ?? bytes.count)...].prefix { !FieldText.isBlank($0) }
    keyword = String(decoding: word, as: UTF8.self).lowercased()
    offset = word.endIndex
  }

  mutating func skipBlanks() {
    while offset < bytes.count, FieldText.isBlank(bytes[offset]) { offset += 1 }
  }

  /// Passes over a byte, if it comes next.
  mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard offset < bytes.count, bytes[offset] == UInt8(ascii: character) else { return false }
    offset += 1
    return true
  }

  /// The next word, or what is between quotes, and where it begins; `nil` at the end of the line.
  mutating func nextToken(endingAt ends: String) -> (text: String, offset: Int)? {
    skipBlanks()
    guard offset < bytes.count else { return nil }
    let start = offset
    let quote = bytes[offset]
    guard quote == QuoteMark.single.byte || quote == QuoteMark.double.byte else {
      let word = bytes[offset...].prefix { !ends.utf8.contains($0) }
      offset = word.endIndex
      return (FieldText.trimmed(String(decoding: word, as: UTF8.self)), start)
    }
    var text: [UInt8] = []
    offset += 1
    while offset < bytes.count, bytes[offset] != quote {
      if bytes[offset] == UInt8(ascii: "\\"), offset + 1 < bytes.count { offset += 1 }
      text.append(bytes[offset])
      offset += 1
    }
    offset = min(offset + 1, bytes.count)
    return (String(decoding: text, as: UTF8.self), start)
  }
}
