import LinearAlgebra

extension TablePreprocessor {
  /// Learns how the columns of a training table become features.
  ///
  /// Roles, kinds and levels of columns come from all rows of the table, so that every row can be
  /// transformed; means, ranges and replacements only from the chosen ones, so that rows held out
  /// stay unseen. Columns that have one value only, or none, are left out, and so are columns of
  /// texts that are mostly different; ``unused`` says why.
  ///
  /// With a column of weights (``ColumnChoices/weight``) every statistic is weighted: whole numbers
  /// give what the table would give with each row written so many times. Rows of weight 0 are left
  /// out before anything else, also what columns hold is decided without them.
  ///
  /// - Parameters:
  ///   - table: The training table.
  ///   - target: The index of the column to predict, or `nil` when there is none.
  ///   - choices: What columns are taken for, where their values do not decide it.
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
    guard !rows.isEmpty else { throw .noCompleteRows(file: table.file, rows: table.rowCount) }
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
            throw .noReplacement(
              file: table.file, column: table.fieldName(index), constant: value,
              example: "a decimal number such as 1.4")
          }
          kind = .numeric(replacement: replacement)
          scales.append(
            FeatureStatistics(
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

  /// Refuses a table that no training accepts, before its rows are divided or its classes counted:
  /// every command that learns from a table asks here first.
  ///
  /// - Parameters:
  ///   - table: The training table.
  ///   - target: The index of the column to predict, or `nil` when there is none.
  ///   - choices: What columns are taken for.
  ///   - missing: What to do about missing values.
  /// - Throws: ``TableError``, as the fitting of all rows would.
  package static func check(
    _ table: Table, target: Int?, choices: ColumnChoices, missing: MissingValuePolicy
  ) throws(TableError) {
    let plan = try checkedPlan(table, target: target, choices: choices, missing: missing)
    guard !plan.table.trainingRows(plan, missing: missing).isEmpty else {
      throw .noCompleteRows(file: table.file, rows: plan.table.rowCount)
    }
  }

  /// What becomes of the columns, once nothing is wrong with them.
  private static func checkedPlan(
    _ table: Table, target: Int?, choices: ColumnChoices, missing: MissingValuePolicy
  ) throws(TableError) -> ColumnPlan {
    let plan = try ColumnPlan(table, target: target, choices: choices, missing: missing)
    let table = plan.table
    guard !plan.inputs.isEmpty else {
      guard table.columns.count > 1 || target == nil else {
        throw .noFeatureColumns(file: table.file, target: table.columns[0].name)
      }
      throw .noFeaturesLeft(file: table.file, columns: table.columns.count)
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
          throw .noReplacement(
            file: file, column: field, constant: text,
            example: "a date or time such as \(levels[0])")
        }
      } else {
        number = Self.replacement(numbers, sample, missing: missing)
      }
      if let number { replacement?.append(number) } else { replacement = nil }
      scales.append(
        FeatureStatistics(
          sample.rows.lazy.map { numbers[$0].isNaN ? number ?? 0 : numbers[$0] },
          weights: sample.weights))
    }
    return DateColumn(order: order, parts: parts, replacement: replacement)
  }

  /// Refuses missing values that the policy has no answer to, the first one in the file first.
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
      throw .missingTarget(occurrence.position, name, text: occurrence.text)
    }
    throw .missingValue(
      occurrence.position, name, text: occurrence.text,
      isNumeric: table.columns[column].isNumeric)
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
      throw .textOptions(error)
    }
    guard vectorizer.featureCount > 0 else {
      throw .noTerms(file: file, column: column, unit: options.unit)
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
      return FeatureStatistics(
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

extension Table {
  /// The rows that become examples: all, or under ``MissingValuePolicy/drop`` those without a
  /// missing value in a column that is used.
  func trainingRows(_ plan: ColumnPlan, missing: MissingValuePolicy) -> [Int] {
    let columns =
      plan.inputs(with: .drop) + (missing == .drop ? plan.target.map { [$0] } ?? [] : [])
    return columns.isEmpty ? Array(0..<rowCount) : completeRows(columns)
  }

  /// The rows that have a weight; see ``weighted(by:)``.
  ///
  /// - Throws: ``TableError``, also when the choices contradict each other, which is found first.
  package func trainingTable(
    target: Int?, choices: ColumnChoices
  ) throws(TableError) -> (table: Table, weights: [Double]?) {
    let plan = try ColumnPlan(self, target: target, choices: choices, missing: .error)
    return (plan.table, plan.weights)
  }

  /// The rows of a table without weights of 0 that a training would take; see
  /// ``TablePreprocessor/usableRows(of:model:)``.
  package func trainingRows(
    target: Int?, choices: ColumnChoices, missing: MissingValuePolicy
  ) throws(TableError) -> [Int] {
    trainingRows(
      try ColumnPlan(self, target: target, choices: choices, missing: missing), missing: missing)
  }

  /// Refuses a target that some rows lack, or that holds a number which is not finite.
  ///
  /// - Throws: ``TableError/missingTarget(_:_:text:)`` or ``TableError/notFinite(_:_:text:)``.
  package func requireValues(ofTarget index: Int, rows: [Int]) throws(TableError) {
    if columns[index].isNumeric, let problem = columns[index].places.problem { throw problem }
    guard let row = rows.first(where: columns[index].isMissing) else { return }
    let first = columns[index].places.firstMissing
    let isFirst = first?.row == row
    throw .missingTarget(
      isFirst ? first!.position : place(ofRow: row, column: index), fieldName(index),
      text: isFirst ? first!.text : "")
  }

  /// Where rows of this table are in one that lacks the rows of weight 0; without those of them.
  fileprivate func places(of rows: [Int], in used: Table) -> [Int] {
    guard used.rowCount < rowCount, let kept = used.fileRows else { return rows }
    // Both tables know the numbers of their rows in the file.
    let places = Dictionary(uniqueKeysWithValues: kept.enumerated().map { ($1, $0) })
    return rows.compactMap { places[fileRows?[$0] ?? $0] }
  }

  /// The column to predict: the one that the user names, or else the last one that is not left out.
  package func targetIndex(
    _ name: String?, _ choices: ColumnChoices
  ) throws(TableError) -> Int {
    try ColumnPlan.target(
      name, names: columns.map(\.name), at: start, choices: choices,
      isPassedOver: { unnamedColumns.contains($0) && columns[$0].missingCount == rowCount })
  }

  /// Whether the user takes a column for categories, or for numbers; `nil` when nothing is said.
  package func chosenKind(
    _ column: Int, _ choices: ColumnChoices
  ) throws(TableError) -> ColumnChoices.Kind? {
    try ColumnPlan.kind(of: column, in: self, choices: choices)
  }
}

/// Offsets and factors, feature after feature.
private struct FeatureScales {
  private let scaling: Scaling
  private var offsets: [Double] = []
  private var factors: [Double] = []

  init(_ scaling: Scaling) { self.scaling = scaling }

  /// Adds a feature that is a number.
  mutating func append(_ statistics: FeatureStatistics) {
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

/// What scaling needs to know about a feature.
struct FeatureStatistics {
  let mean: Double
  let deviation: Double
  let least: Double
  let greatest: Double

  /// Looks at the values of a feature, twice; all are finite.
  ///
  /// - Parameters:
  ///   - values: The values; of a sparse feature, those that are stored.
  ///   - weights: The weight of each, greater than 0, in the unit of ``WeightUnits``.
  ///   - zeros: The weight of the zeros that are not stored; `nil` if there are none.
  init(
    _ values: some Sequence<Double>, weights: some Sequence<Double>, zeros: Double? = nil
  ) {
    var (least, greatest) = zeros == nil ? (Double.infinity, -Double.infinity) : (0.0, 0.0)
    var count = zeros ?? 0
    for (value, weight) in zip(values, weights) {
      least = min(least, value)
      greatest = max(greatest, value)
      count += weight
    }
    // A constant is told by its values: its deviation may come out as rounding noise, and dividing
    // by that would make features of nothing.
    guard least < greatest else {
      mean = least == greatest ? least : 0
      deviation = 0
      self.least = mean
      self.greatest = mean
      return
    }
    // Sums are taken of values scaled by a power of two, which is exact, so that neither they nor
    // squares overflow.
    let largest = max(least.magnitude, greatest.magnitude)
    let exponent = max(-1000, min(1000, largest.exponent))
    let unit = Double(sign: .plus, exponent: exponent, significand: 1)
    let scale = 1 / unit
    var sum = 0.0
    for (value, weight) in zip(values, weights) { sum += weight * (value * scale) }
    let center = sum / count
    var squares = (zeros ?? 0) * center * center
    for (value, weight) in zip(values, weights) {
      let distance = value * scale - center
      squares += weight * (distance * distance)
    }
    mean = center * unit
    deviation = (squares / count).squareRoot() * unit
    self.least = least
    self.greatest = greatest
  }

  /// What to subtract, and what to multiply by then.
  ///
  /// A constant becomes 0, as does a feature whose spread is too small or too large for its
  /// reciprocal to be a number. Without a shift, a constant stays as it is.
  func parameters(_ scaling: Scaling, shifts: Bool = true) -> (offset: Double, factor: Double) {
    switch scaling {
    case .none: return (0, 1)
    case .standard:
      guard least < greatest else { return (shifts ? least : 0, 1) }
      return (shifts ? mean : 0, Self.reciprocal(deviation))
    case .minmax:
      return least < greatest ? (least, Self.reciprocal(greatest - least)) : (least, 1)
    case .maxabs:
      let largest = max(least.magnitude, greatest.magnitude)
      return (0, largest > 0 ? Self.reciprocal(largest) : 1)
    }
  }

  private static func reciprocal(_ spread: Double) -> Double {
    let factor = 1 / spread
    return factor.isFinite ? factor : 0
  }
}

extension FeatureScaler {
  /// Learns the scaling of features that are numbers already.
  ///
  /// Sparse features are not centred by ``Scaling/standard``: subtracting a mean would make every
  /// zero a number to be stored. Kernels of differences (gaussian, laplacian) do not notice, nor does
  /// the linear one, whose bias takes the shift up; polynomial and sigmoid kernels see another
  /// origin than with dense features.
  ///
  /// - Parameters:
  ///   - features: The training examples; every value finite.
  ///   - scaling: How every feature is scaled.
  ///   - rows: The rows to learn from, or `nil` for all.
  ///   - weights: What each row of `features` counts, a finite number of at least 0, or `nil` for 1
  ///     each. One of weight 2 counts as two equal rows, one of weight 0 not at all; the sum is finite.
  public init(
    fitting features: FeatureMatrix, scaling: Scaling, rows: [Int]? = nil,
    weights: [Double]? = nil
  ) {
    precondition(
      weights == nil || weights?.count == features.rowCount,
      "\(weights?.count ?? 0) weights of \(features.rowCount) rows")
    precondition(
      weights?.allSatisfy { $0 >= 0 && $0.isFinite } ?? true, "a weight is negative or not finite")
    let featureCount = features.columnCount
    guard scaling != .none else {
      self.init(unchecked: .none, featureCount: featureCount, offsets: [], factors: [])
      return
    }
    var rows = rows
    if let weights, weights.contains(0) {
      rows = (rows ?? Array(0..<features.rowCount)).filter { weights[$0] > 0 }
    }
    let features = rows.map(features.gatheringRows) ?? features
    let weights = WeightUnits.scaled(
      (rows ?? Array(0..<features.rowCount)).map { weights?[$0] ?? 1 })
    var parameters: [(offset: Double, factor: Double)] = []
    parameters.reserveCapacity(featureCount)
    switch features {
    case .dense(let matrix):
      for column in 0..<featureCount {
        let values = (0..<matrix.rowCount).lazy.map { matrix[$0, column] }
        parameters.append(FeatureStatistics(values, weights: weights).parameters(scaling))
      }
    case .sparse(let matrix):
      // The stored values, column after column.
      var starts = [Int](repeating: 0, count: featureCount + 1)
      for column in matrix.columnIndices { starts[Int(column) + 1] += 1 }
      for column in 0..<featureCount { starts[column + 1] += starts[column] }
      var ordered = [Double](repeating: 0, count: matrix.storedCount)
      var weightOfOrdered = ordered
      var next = starts
      for row in 0..<matrix.rowCount {
        for entry in matrix.rowOffsets[row]..<matrix.rowOffsets[row + 1] {
          let column = Int(matrix.columnIndices[entry])
          ordered[next[column]] = matrix.values[entry]
          weightOfOrdered[next[column]] = weights[row]
          next[column] += 1
        }
      }
      let total = weights.reduce(0, +)
      for column in 0..<featureCount {
        let stored = starts[column]..<starts[column + 1]
        let storedWeights = weightOfOrdered[stored]
        // A difference of sums, which rounding may turn below 0 when the zeros weigh next to nothing.
        let zeros = max(0, total - storedWeights.reduce(0, +))
        parameters.append(
          FeatureStatistics(
            ordered[stored], weights: storedWeights,
            zeros: stored.count < matrix.rowCount ? zeros : nil
          ).parameters(scaling, shifts: false))
      }
    }
    self.init(
      unchecked: scaling, featureCount: featureCount, offsets: parameters.map(\.offset),
      factors: parameters.map(\.factor))
  }

  /// Refuses what would take too much memory: the scaling of very many features, most of which no
  /// row may have.
  ///
  /// - Parameters:
  ///   - features: The examples that the scaling is learned from.
  ///   - scaling: How every feature is scaled.
  ///   - file: What messages call the examples.
  ///   - byteLimit: The most memory that learning and the scaler itself may take, or `nil` for any.
  /// - Throws: ``TableError/memory(file:_:)``.
  package static func requireMemory(
    fitting features: FeatureMatrix, scaling: Scaling, file: String, byteLimit: Int?
  ) throws(TableError) {
    guard scaling != .none, case .sparse(let matrix) = features else { return }
    do throws(MemoryShortage) {
      // Where the entries of each feature begin, twice; offset and factor, twice; and the entries.
      try MemoryShortage.require(
        1, each: 48 * features.columnCount + 24 * matrix.storedCount, limit: byteLimit,
        purpose: "offsets and factors of \(features.columnCount) features",
        remedy: "leave the features as they are (--scale none)")
    } catch {
      throw .memory(file: file, error)
    }
  }

  /// Scales features.
  ///
  /// They stay sparse when no feature is shifted.
  ///
  /// - Parameters:
  ///   - features: Examples with as many features as the scaler has.
  ///   - file: What messages call the examples.
  ///   - byteLimit: The most memory that sparse features may take when they become dense, or `nil`
  ///     for any.
  /// - Returns: The scaled examples.
  /// - Throws: ``TableError/memory(file:_:)``.
  public func transform(
    _ features: FeatureMatrix, file: String = "features", byteLimit: Int? = nil
  ) throws(TableError) -> FeatureMatrix {
    precondition(
      features.columnCount == featureCount,
      "transform: \(features.columnCount) features, but the scaler has \(featureCount)")
    guard scaling != .none else { return features }
    if case .sparse(let matrix) = features, offsets.allSatisfy({ $0 == 0 }) {
      let values = zip(matrix.columnIndices, matrix.values).map { $1 * factors[Int($0)] }
      return .sparse(
        SparseMatrix(
          unchecked: matrix.rowCount, columnCount: featureCount, rowOffsets: matrix.rowOffsets,
          columnIndices: matrix.columnIndices, values: values))
    }
    do throws(MemoryShortage) {
      var isSparse = false
      if case .sparse = features { isSparse = true }
      let rows = MessageText.count(features.rowCount, "row")
      try MemoryShortage.require(
        featureCount, each: 8 * features.rowCount, limit: byteLimit,
        purpose: "\(rows) of \(featureCount) scaled features"
          + (isSparse ? ", whose zeros then have to be stored," : ""),
        remedy: isSparse ? "scale by maxabs, which keeps zeros (--scale maxabs)" : nil)
    } catch {
      throw .memory(file: file, error)
    }
    let count = features.rowCount * featureCount
    var matrix = features.dense
    unsafe matrix.withUnsafeMutableElements { elements in
      // As many elements as rows times features, and one offset and factor a feature.
      var index = 0
      while index < count {
        for feature in 0..<featureCount {
          unsafe elements[index] = (elements[index] - offsets[feature]) * factors[feature]
          index += 1
        }
      }
    }
    return .dense(matrix)
  }
}
