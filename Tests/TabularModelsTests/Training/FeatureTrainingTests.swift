import Kernels
import Learning
import LinearAlgebra
import LinearModels
import SupportVectors
import TestSupport
import Testing

@testable import TabularModels

/// Trainings on features that a program made.
struct FeatureTrainingTests {
  private static let clouds = TestExamples.clouds(
    60, features: 3, classes: ["inner", "outer"], seed: 5)

  private static func examples(_ features: Matrix<Double>) -> FeatureExamples {
    FeatureExamples(features: .dense(features), targets: .classes(ClassTable(clouds.labels)))
  }

  private static func trainer(_ kernel: Kernel) -> TabularTrainer {
    var trainer = TabularTrainer()
    trainer.method = LearningMethod(formulation: .cSVC, kernel: kernel, boxConstraint: 3)
    return trainer
  }

  @Test func aModelIsThatOfTheFeatures() throws {
    let (features, labels) = (Self.clouds.features, Self.clouds.labels)
    let model = try Self.trainer(.gaussian()).train(Self.examples(features))
    let plain = try SupportVectorClassifier.train(
      features: features, labels: labels, kernel: .gaussian(), boxConstraint: 3)
    #expect(
      try model.predict(features: .dense(features)).decisionValues
        == plain.decisionValues(.dense(features)))
    #expect(model.classes == ["inner", "outer"])
    #expect(model.calibration == nil)
  }

  @Test func certificatesAreRecomputed() throws {
    let examples = Self.examples(Self.clouds.features)
    let model = try Self.trainer(.gaussian()).train(examples)
    let certificate = try #require(try model.certificates(examples).first)
    #expect(certificate.source == .recomputed)
    #expect(certificate.kktViolation <= 1.1e-3)
    let half = FeatureExamples(
      features: .dense(Self.clouds.features.rows(0..<30)),
      targets: .classes(ClassTable(Array(Self.clouds.labels[..<30]))))
    #expect(throws: TrainingError.self) { try model.certificates(half) }
    let numbers = FeatureExamples(
      features: examples.features, targets: .numbers([Double](repeating: 0, count: 60)))
    #expect(throws: TrainingError.self) { try model.certificates(numbers) }
  }

  /// The folds of a precomputed kernel have fewer columns, as they have fewer rows.
  @Test func aPrecomputedKernelIsCalibratedAsItsKernel() throws {
    let features = Self.clouds.features
    var (kernel, values) = (Self.trainer(.linear), Self.trainer(.precomputed))
    (kernel.calibration, values.calibration) = (CalibrationChoice(), CalibrationChoice())
    (kernel.tolerance, values.tolerance) = (1e-9, 1e-9)
    let gram = try features.multiplied(by: features, transposing: .right)
    let direct = try kernel.train(Self.examples(features))
      .predict(features: .dense(features)).probabilities
    let indirect = try values.train(Self.examples(gram))
    let found = try indirect.predict(features: .dense(gram)).probabilities
    #expect(indirect.preprocessor == nil)
    let pairs = zip(try #require(direct).elements, try #require(found).elements)
    #expect(pairs.allSatisfy { abs($0 - $1) < 1e-4 })
  }

  @Test func theBiasOfLinearModelsIsTreatedAsAsked() throws {
    let features = Self.clouds.features
    for intercept in [Intercept.free, .regularized(2), .none] {
      var trainer = Self.trainer(.linear)
      trainer.method.solver = .primal
      trainer.intercept = intercept
      let trained = try trainer.train(Self.examples(features))
      let model = try #require(trained.predictor.model(as: MappedClassifier.self))
      #expect(model.base.intercept == intercept)
      #expect((model.base.function.biases == [0]) == (intercept == .none))
    }
  }
}
