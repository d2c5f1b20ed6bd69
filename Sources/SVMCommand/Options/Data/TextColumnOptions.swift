import ArgumentParser
import Basics
import Tables

/// Which columns hold texts, and how these become features.
struct TextColumnOptions: ParsableArguments {
  @Option(
    name: .customLong("text"), parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "Text columns whose words become features. A list as for --drop. (default: none)",
      valueName: "columns"))
  var columns: [String] = []

  @Option(
    name: .customLong("text-features"), parsing: .unconditional,
    help: ArgumentHelp(
      """
      What a term is: words or characters, and how many of them; words:1-2 is single words and \
      pairs. (default: words:1; characters are characters:2-4)
      """, valueName: "unit"))
  var features: String?

  @Option(
    name: .customLong("text-weights"), parsing: .unconditional,
    help: ArgumentHelp(
      """
      Weights of terms: tf-idf, log-tf-idf (with 1 + ln of the term's count in the text), counts \
      or presence. (default: tf-idf)
      """, valueName: "name"))
  var weights: String?

  @Option(
    name: .customLong("text-min-rows"), parsing: .unconditional,
    help: ArgumentHelp("Leave out terms that occur in fewer rows. (default: 1)", valueName: "n"))
  var minimumRows: String?

  @Option(
    name: .customLong("text-max-terms"), parsing: .unconditional,
    help: ArgumentHelp(
      "Maximum number of terms; the most frequent are kept. (default: 1048576)", valueName: "n"))
  var maximumTerms: String?

  @Option(
    name: .customLong("text-buckets"), parsing: .unconditional,
    help: ArgumentHelp(
      """
      Hash terms into this many features, a power of two such as 262144, and keep no \
      vocabulary. (default: a vocabulary)
      """, valueName: "n"))
  var buckets: String?
}

/// What texts weigh, by the names that are usual.
private enum TermWeights: String, CaseIterable {
  case tfIdf = "tf-idf"
  case logTfIdf = "log-tf-idf"
  case counts
  case presence
}

extension TextColumnOptions {
  /// Columns of texts.
  var columnKinds: [ColumnChoices.Choice] {
    get throws(UsageError) {
      try OptionValue.names("--text", columns).map {
        ColumnChoices.Choice(column: $0, kind: .text)
      }
    }
  }

  /// Checks the options and puts those that were given where they belong.
  ///
  /// - Throws: ``UsageError`` that names the option.
  func apply(to overrides: inout ColumnChoices) throws(UsageError) {
    let details: [(option: String, text: String?)] = [
      ("--text-features", features), ("--text-weights", weights),
      ("--text-min-rows", minimumRows), ("--text-max-terms", maximumTerms),
      ("--text-buckets", buckets),
    ]
    if !overrides.kinds.contains(where: { $0.kind == .text }),
      let unused = details.first(where: { $0.text != nil })
    {
      throw UsageError(option: unused.option, "applies to text columns, but no --text names one")
    }
    try apply(to: &overrides.textOptions)
    if buckets != nil {
      for (option, text) in details[2...3] where text != nil {
        throw UsageError(
          option: option, "applies to a vocabulary, but --text-buckets keeps none")
      }
    }
  }

  private func apply(to options: inout TextVectorizer.Options) throws(UsageError) {
    if let features {
      let (unit, lengths) = try Self.unit(features)
      (options.unit, options.lengths) = (unit, lengths ?? unit.defaultLengths)
    }
    if let weights {
      (options.counting, options.weighsRarity, options.normalizes) =
        switch try OptionValue.choice("--text-weights", weights, amongCasesOf: TermWeights.self) {
        case .tfIdf: (.count, true, true)
        case .logTfIdf: (.logarithm, true, true)
        case .counts: (.count, false, false)
        case .presence: (.presence, false, false)
        }
    }
    if let minimumRows {
      options.minimumTextCount = try OptionValue.wholeNumber(
        "--text-min-rows", minimumRows, in: 1...Int.max)
    }
    if let maximumTerms {
      options.maximumTermCount = try OptionValue.wholeNumber(
        "--text-max-terms", maximumTerms, in: 1...Int(Int32.max))
    }
    if let buckets {
      let count = try OptionValue.wholeNumber(
        "--text-buckets", buckets, in: 2...TextVectorizer.Options.maximumBuckets)
      guard count.nonzeroBitCount == 1 else {
        let next = 1 << (Int.bitWidth - count.leadingZeroBitCount)
        throw UsageError(
          option: "--text-buckets", "must be a power of two such as \(next), but is \(count)")
      }
      options.bucketCount = count
    }
  }

  /// What `words`, `words:2` or `characters:2-4` says.
  private static func unit(
    _ text: String
  ) throws(UsageError) -> (unit: TermUnit, lengths: ClosedRange<Int>?) {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    let unit = try OptionValue.choice(
      "--text-features", String(parts[0]), amongCasesOf: TermUnit.self,
      aliases: ["word": "words", "chars": "characters"])
    guard parts.count == 2 else { return (unit, nil) }
    let bounds = parts[1].split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
    guard let first = bounds[0], let last = bounds[bounds.count - 1], bounds.count <= 2,
      first >= 1, first <= last, last <= TextVectorizer.Options.longestTerm
    else {
      throw UsageError(
        option: "--text-features",
        "must have lengths from 1 to \(TextVectorizer.Options.longestTerm) such as words:1-2 or "
          + "characters:3, but is \(MessageText.quoted(text))")
    }
    return (unit, first...last)
  }
}
