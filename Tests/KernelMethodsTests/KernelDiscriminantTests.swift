import Basics
import KernelMethods
import TestSupport
import Testing

@Suite struct KernelDiscriminantTests {
  static let seed: UInt64 = 74
  static let lambda = 0.02

  /// Directions α solve K P Pᵀ K α = λ (K C K + μK) α, with both matrices made by the definitions.
  @Test(arguments: [["a", "b"], ["a", "b", "c", "d"]], [false, true])
  func directionsSolveTheEigenproblem(classes: [String], isWeighted: Bool) throws {
    let examples = TestExamples.clouds(
      36, features: 3, classes: classes, distance: 1.5, seed: Self.seed)
    let weights = (0..<36).map { isWeighted ? Double(1 + ($0 / 5) % 3) : 1 }
    let model = try KernelDiscriminant.train(
      features: .dense(examples.features), labels: examples.labels, weights: weights,
      kernel: .gaussian(gamma: 0.3), lambda: Self.lambda)
    let kernel = plainKernelMatrix(.gaussian(gamma: 0.3), examples.features)
    let total = weights.reduce(0, +)
    func meanRow(_ rows: [Int]) -> [Double] {
      let sum = rows.reduce(0) { $0 + weights[$1] }
      return (0..<36).map { column in
        rows.reduce(0) { $0 + weights[$1] / sum * kernel[$1, column] }
      }
    }
    let mean = meanRow(Array(0..<36))
    var between = Matrix<Double>(rowCount: 36, columnCount: 36, repeating: 0)
    var within = Matrix<Double>(rowCount: 36, columnCount: 36) {
      Self.lambda * kernel[$0, $1]
    }
    var means: [[Double]] = []
    var priors: [Double] = []
    for name in model.classes {
      let rows = (0..<36).filter { examples.labels[$0] == name }
      let prior = rows.reduce(0) { $0 + weights[$1] } / total
      let own = meanRow(rows)
      means.append(own)
      priors.append(prior)
      for i in 0..<36 {
        for j in 0..<36 {
          between[i, j] += prior * (own[i] - mean[i]) * (own[j] - mean[j])
          for row in rows {
            within[i, j] +=
              weights[row] / total * (kernel[row, i] - own[i]) * (kernel[row, j] - own[j])
          }
        }
      }
    }
    #expect(model.eigenvalues.count == classes.count - 1)
    #expect(firstDifference(model.priors, priors, within: 1e-12) == nil)
    // Σ_c π_c m_cj W_c = λ_j α_j, since the class means are orthogonal.
    for direction in model.eigenvalues.indices {
      let value = model.eigenvalues[direction]
      let alpha = (0..<36).map { row in
        model.classes.indices.reduce(0) {
          $0 + priors[$1] * model.classMeans[$1, direction]
            * model.expansion.dualCoefficients[$1, row]
        } / value
      }
      let left = try between.multiplied(by: alpha)
      let right = try within.multiplied(by: alpha)
      #expect(
        firstDifference(left, right.map { value * $0 }, within: 1e-10 * max(1, value)) == nil,
        "direction \(direction), seed \(Self.seed)")
      let norm = zip(alpha, right).reduce(0) { $0 + $1.0 * $1.1 }
      #expect(isClose(norm, 1, within: 1e-8))
      for index in model.classes.indices {
        let position = zip(alpha, zip(means[index], mean)).reduce(0) {
          $0 + $1.0 * ($1.1.0 - $1.1.1)
        }
        #expect(isClose(position, model.classMeans[index, direction], within: 1e-8))
      }
    }
    // The nearest mean, with the logarithm of the share.
    let values = try model.decisionValues(.dense(examples.features))
    let places = try model.coordinates(.dense(examples.features))
    for row in 0..<36 {
      let scores = model.classes.indices.map { index -> Double in
        var square = 0.0
        for direction in model.eigenvalues.indices {
          let difference = places[row, direction] - model.classMeans[index, direction]
          square += difference * difference
        }
        return log(priors[index]) - square / 2
      }
      // Up to what all classes share.
      for index in scores.indices {
        #expect(
          isClose(
            scores[index] - scores[0], values[row, index] - values[row, 0],
            within: 1e-8 * max(1, scores[0].magnitude)))
      }
    }
  }

  @Test func wineIsLearnedAndRowsMayBeWeights() throws {
    let (features, labels) = try MethodReferences.examples("wine")
    let model = try KernelDiscriminant.train(features: .dense(features), labels: labels)
    #expect(try model.predict(.dense(features)) == labels)
    let weights = labels.indices.map { Double($0 % 3) }
    let rows = labels.indices.flatMap { Array(repeating: $0, count: $0 % 3) }
    let weighted = try KernelDiscriminant.train(
      features: .dense(features), labels: labels, weights: weights, kernel: .gaussian(gamma: 0.1))
    let repeated = try KernelDiscriminant.train(
      features: .dense(features.gatheringRows(rows)), labels: rows.map { labels[$0] },
      kernel: .gaussian(gamma: 0.1))
    #expect(
      firstDifference(
        try weighted.decisionValues(.dense(features)),
        try repeated.decisionValues(.dense(features)), within: 1e-6) == nil)
  }

  @Test func threadsChangeNoBitsAndSparseExamplesNothing() throws {
    let examples = TestExamples.clouds(
      300, features: 5, classes: ["a", "b", "c"], seed: Self.seed)
    func train(_ features: FeatureMatrix, _ threads: Int) throws -> KernelDiscriminant {
      try KernelDiscriminant.train(
        features: features, labels: examples.labels, kernel: .gaussian(gamma: 0.2),
        options: TrainingOptions(threads: threads))
    }
    let one = try train(.dense(examples.features), 1)
    let three = try train(.dense(examples.features), 3)
    #expect(
      one.expansion.dualCoefficients.elements == three.expansion.dualCoefficients.elements)
    let sparse = try train(.sparse(SparseMatrix(examples.features)), 2)
    #expect(
      firstDifference(
        try sparse.decisionValues(.dense(examples.features)),
        try one.decisionValues(.dense(examples.features)), within: 1e-7) == nil)
  }

  @Test func classesWithOneMeanAreRefused() throws {
    let features = try Matrix<Double>(rows: [[1], [1], [1], [1]])
    #expect(throws: TrainingError.noVariation(method: "kernel discriminant")) {
      try KernelDiscriminant.train(
        features: .dense(features), labels: ["a", "b", "a", "b"], kernel: .gaussian(gamma: 1))
    }
  }
}
