import LinearAlgebra

extension TablePreprocessor {
  /// Learns how the columns of a training table become features.
  ///
  /// Roles, kinds and levels of columns come from all rows of the table, so that every row can be
  /// transformed; means, ranges and replacements only from the chosen ones, so that rows held out
  /// stay unseen. Columns that have one value only, or none, are left out, and so are columns of
  /// texts that are mostly different; `unused` says why.
  ///
  /// With a column of weights (`ColumnChoices/weight`) every statistic is weighted: whole numbers
  /// give what the table would give with each row repeated that many times. Rows of weight 0 are
  /// left out before anything else, also what columns hold is decided without them.
  ///
  /// - Parameters:
  ///   - table: The training table.
  ///   - target: The index of the column to predict, or `nil` when there is none.
  ///   - choices: How columns are treated, where their values do not decide it.
  ///   - scaling: How numbers are scaled.
  ///   - missing: What to do about missing values.
  ///   - unseen: What to do, later, about categories that do not occur in the table.
  ///   - rows: The rows to learn from, or `nil` for all; with ``MissingValuePolicy/drop``, those
  ///     without missing values.
  ///   - threads: The largest number of threads to use, or `nil` for one on each core; the result is
  ///     the same.
  /// - Throws: ``TableError``: a column of numbers with texts or infinities in it, or of dates; a
  ///   missing target or, under ``MissingValuePolicy/error``, feature; no column or row that is
  ///   left to learn from; choices that name no column; a row without a weight, or no weight greater
  ///   than 0.
  public init(
    fitting table: Table, target: Int?, choices: ColumnChoices = ColumnChoices(),
    scaling: Scaling = .standard, missing: MissingValuePolicy = .error,
    unseen: UnseenCategoryPolicy = .error, rows: [Int]? = nil, threads: Int? = nil
  ) throws(TableError) {
    let plan = try Self.checkedPlan(table, target: target, choices: choices, missing: missing)
    let chosen = rows.map { table.places(of: $0, in: plan.table) }
    let table = plan.table
    let inputColumns = plan.inputs
    let rows = chosen ?? table.trainingRows(plan, missing: missing)
    guard !rows.isEmpty else {
      throw TableError(.noCompleteRows(file: table.file, rows: table.rowCount))
    }
    let weights = rows.map { plan.weights?[$0] ?? 1 }
    let sample = TrainingSample(rows: rows, weights: WeightUnits.scaled(weights))

    var inputs: [InputColumn] = []
    var scales = FeatureScales(scaling)
    for index in inputColumns {
      let column = table.columns[index]
      let kind: InputKind
      let indicatesMissing = plan.indicatesMissing(index)
      if case .dates(let order) = plan.dates[index] {
        kind = .date(
          try Self.dates(
            column.asTexts, order, sample, missing: missing, at: table.fieldName(index),
            file: table.file, scales: &scales))
      } else {
        switch (column.values, plan.kinds[index]) {
        case (.numbers, .category):
          kind = Self.category(column.asTexts, sample, treatment: plan.treatment(index))
          scales.appendIndicators(kind.featureCount)
        case (.numbers(let numbers), _):
          let replacement = Self.replacement(numbers, sample, missing: missing)
          if replacement == nil, case .constant(let value) = missing, column.missingCount > 0 {
            throw TableError(
              .noReplacement(
                file: table.file, column: table.fieldName(index), constant: value,
                example: "a decimal number such as 1.4"))
          }
          kind = .numeric(replacement: replacement)
          scales.append(
            ColumnMoments(
              rows.lazy.map { numbers[$0].isNaN ? replacement ?? 0 : numbers[$0] },
              weights: sample.weights))
        case (.categories(let texts, let codes), .text):
          kind = .text(
            try Self.vectorizer(
              texts, codes, rows: rows, weights: weights, choices.textOptions, threads: threads,
              file: table.file, column: table.fieldName(index)))
          scales.appendIndicators(kind.featureCount)
        case (.categories, _):
          kind = Self.category(column, sample, treatment: plan.treatment(index))
          scales.appendIndicators(kind.featureCount)
        }
      }
      if indicatesMissing { scales.appendIndicators(1) }
      var notation: NumberNotation?
      if case .numeric = kind { notation = column.notation }
      inputs.append(
        InputColumn(
          name: column.name, kind: kind, notation: notation, indicatesMissing: indicatesMissing))
    }
    self.init(
      unchecked: inputs,
      target: target.map {
        TargetColumn(
          name: table.columns[$0].name, position: $0,
          notation: plan.kinds[$0] == .category ? nil : table.columns[$0].notation)
      },
      unused: plan.unused, hasHeader: table.hasHeader, missing: missing, unseen: unseen,
      missingMarkers: table.missingMarkers, scaler: scales.scaler,
      missingCategories: choices.missingCategories, comparesSpelling: true)
    reading = table.reading
  }

  /// Rejects a table that no training accepts, before its rows are divided or its classes counted:
  /// every command that learns from a table asks here first.
  ///
  /// - Parameters:
  ///   - table: The training table.
  ///   - target: The index of the column to predict, or `nil` when there is none.
  ///   - choices: How columns are treated.
  ///   - missing: What to do about missing values.
  /// - Throws: ``TableError``, as the fitting of all rows would.
  package static func check(
    _ table: Table, target: Int?, choices: ColumnChoices, missing: MissingValuePolicy
  ) throws(TableError) {
    let plan = try checkedPlan(table, target: target, choices: choices, missing: missing)
    guard !plan.table.trainingRows(plan, missing: missing).isEmpty else {
      throw TableError(.noCompleteRows(file: table.file, rows: plan.table.rowCount))
    }
  }

  /// How the columns are treated, once nothing is wrong with them.
  private static func checkedPlan(
    _ table: Table, target: Int?, choices: ColumnChoices, missing: MissingValuePolicy
  ) throws(TableError) -> ColumnPlan {
    let plan = try ColumnPlan(table, target: target, choices: choices, missing: missing)
    let table = plan.table
    guard !plan.inputs.isEmpty else {
      guard table.columns.count > 1 || target == nil else {
        throw TableError(.noFeatureColumns(file: table.file, target: table.columns[0].name))
      }
      throw TableError(.noFeaturesLeft(file: table.file, columns: table.columns.count))
    }
    // All that is wrong is said at once.
    let problems = table.columns.indices.compactMap(plan.problem)
    if let problem = TableError.combined(problems) { throw problem }
    try checkMissing(
      table, inputColumns: plan.inputs(with: .error), target: missing == .drop ? nil : target)
    return plan
  }

  /// What dates become, and what stands in for a missing one.
  private static func dates(
    _ column: TableColumn, _ order: DateColumn.Order, _ sample: TrainingSample,
    missing: MissingValuePolicy, at field: FieldName, file: String, scales: inout FeatureScales
  ) throws(TableError) -> DateColumn {
    guard case .categories(let levels, let codes) = column.values else {
      preconditionFailure("column \(column.name) holds no texts")
    }
    let moments = levels.compactMap { DateText.moment($0, order) }
    precondition(
      moments.count == levels.count, "column \(column.name) holds other texts than dates")
    let parts = DateColumn.parts(of: column, order)
    var replacement: [Double]? = []
    for part in parts {
      let ofLevel = moments.map { $0.value(part) ?? .nan }
      let numbers = codes.map { $0 < 0 ? .nan : ofLevel[Int($0)] }
      var number: Double?
      if case .constant(let text) = missing {
        number = DateText.moment(text, order)?.value(part)
        if number == nil, column.missingCount > 0 {
          throw TableError(
            .noReplacement(
              file: file, column: field, constant: text,
              example: "a date or time such as \(levels[0])"))
        }
      } else {
        number = Self.replacement(numbers, sample, missing: missing)
      }
      if let number { replacement?.append(number) } else { replacement = nil }
      scales.append(
        ColumnMoments(
          sample.rows.lazy.map { numbers[$0].isNaN ? number ?? 0 : numbers[$0] },
          weights: sample.weights))
    }
    return DateColumn(order: order, parts: parts, replacement: replacement)
  }

  /// Rejects missing values that the policy has no answer to, the first one in the file first.
  private static func checkMissing(
    _ table: Table, inputColumns: [Int], target: Int?
  ) throws(TableError) {
    var first: (occurrence: TableColumn.Occurrence, column: Int)?
    for column in ((target.map { [$0] } ?? []) + inputColumns).sorted() {
      guard let occurrence = table.firstMissing(column) else { continue }
      if first == nil || occurrence.row < first!.occurrence.row { first = (occurrence, column) }
    }
    guard let (occurrence, column) = first else { return }
    let name = table.fieldName(column)
    if column == target {
      throw TableError(.missingTarget(occurrence.position, name, text: occurrence.text))
    }
    throw TableError(
      .missingValue(
        occurrence.position, name, text: occurrence.text,
        isNumeric: table.columns[column].isNumeric))
  }

  /// The levels of a column of texts, and which of them stands in for a missing value.
  private static func category(
    _ column: TableColumn, _ sample: TrainingSample, treatment: MissingTreatment
  ) -> InputKind {
    guard case .categories(var levels, let codes) = column.values else {
      preconditionFailure("column \(column.name) holds no categories")
    }
    let policy: MissingValuePolicy
    switch treatment {
    case .ownCategory:
      // No text that is there is empty, and an empty one comes before all others.
      return .categorical(levels: [""] + levels, replacement: 0)
    case .policy(let chosen): policy = chosen
    }
    switch policy {
    case .error, .drop: return .categorical(levels: levels, replacement: nil)
    case .constant(let value):
      // Also in a column that is complete here: a value may be missing later.
      if !levels.contains(value) {
        let place = levels.firstIndex { value.utf8.lexicographicallyPrecedes($0.utf8) }
        levels.insert(value, at: place ?? levels.count)
      }
      return .categorical(levels: levels, replacement: levels.firstIndex(of: value))
    case .mean, .median, .mostFrequent:
      var counts = [Double](repeating: 0, count: levels.count)
      for (row, weight) in zip(sample.rows, sample.weights) where codes[row] >= 0 {
        counts[Int(codes[row])] += weight
      }
      let mostFrequent = counts.indices.max {
        counts[$0] < counts[$1] || counts[$0] == counts[$1] && $0 > $1
      }
      return .categorical(levels: levels, replacement: mostFrequent)
    }
  }

  /// Learns the terms of a column of texts.
  private static func vectorizer(
    _ texts: [String], _ codes: [Int32], rows: [Int], weights: [Double],
    _ options: TextVectorizer.Options, threads: Int?, file: String, column: FieldName
  ) throws(TableError) -> TextVectorizer {
    var weightOfText = [Double](repeating: 0, count: texts.count)
    var total = 0.0
    for (row, weight) in zip(rows, weights) {
      total += weight
      if codes[row] >= 0 { weightOfText[Int(codes[row])] += weight }
    }
    let vectorizer: TextVectorizer
    do throws(TextVectorizerError) {
      vectorizer = try TextVectorizer(
        fitting: texts, weights: weightOfText, totalWeight: total, options: options,
        threads: threads)
    } catch {
      throw TableError(.textOptions(error))
    }
    guard vectorizer.featureCount > 0 else {
      throw TableError(.noTerms(file: file, column: column, unit: options.unit))
    }
    return vectorizer
  }

  /// What stands in for a missing number; 0 in a column that has no number.
  private static func replacement(
    _ numbers: [Double], _ sample: TrainingSample, missing: MissingValuePolicy
  ) -> Double? {
    let present = zip(sample.rows, sample.weights).lazy
      .filter { !numbers[$0.0].isNaN }.map { (value: numbers[$0.0], weight: $0.1) }
    switch missing {
    case .error, .drop: return nil
    case .constant(let text):
      guard case .number(let value) = NumberParser.parse(text) else { return nil }
      return value
    case .mean:
      return ColumnMoments(
        present.lazy.map(\.value), weights: present.lazy.map(\.weight)
      ).mean
    case .median:
      return median(Array(present))
    case .mostFrequent:
      var counts: [Double: Double] = [:]
      for (value, weight) in present { counts[value, default: 0] += weight }
      let best = counts.max { $0.value < $1.value || $0.value == $1.value && $0.key > $1.key }
      // Adding 0 makes −0 plain 0; which of the two a dictionary keeps depends on the order.
      return (best?.key ?? 0) + 0
    }
  }

  /// The weighted median: with W the sum of the weights, the smallest number up to which the weights
  /// come to W/2, or, if they come to just W/2, the middle between it and the next number.
  ///
  /// With whole weights it is the median of the numbers repeated as often.
  private static func median(_ values: [(value: Double, weight: Double)]) -> Double {
    guard !values.isEmpty else { return 0 }
    let sorted = values.sorted { $0.value < $1.value }
    // Added in this order, so that the sum of all is the last of the sums below.
    let half = sorted.reduce(0) { $0 + $1.weight } / 2
    var (sum, lower) = (0.0, sorted[sorted.count - 1].value)
    for (index, (value, weight)) in sorted.enumerated() {
      sum += weight
      guard sum >= half else { continue }
      lower = value
      guard sum == half, index + 1 < sorted.count else { break }
      let upper = sorted[index + 1].value
      // Halved before they are added: the sum of two large numbers may be infinite.
      return lower == upper ? lower + 0 : lower / 2 + upper / 2
    }
    return lower + 0
  }
}

/// The rows to learn from, and what each counts.
private struct TrainingSample {
  let rows: [Int]
  /// The weight of each of them, in a unit in which their sums are plain numbers.
  let weights: [Double]
}

/// Offsets and factors, feature after feature.
private struct FeatureScales {
  private let scaling: Scaling
  private var offsets: [Double] = []
  private var factors: [Double] = []

  init(_ scaling: Scaling) { self.scaling = scaling }

  /// Adds a feature that is a number.
  mutating func append(_ statistics: ColumnMoments) {
    let (offset, factor) = statistics.parameters(scaling)
    offsets.append(offset)
    factors.append(factor)
  }

  /// Adds indicators, which stay 0 and 1, or weights of terms.
  ///
  /// Standardising them would blow a rare level up, to 1/√p for a share p of the rows, and make
  /// its rows strangers to all others; it would also make every zero a number to be stored.
  mutating func appendIndicators(_ count: Int) {
    offsets.append(contentsOf: repeatElement(0, count: count))
    factors.append(contentsOf: repeatElement(1, count: count))
  }

  var scaler: FeatureScaler {
    let count = offsets.count
    guard scaling != .none else { return .identity(featureCount: count) }
    return FeatureScaler(
      unchecked: scaling, featureCount: count, offsets: offsets, factors: factors)
  }
}
