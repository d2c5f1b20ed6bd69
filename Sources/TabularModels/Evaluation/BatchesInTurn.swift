import Tables
import Transport

/// Batches of rows with their predictions, each predicted by one of the ranks in turn.
struct BatchesInTurn {
  let ranks: (any Transport)?
  /// What was predicted and is still to be handed out, the next one last.
  private var waiting: [(FeatureBatch, Predictions)] = []

  /// Begins.
  ///
  /// - Parameter ranks: Ranks that read the same rows; `nil` predicts all here.
  init(ranks: (any Transport)?) { self.ranks = ranks }

  /// The next batch; on ranks, as many are read as there are ranks, and each predicts one.
  ///
  /// - Parameters:
  ///   - read: Reads the next batch.
  ///   - predict: Predicts one.
  /// - Returns: The batch and its predictions, on every rank; `nil` at the end.
  /// - Throws: What `read` or `predict` throws; of several ranks on which `predict` throws, the first alone
  ///   does, and the others throw `TransportError`.
  mutating func next(
    reading read: () throws -> FeatureBatch?,
    predicting predict: (FeatureBatch) throws -> Predictions
  ) throws -> (FeatureBatch, Predictions)? {
    guard let ranks else { return try read().map { ($0, try predict($0)) } }
    if let next = waiting.popLast() { return next }
    var batches: [FeatureBatch] = []
    while batches.count < ranks.size, let batch = try read() { batches.append(batch) }
    guard !batches.isEmpty else { return nil }
    var message: [UInt8] = []
    var failure: (any Error)?
    do {
      // A rank without a batch says no more than that it has not failed.
      let own = ranks.rank < batches.count ? try predict(batches[ranks.rank]) : Predictions()
      message = ByteWriter.bytes {
        $0.append(UInt8(1))
        own.encode(to: &$0)
      }
    } catch {
      failure = error
    }
    let messages = try ranks.allGather(message)
    if let failing = messages.firstIndex(where: \.isEmpty) {
      throw failing == ranks.rank
        ? failure ?? TransportError("rank \(failing) sent nothing")
        : TransportError("rank \(failing) has failed")
    }
    waiting = try zip(batches, messages).map { batch, bytes in
      var reader = ByteReader(bytes)
      _ = try reader.byte()
      return (batch, try Predictions(from: &reader))
    }.reversed()
    return waiting.popLast()
  }
}
