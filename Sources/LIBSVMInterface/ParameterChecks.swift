import CLIBSVM

extension Parameters {
  /// LIBSVM's sentence about the first thing that is wrong, which programs show or compare.
  @unsafe
  static func fault(
    _ problem: UnsafePointer<svm_problem>?, _ parameter: svm_parameter
  ) -> StaticString? {
    guard let type = unsafe MachineType(rawValue: parameter.svm_type) else {
      return "unknown svm type"
    }
    guard let kernel = unsafe KernelType(rawValue: parameter.kernel_type) else {
      return "unknown kernel type"
    }
    if kernel.hasGamma, unsafe parameter.gamma < 0 { return "gamma < 0" }
    if kernel == .polynomial, unsafe parameter.degree < 0 {
      return "degree of polynomial kernel < 0"
    }
    if unsafe parameter.cache_size <= 0 { return "cache_size <= 0" }
    if unsafe parameter.eps <= 0 { return "eps <= 0" }
    if type == .cSVC || type == .epsilonSVR || type == .nuSVR, unsafe parameter.C <= 0 {
      return "C <= 0"
    }
    if type == .nuSVC || type == .oneClass || type == .nuSVR,
      unsafe parameter.nu <= 0 || parameter.nu > 1
    {
      return "nu <= 0 or nu > 1"
    }
    if type == .epsilonSVR, unsafe parameter.p < 0 { return "p < 0" }
    if unsafe !(0...1).contains(parameter.shrinking) {
      return "shrinking != 0 and shrinking != 1"
    }
    if unsafe !(0...1).contains(parameter.probability) {
      return "probability != 0 and probability != 1"
    }
    // Versions with the shorter layout have no probabilities of one class.
    if type == .oneClass, unsafe parameter.probability == 1, libsvm_has_marks() == 0 {
      return "one-class SVM probability output not supported yet"
    }
    if type == .nuSVC, let problem = unsafe problem?.pointee,
      unsafe isInfeasible(parameter.nu, problem)
    {
      return "specified nu is infeasible"
    }
    return nil
  }

  /// Whether ν asks for more dual variables than the smaller class of a pair has.
  @unsafe
  private static func isInfeasible(_ nu: Double, _ problem: svm_problem) -> Bool {
    var counts: [Int32: Int] = [:]
    for row in 0..<(unsafe Int(max(problem.l, 0))) {
      counts[Trainer.label(unsafe problem.y[row]), default: 0] += 1
    }
    // The pair of the smallest and the largest class is the first to fail.
    guard counts.count > 1, let least = counts.values.min(), let most = counts.values.max() else {
      return false
    }
    return nu * Double(least + most) / 2 > Double(least)
  }
}
