import Basics

/// A column of a table in memory: numbers, or texts from a list.
public struct TableColumn: Sendable {
  /// What a column holds.
  public enum Values: Sendable, Equatable {
    /// Numbers, one for each row; NaN where the value is missing.
    case numbers([Double])
    /// The texts that occur, ascending by UTF-8 bytes, and for each row the index of its text, −1
    /// where it is missing.
    case categories(levels: [String], codes: [Int32])
  }

  /// The column's name.
  public let name: String
  /// What it holds.
  public let values: Values
  /// How the numbers are written, where they are not plain; `nil` for plain ones and for texts.
  package internal(set) var notation: NumberNotation? = nil
  /// The texts of a column of numbers, where they say more than the numbers: leading zeros, more digits
  /// than a Double has, currencies and the like.
  var spelling: Spelling? = nil
  /// With how many zeros behind the point whole numbers are written, as far as the file's beginning shows.
  ///
  /// It is 1 for `0.0` and `1.0`. Classes are called so, too.
  var wholeNumberDecimals = 0
  /// Whether all values are texts because the user, or a model, takes them for some; numbers are texts
  /// then, too.
  var keepsSpelling = false
  /// Where in the file it says what a message may be about; empty for columns made in memory.
  var places = Places()

  /// Different texts, ascending by UTF-8 bytes, and for each row the index of its text, −1 where it is
  /// missing.
  struct Spelling: Sendable {
    let levels: [String]
    let codes: [Int32]
  }

  /// Where in a file a column has its first missing value, and so on.
  struct Places: Sendable {
    /// The first missing value: its row, place and text.
    var firstMissing: Occurrence?
    /// The first text that is not a number.
    var firstText: Occurrence?
    /// The first number that is less than 0.
    var firstNegative: Occurrence?
    /// The first number that is infinite or too large for a Double.
    var firstNotFinite: Occurrence?
    /// The first number with leading zeros, such as `007`.
    var firstLeadingZero: Occurrence?
    /// The first whole number with more digits than a Double holds.
    var firstInexact: Occurrence?
    /// For each level, where it occurs first.
    var levels: [SourcePosition] = []
    /// For each level, the number that it is by the rules of the file: infinite if it is too large,
    /// NaN if it is none.
    var levelNumbers: [Double] = []
    /// What is wrong with the column if it is used as it is: a malformed value among numbers, or a
    /// number that is not finite.
    var problem: TableError?
  }

  /// A field that a message may be about.
  struct Occurrence: Sendable, Codable {
    let row: Int
    let position: SourcePosition
    let text: String
  }

  init(name: String, values: Values, places: Places) {
    self.name = name
    self.values = values
    self.places = places
  }

  /// Makes a column of numbers.
  ///
  /// - Parameters:
  ///   - name: The column's name.
  ///   - numbers: One for each row; NaN where the value is missing.
  public init(name: String, numbers: [Double]) {
    self.name = name
    values = .numbers(numbers)
  }

  /// Makes a column of texts.
  ///
  /// - Parameters:
  ///   - name: The column's name.
  ///   - texts: One for each row; `nil` where the value is missing.
  public init(name: String, texts: [String?]) {
    self.name = name
    var interned = TextTable()
    let codes = texts.map { text in text.map { interned.code($0) } ?? -1 }
    let order = interned.sortedOrder()
    values = .categories(
      levels: order.levels, codes: codes.map { $0 < 0 ? -1 : order.rank[Int($0)] })
  }

  /// The number of rows.
  package var rowCount: Int {
    switch values {
    case .numbers(let numbers): numbers.count
    case .categories(_, let codes): codes.count
    }
  }

  /// Whether the column holds numbers.
  package var isNumeric: Bool {
    if case .numbers = values { true } else { false }
  }

  /// Whether a row's value is missing.
  public func isMissing(_ row: Int) -> Bool {
    switch values {
    case .numbers(let numbers): numbers[row].isNaN
    case .categories(_, let codes): codes[row] < 0
    }
  }

  /// A row's value as a text, numbers spelled as short as possible; `nil` where it is missing.
  package func text(_ row: Int) -> String? {
    switch values {
    case .numbers(let numbers): numbers[row].isNaN ? nil : NumberText.shortest(numbers[row])
    case .categories(let levels, let codes): codes[row] < 0 ? nil : levels[Int(codes[row])]
    }
  }

  /// The column with its values as texts, spelled as in the file where that is known, else numbers as
  /// short as possible.
  package var asTexts: TableColumn {
    switch values {
    case .categories: return self
    case .numbers(let numbers):
      if let spelling {
        var texts = TableColumn(
          name: name, values: .categories(levels: spelling.levels, codes: spelling.codes),
          places: places)
        texts.keepsSpelling = true
        texts.places.problem = nil
        return texts
      }
      return TableColumn(
        name: name, texts: numbers.map { $0.isNaN ? nil : NumberText.shortest($0) })
    }
  }

  /// The column with its values as texts if their spelling is known, else as it is.
  var asTextsIfSpelled: TableColumn { spelling == nil ? self : asTexts }

  /// Whether different whole numbers of the file may be one Double here.
  package var isInexact: Bool { spelling != nil && notation == nil && places.firstInexact != nil }

  /// Where a text occurs first, if the column was read from a file.
  func places(ofText text: String) -> SourcePosition? {
    guard case .categories(let levels, _) = values, !places.levels.isEmpty,
      let level = levels.firstIndex(of: text)
    else { return nil }
    return places.levels[level]
  }

  /// The number of missing values.
  package var missingCount: Int {
    switch values {
    case .numbers(let numbers): numbers.count { $0.isNaN }
    case .categories(_, let codes): codes.count { $0 < 0 }
    }
  }

  /// Whether the column holds numbers, none of which has decimals.
  package var holdsWholeNumbers: Bool {
    guard case .numbers(let numbers) = values else { return false }
    return numbers.allSatisfy { $0.isNaN || $0.rounded(.towardZero) == $0 }
  }

  /// The number of different values, not counting missing ones; stops counting at a limit.
  package func distinctValueCount(upTo limit: Int) -> Int {
    switch values {
    case .categories(let levels, _): return min(levels.count, limit)
    case .numbers(let numbers):
      var found: Set<Double> = []
      for number in numbers where !number.isNaN {
        guard found.count < limit else { break }
        found.insert(number)
      }
      return found.count
    }
  }
}

/// Texts, each stored once and known by the order of its first occurrence.
struct TextTable {
  private(set) var texts: [String] = []
  /// All texts' bytes, one text after the other, and where each ends.
  private var bytes: [UInt8] = []
  private var ends: [Int] = []
  /// For each text a part of its hash.
  private var hashes: [UInt32] = []
  /// Codes of texts, at places that their hashes give, or −1; a power of two many.
  private var slots: [Int32] = []

  /// The code of a text, which is new when it equals `count` before the call.
  mutating func code(_ text: String) -> Int32 {
    var text = text
    return text.withUTF8 { spelling in
      if let code = unsafe knownCode(spelling) { return code }
      let code = Int32(texts.count)
      texts.append(unsafe String(decoding: spelling, as: UTF8.self))
      unsafe bytes.append(contentsOf: spelling)
      ends.append(bytes.count)
      unsafe hashes.append(Self.hash(spelling))
      if texts.count * 2 > slots.count {
        slots = [Int32](repeating: -1, count: max(16, 4 * texts.count.nextPowerOfTwo))
        for code in hashes.indices { insert(Int32(code)) }
      } else {
        insert(code)
      }
      return code
    }
  }

  /// The code of a text that occurred before.
  func knownCode(_ spelling: UnsafeBufferPointer<UInt8>) -> Int32? {
    guard !slots.isEmpty else { return nil }
    let hash = unsafe Self.hash(spelling)
    var slot = Int(hash) & (slots.count - 1)
    while slots[slot] >= 0 {
      let code = Int(slots[slot])
      if hashes[code] == hash {
        let start = code == 0 ? 0 : ends[code - 1]
        if ends[code] - start == spelling.count,
          spelling.indices.allSatisfy({ unsafe bytes[start + $0] == spelling[$0] })
        {
          return slots[slot]
        }
      }
      slot = (slot + 1) & (slots.count - 1)
    }
    return nil
  }

  private mutating func insert(_ code: Int32) {
    var slot = Int(hashes[Int(code)]) & (slots.count - 1)
    while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
    slots[slot] = code
  }

  /// A hash with the process's own seed, so that no file can be made of texts that collide.
  private static func hash(_ spelling: UnsafeBufferPointer<UInt8>) -> UInt32 {
    var hasher = Hasher()
    unsafe hasher.combine(bytes: UnsafeRawBufferPointer(spelling))
    return UInt32(truncatingIfNeeded: hasher.finalize())
  }

  var count: Int { texts.count }

  /// The bytes that the texts take, with their places in a file, roughly: each is there as a text and
  /// as bytes, and has a hash, slots and the place where it occurred first.
  var byteCount: Int { 160 * texts.count + 2 * bytes.count }

  /// The texts in ascending order of their UTF-8 bytes, the order itself, and each text's rank in it.
  func sortedOrder() -> (levels: [String], order: [Int], rank: [Int32]) {
    let order = texts.indices.sorted {
      texts[$0].utf8.lexicographicallyPrecedes(texts[$1].utf8)
    }
    var rank = [Int32](repeating: 0, count: texts.count)
    for (position, code) in order.enumerated() { rank[code] = Int32(position) }
    return (order.map { texts[$0] }, order, rank)
  }
}

extension Int {
  /// The smallest power of two that is not below a number greater than 0.
  fileprivate var nextPowerOfTwo: Int { 1 << (Int.bitWidth - (self - 1).leadingZeroBitCount) }
}
