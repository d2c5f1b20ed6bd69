import Basics
import ArgumentParser
import ModelFiles
import Tables
import TabularModels

/// A file that says what the options would.
struct ConfigOption: ParsableArguments {
  static let option = "--config"

  @Option(
    name: .customLong("config"), parsing: .unconditional,
    help: ArgumentHelp(
      """
      Take what the options do not say from a JSON file, such as 'svm inspect --config MODEL' prints; \
      any of its keys may be left out. (default: none)
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
    do throws(ConfigurationError) {
      return try TrainingConfiguration(json)
    } catch {
      throw refusal(error)
    }
  }
}
