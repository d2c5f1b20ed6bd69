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

/// What an early build left in the middle of a training and of a search; Tests/References/README.md says how
/// it was made.
@Suite struct EarlierStateTests {
  private func folder() throws -> Folder {
    let source = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "References/early")
    let folder = try Folder()
    for name in ["table.csv", "training.checkpoint", "trials.csv"] {
      try Data(contentsOf: source.appending(path: name))
        .write(to: folder.url.appending(path: name))
    }
    return folder
  }

  /// Its state is read, but what it says of the kernel is spelled in another way today, and the examples may
  /// differ by another processor's rounding.
  @Test func anEarlyCheckpointIsRefusedInOneSentence() throws {
    let folder = try folder()
    let result = try Tool.run(
      [
        "train", "table.csv", "-c", "100", "--resume", "training.checkpoint", "-o", "x.model", "-q",
      ],
      in: folder)
    #expect(result.status == 65 && result.output.isEmpty, "\(result)")
    let sentences = ["kernel", "examples"].map {
      "the checkpoint cannot be resumed: it was written by a training that differs in the \($0), "
        + "or by another build\n"
    }
    #expect(sentences.contains(result.errors), "\(result)")
    #expect(folder.data("x.model") == nil)
  }

  @Test func anEarlyTableOfTrialsIsDrawnAndNotContinued() throws {
    let folder = try folder()
    let picture = try Tool.run(["plot", "trials.csv", "-o", "x.svg"], in: folder)
    #expect(picture.status == 0 && folder.text("x.svg").hasPrefix("<svg"), "\(picture)")
    let before = folder.text("trials.csv")
    let search = try Tool.run(
      [
        "tune", "table.csv", "--search", "grid", "--c", "1,10", "--gamma", "0.1,1", "--folds", "3",
        "--resume", "trials.csv", "-o", "x.model", "-q",
      ], in: folder)
    #expect(search.status == 65 && search.output.isEmpty, "\(search)")
    #expect(
      search.errors.hasPrefix("trials.csv: the trials belong to the search 80c503a4207fdd53, but "),
      "\(search)")
    #expect(
      search.errors.hasSuffix(": other data, options, seed or build\n")
        && search.errors.split(separator: "\n").count == 1, "\(search)")
    #expect(folder.text("trials.csv") == before && folder.data("x.model") == nil)
  }
}
