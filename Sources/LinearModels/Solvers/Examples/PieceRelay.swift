import Basics
import LinearAlgebra
import Synchronization
import Transport

/// Computes something of each piece of the examples on the ranks that have them.
///
/// A piece that lies on one rank is computed there. One that is cut begins at the first of its ranks and goes
/// on at the next, with the state that it was left in, so that its bits are those of one loop. Pieces that
/// are cut at different places proceed at the same time.
struct PieceRelay: Sendable {
  let pieces: [Range<Int>]
  /// Where the examples of each rank begin, and the number of all.
  let offsets: [Int]
  let ranks: RankLink

  /// Computes the pieces.
  ///
  /// - Parameters:
  ///   - threads: The largest number of threads to use.
  ///   - work: Works on a part of a piece, given the number of the worker and the state that the rank before
  ///     has left, and returns the state; that at the end of a piece has the same number of bytes for each.
  ///   - receive: Takes the state at the end of each piece.
  func compute(
    threads: Int,
    _ work:
      @Sendable (_ piece: Int, _ range: Range<Int>, _ worker: Int, _ state: [UInt8]?) -> [UInt8],
    receive: (_ piece: Int, _ reader: inout ByteReader) throws(TransportError) -> Void
  ) {
    let parts = pieces.map { piece in
      (0..<ranks.size).compactMap { rank in
        let range = piece.clamped(to: offsets[rank]..<offsets[rank + 1])
        return range.isEmpty ? nil : (rank: rank, range: range)
      }
    }
    let states = Mutex([[UInt8]?](repeating: nil, count: pieces.count))
    for turn in 0..<(parts.map(\.count).max() ?? 0) {
      let own = pieces.indices.filter {
        turn < parts[$0].count && parts[$0][turn].rank == ranks.rank
      }
      concurrentTiles(count: own.count, threads: threads) { tile, worker in
        let piece = own[tile]
        let state = states.withLock { states in
          defer { states[piece] = nil }
          return states[piece]
        }
        let next = work(piece, parts[piece][turn].range, worker, state)
        states.withLock { $0[piece] = next }
      }
      guard parts.contains(where: { turn + 1 < $0.count }) else { break }
      var messages = [[UInt8]](repeating: [], count: ranks.size)
      for piece in own where turn + 1 < parts[piece].count {
        messages[parts[piece][turn + 1].rank] = states.withLock { states in
          defer { states[piece] = nil }
          return states[piece] ?? []
        }
      }
      guard let received = ranks.exchange(messages) else { return }
      for piece in pieces.indices
      where turn + 1 < parts[piece].count && parts[piece][turn + 1].rank == ranks.rank {
        states.withLock { $0[piece] = received[parts[piece][turn].rank] }
      }
    }
    let finished = pieces.indices.filter { parts[$0].last?.rank == ranks.rank }
    guard
      let readers = ranks.allGather({ writer in
        states.withLock { states in
          for piece in finished { writer.append(states[piece] ?? []) }
        }
      })
    else { return }
    for (rank, reader) in readers.enumerated() {
      var reader = reader
      for piece in pieces.indices where parts[piece].last?.rank == rank {
        _ = ranks.read { () throws(TransportError) in try receive(piece, &reader) }
      }
    }
  }
}

/// The sums of a pass, computed on ranks.
///
/// The loop over dense examples takes four with coefficients other than 0 together, from the beginning of
/// a block on. Fewer that are left at a cut go to the next rank, which adds them to its first ones.
struct SumRelay: Sendable {
  private let pass: ExamplePass
  private let problem: LinearProblem
  private let rows: ExampleRows
  private let ranks: RankLink

  init(_ pass: ExamplePass, _ problem: LinearProblem, _ rows: ExampleRows, _ ranks: RankLink) {
    (self.pass, self.problem, self.rows, self.ranks) = (pass, problem, rows, ranks)
  }

  /// A sum on its way through the ranks.
  private struct State {
    let sum: NumberVector
    /// Examples that are not added yet, fewer than four.
    var waiting: [(coefficient: Double, features: [Double])] = []
  }

  /// Adds to the sums of all pieces.
  func add(offsets: [Int]) {
    let size = problem.dimension
    PieceRelay(pieces: pass.pieces, offsets: offsets, ranks: ranks).compute(
      threads: problem.workers
    ) { piece, range, _, message in
      var states = pass.sums.map { _ in State(sum: NumberVector(count: size)) }
      if let message {
        var reader = ByteReader(message)
        _ = ranks.read { () throws(TransportError) in
          for place in states.indices { try read(&states[place], &reader) }
        }
      }
      if !(pass.stopsEarly && ranks.isInterruptedHere) {
        pass.forEachBlock(of: piece) { block in
          let segment = block.clamped(to: range)
          if segment.isEmpty { return }
          for (place, sum) in pass.sums.enumerated() {
            add(
              segment, of: sum, to: &states[place], isLast: segment.upperBound == block.upperBound)
          }
        }
      }
      let isEnd = range.upperBound == pass.pieces[piece].upperBound
      if isEnd {
        for (place, sum) in pass.sums.enumerated() {
          pass.forEachBlock(of: piece) { sum.addBias($0, problem, to: states[place].sum) }
        }
      }
      return ByteWriter.bytes { writer in
        for state in states {
          state.sum.append(0..<size, to: &writer)
          if isEnd { continue }
          writer.append(state.waiting.count)
          for example in state.waiting {
            writer.append(example.coefficient)
            writer.append(example.features)
          }
        }
      }
    } receive: { piece, reader throws(TransportError) in
      for sum in pass.sums { try sum.partial[piece].fill(0..<size, from: &reader) }
    }
  }

  private func read(_ state: inout State, _ reader: inout ByteReader) throws(TransportError) {
    try state.sum.fill(0..<problem.dimension, from: &reader)
    for _ in 0..<max(0, try reader.integer()) {
      state.waiting.append((try reader.double(), try reader.doubles(rows.width)))
    }
  }

  /// Adds consecutive examples of a block.
  private func add(
    _ segment: Range<Int>, of sum: ExampleSum, to state: inout State, isLast: Bool
  ) {
    guard !rows.isSparse && !sum.isOfSquares else {
      sum.add(segment, of: rows, to: state.sum)
      return
    }
    var next = segment.lowerBound
    func wait(_ example: Int) {
      state.waiting.append((sum.coefficients[example], rows.features(example)))
    }
    if !state.waiting.isEmpty {
      while state.waiting.count < 4, next < segment.upperBound {
        if sum.coefficients[next] != 0 { wait(next) }
        next += 1
      }
      guard state.waiting.count == 4 || isLast else { return }
      addWaiting(to: &state)
    }
    var end = segment.upperBound
    if !isLast {
      // Whole fours are added here.
      var rest = (next..<end).count { sum.coefficients[$0] != 0 } % 4
      while rest > 0 {
        end -= 1
        if sum.coefficients[end] != 0 { rest -= 1 }
      }
    }
    sum.add(next..<end, of: rows, to: state.sum)
    for example in end..<segment.upperBound where sum.coefficients[example] != 0 { wait(example) }
  }

  /// Adds the examples that waited: four together, or the last ones of a block.
  private func addWaiting(to state: inout State) {
    let waiting = state.waiting
    state.waiting = []
    let matrix = Matrix<Double>(rowCount: waiting.count, columnCount: rows.width) {
      waiting[$0].features[$1]
    }
    let (coefficients, sum) = (NumberVector(waiting.map(\.coefficient)), state.sum)
    FeatureMatrix.dense(matrix).withExamples { memory in
      ExampleRows(memory, rows: (0..<Int32(waiting.count)).map { $0 })
        .add(0..<waiting.count, coefficients, to: sum)
    }
  }
}

/// The matrix of a pass, computed on ranks.
struct GramRelay: Sendable {
  private let pass: ExamplePass
  private let gram: GramTask
  private let rows: ExampleRows
  private let ranks: RankLink

  init(_ pass: ExamplePass, _ gram: GramTask, _ rows: ExampleRows, _ ranks: RankLink) {
    (self.pass, self.gram, self.rows, self.ranks) = (pass, gram, rows, ranks)
  }

  /// Computes the parts of the matrix.
  func add(_ problem: LinearProblem) {
    guard let blocks = gram.blocks else {
      preconditionFailure("a matrix of examples on ranks does not know their blocks")
    }
    let relay = PieceRelay(pieces: pass.pieces, offsets: blocks.offsets, ranks: ranks)
    guard let border = blocks.border else {
      compute(relay, border: nil, problem)
      return
    }
    border.features.withExamples { memory in
      let rows = ExampleRows(
        memory, rows: (0..<Int32(border.block.count)).map { $0 }, from: border.block.lowerBound)
      compute(relay, border: rows, problem)
    }
  }

  private func compute(_ relay: PieceRelay, border: ExampleRows?, _ problem: LinearProblem) {
    let matrix = gram.matrix
    let threads = max(1, problem.workers / pass.pieces.count)
    relay.compute(threads: problem.workers) { piece, range, worker, message in
      if let message {
        var reader = ByteReader(message)
        _ = ranks.read { () throws(TransportError) in try matrix.fill(part: piece, from: &reader) }
      } else if !gram.isChange {
        matrix.clear(part: piece)
      }
      pass.forEachBlock(of: piece) { block in
        let segment = block.clamped(to: range)
        if segment.isEmpty || ranks.isInterruptedHere { return }
        matrix.add(
          segment, of: block == border?.range ? border ?? rows : rows, gram.coefficients,
          part: piece, by: (worker, threads))
      }
      return ByteWriter.bytes { matrix.append(part: piece, to: &$0) }
    } receive: { piece, reader throws(TransportError) in
      try matrix.fill(part: piece, from: &reader)
    }
  }
}
