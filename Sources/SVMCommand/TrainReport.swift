import Evaluation
import Kernels
import SupportVectors
import Tables

/// What `svm train` did: printed for people by `TrainReport+Text.swift`, as JSON by
/// `TrainReport+JSON.swift`.
struct TrainReport {
  /// One binary problem, or one regression.
  struct Problem {
    /// The earlier and the later class; `nil` for a regression.
    var classes: (negative: String, positive: String)?
    var report: PairReport
    var bias: Double
  }

  /// Seconds of each part of the work.
  struct Timing {
    var load = 0.0
    /// The solver and all it needs for the final model, nothing else.
    var train = 0.0
    var certificate = 0.0
    var evaluate = 0.0
    /// A training on the rows that were not held out, and its measuring.
    var holdout = 0.0
    var save = 0.0
    var total = 0.0
  }

  /// How the table is called: its path, or `standard input`.
  var dataName: String
  var rows: Int
  var features: Int
  var skippedRows: Int
  /// Empty for a regression.
  var classes: [String]
  var target: String?
  var task: TaskName
  /// Why it is this task: `the target "species" is text`.
  var taskReason: String

  var kernel: KernelFunction
  var gammaSource: String
  var boxConstraint: Double
  /// `nil` for a classification.
  var tubeWidth: Double?
  var tolerance: Double
  var scaling: Scaling
  var missing: MissingValuePolicy

  var problems: [Problem]
  var supportVectors: Int
  var metrics: [Metric]
  var timing: Timing
  var threads: Int
  var machine: Machine
  var precision: Precision
  /// Where the model went; `nil` when it was not written.
  var modelPath: String?

  var formulation: FormulationName { task == .regression ? .epsilonSVR : .cSVC }

  /// The problem that was solved worst, by its violation.
  var worst: Certificate? {
    problems.map(\.report.certificate).max { $0.kktViolation < $1.kktViolation }
  }

  var iterations: Int { problems.reduce(0) { $0 + $1.report.certificate.iterations } }

  /// The most serious reason for which a problem was left; `nil` when all converged.
  var failure: StopReason? {
    let reasons = problems.map(\.report.certificate.stopReason)
    let bySeverity: [StopReason] = [.cancelled, .timeLimit, .iterationLimit, .stalled]
    return bySeverity.first(where: reasons.contains)
  }
}
