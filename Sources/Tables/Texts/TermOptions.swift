/// How texts become features: what a term is, and how it is weighted.
public struct TermOptions: Sendable, Equatable {
  /// What terms consist of.
  package var unit: TermUnit
  /// How many words or characters a term has, within 1…32.
  package var lengths: ClosedRange<Int>
  /// Whether texts are put into lower case.
  package var foldsCase: Bool
  /// Terms that fewer training texts hold are left out; at least 1.
  ///
  /// Where texts have weights, these are added, but a limit of 1 leaves every term in.
  package var minimumTextCount: Int
  /// If there are more terms, those that occur most often are kept; at least 1.
  package var maximumTermCount: Int
  /// How many buckets terms are hashed into, a power of two from 2 to 2²⁶, or `nil` for a
  /// vocabulary, to which the two limits above apply.
  package var bucketCount: Int?
  /// What counts of how often a text holds a term.
  package var counting: TermCounting
  /// Whether rare terms weigh more than frequent ones, by the factor idf.
  package var weighsRarity: Bool
  /// Whether the features of a text are divided by their Euclidean norm.
  package var normalizes: Bool

  /// Makes options, by default those for tf-idf of single words.
  public init(
    unit: TermUnit = .words, lengths: ClosedRange<Int>? = nil, foldsCase: Bool = true,
    minimumTextCount: Int = 1, maximumTermCount: Int = 1 << 20, bucketCount: Int? = nil,
    counting: TermCounting = .count, weighsRarity: Bool = true, normalizes: Bool = true
  ) {
    self.unit = unit
    self.lengths = lengths ?? unit.defaultLengths
    self.foldsCase = foldsCase
    self.minimumTextCount = minimumTextCount
    self.maximumTermCount = maximumTermCount
    self.bucketCount = bucketCount
    self.counting = counting
    self.weighsRarity = weighsRarity
    self.normalizes = normalizes
  }

  /// The most words or characters that a term may have.
  package static let longestTerm = 32
  /// The most buckets.
  package static let maximumBuckets = 1 << 26

  /// Rejects options outside their ranges.
  func check() throws(TextVectorizerError) {
    guard lengths.lowerBound >= 1, lengths.upperBound <= Self.longestTerm else {
      throw .termLengths(lengths)
    }
    guard minimumTextCount >= 1 else {
      throw .limit(of: "training texts that hold a term", minimumTextCount)
    }
    guard maximumTermCount >= 1 else { throw .limit(of: "terms", maximumTermCount) }
    if let bucketCount {
      guard (2...Self.maximumBuckets).contains(bucketCount), bucketCount.nonzeroBitCount == 1 else {
        throw .bucketCount(bucketCount)
      }
    }
  }
}

/// What terms consist of.
public enum TermUnit: String, Sendable, CaseIterable, Codable {
  /// Words.
  case words
  /// Characters within a word and the blanks around it.
  case characters

  /// How long terms are unless something else is requested: single words, or 2 to 4 characters.
  package var defaultLengths: ClosedRange<Int> {
    switch self {
    case .words: 1...1
    case .characters: 2...4
    }
  }
}

/// What counts of how often a text holds a term.
public enum TermCounting: String, Sendable, CaseIterable, Codable {
  /// How often it does.
  case count
  /// 1 + ln of how often it does.
  case logarithm
  /// That it does.
  case presence
}
