import Evaluation
import LinearAlgebra
import SupportVectors

/// Dual coordinate descent, for wide data: one dual variable at a time goes to its best value, and
/// w = Σ βx follows [1]; two variables belong to each target of a regression [2].
///
/// Examples come in a new random order in each pass, and those that look settled at a bound are left
/// out until the rest is solved. A free bias would tie all variables together. It is therefore held
/// near a centre b₀ by ½ρ(b − b₀)², so that b = b₀ + Σβ/ρ follows as w does, and whenever the other
/// variables have nearly settled, b₀ moves to b: the method of multipliers for the condition Σβ = 0 [3]. ρ is the inverse of the mean
/// of ‖x‖², so that the bias's feature is like the others.
///
/// > [1] C.-J. Hsieh, K.-W. Chang, C.-J. Lin, S. S. Keerthi, S. Sundararajan. "A Dual Coordinate
/// > Descent Method for Large-Scale Linear SVM." *ICML* 2008, 408–415.
/// >
/// > [2] C.-H. Ho, C.-J. Lin. "Large-Scale Linear Support Vector Regression." *JMLR* 13 (2012),
/// > 3323–3348.
/// >
/// > [3] D. P. Bertsekas. *Constrained Optimization and Lagrange Multiplier Methods* (1982).
struct CoordinateDescent {
  private let problem: LinearProblem
  private let run: LinearRun
  private let parameters: NumberVector
  private let alpha: NumberVector
  /// ‖xᵢ‖² and what the bias adds.
  private let diagonal: NumberVector
  /// 1/ρ, 0 without a bias.
  private let biasScale: Double

  init(_ problem: LinearProblem) {
    self.problem = problem
    run = problem.run
    let count = problem.exampleCount
    parameters = NumberVector(count: problem.dimension)
    alpha = NumberVector(count: count * problem.pieceCount)
    diagonal = NumberVector(count: count)
    var sum = 0.0
    for example in 0..<count {
      var norm = 0.0
      switch problem.features {
      case .dense(let matrix):
        matrix.withRow(Int(problem.rows[example])) { values in
          for index in values.indices { norm += values[index] * values[index] }
        }
      case .sparse(let matrix):
        matrix.withRow(Int(problem.rows[example])) { _, values in
          for index in values.indices { norm += values[index] * values[index] }
        }
      }
      diagonal[example] = norm
      sum += norm
    }
    let mean = sum / Double(count)
    biasScale =
      !problem.hasBias
      ? 0 : problem.biasPenalty > 0 ? 1 / problem.biasPenalty : mean > 0 ? mean : 1
    for example in 0..<count { diagonal[example] += biasScale }
  }

  /// What a pass saw.
  private struct Pass {
    /// The bounds within which the projected gradients of settled variables must lie, from the pass
    /// before.
    var highest = Double.infinity
    var lowest = -Double.infinity
    /// The projected gradients' extremes in this pass.
    var top = -Double.infinity
    var bottom = Double.infinity
  }

  func solve() -> LinearSolution {
    let count = problem.exampleCount
    var generator = SeededGenerator(seed: 0)
    var order = (0..<Int32(count)).map { $0 }
    var active = count
    var centre = 0.0
    var total = 0.0
    // In units of the decision value.
    var precision = 0.1
    var pass = Pass()
    var iterations = 0
    let limit = run.options.maximumIterations ?? 10_000
    while iterations < limit {
      iterations += 1
      for index in 0..<active {
        let other = index + generator.integer(below: active - index)
        order.swapAt(index, other)
      }
      pass.top = -.infinity
      pass.bottom = .infinity
      visit(&order, &active, &pass, centre: centre, total: &total)
      if problem.hasBias { parameters[problem.featureCount] = centre + biasScale * total }
      if let reason = run.interruption { return finish(iterations, reason) }
      var spread = max(0, pass.top - pass.bottom)
      if problem.hasFreeBias {
        // The centre moves once the variables have settled around the present one.
        let distance = abs(biasScale * total)
        if spread <= max(distance, precision) { centre += biasScale * total }
        spread = max(spread, distance)
      }
      run.report(iterations: iterations, violation: spread, active: active, of: count)
      if spread <= precision {
        if active < count {
          active = count
          pass.highest = .infinity
          pass.lowest = -.infinity
          continue
        }
        let solution = finish(iterations, .stalled)
        // The certificate bounds the objective; small gradients bring the weights near as well.
        if solution.isConverged && spread <= 10 * run.options.tolerance || precision < 1e-14 {
          return solution
        }
        precision = min(precision, spread) / 4
      }
      pass.highest = pass.top > 0 ? pass.top : .infinity
      pass.lowest = pass.bottom < 0 ? pass.bottom : -.infinity
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

  /// One pass over the active examples.
  private func visit(
    _ order: inout [Int32], _ active: inout Int, _ pass: inout Pass, centre: Double,
    total: inout Double
  ) {
    var place = 0
    var visited = 0
    while place < active {
      visited += 1
      if visited % 1024 == 0 && run.interruption != nil { return }
      let example = Int(order[place])
      let row = Int(problem.rows[example])
      let bias = centre + biasScale * total
      let margin: Double
      switch problem.features {
      case .dense(let matrix):
        margin = unsafe matrix.withUnsafeElements { elements in
          guard let base = elements.baseAddress else { return bias }
          let width = problem.featureCount
          return unsafe bias + Double._dot(width, base + row * width, parameters.pointer)
        }
      case .sparse(let matrix):
        margin = matrix.withRow(row) { columns, values in
          var sum = bias
          for entry in columns.indices {
            sum += values[entry] * parameters[Int(columns[entry])]
          }
          return sum
        }
      }
      let (change, isSettled) = optimise(example, margin: margin, &pass)
      if isSettled {
        active -= 1
        order.swapAt(place, active)
        continue
      }
      place += 1
      guard change != 0 else { continue }
      total += change
      switch problem.features {
      case .dense(let matrix):
        unsafe matrix.withUnsafeElements { elements in
          guard let base = elements.baseAddress else { return }
          let width = problem.featureCount
          unsafe Double._axpy(width, change, base + row * width, parameters.pointer)
        }
      case .sparse(let matrix):
        matrix.withRow(row) { columns, values in
          for entry in columns.indices {
            parameters[Int(columns[entry])] += change * values[entry]
          }
        }
      }
    }
  }

  /// Moves the dual variables of one example to their best values, one after the other.
  ///
  /// - Returns: The change of β, and whether the example can be left out for a while.
  @inline(__always)
  private func optimise(_ example: Int, margin: Double, _ pass: inout Pass)
    -> (change: Double, isSettled: Bool)
  {
    let count = problem.exampleCount
    let cost = problem.costs[example]
    let isSquared = problem.loss.isSquared
    let addition = isSquared ? 1 / (2 * cost) : 0
    let upper = isSquared ? Double.infinity : cost
    var z = margin
    var change = 0.0
    var isSettled = true
    for index in 0..<problem.pieceCount {
      let variable = index * count + example
      let (sign, offset) = problem.piece(example, index)
      let old = alpha[variable]
      let gradient = sign * z - offset + addition * old
      var projected = gradient
      if old == 0 {
        if gradient > pass.highest { continue }
        projected = min(gradient, 0)
      } else if old == upper {
        if gradient < pass.lowest { continue }
        projected = max(gradient, 0)
      }
      isSettled = false
      pass.top = max(pass.top, projected)
      pass.bottom = min(pass.bottom, projected)
      guard projected != 0 else { continue }
      let curvature = diagonal[example] + addition
      let new =
        curvature > 0
        ? min(max(old - gradient / curvature, 0), upper) : gradient < 0 ? upper : 0
      alpha[variable] = new
      change += sign * (new - old)
      z += sign * (new - old) * diagonal[example]
    }
    return (change, isSettled)
  }
}
