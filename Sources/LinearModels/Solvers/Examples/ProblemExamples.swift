import Basics
import Learning
import LinearAlgebra

/// The examples of a problem, wherever they are: all that methods ask about their features.
///
/// What belongs to each example, such as its target or its dual variable, is on every rank; the features
/// are on the rank that has them.
protocol ProblemExamples: Sendable {
  /// The number of all examples.
  var count: Int { get }
  /// The number of features.
  var width: Int { get }
  /// Whether only features that are not 0 are stored.
  var isSparse: Bool { get }
  /// The stored features of all examples.
  var storedCount: Int { get }
  /// Σ (stored + 1)²/2 over all examples: the products of sparse ones in a matrix of features × features;
  /// `nil` of dense ones.
  var pairCount: Double? { get }
  /// The examples that are here.
  var rows: ExampleRows { get }
  /// The ranks that have the others; `nil` when all are here.
  var link: RankLink? { get }

  /// ‖x‖² of each example.
  func squaredNorms() -> NumberVector

  /// ⟨w, x⟩ + bias of some examples.
  ///
  /// - Parameters:
  ///   - list: Ascending.
  ///   - weights: w.
  ///   - bias: The bias.
  ///   - threads: The largest number of threads to use.
  /// - Returns: One number for each of the list.
  func products(
    of list: [Int32], _ weights: NumberVector, bias: Double, threads: Int
  ) -> NumberVector

  /// Carries out a pass over the examples of a problem.
  func carryOut(_ pass: ExamplePass, _ problem: LinearProblem)

  /// Calls a closure with some of the examples, numbered from 0.
  func withChosen(_ list: [Int32], _ body: (any ProblemExamples) -> Void)
}

/// What is computed of all examples together, so that their features are read once.
///
/// For each block of examples: first products with weights, then a step that needs nothing but what
/// belongs to its examples, then sums and the matrix.
struct ExamplePass: Sendable {
  /// Consecutive examples with separate sums, which together are all.
  let pieces: [Range<Int>]
  /// Pieces are worked on in blocks of this height, from the beginning of each; `nil` takes them whole.
  var blockHeight: Int?
  /// Whether to give up when the training is to stop; the caller must check that before using results.
  var stopsEarly = true
  /// z ← ⟨w, x⟩ + b.
  var products: (weights: NumberVector, into: NumberVector)?
  /// Works on what belongs to the examples of a block, given the number of the piece.
  var step: (@Sendable (_ block: Range<Int>, _ piece: Int) -> Void)?
  /// Σ cx.
  var sums: [ExampleSum] = []
  /// Σ c(x, 1)(x, 1)ᵀ, of which each piece has a part.
  var gram: GramTask?

  init(_ pieces: [Range<Int>]) { self.pieces = pieces }

  /// Calls a closure for the blocks of a piece, in order.
  func forEachBlock(of piece: Int, _ body: (Range<Int>) -> Void) {
    let range = pieces[piece]
    var begin = range.lowerBound
    while begin < range.upperBound {
      let end = min(begin + (blockHeight ?? range.count), range.upperBound)
      body(begin..<end)
      begin = end
    }
  }
}

/// Sums of examples, one for each piece of a pass.
struct ExampleSum: Sendable {
  /// c of each example.
  let coefficients: NumberVector
  /// Whether features are squared.
  var isOfSquares = false
  /// The sums, with Σ c after those of the features where there is a bias.
  let partial: [NumberVector]

  /// Σ c(x, 1) for pieces of a problem's examples.
  init(_ coefficients: NumberVector, pieces: Int, dimension: Int, ofSquares: Bool = false) {
    self.coefficients = coefficients
    isOfSquares = ofSquares
    partial = (0..<pieces).map { _ in NumberVector(count: dimension) }
  }

  /// Adds Σ cx of a range of examples.
  func add(_ range: Range<Int>, of rows: ExampleRows, to sum: NumberVector) {
    if isOfSquares {
      rows.addSquares(range, coefficients, to: sum)
    } else {
      rows.add(range, coefficients, to: sum)
    }
  }

  /// Adds Σ c of a range of examples where there is a bias.
  func addBias(_ range: Range<Int>, _ problem: LinearProblem, to sum: NumberVector) {
    guard problem.hasBias else { return }
    var total = 0.0
    for example in range { total += coefficients[example] }
    sum[problem.featureCount] += total
  }

  /// The sum of the pieces' sums, in order; the first one's memory.
  func total() -> NumberVector {
    let sum = partial[0]
    for part in partial.dropFirst() {
      for index in 0..<sum.count { sum[index] += part[index] }
    }
    return sum
  }
}

/// Examples that are all in this process.
struct LocalExamples: ProblemExamples {
  let rows: ExampleRows

  init(_ rows: ExampleRows) { self.rows = rows }

  var count: Int { rows.count }
  var width: Int { rows.width }
  var isSparse: Bool { rows.isSparse }
  var storedCount: Int { rows.storedCount }
  var pairCount: Double? { isSparse ? rows.pairCount : nil }
  var link: RankLink? { nil }

  func squaredNorms() -> NumberVector {
    let norms = NumberVector(count: count)
    for example in 0..<count { norms[example] = rows.squaredNorm(example) }
    return norms
  }

  func products(
    of list: [Int32], _ weights: NumberVector, bias: Double, threads: Int
  ) -> NumberVector {
    rows.products(of: list, weights, bias: bias, threads: threads)
  }

  func carryOut(_ pass: ExamplePass, _ problem: LinearProblem) {
    concurrentTiles(count: pass.pieces.count, threads: problem.workers) { piece, worker in
      if let gram = pass.gram, !gram.isChange { gram.matrix.clear(part: piece) }
      pass.forEachBlock(of: piece) { block in
        if pass.stopsEarly && problem.interruption != nil { return }
        if let products = pass.products {
          rows.products(
            block, products.weights, bias: problem.bias(of: products.weights), into: products.into)
        }
        pass.step?(block, piece)
        for sum in pass.sums {
          sum.add(block, of: rows, to: sum.partial[piece])
          sum.addBias(block, problem, to: sum.partial[piece])
        }
        if let gram = pass.gram {
          gram.matrix.add(
            block, of: rows, gram.coefficients, part: piece,
            by: (worker, max(1, problem.workers / pass.pieces.count)))
        }
      }
    }
  }

  func withChosen(_ list: [Int32], _ body: (any ProblemExamples) -> Void) {
    body(LocalExamples(rows.choosing(list)))
  }
}

extension ExampleRows {
  /// Σ (stored + 1)²/2.
  fileprivate var pairCount: Double {
    var pairs = 0.0
    for example in range {
      let stored = Double(storedCount(example) + 1)
      pairs += stored * stored / 2
    }
    return pairs
  }

  /// ⟨w, x⟩ + bias of some of the examples.
  func products(
    of list: some RandomAccessCollection<Int32>, _ weights: NumberVector, bias: Double, threads: Int
  ) -> NumberVector {
    let result = NumberVector(count: list.count)
    let chosen = choosing(list)
    let height = 1024
    let count = list.count
    concurrentTiles(
      count: (count + height - 1) / height, threads: chosen.storedCount < 1 << 17 ? 1 : threads
    ) { tile in
      chosen.products(
        tile * height..<min((tile + 1) * height, count), weights, bias: bias, into: result)
    }
    return result
  }
}
