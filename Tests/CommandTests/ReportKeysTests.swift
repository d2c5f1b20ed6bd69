import Foundation
import Testing

/// Reports have the keys that Tests/References/report-keys.txt lists, and no others.
///
/// `UPDATE_DOCUMENTS=1` writes the file.
@Suite struct ReportKeysTests {
  private static let tests = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent()
  private static let list = tests.appending(path: "References/report-keys.txt")
  private static let data = tests.appending(path: "../Datasets/iris.csv").standardizedFileURL.path

  private static let commands = [
    "train DATA -o x.model --probability --json - --quiet",
    "evaluate x.model DATA --json -",
    "cv DATA --folds 3 --learning-curve --json - --quiet",
    "tune DATA --search grid --c 1,2 --gamma 1 --folds 3 -o y.model --json - --quiet",
    "inspect x.model --json",
  ]

  /// The keys of a value with those around them; the elements of a list are one.
  private func paths(_ value: Any, _ prefix: String, into found: inout Set<String>) {
    if let object = value as? [String: Any] {
      for (key, member) in object {
        let path = prefix.isEmpty ? key : "\(prefix).\(key)"
        found.insert(path)
        paths(member, path, into: &found)
      }
    } else if let list = value as? [Any] {
      for element in list { paths(element, prefix + "[]", into: &found) }
    }
  }

  @Test func reportsHaveTheirKeysAndNoOthers() throws {
    let folder = try Folder()
    var lines: [String] = []
    for command in Self.commands {
      let words = command.split(separator: " ").map { $0 == "DATA" ? Self.data : String($0) }
      let result = try Tool.run(words, in: folder)
      #expect(result.status == 0, "\(result)")
      var found: Set<String> = []
      paths(try JSONSerialization.jsonObject(with: Data(result.output.utf8)), "", into: &found)
      #expect(found.count > 20, "\(result)")
      lines += found.sorted().map { "\(words[0]) \($0)" }
    }
    let known = try String(contentsOf: Self.list, encoding: .utf8).split(separator: "\n")
      .map(String.init)
    guard known != lines, ProcessInfo.processInfo.environment["UPDATE_DOCUMENTS"] == "1" else {
      let (missing, new) = (Set(known).subtracting(lines), Set(lines).subtracting(known))
      #expect(
        missing.isEmpty && new.isEmpty,
        "gone: \(missing.sorted()), new: \(new.sorted()); see UPDATE_DOCUMENTS=1")
      return
    }
    try (lines.joined(separator: "\n") + "\n").write(
      to: Self.list, atomically: true, encoding: .utf8)
  }
}
