import ArgumentParser
import Basics
import ModelReports
import Reports
import SupportVectors
import Tables
import TabularModels

/// A report for people, as a page.
struct ReportOption: ParsableArguments {
  @Option(
    name: .customLong("report"), parsing: .unconditional,
    help: ArgumentHelp(
      """
      Write a report with charts as one self-contained HTML file; - is standard output. (default: \
      none)
      """, valueName: "file"))
  var report: String?

  /// The option and its path, if it was given.
  var given: (option: String, path: String)? { report.map { ("--report", $0) } }

  /// Opens the place that the option names.
  func place(inputs: [String]) throws -> OutputPlace? {
    try report.map { try OutputPlace(path: $0, option: "--report", inputs: inputs) }
  }

  /// Which rows to keep, when a report is requested.
  func sampling(seed: UInt64 = 0) -> RowKeeping? {
    report.map { _ in RowKeeping(seed: seed) }
  }
}

/// The title of a report on a file: the file's name without its folders, which belong to
/// the machine.
func reportTitle(_ path: String) -> String {
  MessageText.plain(path.split(separator: "/").last.map(String.init) ?? path)
}

/// The command that is running, as a line for a shell.
///
/// It leaves out `--report`, which names the page itself, and `--threads` and `--transport`, which change no
/// result: equal data and options give equal pages.
func reportCommandLine() -> String {
  var words = ["svm"]
  var arguments = CommandLine.arguments.dropFirst()
  let omitted = ["--report", "--threads", "--transport"]
  while let argument = arguments.popFirst() {
    if omitted.contains(argument) {
      _ = arguments.popFirst()
    } else if !omitted.contains(where: { argument.hasPrefix($0 + "=") }) {
      words.append(shellWord(argument))
    }
  }
  return words.joined(separator: " ")
}

extension TrainingRequest {
  /// How each column is used, as `--dry-run` shows it; `nil` for LIBSVM text.
  func columnTable(_ data: any ExampleText) throws -> HTMLReport.Table? {
    let trainer = trainer()
    return ColumnReport(try trainer.plan(data), data: data, request: self).pageTable
  }
}

extension OutputPlace {
  /// Writes a page.
  func write(_ page: HTMLReport) throws {
    try write(page.html())
    try commit()
  }
}

extension ConvergenceRecorder {
  /// What training should call: the recorder, and who else wants to know.
  func handler(
    and other: (@Sendable (SolverProgress) -> Void)?
  ) -> @Sendable (SolverProgress) -> Void {
    { [self] progress in
      record(progress)
      other?(progress)
    }
  }
}
