import LinearAlgebra

/// The examples of a problem: the rows of a matrix, or some of them in another order, which are not copied.
package struct FeatureRows: Sendable {
  /// The matrix.
  package let features: FeatureMatrix
  /// The row of each example, or `nil` when the examples are all rows in their order.
  package let rows: [Int]?

  /// All rows of a matrix.
  package init(_ features: FeatureMatrix) {
    self.features = features
    rows = nil
  }

  /// Some examples of a problem.
  ///
  /// They are copied where tiles could not find them one by one: sparse ones, those of a kernel that is composed of
  /// others, and the values of a precomputed one.
  ///
  /// - Parameters:
  ///   - places: Places of examples among those of `examples`.
  ///   - examples: The problem.
  ///   - function: The kernel.
  package init(_ places: [Int], of examples: FeatureRows, for function: KernelFunction) {
    let rows = examples.rows.map { rows in places.map { rows[$0] } } ?? places
    if case .dense = examples.features, function.formula != nil {
      features = examples.features
      self.rows = rows
      return
    }
    features = examples.features.subset(rows, for: function)
    self.rows = nil
  }

  /// The number of examples.
  package var count: Int { rows?.count ?? features.rowCount }

  /// The examples as a matrix of their own, which is a copy where they are some of another's.
  package var gathered: FeatureMatrix { rows.map { features.gatheringRows($0) } ?? features }

  /// The examples without features that none of them has, where tiles need fewer bytes so.
  func withoutAbsentFeatures(for function: KernelFunction) -> FeatureRows {
    rows == nil ? FeatureRows(features.withoutAbsentFeatures(for: function)) : self
  }

  /// The row of an example.
  func row(_ example: Int) -> Int { rows.map { $0[example] } ?? example }
}

extension TiledKernel {
  /// Prepares all rows of a matrix for tiles.
  package convenience init(
    _ features: FeatureMatrix, _ function: KernelFunction, threads: Int, memoryLimit: Int
  ) {
    self.init(FeatureRows(features), function, threads: threads, memoryLimit: memoryLimit)
  }
}

extension FeatureMatrix {
  /// Some examples as the training data of a smaller problem, copied.
  package func subset(_ rows: [Int], for function: KernelFunction) -> FeatureMatrix {
    guard case .precomputed = function else { return gatheringRows(rows) }
    let matrix = dense
    return .dense(
      Matrix(rowCount: rows.count, columnCount: rows.count) { matrix[rows[$0], rows[$1]] })
  }
}
