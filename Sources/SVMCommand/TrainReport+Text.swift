import Evaluation
import Kernels
import SupportVectors
import Tables

extension TrainReport {
  /// As many pairs of classes get a line of their own.
  private static let mostPairsShown = 10

  /// The summary for people: one line for each thing worth knowing.
  var text: String {
    var lines: [(label: String, value: String)] = []
    lines.append(("data", dataLine))
    lines.append(("task", "\(task.rawValue): \(taskReason)"))
    lines.append(("kernel", kernel.text(gammaSource: gammaSource)))
    lines.append(("parameters", parametersLine))
    if let worst { lines += solutionLines(worst) }
    lines.append(("support vectors", supportVectorsLine))
    lines += Self.metricLines(metrics)
    lines.append(("time", timeLine))
    lines.append(("model", modelPath.map(MessageText.plain) ?? "not written"))
    let pairs = problems.count > 1 && problems.count <= Self.mostPairsShown ? pairTable : ""
    return Text.aligned(lines) + pairs
  }

  private var dataLine: String {
    var parts = ["\(Text.count(rows, "row")), \(Text.count(features, "feature"))"]
    if task == .classification {
      parts.append(
        "\(Text.count(classes.count, "class", plural: "classes")) "
          + "(\(Text.list(classes.map(MessageText.plain))))")
    }
    if skippedRows > 0 {
      parts.append("\(Text.count(skippedRows, "row")) with missing values left out")
    }
    return "\(MessageText.plain(dataName)): \(parts.joined(separator: ", "))"
  }

  private var parametersLine: String {
    var parts = ["C \(Text.significant(boxConstraint, 6))"]
    if let tubeWidth { parts.append("epsilon \(Text.significant(tubeWidth, 6))") }
    parts.append("tolerance \(Text.significant(tolerance, 6))")
    parts.append("scaling \(scaling.rawValue)")
    return parts.joined(separator: ", ")
  }

  private func solutionLines(_ worst: Certificate) -> [(label: String, value: String)] {
    let isOne = problems.count == 1
    let solved =
      "\((failure ?? .converged).words) after \(Text.count(iterations, "iteration")); "
      + "\(isOne ? "" : "largest ")KKT violation \(Text.significant(worst.kktViolation, 3))"
      + (worst.source == .recomputed ? ", recomputed in double precision" : "")
    var objective = ""
    if isOne {
      objective =
        "primal \(Text.significant(worst.primalObjective, 9)), "
        + "dual \(Text.significant(worst.dualObjective, 9)), "
    }
    let gaps = problems.compactMap(\.report.certificate.relativeGap)
    if let gap = gaps.max(), gaps.count == problems.count {
      objective += "\(isOne ? "" : "largest ")relative gap \(Text.significant(gap, 3))"
    } else {
      objective += "no gap, as the kernel is not positive semi-definite"
    }
    return [("solution", solved), ("objective", objective)]
  }

  private var supportVectorsLine: String {
    let line = "\(Text.count(supportVectors)) of \(Text.count(rows, "row"))"
    guard problems.count == 1, let problem = problems.first else { return line }
    return line + ", \(Text.count(problem.report.boundedSupportVectorCount)) at the bound"
  }

  private var timeLine: String {
    let parts = [
      ("loading", timing.load), ("holdout", timing.holdout), ("training", timing.train),
      ("certificate", timing.certificate), ("measuring", timing.evaluate),
    ].filter { $0.1 >= 0.005 }.map { "\($0.0) \(Text.seconds($0.1))" }
    return Text.seconds(timing.total)
      + (parts.isEmpty ? "" : " (\(parts.joined(separator: ", ")))")
  }

  private var pairTable: String {
    let rows = problems.map { problem -> [String] in
      let certificate = problem.report.certificate
      let classes = problem.classes.map {
        "\(MessageText.plain($0.negative)) / \(MessageText.plain($0.positive))"
      }
      return [
        classes ?? "", certificate.stopReason.words, Text.count(certificate.iterations),
        Text.significant(certificate.kktViolation, 3),
        Text.significant(certificate.primalObjective, 7),
        Text.significant(certificate.dualObjective, 7),
        certificate.relativeGap.map { Text.significant($0, 3) } ?? "–",
        Text.count(problem.report.supportVectorCount),
        Text.count(problem.report.boundedSupportVectorCount),
      ]
    }
    return "\n"
      + Text.table(
        header: [
          "pair", "", "iterations", "KKT violation", "primal", "dual", "gap", "support vectors",
          "at the bound",
        ], rows: rows, leftAligned: 2)
  }

  /// One line for each set that something was measured on.
  static func metricLines(_ metrics: [Metric]) -> [(label: String, value: String)] {
    var sets: [Metric.MeasuredSet] = []
    for metric in metrics where !sets.contains(metric.set) { sets.append(metric.set) }
    return sets.map { set in
      let measured = metrics.filter { $0.set == set }
      let figures = measured.map { "\($0.words) \(Text.significant($0.value, 4))" }
      let rows = Text.count(measured.first?.rows ?? 0, "row")
      return (set.label, "\(figures.joined(separator: ", ")) on \(set.rowsText(rows))")
    }
  }

  /// What standard error gets when a problem did not converge.
  var warning: String? {
    guard let failure, let worst else { return nil }
    let iterations = "\(iterations) iteration\(iterations == 1 ? "" : "s")"
    let stop =
      switch failure {
      case .iterationLimit: "stopped at \(iterations)"
      case .timeLimit: "stopped at the time limit after \(iterations)"
      case .cancelled: "interrupted after \(iterations)"
      case .stalled: "no step helps any more after \(iterations); stopped"
      case .converged: "converged"
      }
    return "warning: \(stop) with KKT violation \(Text.significant(worst.kktViolation, 2)) "
      + "(tolerance \(Text.significant(tolerance, 6)))"
      + (scaling == .none ? "; scaling the features often helps" : "")
  }
}

extension StopReason {
  /// The reason in words that go on with "after 10 iterations".
  var words: String {
    switch self {
    case .converged: "converged"
    case .iterationLimit: "stopped at the iteration limit"
    case .timeLimit: "stopped at the time limit"
    case .cancelled: "interrupted"
    case .stalled: "stalled"
    }
  }
}

extension KernelFunction {
  /// `gaussian, gamma 0.25 (scale)`.
  func text(gammaSource: String?) -> String {
    let source = gammaSource.flatMap { $0 == "given" ? nil : " (\($0))" } ?? ""
    let gamma = gamma.map { ", gamma \(Text.significant($0, 6))\(source)" } ?? ""
    let degree = degree.map { ", degree \($0)" } ?? ""
    let constant = constantTerm.map { ", coef0 \(Text.significant($0, 6))" } ?? ""
    return name + degree + gamma + constant
  }

  var gamma: Double? {
    switch self {
    case .linear, .precomputed, .custom: nil
    case .polynomial(_, let gamma, _), .gaussian(let gamma), .laplacian(let gamma),
      .laplacianL1(let gamma), .sigmoid(let gamma, _):
      gamma
    }
  }

  var degree: Int? {
    if case .polynomial(let degree, _, _) = self { degree } else { nil }
  }

  var constantTerm: Double? {
    switch self {
    case .polynomial(_, _, let constant), .sigmoid(_, let constant): constant
    default: nil
    }
  }
}

extension Metric {
  /// The figure's name for people.
  var words: String {
    switch name {
    case "balancedAccuracy": "balanced accuracy"
    case "macroF1": "macro F1"
    case "rmse": "RMSE"
    case "mae": "mean absolute error"
    case "r2": "R²"
    default: name
    }
  }
}

extension Metric.MeasuredSet {
  fileprivate var label: String {
    switch self {
    case .training: "on training rows"
    case .holdout: "on held-out rows"
    case .crossValidation: "cross-validation"
    case .evaluation: "evaluation"
    }
  }

  fileprivate func rowsText(_ rows: String) -> String {
    switch self {
    case .training: "the \(rows) it was trained on"
    case .holdout: "\(rows) held out"
    case .crossValidation, .evaluation: rows
    }
  }
}
