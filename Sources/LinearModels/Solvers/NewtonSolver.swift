import CVectorMath
import LinearAlgebra
import Learning

/// Newton's method on the weights, for losses with a derivative.
///
/// A step solves (I + XᵀDX)Δ = −∇ with D = Cℓ″(z), ℓ″ of a squared piece being 2 where it is
/// violated and 0 elsewhere [1], and goes along Δ to the minimum of the objective. The matrix is
/// formed and factored when there are few features; for many the system is solved by conjugate
/// gradients with its diagonal as preconditioner, to a tenth of the gradient at first and more
/// exactly as it shrinks [2, 3]. A step of the line search costs O(n): it needs z and the
/// direction's own z only.
///
/// > [1] S. S. Keerthi, D. DeCoste. "A Modified Finite Newton Method for Fast Solution of Large Scale
/// > Linear SVMs." *JMLR* 6 (2005), 341–361.
/// >
/// > [2] C.-J. Lin, R. C. Weng, S. S. Keerthi. "Trust Region Newton Method for Large-Scale Logistic
/// > Regression." *JMLR* 9 (2008), 627–650.
/// >
/// > [3] C.-Y. Hsia, Y. Zhu, C.-J. Lin. "A Study on Trust Region Update Rules in Newton Methods for
/// > Large-scale Linear Classification." *ACML* (2017), 33–48.
struct NewtonSolver {
  let problem: LinearProblem
  let run: TrainingControl
  /// Whether the matrix is formed.
  let isDirect: Bool

  let parameters: NumberVector
  private let margins: NumberVector
  private let alpha: NumberVector
  private let beta: NumberVector
  private let curvature: NumberVector

  init(_ problem: LinearProblem, isDirect: Bool) {
    self.problem = problem
    run = problem.run
    self.isDirect = isDirect
    let count = problem.exampleCount
    parameters = NumberVector(count: problem.dimension)
    margins = NumberVector(count: count)
    alpha = NumberVector(count: count * problem.pieceCount)
    beta = NumberVector(count: count)
    curvature = NumberVector(count: count)
  }

  func solve() -> LinearSolution {
    let (iterations, reason, solution) = approach(limit: run.options.maximumIterations ?? 1000)
    return solution ?? finish(iterations, reason)
  }

  /// Takes steps until the problem is solved or a limit is reached.
  ///
  /// - Parameters:
  ///   - limit: The largest number of steps.
  ///   - isSample: Whether the problem is a sample of another, and a gap of a thousandth is near enough.
  /// - Returns: The steps, why they ended, and the solution if it was found already.
  func approach(
    limit: Int, isSample: Bool = false
  ) -> (iterations: Int, reason: StopReason, solution: LinearSolution?) {
    if !isSample { start() }
    if let reason = problem.interruption { return (0, reason, nil) }
    let size = problem.dimension
    let direction = NumberVector(count: size)
    let gradient = NumberVector(count: size)
    let directionMargins = NumberVector(count: problem.exampleCount)
    let matrix = isDirect ? GramUpdates(problem) : nil
    var firstNorm: Double?
    var smallSteps = 0
    var iterations = 0
    while true {
      let lossSum = differentiate()
      let combination = problem.sum(beta)
      if let reason = problem.interruption { return (iterations, reason, nil) }
      for index in 0..<size {
        gradient[index] = problem.penaltySlope(index, at: parameters) - combination[index]
      }
      let primal = problem.penalty(parameters) + lossSum
      // That of the dual variables that the gradient stands for, but for their balance.
      let residual = problem.residual(parameters, combination)
      let gap = residual.squared / 2 + residual.bias
      run.report(
        iterations: iterations, violation: gradient.dot(gradient).squareRoot(),
        gap: primal > 0 ? gap / primal : nil, active: problem.exampleCount, of: problem.exampleCount
      )
      if isSample && gap <= 1e-3 * primal { return (iterations, .stalled, nil) }
      let norm = gradient.dot(gradient).squareRoot()
      let length = max(1, parameters.dot(parameters).squareRoot())
      if gap <= run.gapLimit * primal && norm <= run.options.tolerance * length
        || smallSteps >= 3 || !primal.isFinite
      {
        let solution = finish(iterations, .stalled)
        if solution.isConverged || smallSteps >= 3 || !primal.isFinite {
          return (iterations, .stalled, solution)
        }
      }
      guard iterations < limit else { return (iterations, .iterationLimit, nil) }
      iterations += 1

      let isSolved =
        if let matrix {
          solveDirectly(matrix, gradient, into: direction)
        } else {
          solveByConjugateGradients(
            gradient, into: direction,
            precision: min(0.1, (norm / (firstNorm ?? norm)).squareRoot()))
        }
      firstNorm = firstNorm ?? norm
      if let reason = problem.interruption { return (iterations, reason, nil) }
      guard isSolved else { return (iterations, .stalled, nil) }
      problem.margins(direction, into: directionMargins)
      if let reason = problem.interruption { return (iterations, reason, nil) }
      let step = lineSearch(direction, directionMargins, slope: gradient.dot(direction))
      guard step > 0, step.isFinite else { return (iterations, .stalled, nil) }
      for index in 0..<size { parameters[index] += step * direction[index] }
      for example in 0..<problem.exampleCount {
        margins[example] += step * directionMargins[example]
      }
      let moved = step * direction.dot(direction).squareRoot()
      smallSteps = moved <= 1e-15 * parameters.dot(parameters).squareRoot() ? smallSteps + 1 : 0
    }
  }

  /// Begins near the weights of every eighth example, where these still are many: steps with all examples are
  /// what takes time, and near the optimum few are left.
  private func start() {
    let stride = 8
    guard problem.exampleCount / stride > max(20 * problem.dimension, 2000) else { return }
    problem.withSample(every: stride) { sample in
      let solver = NewtonSolver(sample, isDirect: isDirect)
      _ = solver.approach(limit: 20, isSample: true)
      if solver.parameters.numbers.allSatisfy(\.isFinite) {
        parameters.copy(from: solver.parameters)
      }
    }
    if problem.interruption == nil { problem.margins(parameters, into: margins) }
  }

  private func finish(_ iterations: Int, _ reason: StopReason) -> LinearSolution {
    if iterations == 0 && problem.interruption != nil {
      return .untrained(dimension: problem.dimension, reason)
    }
    return problem.certified(parameters, alpha, iterations: iterations, stopReason: reason)
  }

  /// α, β and D at the present z.
  ///
  /// - Returns: Σ of the losses.
  private func differentiate() -> Double {
    tileResults(count: problem.exampleCount, threads: problem.threads) { range in
      var losses = unsafe problem.losses
      return unsafe lm_differentiate(
        &losses, range.lowerBound, range.upperBound, margins.pointer, alpha.pointer, beta.pointer,
        curvature.pointer)
    }.reduce(0, +)
  }

  /// Σ of the losses at given decision values.
  func losses(at values: NumberVector) -> Double {
    margins.copy(from: values)
    return differentiate()
  }

  // MARK: The direction

  private func solveDirectly(
    _ matrix: GramUpdates, _ gradient: NumberVector, into direction: NumberVector
  ) -> Bool {
    let sum = matrix.sum(curvature)
    guard problem.interruption == nil, let factor = problem.factor(sum) else { return false }
    return problem.solve(factor, gradient, scaledBy: -1, into: direction)
  }

  /// Conjugate gradients until the residual's length is a given share of the gradient's.
  private func solveByConjugateGradients(
    _ gradient: NumberVector, into direction: NumberVector, precision: Double
  ) -> Bool {
    let size = problem.dimension
    let diagonal = problem.diagonal(curvature)
    let residual = NumberVector(count: size)
    let scaled = NumberVector(count: size)
    let search = NumberVector(count: size)
    let images = NumberVector(count: problem.exampleCount)
    direction.clear()
    for index in 0..<size {
      residual[index] = -gradient[index]
      scaled[index] = residual[index] / diagonal[index]
      search[index] = scaled[index]
    }
    var product = residual.dot(scaled)
    let target = precision * precision * product
    for _ in 0..<max(50, min(2 * size, 1000)) {
      guard product > target, product.isFinite else { break }
      problem.margins(search, into: images)
      for example in 0..<problem.exampleCount { images[example] *= curvature[example] }
      let image = problem.sum(images)
      if problem.interruption != nil { return true }
      for index in 0..<size {
        image[index] += (index < problem.featureCount ? 1 : problem.biasPenalty) * search[index]
      }
      let curvature = search.dot(image)
      guard curvature > 0, curvature.isFinite else { break }
      let step = product / curvature
      for index in 0..<size {
        direction[index] += step * search[index]
        residual[index] -= step * image[index]
        scaled[index] = residual[index] / diagonal[index]
      }
      let next = residual.dot(scaled)
      for index in 0..<size { search[index] = scaled[index] + next / product * search[index] }
      product = next
    }
    return direction.dot(gradient) < 0
  }

  // MARK: The step

  /// The step to the minimum of the objective along a direction, found by Newton's method on the
  /// derivative between bounds that close in on its zero.
  private func lineSearch(
    _ direction: NumberVector, _ directionMargins: NumberVector, slope: Double
  ) -> Double {
    guard slope < 0 else { return 0 }
    var (constant, linear) = (0.0, 0.0)
    for index in 0..<problem.dimension {
      constant += problem.penaltySlope(index, at: parameters) * direction[index]
      let weight = index < problem.featureCount ? 1 : problem.biasPenalty
      linear += weight * direction[index] * direction[index]
    }
    var (low, high) = (0.0, Double.infinity)
    var step = 1.0
    for _ in 0..<40 {
      let (lossSlope, lossCurvature) = lossDerivatives(directionMargins, at: step)
      let derivative = constant + step * linear + lossSlope
      if abs(derivative) <= 1e-3 * abs(slope) || problem.interruption != nil { break }
      if derivative < 0 { low = step } else { high = step }
      let next = step - derivative / (linear + lossCurvature)
      if next > low, next < high, next.isFinite {
        step = next
      } else {
        step = high.isFinite ? (low + high) / 2 : 2 * step
      }
    }
    return step
  }

  private func lossDerivatives(_ directionMargins: NumberVector, at step: Double)
    -> (slope: Double, curvature: Double)
  {
    let parts = tileResults(count: problem.exampleCount, threads: problem.threads) { range in
      var (slope, curvature) = (0.0, 0.0)
      var losses = unsafe problem.losses
      unsafe lm_slope(
        &losses, range.lowerBound, range.upperBound, margins.pointer, directionMargins.pointer,
        step, &slope, &curvature)
      return (slope: slope, curvature: curvature)
    }
    return parts.reduce((0, 0)) { ($0.0 + $1.slope, $0.1 + $1.curvature) }
  }
}
