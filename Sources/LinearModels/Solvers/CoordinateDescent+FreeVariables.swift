import CVectorMath
import LinearAlgebra

extension CoordinateDescent {
  /// The variables between their bounds, and the products with their part of the dual's matrix.
  private struct FreeVariables {
    let examples: ExampleRows
    /// Their places in α.
    let places: [Int]
    let signs: NumberVector
    /// What squared losses add to the diagonal.
    let additions: NumberVector
    let biasScale: Double
    /// Σ s·d·x and s·d of the last product.
    let combination: NumberVector
    let signed: NumberVector

    /// Q·d, whose elements are sᵢsⱼ(⟨xᵢ, xⱼ⟩ + what the bias adds).
    func product(_ direction: NumberVector, into image: NumberVector) {
      combination.clear()
      var total = 0.0
      for index in 0..<places.count {
        signed[index] = signs[index] * direction[index]
        total += signed[index]
      }
      let all = 0..<places.count
      examples.add(all, signed, to: combination)
      examples.products(all, combination, bias: biasScale * total, into: image)
      for index in all {
        image[index] = signs[index] * image[index] + additions[index] * direction[index]
      }
    }
  }

  /// Moves all variables between their bounds at once, along the direction that conjugate gradients
  /// find for their system of equations, cut off at the bounds, to the largest dual objective.
  @unsafe
  func moveFreeVariables(_ descent: inout lm_descent) {
    let exampleCount = problem.exampleCount
    let isSquared = problem.loss.isSquared
    var places: [Int] = []
    for place in 0..<alpha.count where alpha[place] > 0 {
      if isSquared || alpha[place] < problem.costs[place % exampleCount] { places.append(place) }
    }
    let count = places.count
    guard count > 1 else { return }
    let free = FreeVariables(
      examples: examples.choosing(places.map { Int32($0 % exampleCount) }),
      places: places, signs: NumberVector(count: count), additions: NumberVector(count: count),
      biasScale: biasScale, combination: NumberVector(count: problem.dimension),
      signed: NumberVector(count: count))
    let residual = NumberVector(count: count)
    let bias = unsafe descent.centre + biasScale * descent.total
    free.examples.products(0..<count, parameters, bias: bias, into: residual)
    for (index, place) in places.enumerated() {
      let example = place % exampleCount
      let (sign, offset) = problem.piece(example, place / exampleCount)
      free.signs[index] = sign
      free.additions[index] = isSquared ? 1 / (2 * problem.costs[example]) : 0
      residual[index] =
        offset - sign * residual[index] - free.additions[index] * alpha[place]
    }
    let gradient = NumberVector(count: count)
    gradient.copy(from: residual)
    guard let direction = conjugateGradients(free, residual) else { return }

    for (index, place) in places.enumerated() {
      let upper = isSquared ? Double.infinity : problem.costs[place % exampleCount]
      direction[index] = min(max(alpha[place] + direction[index], 0), upper) - alpha[place]
    }
    let image = NumberVector(count: count)
    free.product(direction, into: image)
    let slope = gradient.dot(direction)
    let curvature = direction.dot(image)
    guard slope > 0, curvature.isFinite else { return }
    let step = curvature > slope ? slope / curvature : 1
    for (index, place) in places.enumerated() {
      let upper = isSquared ? Double.infinity : problem.costs[place % exampleCount]
      let old = alpha[place]
      alpha[place] = min(max(old + step * direction[index], 0), upper)
      free.signed[index] = free.signs[index] * (alpha[place] - old)
      unsafe descent.total += free.signed[index]
    }
    free.examples.add(0..<count, free.signed, to: parameters)
    if problem.hasBias {
      unsafe parameters[problem.featureCount] = descent.centre + biasScale * descent.total
    }
  }

  /// Solves Q·d = residual to a hundredth, or as far as some steps go.
  ///
  /// The diagonal is the preconditioner. The residual's memory is used.
  private func conjugateGradients(
    _ free: FreeVariables, _ residual: NumberVector
  ) -> NumberVector? {
    let count = residual.count
    let exampleCount = problem.exampleCount
    let direction = NumberVector(count: count)
    let scaled = NumberVector(count: count)
    let search = NumberVector(count: count)
    let image = NumberVector(count: count)
    let scale = NumberVector(count: count)
    for (index, place) in free.places.enumerated() {
      let curvature = diagonal[place % exampleCount] + free.additions[index]
      scale[index] = curvature > 0 ? 1 / curvature : 1
      scaled[index] = scale[index] * residual[index]
      search[index] = scaled[index]
    }
    var product = residual.dot(scaled)
    let target = 1e-4 * product
    for _ in 0..<50 {
      guard product > target, product.isFinite, run.interruption == nil else { break }
      free.product(search, into: image)
      let curvature = search.dot(image)
      guard curvature > 1e-12 * product, curvature.isFinite else { break }
      let step = product / curvature
      for index in 0..<count {
        direction[index] += step * search[index]
        residual[index] -= step * image[index]
        scaled[index] = scale[index] * residual[index]
      }
      let next = residual.dot(scaled)
      for index in 0..<count { search[index] = scaled[index] + next / product * search[index] }
      product = next
    }
    return run.interruption == nil ? direction : nil
  }
}
