import Basics
import LinearAlgebra

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

  init(_ problem: LinearProblem) {
    self.problem = problem
    let costs = Self.seconds(problem)
    isSparse = costs.sparse < costs.dense
    let size = problem.dimension
    partCount = LinearProblem.parts(problem.exampleCount, ofSize: size * size)
    partial = (0..<partCount).map { _ in NumberVector(count: size * size) }
    let height = max(64, min(512, (1 << 16) / size))
    tiles =
      costs.sparse < costs.dense
      ? [] : (0..<problem.workers).map { _ in NumberVector(count: height * size) }
  }

  /// Seconds that one matrix takes by sparse entries and by dense tiles, roughly.
  static func seconds(_ problem: LinearProblem) -> (sparse: Double, dense: Double) {
    let size = Double(problem.dimension)
    let count = Double(problem.exampleCount)
    let dense = count * size * (size * 4e-11 + 1e-9)
    guard problem.examples.isSparse else { return (.infinity, dense) }
    var pairs = 0.0
    for example in 0..<problem.exampleCount {
      let stored = Double(problem.examples.storedCount(example) + 1)
      pairs += stored * stored / 2
    }
    return (pairs * 0.6e-9, dense)
  }

  /// Forgets what was added.
  func clear(part: Int) { partial[part].clear() }

  /// Adds to a part's sum; c may have both signs.
  ///
  /// Each worker has a separate tile.
  func add(_ range: Range<Int>, _ coefficients: NumberVector, part: Int, worker: Int) {
    if isSparse {
      problem.examples.addOuterProducts(
        range, coefficients, hasBias: problem.hasBias, to: partial[part])
    } else {
      problem.examples.addTileProducts(
        range, coefficients, hasBias: problem.hasBias, tile: tiles[worker], to: partial[part])
    }
  }

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
    concurrentTiles(count: partCount, threads: problem.workers) { index, worker in
      clear(part: index)
      problem.forEachBlock(problem.part(index, of: partCount)) { block in
        if problem.run.interruption != nil { return }
        add(block, coefficients, part: index, worker: worker)
      }
    }
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
