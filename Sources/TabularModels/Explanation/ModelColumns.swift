import LinearAlgebra
import Tables

/// A column that a model takes features from, and which features these are.
package struct ModelColumn: Sendable, Equatable {
  /// What the column holds.
  package enum Kind: Sendable, Equatable {
    /// Numbers, such as a part of a date: one feature.
    case numbers
    /// Texts from a list: a feature for each.
    case levels([String])
    /// Texts whose terms are the features.
    case texts
  }

  /// The column's name; `feature 7` where the data names none.
  package let name: String
  /// What it holds.
  package let kind: Kind
  /// Its features.
  package let features: Range<Int>
}

extension TabularModel {
  /// A LIBSVM file of a few lines may name two thousand million features: at most this
  /// many columns are described one by one.
  package static let describableFeatures = 2_000_000

  /// Whether there are few enough features to name each, and to show what each does.
  package var hasDescribableColumns: Bool {
    predictor.featureCount <= Self.describableFeatures
  }

  /// The number of columns that the model takes features from.
  package var columnCount: Int {
    preprocessor?.table?.inputs.count ?? predictor.featureCount
  }

  /// The columns that the model takes features from, in the order of their features.
  package var columns: [ModelColumn] {
    guard let table = preprocessor?.table else {
      let first = preprocessor?.firstIndex ?? 1
      return (0..<predictor.featureCount).map {
        ModelColumn(name: "feature \($0 + first)", kind: .numbers, features: $0..<$0 + 1)
      }
    }
    var first = 0
    let names = table.featureNames
    return table.inputs.flatMap { input in
      let features = first..<first + input.featureCount
      first = features.upperBound
      switch input.kind {
      case .categorical(let levels, _):
        return [ModelColumn(name: input.name, kind: .levels(levels), features: features)]
      case .text: return [ModelColumn(name: input.name, kind: .texts, features: features)]
      case .numeric, .date:
        // The parts of a date, and what says where a value is missing, are numbers by themselves.
        return zip(names[features], features).map {
          ModelColumn(name: $0, kind: .numbers, features: $1..<$1 + 1)
        }
      }
    }
  }

  /// A name for each feature: that of its column, with `=` and the text for a text from a list.
  public var featureNames: [String] {
    preprocessor?.table?.featureNames ?? columns.map(\.name)
  }

  private var scaler: FeatureScaler? {
    guard let scaler = preprocessor?.scaler, scaler.scaling != .none else { return nil }
    return scaler
  }

  /// A number of the data as the model's feature.
  package func scaled(_ value: Double, feature: Int) -> Double {
    guard let scaler else { return value }
    return (value - scaler.offsets[feature]) * scaler.factors[feature]
  }

  /// A feature of the model in units of the data.
  package func unscaled(_ value: Double, feature: Int) -> Double {
    guard let scaler else { return value }
    let factor = scaler.factors[feature]
    return factor == 0 ? scaler.offsets[feature] : value / factor + scaler.offsets[feature]
  }
}

extension FeatureMatrix {
  /// The features with those of one column from other rows.
  ///
  /// - Parameters:
  ///   - columns: The features that change.
  ///   - order: For each row the row whose values it gets.
  /// - Returns: The features.
  func replacing(_ columns: Range<Int>, fromRows order: [Int]) -> FeatureMatrix {
    switch self {
    case .dense(let matrix):
      return .dense(
        Matrix(rowCount: matrix.rowCount, columnCount: matrix.columnCount) { row, column in
          matrix[columns.contains(column) ? order[row] : row, column]
        })
    case .sparse(let matrix):
      return .sparse(
        matrix.mapRows { row in
          let own = matrix.entries(row)
          return own.filter { $0.column < columns.lowerBound }
            + matrix.entries(order[row]).filter { columns.contains($0.column) }
            + own.filter { $0.column >= columns.upperBound }
        })
    }
  }

  /// The features with the same values of one column in all rows.
  ///
  /// - Parameters:
  ///   - columns: The features that change.
  ///   - values: Their values.
  /// - Returns: The features.
  func replacing(_ columns: Range<Int>, with values: [Double]) -> FeatureMatrix {
    switch self {
    case .dense(let matrix):
      return .dense(
        Matrix(rowCount: matrix.rowCount, columnCount: matrix.columnCount) { row, column in
          columns.contains(column) ? values[column - columns.lowerBound] : matrix[row, column]
        })
    case .sparse(let matrix):
      let entries = zip(columns, values).filter { $0.1 != 0 }.map { (column: $0.0, value: $0.1) }
      return .sparse(
        matrix.mapRows { row in
          let own = matrix.entries(row)
          return own.filter { $0.column < columns.lowerBound } + entries
            + own.filter { $0.column >= columns.upperBound }
        })
    }
  }

  /// The values of one feature.
  package func column(_ index: Int) -> [Double] {
    switch self {
    case .dense(let matrix): (0..<matrix.rowCount).map { matrix[$0, index] }
    case .sparse(let matrix):
      (0..<matrix.rowCount).map { row in
        matrix.entries(row).first { $0.column == index }?.value ?? 0
      }
    }
  }

  /// The variance of every feature; 0 for one row.
  package var columnVariances: [Double] {
    let count = Double(max(rowCount, 1))
    var sums = [Double](repeating: 0, count: columnCount)
    var squares = sums
    for row in 0..<rowCount {
      switch self {
      case .dense(let matrix):
        for column in 0..<columnCount {
          sums[column] += matrix[row, column]
          squares[column] += matrix[row, column] * matrix[row, column]
        }
      case .sparse(let matrix):
        for (column, value) in matrix.entries(row) {
          sums[column] += value
          squares[column] += value * value
        }
      }
    }
    return zip(sums, squares).map { max(0, $1 / count - $0 / count * ($0 / count)) }
  }

  /// A matrix of the entries of its rows, each by ascending column, stored as this one is.
  package func storing(_ rows: [[(column: Int, value: Double)]]) -> FeatureMatrix {
    let count = columnCount
    if case .sparse = self { return .sparse(SparseMatrix(entries: rows, columnCount: count)) }
    var elements = [Double](repeating: 0, count: rows.count * count)
    for (row, entries) in rows.enumerated() {
      for (column, value) in entries { elements[row * count + column] = value }
    }
    return .dense(Matrix(rowCount: rows.count, columnCount: count) { elements[$0 * count + $1] })
  }

  /// Rows of several matrices with as many columns, one behind the other; dense without matrices.
  static func joining(_ parts: [FeatureMatrix], columnCount: Int) -> FeatureMatrix {
    if case .sparse? = parts.first {
      let rows = parts.flatMap { part -> [[(column: Int, value: Double)]] in
        guard case .sparse(let matrix) = part else { return [] }
        return (0..<matrix.rowCount).map(matrix.entries)
      }
      return .sparse(SparseMatrix(entries: rows, columnCount: columnCount))
    }
    var rows: [[Double]] = []
    for part in parts {
      let dense = part.dense
      for row in 0..<dense.rowCount { rows.append(dense.row(row)) }
    }
    return .dense(Matrix(rowCount: rows.count, columnCount: columnCount) { rows[$0][$1] })
  }
}

extension SparseMatrix<Double> {
  /// The entries of a row, by ascending column.
  func entries(_ row: Int) -> [(column: Int, value: Double)] {
    (rowOffsets[row]..<rowOffsets[row + 1]).map { (Int(columnIndices[$0]), values[$0]) }
  }

  /// A matrix of other rows.
  fileprivate func mapRows(
    _ row: (Int) -> [(column: Int, value: Double)]
  ) -> SparseMatrix {
    SparseMatrix(entries: (0..<rowCount).map(row), columnCount: columnCount)
  }

  /// A matrix of the entries of its rows, each by ascending column.
  fileprivate init(entries rows: [[(column: Int, value: Double)]], columnCount: Int) {
    var offsets = [0]
    for row in rows { offsets.append(offsets[offsets.count - 1] + row.count) }
    self.init(
      unchecked: rows.count, columnCount: columnCount, rowOffsets: offsets,
      columnIndices: rows.joined().map { Int32($0.column) }, values: rows.joined().map(\.value))
  }
}
