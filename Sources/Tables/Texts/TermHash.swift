/// The hash function of terms.
///
/// MurmurHash3 in its 32-bit form (A. Appleby, 2011), with seed 0, over a term's UTF-8 bytes. It is
/// part of what hashed features mean: a model that was trained with it predicts with it, and
/// scikit-learn's `HashingVectorizer` puts terms into the same buckets.
enum TermHash {
  /// The hash of some bytes.
  static func hash(_ bytes: Span<UInt8>, _ range: Range<Int>) -> UInt32 {
    var state: UInt32 = 0
    var i = range.lowerBound
    let end = range.upperBound
    while end - i >= 4 {
      let word =
        UInt32(bytes[i]) | UInt32(bytes[i + 1]) << 8 | UInt32(bytes[i + 2]) << 16
        | UInt32(bytes[i + 3]) << 24
      state ^= mixed(word)
      state = (state << 13 | state >> 19) &* 5 &+ 0xE654_6B64
      i += 4
    }
    var rest: UInt32 = 0
    for (place, index) in (i..<end).enumerated() {
      rest |= UInt32(bytes[index]) << (8 * UInt32(place))
    }
    if i < end { state ^= mixed(rest) }
    state ^= UInt32(truncatingIfNeeded: range.count)
    state ^= state >> 16
    state &*= 0x85EB_CA6B
    state ^= state >> 13
    state &*= 0xC2B2_AE35
    return state ^ state >> 16
  }

  @inline(__always)
  private static func mixed(_ word: UInt32) -> UInt32 {
    let product = word &* 0xCC9E_2D51
    return (product << 15 | product >> 17) &* 0x1B87_3593
  }

  /// The bucket of a hash.
  ///
  /// The hash is taken as a signed number and its magnitude modulo the number of buckets, as
  /// scikit-learn does.
  ///
  /// - Parameters:
  ///   - hash: A term's hash.
  ///   - mask: The number of buckets, a power of two, less 1.
  /// - Returns: The bucket's index, from 0.
  @inline(__always)
  static func bucket(_ hash: UInt32, mask: UInt32) -> Int {
    Int(Int32(bitPattern: hash).magnitude & mask)
  }
}
