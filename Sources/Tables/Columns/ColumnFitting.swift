import LinearAlgebra

/// What is learned of a column that becomes features.
struct FittedColumn: Sendable, Codable {
  /// How it becomes features.
  let input: InputColumn
  /// What is subtracted from each of its features, and what they are multiplied by then.
  let offsets: [Double]
  let factors: [Double]
}

/// Learning how columns become features, from some rows.
///
/// What is learned of a column is a function of that whole column, so that columns can be fitted one by one,
/// on any thread or machine.
struct ColumnFitting: Sendable {
  /// What the columns are.
  let plan: ColumnPlan
  /// The rows to learn from, ascending, and the weight of each.
  let rows: [Int]
  let weights: [Double]
  /// The weights in a unit in which their sums are plain numbers.
  private let units: [Double]
  /// How numbers are scaled.
  let scaling: Scaling
  /// The largest number of threads to use; what is learned does not depend on it.
  let threads: Int

  /// Collects the parts.
  init(plan: ColumnPlan, rows: [Int], weights: [Double], scaling: Scaling, threads: Int) {
    self.plan = plan
    self.rows = rows
    self.weights = weights
    units = WeightUnits.scaled(weights)
    self.scaling = scaling
    self.threads = threads
  }

  private func field(_ index: Int) -> FieldName { plan.questions.fieldName(index) }

  /// Learns how a column becomes features.
  ///
  /// - Parameters:
  ///   - column: All its values, without those of rows of weight 0.
  ///   - index: Its place among the columns.
  /// - Returns: What was learned.
  /// - Throws: ``TableError``: missing values for which nothing can be put in; texts without terms.
  /// - Complexity: O(rows), O(rows · log rows) for a median.
  func fitted(_ column: TableColumn, at index: Int) throws(TableError) -> FittedColumn {
    var scales = FeatureScales(scaling)
    let kind: InputKind
    let indicatesMissing = plan.indicatesMissing(index)
    if case .dates(let order) = plan.findings[index].dates {
      kind = .date(try dates(column.asTexts, order, at: index, &scales))
    } else {
      switch (column.values, plan.kinds[index]) {
      case (.numbers(let numbers), let choice) where choice != .category:
        let replacement = replacement(numbers)
        if replacement == nil, case .constant(let value) = plan.missing, column.missingCount > 0 {
          throw TableError(
            .noReplacement(
              file: plan.file, column: field(index), constant: value,
              example: "a decimal number such as 1.4"))
        }
        kind = .numeric(replacement: replacement)
        scales.append(
          ColumnMoments(
            rows.lazy.map { numbers[$0].isNaN ? replacement ?? 0 : numbers[$0] }, weights: units))
      case (.categories(let texts, let codes), .text):
        kind = .text(try vectorizer(texts, codes, at: index))
        scales.appendIndicators(kind.featureCount)
      default:
        kind = category(column.asTexts, at: index)
        scales.appendIndicators(kind.featureCount)
      }
    }
    if indicatesMissing { scales.appendIndicators(1) }
    var notation: NumberNotation?
    if case .numeric = kind { notation = column.notation }
    return FittedColumn(
      input: InputColumn(
        name: column.name, kind: kind, notation: notation, indicatesMissing: indicatesMissing),
      offsets: scales.offsets, factors: scales.factors)
  }

  /// What dates become, and what stands in for a missing one.
  private func dates(
    _ column: TableColumn, _ order: DateColumn.Order, at index: Int, _ scales: inout FeatureScales
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
      if case .constant(let text) = plan.missing {
        number = DateText.moment(text, order)?.value(part)
        if number == nil, column.missingCount > 0 {
          throw TableError(
            .noReplacement(
              file: plan.file, column: field(index), constant: text,
              example: "a date or time such as \(levels[0])"))
        }
      } else {
        number = self.replacement(numbers)
      }
      if let number { replacement?.append(number) } else { replacement = nil }
      scales.append(
        ColumnMoments(
          rows.lazy.map { numbers[$0].isNaN ? number ?? 0 : numbers[$0] }, weights: units))
    }
    return DateColumn(order: order, parts: parts, replacement: replacement)
  }

  /// The levels of a column of texts, and which of them stands in for a missing value.
  private func category(_ column: TableColumn, at index: Int) -> InputKind {
    guard case .categories(var levels, let codes) = column.values else {
      preconditionFailure("column \(column.name) holds no categories")
    }
    let policy: MissingValuePolicy
    switch plan.treatment(index) {
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
      for (row, weight) in zip(rows, units) where codes[row] >= 0 {
        counts[Int(codes[row])] += weight
      }
      let mostFrequent = counts.indices.max {
        counts[$0] < counts[$1] || counts[$0] == counts[$1] && $0 > $1
      }
      return .categorical(levels: levels, replacement: mostFrequent)
    }
  }

  /// Learns the terms of a column of texts.
  private func vectorizer(
    _ texts: [String], _ codes: [Int32], at index: Int
  ) throws(TableError) -> TextVectorizer {
    let options = plan.questions.choices.textOptions
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
      throw TableError(.noTerms(file: plan.file, column: field(index), unit: options.unit))
    }
    return vectorizer
  }

  /// What stands in for a missing number; 0 in a column that has no number.
  private func replacement(_ numbers: [Double]) -> Double? {
    let present = zip(rows, units).lazy
      .filter { !numbers[$0.0].isNaN }.map { (value: numbers[$0.0], weight: $0.1) }
    switch plan.missing {
    case .error, .drop: return nil
    case .constant(let text):
      guard case .number(let value) = NumberParser.parse(text) else { return nil }
      return value
    case .mean:
      return ColumnMoments(
        present.lazy.map(\.value), weights: present.lazy.map(\.weight)
      ).mean
    case .median:
      return Self.median(Array(present))
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

/// Offsets and factors, feature after feature.
private struct FeatureScales {
  private let scaling: Scaling
  private(set) var offsets: [Double] = []
  private(set) var factors: [Double] = []

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
}
