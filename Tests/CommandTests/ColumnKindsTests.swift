import Foundation
import Testing

/// Every kind of column through every command: what training reads, all others read alike, a row by
/// itself as among others.
@Suite struct ColumnKindsTests {
  /// A kind of column: its values, and what training says of it.
  struct Kind: Sendable, CustomTestStringConvertible {
    let name: String
    var options: [String] = []
    let value: @Sendable (Int) -> String
    /// A part of a note, if one is expected.
    let note: String?
    /// The number of features, if the column is left in.
    let featureCount: Int
    /// A value that prediction refuses, if there is one.
    var refused: String?
    var isExported = true

    var testDescription: String { name }
  }

  static let kinds: [Kind] = [
    Kind(name: "plain", value: { "\($0 * 7 % 13).5" }, note: nil, featureCount: 1, refused: "$5"),
    Kind(
      name: "money", value: { $0 % 5 == 0 ? "($4.50)" : "\"$\($0 % 7 + 1),20\($0 % 9).50\"" },
      note: "is read as numbers", featureCount: 1, refused: "€5"),
    Kind(
      name: "percent", value: { "\($0 * 7 % 13).5 %" }, note: "is read as numbers", featureCount: 1,
      refused: "5"),
    Kind(
      name: "minus", value: { $0 % 3 == 0 ? "\u{2212}\($0)" : "\($0 * 5 % 17)" },
      note: "is read as numbers", featureCount: 1, refused: "5 kg"),
    Kind(
      name: "blanks", value: { "\($0 % 9 + 1)\u{A0}\(100 + $0)" }, note: "is read as numbers",
      featureCount: 1, refused: "1 23"),
    Kind(
      name: "codes", options: ["--column", "v=category"], value: { ["007", "7", "07"][$0 % 3] },
      note: nil, featureCount: 3, refused: "7.5"),
    Kind(
      name: "versions", options: ["--column", "v=category"], value: { ["1.10", "1.1"][$0 % 2] },
      note: nil, featureCount: 2, refused: "1.100"),
    Kind(
      name: "keys", options: ["--column", "v=category"],
      value: { "12345678901234567\($0 % 4)" }, note: nil, featureCount: 4,
      refused: "123456789012345679"),
    Kind(
      name: "zeros", value: { "00\($0 * 7 % 13)" }, note: "--column v=category keeps such codes",
      featureCount: 1),
    Kind(
      name: "dates", value: { "2024-0\($0 % 3 + 1)-1\($0 % 7)" }, note: "contains dates or times",
      featureCount: 3, refused: "2024-02-30", isExported: false),
    Kind(
      name: "local", options: ["--column", "v=date-mdy"],
      value: { "0\($0 % 3 + 1)/0\($0 % 7 + 1)/2023 1\($0 % 4):30" },
      note: "contains dates or times",
      featureCount: 4, refused: "13/01/2023", isExported: false),
    Kind(
      name: "gaps", options: ["--indicate-missing"],
      value: { $0 % 6 == 0 ? "" : "\($0 * 7 % 13).5" }, note: "with the column mean",
      featureCount: 2,
      refused: "x", isExported: false),
    Kind(
      name: "absent", value: { $0 % 6 == 0 ? "" : ["a", "b"][$0 % 2] },
      note: "are treated as a separate category", featureCount: 3, refused: "c"),
    Kind(
      name: "counter", value: { "\($0)" }, note: "is left out: it numbers the rows",
      featureCount: 0),
  ]

  private static func table(_ kind: Kind, rows: Int = 48) -> String {
    let lines = (0..<rows).map { row in
      "\(kind.value(row)),\(row * 11 % 17).25,\((row / 3 + row % 2) % 2 == 0 ? "yes" : "no")\n"
    }
    return "v,x,y\n" + lines.joined()
  }

  @Test(arguments: kinds) func everyCommandReadsAColumnAlike(_ kind: Kind) throws {
    let folder = try Folder()
    let text = Self.table(kind)
    try folder.write("t.csv", text)
    func run(_ words: [String]) throws -> Tool.Result {
      let result = try Tool.run(words, in: folder)
      #expect(!result.crashed, "\(words): \(result)")
      return result
    }
    let trained = try run(
      ["train", "t.csv", "-o", "m.model", "--probability", "--json", "r.json"] + kind.options)
    #expect(trained.status == 0, "\(trained)")
    if let note = kind.note {
      #expect(trained.errors.contains(note), "\(trained)")
    } else {
      #expect(!trained.errors.contains("column \"v\""), "\(trained)")
    }
    let report = try JSONSerialization.jsonObject(with: folder.data("r.json") ?? Data())
    let data = (report as? [String: Any])?["data"] as? [String: Any]
    #expect(data?["features"] as? Int == 1 + kind.featureCount, "\(trained)")

    for words in [
      ["verify", "m.model", "t.csv"], ["evaluate", "m.model", "t.csv"], ["inspect", "m.model"],
      ["cv", "t.csv", "--folds", "3"] + kind.options,
      ["train", "t.csv", "--dry-run"] + kind.options,
      ["convert", "t.csv", "f.svm", "--model", "m.model"],
      ["plot", "m.model", "t.csv", "--kind", "importance", "-o", "p.svg"],
      ["predict", "m.model", "t.csv", "-o", "all.csv", "--keep", "none", "--probability"],
    ] {
      let result = try run(words)
      #expect(result.status == 0, "\(words): \(result)")
    }
    // Row by row.
    let lines = text.split(separator: "\n", omittingEmptySubsequences: true).map(String.init)
    let whole = folder.text("all.csv").split(separator: "\n").map(String.init)
    for row in [0, 1, 2, 7, 47] {
      try folder.write("one.csv", "\(lines[0])\n\(lines[row + 1])\n")
      let one = try run(
        ["predict", "m.model", "one.csv", "-o", "-", "--keep", "none", "--probability"])
      #expect(one.status == 0, "\(one)")
      let found = one.output.split(separator: "\n").map(String.init)
      try #require(found.count == 2, "\(one)")
      let (left, right) = (found[1].split(separator: ","), whole[row + 1].split(separator: ","))
      #expect(left[0] == right[0], "row \(row): \(found[1]) against \(whole[row + 1])")
      for (a, b) in zip(left.dropFirst(), right.dropFirst()) {
        let difference = (Double(a) ?? .nan) - (Double(b) ?? .nan)
        #expect(abs(difference) < 1e-5, "row \(row): \(found[1]) against \(whole[row + 1])")
      }
    }
    if let refused = kind.refused {
      try folder.write("bad.csv", "v,x\n\(lines[1].split(separator: ",y")[0])\n\(refused),1\n")
      try folder.write("bad.csv", "v,x\n\(refused),1\n")
      let result = try run(["predict", "m.model", "bad.csv", "-o", "-"])
      #expect(result.status == 65, "\(result)")
      #expect(result.errors.hasPrefix("bad.csv:2:1: field 1 (v) is \"\(refused)\""), "\(result)")
    }
    try folder.write("gap.csv", "v,x\n,1\n")
    let gap = try run(["predict", "m.model", "gap.csv", "-o", "-", "--keep", "none"])
    #expect(gap.status == 0, "\(gap)")
    for format in ["onnx", "mlmodel"] {
      let result = try run(["convert", "m.model", "m.\(format)"])
      if kind.isExported {
        #expect(result.status == 0, "\(format): \(result)")
      } else {
        #expect(
          result.status != 0 && result.errors.contains("column \"v\""), "\(format): \(result)")
      }
    }
  }

  @Test func aTargetInANotationIsPredictedAsNumbers() throws {
    let folder = try Folder()
    let rows = (0..<40).map {
      "\($0 * 11 % 17),\($0 % 3),\"$\($0 * 11 % 17 + 1),\(100 + $0).50\"\n"
    }
    try folder.write("t.csv", "x,z,price\n" + rows.joined())
    let trained = try Tool.run(["train", "t.csv", "-o", "m.model"], in: folder)
    #expect(trained.status == 0, "\(trained)")
    #expect(trained.errors.contains("column \"price\" is read as numbers"), "\(trained)")
    for command in [
      ["verify", "m.model", "t.csv"], ["evaluate", "m.model", "t.csv"],
      ["cv", "t.csv", "--folds", "3"],
    ] {
      let result = try Tool.run(command, in: folder)
      #expect(result.status == 0, "\(result)")
    }
    // One row alone could be read in two ways, if the model did not know.
    try folder.write("one.csv", "x,z,price\n3,1,\"$4,109.50\"\n")
    let one = try Tool.run(["evaluate", "m.model", "one.csv"], in: folder)
    #expect(one.status == 0, "\(one)")
  }

  @Test func conversionSaysWhatItDoesToColumns() throws {
    let folder = try Folder()
    let rows = (0..<20).map { "12345678901234567\($0 % 10),\($0 * 7 % 11),$\($0),a\($0 % 2)\n" }
    try folder.write("t.csv", "key,x,price,y\n" + rows.joined())
    let plain = try Tool.run(["convert", "t.csv", "t.svm"], in: folder)
    #expect(plain.status == 0, "\(plain)")
    #expect(
      plain.errors.contains("warning: column \"key\" has numbers with more digits"), "\(plain)")
    #expect(plain.errors.contains("column \"price\" is read as numbers"), "\(plain)")
    let chosen = try Tool.run(
      ["convert", "t.csv", "u.csv", "--column", "key=category"], in: folder)
    #expect(chosen.status == 0, "\(chosen)")
    #expect(folder.text("u.csv").contains("key=123456789012345673,"), "\(chosen)")
    // The target keeps its digits, too.
    try folder.write("k.csv", "x,key\n1,123456789012345678\n2,123456789012345679\n3.5,1\n")
    let target = try Tool.run(["convert", "k.csv", "v.csv"], in: folder)
    #expect(target.status == 0, "\(target)")
    #expect(folder.text("v.csv").contains("1,123456789012345678\n"), "\(target)")
  }

  @Test func groupsAreToldApartByTheirSpelling() throws {
    let folder = try Folder()
    let rows = (0..<36).map {
      "1234567890123456789\($0 % 6),\($0 * 11 % 17),\($0 % 4 < 2 ? "a" : "b")\n"
    }
    try folder.write("t.csv", "who,x,y\n" + rows.joined())
    let result = try Tool.run(["cv", "t.csv", "--group", "who", "--folds", "6"], in: folder)
    #expect(result.status == 0, "\(result)")
  }

  @Test func inspectionListsManyColumns() throws {
    let folder = try Folder()
    let names = (1...60).map { "f\($0)" }
    let rows = (0..<20).map { row in
      names.indices.map { "\((row * ($0 + 3)) % 11).5" }.joined(separator: ",") + ",k\(row % 2)\n"
    }
    try folder.write("t.csv", names.joined(separator: ",") + ",y\n" + rows.joined())
    #expect(try Tool.run(["train", "t.csv", "-o", "m.model", "-q"], in: folder).status == 0)
    let result = try Tool.run(["inspect", "m.model"], in: folder)
    #expect(result.status == 0)
    for name in names { #expect(result.output.contains("\n\(name) "), "\(name) is not listed") }
  }
}
