import KernelMethods
import TestSupport
import Testing

@Suite struct KernelPrincipalComponentsTests {
  static let seed: UInt64 = 73

  @Test(arguments: try MethodReferences().components)
  func agreesWithScikitLearn(_ reference: MethodReferences.Components) throws {
    let (features, _) = try MethodReferences.examples(reference.dataset)
    let count = features.rowCount - reference.scores.count
    let model = try KernelPrincipalComponents.train(
      features: .dense(features.rows(0..<count)), componentCount: 4,
      kernel: referenceKernel(reference.kernel, reference.parameters))
    #expect(
      firstDifference(
        model.eigenvalues, reference.eigenvalues,
        within: { 1e-9 * reference.eigenvalues[0] * Double(1 + $0) }) == nil)
    let scores = try model.scores(.dense(features.rows(count..<features.rowCount)))
    let expected = try Matrix(rows: reference.scores)
    for component in 0..<4 {
      // Up to sign.
      var agreement = 0.0
      for row in 0..<scores.rowCount {
        agreement += scores[row, component] * expected[row, component]
      }
      let sign = agreement < 0 ? -1.0 : 1
      for row in 0..<scores.rowCount {
        #expect(
          isClose(scores[row, component], sign * expected[row, component], within: 1e-7),
          "row \(row), component \(component)")
      }
    }
  }

  @Test func trainingScoresHaveTheExplainedVariances() throws {
    let examples = TestExamples.clouds(60, features: 4, seed: Self.seed)
    let model = try KernelPrincipalComponents.train(
      features: .dense(examples.features), kernel: .gaussian(gamma: 0.2))
    let scores = try model.scores(.dense(examples.features))
    let gram = try scores.gramMatrix(of: .columns)
    let largest = model.eigenvalues[0]
    for row in 0..<model.componentCount {
      for column in 0..<model.componentCount {
        #expect(
          isClose(
            gram[row, column], row == column ? model.eigenvalues[row] : 0, within: 1e-9 * largest),
          "seed \(Self.seed)")
      }
    }
    #expect(isClose(model.explainedVarianceRatios.reduce(0, +), 1, within: 1e-9))
    // The sign: the largest entry of each eigenvector, and so of the scores, is positive.
    for component in 0..<min(5, model.componentCount) {
      let column = (0..<60).map { scores[$0, component] }
      let extreme = column.reduce(0) { max($0, $1.magnitude) }
      let first = try #require(column.first { $0.magnitude > extreme * (1 - 1e-6) })
      #expect(first > 0)
    }
  }

  @Test func theLinearKernelGivesPrincipalComponents() throws {
    let (features, _) = try MethodReferences.examples("iris")
    let model = try KernelPrincipalComponents.train(features: .dense(features), kernel: .linear)
    // Standardised columns: four components, whose variances sum to 4.
    #expect(model.componentCount == 4)
    #expect(isClose(model.explainedVariances.reduce(0, +), 4, within: 1e-10))
    let covariance = try features.gramMatrix(of: .columns)
    let values = try SymmetricEigen.values(of: covariance)
    #expect(firstDifference(model.eigenvalues, values.reversed(), within: 1e-8) == nil)
  }

  /// Above 512 examples few components come from a Krylov space.
  @Test(arguments: [Kernel.gaussian(gamma: 0.05), .gaussian(gamma: 50), .laplacian(gamma: 0.3)])
  func fewComponentsOfManyExamplesAreThoseOfAll(kernel: Kernel) throws {
    let examples = TestExamples.clouds(640, features: 3, seed: Self.seed)
    let features = FeatureMatrix.dense(examples.features)
    let few = try KernelPrincipalComponents.train(
      features: features, componentCount: 6, kernel: kernel)
    let all = try KernelPrincipalComponents.train(features: features, kernel: kernel)
    #expect(
      firstDifference(
        few.eigenvalues, Array(all.eigenvalues.prefix(6)), within: 1e-10 * all.eigenvalues[0])
        == nil)
    let (left, right) = (try few.scores(features), try all.scores(features))
    for row in 0..<640 {
      for component in 0..<6 {
        #expect(
          isClose(left[row, component].magnitude, right[row, component].magnitude, within: 1e-6),
          "row \(row), component \(component), seed \(Self.seed)")
      }
    }
    let again = try KernelPrincipalComponents.train(
      features: features, componentCount: 6, kernel: kernel, options: TrainingOptions(threads: 3))
    #expect(
      again.expansion.dualCoefficients.elements == few.expansion.dualCoefficients.elements)
  }

  @Test func examplesThatDoNotDifferAreRefused() {
    #expect(throws: TrainingError.noVariation(method: "kernel principal components")) {
      try KernelPrincipalComponents.train(
        features: .dense(Matrix(rowCount: 5, columnCount: 2, repeating: 1)))
    }
    #expect(throws: TrainingError.self) {
      try KernelPrincipalComponents.train(
        features: .dense(Matrix(rowCount: 5, columnCount: 2, repeating: 1)), componentCount: 0)
    }
  }
}
