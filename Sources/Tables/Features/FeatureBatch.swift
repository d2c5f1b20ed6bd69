import Basics
import LinearAlgebra

/// Some consecutive rows as features, with what else was taken of them.
///
/// A batch is made row by row, or of smaller batches that follow each other; ``finish(columnCount:)`` then
/// makes the matrix.
package struct FeatureBatch: Sendable {
  /// One row of features for each row that is not skipped, scaled as the model expects.
  package private(set) var features = FeatureMatrix.dense(
    Matrix(rowCount: 0, columnCount: 0, repeating: 0))
  /// The number of rows, skipped ones included.
  package private(set) var rowCount = 0
  /// The rows, ascending from 0, that have missing values which the model's policy drops.
  package private(set) var skippedRows: [Int] = []
  /// The physical line on which each row begins; empty for rows in memory.
  package internal(set) var lineNumbers: [Int] = []
  /// The weight of each row, skipped rows included and greater than 0, if weights were requested.
  package internal(set) var weights: [Double]?
  /// The fields to be kept.
  package internal(set) var kept: KeptFields
  /// What is done with the target, and what of it was read: of skipped rows, too.
  let targetUse: TargetUse
  var numbers: [Double] = []
  var texts: [String] = []

  /// Whether features are stored sparsely.
  let isSparse: Bool
  // While rows are being added: one of the two is used.
  var elements: [Double] = []
  var sparse = SparseRows()
  /// Where the elements of the row begin that is being added.
  private(set) var rowStart = 0

  /// The number of rows that were left out because their weight is 0.
  var zeroWeightRowCount = 0
  /// For each input, in how many rows a missing value was filled in, and in how many stood a category that
  /// training did not see.
  var filledCounts: [Int]
  var unseenCounts: [Int]
  /// What is wrong with the row after these.
  var problem: TableError?

  /// A batch without rows.
  ///
  /// - Parameters:
  ///   - inputCount: The number of columns that features come from.
  ///   - isSparse: Whether features are stored sparsely.
  ///   - columns: What else is taken of each row.
  init(inputCount: Int, isSparse: Bool, _ columns: TakenColumns = TakenColumns()) {
    self.isSparse = isSparse
    targetUse = columns.target
    weights = columns.hasWeights ? [] : nil
    kept = KeptFields(width: columns.keptCount)
    filledCounts = [Int](repeating: 0, count: inputCount)
    unseenCounts = filledCounts
  }

  /// What is known of rows besides features and kept fields.
  init(rowCount: Int, skippedRows: [Int], targets: TargetValues?, weights: [Double]?) {
    var taken = TakenColumns()
    switch targets {
    case nil: break
    case .numbers?: taken.target = .numbers
    case .texts?: taken.target = .texts
    }
    self.init(inputCount: 0, isSparse: false, taken)
    self.rowCount = rowCount
    self.skippedRows = skippedRows
    self.weights = weights
    if case .numbers(let numbers)? = targets { self.numbers = numbers }
    if case .texts(let texts)? = targets { self.texts = texts }
  }

  /// What is taken of each row besides features.
  struct TakenColumns {
    var target = TargetUse.ignored
    var hasWeights = false
    var keptCount = 0
  }

  /// The target of each row, skipped rows included, if it was requested.
  package var targets: TargetValues? {
    switch targetUse {
    case .ignored: nil
    case .numbers: .numbers(numbers)
    case .texts: .texts(texts)
    }
  }

  // MARK: Adding rows

  /// Begins a row with the features that it has unless others are put.
  mutating func beginRow(_ absent: [Double]) {
    rowStart = elements.count
    if !isSparse { elements.append(contentsOf: absent) }
  }

  /// Puts a feature into the row that was begun; features of a sparse row are put in their order.
  @inline(__always)
  mutating func put(_ value: Double, _ feature: Int) {
    if !isSparse {
      elements[rowStart + feature] = value
    } else if value != 0 {
      sparse.columns.append(Int32(feature))
      sparse.values.append(value)
    }
  }

  /// Ends the row that was begun; without features if it is skipped.
  mutating func endRow(isSkipped: Bool = false) {
    if isSkipped {
      skippedRows.append(rowCount)
      abandonRow()
    } else if isSparse {
      sparse.endRow()
    }
    rowCount += 1
  }

  /// Takes back what was put since the row began.
  mutating func abandonRow() {
    if isSparse { sparse.abandonRow() } else { elements.removeSubrange(rowStart...) }
  }

  /// Adds the rows that follow, and what is wrong after them.
  mutating func append(_ next: FeatureBatch) {
    let before = rowCount
    skippedRows.append(contentsOf: next.skippedRows.lazy.map { before + $0 })
    rowCount += next.rowCount
    elements.append(contentsOf: next.elements)
    sparse.append(next.sparse)
    lineNumbers.append(contentsOf: next.lineNumbers)
    numbers.append(contentsOf: next.numbers)
    texts.append(contentsOf: next.texts)
    if let following = next.weights { weights?.append(contentsOf: following) }
    kept.append(next.kept)
    addCounts(next)
    problem = next.problem
  }

  /// Adds what was left out and filled in of others.
  mutating func addCounts(_ others: FeatureBatch) {
    zeroWeightRowCount += others.zeroWeightRowCount
    for input in filledCounts.indices {
      filledCounts[input] += others.filledCounts[input]
      unseenCounts[input] += others.unseenCounts[input]
    }
  }

  /// Makes the matrix of all rows that were added.
  ///
  /// - Parameter columnCount: The number of features.
  mutating func finish(columnCount: Int) {
    if isSparse { return finish(columnCount: columnCount) { .sparse($0) } }
    do {
      features = .dense(
        try Matrix(
          rowCount: rowCount - skippedRows.count, columnCount: columnCount, elements: elements))
      elements = []
    } catch {
      preconditionFailure("a batch holds \(elements.count) features: \(error)")
    }
  }

  /// The same for entries of which something else becomes features.
  mutating func finish<Failure>(
    columnCount: Int, _ body: (SparseMatrix<Double>) throws(Failure) -> FeatureMatrix
  ) throws(Failure) {
    features = try body(sparse.matrix(columnCount: columnCount))
    sparse = SparseRows()
  }

  /// The first rows.
  ///
  /// - Parameters:
  ///   - count: Their number, skipped ones included.
  ///   - features: The features of those that are not skipped.
  /// - Returns: A batch of these rows alone.
  package func prefix(_ count: Int, features: FeatureMatrix) -> FeatureBatch {
    var first = self
    first.rowCount = count
    first.features = features
    first.skippedRows.removeAll { $0 >= count }
    first.lineNumbers = Array(lineNumbers.prefix(count))
    first.numbers = Array(numbers.prefix(count))
    first.texts = Array(texts.prefix(count))
    first.weights = weights.map { Array($0.prefix(count)) }
    first.kept = kept.prefix(count)
    return first
  }
}

/// Rows of entries, one behind the other: a sparse matrix that is being made.
struct SparseRows: Sendable {
  private(set) var offsets = [0]
  var columns: [Int32] = []
  var values: [Double] = []

  /// Makes room for a total number of rows with as many entries as those that are there have.
  mutating func reserve(rowCount: Int) {
    let entries = Int(
      1.02 * Double(values.count) / Double(max(1, offsets.count - 1)) * Double(rowCount))
    columns.reserveCapacity(entries)
    values.reserveCapacity(entries)
  }

  /// Ends a row with what was added since the row before it.
  mutating func endRow() { offsets.append(values.count) }

  /// Takes back what was added since the last row ended.
  mutating func abandonRow() {
    columns.removeSubrange(offsets[offsets.count - 1]...)
    values.removeSubrange(offsets[offsets.count - 1]...)
  }

  /// Adds all rows of another matrix.
  mutating func append(_ other: SparseRows) {
    let start = values.count
    offsets.append(contentsOf: other.offsets.dropFirst().lazy.map { $0 + start })
    columns.append(contentsOf: other.columns)
    values.append(contentsOf: other.values)
  }

  /// The matrix.
  func matrix(columnCount: Int) -> SparseMatrix<Double> {
    SparseMatrix(
      unchecked: offsets.count - 1, columnCount: columnCount, rowOffsets: offsets,
      columnIndices: columns, values: values)
  }
}

/// The targets of some rows.
package enum TargetValues: Sendable, Equatable {
  /// Numbers; NaN in a skipped row whose target is missing.
  case numbers([Double])
  /// Class names as they are spelled in the data; empty in a skipped row whose target is missing.
  case texts([String])
}

/// What a reader of a stream does with the target.
package enum TargetUse: Sendable {
  /// Nothing; it may be absent.
  case ignored
  /// It has to be there, as numbers.
  case numbers
  /// It has to be there, as class names.
  case texts
}

/// Which fields of the input are repeated in the output.
package enum KeptColumns: Sendable, Equatable {
  case none
  case all
  /// The columns that name rows, as far as they are there.
  case identifiers
  /// Columns by their names or numbers.
  case columns([String])
}

/// What a stream of rows needed in one column before it could be predicted.
package struct TreatedColumn: Sendable, Equatable, Codable {
  /// The column's name.
  package let name: String
  /// In how many rows a missing value was filled in.
  package let filledCount: Int
  /// In how many rows stood a category that training did not see, and that had no effect.
  package let unseenCount: Int
}
