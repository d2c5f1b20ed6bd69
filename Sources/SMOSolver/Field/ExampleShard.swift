/// Consecutive examples with everything that a solver keeps for them: what one process of a distributed
/// training holds, or the only one all of it.
///
/// A shard computes no kernel values. Examples come in and go out by their number among all examples of
/// the program; inside they are numbered from 0.
package struct ExampleShard: Sendable {
  /// The number of its first example.
  package let firstExample: Int
  /// The shard's part of the program.
  let program: SignedProgram
  /// The number of each of its variables among all variables, ascending.
  package let numbers: [Int32]
  /// Its part of each section of ``ProgramShape``.
  let sections: [Range<Int>]
  private let groupCount: Int
  private let isPositive: [Bool]
  /// The program's start.
  private let ownStart: [Double]

  /// β, the gradient and the active set, numbered from 0.
  package internal(set) var state: ExampleState

  // What follows from the state.
  private(set) var activeVariables: [Int32] = []
  private(set) var isActive: [Bool] = []
  /// How much each variable wants to grow: of the active ones as of the last ``extremes()``.
  private(set) var v: [Double]

  /// Makes the shard of some examples, at the program's start.
  ///
  /// - Parameters:
  ///   - part: The program of these examples, numbered from 0.
  ///   - firstExample: The number of the first of them.
  ///   - numbers: The number of each variable of `part` among all, ascending.
  ///   - shape: The figures of the whole program.
  package init(
    _ part: QuadraticProgram, firstExample: Int, numbers: [Int32], shape: ProgramShape
  ) {
    self.init(
      part, SignedProgram(part), firstExample: firstExample, numbers: numbers, shape: shape)
  }

  /// Makes the shard of some examples of a program that is here whole, at its start.
  ///
  /// - Parameters:
  ///   - program: The program.
  ///   - examples: The numbers of the shard's examples.
  ///   - shape: The figures of the program.
  package init(_ program: QuadraticProgram, examples: Range<Int>, shape: ProgramShape) {
    let variables = program.exampleIndex.indices.filter {
      examples.contains(Int(program.exampleIndex[$0]))
    }
    let first = Int32(examples.lowerBound)
    let part = QuadraticProgram(
      ExampleIndices(variables.map { program.exampleIndex[$0] - first }, of: examples.count),
      isPositive: variables.map { program.isPositive[$0] },
      linearTerm: ProgramValues(variables.map { program.linearTerm[$0] }),
      bounds: (
        ProgramValues(variables.map { program.lowerBound[$0] }),
        ProgramValues(variables.map { program.upperBound[$0] })
      ), group: ProgramValues(variables.map { program.group[$0] }),
      start: ProgramValues(variables.map { program.start[$0] }))
    self.init(
      part, firstExample: examples.lowerBound, numbers: variables.map { Int32($0) }, shape: shape)
  }

  init(
    _ part: QuadraticProgram, _ signed: SignedProgram, firstExample: Int, numbers: [Int32],
    shape: ProgramShape
  ) {
    precondition(
      numbers.count == part.variableCount,
      "\(numbers.count) numbers for \(part.variableCount) variables")
    self.firstExample = firstExample
    program = signed
    self.numbers = numbers
    groupCount = shape.groupCount
    isPositive = part.isPositive
    ownStart = Array(part.start)
    let ends = Array(shape.sectionStarts.dropFirst()) + [shape.variableCount]
    var first = 0
    sections = ends.map { end in
      var last = first
      while last < numbers.count && Int(numbers[last]) < end { last += 1 }
      defer { first = last }
      return first..<last
    }
    v = Array(repeating: 0, count: part.variableCount)
    state = ExampleState(
      beta: Self.signed(ownStart, part.isPositive), exampleCount: part.exampleCount)
    activate()
  }

  /// The number of its examples.
  package var exampleCount: Int { program.exampleCount }

  /// Its examples among all.
  package var examples: Range<Int> { firstExample..<firstExample + exampleCount }

  private static func signed(_ alpha: [Double], _ isPositive: [Bool]) -> [Double] {
    zip(alpha, isPositive).map { $1 ? $0 : -$0 }
  }

  /// Goes to a point whose gradient is not known yet.
  ///
  /// - Parameter alpha: The dual variables of the whole program, or `nil` for the program's start.
  package mutating func place(at alpha: [Double]?) {
    let own = alpha.map { alpha in numbers.map { alpha[Int($0)] } } ?? ownStart
    state = ExampleState(beta: Self.signed(own, isPositive), exampleCount: exampleCount)
    activate()
  }

  /// Takes its part of a state.
  package mutating func load(_ whole: ExampleState) {
    func part(_ beta: [Double]) -> [Double] { numbers.map { beta[Int($0)] } }
    state = ExampleState(
      beta: part(whole.beta), gradient: Array(whole.gradient[examples]),
      settledRounds: Array(whole.settledRounds[examples]),
      shrunk: whole.shrunk.map { shrunk in
        ExampleState.Shrunk(
          active: shrunk.active.filter { examples.contains(Int($0)) }.map {
            $0 - Int32(firstExample)
          }, beta: part(shrunk.beta), gradient: Array(shrunk.gradient[examples]))
      })
    activate()
  }

  /// Puts a state of this shard into its place among all.
  ///
  /// - Parameters:
  ///   - own: A value of ``state``.
  ///   - whole: A state of all examples, of which those before this shard are there.
  package func store(_ own: ExampleState, into whole: inout ExampleState) {
    for (t, number) in numbers.enumerated() { whole.beta[Int(number)] = own.beta[t] }
    whole.gradient.replaceSubrange(examples, with: own.gradient)
    whole.settledRounds.replaceSubrange(examples, with: own.settledRounds)
    guard let shrunk = own.shrunk else { return }
    var all =
      whole.shrunk
      ?? ExampleState.Shrunk(
        active: [], beta: Array(repeating: 0, count: whole.beta.count),
        gradient: Array(repeating: 0, count: whole.gradient.count))
    all.active += shrunk.active.map { $0 + Int32(firstExample) }
    for (t, number) in numbers.enumerated() { all.beta[Int(number)] = shrunk.beta[t] }
    all.gradient.replaceSubrange(examples, with: shrunk.gradient)
    whole.shrunk = all
  }

  /// The dual variables α of some β of its variables, in their order.
  package func alpha(of beta: [Double]) -> [Double] { Self.signed(beta, isPositive) }

  /// Puts its dual variables α into their places among all.
  package func storeAlpha(into whole: inout [Double]) {
    for (t, number) in numbers.enumerated() {
      whole[Int(number)] = isPositive[t] ? state.beta[t] : -state.beta[t]
    }
  }

  /// Makes the variables of the state's active examples the active ones.
  mutating func activate() {
    guard let active = state.shrunk?.active else {
      isActive = Array(repeating: true, count: exampleCount)
      activeVariables = (0..<Int32(state.beta.count)).map { $0 }
      return
    }
    isActive = Array(repeating: false, count: exampleCount)
    for example in active { isActive[Int(example)] = true }
    activeVariables = (0..<Int32(state.beta.count)).filter {
      isActive[Int(program.example[Int($0)])]
    }
  }

  // MARK: A round

  /// The extremes of each group among the active examples.
  package mutating func extremes() -> [Extremes] {
    var ends = Ends(groupCount: groupCount)
    let (program, beta, gradient) = (program, state.beta, state.gradient)
    for variable in activeVariables {
      let t = Int(variable)
      let value = -(gradient[Int(program.example[t])] + program.linear[t])
      v[t] = value
      ends.add(
        t, value, group: Int(program.group[t]), mayGrow: beta[t] < program.upper[t],
        mayFall: beta[t] > program.lower[t])
    }
    return extremes(ends)
  }

  /// ``extremes()``, and those without some examples.
  ///
  /// - Parameter isLeftOut: Whether an example is one of these, numbered from 0.
  /// - Returns: The extremes of all active examples, and of the others.
  mutating func extremes(besides isLeftOut: [Bool]) -> (all: [Extremes], others: [Extremes]) {
    let all = extremes()
    var ends = Ends(groupCount: groupCount)
    for variable in activeVariables {
      let t = Int(variable)
      if isLeftOut[Int(program.example[t])] { continue }
      ends.add(
        t, v[t], group: Int(program.group[t]), mayGrow: state.beta[t] < program.upper[t],
        mayFall: state.beta[t] > program.lower[t])
    }
    return (all, extremes(ends))
  }

  /// The ends of each group, by variables of the shard.
  private struct Ends {
    var top: [Double]
    var bottom: [Double]
    var topVariable: [Int]
    var bottomVariable: [Int]

    init(groupCount: Int) {
      top = Array(repeating: -.infinity, count: groupCount)
      bottom = Array(repeating: .infinity, count: groupCount)
      topVariable = Array(repeating: -1, count: groupCount)
      bottomVariable = topVariable
    }

    @inline(__always)
    mutating func add(_ t: Int, _ value: Double, group g: Int, mayGrow: Bool, mayFall: Bool) {
      if mayGrow && value > top[g] {
        top[g] = value
        topVariable[g] = t
      }
      if mayFall && value < bottom[g] {
        bottom[g] = value
        bottomVariable[g] = t
      }
    }
  }

  private func extremes(_ ends: Ends) -> [Extremes] {
    (0..<groupCount).map { g in
      var result = Extremes()
      result.top = end(ends.top[g], ends.topVariable[g])
      result.bottom = end(ends.bottom[g], ends.bottomVariable[g])
      return result
    }
  }

  private func end(_ v: Double, _ t: Int) -> Extremes.End {
    guard t >= 0 else { return Extremes.End(v: v) }
    return Extremes.End(
      v: v, variable: numbers[t], example: program.example[t] + Int32(firstExample))
  }

  /// The variables that violate most at the last ``extremes()``.
  package func violators(_ request: Violators.Request) -> Violators {
    var isExcluded = [Bool](repeating: false, count: exampleCount)
    for example in request.excluded where examples.contains(Int(example)) {
      isExcluded[Int(example) - firstExample] = true
    }
    let isViolating = request.extremes.map { $0.violation > request.tolerance }
    let top = request.extremes.map(\.top.v)
    let bottom = request.extremes.map(\.bottom.v)
    let first = Int32(firstExample)
    var result = Violators(groupCount: groupCount)
    for variable in activeVariables {
      let t = Int(variable)
      let g = Int(program.group[t])
      let example = program.example[t]
      guard isViolating[g], !isExcluded[Int(example)] else { continue }
      if state.beta[t] < program.upper[t] && v[t] > bottom[g] {
        result.rising[g].append(.init(rank: -v[t], variable: numbers[t], example: example + first))
      }
      if state.beta[t] > program.lower[t] && v[t] < top[g] {
        result.falling[g].append(.init(rank: v[t], variable: numbers[t], example: example + first))
      }
    }
    result.keepWorst(request.limit)
    return result
  }

  /// What a block needs to know of examples, those of this shard among the ones named.
  package func members(of named: [Int32]) -> BlockMembers {
    var result = BlockMembers()
    result.reserveCapacity(named.count)
    let (own, program, state, isActive) = (examples, program, state, isActive)
    for example in named where own.contains(Int(example)) {
      let e = Int(example) - firstExample
      program.forEachVariable(of: e) { t in
        result.variables.append(
          BlockMembers.Variable(
            group: program.group[t], linear: program.linear[t], lower: program.lower[t],
            upper: program.upper[t], beta: state.beta[t]))
      }
      result.append(example: example, gradient: state.gradient[e], isActive: isActive[e])
    }
    return result
  }

  /// Gives variables the values of an update, and the block's examples their gradient; that of the others
  /// is not changed.
  package mutating func move(_ update: BlockUpdate) {
    let (own, program) = (examples, program)
    for (example, gradient) in zip(update.members, update.gradient)
    where own.contains(Int(example)) {
      state.gradient[Int(example) - firstExample] = gradient
    }
    var first = 0
    for (example, count) in zip(update.examples, update.variableCounts) {
      if own.contains(Int(example)) {
        var at = first
        program.forEachVariable(of: Int(example) - firstExample) { t in
          state.beta[t] = update.beta[at]
          at += 1
        }
      }
      first += count
    }
  }

  /// Lets a kernel add to the gradient.
  ///
  /// - Parameter body: Gets one number for each example of the shard, and says whether it was completed;
  ///   if not, the gradient is as before.
  /// - Returns: What `body` says.
  /// - Throws: What `body` throws.
  package mutating func updateGradient<Failure: Error>(
    _ body: (inout [Double]) throws(Failure) -> Bool
  ) throws(Failure) -> Bool {
    let before = state.gradient
    let isDone = try body(&state.gradient)
    if !isDone { state.gradient = before }
    return isDone
  }

  /// Gives some examples the gradient that was computed for them.
  ///
  /// - Parameters:
  ///   - chosen: The examples, numbered from 0.
  ///   - gradient: One number for each example of the shard.
  package mutating func setGradient(of chosen: [Int32], from gradient: [Double]) {
    for example in chosen { state.gradient[Int(example)] = gradient[Int(example)] }
  }

  /// The examples with a coefficient Σ β, by their number among all, and these coefficients.
  package func support() -> (rows: [Int32], coefficients: [Double]) { support(of: state.beta) }

  func support(of beta: [Double]) -> (rows: [Int32], coefficients: [Double]) {
    var sums = [Double](repeating: 0, count: exampleCount)
    for (t, value) in beta.enumerated() { sums[Int(program.example[t])] += value }
    let rows = (0..<Int32(exampleCount)).filter { sums[Int($0)] != 0 }
    return (rows.map { $0 + Int32(firstExample) }, rows.map { sums[Int($0)] })
  }
}
