import Transport

extension TrainingCostModel.Cluster {
  private static let probedBytes = 1 << 20

  /// Takes number, latency and bandwidth from ranks that are there, by a few messages; a collective.
  ///
  /// - Parameter ranks: The ranks.
  /// - Throws: `TransportError` when a rank does not answer.
  mutating func measure(_ ranks: any Transport) throws(TransportError) {
    rankCount = ranks.size
    guard ranks.size > 1 else { return }
    let message = [UInt8](repeating: 0, count: Self.probedBytes)
    var (shortest, long) = (Double.infinity, Double.infinity)
    for _ in 0..<3 {
      let begin = ContinuousClock.now
      try ranks.barrier()
      let middle = ContinuousClock.now
      _ = try ranks.broadcast(message, from: 0)
      shortest = min(shortest, (middle - begin) / .seconds(1))
      long = min(long, (ContinuousClock.now - middle) / .seconds(1))
    }
    // That all have heard of all takes several messages.
    latency = shortest / stepsOfMessage
    bitsPerSecond = 8 * Double(Self.probedBytes) / max(long - shortest, 1e-9)
  }
}
