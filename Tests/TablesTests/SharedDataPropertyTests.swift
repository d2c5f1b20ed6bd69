import TestSupport
import Testing
import Transport

@testable import Tables

/// Random tables with all that columns may hold, read by ranks and by one process.
@Suite struct SharedDataPropertyTests {
  /// What a column may hold; the last ones in few rows.
  private func field(_ kind: Int, row: Int, rows: Int, _ random: inout TestGenerator) -> String {
    let isLate = row > rows * 3 / 4
    let number = Int.random(in: 0...40, using: &random)
    switch kind {
    case 0: return "\(random.normal())"
    case 1: return ["red", "green", "\"blue, sky\"", "grün"].randomElement(using: &random) ?? ""
    case 2: return number % 9 == 0 ? ["", "NA", "?"][number % 3] : "\(number)"
    case 3: return "2023-\(10 + number % 3)-\(10 + number % 18)"
    case 4: return "$\(number * 97).25"
    case 5: return "\(number)%"
    case 6: return "\(row + 1)"
    case 7: return isLate && number % 5 == 0 ? "unknown" : "\(number % 6)"
    case 8: return isLate && number % 7 == 0 ? "00\(number)" : "\(number)"
    case 9: return "text \(number * 31 % 97) of \(row)"
    case 10: return "const"
    case 11: return number % 6 == 0 ? "\"over\ntwo \"\"lines\"\"\"" : "one"
    case 12: return number % 4 == 0 ? "" : ["a", "b"][number % 2]
    case 13: return isLate ? "\(number)" : ""
    case 14: return number % 20 == 0 ? "7\" disc" : "disc"
    case 15: return "\(number),\(number)".split(separator: ",").joined(separator: ".")
    default: return "\(number % 3)"
    }
  }

  private func item(_ random: inout TestGenerator) -> SharedCase {
    let rows = Int.random(in: 1...70, using: &random)
    let kinds = (0..<Int.random(in: 1...6, using: &random)).map { _ in
      Int.random(in: 0...16, using: &random)
    }
    let end = ["\n", "\r\n", "\r"].randomElement(using: &random) ?? "\n"
    let target = Int.random(in: 0...5, using: &random)
    var header = kinds.indices.map { "c\($0)" }.joined(separator: ",") + ",w,y" + end
    if Int.random(in: 0...5, using: &random) == 0 { header = "" }
    let hasZeros = Bool.random(using: &random)
    var lines: [String] = []
    for row in 0..<rows {
      var fields = kinds.map { field($0, row: row, rows: rows, &random) }
      fields.append("\(Int.random(in: (hasZeros ? 0 : 1)...3, using: &random))")
      fields.append(
        target == 0
          ? "\(random.normal())" : target == 1 && row < rows - 2 ? "same" : "k\(row % 3)")
      if Int.random(in: 0..<400, using: &random) == 0 { fields.removeLast() }
      lines.append(fields.joined(separator: ",") + end)
      if Int.random(in: 0..<30, using: &random) == 0 { lines.append("# a remark" + end) }
    }
    var item = SharedCase("")
    let fileCount = Int.random(in: 0...3, using: &random)
    let repeats = Bool.random(using: &random)
    let begin = Bool.random(using: &random) ? "\u{FEFF}" : ""
    item.files = (0...fileCount).map { file in
      let part = lines[
        lines.count * file / (fileCount + 1)..<lines.count * (file + 1) / (fileCount + 1)]
      return (
        "\(file).csv",
        (file == 0 ? begin : "") + (file == 0 || repeats ? header : "") + part.joined()
      )
    }
    if Bool.random(using: &random), let last = item.files.last, last.text.hasSuffix(end) {
      item.files[fileCount].text.removeLast()
    }
    item.options.sizes = ReadingSizes(
      window: Int.random(in: 1...400, using: &random),
      part: Int.random(in: 1...60, using: &random))
    item.options.threads = Int.random(in: 1...3, using: &random)
    item.scaling = Scaling.allCases.randomElement(using: &random) ?? .standard
    item.missing =
      (MissingValuePolicy.allCases + [.constant("3")]).randomElement(using: &random) ?? .mean
    var choices = ColumnChoices()
    if Bool.random(using: &random), !header.isEmpty { choices.weight = "w" }
    if Int.random(in: 0...4, using: &random) == 0, !header.isEmpty { choices.group = "c0" }
    if Int.random(in: 0...3, using: &random) == 0 {
      let kind =
        [ColumnChoices.Kind.category, .numeric, .text, .date, .ignore]
        .randomElement(using: &random) ?? .category
      choices.kinds = [.init(column: "\(kinds.count)", kind: kind)]
    }
    choices.indicatesMissing = Bool.random(using: &random)
    if Int.random(in: 0...3, using: &random) == 0 {
      choices.missingCategories = ColumnChoices.MissingCategories.allCases
        .randomElement(using: &random)
    }
    item.options.spelled = .chosen(choices)
    item.columns = ChosenColumns(
      target: nil, hasTarget: Int.random(in: 0...5, using: &random) > 0, choices: choices)
    return item
  }

  @Test(arguments: 0..<8) func ranksFindWhatOneProcessFinds(_ block: Int) throws {
    for seed in UInt64(block * 40 + 1)...UInt64(block * 40 + 40) {
      var random = TestGenerator(seed: seed)
      let item = item(&random)
      for ranks in [2, 3, 8] where try !expectEqual(item, ranks: ranks, "seed \(seed)") { return }
    }
  }

  @Test func anyBytesGiveTheSameErrors() throws {
    let alphabet = Array("11.,;\t\"\"\n\n\r \0é-ab#".utf8)
    for seed in UInt64(1)...300 {
      var random = TestGenerator(seed: seed)
      let bytes = (0..<Int.random(in: 1...80, using: &random)).map { _ in
        alphabet.randomElement(using: &random) ?? 0
      }
      var item = SharedCase("a,b\n" + String(decoding: bytes, as: UTF8.self))
      item.options.threads = 2
      for ranks in [2, 5] where try !expectEqual(item, ranks: ranks, "seed \(seed)") { return }
    }
  }

  @Test func anyLIBSVMTextGivesTheSame() throws {
    let words = [
      "1", "-1", "a", "1:2", "2:0.5", "3:-1", "9:1e400", "0:3", "qid:3", "#", "x:1", ":",
    ]
    for seed in UInt64(1)...200 {
      var random = TestGenerator(seed: seed)
      var text = ""
      for _ in 0..<Int.random(in: 0...25, using: &random) {
        text += ["1", "-1", "2.0", "b"][Int.random(in: 0...2, using: &random)]
        for index in 1...4 where Bool.random(using: &random) {
          text += " \(index):\(random.normal())"
        }
        if Int.random(in: 0...40, using: &random) == 0 {
          text += " " + (words.randomElement(using: &random) ?? "")
        }
        text += ["\n", "\r\n", "\r", "\n\n"].randomElement(using: &random) ?? "\n"
      }
      var item = SharedCase(text, name: "random.svm")
      item.scaling = Scaling.allCases.randomElement(using: &random) ?? .standard
      for ranks in [2, 3, 5] where try !expectEqual(item, ranks: ranks, "seed \(seed)") { return }
    }
  }
}
