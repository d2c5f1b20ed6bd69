// Whole weights are repetitions: what is learned from a table with a column of weights is what is
// learned from the table in which each row stands as often as its weight says.

import LinearAlgebra
import Testing

@testable import Tables

/// A table with weights, and the same table with repeated rows.
private struct Pair {
  var weighted = "w,size,gap,colour,mixed,note,y\n"
  var expanded = "w,size,gap,colour,mixed,note,y\n"
  var weights: [Int] = []

  /// - Parameters:
  ///   - rows: How many rows the weighted table has.
  ///   - unit: What the weights are multiples of.
  ///   - seed: Decides the values.
  init(rows: Int, unit: Double = 1, seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let words = ["red", "green", "blue", "stone", "tree", "sky"]
    for row in 0..<rows {
      let weight = Int.random(in: 0...3, using: &random)
      weights.append(weight)
      // Rows of weight 0 hold values of their own: categories, words, a class, texts among numbers.
      let isOut = weight == 0
      var fields = [String(Double.random(in: -5...20, using: &random))]
      fields.append(
        Double.random(in: 0...1, using: &random) < 0.2
          ? "" : String(Int.random(in: 0...6, using: &random)))
      fields.append(isOut ? "odd \(row)" : ["a", "b", "c", ""].randomElement(using: &random) ?? "")
      fields.append(isOut ? "none \(row)" : String(Int.random(in: 1...40, using: &random)))
      let count = Int.random(in: 0...4, using: &random)
      fields.append(
        (0..<count).map { _ in words.randomElement(using: &random) ?? "" }.joined(separator: " ")
          + (isOut ? " secret" : ""))
      fields.append(isOut ? "other" : row % 2 == 0 ? "yes" : "no")
      weighted += ([String(Double(weight) * unit)] + fields).joined(separator: ",") + "\n"
      for _ in 0..<weight { expanded += (["1"] + fields).joined(separator: ",") + "\n" }
    }
  }

  /// The rows of the expanded table that the weighted rows without zeros stand for, the first each.
  var firstCopies: [Int] {
    var (next, found): (Int, [Int]) = (0, [])
    for weight in weights where weight > 0 {
      found.append(next)
      next += weight
    }
    return found
  }
}

private func choices(
  weight: String? = "w", texts: TextVectorizer.Options = TextVectorizer.Options()
) -> ColumnChoices {
  ColumnChoices(
    kinds: [.init(column: "note", kind: .text)]
      + (weight == nil ? [.init(column: "w", kind: .ignore)] : []), weight: weight,
    textOptions: texts)
}

private func isClose(_ left: Double, _ right: Double) -> Bool {
  abs(left - right) <= 1e-12 * max(1, abs(left), abs(right))
}

/// What a preprocessor learned, as numbers.
private func numbers(_ preprocessor: TablePreprocessor) -> [Double] {
  var found = preprocessor.scaler.offsets + preprocessor.scaler.factors
  for input in preprocessor.inputs {
    switch input.kind {
    case .numeric(let replacement): found.append(replacement ?? -1)
    case .categorical(_, let replacement): found.append(Double(replacement ?? -1))
    case .text(let vectorizer): found += vectorizer.inverseDocumentFrequencies
    case .date(let column): found += column.replacement ?? []
    }
  }
  return found
}

@Suite struct TableWeightsTests {
  @Test(arguments: [MissingValuePolicy.mean, .median, .mostFrequent, .drop], Scaling.allCases)
  func wholeWeightsAreRepetitions(_ missing: MissingValuePolicy, _ scaling: Scaling) throws {
    for seed in 0..<6 as Range<UInt64> {
      let pair = Pair(rows: 60, seed: seed)
      for texts in [
        TextVectorizer.Options(minimumTextCount: 2, maximumTermCount: 4),
        TextVectorizer.Options(bucketCount: 16),
      ] {
        let weighted = try TablePreprocessor(
          fitting: table(pair.weighted), target: 6, choices: choices(texts: texts),
          scaling: scaling, missing: missing)
        let expanded = try TablePreprocessor(
          fitting: table(pair.expanded), target: 6, choices: choices(weight: nil, texts: texts),
          scaling: scaling, missing: missing)
        #expect(weighted.featureNames == expanded.featureNames, "seed \(seed)")
        let (left, right) = (numbers(weighted), numbers(expanded))
        #expect(left.count == right.count, "seed \(seed)")
        #expect(zip(left, right).allSatisfy(isClose), "seed \(seed)")

        let (used, weights) = try table(pair.weighted).weighted(by: choices())
        #expect(weights == pair.weights.filter { $0 > 0 }.map(Double.init), "seed \(seed)")
        let usable = try weighted.usableRows(of: used)
        let copies = pair.firstCopies
        let features = try weighted.transform(used, rows: usable).dense
        let repeated = try expanded.transform(table(pair.expanded), rows: usable.map { copies[$0] })
          .dense
        #expect(zip(features.elements, repeated.elements).allSatisfy(isClose), "seed \(seed)")
      }
    }
  }

  @Test func theUnitOfWeightsMattersToRarityAlone() throws {
    for (unit, seed) in [(0.1, 1), (1e-300, 2), (1e300, 3)] as [(Double, UInt64)] {
      let pair = Pair(rows: 40, unit: unit, seed: seed)
      let plain = choices(texts: TextVectorizer.Options(weighsRarity: false))
      var bare = plain
      bare.weight = nil
      bare.kinds.append(.init(column: "w", kind: .ignore))
      let weighted = try TablePreprocessor(
        fitting: table(pair.weighted), target: 6, choices: plain, missing: .mean)
      let expanded = try TablePreprocessor(
        fitting: table(pair.expanded), target: 6, choices: bare, missing: .mean)
      #expect(zip(numbers(weighted), numbers(expanded)).allSatisfy(isClose), "unit \(unit)")
      #expect(weighted.featureNames == expanded.featureNames, "unit \(unit)")
    }
  }

  @Test func equalWeightsOfOneChangeNoBit() throws {
    let pair = Pair(rows: 50, seed: 9)
    let ones = try table(pair.expanded)
    let weighted = try TablePreprocessor(
      fitting: ones, target: 6, choices: choices(), missing: .median)
    let plain = try TablePreprocessor(
      fitting: ones, target: 6, choices: choices(weight: nil), missing: .median)
    #expect(weighted.inputs == plain.inputs)
    #expect(weighted.scaler == plain.scaler)
  }

  @Test(arguments: [1, 2, 5]) func rarityDoesNotDependOnThreads(_ threads: Int) throws {
    var random = SeededGenerator(seed: 4)
    var text = "w,note,x\n"
    for row in 0..<3000 {
      let words = (0..<5).map { _ in "t\(Int.random(in: 0..<200, using: &random))" }
      text += "\(Double.random(in: 0...1, using: &random)),\(words.joined(separator: " ")),\(row)\n"
    }
    let table = try table(text)
    for options in [TextVectorizer.Options(), TextVectorizer.Options(bucketCount: 64)] {
      let found = try TablePreprocessor.fitted(
        to: table, nil, choices(texts: options), FeatureFitting(threads: threads))
      let one = try TablePreprocessor.fitted(
        to: table, nil, choices(texts: options), FeatureFitting(threads: 1))
      #expect(found == one)
    }
  }

  @Test func fractionalWeightsKeepEveryTerm() throws {
    let found = try TablePreprocessor(
      fitting: table("w,note,x\n0.25,red,1\n0.5,blue,2\n0,green,3\n"), target: nil,
      choices: choices())
    #expect(found.featureNames == ["note:blue", "note:red", "x"])
  }

  @Test func theMedianIsThatOfRepeatedNumbers() throws {
    let cases: [(String, Double)] = [
      ("1,1 1,2 1,3 1,4", 2.5), ("2,1 1,5 1,7", 3), ("3,1 1,9", 1), ("1,1 2,5 1,9", 5),
      ("0.5,1 0.25,2 0.25,4", 1.5), ("0.3,1 0.2,2 0.1,4", 1.5), ("1,8", 8), ("0,1 5,3 0,9", 3),
    ]
    for (rows, expected) in cases {
      let text = "w,x,z\n1e-9,,0\n" + rows.split(separator: " ").map { "\($0),1\n" }.joined()
      let found = try TablePreprocessor(
        fitting: table(text, header: .yes), target: nil,
        choices: ColumnChoices(
          kinds: ["x", "z"].map { .init(column: $0, kind: .numeric) }, weight: "w"),
        missing: .median)
      #expect(found.inputs[0].kind == .numeric(replacement: expected), "\(rows)")
    }
  }

  @Test func rowsOfWeightZeroAreNotThere() throws {
    let text = "w,x,c,n,y\n0,1e999,z,oops,?\n1,2,a,1,p\n2,4,b,2,q\n0,7,,3,r\n"
    let whole = try table(text)
    let choices = ColumnChoices(weight: "w")
    let (used, weights) = try whole.weighted(by: choices)
    #expect(weights == [1, 2])
    #expect(used.rowCount == 2 && used.fileRows == [1, 2])
    #expect(used.columns[2].values == .categories(levels: ["a", "b"], codes: [0, 1]))
    // The text and the number that is too large were in a row that does not count.
    #expect(used.columns[3].values == .numbers([1, 2]))
    let fitted = try TablePreprocessor(fitting: whole, target: 4, choices: choices)
    #expect(fitted.featureNames == ["x", "c=a", "c=b", "n"])
    #expect(fitted.weight == "w")
    #expect(fitted.unused == [UnusedColumn(name: "w", position: 0, reason: .weight)])
    // Rows are those of the table that is given.
    let some = try TablePreprocessor(
      fitting: whole, target: 4, choices: choices, scaling: .minmax, rows: [0, 1, 3])
    #expect(some.scaler.offsets[0] == 2)
    #expect(try fitted.weighted(whole).weights == [1, 2])
    // Twice is once.
    #expect(try used.weighted(by: choices).table.fileRows == [1, 2])
  }

  @Test func messagesNameTheRowsOfTheFile() {
    func fit(_ text: String) throws -> TablePreprocessor {
      try TablePreprocessor(
        fitting: table(text), target: 2, choices: ColumnChoices(weight: "w"))
    }
    #expect(
      message { try fit("w,x,y\n0,,a\n1,1,b\n1,,a\n1,2,b\n") }
        == "iris.csv:4:1: field 2 (x) is empty; every feature needs a finite number")
    #expect(
      message { try fit("w,x,y\n1,,a\n1,1,b\n0,,a\n1,2,b\n") }
        == "iris.csv:2:3: field 2 (x) is empty; every feature needs a finite number")
    #expect(
      message { try fit("w,x,y\n0,1e999,a\n1,1e999,b\n1,3,a\n") }
        == "iris.csv:3:1: field 2 (x) is \"inf\"; every feature needs a finite number")
    let many = (0..<40).map { "1,\($0),a\n" }.joined()
    #expect(
      message { try fit("w,x,y\n0,abc,a\n\(many)1,1.2.3,b\n") }
        == "iris.csv:43:3: field 2 (x) is \"1.2.3\"; expected a decimal number such as 1.4")
  }

  @Test func wrongWeightsAreNamed() {
    func fit(_ text: String, weight: String = "w") throws -> TablePreprocessor {
      try TablePreprocessor(
        fitting: table(text), target: nil, choices: ColumnChoices(weight: weight))
    }
    let end = "; every row needs a weight, a finite number that is not negative"
    let cases: [(String, String)] = [
      ("x,w\n1,1\n22,-0.5\n3,-2\n", "iris.csv:3:4: field 2 (w) is \"-0.5\"" + end),
      ("x,w\n1,-1e3\n22,0.5\n", "iris.csv:2:3: field 2 (w) is \"-1e3\"" + end),
      ("x,w\n1,1\n22,\n3,-2\n", "iris.csv:3:4: field 2 (w) is empty" + end),
      ("x,w\n1,1\n22,NA\n", "iris.csv:3:4: field 2 (w) is \"NA\"" + end),
      ("x,w\n1,1\n22,inf\n", "iris.csv:3:4: field 2 (w) is \"inf\"" + end),
      ("x,w\n1,1\n22,heavy\n", "iris.csv:3:4: field 2 (w) is \"heavy\"" + end),
      (
        "x,w\n1,0\n22,0\n",
        "iris.csv: field 2 (w) is 0 in every row; at least one row needs a weight greater than 0"
      ),
      (
        "x,w\n1,1e308\n22,1e308\n",
        "iris.csv: the weights of field 2 (w) are too large to be added; "
          + "divide them by a constant, and multiply C by it"
      ),
    ]
    for (text, expected) in cases { #expect(message { try fit(text) } == expected) }
    #expect(
      message { try fit("x,w\n1,2\n", weight: "v") }
        == "iris.csv:1:1: no column named \"v\"; columns are x, w")
    #expect(
      message {
        let made = try Tables.Table(columns: [
          TableColumn(name: "x", numbers: [1, 2]), TableColumn(name: "w", numbers: [1, -2]),
        ])
        return try made.weighted(by: ColumnChoices(weight: "w"))
      } == "table:2:2: field 2 (w) is \"-2\"" + end)
  }

  @Test func negativeWeightsAreFoundInLongFiles() {
    // Parts of the file are read on several threads.
    var text = "x,w\n"
    for row in 0..<50_000 { text += "\(row),\(row == 43_210 ? "-1" : row > 48_000 ? "-2" : "1")\n" }
    for threads in [1, 3] {
      #expect(
        message {
          let table = try Table(
            reading: source(text),
            options: TextOptions(threads: threads))
          return try table.weighted(by: ColumnChoices(weight: "w"))
        } == "iris.csv:43212:7: field 2 (w) is \"-1\"; every row needs a weight, "
          + "a finite number that is not negative")
    }
  }

  @Test func aColumnIsTakenForOneThing() {
    let table = try? table("a,b,y\n1,2,3\n4,5,6\n")
    let cases: [(ColumnChoices, String)] = [
      (ColumnChoices(identifiers: ["a"], weight: "a"), "a"),
      (ColumnChoices(kinds: [.init(column: "a", kind: .numeric)], weight: "1"), "a"),
      (ColumnChoices(weight: "a", group: "a"), "a"),
      (ColumnChoices(weight: "y"), "y"), (ColumnChoices(group: "y"), "y"),
      (ColumnChoices(identifiers: ["b"], group: "b"), "b"),
    ]
    for (choices, column) in cases {
      #expect(throws: TableError(.chosenTwice(file: "iris.csv", column: column))) {
        try TablePreprocessor(fitting: #require(table), target: 2, choices: choices)
      }
    }
  }

  @Test func weightsAndGroupsHaveRoles() throws {
    let table = try table("x,g,y,w\n1,p,a,0\n2,q,b,1\n3,p,a,2\n4,,b,0\n")
    let choices = ColumnChoices(weight: "w", group: "g")
    #expect(try table.targetIndex(nil, choices) == 2)
    let schema = try TableSchema(table, target: 2, choices: choices)
    #expect(
      schema.columns.map(\.role) == [.feature, .unused(.group), .target, .unused(.weight)])
    let selected = try table.selection(
      ChosenColumns(target: nil, hasTarget: true, choices: choices), missing: .error)
    #expect(selected.data.rowCount == 2 && selected.zeroWeightRowCount == 2)
    #expect(schema.columns[0].range == 2...3)
    #expect(schema.columns[1].levels == ["p", "q"] && schema.columns[1].missingCount == 0)
    let (used, _) = try table.weighted(by: choices)
    #expect(try used.groups(by: choices, rows: [0, 1]) == [1, 0])
    #expect(try used.groups(by: ColumnChoices(), rows: [0, 1]) == nil)
    #expect(
      message { try table.groups(by: choices, rows: [0, 3]) }
        == "iris.csv:5:3: field 2 (g) is empty; every row needs a group")
    let fitted = try TablePreprocessor(fitting: table, target: 2, choices: choices)
    #expect(fitted.unused.map(\.reason) == [.group, .weight])
  }
}

@Suite struct WeightedBatchTests {
  private func fitted(header: HeaderMode = .auto) throws -> TablePreprocessor {
    let text = "w,x,y,g\n1,1,a,p\n2,2,b,q\n0,9,c,q\n1,4,a,p\n"
    return try TablePreprocessor(
      fitting: table(header == .no ? String(text.dropFirst(8)) : text, header: header), target: 2,
      choices: header == .no
        ? ColumnChoices(weight: "1", group: "4") : ColumnChoices(weight: "w", group: "g"),
      scaling: .none)
  }

  private func read(
    _ text: String, weight: String? = nil, target: TargetUse = .ignored, batchSize: Int = 8192
  ) throws -> (batches: [FeatureBatch], zeros: Int) {
    var reader = try BatchReader(
      source(text, name: "new.csv"), preprocessor: .table(fitted()),
      wishes: StreamWishes(target: target, weight: weight), batchSize: batchSize)
    var found: [FeatureBatch] = []
    while let batch = try reader.next() { found.append(batch) }
    return (found, reader.zeroWeightRowCount)
  }

  @Test func predictionsNeedNoWeights() throws {
    let plain = try read("x\n1\n9\n").batches[0]
    #expect(plain.features.dense.elements == [1, 9] && plain.weights == nil)
    // Whatever a column of that name holds now.
    let wrong = try read("w,x\nheavy,1\n0,9\n").batches[0]
    #expect(wrong.features.dense.elements == [1, 9] && wrong.weights == nil)
  }

  @Test func withoutAHeaderTheyMayBeAbsentToo() throws {
    let preprocessor = Preprocessor.table(try fitted(header: .no))
    for text in ["1,5,a,p\n", "1,5,p\n", "5\n"] {
      let found = try batches(text, preprocessor, options: TextOptions(header: .no))
      #expect(found[0].features.dense.elements == [5], "\(text)")
    }
  }

  @Test(arguments: [1, 2, 100]) func batchesCarryWeights(_ batchSize: Int) throws {
    let text = "y,v,x\na,2,1\nz,0,wrong\nb,0.5,2\na,1,3\nb,0,4\n"
    let (found, zeros) = try read(text, weight: "v", target: .texts, batchSize: batchSize)
    #expect(found.flatMap { $0.weights ?? [] } == [2, 0.5, 1])
    #expect(found.flatMap(\.features.dense.elements) == [1, 2, 3])
    #expect(found.flatMap(\.lineNumbers) == [2, 4, 5])
    #expect(zeros == 2)
    var targets: [String] = []
    for batch in found {
      if case .texts(let texts) = batch.targets { targets += texts }
    }
    #expect(targets == ["a", "b", "a"])
  }

  @Test func wrongWeightsEndTheStream() throws {
    let end = "; every row needs a weight, a finite number that is not negative"
    for (field, shown) in [("-1", "\"-1\""), ("", "empty"), ("x", "\"x\""), ("inf", "\"inf\"")] {
      #expect(
        message { try read("x,w\n1,1\n2,\(field)\n", weight: "w") }
          == "new.csv:3:3: field 2 (w) is \(shown)" + end)
    }
    #expect(
      message { try read("x\n1\n", weight: "w") }
        == "new.csv:1:1: no column named \"w\"; columns are x")
    let libsvm = Preprocessor.libsvm(
      LIBSVMPreprocessor(isZeroBased: false, scaler: .identity(featureCount: 2)))
    #expect(throws: TableError(.weightsOfLIBSVMText(file: "new.svm", name: "w"))) {
      try BatchReader(
        source("1 1:2\n", name: "new.svm"), preprocessor: libsvm, wishes: StreamWishes(weight: "w"))
    }
  }
}

@Suite struct WeightedScalerTests {
  @Test(arguments: Scaling.allCases)
  func wholeWeightsAreRepeatedRows(_ scaling: Scaling) throws {
    for seed in 0..<4 as Range<UInt64> {
      var random = SeededGenerator(seed: seed)
      let dense = Matrix<Double>(rowCount: 40, columnCount: 5) { _, column in
        Double.random(in: 0...1, using: &random) < 0.5
          ? 0 : Double.random(in: -2...3, using: &random) * (column == 2 ? 1e200 : 1)
      }
      let weights = (0..<40).map { _ in Int.random(in: 0...3, using: &random) }
      let repeated = (0..<40).flatMap { [Int](repeating: $0, count: weights[$0]) }
      for features in [FeatureMatrix.dense(dense), .sparse(LIBSVMDataTests.sparse(dense))] {
        for unit in [1, 0.1, 4096 * Double.leastNonzeroMagnitude] {
          let weighted = FeatureScaler(
            fitting: features, scaling: scaling, weights: weights.map { Double($0) * unit })
          let expanded = FeatureScaler(fitting: features, scaling: scaling, rows: repeated)
          let isCloser = { (left: Double, right: Double) in
            abs(left - right) <= 1e-12 * max(abs(left), abs(right), 1e-3)
          }
          #expect(
            zip(weighted.factors, expanded.factors).allSatisfy(isCloser), "seed \(seed) \(unit)")
          #expect(
            zip(weighted.offsets, expanded.offsets).allSatisfy(isCloser), "seed \(seed) \(unit)")
        }
      }
    }
  }

  @Test func rowsAreChosenAmongTheWeighted() throws {
    let features = FeatureMatrix.dense(try Matrix(rows: [[0], [10], [100], [-5]]))
    let scaler = FeatureScaler(
      fitting: features, scaling: .minmax, rows: [0, 1, 3], weights: [1, 2, 5, 0])
    #expect(scaler.offsets == [0] && scaler.factors == [0.1])
  }
}
