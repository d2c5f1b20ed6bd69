import Basics
import Calibration
import Kernels
import LinearAlgebra
import ModelFiles
import SupportVectors
import Tables
import TabularModels

/// Raw rows, such as a user would have, that a model and what was written of it are compared on.
struct SampleRows {
  enum Column {
    /// NaN where a number is missing.
    case numbers([Double])
    /// Empty where a text is missing.
    case texts([String])
  }

  /// In the order of the model's columns; of a list of features one for each.
  var columns: [Column]
  var rowCount: Int

  /// Up to this many rows.
  private static let maximumRows = 256
  /// The maximum number of multiplications for evaluating them once.
  private static let work = 200_000_000
  /// The maximum number of values in all rows.
  private static let maximumNumbers = 4_000_000

  init(columns: [Column], rowCount: Int) {
    self.columns = columns
    self.rowCount = rowCount
  }

  /// Makes rows that become, more or less, support vectors and points between them.
  ///
  /// Numbers are Doubles as a user has them: what a file that takes Floats loses of them is part of how
  /// it differs.
  init(_ source: ExportSource) {
    let entries =
      switch source.expansion.supportVectors {
      case .dense(let matrix): matrix.rowCount * matrix.columnCount
      case .sparse(let matrix): matrix.values.count
      }
    let wanted = min(
      Self.maximumRows, Self.work / max(1, entries),
      Self.maximumNumbers / max(1, source.featureCount))
    let features = source.sampleVectors(atMost: max(1, wanted / 2)).dense
    let picked = features.rowCount
    func raw(_ row: Int, _ feature: Int) -> Double {
      let value = features[row, feature]
      guard !source.factors.isEmpty else { return value }
      let factor = source.factors[feature]
      return (factor == 0 ? 0 : value / factor) + source.offsets[feature]
    }
    // After each row one halfway to the next.
    func between(_ feature: Int) -> [Double] {
      (0..<picked).flatMap { row in
        let (here, next) = (raw(row, feature), raw((row + 1) % picked, feature))
        return [here, here / 2 + next / 2]
      }
    }
    guard let inputs = source.columns else {
      columns = (0..<source.featureCount).map { .numbers(between($0)) }
      rowCount = 2 * picked
      return
    }
    var hasReplacements = false
    var feature = 0
    columns = []
    for input in inputs {
      hasReplacements = hasReplacements || input.hasReplacement
      switch input.kind {
      case .number:
        columns.append(.numbers(between(feature)))
      case .category(let levels, _):
        let texts = (0..<picked).map { row in
          let values = levels.indices.map { raw(row, feature + $0) }
          return levels[values.indices.max { values[$0] < values[$1] } ?? 0]
        }
        columns.append(.texts(texts.flatMap { [$0, $0] }))
      }
      feature += input.featureCount
    }
    rowCount = 2 * picked
    if hasReplacements { appendMissing(inputs) }
  }

  /// A row like the first, but with everything missing that may be.
  private mutating func appendMissing(_ inputs: [ExportColumn]) {
    for (index, input) in inputs.enumerated() {
      switch columns[index] {
      case .numbers(let values):
        columns[index] = .numbers(values + [input.hasReplacement ? .nan : values[0]])
      case .texts(let values):
        columns[index] = .texts(values + [input.hasReplacement ? "" : values[0]])
      }
    }
    rowCount += 1
  }

  /// The rows as a table with the columns of the training table.
  private func table(_ preprocessor: TablePreprocessor) throws -> Table {
    let columns = zip(preprocessor.inputs, columns).map { input, column in
      switch column {
      case .numbers(let numbers):
        // A percentage needs its sign.
        if let notation = input.notation, !notation.acceptsPlain {
          TableColumn(
            name: input.name, texts: numbers.map { $0.isNaN ? nil : notation.text($0) })
        } else {
          TableColumn(name: input.name, numbers: numbers)
        }
      case .texts(let texts):
        TableColumn(name: input.name, texts: texts.map { $0.isEmpty ? nil : $0 })
      }
    }
    if preprocessor.hasHeader { return try Table(columns: columns) }
    // Without names the position says what a column is; what no feature comes from holds zeros.
    var rest = columns[...]
    var others = preprocessor.unused.map(\.position)
    if let target = preprocessor.target { others.append(target.position) }
    return try Table(
      columns: (0..<preprocessor.columnCount).map { position in
        guard !others.contains(position), let column = rest.popFirst() else {
          return TableColumn(
            name: "unused\(position + 1)", numbers: [Double](repeating: 0, count: rowCount))
        }
        return column
      })
  }

  /// What the model itself says, in double precision, of these rows as it reads them from a file.
  func decisionValues(_ source: ExportSource) throws -> Matrix<Double> {
    var expansion = source.expansion
    expansion.precision = .double
    return try expansion.decisionValues(features(source))
  }

  /// The rows as the features that the model makes of them.
  func features(_ source: ExportSource) throws -> FeatureMatrix {
    if let columns = source.model.preprocessor?.table {
      return try columns.transform(table(columns), rows: Array(0..<rowCount))
    }
    let features = FeatureMatrix.dense(try matrix())
    return try source.model.preprocessor?.scaler.transform(features) ?? features
  }

  private func matrix() throws -> Matrix<Double> {
    var elements: [Double] = []
    for row in 0..<rowCount {
      for case .numbers(let values) in columns { elements.append(values[row]) }
    }
    return try Matrix(rowCount: rowCount, columnCount: columns.count, elements: elements)
  }
}

extension ExportCheck {
  /// What a file says of rows.
  struct Answer {
    /// Decision values row after row, if the format has them.
    var decisions: [Double]?
    /// Class indices, unless the file predicts numbers.
    var classes: [Int]?
    /// The probabilities of the classes row after row, if the file has them.
    var probabilities: [Double]?
  }

  /// Compares what was written with the model.
  ///
  /// - Parameters:
  ///   - source: The model.
  ///   - roundoff: Half the distance from 1 to the next number of the precision that the file computes
  ///     in.
  ///   - predict: What was written says of rows.
  /// - Throws: `ModelExportError` when the model cannot evaluate its own rows.
  init(
    _ source: ExportSource, roundoff: Double, predict: (SampleRows) -> Answer?
  ) throws(ModelExportError) {
    let rows = SampleRows(source)
    let expected: Matrix<Double>
    let labels: [Int]?
    let probabilities: Matrix<Double>?
    let bound: Double
    do {
      expected = try rows.decisionValues(source)
      labels = try source.labels(expected)
      probabilities = try source.calibration?.probabilities(decisionValues: expected)
      bound = try roundoff * source.largestSumOfMagnitudes(rows.features(source))
    } catch {
      throw source.failure("its own sample rows cannot be evaluated: \(error)")
    }
    guard let found = predict(rows) else {
      throw source.failure("what was written cannot be read back")
    }
    self.init()
    rowCount = rows.rowCount
    scale = expected.elements.map(\.magnitude).max() ?? 0
    roundingBound = bound
    if let decisions = found.decisions {
      guard decisions.count == expected.elements.count else {
        throw source.failure("what was written gives another number of decision values")
      }
      largestDifference = Self.largestDifference(decisions, expected.elements)
    }
    if let labels, let classes = found.classes {
      differingLabelCount = zip(classes, labels).count { $0 != $1 }
    }
    if let probabilities, let answered = found.probabilities {
      guard answered.count == probabilities.elements.count else {
        throw source.failure("what was written gives another number of probabilities")
      }
      largestProbabilityDifference = Self.largestDifference(answered, probabilities.elements)
    }
  }

  private static func largestDifference(_ left: [Double], _ right: [Double]) -> Double {
    var largest = 0.0
    for (left, right) in zip(left, right) {
      let difference = (left - right).magnitude
      // A NaN must not pass for agreement.
      if !(difference <= largest) { largest = difference }
      if difference.isNaN { break }
    }
    return largest
  }
}

extension ExportSource {
  /// The largest Σ |coefᵢ·k(svᵢ, x)| + |b| of some rows and every decision value: rounding in a sum moves
  /// a decision value by about this times the roundoff.
  fileprivate func largestSumOfMagnitudes(_ features: FeatureMatrix) throws -> Double {
    let vectors = OccurringRows(expansion.supportVectors)
    let rows = OccurringRows(features)
    let coefficients = expansion.dualCoefficients
    var kernel = [Double](repeating: 0, count: supportVectorCount)
    var largest = 0.0
    let pairs = ClassProblems(.pairs, classCount: expansion.supportCounts.count)
    var firsts = [0]
    for count in expansion.supportCounts { firsts.append(firsts[firsts.count - 1] + count) }
    for row in 0..<features.rowCount {
      for vector in kernel.indices {
        kernel[vector] = rows.value(of: expansion.kernel, row, vectors, vector).magnitude
      }
      func sum(_ group: Int, _ coefficientRow: Int) -> Double {
        (firsts[group]..<firsts[group + 1]).reduce(0) {
          $0 + coefficients[coefficientRow, $1].magnitude * kernel[$1]
        }
      }
      guard expansion.layout == .pairs else {
        for output in expansion.biases.indices {
          let total = kernel.indices.reduce(0) {
            $0 + coefficients[output, $1].magnitude * kernel[$1]
          }
          largest = max(largest, total + expansion.biases[output].magnitude)
        }
        continue
      }
      guard !pairs.isEmpty else {
        largest = max(largest, sum(0, 0) + expansion.biases[0].magnitude)
        continue
      }
      for pair in pairs.indices {
        let (earlier, later) = pairs[pair: pair]
        let total = sum(earlier, later - 1) + sum(later, earlier)
        largest = max(largest, total + expansion.biases[pair].magnitude)
      }
    }
    return largest
  }
}

/// Examples as lists of numbers that kernels take: of sparse ones those alone that occur in either
/// example, as zeros in both change no kernel that exports know.
private struct OccurringRows {
  private let features: FeatureMatrix

  init(_ features: FeatureMatrix) { self.features = features }

  func value(of kernel: KernelFunction, _ row: Int, _ others: OccurringRows, _ other: Int)
    -> Double
  {
    guard case .sparse(let vectors) = others.features else {
      return kernel.value(numbers(row).span, others.numbers(other).span)
    }
    var (x, z): ([Double], [Double]) = ([], [])
    vectors.withRow(other) { columns, values in
      var entry = 0
      forEachEntry(row) { column, value in
        while entry < columns.count, columns[entry] < column {
          x.append(0)
          z.append(values[entry])
          entry += 1
        }
        let isShared = entry < columns.count && columns[entry] == column
        x.append(value)
        z.append(isShared ? values[entry] : 0)
        if isShared { entry += 1 }
      }
      while entry < columns.count {
        x.append(0)
        z.append(values[entry])
        entry += 1
      }
    }
    return kernel.value(x.span, z.span)
  }

  private func numbers(_ row: Int) -> [Double] {
    switch features {
    case .dense(let matrix): return matrix.row(row)
    case .sparse(let matrix):
      var numbers = [Double](repeating: 0, count: matrix.columnCount)
      matrix.withRow(row) { columns, values in
        for entry in 0..<columns.count { numbers[Int(columns[entry])] = values[entry] }
      }
      return numbers
    }
  }

  private func forEachEntry(_ row: Int, _ body: (Int32, Double) -> Void) {
    switch features {
    case .dense(let matrix):
      for column in 0..<matrix.columnCount where matrix[row, column] != 0 {
        body(Int32(column), matrix[row, column])
      }
    case .sparse(let matrix):
      matrix.withRow(row) { columns, values in
        for entry in 0..<columns.count { body(columns[entry], values[entry]) }
      }
    }
  }
}
