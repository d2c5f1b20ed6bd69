import CVectorMath
import Kernels
import LinearAlgebra
import Learning

/// Dual coordinate descent, for wide data: one dual variable at a time goes to its best value, and
/// w = Σ βx follows [1]; two variables belong to each target of a regression [2].
///
/// Examples come in a new random order in each pass, and those that look settled at a bound are left
/// out until the rest is solved. A free bias would tie all variables together. It is therefore held
/// near a centre b₀ by ½ρ(b − b₀)², so that b = b₀ + Σβ/ρ follows as w does, and whenever the other
/// variables have nearly settled, b₀ moves to b: the method of multipliers for the condition Σβ = 0 [3]. ρ is the inverse of the mean
/// of ‖x‖², so that the bias's feature is like the others.
///
/// Passes approach the solution slowly once it is clear which variables lie between their bounds. Unless
/// the bias is free, these occasionally move together towards the point where all their
/// gradients vanish, by conjugate gradients, see `moveFreeVariables` [4].
///
/// > [1] C.-J. Hsieh, K.-W. Chang, C.-J. Lin, S. S. Keerthi, S. Sundararajan. "A Dual Coordinate
/// > Descent Method for Large-Scale Linear SVM." *ICML* 2008, 408–415.
/// >
/// > [2] C.-H. Ho, C.-J. Lin. "Large-Scale Linear Support Vector Regression." *JMLR* 13 (2012),
/// > 3323–3348.
/// >
/// > [3] D. P. Bertsekas. *Constrained Optimization and Lagrange Multiplier Methods* (1982).
/// >
/// > [4] J. J. Moré, G. Toraldo. "On the Solution of Large Quadratic Programming Problems with Bound
/// > Constraints." *SIAM Journal on Optimization* 1 (1991), 93–113.
struct CoordinateDescent {
  let problem: LinearProblem
  /// The examples, all of them here: each step needs what the one before has changed.
  let examples: ExampleRows
  let run: TrainingControl
  let parameters: NumberVector
  let alpha: NumberVector
  /// ‖xᵢ‖² and what the bias adds.
  let diagonal: NumberVector
  /// 1/ρ, 0 without a bias.
  let biasScale: Double

  init(_ problem: LinearProblem) {
    precondition(problem.examples.link == nil, "coordinate descent on examples of several ranks")
    self.problem = problem
    examples = problem.examples.rows
    run = problem.run
    let count = problem.exampleCount
    parameters = NumberVector(count: problem.dimension)
    alpha = NumberVector(count: count * problem.pieceCount)
    diagonal = NumberVector(count: count)
    var sum = 0.0
    for example in 0..<count {
      diagonal[example] = examples.squaredNorm(example)
      sum += diagonal[example]
    }
    let mean = sum / Double(count)
    biasScale =
      !problem.hasBias
      ? 0 : problem.biasPenalty > 0 ? 1 / problem.biasPenalty : mean > 0 ? mean : 1
    for example in 0..<count { diagonal[example] += biasScale }
  }

  func solve() -> LinearSolution {
    let count = problem.exampleCount
    let order = AlignedBuffer<Int32>(count: count)
    for example in 0..<count { unsafe order.pointer[example] = Int32(example) }
    var descent = unsafe lm_descent(
      examples: examples.examples, losses: problem.losses, diagonal: diagonal.pointer,
      weights: parameters.pointer, alpha: alpha.pointer, order: order.pointer, place: 0,
      active: count, centre: 0, biasScale: biasScale, total: 0, highest: .infinity,
      lowest: -.infinity, top: 0, bottom: 0, counter: 0)
    // In units of the decision value.
    var precision = 0.1
    var lastJump = 0
    var iterations = 0
    let limit = run.options.maximumIterations ?? 10_000
    while iterations < limit {
      iterations += 1
      unsafe descent.top = -.infinity
      unsafe descent.bottom = .infinity
      unsafe descent.place = 0
      while unsafe descent.place < descent.active && run.interruption == nil {
        unsafe lm_descend(&descent, 4096)
      }
      let shift = unsafe biasScale * descent.total
      if problem.hasBias { unsafe parameters[problem.featureCount] = descent.centre + shift }
      if let reason = run.interruption { return finish(iterations, reason) }
      if !problem.hasFreeBias && iterations >= lastJump + 10 {
        unsafe moveFreeVariables(&descent)
        lastJump = iterations
      }
      var spread = unsafe max(0, descent.top - descent.bottom)
      if problem.hasFreeBias {
        // The centre moves once the variables have settled around the present one.
        if spread <= max(abs(shift), precision) { unsafe descent.centre += shift }
        spread = max(spread, abs(shift))
      }
      let active = unsafe descent.active
      run.report(iterations: iterations, violation: spread, active: active, of: count)
      if spread <= precision {
        if active < count {
          unsafe descent.active = count
          unsafe descent.highest = .infinity
          unsafe descent.lowest = -.infinity
          continue
        }
        let solution = finish(iterations, .stalled)
        // The certificate bounds the objective; small gradients bring the weights near as well.
        if solution.isConverged && spread <= 10 * run.options.tolerance || precision < 1e-14 {
          return solution
        }
        precision = min(precision, spread) / 4
      }
      unsafe descent.highest = descent.top > 0 ? descent.top : .infinity
      unsafe descent.lowest = descent.bottom < 0 ? descent.bottom : -.infinity
    }
    return finish(iterations, .iterationLimit)
  }

  private func finish(_ iterations: Int, _ reason: StopReason) -> LinearSolution {
    let balanced = NumberVector(count: alpha.count)
    balanced.copy(from: alpha)
    let copy = NumberVector(count: parameters.count)
    copy.copy(from: parameters)
    return problem.certified(copy, balanced, iterations: iterations, stopReason: reason)
  }
}
