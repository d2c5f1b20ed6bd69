import Foundation
import Testing

/// Models that released versions wrote load and predict as they did; Tests/References/README.md says
/// how they were made.
@Suite struct EarlierModelsTests {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "References/models-0.1.0")

  private static let names: [String] = {
    let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
    let models = files?.compactMap { $0 as? URL }.filter { $0.pathExtension == "model" } ?? []
    return models.map { $0.deletingPathExtension().lastPathComponent }.sorted()
  }()

  @Test func thereAreModelsOfEveryFormulation() { #expect(Self.names.count == 24) }

  /// Labels and names agree as texts, numbers to what another processor's rounding may change.
  @Test(arguments: names) func predictsAsItsOwnVersionDid(name: String) throws {
    let expected = try String(
      contentsOf: Self.folder.appending(path: "\(name).csv"), encoding: .utf8)
    let header = expected.prefix { $0 != "\n" }
    var options: [String] = []
    if header.contains("decision") { options.append("--decision-values") }
    if header.contains("probability") || header.contains("quantile") {
      options.append("--probability")
    }
    if header.contains("lower") { options += ["--interval", "0.9"] }
    let model = Self.folder.appending(path: "\(name).model").path
    let rows = Self.folder.appending(path: "rows.csv").path
    let result = try Tool.run(["predict", model, rows] + options)
    #expect(result.status == 0, "\(result)")
    let (lines, expectedLines) = (fields(result.output), fields(expected))
    #expect(lines.count == expectedLines.count && lines.first == expectedLines.first)
    for (line, expectedLine) in zip(lines, expectedLines) {
      #expect(line.count == expectedLine.count)
      for (field, expectedField) in zip(line, expectedLine) where field != expectedField {
        let (value, reference) = (Double(field) ?? .nan, Double(expectedField) ?? .nan)
        #expect(
          abs(value - reference) <= 2e-5 * max(1, abs(reference)),
          "\(name): \(line) was \(expectedLine)")
      }
    }
  }

  private func fields(_ text: String) -> [[Substring]] {
    text.split(separator: "\n").map { $0.split(separator: ",", omittingEmptySubsequences: false) }
  }
}
