import Transport
import LinearAlgebra

extension FeatureScaler {
  /// Learns the scaling of features of which each rank has some examples, with the bits of
  /// ``init(fitting:scaling:rows:weights:)`` on all of them.
  ///
  /// Sums go from rank to rank; see ``ColumnMoments``.
  ///
  /// - Parameters:
  ///   - own: The examples of this rank; every value finite, and all ranks store theirs alike.
  ///   - scaling: How every feature is scaled.
  ///   - ranks: The ranks.
  /// - Throws: ``TableError`` when a rank does not answer.
  init(fitting own: FeatureMatrix, scaling: Scaling, _ ranks: Ranks) throws(TableError) {
    let featureCount = own.columnCount
    guard scaling != .none, featureCount > 0 else {
      self.init(unchecked: scaling, featureCount: featureCount, offsets: [], factors: [])
      return
    }
    let ones = [Double](repeating: 1, count: own.rowCount)
    let entries: EntriesByColumn? =
      if case .sparse(let matrix) = own { EntriesByColumn(matrix, weights: ones) } else { nil }
    var moments = [ColumnMoments](repeating: ColumnMoments(), count: featureCount)
    if let entries {
      // The weights are 1, so that sums of them are exact in any order.
      let counts = (0..<featureCount).map { entries.range(of: $0).count } + [own.rowCount]
      let sums = try ranks.reach { () throws(TransportError) in
        try ranks.transport.allReduceSums(counts)
      }
      let total = sums[featureCount]
      moments = (0..<featureCount).map { column in
        ColumnMoments(zeros: sums[column] < total ? Double(total - sums[column]) : nil)
      }
    }
    for pass in 0..<3 {
      let numbers = try ranks.reach { () throws(TransportError) in
        try ranks.transport.relay(moments.flatMap(\.numbers)) { numbers in
          moments = Self.moments(numbers)
          for column in moments.indices where pass == 0 || !moments[column].isConstant {
            if let entries {
              let stored = entries.range(of: column)
              moments[column].add(
                entries.values[stored], weights: entries.weights[stored], pass: pass)
            } else if case .dense(let matrix) = own {
              moments[column].add(
                (0..<matrix.rowCount).lazy.map { matrix[$0, column] }, weights: ones, pass: pass)
            }
          }
          numbers = moments.flatMap(\.numbers)
        }
      }
      moments = Self.moments(numbers)
    }
    let parameters = moments.map { $0.parameters(scaling, shifts: entries == nil) }
    self.init(
      unchecked: scaling, featureCount: featureCount, offsets: parameters.map(\.offset),
      factors: parameters.map(\.factor))
  }

  private static func moments(_ numbers: [Double]) -> [ColumnMoments] {
    stride(from: 0, to: numbers.count, by: ColumnMoments.numberCount).map {
      ColumnMoments(continuing: numbers[$0..<$0 + ColumnMoments.numberCount])
    }
  }
}

extension ColumnMoments {
  /// One of the three passes over the next rows.
  fileprivate mutating func add(
    _ values: some Sequence<Double>, weights: some Sequence<Double>, pass: Int
  ) {
    switch pass {
    case 0: addExtremes(values, weights: weights)
    case 1: addSum(values, weights: weights)
    default: addSquares(values, weights: weights)
    }
  }
}
