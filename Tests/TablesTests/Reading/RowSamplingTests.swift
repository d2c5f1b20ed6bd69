import Testing

@testable import Tables

@Suite struct RowSamplingTests {
  /// Rows with a class each: one in a hundred is rare, one in ten thousand very rare.
  private func text(_ rows: Int) -> String {
    var text = "x,note,y\n"
    for row in 0..<rows {
      let label = row % 10_000 == 5 ? "very rare" : row % 100 == 7 ? "rare" : "common"
      text += "\(row),\"a \(row),\nb\",\(label)\n"
    }
    return text
  }

  private func sample(
    _ text: String, _ count: Int, seed: UInt64 = 0, chunk: Int = .max, target: String? = nil
  ) throws -> Table {
    try Table(
      reading: source(text, chunk: chunk),
      sampling: RowSampling(count: count, seed: seed, target: target))
  }

  private func counts(_ table: Table) -> [String: Int] {
    let classes = TargetClasses(table.columns[2])
    return Dictionary(classes.codes.map { (classes.names[$0], 1) }, uniquingKeysWith: +)
  }

  @Test(arguments: [0, 1, 2, 3] as [UInt64])
  func classesKeepTheirShares(_ seed: UInt64) throws {
    let found = try sample(text(30_000), 1000, seed: seed)
    #expect(found.rowCount == 1000)
    #expect(found.sampledFrom == 30_000)
    // 9.9 and 0.1 of a thousand, and one at least of each.
    #expect(counts(found) == ["common": 989, "rare": 10, "very rare": 1], "seed \(seed)")
    guard case .numbers(let numbers) = found.columns[0].values else { return }
    // In the order of the file, each once, from all of it.
    #expect(zip(numbers, numbers.dropFirst()).allSatisfy { $0 < $1 })
    let thirds = (0..<3).map { third in numbers.count { Int($0) / 10_000 == third } }
    // Each third gives 333 on average, with a deviation of 15.
    #expect(thirds.allSatisfy { abs($0 - 333) < 90 }, "seed \(seed): \(thirds)")
  }

  @Test func equalSeedsKeepEqualRows() throws {
    let text = text(3000)
    let first = try sample(text, 100)
    let again = try sample(text, 100, chunk: 7)
    #expect(first.columns.map(\.values) == again.columns.map(\.values))
    #expect(first.digest == again.digest)
    #expect(first.digest == (try table(text).digest))
    #expect(try sample(text, 100, seed: 1).columns[0].values != first.columns[0].values)
  }

  @Test func everyRowIsEquallyLikely() throws {
    // 200 samples of 40 of 400 rows, in two classes: each row is expected 20 times, deviation 4.2.
    var text = "x,y\n"
    for row in 0..<400 { text += "\(row),\(row < 100 ? "a" : "b")\n" }
    var hits = [Int](repeating: 0, count: 400)
    for seed in 0..<200 as Range<UInt64> {
      guard case .numbers(let numbers) = try sample(text, 40, seed: seed).columns[0].values else {
        return
      }
      #expect(numbers.count { $0 < 100 } == 10, "seed \(seed)")
      for number in numbers { hits[Int(number)] += 1 }
    }
    #expect(hits.reduce(0, +) == 8000)
    #expect(hits.allSatisfy { (2...42).contains($0) }, "\(hits)")
  }

  @Test func rowsOfWeightZeroAreNotInTheFile() throws {
    let choices = ColumnChoices(weight: "w")
    var (text, without) = ("x,w,y\n", "x,w,y\n")
    for row in 0..<3000 {
      let line = "\(row),\(row % 3),\(row % 3 == 0 ? "gone" : row % 7 == 0 ? "a" : "b")\n"
      text += line
      if row % 3 != 0 { without += line }
    }
    func sample(_ text: String) throws -> Table {
      try Table(
        reading: source(text), sampling: RowSampling(count: 100, seed: 5, choices: choices))
    }
    let found = try sample(text)
    #expect(try found.columns.map(\.values) == sample(without).columns.map(\.values))
    #expect(found.sampledFrom == 2000)
    #expect(
      message { try sample("x,w,y\n1,0,a\n2,0.0,b\n") }
        == "iris.csv: field 2 (w) is 0 in every row; at least one row needs a weight greater than 0"
    )
  }

  @Test func fewRowsAreAllKept() throws {
    let text = text(50)
    let found = try sample(text, 1000)
    #expect(found.columns.map(\.values) == (try table(text).columns.map(\.values)))
    #expect(found.sampledFrom == 50)
  }

  @Test func targetsOfManyValuesAreNotStratified() throws {
    var text = "x,y\n"
    for row in 0..<20_000 { text += "\(row % 7),\(row).5\n" }
    let found = try sample(text, 500)
    #expect(found.rowCount == 500)
    #expect(found.columns[1].isNumeric)
  }

  @Test func textsAfterNumbersKeepTheirSpelling() throws {
    var text = "x,y\n"
    for row in 0..<60 { text += "\(row == 59 ? "1+" : "0\(row % 5)"),\(row % 2)\n" }
    let found = try sample(text, 1000)
    #expect(
      found.columns[0].values == (try table(text).columns[0].values))
  }

  @Test func messagesNameTheLinesOfTheFile() throws {
    var text = "x,note,y\n"
    for row in 0..<2000 { text += "\(row == 1500 ? "inf" : "\(row)"),\"a\nb\",\(row % 2)\n" }
    // Every row is kept, so that the wrong one is; its line counts those inside quotes.
    #expect(
      message {
        try TablePreprocessor(
          fitting: sample(text, 2000), target: 2,
          choices: ColumnChoices(kinds: [.init(column: "note", kind: .ignore)]))
      } == "iris.csv:3002:1: field 1 (x) is \"inf\"; every feature needs a finite number")
  }

  @Test func namesWhatIsWrong() {
    #expect(
      message { try sample("x,y\n1,2\n3,4\n", 5, target: "z") }
        == "iris.csv:1:1: no column named \"z\"; columns are x, y")
    #expect(message { try sample("x,y\n", 5) } == "iris.csv: has a header, but no records")
    #expect(
      message { try sample("x,y\n1,2\n3\n", 5) }
        == "iris.csv:3:1: record has 1 field; the header has 2")
  }

  @Test(arguments: [0, 1, 2] as [UInt64], [1, 7, Int.max])
  func rowsOfLIBSVMTextAreSampledLikeThoseOfATable(seed: UInt64, chunk: Int) throws {
    var text = "# a comment\n"
    for row in 0..<5000 {
      text += "\(row % 50 == 7 ? "rare" : "common") 2:\(row) \(row == 99 ? "900:1" : "3:0")\n"
    }
    guard
      case .libsvm(let found) = try TrainingData(
        reading: source(text, name: "a.svm", chunk: chunk),
        sampling: RowSampling(count: 500, seed: seed)),
      case .libsvm(let whole) = try TrainingData(reading: source(text, name: "a.svm"))
    else {
      Issue.record("not read as LIBSVM text")
      return
    }
    let labels = TargetClasses(found.labels)
    #expect(labels.names == ["common", "rare"])
    #expect(labels.codes.count { $0 == 1 } == 10, "seed \(seed)")
    #expect(found.sampledFrom == 5000)
    #expect(found.digest == whole.digest)
    #expect(found.features.columnCount == whole.features.columnCount)
    // In the order of the file, each with its own label.
    let rows = found.features.dense
    let places = (0..<500).map { Int(rows[$0, 1]) }
    #expect(zip(places, places.dropFirst()).allSatisfy { $0 < $1 })
    #expect(zip(places, labels.codes).allSatisfy { ($0 % 50 == 7) == ($1 == 1) })
    let all = try TrainingData(
      reading: source(text, name: "a.svm"), sampling: RowSampling(count: 9000, seed: seed))
    #expect(all.rowCount == 5000)
  }

  @Test func aSampleThatDoesNotFitIsRefused() {
    var options = TextOptions()
    options.memoryLimit = 100_000
    let line = String(repeating: "1:0.5 2:0.25 ", count: 1) + "3:1"
    for (name, text) in [
      ("a.svm", String(repeating: "1 \(line)\n", count: 3000)),
      ("a.csv", "x,y\n" + String(repeating: "0.123456789,1\n", count: 3000)),
    ] {
      let found = message {
        try TrainingData(
          reading: source(text, name: name), options: options,
          sampling: RowSampling(count: 2000))
      }
      #expect(found.hasPrefix("\(name): "), "\(found)")
      #expect(
        found.hasSuffix(
          "but the memory limit is 0 MB; draw fewer (--subsample), or raise --memory"),
        "\(found)")
    }
  }
}
