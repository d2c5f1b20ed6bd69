import Basics
import LinearAlgebra

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
  package init(
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
        parameters.append(ColumnMoments(values, weights: weights).parameters(scaling))
      }
    case .sparse(let matrix):
      let entries = EntriesByColumn(matrix, weights: weights)
      let total = weights.reduce(0, +)
      for column in 0..<featureCount {
        let stored = entries.range(of: column)
        let storedWeights = entries.weights[stored]
        // A difference of sums, which rounding may turn below 0 when the zeros weigh next to nothing.
        let zeros = max(0, total - storedWeights.reduce(0, +))
        parameters.append(
          ColumnMoments(
            entries.values[stored], weights: storedWeights,
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
  /// - Throws: ``TableError``.
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
      throw TableError(.memory(file: file, error))
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
  /// - Throws: ``TableError``.
  package func transform(
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
      throw TableError(.memory(file: file, error))
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

/// The entries of a sparse matrix that are not zero, column after column.
struct EntriesByColumn {
  /// The values, and the weights of their rows.
  private(set) var values: [Double]
  private(set) var weights: [Double]
  private var starts: [Int]

  /// Sorts the entries of a matrix.
  ///
  /// - Parameters:
  ///   - matrix: The matrix.
  ///   - rowWeights: The weight of each row.
  init(_ matrix: SparseMatrix<Double>, weights rowWeights: [Double]) {
    starts = [Int](repeating: 0, count: matrix.columnCount + 1)
    for column in matrix.columnIndices { starts[Int(column) + 1] += 1 }
    for column in 0..<matrix.columnCount { starts[column + 1] += starts[column] }
    values = [Double](repeating: 0, count: matrix.storedCount)
    weights = values
    var next = starts
    for row in 0..<matrix.rowCount {
      for entry in matrix.rowOffsets[row]..<matrix.rowOffsets[row + 1] {
        let column = Int(matrix.columnIndices[entry])
        values[next[column]] = matrix.values[entry]
        weights[next[column]] = rowWeights[row]
        next[column] += 1
      }
    }
  }

  /// Where the entries of a column are; they are in the order of the rows.
  func range(of column: Int) -> Range<Int> { starts[column]..<starts[column + 1] }
}
