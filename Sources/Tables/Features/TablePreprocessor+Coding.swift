import Basics

// Preprocessors as values that any encoder takes. What is decoded is checked as a file's parts are,
// because anybody may have written it.

extension MissingValuePolicy: Codable {}

extension Scaling: Codable {}

extension InputKind: Codable {
  private enum Name: String, Codable {
    case numeric
    case categorical
    case text
    case date
  }

  private enum CodingKeys: String, CodingKey {
    case kind
    case levels
    case replacement
    case vectorizer
    case dates
  }

  /// Decodes a kind.
  package init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    switch try values.decode(Name.self, forKey: .kind) {
    case .numeric:
      self = .numeric(replacement: try values.decodeIfPresent(Double.self, forKey: .replacement))
    case .categorical:
      self = .categorical(
        levels: try values.decode([String].self, forKey: .levels),
        replacement: try values.decodeIfPresent(Int.self, forKey: .replacement))
    case .text:
      self = .text(try values.decode(TextVectorizer.self, forKey: .vectorizer))
    case .date:
      self = .date(try values.decode(DateColumn.self, forKey: .dates))
    }
  }

  /// Encodes the kind.
  package func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    switch self {
    case .numeric(let replacement):
      try values.encode(Name.numeric, forKey: .kind)
      try values.encodeIfPresent(replacement, forKey: .replacement)
    case .categorical(let levels, let replacement):
      try values.encode(Name.categorical, forKey: .kind)
      try values.encode(levels, forKey: .levels)
      try values.encodeIfPresent(replacement, forKey: .replacement)
    case .text(let vectorizer):
      try values.encode(Name.text, forKey: .kind)
      try values.encode(vectorizer, forKey: .vectorizer)
    case .date(let dates):
      try values.encode(Name.date, forKey: .kind)
      try values.encode(dates, forKey: .dates)
    }
  }
}

extension InputColumn: Codable {
  private enum CodingKeys: String, CodingKey {
    case name
    case kind
    case notation
    case indicatesMissing
  }

  /// Decodes a column.
  package init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      name: try values.decode(String.self, forKey: .name),
      kind: try values.decode(InputKind.self, forKey: .kind),
      notation: try values.decodeIfPresent(NumberNotation.self, forKey: .notation),
      indicatesMissing: try values.decodeIfPresent(Bool.self, forKey: .indicatesMissing) ?? false)
  }

  /// Encodes the column.
  package func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(name, forKey: .name)
    try values.encode(kind, forKey: .kind)
    try values.encodeIfPresent(notation, forKey: .notation)
    try values.encode(indicatesMissing, forKey: .indicatesMissing)
  }
}

extension FeatureScaler: Codable {
  private enum CodingKeys: String, CodingKey {
    case scaling
    case featureCount
    case offsets
    case factors
  }

  /// Decodes a scaler; throws when its parts do not fit together.
  package init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    let scaling = try values.decode(Scaling.self, forKey: .scaling)
    let featureCount = try values.decode(Int.self, forKey: .featureCount)
    let offsets = try values.decode([Double].self, forKey: .offsets)
    let factors = try values.decode([Double].self, forKey: .factors)
    self = try decoder.checking {
      try FeatureScaler(
        scaling: scaling, featureCount: featureCount, offsets: offsets, factors: factors)
    }
  }

  /// Encodes the scaler.
  package func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(scaling, forKey: .scaling)
    try values.encode(featureCount, forKey: .featureCount)
    try values.encode(offsets, forKey: .offsets)
    try values.encode(factors, forKey: .factors)
  }
}

extension TablePreprocessor: Codable {
  private enum CodingKeys: String, CodingKey {
    case inputs
    case target
    case unused
    case hasHeader
    case missing
    case unseen
    case missingMarkers
    case reading
    case scaler
    case missingCategories
    case comparesSpelling
  }

  /// Decodes a preprocessor; throws when its parts do not fit together.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    let inputs = try values.decode([InputColumn].self, forKey: .inputs)
    let target = try values.decodeIfPresent(TargetColumn.self, forKey: .target)
    let unused = try values.decode([UnusedColumn].self, forKey: .unused)
    let hasHeader = try values.decode(Bool.self, forKey: .hasHeader)
    let missing = try values.decode(MissingValuePolicy.self, forKey: .missing)
    let unseen = try values.decode(UnseenCategoryPolicy.self, forKey: .unseen)
    let missingMarkers = try values.decode([String].self, forKey: .missingMarkers)
    let scaler = try values.decode(FeatureScaler.self, forKey: .scaler)
    let missingCategories = try values.decodeIfPresent(
      ColumnChoices.MissingCategories.self, forKey: .missingCategories)
    let comparesSpelling =
      try values.decodeIfPresent(Bool.self, forKey: .comparesSpelling) ?? false
    self = try decoder.checking {
      try TablePreprocessor(
        inputs: inputs, target: target, unused: unused, hasHeader: hasHeader,
        policies: .init(
          missing: missing, unseen: unseen, missingMarkers: missingMarkers,
          missingCategories: missingCategories, comparesSpelling: comparesSpelling), scaler: scaler)
    }
    reading = try values.decodeIfPresent(TableReading.self, forKey: .reading)
  }

  /// Encodes the preprocessor.
  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(inputs, forKey: .inputs)
    try values.encodeIfPresent(target, forKey: .target)
    try values.encode(unused, forKey: .unused)
    try values.encode(hasHeader, forKey: .hasHeader)
    try values.encode(missing, forKey: .missing)
    try values.encode(unseen, forKey: .unseen)
    try values.encode(missingMarkers, forKey: .missingMarkers)
    try values.encodeIfPresent(reading, forKey: .reading)
    try values.encode(scaler, forKey: .scaler)
    try values.encodeIfPresent(missingCategories, forKey: .missingCategories)
    try values.encode(comparesSpelling, forKey: .comparesSpelling)
  }
}

extension Separator: Codable {
  /// Decodes a separator's name.
  public init(from decoder: any Decoder) throws {
    let name = try decoder.singleValueContainer().decode(String.self)
    guard let separator = Separator(name: name) else {
      throw DecodingError.dataCorrupted(
        DecodingError.Context(
          codingPath: decoder.codingPath,
          debugDescription: "\(MessageText.quoted(name)) separates no fields"))
    }
    self = separator
  }

  /// Encodes the separator's name.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(name)
  }
}

extension QuoteMark: Codable {}

extension DecimalMark: Codable {}

extension Decoder {
  /// Makes a value of decoded parts; what is wrong with them becomes an error of the decoder's.
  fileprivate func checking<Value>(_ make: () throws -> Value) throws -> Value {
    do {
      return try make()
    } catch let error as PreprocessorError {
      throw DecodingError.dataCorrupted(
        DecodingError.Context(codingPath: codingPath, debugDescription: error.description))
    }
  }
}
