import Basics
import SMOSolver

extension ProblemReport {
  /// The figures as a model file and the JSON report of a training have them.
  ///
  /// Those that were never measured, because training was stopped before, are not finite; they are
  /// stored as null. The count of kernel values is left out: it depends on caching.
  package var members: [JSONValue.Member] {
    [
      .init("iterations", .integer(certificate.iterations)),
      .init("stopReason", .string(certificate.stopReason.rawValue)),
      .init("kktViolation", .finite(certificate.kktViolation)),
      .init("primalObjective", .finite(certificate.primalObjective)),
      .init("dualObjective", .finite(certificate.dualObjective)),
      .init("relativeGap", .finite(certificate.relativeGap)),
      .init("certificate", .string(certificate.source.rawValue)),
      .init("supportVectors", .integer(supportVectorCount)),
      .init("boundedSupportVectors", .integer(boundedSupportVectorCount)),
    ]
  }

  /// The figures as an object.
  package var json: JSONValue { .object(members) }

  private init(from cursor: JSONCursor) throws(ModelFileError) {
    try cursor.requireKeys([
      "iterations", "stopReason", "kktViolation", "primalObjective", "dualObjective",
      "relativeGap", "certificate", "supportVectors", "boundedSupportVectors",
    ])
    func figure(_ key: String, unlessMeasured substitute: Double) throws(ModelFileError) -> Double {
      try cursor.member(key).nonNull?.number() ?? substitute
    }
    self.init(
      certificate: Certificate(
        iterations: try cursor.member("iterations").integer(in: 0...Int.max),
        stopReason: try cursor.member("stopReason").word(StopReason.self),
        kktViolation: try cursor.member("kktViolation").nonNull?
          .number("a number of at least 0") { $0 >= 0 } ?? .infinity,
        primalObjective: try figure("primalObjective", unlessMeasured: .infinity),
        dualObjective: try figure("dualObjective", unlessMeasured: -.infinity),
        relativeGap: try cursor.member("relativeGap").nonNull?.number(),
        source: try cursor.member("certificate").word(CertificateSource.self).source),
      supportVectorCount: try cursor.member("supportVectors").integer(in: 0...Int.max),
      boundedSupportVectorCount: try cursor.member("boundedSupportVectors")
        .integer(in: 0...Int.max),
      kernelValuesComputed: 0)
  }

  /// The words for `Certificate.Source`.
  private enum CertificateSource: String, CaseIterable {
    case running
    case recomputed

    var source: Certificate.Source {
      switch self {
      case .running: .running
      case .recomputed: .recomputed
      }
    }
  }

  /// All reports of a file.
  fileprivate static func all(in list: JSONCursor) throws(ModelFileError) -> [ProblemReport] {
    var reports: [ProblemReport] = []
    for cursor in try list.elements() { reports.append(try ProblemReport(from: cursor)) }
    return reports
  }
}

extension ModelReader {
  /// How well each problem was solved.
  package func problems() throws(ModelFileError) -> [ProblemReport] {
    try ProblemReport.all(in: try json(.problems))
  }

  /// The same of a model that is the solution of one problem.
  package func onlyProblem() throws(ModelFileError) -> ProblemReport {
    let problems = try problems()
    guard problems.count == 1 else {
      throw failure(
        .problems, .mismatch(found: "a list of \(problems.count)", expected: "one problem"))
    }
    return problems[0]
  }
}
