extension TermOptions: Codable {
  private enum CodingKeys: String, CodingKey {
    case unit, shortest, longest, foldsCase, minimumTextCount, maximumTermCount, bucketCount
    case counting, weighsRarity, normalizes
  }

  /// Writes the options, each under its name; the lengths as `shortest` and `longest`.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(unit, forKey: .unit)
    try container.encode(lengths.lowerBound, forKey: .shortest)
    try container.encode(lengths.upperBound, forKey: .longest)
    try container.encode(foldsCase, forKey: .foldsCase)
    try container.encode(minimumTextCount, forKey: .minimumTextCount)
    try container.encode(maximumTermCount, forKey: .maximumTermCount)
    try container.encodeIfPresent(bucketCount, forKey: .bucketCount)
    try container.encode(counting, forKey: .counting)
    try container.encode(weighsRarity, forKey: .weighsRarity)
    try container.encode(normalizes, forKey: .normalizes)
  }

  /// Reads options, and checks that they are within their ranges.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let shortest = try container.decode(Int.self, forKey: .shortest)
    let longest = try container.decode(Int.self, forKey: .longest)
    guard shortest <= longest else {
      throw DecodingError.dataCorruptedError(
        forKey: .longest, in: container,
        debugDescription: "terms have \(shortest) to \(longest) words or characters")
    }
    self.init(
      unit: try container.decode(TermUnit.self, forKey: .unit), lengths: shortest...longest,
      foldsCase: try container.decode(Bool.self, forKey: .foldsCase),
      minimumTextCount: try container.decode(Int.self, forKey: .minimumTextCount),
      maximumTermCount: try container.decode(Int.self, forKey: .maximumTermCount),
      bucketCount: try container.decodeIfPresent(Int.self, forKey: .bucketCount),
      counting: try container.decode(TermCounting.self, forKey: .counting),
      weighsRarity: try container.decode(Bool.self, forKey: .weighsRarity),
      normalizes: try container.decode(Bool.self, forKey: .normalizes))
    do {
      try check()
    } catch {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "\(error)"))
    }
  }
}

extension TextVectorizer: Codable {
  private enum CodingKeys: String, CodingKey {
    case options, vocabulary, inverseDocumentFrequencies
  }

  /// Writes the options, the vocabulary as a list of terms, and the weights.
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(options, forKey: .options)
    if let vocabulary {
      try container.encode((0..<vocabulary.count).map(vocabulary.text), forKey: .vocabulary)
    }
    try container.encode(inverseDocumentFrequencies, forKey: .inverseDocumentFrequencies)
  }

  /// Reads a vectorizer, and checks that its parts fit together.
  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let terms = try container.decodeIfPresent([String].self, forKey: .vocabulary)
    if let terms, let index = terms.firstIndex(where: { $0.utf8.contains(UInt8(ascii: "\n")) }) {
      throw DecodingError.dataCorruptedError(
        forKey: .vocabulary, in: container,
        debugDescription: "term \(index) of the vocabulary holds a line feed")
    }
    do {
      try self.init(
        options: try container.decode(Options.self, forKey: .options),
        vocabulary: terms?.flatMap { Array($0.utf8) + [UInt8(ascii: "\n")] },
        inverseDocumentFrequencies: try container.decode(
          [Double].self, forKey: .inverseDocumentFrequencies))
    } catch let error as TextVectorizerError {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: error.description))
    }
  }
}
