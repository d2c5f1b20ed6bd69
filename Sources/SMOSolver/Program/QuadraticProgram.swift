/// A convex quadratic program with box constraints and one equality for each group.
///
/// ```
/// minimize   f(α) = ½ αᵀQα + pᵀα,     Qₛₜ = σₛ σₜ K(e(s), e(t))
/// subject to Σ over t in group g of σₜ αₜ = const,   lowerₜ ≤ αₜ ≤ upperₜ
/// ```
/// Variable t belongs to example e(t) and has the sign σₜ = ±1. The constants of the equalities
/// are those of the feasible start. Several variables may belong to one example, as α and α* of a
/// regression do: its row of K is then computed once for all.
package struct QuadraticProgram: Sendable {
  /// The number of examples, which is the size of K.
  package let exampleCount: Int
  /// e(t): the example of each variable.
  package let exampleIndex: ExampleIndices
  /// σₜ: whether the variable's sign is +1.
  package let isPositive: [Bool]
  /// pₜ.
  package let linearTerm: ProgramValues<Double>
  /// The least value of each variable.
  package let lowerBound: ProgramValues<Double>
  /// The largest value of each variable; not below the least.
  package let upperBound: ProgramValues<Double>
  /// The group, counted from 0, whose equality each variable takes part in.
  package let group: ProgramValues<UInt8>
  /// A point that satisfies all constraints.
  package let start: ProgramValues<Double>
  /// Whether the multiplier leaves no variable that may grow beyond the boundary: g + l + b ≥ 0 for each,
  /// rather than 0 in the mean of the free ones.
  package var keepsBoundaryInside = false
  /// What the tolerance is multiplied by, at most 1: the size of the problem's decision values where they
  /// are small by its definition.
  package var toleranceFactor = 1.0

  /// Collects the parts.
  ///
  /// - Parameters:
  ///   - exampleIndex: The example of each variable.
  ///   - isPositive: Whether each variable's sign is +1.
  ///   - linearTerm: pₜ.
  ///   - bounds: The least and the largest value of each variable.
  ///   - group: The group of each; of a single one by default.
  ///   - start: A point that satisfies all constraints; 0 by default.
  package init(
    _ exampleIndex: ExampleIndices, isPositive: [Bool],
    linearTerm: ProgramValues<Double>,
    bounds: (lower: ProgramValues<Double>, upper: ProgramValues<Double>),
    group: ProgramValues<UInt8>? = nil, start: ProgramValues<Double>? = nil
  ) {
    let (lowerBound, upperBound) = bounds
    let exampleCount = exampleIndex.exampleCount
    let group = group ?? ProgramValues(repeating: 0, count: exampleIndex.count)
    let start = start ?? ProgramValues(repeating: 0, count: exampleIndex.count)
    let count = exampleIndex.count
    for parts in [
      isPositive.count, linearTerm.count, lowerBound.count, upperBound.count, group.count,
      start.count,
    ] {
      precondition(parts == count, "a part of the program has \(parts) elements, not \(count)")
    }
    precondition(
      exampleIndex.allSatisfy { $0 >= 0 && $0 < exampleCount },
      "a variable's example is not among the \(exampleCount)")
    precondition(
      (0..<count).allSatisfy { lowerBound[$0] <= start[$0] && start[$0] <= upperBound[$0] },
      "the start violates a bound")
    self.exampleCount = exampleCount
    self.exampleIndex = exampleIndex
    self.isPositive = isPositive
    self.linearTerm = linearTerm
    self.lowerBound = lowerBound
    self.upperBound = upperBound
    self.group = group
    self.start = start
  }

  /// The number of variables.
  package var variableCount: Int { exampleIndex.count }
  /// The number of groups.
  package var groupCount: Int { Int(group.common ?? group.max() ?? 0) + 1 }
}

extension QuadraticProgram {
  /// C-support vector classification (Cortes and Vapnik 1995): p = −1, 0 ≤ αₜ ≤ Cₜ.
  ///
  /// - Parameters:
  ///   - isPositive: Each example's class; the later one of a pair is positive.
  ///   - boxConstraints: Cₜ ≥ 0 of each example.
  /// - Returns: The program, which begins at α = 0.
  package static func classification(
    isPositive: [Bool], boxConstraints: some Collection<Double>
  ) -> QuadraticProgram {
    let count = isPositive.count
    return QuadraticProgram(
      ExampleIndices(of: count), isPositive: isPositive,
      linearTerm: ProgramValues(repeating: -1, count: count),
      bounds: (ProgramValues(repeating: 0, count: count), ProgramValues(boxConstraints)))
  }

  /// ε-support vector regression (Vapnik 1995; Schölkopf and Smola 2002): variable t < n is αₜ with
  /// sign + and p = ε − z, variable n + t is αₜ* with sign − and p = ε + z.
  ///
  /// - Parameters:
  ///   - targets: z of each example.
  ///   - epsilon: ε ≥ 0.
  ///   - boxConstraints: Cₜ ≥ 0 of each example.
  /// - Returns: The program, which begins at α = α* = 0.
  package static func regression(
    targets: [Double], epsilon: Double, boxConstraints: some Collection<Double>
  ) -> QuadraticProgram {
    let count = targets.count
    return QuadraticProgram(
      ExampleIndices(of: count, passes: 2),
      isPositive: Array(repeating: true, count: count) + Array(repeating: false, count: count),
      linearTerm: ProgramValues(
        targets.map { epsilon - $0 } + targets.map { epsilon + $0 }),
      bounds: (
        ProgramValues(repeating: 0, count: 2 * count), ProgramValues(boxConstraints).twice
      ))
  }
}
