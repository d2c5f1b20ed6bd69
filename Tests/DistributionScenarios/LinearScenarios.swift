import KernelMethods
import Kernels
import Learning
import LinearAlgebra
import LinearModels
import SMOSolver
import TestSupport

extension Scenario {
  private static let seed: UInt64 = 20261130

  private static func options(tolerance: Double = 1e-3) -> TrainingOptions {
    var options = TrainingOptions()
    options.threads = 2
    options.tolerance = tolerance
    return options
  }

  /// Clouds, perhaps with most entries left out.
  private static func data(
    _ count: Int, _ width: Int, _ classes: [String] = ["a", "b"], kept: Int = 1
  ) -> (features: FeatureMatrix, examples: TestExamples) {
    var examples = TestExamples.clouds(
      count, features: width, classes: classes, distance: 1.2, seed: seed)
    guard kept > 1 else { return (.dense(examples.features), examples) }
    let dense = examples.features
    examples.features = Matrix(rowCount: count, columnCount: width) { row, column in
      (row * 7 + column * 3) % kept == 0 ? dense[row, column] : 0
    }
    return (.sparse(SparseMatrix(fitting: examples.features)), examples)
  }

  private static func classifier(
    _ name: String, _ data: (features: FeatureMatrix, examples: TestExamples),
    _ settings: LinearClassifier.Settings, weights: [Double]? = nil,
    map: (method: FeatureMap.Method, kernel: Kernel, count: Int)? = nil
  ) -> Scenario {
    Scenario(name, data.features) { [labels = data.examples.labels] examples, threads in
      let options = options().on(threads)
      var examples = examples
      if let map {
        let fitted = try map.method.fit(
          examples, kernel: map.kernel, componentCount: map.count, weights: weights, seed: 5,
          options: options)
        examples = try fitted.mapping(examples, options)
      }
      let model = try LinearClassifier.train(
        examples, classes: ClassTable(labels), weights: weights, settings: settings,
        options: options)
      return TrainedBytes(model.function, model.problems, "\(model.classes)")
    }
  }

  private static func regressor(
    _ name: String, _ data: (features: FeatureMatrix, examples: TestExamples),
    _ settings: LinearRegressor.Settings
  ) -> Scenario {
    let targets = TestExamples.targets(data.examples.features, noise: 0.3, seed: seed)
    return Scenario(name, data.features) { examples, threads in
      let model = try LinearRegressor.train(
        examples, targets: targets, settings: settings, options: options().on(threads))
      return TrainedBytes(model.function, [model.problem], "")
    }
  }

  /// Every loss with every way to solve it, dense and sparse, and feature maps in front.
  package static let linear: [Scenario] = {
    // Parts of at least 1024 examples have separate sums.
    let kinds: [(String, (features: FeatureMatrix, examples: TestExamples))] = [
      ("dense", data(4211, 7)), ("sparse", data(3307, 24, kept: 12)),
      ("sparse, stored densely", data(2100, 9, kept: 3)), ("wide", data(180, 260)),
      ("few", data(90, 4)),
    ]
    var list: [Scenario] = []
    for (place, (kind, data)) in kinds.enumerated() {
      let intercepts: [Intercept] = [.free, .regularized(2), .none]
      for (number, loss) in [LinearLoss.hinge, .squaredHinge, .logistic].enumerated() {
        let settings = LinearClassifier.Settings(
          loss: loss, boxConstraint: 0.5, intercept: intercepts[(place + number) % 3])
        list.append(classifier("\(loss), \(kind)", data, settings))
        list.append(
          classifier(
            "\(loss), \(kind), by coordinates", data, settings.solved(by: .coordinateDescent)))
        list.append(classifier("\(loss), \(kind), by matrices", data, settings.solved(by: .newton)))
      }
      for (number, loss) in [LinearLoss.epsilonInsensitive, .squaredEpsilonInsensitive].enumerated()
      {
        let settings = LinearRegressor.Settings(
          loss: loss, boxConstraint: 0.7, epsilon: 0.1,
          intercept: intercepts[(place + number + 1) % 3])
        list.append(regressor("\(loss), \(kind)", data, settings))
        list.append(
          regressor(
            "\(loss), \(kind), by coordinates", data, settings.solved(by: .coordinateDescent)))
      }
    }
    return list + several + mapped
  }()

  /// Several classes, weights, and a class that is on one rank alone.
  private static var several: [Scenario] {
    let four = data(3100, 6, ["a", "b", "c", "d"])
    let weights = (0..<3100).map { Double(($0 * 5) % 7) / 3 }
    let order = (0..<3100).sorted { ($0 % 4, $0) < ($1 % 4, $1) }
    var relabelled = four.examples
    relabelled.labels = order.map { four.examples.labels[$0] }
    let sorted = (features: four.features.gatheringRows(order), examples: relabelled)
    return [
      classifier("pairs", four, .init()),
      classifier("classes against the rest", four, .init(decomposition: .oneVersusRest)),
      classifier("weights, some of which are 0", four, .init(loss: .logistic), weights: weights),
      classifier("classes one after the other", sorted, .init(loss: .squaredHinge)),
      classifier(
        "pairs by coordinates", four, LinearClassifier.Settings().solved(by: .coordinateDescent)),
    ]
  }

  private static var mapped: [Scenario] {
    let (dense, sparse) = (data(2300, 6), data(1500, 20, kept: 5))
    let weights = (0..<2300).map { Double($0 % 4) }
    return [
      classifier("nyström", dense, .init(), map: (.nystroem, .gaussian(), 40)),
      classifier("nyström, sparse", sparse, .init(), map: (.nystroem, .gaussian(), 25)),
      classifier(
        "nyström, laplacian, weights", dense, .init(loss: .logistic), weights: weights,
        map: (.nystroem, .laplacian(), 30)),
      classifier(
        "nyström, sum", dense, .init(loss: .squaredHinge),
        map: (.nystroem, .gaussian() + 0.5 * .polynomial(), 30)),
      classifier("fourier", dense, .init(), map: (.randomFourier, .gaussian(), 50)),
      classifier(
        "fourier, sparse", sparse, .init(loss: .squaredHinge),
        map: (.randomFourier, .laplacian(), 45)),
    ]
  }
}
