import LinearAlgebra
import Testing

@testable import Tables

private typealias Choice = ColumnChoices.Choice

/// Twenty-five rows with a column of each sort; the header says which.
private let sorts: String = {
  var lines = ["name,constant,one,empty,number,colour,when,y"]
  for row in 0..<25 {
    lines.append(
      "n\(row),7,only,,\(row * 7 % 25),\(["red", "blue"][row % 2]),2024-01-\(row + 10 > 28 ? 28 : row + 10),"
        + "\(row % 2)")
  }
  return lines.joined(separator: "\n") + "\n"
}()

private func fit(
  _ text: String, target: Int? = nil, _ choices: ColumnChoices = ColumnChoices(),
  missing: MissingValuePolicy = .error, options: TextOptions = TextOptions()
) throws -> TablePreprocessor {
  try TablePreprocessor(
    fitting: Table(reading: source(text), options: options), target: target, choices: choices,
    scaling: .none, missing: missing)
}

@Suite struct ColumnChoicesTests {
  @Test func columnsThatSayNothingAreLeftOut() throws {
    let choices = ColumnChoices(kinds: [Choice(column: "when", kind: .ignore)])
    let preprocessor = try fit(sorts, target: 7, choices)
    #expect(preprocessor.featureNames == ["number", "colour=blue", "colour=red"])
    #expect(
      preprocessor.unused == [
        UnusedColumn(name: "name", position: 0, reason: .mostlyDistinct),
        UnusedColumn(name: "constant", position: 1, reason: .constant),
        UnusedColumn(name: "one", position: 2, reason: .constant),
        UnusedColumn(name: "empty", position: 3, reason: .empty),
        UnusedColumn(name: "when", position: 6, reason: .ignored),
      ])
    #expect(preprocessor.columnCount == 8)
    #expect(preprocessor.inputPositions == [4, 5])
  }

  @Test func whatTheUserSaysComesFirst() throws {
    let choices = ColumnChoices(
      kinds: [
        Choice(column: "name", kind: .category), Choice(column: "constant", kind: .numeric),
        Choice(column: "when", kind: .category), Choice(column: "5", kind: .category),
      ], identifiers: ["colour"])
    let preprocessor = try fit(sorts, target: 7, choices)
    #expect(preprocessor.inputs.map(\.name) == ["name", "constant", "number", "when"])
    #expect(preprocessor.identifiers == ["colour"])
    guard case .categorical(let levels, _) = preprocessor.inputs[2].kind else {
      Issue.record("number is no category")
      return
    }
    #expect(levels.prefix(4) == ["0", "1", "10", "11"])
  }

  @Test func textsAreMostlyDifferentFromAThreshold() throws {
    func reason(_ levels: Int, of rows: Int) throws -> UnusedReason? {
      let column = TableColumn(name: "c", texts: (0..<rows).map { "n\($0 % levels)" })
      let x = TableColumn(name: "x", numbers: (0..<rows).map { Double($0 * $0 % 7) })
      return try TablePreprocessor(fitting: Table(columns: [x, column]), target: nil)
        .unused.first?.reason
    }
    #expect(try reason(20, of: 20) == nil)
    #expect(try reason(21, of: 21) == .mostlyDistinct)
    #expect(try reason(21, of: 41) == .mostlyDistinct)
    #expect(try reason(21, of: 42) == nil)
  }

  @Test func datesAndTimesAreRecognised() throws {
    #expect(
      try fit(sorts, target: 7).featureNames.filter { $0.hasPrefix("when") }
        == ["when.weekday", "when.day"])
    for text in [
      "2024-01-31", "31.12.2024", "1/2/24", "12/31/2024", "2024/1/5", "12:30", "9:05:59",
      "2024-01-31T12:30:00Z", "2024-01-31 12:30:00.123", "2024-01-31T12:30:00+02:00", "9:30 AM",
    ] {
      #expect(DateText.recognize([text]) != .none, "\(text)")
    }
    for text in [
      "", "2024", "1.2.3", "192.168.0.1", "12-30", "1-2-3-4", "2024-01", "a2024-01-31", "12:",
      "2024-01-31x", "2024-01-31 noon", "1:2:3:4", "555-1234", "2024.01/31", "12:30.",
    ] {
      // What nearly is one is an exception in a column of dates, and no date itself.
      if case .exception = DateText.recognize([text]) { continue }
      #expect(DateText.recognize([text]) == .none, "\(text)")
    }
  }

  @Test func choicesThatCannotBeAreErrors() {
    let cases: [(ColumnChoices, String)] = [
      (
        ColumnChoices(kinds: [Choice(column: "colur", kind: .ignore)]),
        "iris.csv:1:1: no column named \"colur\"; columns are name, constant, one, empty, number, "
          + "colour, when, y. Did you mean \"colour\"?"
      ),
      (
        ColumnChoices(identifiers: ["9"]), "iris.csv:1:1: no column 9; the table has 8 columns"
      ),
      (
        ColumnChoices(kinds: [Choice(column: "y", kind: .ignore)]),
        "iris.csv: the column \"y\" is the target, and can neither be left out nor identify rows"
      ),
      (
        ColumnChoices(identifiers: ["y"]),
        "iris.csv: the column \"y\" is the target, and can neither be left out nor identify rows"
      ),
      (
        ColumnChoices(kinds: [
          Choice(column: "one", kind: .ignore), Choice(column: "3", kind: .category),
        ]), "iris.csv: the column \"one\" is used in two ways"
      ),
      (
        ColumnChoices(kinds: [Choice(column: "one", kind: .ignore)], identifiers: ["one"]),
        "iris.csv: the column \"one\" is used in two ways"
      ),
      (
        ColumnChoices(kinds: [
          Choice(column: "colour", kind: .numeric), Choice(column: "when", kind: .ignore),
        ]),
        "iris.csv:2:14: field 6 (colour) is \"red\"; expected a decimal number such as 1.4"
      ),
      (
        ColumnChoices(
          kinds: ["number", "colour", "when"].map { Choice(column: $0, kind: .ignore) }),
        "iris.csv: none of 8 columns is left to learn from; a model needs at least one feature"
      ),
    ]
    for (choices, expected) in cases {
      #expect(message { try fit(sorts, target: 7, choices) } == expected)
    }
  }

  @Test func theTargetIsTheLastColumnThatIsLeft() throws {
    let table = try table(sorts)
    #expect(try table.targetIndex(nil, ColumnChoices()) == 7)
    #expect(
      try table.targetIndex(
        nil,
        ColumnChoices(kinds: [Choice(column: "when", kind: .ignore)], identifiers: ["y"])) == 5)
    #expect(try table.targetIndex("3", ColumnChoices()) == 2)
  }

  @Test func aColumnInErrorMayBeLeftOut() throws {
    let rows = (0..<40).map { "\($0),\($0)\n" }.joined()
    let text = "x,z\n" + rows + "7,oops\n8,inf\n"
    #expect(
      message { try fit(text) }
        == "iris.csv:42:3: field 2 (z) is \"oops\"; expected a decimal number such as 1.4")
    let without = ColumnChoices(kinds: [Choice(column: "z", kind: .ignore)])
    #expect(try fit(text, without).featureNames == ["x"])
    let asCategory = ColumnChoices(kinds: [Choice(column: "z", kind: .category)])
    #expect(try fit(text, asCategory).featureCount == 43)
  }

  @Test func schemasTellWhatColumnsHoldAndBecome() throws {
    let schema = try TableSchema(
      table(sorts), target: 7, choices: ColumnChoices(identifiers: ["name"]))
    #expect(schema.hasHeader)
    #expect(
      schema.columns.map(\.role) == [
        .unused(.identifier), .unused(.constant), .unused(.constant), .unused(.empty), .feature,
        .feature, .feature, .target,
      ])
    #expect(
      schema.columns.map(\.content.rawValue) == [
        "category", "number", "category", "nothing", "number", "category", "date", "number",
      ])
    #expect(schema.columns.map(\.distinctCount) == [25, 1, 1, 0, 25, 2, 19, 2])
    #expect(schema.columns.map(\.missingCount) == [0, 0, 0, 25, 0, 0, 0, 0])
    #expect(schema.columns[4].range == 0...24)
    #expect(schema.columns[5].levels == ["blue", "red"])
    #expect(schema.columns.allSatisfy { $0.problem == nil })
  }
}

@Suite struct ImputationTests {
  private let gaps = "x,c,y\n1,b,0\n2,a,0\n9,,0\n,a,0\n"

  @Test func mediansAreInTheMiddle() throws {
    #expect(
      try fit(gaps, target: 2, missing: .median).inputs.map(\.kind) == [
        .numeric(replacement: 2), .categorical(levels: ["", "a", "b"], replacement: 0),
      ])
    let even = try fit("x,y\n1,0\n4,0\n,1\n1.7e308,1\n1.7e308,1\n", target: 1, missing: .median)
    #expect(even.inputs[0].kind == .numeric(replacement: 4 / 2 + 1.7e308 / 2))
  }

  @Test func constantsAreNumbersOrLevels() throws {
    #expect(
      try fit(gaps, target: 2, missing: .constant("-1")).inputs.map(\.kind) == [
        .numeric(replacement: -1), .categorical(levels: ["-1", "a", "b"], replacement: 0),
      ])
    #expect(
      message { try fit(gaps, target: 2, missing: .constant("none")) }
        == "iris.csv: field 1 (x) has missing values, which cannot become \"none\"; "
        + "expected a decimal number such as 1.4")
    // A column of numbers without gaps needs no number, and refuses gaps that come later.
    let later = try fit("x,c,y\n1,b,0\n2,,0\n", target: 2, missing: .constant("none"))
    #expect(
      later.inputs.map(\.kind) == [
        .numeric(replacement: nil), .categorical(levels: ["b", "none"], replacement: 1),
      ])
    #expect(try batches("x,c\n3,\n", .table(later))[0].features.dense.row(0) == [3, 0, 1])
    #expect(
      message { try batches("x,c\n3,b\n,b\n", .table(later)) }
        == "new.csv:3:1: field 1 (x) is empty; every feature needs a finite number")
  }

  @Test func policiesAreWords() {
    for policy in MissingValuePolicy.allCases + [.constant("x=y"), .constant("0")] {
      #expect(MissingValuePolicy(rawValue: policy.rawValue) == policy)
    }
    for word in ["", "constant", "constant=", "Mean", "mode"] {
      #expect(MissingValuePolicy(rawValue: word) == nil)
    }
  }

  @Test func columnsThatAreLeftOutDropNoRows() throws {
    let text = "id,note,x,y\na,,1,0\nb,,2,1\n,,3,0\nd,,,1\n"
    let preprocessor = try fit(
      text, target: 3, ColumnChoices(identifiers: ["id"]), missing: .drop)
    #expect(preprocessor.unused.map(\.reason) == [.identifier, .empty])
    #expect(try preprocessor.usableRows(of: table(text)) == [0, 1, 2])
    #expect(try batches(text, .table(preprocessor))[0].skippedRows == [3])
  }
}

@Suite struct UnseenCategoryTests {
  @Test func areIgnoredWhenAsked() throws {
    let text = "c,x\nred,1\nblue,2\n"
    let strict = try fit(text)
    let lenient = strict.replacing(unseen: .ignore)
    let new = "c,x\nred,1\ngreen,2\n"
    #expect(try batches(new, .table(lenient))[0].features.dense.row(1) == [0, 0, 2])
    #expect(try lenient.transform(table(new)).dense.row(1) == [0, 0, 2])
    let expected =
      "new.csv:3:1: field 1 (c) is \"green\", which did not occur in training; known are blue, red"
    #expect(message { try batches(new, .table(strict)) } == expected)
    #expect(
      message { try strict.transform(table(new, name: "new.csv")) } == expected)
    #expect(lenient.replacing(unseen: .error) == strict)
  }

  @Test func numbersNameTheLevelOfTheirValue() throws {
    let category = ColumnChoices(kinds: [Choice(column: "floor", kind: .category)])
    let preprocessor = try fit("floor,x\n1,1\n2,2\n10,3\n", category)
    #expect(preprocessor.featureNames == ["floor=1", "floor=10", "floor=2", "x"])
    let new = "floor,x\n2.0,1\n1e1,2\n+1,3\n"
    let streamed = try batches(new, .table(preprocessor))[0].features.dense
    #expect(streamed == (try Matrix(rows: [[0, 0, 1, 1], [0, 1, 0, 2], [1, 0, 0, 3]])))
    #expect(try preprocessor.transform(table(new)).dense == streamed)
  }
}

@Suite struct LayoutTests {
  private func preprocessor(header: HeaderMode) throws -> TablePreprocessor {
    let text = (header == .yes ? "id,a,y,drop,b\n" : "") + "p,1,0,9,2\nq,3,1,9,4\n"
    let choices = ColumnChoices(
      kinds: [Choice(column: "4", kind: .ignore)], identifiers: ["1"])
    return try fit(text, target: 2, choices, options: TextOptions(header: header))
  }

  @Test func columnsKeepTheirPlacesWithoutAHeader() throws {
    let model = try preprocessor(header: .no)
    let whole = try batches("r,5,0,9,6\n", .table(model), kept: .identifiers)
    #expect(whole[0].features.dense.row(0) == [5, 6])
    #expect(String(decoding: whole[0].keptFields(0), as: UTF8.self) == "r")
    // Without the target.
    let without = try batches("r,5,9,6\n", .table(model), kept: .identifiers)
    #expect(without[0].features.dense.row(0) == [5, 6])
    #expect(String(decoding: without[0].keptFields(0), as: UTF8.self) == "r")
    #expect(
      message { try batches("5,6\n7,8\n", .table(model)) }
        == "new.csv:1:1: record has 2 fields, but model iris.model was trained on 5 columns, "
        + "of which only the target may be absent")
  }

  @Test func identifiersAreKeptWhereTheyAre() throws {
    let model = try preprocessor(header: .yes)
    var reader = try BatchReader(
      source("b,id,a\n6,r,5\n", name: "new.csv"), preprocessor: .table(model),
      wishes: StreamWishes(kept: .identifiers))
    #expect(reader.keptNames == ["id"])
    #expect(try reader.next()?.features.dense.row(0) == [5, 6])
    let absent = try BatchReader(
      source("b,a\n6,5\n", name: "new.csv"), preprocessor: .table(model),
      wishes: StreamWishes(kept: .identifiers))
    #expect(absent.keptNames.isEmpty)
  }
}

@Suite struct SparseFeaturesTests {
  @Test func longOneHotTablesStaySparse() throws {
    let rows = (0..<100).map { "\($0 % 12),k\($0 % 12),\(Double($0) / 8),\($0 % 2)\n" }.joined()
    let table = try table("k,c,x,y\n" + rows)
    for scaling in Scaling.allCases {
      let preprocessor = try TablePreprocessor(fitting: table, target: 3, scaling: scaling)
      #expect(preprocessor.featureCount == 14)
      #expect(preprocessor.isSparse)
      guard case .sparse(let sparse) = try preprocessor.transform(table) else {
        Issue.record("the features are dense")
        return
      }
      // The stream makes the same features, densely.
      let streamed = try batches("k,c,x,y\n" + rows, .table(preprocessor))
      #expect(sparse.dense == streamed[0].features.dense)
      #expect(sparse.storedCount <= 300)
    }
  }

  @Test func fewIndicatorsAreStoredDensely() throws {
    let found = try fit("x,c\n1,a\n2,b\n3,c\n")
    #expect(!found.isSparse)
  }
}

@Suite struct FieldRulesTests {
  private func numbers(_ text: String, _ options: TextOptions = TextOptions()) throws -> [Double]? {
    let table = try Table(reading: source(text), options: options)
    guard case .numbers(let numbers) = table.columns[0].values else { return nil }
    return numbers
  }

  @Test func decimalCommasAreRecognisedWhereTheyCanBe() throws {
    #expect(try numbers("a;b\n1,5;x\n-2,25e1;y\n") == [1.5, -22.5])
    #expect(try numbers("a\tb\n0,125\tx\n7\ty\n") == [0.125, 7])
    // A number with a point speaks against it; so does what could be thousands; a comma that
    // separates fields is never a decimal mark.
    #expect(try numbers("a;b\n1,5;2.5\n2,5;3.5\n") == nil)
    #expect(try numbers("a;b\n1,234;x\n5,678;y\n") == nil)
    #expect(try numbers("a,b\n\"1,5\",x\n\"2,5\",y\n") == nil)
  }

  @Test func theUserMaySayWhatTheDecimalMarkIs() throws {
    #expect(try numbers("a;b\n1,234;x\n5,678;y\n", TextOptions(decimal: .comma)) == [1.234, 5.678])
    #expect(try numbers("a,b\n\"1,5\",x\n\"2\",y\n", TextOptions(decimal: .comma)) == [1.5, 2])
    #expect(try numbers("a;b\n1,5;x\n2,5;y\n", TextOptions(decimal: .point)) == nil)
    // Points that separate thousands are read beside decimal commas.
    #expect(try numbers("a;b\n1.234,5;x\n2,5;y\n") == [1234.5, 2.5])
    #expect(
      message {
        try fit(
          "a;b\n1.5;2,5\n3,5;4,5\n", ColumnChoices(kinds: [Choice(column: "a", kind: .numeric)]),
          options: TextOptions(decimal: .comma))
      } == "iris.csv:2:1: field 1 (a) is \"1.5\"; expected a decimal number such as 1,4")
  }

  @Test(arguments: [1, 3, 1000])
  func markersOfTheUserAreMissingValues(_ chunk: Int) throws {
    let options = TextOptions(missingMarkers: ["-", "-999", "n/k"])
    let text = "a,b\n1,x\n-,y\n-999,n/k\n-999.0,-\n2,x\n"
    let table = try Table(reading: source(text, chunk: chunk), options: options)
    #expect(table.columns.map(\.missingCount) == [3, 2])
    let preprocessor = try TablePreprocessor(
      fitting: table, target: nil, scaling: .none, missing: .constant("0"))
    #expect(preprocessor.missingMarkers == ["-", "-999", "n/k"])
    // The model knows them.
    let features = try batches("a,b\n-,n/k\n-999,y\n", .table(preprocessor))[0].features.dense
    #expect(features == (try Matrix(rows: [[0, 1, 0, 0], [0, 0, 0, 1]])))
  }

  @Test func decimalCommasAreReadInStreams() throws {
    let preprocessor = try fit("a;b\n1,5;x\n2,5;y\n")
    let features = try batches("a;b\n3,5;y\n", .table(preprocessor))[0].features.dense
    #expect(features.row(0) == [3.5, 0, 1])
  }
}
