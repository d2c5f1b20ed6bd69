import CLIBSVM
import LIBSVMTraining

// What the structs of C hold, as values.

extension ParameterNumbers {
  /// Copies a caller's struct.
  init(_ parameter: svm_parameter) {
    self.init()
    unsafe machineType = parameter.svm_type
    unsafe kernelType = parameter.kernel_type
    unsafe degree = parameter.degree
    unsafe gamma = parameter.gamma
    unsafe constantTerm = parameter.coef0
    unsafe cacheMegabytes = parameter.cache_size
    unsafe tolerance = parameter.eps
    unsafe boxConstraint = parameter.C
    unsafe nu = parameter.nu
    unsafe epsilon = parameter.p
    unsafe shrinking = parameter.shrinking
    unsafe probability = parameter.probability
    for index in 0..<(unsafe Int(max(parameter.nr_weight, 0))) {
      unsafe weights.append((parameter.weight_label[index], parameter.weight[index]))
    }
  }
}

extension NodeRows {
  /// Appends a row of a caller's nodes, which an index of −1 ends.
  @unsafe
  mutating func append(_ row: UnsafePointer<svm_node>?, inOrder: Bool = true) {
    if var node = unsafe row {
      while unsafe node.pointee.index != -1 {
        unsafe append(node.pointee.index, node.pointee.value)
        unsafe node += 1
      }
    }
    endRow(inOrder: inOrder)
  }

  /// One row.
  @unsafe
  init(_ row: UnsafePointer<svm_node>?, inOrder: Bool) {
    self.init()
    unsafe append(row, inOrder: inOrder)
  }
}

extension TrainingSet {
  /// Reads a caller's problem.
  @unsafe
  init(_ problem: svm_problem, _ parameters: Parameters) throws(LIBSVMError) {
    let isPrecomputed = parameters.kernelType == .precomputed
    var rows = NodeRows()
    for row in 0..<(unsafe Int(max(problem.l, 0))) {
      unsafe rows.append(problem.x[row], inOrder: !isPrecomputed)
    }
    try self.init(rows, targets: unsafe problem.targets, isPrecomputed: isPrecomputed)
  }
}

extension svm_problem {
  /// The labels or targets.
  var targets: [Double] {
    unsafe Array(UnsafeBufferPointer(start: y, count: Int(max(l, 0))))
  }
}

extension StoredModel {
  /// Reads a model that a program holds: one from this library, or one that it built itself.
  ///
  /// - Parameter model: A model whose counts describe its arrays.
  /// - Throws: ``LIBSVMError`` for a formulation or kernel that does not exist.
  @unsafe
  init(_ model: UnsafeMutablePointer<svm_model>) throws(LIBSVMError) {
    let parameters = try Parameters(unsafe ParameterNumbers(model.pointee.param))
    self.init()
    type = parameters.type
    kernelType = parameters.kernelType
    degree = parameters.degree
    gamma = parameters.gamma
    constantTerm = parameters.constantTerm
    unsafe classCount = Int(max(model.pointee.nr_class, 0))
    let count = unsafe Int(max(model.pointee.l, 0))
    func array<Element>(_ start: UnsafeMutablePointer<Element>?, _ count: Int) -> [Element]? {
      guard let start = unsafe start else { return nil }
      return unsafe Array(UnsafeBufferPointer(start: start, count: count))
    }
    unsafe labels = array(libsvm_labels(model).pointee, classCount)
    unsafe counts = array(libsvm_counts(model).pointee, classCount)
    unsafe rho = array(model.pointee.rho, pairCount) ?? []
    unsafe probA = array(model.pointee.probA, pairCount)
    unsafe probB = array(model.pointee.probB, pairCount)
    if let place = unsafe libsvm_marks(model) {
      unsafe marks = array(place.pointee, DensityMarks.count)
    }
    coefficients = (0..<max(classCount - 1, 0)).map { row in
      unsafe array(model.pointee.sv_coef[row], count)
        ?? [Double](repeating: 0, count: count)
    }
    for place in 0..<count { unsafe vectors.append(model.pointee.SV[place], inOrder: false) }
  }
}
