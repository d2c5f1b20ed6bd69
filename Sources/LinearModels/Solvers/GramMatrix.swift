import Basics
import LinearAlgebra
import Transport

/// Σ cᵢ(xᵢ, 1)(xᵢ, 1)ᵀ: matrices of features × features, the lower triangle.
///
/// The examples' parts have separate sums, which keep their memory from one matrix to the next.
/// Sparse examples are added one after the other when their stored features are so few that this is
/// faster than products of dense tiles.
struct GramMatrix: Sendable {
  private let problem: LinearProblem
  private let isSparse: Bool
  let partCount: Int
  private let partial: [NumberVector]
  private let tiles: [NumberVector]
  /// Which blocks of examples this rank computes; `nil` when all are here.
  let blocks: GramBlocks?

  init(_ problem: LinearProblem) {
    self.problem = problem
    let costs = Self.seconds(ProblemSizes(problem.examples), dimension: problem.dimension)
    isSparse = costs.sparse < costs.dense
    let size = problem.dimension
    partCount = LinearProblem.parts(problem.exampleCount, ofSize: size * size)
    partial = (0..<partCount).map { _ in NumberVector(count: size * size) }
    let height = max(64, min(512, (1 << 16) / size))
    tiles =
      costs.sparse < costs.dense
      ? [] : (0..<problem.workers).map { _ in NumberVector(count: height * size) }
    blocks = (problem.examples as? SpreadExamples)?.blocks(
      Self.pass(problem, partCount), takesBlocks: !isSparse)
  }

  private static func pass(_ problem: LinearProblem, _ partCount: Int) -> ExamplePass {
    var pass = ExamplePass(problem.parts(partCount))
    pass.blockHeight = problem.blockHeight
    return pass
  }

  /// Seconds that one matrix takes by sparse entries and by dense tiles, roughly.
  static func seconds(_ sizes: ProblemSizes, dimension: Int) -> (sparse: Double, dense: Double) {
    let size = Double(dimension)
    let count = Double(sizes.count)
    let dense = count * size * (size * 4e-11 + 1e-9)
    guard let pairs = sizes.pairCount else { return (.infinity, dense) }
    return (pairs * 0.6e-9, dense)
  }

  /// Forgets what was added.
  func clear(part: Int) { partial[part].clear() }

  /// Adds to a part's sum; c may have both signs.
  ///
  /// Each worker has a separate tile.
  func add(
    _ range: Range<Int>, of rows: ExampleRows, _ coefficients: NumberVector, part: Int, worker: Int
  ) {
    if isSparse {
      rows.addOuterProducts(range, coefficients, hasBias: problem.hasBias, to: partial[part])
    } else {
      rows.addTileProducts(
        range, coefficients, hasBias: problem.hasBias, tile: tiles[worker], to: partial[part])
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

  /// A pass over the examples by the parts of the matrix.
  var pass: ExamplePass { Self.pass(problem, partCount) }

  /// The sum of all parts, in order; their memory keeps it until it is cleared.
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
  /// returns.
  func sum(_ coefficients: NumberVector) -> NumberVector {
    var pass = pass
    pass.gram = (self, coefficients)
    problem.examples.carryOut(pass, problem)
    return total()
  }
}

/// The same matrix again and again, while coefficients change: when few did, their changes are added
/// to the last one.
final class GramUpdates {
  private let problem: LinearProblem
  private let matrix: GramMatrix
  private let last: NumberVector
  private let changes: NumberVector
  private let sum: NumberVector
  private var isFirst = true

  init(_ problem: LinearProblem) {
    self.problem = problem
    matrix = GramMatrix(problem)
    last = NumberVector(count: problem.exampleCount)
    changes = NumberVector(count: problem.exampleCount)
    sum = NumberVector(count: problem.dimension * problem.dimension)
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
    if !isFirst && 2 * changed < present {
      let addition = matrix.sum(changes)
      for index in 0..<sum.count { sum[index] += addition[index] }
    } else {
      sum.copy(from: matrix.sum(coefficients))
    }
    isFirst = false
    return sum
  }
}
