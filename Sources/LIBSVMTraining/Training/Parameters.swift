import Kernels

/// The numbers of svm.h's svm_type.
package enum MachineType: Int32, Sendable {
  case cSVC, nuSVC, oneClass, epsilonSVR, nuSVR

  package var isClassification: Bool { self == .cSVC || self == .nuSVC }

  package var isRegression: Bool { self == .epsilonSVR || self == .nuSVR }
}

/// The numbers of svm.h's kernel_type.
package enum KernelType: Int32, Sendable, CaseIterable {
  case linear, polynomial, gaussian, sigmoid, precomputed

  /// The formula that LIBSVM's number belongs to; `nil` of precomputed values.
  private var formula: (any KernelFormula.Type)? {
    KernelCatalog.formulas.first { $0.foreignNames.libsvm?.number == Int(rawValue) }
  }

  /// LIBSVM's word in model files.
  package var word: String { formula?.foreignNames.libsvm?.name ?? "precomputed" }

  /// Whether the kernel has a parameter.
  package func has(_ parameter: KernelParameter) -> Bool {
    formula?.parameters.contains(parameter) ?? false
  }
}

/// LIBSVM's parameters as structs and options have them: unchecked, with svm-train's defaults.
package struct ParameterNumbers: Sendable {
  package var machineType: Int32 = 0
  package var kernelType: Int32 = 2
  package var degree: Int32 = 3
  /// svm-train puts 1/features in place of 0.
  package var gamma = 0.0
  package var constantTerm = 0.0
  package var cacheMegabytes = 100.0
  package var tolerance = 1e-3
  package var boxConstraint = 1.0
  package var nu = 0.5
  /// Half the width of a regression's tube.
  package var epsilon = 0.1
  package var shrinking: Int32 = 1
  package var probability: Int32 = 0
  /// Labels and what their class multiplies C by.
  package var weights: [(label: Int32, weight: Double)] = []

  package init() {}
}

/// Parameters whose formulation and kernel exist.
@dynamicMemberLookup
package struct Parameters: Sendable {
  package let type: MachineType
  package let kernelType: KernelType
  private(set) var numbers: ParameterNumbers

  /// Takes what a caller gives.
  ///
  /// - Throws: ``LIBSVMError`` for a type or kernel that does not exist.
  package init(_ numbers: ParameterNumbers) throws(LIBSVMError) {
    guard let type = MachineType(rawValue: numbers.machineType) else {
      throw .failed("unknown svm type")
    }
    guard let kernelType = KernelType(rawValue: numbers.kernelType) else {
      throw .failed("unknown kernel type")
    }
    self.type = type
    self.kernelType = kernelType
    self.numbers = numbers
  }

  package subscript<Value>(dynamicMember path: KeyPath<ParameterNumbers, Value>) -> Value {
    numbers[keyPath: path]
  }

  /// The same with another C.
  package func with(boxConstraint: Double) -> Parameters {
    var changed = self
    changed.numbers.boxConstraint = boxConstraint
    return changed
  }

  package var usesShrinking: Bool { numbers.shrinking != 0 }

  package var hasProbabilities: Bool { numbers.probability != 0 }

  /// The kernel in numbers.
  package var function: KernelFunction {
    // A gamma of 0 makes kernels that are the same for all examples; ours must be greater than 0.
    let gamma = max(numbers.gamma, .leastNormalMagnitude)
    switch kernelType {
    case .linear: return .linear
    case .polynomial where numbers.degree < 1: return .gaussian(gamma: .leastNormalMagnitude)
    case .polynomial:
      return .polynomial(
        degree: Int(numbers.degree), gamma: gamma, constantTerm: numbers.constantTerm)
    case .gaussian: return .gaussian(gamma: gamma)
    case .sigmoid: return .sigmoid(gamma: gamma, constantTerm: numbers.constantTerm)
    case .precomputed: return .precomputed
    }
  }

  /// The kernel as training takes it.
  package var kernel: Kernel { function.request }
}
