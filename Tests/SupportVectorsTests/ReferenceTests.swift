import Kernels
import LinearAlgebra
import SMOSolver
import SupportVectors
import Testing

/// The same answers as LIBSVM's, and as near the optimum as is promised.
///
/// The bounds of the objective are those that are promised. Biases and decision values, in whose units
/// the tolerance is, may differ from the optimum's by 20 tolerances: LIBSVM's own answers are up to 10
/// away at 1e-3, and farther at 1e-6, where single precision limits them.
struct ReferenceTests {
  struct Bounds {
    var tolerance: Double
    /// Of the dual objective, relative to the optimum.
    var objective: Double
    /// Of biases and decision values.
    var decision: Double
  }

  static let bounds = [
    Bounds(tolerance: 1e-3, objective: 1e-5, decision: 2e-2),
    Bounds(tolerance: 1e-6, objective: 1e-9, decision: 2e-5),
  ]

  @Test(arguments: ["iris", "wine", "breast-cancer", "digits"])
  func classifiersReachTheOptimum(name: String) throws {
    let file = try ReferenceFile(named: name)
    let (features, labels) = try file.examples()
    for reference in file.cases {
      for bounds in Self.bounds {
        let place: Comment = "\(name): \(reference), tolerance \(bounds.tolerance)"
        let kernel = try #require(reference.kernelFunction(gamma: .scale), place)
        let model = try SupportVectorClassifier.train(
          features: features, labels: labels, kernel: kernel, boxConstraint: reference.c,
          options: TrainingOptions(tolerance: bounds.tolerance))
        #expect(model.classes == file.classes, place)
        check(
          model.problems.map(\.certificate), biases: model.expansion.biases,
          against: reference.optimum, bounds, place)

        let decisions = try model.decisionValues(.dense(features))
        check(decisions, against: reference.optimum, bounds, place)

        let predictions = model.classIndices(decisionValues: decisions)
        let doubtful = Set(try #require(reference.optimum.doubtfulRows, place))
        let libsvm = try #require(
          reference.libsvm[bounds.tolerance == 1e-3 ? "1e-3" : "1e-6"], place)
        for row in predictions.indices where !doubtful.contains(row) {
          let prediction = Double(predictions[row])
          #expect(prediction == reference.optimum.predictions[row], "\(place) row \(row)")
          #expect(prediction == libsvm.predictions[row], "\(place) row \(row)")
        }
      }
    }
  }

  @Test(arguments: ["diabetes", "diabetes-standardised-target"])
  func regressorsReachTheOptimum(name: String) throws {
    let file = try ReferenceFile(named: name)
    let (features, texts) = try file.examples()
    let targets = try file.numericTargets(texts)
    for reference in file.cases {
      for bounds in Self.bounds {
        let place: Comment = "\(name): \(reference), tolerance \(bounds.tolerance)"
        let kernel = try #require(reference.kernelFunction(gamma: .scale), place)
        let model = try SupportVectorRegressor.train(
          features: features, targets: targets, kernel: kernel, boxConstraint: reference.c,
          epsilon: try #require(reference.epsilon, place),
          options: TrainingOptions(tolerance: bounds.tolerance))
        check(
          [model.problem.certificate], biases: model.expansion.biases, against: reference.optimum,
          bounds, place)

        let predictions = try model.predict(features)
        for row in predictions.indices {
          let difference = abs(predictions[row] - reference.optimum.predictions[row])
          // The references' predictions have eight digits.
          let rounding = 1e-7 * abs(predictions[row])
          #expect(difference <= bounds.decision + rounding, "\(place) row \(row)")
        }
      }
    }
  }

  /// Gamma `scale` is the number that scikit-learn's rule gives, for each kernel's distance.
  @Test(arguments: ["iris", "wine", "breast-cancer", "digits", "diabetes"])
  func gammaScaleFollowsTheSpreadOfTheData(name: String) throws {
    let file = try ReferenceFile(named: name)
    let features = FeatureMatrix.dense(try file.examples().features)
    for reference in file.cases {
      guard let expected = reference.parameters.gamma else { continue }
      let kernel = try #require(reference.kernelFunction(gamma: .scale))
      let gamma = try #require(kernel.resolved(for: features).gamma)
      #expect(abs(gamma / expected - 1) < 1e-12, "\(name): \(reference)")
    }
  }

  private func check(
    _ certificates: [Certificate], biases: [Double], against optimum: ReferenceFile.Answer,
    _ bounds: Bounds, _ place: Comment
  ) {
    #expect(certificates.count == optimum.problems.count, place)
    for ((certificate, bias), problem) in zip(zip(certificates, biases), optimum.problems) {
      let pair: Comment = "\(place) \(problem.classes ?? [])"
      #expect(certificate.stopReason == .converged, pair)
      #expect(certificate.kktViolation <= bounds.tolerance, pair)
      let error = abs(certificate.dualObjective / problem.dualObjective - 1)
      #expect(error <= bounds.objective, pair)
      #expect(abs(bias - problem.bias) <= bounds.decision, pair)
    }
  }

  private func check(
    _ decisions: Matrix<Double>, against optimum: ReferenceFile.Answer, _ bounds: Bounds,
    _ place: Comment
  ) {
    for (row, expected) in zip(optimum.rows ?? [], optimum.decisionValues) {
      for (column, value) in expected.enumerated() {
        let difference = abs(decisions[row, column] - value)
        #expect(difference <= bounds.decision, "\(place) row \(row) column \(column)")
      }
    }
  }
}
