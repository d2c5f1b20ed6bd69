import Tables

// How files are read and columns are treated, as fields of a configuration.

extension TextOptions: FieldStructure {
  package mutating func visitFields(_ visitor: inout some FieldVisitor) throws(ConfigurationError) {
    try visitor.visit("format", &format, .word)
    try visitor.visit("header", &header, .word)
    try visitor.visit("decimal", &decimal, .word)
    try visitor.visitOptional("separator", &separator, .separator)
    try visitor.visitOptional("quote", &quote, .word)
    try visitor.visitOptional("comment", &commentMark, .text)
    try visitor.visitList("missingMarkers", &missingMarkers, .text)
    try visitor.visit("usualMarkers", &knowsUsualMarkers, .flag)
  }
}

extension FieldCoding where Value == Separator {
  fileprivate static var separator: FieldCoding {
    FieldCoding(
      write: { .string($0.name) },
      read: { value throws(FieldError) in
        guard case .string(let text) = value, let separator = Separator(name: text) else {
          throw FieldError(
            expected: "\(alternatives(Separator.usualNames)), or a character that is not a letter, "
              + "digit, quote, sign or point", found: value)
        }
        return separator
      })
  }
}

extension FieldCoding where Value == MissingValuePolicy {
  static var missingValues: FieldCoding {
    FieldCoding(
      write: { .string($0.rawValue) },
      read: { value throws(FieldError) in
        let words = MissingValuePolicy.allCases.map(\.rawValue) + ["constant=VALUE"]
        guard case .string(let text) = value else {
          throw FieldError(expected: alternatives(words), found: value)
        }
        guard let policy = MissingValuePolicy(rawValue: text) else {
          throw FieldError(text, among: words)
        }
        return policy
      })
  }
}

extension ColumnChoices {
  /// Goes through the fields, which are next to others that concern columns.
  package mutating func visitFields(_ visitor: inout some FieldVisitor) throws(ConfigurationError) {
    try visitor.visit("kinds", &kinds, .kinds)
    try visitor.visitList("identifiers", &identifiers, .text)
    try visitor.visitOptional("weight", &weight, .text)
    try visitor.visitOptional("group", &group, .text)
    try visitor.visitOptional("missingTexts", &missingCategories, .word)
    try visitor.visit("indicateMissing", &indicatesMissing, .flag)
    try visitor.visit("text", &textOptions, .fields(of: textOptions))
  }
}

extension FieldCoding where Value == [ColumnChoices.Choice] {
  /// An object of columns and their kinds.
  fileprivate static var kinds: FieldCoding {
    FieldCoding(
      write: { choices in
        // Their order has no meaning.
        .object(
          choices.sorted { $0.column.utf8.lexicographicallyPrecedes($1.column.utf8) }
            .map { .init($0.column, .string($0.kind.rawValue)) })
      },
      read: { value throws(FieldError) in
        guard case .object(let members) = value else {
          throw FieldError(expected: "an object of columns and their kinds", found: value)
        }
        let kind = FieldCoding<ColumnChoices.Kind>.word
        var choices: [ColumnChoices.Choice] = []
        for member in members {
          do throws(FieldError) {
            choices.append(.init(column: member.key, kind: try kind.read(member.value)))
          } catch {
            throw error.below(member.key)
          }
        }
        return choices
      })
  }
}

extension TextVectorizer.Options: FieldStructure {
  package mutating func visitFields(_ visitor: inout some FieldVisitor) throws(ConfigurationError) {
    let before = unit
    try visitor.visit("unit", &unit, .word)
    if unit != before { lengths = unit.defaultLengths }
    try visitor.visit("lengths", &lengths, .lengths)
    try visitor.visit("foldCase", &foldsCase, .flag)
    try visitor.visit("minRows", &minimumTextCount, .count(1...Int.max))
    try visitor.visit("maxTerms", &maximumTermCount, .count(1...Int(Int32.max)))
    try visitor.visit("buckets", &bucketCount, .buckets)
    try visitor.visit("counting", &counting, .word)
    try visitor.visit("weighRarity", &weighsRarity, .flag)
    try visitor.visit("normalize", &normalizes, .flag)
  }
}

extension FieldCoding where Value == ClosedRange<Int> {
  /// The shortest and the longest term.
  fileprivate static var lengths: FieldCoding {
    FieldCoding(
      write: { .array([.integer($0.lowerBound), .integer($0.upperBound)]) },
      read: { value throws(FieldError) in
        let longest = TextVectorizer.Options.longestTerm
        guard case .array(let ends) = value, ends.count == 2, let first = ends[0].asCount,
          let last = ends[1].asCount, 1 <= first, first <= last, last <= longest
        else {
          throw FieldError(
            expected: "an array of the least and the greatest length, from 1 to \(longest)",
            found: value)
        }
        return first...last
      })
  }
}

extension FieldCoding where Value == Int? {
  /// A number of buckets, a power of two.
  fileprivate static var buckets: FieldCoding {
    let count = FieldCoding<Int>.count(2...TextVectorizer.Options.maximumBuckets)
    return FieldCoding(
      write: count.optional.write,
      read: { value throws(FieldError) in
        let buckets = try count.optional.read(value)
        guard buckets.map({ $0.nonzeroBitCount == 1 }) ?? true else {
          throw FieldError(expected: "a power of two", found: value)
        }
        return buckets
      })
  }
}
