import Transport

// A column as a message between ranks: the numbers or texts of its rows on one rank.

extension ColumnBuilder {
  /// What is said before the values.
  private struct Heading: Codable {
    let kind: Kind
    let rowCount: Int
    let numberCount: Int
    let textCount: Int
    let levelCount: Int
    let levelByteCount: Int
    let files: [String]
    let first: [TableColumn.Occurrence?]
    let keepsSpelling: Bool
  }

  /// Appends the column: 8 bytes for a number, 4 for the text of a row, and for each different text its
  /// bytes, its place and its number.
  ///
  /// - Parameter writer: Where to.
  /// - Throws: `TransportError`.
  func append(to writer: inout ByteWriter) throws(TransportError) {
    var files: [String] = []
    var places: [Int32] = []
    var lines: [Double] = []
    for position in self.places.levels {
      if files.last != position.file, !files.contains(position.file) {
        files.append(position.file)
      }
      places.append(Int32(files.lastIndex(of: position.file) ?? 0))
      places.append(Int32(truncatingIfNeeded: position.column))
      lines.append(Double(position.line))
    }
    let levels = texts.texts.map { Array($0.utf8) }
    let heading = try MessageCoder.bytes(
      Heading(
        kind: kind, rowCount: row, numberCount: numberCount, textCount: textCount,
        levelCount: levels.count, levelByteCount: levels.reduce(0) { $0 + $1.count },
        files: files,
        first: [
          self.places.firstMissing, self.places.firstText, self.places.firstNegative,
          self.places.firstNotFinite, self.places.firstLeadingZero, self.places.firstInexact,
        ], keepsSpelling: keepsSpelling))
    writer.append(heading.count)
    writer.append(heading)
    switch kind {
    case .undecided, .numbers: writer.append(numbers)
    case .texts:
      writer.append(codes)
      writer.append(levels.map { Int32($0.count) })
      for text in texts.texts { writer.append(text) }
      writer.append(places)
      writer.append(lines)
      writer.append(self.places.levelNumbers)
    case .mixed: preconditionFailure("a column is sent before its second reading")
    }
  }

  /// Reads a column.
  ///
  /// - Parameters:
  ///   - reader: What ``append(to:)`` has written.
  ///   - rules: What fields of the file mean.
  /// - Throws: `TransportError` when it is something else.
  init(_ reader: inout ByteReader, rules: FieldRules?) throws(TransportError) {
    let bytes = try reader.values(try reader.integer(), of: UInt8.self)
    let heading = try MessageCoder.value(Heading.self, from: bytes)
    var numbers: [Double] = []
    var codes: [Int32] = []
    var levels: [String] = []
    var places = TableColumn.Places()
    switch heading.kind {
    case .texts:
      codes = try reader.integers32(heading.rowCount)
      let lengths = try reader.integers32(heading.levelCount)
      let text = try reader.values(heading.levelByteCount, of: UInt8.self)
      let positions = try reader.integers32(2 * heading.levelCount)
      let lines = try reader.doubles(heading.levelCount)
      places.levelNumbers = try reader.doubles(heading.levelCount)
      var start = 0
      for (level, length) in lengths.enumerated() {
        let end = start + Int(length)
        guard length >= 0, end <= text.count,
          heading.files.indices.contains(Int(positions[2 * level]))
        else { throw TransportError("a column of texts is not what was sent") }
        levels.append(String(decoding: text[start..<end], as: UTF8.self))
        places.levels.append(
          SourcePosition(
            file: heading.files[Int(positions[2 * level])], line: Int(lines[level]),
            column: Int(positions[2 * level + 1])))
        start = end
      }
    default: numbers = try reader.doubles(heading.rowCount)
    }
    guard heading.first.count == 6 else {
      throw TransportError("a column's places are not what was sent")
    }
    places.firstMissing = heading.first[0]
    places.firstText = heading.first[1]
    places.firstNegative = heading.first[2]
    places.firstNotFinite = heading.first[3]
    places.firstLeadingZero = heading.first[4]
    places.firstInexact = heading.first[5]
    self.init(
      kind: heading.kind, numbers: numbers,
      spelling: TableColumn.Spelling(levels: levels, codes: codes),
      counts: (heading.rowCount, heading.numberCount, heading.textCount), places: places,
      like: heading.keepsSpelling
        ? .ofTexts(rules: rules, keepsSpelling: true) : ColumnBuilder(rules: rules))
  }
}
