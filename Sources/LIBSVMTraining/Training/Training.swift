import Basics
import CLIBSVM
import Kernels
import Learning
import LinearAlgebra
import SMOSolver
import SupportVectors

/// Training with LIBSVM's parameters.
package struct Trainer: Sendable {
  package var parameter: Parameters
  /// C of each class in place of LIBSVM's C and weights, by label; for the folds of probabilities.
  var classBounds: [Int32: Double]?
  /// Where models that differ in C find each other's kernel values.
  var sharedKernel: SharedKernel?
  /// The kernel values of the set that is validated, where they were computed before.
  package var wholeKernel: WholeKernel?
  /// The precision of problems with few rows.
  ///
  /// Folds and pairs make thousands of them, for which it does not pay to choose one; a training by itself has it chosen,
  /// as `svm train` does, and gets the same bits.
  private var precisionOfSmallProblems = Precision.double
  /// Among how many trainings at the same time threads and memory are shared.
  var shareCount = 1

  package init(_ parameter: Parameters) { self.parameter = parameter }

  package var isClassification: Bool { parameter.type.isClassification }

  /// LIBSVM's order of classes: that of their first rows, but +1 before −1.
  package static func labels(_ targets: [Double]) -> (labels: [Int32], codes: [Int]) {
    var places: [Int32: Int] = [:]
    var labels: [Int32] = []
    var codes = targets.map { target in
      let label = Self.label(target)
      if let place = places[label] { return place }
      places[label] = labels.count
      labels.append(label)
      return labels.count - 1
    }
    if labels == [-1, 1] {
      labels.swapAt(0, 1)
      codes = codes.map { 1 - $0 }
    }
    return (labels, codes)
  }

  /// A label as C converts it to an int.
  package static func label(_ target: Double) -> Int32 {
    guard target > -2_147_483_649, target < 2_147_483_648 else { return .min }
    return Int32(target)
  }

  /// Trains on all rows of a set.
  package func train(_ set: TrainingSet) throws(LIBSVMError) -> Machine {
    guard set.count > 0 else { throw .failed("there are no rows") }
    do {
      switch parameter.type {
      case .cSVC, .nuSVC: return try classifier(set)
      case .oneClass:
        let model = try NoveltyDetector.train(
          features: set.features, kernel: parameter.kernel,
          formulation: .oneClass(nu: parameter.nu),
          options: options(set.count))
        return Machine(
          expansion: model.expansion.inDouble, firstIndex: set.firstIndex, labels: nil,
          reports: [model.problem])
      case .epsilonSVR, .nuSVR:
        let formulation: RegressorFormulation =
          parameter.type == .nuSVR
          ? .nu(parameter.nu, boxConstraint: parameter.boxConstraint)
          : .epsilon(
            boxConstraint: parameter.boxConstraint, epsilon: parameter.epsilon)
        let model = try SupportVectorRegressor.train(
          features: set.features, targets: set.targets,
          settings: .init(kernel: parameter.kernel, formulation: formulation),
          options: options(set.count))
        return Machine(
          expansion: model.expansion.inDouble, firstIndex: set.firstIndex, labels: nil,
          reports: [model.problem],
          epsilon: model.epsilon)
      }
    } catch let error as LIBSVMError {
      throw error
    } catch {
      throw .failed("\(error)")
    }
  }

  /// Trains on all rows of a set, learns the probabilities that are asked for, and prints how it went.
  ///
  /// - Parameters:
  ///   - set: The rows.
  ///   - hasDensityMarks: Whether one-class machines have probabilities.
  /// - Returns: What was trained.
  /// - Throws: ``LIBSVMError``.
  package func trainedWithProbabilities(
    _ set: TrainingSet, hasDensityMarks: Bool = true
  ) throws(LIBSVMError) -> (Machine, TrainedProbabilities) {
    var probabilities = TrainedProbabilities()
    // In LIBSVM's order, because each of these draws random numbers of the host's.
    if parameter.hasProbabilities, isClassification {
      probabilities.sigmoids = try sigmoids(set)
    } else if parameter.hasProbabilities, parameter.type.isRegression {
      probabilities.laplaceScale = try laplaceScale(set)
    }
    let stored = set.stored()
    var trainer = self
    trainer.precisionOfSmallProblems = .automatic
    let machine = try trainer.train(stored)
    report(machine, targets: set.targets)
    if parameter.hasProbabilities, parameter.type == .oneClass, hasDensityMarks {
      probabilities.marks = DensityMarks.marks(
        try machine.decisionValues(stored.features).elements)
    }
    return (machine, probabilities)
  }

  private func classifier(_ set: TrainingSet) throws -> Machine {
    let (labels, codes) = Self.labels(set.targets)
    // Sorted by value, as everywhere else in this package, so that the same data gives the same bits.
    let sorted = labels.indices.sorted { labels[$0] < labels[$1] }
    var ours = [Int](repeating: 0, count: labels.count)
    for (position, place) in sorted.enumerated() { ours[place] = position }
    let bounds = classBounds ?? weightedBounds(labels)
    let isNu = parameter.type == .nuSVC
    let unit = isNu ? 1 : parameter.boxConstraint
    let model = try SupportVectorClassifier.train(
      features: set.features,
      classes: ClassTable(
        names: sorted.map { "\(labels[$0])" }, codes: codes.map { ours[$0] }),
      settings: .init(
        kernel: parameter.kernel,
        formulation: isNu ? .nu(feasibleNu(codes, labels.count)) : .c(unit),
        classWeights: isNu || bounds.values.allSatisfy { $0 == unit }
          ? .equal
          : .weights(
            Dictionary(
              uniqueKeysWithValues: labels.map { label in
                ("\(label)", max((bounds[label] ?? unit) / unit, Self.smallestWeight))
              }))),
      options: options(set.count))
    return Machine(
      expansion: model.expansion.inDouble, firstIndex: set.firstIndex, labels: labels,
      place: sorted, reports: model.problems)
  }

  /// ν, or the largest that every pair of classes can meet.
  ///
  /// svm_check_parameter refuses more; folds may still have fewer rows of the smaller class in proportion.
  private func feasibleNu(_ codes: [Int], _ classCount: Int) -> Double {
    let sizes = codes.reduce(into: [Int](repeating: 0, count: classCount)) { $0[$1] += 1 }
    guard classCount > 1, let least = sizes.min(), let most = sizes.max() else {
      return parameter.nu
    }
    return min(parameter.nu, Double(2 * least) / Double(least + most))
  }

  /// A class whose C is 0 or less has no say; a weight must be more.
  private static let smallestWeight = 1e-200

  /// C of each class: LIBSVM's C times the weights of its label.
  ///
  /// - Parameters:
  ///   - labels: The labels there are.
  ///   - warns: Whether weights of other labels are named on standard error.
  /// - Returns: C by label.
  func weightedBounds(_ labels: [Int32], warns: Bool = true) -> [Int32: Double] {
    var bounds = Dictionary(uniqueKeysWithValues: labels.map { ($0, parameter.boxConstraint) })
    for (label, weight) in parameter.weights {
      if let bound = bounds[label] {
        bounds[label] = bound * weight
      } else if warns {
        Output.warn("WARNING: class label \(label) specified in weight is not found\n")
      }
    }
    return bounds
  }

  /// LIBSVM's cache is the ceiling of what grows with the rows.
  ///
  /// - Parameter count: The number of rows. Few are done before a second thread wakes up.
  /// - Returns: Options with the caller's tolerance.
  private func options(_ count: Int) -> TrainingOptions {
    let memory = memoryMegabytes / Double(shareCount)
    var options = TrainingOptions(
      tolerance: parameter.tolerance,
      precision: count <= Self.smallCount ? precisionOfSmallProblems : .automatic,
      threads: count <= Self.smallCount ? 1 : max(1, threads / shareCount),
      memoryLimit: Int(memory * 1_048_576), shrinking: parameter.usesShrinking)
    options.sharedKernel = sharedKernel
    return options
  }

  /// LIBSVM's cache, of which each training at the same time has a share of 16 MB at least.
  var memoryMegabytes: Double {
    min(max(parameter.cacheMegabytes, 16 * Double(shareCount)), 1e9)
  }

  /// All processors, or what the environment allows.
  var threads: Int {
    let limit = Int(libsvm_thread_limit())
    return limit > 0 ? limit : processorCount
  }

  private static let smallCount = 400
}

extension KernelExpansion {
  /// The same, predicting in Double: programs compare the digits of decision values with LIBSVM's.
  fileprivate var inDouble: KernelExpansion {
    var expansion = self
    expansion.precision = .double
    return expansion
  }
}
