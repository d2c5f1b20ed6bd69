import Basics
import ArgumentParser
import ModelFiles
import Tables
import TabularModels

/// A file that says what the options would: a configuration, or a report that has one.
struct ConfigOption: ParsableArguments {
  static let option = "--config"

  @Option(
    name: .customLong("config"), parsing: .unconditional,
    help: ArgumentHelp(
      """
      Read settings from a JSON file; options on the command line override them. 'svm inspect \
      --config MODEL' prints such a file, and a report of 'svm train --json' contains one; any key may \
      be left out. (default: none)
      """, valueName: "file"))
  var path: String?

  /// The configuration in the file, or the default one without a file.
  ///
  /// - Throws: ``UsageError`` for a file that makes no sense; `TableError` for one that cannot be read.
  func configuration() throws -> TrainingConfiguration {
    guard let path else { return TrainingConfiguration() }
    func refusal(_ reason: any Error) -> UsageError {
      UsageError(option: Self.option, "\(MessageText.path(path)): \(reason)")
    }
    let bytes = try WholeFile.bytes(path) ?? []
    let json: JSONValue
    do throws(JSONError) {
      json = try JSONValue(parsing: bytes)
    } catch {
      throw refusal(error)
    }
    let reported = Self.configuration(ofReport: json)
    do throws(ConfigurationError) {
      return try TrainingConfiguration(reported ?? json)
    } catch {
      let path = reported == nil ? error.path : [Self.reportKey] + error.path
      throw refusal(ConfigurationError(path: path, reason: error.reason))
    }
  }

  /// The key of a report's configuration; no configuration has a key of that name.
  private static let reportKey = "configuration"

  /// The configuration that a report of a training contains; `nil` for other values.
  private static func configuration(ofReport json: JSONValue) -> JSONValue? {
    guard case .object(let members) = json else { return nil }
    return members.first { $0.key == reportKey }?.value
  }
}
