import Basics
import Distribution
import Kernels
import LinearAlgebra
import Transport

/// Examples of which each rank has consecutive ones.
///
/// The bits are those of one process with all of them. Products belong to one example each. Sums belong to
/// pieces that the number of examples decides; where a cut between ranks goes through a piece, the sum goes
/// on at the next rank, see ``PieceRelay``. All sums reach every rank, which adds them in order.
struct SpreadExamples: ProblemExamples {
  let rows: ExampleRows
  let storedCount: Int
  let pairCount: Double?
  private let shards: ShardedFeatures
  private let ranks: RankLink

  /// Takes the rows of this rank.
  ///
  /// - Parameters:
  ///   - shards: The examples of all ranks.
  ///   - memory: Those of this rank.
  ///   - sizes: What is stored on all ranks.
  ///   - ranks: The ranks.
  init(
    _ shards: ShardedFeatures, _ memory: UnboundExamples, _ sizes: ProblemSizes, _ ranks: RankLink
  ) {
    self.shards = shards
    self.ranks = ranks
    storedCount = sizes.storedCount
    pairCount = sizes.pairCount
    rows = ExampleRows(
      memory, rows: (0..<Int32(shards.own.rowCount)).map { $0 }, from: shards.ownRows.lowerBound)
  }

  var count: Int { shards.rowCount }
  var width: Int { shards.columnCount }
  var isSparse: Bool { shards.own.isSparse }
  var link: RankLink? { ranks }

  func squaredNorms() -> NumberVector {
    let norms = NumberVector(count: count)
    for example in rows.range { norms[example] = rows.squaredNorm(example) }
    gather(norms)
    return norms
  }

  /// Fills the places of other ranks' examples.
  private func gather(_ numbers: NumberVector) {
    guard
      let readers = ranks.allGather({ numbers.append(rows.range, to: &$0) })
    else { return }
    for (rank, reader) in readers.enumerated() where rank != ranks.rank {
      var reader = reader
      _ = ranks.read { () throws(TransportError) in
        try numbers.fill(shards.offsets[rank]..<shards.offsets[rank + 1], from: &reader)
      }
    }
  }

  func products(
    of list: [Int32], _ weights: NumberVector, bias: Double, threads: Int
  ) -> NumberVector {
    // Where the examples of each rank begin in the list.
    let cuts = shards.offsets.map { list.firstPlace(from: Int32($0)) }
    let result = NumberVector(count: list.count)
    let own = rows.products(
      of: list[cuts[ranks.rank]..<cuts[ranks.rank + 1]], weights, bias: bias, threads: threads)
    guard let readers = ranks.allGather({ own.append(0..<own.count, to: &$0) }) else {
      return result
    }
    for (rank, reader) in readers.enumerated() {
      var reader = reader
      _ = ranks.read { () throws(TransportError) in
        try result.fill(cuts[rank]..<cuts[rank + 1], from: &reader)
      }
    }
    return result
  }

  func carryOut(_ pass: ExamplePass, _ problem: LinearProblem) {
    func isGivenUp() -> Bool { pass.stopsEarly && ranks.interruption != nil }
    if isGivenUp() { return }
    if let products = pass.products {
      let height = 4096
      let count = rows.count
      concurrentTiles(count: (count + height - 1) / height, threads: problem.workers) { tile in
        if pass.stopsEarly && ranks.isInterruptedHere { return }
        let first = rows.first + tile * height
        rows.products(
          first..<min(first + height, rows.range.upperBound), products.weights,
          bias: problem.bias(of: products.weights), into: products.into)
      }
      gather(products.into)
      if isGivenUp() { return }
    }
    if let step = pass.step {
      concurrentTiles(count: pass.pieces.count, threads: problem.workers) { piece in
        pass.forEachBlock(of: piece) { step($0, piece) }
      }
    }
    if !pass.sums.isEmpty {
      SumRelay(pass, problem, rows, ranks).add(offsets: shards.offsets)
      if isGivenUp() { return }
    }
    if let gram = pass.gram {
      GramRelay(pass, gram, rows, ranks).add(problem)
    }
  }

  func withChosen(_ list: [Int32], _ body: (any ProblemExamples) -> Void) {
    guard
      let chosen = ranks.reach({ () throws(KernelError) in
        try shards.choosing(list.map { Int($0) })
      }),
      let sizes = ranks.reach({ () throws(KernelError) in
        try ProblemSizes.find(of: [(0..<Int32(chosen.rowCount)).map { $0 }], in: chosen)
      })
    else { return }
    chosen.own.withExamples { body(SpreadExamples(chosen, $0, sizes[0], ranks)) }
  }

  /// What of a matrix of features × features this rank computes.
  ///
  /// A block of examples is computed by the rank that has its first one. Of a block that ends on other
  /// ranks, the rank gets the other rows.
  ///
  /// - Parameters:
  ///   - pass: A pass over all examples.
  ///   - takesBlocks: Whether a block is computed as a whole; if not, it is cut as the examples are.
  /// - Returns: Where the blocks of each rank begin, and the rows of the block that ends elsewhere.
  func blocks(_ pass: ExamplePass, takesBlocks: Bool) -> GramBlocks {
    guard takesBlocks else { return GramBlocks(offsets: shards.offsets, border: nil) }
    var offsets = shards.offsets
    var (rows, cuts) = ([Int](), [0])
    var own: Range<Int>?
    var rank = 0
    for piece in pass.pieces.indices {
      pass.forEachBlock(of: piece) { block in
        // Cuts within the block go to its end.
        while rank < ranks.size, shards.offsets[rank + 1] <= block.lowerBound {
          rank += 1
          cuts.append(rows.count)
        }
        for cut in offsets.indices
        where shards.offsets[cut] > block.lowerBound && shards.offsets[cut] < block.upperBound {
          offsets[cut] = block.upperBound
        }
        guard rank < ranks.size, shards.offsets[rank + 1] < block.upperBound else { return }
        rows += Array(block)
        if rank == ranks.rank { own = block }
      }
    }
    while cuts.count <= ranks.size { cuts.append(rows.count) }
    guard !rows.isEmpty else { return GramBlocks(offsets: offsets, border: nil) }
    let border = ranks.reach { () throws(KernelError) in
      try shards.choosing(rows, cuts: cuts).own
    }
    return GramBlocks(
      offsets: offsets,
      border: border.flatMap { border in own.map { (block: $0, features: border) } })
  }
}

/// Which blocks of examples a rank computes a matrix from.
struct GramBlocks: Sendable {
  /// Where the blocks of each rank begin, and the number of all examples.
  let offsets: [Int]
  /// The last block, where it has examples of other ranks, with all its rows.
  let border: (block: Range<Int>, features: FeatureMatrix)?
}

extension [Int32] {
  /// The first place of an ascending list with a number that is not smaller than a given one.
  func firstPlace(from number: Int32) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if self[middle] < number { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

extension NumberVector {
  /// Writes some of the numbers.
  func append(_ range: Range<Int>, to writer: inout ByteWriter) {
    precondition(range.upperBound <= count, "\(range) is outside a vector of \(count)")
    unsafe writer.append(UnsafePointer(pointer + range.lowerBound), count: range.count)
  }

  /// Reads some of the numbers.
  func fill(_ range: Range<Int>, from reader: inout ByteReader) throws(TransportError) {
    for (place, number) in zip(range, try reader.doubles(range.count)) { self[place] = number }
  }
}
