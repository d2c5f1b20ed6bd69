// Models without support vectors.

import Kernels
import LinearAlgebra
import SupportVectors
import TestSupport
import Testing

@Suite struct NoVectorsTests {
  /// The features that no support vector has take no memory, also where there is no support vector: these
  /// two rows written out would take 32 GB.
  @Test func aFlatRegressionOfWideRowsIsPredicted() throws {
    let width = Int(Int32.max) - 1
    let rows = FeatureMatrix.sparse(
      try SparseMatrix(
        rowCount: 2, columnCount: width, rowOffsets: [0, 2, 3],
        columnIndices: [4, Int32(width - 1), 9], values: [1, 2, 3]))
    for kernel in Kernel.catalogue {
      let model = try SupportVectorRegressor.train(
        features: rows, targets: [3, 3], kernel: kernel, epsilon: 0.1)
      #expect(model.expansion.supportIndices.isEmpty)
      #expect(try model.predict(rows) == [3, 3])
    }
  }
}
