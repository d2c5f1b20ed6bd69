import Basics
import KernelMethods
import Kernels
import ModelFiles
import SupportVectors
import Tables
import TabularModels

/// How well a model's problems were solved: what `train` and `inspect` say about it.
struct Solution {
  /// One binary problem, or one regression.
  struct Problem {
    /// The earlier and the later class, or one class against the rest; `nil` without classes.
    var classes: (negative: String?, positive: String)?
    /// The quantile; `nil` of a model that predicts something else.
    var quantile: Double?
    var report: ProblemReport
    var bias: Double
  }

  private(set) var problems: [Problem]
  /// The number of support vectors; `nil` for a model without.
  let supportVectorCount: Int?
  let trainingCount: Int
  /// The KKT violation at which training was to stop; `nil` when it was no question of stopping.
  let tolerance: Double?

  /// Up to this many pairs of classes get a separate line each.
  private static let maximumPairsShown = 10

  /// Collects the problems of a model.
  init(_ predictor: TabularModel.Predictor) {
    var names: [(negative: String?, positive: String)?] = [nil]
    if let classifier = predictor.classifier {
      let classes = classifier.classes
      names = classifier.binaryProblems.map { problem in
        (problem.negative.map { classes[$0] }, classes[problem.positive])
      }
    }
    problems = zip(names, zip(predictor.problems, predictor.biases)).map {
      Problem(classes: $0, report: $1.0, bias: $1.1)
    }
    if !predictor.quantiles.isEmpty {
      problems = zip(predictor.quantiles, zip(predictor.problems, predictor.biases)).map {
        Problem(quantile: $0, report: $1.0, bias: $1.1)
      }
    }
    supportVectorCount = predictor.expansion?.supportIndices.count
    trainingCount = predictor.trainingCount
    tolerance = predictor.tolerance
  }

  /// The same problems with certificates that were recomputed.
  func replacingCertificates(_ certificates: [Certificate]) -> Solution {
    precondition(
      certificates.count == problems.count,
      "\(certificates.count) certificates for \(problems.count) problems")
    var solution = self
    for (index, certificate) in certificates.enumerated() {
      solution.problems[index].report.certificate = certificate
    }
    return solution
  }

  /// The certificate with the largest violation.
  var worst: Certificate? {
    problems.map(\.report.certificate).max { $0.kktViolation < $1.kktViolation }
  }

  var iterations: Int {
    // Files may claim any counts; their sum must not overflow.
    problems.reduce(0) { sum, problem in
      let (result, overflow) = sum.addingReportingOverflow(problem.report.certificate.iterations)
      return overflow ? Int.max : result
    }
  }

  /// The most serious reason for which a problem was left; `nil` when all converged.
  var failure: StopReason? {
    let reasons = problems.map(\.report.certificate.stopReason)
    let bySeverity: [StopReason] = [.cancelled, .timeLimit, .iterationLimit, .stalled]
    return bySeverity.first(where: reasons.contains)
  }
}

// MARK: For people

extension Solution {
  /// How the solver ended, the objectives and the support vectors.
  var lines: [(label: String, value: String)] {
    guard let worst else {
      let words =
        tolerance == nil ? "solved directly (no iterations)" : "no training needed: only one class"
      return [("solution", words)] + supportVectorLines
    }
    let isOne = problems.count == 1
    let solved =
      "\((failure ?? .converged).words) after \(Text.count(iterations, "iteration")), "
      + "\(isOne ? "" : "largest ")KKT violation \(Text.significant(worst.kktViolation, 3))"
      + (worst.source == .recomputed ? " (recomputed in double precision)" : "")
    return [("solution", solved), objectiveLine] + supportVectorLines
  }

  /// The objectives, of one problem, and how far they are apart.
  var objectiveLine: (label: String, value: String) {
    var text = ""
    if problems.count == 1, let worst {
      text =
        "primal \(Text.significant(worst.primalObjective, 9)), "
        + "dual \(Text.significant(worst.dualObjective, 9)), "
    }
    let gaps = problems.compactMap(\.report.certificate.relativeGap)
    if let gap = gaps.max(), gaps.count == problems.count {
      text += "\(problems.count == 1 ? "" : "largest ")relative gap \(Text.significant(gap, 3))"
    } else {
      text += "no gap, as the kernel is not positive semi-definite"
    }
    return ("objective", text)
  }

  private var supportVectorLines: [(label: String, value: String)] {
    guard let supportVectorCount else { return [] }
    var text = "\(Text.count(supportVectorCount)) of \(Text.count(trainingCount, "row"))"
    if problems.count == 1, let problem = problems.first {
      text += ", \(Text.count(problem.report.boundedSupportVectorCount)) at the bound"
    }
    return [("support vectors", text)]
  }

  /// A line for each pair of classes or quantile, when there are some, but not too many.
  var pairTable: String {
    guard problems.count > 1, problems.count <= Self.maximumPairsShown else { return "" }
    let rows = problems.map { problem -> [String] in
      let certificate = problem.report.certificate
      let classes = problem.classes.map {
        "\($0.negative.map(MessageText.plain) ?? "rest") / \(MessageText.plain($0.positive))"
      }
      return [
        classes ?? problem.quantile.map(NumberText.shortest) ?? "", certificate.stopReason.rawValue,
        Text.count(certificate.iterations),
        Text.significant(certificate.kktViolation, 3),
        Text.significant(certificate.primalObjective, 7),
        Text.significant(certificate.dualObjective, 7),
        certificate.relativeGap.map { Text.significant($0, 3) } ?? "–",
        Text.count(problem.report.supportVectorCount),
        Text.count(problem.report.boundedSupportVectorCount),
      ]
    }
    let header = [
      problems[0].quantile == nil ? "pair" : "quantile", "stop", "iterations", "violation",
      "primal", "dual", "gap", "vectors", "at bound",
    ]
    return "\n" + Text.table(header: header, rows: rows, leftAligned: 2)
  }

  /// What standard error gets when a problem did not converge.
  func warning(scaling: Scaling) -> String? {
    guard let failure, let worst else { return nil }
    let iterations = "\(iterations) iteration\(iterations == 1 ? "" : "s")"
    let stop =
      switch failure {
      case .timeLimit: "stopped at the time limit after \(iterations)"
      case .cancelled: "interrupted after \(iterations)"
      case .stalled: "no step makes progress any more; stopped after \(iterations)"
      case .iterationLimit, .converged, .imported: "stopped at \(iterations)"
      }
    return "warning: \(stop) with KKT violation \(Text.significant(worst.kktViolation, 2)) "
      + "(tolerance \(Text.significant(tolerance ?? 0, 6)))"
      + (scaling == .none ? "; scaling the features often helps" : "")
  }
}

extension StopReason {
  /// The reason in words that continue with "after 10 iterations".
  var words: String {
    switch self {
    case .converged: "converged"
    case .iterationLimit: "stopped at the iteration limit"
    case .timeLimit: "stopped at the time limit"
    case .cancelled: "interrupted"
    case .stalled: "stalled"
    case .imported: "trained by another program"
    }
  }
}

// MARK: For programs

extension Solution.Problem {
  /// One entry of the report's `problems`.
  var json: JSONValue {
    let problem: [JSONValue.Member] = [
      .init(
        "classes",
        classes.map {
          .array([$0.negative.map(JSONValue.string) ?? .null, .string($0.positive)])
        } ?? .null),
      .init("quantile", .finite(quantile)),
    ]
    return .object(
      problem + report.members + [
        .init("bias", .finite(bias)),
        .init("kernelValuesComputed", .integer(report.kernelValuesComputed)),
      ])
  }
}

extension TabularModel.Predictor {
  /// `C 1`, `epsilon 0.1`, `tolerance 0.001`: the numbers that shaped the model.
  var parameterTexts: [String] {
    parameters.map { "\($0.label) \(Text.significant($0.value, 6))" }
      + (quantiles.isEmpty
        ? [] : ["quantiles \(Text.list(quantiles.map(NumberText.shortest), atMost: 12))"])
      + (tolerance.map { ["tolerance \(Text.significant($0, 6))"] } ?? [])
  }
}

extension FeatureMap {
  /// The map in words: `500 random Fourier features`.
  var words: String {
    switch self {
    case .nystroem(let map): "\(Text.count(map.componentCount)) Nyström components"
    case .randomFourier(let map): "\(Text.count(map.componentCount)) random Fourier features"
    }
  }
}
