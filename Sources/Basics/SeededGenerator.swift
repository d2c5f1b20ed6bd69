// Random choices that can be repeated: the same seed gives the same folds on every platform and
// with every release of Swift.
//
// The standard library promises neither. `Int.random(in:using:)` and `shuffled(using:)` document
// no algorithm, so their results for a given generator may change. The bounded integer and the
// shuffle are therefore written down here.

/// A generator of pseudo-random 64-bit words that is determined by its seed.
///
/// SplitMix64: a counter that advances by an odd constant, its value mixed into an output word. It
/// has 2⁶⁴ states, visits each once, and passes BigCrush. It serves splits and tests; it is not for
/// secrets.
///
/// > G. L. Steele, D. Lea, C. H. Flood. "Fast Splittable Pseudorandom Number Generators."
/// > *OOPSLA* (2014), 453–472.
package struct SeededGenerator: RandomNumberGenerator, Sendable {
  private var counter: UInt64

  /// Starts the sequence that belongs to a seed.
  ///
  /// - Parameter seed: Any number. Neighbouring seeds give unrelated sequences.
  package init(seed: UInt64) {
    counter = seed
  }

  /// A seed for one of many tasks that share a seed: a repetition, a replicate.
  ///
  /// Task 0 has the seed itself. The others have seeds that are unrelated to it, to each other, and to those
  /// of a neighbouring seed.
  ///
  /// - Parameters:
  ///   - seed: The seed of all tasks.
  ///   - index: The number of the task; at least 0.
  /// - Returns: The seed of the task.
  package static func derivedSeed(_ seed: UInt64, index: Int) -> UInt64 {
    precondition(index >= 0, "a task's number must be at least 0, but is \(index)")
    guard index > 0 else { return seed }
    // The seed and the number are mixed one after the other: adding them would give task 1 of seed 0
    // and task 0 of seed 1 the same numbers.
    var ofSeed = SeededGenerator(seed: ~seed)
    var ofTask = SeededGenerator(seed: ofSeed.next() ^ UInt64(index))
    return ofTask.next()
  }

  /// The next word; every one of the 2⁶⁴ values is equally likely.
  ///
  /// - Returns: A word of 64 random bits.
  package mutating func next() -> UInt64 {
    // The increment is 2⁶⁴ divided by the golden ratio, made odd; the mixing function is variant 13
    // of D. Stafford's search for 64-bit finalisers.
    counter &+= 0x9E37_79B9_7F4A_7C15
    var word = counter
    word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
    return word ^ (word >> 31)
  }

  /// A whole number from 0 to below a bound, each equally likely.
  ///
  /// - Parameter bound: The number of possible results; `bound ≥ 1`.
  /// - Returns: A number in `0 ..< bound`.
  package mutating func integer(below bound: Int) -> Int {
    precondition(bound >= 1, "integer(below:): the bound must be at least 1, but is \(bound)")
    // The high word of random · bound lies in 0 ..< bound. Its 2⁶⁴ sources do not divide evenly
    // among the results: each result owns ⌊2⁶⁴ / bound⌋ of them, and 2⁶⁴ mod bound of them are left
    // over. Dropping the products whose low word is below that remainder takes one from each result
    // that has one too many (D. Lemire, "Fast Random Integer Generation in an Interval", 2019). The
    // simpler `random % bound` favours small numbers.
    let width = UInt64(bound)
    let remainder = (0 &- width) % width
    while true {
      let product = next().multipliedFullWidth(by: width)
      if product.low >= remainder { return Int(product.high) }
    }
  }

  /// A number from 0 to below 1, a multiple of 2⁻⁵³, each equally likely.
  ///
  /// - Returns: A number in `0 ..< 1`.
  package mutating func unitInterval() -> Double {
    Double(next() >> 11) * 0x1p-53
  }

  /// Brings the elements into a random order, each equally likely.
  ///
  /// Fisher and Yates, from the last place down: the element for a place is drawn from those not
  /// yet placed.
  ///
  /// - Parameter elements: The elements to be reordered.
  /// - Complexity: O(n).
  package mutating func shuffle<Element>(_ elements: inout [Element]) {
    var place = elements.count - 1
    while place > 0 {
      elements.swapAt(place, integer(below: place + 1))
      place -= 1
    }
  }
}
