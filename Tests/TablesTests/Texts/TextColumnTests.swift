import Foundation
import LinearAlgebra
import Testing

@testable import Tables

private let letters = """
  id,stars,subject,place,kind
  1,5,the cat and the hat,north,a
  2,1,,south,b
  3,4,"A cat, a hat!",north,a
  4,NA,hat 42,east,b

  """

@Suite struct TextColumnTests {
  private func choices(
    _ columns: String..., options: TextVectorizer.Options = TextVectorizer.Options()
  ) -> ColumnChoices {
    ColumnChoices(
      kinds: columns.map { ColumnChoices.Choice(column: $0, kind: .text) },
      identifiers: ["id"], textOptions: options)
  }

  @Test func termsStandBetweenTheOtherFeatures() throws {
    let table = try table(letters)
    let preprocessor = try TablePreprocessor(
      fitting: table, target: 4, choices: choices("subject"), scaling: .standard, missing: .mean)
    #expect(
      preprocessor.featureNames == [
        "stars", "subject:42", "subject:a", "subject:and", "subject:cat", "subject:hat",
        "subject:the", "place=east", "place=north", "place=south",
      ])
    #expect(preprocessor.isSparse)
    guard case .sparse(let features) = try preprocessor.transform(table) else {
      Issue.record("features with texts are not sparse")
      return
    }
    let dense = features.dense
    let vectorizer = try TextVectorizer(
      fitting: ["the cat and the hat", "", "A cat, a hat!", "hat 42"])
    let terms = vectorizer.transform(["the cat and the hat", "", "A cat, a hat!", "hat 42"]).dense
    for row in 0..<4 {
      #expect((1...6).map { dense[row, $0] } == terms.row(row))
    }
    // Stars are standardised, with their mean for the missing one, which is then 0.
    #expect(dense[3, 0] == 0)
    #expect(abs((0..<4).map { dense[$0, 0] * dense[$0, 0] }.reduce(0, +) - 4) < 1e-14)
    #expect(
      (0..<4).map { Array(dense.row($0)[7...]) } == [
        [0, 1, 0], [0, 0, 1], [0, 1, 0], [1, 0, 0],
      ])
  }

  @Test(arguments: [1, 3, 8192]) func streamsAreWhatTheTableIs(_ batchSize: Int) throws {
    let table = try table(letters)
    for missing in [MissingValuePolicy.mean, .drop, .mostFrequent] {
      for options in [
        TextVectorizer.Options(unit: .characters, lengths: 2...3),
        TextVectorizer.Options(bucketCount: 8),
      ] {
        let preprocessor = try TablePreprocessor(
          fitting: table, target: 4, choices: choices("subject", "place", options: options),
          missing: missing)
        let expected = try preprocessor.transform(table)
        var rows: [[Double]] = []
        var skipped: [Int] = []
        var rowCount = 0
        for batch in try batches(letters, .table(preprocessor), batchSize: batchSize) {
          guard case .sparse(let matrix) = batch.features else {
            Issue.record("a batch with texts is not sparse")
            return
          }
          rows += (0..<matrix.rowCount).map { matrix.dense.row($0) }
          skipped += batch.skippedRows.map { $0 + rowCount }
          rowCount += batch.rowCount
        }
        #expect(rows == (0..<expected.rowCount).map { expected.dense.row($0) })
        // The second row's text is missing, and that is no reason to leave it out.
        #expect(skipped == (missing == .drop ? [3] : []))
      }
    }
  }

  @Test func sparseStreamsOfCategoriesAreWhatTheTableIs() throws {
    var text = "colour,size,y\n"
    for row in 0..<60 { text += "c\(row % 20),\(row),\(row % 2)\n" }
    let table = try table(text)
    let preprocessor = try TablePreprocessor(fitting: table, target: 2, missing: .drop).replacing(
      unseen: .ignore)
    #expect(preprocessor.isSparse)
    let new = "colour,size\nc3,1\nnever,2\n,3\nc19,4\n"
    let batch = try #require(try batches(new, .table(preprocessor)).first)
    guard case .sparse(let matrix) = batch.features else {
      Issue.record("a batch of many categories is not sparse")
      return
    }
    #expect(batch.skippedRows == [2])
    let other = try Table(reading: source(new), options: TextOptions())
    #expect(try preprocessor.transform(other) == .sparse(matrix))
    #expect(matrix.rowCount == 3)
  }

  @Test func aRowInErrorLeavesNothingInItsBatch() throws {
    let table = try table(letters)
    let preprocessor = try TablePreprocessor(
      fitting: table, target: 4, choices: choices("subject"), missing: .mean)
    let new = "stars,subject,place\n3,a hat,north\n4,the cat,nowhere\n"
    var reader = try BatchReader(source(new, name: "new.csv"), preprocessor: .table(preprocessor))
    #expect(try reader.next()?.features.rowCount == 1)
    let problem = message { try reader.next()?.rowCount }
    #expect(problem.hasPrefix("new.csv:3:11: "), "\(problem)")
  }

  @Test func termsComeFromTheTrainingRowsOnly() throws {
    let table = try table(letters)
    let preprocessor = try TablePreprocessor(
      fitting: table, target: 4, choices: choices("subject"), missing: .mean, rows: [1, 3])
    guard case .text(let vectorizer) = preprocessor.inputs[1].kind else {
      Issue.record("the column is no text")
      return
    }
    #expect((0..<vectorizer.featureCount).map { vectorizer.term($0) } == ["42", "hat"])
    // Two training texts, one of which is empty.
    #expect(
      vectorizer.inverseDocumentFrequencies.allSatisfy { abs($0 - (1 + log(1.5))) < 1e-15 })
  }

  @Test func aTextIsNoTarget() throws {
    let table = try table("y,text\n1,a b\n2,c\n1,d\n")
    #expect(
      try table.targetIndex(
        nil, ColumnChoices(kinds: [ColumnChoices.Choice(column: "text", kind: .text)])) == 0)
    #expect(
      message {
        try TablePreprocessor(
          fitting: table, target: 1,
          choices: ColumnChoices(kinds: [ColumnChoices.Choice(column: "text", kind: .text)]))
      } == "iris.csv: the column \"text\" is used in two ways")
  }

  @Test func columnsWithoutTextAreRefused() throws {
    func problem(_ text: String, _ options: TextVectorizer.Options = .init()) -> String {
      message {
        let table = try table(text)
        return try TablePreprocessor(
          fitting: table, target: 0,
          choices: ColumnChoices(
            kinds: [ColumnChoices.Choice(column: "text", kind: .text)], textOptions: options))
      }
    }
    let numbers = "iris.csv: field 2 (text) is to be read as text, but has none"
    #expect(problem("y,text\n1,2\n2,3\n") == numbers)
    #expect(problem("y,text\n1,\n2,?\n") == numbers)
    #expect(
      problem("y,text\n1,!!\n2,...\n")
        == "iris.csv: no word of field 2 (text) occurs in as many texts as required")
    #expect(
      problem("y,text\n1,a b\n2,c d\n", .init(unit: .characters, minimumTextCount: 9))
        == "iris.csv: no run of characters of field 2 (text) occurs in as many texts as required")
    #expect(
      problem("y,text\n1,a b\n2,c d\n", .init(bucketCount: 3))
        == "the number of buckets is 3; expected a power of two from 2 to 67108864")
  }

  @Test func datesAndSlipsAreTextsToo() throws {
    // What would be refused as a column of numbers or dates.
    let table = try table("y,note\n1,2024-01-05\n2,2024-02-07\n1,2024-02-09\n")
    let preprocessor = try TablePreprocessor(
      fitting: table, target: 0,
      choices: ColumnChoices(kinds: [ColumnChoices.Choice(column: "note", kind: .text)]))
    #expect(
      preprocessor.featureNames == [
        "note:01", "note:02", "note:05", "note:07", "note:09", "note:2024",
      ])
  }

  @Test func textsThatLookLikeNumbersInANewTable() throws {
    let table = try table("y,note\n1,flat 42\n2,house 7\n")
    let preprocessor = try TablePreprocessor(
      fitting: table, target: 0,
      choices: ColumnChoices(kinds: [ColumnChoices.Choice(column: "note", kind: .text)]))
    let new = "note\n42\n\n7\n"
    let streamed = try #require(try batches(new, .table(preprocessor)).first)
    let other = try Table(reading: source(new), options: TextOptions())
    #expect(try preprocessor.transform(other) == streamed.features)
    #expect(streamed.features.dense[0, 0] == 1)
  }

  @Test func preprocessorsWithTextsCanBeEncoded() throws {
    let preprocessor = try TablePreprocessor(
      fitting: try table(letters), target: 4, choices: choices("subject"), missing: .mean)
    let decoded = try JSONDecoder().decode(
      TablePreprocessor.self, from: JSONEncoder().encode(preprocessor))
    #expect(decoded == preprocessor)
    #expect(try decoded.transform(table(letters)) == preprocessor.transform(table(letters)))
  }

  @Test func termsAreNotScaled() throws {
    let preprocessor = try TablePreprocessor(
      fitting: try table(letters), target: 4, choices: choices("subject"), missing: .mean)
    for (offset, factor) in [(0.5, 1.0), (0, 2)] {
      var (offsets, factors) = (preprocessor.scaler.offsets, preprocessor.scaler.factors)
      (offsets[3], factors[3]) = (offset, factor)
      let scaler = try FeatureScaler(
        scaling: .standard, featureCount: preprocessor.featureCount, offsets: offsets,
        factors: factors)
      #expect(throws: PreprocessorError.scaledText(column: "subject")) {
        try TablePreprocessor(
          inputs: preprocessor.inputs, target: preprocessor.target, unused: preprocessor.unused,
          hasHeader: true, policies: .init(missing: .mean), scaler: scaler)
      }
    }
  }
}
