// Where one text is cut into terms.
//
// A text is first rewritten, in one pass over its bytes: lower-cased if that is wanted, and with one
// blank after each run of what terms are made of. Of "Don't PANIC!  2nd" the two units make
//
//     words         "don t panic 2nd "
//     characters    " don't panic! 2nd "
//
// so that every term, be it one word, several words, or some characters of one word with the blanks
// at its ends, is a run of consecutive bytes. Nothing is copied or allocated for a term.
//
// The order of terms is of no account, only how often each occurs; so they are listed by where they
// begin.

/// Cuts texts into terms.
struct TermScanner {
  private let isWords: Bool
  private let lengths: ClosedRange<Int>
  private let foldsCase: Bool
  /// For each ASCII byte what it becomes, 0 for one that belongs to no term.
  private let ascii: [UInt8]
  /// The text, rewritten.
  private(set) var bytes: [UInt8] = []

  private static let blank = UInt8(ascii: " ")

  init(_ options: TextVectorizer.Options) {
    isWords = options.unit == .words
    lengths = options.lengths
    foldsCase = options.foldsCase
    var ascii = [UInt8](repeating: 0, count: 128)
    for byte in UInt8(0)..<128 {
      let isUpper = (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
      let isWord =
        isUpper || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
        || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "_")
      // Blanks are what Unicode calls white space, and all other control characters below it.
      guard options.unit == .words ? isWord : byte > Self.blank else { continue }
      ascii[Int(byte)] = isUpper && options.foldsCase ? byte | 0x20 : byte
    }
    self.ascii = ascii
  }

  /// Rewrites a text, whose terms are then those of ``forEachTerm(_:)``.
  ///
  /// - Parameters:
  ///   - text: Bytes that hold the text; what is not UTF-8 in them belongs to no term.
  ///   - range: Where in them the text is.
  mutating func load(_ text: Span<UInt8>, _ range: Range<Int>) {
    bytes.removeAll(keepingCapacity: true)
    if !isWords { bytes.append(Self.blank) }
    var isInside = false
    var i = range.lowerBound
    while i < range.upperBound {
      let byte = text[i]
      if byte < 0x80 {
        let rewritten = ascii[Int(byte)]
        if rewritten != 0 {
          bytes.append(rewritten)
          isInside = true
        } else if isInside {
          bytes.append(Self.blank)
          isInside = false
        }
        i += 1
        continue
      }
      let length: Int
      if let (scalar, bytesOfScalar) = Self.decode(text, i, end: range.upperBound) {
        length = bytesOfScalar
        let kind = ScalarKind(scalar)
        let belongs = isWords ? kind.startsWord || isInside && kind.continuesWord : !kind.isBlank
        if belongs {
          append(kind, scalar)
          isInside = true
          i += length
          continue
        }
      } else {
        length = 1
      }
      if isInside {
        bytes.append(Self.blank)
        isInside = false
      }
      i += length
    }
    if isInside { bytes.append(Self.blank) }
  }

  private mutating func append(_ kind: ScalarKind, _ scalar: Unicode.Scalar) {
    if foldsCase, kind.changesCase {
      if let lower = kind.lower {
        bytes.append(contentsOf: UTF8.encode(lower)!)
      } else {
        bytes.append(contentsOf: scalar.properties.lowercaseMapping.utf8)
      }
    } else {
      // Every scalar has a form in UTF-8.
      bytes.append(contentsOf: UTF8.encode(scalar)!)
    }
  }

  /// The scalar that begins at a byte that is not ASCII, and its length; `nil` where the
  /// bytes are not UTF-8.
  private static func decode(
    _ text: Span<UInt8>, _ start: Int, end: Int
  ) -> (Unicode.Scalar, Int)? {
    let lead = text[start]
    let length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2
    guard lead >= 0xC2, start + length <= end else { return nil }
    var value = UInt32(lead) & (0x7F >> UInt32(length))
    for i in start + 1..<start + length {
      guard text[i] & 0xC0 == 0x80 else { return nil }
      value = value << 6 | UInt32(text[i] & 0x3F)
    }
    // Overlong forms: the least values that three and four bytes are for.
    guard length == 2 || value >= (length == 3 ? 0x800 : 0x10000) else { return nil }
    return Unicode.Scalar(value).map { ($0, length) }
  }

  /// Calls a closure with the place, in ``bytes``, of every term of the text that was loaded.
  ///
  /// - Complexity: O(the text's length × the longest term's length).
  @inline(__always)
  func forEachTerm(_ body: (Range<Int>) -> Void) {
    if isWords {
      forEachRunOfWords(body)
    } else {
      forEachRunOfCharacters(body)
    }
  }

  @inline(__always)
  private func forEachRunOfWords(_ body: (Range<Int>) -> Void) {
    var start = 0
    while start < bytes.count {
      var (end, secondWord) = (start, bytes.count)
      for length in 1...lengths.upperBound {
        while bytes[end] != Self.blank { end += 1 }
        if length >= lengths.lowerBound { body(start..<end) }
        end += 1
        if length == 1 { secondWord = end }
        if end == bytes.count { break }
      }
      start = secondWord
    }
  }

  @inline(__always)
  private func forEachRunOfCharacters(_ body: (Range<Int>) -> Void) {
    // Each word with the blanks at both of its ends; the second is the first of the next word.
    var wordStart = 0
    while wordStart + 1 < bytes.count {
      var wordEnd = wordStart + 1
      while bytes[wordEnd] != Self.blank { wordEnd += 1 }
      wordEnd += 1
      var start = wordStart
      var isShort = true
      while start < wordEnd {
        var end = start
        var length = 0
        while end < wordEnd, length < lengths.upperBound {
          end += Self.scalarLength(bytes[end])
          length += 1
          if length >= lengths.lowerBound {
            isShort = false
            body(start..<end)
          }
        }
        if length < lengths.lowerBound { break }
        start += Self.scalarLength(bytes[start])
      }
      // A word that is shorter than every term still counts, as a whole.
      if isShort { body(wordStart..<wordEnd) }
      wordStart = wordEnd - 1
    }
  }

  @inline(__always)
  private static func scalarLength(_ lead: UInt8) -> Int {
    lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4
  }
}

/// What a scalar beyond ASCII is to a text.
private struct ScalarKind {
  /// Letters, digits and other numbers.
  let startsWord: Bool
  /// Also marks and joiners, which belong to the letter before them; alone they are not a word.
  let continuesWord: Bool
  let isBlank: Bool
  let changesCase: Bool
  /// What it becomes in lower case, unless that is more than one scalar.
  let lower: Unicode.Scalar?

  /// The scalars that UTF-8 writes in two bytes, among them Latin, Greek, Cyrillic, Hebrew and
  /// Arabic: looking their properties up takes some ten times as long.
  private static let common: [ScalarKind] = (UInt32(0)..<0x800).map {
    // No surrogate is as small as this.
    ScalarKind(lookingUp: Unicode.Scalar($0)!)
  }

  init(_ scalar: Unicode.Scalar) {
    self = scalar.value < 0x800 ? Self.common[Int(scalar.value)] : ScalarKind(lookingUp: scalar)
  }

  private init(lookingUp scalar: Unicode.Scalar) {
    let properties = scalar.properties
    switch properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
      .decimalNumber, .letterNumber, .otherNumber:
      startsWord = true
      continuesWord = true
    case .nonspacingMark, .spacingMark, .enclosingMark:
      startsWord = false
      continuesWord = true
    default:
      startsWord = false
      // The zero-width joiner and non-joiner, which Indic and Persian words are spelled with.
      continuesWord = scalar.value == 0x200C || scalar.value == 0x200D
    }
    isBlank = properties.isWhitespace
    if scalar == "ς" {
      // The form of σ at the end of a word: in capitals the two are one letter.
      changesCase = true
      lower = "σ"
    } else if properties.changesWhenLowercased {
      changesCase = true
      let mapping = properties.lowercaseMapping.unicodeScalars
      lower = mapping.count == 1 ? mapping.first : nil
    } else {
      changesCase = false
      lower = nil
    }
  }
}
