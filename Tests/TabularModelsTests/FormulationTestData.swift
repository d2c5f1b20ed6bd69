import Evaluation
import SupportVectors
import Tables
import TabularModels
import Testing

/// Tables for the tests of formulations, weights and calibrations.
enum Noisy {
  /// Some kinds of points that overlap a little, in two columns, a category, and a target.
  static func classes(
    _ names: [String] = ["a", "b", "c"], rows: Int = 90, noise: Double = 1.2, seed: UInt64 = 5
  ) -> [[String]] {
    var generator = SeededGenerator(seed: seed)
    return (0..<rows).map { row in
      let kind = row % names.count
      let x = 2 * Double(kind) + noise * (2 * generator.unitInterval() - 1)
      let y = [0, 2, -1, 1][kind % 4] + noise * (2 * generator.unitInterval() - 1)
      return ["\(x)", "\(y)", ["red", "blue"][generator.integer(below: 2)], names[kind]]
    }
  }

  /// A curve and noise around it.
  static func numbers(rows: Int = 80, noise: Double = 0.4, seed: UInt64 = 6) -> [[String]] {
    var generator = SeededGenerator(seed: seed)
    return (0..<rows).map { row in
      let (x, y) = (4 * generator.unitInterval(), generator.unitInterval())
      let target = x * (4 - x) + y + noise * (2 * generator.unitInterval() - 1)
      return ["\(x)", "\(y)", ["red", "blue"][row % 2], "\(target)"]
    }
  }

  /// Lines with a header; `weights` become a column of their own.
  static func text(_ rows: [[String]], weights: [Int]? = nil) -> String {
    let lines = rows.enumerated().map { index, row in
      (row + (weights.map { ["\($0[index])"] } ?? [])).joined(separator: ",")
    }
    return ("x,y,colour,target" + (weights == nil ? "" : ",weight") + "\n")
      + lines.joined(separator: "\n") + "\n"
  }

  /// The rows as often as their weights say.
  static func repeated(_ rows: [[String]], _ weights: [Int]) -> [[String]] {
    zip(rows, weights).flatMap { row, weight in repeatElement(row, count: weight) }
  }

  /// Weights from 0 to 3.
  static func weights(_ count: Int, seed: UInt64 = 8) -> [Int] {
    var generator = SeededGenerator(seed: seed)
    return (0..<count).map { _ in [0, 1, 1, 2, 3][generator.integer(below: 5)] }
  }
}

/// What a model says of rows: the header, and the fields of each line.
func outputs(
  _ model: TabularModel, _ text: String, _ output: OutputColumns = OutputColumns(),
  threads: Int = 1
) throws -> (names: [String], rows: [[String]]) {
  var predictor = try TabularPredictor(
    model, reading: TestData.source(text), output: output, TabularModel.Applying(threads: threads))
  var bytes = predictor.header
  while let lines = try predictor.next() { bytes += lines }
  let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n").map {
    $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
  }
  return (lines[0], Array(lines.dropFirst()))
}

/// A method and the rows to learn from it, for sweeps over all of them.
struct MethodCase: CustomTestStringConvertible, Sendable {
  let name: String
  let method: LearningMethod
  let rows: [[String]]
  /// Whether a model's values are the same to rounding when the training was; where landmarks are drawn
  /// by lot, other rows give others.
  var isReproducible = true

  var testDescription: String { name }

  static let all: [MethodCase] = {
    let three = Noisy.classes()
    let two = Noisy.classes(["no", "yes"], rows: 70)
    func method(_ formulation: Formulation, _ change: (inout LearningMethod) -> Void = { _ in })
      -> LearningMethod
    {
      var method = LearningMethod(formulation: formulation, nu: 0.3)
      change(&method)
      return method
    }
    var cases: [MethodCase] = []
    for (name, rows) in [("three", three), ("two", two)] {
      cases += [
        MethodCase(name: "c-svc, \(name)", method: method(.cSVC), rows: rows),
        MethodCase(name: "nu-svc, \(name)", method: method(.nuSVC), rows: rows),
        MethodCase(
          name: "c-svc against the rest, \(name)",
          method: method(.cSVC) { $0.decomposition = .oneVersusRest }, rows: rows),
        MethodCase(
          name: "logistic, \(name)", method: method(.logistic) { $0.kernel = .linear },
          rows: rows),
        MethodCase(
          name: "squared hinge against the rest, \(name)",
          method: method(.cSVC) {
            $0.kernel = .linear
            $0.loss = .squared
            $0.decomposition = .oneVersusRest
          }, rows: rows),
        MethodCase(
          name: "hinge in weights, \(name)",
          method: method(.cSVC) {
            $0.kernel = .linear
            $0.solver = .primal
          }, rows: rows),
        MethodCase(
          name: "ls-svc, \(name)", method: method(.leastSquaresSVC) { $0.lambda = 0.5 }, rows: rows),
        MethodCase(
          name: "discriminant, \(name)", method: method(.discriminant) { $0.lambda = 0.1 },
          rows: rows),
        MethodCase(
          name: "fourier features, \(name)",
          method: method(.cSVC) {
            $0.featureMap = .fourier
            $0.componentCount = 40
          }, rows: rows),
        MethodCase(
          name: "nystrom features, \(name)",
          method: method(.logistic) {
            $0.featureMap = .nystrom
            $0.componentCount = 12
          }, rows: rows, isReproducible: false),
      ]
    }
    let numbers = Noisy.numbers()
    cases += [
      MethodCase(name: "epsilon-svr", method: method(.epsilonSVR), rows: numbers),
      MethodCase(name: "nu-svr", method: method(.nuSVR), rows: numbers),
      MethodCase(
        name: "epsilon-svr in weights",
        method: method(.epsilonSVR) {
          $0.kernel = .linear
          $0.solver = .primal
        }, rows: numbers),
      MethodCase(
        name: "squared epsilon-svr of fourier features",
        method: method(.epsilonSVR) {
          $0.featureMap = .fourier
          $0.componentCount = 30
          $0.loss = .squared
        }, rows: numbers),
      MethodCase(
        name: "ls-svr", method: method(.leastSquaresSVR) { $0.lambda = 0.25 }, rows: numbers),
      MethodCase(
        name: "kernel-ridge", method: method(.kernelRidge) { $0.lambda = 0.25 }, rows: numbers),
      MethodCase(
        name: "quantile-svr", method: method(.quantileSVR) { $0.quantiles = [0.1, 0.5, 0.9] },
        rows: numbers),
      MethodCase(name: "one-class", method: method(.oneClass), rows: numbers),
      MethodCase(name: "svdd", method: method(.dataDescription), rows: numbers),
      MethodCase(
        name: "kernel-pca", method: method(.principalComponents) { $0.componentCount = 3 },
        rows: numbers),
    ]
    // A formulation of the catalogue without a case above is tested with its default parameters.
    for formulation in Formulation.allCases
    where !cases.contains(where: { $0.method.formulation == formulation }) {
      let rows = formulation.task == .classification ? three : numbers
      cases.append(
        MethodCase(name: formulation.rawValue, method: method(formulation), rows: rows))
    }
    return cases
  }()

  static let classifiers = all.filter { $0.method.formulation?.task == .classification }

  /// A trainer, strict enough that equal problems have equal solutions.
  var trainer: TabularTrainer {
    TabularTrainer(
      configuration: TrainingConfiguration(
        target: method.formulation?.task.hasTarget == true ? "target" : nil, method: method
      ).with(\.tolerance, 1e-10).with(\.precision, .double), control: RunControl(threads: 1))
  }
}
