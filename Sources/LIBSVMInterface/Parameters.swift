import CLIBSVM
import Kernels

/// The numbers of svm.h's svm_type.
enum MachineType: Int32 {
  case cSVC, nuSVC, oneClass, epsilonSVR, nuSVR

  var isClassification: Bool { self == .cSVC || self == .nuSVC }
}

/// The numbers of svm.h's kernel_type.
enum KernelType: Int32 {
  case linear, polynomial, gaussian, sigmoid, precomputed

  var hasGamma: Bool { self == .polynomial || self == .gaussian || self == .sigmoid }
}

/// A caller's parameters.
struct Parameters: Sendable {
  let type: MachineType
  let kernelType: KernelType
  let degree: Int
  let gamma: Double
  let constantTerm: Double
  let cacheMegabytes: Double
  let tolerance: Double
  let boxConstraint: Double
  let nu: Double
  let tubeWidth: Double
  let shrinking: Bool
  let probability: Bool
  /// Labels and what their class multiplies C by.
  let weights: [(label: Int32, weight: Double)]

  /// Copies a caller's struct.
  ///
  /// - Throws: ``InterfaceError`` for a type or kernel that does not exist.
  init(_ parameter: svm_parameter) throws(InterfaceError) {
    guard let type = unsafe MachineType(rawValue: parameter.svm_type) else {
      throw .failed("unknown svm type")
    }
    guard let kernelType = unsafe KernelType(rawValue: parameter.kernel_type) else {
      throw .failed("unknown kernel type")
    }
    self.type = type
    self.kernelType = kernelType
    unsafe degree = Int(parameter.degree)
    unsafe gamma = parameter.gamma
    unsafe constantTerm = parameter.coef0
    unsafe cacheMegabytes = parameter.cache_size
    unsafe tolerance = parameter.eps
    unsafe boxConstraint = parameter.C
    unsafe nu = parameter.nu
    unsafe tubeWidth = parameter.p
    unsafe shrinking = parameter.shrinking != 0
    unsafe probability = parameter.probability != 0
    var weights: [(label: Int32, weight: Double)] = []
    for index in 0..<(unsafe Int(max(parameter.nr_weight, 0))) {
      unsafe weights.append((parameter.weight_label[index], parameter.weight[index]))
    }
    self.weights = weights
  }

  /// The kernel in numbers.
  var function: KernelFunction {
    // A gamma of 0 makes kernels that are the same for all examples; ours must be greater than 0.
    let gamma = max(gamma, .leastNormalMagnitude)
    switch kernelType {
    case .linear: return .linear
    case .polynomial where degree < 1: return .gaussian(gamma: .leastNormalMagnitude)
    case .polynomial:
      return .polynomial(degree: degree, gamma: gamma, constantTerm: constantTerm)
    case .gaussian: return .gaussian(gamma: gamma)
    case .sigmoid: return .sigmoid(gamma: gamma, constantTerm: constantTerm)
    case .precomputed: return .precomputed
    }
  }

  /// The kernel as training takes it.
  var kernel: Kernel { function.request }
}
