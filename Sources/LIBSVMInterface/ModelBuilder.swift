import CLIBSVM
import LIBSVMTraining

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

/// Makes the struct that programs read.
///
/// - Parameters:
///   - stored: What it holds.
///   - parameter: The caller's parameters, copied as they are.
///   - rows: The caller's rows, which the support vectors are, and their numbers from 0 in its problem; `nil` makes
///     rows, in one block that the model owns.
/// - Returns: A model that the host frees.
@unsafe
func makeModel(
  _ stored: StoredModel, _ parameter: svm_parameter,
  rows: [(number: Int, nodes: UnsafeMutablePointer<svm_node>?)]? = nil
) -> UnsafeMutablePointer<svm_model> {
  let model = unsafe svm_model.allocate()
  unsafe model.pointee.param = parameter
  unsafe model.pointee.nr_class = Int32(stored.classCount)
  if let rows = unsafe rows {
    unsafe model.pointee.l = Int32(rows.count)
    unsafe model.pointee.SV = HostMemory.copy(rows.map { unsafe $0.nodes })
    unsafe libsvm_indices(model).pointee = HostMemory.copy(
      rows.map { unsafe Int32($0.number + 1) })
  } else {
    unsafe model.pointee.l = Int32(stored.vectors.count)
    unsafe model.pointee.SV = makeRows(stored.vectors)
    unsafe libsvm_owns_rows(model).pointee = 1
  }
  unsafe model.pointee.rho = HostMemory.copy(stored.rho)
  let coefficients = unsafe HostMemory.array(
    stored.coefficients.count, of: UnsafeMutablePointer<Double>?.self)
  for (row, values) in stored.coefficients.enumerated() {
    unsafe (coefficients + row).initialize(to: HostMemory.copy(values))
  }
  unsafe model.pointee.sv_coef = coefficients
  if let labels = stored.labels { unsafe libsvm_labels(model).pointee = HostMemory.copy(labels) }
  if let counts = stored.counts { unsafe libsvm_counts(model).pointee = HostMemory.copy(counts) }
  if let probA = stored.probA { unsafe model.pointee.probA = HostMemory.copy(probA) }
  if let probB = stored.probB { unsafe model.pointee.probB = HostMemory.copy(probB) }
  if let marks = stored.marks, let place = unsafe libsvm_marks(model) {
    unsafe place.pointee = HostMemory.copy(marks)
  }
  return unsafe model
}

/// Rows in one block, whose start is the first row's.
@unsafe
private func makeRows(
  _ rows: NodeRows
) -> UnsafeMutablePointer<UnsafeMutablePointer<svm_node>?> {
  var nodes: [svm_node] = []
  var starts: [Int] = []
  for row in 0..<rows.count {
    starts.append(nodes.count)
    for (index, value) in zip(rows.indices(ofRow: row), rows.values(ofRow: row)) {
      nodes.append(svm_node(index: index, value: value))
    }
    nodes.append(svm_node(index: -1, value: 0))
  }
  guard !starts.isEmpty else {
    return unsafe HostMemory.array(0, of: UnsafeMutablePointer<svm_node>?.self)
  }
  let block = unsafe HostMemory.copy(nodes)
  return unsafe HostMemory.copy(starts.map { unsafe block + $0 })
}
