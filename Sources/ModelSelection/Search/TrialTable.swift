import Basics
import Evaluation
import SupportVectors
import Tables

// The trials of a search as a table that people and spreadsheets read, and that an
// interrupted search continues. One line for each trial:
//
//     search     identifies the search, so that no other continues it: hexadecimal digits
//     rows       how many rows were divided into folds
//     folds      how many folds, repetitions included
//     kernel     its name
//     c gamma epsilon nu    the parameters; empty where there is none
//     metric     what was measured
//     mean sd    over the folds; empty where there is none
//     status     done, limited, dropped or refused
//     seconds    of training and measuring, summed over the folds
//     values     the metric on each fold, separated by blanks
//
// Numbers are written with the fewest digits that give the same number back, so that a
// search that continues makes the same decisions. No field needs quotes.

/// The trials of a search as CSV text.
package enum TrialTable {
  /// The names of the columns.
  package static let header =
    "search,rows,folds,kernel,c,gamma,epsilon,nu,metric,mean,sd,status,seconds,values"

  /// Writes trials.
  ///
  /// - Parameters:
  ///   - trials: The trials.
  ///   - search: What the search is made of.
  ///   - kernel: The name of the kernel of candidates that are not linear.
  ///   - metric: What was measured.
  /// - Returns: CSV text with a header.
  package static func text(
    _ trials: [Trial], search: String, kernel: String, metric: MetricDefinition
  ) -> String {
    func number(_ value: Double?) -> String { value.map { NumberText.shortest($0) } ?? "" }
    var lines = [header]
    for trial in trials {
      let candidate = trial.candidate
      let fields: [String] = [
        search, String(trial.rowCount), String(trial.foldCount),
        candidate.kernelName(else: kernel), number(candidate.boxConstraint),
        number(candidate.gamma), number(candidate.epsilon), number(candidate.nu),
        metric.optionName, number(trial.mean), number(trial.standardDeviation),
        trial.status.rawValue,
        // Microseconds are more than a clock knows.
        number((trial.duration / .seconds(1) * 1e6).rounded() / 1e6),
        trial.values.map { number($0) }.joined(separator: " "),
      ]
      lines.append(fields.joined(separator: ","))
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// Reads trials.
  ///
  /// - Parameters:
  ///   - text: What ``text(_:search:kernel:metric:)`` wrote.
  ///   - search: What the search is made of; trials of another are rejected.
  ///   - kernel: The name of the kernel of candidates that are not linear.
  /// - Returns: The trials.
  /// - Throws: `SelectionError/malformedTrials(line:reason:)` or
  ///   `SelectionError/otherSearch(found:expected:)`.
  package static func trials(
    _ text: String, search: String, kernel: String
  ) throws(SelectionError) -> [Trial] {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    guard let first = lines.first, first == header else {
      throw .malformedTrials(
        line: 1, reason: "the columns are not those of a table of trials, \(header)")
    }
    var trials: [Trial] = []
    for (index, line) in lines.enumerated().dropFirst() where !line.isEmpty {
      trials.append(try trial(line, number: index + 1, search: search, kernel: kernel))
    }
    return trials
  }

  private static func trial(
    _ line: Substring, number: Int, search: String, kernel: String
  ) throws(SelectionError) -> Trial {
    let fields = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    let count = header.split(separator: ",").count
    guard fields.count == count else {
      throw .malformedTrials(
        line: number, reason: "it has \(fields.count) fields, but there are \(count) columns")
    }
    guard fields[0] == search else { throw .otherSearch(found: fields[0], expected: search) }
    func bad(_ column: String, _ text: String, _ expected: String) -> SelectionError {
      .malformedTrials(line: number, reason: "\(column) is \"\(text)\"; expected \(expected)")
    }
    func whole(_ column: String, _ text: String) throws(SelectionError) -> Int {
      guard let value = Int(text), value > 0 else {
        throw bad(column, text, "a whole number greater than 0")
      }
      return value
    }
    func finite(_ column: String, _ text: String) throws(SelectionError) -> Double {
      guard let value = Double(text), value.isFinite else { throw bad(column, text, "a number") }
      return value
    }
    func parameter(_ column: String, _ text: String) throws(SelectionError) -> Double? {
      guard !text.isEmpty else { return nil }
      let value = try finite(column, text)
      guard value >= 0 else { throw bad(column, text, "a number of at least 0") }
      return value
    }
    let linear = Candidate.linearKernelName
    guard fields[3] == kernel || fields[3] == linear else {
      throw bad("kernel", fields[3], "\(kernel) or \(linear)")
    }
    guard let status = Trial.Status(rawValue: fields[11]) else {
      throw bad("status", fields[11], "done, limited, dropped or refused")
    }
    let seconds = try finite("seconds", fields[12])
    guard (0...1e9).contains(seconds) else { throw bad("seconds", fields[12], "a time") }
    var values: [Double] = []
    for text in fields[13].split(separator: " ") {
      values.append(try finite("values", String(text)))
    }
    let foldCount = try whole("folds", fields[2])
    let isWhole = status == .done || status == .limited
    guard values.count <= foldCount, !isWhole || values.count == foldCount else {
      throw bad("values", fields[13], "\(foldCount) numbers")
    }
    return Trial(
      candidate: Candidate(
        isLinear: fields[3] == linear && kernel != linear,
        boxConstraint: try parameter("c", fields[4]), gamma: try parameter("gamma", fields[5]),
        epsilon: try parameter("epsilon", fields[6]), nu: try parameter("nu", fields[7])),
      rowCount: try whole("rows", fields[1]), foldCount: foldCount, values: values,
      status: status, duration: .seconds(seconds))
  }
}
