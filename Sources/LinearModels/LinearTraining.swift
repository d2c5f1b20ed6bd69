import Basics
import LinearAlgebra
import Learning
import Synchronization

/// The problems of one training, solved side by side.
struct LinearTraining: Sendable {
  let examples: ExampleSet
  let loss: LinearLoss
  let epsilon: Double
  let intercept: Intercept
  let solver: LinearSolver
  let run: TrainingControl

  /// One problem's examples.
  struct Part: Sendable {
    var rows: [Int32]
    /// The class that is positive, all other rows being negative; of a regression there is none.
    var positive: Int?
  }

  /// Solves all problems.
  ///
  /// Several run side by side, one thread each, as far as their memory allows; a problem's bits depend
  /// on nothing but itself.
  ///
  /// - Parameters:
  ///   - parts: The problems.
  ///   - targets: Of each row the class or the target.
  ///   - costs: Cᵢ of each row.
  /// - Returns: Their solutions, in order; those that were not begun say so.
  /// - Throws: `TrainingError` when a rank does not answer, or what one of them must have does not fit the
  ///   memory limit.
  func solve(
    _ parts: [Part], targets: [Double], costs: [Double]
  ) throws(TrainingError) -> [LinearSolution] {
    switch examples {
    case .local(let features): return solve(parts, features, targets, costs)
    case .sharded(let shards):
      return try SpreadTraining(self, shards, targets: targets, costs: costs).solve(parts)
    }
  }

  private func solve(
    _ parts: [Part], _ features: FeatureMatrix, _ targets: [Double], _ costs: [Double]
  ) -> [LinearSolution] {
    let solutions = Mutex([LinearSolution?](repeating: nil, count: parts.count))
    let largest = parts.map(\.rows.count).max() ?? 0
    // A problem forms matrices only if these fit in the memory.
    let direct = bytes(examples: largest, isDirect: true, threads: run.threads)
    let each =
      direct <= run.options.memoryLimit
      ? direct : bytes(examples: largest, isDirect: false, threads: run.threads)
    let room = run.options.memoryLimit / max(1, each)
    let workers = max(1, min(run.threads, parts.count, room))
    let order = Self.order(parts)
    compact(features).withExamples { examples in
      concurrentTiles(count: order.count, threads: workers) { tile in
        let solution = solve(
          parts[order[tile]], examples, targets, costs, threads: max(1, run.threads / workers))
        solutions.withLock { $0[order[tile]] = solution }
        run.finishProblem(iterations: solution.report.certificate.iterations)
      }
    }
    return solutions.withLock { $0 }.map { solution in
      guard let solution else { preconditionFailure("a problem was forgotten") }
      return solution
    }
  }

  /// The largest first, so that none is left over at the end.
  static func order(_ parts: [Part]) -> [Int] {
    parts.indices.sorted {
      let (a, b) = (parts[$0].rows.count, parts[$1].rows.count)
      return a != b ? a > b : $0 < $1
    }
  }

  /// The features as they are, or with every one stored when many are and there is memory for it:
  /// the loops over them take a fraction of the time then.
  private func compact(_ features: FeatureMatrix) -> FeatureMatrix {
    guard case .sparse(let matrix) = features,
      isCompact(denseBytes: matrix.denseByteCount, storedCount: matrix.storedCount)
    else { return features }
    return .dense(matrix.dense)
  }

  /// Whether sparse features are to be stored densely.
  ///
  /// - Parameters:
  ///   - denseBytes: The bytes of all of them then, if an Int counts them.
  ///   - storedCount: Those that are not 0.
  /// - Returns: Whether they are.
  func isCompact(denseBytes: Int?, storedCount: Int) -> Bool {
    guard let denseBytes else { return false }
    return denseBytes <= run.options.memoryLimit / 4 && denseBytes <= 5 * 8 * storedCount
  }

  private func solve(
    _ part: Part, _ examples: UnboundExamples, _ targets: [Double], _ costs: [Double], threads: Int
  ) -> LinearSolution {
    if let reason = run.interruption { return .untrained(dimension: dimension, reason) }
    let problem = problem(
      part, LocalExamples(ExampleRows(examples, rows: part.rows)), targets, costs, threads: threads)
    return solve(problem, by: way(ProblemSizes(problem.examples), threads: run.threads))
  }

  /// The number of parameters of each problem.
  var dimension: Int { examples.columnCount + (intercept == .none ? 0 : 1) }

  /// One problem, whose examples are those of a part.
  func problem(
    _ part: Part, _ examples: any ProblemExamples, _ targets: [Double], _ costs: [Double],
    threads: Int
  ) -> LinearProblem {
    LinearProblem(
      examples,
      targets: part.rows.map { row in
        guard let positive = part.positive else { return targets[Int(row)] }
        return targets[Int(row)] == Double(positive) ? 1 : -1
      },
      costs: part.rows.map { costs[Int($0)] }, of: self, threads: threads)
  }

  /// Solves a problem.
  func solve(_ problem: LinearProblem, by way: Way) -> LinearSolution {
    switch way {
    case .direct where loss.isSmooth: NewtonSolver(problem, isDirect: true).solve()
    case .direct: AugmentedLagrangian(problem).solve() ?? InteriorPointSolver(problem).solve()
    case .conjugateGradients: NewtonSolver(problem, isDirect: false).solve()
    case .coordinateDescent: CoordinateDescent(problem).solve()
    }
  }

  /// How a problem is solved.
  enum Way {
    /// Steps that factor a matrix of features × features.
    case direct
    /// Steps by conjugate gradients.
    case conjugateGradients
    /// One dual variable after the other.
    case coordinateDescent
  }

  /// How to solve a problem of some sizes.
  ///
  /// It depends on the data and the memory limit only, so that the answer has the same bits on any
  /// number of threads.
  func way(_ sizes: ProblemSizes, threads: Int) -> Way {
    if isDirect(sizes, threads: threads) { return .direct }
    return loss == .logistic ? .conjugateGradients : .coordinateDescent
  }

  /// Whether to factor matrices of features × features.
  private func isDirect(_ sizes: ProblemSizes, threads: Int) -> Bool {
    guard solver != .coordinateDescent,
      bytes(examples: sizes.count, isDirect: true, threads: threads) <= run.options.memoryLimit
    else { return false }
    if solver == .newton { return true }
    // Seconds, roughly: a number of steps with a matrix and its factor each, or of passes.
    let size = Double(dimension)
    let steps = loss.isSmooth ? 6.0 : 20.0
    let gram = GramMatrix.seconds(sizes, dimension: dimension)
    let direct = steps * (min(gram.sparse, gram.dense) + size * size * size * 3e-11)
    let passes = 400 * Double(sizes.storedCount) * 2e-9
    return direct <= max(4 * passes, 0.01)
  }

  /// The bytes that a problem takes in addition to the features.
  private func bytes(examples: Int, isDirect: Bool, threads: Int) -> Int {
    let size = self.examples.columnCount + 1
    let vectors = examples * (loss.isRegression ? 190 : 130)
    guard isDirect else { return vectors + 8 * size * 40 }
    // BLAS and the factor would take hours.
    guard size <= 1 << 15 else { return .max }
    let tiles = threads * max(64 * size, 1 << 16)
    return vectors + 8 * tiles
      + 8 * size * size * (LinearProblem.parts(examples, ofSize: size * size) + 5)
  }
}

extension TrainingControl {
  /// The relative duality gap at which a linear problem is solved.
  ///
  /// A thousandth of the tolerance, and no less than Double can tell.
  var gapLimit: Double { max(1e-3 * options.tolerance, 5e-13) }
}

/// Checks that all linear trainings share.
enum LinearChecks {
  static func parameters(
    _ loss: LinearLoss, forRegression: Bool, boxConstraint: Double, intercept: Intercept
  ) throws(TrainingError) {
    guard loss.isRegression == forRegression else {
      let fitting = LinearLoss.allCases.filter { $0.isRegression == forRegression }
      throw .invalidParameter(
        name: "loss", value: loss.rawValue,
        expected: "one of " + fitting.map(\.rawValue).joined(separator: ", "))
    }
    try TrainingChecks.positive(boxConstraint, "c")
    if case .regularized(let scale) = intercept {
      let penalty = 1 / (scale * scale)
      guard scale > 0, penalty > 0, penalty.isFinite else {
        throw .invalidParameter(
          name: "intercept scale", value: "\(scale)", expected: "greater than 0, 1e-150 to 1e150")
      }
    }
  }

  /// Cᵢ = C·wᵢ of each row; 0 for rows to ignore.
  static func costs(_ weights: [Double]?, boxConstraint: Double, rows: Int) throws(TrainingError)
    -> [Double]
  {
    _ = try ExampleWeights(weights, count: rows)
    let costs = (0..<rows).map { boxConstraint * (weights?[$0] ?? 1) }
    if let row = costs.firstIndex(where: { !$0.isFinite }) {
      throw .invalidWeight(row: row, value: weights?[row] ?? 1)
    }
    guard costs.contains(where: { $0 > 0 }) else { throw .noPositiveWeight(rows: rows) }
    return costs
  }

  /// Refuses weights that would not fit in the memory.
  static func outputs(
    _ count: Int, features: Int, memoryLimit: Int, classes: Int
  ) throws(TrainingError) {
    do throws(MemoryShortage) {
      try MemoryShortage.require(
        // In addition to the weights, what each problem takes for its report and its list of rows.
        count, each: 8 * (features + 1) + (count > 1 ? 1024 : 0), limit: max(memoryLimit, 64 << 20),
        purpose:
          "weights of \(features) features for \(count == 1 ? "one output" : "\(count) outputs")",
        remedy: classes > 2 && count > classes
          ? "train one problem for each class (--multiclass one-versus-rest)" : nil)
    } catch {
      throw .memory(error)
    }
  }
}
