import Calibration
import Kernels
import LinearAlgebra
import SupportVectors
import Tables
import TabularModels
import TestSupport

/// Trained models of every kind of input and output.
enum ExportModels {
  enum Rows: String, CaseIterable, Sendable {
    case numbers, categories, libsvm
  }

  enum Target: String, CaseIterable, Sendable {
    case twoClasses, threeClasses, numberClasses, number

    static let ofClasses: [Target] = [.twoClasses, .threeClasses, .numberClasses]
  }

  /// Every kernel of the catalogue that takes such features.
  static let kernels: [(name: String, kernel: Kernel)] =
    chosen
    + Kernel.catalogue.filter { kernel in !chosen.contains { $0.name == kernel.name } }
    .map { ($0.name, $0) }

  private static let chosen: [(name: String, kernel: Kernel)] = [
    ("linear", .linear), ("polynomial", .polynomial(degree: 3, constantTerm: 1)),
    ("gaussian", .gaussian()), ("laplacian", .laplacian()), ("laplacian-l1", .laplacianL1()),
    ("sigmoid", .sigmoid(gamma: 0.05, constantTerm: -0.2)),
  ]

  static func text(_ rows: Rows, _ target: Target) -> String {
    var generator = TestGenerator(seed: 17)
    var text = rows == .libsvm ? "" : rows == .numbers ? "a,b,y\n" : "a,label,\"c, d\",y\n"
    for row in 0..<60 {
      let (a, b) = (generator.normal(), generator.normal())
      let word = ["red", "green", "blue, light"][Int(generator.next() % 3)]
      let score = a - b + (word == "red" ? 0.5 : 0) + 0.2 * generator.normal()
      let label =
        switch target {
        case .twoClasses: score < 0 ? "no" : "yes"
        case .threeClasses: score < -0.7 ? "low" : score > 0.7 ? "high" : "mid"
        case .numberClasses: score < -0.7 ? "3" : score > 0.7 ? "-1" : "20"
        case .number: "\(score * 100)"
        }
      switch rows {
      case .numbers: text += "\(row == 7 ? "" : "\(a)"),\(100 + b),\(label)\n"
      case .categories:
        text += "\(row == 7 ? "NA" : "\(a)"),\(row == 9 ? "" : "\"\(word)\""),\(100 + b),\(label)\n"
      case .libsvm: text += "\(label) 1:\(a) 4:\(b)\n"
      }
    }
    return text
  }

  /// What makes models that no support vector machine of another program is, by the names that messages have.
  static let others: [(name: String, target: Target, method: LearningMethod)] = [
    ("hinge, two classes", .twoClasses, LearningMethod(kernel: .linear).with(\.solver, .primal)),
    (
      "hinge, three classes", .threeClasses, LearningMethod(kernel: .linear).with(\.solver, .primal)
    ),
    (
      "hinge, one against the rest", .threeClasses,
      LearningMethod(kernel: .linear).with(\.solver, .primal).with(\.decomposition, .oneVersusRest)
    ),
    ("logistic, two classes", .twoClasses, LearningMethod(formulation: .logistic)),
    ("logistic, three classes", .numberClasses, LearningMethod(formulation: .logistic)),
    (
      "linear regression", .number,
      LearningMethod(formulation: .epsilonSVR, kernel: .linear).with(\.solver, .primal)
    ),
    ("ls-svc, two classes", .twoClasses, LearningMethod(formulation: .leastSquaresSVC)),
    ("ls-svc, three classes", .threeClasses, LearningMethod(formulation: .leastSquaresSVC)),
    (
      "one against the rest", .threeClasses,
      LearningMethod(formulation: .cSVC).with(\.decomposition, .oneVersusRest)
    ),
    ("kernel-ridge", .number, LearningMethod(formulation: .kernelRidge)),
    ("ls-svr", .number, LearningMethod(formulation: .leastSquaresSVR)),
    ("one-class", .number, LearningMethod(formulation: .oneClass, nu: 0.2)),
  ]

  static func model(
    _ rows: Rows, _ target: Target, _ kernel: Kernel, calibration: CalibrationMethod? = nil
  ) throws -> TabularModel {
    try model(
      rows, target, LearningMethod(kernel: kernel, boxConstraint: 2), calibration: calibration)
  }

  static func model(
    _ rows: Rows, _ target: Target, _ method: LearningMethod, calibration: CalibrationMethod? = nil
  ) throws -> TabularModel {
    let data = try TrainingData(
      reading: ByteSource(bytes: Array(text(rows, target).utf8), name: "data"))
    var trainer = TabularTrainer(
      configuration: TrainingConfiguration(method: method)
        .with(\.scaling, rows == .libsvm ? .minmax : .standard).with(\.missing, .mean),
      control: RunControl(threads: 1))
    trainer.calibration = calibration.map { CalibrationChoice(method: $0, foldCount: 3) }
    return try trainer.train(data).model
  }
}
