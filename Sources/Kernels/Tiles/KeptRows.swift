import Basics

/// Where a row of an update comes from.
enum RowUse: Sendable {
  /// It lies in this slot.
  case kept(Int)
  /// It is to be computed and copied into this slot.
  case toKeep(Int)
  /// It is to be computed.
  case passing
}

/// When a row of K that was computed is kept, by what its values cost.
///
/// Costs are in multiplications of a dense product, of which a core does some fifty thousand million a second
/// in single precision. Reading a kept value back costs about as much as a value's elementwise step, so that
/// the product is what is saved. Keeping it costs 100 to 400 of them, nearly all of it for the first touch of
/// fresh memory. A row is kept once it has been computed so often that having kept it would have cost no more; one
/// whose values cost a multiple of that at its first use, since most rows come back.
struct KeepingRule {
  /// How many times a row is computed before it is kept; `nil` for kernels whose rows are not worth it.
  let usesBeforeKeeping: Int?

  init(valueCost: Int) {
    let keeping = 200
    usesBeforeKeeping =
      valueCost < keeping / 2
      ? nil : valueCost >= 2 * keeping ? 0 : (keeping + valueCost - 1) / valueCost
  }
}

/// Rows of K that came back and are worth keeping.
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
  private var useCount: [UInt8]
  private let usesBeforeKeeping: UInt8
  private var clock = 0
  private var freeSlots: [Int32]

  /// Makes room for rows.
  ///
  /// - Parameters:
  ///   - exampleCount: The length of a row.
  ///   - rowCount: The number of rows of K, where there are more than columns.
  ///   - byteLimit: How much memory the rows may take.
  ///   - usesBeforeKeeping: How many times a row is computed before it is kept.
  init(exampleCount: Int, rowCount: Int? = nil, byteLimit: Int, usesBeforeKeeping: Int) {
    let rowCount = rowCount ?? exampleCount
    self.usesBeforeKeeping = UInt8(clamping: usesBeforeKeeping)
    stride = (exampleCount + 15) / 16 * 16
    let rowBytes = max(stride * MemoryLayout<Scalar>.stride, 1)
    capacity = max(0, min(rowCount, byteLimit / rowBytes))
    arena = AlignedBuffer(count: capacity * stride)
    slotOfExample = Array(repeating: -1, count: rowCount)
    exampleOfSlot = Array(repeating: -1, count: capacity)
    lastUse = Array(repeating: 0, count: capacity)
    useCount = Array(repeating: 0, count: rowCount)
    freeSlots = (0..<Int32(capacity)).reversed()
  }

  /// Decides for all rows of one update where each comes from.
  ///
  /// Rows of the same update never push each other out.
  func uses(of rows: [Int32]) -> [RowUse] {
    clock += 1
    var uses = [RowUse](repeating: .passing, count: rows.count)
    for (position, row) in rows.enumerated() {
      let slot = slotOfExample[Int(row)]
      if slot >= 0 {
        lastUse[Int(slot)] = clock
        uses[position] = .kept(Int(slot))
      }
    }
    var candidates: [Int32]? = nil
    for (position, row) in rows.enumerated() {
      guard case .passing = uses[position] else { continue }
      guard useCount[Int(row)] >= usesBeforeKeeping else {
        useCount[Int(row)] += 1
        continue
      }
      if freeSlots.isEmpty {
        if candidates == nil {
          // Oldest last, so that the next one to give way is popped.
          candidates = (0..<Int32(capacity)).filter { lastUse[Int($0)] < clock }
            .sorted { (lastUse[Int($0)], $0) > (lastUse[Int($1)], $1) }
        }
        // A row gives way only if it was idle for a while; else the two would chase each other.
        guard let slot = candidates?.popLast(), lastUse[Int(slot)] + 4 < clock else { continue }
        slotOfExample[Int(exampleOfSlot[Int(slot)])] = -1
        freeSlots.append(slot)
      }
      guard let slot = freeSlots.popLast() else { continue }
      slotOfExample[Int(row)] = slot
      exampleOfSlot[Int(slot)] = row
      lastUse[Int(slot)] = clock
      uses[position] = .toKeep(Int(slot))
    }
    return uses
  }

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
