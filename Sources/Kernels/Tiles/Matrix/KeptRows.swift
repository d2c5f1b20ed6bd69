import Basics

/// Whether rows of K are kept, by what their values cost.
///
/// Costs are in multiplications of a dense product, of which a core does some fifty thousand million a second in
/// single precision. Keeping a value costs about 100 of them, up to 400 on machines where fresh memory is slow
/// to touch, and reading it back as much as a value's elementwise step; most rows come back several times.
package enum KeepingRule {
  /// What one kernel value costs, in multiplications of a dense product: a product of sparse rows
  /// takes some three times as long for each entry, a difference twice, a caller's function is expensive.
  static func cost<Scalar>(_ examples: PreparedExamples<Scalar>) -> Int {
    switch examples.step.function {
    case .precomputed: return 0
    case .custom: return 10_000
    case .formula(let kernel) where examples.step.function.writesExamplesOut:
      return kernel.formula.pair.cost * examples.featureCount
    case .sum, .product, .scaled, .columns:
      return examples.parts.reduce(0) { $0 + cost($1.examples) }
    case .formula: break
    }
    guard case .sparse(let matrix, _) = examples.storage else { return examples.featureCount }
    return 3 * matrix.storedCount / max(matrix.rowCount, 1)
  }

  /// Whether rows are kept whose values cost this many multiplications each.
  package static func keepsRows(valueCost: Int) -> Bool { valueCost >= 200 }

  /// Whether all of K is computed, where it fits and rows are kept.
  ///
  /// It is, once half as many values were computed as one triangle has. How many rows a solution needs is not known
  /// before; most need either a few or most of them several times.
  static func keepsAll(valuesComputed: Int, count: Int) -> Bool {
    valuesComputed >= count * count / 4
  }
}

/// Rows of K in memory.
///
/// When no slot is free, the row that was not used for the longest time gives way. Kept values are
/// copies of tiles; they have the bits that computing them again would give.
final class KeptRows<Scalar: KernelScalar>: @unchecked Sendable {
  /// Elements from one row to the next.
  let stride: Int
  let capacity: Int
  private let arena: AlignedBuffer<Scalar>
  private var slotOfExample: [Int32]
  private var exampleOfSlot: [Int32]
  private var lastUse: [Int]
  /// Whether a slot's values are there.
  private var isComplete: [Bool]
  private var clock = 0
  private var freeSlots: [Int32]

  /// Makes room for rows.
  ///
  /// - Parameters:
  ///   - exampleCount: The length of a row.
  ///   - rowCount: The number of rows of K, where there are more than columns.
  ///   - byteLimit: How much memory the rows may take.
  init(exampleCount: Int, rowCount: Int? = nil, byteLimit: Int) {
    let rowCount = rowCount ?? exampleCount
    stride = (exampleCount + 15) / 16 * 16
    let rowBytes = max(stride * MemoryLayout<Scalar>.stride, 1)
    capacity = max(0, min(rowCount, byteLimit / rowBytes))
    arena = AlignedBuffer(count: capacity * stride)
    slotOfExample = Array(repeating: -1, count: rowCount)
    exampleOfSlot = Array(repeating: -1, count: capacity)
    lastUse = Array(repeating: 0, count: capacity)
    isComplete = Array(repeating: false, count: capacity)
    freeSlots = (0..<Int32(capacity)).reversed()
  }

  /// Where the row of an example lies, if it does.
  func slot(of example: Int32) -> Int? {
    let slot = Int(slotOfExample[Int(example)])
    return slot >= 0 && isComplete[slot] ? slot : nil
  }

  /// Notes that the values of slots are there.
  func complete(_ slots: some Sequence<Int>) { for slot in slots { isComplete[slot] = true } }

  /// Gives rows slots as far as there is room.
  ///
  /// Rows that are asked for together never push each other out.
  ///
  /// - Parameter rows: Examples.
  /// - Returns: The rows that have a slot, but no values in it yet.
  func makeRoom(for rows: [Int32]) -> [(row: Int32, slot: Int)] {
    clock += 1
    var wanted: [(row: Int32, slot: Int)] = []
    for row in rows {
      let slot = Int(slotOfExample[Int(row)])
      guard slot >= 0 else { continue }
      lastUse[slot] = clock
      if !isComplete[slot] { wanted.append((row, slot)) }
    }
    var candidates: [Int32]? = nil
    for row in rows where slotOfExample[Int(row)] < 0 {
      if freeSlots.isEmpty {
        if candidates == nil {
          // Oldest last, so that the next one to give way is popped.
          candidates = (0..<Int32(capacity)).filter { lastUse[Int($0)] < clock }
            .sorted { (lastUse[Int($0)], $0) > (lastUse[Int($1)], $1) }
        }
        // A row gives way only if it was idle for a while; else the two would chase each other.
        guard let slot = candidates?.popLast(), lastUse[Int(slot)] + Self.idleTurns < clock
        else { break }
        slotOfExample[Int(exampleOfSlot[Int(slot)])] = -1
        freeSlots.append(slot)
      }
      guard let slot = freeSlots.popLast() else { break }
      slotOfExample[Int(row)] = slot
      exampleOfSlot[Int(slot)] = row
      isComplete[Int(slot)] = false
      lastUse[Int(slot)] = clock
      wanted.append((row, Int(slot)))
    }
    return wanted
  }

  /// How often others are asked for before a row counts as idle; twice in a round.
  private static var idleTurns: Int { 8 }

  /// The first element of a slot's row.
  @unsafe
  func row(_ slot: Int) -> UnsafeMutablePointer<Scalar> { unsafe arena.pointer + slot * stride }

  /// Leaves out columns of all rows.
  ///
  /// - Parameters:
  ///   - places: The columns that stay, ascending.
  ///   - threads: The number of threads.
  func compact(to places: [Int32], threads: Int) {
    let slots = (0..<capacity).filter { exampleOfSlot[$0] >= 0 }
    concurrentTiles(count: slots.count, threads: threads) { number in
      let row = unsafe self.row(slots[number])
      unsafe Scalar.library.loops.gather(row, places, places.count, row)
    }
  }

  /// Forgets all rows.
  func removeAll() {
    for slot in 0..<capacity where exampleOfSlot[slot] >= 0 {
      slotOfExample[Int(exampleOfSlot[slot])] = -1
      exampleOfSlot[slot] = -1
    }
    freeSlots = (0..<Int32(capacity)).reversed()
  }
}
