import Tables
import Transport

// Every rank reads all rows, which is quick, and predicts and writes one batch of as many as there are ranks.

extension TabularPredictor {
  /// Predicts the next batches, one on each rank.
  ///
  /// - Parameter ranks: The ranks.
  /// - Returns: The lines of all of them on the first rank, none on the others; `nil` at the end.
  /// - Throws: What is wrong with the first row, on the rank that found it.
  mutating func nextBatches(_ ranks: any Transport) throws -> [UInt8]? {
    var own: FeatureBatch?
    var count = 0
    while count < ranks.size, failure == nil {
      do {
        guard let batch = try nextBatch() else { break }
        if count == ranks.rank { own = batch }
        count += 1
      } catch {
        // All ranks meet it; the lines before it come first.
        failure = error
      }
    }
    guard count > 0 else {
      if let failure { throw failure }
      return nil
    }
    let (lines, found) = own.map(predictedLines) ?? ([], nil)
    let failures = try ranks.allGather([found == nil ? 0 : 1])
    let failing = failures.firstIndex([1])
    let isWritten = failing.map { ranks.rank <= $0 } ?? true
    var messages = [[UInt8]](repeating: [], count: ranks.size)
    if isWritten { messages[0] = lines }
    let parts = try ranks.exchange(messages)
    if let failing {
      failure =
        failing == ranks.rank ? found : TransportError("rank \(failing) has failed")
    }
    return Array(parts.joined())
  }
}

extension [[UInt8]] {
  /// The first place of a message.
  fileprivate func firstIndex(_ message: [UInt8]) -> Int? { firstIndex { $0 == message } }
}
