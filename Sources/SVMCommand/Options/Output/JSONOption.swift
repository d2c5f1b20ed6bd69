import ArgumentParser

/// A report for programs.
struct JSONOption: ParsableArguments {
  @Option(
    name: .customLong("json"), defaultAsFlag: "-", parsing: .next,
    help: ArgumentHelp(
      "Write a JSON report; - is standard output, which then contains nothing else.",
      valueName: "file"))
  var json: String?

  /// The option and its path, if it was given.
  var given: (option: String, path: String)? { json.map { ("--json", $0) } }

  /// Opens the place that the option names.
  func place(inputs: [String]) throws -> OutputPlace? {
    try json.map { try OutputPlace(path: $0, option: "--json", inputs: inputs) }
  }
}
