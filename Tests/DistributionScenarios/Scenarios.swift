import Kernels
import Learning
import LinearAlgebra
import SMOSolver
import SupportVectors
import TestSupport

extension Scenario {
  private static let seed: UInt64 = 20261129

  /// What the working block may take decides whether a training is one block or goes round by round.
  private static let small = 1 << 20

  private static func options(
    _ precision: Precision = .automatic, memory: Int = small, certify: Bool = false,
    tolerance: Double = 1e-3
  ) -> TrainingOptions {
    var options = TrainingOptions()
    options.threads = 1
    options.precision = precision
    options.memoryLimit = memory
    options.certify = certify
    options.tolerance = tolerance
    return options
  }

  private static func clouds(
    _ count: Int, _ width: Int, _ classes: [String] = ["a", "b"], sparse: Bool = false
  ) -> (features: FeatureMatrix, examples: TestExamples) {
    var examples = TestExamples.clouds(
      count, features: width, classes: classes, distance: 1.5, seed: seed)
    if sparse {
      // Three in four entries are left out.
      let dense = examples.features
      examples.features = Matrix(rowCount: count, columnCount: width) { row, column in
        (row * 7 + column * 3) % 4 == 0 ? dense[row, column] : 0
      }
      return (.sparse(SparseMatrix(fitting: examples.features)), examples)
    }
    return (.dense(examples.features), examples)
  }

  private static func classifier(
    _ name: String, _ data: (features: FeatureMatrix, examples: TestExamples), _ kernel: Kernel,
    _ formulation: ClassifierFormulation = .c(2), weights: [Double]? = nil,
    decomposition: Decomposition = .oneVersusOne, with options: TrainingOptions
  ) -> Scenario {
    Scenario(name, data.features) { [labels = data.examples.labels] examples, threads in
      let model = try SupportVectorClassifier.train(
        examples, classes: ClassTable(labels), weights: weights,
        settings: .init(kernel: kernel, formulation: formulation, decomposition: decomposition),
        options: options.on(threads))
      return TrainedBytes(model.expansion, model.problems, "\(model.classes)")
    }
  }

  private static func targets(_ data: (features: FeatureMatrix, examples: TestExamples)) -> [Double]
  {
    TestExamples.targets(data.examples.features, noise: 0.2, seed: seed)
  }

  private static func regressor(
    _ name: String, _ data: (features: FeatureMatrix, examples: TestExamples), _ kernel: Kernel,
    _ formulation: RegressorFormulation, _ options: TrainingOptions
  ) -> Scenario {
    Scenario(name, data.features) { [targets = targets(data)] examples, threads in
      let model = try SupportVectorRegressor.train(
        examples, targets: targets, settings: .init(kernel: kernel, formulation: formulation),
        options: options.on(threads))
      return TrainedBytes(model.expansion, [model.problem], "\(model.epsilon as Any)")
    }
  }

  private static func quantiles(
    _ name: String, _ data: (features: FeatureMatrix, examples: TestExamples), _ kernel: Kernel,
    _ options: TrainingOptions
  ) -> Scenario {
    Scenario(name, data.features) { [targets = targets(data)] examples, threads in
      let model = try QuantileRegressor.train(
        examples, targets: targets, kernel: kernel,
        formulation: QuantileFormulation(quantiles: [0.2, 0.7]), options: options.on(threads))
      return TrainedBytes(model.expansion, model.problems, "")
    }
  }

  private static func detector(
    _ name: String, _ data: (features: FeatureMatrix, examples: TestExamples), _ kernel: Kernel,
    _ formulation: NoveltyFormulation, _ options: TrainingOptions
  ) -> Scenario {
    Scenario(name, data.features) { examples, threads in
      let model = try NoveltyDetector.train(
        examples, kernel: kernel, formulation: formulation, options: options.on(threads))
      return TrainedBytes(model.expansion, [model.problem], "\(model.offset)")
    }
  }

  /// Each formulation with kernels of every kind of pair value, dense and sparse, in both precisions.
  package static let formulations: [Scenario] = {
    let kernels: [(String, Kernel)] = [
      ("gaussian", .gaussian()), ("linear", .linear), ("polynomial", .polynomial()),
      ("laplacian", .laplacian()), ("laplacian-l1", .laplacianL1()),
    ]
    var list: [Scenario] = []
    for (place, storage) in ["dense", "dense wide", "sparse"].enumerated() {
      let data = clouds(620, place == 0 ? 5 : 30, sparse: storage == "sparse")
      for precision in [Precision.automatic, .double] {
        for (kernelPlace, (kernelName, kernel)) in kernels.enumerated() {
          let name = "\(kernelName), \(storage), \(precision)"
          let options = options(precision)
          // Each kernel with two formulations, and the Gaussian with all.
          let all: [Scenario] = [
            classifier("c: " + name, data, kernel, with: options),
            classifier("nu-svc: " + name, data, kernel, .nu(0.4), with: options),
            regressor(
              "epsilon: " + name, data, kernel, .epsilon(boxConstraint: 1, epsilon: 0.1), options),
            regressor("nu-svr: " + name, data, kernel, .nu(0.4, boxConstraint: 1), options),
            quantiles("quantile: " + name, data, kernel, options),
            detector("one-class: " + name, data, kernel, .oneClass(nu: 0.2), options),
            detector("svdd: " + name, data, kernel, .dataDescription(nu: 0.2), options),
          ]
          if kernelPlace == 0 {
            list += all
          } else {
            list.append(all[(2 * kernelPlace + place) % 7])
            list.append(all[(2 * kernelPlace + place + 3) % 7])
          }
        }
      }
    }
    return list
  }()

  /// More classes, weights, blocks that hold all of K, composite kernels, certificates.
  package static let special: [Scenario] = {
    let four = clouds(720, 6, ["a", "b", "c", "d"])
    let two = clouds(640, 8)
    let weights = (0..<640).map { Double(($0 * 5) % 7) / 3 }
    // The classes one after the other, so that each is in one shard or two.
    let order = (0..<640).filter { $0 % 2 == 1 } + (0..<640).filter { $0 % 2 == 0 }
    var relabelled = two.examples
    relabelled.labels = order.map { two.examples.labels[$0] }
    let sorted = (
      features: two.features.gatheringRows(order),
      examples: relabelled
    )
    let large = 1 << 30
    let many = clouds(3000, 10)
    let sparse = clouds(600, 40, ["a", "b", "c"], sparse: true)
    return [
      classifier("pairs that share pieces", four, .gaussian(), with: options(memory: large)),
      classifier("pairs by themselves", four, .gaussian(), with: options()),
      classifier("pairs of nu-svc", four, .gaussian(), .nu(0.3), with: options(memory: large)),
      classifier(
        "classes against the rest", four, .gaussian(), decomposition: .oneVersusRest,
        with: options(memory: large)),
      classifier(
        "classes against the rest in rounds", four, .gaussian(), decomposition: .oneVersusRest,
        with: options()),
      classifier(
        "nu-svc against the rest", four, .gaussian(), .nu(0.3), decomposition: .oneVersusRest,
        with: options(memory: large)),
      classifier("three thousand examples", many, .gaussian(), with: options(memory: large)),
      classifier("three thousand examples, large C", many, .gaussian(), .c(100), with: options()),
      classifier("one block", two, .gaussian(), with: options(memory: large)),
      classifier("weights", two, .gaussian(), weights: weights, with: options()),
      classifier("classes one after the other", sorted, .gaussian(), with: options()),
      classifier("certificate", two, .gaussian(), with: options(certify: true)),
      classifier("fine tolerance", two, .gaussian(), .c(20), with: options(tolerance: 1e-4)),
      classifier("finest tolerance", two, .gaussian(), .c(20), with: options(tolerance: 1e-7)),
      classifier("large C", two, .gaussian(), .c(1000), with: options()),
      classifier(
        "sum of kernels", two, .gaussian() + 0.5 * .linear, with: options()),
      classifier(
        "kernels of columns", two,
        Kernel.columns(0..<3, .gaussian()) * Kernel.columns(3..<8, .laplacian()), with: options()),
      classifier("sparse pairs", sparse, .linear, with: options(memory: large)),
      classifier(
        "sparse against the rest", sparse, .gaussian(), decomposition: .oneVersusRest,
        with: options()),
      quantiles("quantiles of one block", two, .gaussian(), options(memory: large)),
      detector(
        "one-class of one block", two, .gaussian(), .oneClass(nu: 0.1), options(memory: large)),
      regressor(
        "nu-svr of one block", two, .gaussian(), .nu(0.5, boxConstraint: 2), options(memory: large)),
    ]
  }()
}
