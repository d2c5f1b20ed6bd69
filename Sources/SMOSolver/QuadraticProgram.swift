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
  package let exampleIndex: [Int32]
  /// σₜ: whether the variable's sign is +1.
  package let isPositive: [Bool]
  /// pₜ.
  package let linearTerm: [Double]
  /// The least value of each variable.
  package let lowerBound: [Double]
  /// The largest value of each variable; not below the least.
  package let upperBound: [Double]
  /// The group, counted from 0, whose equality each variable takes part in.
  package let group: [UInt8]
  /// A point that satisfies all constraints.
  package let start: [Double]
  /// Whether the multiplier leaves no variable that may grow beyond the boundary: g + l + b ≥ 0 for each,
  /// rather than 0 in the mean of the free ones.
  package var keepsBoundaryInside = false
  /// What the tolerance is multiplied by, at most 1: the size of the problem's decision values where they
  /// are small by its definition.
  package var toleranceFactor = 1.0

  /// Collects the parts, one element for each variable.
  package init(
    exampleCount: Int, exampleIndex: [Int32], isPositive: [Bool], linearTerm: [Double],
    lowerBound: [Double], upperBound: [Double], group: [UInt8], start: [Double]
  ) {
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
  package var groupCount: Int { Int(group.max() ?? 0) + 1 }
}

extension QuadraticProgram {
  /// C-support vector classification (Cortes and Vapnik 1995): p = −1, 0 ≤ αₜ ≤ Cₜ.
  ///
  /// - Parameters:
  ///   - isPositive: Each example's class; the later one of a pair is positive.
  ///   - boxConstraints: Cₜ ≥ 0 of each example.
  /// - Returns: The program, which begins at α = 0.
  package static func classification(isPositive: [Bool], boxConstraints: [Double])
    -> QuadraticProgram
  {
    let count = isPositive.count
    return QuadraticProgram(
      exampleCount: count, exampleIndex: (0..<Int32(count)).map { $0 }, isPositive: isPositive,
      linearTerm: Array(repeating: -1, count: count),
      lowerBound: Array(repeating: 0, count: count), upperBound: boxConstraints,
      group: Array(repeating: 0, count: count), start: Array(repeating: 0, count: count))
  }

  /// ε-support vector regression (Vapnik 1995; Schölkopf and Smola 2002): variable t < n is αₜ with
  /// sign + and p = ε − z, variable n + t is αₜ* with sign − and p = ε + z.
  ///
  /// - Parameters:
  ///   - targets: z of each example.
  ///   - tubeWidth: ε ≥ 0.
  ///   - boxConstraints: Cₜ ≥ 0 of each example.
  /// - Returns: The program, which begins at α = α* = 0.
  package static func regression(
    targets: [Double], tubeWidth: Double, boxConstraints: [Double]
  ) -> QuadraticProgram {
    let count = targets.count
    let indices = (0..<Int32(count)).map { $0 }
    return QuadraticProgram(
      exampleCount: count, exampleIndex: indices + indices,
      isPositive: Array(repeating: true, count: count) + Array(repeating: false, count: count),
      linearTerm: targets.map { tubeWidth - $0 } + targets.map { tubeWidth + $0 },
      lowerBound: Array(repeating: 0, count: 2 * count),
      upperBound: boxConstraints + boxConstraints,
      group: Array(repeating: 0, count: 2 * count), start: Array(repeating: 0, count: 2 * count))
  }
}

/// The program in signed variables βₜ = σₜαₜ, in which signs disappear.
///
/// With gₑ = Σ over t of K(e, e(t)) βₜ for each example and lₜ = σₜpₜ, the derivative of f along βₜ
/// is g + l, the equality of a group is Σ βₜ = const, and a step moves one β up and another down by
/// the same amount. v = −(g + l) is how much the objective wants βₜ to grow.
struct SignedProgram: Sendable {
  let exampleCount: Int
  let example: [Int32]
  let linear: [Double]
  let lower: [Double]
  let upper: [Double]
  let group: [UInt8]
  let groupCount: Int
  let keepsBoundaryInside: Bool
  /// The variables, grouped by example; those of one example by group, and then by ascending
  /// linear term and lower bound.
  let variables: [Int32]
  /// Where the variables of each layer and example begin in ``variables``; layer k of an example
  /// holds the variables of the k-th group that it has variables in.
  private let placeBounds: [Int32]
  /// The largest number of groups that one example has variables in, at least 1.
  let layerCount: Int
  /// The largest number of variables that one example has in one group, at least 1.
  let pieceCount: Int

  init(_ program: QuadraticProgram) {
    exampleCount = program.exampleCount
    example = program.exampleIndex
    group = program.group
    groupCount = program.groupCount
    keepsBoundaryInside = program.keepsBoundaryInside
    var linear: [Double] = []
    var lower: [Double] = []
    var upper: [Double] = []
    for t in 0..<program.variableCount {
      let positive = program.isPositive[t]
      linear.append(positive ? program.linearTerm[t] : -program.linearTerm[t])
      lower.append(positive ? program.lowerBound[t] : -program.upperBound[t])
      upper.append(positive ? program.upperBound[t] : -program.lowerBound[t])
    }
    self.linear = linear
    self.lower = lower
    self.upper = upper
    // A counting sort by example, then the few of each example by themselves.
    var bounds = [Int](repeating: 0, count: exampleCount + 1)
    for e in example { bounds[Int(e) + 1] += 1 }
    for e in 0..<exampleCount { bounds[e + 1] += bounds[e] }
    var next = bounds
    var variables = [Int32](repeating: 0, count: example.count)
    for t in example.indices {
      variables[next[Int(example[t])]] = Int32(t)
      next[Int(example[t])] += 1
    }
    var layerCount = 1
    let group = group
    for e in 0..<exampleCount where bounds[e + 1] - bounds[e] > 1 {
      variables[bounds[e]..<bounds[e + 1]].sort {
        let (s, t) = (Int($0), Int($1))
        return (group[s], linear[s], lower[s], s) < (group[t], linear[t], lower[t], t)
      }
      let groups = Set(variables[bounds[e]..<bounds[e + 1]].map { group[Int($0)] }).count
      layerCount = max(layerCount, groups)
    }
    var placeBounds = [Int32](repeating: 0, count: exampleCount * (layerCount + 1))
    for e in 0..<exampleCount {
      var layer = 0
      placeBounds[e * (layerCount + 1)] = Int32(bounds[e])
      for index in bounds[e]..<bounds[e + 1] {
        if index > bounds[e] && group[Int(variables[index])] != group[Int(variables[index - 1])] {
          layer += 1
          placeBounds[e * (layerCount + 1) + layer] = Int32(index)
        }
      }
      for rest in (layer + 1)...layerCount {
        placeBounds[e * (layerCount + 1) + rest] = Int32(bounds[e + 1])
      }
    }
    self.variables = variables
    self.placeBounds = placeBounds
    var pieceCount = 1
    for place in placeBounds.indices.dropFirst() where place % (layerCount + 1) != 0 {
      pieceCount = max(pieceCount, Int(placeBounds[place] - placeBounds[place - 1]))
    }
    self.pieceCount = pieceCount
    self.layerCount = layerCount
  }

  /// Where the variables of an example in one of its groups are in ``variables``.
  func place(of example: Int, layer: Int) -> Range<Int> {
    let place = example * (layerCount + 1) + layer
    return Int(placeBounds[place])..<Int(placeBounds[place + 1])
  }

  /// The variables of an example.
  func variables(of example: Int32) -> ArraySlice<Int32> {
    let first = Int(example) * (layerCount + 1)
    return variables[Int(placeBounds[first])..<Int(placeBounds[first + layerCount])]
  }

  var variableCount: Int { example.count }
}
