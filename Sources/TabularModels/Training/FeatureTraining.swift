import Basics
import Kernels
import LinearAlgebra
import SupportVectors
import Tables

// Training for programs that make features themselves and have the rows in memory, as numbers.

/// Examples whose features a program made: nothing is prepared, and nothing is scaled.
package struct FeatureExamples: Sendable {
  /// One row for each example; for a precomputed kernel the values with all examples.
  package let features: FeatureMatrix
  /// What the examples are to be predicted as.
  package let targets: Targets
  /// A number ≥ 0 for each example, or `nil` when all count alike.
  package let weights: [Double]?
  private var isPrecomputed = false

  /// Collects the parts.
  ///
  /// - Parameters:
  ///   - features: n examples.
  ///   - targets: As many targets.
  ///   - weights: As many weights, or `nil`.
  package init(features: FeatureMatrix, targets: Targets, weights: [Double]? = nil) {
    self.features = features
    self.targets = targets
    self.weights = weights
  }

  fileprivate func with(_ kernel: Kernel) -> FeatureExamples {
    var examples = self
    examples.isPrecomputed = kernel.isPrecomputed
    return examples
  }
}

extension FeatureExamples: DividedExamples {
  var name: String { "features" }

  var isLIBSVM: Bool { true }

  func weights(at places: [Int]) -> [Double]? {
    weights.map { weights in places.map { weights[$0] } }
  }

  func divided(
    training: [Int], others: [Int], _ control: RunControl
  ) throws -> (training: ExampleSet, others: ExampleSet) {
    guard isPrecomputed else {
      return (.local(features.gatheringRows(training)), .local(features.gatheringRows(others)))
    }
    let values = features.dense
    func kernelValues(_ rows: [Int]) -> ExampleSet {
      .local(
        .dense(
          Matrix(rowCount: rows.count, columnCount: training.count) {
            values[rows[$0], training[$1]]
          }))
    }
    return (kernelValues(training), kernelValues(others))
  }
}

extension TabularTrainer {
  /// Trains a model on features, and calibrates it where the configuration says so.
  ///
  /// As for LIBSVM text, C and ε have their plain defaults and a regression is solved in units of its
  /// target. What the configuration says of reading, columns and measuring is not used. The model takes
  /// the text of such features, too, unless its kernel is precomputed.
  ///
  /// - Parameter examples: The examples.
  /// - Returns: The model.
  /// - Throws: `TrainingError`, ``TabularError`` or `CalibrationError`. A deadline, a cancellation and the
  ///   iteration limit are not errors: the model's reports mention them.
  package func train(_ examples: FeatureExamples) throws -> TabularModel {
    let start = ContinuousClock.now
    let formulation: Formulation
    switch examples.targets {
    case .classes: formulation = try self.formulation(for: .classification)
    case .numbers: formulation = try self.formulation(for: .regression)
    case .none:
      let task = configuration.method.formulation?.task ?? .novelty
      formulation = try self.formulation(for: task.hasTarget ? .novelty : task)
    }
    let kernel = configuration.method.settled(formulation).kernel
    let fitted = try fit(
      formulation,
      TrainingPart(
        examples: .local(examples.features), targets: examples.targets, weights: examples.weights,
        isLIBSVM: true),
      options: options)
    let calibration =
      try wasStopped(fitted.predictor)
      ? nil
      : try calibrated(
        formulation, fitted.predictor, examples.with(kernel), examples.targets,
        places: Array(0..<examples.features.rowCount), start: start)
    let function = fitted.predictor.kernel
    let takesText = !function.isPrecomputed && !function.hasPrecomputedPart
    return try TabularModel(
      preprocessor: takesText
        ? .identity(featureCount: fitted.predictor.featureCount) : nil,
      predictor: fitted.predictor, calibration: calibration,
      provenance: TabularModel.Provenance(
        classWeights: fitted.classWeights,
        calibrationFoldCount: calibration == nil
          ? nil
          : configuration.calibration.map { min($0.foldCount, max(2, examples.features.rowCount)) },
        targetScaling: fitted.targetScaling,
        configuration: configuration.recorded(formulation)))
  }
}
