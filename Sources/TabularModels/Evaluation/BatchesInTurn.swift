import Tables
import Transport

/// Batches of rows with their predictions, each predicted by one of the ranks in turn.
struct BatchesInTurn {
  let ranks: (any Transport)?
  /// What was predicted and is still to be handed out, the next one last.
  private var waiting: [(FeatureBatch, Predictions)] = []

  /// What the ranks have predicted of their parts; `nil` where all read all rows.
  private var shared: SharedPredictions?

  /// Begins.
  ///
  /// - Parameters:
  ///   - ranks: Ranks that read the same rows; `nil` predicts all here.
  ///   - shared: What the ranks have predicted of their parts of the rows, if they have read parts.
  init(ranks: (any Transport)?, _ shared: SharedPredictions?) {
    self.ranks = ranks
    self.shared = shared
  }

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
    if shared != nil { return try shared?.next(ranks) }
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

/// What a rank has predicted of its part of a text, for the figures of all.
struct SharedPredictions {
  /// What other ranks need of each batch.
  private var messages: [[UInt8]] = []
  private var counts: [Int] = []
  private var turn = (rank: 0, batch: 0)
  fileprivate(set) var digest: String?
  fileprivate var failure: (any Error)?

  /// Takes the next batch, or says what is wrong with it.
  fileprivate mutating func add(
    _ batch: FeatureBatch, _ predict: (FeatureBatch) throws -> Predictions
  ) -> Bool {
    do {
      let predictions = try predict(batch)
      messages.append(
        ByteWriter.bytes {
          batch.encodeTruth(to: &$0)
          predictions.encode(to: &$0)
        })
      return true
    } catch {
      failure = error
      return false
    }
  }

  /// Learns what the ranks have; a collective.
  ///
  /// - Throws: What is wrong with the first row that cannot be predicted, on its rank; `TransportError` on
  ///   the others.
  fileprivate mutating func agree(_ ranks: any Transport) throws {
    if let failure = try RankFailure(of: failure, ranks) { throw failure.error }
    counts = try ranks.gathered(messages.count)
  }

  /// The next batch, without its features, in the order of the rows; `nil` at the end.
  fileprivate mutating func next(
    _ ranks: any Transport
  ) throws -> (FeatureBatch, Predictions)? {
    while turn.rank < counts.count, turn.batch == counts[turn.rank] { turn = (turn.rank + 1, 0) }
    guard turn.rank < counts.count else { return nil }
    var own: [UInt8] = []
    if turn.rank == ranks.rank { swap(&own, &messages[turn.batch]) }
    var reader = ByteReader(try ranks.broadcast(own, from: turn.rank))
    turn.batch += 1
    return (try FeatureBatch(truthFrom: &reader), try Predictions(from: &reader))
  }
}

extension BatchReader {
  /// Predicts the rows of this rank's part of a text.
  ///
  /// - Parameters:
  ///   - source: The text.
  ///   - options: What is known about it.
  ///   - ranks: The ranks.
  ///   - wantsDigest: Whether the digest of the text is wanted.
  ///   - predict: Predicts a batch.
  /// - Returns: The predictions; `nil` for a text that cannot be read in parts.
  /// - Throws: What is wrong with the first row that is in error, on the rank that found it.
  mutating func sharedPredictions(
    of source: ByteSource, _ options: TextOptions, _ ranks: any Transport, wantsDigest: Bool,
    _ predict: (FeatureBatch) throws -> Predictions
  ) throws -> SharedPredictions? {
    let share = try readShare(
      of: source, options, over: ranks, wantsDigest: wantsDigest,
      startingWith: { SharedPredictions() }
    ) { batch, predictions in predictions.add(batch, predict) }
    guard let share else { return nil }
    var predictions = share.value
    predictions.failure = predictions.failure ?? share.failure
    predictions.digest = share.digest
    try predictions.agree(ranks)
    return predictions
  }
}
