import LinearAlgebra

extension TablePreprocessor {
  /// Learns how the columns of a training table become features.
  ///
  /// Kinds and levels come from all rows of the table, so that every row can be transformed; means,
  /// ranges and replacements only from the chosen ones, so that rows held out stay unseen.
  ///
  /// - Parameters:
  ///   - table: The training table.
  ///   - target: The index of the column to predict, or `nil` when there is none.
  ///   - scaling: How every feature is scaled.
  ///   - missing: What to do about missing values.
  ///   - rows: The rows to learn from, or `nil` for all; with ``MissingValuePolicy/drop``, those
  ///     without missing values.
  /// - Throws: ``TableError/missingValue(_:_:text:isNumeric:)`` under ``MissingValuePolicy/error``,
  ///   ``TableError/missingTarget(_:_:text:)`` unless the policy is ``MissingValuePolicy/drop``,
  ///   ``TableError/noFeatureColumns(file:target:)``, and
  ///   ``TableError/noCompleteRows(file:rows:)``.
  public init(
    fitting table: Table, target: Int?, scaling: Scaling = .standard,
    missing: MissingValuePolicy = .error, rows: [Int]? = nil
  ) throws(TableError) {
    let inputColumns = table.columns.indices.filter { $0 != target }
    guard !inputColumns.isEmpty else {
      throw .noFeatureColumns(file: table.file, target: table.columns[0].name)
    }
    try Self.checkMissing(table, inputColumns: inputColumns, target: target, missing: missing)
    let rows = rows ?? (missing == .drop ? table.completeRows : Array(0..<table.rowCount))
    guard !rows.isEmpty else { throw .noCompleteRows(file: table.file, rows: table.rowCount) }

    var inputs: [InputColumn] = []
    var offsets: [Double] = []
    var factors: [Double] = []
    for index in inputColumns {
      let column = table.columns[index]
      switch column.values {
      case .numbers(let numbers):
        let replacement = Self.replacement(numbers, rows: rows, missing: missing)
        inputs.append(InputColumn(name: column.name, kind: .numeric(replacement: replacement)))
        let (offset, factor) = FeatureStatistics(
          rows.lazy.map { numbers[$0].isNaN ? replacement ?? 0 : numbers[$0] }
        ).parameters(scaling)
        offsets.append(offset)
        factors.append(factor)
      case .categories(let levels, let codes):
        var counts = [Int](repeating: 0, count: levels.count)
        for row in rows where codes[row] >= 0 { counts[Int(codes[row])] += 1 }
        let mostFrequent = counts.indices.max {
          counts[$0] < counts[$1] || counts[$0] == counts[$1] && $0 > $1
        }
        let replacement = missing == .mean || missing == .mostFrequent ? mostFrequent : nil
        if let replacement { counts[replacement] += rows.count - counts.reduce(0, +) }
        inputs.append(
          InputColumn(
            name: column.name, kind: .categorical(levels: levels, replacement: replacement)))
        for count in counts {
          let (offset, factor) = FeatureStatistics(indicatorOf: count, among: rows.count)
            .parameters(scaling)
          offsets.append(offset)
          factors.append(factor)
        }
      }
    }
    let featureCount = offsets.count
    if scaling == .none { (offsets, factors) = ([], []) }
    self.init(
      unchecked: inputs,
      target: target.map { TargetColumn(name: table.columns[$0].name, position: $0) },
      hasHeader: table.hasHeader, missing: missing,
      scaler: FeatureScaler(
        unchecked: scaling, featureCount: featureCount, offsets: offsets, factors: factors))
  }

  /// Refuses missing values that the policy has no answer to, the first one in the file first.
  private static func checkMissing(
    _ table: Table, inputColumns: [Int], target: Int?, missing: MissingValuePolicy
  ) throws(TableError) {
    guard missing != .drop else { return }
    var first: (occurrence: TableColumn.Occurrence, column: Int)?
    let checked = missing == .error ? Array(table.columns.indices) : target.map { [$0] } ?? []
    for column in checked {
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

  /// What stands in for a missing number; 0 in a column that has no number.
  private static func replacement(
    _ numbers: [Double], rows: [Int], missing: MissingValuePolicy
  ) -> Double? {
    switch missing {
    case .error, .drop: return nil
    case .mean:
      let present = rows.lazy.map { numbers[$0] }.filter { !$0.isNaN }
      return FeatureStatistics(present).mean
    case .mostFrequent:
      var counts: [Double: Int] = [:]
      for row in rows where !numbers[row].isNaN { counts[numbers[row], default: 0] += 1 }
      let best = counts.max { $0.value < $1.value || $0.value == $1.value && $0.key > $1.key }
      // Adding 0 makes −0 plain 0; which of the two a dictionary keeps depends on the order.
      return (best?.key ?? 0) + 0
    }
  }
}

/// What scaling needs to know about a feature.
struct FeatureStatistics {
  let mean: Double
  let deviation: Double
  let least: Double
  let greatest: Double

  /// Looks at the values of a feature, twice; all are finite.
  init(_ values: some Sequence<Double>) {
    var (least, greatest, count) = (Double.infinity, -Double.infinity, 0)
    for value in values {
      least = min(least, value)
      greatest = max(greatest, value)
      count += 1
    }
    self.init(values, least: least, greatest: greatest, count: count, zeros: 0)
  }

  /// Looks at the values of a sparse feature: those that are stored, and how many zeros are not.
  init(stored values: some Sequence<Double>, zeros: Int) {
    var (least, greatest) = zeros > 0 ? (0.0, 0.0) : (Double.infinity, -Double.infinity)
    var count = zeros
    for value in values {
      least = min(least, value)
      greatest = max(greatest, value)
      count += 1
    }
    self.init(values, least: least, greatest: greatest, count: count, zeros: zeros)
  }

  /// The indicator of something that is so in `count` of `total` rows.
  init(indicatorOf count: Int, among total: Int) {
    mean = Double(count) / Double(total)
    deviation = (mean * (1 - mean)).squareRoot()
    least = count < total ? 0 : 1
    greatest = count > 0 ? 1 : 0
  }

  private init(
    _ values: some Sequence<Double>, least: Double, greatest: Double, count: Int, zeros: Int
  ) {
    // A constant is told by its values: its deviation may come out as rounding noise, and dividing
    // by that would make features of nothing.
    guard count > 0, least < greatest else {
      mean = count > 0 ? least : 0
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
    for value in values { sum += value * scale }
    let center = sum / Double(count)
    var squares = Double(zeros) * center * center
    for value in values {
      let distance = value * scale - center
      squares += distance * distance
    }
    mean = center * unit
    deviation = (squares / Double(count)).squareRoot() * unit
    self.least = least
    self.greatest = greatest
  }

  /// What to subtract, and what to multiply by then.
  ///
  /// A constant becomes 0, as does a feature whose spread is too small or too large for its reciprocal to be a number.
  func parameters(_ scaling: Scaling) -> (offset: Double, factor: Double) {
    switch scaling {
    case .none: return (0, 1)
    case .standard:
      return least < greatest ? (mean, Self.reciprocal(deviation)) : (least, 1)
    case .minmax:
      return least < greatest ? (least, Self.reciprocal(greatest - least)) : (least, 1)
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
  /// - Parameters:
  ///   - features: The training examples; every value finite.
  ///   - scaling: How every feature is scaled.
  ///   - rows: The rows to learn from, or `nil` for all.
  public init(fitting features: FeatureMatrix, scaling: Scaling, rows: [Int]? = nil) {
    let featureCount = features.columnCount
    guard scaling != .none else {
      self.init(unchecked: .none, featureCount: featureCount, offsets: [], factors: [])
      return
    }
    let features = rows.map(features.gatheringRows) ?? features
    var parameters: [(offset: Double, factor: Double)] = []
    parameters.reserveCapacity(featureCount)
    switch features {
    case .dense(let matrix):
      for column in 0..<featureCount {
        let values = (0..<matrix.rowCount).lazy.map { matrix[$0, column] }
        parameters.append(FeatureStatistics(values).parameters(scaling))
      }
    case .sparse(let matrix):
      // The stored values, column after column.
      var starts = [Int](repeating: 0, count: featureCount + 1)
      for column in matrix.columnIndices { starts[Int(column) + 1] += 1 }
      for column in 0..<featureCount { starts[column + 1] += starts[column] }
      var ordered = [Double](repeating: 0, count: matrix.storedCount)
      var next = starts
      for (column, value) in zip(matrix.columnIndices, matrix.values) {
        ordered[next[Int(column)]] = value
        next[Int(column)] += 1
      }
      for column in 0..<featureCount {
        let values = ordered[starts[column]..<starts[column + 1]]
        parameters.append(
          FeatureStatistics(stored: values, zeros: matrix.rowCount - values.count)
            .parameters(scaling))
      }
    }
    self.init(
      unchecked: scaling, featureCount: featureCount, offsets: parameters.map(\.offset),
      factors: parameters.map(\.factor))
  }

  /// The most memory that scaled features may take unless the caller says otherwise.
  package static let defaultByteLimit = 16 << 30

  /// Scales features.
  ///
  /// They stay sparse when no feature is shifted.
  ///
  /// - Parameters:
  ///   - features: Examples with as many features as the scaler has.
  ///   - file: What messages call the examples.
  ///   - byteLimit: The most memory that sparse features may take when they become dense.
  /// - Returns: The scaled examples.
  /// - Throws: ``TableError/scalingTooLarge(file:rows:features:)``.
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
    let (count, overflow) = features.rowCount.multipliedReportingOverflow(by: featureCount)
    guard !overflow, count <= (byteLimit ?? Self.defaultByteLimit) / 8 else {
      throw .scalingTooLarge(file: file, rows: features.rowCount, features: featureCount)
    }
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
