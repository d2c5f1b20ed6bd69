// The formulations whose parameter ν takes the place of C or ε: the sum of the dual variables is given.
//
// Weights are upper bounds of the variables, and the given sums grow with them, so that an example of
// weight 2 is the same as the example twice. Starts are filled from the first variable on, as LIBSVM
// does: few variables are not 0 then, and the gradient at the start costs few rows of K.

extension QuadraticProgram {
  /// ν-support vector classification (Schölkopf, Smola, Williamson and Bartlett 2000): p = 0,
  /// 0 ≤ αₜ ≤ wₜ, and Σ α = ν Σ w, half of it in each class.
  ///
  /// Group 0 holds the positive examples, group 1 the negative ones. With b₀ and b₁ the multipliers, the
  /// margin is r = (b₁ − b₀)/2 and the bias (b₀ + b₁)/2; α/r and bias/r solve the classification
  /// whose bounds are wₜ/r.
  ///
  /// - Parameters:
  ///   - isPositive: Each example's class; the later one of a pair is positive.
  ///   - upperBounds: wₜ > 0.
  ///   - nu: At most ``largestNu(isPositive:upperBounds:)``.
  /// - Returns: The program, which begins at a feasible point.
  package static func nuClassification(
    isPositive: [Bool], upperBounds: some Collection<Double>, nu: Double
  ) -> QuadraticProgram {
    let count = isPositive.count
    let upperBounds = ProgramValues(upperBounds)
    let (positive, negative) = sums(isPositive, upperBounds)
    let half = min(nu * (positive + negative) / 2, positive, negative)
    var rest = [half, half]
    let start = (0..<count).map { t -> Double in
      take(upperBounds[t], from: &rest[isPositive[t] ? 0 : 1])
    }
    let zeros = ProgramValues(repeating: 0.0, count: count)
    return QuadraticProgram(
      ExampleIndices(of: count), isPositive: isPositive, linearTerm: zeros,
      bounds: (zeros, upperBounds), group: ProgramValues(isPositive.map { $0 ? 0 : 1 }),
      start: ProgramValues(start))
  }

  /// The largest ν for which a ν-classification has a point: twice the smaller class's share.
  package static func largestNu(
    isPositive: [Bool], upperBounds: some Collection<Double>
  ) -> Double {
    let (positive, negative) = sums(isPositive, upperBounds)
    return 2 * (min(positive, negative) / (positive + negative))
  }

  /// ν-support vector regression (Schölkopf and others 2000): p = −z for αₜ and z for αₜ*, with
  /// 0 ≤ α, α* ≤ Cₜ and Σ α = Σ α* = ν Σ C / 2.
  ///
  /// Group 0 holds α, group 1 α*. With b₀ and b₁ the multipliers, the tube's half width is
  /// ε = (b₀ − b₁)/2 and the bias (b₀ + b₁)/2.
  ///
  /// - Parameters:
  ///   - targets: z of each example.
  ///   - nu: 0 < ν ≤ 1.
  ///   - boxConstraints: Cₜ > 0 of each example.
  /// - Returns: The program, which begins at α = α*.
  package static func nuRegression(
    targets: [Double], nu: Double, boxConstraints: some Collection<Double>
  ) -> QuadraticProgram {
    let count = targets.count
    var rest = nu * boxConstraints.reduce(0, +) / 2
    let start = boxConstraints.map { take($0, from: &rest) }
    return QuadraticProgram(
      ExampleIndices(of: count, passes: 2),
      isPositive: Array(repeating: true, count: count) + Array(repeating: false, count: count),
      linearTerm: ProgramValues(targets.map { -$0 } + targets),
      bounds: (
        ProgramValues(repeating: 0, count: 2 * count), ProgramValues(boxConstraints).twice
      ),
      group: ProgramValues(Array(repeating: 0, count: count) + Array(repeating: 1, count: count)),
      start: ProgramValues(start + start))
  }

  /// The one-class support vector machine (Schölkopf, Platt, Shawe-Taylor, Smola and Williamson 2001):
  /// p = 0, 0 ≤ αₜ ≤ wₜ, Σ α = ν Σ w.
  ///
  /// The multiplier is −ρ.
  ///
  /// - Parameters:
  ///   - upperBounds: wₜ > 0.
  ///   - nu: 0 < ν ≤ 1.
  /// - Returns: The program, which begins at a feasible point.
  package static func oneClass(
    upperBounds: some Collection<Double>, nu: Double
  ) -> QuadraticProgram {
    unlabelled(
      linearTerm: ProgramValues(repeating: 0, count: upperBounds.count),
      upperBounds: ProgramValues(upperBounds), nu: nu)
  }

  /// Support vector data description (Tax and Duin 2004): the smallest sphere around all examples but
  /// a share ν.
  ///
  /// With S = ν Σ w: pₜ = −S Kₜₜ/2, 0 ≤ αₜ ≤ wₜ, Σ α = S.
  /// The sphere's centre is Σ (αₜ/S) φ(xₜ). With b the multiplier, ‖φ(x) − centre‖² − radius² =
  /// K(x, x) − (2/S) (Σ αₜ K(x, xₜ) + b). Objectives are Tax and Duin's times S²/2.
  ///
  /// - Parameters:
  ///   - diagonal: Kₜₜ of each example.
  ///   - upperBounds: wₜ > 0.
  ///   - nu: 0 < ν ≤ 1.
  /// - Returns: The program, which begins at a feasible point.
  package static func dataDescription(
    diagonal: [Double], upperBounds: some Collection<Double>, nu: Double
  ) -> QuadraticProgram {
    let total = nu * upperBounds.reduce(0, +)
    return unlabelled(
      linearTerm: ProgramValues(diagonal.map { -total / 2 * $0 }),
      upperBounds: ProgramValues(upperBounds), nu: nu)
  }

  private static func unlabelled(
    linearTerm: ProgramValues<Double>, upperBounds: ProgramValues<Double>, nu: Double
  ) -> QuadraticProgram {
    let count = upperBounds.count
    var rest = nu * upperBounds.reduce(0, +)
    let start = upperBounds.map { take($0, from: &rest) }
    var program = QuadraticProgram(
      ExampleIndices(of: count), isPositive: Array(repeating: true, count: count),
      linearTerm: linearTerm, bounds: (ProgramValues(repeating: 0, count: count), upperBounds),
      start: ProgramValues(start))
    program.keepsBoundaryInside = true
    return program
  }

  /// Multiplies the tolerance by the size of decision values where that is below 1: they are sums of
  /// kernel values whose coefficients are `start` in sum.
  ///
  /// A ν that leaves the coefficients a sum of 10⁻³ would have any point within a tolerance of 10⁻³.
  ///
  /// - Parameter kernelScale: The size of kernel values.
  /// - Returns: The same program.
  package func scalingTolerance(kernelScale: Double) -> QuadraticProgram {
    var program = self
    let size = start.reduce(0, +) / Double(groupCount) * kernelScale
    // Curvatures below 10⁻¹² count as 10⁻¹².
    if size > 0 && size.isFinite { program.toleranceFactor = min(1, max(size, 1e-10)) }
    return program
  }

  private static func sums(
    _ isPositive: [Bool], _ upperBounds: some Collection<Double>
  ) -> (positive: Double, negative: Double) {
    var positive = 0.0
    var negative = 0.0
    for (bound, isPositive) in zip(upperBounds, isPositive) {
      if isPositive { positive += bound } else { negative += bound }
    }
    return (positive, negative)
  }

  /// As much of what is left as a variable holds.
  private static func take(_ bound: Double, from rest: inout Double) -> Double {
    let value = min(bound, rest)
    rest -= value
    return value
  }
}
