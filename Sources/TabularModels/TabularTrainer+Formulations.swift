import Kernels
import LinearAlgebra
import SupportVectors
import Tables

// From features to what predicts: one branch for each formulation.

extension TabularTrainer {
  /// What a training made, and the units that it was solved in.
  struct Fit {
    var predictor: TabularModel.Predictor
    var targetScaling: TargetScaling?
  }

  /// The formulation that was asked for, or the usual one.
  ///
  /// - Throws: ``TabularError/formulation(_:task:)`` when it learns something else than the task.
  func formulation(for task: LearningTask) throws(TabularError) -> Formulation {
    guard let formulation = method.formulation else { return .usual(for: task) }
    guard formulation.task == task else {
      throw .formulation(formulation, task: task)
    }
    return formulation
  }

  /// Trains on features.
  ///
  /// - Parameters:
  ///   - formulation: The problem; its task is that of the targets.
  ///   - features: One row for each example.
  ///   - targets: What the examples are to be predicted as.
  ///   - weights: What each example counts, or `nil` for all alike.
  ///   - isLIBSVM: Whether the examples came from LIBSVM text.
  ///   - options: How to train.
  /// - Returns: The model, and the units that a regression was solved in.
  /// - Throws: `TrainingError` and its kin.
  func fit(
    _ formulation: Formulation, _ features: FeatureMatrix, _ targets: Targets,
    _ weights: [Double]?, isLIBSVM: Bool, options: TrainingOptions
  ) throws -> Fit {
    switch targets {
    case .classes(let names, let codes):
      return Fit(
        predictor: try classifier(
          formulation, features, names, codes, weights, options: options))
    case .numbers(let numbers):
      return try regressor(
        formulation, features, numbers, weights, isLIBSVM: isLIBSVM, options: options)
    case .none(let count):
      precondition(count == features.rowCount, "\(count) rows, but \(features.rowCount) examples")
      return Fit(predictor: try unsupervised(formulation, features, weights, options: options))
    }
  }

  // MARK: Classes

  private func classifier(
    _ formulation: Formulation, _ features: FeatureMatrix, _ names: [String], _ codes: [Int],
    _ weights: [Double]?, options: TrainingOptions
  ) throws -> TabularModel.Predictor {
    switch formulation {
    case .cSVC, .nuSVC:
      return .classifier(
        try SupportVectorClassifier.train(
          features: features, classes: names, codes: codes, weights: weights,
          kernel: method.kernel,
          formulation: formulation == .cSVC ? .c(method.boxConstraint) : .nu(method.nu),
          classWeights: method.classWeights, decomposition: method.decomposition,
          options: options))
    default: preconditionFailure("\(formulation.rawValue) does not predict classes")
    }
  }

  // MARK: Numbers

  private func regressor(
    _ formulation: Formulation, _ features: FeatureMatrix, _ targets: [Double],
    _ weights: [Double]?, isLIBSVM: Bool, options: TrainingOptions
  ) throws -> Fit {
    switch formulation {
    case .epsilonSVR, .nuSVR:
      let scaling = targetScaling(targets, weights, isLIBSVM: isLIBSVM)
      let unit = scaling?.unit ?? 1
      let trained = try SupportVectorRegressor.train(
        features: features, targets: scaling?.scaled(targets) ?? targets, weights: weights,
        kernel: method.kernel,
        formulation: formulation == .epsilonSVR
          ? .epsilon(
            boxConstraint: method.boxConstraint / unit, tubeWidth: method.tubeWidth / unit)
          : .nu(method.nu, boxConstraint: method.boxConstraint / unit),
        options: options)
      return Fit(
        predictor: .regressor(try scaling?.restored(trained) ?? trained), targetScaling: scaling)
    default: preconditionFailure("\(formulation.rawValue) does not predict numbers")
    }
  }

  /// The units to solve a regression in, or `nil` for those of the target.
  private func targetScaling(
    _ targets: [Double], _ weights: [Double]?, isLIBSVM: Bool
  ) -> TargetScaling? {
    guard scalesTarget ?? !isLIBSVM else { return nil }
    let scaling = TargetScaling(fitting: targets, weights: weights)
    // Absurd parameters keep their meaning, and the solver says what is wrong with them.
    guard scaling.keeps(method.boxConstraint), scaling.keeps(method.tubeWidth),
      (options.tolerance * scaling.unit).isFinite, options.tolerance * scaling.unit > 0
    else { return nil }
    return scaling
  }

  // MARK: Neither

  private func unsupervised(
    _ formulation: Formulation, _ features: FeatureMatrix, _ weights: [Double]?,
    options: TrainingOptions
  ) throws -> TabularModel.Predictor {
    switch formulation {
    case .oneClass, .dataDescription:
      return .noveltyDetector(
        try NoveltyDetector.train(
          features: features, weights: weights, kernel: method.kernel,
          formulation: formulation == .oneClass
            ? .oneClass(nu: method.nu) : .dataDescription(nu: method.nu),
          options: options))
    default: preconditionFailure("\(formulation.rawValue) predicts something")
    }
  }
}
