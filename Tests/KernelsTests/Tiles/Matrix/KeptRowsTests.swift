import LinearAlgebra
import Testing

@testable import Kernels

@Suite struct KeptRowsTests {
  private func kept(_ exampleCount: Int, slots: Int) -> KeptRows<Float> {
    let stride = (exampleCount + 15) / 16 * 16
    return KeptRows(exampleCount: exampleCount, byteLimit: slots * stride * 4)
  }

  private func capacity(byteLimit: Int) -> Int {
    KeptRows<Float>(exampleCount: 100, byteLimit: byteLimit).capacity
  }

  /// Makes rows as a kernel does, and tells which were missing.
  private func make(_ kept: KeptRows<Float>, _ rows: [Int32]) -> [Int32] {
    let wanted = kept.makeRoom(for: rows)
    kept.complete(wanted.map(\.slot))
    return wanted.map(\.row)
  }

  @Test func theMemoryLimitBoundsTheRows() {
    #expect(kept(100, slots: 7).capacity == 7)
    #expect(capacity(byteLimit: 7 * 112 * 4 - 1) == 6)
    #expect(capacity(byteLimit: 1 << 30) == 100)
    #expect(capacity(byteLimit: 0) == 0)
    #expect(kept(100, slots: 1).stride == 112)
  }

  @Test func aRowIsThereOnceItWasMade() {
    let kept = kept(10, slots: 4)
    #expect(kept.slot(of: 3) == nil)
    #expect(kept.makeRoom(for: [3]).map(\.row) == [3])
    // Whoever was to make it was stopped.
    #expect(kept.slot(of: 3) == nil)
    #expect(make(kept, [3, 4]) == [3, 4])
    #expect(make(kept, [3, 4]) == [])
    #expect(kept.slot(of: 3) == 0)
    #expect(kept.slot(of: 4) == 1)
  }

  @Test func nothingIsKeptWithoutRoom() {
    let kept = kept(10, slots: 0)
    for _ in 0..<10 { #expect(make(kept, [1, 2]) == []) }
  }

  @Test func rowsThatAreNeededTogetherNeverPushEachOtherOut() {
    let kept = kept(10, slots: 2)
    #expect(make(kept, [0, 1, 2, 3]) == [0, 1])
    for _ in 0..<20 { #expect(make(kept, [0, 1, 2, 3]) == []) }
  }

  @Test func theRowThatWasIdleLongestGivesWay() {
    let kept = kept(10, slots: 2)
    _ = make(kept, [0, 1])
    // 1 stays in use, 0 does not, and 5 comes back again and again.
    var replaced = -1
    for turn in 0..<20 where replaced < 0 {
      if make(kept, [1, 5]) == [5] { replaced = turn }
      #expect(kept.slot(of: 1) != nil)
    }
    #expect(replaced >= 4)
    #expect(kept.slot(of: 5) == 0)
    #expect(kept.slot(of: 0) == nil)
  }

  @Test func rowsMayBeForgotten() {
    let kept = kept(10, slots: 2)
    _ = make(kept, [0, 1])
    kept.removeAll()
    #expect(kept.slot(of: 0) == nil)
    #expect(make(kept, [1, 0]) == [1, 0])
  }

  @Test func columnsOfAllRowsMayBeLeftOut() throws {
    let kept = kept(10, slots: 3)
    _ = make(kept, [0, 1])
    for slot in 0..<2 {
      for column in 0..<10 { unsafe kept.row(slot)[column] = Float(100 * slot + column) }
    }
    kept.compact(to: [0, 3, 4, 9], threads: 2)
    for slot in 0..<2 {
      let found = (0..<4).map { unsafe kept.row(slot)[$0] }
      #expect(found == [0, 3, 4, 9].map { Float(100 * slot) + $0 })
    }
    #expect(make(kept, [0, 1]) == [])
  }

  @Test func onlyDearRowsAreKept() {
    #expect([0, 60, 199].allSatisfy { !KeepingRule.keepsRows(valueCost: $0) })
    #expect([200, 10_000].allSatisfy { KeepingRule.keepsRows(valueCost: $0) })
  }
}
