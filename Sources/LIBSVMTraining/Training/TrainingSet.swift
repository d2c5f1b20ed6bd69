import LinearAlgebra

/// Rows with labels or targets: a whole problem, or some of its rows.
package struct TrainingSet: Sendable {
  /// The examples; for a precomputed kernel the kernel values of every example with every other.
  package let features: FeatureMatrix
  /// The index of the first feature.
  let firstIndex: Int32
  /// Labels or targets.
  package let targets: [Double]
  package let isPrecomputed: Bool

  package var count: Int { targets.count }

  init(
    features: FeatureMatrix, firstIndex: Int32, targets: [Double], isPrecomputed: Bool
  ) {
    self.features = features
    self.firstIndex = firstIndex
    self.targets = targets
    self.isPrecomputed = isPrecomputed
  }

  /// Makes a training set of rows.
  ///
  /// A precomputed kernel's rows begin with node 0, whose value is the row's serial number from 1; node
  /// j of a row, by place, is the kernel's value with the example of serial number j.
  ///
  /// - Parameters:
  ///   - rows: The rows; for a precomputed kernel in the order of their nodes.
  ///   - targets: A label or target for each row.
  ///   - isPrecomputed: Whether rows hold kernel values.
  /// - Throws: ``LIBSVMError``.
  package init(
    _ rows: NodeRows, targets: [Double], isPrecomputed: Bool
  ) throws(LIBSVMError) {
    self.targets = targets
    self.isPrecomputed = isPrecomputed
    firstIndex = rows.firstIndex
    guard isPrecomputed else {
      features = .sparse(try rows.matrix())
      return
    }
    let count = targets.count
    let nodes = (0..<count).map { rows.values(ofRow: $0) }
    let serials = nodes.map { Int(exactly: ($0.first ?? 0).rounded(.towardZero)) ?? 0 }
    if let row = serials.firstIndex(where: { serial in
      serial < 1 || nodes.contains { serial >= $0.count }
    }) {
      throw .precomputedRow(row: row, serial: serials[row])
    }
    features = .dense(
      Matrix(rowCount: count, columnCount: count) {
        nodes[$0][nodes[$0].startIndex + serials[$1]]
      })
  }

  /// Some of the rows, in the order given.
  func subset(_ rows: [Int]) -> TrainingSet {
    TrainingSet(
      features: examples(rows, forModelOf: rows), firstIndex: firstIndex, targets: targets(rows),
      isPrecomputed: isPrecomputed)
  }

  /// The same, stored as `svm train` stores the rows of a file, for a training by itself.
  ///
  /// Folds stay sparse: a value of two sparse rows depends on nothing else, so that folds find it among those of the
  /// whole set.
  func stored() -> TrainingSet {
    guard case .sparse(let matrix) = features else { return self }
    return TrainingSet(
      features: FeatureMatrix(choosingFor: matrix), firstIndex: firstIndex, targets: targets,
      isPrecomputed: isPrecomputed)
  }

  /// The targets of some of the rows.
  func targets(_ rows: [Int]) -> [Double] { rows.map { targets[$0] } }

  /// What a model that was trained on `training` needs to predict `rows`.
  func examples(_ rows: [Int], forModelOf training: [Int]) -> FeatureMatrix {
    isPrecomputed ? kernelValues(of: rows, with: training) : features.gatheringRows(rows)
  }

  private func kernelValues(of rows: [Int], with columns: [Int]) -> FeatureMatrix {
    let matrix = features.dense
    return .dense(
      Matrix(rowCount: rows.count, columnCount: columns.count) { matrix[rows[$0], columns[$1]] })
  }
}

/// What cannot be trained or predicted.
package enum LIBSVMError: Error, CustomStringConvertible {
  case featureIndex(Int)
  case precomputedRow(row: Int, serial: Int)
  case failed(String)

  package var description: String {
    switch self {
    case .featureIndex(let index): "feature index \(index) is out of range"
    case .precomputedRow(let row, let serial):
      "row \(row + 1) has the serial number \(serial), which its problem does not have"
    case .failed(let reason): reason
    }
  }
}
