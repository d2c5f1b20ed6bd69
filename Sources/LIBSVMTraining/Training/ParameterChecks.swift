import Kernels

extension ParameterNumbers {
  /// LIBSVM's sentence about the first thing that is wrong, which programs show or compare.
  ///
  /// - Parameters:
  ///   - targets: The labels, which decide whether ν can be met.
  ///   - hasDensityMarks: Whether one-class machines have probabilities, as from version 3.30 on.
  /// - Returns: `nil` when nothing is wrong.
  package func fault(targets: [Double], hasDensityMarks: Bool = true) -> StaticString? {
    guard let type = MachineType(rawValue: machineType) else { return "unknown svm type" }
    guard let kernel = KernelType(rawValue: kernelType) else { return "unknown kernel type" }
    if kernel.has(.gamma), gamma < 0 { return "gamma < 0" }
    if kernel == .polynomial, degree < 0 { return "degree of polynomial kernel < 0" }
    if cacheMegabytes <= 0 { return "cache_size <= 0" }
    if tolerance <= 0 { return "eps <= 0" }
    if type == .cSVC || type.isRegression, boxConstraint <= 0 { return "C <= 0" }
    if type == .nuSVC || type == .oneClass || type == .nuSVR, nu <= 0 || nu > 1 {
      return "nu <= 0 or nu > 1"
    }
    if type == .epsilonSVR, epsilon < 0 { return "p < 0" }
    if !(0...1).contains(shrinking) { return "shrinking != 0 and shrinking != 1" }
    if !(0...1).contains(probability) { return "probability != 0 and probability != 1" }
    if type == .oneClass, probability == 1, !hasDensityMarks {
      return "one-class SVM probability output not supported yet"
    }
    if type == .nuSVC, isInfeasible(nu, targets) { return "specified nu is infeasible" }
    return nil
  }

  /// Whether ν asks for more dual variables than the smaller class of a pair has.
  private func isInfeasible(_ nu: Double, _ targets: [Double]) -> Bool {
    var counts: [Int32: Int] = [:]
    for target in targets { counts[Trainer.label(target), default: 0] += 1 }
    // The pair of the smallest and the largest class is the first to fail.
    guard counts.count > 1, let least = counts.values.min(), let most = counts.values.max() else {
      return false
    }
    return nu * Double(least + most) / 2 > Double(least)
  }
}
