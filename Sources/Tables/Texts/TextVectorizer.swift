import Basics

/// Texts as features: a bag of words, or of runs of characters, learned from the training texts and
/// applied to all others.
///
/// A text is cut into **terms**, and each term that is known is a feature. In a text that holds a
/// term tf times, its feature is
/// ```
/// c(tf) · idf,     c(tf) = tf,  1 + ln tf,  or 1
///                  idf   = ln((1 + n) / (1 + df)) + 1,  or 1
/// ```
/// with n the number of training texts and df how many of them hold the term; the features of a text
/// are then divided by their Euclidean norm. These are scikit-learn's `TfidfVectorizer` with its
/// smooth idf, so that figures can be compared.
///
/// A **word** is a run of letters, digits and other numbers, underscores, and marks and joiners after
/// these, by Unicode's general categories; all else parts words. A word of one letter is a word.
/// Runs of **characters** (Unicode scalars) are taken from each stretch of text between blanks,
/// together with one blank at either end, and do not reach into the next; they know parts of words,
/// misspellings and languages that write no blanks.
///
/// Texts are put into lower case scalar by scalar, by Unicode's full mapping without regard to
/// language; ς becomes σ. They are not normalised: é as one scalar and é as two are different.
///
/// Features are numbered by the terms' UTF-8 bytes or, without a vocabulary, by buckets: a term's
/// bucket is the magnitude of its MurmurHash3 (32 bits, seed 0, as a signed number) modulo the number
/// of buckets, and terms that meet in one bucket are treated as one. Where rarity is
/// weighed, buckets that no training text filled weigh 0: such terms are as unknown as
/// those that a vocabulary lacks.
///
/// > Reference: G. Salton, C. Buckley. "Term-weighting approaches in automatic text retrieval."
/// > *Information Processing & Management* 24 (1988), 513–523.
package struct TextVectorizer: Sendable {
  package typealias Options = TermOptions

  /// What a term is, and how it is weighted.
  package let options: Options
  /// The factor of each feature, 0 for a bucket that no training text filled; empty when rarity is
  /// not weighed.
  package let inverseDocumentFrequencies: [Double]
  /// The terms of the vocabulary, in the order of the features; `nil` when terms are hashed.
  let vocabulary: TermTable?

  /// Makes a vectorizer from its parts, such as a file holds.
  ///
  /// - Parameters:
  ///   - options: What a term is, and how it is weighted.
  ///   - vocabulary: The terms, ascending by their UTF-8 bytes, each followed by a line feed; `nil`
  ///     if and only if terms are hashed.
  ///   - inverseDocumentFrequencies: A finite number greater than 0 for each feature, or 0 for an
  ///     unused bucket; none at all when rarity is not weighed.
  /// - Throws: `TextVectorizerError` when the parts do not fit together.
  package init(
    options: Options, vocabulary: [UInt8]?, inverseDocumentFrequencies: [Double]
  ) throws(TextVectorizerError) {
    try options.check()
    guard (vocabulary == nil) == (options.bucketCount != nil) else {
      throw .vocabularyPresence(expected: vocabulary == nil)
    }
    let table = try vocabulary.map { bytes throws(TextVectorizerError) in
      try Self.table(of: bytes)
    }
    let expected = options.weighsRarity ? options.bucketCount ?? table?.count ?? 0 : 0
    guard inverseDocumentFrequencies.count == expected else {
      throw .weightCount(found: inverseDocumentFrequencies.count, expected: expected)
    }
    let isHashed = vocabulary == nil
    if let index = inverseDocumentFrequencies.firstIndex(where: { weight in
      !(weight.isFinite && (weight > 0 || isHashed && weight == 0))
    }) {
      throw .weight(index: index)
    }
    self.init(
      unchecked: options, vocabulary: table,
      inverseDocumentFrequencies: inverseDocumentFrequencies)
  }

  init(unchecked options: Options, vocabulary: TermTable?, inverseDocumentFrequencies: [Double]) {
    self.options = options
    self.vocabulary = vocabulary
    self.inverseDocumentFrequencies = inverseDocumentFrequencies
  }

  /// The terms of a vocabulary as a file holds it.
  private static func table(of bytes: [UInt8]) throws(TextVectorizerError) -> TermTable {
    let lineFeed = UInt8(ascii: "\n")
    guard bytes.last == lineFeed, UTF8Check.firstInvalid(bytes.span, bytes.indices) == nil else {
      throw .vocabularyText
    }
    let count = bytes.count { $0 == lineFeed }
    guard count <= Int(Int32.max) else { throw .vocabularyText }
    var table = TermTable(capacity: count)
    var (previous, start) = (0..<0, 0)
    for end in bytes.indices where bytes[end] == lineFeed {
      let range = start..<end
      guard !range.isEmpty, bytes[previous].lexicographicallyPrecedes(bytes[range]) else {
        throw .termOrder(index: table.count)
      }
      _ = table.insert(bytes.span, range, hash: TermHash.hash(bytes.span, range))
      (previous, start) = (range, end + 1)
    }
    return table
  }

  /// The number of features that a text becomes.
  package var featureCount: Int { options.bucketCount ?? vocabulary?.count ?? 0 }

  /// The vocabulary as a file holds it: each term, followed by a line feed; `nil` when terms are
  /// hashed.
  package var vocabularyText: [UInt8]? {
    vocabulary.map { table in
      var text: [UInt8] = []
      text.reserveCapacity(table.bytes.count + table.count)
      for number in 0..<table.count {
        text.append(contentsOf: table.bytes[table.range(number)])
        text.append(UInt8(ascii: "\n"))
      }
      return text
    }
  }

  /// What a feature stands for.
  ///
  /// - Parameter feature: Its index, from 0.
  /// - Returns: The term, or `nil` when terms are hashed.
  package func term(_ feature: Int) -> String? {
    precondition(
      (0..<featureCount).contains(feature), "term \(feature) of a text of \(featureCount) features")
    return vocabulary?.text(feature)
  }
}

extension TextVectorizer: Equatable {
  /// Whether two vectorizers make the same features of every text.
  package static func == (left: TextVectorizer, right: TextVectorizer) -> Bool {
    left.options == right.options
      && left.inverseDocumentFrequencies == right.inverseDocumentFrequencies
      && left.vocabulary?.bytes == right.vocabulary?.bytes
      && left.vocabulary?.ends == right.vocabulary?.ends
  }
}

/// What may be wrong with the parts of a vectorizer.
package enum TextVectorizerError: Error, Equatable, Sendable, Codable {
  /// Terms would have no words or characters, or too many.
  case termLengths(ClosedRange<Int>)
  /// A limit is less than 1.
  case limit(of: String, Int)
  /// The number of buckets is not a power of two, or too large.
  case bucketCount(Int)
  /// There is a vocabulary though terms are hashed, or none though they are not.
  case vocabularyPresence(expected: Bool)
  /// The vocabulary is not UTF-8 with a line feed after each term.
  case vocabularyText
  /// A term is empty or not greater than the one before it.
  case termOrder(index: Int)
  /// There are too few or too many weights.
  case weightCount(found: Int, expected: Int)
  /// A weight is not a finite number greater than 0.
  case weight(index: Int)
}

extension TextVectorizerError: CustomStringConvertible {
  /// One sentence that says what was found and what was expected.
  package var description: String {
    switch self {
    case .termLengths(let lengths):
      "terms have \(lengths.lowerBound) to \(lengths.upperBound) words or characters; expected "
        + "1 to \(TextVectorizer.Options.longestTerm)"
    case .limit(let what, let limit): "the limit of \(what) is \(limit); expected at least 1"
    case .bucketCount(let count):
      "the number of buckets is \(count); expected a power of two from 2 to "
        + "\(TextVectorizer.Options.maximumBuckets)"
    case .vocabularyPresence(let expected):
      expected
        ? "it has no vocabulary, and terms are not hashed"
        : "there is a vocabulary, but terms are hashed"
    case .vocabularyText: "the vocabulary is not UTF-8 text with a line feed after each term"
    case .termOrder(let index):
      "term \(index) of the vocabulary is empty or not in ascending order"
    case .weightCount(let found, let expected):
      "there are \(found) weights of terms; expected \(expected)"
    case .weight(let index): "weight \(index) of a term is not a finite number greater than 0"
    }
  }
}
