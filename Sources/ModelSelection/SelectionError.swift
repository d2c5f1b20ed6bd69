import Evaluation
import Tables
import TabularModels

/// Why models could not be compared.
public enum SelectionError: Error, Equatable, Sendable {
  /// Time was up, or somebody asked to stop, before there was anything to report.
  case stopped
  /// Nothing is predicted, so that there is nothing to compare.
  case nothingToMeasure(Formulation)
  /// A setting is out of its range.
  case setting(String, value: String, expected: String)
  /// There is nothing to choose among: the formulation and the kernel have no parameter to search.
  case nothingToSearch(Formulation)
  /// A table of trials belongs to other data or settings.
  case otherSearch(found: String, expected: String)
  /// A table of trials cannot be read; lines count from 1.
  case malformedTrials(line: Int, reason: String)
  /// No candidate gave a model that could be measured.
  case noCandidate(String)
}

extension SelectionError: CustomStringConvertible {
  /// One sentence that says what was found and what was expected.
  public var description: String {
    switch self {
    case .stopped: "stopped before the first result"
    case .nothingToMeasure(let formulation):
      "formulation \(formulation.rawValue) makes no predictions to compare"
    case .setting(let name, let value, let expected):
      "\(name): must be \(expected), but is \(value)"
    case .nothingToSearch(let formulation):
      "formulation \(formulation.rawValue) has no parameters to search with this kernel"
    case .otherSearch(let found, let expected):
      "the trials belong to the search \(found), but this one is \(expected): "
        + "other data, options or seed"
    case .malformedTrials(let line, let reason): "line \(line): \(reason)"
    case .noCandidate(let reason): "no candidate could be measured: \(reason)"
    }
  }
}
