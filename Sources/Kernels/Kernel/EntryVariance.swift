import LinearAlgebra

extension FeatureMatrix {
  /// The variance of all entries (divisor n·p), zeros included; 1 when it is 0.
  package var entryVariance: Double { entryVariance(weights: nil) }

  /// The variance of all entries, each counted by its row's weight.
  ///
  /// - Parameter weights: One for each row, or `nil` when all have equal weight.
  /// - Returns: The variance (divisor n·p of weighted rows), zeros included; 1 when it is 0.
  package func entryVariance(weights: [Double]?) -> Double {
    if let weights {
      precondition(
        weights.count == rowCount, "\(weights.count) weights for \(rowCount) examples")
    }
    return EntrySums.variance(rowCount: rowCount, columnCount: columnCount, weights: weights) {
      mean, shares in
      var sums = EntrySums()
      add(to: &sums, around: mean, shares: shares)
      return sums
    }
  }

  /// Adds the entries, or their squared distances from a mean, in their order.
  ///
  /// - Parameters:
  ///   - sums: What the examples before these have found.
  ///   - mean: The mean, or `nil` for the entries themselves.
  ///   - shares: What each row counts, or `nil` when all count 1.
  package func add(to sums: inout EntrySums, around mean: Double?, shares: [Double]?) {
    // Two passes: the one-pass formula cancels when the mean is large.
    if let mean {
      add(to: &sums, shares) { ($0 - mean) * ($0 - mean) }
    } else {
      add(to: &sums, shares) { $0 }
    }
  }

  private func add(to sums: inout EntrySums, _ shares: [Double]?, _ term: (Double) -> Double) {
    guard let shares else {
      sums.stored += reduceEntries(&sums.sum, term)
      return
    }
    for (row, weight) in shares.enumerated() {
      var ofRow = 0.0
      switch self {
      case .dense(let matrix):
        matrix.withRow(row) { values in
          for index in 0..<values.count { ofRow += term(values[index]) }
        }
        sums.stored += weight * Double(matrix.columnCount)
      case .sparse(let matrix):
        let range = matrix.rowOffsets[row]..<matrix.rowOffsets[row + 1]
        for index in range { ofRow += term(matrix.values[index]) }
        sums.stored += weight * Double(range.count)
      }
      sums.sum += weight * ofRow
    }
  }

  /// The largest magnitude of an entry.
  package var largestEntry: Double {
    var largest = 0.0
    var nothing = 0.0
    _ = reduceEntries(&nothing) {
      largest = max(largest, abs($0))
      return 0
    }
    return largest
  }

  /// Adds a term for each stored entry; returns their number.
  private func reduceEntries(_ sum: inout Double, _ term: (Double) -> Double) -> Double {
    switch self {
    case .dense(let matrix):
      var total = sum
      unsafe matrix.withUnsafeElements { elements in
        for index in elements.indices { unsafe total += term(elements[index]) }
      }
      sum = total
      return Double(matrix.rowCount * matrix.columnCount)
    case .sparse(let matrix):
      for value in matrix.values { sum += term(value) }
      return Double(matrix.values.count)
    }
  }
}

/// Sums over the entries of examples, each counted by its row's weight: what their variance follows from.
///
/// Examples that are in several places add to them one place after the other, which gives the bits of one
/// loop.
package struct EntrySums: Sendable, Equatable {
  /// Σ of entries, or of their squared distances from the mean.
  package var sum = 0.0
  /// Σ of 1 over the stored entries.
  package var stored = 0.0

  package init() {}

  /// The variance of all entries.
  ///
  /// - Parameters:
  ///   - rowCount: The number of examples.
  ///   - columnCount: The number of features.
  ///   - weights: One for each example, or `nil` when all have equal weight.
  ///   - pass: The sums of all examples around a mean, or of the entries themselves; the second argument
  ///     is what each row counts.
  /// - Returns: The variance (divisor n·p of weighted rows), zeros included; 1 when it is 0.
  /// - Throws: What `pass` throws.
  package static func variance<Failure: Error>(
    rowCount: Int, columnCount: Int, weights: [Double]?,
    pass: (_ mean: Double?, _ shares: [Double]?) throws(Failure) -> EntrySums
  ) throws(Failure) -> Double {
    var shares: [Double]?
    var count = Double(rowCount) * Double(columnCount)
    if let weights {
      // Shares of the largest: sums of weights need not fit a Double.
      let largest = weights.max() ?? 0
      guard largest > 0, columnCount > 0 else { return 1 }
      let ofRows = weights.map { $0 / largest }
      count = ofRows.reduce(0, +) * Double(columnCount)
      shares = ofRows
    }
    guard count > 0 else { return 1 }
    let mean = try pass(nil, shares).sum / count
    let squares = try pass(mean, shares)
    let absent = weights == nil ? count - squares.stored : max(count - squares.stored, 0)
    let variance = (squares.sum + absent * mean * mean) / count
    return variance > 0 ? variance : 1
  }
}
