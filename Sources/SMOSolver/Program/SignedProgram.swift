/// The program in signed variables βₜ = σₜαₜ, in which signs disappear.
///
/// With gₑ = Σ over t of K(e, e(t)) βₜ for each example and lₜ = σₜpₜ, the derivative of f along βₜ
/// is g + l, the equality of a group is Σ βₜ = const, and a step moves one β up and another down by
/// the same amount. v = −(g + l) is how strongly the objective pulls βₜ up.
struct SignedProgram: Sendable {
  let exampleCount: Int
  let example: [Int32]
  let linear: [Double]
  let lower: [Double]
  let upper: [Double]
  let group: [UInt8]
  /// The variables, grouped by example; those of one example by group, and then by ascending
  /// linear term and lower bound.
  private let variables: [Int32]
  /// Where the variables of each example begin in ``variables``, and where the last one's end.
  private let bounds: [Int32]
  /// The largest number of groups that one example has variables in, at least 1.
  let layerCount: Int
  /// The largest number of variables that one example has in one group, at least 1.
  let pieceCount: Int

  init(_ program: QuadraticProgram) {
    exampleCount = program.exampleCount
    example = Array(program.exampleIndex)
    group = Array(program.group)
    var linear: [Double] = []
    var lower: [Double] = []
    var upper: [Double] = []
    linear.reserveCapacity(program.variableCount)
    lower.reserveCapacity(program.variableCount)
    upper.reserveCapacity(program.variableCount)
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
    var bounds = [Int32](repeating: 0, count: exampleCount + 1)
    for e in example { bounds[Int(e) + 1] += 1 }
    for e in 0..<exampleCount { bounds[e + 1] += bounds[e] }
    var next = bounds
    var variables = [Int32](repeating: 0, count: example.count)
    for t in example.indices {
      variables[Int(next[Int(example[t])])] = Int32(t)
      next[Int(example[t])] += 1
    }
    var layerCount = 1
    var pieceCount = 1
    let group = group
    for e in 0..<exampleCount where bounds[e + 1] - bounds[e] > 1 {
      let range = Int(bounds[e])..<Int(bounds[e + 1])
      variables[range].sort {
        let (s, t) = (Int($0), Int($1))
        return (group[s], linear[s], lower[s], s) < (group[t], linear[t], lower[t], t)
      }
      var layers = 1
      var pieces = 1
      for index in range.dropFirst() {
        if group[Int(variables[index])] == group[Int(variables[index - 1])] {
          pieces += 1
        } else {
          layers += 1
          pieces = 1
        }
        pieceCount = max(pieceCount, pieces)
      }
      layerCount = max(layerCount, layers)
    }
    self.variables = variables
    self.bounds = bounds
    self.pieceCount = pieceCount
    self.layerCount = layerCount
  }

  /// Goes through the variables of an example, in their order.
  @inline(__always)
  func forEachVariable(of example: Int, _ body: (_ variable: Int) -> Void) {
    for index in bounds[example]..<bounds[example + 1] { body(Int(variables[Int(index)])) }
  }
}

/// The figures of a program that are known wherever a part of its examples is.
package struct ProgramShape: Sendable, Equatable {
  /// All examples.
  package let exampleCount: Int
  /// All variables.
  package let variableCount: Int
  /// The equalities.
  package let groupCount: Int
  /// The largest number of groups that one example has variables in, at least 1.
  package let layerCount: Int
  /// The largest number of variables that one example has in one group, at least 1.
  package let pieceCount: Int
  /// See ``QuadraticProgram/keepsBoundaryInside``.
  package let keepsBoundaryInside: Bool
  /// The variables that sections begin with: within a section examples ascend with the variables, as
  /// they do among all α of a regression, and again among all α*.
  package let sectionStarts: [Int]
  /// How many variables can move against each other at the program's start.
  package let partnerCount: Int

  /// Finds the figures of a program.
  package init(_ program: QuadraticProgram) {
    if program.exampleIndex.passes == 1 {
      self.init(program, layerCount: 1, pieceCount: 1)
    } else {
      self.init(program, SignedProgram(program))
    }
  }

  init(_ program: QuadraticProgram, _ signed: SignedProgram) {
    self.init(program, layerCount: signed.layerCount, pieceCount: signed.pieceCount)
  }

  private init(_ program: QuadraticProgram, layerCount: Int, pieceCount: Int) {
    exampleCount = program.exampleCount
    variableCount = program.variableCount
    groupCount = program.groupCount
    self.layerCount = layerCount
    self.pieceCount = pieceCount
    keepsBoundaryInside = program.keepsBoundaryInside
    let example = program.exampleIndex
    sectionStarts = example.indices.filter { $0 == 0 || example[$0] <= example[$0 - 1] }
    var rising = [Int](repeating: 0, count: groupCount)
    var falling = rising
    for t in 0..<program.variableCount {
      let mayGrow = program.start[t] < program.upperBound[t]
      let mayFall = program.start[t] > program.lowerBound[t]
      let g = Int(program.group[t])
      if program.isPositive[t] ? mayGrow : mayFall { rising[g] += 1 }
      if program.isPositive[t] ? mayFall : mayGrow { falling[g] += 1 }
    }
    partnerCount = zip(rising, falling).reduce(0) { $0 + min($1.0, $1.1) }
  }
}
