import Kernels
import TabularModels

extension Formulation {
  /// Whether an option besides those of its parameters has an effect.
  func uses(_ option: String) -> Bool {
    switch option {
    // Ranges of a search.
    case MethodParameter.boxConstraint.option: has(.boxConstraint)
    case MethodParameter.epsilon.option: has(.epsilon)
    case MethodParameter.nu.option: has(.nu)
    case "--scale-target": definition.canStandardizeTarget
    case "--tolerance", "--max-iterations": definition.isIterative
    case "--probability": task != .components
    case "--calibration": task == .classification
    default: true
    }
  }
}

extension LearningMethod {
  /// The kernel when none was requested.
  var defaultKernel: KernelName {
    kernel.isInnerProduct ? .linear : .default
  }

  /// Checks that parameters, formulation and kernel go together.
  ///
  /// - Parameter kernel: The name of the kernel.
  /// - Throws: ``UsageError`` that names an option.
  func check(_ kernel: KernelName) throws(UsageError) {
    if let formulation {
      for parameter in formulation.parameters where self[parameter] == .automatic {
        guard let reason = parameter.refusesAutomatic else { continue }
        let others = Formulation.allCases.filter { other in
          other.parameters.contains {
            $0.name == parameter.name && $0.refusesAutomatic == nil
          }
        }
        throw UsageError(
          option: parameter.option,
          "auto is for \(Self.list(others.map(\.rawValue).sorted())); \(reason)")
      }
    }
    if let featureMap {
      guard kernel != .linear else {
        throw UsageError(
          option: "--feature-map", "cannot be used with the linear kernel, which needs no map")
      }
      if featureMap == .fourier, !kernel.formula.hasSpectrum {
        throw UsageError(
          option: "--feature-map",
          "fourier is for the kernels \(KernelCatalog.names { $0.hasSpectrum }), but --kernel is "
            + kernel.rawValue)
      }
      if let formulation, !formulation.has(.featureMap) {
        throw UsageError(
          option: "--feature-map",
          "is for \(Self.list(Formulation.having(.featureMap).map(\.rawValue))), but --formulation is "
            + formulation.rawValue)
      }
      guard solver != .dual else {
        throw UsageError(option: "--solver", "dual cannot be used with --feature-map")
      }
    }
    let isLinear = kernel == .linear || featureMap != nil
    if solver == .primal && !isLinear {
      throw UsageError(
        option: "--solver",
        "primal is for --kernel linear or a --feature-map, but --kernel is \(kernel.rawValue)")
    }
    if let formulation, formulation.definition.needsLinearFeatures && !isLinear {
      throw UsageError(
        option: "--formulation",
        "\(formulation.rawValue) is for --kernel linear or a --feature-map, but --kernel is \(kernel.rawValue)"
      )
    }
    if loss == .squared && (!isLinear || solver == .dual) {
      throw UsageError(
        option: "--loss",
        "squared is for the primal solver, with --kernel linear or a --feature-map")
    }
  }

  /// `a, b and c`.
  private static func list(_ names: [String]) -> String {
    names.dropLast().joined(separator: ", ") + (names.count > 1 ? " and " : "") + (names.last ?? "")
  }
}
