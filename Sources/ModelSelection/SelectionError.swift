import Evaluation
import Tables
import TabularModels

/// Why models could not be compared, as a sentence that says what was found and what was expected.
public struct SelectionError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The sentence.
  public let description: String

  private init(_ description: String) { self.description = description }

  /// Time was up, or somebody asked to stop, before there was anything to report.
  public static let stopped = Self("stopped before the first result")

  /// Nothing is predicted, so that there is nothing to compare.
  package static func nothingToMeasure(_ formulation: Formulation) -> Self {
    Self("formulation \(formulation.rawValue) makes no predictions to compare")
  }

  /// A setting is out of its range.
  package static func setting(_ name: String, value: String, expected: String) -> Self {
    Self("\(name): must be \(expected), but is \(value)")
  }

  /// There is nothing to choose among: the formulation and the kernel have no parameter to search.
  package static func nothingToSearch(_ formulation: Formulation) -> Self {
    Self("formulation \(formulation.rawValue) has no parameters to search with this kernel")
  }

  /// A table of trials belongs to other data or settings.
  package static func otherSearch(found: String, expected: String) -> Self {
    Self(
      "the trials belong to the search \(found), but this one is \(expected): "
        + "other data, options, seed or build")
  }

  /// A table of trials cannot be read; lines count from 1.
  package static func malformedTrials(line: Int, reason: String) -> Self {
    Self("line \(line): \(reason)")
  }

  /// No candidate gave a model that could be measured.
  package static func noCandidate(_ reason: String) -> Self {
    Self("no candidate could be measured: \(reason)")
  }
}
