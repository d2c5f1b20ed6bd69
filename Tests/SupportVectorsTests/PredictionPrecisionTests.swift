import Kernels
import LinearAlgebra
import SMOSolver
import SupportVectors
import TestSupport
import Testing

/// Predictions in the precision that a model chooses are those in Double, as far as anybody can see.
@Suite struct PredictionPrecisionTests {
  /// Nearly constant kernels with huge bounds, and kernels of features that were not scaled.
  static let kernels: [(kernel: Kernel, c: Double)] = [
    (.gaussian(gamma: .value(1e-5)), 1e8), (.gaussian(gamma: .value(1e-4)), 1e7),
    (.gaussian(gamma: .value(1e-4)), 1e5), (.gaussian(gamma: .value(0.3)), 10),
    (.laplacian(gamma: .value(1e-4)), 1e6), (.laplacianL1(gamma: .value(1e-4)), 1e6),
    (.polynomial(degree: 2, gamma: .value(1), constantTerm: 0), 1),
    (.polynomial(degree: 3, gamma: .value(1), constantTerm: 1), 1e3),
    (.sigmoid(gamma: .value(1e-4), constantTerm: 0), 1e6), (.linear, 1e3),
    (Kernel.gaussian(gamma: .value(1e-5)) + 1e-6 * Kernel.linear, 1e8),
  ]
  static let seed: UInt64 = 980

  /// Three overlapping classes of 150 rows; one column is large.
  private var examples: TestExamples {
    var examples = TestExamples.clouds(
      150, features: 4, classes: ["a", "b", "c"], distance: 3, seed: Self.seed)
    let features = examples.features
    examples.features = Matrix(rowCount: 150, columnCount: 4) {
      features[$0, $1] * ($1 == 1 ? 30 : 1)
    }
    return examples
  }

  private func check(
    _ expansion: KernelExpansion, _ features: Matrix<Double>, _ comment: Comment
  ) throws {
    var exact = expansion
    exact.precision = .double
    let found = try expansion.decisionValues(.dense(features))
    let expected = try exact.decisionValues(.dense(features))
    for output in 0..<expected.columnCount {
      let column = (0..<expected.rowCount).map { expected[$0, output] }
      let spread = ((column.max() ?? 0) - (column.min() ?? 0)) / 2
      for row in column.indices {
        #expect(
          isClose(found[row, output], column[row], within: 1e-4 * spread),
          "\(comment): row \(row), output \(output)")
      }
    }
  }

  @Test(arguments: 0..<11)
  func classesAreThoseOfDouble(index: Int) throws {
    let (kernel, c) = Self.kernels[index]
    let examples = examples
    for decomposition in Decomposition.allCases {
      let model = try SupportVectorClassifier.train(
        features: .dense(examples.features), labels: examples.labels,
        settings: .init(kernel: kernel, formulation: .c(c), decomposition: decomposition),
        options: TrainingOptions(maximumIterations: 300_000))
      let comment: Comment = "\(kernel), C \(c), \(decomposition), seed \(Self.seed)"
      try check(model.expansion, examples.features, comment)
      // As files of earlier versions have it: nothing is known but what the training computed in.
      var expansion = model.expansion
      expansion.precision = .automatic
      let loaded = try KernelExpansion(
        kernel: expansion.kernel, featureCount: expansion.featureCount,
        supportVectors: expansion.supportVectors, supportIndices: expansion.supportIndices,
        supportCounts: expansion.supportCounts, dualCoefficients: expansion.dualCoefficients,
        biases: expansion.biases, precision: .automatic, layout: expansion.layout)
      try check(loaded, examples.features, comment)
    }
  }

  @Test(arguments: 0..<11)
  func numbersAreThoseOfDouble(index: Int) throws {
    let (kernel, c) = Self.kernels[index]
    let features = examples.features
    let targets = TestExamples.targets(features, noise: 0.3, seed: Self.seed).map { 100 + 50 * $0 }
    for formulation in [
      RegressorFormulation.epsilon(boxConstraint: c, epsilon: 1), .nu(0.4, boxConstraint: c),
    ] {
      let model = try SupportVectorRegressor.train(
        features: .dense(features), targets: targets,
        settings: .init(kernel: kernel, formulation: formulation),
        options: TrainingOptions(maximumIterations: 300_000))
      try check(model.expansion, features, "\(kernel), \(formulation), seed \(Self.seed)")
    }
  }

  /// Ordinary models keep single precision, which predicts twice as fast.
  @Test func ordinaryModelsPredictInSinglePrecision() throws {
    let examples = TestExamples.clouds(600, features: 10, seed: Self.seed)
    let model = try SupportVectorClassifier.train(
      features: examples.features, labels: examples.labels, boxConstraint: 1)
    #expect(model.expansion.precision == .single)
    for precision in [Precision.single, .double] {
      let chosen = try SupportVectorClassifier.train(
        features: examples.features, labels: examples.labels, boxConstraint: 1,
        options: TrainingOptions(precision: precision))
      #expect(chosen.expansion.precision == precision)
    }
  }
}
