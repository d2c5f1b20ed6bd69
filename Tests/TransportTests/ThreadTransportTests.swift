import TestSupport
import Testing
import Transport

/// What collectives give, and that no failure leaves a rank waiting.
@Suite struct ThreadTransportTests {
  private static let sizes = [1, 2, 3, 5, 8]

  /// A message whose length and bytes tell its ranks.
  private static func message(from sender: Int, to receiver: Int = 0) -> [UInt8] {
    [UInt8](repeating: UInt8(10 * sender + receiver), count: 3 * sender + receiver)
  }

  @Test(arguments: sizes) func collectivesBringWhatWasSent(size: Int) throws {
    let results = ThreadTransport.run(ranks: size) { transport in
      for _ in 0..<50 {
        let all = try transport.allGather(Self.message(from: transport.rank))
        #expect(all == (0..<size).map { Self.message(from: $0) })
        for root in 0..<size {
          let bytes = try transport.broadcast(
            transport.rank == root ? Self.message(from: root, to: 7) : [], from: root)
          #expect(bytes == Self.message(from: root, to: 7))
        }
        let received = try transport.exchange(
          (0..<size).map { Self.message(from: transport.rank, to: $0) })
        #expect(received == (0..<size).map { Self.message(from: $0, to: transport.rank) })
        try transport.barrier()
      }
      let maxima = try transport.allReduceMaxima([Double(transport.rank), -Double(transport.rank)])
      #expect(maxima == [Double(size - 1), 0])
      #expect(
        try transport.allReduceSums([transport.rank, 1 << 40]) == [
          size * (size - 1) / 2, size << 40,
        ])
    }
    for result in results { try result.get() }
  }

  /// A sum that goes from rank to rank has the bits of one loop, which a sum of the ranks' sums has not.
  @Test(arguments: sizes) func relayedSumsHaveTheBitsOfOneLoop(size: Int) throws {
    let seed: UInt64 = 11
    var generator = TestGenerator(seed: seed)
    let values = (0..<1000).map { _ in generator.normal() * 1e3 }
    let expected = values.reduce(0, +)
    let results = ThreadTransport.run(ranks: size) { transport in
      let own = transport.rank * 1000 / size..<(transport.rank + 1) * 1000 / size
      return try transport.relay([0]) { sums in
        for value in values[own] { sums[0] += value }
      }
    }
    for result in results { #expect(try result.get() == [expected], "seed \(seed)") }
  }

  @Test func trafficIsCounted() throws {
    let results = ThreadTransport.run(ranks: 3) { transport in
      _ = try transport.allGather(Self.message(from: transport.rank + 1))
      _ = try transport.broadcast(transport.rank == 1 ? [1, 2, 3, 4] : [], from: 1)
      _ = try transport.exchange((0..<3).map { [UInt8](repeating: 0, count: 10 + $0) })
      return transport.traffic
    }
    // Gathered: 3, 6 and 9 bytes. Exchanged: 10 to rank 0, 11 to rank 1, 12 to rank 2.
    #expect(
      try results.map { try $0.get() } == [
        TransportTraffic(calls: 3, messages: 3, bytesSent: 3 + 23, bytesReceived: 15 + 4 + 20),
        TransportTraffic(calls: 3, messages: 3, bytesSent: 6 + 4 + 22, bytesReceived: 12 + 22),
        TransportTraffic(calls: 3, messages: 3, bytesSent: 9 + 21, bytesReceived: 9 + 4 + 24),
      ])
  }

  private struct Broken: Error, CustomStringConvertible {
    var description: String { "the disk is full" }
  }

  @Test(arguments: [2, 3, 8]) func aRankThatThrowsEndsAll(size: Int) {
    let results = ThreadTransport.run(ranks: size) { transport in
      try transport.barrier()
      if transport.rank == 1 { throw Broken() }
      while true { try transport.barrier() }
    }
    for (rank, result) in results.enumerated() {
      #expect(throws: (any Error).self) { try result.get() }
      guard case .failure(let error) = result else { continue }
      #expect("\(error)" == (rank == 1 ? "the disk is full" : "rank 1: the disk is full"))
    }
  }

  @Test func aRankThatEndsEarlyEndsAll() {
    let results = ThreadTransport.run(ranks: 3) { transport in
      if transport.rank == 2 { return }
      try transport.barrier()
    }
    for result in results.prefix(2) {
      #expect(throws: (any Error).self) { try result.get() }
      guard case .failure(let error) = result else { continue }
      #expect("\(error)".hasPrefix("rank 2 has ended while "))
    }
    #expect(throws: Never.self) { try results[2].get() }
  }

  @Test func abortingEndsAll() {
    let results = ThreadTransport.run(ranks: 3) { transport in
      if transport.rank == 0 { transport.abort("no more time") }
      try transport.barrier()
    }
    for result in results {
      #expect(throws: TransportError("no more time")) { try result.get() }
    }
  }

  @Test func patienceEnds() {
    let results = ThreadTransport.run(ranks: 2, patience: 0.05) { transport in
      if transport.rank == 0 {
        try transport.barrier()
        return
      }
      // Makes the other wait longer than it does.
      while true {
        let isOver = transport.isEnded
        if isOver { break }
      }
      try transport.barrier()
    }
    for result in results {
      #expect(throws: TransportError("rank 0 has waited 0.05 seconds for the others")) {
        try result.get()
      }
    }
  }
}

/// What ranks hear of one that came to its end.
@Suite struct RankEndTests {
  @Test(arguments: [1, 2, 5]) func ranksThatAreDoneHearOfNoFailure(size: Int) throws {
    let results = ThreadTransport.run(ranks: size) { $0.end(nil) }
    for result in results { #expect(try result.get() == nil) }
  }

  @Test(arguments: [2, 3, 8]) func whatARankSaysReachesThoseThatWaitElsewhere(size: Int) throws {
    let results = ThreadTransport.run(ranks: size, patience: 30) { transport -> [UInt8]? in
      do {
        _ = try transport.allGather([1])
        // The last rank is done early, the first fails, and all others wait for a broadcast.
        if transport.rank == 0 { return transport.end([7, 8]) }
        if transport.rank == size - 1 { return transport.end(nil) }
        _ = try transport.broadcast([], from: 0)
        return [0]
      } catch {
        return transport.end(nil)
      }
    }
    for result in results { #expect(try result.get() == [7, 8]) }
  }
}
