import LIBSVMTraining
import Tables

/// A data file: a label or target on each line, then nodes `index:value`.
///
/// The grammar is that of LIBSVM's programs: indices ascend; what follows the last node is not looked at unless it
/// has a colon.
struct ProblemText {
  private(set) var targets: [Double] = []
  private(set) var rows = NodeRows()

  /// Reads a file.
  ///
  /// - Throws: `ProgramEnd` where it cannot be read, with the line where it has errors.
  init(contentsOf path: String) throws(ProgramEnd) {
    let bytes: [UInt8]
    do {
      bytes = try WholeFile.bytes(path)
    } catch {
      throw ProgramEnd("can't open input file \(path)")
    }
    var start = 0
    while start < bytes.count {
      let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? bytes.count
      var line = LineCursor(position: start, end: end)
      guard append(&line, bytes.span) else {
        throw ProgramEnd("Wrong input format at line \(targets.count + 1)")
      }
      start = end
    }
  }

  private mutating func append(_ line: inout LineCursor, _ bytes: Span<UInt8>) -> Bool {
    guard let word = line.word(bytes, endedBy: LineCursor.blanks),
      let target = LineCursor.number(bytes, word), target.end == word.upperBound
    else { return false }
    var previous: Int32 = -1
    while let name = line.index(bytes), let word = line.word(bytes, endedBy: LineCursor.spaces) {
      guard let index = LineCursor.integer(bytes, name), index > previous,
        let value = LineCursor.number(bytes, word),
        value.end == word.upperBound || LineCursor.isBlank(bytes[value.end]),
        // Too large a number; the word "inf" is read, as in LIBSVM.
        value.value.isFinite || !LineCursor.hasDigit(bytes, word)
      else { return false }
      rows.append(index, value.value)
      previous = index
    }
    rows.endRow(inOrder: false)
    targets.append(target.value)
    return true
  }
}

/// A place in a line, which is taken apart as C's functions do.
struct LineCursor {
  var position: Int
  /// Behind the line's end, which belongs to it.
  let end: Int

  static let spaces: [UInt8] = [0x20, 0x09]
  static let blanks: [UInt8] = [0x20, 0x09, 0x0A]

  /// What isspace calls a space.
  static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

  static func hasDigit(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
    range.contains { bytes[$0] &- UInt8(ascii: "0") < 10 }
  }

  /// The next word, behind delimiters and up to one, which is passed; `nil` at the end.
  mutating func word(_ bytes: Span<UInt8>, endedBy delimiters: [UInt8]) -> Range<Int>? {
    while position < end, delimiters.contains(bytes[position]) { position += 1 }
    guard position < end else { return nil }
    let start = position
    while position < end, !delimiters.contains(bytes[position]) { position += 1 }
    defer { position += 1 }
    return start..<position
  }

  /// What stands before the next colon, which is passed; `nil` where there is none.
  mutating func index(_ bytes: Span<UInt8>) -> Range<Int>? {
    while position < end, bytes[position] == UInt8(ascii: ":") { position += 1 }
    let start = position
    while position < end, bytes[position] != UInt8(ascii: ":") { position += 1 }
    guard position < end else { return nil }
    defer { position += 1 }
    return start..<position
  }

  /// A whole number of some bytes, behind blanks, and nothing else.
  static func integer(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Int32? {
    guard let (value, end) = leadingInteger(bytes, range), end == range.upperBound else {
      return nil
    }
    return value
  }

  /// The whole number that some bytes begin with, behind blanks, and where it ends.
  static func leadingInteger(
    _ bytes: Span<UInt8>, _ range: Range<Int>
  ) -> (value: Int32, end: Int)? {
    var place = range.lowerBound
    while place < range.upperBound, isBlank(bytes[place]) { place += 1 }
    guard place < range.upperBound else { return nil }
    let isNegative = bytes[place] == UInt8(ascii: "-")
    if isNegative || bytes[place] == UInt8(ascii: "+") { place += 1 }
    let first = place
    var value = 0
    while place < range.upperBound {
      let digit = bytes[place] &- UInt8(ascii: "0")
      guard digit < 10, value <= Int(Int32.max) else { break }
      value = value * 10 + Int(digit)
      place += 1
    }
    guard place > first, value <= Int(Int32.max) else { return nil }
    return (Int32(isNegative ? -value : value), place)
  }

  /// The number that some bytes begin with, behind blanks, and where it ends.
  static func number(_ bytes: Span<UInt8>, _ range: Range<Int>) -> (value: Double, end: Int)? {
    var place = range.lowerBound
    while place < range.upperBound, isBlank(bytes[place]) { place += 1 }
    var last = place
    while last < range.upperBound, !isBlank(bytes[last]) { last += 1 }
    guard place < last else { return nil }
    // Nearly all numbers; the others, such as infinity, hexadecimal ones and beginnings, are left to C.
    if case .number(let value) = NumberParser.parse(bytes, place..<last) { return (value, last) }
    let text = String(decoding: (place..<last).map { bytes[$0] }, as: UTF8.self)
    let (value, length) = Input.prefix(text)
    return length > 0 ? (value, place + length) : nil
  }
}
