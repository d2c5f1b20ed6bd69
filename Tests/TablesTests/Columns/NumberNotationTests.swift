import Testing

@testable import Tables

/// Numbers with currencies, percent signs and separated thousands.
@Suite struct NumberNotationTests {
  /// The numbers of a column of a table with one more column, or what is wrong with it.
  private func read(
    _ values: [String], decimal: DecimalMark = .auto
  ) throws -> (numbers: [Double]?, problem: String?) {
    let rows = values.enumerated().map { "\"\($1)\",\($0 % 2)\n" }.joined()
    let table = try Table(
      reading: source("v,kind\n" + rows, name: "t.csv"),
      options: TextOptions(format: .csv, header: .yes, decimal: decimal))
    let column = table.columns[0]
    if let problem = column.places.problem { return (nil, "\(problem)") }
    guard case .numbers(let numbers) = column.values else { return (nil, nil) }
    return (numbers, nil)
  }

  @Test(
    arguments: [
      (["$1,200", "$980", "$15.50"], [1200, 980, 15.5]),
      (["$1,200.00", "($48.86)", "-$3"], [1200, -48.86, -3]),
      (["$-4", "$(5)", "US$6", "$7"], nil),
      (["USD 12", "1,234,567 USD"], [12, 1_234_567]),
      (["€ 1.234,50", "12 €", "-3,5 €"], [1234.5, 12, -3.5]),
      (["12%", "7.5 %", "0", "-1%"], [12, 7.5, 0, -1]),
      (["12,5 %", "7,25%"], [12.5, 7.25]),
      (["\u{2212}5", "3", "4.5"], [-5, 3, 4.5]),
      (["\u{2013}5.123", "3.123", "4.521"], [-5.123, 3.123, 4.521]),
      (["(48.86)", "12.5", "7"], [-48.86, 12.5, 7]),
      (["1\u{A0}000", "250", "12\u{A0}345,5"], nil),
      (["1\u{A0}000", "250", "12\u{202F}345.5"], [1000, 250, 12_345.5]),
      (["1 000", "250", "1 234 567"], [1000, 250, 1_234_567]),
      (["1'000", "250.5"], [1000, 250.5]),
      (["1,200", "980", "15"], [1200, 980, 15]),
      (["1,234,567", "2,345,678"], [1_234_567, 2_345_678]),
      (["1,234.5", "2,345.25"], [1234.5, 2345.25]),
      (["zł 5", "kr 6"], nil),
      (["5 zł", "6 zł"], [5, 6]),
      (["£1,234", "£2,345"], [1234, 2345]),
    ] as [([String], [Double]?)])
  func notations(_ values: [String], _ expected: [Double]?) throws {
    #expect(try read(values).numbers == expected, "\(values)")
  }

  @Test func whatCanBeReadInTwoWaysIsRefused() throws {
    for values in [["1,234", "5,678"], ["€1.234", "€5.678"], ["1,234", "5678"]] {
      let problem = try #require(try read(values).problem, "\(values)")
      #expect(problem.contains("can be read as"), "\(problem)")
    }
    #expect(
      try read(["1,234", "5,678"]).problem
        == "t.csv:2:1: field 1 (v) is \"1,234\", which can be read as 1234 or 1.234")
    // The remedies work.
    #expect(try read(["1,234", "5,678"], decimal: .point).numbers == [1234, 5678])
    #expect(try read(["1,234", "5,678"], decimal: .comma).numbers == [1.234, 5.678])
  }

  @Test(
    arguments: [
      (
        "hexadecimal numbers",
        { @Sendable (index: Int) -> String in "0x\(String(index + 16, radix: 16))" }
      ),
      ("numbers with the unit \"kg\"", { @Sendable (index: Int) -> String in "\(index + 5).5 kg" }),
      (
        "numbers with the units \"g\", \"kg\"",
        { @Sendable (index: Int) -> String in index % 2 == 0 ? "\(index) kg" : "\(index)g" }
      ),
      ("fractions", { @Sendable (index: Int) -> String in "\(index + 1)/7" }),
      ("numbers with the sign at the end", { @Sendable (index: Int) -> String in "\(index)-" }),
      (
        "percentages among plain numbers",
        { @Sendable (index: Int) -> String in index % 2 == 0 ? "\(index + 1)%" : "\(index)" }
      ),
      (
        "amounts in several currencies ($, €)",
        { @Sendable (index: Int) -> String in index % 2 == 0 ? "$\(index)" : "€\(index)" }
      ),
    ] as [(String, @Sendable (Int) -> String)])
  func whatIsNotReadIsRefusedByName(_ kind: String, _ text: @Sendable (Int) -> String) throws {
    for count in [8, 40] {
      let problem = try #require(try read((0..<count).map(text)).problem, "\(kind)")
      #expect(problem.contains("its values look like \(kind), which are not read"), "\(problem)")
    }
  }

  @Test func namesAndCategoriesStayTexts() throws {
    for values in [
      ["C85", "B42", "E46"], ["3 kg", "5 kg", "3 kg", "5 kg", "3 kg"], ["R5", "R6"],
      ["(1)", "(2)"],
      ["5ft", "6ft"], ["a%", "b%"], ["$", "$"],
    ] {
      let found = try read(values)
      #expect(found.numbers == nil && found.problem == nil, "\(values): \(found)")
    }
  }

  @Test func oneStrangerAmongAmountsIsNamed() throws {
    let values = (0..<30).map { "$\($0),\(100 + $0)" } + ["call us"]
    #expect(try read(values).problem?.contains("is \"call us\"; expected") == true)
  }

  @Test func everyTextOfATrainingColumnIsReadAloneAsAmongOthers() throws {
    var random = SeededGenerator(seed: 7)
    for seed in 0..<200 {
      let sign = ["$", "€", "£", "kr ", ""][Int.random(in: 0..<5, using: &random)]
      let isPercent = sign.isEmpty && Bool.random(using: &random)
      let values = (0..<12).map { _ in
        let number = Int.random(in: -5_000_000...5_000_000, using: &random)
        let digits = "\(number.magnitude)"
        var grouped = ""
        for (place, digit) in digits.enumerated() {
          if place > 0, (digits.count - place) % 3 == 0 { grouped += "," }
          grouped.append(digit)
        }
        let text = "\(sign)\(grouped).\(Int.random(in: 10...99, using: &random))"
        return (number < 0 ? "(\(text))" : text) + (isPercent ? "%" : "")
      }
      let rows = values.enumerated().map { "\"\($1)\",\($0 % 2)\n" }.joined()
      let table = try table("v,kind\n" + rows, name: "t.csv", header: .yes)
      guard case .numbers(let numbers) = table.columns[0].values else {
        Issue.record("seed \(seed): \(values)")
        continue
      }
      let preprocessor = try TablePreprocessor(fitting: table, target: 1, scaling: .none)
      #expect(numbers.contains { $0 < 0 } || !values.contains { $0.hasPrefix("(") }, "seed \(seed)")
      for (value, number) in zip(values, numbers) {
        let batch = try #require(
          try batches("v\n\"\(value)\"\n", .table(preprocessor), name: "n.csv").first)
        #expect(batch.features.dense[0, 0] == number, "seed \(seed): \(value)")
      }
    }
  }

  @Test func aModelReadsItsNotationAndNoOther() throws {
    let table = try table("v,kind\n\"$1,200.50\",a\n$980,b\n$5,a\n", name: "t.csv")
    let preprocessor = try TablePreprocessor(fitting: table, target: 1, scaling: .none)
    #expect(preprocessor.inputs[0].notation?.currency == "$")
    func feature(_ text: String) throws -> Double? {
      try batches("v\n\"\(text)\"\n", .table(preprocessor), name: "n.csv").first?.features.dense[
        0, 0]
    }
    #expect(try feature("1200") == 1200)
    #expect(try feature("$3,000") == 3000)
    #expect(try feature("($3)") == -3)
    for text in ["€5", "5%", "$3,00", "five"] {
      #expect(
        message { try feature(text) }
          == "n.csv:2:1: field 1 (v) is \"\(text)\"; expected a decimal number such as 1.4")
    }
    // Of a percentage, 5 alone could be 5 % or 500 %.
    let shares = try Tables.Table(reading: source("v,kind\n5%,a\n7%,b\n", name: "t.csv"))
    let percent = try TablePreprocessor(fitting: shares, target: 1, scaling: .none)
    #expect(
      message { try batches("v\n5\n", .table(percent), name: "n.csv") }.contains("is \"5\""))
    // And a column of plain numbers stays one.
    let plain = try Tables.Table(reading: source("v,kind\n5,a\n7,b\n", name: "t.csv"))
    let numbers = try TablePreprocessor(fitting: plain, target: 1, scaling: .none)
    #expect(
      message { try batches("v\n$5\n", .table(numbers), name: "n.csv") }.contains("is \"$5\""))
    let other = try Tables.Table(reading: source("v\n$5\n$6\n", name: "n.csv"))
    #expect(message { try numbers.transform(other) }.contains("is \"$5\""))
  }
}
