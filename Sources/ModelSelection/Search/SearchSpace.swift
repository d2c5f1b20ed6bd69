import Basics
import Evaluation
import Kernels
import LinearAlgebra
import SupportVectors
import TabularModels

/// Which values of the parameters a search may try.
public struct SearchSpace: Sendable, Equatable {
  /// Values of C, each > 0; `nil` lets the data choose.
  package var boxConstraints: [Double]?
  /// Values of γ, each > 0; `nil` lets the data choose.
  package var gammas: [Double]?
  /// Values of ε, each ≥ 0, in units of the target; `nil` lets the data choose.
  package var epsilons: [Double]?
  /// Values of ν, each in (0, 1]; `nil` is 0.05 … 0.8.
  package var nus: [Double]?
  /// Whether the linear kernel is a candidate, too, where that costs little.
  package var comparesLinear: Bool

  /// Makes a space; the default leaves all to the data.
  public init(
    boxConstraints: [Double]? = nil, gammas: [Double]? = nil, epsilons: [Double]? = nil,
    nus: [Double]? = nil, comparesLinear: Bool = true
  ) {
    self.boxConstraints = boxConstraints
    self.gammas = gammas
    self.epsilons = epsilons
    self.nus = nus
    self.comparesLinear = comparesLinear
  }

  func check() throws(SelectionError) {
    func check(
      _ name: String, _ values: [Double]?, _ expected: String, _ isAllowed: (Double) -> Bool
    ) throws(SelectionError) {
      guard let values else { return }
      guard !values.isEmpty else {
        throw .setting(name, value: "empty", expected: "one value at least")
      }
      for value in values where !(value.isFinite && isAllowed(value)) {
        throw .setting(name, value: "\(value)", expected: expected)
      }
    }
    try check("c", boxConstraints, "greater than 0") { $0 > 0 }
    try check("gamma", gammas, "greater than 0") { $0 > 0 }
    try check("epsilon", epsilons, "0 or greater") { $0 >= 0 }
    try check("nu", nus, "greater than 0 and at most 1") { $0 > 0 && $0 <= 1 }
  }
}

/// The values that a search of one data set begins with, and how it may leave them.
///
/// Parameters that the data chooses are powers of two. The middle of γ is the power nearest to the
/// kernel's `scale`, 1/(p·Var), which is half the inverse of the mean squared distance of two rows; C and
/// ε of a regression are in units of the target's deviation.
struct SearchLattice {
  let boxConstraints: [Double]
  let gammas: [Double]
  let epsilons: [Double]
  let nus: [Double]
  let hasLinear: Bool
  private let space: SearchSpace

  /// γ in steps from the middle.
  private static let gammaSteps = [-6, -4, -2, 0, 2, 4]
  /// C in steps from 1 or from the target's deviation.
  private static let boxSteps = [-3, 0, 3, 6, 9]
  /// The greatest step of C that a search goes to by itself.
  private static let maximumBoxSteps = 15.0

  /// Chooses the values that the user did not.
  ///
  /// - Parameters:
  ///   - space: What the user chose.
  ///   - formulation: The problem, which decides what parameters there are.
  ///   - method: The kernel.
  ///   - gammaScale: γ by the kernel's `scale`; `nil` for a kernel without γ.
  ///   - deviation: The target's deviation of a regression, else 1.
  init(
    _ space: SearchSpace, formulation: Formulation, method: LearningMethod, gammaScale: Double?,
    deviation: Double
  ) {
    self.space = space
    func power(_ steps: Int, of unit: Double) -> Double {
      exp2(min(1000, max(-1000, log2(unit).rounded() + Double(steps))))
    }
    boxConstraints =
      formulation.has(.boxConstraint)
      ? space.boxConstraints ?? Self.boxSteps.map { power($0, of: deviation) } : []
    gammas =
      gammaScale.map { scale in
        space.gammas ?? Self.gammaSteps.map { power($0, of: scale) }
      } ?? []
    epsilons =
      formulation.has(.epsilon) ? space.epsilons ?? [power(-3, of: deviation)] : []
    nus =
      formulation.has(.nu)
      ? space.nus ?? [0.05, 0.1, 0.2, 0.35, 0.5, 0.8] : []
    hasLinear =
      space.comparesLinear && space.gammas == nil && method.kernel.isDefaultFormula
      && method.featureMap == nil
      && formulation.has(.loss)
  }

  /// Every combination; of the linear kernel with C up to 2⁶ units, where it is all but settled.
  var candidates: [Candidate] {
    func orNil(_ values: [Double]) -> [Double?] { values.isEmpty ? [nil] : values }
    var found: [Candidate] = []
    for epsilon in orNil(epsilons) {
      for nu in orNil(nus) {
        for gamma in orNil(gammas) {
          for box in orNil(boxConstraints) {
            found.append(
              Candidate(boxConstraint: box, gamma: gamma, epsilon: epsilon, nu: nu))
          }
        }
        guard hasLinear else { continue }
        for box in boxConstraints.dropLast() {
          found.append(
            Candidate(isLinear: true, boxConstraint: box / 2, epsilon: epsilon, nu: nu))
        }
      }
    }
    return found
  }

  /// Whether there is something to choose.
  var isEmpty: Bool { candidates.count < 2 }

  /// Candidates around one: up to four steps of a factor of two in C and γ, as many in ε; none beyond
  /// the values that the user gave.
  func neighbours(of candidate: Candidate) -> [Candidate] {
    func around(_ value: Double?, _ given: [Double]?, _ steps: [Double]) -> [Double?] {
      guard let value else { return [nil] }
      if let given { return given }
      return steps.map { value * exp2($0) }.filter { $0.isFinite && $0 > 0 }
    }
    let steps: [Double] = [-4, -3, -2, -1, 0, 1, 2, 3, 4]
    var found: [Candidate] = []
    for box in around(candidate.boxConstraint, space.boxConstraints, steps) {
      if space.boxConstraints == nil, let box, box > largestBox { continue }
      for gamma in around(candidate.gamma, space.gammas, steps) {
        for tube in around(candidate.epsilon, space.epsilons, [-2, -1, 0, 1, 2]) {
          for nu in candidate.nu == nil ? [nil] : nus as [Double?] {
            found.append(
              Candidate(
                isLinear: candidate.isLinear, boxConstraint: box, gamma: gamma, epsilon: tube,
                nu: nu))
          }
        }
      }
    }
    return found
  }

  /// Candidates one step away: a factor of two in C, γ or ε, also in C and γ in opposite directions, along
  /// which models change least; or the next of the values that the user gave, and of ν.
  func steps(from candidate: Candidate) -> [Candidate] {
    func next(_ value: Double?, _ values: [Double]?) -> [Double] {
      guard let value else { return [] }
      guard let values else { return [value / 2, value * 2].filter { $0.isFinite && $0 > 0 } }
      return [values.filter { $0 < value }.max(), values.filter { $0 > value }.min()]
        .compactMap { $0 }
    }
    let boxes = next(candidate.boxConstraint, space.boxConstraints).filter {
      space.boxConstraints != nil || $0 <= largestBox
    }
    let gammas = next(candidate.gamma, space.gammas)
    func with(_ change: (inout Candidate) -> Void) -> Candidate {
      var changed = candidate
      change(&changed)
      return changed
    }
    var found = boxes.map { box in with { $0.boxConstraint = box } }
    found += gammas.map { gamma in with { $0.gamma = gamma } }
    found += next(candidate.epsilon, space.epsilons).map { tube in with { $0.epsilon = tube }
    }
    found += next(candidate.nu, nus).map { nu in with { $0.nu = nu } }
    if let box = candidate.boxConstraint, let gamma = candidate.gamma {
      for other in boxes {
        for width in gammas where (other < box) == (width > gamma) {
          found.append(
            with {
              $0.boxConstraint = other
              $0.gamma = width
            })
        }
      }
    }
    return found
  }

  /// A candidate as far beyond one as that is beyond another; `nil` where it leaves the values that may be
  /// tried.
  func beyond(_ candidate: Candidate, from earlier: Candidate) -> Candidate? {
    guard candidate.isLinear == earlier.isLinear, candidate.nu == earlier.nu else { return nil }
    func leap(_ value: Double?, _ before: Double?, _ isGiven: Bool) -> Double?? {
      guard let value, let before else { return .some(nil) }
      guard value != before else { return value }
      let next = value * (value / before)
      return isGiven || !next.isFinite || next <= 0 ? nil : next
    }
    guard
      let box = leap(
        candidate.boxConstraint, earlier.boxConstraint, space.boxConstraints != nil),
      let gamma = leap(candidate.gamma, earlier.gamma, space.gammas != nil),
      let tube = leap(candidate.epsilon, earlier.epsilon, space.epsilons != nil),
      box ?? 0 <= largestBox || space.boxConstraints != nil
    else { return nil }
    let found = Candidate(
      isLinear: candidate.isLinear, boxConstraint: box, gamma: gamma, epsilon: tube,
      nu: candidate.nu)
    return found == candidate ? nil : found
  }

  /// The next larger values of C, of γ and of both that the search began with: where more rows may lead.
  func steeper(than candidate: Candidate) -> [Candidate] {
    let box = candidate.boxConstraint.flatMap { box in boxConstraints.filter { $0 > box }.min() }
    let gamma = candidate.gamma.flatMap { gamma in gammas.filter { $0 > gamma }.min() }
    var found: [Candidate] = []
    for (newBox, newGamma) in [(box, nil), (nil, gamma), (box, gamma)]
    where newBox != nil || newGamma != nil {
      var steep = candidate
      if let newBox { steep.boxConstraint = newBox }
      if let newGamma { steep.gamma = newGamma }
      if !found.contains(steep) { found.append(steep) }
    }
    return found
  }

  /// The largest C that a search goes to by itself.
  private var largestBox: Double { (boxConstraints.first ?? 1) * exp2(Self.maximumBoxSteps + 3) }

  /// A random candidate, between the smallest and the largest values.
  func random(_ generator: inout SeededGenerator) -> Candidate {
    func draw(_ values: [Double]) -> Double? {
      guard let least = values.min(), let greatest = values.max() else { return nil }
      guard least > 0 else { return values[generator.integer(below: values.count)] }
      // A power of √2 or so in few digits would not be truer than the number as it is drawn.
      return exp2(log2(least) + (log2(greatest) - log2(least)) * generator.unitInterval())
    }
    let isLinear = hasLinear && generator.integer(below: 8) == 0
    return Candidate(
      isLinear: isLinear, boxConstraint: draw(boxConstraints),
      gamma: isLinear ? nil : draw(gammas), epsilon: draw(epsilons), nu: draw(nus))
  }
}
