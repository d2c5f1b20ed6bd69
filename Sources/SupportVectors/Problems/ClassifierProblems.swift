import Kernels
import Learning
import LinearAlgebra
import SMOSolver

/// The binary problems that a classifier's classes are made into: what training solves and
/// verification recomputes.
struct ClassifierProblems: Sendable {
  /// The classes that have an example of positive weight.
  let classes: [String]
  /// The rows of each class that have a positive weight, ascending.
  let members: [[Int]]
  let weights: ExampleWeights
  let formulation: ClassifierFormulation
  let classWeights: [Double]?
  let decomposition: Decomposition
  /// The classes of each problem.
  let split: ClassProblems
  /// The bound of each row's dual variables, 0 for rows that are left out.
  let upperBounds: ProgramValues<Double>
  /// The size of kernel values, where the problems' tolerance follows it.
  private(set) var kernelScale = 1.0

  init(
    classes: ClassTable, weights: ExampleWeights, formulation: ClassifierFormulation,
    classWeights: ClassWeights, decomposition: Decomposition, byteLimit: Int? = nil
  ) throws(TrainingError) {
    let members = Self.members(of: classes.codes, classCount: classes.names.count, weights)
    let present = members.indices.filter { !members[$0].isEmpty }
    let names = present.map { classes.names[$0] }
    let factors = try classWeights.resolved(
      classes: names, named: classes.names, members: present.map { members[$0] }, weights: weights)
    try Self.requireMemory(
      classes: names.count, rows: weights.rows.count, decomposition, byteLimit: byteLimit)
    try self.init(
      classes: names, members: present.map { members[$0] }, weights: weights,
      formulation: formulation, factors: factors, decomposition: decomposition)
  }

  /// The problems that a model was made from.
  init(
    of model: SupportVectorClassifier, codes: [Int], weights: ExampleWeights
  ) throws(TrainingError) {
    try self.init(
      classes: model.classes,
      members: Self.members(of: codes, classCount: model.classes.count, weights),
      weights: weights, formulation: model.formulation, factors: model.classWeights,
      decomposition: model.decomposition)
  }

  private init(
    classes: [String], members: [[Int]], weights: ExampleWeights,
    formulation: ClassifierFormulation, factors: [Double]?, decomposition: Decomposition
  ) throws(TrainingError) {
    self.classes = classes
    self.members = members
    self.weights = weights
    self.formulation = formulation
    classWeights = factors
    self.decomposition = decomposition
    split = decomposition.problems(classCount: classes.count, twoShareOne: false)
    var factorOfRow: [Double]?
    if let factors {
      var ofRow = [Double](repeating: 1, count: weights.count)
      for (index, rows) in members.enumerated() {
        for row in rows { ofRow[row] = factors[index] }
      }
      factorOfRow = ofRow
    }
    let ofIncluded = try weights.upperBounds(unit: formulation.boundUnit) { [factorOfRow] in
      factorOfRow?[$0] ?? 1
    }
    guard weights.excludedCount > 0 else {
      upperBounds = ofIncluded
      return
    }
    var bounds = [Double](repeating: 0, count: weights.count)
    for (row, bound) in zip(weights.rows, ofIncluded) { bounds[row] = bound }
    upperBounds = ProgramValues(bounds)
  }

  /// What a problem takes: its report, its bias, and its place in a model file and in an account of the
  /// training.
  private static let bytesOfProblem = 1024

  /// Refuses more problems than there is memory for.
  ///
  /// - Parameters:
  ///   - count: The number of classes.
  ///   - rows: The number of rows that take part.
  ///   - decomposition: How classes become problems.
  ///   - byteLimit: What they may take, or `nil` for any.
  /// - Throws: `TrainingError/memory(_:)`.
  static func requireMemory(
    classes count: Int, rows: Int, _ decomposition: Decomposition, byteLimit: Int?
  ) throws(TrainingError) {
    guard byteLimit != nil, count > 2 else { return }
    let isPairwise = decomposition == .oneVersusOne
    let problems = decomposition.problems(classCount: count, twoShareOne: false).count
    // Each row has a coefficient in the problems of its class or in all, once in a solution and once
    // in the model.
    let coefficients = 16.0 * Double(rows) * Double(isPairwise ? count - 1 : count)
    let bytes = Double(problems) * Double(bytesOfProblem) + coefficients
    let others = "learn to predict numbers (--task regression) or another column (--target)"
    do throws(MemoryShortage) {
      try MemoryShortage.require(
        1, each: Int(min(bytes, 0x1p62)), limit: byteLimit,
        purpose: isPairwise
          ? "the \(problems) pairs of \(count) classes" : "\(count) classes against the rest",
        remedy: isPairwise
          ? "train one problem for each class (--multiclass one-versus-rest), \(others)" : others)
    } catch {
      throw .memory(error)
    }
  }

  private static func members(
    of codes: [Int], classCount: Int, _ weights: ExampleWeights
  ) -> [[Int]] {
    var members = [[Int]](repeating: [], count: classCount)
    for row in weights.rows { members[codes[row]].append(row) }
    return members
  }

  /// The number of problems.
  var count: Int { split.count }

  /// Rows of the model's coefficients.
  var coefficientRowCount: Int { decomposition == .oneVersusOne ? classes.count - 1 : count }

  /// The rows of a problem: of a pair first the earlier class's, otherwise all in order.
  func rows(of problem: Int) -> [Int] {
    guard decomposition == .oneVersusOne else { return weights.rows }
    let (earlier, later) = split[pair: problem]
    return members[earlier] + members[later]
  }

  /// A problem on ``rows(of:)``.
  subscript(problem: Int) -> BinaryProblem {
    let isPositive: [Bool]
    if decomposition == .oneVersusOne {
      let (earlier, later) = split[pair: problem]
      isPositive =
        Array(repeating: false, count: members[earlier].count)
        + Array(repeating: true, count: members[later].count)
    } else {
      let ofClass = Set(members[problem])
      isPositive = weights.rows.map { ofClass.contains($0) }
    }
    return BinaryProblem(
      formulation: formulation, isPositive: isPositive,
      upperBounds: upperBounds.common.map { ProgramValues(repeating: $0, count: isPositive.count) }
        ?? ProgramValues(rows(of: problem).map { upperBounds[$0] }),
      kernelScale: kernelScale)
  }

  /// The same problems with the size of kernel values known, where they need it.
  func measuring(_ source: KernelSource) throws(TrainingError) -> ClassifierProblems {
    guard case .nu = formulation else { return self }
    var problems = self
    let diagonal = try source.diagonal()
    problems.kernelScale = diagonal.reduce(0) { $0 + abs($1) } / Double(max(diagonal.count, 1))
    return problems
  }

  /// Rejects a ν for which one of the problems has no solution.
  func check() throws(TrainingError) {
    guard case .nu = formulation else { return }
    for problem in 0..<count {
      let names = classes(of: problem)
      try self[problem].check(names.count == 2 ? names : names + ["all others"])
    }
  }

  /// The names of a problem's classes: the earlier and the later of a pair, or the one that has a rest.
  func classes(of problem: Int) -> [String] {
    guard decomposition == .oneVersusOne else { return [classes[problem]] }
    let (earlier, later) = split[pair: problem]
    return [classes[earlier], classes[later]]
  }

  /// The support vectors of all problems: their rows, class by class, how many each class has, and
  /// their coefficients as a model stores them.
  func expansion(
    _ solutions: [ProblemSolution]
  ) -> (rows: [Int], counts: [Int], coefficients: Matrix<Double>) {
    // Where the coefficients of a class are in a problem's solution, and in which row of the model's.
    var ofRow: [Int] = []
    if decomposition == .oneVersusRest {
      ofRow = [Int](repeating: 0, count: weights.count)
      for (position, row) in weights.rows.enumerated() { ofRow[row] = position }
    }
    func forEachCoefficient(_ body: (_ index: Int, _ member: Int, _ line: Int, Double) -> Void) {
      for (problem, solution) in solutions.enumerated() where !solution.coefficients.isEmpty {
        if decomposition == .oneVersusOne {
          let (earlier, later) = split[pair: problem]
          let split = members[earlier].count
          for (place, value) in solution.coefficients.enumerated() {
            if place < split {
              body(earlier, place, later - 1, value)
            } else {
              body(later, place - split, earlier, value)
            }
          }
        } else {
          for (index, rows) in members.enumerated() {
            for (member, row) in rows.enumerated() {
              body(index, member, problem, solution.coefficients[ofRow[row]])
            }
          }
        }
      }
    }
    var places = members.map { [Int](repeating: -1, count: $0.count) }
    forEachCoefficient { index, member, _, value in
      if value != 0 { places[index][member] = 0 }
    }
    var (rows, counts): ([Int], [Int]) = ([], [])
    for (index, members) in members.enumerated() {
      let before = rows.count
      for (member, row) in members.enumerated() where places[index][member] == 0 {
        places[index][member] = rows.count
        rows.append(row)
      }
      counts.append(rows.count - before)
    }
    var coefficients = Matrix<Double>(
      rowCount: coefficientRowCount, columnCount: rows.count, repeating: 0)
    forEachCoefficient { index, member, line, value in
      let place = places[index][member]
      if place >= 0 { coefficients[line, place] = value }
    }
    return (rows, counts, coefficients)
  }

  /// The coefficients of a problem's rows, from those of a model.
  ///
  /// - Parameters:
  ///   - problem: The problem.
  ///   - expansion: The model's expansion.
  ///   - position: Each training row's place among the support vectors, −1 when it is none.
  /// - Returns: One coefficient for each of ``rows(of:)``.
  func coefficients(
    of problem: Int, from expansion: KernelExpansion, position: [Int]
  ) -> [Double] {
    let matrix = expansion.dualCoefficients
    guard decomposition == .oneVersusOne else {
      return weights.rows.map { position[$0] < 0 ? 0 : matrix[problem, position[$0]] }
    }
    let (earlier, later) = split[pair: problem]
    return members[earlier].map { position[$0] < 0 ? 0 : matrix[later - 1, position[$0]] }
      + members[later].map { position[$0] < 0 ? 0 : matrix[earlier, position[$0]] }
  }
}
