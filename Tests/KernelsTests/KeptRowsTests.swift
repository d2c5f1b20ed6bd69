import LinearAlgebra
import Testing

@testable import Kernels

@Suite struct KeptRowsTests {
  private enum Kind: Equatable { case kept(Int), toKeep(Int), passing }

  private func uses(_ kept: KeptRows<Float>, _ rows: [Int32]) -> [Kind] {
    kept.uses(of: rows).map {
      switch $0 {
      case .kept(let slot): .kept(slot)
      case .toKeep(let slot): .toKeep(slot)
      case .passing: .passing
      }
    }
  }

  private func kept(_ exampleCount: Int, slots: Int) -> KeptRows<Float> {
    let stride = (exampleCount + 15) / 16 * 16
    return KeptRows(exampleCount: exampleCount, byteLimit: slots * stride * 4, usesBeforeKeeping: 2)
  }

  private func capacity(byteLimit: Int) -> Int {
    KeptRows<Float>(exampleCount: 100, byteLimit: byteLimit, usesBeforeKeeping: 2).capacity
  }

  @Test func theMemoryLimitBoundsTheRows() {
    #expect(kept(100, slots: 7).capacity == 7)
    #expect(capacity(byteLimit: 7 * 112 * 4 - 1) == 6)
    #expect(capacity(byteLimit: 1 << 30) == 100)
    #expect(capacity(byteLimit: 0) == 0)
    #expect(kept(100, slots: 1).stride == 112)
  }

  @Test func aRowIsKeptOnceItWasUsedOftenEnough() {
    let kept = kept(10, slots: 4)
    #expect(uses(kept, [3]) == [.passing])
    #expect(uses(kept, [3]) == [.passing])
    #expect(uses(kept, [3]) == [.toKeep(0)])
    #expect(uses(kept, [3]) == [.kept(0)])
    #expect(uses(kept, [3, 4]) == [.kept(0), .passing])
  }

  @Test func nothingIsKeptWithoutRoom() {
    let kept = kept(10, slots: 0)
    for _ in 0..<10 { #expect(uses(kept, [1, 2]) == [.passing, .passing]) }
  }

  @Test func rowsOfOneUpdateNeverPushEachOtherOut() {
    let kept = kept(10, slots: 2)
    for _ in 0..<2 { _ = uses(kept, [0, 1, 2, 3]) }
    #expect(uses(kept, [0, 1, 2, 3]) == [.toKeep(0), .toKeep(1), .passing, .passing])
    for _ in 0..<20 {
      #expect(uses(kept, [0, 1, 2, 3]) == [.kept(0), .kept(1), .passing, .passing])
    }
  }

  @Test func theRowThatWasIdleLongestGivesWay() {
    let kept = kept(10, slots: 2)
    for _ in 0..<3 { _ = uses(kept, [0, 1]) }
    // 0 and 1 are kept; 1 stays in use, 0 does not, and 5 comes back again and again.
    var replaced = -1
    for round in 0..<12 where replaced < 0 {
      let now = uses(kept, [1, 5])
      #expect(now[0] == .kept(1))
      if now[1] == .toKeep(0) { replaced = round }
    }
    #expect(replaced >= 2)
    #expect(uses(kept, [1, 5]) == [.kept(1), .kept(0)])
    #expect(uses(kept, [0])[0] == .passing)
  }

  @Test func rowsMayBeForgotten() {
    let kept = kept(10, slots: 2)
    for _ in 0..<3 { _ = uses(kept, [0, 1]) }
    kept.removeAll()
    // They come back at once: their uses were counted.
    #expect(uses(kept, [1, 0]) == [.toKeep(0), .toKeep(1)])
  }

  @Test func columnsOfAllRowsMayBeLeftOut() throws {
    let kept = kept(10, slots: 3)
    for _ in 0..<3 { _ = uses(kept, [0, 1]) }
    for slot in 0..<2 {
      for column in 0..<10 { unsafe kept.row(slot)[column] = Float(100 * slot + column) }
    }
    kept.compact(to: [0, 3, 4, 9], threads: 2)
    for slot in 0..<2 {
      let found = (0..<4).map { unsafe kept.row(slot)[$0] }
      #expect(found == [0, 3, 4, 9].map { Float(100 * slot) + $0 })
    }
    #expect(uses(kept, [0, 1]) == [.kept(0), .kept(1)])
  }

  @Test func dearerRowsAreKeptSooner() {
    #expect(KeepingRule(valueCost: 0).usesBeforeKeeping == nil)
    #expect(KeepingRule(valueCost: 60).usesBeforeKeeping == nil)
    let uses = [100, 123, 200, 399, 400, 10_000].map {
      KeepingRule(valueCost: $0).usesBeforeKeeping
    }
    #expect(uses == [2, 2, 1, 1, 0, 0])
  }
}
