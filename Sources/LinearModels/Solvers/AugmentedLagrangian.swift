import Basics
import LinearAlgebra
import Learning

/// The method of multipliers for piecewise linear losses of dense examples, its steps by Newton's method.
///
/// Each piece max(0, m) with m = p − sz has a multiplier 0 ≤ α ≤ C. With t = α/(κC) + m, the function
///
///     φ(w) = ½‖w‖² + Σ over pieces of the smoothed loss,  φ′ = w − Σ s·clip(κCt, 0, C)·x,
///
/// has a derivative, and a second one almost everywhere: I + κ·XᵀDX, where D has Cᵢ for each piece with
/// 0 < t < 1/κ and 0 for all others [1, 2]. Newton's method minimises φ; then clip(κCt, 0, C), which is
/// feasible for the dual problem, becomes the next α, and κ grows. Where the interior-point method weighs
/// all examples in each matrix, these matrices have only the few near the margin, and one follows from
/// the one before by the examples that came and went.
///
/// Most examples stay on their side of the margin: how far the parameters have travelled bounds the
/// change of each z (Cauchy and Schwarz), so that an example is looked at again only when its piece could
/// have changed. The method begins at the solution of a sample, where there are many examples.
///
/// > [1] Y. Yan, Q. Li. "An Efficient Augmented Lagrangian Method for Support Vector Machine."
/// > *Optimization Methods and Software* 35 (2020), 855–883.
/// >
/// > [2] D. Niu, C. Wang, P. Tang, Q. Wang, E. Song. "A Sparse Semismooth Newton Based Augmented
/// > Lagrangian Method for Large-Scale Support Vector Machines." arXiv:1910.01312 (2019).
final class AugmentedLagrangian {
  private let problem: LinearProblem
  private let run: TrainingControl
  private let parameters: NumberVector
  /// Σ β(x, 1) at the present candidates.
  private let combination: NumberVector
  // Of each example: z, β, D, what β changed by, ‖(x, 1)‖, how far the parameters may have travelled
  // before a piece can change, and how far they had when z was computed.
  private let margins: NumberVector
  private let beta: NumberVector
  private let curvature: NumberVector
  private let changes: NumberVector
  private let lengths: NumberVector
  private let validity: NumberVector
  private let seen: NumberVector
  /// α of each piece, one list of examples after the other, and clip(κCt, 0, C).
  private let multipliers: NumberVector
  private let candidates: NumberVector
  /// Σ of candidates times offsets.
  private var offsetSum = 0.0
  private var kappa = 1.0
  private var travelled = 0.0
  private var iterations = 0

  init(_ problem: LinearProblem) {
    self.problem = problem
    run = problem.run
    let (count, pieces) = (problem.exampleCount, problem.exampleCount * problem.pieceCount)
    parameters = NumberVector(count: problem.dimension)
    combination = NumberVector(count: problem.dimension)
    (margins, beta, curvature) = (
      NumberVector(count: count), NumberVector(count: count), NumberVector(count: count)
    )
    (changes, lengths, validity, seen) = (
      NumberVector(count: count), NumberVector(count: count), NumberVector(count: count),
      NumberVector(count: count)
    )
    (multipliers, candidates) = (NumberVector(count: pieces), NumberVector(count: pieces))
    let norms = problem.examples.squaredNorms()
    for example in 0..<count {
      lengths[example] = (norms[example] + (problem.hasBias ? 1 : 0)).squareRoot()
    }
  }

  /// Solves the problem.
  ///
  /// - Returns: The solution, or `nil` when this method does not get there.
  func solve() -> LinearSolution? {
    let limit = run.options.maximumIterations ?? 500
    switch approach(gapLimit: run.gapLimit, limit: limit) {
    case .solved(let solution): return solution
    case .near: return nil
    case .stopped(let reason): return finish(reason)
    case .stuck:
      return run.options.maximumIterations.map { iterations >= $0 } ?? false
        ? finish(.iterationLimit) : nil
    }
  }

  private enum Outcome {
    case solved(LinearSolution)
    /// The gap is within the limit, for a start.
    case near
    case stopped(StopReason)
    case stuck
  }

  private func finish(_ reason: StopReason) -> LinearSolution {
    if iterations == 0 { return .untrained(dimension: problem.dimension, reason) }
    let (weights, alpha) = (
      NumberVector(count: parameters.count), NumberVector(count: candidates.count)
    )
    weights.copy(from: parameters)
    alpha.copy(from: candidates)
    return problem.certified(weights, alpha, iterations: iterations, stopReason: reason)
  }

  /// How many times larger κ gets: by more, and the next minimum is far away; 1.6 to 2.5 took the fewest steps
  /// on five data sets.
  private static var growth: Double { 2 }
  /// Newton steps without a smaller gap after which another method is better.
  private static var patience: Int { 60 }

  private func approach(gapLimit: Double, limit: Int, isSample: Bool = false) -> Outcome {
    start(isSample: isSample)
    if let reason = problem.interruption { return .stopped(reason) }
    let size = problem.dimension
    let (gradient, direction) = (NumberVector(count: size), NumberVector(count: size))
    let grams = GramUpdates(problem)
    var pieces = evaluate((0..<Int32(problem.exampleCount)).map { $0 })
    var (best, lastBetter) = (Double.infinity, 0)
    // A few more steps cost nothing in a small problem, and give predictions more digits.
    let isSmall = !isSample && problem.examples.storedCount < 1 << 18
    let goal = isSmall ? max(1e-3 * gapLimit, 5e-13) : gapLimit
    while true {
      if let reason = problem.interruption { return .stopped(reason) }
      for index in 0..<size {
        gradient[index] = problem.penaltySlope(index, at: parameters) - combination[index]
      }
      let distance = problem.residual(parameters, combination)
      let residual = distance.squared / 2 + distance.bias
      let gap = pieces + residual
      let primal = dualObjective + gap
      let norm = gradient.dot(gradient).squareRoot()
      run.report(
        iterations: iterations, violation: norm, gap: primal > 0 ? gap / primal : nil,
        active: problem.exampleCount, of: problem.exampleCount)
      guard gap.isFinite else { return .stuck }
      let isNear = norm <= run.options.tolerance * max(1, parameters.dot(parameters).squareRoot())
      if gap < 0.9 * best { (best, lastBetter) = (gap, iterations) }
      let isWithin = gap <= gapLimit * primal && (isSample || isNear)
      let idle = iterations - lastBetter
      let hasEnded =
        iterations >= limit || kappa >= 1e12 || idle >= (isWithin ? 8 : Self.patience)
      if isWithin && (gap <= goal * primal || hasEnded) {
        if isSample { return .near }
        let solution = finish(.stalled)
        if solution.isConverged { return .solved(solution) }
      }
      if hasEnded { return .stuck }
      if residual <= pieces {
        multipliers.copy(from: candidates)
        kappa *= Self.growth
        pieces = evaluate(examples(within: 0))
        continue
      }
      iterations += 1
      guard let step = step(along: direction, gradient, grams) else {
        let solution = isSample ? nil : finish(.stalled)
        if let solution, solution.isConverged { return .solved(solution) }
        return .stuck
      }
      if let reason = problem.interruption { return .stopped(reason) }
      pieces = evaluate(step)
    }
  }

  // MARK: The start

  /// Begins at the solution of every eighth example, where these still are many, or near the weights of
  /// the squared loss.
  private func start(isSample: Bool) {
    let stride = 8
    let sampleCount = problem.exampleCount / stride
    let least = isSample ? max(20 * problem.dimension, 2000) : 4 * problem.dimension
    var sampleKappa = 0.0
    if sampleCount > least {
      problem.withSample(every: stride) {
        let sample = AugmentedLagrangian($0)
        _ = sample.approach(gapLimit: 0.03, limit: 60, isSample: true)
        use(sample.parameters)
        sampleKappa = sample.kappa
      }
    } else {
      let newton = NewtonSolver(problem.squared, isDirect: true)
      _ = newton.approach(limit: 3)
      use(newton.parameters)
    }
    if problem.interruption != nil { return }
    problem.margins(parameters, into: margins)
    let count = problem.exampleCount
    var scale = 0.0
    for index in 0..<problem.pieceCount {
      for example in 0..<count { scale += abs(violation(example, index)) }
    }
    scale = max(scale / Double(count * problem.pieceCount), 1e-12)
    kappa = max(1, min(sampleKappa * scale, 10)) / scale
    for index in 0..<problem.pieceCount {
      for example in 0..<count {
        let share = min(max(0.5 + kappa * violation(example, index), 0), 1)
        multipliers[index * count + example] = problem.costs[example] * share
      }
    }
  }

  /// Takes over parameters, unless an interrupted method has left numbers that are none.
  private func use(_ other: NumberVector) {
    if other.numbers.allSatisfy(\.isFinite) { parameters.copy(from: other) }
  }

  /// m = p − sz of a piece.
  @inline(__always)
  private func violation(_ example: Int, _ index: Int) -> Double {
    let (sign, offset) = problem.piece(example, index)
    return offset - sign * margins[example]
  }

  // MARK: The objective

  /// The dual objective of the candidates.
  private var dualObjective: Double {
    var sum = offsetSum
    for feature in 0..<problem.featureCount {
      sum -= combination[feature] * combination[feature] / 2
    }
    if problem.biasPenalty > 0 && problem.hasBias {
      let total = combination[problem.featureCount]
      sum -= total * total / (2 * problem.biasPenalty)
    }
    return sum
  }

  /// The examples one of whose pieces could change while the parameters travel a little farther.
  private func examples(within distance: Double) -> [Int32] {
    let reached = travelled + distance
    return (0..<Int32(problem.exampleCount)).filter { validity[Int($0)] <= reached }
  }

  /// Candidates, β and D of some examples, whose z is that of the present parameters; those of the others
  /// have not changed.
  ///
  /// - Parameter list: Ascending.
  /// - Returns: Σ over pieces of their part of the gap, which is 0 for the other examples.
  private func evaluate(_ list: [Int32]) -> Double {
    let count = problem.exampleCount
    let width = 1 / kappa
    let parts = tileResults(count: list.count, threads: problem.threads) {
      [
        problem, margins, multipliers, candidates, beta, curvature, changes, lengths, validity,
        seen, kappa, travelled
      ] range in
      var (gap, offsets) = (0.0, 0.0)
      for place in range {
        let example = Int(list[place])
        let cost = problem.costs[example]
        var (sum, bend, slack) = (0.0, 0.0, Double.infinity)
        for index in 0..<problem.pieceCount {
          let at = index * count + example
          let (sign, offset) = problem.piece(example, index)
          let m = offset - sign * margins[example]
          let t = multipliers[at] / (kappa * cost) + m
          let candidate = min(max(kappa * cost * t, 0), cost)
          gap += problem.pieceTerms(margin: m, alpha: candidate, cost: cost).gap
          offsets += (candidate - candidates[at]) * offset
          candidates[at] = candidate
          sum += sign * candidate
          if t > 0 && t < width {
            bend += cost
            slack = 0
          } else {
            slack = min(slack, t <= 0 ? -t : t - width)
          }
        }
        changes[example] = sum - beta[example]
        beta[example] = sum
        curvature[example] = bend
        validity[example] = travelled + slack / max(lengths[example], 1e-300)
        seen[example] = travelled
      }
      return (gap: gap, offsets: offsets)
    }
    let moved = problem.sum(changes, stopsEarly: false)
    for index in 0..<problem.dimension { combination[index] += moved[index] }
    for example in list { changes[Int(example)] = 0 }
    offsetSum += parts.reduce(0) { $0 + $1.offsets }
    return parts.reduce(0) { $0 + $1.gap }
  }

  // MARK: A step

  /// One step of Newton's method on φ.
  ///
  /// - Returns: The examples to evaluate anew, or `nil` when there is no direction.
  private func step(
    along direction: NumberVector, _ gradient: NumberVector, _ grams: GramUpdates
  ) -> [Int32]? {
    let size = problem.dimension
    let gram = grams.sum(curvature)
    guard problem.interruption == nil, let factor = problem.factor(gram, times: kappa),
      problem.solve(factor, gradient, scaledBy: -1, into: direction)
    else { return nil }
    let length = direction.dot(direction).squareRoot()
    let list = examples(within: length)
    let stale = list.filter { seen[Int($0)] != travelled }
    let current = products(stale, parameters)
    for (place, example) in stale.enumerated() { margins[Int(example)] = current[place] }
    let changes = products(list, direction)
    let step = lineSearch(list, changes, direction, slope: gradient.dot(direction))
    guard step > 0, step.isFinite else { return nil }
    for index in 0..<size { parameters[index] += step * direction[index] }
    for (place, example) in list.enumerated() { margins[Int(example)] += step * changes[place] }
    travelled += step * length
    return list
  }

  /// ⟨w, x⟩ + b of some examples.
  private func products(_ list: [Int32], _ weights: NumberVector) -> NumberVector {
    problem.examples.products(
      of: list, weights, bias: problem.bias(of: weights), threads: problem.threads)
  }

  /// The step, at most 1, to the minimum of φ along a direction; beyond 1 pieces of other examples could
  /// change.
  private func lineSearch(
    _ list: [Int32], _ changes: NumberVector, _ direction: NumberVector, slope: Double
  ) -> Double {
    guard slope < 0 else { return 0 }
    var (constant, linear) = (-combination.dot(direction), 0.0)
    for index in 0..<problem.dimension {
      constant += problem.penaltySlope(index, at: parameters) * direction[index]
      let weight = index < problem.featureCount ? 1 : problem.biasPenalty
      linear += weight * direction[index] * direction[index]
    }
    let (fixed, bending) = pieces(list, changes)
    constant -= fixed
    let kappa = kappa
    var (low, high, step) = (0.0, Double.infinity, 1.0)
    for _ in 0..<40 {
      var (change, bend) = (0.0, 0.0)
      for piece in bending {
        let share = kappa * (piece.start - step * piece.slope)
        change += piece.cost * min(max(share, 0), 1) * piece.slope
        if share > 0 && share < 1 { bend += piece.cost * piece.slope * piece.slope }
      }
      let derivative = constant + step * linear - change
      if abs(derivative) <= 1e-2 * abs(slope) || problem.interruption != nil { break }
      if derivative < 0 { low = step } else { high = step }
      if low >= 1 { break }
      let next = step - derivative / (linear + kappa * bend)
      step = next > low && next < high && next.isFinite ? min(next, 1) : (low + min(high, 1)) / 2
    }
    return step
  }

  /// A piece whose share in φ′ bends within a step: t = start − step·slope.
  private struct BendingPiece {
    let start: Double
    let slope: Double
    let cost: Double
  }

  /// The pieces of some examples along a direction.
  ///
  /// - Parameters:
  ///   - list: The examples.
  ///   - changes: What each one's z changes by along the whole direction.
  /// - Returns: Σ of the changes of β times those of z, of the pieces that are the same linear function all the
  ///   way, and the other pieces, whose β of before is in that sum.
  private func pieces(_ list: [Int32], _ changes: NumberVector)
    -> (fixed: Double, bending: [BendingPiece])
  {
    let count = problem.exampleCount
    let width = 1 / kappa
    let parts = tileResults(count: list.count, threads: problem.threads) {
      [problem, margins, multipliers, beta, kappa] range in
      var (fixed, bending) = (0.0, [BendingPiece]())
      for place in range {
        let example = Int(list[place])
        let cost = problem.costs[example]
        let delta = changes[place]
        fixed -= beta[example] * delta
        for index in 0..<problem.pieceCount {
          let (sign, offset) = problem.piece(example, index)
          let start =
            multipliers[index * count + example] / (kappa * cost) + offset
            - sign * margins[example]
          let slope = sign * delta
          if max(start, start - slope) <= 0 { continue }
          if min(start, start - slope) >= width {
            fixed += cost * slope
          } else {
            bending.append(BendingPiece(start: start, slope: slope, cost: cost))
          }
        }
      }
      return (fixed: fixed, bending: bending)
    }
    return (parts.reduce(0) { $0 + $1.fixed }, parts.flatMap(\.bending))
  }
}
