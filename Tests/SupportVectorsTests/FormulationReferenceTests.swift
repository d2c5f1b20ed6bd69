import Foundation
import Kernels
import LinearAlgebra
import SMOSolver
import SupportVectors
import Testing

/// The answers of LIBSVM and scikit-learn for the ν forms, weights, and one class against the rest.
///
/// Both keep kernel columns in single precision, so their answers lie up to some 10⁻³ from the optimum in
/// decision values; that ours reach the optimum, other tests say.
struct FormulationReferenceTests {
  struct File: Decodable {
    var cases: [Case]

    init() throws {
      let url = ReferenceFile.root.appending(path: "Tests/References/formulations.json")
      self = try JSONDecoder().decode(File.self, from: Data(contentsOf: url))
    }
  }

  struct Case: Decodable, CustomStringConvertible {
    var dataset: String
    var formulation: String
    var kernel: String
    var gamma: Double?
    var nu: Double?
    var c: Double?
    var epsilon: Double?
    var weights: Bool?
    var balanced: Bool?
    var dualObjective: Double?
    var bias: Double?
    var rows: [Int]
    var decisionValues: [[Double]]

    var description: String {
      "\(dataset), \(formulation), \(kernel), nu \(nu ?? 0)"
        + (weights == true ? ", weights" : "") + (balanced == true ? ", balanced" : "")
    }
  }

  private static let options = TrainingOptions(tolerance: 1e-7)

  private func check(
    _ reference: Case, _ decisions: Matrix<Double>, _ bias: Double, _ certificate: Certificate
  ) throws {
    #expect(certificate.stopReason == .converged, "\(reference)")
    let objective = try #require(reference.dualObjective)
    #expect(
      abs(certificate.dualObjective - objective) <= 2e-6 * max(1, abs(objective)),
      "\(reference): \(certificate.dualObjective), expected \(objective)")
    let size = max(1, reference.decisionValues.map { abs($0[0]) }.max() ?? 1)
    #expect(
      abs(bias - (try #require(reference.bias))) <= 2e-3 * size, "\(reference): bias \(bias)")
    for (row, expected) in zip(reference.rows, reference.decisionValues) {
      #expect(
        abs(decisions[row, 0] - expected[0]) <= 2e-3 * size,
        "\(reference): row \(row) \(decisions[row, 0]), expected \(expected[0])")
    }
  }

  @Test func answersAgree() throws {
    var examples: [String: (features: Matrix<Double>, targets: [String])] = [:]
    for name in ["breast-cancer", "diabetes", "iris", "wine"] {
      examples[name] = try ReferenceFile(named: name).examples()
    }
    for reference in try File().cases {
      let (features, texts) = try #require(examples[reference.dataset])
      let kernel: Kernel =
        reference.kernel == "linear"
        ? .linear : .gaussian(gamma: .value(try #require(reference.gamma)))
      let weights =
        reference.weights == true
        ? (0..<features.rowCount).map { Double(7 * $0 % 5) / 2 } : nil
      switch reference.formulation {
      case "one-class":
        let model = try NoveltyDetector.train(
          features: features, weights: weights, kernel: kernel,
          formulation: .oneClass(nu: try #require(reference.nu)), options: Self.options)
        let decisions = try model.expansion.decisionValues(.dense(features))
        try check(reference, decisions, model.expansion.biases[0], model.problem.certificate)
        #expect(model.offset == -model.expansion.biases[0])
      case "nu-svc", "c-svc":
        let model = try SupportVectorClassifier.train(
          features: features, labels: texts, weights: weights,
          settings: .init(
            kernel: kernel,
            formulation: reference.nu.map { .nu($0) } ?? .c(try #require(reference.c)),
            classWeights: reference.balanced == true ? .balanced : .equal), options: Self.options)
        try check(
          reference, try model.decisionValues(.dense(features)), model.expansion.biases[0],
          model.problems[0].certificate)
      case "nu-svr", "epsilon-svr":
        let targets = try ReferenceFile(named: "diabetes-standardised-target")
          .numericTargets(texts)
        let c = try #require(reference.c)
        let model = try SupportVectorRegressor.train(
          features: features, targets: targets, weights: weights,
          settings: .init(
            kernel: kernel,
            formulation: reference.nu.map { .nu($0, boxConstraint: c) }
              ?? .epsilon(boxConstraint: c, epsilon: try #require(reference.epsilon))),
          options: Self.options)
        try check(
          reference, try model.expansion.decisionValues(.dense(features)),
          model.expansion.biases[0], model.problem.certificate)
      case "one-versus-rest":
        let model = try SupportVectorClassifier.train(
          features: features, labels: texts,
          settings: .init(
            kernel: kernel, formulation: .c(try #require(reference.c)),
            decomposition: .oneVersusRest),
          options: Self.options)
        let decisions = try model.decisionValues(.dense(features))
        for (row, expected) in zip(reference.rows, reference.decisionValues) {
          for (output, value) in expected.enumerated() {
            #expect(abs(decisions[row, output] - value) <= 2e-3, "\(reference): row \(row)")
          }
        }
      default: Issue.record("\(reference) is not known")
      }
    }
  }
}
