import ArgumentParser
import Tables

/// How a file is read as a table.
struct TableOptions: ParsableArguments {
  @Option(
    name: .customLong("format"), parsing: .unconditional,
    help: ArgumentHelp(
      "auto, csv, tsv or libsvm; auto looks at the first lines.", valueName: "name"))
  var format = "auto"

  @Option(
    name: .customLong("input-header"), parsing: .unconditional,
    help: ArgumentHelp(
      "Whether the first line names the columns: auto, yes or no.", valueName: "choice"))
  var header = "auto"

  @Option(
    name: .customLong("decimal"), parsing: .unconditional,
    help: ArgumentHelp(
      """
      What numbers have before their fraction: a point, a comma, or auto, which sees commas where \
      semicolons or tabs separate fields.
      """, valueName: "mark"))
  var decimal = "auto"

  @Option(
    name: .customLong("missing-marker"), parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      """
      A text that stands for a missing value; may be repeated. (default: an empty field, NA, N/A, \
      NaN, null and ? do in any case)
      """, valueName: "text"))
  var missingMarkers: [String] = []
}

extension TableOptions {
  /// The options, checked.
  var textOptions: TextOptions {
    get throws(UsageError) {
      TextOptions(
        format: try OptionValue.choice("--format", format, amongCasesOf: TextFormat.self),
        header: try OptionValue.choice("--input-header", header, amongCasesOf: HeaderMode.self),
        decimal: try OptionValue.choice(
          "--decimal", decimal, amongCasesOf: DecimalMark.self,
          aliases: ["point": ".", "comma": ","]),
        missingMarkers: try checkedMarkers())
    }
  }

  private func checkedMarkers() throws(UsageError) -> [String] {
    guard missingMarkers.allSatisfy({ !$0.isEmpty }) else {
      throw UsageError(
        option: "--missing-marker", "must not be empty; an empty field is missing in any case")
    }
    return missingMarkers
  }
}
