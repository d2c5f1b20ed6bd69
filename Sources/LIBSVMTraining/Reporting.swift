import SMOSolver
import SupportVectors

// The lines that LIBSVM prints while it trains, and that programs around it read.

extension Trainer {
  /// Prints how well the problems of a machine were solved.
  func report(_ machine: Machine, targets: [Double]) {
    let coefficients = machine.coefficients
    guard let labels = machine.labels else {
      let sum = coefficients[0].reduce(0) { $0 + abs($1) }
      if let report = machine.reports.first {
        print(
          report, line: regressionLine(sum, machine, targets.count), scale: 1, rho: machine.rho[0])
      }
      return
    }
    if labels.count == 1 {
      Output.print("WARNING: training data in only one class. See README for details.\n")
    }
    let bounds = classBounds ?? weightedBounds(labels, warns: false)
    let counts = machine.supportCounts
    let starts = counts.indices.map { counts[..<$0].reduce(0, +) }
    let sizes = Self.labels(targets).codes.reduce(
      into: [Int](repeating: 0, count: labels.count)
    ) {
      $0[$1] += 1
    }
    var pair = 0
    for first in labels.indices {
      for second in labels.indices.dropFirst(first + 1) {
        let firstSum = coefficients[second - 1][starts[first]..<(starts[first] + counts[first])]
        let secondSum = coefficients[first][starts[second]..<(starts[second] + counts[second])]
        let sum = (firstSum + secondSum).reduce(0) { $0 + abs($1) }
        let rows = Double(sizes[first] + sizes[second])
        let (bound, otherBound) = (bounds[labels[first]] ?? 1, bounds[labels[second]] ?? 1)
        if parameter.type == .nuSVC {
          // The solution was divided by its margin r, and its dual variables then sum to νl/r.
          let margin = parameter.nu * rows / sum
          print(
            machine.reports[pair], line: "C = \(Output.fixed(1 / margin))\n",
            scale: 1 / (margin * margin), rho: machine.rho[pair])
        } else {
          print(
            machine.reports[pair],
            line: bound == otherBound ? "nu = \(Output.fixed(sum / (bound * rows)))\n" : "",
            scale: 1, rho: machine.rho[pair])
        }
        pair += 1
      }
    }
    Output.print("Total nSV = \(machine.order.count)\n")
  }

  private func regressionLine(_ sum: Double, _ machine: Machine, _ rows: Int) -> String {
    switch parameter.type {
    case .epsilonSVR:
      "nu = \(Output.fixed(sum / (parameter.boxConstraint * Double(rows))))\n"
    case .nuSVR: "epsilon = \(Output.fixed(machine.epsilon ?? 0))\n"
    default: ""
    }
  }

  /// The lines of one problem; `scale` makes LIBSVM's objective of ours, which is maximised.
  private func print(_ report: ProblemReport, line: String, scale: Double, rho: Double) {
    let certificate = report.certificate
    if certificate.stopReason == .iterationLimit {
      Output.warn("\nWARNING: reaching max number of iterations\n")
    }
    Output.print(
      "*\noptimization finished, #iter = \(certificate.iterations)\n" + line
        + "obj = \(Output.fixed(-certificate.dualObjective * scale)), rho = \(Output.fixed(rho))\n"
        + "nSV = \(report.supportVectorCount), nBSV = \(report.boundedSupportVectorCount)\n")
  }
}
