import Foundation
import LinearAlgebra
import TestSupport
import Testing

@testable import LinearModels

/// Two methods for piecewise linear losses, each of which checks the other.
@Suite struct AugmentedLagrangianTests {
  struct Setting: Sendable, CustomTestStringConvertible {
    var loss: LinearLoss
    var intercept: Intercept
    var count: Int
    var features: Int
    var testDescription: String { "\(loss), \(intercept), \(count) × \(features)" }
  }

  static let settings = [LinearLoss.hinge, .epsilonInsensitive].flatMap { loss in
    [Intercept.free, .regularized(2), .none].flatMap { intercept in
      // The last one is solved from a sample on.
      [(60, 3), (300, 40), (40, 70), (4000, 12)].map {
        Setting(loss: loss, intercept: intercept, count: $0.0, features: $0.1)
      }
    }
  }

  /// A problem with costs of several orders of magnitude.
  private func problem(
    _ setting: Setting, seed: UInt64, threads: Int = 2, tolerance: Double = 1e-6
  ) throws -> LinearTraining {
    LinearTraining(
      examples: .local(
        .dense(
          TestExamples.clouds(setting.count, features: setting.features, distance: 1, seed: seed)
            .features)), loss: setting.loss, epsilon: 0.2, intercept: setting.intercept,
      solver: .newton,
      run: try TrainingControl(TrainingOptions(tolerance: tolerance, threads: threads)))
  }

  private func solve<Result>(
    _ setting: Setting, seed: UInt64, threads: Int = 2,
    _ body: (LinearProblem) -> Result
  ) throws -> Result {
    let training = try problem(setting, seed: seed, threads: threads)
    let clouds = TestExamples.clouds(
      setting.count, features: setting.features, distance: 1, seed: seed)
    var generator = TestGenerator(seed: seed)
    let numbers = TestExamples.targets(clouds.features, noise: 0.7, seed: seed)
    let targets = setting.loss.isRegression ? numbers : numbers.map { $0 > 0.3 ? 1 : -1 }
    let costs = (0..<setting.count).map { _ in exp(generator.uniform(in: -3..<3)) }
    return training.examples.own.withExamples { examples in
      body(
        LinearProblem(
          examples: ExampleRows(examples, rows: (0..<Int32(setting.count)).map { $0 }),
          targets: targets, costs: costs, of: training, threads: threads))
    }
  }

  @Test(arguments: settings)
  func itFindsWhatTheInteriorPointMethodFinds(_ setting: Setting) throws {
    for seed in [7, 8] as [UInt64] {
      let (found, expected) = try solve(setting, seed: seed) {
        (AugmentedLagrangian($0).solve(), InteriorPointSolver($0).solve())
      }
      let solution = try #require(found, "\(setting), seed \(seed)")
      #expect(solution.isConverged && expected.isConverged, "\(setting), seed \(seed)")
      let (own, other) = (solution.report.certificate, expected.report.certificate)
      #expect(
        isClose(own.primalObjective, other.primalObjective, relative: 3e-9),
        "\(setting), seed \(seed)")
      #expect(own.dualObjective <= other.primalObjective * (1 + 1e-12), "\(setting), seed \(seed)")
      // The weights are unique.
      for feature in 0..<setting.features {
        #expect(
          isClose(solution.parameters[feature], expected.parameters[feature], within: 1e-3),
          "\(setting), weight \(feature), seed \(seed)")
      }
    }
  }

  @Test(arguments: settings)
  func threadsChangeNoBit(_ setting: Setting) throws {
    let parameters = try [1, 2, 4].map { threads in
      try solve(setting, seed: 9, threads: threads) {
        AugmentedLagrangian($0).solve()?.parameters.numbers
      }
    }
    #expect(parameters[0] != nil, "\(setting), seed 9")
    #expect(parameters.allSatisfy { $0 == parameters[0] }, "\(setting), seed 9")
  }
}
