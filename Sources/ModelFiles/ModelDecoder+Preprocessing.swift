import Tables
import TabularModels

extension ModelDecoder {
  /// How rows become features, or `nil` when they are features already.
  func preprocessor() throws(ModelFileError) -> Preprocessor? {
    switch try header.member("preprocessing").word(ModelLayout.Preprocessing.self) {
    case .features: return nil
    case .libsvm:
      let cursor = try tensors.json(ModelLayout.Tensor.preprocessing)
      try cursor.requireKeys(["scaling", "zeroBased"])
      return .libsvm(
        LIBSVMPreprocessor(
          isZeroBased: try cursor.member("zeroBased").bool(), scaler: try scaler(cursor)))
    case .table:
      return .table(try tablePreprocessor())
    }
  }

  private func tablePreprocessor() throws(ModelFileError) -> TablePreprocessor {
    let cursor = try tensors.json(ModelLayout.Tensor.preprocessing)
    try cursor.requireKeys(
      [
        "hasHeader", "inputs", "missing", "missingMarkers", "scaling", "target", "unseen", "unused",
      ], optional: ["comparesSpelling", "missingCategories", "reading"])
    // Every column becomes a feature at least; a long list that cannot be right is not read.
    let list = try cursor.member("inputs")
    if case .array(let columns) = list.value {
      let featureCount = try featureCount()
      guard columns.count <= featureCount else {
        throw list.failure(
          .mismatch(
            found: "a list of \(columns.count)", expected: "at most \(featureCount) columns"))
      }
    }
    var inputs: [InputColumn] = []
    for (index, element) in try list.elements().enumerated() {
      inputs.append(try input(element, index))
    }
    var target: TargetColumn?
    if let column = try cursor.member("target").unlessNull {
      try column.requireKeys(["name", "position"], optional: ["notation"])
      target = TargetColumn(
        name: try column.member("name").string(),
        position: try column.member("position").integer(in: 0...Int.max),
        notation: try notation(column))
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
    let missingCategories = try cursor.optionalMember("missingCategories")?.unlessNull?
      .word(ColumnChoices.MissingCategories.self)
    let comparesSpelling = try cursor.optionalMember("comparesSpelling")?.bool() ?? false
    let scaler = try scaler(cursor)
    let reading = try reading(cursor)
    do throws(PreprocessorError) {
      var preprocessor = try TablePreprocessor(
        inputs: inputs, target: target, unused: unused, hasHeader: hasHeader, missing: missing,
        unseen: unseen, missingMarkers: missingMarkers, scaler: scaler,
        missingCategories: missingCategories, comparesSpelling: comparesSpelling)
      preprocessor.reading = reading
      return preprocessor
    } catch {
      throw cursor.failure(.inconsistent(error.description))
    }
  }

  /// How the training table was read; files of earlier versions do not say.
  private func reading(_ cursor: JSONCursor) throws(ModelFileError) -> TableReading? {
    guard let reading = try cursor.optionalMember("reading")?.unlessNull else { return nil }
    try reading.requireKeys(["comment", "decimal", "quote", "separator", "usualMarkers"])
    let name = try reading.member("separator")
    guard let separator = Separator(name: try name.string()) else {
      throw name.failure(.inconsistent("this separates no fields"))
    }
    let decimal = try reading.member("decimal").word(DecimalMark.self)
    guard decimal != .auto else {
      throw try reading.member("decimal").failure(.inconsistent("this is not a decimal mark"))
    }
    return TableReading(
      separator: separator, quote: try reading.member("quote").word(QuoteMark.self),
      decimal: decimal, commentMark: try reading.member("comment").unlessNull?.string(),
      knowsUsualMarkers: try reading.member("usualMarkers").bool())
  }

  private func input(_ cursor: JSONCursor, _ index: Int) throws(ModelFileError) -> InputColumn {
    let name = try cursor.member("name").string()
    switch try cursor.member("kind").word(ModelLayout.ColumnKind.self) {
    case .number:
      try cursor.requireKeys(
        ["kind", "name", "replacement"], optional: ["indicatesMissing", "notation"])
      return InputColumn(
        name: name,
        kind: .numeric(replacement: try cursor.member("replacement").unlessNull?.number()),
        notation: try notation(cursor),
        indicatesMissing: try cursor.optionalMember("indicatesMissing")?.bool() ?? false)
    case .date:
      try cursor.requireKeys(
        ["kind", "name", "order", "parts", "replacement"], optional: ["indicatesMissing"])
      var parts: [DateColumn.Part] = []
      for part in try cursor.member("parts").elements() {
        parts.append(try part.word(DateColumn.Part.self))
      }
      var replacement: [Double]?
      if let numbers = try cursor.member("replacement").unlessNull {
        var found: [Double] = []
        for number in try numbers.elements() { found.append(try number.number()) }
        replacement = found
      }
      return InputColumn(
        name: name,
        kind: .date(
          DateColumn(
            order: try cursor.member("order").word(DateColumn.Order.self), parts: parts,
            replacement: replacement)),
        indicatesMissing: try cursor.optionalMember("indicatesMissing")?.bool() ?? false)
    case .category:
      try cursor.requireKeys(["kind", "levels", "name", "replacement"])
      let levels = try cursor.member("levels").strings()
      return InputColumn(
        name: name,
        kind: .categorical(
          levels: levels,
          replacement: try cursor.member("replacement").unlessNull?.integer(in: 0...Int.max)))
    case .text:
      return InputColumn(name: name, kind: .text(try vectorizer(cursor, index)))
    }
  }

  /// How the numbers of a column are written, if not plainly.
  private func notation(_ column: JSONCursor) throws(ModelFileError) -> NumberNotation? {
    guard let cursor = try column.optionalMember("notation")?.unlessNull else { return nil }
    try cursor.requireKeys(["currency", "decimalComma", "percent", "thousands"])
    return NumberNotation(
      currency: try cursor.member("currency").unlessNull?.string(),
      isPercent: try cursor.member("percent").bool(),
      thousands: try cursor.member("thousands").unlessNull?.string(),
      hasDecimalComma: try cursor.member("decimalComma").bool())
  }

  private func vectorizer(
    _ cursor: JSONCursor, _ index: Int
  ) throws(ModelFileError) -> TextVectorizer {
    typealias Name = ModelLayout.Tensor
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
      bucketCount: try cursor.member("buckets").unlessNull?.integer(in: 1...Int.max),
      counting: try cursor.member("counting").word(TermCounting.self),
      weighsRarity: try cursor.member("weighsRarity").bool(),
      normalizes: try cursor.member("normalizes").bool())
    let vocabulary = options.bucketCount == nil ? try tensors.bytes(Name.terms(index)) : nil
    let weights = options.weighsRarity ? try tensors.vector(Name.termWeights(index)) : []
    do throws(TextVectorizerError) {
      return try TextVectorizer(
        options: options, vocabulary: vocabulary, inverseDocumentFrequencies: weights)
    } catch {
      throw cursor.failure(.inconsistent(error.description))
    }
  }

  private func scaler(_ cursor: JSONCursor) throws(ModelFileError) -> FeatureScaler {
    typealias Name = ModelLayout.Tensor
    let scaling = try cursor.member("scaling").word(Scaling.self)
    let featureCount = try featureCount()
    let offsets = scaling == .none ? [] : try tensors.vector(Name.scalingOffsets)
    let factors = scaling == .none ? [] : try tensors.vector(Name.scalingFactors)
    do throws(PreprocessorError) {
      return try FeatureScaler(
        scaling: scaling, featureCount: featureCount, offsets: offsets, factors: factors)
    } catch {
      throw cursor.failure(.inconsistent(error.description))
    }
  }
}
