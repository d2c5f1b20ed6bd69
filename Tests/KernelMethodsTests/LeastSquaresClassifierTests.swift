import KernelMethods
import TestSupport
import Testing

@Suite struct LeastSquaresClassifierTests {
  static let seed: UInt64 = 72

  /// The two-class machine of the paper: [0 yᵀ; y Ω + W⁻¹/γ] [b; α] = [0; 1], Ωᵢⱼ = yᵢyⱼKᵢⱼ.
  @Test func twoClassesSolveThePapersSystem() throws {
    let examples = TestExamples.clouds(30, features: 2, seed: Self.seed)
    let model = try LeastSquaresClassifier.train(
      features: .dense(examples.features), labels: examples.labels,
      settings: .init(kernel: .gaussian(gamma: 0.7), errorWeight: 5))
    let signs = examples.labels.map { $0 == "b" ? 1.0 : -1 }
    let kernel = plainKernelMatrix(.gaussian(gamma: 0.7), examples.features)
    let system = Matrix<Double>(rowCount: 31, columnCount: 31) { row, column in
      if row == 0 && column == 0 { return 0 }
      if row == 0 { return signs[column - 1] }
      if column == 0 { return signs[row - 1] }
      return signs[row - 1] * signs[column - 1] * kernel[row - 1, column - 1]
        + (row == column ? 1 / 5.0 : 0)
    }
    let solved = try LeastSquares(system, rightSide: [0] + Array(repeating: 1, count: 30))
      .solution.elements
    #expect(isClose(model.expansion.biases[0], solved[0], within: 1e-10))
    #expect(
      firstDifference(
        model.expansion.dualCoefficients.elements,
        signs.indices.map { signs[$0] * solved[$0 + 1] }, within: 1e-10) == nil)
    #expect(model.classes == ["a", "b"])
  }

  @Test(arguments: [["a", "b"], ["a", "b", "c"]])
  func leaveOneOutErrorsAreThoseOfTrainingWithout(classes: [String]) throws {
    let examples = TestExamples.clouds(
      45, features: 3, classes: classes, distance: 1.5, seed: Self.seed)
    let features = FeatureMatrix.dense(examples.features)
    let kernel = Kernel.gaussian(gamma: 0.3)
    let model = try LeastSquaresClassifier.train(
      features: features, labels: examples.labels, settings: .init(kernel: kernel, errorWeight: 2))
    var wrong = 0
    for row in 0..<45 {
      var weights = [Double](repeating: 1, count: 45)
      weights[row] = 0
      let other = try LeastSquaresClassifier.train(
        features: features, labels: examples.labels, weights: weights,
        settings: .init(kernel: kernel, errorWeight: 2, leavesOneOut: false))
      if try other.predict(features.gatheringRows([row])) != [examples.labels[row]] { wrong += 1 }
    }
    let share = Double(wrong) / 45
    #expect(model.report.leaveOneOutError == share, "seed \(Self.seed)")
    let path = try LeastSquaresClassifier.regularizationPath(
      features: features, labels: examples.labels, kernel: kernel, errorWeights: [2, 0.01])
    #expect(path.leaveOneOutErrors[0] == share)
    let predictions = try model.predict(features)
    let training = zip(predictions, examples.labels).count { $0 != $1 }
    #expect(model.report.trainingError == Double(training) / 45)
  }

  @Test func wineIsLearned() throws {
    let (features, labels) = try MethodReferences.examples("wine")
    let model = try LeastSquaresClassifier.train(
      features: .dense(features), labels: labels, settings: .init(errorWeight: 10))
    #expect(try model.predict(.dense(features)) == labels)
    #expect(try #require(model.report.leaveOneOutError) < 0.03)
    #expect(try model.decisionValues(.dense(features)).columnCount == 3)
  }

  @Test func oneClassIsRefused() {
    #expect(throws: TrainingError.self) {
      try LeastSquaresClassifier.train(
        features: .dense(Matrix(rowCount: 2, columnCount: 1, repeating: 1)), labels: ["a", "a"])
    }
    // The second class has no weight.
    #expect(throws: TrainingError.self) {
      try LeastSquaresClassifier.train(
        features: .dense(Matrix(rowCount: 2, columnCount: 1, repeating: 1)), labels: ["a", "b"],
        weights: [1, 0])
    }
  }
}
