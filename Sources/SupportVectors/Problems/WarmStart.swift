import Learning
import LinearAlgebra
import SMOSolver

/// Where a training begins: at the dual variables of an earlier one instead of at 0.
///
/// The earlier training may have had another C, ε or ν, more rows or fewer; the nearer its solution is
/// to the one that is sought, the less is left to do. The answer meets the same tolerance as that of a
/// training from 0, but not in the same bits.
///
/// Dual variables of a classification whose C has changed are multiplied by the quotient of the two, so
/// that those at their bound are at the new one [1], when these are at least half of the sum of all. Where
/// most are free, a larger C changes little, and they are taken as they are; as are those of a regression,
/// and where the earlier C is not known. What lies outside of the new bounds is moved to them. Where rows,
/// bounds or ν have changed so that the equalities of the problem no longer hold, the variables
/// strictly between their bounds take up the difference, each by the same share of its room, and then
/// the others in the order of their rows.
///
/// > [1] D. DeCoste, K. Wagstaff. "Alpha Seeding for Support Vector Machines." *KDD* 2000, 345–349.
public struct WarmStart: Sendable {
  /// What the coefficients come from.
  enum Source: Sendable {
    case classifier(SupportVectorClassifier)
    /// A model of one problem without classes, its C, and how many rows it was trained on.
    case expansion(KernelExpansion, boxConstraint: Double?, rowCount: Int)
    /// One list for each problem, with an element for each row of the new training.
    case coefficients([[Double]], boxConstraint: Double?)
  }

  let source: Source
  /// For each row of the new training its row in the earlier one; `nil` when they are the same.
  let rows: [Int?]?

  /// Begins at a classifier's dual variables.
  ///
  /// Problems are matched by the names of their classes; those of new classes begin at 0, as do rows
  /// whose class has changed.
  ///
  /// - Parameters:
  ///   - model: The earlier model, of the same decomposition.
  ///   - rows: For each row of the new training the row that it was in the earlier one, `nil` where it
  ///     is new; rows that are not mentioned were removed. Without it the rows are the same.
  public init(_ model: SupportVectorClassifier, rows: [Int?]? = nil) {
    source = .classifier(model)
    self.rows = rows
  }

  /// Begins at a regressor's dual variables.
  ///
  /// - Parameters:
  ///   - model: The earlier model.
  ///   - rows: See ``init(_:rows:)-(SupportVectorClassifier,_)``.
  public init(_ model: SupportVectorRegressor, rows: [Int?]? = nil) {
    source = .expansion(
      model.expansion, boxConstraint: model.boxConstraint, rowCount: model.trainingCount)
    self.rows = rows
  }

  /// Begins at a novelty detector's dual variables.
  ///
  /// - Parameters:
  ///   - model: The earlier model.
  ///   - rows: See ``init(_:rows:)-(SupportVectorClassifier,_)``.
  public init(_ model: NoveltyDetector, rows: [Int?]? = nil) {
    source = .expansion(model.expansion, boxConstraint: nil, rowCount: model.trainingCount)
    self.rows = rows
  }

  /// Begins at given signed dual coefficients: yᵢαᵢ of a classification, αᵢ − αᵢ* of a regression.
  ///
  /// - Parameters:
  ///   - dualCoefficients: One list for each problem, in the order of a model's biases; each with one
  ///     finite number for every row of the new training. Rows that a problem does not have are passed
  ///     over.
  ///   - boxConstraint: The C > 0 that they are bounded by, or `nil` when it does not matter.
  public init(dualCoefficients: [[Double]], boxConstraint: Double? = nil) {
    source = .coefficients(dualCoefficients, boxConstraint: boxConstraint)
    rows = nil
  }

  /// The earlier C, where there was one.
  private var boxConstraint: Double? {
    switch source {
    case .classifier(let model):
      if case .c(let value) = model.formulation { value } else { nil }
    case .expansion(_, let value, _), .coefficients(_, let value): value
    }
  }
}

extension WarmStart {
  /// Rejects a start that does not fit the training.
  func check(rowCount: Int, problemCount: Int) throws(TrainingError) {
    let earlierCount: Int
    switch source {
    case .classifier(let model): earlierCount = model.trainingCount
    case .expansion(_, _, let count): earlierCount = count
    case .coefficients(let lists, let boxConstraint):
      guard lists.count == problemCount else {
        throw .invalidParameter(
          name: "warm start", value: "\(lists.count) lists of dual coefficients",
          expected: "one for each of \(problemCount) problems")
      }
      for list in lists where list.count != rowCount {
        throw .countMismatch(
          what: "a list of the warm start", found: list.count, rows: rowCount)
      }
      if let value = lists.lazy.joined().first(where: { !$0.isFinite }) {
        throw .invalidParameter(name: "warm start", value: "\(value)", expected: "finite")
      }
      if let boxConstraint { try TrainingChecks.positive(boxConstraint, "c") }
      return
    }
    guard let rows else {
      guard earlierCount == rowCount else {
        throw .countMismatch(what: "the warm start", found: earlierCount, rows: rowCount)
      }
      return
    }
    guard rows.count == rowCount else {
      throw .countMismatch(what: "the rows of the warm start", found: rows.count, rows: rowCount)
    }
    for case let row? in rows where row < 0 || row >= earlierCount {
      throw .invalidParameter(
        name: "warm start", value: "row \(row)",
        expected: "a row of the earlier training, from 0 to \(earlierCount - 1)")
    }
  }

  /// The earlier row of a row.
  private func earlierRow(_ row: Int) -> Int? { rows.map { $0[row] } ?? row }

  /// What dual coefficients of a classification are multiplied by when C becomes another one.
  func factor(to formulation: ClassifierFormulation) -> Double {
    guard case .c(let value) = formulation, let earlier = boxConstraint else { return 1 }
    let factor = value / earlier
    return factor.isFinite ? factor : 1
  }
}

/// A warm start in terms of one classification: what its problems begin at.
struct ClassifierStart: Sendable {
  private let warmStart: WarmStart
  private let problems: ClassifierProblems
  /// For each earlier row its place among the earlier support vectors.
  private let places: [Int: Int]
  /// The earlier group of each place.
  private let groups: [Int]

  /// Prepares the start.
  ///
  /// - Throws: `TrainingError` when the start does not fit the training.
  init(_ warmStart: WarmStart, for problems: ClassifierProblems) throws(TrainingError) {
    try warmStart.check(rowCount: problems.weights.count, problemCount: problems.count)
    self.warmStart = warmStart
    self.problems = problems
    switch warmStart.source {
    case .classifier(let model):
      guard model.decomposition == problems.decomposition else {
        throw .invalidParameter(
          name: "warm start", value: "a model of \(model.decomposition.rawValue)",
          expected: "one of \(problems.decomposition.rawValue)")
      }
      places = model.expansion.placesOfRows
      groups = model.expansion.supportCounts.enumerated().flatMap {
        Array(repeating: $0, count: $1)
      }
    case .expansion:
      throw .invalidParameter(
        name: "warm start", value: "a model without classes", expected: "a classifier")
    case .coefficients:
      places = [:]
      groups = []
    }
  }

  /// The dual variables that a problem begins at.
  func start(of index: Int) -> [Double] {
    let problem = problems[index]
    var alpha = problem.nearestAlpha(of: coefficients(of: index))
    let factor = warmStart.factor(to: problems.formulation)
    let bounded = zip(alpha, problem.upperBounds.array).reduce(0) {
      $0 + ($1.0 * factor >= $1.1 * (1 - 1e-9) ? $1.0 : 0)
    }
    if bounded >= alpha.reduce(0, +) / 2 { alpha = alpha.map { $0 * factor } }
    return problem.program.feasiblePoint(near: alpha)
  }

  /// The earlier coefficients of a problem's rows.
  private func coefficients(of index: Int) -> [Double] {
    let rows = problems.rows(of: index)
    switch warmStart.source {
    case .coefficients(let lists, _): return rows.map { lists[index][$0] }
    case .expansion: return Array(repeating: 0, count: rows.count)
    case .classifier(let model):
      let matrix = model.expansion.dualCoefficients
      let names = problems.classes(of: index)
      let classes = names.map { ClassTable.index(of: $0, in: model.classes) }
      guard let own = classes.last ?? nil else { return Array(repeating: 0, count: rows.count) }
      guard problems.decomposition == .oneVersusOne else {
        return rows.map { row in
          warmStart.earlierPlace(of: row, places).map { matrix[own, $0] } ?? 0
        }
      }
      guard let other = classes[0] else { return Array(repeating: 0, count: rows.count) }
      // In the pair of groups i < j, a support vector of group i uses row j − 1 and one of group j
      // row i; the later group is positive.
      let sign = other < own ? 1.0 : -1.0
      let (low, high) = (min(other, own), max(other, own))
      return rows.map { row in
        guard let place = warmStart.earlierPlace(of: row, places) else { return 0 }
        switch groups[place] {
        case low: return sign * matrix[high - 1, place]
        case high: return sign * matrix[low, place]
        default: return 0
        }
      }
    }
  }
}

extension WarmStart {
  fileprivate func earlierPlace(of row: Int, _ places: [Int: Int]) -> Int? {
    earlierRow(row).flatMap { places[$0] }
  }

  /// The coefficients of a model of one problem, for rows of the new training.
  ///
  /// - Throws: `TrainingError` when the start does not fit the training.
  func coefficients(
    of included: [Int], rowCount: Int, expected: String
  ) throws(TrainingError) -> [Double] {
    try check(rowCount: rowCount, problemCount: 1)
    switch source {
    case .coefficients(let lists, _): return included.map { lists[0][$0] }
    case .classifier:
      throw .invalidParameter(name: "warm start", value: "a classifier", expected: expected)
    case .expansion(let expansion, _, _):
      let places = expansion.placesOfRows
      return included.map { row in
        earlierPlace(of: row, places).map { expansion.dualCoefficients[0, $0] } ?? 0
      }
    }
  }
}

extension KernelExpansion {
  /// Each support vector's place, by its row in the training data.
  fileprivate var placesOfRows: [Int: Int] {
    Dictionary(zip(supportIndices, supportIndices.indices)) { first, _ in first }
  }
}

extension BinaryProblem {
  /// The dual variables near which to begin, from coefficients of an earlier solution.
  func nearestAlpha(of coefficients: [Double]) -> [Double] {
    let alpha = zip(coefficients, isPositive).map { max($1 ? $0 : -$0, 0) }
    guard case .nu(let nu) = formulation else { return alpha }
    // Coefficients were divided by the margin; Σ α is given.
    let total = alpha.reduce(0, +)
    let scale = nu * upperBounds.array.reduce(0, +) / total
    return total > 0 && scale.isFinite ? alpha.map { $0 * scale } : alpha
  }
}

extension RegressionProblem {
  /// The dual variables near which to begin, from coefficients of an earlier solution.
  func start(near coefficients: [Double]) -> [Double] {
    program.feasiblePoint(
      near: coefficients.map { max($0, 0) } + coefficients.map { max(-$0, 0) })
  }
}

extension NoveltyProblem {
  /// The dual variables near which to begin, from coefficients of an earlier solution.
  func start(near coefficients: [Double]) -> [Double] {
    // A data description's are twice its variables over their sum; the sum is given for both.
    let sum = coefficients.reduce(0) { $0 + max($1, 0) }
    let scale = formulation.nu * upperBounds.array.reduce(0, +) / sum
    let alpha = coefficients.map { max($0, 0) }
    return program.feasiblePoint(
      near: sum > 0 && scale.isFinite ? alpha.map { $0 * scale } : alpha)
  }
}
