import CLIBSVM
import LinearAlgebra
import SupportVectors
import Synchronization

/// A model as it was packed for predictions.
final class PackedModel: Sendable {
  let machine: Machine
  private let isPrecomputed: Bool
  /// The same machine with one more feature, which no support vector has.
  private let widened = Mutex<KernelExpansion?>(nil)

  init(_ machine: Machine, isPrecomputed: Bool) {
    self.machine = machine
    self.isPrecomputed = isPrecomputed
  }

  /// So many features are spread out for one row; more are looked up.
  private static let denseFeatureLimit = 4096

  /// LIBSVM's decision values of one row; NaN where the row has a number that is not finite.
  @unsafe
  func decisionValues(_ row: UnsafePointer<svm_node>?) -> [Double] {
    guard machine.outputCount > 0 else { return [] }
    do {
      let values =
        unsafe isPrecomputed ? try precomputed(row) : try computed(row)
      return machine.ordered(values)
    } catch {
      return [Double](repeating: .nan, count: machine.outputCount)
    }
  }

  @unsafe
  private func precomputed(_ row: UnsafePointer<svm_node>?) throws(ModelError) -> [Double] {
    let length = unsafe NodeRows.length(row)
    let example = (0..<machine.expansion.featureCount).map { place in
      unsafe place < length ? row![place].value : 0
    }
    return try machine.expansion.decisionValues(ofExample: example)
  }

  @unsafe
  private func computed(_ row: UnsafePointer<svm_node>?) throws(ModelError) -> [Double] {
    var expansion = machine.expansion
    let count = expansion.featureCount
    var (columns, values, lacking) = unsafe NodeRows.example(row, columnCount: count)
    if lacking > 0 {
      columns.append(Int32(count))
      values.append(lacking)
      expansion = try wideExpansion()
    }
    guard expansion.featureCount <= Self.denseFeatureLimit else {
      let matrix = SparseMatrix(
        unchecked: 1, columnCount: expansion.featureCount, rowOffsets: [0, columns.count],
        columnIndices: columns, values: values)
      return try expansion.decisionValues(.sparse(matrix), threads: 1).elements
    }
    var example = [Double](repeating: 0, count: expansion.featureCount)
    for (column, value) in zip(columns, values) { example[Int(column)] = value }
    return try expansion.decisionValues(ofExample: example)
  }

  private func wideExpansion() throws(ModelError) -> KernelExpansion {
    if let made = widened.withLock({ $0 }) { return made }
    let expansion = machine.expansion
    guard case .sparse(let vectors) = expansion.supportVectors,
      expansion.featureCount < Int(Int32.max)
    else { throw .featureCount(found: Int(Int32.max), expected: expansion.featureCount) }
    let made = try KernelExpansion(
      kernel: expansion.kernel, featureCount: expansion.featureCount + 1,
      supportVectors: .sparse(
        SparseMatrix(
          unchecked: vectors.rowCount, columnCount: vectors.columnCount + 1,
          rowOffsets: vectors.rowOffsets, columnIndices: vectors.columnIndices,
          values: vectors.values)),
      supportIndices: expansion.supportIndices, supportCounts: expansion.supportCounts,
      dualCoefficients: expansion.dualCoefficients, biases: expansion.biases,
      precision: expansion.precision, layout: expansion.layout)
    widened.withLock { $0 = made }
    return made
  }
}

/// The models that were packed, by their addresses.
///
/// Programs make, change, copy and free models as they like, and an address is used again: each use
/// compares what the struct holds with what was packed.
enum PackedModels {
  fileprivate struct Entry {
    let packed: PackedModel
    let content: UInt64
    var lastUse: Int
  }

  fileprivate struct State {
    var entries: [UInt: Entry] = [:]
    var uses = 0
  }

  private static let state = Mutex(State())

  /// More models than a program predicts with in turn; the one that was unused for longest goes.
  fileprivate static let maximumCount = 32

  /// What a model predicts with; packed now where it was not, or has changed.
  ///
  /// - Throws: ``InterfaceError`` for a model that cannot be.
  @unsafe
  static func packed(_ model: UnsafeMutablePointer<svm_model>) throws(InterfaceError) -> PackedModel
  {
    let (key, content) = unsafe (UInt(bitPattern: model), content(of: model))
    if let packed = state.withLock({ $0.use(key, content) }) { return packed }
    let isPrecomputed =
      unsafe model.pointee.param.kernel_type == KernelType.precomputed.rawValue
    let packed = PackedModel(try unsafe Machine(model), isPrecomputed: isPrecomputed)
    state.withLock { $0.insert(packed, key, content) }
    return packed
  }

  /// Keeps what was just trained, whose numbers are the model's.
  @unsafe
  static func insert(_ machine: Machine, for model: UnsafeMutablePointer<svm_model>) {
    let (key, content) = unsafe (UInt(bitPattern: model), content(of: model))
    state.withLock { $0.insert(PackedModel(machine, isPrecomputed: false), key, content) }
  }

  /// Forgets a model that is being freed.
  @unsafe
  static func remove(_ model: UnsafeMutablePointer<svm_model>) {
    let key = UInt(bitPattern: model)
    state.withLock { _ = $0.entries.removeValue(forKey: key) }
  }

  /// A number that changes when the model does: of its counts, addresses, coefficients, and some nodes.
  @unsafe
  private static func content(of model: UnsafeMutablePointer<svm_model>) -> UInt64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    func add(_ value: UInt64) {
      hash = (hash ^ value) &* 0x9E37_79B9_7F4A_7C15
      hash ^= hash >> 29
    }
    let count = unsafe Int(max(model.pointee.l, 0))
    let type = unsafe model.pointee.param.svm_type
    let isClassifier = MachineType(rawValue: type)?.isClassification ?? false
    let classCount = unsafe Int(max(model.pointee.nr_class, 0))
    let kernel = unsafe model.pointee.param.kernel_type
    for value in [type, kernel, unsafe model.pointee.param.degree] {
      add(UInt64(UInt32(bitPattern: value)))
    }
    add(unsafe model.pointee.param.gamma.bitPattern)
    add(unsafe model.pointee.param.coef0.bitPattern)
    add(UInt64(count))
    add(UInt64(classCount))
    let outputCount = isClassifier ? classCount * (classCount - 1) / 2 : 1
    for index in 0..<outputCount { add(unsafe model.pointee.rho[index].bitPattern) }
    for row in 0..<(isClassifier ? max(classCount - 1, 0) : 1) {
      guard let values = unsafe model.pointee.sv_coef[row] else { continue }
      for place in 0..<count { add(unsafe values[place].bitPattern) }
    }
    for place in 0..<count { add(unsafe UInt64(UInt(bitPattern: model.pointee.SV[place]))) }
    for place in stride(from: 0, to: count, by: max(1, count / 64)) {
      guard let row = unsafe model.pointee.SV[place] else { continue }
      var node = unsafe row
      while unsafe node.pointee.index != -1, unsafe node < row + 8 {
        add(unsafe node.pointee.value.bitPattern)
        unsafe node += 1
      }
    }
    return hash
  }
}

extension PackedModels.State {
  fileprivate mutating func use(_ key: UInt, _ content: UInt64) -> PackedModel? {
    guard let entry = entries[key], entry.content == content else { return nil }
    uses += 1
    entries[key]?.lastUse = uses
    return entry.packed
  }

  fileprivate mutating func insert(_ packed: PackedModel, _ key: UInt, _ content: UInt64) {
    uses += 1
    entries[key] = PackedModels.Entry(packed: packed, content: content, lastUse: uses)
    while entries.count > PackedModels.maximumCount {
      guard let oldest = entries.min(by: { $0.value.lastUse < $1.value.lastUse }) else { return }
      entries.removeValue(forKey: oldest.key)
    }
  }
}
