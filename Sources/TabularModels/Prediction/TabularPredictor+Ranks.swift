import Tables
import Transport

// Each rank reads and predicts its part of the text, and keeps the lines until it is their turn. A text that cannot
// be read in parts is read by all ranks, and each predicts one batch of as many as there are ranks.

extension TabularPredictor {
  /// The next lines of the ranks.
  ///
  /// - Parameter ranks: The ranks.
  /// - Returns: The lines on the first rank, none on the others; `nil` at the end.
  /// - Throws: What is wrong with the first row, on the rank that found it.
  mutating func nextLines(_ ranks: any Transport) throws -> [UInt8]? {
    if spool == nil, !readsInTurn {
      spool = try spooled(ranks)
      readsInTurn = spool == nil
    }
    guard !readsInTurn, var spool else { return try nextBatches(ranks) }
    defer { self.spool = spool }
    guard let turn = spool.next() else {
      if let failure = spool.failure { throw failure }
      return nil
    }
    var messages = [[UInt8]](repeating: [], count: ranks.size)
    if turn.rank == ranks.rank { messages[0] = spool.take(turn.piece) }
    return Array(try ranks.exchange(messages).joined())
  }

  /// Predicts the rows of this rank's part; `nil` when the text has none.
  private mutating func spooled(_ ranks: any Transport) throws -> SpooledLines? {
    let predictor = self
    let share = try reader.readShare(
      of: source, options, over: ranks, startingWith: { SpooledLines() }
    ) { batch, spool in
      spool.rowCount += batch.rowCount
      spool.skippedRowCount += batch.skippedRows.count
      let (lines, failure) = predictor.predictedLines(batch)
      spool.append(lines)
      spool.failure = failure
      return failure == nil
    }
    guard let share else { return nil }
    var spool = share.value
    spool.failure = spool.failure ?? share.failure
    try spool.agree(ranks)
    rowCount = spool.rowCount
    skippedRowCount = spool.skippedRowCount
    return spool
  }

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

/// The lines of a rank's rows, until they are written.
struct SpooledLines {
  /// Some thousand lines each.
  private var pieces: [[UInt8]] = []
  /// The pieces of each rank.
  private var counts: [Int] = []
  private var turn = (rank: 0, piece: 0)
  /// What is wrong with the row after the lines; of all ranks, once these have agreed.
  var failure: (any Error)?
  /// The number of rows; of all ranks, once these have agreed.
  var rowCount = 0
  var skippedRowCount = 0

  private static let pieceSize = 1 << 20

  /// Adds lines.
  mutating func append(_ lines: [UInt8]) {
    if lines.isEmpty { return }
    if let last = pieces.indices.last, pieces[last].count < Self.pieceSize {
      pieces[last] += lines
    } else {
      pieces.append(lines)
    }
  }

  /// Learns what the ranks have; a collective.
  ///
  /// - Throws: `TransportError` when a rank does not answer.
  mutating func agree(_ ranks: any Transport) throws(TransportError) {
    let found = try RankFailure(of: failure, ranks)
    failure = found?.error
    // What comes after a row in error is not written.
    let figures = try ranks.gathered([pieces.count, rowCount, skippedRowCount])
      .prefix((found?.rank ?? ranks.size) + 1)
    counts = figures.map { $0[0] }
    rowCount = figures.reduce(0) { $0 + $1[1] }
    skippedRowCount = figures.reduce(0) { $0 + $1[2] }
  }

  /// Which piece is the next one; `nil` at the end.
  mutating func next() -> (rank: Int, piece: Int)? {
    while turn.rank < counts.count, turn.piece == counts[turn.rank] {
      turn = (turn.rank + 1, 0)
    }
    guard turn.rank < counts.count else { return nil }
    defer { turn.piece += 1 }
    return turn
  }

  /// A piece of this rank, which is not kept.
  mutating func take(_ piece: Int) -> [UInt8] {
    defer { pieces[piece] = [] }
    return pieces[piece]
  }
}

/// What is wrong with the first row that is in error, as all ranks that read parts of a text report it.
struct RankFailure {
  /// The rank that found it.
  let rank: Int
  /// What it found; of what is wrong with a text all ranks have the sentence.
  let error: any Error

  /// Finds the first rank that failed; a collective.
  ///
  /// - Parameters:
  ///   - own: What this rank found.
  ///   - ranks: The ranks.
  /// - Throws: `TransportError` when a rank does not answer.
  init?(of own: (any Error)?, _ ranks: any Transport) throws(TransportError) {
    let flags = try ranks.gathered(own != nil)
    let errors = try ranks.gathered(own as? TableError)
    guard let first = flags.firstIndex(of: true) else { return nil }
    rank = first
    if first == ranks.rank, let own {
      error = own
    } else {
      error = errors[first] ?? TransportError("rank \(first) has failed")
    }
  }
}
