import Testing

@testable import Tables

/// Columns whose spelling counts, that number rows, or in which values are missing.
@Suite struct ColumnCodesTests {
  private static let spellings = [
    ["007", "7", "07"], ["1.10", "1.1", "1.100"], ["1e5", "100000", "1E5"], ["+1", "1", "1.0"],
    ["123456789012345678", "123456789012345679", "123456789012345680"],
    ["12345678901234567890", "12345678901234567891", "12345678901234567892"],
  ]

  private func table(
    _ values: [String], _ choices: ColumnChoices, sampled: Bool = false
  ) throws -> Table {
    let rows = (0..<12).map { "\(values[$0 % values.count]),\($0 * 7 % 12).5,\($0 % 2)\n" }.joined()
    var options = TextOptions(format: .csv, header: .yes)
    options.spelled = .chosen(choices)
    let text = source("code,x,y\n" + rows, name: "t.csv")
    return sampled
      ? try Table(
        reading: text, options: options, sampling: RowSampling(count: 12, choices: choices))
      : try Table(reading: text, options: options)
  }

  @Test(arguments: spellings) func categoriesAreTheirSpelling(_ values: [String]) throws {
    let choices = ColumnChoices(kinds: [.init(column: "code", kind: .category)])
    for sampled in [false, true] {
      let table = try table(values, choices, sampled: sampled)
      let preprocessor = try TablePreprocessor(fitting: table, target: 2, choices: choices)
      guard case .categorical(let levels, _) = preprocessor.inputs[0].kind else {
        Issue.record("\(values) are no categories")
        continue
      }
      #expect(Set(levels) == Set(values))
      // A row by itself names the same level.
      for (row, value) in values.enumerated() {
        let batch = try #require(
          try batches("code,x\n\(value),1\n", .table(preprocessor)).first)
        let whole = try preprocessor.transform(table, rows: [row]).dense
        #expect(batch.features.dense.row(0).prefix(3) == whole.row(0).prefix(3), "\(value)")
      }
    }
  }

  @Test(arguments: spellings) func classesAndGroupsAreTheirSpelling(_ values: [String]) throws {
    let choices = ColumnChoices(
      kinds: [.init(column: "code", kind: .category)])
    let classes = TargetClasses(try table(values, choices).columns[0])
    #expect(Set(classes.names) == Set(values))
    let index = ClassIndex(names: classes.names)
    #expect(classes.names.map(index.code) == [0, 1, 2])
    let grouped = ColumnChoices(group: "code")
    let table = try table(values, grouped)
    #expect(try table.groups(by: grouped, rows: [0, 1, 2]).map(Set.init)?.count == 3)
  }

  @Test func numbersAreNumbersUnlessSomebodySaysOtherwise() throws {
    let table = try table(["007", "7", "8"], ColumnChoices())
    guard case .numbers(let numbers) = table.columns[0].values else {
      Issue.record("codes are no numbers")
      return
    }
    #expect(numbers.prefix(3) == [7, 7, 8])
    let remarks = try table.remarks(target: 2)
    #expect(remarks.map(\.remark) == [.leadingZeros(text: "007", value: 7)])
    // A program that reads the table without saying so still gets the codes.
    let choices = ColumnChoices(kinds: [.init(column: "code", kind: .category)])
    let preprocessor = try TablePreprocessor(fitting: table, target: 2, choices: choices)
    #expect(preprocessor.featureNames.prefix(3) == ["code=007", "code=7", "code=8"])
  }

  @Test func classesOfManyDigitsKeepThem() throws {
    let names = ["123456789012345678", "123456789012345679"]
    let csv = try Tables.Table(
      reading: source("x,y\n1,\(names[0])\n2,\(names[1])\n3,\(names[0])\n", name: "t.csv"))
    #expect(TargetClasses(csv.columns[1]).names == names)
    let libsvm = try LIBSVMData(
      reading: source("\(names[0]) 1:1\n\(names[1]) 1:2\n\(names[0]) 1:3\n", name: "t.svm"))
    #expect(TargetClasses(libsvm.labels).names == names)
    #expect(ClassIndex(names: names).code(for: "123456789012345670") == nil)
  }

  @Test func anotherSpellingOfANumberNamesTheOnlyLevelWithItsValue() throws {
    let choices = ColumnChoices(kinds: [.init(column: "code", kind: .category)])
    let plain = try TablePreprocessor(
      fitting: try table(["1", "2", "3"], choices), target: 2, choices: choices)
    #expect(plain.level("1.0", of: 0) == 0)
    #expect(plain.level("001", of: 0) == nil)
    let both = try TablePreprocessor(
      fitting: try table(["1.10", "1.1", "3"], choices), target: 2, choices: choices)
    #expect(both.level("1.100", of: 0) == nil)
    #expect(both.level("3.0", of: 0) == 2)
  }

  // MARK: Row numbers and keys

  private func roles(_ name: String, rows: Int, at place: Int = 0, _ value: (Int) -> Int) throws
    -> ColumnRole
  {
    let lines = (0..<rows).map { row in
      var fields = ["\(row * 7 % 13).5", "\(row * 5 % 11)", row % 2 == 0 ? "a" : "b"]
      fields.insert("\(value(row))", at: place)
      return fields.joined(separator: ",") + "\n"
    }
    var names = ["f", "g", "kind"]
    names.insert(name, at: place)
    let table = try Tables.Table(
      reading: source(names.joined(separator: ",") + "\n" + lines.joined(), name: "t.csv"),
      options: TextOptions(header: .yes))
    return try TableSchema(table, target: 3).columns[place].role
  }

  @Test func columnsThatNumberTheRowsAreLeftOut() throws {
    let left = ColumnRole.unused(.rowNumber)
    for place in 0...2 {
      #expect(try roles("n", rows: 30, at: place) { $0 } == left)
      #expect(try roles("n", rows: 30, at: place) { $0 + 1 } == left)
      #expect(try roles("", rows: 30, at: place) { 2 * $0 + $0 / 5 } == left)
      #expect(try roles("PassengerId", rows: 30, at: place) { 100 + 3 * $0 } == left)
    }
    // A part of a numbered table.
    #expect(try roles("n", rows: 80) { $0 + $0 / 5 } == left)
  }

  @Test func sortedFeaturesAndTimesAreKept() throws {
    #expect(try roles("n", rows: 9) { $0 } == .feature)
    #expect(try roles("n", rows: 80, at: 1) { $0 + $0 / 5 } == .feature)
    #expect(try roles("n", rows: 30, at: 1) { $0 + 100 } == .feature)
    #expect(try roles("price", rows: 80) { $0 * $0 } == .feature)
    #expect(try roles("n", rows: 80) { $0 / 2 } == .feature)
    #expect(try roles("n", rows: 80) { 1940 + $0 } == .feature)
    for name in ["t", "Time", "week", "month_no", "year", "StepCount"] {
      #expect(try roles(name, rows: 80) { $0 } == .feature, "\(name)")
    }
    // The only feature is one whatever it looks like.
    let rows = (0..<30).map { "\($0),\($0 % 7)\n" }.joined()
    let table = try table("x,y\n" + rows, name: "t.csv")
    #expect(try TableSchema(table, target: 1).columns[0].role == .feature)
    // And so is what somebody says is one.
    let more = (0..<30).map { "\($0),\($0 % 3),\($0 % 7)\n" }.joined()
    let choices = ColumnChoices(kinds: [.init(column: "x", kind: .numeric)])
    let chosen = try TableSchema(
      try Tables.Table(reading: source("x,z,y\n" + more)), target: 2, choices: choices)
    #expect(chosen.columns[0].role == .feature)
  }

  private func table(_ text: String, name: String) throws -> Table {
    try Tables.Table(reading: source(text, name: name))
  }

  @Test func keysAndCodesGetARemark() throws {
    let rows = (0..<60).map {
      "\($0 * 37 % 61 + 100),\([10_115, 20_095, 80_331][$0 % 3]),\($0 % 2)\n"
    }.joined()
    let table = try table("customer_id,zip,y\n" + rows, name: "t.csv")
    #expect(
      try table.remarks(target: 2).map(\.remark) == [.keys, .codes(distinctCount: 3)])
    let salaries = (0..<60).map { "\(30_000 + 5000 * ($0 % 4)),\($0 % 2)\n" }.joined()
    let plain = try Tables.Table(reading: source("salary,y\n" + salaries))
    #expect(try plain.remarks(target: 1).isEmpty)
  }

  // MARK: Missing values

  private func levels(
    _ missingRows: Int, _ choices: ColumnChoices = ColumnChoices(),
    _ missing: MissingValuePolicy = .mean
  ) throws -> (levels: [String], replacement: String?) {
    let rows = (0..<100).map {
      "\($0 < missingRows ? "" : ["a", "b", "b"][$0 % 3]),\($0 * 7 % 13).5,\($0 % 2)\n"
    }.joined()
    let preprocessor = try TablePreprocessor(
      fitting: try table("c,x,y\n" + rows, name: "t.csv"), target: 2, choices: choices,
      missing: missing)
    guard case .categorical(let levels, let replacement) = preprocessor.inputs[0].kind else {
      return ([], nil)
    }
    return (levels, replacement.map { levels[$0] })
  }

  @Test func missingTextsAreACategoryWhereTheyAreMany() throws {
    #expect(try levels(3).levels == ["", "a", "b"])
    #expect(try levels(3).replacement == "")
    #expect(try levels(2).levels == ["a", "b"])
    #expect(try levels(2).replacement == "b")
    #expect(try levels(3, ColumnChoices(missingCategories: .mostFrequent)).replacement == "b")
    #expect(try levels(0, ColumnChoices(missingCategories: .category)).replacement == "")
    #expect(try levels(3, ColumnChoices(), .median).replacement == "")
    #expect(try levels(3, ColumnChoices(), .mostFrequent).replacement == "b")
    #expect(try levels(3, ColumnChoices(missingCategories: .category), .error).replacement == "")
    #expect(message { try levels(3, ColumnChoices(missingCategories: .error)) }.contains("empty"))
    #expect(try levels(3, ColumnChoices(missingCategories: .drop)).replacement == nil)
  }

  @Test func aConstantIsKeptForColumnsThatAreComplete() throws {
    #expect(try levels(0, ColumnChoices(), .constant("0")).replacement == "0")
    #expect(try levels(0, ColumnChoices(), .constant("0")).levels == ["0", "a", "b"])
    #expect(try levels(0, ColumnChoices(), .constant("a")).levels == ["a", "b"])
    #expect(try levels(4, ColumnChoices(), .constant("0")).levels == ["0", "a", "b"])
  }

  @Test func anIndicatorSaysWhereNumbersAreMissing() throws {
    let text = "a,b,y\n1,2,p\n,3,q\n5,4,p\n"
    let table = try table(text, name: "t.csv")
    let preprocessor = try TablePreprocessor(
      fitting: table, target: 2, choices: ColumnChoices(indicatesMissing: true), missing: .mean)
    #expect(preprocessor.featureNames == ["a", "a=(missing)", "b"])
    let features = try preprocessor.transform(table).dense
    #expect((0..<3).map { features[$0, 1] } == [0, 1, 0])
    let lines = text.split(separator: "\n")
    for row in 0..<3 {
      let batch = try #require(
        try batches("\(lines[0])\n\(lines[row + 1])\n", .table(preprocessor)).first)
      #expect(batch.features.dense.row(0) == features.row(row))
    }
  }
}
