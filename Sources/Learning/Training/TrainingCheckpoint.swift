import SMOSolver

/// Where a training stands, as one value: the solutions of the problems that are done and the states of
/// those that run.
///
/// A training that continues from it ends in exactly the model that the first one would have ended in,
/// bit for bit, whatever the number of threads. It must have the same data, parameters and options; what differs
/// is named by the error.
public struct TrainingCheckpoint: Sendable {
  /// How far one problem is.
  package enum Problem: Sendable {
    case solved(Solution)
    case running(SolverCheckpoint)
  }

  /// What the training was given, in words and digests.
  package var identity: [String: String]
  /// The problems that were begun, by their place among all.
  package var problems: [Int: Problem]

  package init(identity: [String: String], problems: [Int: Problem] = [:]) {
    self.identity = identity
    self.problems = problems
  }

  /// The number of problems that are done.
  package var solvedCount: Int {
    problems.values.count { if case .solved = $0 { true } else { false } }
  }
}
