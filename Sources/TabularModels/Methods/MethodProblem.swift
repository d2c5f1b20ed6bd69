import KernelMethods
import LinearAlgebra
import LinearModels
import SupportVectors
import Tables

/// Examples to train on.
struct TrainingPart {
  /// Their features, here or on several ranks.
  let examples: ExampleSet
  /// What they are to be predicted as.
  let targets: Targets
  /// What each counts, or `nil` when they count equally.
  let weights: [Double]?
  /// Whether they came from LIBSVM text.
  let isLIBSVM: Bool
}

/// What a formulation trains on: features, what they are to be predicted as, and the method.
package struct MethodProblem: Sendable {
  /// The features of the examples, here or on several ranks.
  let examples: ExampleSet
  /// What the examples are to be predicted as.
  let targets: Targets
  /// What each example counts, or `nil` when they count equally.
  let weights: [Double]?
  /// The method, settled for the formulation.
  let method: LearningMethod
  /// Whether the examples came from LIBSVM text.
  let isLIBSVM: Bool
  /// Whether a regression is solved in units of the target's deviation; `nil` does so for tables.
  let standardizesTarget: Bool?
  /// Decides what is drawn at random.
  let seed: UInt64
  /// How the bias of a model in the weights of features is treated.
  let intercept: Intercept
  /// A model to begin at; one of another kind is not used.
  let earlier: EarlierModel?
  /// How to train.
  let options: TrainingOptions
}

/// What a training made, and the units that it was solved in.
package struct MethodFit: Sendable {
  var predictor: TabularModel.Predictor
  /// What rows of each class counted, where the predictor does not keep it.
  var classWeights: [Double]?
  var targetScaling: TargetScaling?
}

extension MethodProblem {
  /// The features, for methods that need them all in this process; see ``MethodDefinition/trainsOnRanks``.
  var features: FeatureMatrix {
    guard case .local(let features) = examples else {
      preconditionFailure("a method that trains in one process was not refused on ranks")
    }
    return features
  }
}

// MARK: Classes

/// The classes of examples, for formulations that know the weights of examples alone.
struct WeightedClasses {
  /// The classes themselves.
  let table: ClassTable
  /// What rows of each class count, or `nil` when they count equally.
  let factors: [Double]?
  /// The weights of the examples, multiplied by those of their classes.
  let weights: [Double]?
}

extension MethodProblem {
  /// The classes that examples are to be predicted as.
  var classes: ClassTable {
    guard case .classes(let classes) = targets else {
      preconditionFailure("a classifier needs classes")
    }
    return classes
  }

  /// The classes, with their weights multiplied into those of the examples.
  func weightedClasses() throws -> WeightedClasses {
    let classes = classes
    let factors = try method.classWeights.factors(of: classes, weights: weights)
    let products = factors.map { factors in
      classes.codes.enumerated().map { row, code in (weights?[row] ?? 1) * factors[code] }
    }
    return WeightedClasses(table: classes, factors: factors, weights: products ?? weights)
  }

  /// C where no target has a unit.
  var classBoxConstraint: Double { method.boxConstraint ?? LearningMethod.defaultBoxConstraint }
}

// MARK: Numbers

extension MethodProblem {
  /// The numbers that examples are to be predicted as.
  var numbers: [Double] {
    guard case .numbers(let numbers) = targets else {
      preconditionFailure("a regression needs numbers")
    }
    return numbers
  }

  /// Parameters in units of the target: those that were given, and others by its deviation.
  ///
  /// - Parameter parameters: Parameters that have such units.
  /// - Returns: A number for each.
  func inTargetUnits(_ parameters: MethodParameter...) -> [Double] {
    guard let formulation = method.formulation else {
      preconditionFailure("the method of a problem is settled")
    }
    let automatic = method.parametersInDeviations(formulation, isLIBSVM: isLIBSVM).map(\.name)
    let deviation =
      automatic.isEmpty
      ? 1 : TargetScaling.standardDeviation(of: numbers, weights: weights)
    return parameters.map { parameter in
      if let number = method.number(parameter) { return number }
      guard let unit = parameter.unit else {
        preconditionFailure("\(parameter.name) is not in units of the target")
      }
      return automatic.contains(parameter.name) ? unit.deviations * deviation : unit.otherwise
    }
  }

  /// The units to solve a regression in, or `nil` for those of the target.
  ///
  /// - Parameter parameters: Numbers in units of the target, which must stay what they are.
  /// - Returns: The units.
  func targetScaling(preserving parameters: [Double]) -> TargetScaling? {
    guard standardizesTarget ?? !isLIBSVM else { return nil }
    let scaling = TargetScaling(fitting: numbers, weights: weights)
    // Absurd parameters keep their meaning, and the solver says what is wrong with them.
    guard parameters.allSatisfy(scaling.keeps),
      (options.tolerance * scaling.unit).isFinite, options.tolerance * scaling.unit > 0
    else { return nil }
    return scaling
  }
}

// MARK: Linear models

extension MethodProblem {
  /// From this many rows on, a linear model is solved in its weights unless the user says otherwise.
  static let primalRowCount = 20_000

  /// The features of a linear model and the map that made them; `nil` when the kernel is to be used
  /// itself.
  ///
  /// - Parameter isRequired: Whether the formulation has no use for another kernel.
  /// - Returns: The examples with these features, and the map.
  /// - Throws: `TrainingError` where another kernel is asked for or the components take too much memory.
  func linearFeatures(
    isRequired: Bool = false
  ) throws -> (features: ExampleSet, map: FeatureMap?)? {
    if let kind = method.featureMap {
      let count = min(method.componentCount ?? 500, kind == .nystrom ? examples.rowCount : .max)
      let (entries, overflow) = examples.largestShare.multipliedReportingOverflow(by: count)
      guard !overflow, entries <= options.memoryLimit / MemoryLayout<Double>.stride else {
        throw TrainingError.invalidParameter(
          name: "components", value: "\(count)",
          expected: "so few that \(examples.largestShare) examples of them fit the memory limit of "
            + "\(options.memoryLimit >> 20) MB")
      }
      let way: FeatureMap.Method = kind == .nystrom ? .nystroem : .randomFourier
      let map = try way.fit(
        examples, kernel: method.kernel, componentCount: count, weights: weights,
        seed: seed, options: options)
      return (try map.mapping(examples, options), map)
    }
    guard method.kernel.isInnerProduct else {
      guard isRequired else { return nil }
      throw TrainingError.invalidParameter(
        name: "kernel", value: "another",
        expected: "linear, or come with a feature map, for logistic regression")
    }
    return isRequired || method.isPrimal(rowCount: examples.rowCount) ? (examples, nil) : nil
  }
}

extension LearningMethod {
  /// Whether a linear model of this many rows is solved in its weights.
  func isPrimal(rowCount: Int) -> Bool {
    guard kernel.isInnerProduct else { return false }
    if loss == .squared { return true }
    return solver == .primal || solver == .auto && rowCount >= MethodProblem.primalRowCount
  }
}
