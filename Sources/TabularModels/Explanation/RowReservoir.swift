import Evaluation

/// Where rows go of which only some are kept: the first ones fill the places, each later one takes the
/// place of another with the chance that gives all rows the same one.
///
/// > J. S. Vitter. "Random Sampling with a Reservoir." *ACM Transactions on Mathematical Software* 11
/// > (1985), 37–57, algorithm R.
struct RowReservoir {
  /// The number of rows to keep.
  let limit: Int
  /// The number of rows so far.
  private(set) var seenCount = 0
  private var generator: SeededGenerator

  init(limit: Int, seed: UInt64) {
    self.limit = limit
    generator = SeededGenerator(seed: seed)
  }

  /// The number of rows that are kept.
  var keptCount: Int { min(seenCount, limit) }

  /// The place of the next row, ``keptCount`` before the call for a new one, or `nil` when it is not kept.
  mutating func place() -> Int? {
    seenCount += 1
    if seenCount <= limit { return seenCount - 1 }
    let place = generator.integer(below: seenCount)
    return place < limit ? place : nil
  }
}

extension Array {
  /// Puts an element in a place that is there, or in the one after the last.
  mutating func put(_ element: Element, at place: Int) {
    if place == count { append(element) } else { self[place] = element }
  }

  /// Puts a row of some elements in a place that is there, or in the one after the last.
  mutating func putRow(_ row: some Collection<Element>, at place: Int) {
    let start = place * row.count
    if start == count {
      append(contentsOf: row)
    } else {
      replaceSubrange(start..<start + row.count, with: row)
    }
  }
}
