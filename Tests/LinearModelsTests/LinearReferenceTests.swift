import LinearAlgebra
import LinearModels
import SupportVectors
import TestSupport
import Testing

/// Against LIBLINEAR, and against the kernel solver of this package.
@Suite struct LinearReferenceTests {
  static let solvers: [LinearSolver] = [.newton, .coordinateDescent]

  private func intercept(_ name: String) -> Intercept {
    switch name {
    case "free": .free
    case "regularized": .regularized(1)
    default: .none
    }
  }

  @Test(arguments: solvers)
  func objectivesWeightsAndBiasesAreThoseOfLIBLINEAR(_ solver: LinearSolver) throws {
    let references = try LinearReferences.load()
    let classes = try StandardisedData("breast-cancer.csv")
    let numbers = try StandardisedData("diabetes.csv")
    let options = TrainingOptions(tolerance: 1e-8, timeLimit: .seconds(60))
    for reference in references.cases {
      let loss = try #require(LinearLoss(rawValue: reference.loss))
      let (function, report): (LinearFunction, ProblemReport)
      if loss.isRegression {
        let model = try LinearRegressor.train(
          features: numbers.features, targets: numbers.targets,
          settings: .init(
            loss: loss, boxConstraint: reference.c, epsilon: references.epsilon,
            intercept: intercept(reference.intercept)
          ).solved(by: solver), options: options)
        (function, report) = (model.function, model.problem)
      } else {
        let model = try LinearClassifier.train(
          features: classes.features, labels: classes.labels,
          settings: .init(
            loss: loss, boxConstraint: reference.c, intercept: intercept(reference.intercept)
          ).solved(by: solver),
          options: options)
        (function, report) = (model.function, model.problems[0])
      }
      let certificate = report.certificate
      #expect(certificate.stopReason == .converged, "\(reference): \(certificate)")
      // Where the loss is not smooth, LIBLINEAR's own end is no nearer than this.
      let isSmooth = loss != .hinge && loss != .epsilonInsensitive
      #expect(
        isClose(
          certificate.primalObjective, reference.objective, relative: isSmooth ? 1e-8 : 1e-6),
        "\(reference): \(certificate.primalObjective), expected \(reference.objective)")
      #expect(
        firstDifference(function.weights.elements, reference.weights, within: 1e-3) == nil,
        "\(reference)")
      #expect(isClose(function.biases[0], reference.bias, within: 1e-3), "\(reference)")
    }
  }

  @Test(arguments: solvers)
  func aFreeInterceptGivesTheModelOfTheKernelSolver(_ solver: LinearSolver) throws {
    let data = try StandardisedData("breast-cancer.csv")
    for (c, tolerance) in [(0.1, 1e-3), (1, 1e-3), (1, 1e-6)] {
      let options = TrainingOptions(tolerance: tolerance, timeLimit: .seconds(60))
      let kernel = try SupportVectorClassifier.train(
        features: data.features, labels: data.labels, kernel: .linear, boxConstraint: c,
        options: TrainingOptions(tolerance: 1e-8))
      let linear = try LinearClassifier.train(
        features: data.features, labels: data.labels,
        settings: .init(boxConstraint: c).solved(by: solver),
        options: options)
      #expect(linear.isConverged)
      let (found, expected) = (
        linear.problems[0].certificate.primalObjective,
        kernel.problems[0].certificate
          .dualObjective
      )
      #expect(
        isClose(found, expected, relative: tolerance == 1e-3 ? 1e-5 : 1e-8),
        "C \(c): \(found), expected \(expected)")
      let decisions = try kernel.decisionValues(.dense(data.features))
      #expect(
        firstDifference(
          try linear.decisionValues(.dense(data.features)), decisions,
          within: tolerance == 1e-3 ? 0.05 : 1e-3) == nil, "C \(c)")
    }
  }

  @Test(arguments: solvers)
  func aFreeInterceptGivesTheRegressionOfTheKernelSolver(_ solver: LinearSolver) throws {
    let data = try StandardisedData("diabetes.csv")
    let kernel = try SupportVectorRegressor.train(
      features: data.features, targets: data.targets, kernel: .linear, boxConstraint: 1,
      epsilon: 0.1, options: TrainingOptions(tolerance: 1e-8))
    let linear = try LinearRegressor.train(
      features: data.features, targets: data.targets,
      settings: .init(boxConstraint: 1, epsilon: 0.1).solved(by: solver),
      options: TrainingOptions(tolerance: 1e-6, timeLimit: .seconds(60)))
    #expect(linear.isConverged, "\(linear.problem.certificate)")
    #expect(
      isClose(
        linear.problem.certificate.primalObjective, kernel.problem.certificate.dualObjective,
        relative: 1e-8))
    #expect(
      firstDifference(
        try linear.predict(.dense(data.features)), try kernel.predict(.dense(data.features)),
        within: 1e-3) == nil)
  }

  @Test func pairsOfClassesAreThoseOfTheKernelSolver() throws {
    let data = try StandardisedData("iris.csv")
    let kernel = try SupportVectorClassifier.train(
      features: data.features, labels: data.labels, kernel: .linear,
      options: TrainingOptions(tolerance: 1e-6))
    let linear = try LinearClassifier.train(
      features: data.features, labels: data.labels, options: TrainingOptions(tolerance: 1e-6))
    #expect(linear.classes == kernel.classes)
    #expect(
      firstDifference(
        try linear.decisionValues(.dense(data.features)),
        try kernel.decisionValues(.dense(data.features)), within: 1e-3) == nil)
    #expect(
      try linear.predict(.dense(data.features)) == kernel.predict(.dense(data.features)))
  }
}
