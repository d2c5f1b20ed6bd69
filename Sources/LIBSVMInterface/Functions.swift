import CLIBSVM
import LIBSVMTraining
import LinearAlgebra

// The functions of svm.h, as C sees them. What they do stands in the other files of this folder; here are
// pointers, and what happens when something cannot be done: the interface has no errors, so that a
// training that fails says so on standard error and leaves a model without support vectors.

// MARK: Training

/// Trains a model; its support vectors point into the caller's problem.
///
/// - Parameters:
///   - problem: The rows, which must outlive the model.
///   - parameter: Parameters that `svm_check_parameter` accepts.
/// - Returns: A model for `svm_free_and_destroy_model`; one without support vectors after an error.
@c(svm_train)
public func libsvmTrain(
  _ problem: UnsafePointer<svm_problem>, _ parameter: UnsafePointer<svm_parameter>
) -> UnsafeMutablePointer<svm_model> {
  do {
    try prepareBLAS()
    let parameters = try Parameters(unsafe ParameterNumbers(parameter.pointee))
    let set = try unsafe TrainingSet(problem.pointee, parameters)
    let (machine, probabilities) = try Trainer(parameters).trainedWithProbabilities(
      set, hasDensityMarks: libsvm_has_marks() != 0)
    let stored = StoredModel(machine, probabilities, parameters, vectors: NodeRows())
    let model = unsafe makeModel(
      stored, parameter.pointee,
      rows: machine.order.map {
        let row = machine.expansion.supportIndices[$0]
        return unsafe (row, problem.pointee.x[row])
      })
    if !set.isPrecomputed { unsafe PackedModels.insert(machine, for: model) }
    return unsafe model
  } catch {
    Output.warn("ERROR: svm_train: \(error)\n")
    return unsafe emptyModel(problem.pointee, parameter.pointee)
  }
}

/// Loads the library's own BLAS, once.
private func prepareBLAS() throws(LIBSVMError) {
  if let reason = BLASRuntime.loadPrivateLibrary() { throw .failed(reason) }
}

/// A model that predicts the first label, or 0.
@unsafe
private func emptyModel(
  _ problem: svm_problem, _ parameter: svm_parameter
) -> UnsafeMutablePointer<svm_model> {
  var stored = StoredModel()
  if unsafe MachineType(rawValue: parameter.svm_type)?.isClassification ?? true {
    stored.classCount = 1
    stored.labels = [unsafe problem.l > 0 ? Trainer.label(problem.y[0]) : 0]
    stored.counts = [0]
  } else {
    stored.classCount = 2
    stored.rho = [0]
    stored.coefficients = [[]]
  }
  return unsafe makeModel(stored, parameter, rows: [])
}

/// Predicts each row by a model of the other folds.
///
/// - Parameters:
///   - problem: The rows.
///   - parameter: Parameters that `svm_check_parameter` accepts.
///   - foldCount: The number of folds.
///   - target: Room for one prediction for each row.
@c(svm_cross_validation)
public func libsvmCrossValidation(
  _ problem: UnsafePointer<svm_problem>, _ parameter: UnsafePointer<svm_parameter>,
  _ foldCount: Int32, _ target: UnsafeMutablePointer<Double>
) {
  let count = unsafe Int(max(problem.pointee.l, 0))
  if Int(foldCount) > count {
    Output.warn(
      "WARNING: # folds (\(foldCount)) > # data (\(count)). Will use # folds = # data instead "
        + "(i.e., leave-one-out cross validation)\n")
  }
  do {
    try prepareBLAS()
    let parameters = try Parameters(unsafe ParameterNumbers(parameter.pointee))
    let set = try unsafe TrainingSet(problem.pointee, parameters)
    var trainer = Trainer(parameters)
    trainer.wholeKernel = SideCache.shared.kernel(of: set, trainer)
    let predictions = try trainer.crossValidated(set, foldCount: max(1, Int(foldCount)))
    for (row, prediction) in predictions.enumerated() { unsafe target[row] = prediction }
  } catch {
    Output.warn("ERROR: svm_cross_validation: \(error)\n")
    for row in 0..<count { unsafe target[row] = 0 }
  }
}

/// Says what is wrong with parameters.
///
/// - Parameters:
///   - problem: The rows, which decide whether ν can be met.
///   - parameter: The parameters.
/// - Returns: LIBSVM's sentence, or NULL.
@c(svm_check_parameter)
public func libsvmCheckParameter(
  _ problem: UnsafePointer<svm_problem>?, _ parameter: UnsafePointer<svm_parameter>
) -> UnsafePointer<CChar>? {
  let numbers = unsafe ParameterNumbers(parameter.pointee)
  guard
    let fault = numbers.fault(
      targets: unsafe problem?.pointee.targets ?? [], hasDensityMarks: libsvm_has_marks() != 0)
  else { return nil }
  return unsafe UnsafeRawPointer(fault.utf8Start).assumingMemoryBound(to: CChar.self)
}

/// Sends the lines that training prints to a function of the host.
///
/// - Parameter function: Called with each piece of text; NULL for standard output.
@c(svm_set_print_string_function)
public func libsvmSetPrintStringFunction(
  _ function: (@convention(c) (UnsafePointer<CChar>?) -> Void)?
) {
  unsafe libsvm_set_printer(function)
}

// MARK: Prediction

/// Predicts a row, with its decision values.
///
/// - Parameters:
///   - model: A model of any origin.
///   - row: Nodes with ascending indices, ended by −1.
///   - values: Room for a value for each pair of classes, or one.
/// - Returns: The label or number; of one-class 1 or −1; NaN for a model that cannot be.
@c(svm_predict_values)
public func libsvmPredictValues(
  _ model: UnsafeMutablePointer<svm_model>, _ row: UnsafePointer<svm_node>?,
  _ values: UnsafeMutablePointer<Double>
) -> Double {
  let type = unsafe MachineType(rawValue: model.pointee.param.svm_type)
  do {
    try prepareBLAS()
    let packed = try unsafe PackedModels.packed(model)
    let isPrecomputed =
      unsafe model.pointee.param.kernel_type == KernelType.precomputed.rawValue
    let decisions = packed.decisionValues(unsafe NodeRows(row, inOrder: !isPrecomputed))[0]
    for (index, value) in decisions.enumerated() { unsafe values[index] = value }
    if type == .oneClass { return decisions[0] > 0 ? 1 : -1 }
    return packed.machine.label(decisions)
  } catch {
    Output.warn("ERROR: svm_predict: \(error)\n")
    return .nan
  }
}

/// Predicts a row.
///
/// - Parameters:
///   - model: A model of any origin.
///   - row: Nodes with ascending indices, ended by −1.
/// - Returns: The label or number; of one-class 1 or −1.
@c(svm_predict)
public func libsvmPredict(
  _ model: UnsafeMutablePointer<svm_model>, _ row: UnsafePointer<svm_node>?
) -> Double {
  let count = unsafe Int(max(model.pointee.nr_class, 2))
  return unsafe withUnsafeTemporaryAllocation(
    of: Double.self, capacity: StoredModel.pairCount(of: count)
  ) {
    unsafe libsvmPredictValues(model, row, $0.baseAddress!)
  }
}

/// Predicts the most probable class of a row, with the probabilities.
///
/// - Parameters:
///   - model: A model; without probabilities this is `svm_predict`.
///   - row: Nodes with ascending indices, ended by −1.
///   - probabilities: Room for a number for each class, in the order of the labels.
/// - Returns: The label; of one-class 1 or −1.
@c(svm_predict_probability)
public func libsvmPredictProbability(
  _ model: UnsafeMutablePointer<svm_model>, _ row: UnsafePointer<svm_node>?,
  _ probabilities: UnsafeMutablePointer<Double>
) -> Double {
  let type = unsafe MachineType(rawValue: model.pointee.param.svm_type)
  let classCount = unsafe Int(max(model.pointee.nr_class, 0))
  let pairCount = StoredModel.pairCount(of: classCount)
  return unsafe withUnsafeTemporaryAllocation(of: Double.self, capacity: max(1, pairCount)) {
    guard let values = $0.baseAddress else { return .nan }
    let label = unsafe libsvmPredictValues(model, row, values)
    if type?.isClassification ?? false, let a = unsafe model.pointee.probA,
      let b = unsafe model.pointee.probB, let labels = unsafe libsvm_labels(model).pointee
    {
      let found = unsafe Trainer.probabilities(
        Array(UnsafeBufferPointer(start: values, count: pairCount)),
        (0..<pairCount).map { unsafe PlattSigmoid(a: a[$0], b: b[$0]) }, classCount: classCount)
      for (index, value) in found.enumerated() { unsafe probabilities[index] = value }
      return unsafe Double(labels[Trainer.largest(found)])
    }
    if type == .oneClass, let place = unsafe libsvm_marks(model),
      let marks = unsafe place.pointee
    {
      let probability = unsafe DensityMarks.probability(
        values[0], Array(UnsafeBufferPointer(start: marks, count: DensityMarks.count)))
      unsafe probabilities[0] = probability
      unsafe probabilities[1] = 1 - probability
    }
    return label
  }
}

/// Whether a model has probabilities.
///
/// - Parameter model: A model.
/// - Returns: 1 or 0.
@c(svm_check_probability_model)
public func libsvmCheckProbabilityModel(_ model: UnsafeMutablePointer<svm_model>) -> Int32 {
  let hasA = unsafe model.pointee.probA != nil
  switch unsafe MachineType(rawValue: model.pointee.param.svm_type) {
  case .cSVC, .nuSVC: return unsafe hasA && model.pointee.probB != nil ? 1 : 0
  case .oneClass: return unsafe libsvm_marks(model)?.pointee == nil ? 0 : 1
  default: return hasA ? 1 : 0
  }
}

// MARK: What a model holds

/// The formulation's number.
///
/// - Parameter model: A model.
/// - Returns: A constant of svm.h.
@c(svm_get_svm_type)
public func libsvmGetType(_ model: UnsafePointer<svm_model>) -> Int32 {
  unsafe model.pointee.param.svm_type
}

/// The number of classes.
///
/// - Parameter model: A model.
/// - Returns: 2 for a regression and one-class.
@c(svm_get_nr_class)
public func libsvmGetClassCount(_ model: UnsafePointer<svm_model>) -> Int32 {
  unsafe model.pointee.nr_class
}

/// Copies the labels.
///
/// - Parameters:
///   - model: A model.
///   - target: Room for a label for each class; untouched for a regression and one-class.
@c(svm_get_labels)
public func libsvmGetLabels(
  _ model: UnsafeMutablePointer<svm_model>, _ target: UnsafeMutablePointer<Int32>
) {
  guard let labels = unsafe libsvm_labels(model).pointee else { return }
  for index in 0..<(unsafe Int(model.pointee.nr_class)) { unsafe target[index] = labels[index] }
}

/// Copies the support vectors' rows, from 1.
///
/// - Parameters:
///   - model: A model; one that was loaded knows none.
///   - target: Room for a number for each support vector.
@c(svm_get_sv_indices)
public func libsvmGetSupportIndices(
  _ model: UnsafeMutablePointer<svm_model>, _ target: UnsafeMutablePointer<Int32>
) {
  guard let indices = unsafe libsvm_indices(model).pointee else { return }
  for index in 0..<(unsafe Int(model.pointee.l)) { unsafe target[index] = indices[index] }
}

/// The number of support vectors.
///
/// - Parameter model: A model.
/// - Returns: l.
@c(svm_get_nr_sv)
public func libsvmGetSupportCount(_ model: UnsafePointer<svm_model>) -> Int32 {
  unsafe model.pointee.l
}

/// The scale of a regression's errors, as a Laplace distribution.
///
/// - Parameter model: A model.
/// - Returns: σ; 0, with a warning, where the model has none.
@c(svm_get_svr_probability)
public func libsvmGetRegressionProbability(_ model: UnsafePointer<svm_model>) -> Double {
  let type = unsafe MachineType(rawValue: model.pointee.param.svm_type)
  guard type == .epsilonSVR || type == .nuSVR,
    let scale = unsafe model.pointee.probA
  else {
    Output.warn("Model doesn't contain information for SVR probability inference\n")
    return 0
  }
  return unsafe scale[0]
}

// MARK: Files

/// Writes a model's text.
///
/// - Parameters:
///   - path: The file.
///   - model: A model of any origin.
/// - Returns: 0, or −1 where the file cannot be written.
@c(svm_save_model)
public func libsvmSaveModel(
  _ path: UnsafePointer<CChar>, _ model: UnsafeMutablePointer<svm_model>
) -> Int32 {
  do {
    let text = try unsafe StoredModel(model).text
    return unsafe libsvm_write_file(path, text, text.count)
  } catch {
    return -1
  }
}

/// Reads a model's text.
///
/// - Parameter path: The file.
/// - Returns: A model for `svm_free_and_destroy_model`; NULL for a file with errors.
@c(svm_load_model)
public func libsvmLoadModel(_ path: UnsafePointer<CChar>) -> UnsafeMutablePointer<svm_model>? {
  var count = 0
  guard let bytes = unsafe libsvm_read_file(path, &count) else { return nil }
  defer { unsafe libsvm_free(bytes) }
  guard
    let stored = unsafe StoredModel(
      text: Array(UnsafeBufferPointer(start: bytes, count: count)))
  else { return nil }
  var parameter = unsafe svm_parameter()
  unsafe parameter.svm_type = stored.type.rawValue
  unsafe parameter.kernel_type = stored.kernelType.rawValue
  unsafe parameter.degree = stored.degree
  unsafe parameter.gamma = stored.gamma
  unsafe parameter.coef0 = stored.constantTerm
  return unsafe makeModel(stored, parameter)
}

// MARK: Memory

/// Frees what a model holds, but not the struct.
///
/// - Parameter model: A model of this library.
@c(svm_free_model_content)
public func libsvmFreeModelContent(_ model: UnsafeMutablePointer<svm_model>) {
  unsafe PackedModels.remove(model)
  if unsafe libsvm_owns_rows(model).pointee != 0, unsafe model.pointee.l > 0,
    let rows = unsafe model.pointee.SV
  {
    unsafe libsvm_free(rows[0])
  }
  if let rows = unsafe model.pointee.sv_coef {
    for row in 0..<(unsafe Int(max(model.pointee.nr_class, 1)) - 1) {
      unsafe libsvm_free(rows[row])
    }
  }
  unsafe release(&model.pointee.SV)
  unsafe release(&model.pointee.sv_coef)
  unsafe release(&model.pointee.rho)
  unsafe release(&model.pointee.probA)
  unsafe release(&model.pointee.probB)
  if let marks = unsafe libsvm_marks(model) { unsafe release(&marks.pointee) }
  unsafe release(&libsvm_indices(model).pointee)
  unsafe release(&libsvm_labels(model).pointee)
  unsafe release(&libsvm_counts(model).pointee)
}

/// Frees an array and forgets it, so that freeing twice does no harm.
private func release<Element>(_ pointer: inout UnsafeMutablePointer<Element>?) {
  unsafe libsvm_free(pointer)
  unsafe pointer = nil
}

/// Frees a model and sets the pointer to NULL.
///
/// - Parameter place: Where the pointer is.
@c(svm_free_and_destroy_model)
public func libsvmFreeAndDestroyModel(
  _ place: UnsafeMutablePointer<UnsafeMutablePointer<svm_model>?>?
) {
  guard let place = unsafe place, let model = unsafe place.pointee else { return }
  unsafe libsvmFreeModelContent(model)
  unsafe libsvm_free(model)
  unsafe place.pointee = nil
}

/// Frees the weights of parameters.
///
/// - Parameter parameter: Parameters whose arrays came from malloc.
@c(svm_destroy_param)
public func libsvmDestroyParameter(_ parameter: UnsafeMutablePointer<svm_parameter>) {
  unsafe libsvm_free(parameter.pointee.weight_label)
  unsafe libsvm_free(parameter.pointee.weight)
}
