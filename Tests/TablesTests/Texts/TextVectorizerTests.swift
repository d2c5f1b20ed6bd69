import Foundation
import LinearAlgebra
import Testing

@testable import Tables

@Suite struct TextVectorizerTests {
  @Test(arguments: TextReferences.shared.cases.indices)
  func agreesWithScikitLearn(_ index: Int) throws {
    let references = TextReferences.shared
    let reference = references.cases[index]
    let vectorizer = try TextVectorizer(
      fitting: references.trainingTexts, options: reference.vectorizerOptions)
    if let vocabulary = reference.vocabulary {
      #expect((0..<vectorizer.featureCount).map { vectorizer.term($0) } == vocabulary)
    }
    #expect(vectorizer.inverseDocumentFrequencies.count == reference.weights.count)
    for (weight, expected) in zip(vectorizer.inverseDocumentFrequencies, reference.weights) {
      #expect(abs(weight - expected) <= 1e-14 * expected)
    }
    let both = [
      (references.trainingTexts, reference.training), (references.newTexts, reference.new),
    ]
    for (texts, expected) in both {
      let features = vectorizer.transform(texts)
      #expect(features.rowCount == texts.count)
      for (row, expected) in expected.enumerated() {
        let entries = features.rowOffsets[row]..<features.rowOffsets[row + 1]
        #expect(Array(features.columnIndices[entries]) == expected.columns, "row \(row)")
        for (value, expected) in zip(features.values[entries], expected.values) {
          #expect(abs(value - expected) <= 1e-14 * expected, "row \(row)")
        }
      }
    }
  }

  @Test func threadsDoNotChangeTheResult() throws {
    let seed: UInt64 = 3
    let texts = Self.randomTexts(count: 2000, seed: seed)
    for options in [
      TextVectorizer.Options(lengths: 1...2, minimumTextCount: 2, maximumTermCount: 500),
      TextVectorizer.Options(unit: .characters), TextVectorizer.Options(bucketCount: 256),
    ] {
      let one = try TextVectorizer(fitting: texts, options: options, threads: 1)
      let three = try TextVectorizer(fitting: texts, options: options, threads: 3)
      #expect(one == three, "seed \(seed)")
      #expect(one.transform(texts, threads: 1) == three.transform(texts, threads: 3))
    }
  }

  @Test func countsOfRowsStandForRepeatedTexts() throws {
    let texts = ["a b", "b c c", "d", "never"]
    let repeated = ["a b", "a b", "b c c", "d", "d", "d", "", ""]
    for options in [TextVectorizer.Options(maximumTermCount: 3), .init(bucketCount: 16)] {
      let expected = try TextVectorizer(fitting: repeated, options: options)
      let counted = try TextVectorizer(
        fitting: texts, weights: [2, 1, 3, 0], totalWeight: 8, options: options, threads: 2)
      #expect(counted == expected)
    }
  }

  @Test func normalisedRowsHaveLengthOne() throws {
    let seed: UInt64 = 5
    let texts = Self.randomTexts(count: 300, seed: seed)
    let features = try TextVectorizer(fitting: texts).transform(texts)
    for row in 0..<features.rowCount {
      features.withRow(row) { _, values in
        var squares = 0.0
        for index in values.indices { squares += values[index] * values[index] }
        #expect(values.isEmpty || abs(squares - 1) < 1e-14, "seed \(seed), row \(row)")
      }
    }
  }

  @Test func partsMakeTheSameVectorizer() throws {
    let texts = ["one two", "two three three", "über 渡轮"]
    for options in [
      TextVectorizer.Options(), TextVectorizer.Options(weighsRarity: false),
      TextVectorizer.Options(bucketCount: 32),
    ] {
      let vectorizer = try TextVectorizer(fitting: texts, options: options)
      let again = try TextVectorizer(
        options: vectorizer.options, vocabulary: vectorizer.vocabularyText,
        inverseDocumentFrequencies: vectorizer.inverseDocumentFrequencies)
      #expect(again == vectorizer)
      #expect(again.transform(texts) == vectorizer.transform(texts))
      let decoded = try JSONDecoder().decode(
        TextVectorizer.self, from: JSONEncoder().encode(vectorizer))
      #expect(decoded == vectorizer)
    }
  }

  @Test func refusesPartsThatDoNotFitTogether() {
    func problem(
      _ terms: String?, _ weights: [Double], _ options: TextVectorizer.Options = .init()
    ) -> String {
      message {
        try TextVectorizer(
          options: options, vocabulary: terms.map { Array($0.utf8) },
          inverseDocumentFrequencies: weights
        ).featureCount
      }
    }
    #expect(problem("a\nb\n", [1, 2]) == "no error, but 2")
    #expect(problem("b\na\n", [1, 2]).hasPrefix("term 1 of the vocabulary is empty or not"))
    #expect(problem("a\na\n", [1, 2]).hasPrefix("term 1 of the vocabulary is empty or not"))
    #expect(problem("\na\n", [1, 2]).hasPrefix("term 0 of the vocabulary is empty or not"))
    #expect(problem("a\nb", [1, 2]).hasPrefix("the vocabulary is not UTF-8 text with a line feed"))
    #expect(problem("", []).hasPrefix("the vocabulary is not UTF-8 text with a line feed"))
    #expect(problem("a\nb\n", [1]) == "there are 1 weights of terms; expected 2")
    #expect(problem("a\nb\n", [1, .nan]).hasPrefix("weight 1 of a term is not a finite number"))
    #expect(problem("a\nb\n", [0, 1]).hasPrefix("weight 0 of a term is not a finite number"))
    #expect(problem(nil, []) == "it has no vocabulary, and terms are not hashed")
    #expect(problem(nil, [0, 1], .init(bucketCount: 2)) == "no error, but 2")
    #expect(
      problem(nil, [-1, 1], .init(bucketCount: 2)).hasPrefix("weight 0 of a term is not a finite"))
    #expect(
      problem("a\n", [1], .init(bucketCount: 2)) == "there is a vocabulary, but terms are hashed")
    #expect(
      message {
        try TextVectorizer(
          options: TextVectorizer.Options(), vocabulary: [0xFF, 0x0A],
          inverseDocumentFrequencies: [1]
        ).featureCount
      }.hasPrefix("the vocabulary is not UTF-8"))
  }

  @Test func refusesOptionsOutsideTheirRanges() {
    func problem(_ options: TextVectorizer.Options) -> String {
      message { try TextVectorizer(fitting: ["a"], options: options).featureCount }
    }
    #expect(
      problem(.init(lengths: 0...1)) == "terms have 0 to 1 words or characters; expected 1 to 32")
    #expect(
      problem(.init(lengths: 1...33)) == "terms have 1 to 33 words or characters; expected 1 to 32")
    #expect(
      problem(.init(minimumTextCount: 0))
        == "the limit of training texts that hold a term is 0; expected at least 1")
    #expect(problem(.init(maximumTermCount: 0)) == "the limit of terms is 0; expected at least 1")
    for count in [-8, 0, 1, 48, 1 << 27] {
      #expect(
        problem(.init(bucketCount: count))
          == "the number of buckets is \(count); expected a power of two from 2 to 67108864")
    }
    let forged = Data(
      #"{"unit":"words","shortest":3,"longest":2,"foldsCase":true,"minimumTextCount":1,"maximumTermCount":1,"counting":"count","weighsRarity":true,"normalizes":true}"#
        .utf8)
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(TextVectorizer.Options.self, from: forged)
    }
  }

  @Test func textsWithoutTermsHaveNoFeatures() throws {
    let vectorizer = try TextVectorizer(fitting: ["?!", "", " \t"])
    #expect(vectorizer.featureCount == 0)
    #expect(vectorizer.transform(["a b"]).storedCount == 0)
    #expect(try TextVectorizer(fitting: []).featureCount == 0)
  }

  /// Texts of a few words from a small alphabet, so that many recur.
  private static func randomTexts(count: Int, seed: UInt64) -> [String] {
    var generator = SeededGenerator(seed: seed)
    let letters = Array("abcdeéß漢 .")
    return (0..<count).map { _ in
      String(
        (0..<Int.random(in: 0...40, using: &generator)).map { _ in
          letters.randomElement(using: &generator)!
        })
    }
  }
}

/// What scikit-learn made of some texts; `Tests/References/README.md` says how.
struct TextReferences: Decodable {
  struct Case: Decodable {
    var unit: TermUnit
    var shortest: Int
    var longest: Int
    var options: Options
    var vocabulary: [String]?
    var weights: [Double]
    var training: [Row]
    var new: [Row]

    var vectorizerOptions: TextVectorizer.Options {
      TextVectorizer.Options(
        unit: unit, lengths: shortest...longest, foldsCase: options.foldsCase ?? true,
        minimumTextCount: options.minimumTextCount ?? 1,
        maximumTermCount: options.maximumTermCount ?? 1 << 20, bucketCount: options.buckets,
        counting: options.counting ?? .count, weighsRarity: options.weighsRarity ?? true,
        normalizes: options.normalizes ?? true)
    }
  }

  struct Options: Decodable {
    var foldsCase: Bool?
    var minimumTextCount: Int?
    var maximumTermCount: Int?
    var buckets: Int?
    var counting: TermCounting?
    var weighsRarity: Bool?
    var normalizes: Bool?
  }

  struct Row: Decodable {
    var columns: [Int32]
    var values: [Double]
  }

  var trainingTexts: [String]
  var newTexts: [String]
  var cases: [Case]

  static let shared: TextReferences = {
    let url = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
      .appending(path: "References/text-vectorizer.json")
    do {
      return try JSONDecoder().decode(TextReferences.self, from: Data(contentsOf: url))
    } catch {
      preconditionFailure("\(url.path): \(error)")
    }
  }()
}
