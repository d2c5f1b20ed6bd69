/// Terms, each stored once, numbered in the order in which they were added and found by their bytes.
///
/// The bytes of all terms lie behind one another, and the table of slots is open addressing with
/// linear probing, so that a vocabulary of a million terms is four arrays and not a million objects.
struct TermTable: Sendable {
  /// The bytes of all terms.
  private(set) var bytes: [UInt8] = []
  /// Where each term ends.
  private(set) var ends: [Int] = []
  private var hashes: [UInt32] = []
  /// The number of the term in each slot, −1 in an empty one; as many as a power of two, of which at
  /// most half are taken.
  private var slots: [Int32]

  /// A table without terms, with room for a number of them.
  init(capacity: Int = 0) {
    var slotCount = 64
    while slotCount < 2 * capacity { slotCount *= 2 }
    slots = [Int32](repeating: -1, count: slotCount)
  }

  /// The number of terms.
  var count: Int { ends.count }

  /// Where a term's bytes are.
  @inline(__always)
  func range(_ number: Int) -> Range<Int> {
    (number == 0 ? 0 : ends[number - 1])..<ends[number]
  }

  /// A term as text.
  func text(_ number: Int) -> String {
    NumberParser.text(bytes.span, range(number))
  }

  /// The hash with which a term was added.
  func hash(_ number: Int) -> UInt32 { hashes[number] }

  /// The number of a term.
  ///
  /// - Parameters:
  ///   - text: Bytes that hold the term.
  ///   - range: Where in them it is.
  ///   - hash: Its ``TermHash``.
  /// - Returns: The number, or −1 when the table does not hold the term.
  @inline(__always)
  func find(_ text: Span<UInt8>, _ range: Range<Int>, hash: UInt32) -> Int {
    let mask = slots.count - 1
    var slot = Int(hash) & mask
    while true {
      let number = Int(slots[slot])
      if number < 0 || hashes[number] == hash && isEqual(number, text, range) { return number }
      slot = (slot + 1) & mask
    }
  }

  /// The number of a term, which is added when the table does not hold it.
  ///
  /// - Precondition: There are fewer than 2³¹ terms.
  @inline(__always)
  mutating func insert(_ text: Span<UInt8>, _ range: Range<Int>, hash: UInt32) -> Int {
    let known = find(text, range, hash: hash)
    if known >= 0 { return known }
    for index in range { bytes.append(text[index]) }
    ends.append(bytes.count)
    hashes.append(hash)
    if 2 * ends.count > slots.count {
      slots = [Int32](repeating: -1, count: 2 * slots.count)
      for number in 0..<ends.count - 1 { place(number) }
    }
    place(ends.count - 1)
    return ends.count - 1
  }

  private mutating func place(_ number: Int) {
    let mask = slots.count - 1
    var slot = Int(hashes[number]) & mask
    while slots[slot] >= 0 { slot = (slot + 1) & mask }
    slots[slot] = Int32(number)
  }

  @inline(__always)
  private func isEqual(_ number: Int, _ text: Span<UInt8>, _ range: Range<Int>) -> Bool {
    let own = self.range(number)
    guard own.count == range.count else { return false }
    var (i, k) = (own.lowerBound, range.lowerBound)
    while i < own.upperBound {
      if bytes[i] != text[k] { return false }
      i += 1
      k += 1
    }
    return true
  }

  /// The terms' numbers, ascending by the terms' bytes, which for UTF-8 is the order of code points.
  ///
  /// - Parameter chosen: The numbers to sort.
  /// - Returns: The same numbers, sorted.
  func sorted(_ chosen: [Int]) -> [Int] {
    // The first eight bytes as one number decide most comparisons.
    var keys = chosen.map { (prefix: prefix($0), number: $0) }
    keys.sort { left, right in
      left.prefix != right.prefix
        ? left.prefix < right.prefix
        : bytes[range(left.number)].lexicographicallyPrecedes(bytes[range(right.number)])
    }
    return keys.map(\.number)
  }

  private func prefix(_ number: Int) -> UInt64 {
    let range = range(number)
    var prefix: UInt64 = 0
    for place in 0..<8 {
      let index = range.lowerBound + place
      prefix = prefix << 8 | (index < range.upperBound ? UInt64(bytes[index]) : 0)
    }
    return prefix
  }
}
