import CLIBSVM
import LinearAlgebra

/// Memory that the host frees, as it frees LIBSVM's: by C's free().
enum HostMemory {
  /// An uninitialised array; of no elements an array of one, so that it is never NULL.
  static func array<Element>(_ count: Int, of _: Element.Type) -> UnsafeMutablePointer<Element> {
    let stride = MemoryLayout<Element>.stride
    guard let memory = unsafe libsvm_allocate(max(1, count) * stride) else {
      // C++'s and C's LIBSVM write through NULL here; there is no channel for an error.
      fatalError("libsvm: out of memory")
    }
    return unsafe memory.bindMemory(to: Element.self, capacity: max(1, count))
  }

  /// A copy of an array.
  static func copy<Element>(_ values: [Element]) -> UnsafeMutablePointer<Element> {
    let memory = unsafe array(values.count, of: Element.self)
    unsafe memory.initialize(from: values, count: values.count)
    return unsafe memory
  }
}

extension svm_model {
  /// A model without content, of the layout that this library has.
  static func allocate() -> UnsafeMutablePointer<svm_model> {
    let size = Int(libsvm_model_size())
    let memory = unsafe HostMemory.array(size, of: UInt8.self)
    unsafe memory.initialize(repeating: 0, count: size)
    // The struct is declared with the longer layout; in the shorter one its last member is never touched.
    return unsafe UnsafeMutableRawPointer(memory).assumingMemoryBound(to: svm_model.self)
  }
}

/// What training gives besides the machine.
struct TrainedProbabilities {
  var sigmoids: [PlattSigmoid]?
  var laplaceScale: Double?
  var marks: [Double]?
}

/// Makes the struct that programs read of a trained machine.
///
/// - Parameters:
///   - machine: What was trained.
///   - probabilities: What was learned of its probabilities.
///   - problem: The caller's problem, whose rows the model's support vectors point to.
///   - parameter: The caller's parameters, copied as they are.
/// - Returns: A model that the host frees.
@unsafe
func makeModel(
  _ machine: Machine, _ probabilities: TrainedProbabilities, _ problem: svm_problem,
  _ parameter: svm_parameter
) -> UnsafeMutablePointer<svm_model> {
  let model = unsafe svm_model.allocate()
  let order = machine.order
  let rows = order.map { machine.expansion.supportIndices[$0] }
  unsafe model.pointee.param = parameter
  unsafe model.pointee.l = Int32(order.count)
  unsafe model.pointee.SV = HostMemory.copy(rows.map { unsafe problem.x[$0] })
  unsafe model.pointee.rho = HostMemory.copy(machine.rho)
  let coefficients = machine.coefficients
  let coefficientRows = unsafe HostMemory.array(
    coefficients.count, of: UnsafeMutablePointer<Double>?.self)
  for (row, values) in coefficients.enumerated() {
    unsafe (coefficientRows + row).initialize(to: HostMemory.copy(values))
  }
  unsafe model.pointee.sv_coef = coefficientRows
  unsafe libsvm_indices(model).pointee = HostMemory.copy(rows.map { Int32($0 + 1) })
  if let labels = machine.labels {
    unsafe model.pointee.nr_class = Int32(labels.count)
    unsafe libsvm_labels(model).pointee = HostMemory.copy(labels)
    unsafe libsvm_counts(model).pointee = HostMemory.copy(machine.supportCounts.map(Int32.init))
  } else {
    unsafe model.pointee.nr_class = 2
  }
  if let sigmoids = probabilities.sigmoids {
    unsafe model.pointee.probA = HostMemory.copy(sigmoids.map(\.a))
    unsafe model.pointee.probB = HostMemory.copy(sigmoids.map(\.b))
  } else if let scale = probabilities.laplaceScale {
    unsafe model.pointee.probA = HostMemory.copy([scale])
  } else if let marks = probabilities.marks, let place = unsafe libsvm_marks(model) {
    unsafe place.pointee = HostMemory.copy(marks)
  }
  return unsafe model
}
