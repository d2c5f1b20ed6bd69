import LinearAlgebra
import LinearModels
import SupportVectors
import TestSupport
import Testing

@Suite struct LinearFunctionTests {
  @Test(arguments: [1, 3, 7])
  func valuesAreSumsOfProductsHoweverTheyAreComputed(_ outputs: Int) throws {
    var generator = TestGenerator(seed: 21)
    let weights = Matrix(rowCount: outputs, columnCount: 9) { _, _ in generator.normal() }
    let biases = (0..<outputs).map { _ in generator.normal() }
    let function = try LinearFunction(weights: weights, biases: biases)
    let features = Matrix(rowCount: 1100, columnCount: 9) { row, column in
      (row + column) % 3 == 0 ? 0 : generator.normal()
    }
    let expected = Matrix(rowCount: 1100, columnCount: outputs) { row, output in
      biases[output] + zip(features.row(row), weights.row(output)).reduce(0) { $0 + $1.0 * $1.1 }
    }
    let sparse = FeatureMatrix.sparse(try SparseMatrix(features))
    for matrix in [FeatureMatrix.dense(features), sparse] {
      let found = try function.decisionValues(matrix, threads: 1)
      #expect(firstDifference(found, expected, within: 1e-12) == nil)
      #expect(try function.decisionValues(matrix, threads: 4) == found)
    }
    let example = try function.decisionValues(ofExample: features.row(5))
    #expect(firstDifference(example, expected.row(5), within: 1e-12) == nil)
  }

  @Test func partsThatDoNotFitAreRefused() throws {
    let one = Matrix<Double>(rowCount: 1, columnCount: 2, repeating: 0)
    #expect(throws: ModelError.self) { try LinearFunction(weights: one, biases: []) }
    #expect(throws: ModelError.self) { try LinearFunction(weights: one, biases: [.nan]) }
    #expect(throws: ModelError.self) {
      try LinearFunction(
        weights: Matrix(rowCount: 1, columnCount: 1, repeating: .infinity), biases: [0])
    }
    #expect(throws: ModelError.self) {
      try LinearFunction(weights: Matrix(rowCount: 1, columnCount: 0, repeating: 0), biases: [0])
    }
    let function = try LinearFunction(weights: one, biases: [0])
    #expect(throws: ModelError.featureCount(found: 3, expected: 2)) {
      try function.decisionValues(ofExample: [1, 2, 3])
    }
    #expect(throws: ModelError.self) { try function.decisionValues(ofExample: [1, .nan]) }
    #expect(throws: ModelError.self) {
      try LinearClassifier(
        classes: ["a", "b"], function: function, decomposition: .oneVersusOne, loss: .hinge,
        intercept: .free, boxConstraint: 1, tolerance: 1e-3, trainingCount: 2, problems: [])
    }
  }

  @Test func pairsVoteAndClassesCompare() throws {
    func classifier(_ decomposition: Decomposition) throws -> LinearClassifier {
      let report = ProblemReport(
        certificate: Certificate(
          iterations: 1, stopReason: .converged, kktViolation: 0, primalObjective: 0,
          dualObjective: 0, relativeGap: 0, source: .recomputed),
        supportVectorCount: 1, boundedSupportVectorCount: 0, kernelValuesComputed: 0)
      return try LinearClassifier(
        classes: ["a", "b", "c"],
        function: LinearFunction(
          weights: Matrix(rowCount: 3, columnCount: 1, repeating: 0), biases: [0, 0, 0]),
        decomposition: decomposition, loss: .hinge, intercept: .free, boxConstraint: 1,
        tolerance: 1e-3, trainingCount: 3, problems: [report, report, report])
    }
    let decisions = try Matrix<Double>(rows: [
      [0, 0, 0], [1, 1, 1], [1, -1, 1], [1, 0, -1], [-1, 0.5, 0.5],
    ])
    // Of (a,b), (a,c), (b,c): zeros favour the earlier class; the third row is a draw.
    #expect(
      try classifier(.oneVersusOne).classIndices(decisionValues: decisions) == [0, 2, 0, 1, 2])
    #expect(
      try classifier(.oneVersusRest).classIndices(decisionValues: decisions) == [0, 0, 0, 0, 1])
  }
}
