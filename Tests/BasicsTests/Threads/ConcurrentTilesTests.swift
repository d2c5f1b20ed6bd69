import Basics
import Foundation
import Synchronization
import Testing

@Suite struct ConcurrentTilesTests {
  @Test(arguments: [0, 1, 2, 7, 1000], [1, 2, 3, 8])
  func everyTileRunsOnce(count: Int, threads: Int) {
    let calls = Mutex([Int](repeating: 0, count: count))
    concurrentTiles(count: count, threads: threads) { tile in
      calls.withLock { $0[tile] += 1 }
    }
    #expect(calls.withLock { $0 } == Array(repeating: 1, count: count))
  }

  @Test(arguments: [0, 1, 2, 5, 12])
  func everyTileOfATriangleRunsOnce(side: Int) {
    let calls = Mutex([[Int]]())
    concurrentTriangleTiles(side: side, threads: 1) { row, column in
      calls.withLock { $0.append([row, column]) }
    }
    #expect(
      calls.withLock { $0 } == (0..<side).flatMap { row in (0...row).map { [row, $0] } })
  }

  @Test func oneThreadRunsTilesInOrder() {
    let order = Mutex<[Int]>([])
    concurrentTiles(count: 20, threads: 1) { tile in order.withLock { $0.append(tile) } }
    #expect(order.withLock { $0 } == Array(0..<20))
  }

  @Test(arguments: [1, 2, 3])
  func noMoreThreadsRunThanWereAskedFor(threads: Int) {
    let running = Mutex((now: 0, most: 0))
    concurrentTiles(count: 30, threads: threads) { _ in
      running.withLock { state in
        state.now += 1
        state.most = max(state.most, state.now)
      }
      // Time enough for one more thread to wake up, if one was called.
      Thread.sleep(forTimeInterval: 0.002)
      running.withLock { $0.now -= 1 }
    }
    #expect(running.withLock { $0.most } <= threads)
  }

  private struct Refusal: Error, Equatable { let index: Int }

  @Test(arguments: [1, 3])
  func resultsComeInOrderAndTheFirstErrorCounts(threads: Int) {
    let squares = concurrentResults(count: 20, threads: threads) { $0 * $0 }
    #expect(squares == (0..<20).map { $0 * $0 })
    #expect(throws: Refusal(index: 5)) {
      try concurrentResults(count: 20, threads: threads) { index throws(Refusal) in
        if index % 7 == 5 { throw Refusal(index: index) }
        return index
      }
    }
  }

  @Test func tilesMayCallTilesAgain() {
    let total = Atomic<Int>(0)
    concurrentTiles(count: 5, threads: 4) { outer in
      concurrentTiles(count: 7, threads: 4) { inner in
        total.wrappingAdd(outer * 7 + inner, ordering: .relaxed)
      }
    }
    #expect(total.load(ordering: .relaxed) == (0..<35).reduce(0, +))
  }

  @Test(arguments: [1, 2, 4])
  func tilesThatOwnTheirOutputsGiveTheSameBits(threads: Int) {
    let reference = (0..<300).map { (1.0 / Double($0 + 1)).squareRoot() }
    var results = [Double](repeating: 0, count: 300)
    results.withUnsafeMutableBufferPointer { results in
      let shared = UnsafeSendable(results)
      concurrentTiles(count: 30, threads: threads) { tile in
        for index in tile * 10..<(tile + 1) * 10 {
          shared.value[index] = (1.0 / Double(index + 1)).squareRoot()
        }
      }
    }
    #expect(results == reference)
  }
}
