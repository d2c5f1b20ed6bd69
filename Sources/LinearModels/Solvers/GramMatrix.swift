import Basics
import LinearAlgebra
import Transport

/// Σ cᵢ(xᵢ, 1)(xᵢ, 1)ᵀ: matrices of features × features, the lower triangle.
///
/// Anew, the examples' parts have separate sums, which keep their memory from one matrix to the next. A change
/// is added to the total, in the order of the examples: it has few of them, and their parts' sums would take
/// longer than their products. Sparse examples are added one after the other when their stored features are
/// so few that this is faster than products of dense tiles.
struct GramMatrix: Sendable {
  private let problem: LinearProblem
  private let isSparse: Bool
  private let partial: [NumberVector]
  private let tiles: [NumberVector]
  private let parts: GramPieces
  /// All examples as one piece.
  private let whole: GramPieces?

  /// Takes memory for the matrices of a problem.
  ///
  /// - Parameters:
  ///   - problem: The problem.
  ///   - blockHeight: Examples whose features are added together, those with a coefficient of 0 left out.
  ///   - takesChanges: Whether ``add(_:)`` is called.
  init(_ problem: LinearProblem, blockHeight: Int, takesChanges: Bool) {
    self.problem = problem
    let costs = Self.seconds(ProblemSizes(problem.examples), dimension: problem.dimension)
    isSparse = costs.sparse < costs.dense
    let size = problem.dimension
    let partCount = LinearProblem.parts(problem.exampleCount, ofSize: size * size)
    partial = (0..<partCount).map { _ in NumberVector(count: size * size) }
    let height = max(64, min(512, (1 << 18) / size))
    tiles = isSparse ? [] : (0..<problem.workers).map { _ in NumberVector(count: height * size) }
    let takesBlocks = !isSparse
    func pieces(_ ranges: [Range<Int>]) -> GramPieces {
      var pass = ExamplePass(ranges)
      pass.blockHeight = blockHeight
      let blocks = (problem.examples as? SpreadExamples)?.blocks(pass, takesBlocks: takesBlocks)
      return GramPieces(ranges: ranges, blockHeight: blockHeight, blocks: blocks)
    }
    parts = pieces(problem.parts(partCount))
    whole = takesChanges ? pieces([0..<problem.exampleCount]) : nil
  }

  /// Seconds that one matrix takes by sparse entries and by dense tiles, roughly.
  static func seconds(_ sizes: ProblemSizes, dimension: Int) -> (sparse: Double, dense: Double) {
    let size = Double(dimension)
    let count = Double(sizes.count)
    let dense = count * size * (size * 4e-11 + 1e-9)
    guard let pairs = sizes.pairCount else { return (.infinity, dense) }
    return (pairs * 0.6e-9, dense)
  }

  /// The number of parts with separate sums.
  var partCount: Int { partial.count }

  /// Forgets what was added.
  func clear(part: Int) { partial[part].clear() }

  /// Adds to a part's sum; c may have both signs.
  ///
  /// - Parameters:
  ///   - range: The examples.
  ///   - rows: Where they are.
  ///   - coefficients: c.
  ///   - part: The part.
  ///   - worker: Which of the tiles to use, and the largest number of threads to use.
  func add(
    _ range: Range<Int>, of rows: ExampleRows, _ coefficients: NumberVector, part: Int,
    by worker: (number: Int, threads: Int)
  ) {
    if isSparse {
      rows.addOuterProducts(range, coefficients, hasBias: problem.hasBias, to: partial[part])
    } else {
      rows.addTileProducts(
        range, coefficients, hasBias: problem.hasBias,
        by: (tiles[worker.number], worker.threads), to: partial[part])
    }
  }

  /// Writes the lower triangle of a part's sum.
  func append(part: Int, to writer: inout ByteWriter) {
    let size = problem.dimension
    for row in 0..<size {
      partial[part].append(row * size..<row * size + row + 1, to: &writer)
    }
  }

  /// Reads the lower triangle of a part's sum.
  func fill(part: Int, from reader: inout ByteReader) throws(TransportError) {
    let size = problem.dimension
    for row in 0..<size {
      try partial[part].fill(row * size..<row * size + row + 1, from: &reader)
    }
  }

  /// A pass over the examples that computes the matrix of some coefficients anew.
  func pass(_ coefficients: NumberVector) -> ExamplePass {
    pass(coefficients, over: parts, isChange: false)
  }

  private func pass(
    _ coefficients: NumberVector, over pieces: GramPieces, isChange: Bool
  ) -> ExamplePass {
    var pass = ExamplePass(pieces.ranges)
    pass.blockHeight = pieces.blockHeight
    pass.gram = GramTask(
      matrix: self, coefficients: coefficients, blocks: pieces.blocks, isChange: isChange)
    return pass
  }

  /// The sum of all parts, in order: the first one's memory, which keeps it until it is computed anew.
  func total() -> NumberVector {
    let size = problem.dimension
    let sum = partial[0]
    let height = 64
    concurrentTiles(
      count: (size + height - 1) / height, threads: partCount > 1 ? problem.workers : 1
    ) { tile in
      for other in partial.dropFirst() {
        for row in tile * height..<min((tile + 1) * height, size) {
          for column in 0...row { sum[row * size + column] += other[row * size + column] }
        }
      }
    }
    return sum
  }

  /// The matrix of some coefficients.
  ///
  /// It is given up when the training is to stop; the caller must check that before using what it
  /// returns, as with ``add(_:)``.
  func sum(_ coefficients: NumberVector) -> NumberVector {
    problem.examples.carryOut(pass(coefficients), problem)
    return total()
  }

  /// Adds the matrix of some coefficients to the last one.
  func add(_ coefficients: NumberVector) -> NumberVector {
    guard let whole else { preconditionFailure("a matrix was not made for changes") }
    problem.examples.carryOut(pass(coefficients, over: whole, isChange: true), problem)
    return partial[0]
  }
}

/// How the examples are cut for a matrix.
private struct GramPieces: Sendable {
  let ranges: [Range<Int>]
  let blockHeight: Int
  /// Which blocks of examples this rank computes; `nil` when all are here.
  let blocks: GramBlocks?
}

/// The share of a matrix in a pass.
struct GramTask: Sendable {
  let matrix: GramMatrix
  /// c of each example.
  let coefficients: NumberVector
  /// Which blocks of examples this rank computes; `nil` when all are here.
  let blocks: GramBlocks?
  /// Whether the pass, of a single piece, adds to the last matrix.
  let isChange: Bool
}

/// The same matrix again and again, while coefficients change: when few did, their changes are added
/// to the last one.
final class GramUpdates {
  private let problem: LinearProblem
  private let matrix: GramMatrix
  private let last: NumberVector
  private let changes: NumberVector
  private var isFirst = true

  init(_ problem: LinearProblem) {
    self.problem = problem
    // Many examples, as few of them take part, but no more than 100 ms of products.
    let square = problem.dimension * problem.dimension
    matrix = GramMatrix(
      problem, blockHeight: max(256, min(4096, (1 << 31) / square)), takesChanges: true)
    last = NumberVector(count: problem.exampleCount)
    changes = NumberVector(count: problem.exampleCount)
  }

  /// The matrix of some coefficients; its memory is used again by the next call.
  func sum(_ coefficients: NumberVector) -> NumberVector {
    var (changed, present) = (0, 0)
    for example in 0..<problem.exampleCount {
      changes[example] = coefficients[example] - last[example]
      if changes[example] != 0 { changed += 1 }
      if coefficients[example] != 0 { present += 1 }
    }
    last.copy(from: coefficients)
    defer { isFirst = false }
    return !isFirst && 2 * changed < present ? matrix.add(changes) : matrix.sum(coefficients)
  }
}
