import LinearAlgebra

extension FeatureMatrix {
  /// The variance of all entries (divisor n·p), zeros included; 1 when it is 0.
  package var entryVariance: Double { entryVariance(weights: nil) }

  /// The variance of all entries, each counted by its row's weight.
  ///
  /// - Parameter weights: One for each row, or `nil` when all have equal weight.
  /// - Returns: The variance (divisor n·p of weighted rows), zeros included; 1 when it is 0.
  package func entryVariance(weights: [Double]?) -> Double {
    if let weights { return weightedVariance(weights) }
    let count = Double(rowCount) * Double(columnCount)
    guard count > 0 else { return 1 }
    // Two passes: the one-pass formula cancels when the mean is large.
    let (sum, stored) = reduceEntries { $0 }
    let mean = sum / count
    let (squares, _) = reduceEntries { ($0 - mean) * ($0 - mean) }
    let variance = (squares + (count - stored) * mean * mean) / count
    return variance > 0 ? variance : 1
  }

  private func weightedVariance(_ weights: [Double]) -> Double {
    precondition(
      weights.count == rowCount, "\(weights.count) weights for \(rowCount) examples")
    // Shares of the largest: sums of weights need not fit a Double.
    let largest = weights.max() ?? 0
    guard largest > 0, columnCount > 0 else { return 1 }
    let shares = weights.map { $0 / largest }
    let total = shares.reduce(0, +) * Double(columnCount)
    let (sum, _) = reduceRows(shares) { $0 }
    let mean = sum / total
    let (squares, stored) = reduceRows(shares) { ($0 - mean) * ($0 - mean) }
    let variance = (squares + max(total - stored, 0) * mean * mean) / total
    return variance > 0 ? variance : 1
  }

  /// Sums of a term over the stored entries, and of 1, times the weights of their rows.
  private func reduceRows(
    _ weights: [Double], _ term: (Double) -> Double
  ) -> (sum: Double, stored: Double) {
    var sum = 0.0
    var stored = 0.0
    for (row, weight) in weights.enumerated() {
      var ofRow = 0.0
      switch self {
      case .dense(let matrix):
        matrix.withRow(row) { values in
          for index in 0..<values.count { ofRow += term(values[index]) }
        }
        stored += weight * Double(matrix.columnCount)
      case .sparse(let matrix):
        let range = matrix.rowOffsets[row]..<matrix.rowOffsets[row + 1]
        for index in range { ofRow += term(matrix.values[index]) }
        stored += weight * Double(range.count)
      }
      sum += weight * ofRow
    }
    return (sum, stored)
  }

  /// The largest magnitude of an entry.
  package var largestEntry: Double {
    var largest = 0.0
    _ = reduceEntries {
      largest = max(largest, abs($0))
      return 0
    }
    return largest
  }

  private func reduceEntries(_ term: (Double) -> Double) -> (sum: Double, stored: Double) {
    switch self {
    case .dense(let matrix):
      var sum = 0.0
      unsafe matrix.withUnsafeElements { elements in
        for index in elements.indices { unsafe sum += term(elements[index]) }
      }
      return (sum, Double(matrix.rowCount * matrix.columnCount))
    case .sparse(let matrix):
      var sum = 0.0
      for value in matrix.values { sum += term(value) }
      return (sum, Double(matrix.values.count))
    }
  }
}
