import Foundation
import TabularModels
import Testing

/// The tables of formulations in documents say what the catalogue says.
@Suite struct FormulationTablesTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../..").standardizedFileURL

  private static func quoted(_ text: some StringProtocol) -> [String] {
    text.split(separator: "`", omittingEmptySubsequences: false).enumerated()
      .filter { $0.offset % 2 == 1 }.map { String($0.element) }
  }

  @Test(arguments: [
    ("README.md", "| `--formulation` | predicts |"),
    (
      "Sources/SVMCommand/SVMCommand.docc/FormulationsWeightsAndProbabilities.md",
      "| `-s` | predicts | its own options |"
    ),
  ])
  func tablesHoldTheCatalogue(document: String, header: String) throws {
    let text = try String(contentsOf: Self.root.appending(path: document), encoding: .utf8)
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let begin = try #require(lines.firstIndex { $0 == header }, "\(document)")
    var listed: [String] = []
    for line in lines[(begin + 2)...].prefix(while: { $0.hasPrefix("|") }) {
      let cells = line.split(separator: "|").map(String.init)
      let formulations = Self.quoted(cells[0]).compactMap(Formulation.init(rawValue:))
      #expect(formulations.count == Self.quoted(cells[0]).count, "\(line)")
      listed += formulations.map(\.rawValue)
      // Those of a row learn the same.
      #expect(Set(formulations.map(\.task)).count == 1, "\(line)")
      guard cells.count > 2 else { continue }
      let numbers = cells[0].split { !$0.isNumber }.compactMap { Int($0) }
      #expect(numbers == formulations.compactMap { $0.definition.libsvmNumber }, "\(line)")
      for word in cells[2].split(whereSeparator: { " `,;()".contains($0) })
      where word.hasPrefix("--") {
        #expect(
          formulations.contains { $0.parameters.contains { $0.option == word } },
          "\(word): \(line)")
      }
    }
    #expect(listed.sorted() == Formulation.allCases.map(\.rawValue).sorted())
  }
}
