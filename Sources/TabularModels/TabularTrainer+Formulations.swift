import KernelMethods
import Kernels
import LinearAlgebra
import LinearModels
import SupportVectors
import Tables

// From features to what predicts: one branch for each formulation.

extension TabularTrainer {
  /// What a training made, and the units that it was solved in.
  struct Fit {
    var predictor: TabularModel.Predictor
    /// What rows of each class counted, where the predictor does not keep it.
    var classWeights: [Double]?
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
  ///   - earlier: A model to begin at; one of another kind is not used.
  ///   - options: How to train.
  /// - Returns: The model, and the units that a regression was solved in.
  /// - Throws: `TrainingError` and its kin.
  func fit(
    _ formulation: Formulation, _ features: FeatureMatrix, _ targets: Targets,
    _ weights: [Double]?, isLIBSVM: Bool, startingFrom earlier: EarlierModel? = nil,
    options: TrainingOptions
  ) throws -> Fit {
    // A λ or a feature map is found first, in the same time.
    let options = options.withDeadline()
    switch targets {
    case .classes(let names, let codes):
      return try classifier(
        formulation, features, names, codes, weights, startingFrom: earlier, options: options)
    case .numbers(let numbers):
      return try regressor(
        formulation, features, numbers, weights, isLIBSVM: isLIBSVM, startingFrom: earlier,
        options: options)
    case .none(let count):
      precondition(count == features.rowCount, "\(count) rows, but \(features.rowCount) examples")
      return Fit(predictor: try unsupervised(formulation, features, weights, options: options))
    }
  }

  // MARK: Classes

  private var classBoxConstraint: Double {
    method.boxConstraint ?? LearningMethod.defaultBoxConstraint
  }

  private func classifier(
    _ formulation: Formulation, _ features: FeatureMatrix, _ names: [String], _ codes: [Int],
    _ weights: [Double]?, startingFrom earlier: EarlierModel?, options: TrainingOptions
  ) throws -> Fit {
    let linear = try linearUse(formulation, features, weights, options: options)
    if linear == nil, formulation == .cSVC || formulation == .nuSVC {
      return Fit(
        predictor: .classifier(
          try SupportVectorClassifier.train(
            features: features, classes: names, codes: codes, weights: weights,
            kernel: method.kernel,
            formulation: formulation == .cSVC ? .c(classBoxConstraint) : .nu(method.nu),
            classWeights: method.classWeights, decomposition: method.decomposition,
            startingFrom: earlier?.warmStart, options: options)))
    }
    // The others know the weights of examples alone.
    let labels = ClassLabels(classes: names, indices: codes)
    let factors = try method.classWeights.factors(classes: names, codes: codes, weights: weights)
    let products = factors.map { factors in
      codes.enumerated().map { row, code in (weights?[row] ?? 1) * factors[code] }
    }
    let predictor: TabularModel.Predictor
    if let linear {
      predictor = .linearClassifier(
        try MappedClassifier(
          LinearClassifier.train(
            features: linear.features, labels: labels, weights: products ?? weights,
            loss: formulation == .logistic
              ? .logistic : method.loss == .squared ? .squaredHinge : .hinge,
            boxConstraint: classBoxConstraint,
            decomposition: method.decomposition == .oneVersusOne ? .pairs : .perClass,
            options: options),
          map: linear.map))
    } else {
      predictor = try unwrapping {
        try solvedAtOnce(formulation, features, labels, products ?? weights, options: options)
      }
    }
    return Fit(predictor: predictor, classWeights: factors)
  }

  private func solvedAtOnce(
    _ formulation: Formulation, _ features: FeatureMatrix, _ labels: ClassLabels,
    _ weights: [Double]?, options: TrainingOptions
  ) throws -> TabularModel.Predictor {
    switch formulation {
    case .leastSquaresSVC:
      var ridge = method.ridge
      if ridge == nil {
        ridge =
          1
          / (try LeastSquaresClassifier.regularizationPath(
            features: features, labels: labels, weights: weights, kernel: method.kernel,
            errorWeights: Self.ridges.map { 1 / $0 }, options: options
          ).best)
      }
      return .leastSquaresClassifier(
        try LeastSquaresClassifier.train(
          features: features, labels: labels, weights: weights, kernel: method.kernel,
          errorWeight: 1 / (ridge ?? 1), options: options))
    case .discriminant:
      return .discriminant(
        try KernelDiscriminant.train(
          features: features, labels: labels, weights: weights, kernel: method.kernel,
          regularization: method.ridge ?? 1e-3, options: options))
    default: preconditionFailure("\(formulation.rawValue) does not predict classes")
    }
  }

  /// The values of λ that are tried, from large to small.
  private static let ridges = (-20...10).reversed().map {
    Double(sign: .plus, exponent: $0, significand: 1)
  }

  /// Hands on what a kernel method refuses as every training does.
  private func unwrapping<Value>(_ body: () throws -> Value) throws -> Value {
    do {
      return try body()
    } catch KernelMethodError.training(let error) {
      throw error
    }
  }

  // MARK: Linear models

  /// The features of a linear model and the map that made them; `nil` when the kernel is to be used
  /// itself.
  private func linearUse(
    _ formulation: Formulation, _ features: FeatureMatrix, _ weights: [Double]?,
    options: TrainingOptions
  ) throws -> (features: FeatureMatrix, map: FeatureMap?)? {
    guard [.cSVC, .logistic, .epsilonSVR].contains(formulation) else { return nil }
    if let kind = method.featureMap {
      let count = min(method.componentCount ?? 500, kind == .nystrom ? features.rowCount : .max)
      let (entries, overflow) = features.rowCount.multipliedReportingOverflow(by: count)
      guard !overflow, entries <= options.memoryLimit / MemoryLayout<Double>.stride else {
        throw TrainingError.invalidParameter(
          name: "components", value: "\(count)",
          expected: "so few that \(features.rowCount) examples of them fit the memory limit of "
            + "\(options.memoryLimit >> 20) MB")
      }
      return try unwrapping {
        let map = try FeatureMap.fit(
          kind == .nystrom ? .nystroem : .randomFourier, features: features,
          kernel: method.kernel, componentCount: count, weights: weights, seed: seed,
          options: options)
        return (.dense(try map.mapping(features, options)), map)
      }
    }
    guard method.kernel.isInnerProduct else {
      if formulation == .logistic {
        throw TrainingError.invalidParameter(
          name: "kernel", value: "another",
          expected: "linear, or come with a feature map, for logistic regression")
      }
      return nil
    }
    let isPrimal = formulation == .logistic || method.isPrimal(rowCount: features.rowCount)
    return isPrimal ? (features, nil) : nil
  }

  /// From so many rows on, a linear model is solved in its weights unless the user says otherwise.
  static let primalRowCount = 20_000

  // MARK: Numbers

  private func regressor(
    _ formulation: Formulation, _ features: FeatureMatrix, _ targets: [Double],
    _ weights: [Double]?, isLIBSVM: Bool, startingFrom earlier: EarlierModel?,
    options: TrainingOptions
  ) throws -> Fit {
    switch formulation {
    case .leastSquaresSVR, .kernelRidge:
      let hasBias = formulation == .leastSquaresSVR
      return try unwrapping {
        var ridge = method.ridge
        if ridge == nil {
          ridge = try KernelRidgeRegressor.regularizationPath(
            features: features, targets: targets, weights: weights, kernel: method.kernel,
            regularizations: Self.ridges, fitsBias: hasBias, options: options
          ).best
        }
        return Fit(
          predictor: .kernelRidge(
            try KernelRidgeRegressor.train(
              features: features, targets: targets, weights: weights, kernel: method.kernel,
              regularization: ridge ?? 1, fitsBias: hasBias, options: options)),
          targetScaling: nil)
      }
    case .epsilonSVR, .nuSVR:
      let (boxConstraint, tubeWidth) = method.regressionParameters(
        formulation, targets: targets, weights: weights, isLIBSVM: isLIBSVM)
      if let linear = try linearUse(formulation, features, weights, options: options) {
        return Fit(
          predictor: .linearRegressor(
            try MappedRegressor(
              LinearRegressor.train(
                features: linear.features, targets: targets, weights: weights,
                loss: method.loss == .squared
                  ? .squaredEpsilonInsensitive : .epsilonInsensitive,
                boxConstraint: boxConstraint, tubeWidth: tubeWidth,
                options: options),
              map: linear.map)),
          targetScaling: nil)
      }
      let scaling = targetScaling(
        targets, weights, keeping: [boxConstraint, tubeWidth], isLIBSVM: isLIBSVM)
      let unit = scaling?.unit ?? 1
      let trained = try SupportVectorRegressor.train(
        features: features, targets: scaling?.scaled(targets) ?? targets, weights: weights,
        kernel: method.kernel,
        formulation: formulation == .epsilonSVR
          ? .epsilon(boxConstraint: boxConstraint / unit, tubeWidth: tubeWidth / unit)
          : .nu(method.nu, boxConstraint: boxConstraint / unit),
        startingFrom: earlier?.warmStart(unit: unit, rowCount: targets.count), options: options)
      return Fit(
        predictor: .regressor(try scaling?.restored(trained) ?? trained), targetScaling: scaling)
    default: preconditionFailure("\(formulation.rawValue) does not predict numbers")
    }
  }

  /// The units to solve a regression in, or `nil` for those of the target.
  private func targetScaling(
    _ targets: [Double], _ weights: [Double]?, keeping parameters: [Double], isLIBSVM: Bool
  ) -> TargetScaling? {
    guard scalesTarget ?? !isLIBSVM else { return nil }
    let scaling = TargetScaling(fitting: targets, weights: weights)
    // Absurd parameters keep their meaning, and the solver says what is wrong with them.
    guard parameters.allSatisfy(scaling.keeps),
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
    case .principalComponents:
      return try unwrapping {
        .principalComponents(
          try KernelPrincipalComponents.train(
            features: features, weights: weights,
            componentCount: min(method.componentCount ?? 2, features.rowCount),
            kernel: method.kernel, options: options))
      }
    default: preconditionFailure("\(formulation.rawValue) predicts something")
    }
  }
}

/// A model for a training to begin at: of the same examples and another C, say, or of other folds.
///
/// The training ends within the same tolerance as one that begins at 0, so that examples which the model
/// knows and the training does not have no more to say than what the tolerance leaves open.
package struct EarlierModel: Sendable {
  private let predictor: TabularModel.Predictor
  private let rows: [Int?]?

  /// Begins at a model.
  ///
  /// - Parameters:
  ///   - predictor: The model.
  ///   - rows: For each example of the training its place among those of the model, `nil` where it is
  ///     new; without it they are the same.
  package init(_ predictor: TabularModel.Predictor, rows: [Int?]? = nil) {
    self.predictor = predictor
    self.rows = rows
  }

  /// Where the training of a classifier may begin.
  var warmStart: WarmStart? {
    guard case .classifier(let classifier) = predictor else { return nil }
    return WarmStart(classifier, rows: rows)
  }

  /// Where the training of a regressor may begin; its coefficients are in units of the target, those of
  /// the training in another unit.
  func warmStart(unit: Double, rowCount: Int) -> WarmStart? {
    guard case .regressor(let regressor) = predictor,
      rows != nil || regressor.trainingCount == rowCount
    else { return nil }
    let expansion = regressor.expansion
    var earlier = [Double](repeating: 0, count: regressor.trainingCount)
    for (place, row) in expansion.supportIndices.enumerated() {
      earlier[row] = expansion.dualCoefficients[0, place] / unit
    }
    return WarmStart(dualCoefficients: [rows?.map { $0.map { earlier[$0] } ?? 0 } ?? earlier])
  }
}
