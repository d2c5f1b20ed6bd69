import LIBSVMTraining
import Testing

@Suite("LIBSVM's sentences about parameters")
struct ParameterChecksTests {
  static let cases: [(sentence: String?, change: @Sendable (inout ParameterNumbers) -> Void)] = [
    (nil, { _ in }),
    ("unknown svm type", { $0.machineType = 5 }),
    ("unknown kernel type", { $0.kernelType = -1 }),
    ("gamma < 0", { $0.gamma = -1 }),
    (nil, { ($0.kernelType, $0.gamma) = (0, -1) }),
    ("degree of polynomial kernel < 0", { ($0.kernelType, $0.degree) = (1, -1) }),
    ("cache_size <= 0", { $0.cacheMegabytes = 0 }),
    ("eps <= 0", { $0.tolerance = 0 }),
    ("C <= 0", { $0.boxConstraint = 0 }),
    ("C <= 0", { ($0.machineType, $0.boxConstraint) = (4, -1) }),
    (nil, { ($0.machineType, $0.boxConstraint) = (2, 0) }),
    ("nu <= 0 or nu > 1", { ($0.machineType, $0.nu) = (2, 1.5) }),
    ("nu <= 0 or nu > 1", { ($0.machineType, $0.nu) = (1, 0) }),
    ("p < 0", { ($0.machineType, $0.epsilon) = (3, -0.1) }),
    ("shrinking != 0 and shrinking != 1", { $0.shrinking = 2 }),
    ("probability != 0 and probability != 1", { $0.probability = -1 }),
    ("specified nu is infeasible", { ($0.machineType, $0.nu) = (1, 0.9) }),
    (nil, { ($0.machineType, $0.nu) = (1, 0.5) }),
  ]

  @Test("each fault has its sentence", arguments: cases.indices)
  func sentence(_ index: Int) {
    var numbers = ParameterNumbers()
    Self.cases[index].change(&numbers)
    let fault = numbers.fault(targets: [1, 1, 1, -1]).map { "\($0)" }
    #expect(fault == Self.cases[index].sentence)
  }

  @Test("versions without density marks refuse probabilities of one class")
  func oneClassProbabilities() {
    var numbers = ParameterNumbers()
    (numbers.machineType, numbers.probability) = (2, 1)
    #expect(numbers.fault(targets: [1]) == nil)
    #expect(
      numbers.fault(targets: [1], hasDensityMarks: false).map { "\($0)" }
        == "one-class SVM probability output not supported yet")
  }
}
