import LinearAlgebra

/// Rows of a table as text that became features, while they are being collected.
struct EncodedRows: Sendable {
  // One of the two is used.
  var elements: [Double] = []
  var sparse = SparseRows()
  var lineNumbers: [Int] = []
  /// The rows that have a missing value and no features.
  var skippedRows: [Int] = []
  var numbers: [Double] = []
  var texts: [String] = []
  var weights: [Double] = []
  var kept: KeptFields
  /// The number of rows that were left out because their weight is 0.
  var zeroWeightRowCount = 0
  /// For each input, in how many rows a missing value was filled in, and in how many stood a category that
  /// training did not see.
  var filledCounts: [Int]
  var unseenCounts: [Int]
  /// What is wrong with the row after these.
  var problem: TableError?

  init(inputCount: Int, keptCount: Int) {
    kept = KeptFields(width: keptCount)
    filledCounts = [Int](repeating: 0, count: inputCount)
    unseenCounts = filledCounts
  }

  /// The number of rows, skipped ones included.
  var rowCount: Int { lineNumbers.count }

  /// Adds the rows that follow, and what is wrong after them.
  mutating func append(_ next: EncodedRows) {
    let rowCount = rowCount
    skippedRows.append(contentsOf: next.skippedRows.lazy.map { rowCount + $0 })
    elements.append(contentsOf: next.elements)
    sparse.append(next.sparse)
    lineNumbers.append(contentsOf: next.lineNumbers)
    numbers.append(contentsOf: next.numbers)
    texts.append(contentsOf: next.texts)
    weights.append(contentsOf: next.weights)
    kept.append(next.kept)
    addCounts(next)
    problem = next.problem
  }

  /// Adds what was left out and filled in of others.
  mutating func addCounts(_ others: EncodedRows) {
    zeroWeightRowCount += others.zeroWeightRowCount
    for input in filledCounts.indices {
      filledCounts[input] += others.filledCounts[input]
      unseenCounts[input] += others.unseenCounts[input]
    }
  }

  /// The features of the rows that were not skipped.
  func features(columnCount: Int, isSparse: Bool) -> FeatureMatrix {
    if isSparse { return .sparse(sparse.matrix(columnCount: columnCount)) }
    do {
      return .dense(
        try Matrix(
          rowCount: rowCount - skippedRows.count, columnCount: columnCount, elements: elements))
    } catch {
      preconditionFailure("a batch holds \(elements.count) features: \(error)")
    }
  }

  /// Takes back what was added since a number of elements, and since the last sparse row ended.
  mutating func abandonRow(at start: Int, isSparse: Bool) {
    if isSparse { sparse.abandonRow() } else { elements.removeSubrange(start...) }
  }
}
