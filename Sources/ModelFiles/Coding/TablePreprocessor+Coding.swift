import Basics
import Learning
import Tables

// How the columns of a table become features, in a model file.

extension StoredField {
  /// The vocabulary of an input column, by its number from 0.
  static func terms(_ input: some CustomStringConvertible) -> StoredField {
    tensor(
      "texts.\(input).terms", "U8",
      "the vocabulary of input column I: each term and a line feed, ascending by bytes; unless "
        + "terms are hashed")
  }

  /// What the terms of an input column weigh.
  static func termWeights(_ input: some CustomStringConvertible) -> StoredField {
    tensor(
      "texts.\(input).weights", "F64 [terms]", "what its terms weigh, when rare ones weigh more")
  }
}

private enum ColumnWord: String, CaseIterable {
  case number
  case category
  case text
  case date
}

extension TablePreprocessor {
  /// Writes everything but the scaling's numbers.
  func encode(to writer: inout ModelWriter) {
    let described: JSONValue = [
      "inputs": .array(inputs.map(\.json)),
      "target": target.map(\.json) ?? .null,
      "hasHeader": .bool(hasHeader),
      "missing": .string(missing.rawValue),
      "missingMarkers": .strings(missingMarkers),
      "missingCategories": missingCategories.map { .string($0.rawValue) } ?? .null,
      "comparesSpelling": .bool(comparesSpelling),
      "unseen": .string(unseen.rawValue),
      "unused": .array(
        unused.map { column in
          [
            "name": .string(column.name), "position": .integer(column.position),
            "reason": .string(column.reason.rawValue),
          ]
        }),
      "scaling": .string(scaler.scaling.rawValue),
    ]
    writer.store(described.adding("reading", reading.map(\.json)), as: .preprocessor)
    for (index, vectorizer) in vectorizers {
      if let terms = vectorizer.vocabularyText { writer.store(bytes: terms, as: .terms(index)) }
      if vectorizer.options.weighsRarity {
        writer.store(vectorizer.inverseDocumentFrequencies, as: .termWeights(index))
      }
    }
  }

  /// The tensors of its texts.
  var textTensors: [StoredField] {
    vectorizers.flatMap { index, vectorizer in
      (vectorizer.options.bucketCount == nil ? [StoredField.terms(index)] : [])
        + (vectorizer.options.weighsRarity ? [.termWeights(index)] : [])
    }
  }

  /// The input columns that hold texts, by their numbers.
  private var vectorizers: [(index: Int, vectorizer: TextVectorizer)] {
    inputs.enumerated().compactMap { index, column in
      if case .text(let vectorizer) = column.kind { (index, vectorizer) } else { nil }
    }
  }

  /// Reads what ``encode(to:)`` wrote.
  init(from reader: ModelReader) throws(ModelFileError) {
    let cursor = try reader.json(.preprocessor)
    try cursor.requireKeys(
      [
        "hasHeader", "inputs", "missing", "missingMarkers", "scaling", "target", "unseen", "unused",
      ], optional: ["comparesSpelling", "missingCategories", "reading"])
    // Every column becomes a feature at least; a long list that cannot be right is not read.
    let list = try cursor.member("inputs")
    if case .array(let columns) = list.value {
      let featureCount = try reader.featureCount()
      guard columns.count <= featureCount else {
        throw list.failure(
          .mismatch(
            found: "a list of \(columns.count)", expected: "at most \(featureCount) columns"))
      }
    }
    var inputs: [InputColumn] = []
    for (index, element) in try list.elements().enumerated() {
      inputs.append(try InputColumn(from: element, index, reader))
    }
    var target: TargetColumn?
    if let column = try cursor.member("target").nonNull {
      try column.requireKeys(["name", "position"], optional: ["notation"])
      target = TargetColumn(
        name: try column.member("name").string(),
        position: try column.member("position").integer(in: 0...Int.max),
        notation: try NumberNotation(in: column))
    }
    let hasHeader = try cursor.member("hasHeader").bool()
    var unused: [UnusedColumn] = []
    for column in try cursor.member("unused").elements() {
      try column.requireKeys(["name", "position", "reason"])
      unused.append(
        UnusedColumn(
          name: try column.member("name").string(),
          position: try column.member("position").integer(in: 0...Int.max),
          reason: try column.member("reason").word(UnusedReason.self)))
    }
    let missing = try cursor.member("missing").word(MissingValuePolicy.self)
    let missingMarkers = try cursor.member("missingMarkers").strings()
    let unseen = try cursor.member("unseen").word(UnseenCategoryPolicy.self)
    let missingCategories = try cursor.optionalMember("missingCategories")?.nonNull?
      .word(ColumnChoices.MissingCategories.self)
    let comparesSpelling = try cursor.optionalMember("comparesSpelling")?.bool() ?? false
    let scaler = try reader.scaler(cursor)
    let reading = try TableReading(in: cursor)
    do throws(PreprocessorError) {
      try self.init(
        inputs: inputs, target: target, unused: unused, hasHeader: hasHeader,
        policies: FieldPolicies(
          missing: missing, unseen: unseen, missingMarkers: missingMarkers,
          missingCategories: missingCategories, comparesSpelling: comparesSpelling), scaler: scaler)
      self.reading = reading
    } catch {
      throw cursor.failure(.inconsistent(error.description))
    }
  }
}

extension TableReading {
  fileprivate var json: JSONValue {
    [
      "separator": .string(separator.name),
      "quote": .string(quote.rawValue),
      "decimal": .string(decimal.rawValue),
      "comment": commentMark.map(JSONValue.string) ?? .null,
      "usualMarkers": .bool(knowsUsualMarkers),
    ]
  }

  /// How the training table was read; files of earlier versions do not say.
  fileprivate init?(in cursor: JSONCursor) throws(ModelFileError) {
    guard let reading = try cursor.optionalMember("reading")?.nonNull else { return nil }
    try reading.requireKeys(["comment", "decimal", "quote", "separator", "usualMarkers"])
    let name = try reading.member("separator")
    guard let separator = Separator(name: try name.string()) else {
      throw name.failure(.inconsistent("this separates no fields"))
    }
    let decimal = try reading.member("decimal").word(DecimalMark.self)
    guard decimal != .auto else {
      throw try reading.member("decimal").failure(.inconsistent("this is not a decimal mark"))
    }
    self.init(
      separator: separator, quote: try reading.member("quote").word(QuoteMark.self),
      decimal: decimal, commentMark: try reading.member("comment").nonNull?.string(),
      knowsUsualMarkers: try reading.member("usualMarkers").bool())
  }
}

extension TargetColumn {
  fileprivate var json: JSONValue {
    var members: [JSONValue.Member] = [
      .init("name", .string(name)), .init("position", .integer(position)),
    ]
    // Written only where it says something, so that older programs read what they can.
    if let notation { members.append(.init("notation", notation.json)) }
    return .object(members)
  }
}

extension NumberNotation {
  fileprivate var json: JSONValue {
    [
      "currency": currency.map(JSONValue.string) ?? .null,
      "percent": .bool(isPercent),
      "thousands": thousands.map(JSONValue.string) ?? .null,
      "decimalComma": .bool(hasDecimalComma),
    ]
  }

  /// How the numbers of a column are written, if not plainly.
  fileprivate init?(in column: JSONCursor) throws(ModelFileError) {
    guard let cursor = try column.optionalMember("notation")?.nonNull else { return nil }
    try cursor.requireKeys(["currency", "decimalComma", "percent", "thousands"])
    self.init(
      currency: try cursor.member("currency").nonNull?.string(),
      isPercent: try cursor.member("percent").bool(),
      thousands: try cursor.member("thousands").nonNull?.string(),
      hasDecimalComma: try cursor.member("decimalComma").bool())
  }
}

extension InputColumn {
  fileprivate var json: JSONValue {
    var members: [JSONValue.Member] = []
    if indicatesMissing { members.append(.init("indicatesMissing", .bool(true))) }
    switch kind {
    case .numeric(let replacement):
      if let notation { members.append(.init("notation", notation.json)) }
      return .object(
        [
          .init("name", .string(name)),
          .init("kind", .string(ColumnWord.number.rawValue)),
          .init("replacement", replacement.map(JSONValue.number) ?? .null),
        ] + members)
    case .date(let dates):
      return .object(
        [
          .init("name", .string(name)),
          .init("kind", .string(ColumnWord.date.rawValue)),
          .init("order", .string(dates.order.rawValue)),
          .init("parts", .strings(dates.parts.map(\.rawValue))),
          .init(
            "replacement", dates.replacement.map { .array($0.map(JSONValue.number)) } ?? .null),
        ] + members)
    case .categorical(let levels, let replacement):
      return [
        "name": .string(name), "kind": .string(ColumnWord.category.rawValue),
        "levels": .strings(levels), "replacement": replacement.map(JSONValue.integer) ?? .null,
      ]
    case .text(let vectorizer):
      return [
        "name": .string(name), "kind": .string(ColumnWord.text.rawValue),
        "unit": .string(vectorizer.options.unit.rawValue),
        "shortest": .integer(vectorizer.options.lengths.lowerBound),
        "longest": .integer(vectorizer.options.lengths.upperBound),
        "foldsCase": .bool(vectorizer.options.foldsCase),
        "minimumTextCount": .integer(vectorizer.options.minimumTextCount),
        "maximumTermCount": .integer(vectorizer.options.maximumTermCount),
        "buckets": vectorizer.options.bucketCount.map(JSONValue.integer) ?? .null,
        "counting": .string(vectorizer.options.counting.rawValue),
        "weighsRarity": .bool(vectorizer.options.weighsRarity),
        "normalizes": .bool(vectorizer.options.normalizes),
      ]
    }
  }

  /// Reads the column of a number, from 0; its terms are in tensors.
  fileprivate init(
    from cursor: JSONCursor, _ index: Int, _ reader: ModelReader
  ) throws(ModelFileError) {
    let name = try cursor.member("name").string()
    switch try cursor.member("kind").word(ColumnWord.self) {
    case .number:
      try cursor.requireKeys(
        ["kind", "name", "replacement"], optional: ["indicatesMissing", "notation"])
      self.init(
        name: name,
        kind: .numeric(replacement: try cursor.member("replacement").nonNull?.number()),
        notation: try NumberNotation(in: cursor),
        indicatesMissing: try cursor.optionalMember("indicatesMissing")?.bool() ?? false)
    case .date:
      try cursor.requireKeys(
        ["kind", "name", "order", "parts", "replacement"], optional: ["indicatesMissing"])
      var parts: [DateColumn.Part] = []
      for part in try cursor.member("parts").elements() {
        parts.append(try part.word(DateColumn.Part.self))
      }
      var replacement: [Double]?
      if let numbers = try cursor.member("replacement").nonNull {
        var found: [Double] = []
        for number in try numbers.elements() { found.append(try number.number()) }
        replacement = found
      }
      self.init(
        name: name,
        kind: .date(
          DateColumn(
            order: try cursor.member("order").word(DateColumn.Order.self), parts: parts,
            replacement: replacement)),
        indicatesMissing: try cursor.optionalMember("indicatesMissing")?.bool() ?? false)
    case .category:
      try cursor.requireKeys(["kind", "levels", "name", "replacement"])
      let levels = try cursor.member("levels").strings()
      self.init(
        name: name,
        kind: .categorical(
          levels: levels,
          replacement: try cursor.member("replacement").nonNull?.integer(in: 0...Int.max)))
    case .text:
      self.init(name: name, kind: .text(try reader.vectorizer(cursor, index)))
    }
  }
}

extension ModelReader {
  fileprivate func vectorizer(
    _ cursor: JSONCursor, _ index: Int
  ) throws(ModelFileError) -> TextVectorizer {
    try cursor.requireKeys([
      "buckets", "counting", "foldsCase", "kind", "longest", "maximumTermCount",
      "minimumTextCount", "name", "normalizes", "shortest", "unit", "weighsRarity",
    ])
    let shortest = try cursor.member("shortest").integer(in: 1...Int.max)
    let longest = try cursor.member("longest").integer(in: shortest...Int.max)
    let options = TextVectorizer.Options(
      unit: try cursor.member("unit").word(TermUnit.self), lengths: shortest...longest,
      foldsCase: try cursor.member("foldsCase").bool(),
      minimumTextCount: try cursor.member("minimumTextCount").integer(in: 1...Int.max),
      maximumTermCount: try cursor.member("maximumTermCount").integer(in: 1...Int.max),
      bucketCount: try cursor.member("buckets").nonNull?.integer(in: 1...Int.max),
      counting: try cursor.member("counting").word(TermCounting.self),
      weighsRarity: try cursor.member("weighsRarity").bool(),
      normalizes: try cursor.member("normalizes").bool())
    let vocabulary = options.bucketCount == nil ? try bytes(.terms(index)) : nil
    let weights = options.weighsRarity ? try vector(.termWeights(index)) : []
    do throws(TextVectorizerError) {
      return try TextVectorizer(
        options: options, vocabulary: vocabulary, inverseDocumentFrequencies: weights)
    } catch {
      throw cursor.failure(.inconsistent(error.description))
    }
  }
}
