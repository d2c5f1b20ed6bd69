import LinearAlgebra
import SupportVectors

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
/// out; the second one takes both into account [2]. Some twenty iterations end at any tolerance,
/// whatever C and the scale of the features are.
///
/// > [1] M. C. Ferris, T. S. Munson. "Interior-Point Methods for Massive Support Vector Machines."
/// > *SIAM Journal on Optimization* 13 (2002), 783–804.
/// >
/// > [2] S. Mehrotra. "On the Implementation of a Primal-Dual Interior Point Method." *SIAM Journal
/// > on Optimization* 2 (1992), 575–601.
struct InteriorPointSolver {
  private let problem: LinearProblem
  private let run: LinearRun
  private let parameters: NumberVector
  private let margins: NumberVector
  /// a, 1 − a, u and ξ, one list of examples for each piece.
  private let share: NumberVector
  private let rest: NumberVector
  private let slack: NumberVector
  private let violation: NumberVector
  /// β, then the right sides' coefficients, and D.
  private let beta: NumberVector
  private let right: NumberVector
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
    (margins, beta, right) = (
      NumberVector(count: count), NumberVector(count: count), NumberVector(count: count)
    )
    (curvature, first, second) = (
      NumberVector(count: count), NumberVector(count: count), NumberVector(count: count)
    )
    (share, rest) = (NumberVector(count: variables), NumberVector(count: variables))
    (slack, violation) = (NumberVector(count: variables), NumberVector(count: variables))
  }

  func solve() -> LinearSolution {
    start()
    let size = problem.dimension
    let direction = NumberVector(count: size)
    let rightSide = NumberVector(count: size)
    let limit = run.options.maximumIterations ?? 200
    var bestGap = Double.infinity
    var idle = 0
    var iterations = 0
    while true {
      let state = linearise()
      let sums = problem.sums([beta, right])
      if let reason = run.interruption { return finish(iterations, reason) }
      // The gap is that of the central path and what is still infeasible.
      let distance = residual(sums[0])
      let gap = state.complementarity + distance.squared / 2 + distance.bias
      let primal = problem.penalty(parameters) + state.loss
      run.report(
        iterations: iterations, violation: distance.squared.squareRoot(),
        active: problem.exampleCount, of: problem.exampleCount)
      idle = gap < 0.9 * bestGap ? 0 : idle + 1
      bestGap = min(bestGap, gap)
      if gap <= run.gapLimit * primal || idle >= 8 || !gap.isFinite {
        let solution = finish(iterations, .stalled)
        if solution.isConverged || idle >= 8 || !gap.isFinite { return solution }
      }
      guard iterations < limit else { return finish(iterations, .iterationLimit) }
      iterations += 1

      let gram = problem.gram(curvature)
      guard let factor = problem.factor(gram) else {
        return finish(iterations, run.interruption ?? .stalled)
      }
      for index in 0..<size {
        rightSide[index] = sums[0][index] + sums[1][index] - penaltySlope(index)
      }
      guard problem.solve(factor, rightSide, scaledBy: 1, into: direction) else {
        return finish(iterations, .stalled)
      }
      problem.margins(direction, into: first)
      if let reason = run.interruption { return finish(iterations, reason) }
      let target = centre(state.complementarity)

      correct(target)
      let corrected = problem.sums([right])[0]
      if let reason = run.interruption { return finish(iterations, reason) }
      for index in 0..<size {
        rightSide[index] = sums[0][index] + corrected[index] - penaltySlope(index)
      }
      guard problem.solve(factor, rightSide, scaledBy: 1, into: direction) else {
        return finish(iterations, .stalled)
      }
      problem.margins(direction, into: second)
      if let reason = run.interruption { return finish(iterations, reason) }
      let step = move(target)
      for index in 0..<size { parameters[index] += step * direction[index] }
    }
  }

  private func penaltySlope(_ index: Int) -> Double {
    (index < problem.featureCount ? 1 : problem.biasPenalty) * parameters[index]
  }

  private func finish(_ iterations: Int, _ reason: StopReason) -> LinearSolution {
    if iterations == 0 && run.interruption != nil {
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

  /// ‖w − Σβx‖² and what the bias adds to the gap.
  private func residual(_ combination: NumberVector) -> (squared: Double, bias: Double) {
    var squared = 0.0
    for feature in 0..<problem.featureCount {
      let difference = parameters[feature] - combination[feature]
      squared += difference * difference
    }
    guard problem.hasBias else { return (squared, 0) }
    let total = combination[problem.featureCount]
    let bias = parameters[problem.featureCount]
    guard problem.biasPenalty > 0 else { return (squared, abs(bias * total)) }
    let difference = problem.biasPenalty * bias - total
    return (squared, difference * difference / (2 * problem.biasPenalty))
  }

  // MARK: Steps

  /// Begins at w = 0 on the central path of each piece by itself: au = τ and (1 − a)(u + p − sz) = τ
  /// determine a and u.
  private func start() {
    let count = problem.exampleCount
    var scale = 0.0
    for index in 0..<problem.pieceCount {
      for example in 0..<count { scale = max(scale, abs(problem.piece(example, index).offset)) }
    }
    let tau = max(scale, 1e-12)
    for index in 0..<problem.pieceCount {
      for example in 0..<count {
        // With c = sz − p and ξ = u − c:  u = (c + 2τ + √(c² + 4τ²))/2.
        let c = -problem.piece(example, index).offset
        let root = (c * c + 4 * tau * tau).squareRoot()
        let u = (c + 2 * tau + root) / 2
        let xi = (-c + 2 * tau + root) / 2
        let place = index * count + example
        slack[place] = u
        violation[place] = xi
        share[place] = tau / u
        rest[place] = tau / xi
      }
    }
  }

  /// β, D and the coefficients of the first right side, at the present point.
  private func linearise() -> (complementarity: Double, loss: Double) {
    let count = problem.exampleCount
    let parts = tileResults(count: count, threads: problem.threads) { range in
      var (complementarity, loss) = (0.0, 0.0)
      for example in range {
        let (cost, z) = (problem.costs[example], margins[example])
        var (dual, side, weight) = (0.0, 0.0, 0.0)
        for index in 0..<problem.pieceCount {
          let place = index * count + example
          let (sign, offset) = problem.piece(example, index)
          let (a, g, u, xi) = (share[place], rest[place], slack[place], violation[place])
          let m = offset - sign * z
          let scaled = cost / (u / a + xi / g)
          dual += sign * cost * a
          weight += scaled
          side += sign * scaled * m
          complementarity += cost * (a * u + g * xi)
          loss += cost * max(0, m)
        }
        beta[example] = dual
        curvature[example] = weight
        right[example] = side
      }
      return (complementarity: complementarity, loss: loss)
    }
    return parts.reduce((0, 0)) { ($0.0 + $1.complementarity, $0.1 + $1.loss) }
  }

  /// The changes of one piece's variables along a direction.
  private struct Change {
    var share: Double
    var slack: Double
    var violation: Double
  }

  /// The changes that sΔz brings at m = p − sz when, to first order, a·u is to become r1 and
  /// (1 − a)·ξ is to become r2.
  @inline(__always)
  private func change(_ place: Int, _ change: Double, m: Double, r1: Double, r2: Double) -> Change {
    let (a, g, u, xi) = (share[place], rest[place], slack[place], violation[place])
    let q = r1 / a - r2 / g + m
    let da = (q - change) / (u / a + xi / g)
    return Change(share: da, slack: (r1 - u * da) / a - u, violation: (r2 + xi * da) / g - xi)
  }

  /// The largest step that keeps a variable positive.
  @inline(__always)
  private static func bound(_ value: Double, _ change: Double, _ bound: Double) -> Double {
    change < 0 ? min(bound, -value / change) : bound
  }

  /// τ to aim at, from how much the first direction can lower it.
  private func centre(_ complementarity: Double) -> Double {
    let count = problem.exampleCount
    let parts = tileResults(count: count, threads: problem.threads) { range in
      var (step, linear, quadratic, total) = (1.0, 0.0, 0.0, 0.0)
      for example in range {
        let cost = problem.costs[example]
        for index in 0..<problem.pieceCount {
          let place = index * count + example
          let (sign, offset) = problem.piece(example, index)
          let (a, g, u, xi) = (share[place], rest[place], slack[place], violation[place])
          let d = change(
            place, sign * first[example], m: offset - sign * margins[example], r1: 0, r2: 0)
          step = Self.bound(a, d.share, step)
          step = Self.bound(g, -d.share, step)
          step = Self.bound(u, d.slack, step)
          step = Self.bound(xi, d.violation, step)
          linear += cost * (a * d.slack + u * d.share + g * d.violation - xi * d.share)
          quadratic += cost * d.share * (d.slack - d.violation)
          total += 2 * cost
        }
      }
      return (step: step, linear: linear, quadratic: quadratic, total: total)
    }
    var (step, linear, quadratic, total) = (1.0, 0.0, 0.0, 0.0)
    for part in parts {
      step = min(step, part.step)
      linear += part.linear
      quadratic += part.quadratic
      total += part.total
    }
    let reached = max(0, complementarity + step * linear + step * step * quadratic)
    let ratio = min(1, reached / complementarity)
    return ratio * ratio * ratio * complementarity / total
  }

  /// The products a·u and (1 − a)·ξ to aim at: τ, less what the first direction's linearisation left
  /// out.
  @inline(__always)
  private func aims(_ place: Int, _ target: Double, _ sign: Double, _ example: Int, m: Double)
    -> (r1: Double, r2: Double)
  {
    let d = change(place, sign * first[example], m: m, r1: 0, r2: 0)
    return (target - d.share * d.slack, target + d.share * d.violation)
  }

  /// The coefficients of the second right side.
  private func correct(_ target: Double) {
    let count = problem.exampleCount
    _ = tileResults(count: count, threads: problem.threads) { range in
      for example in range {
        var side = 0.0
        for index in 0..<problem.pieceCount {
          let place = index * count + example
          let (sign, offset) = problem.piece(example, index)
          let (a, g, u, xi) = (share[place], rest[place], slack[place], violation[place])
          let m = offset - sign * margins[example]
          let (r1, r2) = aims(place, target, sign, example, m: m)
          side += sign * problem.costs[example] * (r1 / a - r2 / g + m) / (u / a + xi / g)
        }
        right[example] = side
      }
    }
  }

  /// Goes along the second direction as far as all variables stay positive.
  ///
  /// - Returns: The step, at most 1.
  private func move(_ target: Double) -> Double {
    let count = problem.exampleCount
    let longest = tileResults(count: count, threads: problem.threads) { range in
      var step = Double.infinity
      for example in range {
        for index in 0..<problem.pieceCount {
          let place = index * count + example
          let d = finalChange(place, target, example, index)
          step = Self.bound(share[place], d.share, step)
          step = Self.bound(rest[place], -d.share, step)
          step = Self.bound(slack[place], d.slack, step)
          step = Self.bound(violation[place], d.violation, step)
        }
      }
      return step
    }.reduce(Double.infinity, min)
    let step = min(1, 0.995 * longest)
    _ = tileResults(count: count, threads: problem.threads) { range in
      for example in range {
        for index in 0..<problem.pieceCount {
          let place = index * count + example
          let d = finalChange(place, target, example, index)
          share[place] += step * d.share
          rest[place] -= step * d.share
          slack[place] += step * d.slack
          violation[place] += step * d.violation
        }
        margins[example] += step * second[example]
      }
    }
    return step
  }

  @inline(__always)
  private func finalChange(_ place: Int, _ target: Double, _ example: Int, _ index: Int) -> Change {
    let (sign, offset) = problem.piece(example, index)
    let m = offset - sign * margins[example]
    let (r1, r2) = aims(place, target, sign, example, m: m)
    return change(place, sign * second[example], m: m, r1: r1, r2: r2)
  }
}
