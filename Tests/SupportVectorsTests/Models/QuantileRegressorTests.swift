import Foundation
import Kernels
import LinearAlgebra
import SMOSolver
import SupportVectors
import TestSupport
import Testing

@Suite struct QuantileRegressorTests {
  static let seed: UInt64 = 4410
  private static let quantiles = [0.1, 0.5, 0.9]
  private static let precise = TrainingOptions(tolerance: 1e-8)

  // MARK: References

  private struct File: Decodable {
    struct Case: Decodable {
      var kernel: String
      var gamma: Double?
      var c: Double
      var weights: Bool
      var rows: [Int]
      var problems: [Problem]
    }

    struct Problem: Decodable {
      var quantile: Double
      var objective: Double
      var bias: Double
      var decisionValues: [Double]
    }

    struct Linear: Decodable {
      var quantile: Double
      var c: Double
      var weights: Bool
      var coefficients: [Double]
      var intercept: Double
    }

    var cases: [Case]
    var linear: [Linear]

    init() throws {
      let url = ReferenceFile.root.appending(path: "Tests/References/quantiles.json")
      self = try JSONDecoder().decode(File.self, from: Data(contentsOf: url))
    }
  }

  private static func diabetes() throws -> (features: Matrix<Double>, targets: [Double]) {
    let file = try ReferenceFile(named: "diabetes-standardised-target")
    let (features, texts) = try file.examples()
    return (features, try file.numericTargets(texts))
  }

  private static func weights(_ isUsed: Bool, count: Int) -> [Double]? {
    isUsed ? (0..<count).map { Double(7 * $0 % 5) / 2 } : nil
  }

  /// An interior-point method found these optima to 10⁻¹⁰.
  @Test func theOptimaAreThoseOfAnInteriorPointMethod() throws {
    let (features, targets) = try Self.diabetes()
    for reference in try File().cases {
      let name = "\(reference.kernel), C \(reference.c), weights \(reference.weights)"
      let model = try QuantileRegressor.train(
        features: .dense(features), targets: targets,
        weights: Self.weights(reference.weights, count: targets.count),
        kernel: reference.gamma.map { .gaussian(gamma: .value($0)) } ?? .linear,
        formulation: QuantileFormulation(
          quantiles: reference.problems.map(\.quantile), boxConstraint: reference.c),
        options: Self.precise)
      #expect(model.isConverged, "\(name)")
      let values = try model.expansion.decisionValues(.dense(features))
      for (output, problem) in reference.problems.enumerated() {
        let certificate = model.problems[output].certificate
        #expect(
          abs(certificate.dualObjective - problem.objective) <= 1e-8 * abs(problem.objective),
          "\(name), \(problem.quantile): \(certificate.dualObjective)")
        #expect(
          abs(certificate.primalObjective - problem.objective) <= 1e-6 * abs(problem.objective),
          "\(name), \(problem.quantile): \(certificate.primalObjective)")
        #expect(
          abs(model.expansion.biases[output] - problem.bias) <= 1e-5,
          "\(name), \(problem.quantile): bias \(model.expansion.biases[output])")
        for (row, expected) in zip(reference.rows, problem.decisionValues) {
          #expect(
            abs(values[row, output] - expected) <= 1e-5,
            "\(name), \(problem.quantile), row \(row): \(values[row, output])")
        }
      }
    }
  }

  /// With a C at which the penalty is outweighed, a linear function is that of the linear program.
  @Test func aLargeCGivesTheLinearQuantileRegression() throws {
    let (features, targets) = try Self.diabetes()
    for reference in try File().linear {
      let model = try QuantileRegressor.train(
        features: .dense(features), targets: targets,
        weights: Self.weights(reference.weights, count: targets.count), kernel: .linear,
        formulation: QuantileFormulation(
          quantiles: [reference.quantile], boxConstraint: reference.c),
        options: TrainingOptions(tolerance: 1e-7))
      let found = try #require(model.expansion.linearWeights?.weights.row(0))
      for (weight, expected) in zip(found, reference.coefficients) {
        #expect(abs(weight - expected) <= 1e-3, "\(reference.quantile): \(found)")
      }
      #expect(abs(model.expansion.biases[0] - reference.intercept) <= 1e-3)
    }
  }

  // MARK: Properties

  private static func noisy(_ count: Int, seed: UInt64) -> (
    features: FeatureMatrix, targets: [Double]
  ) {
    let examples = TestExamples.clouds(count, features: 3, seed: seed)
    return (
      .dense(examples.features),
      TestExamples.targets(examples.features, noise: 0.5, seed: seed + 1)
    )
  }

  private static func trained(
    _ data: (features: FeatureMatrix, targets: [Double]), weights: [Double]? = nil,
    quantiles: [Double] = quantiles, c: Double = 2, options: TrainingOptions = precise
  ) throws -> QuantileRegressor {
    try QuantileRegressor.train(
      features: data.features, targets: data.targets, weights: weights,
      kernel: .gaussian(gamma: 0.3),
      formulation: QuantileFormulation(quantiles: quantiles, boxConstraint: c), options: options)
  }

  @Test(arguments: [0, 1, 2] as [UInt64])
  func dualVariablesSatisfyTheirConstraintsAndCertificates(offset: UInt64) throws {
    let data = Self.noisy(150, seed: Self.seed + offset)
    let model = try Self.trained(data)
    let coefficients = model.expansion.dualCoefficients
    let certificates = try model.verify(features: data.features, targets: data.targets)
    let values = try model.expansion.decisionValues(data.features)
    for (output, quantile) in model.quantiles.enumerated() {
      let beta = coefficients.row(output)
      #expect(abs(beta.reduce(0, +)) < 1e-11, "seed \(Self.seed + offset)")
      #expect(beta.allSatisfy { 2 * (quantile - 1) <= $0 && $0 <= 2 * quantile })
      for certificate in [model.problems[output].certificate, certificates[output]] {
        #expect(certificate.stopReason == .converged)
        #expect(certificate.kktViolation <= 1.001e-8, "seed \(Self.seed + offset)")
        #expect(abs(certificate.relativeGap ?? 1) < 1e-6, "seed \(Self.seed + offset)")
      }
      // What the conditions say row by row: above the function βᵢ = Cτ, below it C(τ − 1).
      for (place, row) in model.expansion.supportIndices.enumerated() {
        let residual = data.targets[row] - values[row, output]
        if residual > 1e-6 { #expect(beta[place] == 2 * quantile) }
        if residual < -1e-6 { #expect(beta[place] == 2 * (quantile - 1)) }
      }
      // At most a share τ lies below, and at most 1 − τ above.
      let below = data.targets.indices.count { data.targets[$0] < values[$0, output] - 1e-6 }
      let above = data.targets.indices.count { data.targets[$0] > values[$0, output] + 1e-6 }
      #expect(
        Double(below) <= quantile * 150 + 1e-9 && Double(above) <= (1 - quantile) * 150 + 1e-9)
    }
  }

  @Test func aWeightOfTwoIsTheRowTwiceAndOfZeroNone() throws {
    let data = Self.noisy(60, seed: Self.seed + 10)
    let weights = (0..<60).map { Double($0 % 3) }
    let rows = (0..<60).flatMap { Array(repeating: $0, count: $0 % 3) }
    let one = try Self.trained(data, weights: weights)
    let other = try Self.trained(
      (data.features.gatheringRows(rows), rows.map { data.targets[$0] }))
    #expect(one.excludedCount == 20 && one.usesExampleWeights)
    for (left, right) in zip(one.problems, other.problems) {
      let (left, right) = (left.certificate.dualObjective, right.certificate.dualObjective)
      #expect(abs(left - right) <= 1e-7 * abs(right))
    }
    let (left, right) = (
      try one.predictQuantiles(data.features), try other.predictQuantiles(data.features)
    )
    #expect(zip(left.elements, right.elements).allSatisfy { abs($0 - $1) < 1e-5 })
    #expect(throws: TrainingError.self) {
      try one.verify(features: data.features, targets: data.targets)
    }
    #expect(
      try one.verify(features: data.features, targets: data.targets, weights: weights)
        .allSatisfy { $0.kktViolation <= 1.001e-8 })
  }

  @Test(arguments: [400, 3000])
  func theBitsDoNotDependOnThreads(count: Int) throws {
    let data = Self.noisy(count, seed: Self.seed + 20)
    var first: [UInt64]?
    for threads in [1, 2, 4] {
      let model = try Self.trained(data, c: 0.5, options: TrainingOptions(threads: threads))
      let bits =
        (model.expansion.dualCoefficients.elements + model.expansion.biases).map(\.bitPattern)
        + (try model.predictQuantiles(data.features, threads: threads)).elements.map(\.bitPattern)
      #expect(first == nil || bits == first, "\(threads) threads, seed \(Self.seed + 20)")
      first = first ?? bits
    }
  }

  @Test func quantilesShareKernelValuesAndTheirOrderDoesNotMatter() throws {
    let data = Self.noisy(300, seed: Self.seed + 30)
    let model = try Self.trained(data, quantiles: [0.9, 0.1, 0.5], options: TrainingOptions())
    #expect(model.quantiles == [0.1, 0.5, 0.9])
    #expect(model.problems.map(\.kernelValuesComputed) == [300 * 301 / 2, 0, 0])
    // Each is solved as if it were alone.
    for (output, quantile) in model.quantiles.enumerated() {
      let alone = try Self.trained(data, quantiles: [quantile], options: TrainingOptions())
      let (left, right) = (
        model.problems[output].certificate.dualObjective,
        alone.problems[0].certificate.dualObjective
      )
      #expect(abs(left - right) <= 1e-3 * abs(right), "\(quantile)")
    }
  }

  @Test func predictedQuantilesDoNotCross() throws {
    // Of a few noisy rows, functions that were fitted alone do cross.
    let data = Self.noisy(60, seed: Self.seed + 40)
    let model = try QuantileRegressor.train(
      features: data.features, targets: data.targets, kernel: .gaussian(gamma: 0.3),
      formulation: QuantileFormulation(quantiles: [0.3, 0.4, 0.5, 0.6, 0.7], boxConstraint: 10))
    let others = Self.noisy(500, seed: Self.seed + 41).features
    let raw = try model.expansion.decisionValues(others)
    let sorted = try model.predictQuantiles(others)
    func crosses(_ values: Matrix<Double>) -> Int {
      (0..<values.rowCount).count { row in
        let numbers = values.row(row)
        return zip(numbers, numbers.dropFirst()).contains { $0 > $1 }
      }
    }
    #expect(crosses(raw) > 0 && crosses(sorted) == 0)
    #expect((0..<500).allSatisfy { raw.row($0).sorted() == sorted.row($0) })
    #expect(try model.predict(others) == (0..<500).map { sorted[$0, 2] })
  }

  @Test func aShareOfNewTargetsLiesBelowEachQuantile() throws {
    func examples(_ count: Int, seed: UInt64) -> (features: FeatureMatrix, targets: [Double]) {
      var generator = TestGenerator(seed: seed)
      let places = (0..<count).map { _ in generator.uniform(in: 0..<1) }
      // The noise grows from left to right by four.
      let targets = places.map { sin(6 * $0) + (0.1 + 0.3 * $0) * generator.normal() }
      return (.dense(Matrix(rowCount: count, columnCount: 1) { row, _ in places[row] }), targets)
    }
    let model = try QuantileRegressor.train(
      features: examples(800, seed: Self.seed + 50).features,
      targets: examples(800, seed: Self.seed + 50).targets, kernel: .gaussian(gamma: 10),
      formulation: QuantileFormulation(quantiles: Self.quantiles, boxConstraint: 1))
    let new = examples(4000, seed: Self.seed + 51)
    let predicted = try model.predictQuantiles(new.features)
    for (output, quantile) in Self.quantiles.enumerated() {
      let share =
        Double((0..<4000).count { new.targets[$0] < predicted[$0, output] }) / 4000
      #expect(abs(share - quantile) < 0.04, "\(quantile): \(share), seed \(Self.seed + 50)")
    }
    // The band widens as the noise does: 2 · 1.28 · (0.1 + 0.3 x).
    let ends = try model.predictQuantiles(
      .dense(Matrix(rowCount: 2, columnCount: 1) { row, _ in row == 0 ? 0.1 : 0.9 }))
    let (left, right) = (ends[0, 2] - ends[0, 0], ends[1, 2] - ends[1, 0])
    #expect(right > 1.8 * left, "\(left) to \(right), seed \(Self.seed + 50)")
  }

  @Test func aConstantTargetAndOneExampleHaveNoVectors() throws {
    let features = FeatureMatrix.dense(
      Matrix(rowCount: 3, columnCount: 1) { row, _ in Double(row) })
    let model = try QuantileRegressor.train(
      features: features, targets: [7, 7, 7],
      formulation: QuantileFormulation(quantiles: [0.2, 0.8]))
    #expect(model.isConverged && model.expansion.supportIndices.isEmpty)
    #expect(try model.predictQuantiles(features).elements == [7, 7, 7, 7, 7, 7])
  }

  @Test func aPrecomputedKernelGivesTheSame() throws {
    let data = Self.noisy(80, seed: Self.seed + 60)
    guard case .dense(let matrix) = data.features else { return }
    let kernel = Matrix<Double>(rowCount: 80, columnCount: 80) { row, column in
      exp(
        -0.3
          * zip(matrix.row(row), matrix.row(column)).reduce(0) {
            $0 + ($1.0 - $1.1) * ($1.0 - $1.1)
          })
    }
    let one = try Self.trained(data)
    let other = try QuantileRegressor.train(
      features: .dense(kernel), targets: data.targets, kernel: .precomputed,
      formulation: QuantileFormulation(quantiles: Self.quantiles, boxConstraint: 2),
      options: Self.precise)
    let (left, right) = (
      try one.predictQuantiles(data.features), try other.predictQuantiles(.dense(kernel))
    )
    #expect(zip(left.elements, right.elements).allSatisfy { abs($0 - $1) < 1e-5 })
  }

  // MARK: The door

  @Test func asyncTrainingGivesTheSynchronousModel() async throws {
    let data = Self.noisy(100, seed: Self.seed + 70)
    let formulation = QuantileFormulation(quantiles: Self.quantiles, boxConstraint: 2)
    let one = try await QuantileRegressor.train(
      features: data.features, targets: data.targets, kernel: .gaussian(gamma: 0.3),
      formulation: formulation, options: Self.precise)
    let other = try Self.trained(data)
    #expect(
      one.expansion.dualCoefficients.elements == other.expansion.dualCoefficients.elements)
    var finished: QuantileRegressor?
    for try await event in QuantileRegressor.training(
      features: data.features, targets: data.targets, kernel: .gaussian(gamma: 0.3),
      formulation: formulation, options: Self.precise)
    {
      if case .finished(let model) = event { finished = model }
    }
    #expect(finished?.expansion.biases == one.expansion.biases)
  }

  @Test(
    arguments: [
      [], [0], [1], [0.5, 0.5], [-0.1], [.nan], [.infinity],
    ] as [[Double]])
  func quantilesOutOfRangeAreRefused(quantiles: [Double]) throws {
    let data = Self.noisy(10, seed: Self.seed + 80)
    let error = #expect(throws: TrainingError.self) {
      try Self.trained(data, quantiles: quantiles)
    }
    #expect(
      error?.description.hasPrefix(
        "quantiles: must be one or more different numbers, each greater than 0 and less than 1, but is "
      )
        == true, "\(error.map { "\($0)" } ?? "")")
  }

  @Test(arguments: [
    ([0.5], 0), ([0.1, 0.9], 0), ([0.1, 0.5, 0.9], 1), ([0.6, 0.9, 0.95], 0),
    ([0.05, 0.4, 0.55], 2),
    ([0.25, 0.75, 0.9], 0),
  ])
  func thePredictionIsTheQuantileNearestToTheMedian(quantiles: [Double], place: Int) throws {
    let model = try Self.trained(
      Self.noisy(20, seed: Self.seed + 90), quantiles: quantiles, options: TrainingOptions())
    #expect(model.middleIndex == place)
  }
}
