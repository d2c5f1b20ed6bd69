import KernelMethods
import LinearAlgebra
import LinearModels
import SupportVectors

// Linear models of features, or of features that a map makes of them. A Nyström map and a linear
// function together are a kernel expansion over the landmarks, which predicts without the map's matrix
// of components × components.

/// How a linear function of perhaps mapped features is evaluated.
struct MappedFunction: Sendable {
  private enum Way: Sendable {
    case linear(LinearFunction)
    case expansion(KernelExpansion)
    case mapped(FeatureMap, LinearFunction)
  }

  private let way: Way

  init(_ map: FeatureMap?, _ function: LinearFunction) throws(ModelError) {
    switch map {
    case nil: way = .linear(function)
    case .nystroem(let nystroem)?:
      way = .expansion(
        try nystroem.expansion(weights: function.weights, biases: function.biases))
    case .randomFourier?:
      guard let map, map.componentCount == function.featureCount else {
        throw .inconsistent(
          "a map of \(map?.componentCount ?? 0) components precedes a linear model of "
            + "\(function.featureCount) features")
      }
      way = .mapped(map, function)
    }
  }

  func decisionValues(_ features: FeatureMatrix, threads: Int?) throws(ModelError)
    -> Matrix<Double>
  {
    switch way {
    case .linear(let function): try function.decisionValues(features, threads: threads)
    case .expansion(let expansion): try expansion.decisionValues(features, threads: threads)
    case .mapped(let map, let function):
      try function.decisionValues(.dense(map(features, threads: threads)), threads: threads)
    }
  }
}

/// A linear classifier of features, or of what a map makes of them.
package struct MappedClassifier: DecomposedClassifier {
  /// What makes the features of the linear model; `nil` when they are used as they are.
  package let map: FeatureMap?
  /// The linear model.
  package let base: LinearClassifier
  private let function: MappedFunction

  /// Puts a classifier behind a map.
  ///
  /// - Throws: `ModelError` when the numbers of features differ.
  package init(_ base: LinearClassifier, map: FeatureMap? = nil) throws(ModelError) {
    self.map = map
    self.base = base
    function = try MappedFunction(map, base.function)
  }

  /// The class names in order.
  package var classes: [String] { base.classes }

  /// One value for two classes, else one for each pair or each class.
  package var decisionShape: DecisionShape { base.decisionShape }

  /// Decision values; see `Classifier`.
  ///
  /// - Parameters:
  ///   - features: n examples with `featureCount` features.
  ///   - threads: The number of threads, or `nil` for one on each core.
  /// - Returns: n rows of values.
  /// - Throws: `ModelError` when the features do not fit.
  package func decisionValues(_ features: FeatureMatrix, threads: Int?) throws(ModelError)
    -> Matrix<Double>
  {
    try function.decisionValues(features, threads: threads)
  }

  /// Classes from decision values; see `Classifier`.
  ///
  /// - Parameter decisionValues: As ``decisionValues(_:threads:)`` gives them.
  /// - Returns: n indices into ``classes``.
  package func classIndices(decisionValues: Matrix<Double>) -> [Int] {
    base.classIndices(decisionValues: decisionValues)
  }

  /// The number of features of an example.
  package var featureCount: Int { map?.featureCount ?? base.function.featureCount }
}

/// A linear regressor of features, or of what a map makes of them.
package struct MappedRegressor: Regressor {
  /// What makes the features of the linear model; `nil` when they are used as they are.
  package let map: FeatureMap?
  /// The linear model.
  package let base: LinearRegressor
  private let function: MappedFunction

  /// Puts a regressor behind a map.
  ///
  /// - Throws: `ModelError` when the numbers of features differ.
  package init(_ base: LinearRegressor, map: FeatureMap? = nil) throws(ModelError) {
    self.map = map
    self.base = base
    function = try MappedFunction(map, base.function)
  }

  /// Predicted targets.
  ///
  /// - Parameters:
  ///   - features: n examples with `featureCount` features.
  ///   - threads: The number of threads, or `nil` for one on each core.
  /// - Returns: n numbers.
  /// - Throws: `ModelError` when the features do not fit.
  package func predict(_ features: FeatureMatrix, threads: Int?) throws(ModelError) -> [Double] {
    try function.decisionValues(features, threads: threads).elements
  }

  /// The number of features of an example.
  package var featureCount: Int { map?.featureCount ?? base.function.featureCount }
}
