import Basics
import LinearAlgebra
import Transport

/// What a rank has made of the rows of its part of a text.
package struct ReadShare<Value> {
  /// What was made of the batches, up to the row that is in error.
  package var value: Value
  /// What is wrong with that row.
  package var failure: TableError?
  /// The digest of the whole text, if it was wanted.
  package var digest: String?
}

extension BatchReader {
  /// Reads the rows by several ranks, each its own part of the text; no row was read so far.
  ///
  /// - Parameters:
  ///   - source: The text that the reader was opened on; all ranks see the same.
  ///   - options: What is known about it.
  ///   - transport: The ranks.
  ///   - wantsDigest: Whether to read the bytes once more for their digest.
  ///   - start: Makes what takes the batches; again if a part turns out to be another one.
  ///   - take: Takes a batch of this rank, and says whether to continue.
  /// - Returns: What was made of the rows of this rank; `nil` for a text that cannot be read in parts.
  /// - Throws: ``TableError``, on all ranks.
  package mutating func readShare<Value>(
    of source: ByteSource, _ options: TextOptions, over transport: any Transport,
    wantsDigest: Bool = false, startingWith start: () -> Value,
    _ take: (FeatureBatch, inout Value) -> Bool
  ) throws(TableError) -> ReadShare<Value>? {
    let ranks = Ranks(transport: transport)
    do throws(TableError) {
      try SharedData.join(source, options, ranks)
    } catch {
      guard case .notDivisible = error.reason else { throw error }
      return nil
    }
    let opened = self
    let beginning = try ranks.agreed { () throws(TableError) in
      try opened.stream.beginning(of: source)
    }
    var shares = try TextShares(source, from: beginning.cut, beginning.grammar, ranks)
    var share = ReadShare(value: start(), failure: nil, digest: nil)
    var own = opened
    var problem: TableError?
    do throws(TableError) {
      _ = try shares.read { line throws(TableError) in
        share = ReadShare(value: start(), failure: nil, digest: nil)
        own = try opened.continued(source, line: line)
        do throws(TableError) {
          while let batch = try own.next() {
            if !take(batch, &share.value) { break }
          }
        } catch {
          share.failure = error
          // The part may end elsewhere.
          if case .unclosedQuote = error.reason { throw error }
        }
      }
    } catch {
      problem = error
    }
    if shares.own == nil {
      share = ReadShare(value: start(), failure: nil, digest: nil)
      own = opened
    }
    self = own
    let counts = try ranks.gathered(SharedCounts(own, hasFailed: share.failure != nil))
    if let problem, !counts.contains(where: \.hasFailed) { throw problem }
    totals = SharedCounts(counts, order: own.inputNames)
    if wantsDigest, problem == nil { share.digest = try shares.digest() }
    return share
  }
}

/// What is counted while rows are read.
struct SharedCounts: Codable {
  let ignoredEntryCount: Int
  let zeroWeightRowCount: Int
  let treatedColumns: [TreatedColumn]
  let hasFailed: Bool

  init(_ stream: BatchReader, hasFailed: Bool) {
    ignoredEntryCount = stream.ignoredEntryCount
    zeroWeightRowCount = stream.zeroWeightRowCount
    treatedColumns = stream.treatedColumns
    self.hasFailed = hasFailed
  }

  /// The sums over ranks.
  init(_ parts: [SharedCounts], order names: [String]) {
    ignoredEntryCount = parts.reduce(0) { $0 + $1.ignoredEntryCount }
    zeroWeightRowCount = parts.reduce(0) { $0 + $1.zeroWeightRowCount }
    hasFailed = parts.contains(where: \.hasFailed)
    let all = Dictionary(grouping: parts.flatMap(\.treatedColumns), by: \.name)
    treatedColumns = names.compactMap { name in
      all[name].map { columns in
        TreatedColumn(
          name: name, filledCount: columns.reduce(0) { $0 + $1.filledCount },
          unseenCount: columns.reduce(0) { $0 + $1.unseenCount })
      }
    }
  }
}

extension FeatureBatch {
  /// Writes what is known of the rows besides features and kept fields.
  package func encodeTruth(to writer: inout ByteWriter) {
    writer.append(rowCount)
    writer.append(skippedRows.count)
    writer.append(skippedRows.map { Int32($0) })
    writer.append(UInt8(weights == nil ? 0 : 1))
    writer.append(weights ?? [])
    switch targets {
    case nil: writer.append(UInt8(0))
    case .numbers(let numbers)?:
      writer.append(UInt8(1))
      writer.append(numbers)
    case .texts(let texts)?:
      writer.append(UInt8(2))
      let bytes = texts.map { Array($0.utf8) }
      writer.append(bytes.map { Int32($0.count) })
      for text in bytes { writer.append(text) }
    }
  }

  /// Reads what ``encodeTruth(to:)`` has written.
  ///
  /// - Throws: `TransportError` for a message that ends early.
  package init(truthFrom reader: inout ByteReader) throws(TransportError) {
    let rowCount = try reader.integer()
    let skipped = try reader.integers32(try reader.integer()).map { Int($0) }
    let hasWeights = try reader.byte() == 1
    let weights = hasWeights ? try reader.doubles(rowCount) : nil
    var targets: TargetValues?
    switch try reader.byte() {
    case 1: targets = .numbers(try reader.doubles(rowCount))
    case 2:
      var texts: [String] = []
      for count in try reader.integers32(rowCount) {
        texts.append(
          String(decoding: try reader.values(Int(count), of: UInt8.self), as: UTF8.self))
      }
      targets = .texts(texts)
    default: break
    }
    self.init(rowCount: rowCount, skippedRows: skipped, targets: targets, weights: weights)
  }
}
