import Foundation
import Kernels
import Testing

/// The tables of kernels in documents say what the catalogue says.
@Suite struct KernelTablesTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../..").standardizedFileURL

  /// The rows of a table: the names in the first cell, and all cells.
  private func rows(of document: String, below header: String) throws -> [(
    names: [String], cells: [String]
  )] {
    let text = try String(contentsOf: Self.root.appending(path: document), encoding: .utf8)
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let begin = try #require(lines.firstIndex { $0.hasPrefix(header) }, "\(document): \(header)")
    return lines[(begin + 2)...].prefix { $0.hasPrefix("|") }.map { line in
      let cells = line.split(separator: "|", omittingEmptySubsequences: false).dropFirst()
        .map { $0.trimmingCharacters(in: .whitespaces) }
      return (Self.quoted(cells[0]), cells)
    }
  }

  private static func quoted(_ text: String) -> [String] {
    text.split(separator: "`", omittingEmptySubsequences: false).enumerated()
      .filter { $0.offset % 2 == 1 }.map { String($0.element) }
  }

  /// What a cell says of γ with `--gamma scale`, for 2 features of variance 9.
  private static let scales: [String: Double] = [
    "1/(p·Var)": 1.0 / 18, "1/√(p·Var)": 1 / 18.0.squareRoot(), "1/(p·√Var)": 1.0 / 6,
  ]

  @Test(arguments: [
    ("README.md", "| `--kernel` |"), ("Sources/Kernels/README.md", "| name | formula |"),
  ])
  func tablesHoldTheCatalogue(document: String, header: String) throws {
    var listed: [String] = []
    for (names, cells) in try rows(of: document, below: header) {
      for name in names {
        guard let formula = KernelCatalog.formula(named: name) else {
          // What is composed, and what has no formula, stands below the formulas.
          #expect(document != "README.md", "\(name)")
          continue
        }
        listed.append(formula.name)
        if names.count == 1 { #expect(cells[1].hasPrefix(formula.formula), "\(name): \(cells)") }
        #expect(formula.widthRule?.scale(2, 9) == Self.scales[cells[2]], "\(name): \(cells)")
        guard document != "README.md" else { continue }
        let isAlways = !formula.parameters.contains(.constantTerm)
        #expect(
          (cells[3] == "yes")
            == (isAlways && formula.isPositiveSemidefinite(FormulaKernel(formula, width: 1))),
          "\(name): \(cells)")
      }
    }
    #expect(listed == KernelCatalog.formulas.map { $0.name })
  }

  @Test func theOptionListsTheCatalogue() throws {
    let text = try String(
      contentsOf: Self.root.appending(
        path: "Sources/SVMCommand/SVMCommand.docc/OptionsOfTrain.md"), encoding: .utf8)
    let line = try #require(
      text.split(separator: "\n").first { $0.hasPrefix("| `-t`, `--kernel`") })
    let cells = line.split(separator: "|").map(String.init)
    #expect(Self.quoted(cells[1]) == [Kernel.default.name])
    #expect(
      Self.quoted(cells[2]).filter { KernelCatalog.formula(named: $0)?.name == $0 }
        == KernelCatalog.formulas.map { $0.name })
    for name in Self.quoted(cells[2]) {
      #expect(KernelCatalog.formula(named: name) != nil, "\(name)")
    }
  }
}
