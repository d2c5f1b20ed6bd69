import Foundation
import Testing

@Suite struct TextColumnTests {
  /// Notes about two things, the words of which differ in part; without a header.
  private static let notes: String = {
    let common = ["the", "a", "was", "and", "we", "saw"]
    let kinds = [
      ("boat", ["ferry", "harbour", "sail", "Anchor!"]), ("train", ["track", "station", "rail"]),
    ]
    var lines: [String] = []
    for row in 0..<60 {
      let (kind, words) = kinds[row % 2]
      // The common words are the same in both kinds.
      let turn = row / 2
      let text = [
        common[turn % 6], words[turn % words.count], common[(turn + turn / 6) % 6],
        words[(turn * 3 + 1) % words.count],
      ].joined(separator: " ")
      lines.append("\(kind)\t\(text)")
    }
    return lines.joined(separator: "\n") + "\n"
  }()

  private func folder() throws -> Folder {
    let folder = try Folder()
    try folder.write("notes.tsv", Self.notes)
    return folder
  }

  @Test(arguments: [
    ["--kernel", "linear"], [], ["--text-features", "characters:2-3"],
    ["--text-features", "words:1-2", "--text-weights", "log-tf-idf", "--text-min-rows", "2"],
    ["--text-buckets", "256", "--text-weights", "presence"],
    ["--text-max-terms", "7", "--text-weights", "counts"],
  ])
  func trainsOnTextsInOneCommand(_ options: [String]) throws {
    let folder = try folder()
    let result = try Tool.run(
      ["train", "notes.tsv", "--text", "2", "--holdout", "0.3", "-o", "x.model"] + options,
      in: folder)
    #expect(result.status == 0, "\(result)")
    // The target is the first column, though the last is the usual one.
    #expect(
      result.output.contains("target column1, 2 classes (boat 50 %, train 50 %)"), "\(result)")
    #expect(result.output.contains("on held-out rows"))
    let prediction = try Tool.run(
      ["predict", "x.model", "-"],
      input: "the sail and the ferry\n\"station, on the track\"\n\n", in: folder)
    #expect(prediction.output.hasPrefix("prediction\nboat\ntrain\n"), "\(prediction)")
    #expect(prediction.status == 0)
  }

  @Test func inspectShowsVocabularyAndStrongestTerms() throws {
    let folder = try folder()
    _ = try Tool.run(
      ["train", "notes.tsv", "--column", "2=text", "--kernel", "linear", "-o", "x.model"],
      in: folder)
    let result = try Tool.run(["inspect", "x.model"], in: folder)
    #expect(result.output.contains("column2  text   13 terms of 1 word, tf-idf"), "\(result)")
    func terms(_ label: String) -> String {
      result.output.split(separator: "\n").first { $0.hasPrefix("terms for \(label)") }
        .map(String.init) ?? ""
    }
    for word in ["ferry", "harbour", "sail", "anchor"] {
      #expect(terms("boat").contains("\"\(word)\" -"), "\(result)")
    }
    for word in ["track", "station", "rail"] {
      #expect(terms("train").contains("\"\(word)\" "), "\(result)")
    }
    let json = try Tool.run(["inspect", "x.model", "--json"], in: folder)
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
    let columns = try #require(object["columns"] as? [[String: Any]])
    #expect(columns[0]["kind"] as? String == "text")
    #expect(columns[0]["features"] as? Int == 13)
    let strongest = try #require(object["strongestTerms"] as? [String: [[String: Any]]])
    let positive = try #require(strongest["positive"])
    #expect(
      Set(positive.prefix(3).compactMap { $0["term"] as? String }) == ["rail", "station", "track"])
    #expect(positive.allSatisfy { ($0["weight"] as? Double ?? 0) > 0 })

    _ = try Tool.run(["train", "notes.tsv", "--text", "2", "-o", "g.model"], in: folder)
    let gaussian = try Tool.run(["inspect", "g.model"], in: folder)
    #expect(!gaussian.output.contains("terms for"))
  }

  @Test(arguments: [
    (["--text", "3"], 65, "notes.tsv:1:1: "),
    (["--text-weights", "counts"], 64, "--text-weights: applies to text columns, but no --text"),
    (["--text", "2", "--text-weights", "idf"], 64, "--text-weights: \"idf\" is unknown"),
    (["--text", "2", "--text-features", "letters"], 64, "--text-features: \"letters\" is unknown"),
    (
      ["--text", "2", "--text-features", "words:0"], 64, "--text-features: must have lengths from 1"
    ),
    (["--text", "2", "--text-features", "words:2-1"], 64, "--text-features: must have lengths"),
    (["--text", "2", "--text-features", "words:1-2-3"], 64, "--text-features: must have lengths"),
    (["--text", "2", "--text-features", "words:"], 64, "--text-features: must have lengths"),
    (["--text", "2", "--text-features", "words:33"], 64, "--text-features: must have lengths"),
    (
      ["--text", "2", "--text-buckets", "100"], 64,
      "--text-buckets: must be a power of two such as 128"
    ),
    (["--text", "2", "--text-buckets", "x"], 64, "--text-buckets: must be a whole number from 2"),
    (
      ["--text", "2", "--text-buckets", "4", "--text-min-rows", "2"], 64,
      "--text-min-rows: applies to a vocabulary, but --text-buckets keeps none"
    ),
    (["--text", "2", "--text-min-rows", "0"], 64, "--text-min-rows: must be a whole number of at"),
    (
      ["--text", "2", "--text-min-rows", "999"], 65,
      "notes.tsv: no word of field 2 (column2) occurs"
    ),
    (["--text", "2", "--target", "2"], 65, "is used in two ways"),
  ])
  func whatDoesNotFitIsTold(_ options: [String], _ status: Int, _ message: String) throws {
    let result = try Tool.run(["train", "notes.tsv"] + options, in: folder())
    #expect(result.status == Int32(status), "\(result)")
    #expect(result.errors.contains(message), "\(result)")
  }

  @Test func aDryRunShowsTexts() throws {
    let result = try Tool.run(["train", "notes.tsv", "--text", "2", "--dry-run"], in: folder())
    #expect(result.status == 0, "\(result)")
    #expect(result.output.contains("2  column2  text"), "\(result)")
  }
}
