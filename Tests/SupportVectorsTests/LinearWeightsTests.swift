import Kernels
import LinearAlgebra
import TestSupport
import Testing

@testable import SupportVectors

/// Weights of linear kernels against the decision values that they stand for.
@Suite struct LinearWeightsTests {
  private static func examples(
    classes: Int, seed: UInt64
  ) -> (features: Matrix<Double>, labels: [String]) {
    var generator = TestGenerator(seed: seed)
    let labels = (0..<(classes * 9)).map { "class \($0 % classes)" }
    let features = Matrix<Double>(rowCount: labels.count, columnCount: 6) { row, column in
      let shift = column == row % classes ? 2.0 : 0
      // Zeros, and a column of nothing but zeros, for sparse matrices.
      return column == 3 || (row + column) % 4 == 0 ? 0 : shift + generator.uniform(in: -1..<1)
    }
    return (features, labels)
  }

  /// One row for each output, whatever the rows of coefficients are.
  @Test(arguments: 2...5, [Decomposition.oneVersusOne, .oneVersusRest])
  func decisionValuesAreProductsWithTheWeights(
    classes: Int, decomposition: Decomposition
  ) throws {
    for (seed, formulation) in [(UInt64(5), ClassifierFormulation.c(2)), (6, .nu(0.3))] {
      let (dense, labels) = Self.examples(classes: classes, seed: seed)
      for features in [FeatureMatrix.dense(dense), .sparse(try SparseMatrix(dense))] {
        let model = try SupportVectorClassifier.train(
          features: features, labels: labels,
          settings: .init(kernel: .linear, formulation: formulation, decomposition: decomposition))
        let found = try #require(model.expansion.linearWeights)
        let values = try model.decisionValues(features)
        #expect(found.weights.rowCount == values.columnCount)
        #expect(!features.isSparse || !found.features.contains(3))
        for row in 0..<dense.rowCount {
          for output in 0..<values.columnCount {
            let product = found.features.enumerated().reduce(model.expansion.biases[output]) {
              $0 + found.weights[output, $1.offset] * dense[row, $1.element]
            }
            #expect(
              abs(product - values[row, output]) < 1e-9,
              "\(classes) classes, \(decomposition), seed \(seed), row \(row), output \(output)")
          }
        }
      }
    }
  }

  @Test func otherKernelsHaveNone() throws {
    let (features, labels) = Self.examples(classes: 3, seed: 7)
    let model = try SupportVectorClassifier.train(
      features: features, labels: labels, kernel: .gaussian(gamma: 0.5))
    #expect(model.expansion.linearWeights == nil)
  }

  /// Memory follows from the entries, not from the largest index.
  @Test func theLargestIndexCostsNothing() throws {
    let features = try SparseMatrix<Double>(
      rowCount: 4, columnCount: Int(Int32.max),
      rowOffsets: [0, 2, 4, 5, 6], columnIndices: [0, 2_147_483_645, 2, 4, 0, 2],
      values: [1, 2, 1, 1, 1.5, 3.5])
    let model = try SupportVectorClassifier.train(
      features: .sparse(features), labels: ["a", "b", "a", "b"],
      settings: .init(kernel: .linear, formulation: .c(1)))
    let weights = try #require(model.expansion.linearWeights)
    #expect(weights.features.count <= 4)
  }
}
