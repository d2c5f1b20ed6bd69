import LinearAlgebra
import LinearModels
import SupportVectors
import TestSupport
import Testing

/// What must hold for every loss, intercept and method.
@Suite struct LinearPropertyTests {
  struct Setting: Sendable, CustomStringConvertible {
    var loss: LinearLoss
    var intercept: Intercept
    var solver: LinearSolver
    var description: String { "\(loss) \(intercept) \(solver)" }
  }

  static let settings: [Setting] = LinearLoss.allCases.flatMap { loss in
    [Intercept.free, .regularized(2), .none].flatMap { intercept in
      [LinearSolver.newton, .coordinateDescent].map {
        Setting(loss: loss, intercept: intercept, solver: $0)
      }
    }
  }

  /// A model of either kind.
  struct Model {
    var function: LinearFunction
    var report: ProblemReport

    init(
      _ setting: Setting, _ features: FeatureMatrix, _ seed: UInt64, weights: [Double]? = nil,
      labels: [String], tolerance: Double, threads: Int = 1
    ) throws {
      let options = TrainingOptions(
        tolerance: tolerance, threads: threads, timeLimit: .seconds(60))
      if setting.loss.isRegression {
        let targets = labels.map { Double($0) ?? 0 }
        let model = try LinearRegressor.train(
          features: features, targets: targets, weights: weights,
          settings: .init(
            loss: setting.loss, boxConstraint: 0.5, epsilon: 0.2, intercept: setting.intercept
          ).solved(by: setting.solver), options: options)
        (function, report) = (model.function, model.problem)
      } else {
        let model = try LinearClassifier.train(
          features: features, labels: labels.map { (Double($0) ?? 0) > 0 ? "1" : "0" },
          weights: weights,
          settings: .init(
            loss: setting.loss, boxConstraint: 0.5, intercept: setting.intercept
          ).solved(by: setting.solver), options: options)
        (function, report) = (model.function, model.problems[0])
      }
    }
  }

  /// Overlapping clouds off the origin, with targets that are numbers and, by their signs, classes.
  private func examples(_ count: Int, seed: UInt64) -> (Matrix<Double>, [String]) {
    let features = TestExamples.clouds(count, features: 4, distance: 1, seed: seed).features
    let targets = TestExamples.targets(features, noise: 0.7, seed: seed)
    return (features, targets.map { "\($0 - 0.3)" })
  }

  @Test(arguments: settings)
  func weightTwoIsTheRowTwiceAndWeightZeroNoRow(_ setting: Setting) throws {
    let seed: UInt64 = 11
    let (features, labels) = examples(80, seed: seed)
    let weights = (0..<80).map { Double($0 % 3) }
    let rows = (0..<80).flatMap { [Int](repeating: $0, count: $0 % 3) }
    let weighted = try Model(
      setting, .dense(features), seed, weights: weights, labels: labels, tolerance: 1e-10)
    let repeated = try Model(
      setting, .dense(features.gatheringRows(rows)), seed, labels: rows.map { labels[$0] },
      tolerance: 1e-10)
    #expect(weighted.report.certificate.stopReason == .converged, "\(setting): \(weighted.report)")
    #expect(repeated.report.certificate.stopReason == .converged, "\(setting): \(repeated.report)")
    #expect(
      isClose(
        weighted.report.certificate.primalObjective, repeated.report.certificate.primalObjective,
        relative: 1e-8), "\(setting)")
    #expect(
      firstDifference(
        try weighted.function.decisionValues(.dense(features)),
        try repeated.function.decisionValues(.dense(features)),
        within: setting.solver == .newton ? 1e-8 : 1e-7) == nil,
      "\(setting), seed \(seed)")
  }

  @Test(arguments: settings)
  func sparseAndDenseAndPermutedFeaturesGiveTheSameAnswer(_ setting: Setting) throws {
    let seed: UInt64 = 12
    let (features, labels) = examples(300, seed: seed)
    let permuted = Matrix(rowCount: 300, columnCount: 4) { features[$0, 3 - $1] }
    let plain = try Model(setting, .dense(features), seed, labels: labels, tolerance: 1e-8)
    let other = try Model(setting, .dense(permuted), seed, labels: labels, tolerance: 1e-8)
    let sparse = try Model(
      setting, .sparse(SparseMatrix(features)), seed, labels: labels, tolerance: 1e-8)
    for model in [other, sparse] {
      #expect(
        isClose(
          model.report.certificate.primalObjective, plain.report.certificate.primalObjective,
          relative: 1e-9), "\(setting), seed \(seed)")
    }
    #expect(
      firstDifference(
        sparse.function.weights.elements, plain.function.weights.elements, within: 1e-5) == nil,
      "\(setting), seed \(seed)")
  }

  @Test(arguments: settings)
  func anyNumberOfThreadsGivesTheSameBits(_ setting: Setting) throws {
    let seed: UInt64 = 13
    let (features, labels) = examples(5000, seed: seed)
    for matrix in [FeatureMatrix.dense(features), .sparse(try SparseMatrix(features))] {
      let one = try Model(setting, matrix, seed, labels: labels, tolerance: 1e-3)
      let four = try Model(setting, matrix, seed, labels: labels, tolerance: 1e-3, threads: 4)
      #expect(one.function == four.function, "\(setting), seed \(seed)")
      #expect(one.report == four.report, "\(setting), seed \(seed)")
    }
  }

  @Test(arguments: settings)
  func theGapBoundsTheDistanceFromTheOptimum(_ setting: Setting) throws {
    let seed: UInt64 = 14
    let (features, labels) = examples(200, seed: seed)
    let best = try Model(setting, .dense(features), seed, labels: labels, tolerance: 1e-8)
    for tolerance in [100, 1, 0.01] {
      let found = try Model(setting, .dense(features), seed, labels: labels, tolerance: tolerance)
        .report.certificate
      let optimum = best.report.certificate.primalObjective
      #expect((found.relativeGap ?? -1) >= 0, "\(setting)")
      #expect(found.dualObjective <= optimum * (1 + 1e-9), "\(setting), seed \(seed)")
      #expect(found.primalObjective >= optimum * (1 - 1e-9), "\(setting), seed \(seed)")
    }
  }

  @Test(arguments: Decomposition.allCases)
  func severalClassesGiveTheSameBitsForAnyNumberOfThreads(_ decomposition: Decomposition)
    throws
  {
    let data = TestExamples.clouds(
      600, features: 5, classes: ["a", "b", "c", "d"], distance: 3, seed: 15)
    func train(_ threads: Int) throws -> LinearClassifier {
      try LinearClassifier.train(
        features: data.features, labels: data.labels,
        settings: .init(loss: .logistic, decomposition: decomposition),
        options: TrainingOptions(threads: threads))
    }
    let (one, three) = (try train(1), try train(3))
    #expect(one == three)
    #expect(one.function.outputCount == (decomposition == .oneVersusOne ? 6 : 4))
    let predictions = try one.predict(.dense(data.features), threads: 1)
    #expect(try one.predict(.dense(data.features), threads: 4) == predictions)
    let right = zip(predictions, data.labels).count { $0 == $1 }
    #expect(right > 500, "only \(right) of 600 are right")
    for row in 0..<20 {
      #expect(try one.predict(example: data.features.row(row)) == predictions[row])
    }
  }
}
