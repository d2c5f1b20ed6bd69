import Basics
import CVectorMath
import LinearAlgebra
import Learning

/// A primal-dual interior-point method for piecewise linear losses.
///
/// To each piece max(0, p − sz) belong its violation ξ ≥ 0, its slack u = sz − p + ξ ≥ 0 and its dual
/// variable, a share 0 < a < 1 of C. On the central path au = (1 − a)ξ = τ, a number in units of the
/// decision value that steps drive to 0. With θ = u/a + ξ/(1 − a) the linearised conditions leave
/// Δa = (q − sΔz)/θ for a q that is known, and for the weights
///
///     (I + XᵀDX)Δw = Xᵀβ − w + Σ sCq/θ · x,    Dᵢ = Σ over pieces of C/θ,
///
/// a matrix of features × features [1]. Each iteration forms and factors it once and solves twice:
/// the first direction aims at τ = 0 and shows how much τ can fall and what its linearisation leaves
/// out; the second one takes both into account [2], the latter times the step that the first one
/// allows: all of it may block every step [3]. Some twenty iterations end at any tolerance, whatever C
/// and the scale of the features are; they begin near the weights of the squared loss.
///
/// > [1] M. C. Ferris, T. S. Munson. "Interior-Point Methods for Massive Support Vector Machines."
/// > *SIAM Journal on Optimization* 13 (2002), 783–804.
/// >
/// > [2] S. Mehrotra. "On the Implementation of a Primal-Dual Interior Point Method." *SIAM Journal
/// > on Optimization* 2 (1992), 575–601.
/// >
/// > [3] M. Colombo, J. Gondzio. "Further Development of Multiple Centrality Correctors for Interior
/// > Point Methods." *Computational Optimization and Applications* 41 (2008), 277–305.
struct InteriorPointSolver {
  private let problem: LinearProblem
  private let run: TrainingControl
  private let parameters: NumberVector
  private let margins: NumberVector
  /// a, 1 − a, u and ξ, one list of examples for each piece.
  private let share: NumberVector
  private let rest: NumberVector
  private let slack: NumberVector
  private let violation: NumberVector
  /// β, then the right sides' coefficients, those for each unit of τ, and D.
  private let beta: NumberVector
  private let right: NumberVector
  private let aim: NumberVector
  private let curvature: NumberVector
  /// Δz of the first direction and of the second.
  private let first: NumberVector
  private let second: NumberVector

  init(_ problem: LinearProblem) {
    self.problem = problem
    run = problem.run
    let count = problem.exampleCount
    let variables = count * problem.pieceCount
    parameters = NumberVector(count: problem.dimension)
    (margins, beta, right, aim) = (
      NumberVector(count: count), NumberVector(count: count), NumberVector(count: count),
      NumberVector(count: count)
    )
    (curvature, first, second) = (
      NumberVector(count: count), NumberVector(count: count), NumberVector(count: count)
    )
    (share, rest) = (NumberVector(count: variables), NumberVector(count: variables))
    (slack, violation) = (NumberVector(count: variables), NumberVector(count: variables))
  }

  /// The variables, as the loops in C take them.
  private var variables: lm_interior {
    unsafe lm_interior(
      losses: problem.losses, share: share.pointer, rest: rest.pointer, slack: slack.pointer,
      violation: violation.pointer, margins: margins.pointer, beta: beta.pointer,
      right: right.pointer, aim: aim.pointer, curvature: curvature.pointer, first: first.pointer,
      second: second.pointer)
  }

  func solve() -> LinearSolution {
    let limit = run.options.maximumIterations ?? 200
    var iterations = start(limit: limit)
    if let reason = problem.interruption { return finish(0, reason) }
    let size = problem.dimension
    let direction = NumberVector(count: size)
    let rightSide = NumberVector(count: size)
    // Features that stay in a cache for the sums and the matrix, and enough rows for BLAS.
    let matrix = GramMatrix(
      problem, blockHeight: max(256, problem.blockHeight), takesChanges: false)
    var bestGap = Double.infinity
    var idle = 0
    var state = linearise()
    while true {
      let (sums, gram) = differentiate(matrix)
      if let reason = problem.interruption { return finish(iterations, reason) }
      // The gap is that of the central path and what is still infeasible.
      let distance = problem.residual(parameters, sums[0])
      let gap = state.complementarity + distance.squared / 2 + distance.bias
      let primal = problem.penalty(parameters) + state.loss
      run.report(
        iterations: iterations, violation: distance.squared.squareRoot(),
        gap: primal > 0 ? gap / primal : nil, active: problem.exampleCount, of: problem.exampleCount
      )
      idle = gap < 0.9 * bestGap ? 0 : idle + 1
      bestGap = min(bestGap, gap)
      if gap <= run.gapLimit * primal || idle >= 8 || !gap.isFinite {
        let solution = finish(iterations, .stalled)
        if solution.isConverged || idle >= 8 || !gap.isFinite { return solution }
      }
      guard iterations < limit else { return finish(iterations, .iterationLimit) }
      iterations += 1

      guard let factor = problem.factor(gram) else {
        return finish(iterations, problem.interruption ?? .stalled)
      }
      for index in 0..<size {
        rightSide[index] =
          sums[0][index] + sums[1][index] - problem.penaltySlope(index, at: parameters)
      }
      guard problem.solve(factor, rightSide, scaledBy: 1, into: direction) else {
        return finish(iterations, .stalled)
      }
      let (target, share, corrected) = correct(direction, state.complementarity)
      if let reason = problem.interruption { return finish(iterations, reason) }
      for index in 0..<size {
        rightSide[index] =
          sums[0][index] + sums[1][index] - problem.penaltySlope(index, at: parameters)
          + (share * corrected[0][index] + target * corrected[1][index])
      }
      guard problem.solve(factor, rightSide, scaledBy: 1, into: direction) else {
        return finish(iterations, .stalled)
      }
      let step = longestStep(direction, target, share)
      if let reason = problem.interruption { return finish(iterations, reason) }
      state = move(target, share, step)
      for index in 0..<size { parameters[index] += step * direction[index] }
    }
  }

  private func finish(_ iterations: Int, _ reason: StopReason) -> LinearSolution {
    if iterations == 0 && problem.interruption != nil {
      return .untrained(dimension: problem.dimension, reason)
    }
    let alpha = NumberVector(count: share.count)
    let count = problem.exampleCount
    for index in 0..<problem.pieceCount {
      for example in 0..<count {
        let place = index * count + example
        // 1 − a is the exact one of the two when a is near 1.
        let own = rest[place] < 0.5 ? 1 - rest[place] : share[place]
        alpha[place] = problem.costs[example] * own
      }
    }
    return problem.certified(
      parameters, alpha, iterations: iterations, stopReason: reason)
  }

  // MARK: Steps

  /// Begins near the weights of the squared loss, on the central path of each piece by itself: au = τ
  /// and (1 − a)(u + p − sz) = τ determine a and u.
  ///
  /// - Returns: The matrices that were factored.
  private func start(limit: Int) -> Int {
    var iterations = 0
    if limit > 10 {
      let newton = NewtonSolver(problem.squared, isDirect: true)
      iterations = newton.approach(limit: 3).iterations
      if newton.parameters.numbers.allSatisfy(\.isFinite) {
        parameters.copy(from: newton.parameters)
        problem.margins(parameters, into: margins)
      }
    }
    var scale = 0.0
    for index in 0..<problem.pieceCount {
      for example in 0..<problem.exampleCount {
        let (sign, offset) = problem.piece(example, index)
        scale += abs(offset - sign * margins[example])
      }
    }
    let tau = max(0.3 * scale / Double(problem.exampleCount * problem.pieceCount), 1e-12)
    _ = tileResults(count: problem.exampleCount, threads: problem.threads) { range in
      var variables = unsafe variables
      unsafe lm_interior_begin(&variables, range.lowerBound, range.upperBound, tau)
    }
    return iterations
  }

  /// Σ C(au + (1 − a)ξ) and the loss at the present point.
  private typealias State = (complementarity: Double, loss: Double)

  /// β, D and the coefficients of the first right side, at the present point.
  private func linearise() -> State {
    Self.total(
      tileResults(count: problem.exampleCount, threads: problem.threads) { linearise($0) })
  }

  private func linearise(_ range: Range<Int>) -> State {
    var variables = unsafe variables
    var (complementarity, loss) = (0.0, 0.0)
    unsafe lm_interior_linearise(
      &variables, range.lowerBound, range.upperBound, &complementarity, &loss)
    return (complementarity, loss)
  }

  private static func total(_ states: [State]) -> State {
    states.reduce((0, 0)) { ($0.complementarity + $1.complementarity, $0.loss + $1.loss) }
  }

  /// The sums of β and of the first right side's coefficients, and XᵀDX, in one pass over the
  /// features.
  private func differentiate(_ matrix: GramMatrix) -> (sums: [NumberVector], gram: NumberVector) {
    let sums = [beta, right].map {
      ExampleSum($0, pieces: matrix.partCount, dimension: problem.dimension)
    }
    var pass = matrix.pass(curvature)
    pass.sums = sums
    problem.examples.carryOut(pass, problem)
    return (sums.map { $0.total() }, matrix.total())
  }

  /// τ to aim at, from how much the first direction can lower it, the longest step along that
  /// direction, and the sums of what the second right side adds: for what the first direction left
  /// out, and for each unit of τ.
  private func correct(_ direction: NumberVector, _ complementarity: Double)
    -> (target: Double, share: Double, sums: [NumberVector])
  {
    let size = problem.dimension
    let parts = LinearProblem.parts(problem.exampleCount, ofSize: size)
    let sums = [right, aim].map { ExampleSum($0, pieces: parts, dimension: size) }
    // The longest step, and what changes for each unit of it, of its square, and of τ.
    let results = (0..<parts).map { _ in NumberVector([1, 0, 0, 0]) }
    let blocks = (0..<parts).map { _ in NumberVector(count: 4) }
    var pass = ExamplePass(problem.parts(parts))
    pass.blockHeight = problem.blockHeight
    pass.products = (direction, first)
    pass.step = { [self] block, part in
      var variables = unsafe variables
      let own = blocks[part]
      unsafe lm_interior_centre(&variables, block.lowerBound, block.upperBound, own.pointer)
      results[part][0] = min(results[part][0], own[0])
      for place in 1..<4 { results[part][place] += own[place] }
      unsafe lm_interior_correct(&variables, block.lowerBound, block.upperBound)
    }
    pass.sums = sums
    problem.examples.carryOut(pass, problem)
    let all = results[0]
    for part in results.dropFirst() {
      all[0] = min(all[0], part[0])
      for place in 1..<4 { all[place] += part[place] }
    }
    let step = all[0]
    let reached = max(0, complementarity + step * all[1] + step * step * all[2])
    let ratio = min(1, reached / complementarity)
    return (
      ratio * ratio * ratio * complementarity / all[3], step, sums.map { $0.total() }
    )
  }

  /// The step along the second direction, at most 1, that keeps all variables positive.
  private func longestStep(_ direction: NumberVector, _ target: Double, _ share: Double) -> Double {
    let tiles = problem.tiles(ofHeight: problem.blockHeight)
    let lost = NumberVector(count: tiles.count)
    var pass = ExamplePass(tiles)
    pass.products = (direction, second)
    pass.step = { [self] range, tile in
      var variables = unsafe variables
      lost[tile] = unsafe lm_interior_bound(
        &variables, range.lowerBound, range.upperBound, target, share)
    }
    problem.examples.carryOut(pass, problem)
    var largest = 0.0
    for tile in tiles.indices { largest = max(largest, lost[tile]) }
    return min(1, 0.995 / largest)
  }

  /// Goes a step along the second direction and linearises there.
  private func move(_ target: Double, _ share: Double, _ step: Double) -> State {
    Self.total(
      tileResults(count: problem.exampleCount, threads: problem.threads) { range in
        var variables = unsafe variables
        unsafe lm_interior_move(&variables, range.lowerBound, range.upperBound, target, share, step)
        return linearise(range)
      })
  }
}
