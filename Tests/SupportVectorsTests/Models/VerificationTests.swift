import Kernels
import LinearAlgebra
import SMOSolver
import SupportVectors
import TestSupport
import Testing

/// Plain code recomputes every figure of a certificate from the model and the training data, and both
/// `certify` and `verify` agree with it.
@Suite struct VerificationTests {
  static let seed: UInt64 = 200
  static let kernels = Kernel.convexCatalogue

  private func check(
    _ certificate: Certificate, _ problem: PlainProblem, tolerance: Double,
    biasTolerance: Double = 0, _ comment: Comment, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let scale = max(1, abs(problem.primal))
    // What another bias changes in the losses.
    let losses = biasTolerance * problem.program.upper.reduce(0, +)
    for (name, found, expected, allowed) in [
      ("violation", certificate.kktViolation, problem.violation, 0),
      ("primal", certificate.primalObjective, problem.primal, losses),
      ("dual", certificate.dualObjective, problem.dual, 0),
      ("gap", certificate.relativeGap ?? .nan, problem.gap, losses / scale),
    ] {
      #expect(
        isClose(found, expected, within: 1e-9 * scale + allowed),
        "\(comment): \(name) \(found), recomputed \(expected)", sourceLocation: sourceLocation)
    }
    #expect(certificate.kktViolation <= tolerance, comment, sourceLocation: sourceLocation)
    #expect(certificate.source == .recomputed, comment, sourceLocation: sourceLocation)
    #expect(certificate.stopReason == .converged, comment, sourceLocation: sourceLocation)
  }

  @Test(arguments: [["a", "b"], ["a", "b", "c"]], [1e-3, 1e-6])
  func certificatesOfClassifiersAreThoseOfPlainCode(classes: [String], tolerance: Double) throws {
    let examples = TestExamples.clouds(150, features: 4, classes: classes, seed: Self.seed)
    for kernel in Self.kernels {
      for c in [0.1, 10] {
        let model = try SupportVectorClassifier.train(
          features: examples.features, labels: examples.labels, kernel: kernel, boxConstraint: c,
          options: TrainingOptions(tolerance: tolerance, certify: true))
        let verified = try model.verify(
          features: .dense(examples.features), labels: examples.labels)
        let problems = model.plainProblems(examples.features, examples.labels)
        #expect(verified.count == problems.count)
        for (index, problem) in problems.enumerated() {
          let comment: Comment = "\(kernel), C \(c), pair \(index), seed \(Self.seed)"
          check(model.problems[index].certificate, problem, tolerance: tolerance, comment)
          check(verified[index], problem, tolerance: tolerance, comment)
          #expect(problem.gap >= -1e-12 && problem.gap < 0.01, "\(comment): gap \(problem.gap)")
          let report = model.problems[index]
          #expect(report.supportVectorCount == problem.alpha.count { $0 > 0 }, comment)
          #expect(report.boundedSupportVectorCount == problem.alpha.count { $0 >= c }, comment)
        }
      }
    }
  }

  @Test(arguments: [1e-3, 1e-6])
  func certificatesOfRegressorsAreThoseOfPlainCode(tolerance: Double) throws {
    var generator = TestGenerator(seed: Self.seed)
    let features = Matrix<Double>.random(120, 4, using: &generator)
    let targets = TestExamples.targets(features, noise: 0.2, seed: Self.seed)
    for kernel in Self.kernels {
      for (c, epsilon) in [(0.1, 0.1), (10, 0), (10, 0.3)] {
        let model = try SupportVectorRegressor.train(
          features: features, targets: targets, kernel: kernel, boxConstraint: c,
          epsilon: epsilon, options: TrainingOptions(tolerance: tolerance, certify: true))
        let problem = model.plainProblem(features, targets)
        let comment: Comment = "\(kernel), C \(c), tube width \(epsilon), seed \(Self.seed)"
        check(model.problem.certificate, problem, tolerance: tolerance, comment)
        // Without a tube α and α* of one example may both be positive; a model stores their
        // difference, and which variables are free, over which the bias is averaged, is lost.
        check(
          try model.verify(features: .dense(features), targets: targets), problem,
          tolerance: tolerance, biasTolerance: epsilon == 0 ? tolerance : 0, comment)
        #expect(problem.gap >= -1e-12 && problem.gap < 0.05, "\(comment): gap \(problem.gap)")
      }
    }
  }

  /// Without `certify` the figures come from the running gradient; they are right to the tolerance.
  @Test func runningCertificatesAreRightToTheTolerance() throws {
    let examples = TestExamples.clouds(400, features: 4, seed: Self.seed)
    for kernel in Self.kernels {
      let model = try SupportVectorClassifier.train(
        features: examples.features, labels: examples.labels, kernel: kernel, boxConstraint: 10)
      let problem = model.plainProblems(examples.features, examples.labels)[0]
      let certificate = model.problems[0].certificate
      let comment: Comment = "\(kernel), seed \(Self.seed)"
      #expect(certificate.source == .running)
      #expect(isClose(certificate.kktViolation, problem.violation, within: 2e-4), comment)
      #expect(isClose(certificate.dualObjective, problem.dual, relative: 1e-5), comment)
      #expect(isClose(certificate.primalObjective, problem.primal, relative: 1e-4), comment)
    }
  }

  @Test func dataThatCannotBeTheTrainingDataIsRefused() throws {
    let examples = TestExamples.clouds(30, features: 2, seed: Self.seed)
    let model = try SupportVectorClassifier.train(
      features: examples.features, labels: examples.labels)
    let features = FeatureMatrix.dense(examples.features)
    func message(_ features: FeatureMatrix, _ labels: [String]) -> String {
      do {
        return "\(try model.verify(features: features, labels: labels).count) certificates"
      } catch {
        return "\(error)"
      }
    }
    #expect(
      message(features, Array(examples.labels.dropLast()))
        == "labels has 29 elements, but features has 30 rows")
    #expect(
      message(features.gatheringRows(Array(0..<29)), Array(examples.labels.dropLast()))
        == "this is not the training data of the model: it has 29 rows, but the model was trained "
        + "on 30")
    #expect(
      message(.dense(Matrix(rowCount: 30, columnCount: 3, repeating: 0)), examples.labels)
        == "this is not the training data of the model: it has 3 features, but the model was "
        + "trained on 2")
    #expect(
      message(features, examples.labels.map { $0 == "a" ? "x" : $0 })
        == "this is not the training data of the model: its classes are b, x, but the model's are "
        + "a, b")
    #expect(
      message(features, examples.labels.map { $0 == "a" ? "b" : "a" })
        == "this is not the training data of the model: dual variables of its rows are outside "
        + "their bounds")
  }
}
