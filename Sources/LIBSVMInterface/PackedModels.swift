import CLIBSVM
import LIBSVMTraining
import Synchronization

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
  /// - Throws: ``LIBSVMError`` for a model that cannot be.
  @unsafe
  static func packed(_ model: UnsafeMutablePointer<svm_model>) throws(LIBSVMError) -> PackedModel {
    let (key, content) = unsafe (UInt(bitPattern: model), content(of: model))
    if let packed = state.withLock({ $0.use(key, content) }) { return packed }
    let isPrecomputed =
      unsafe model.pointee.param.kernel_type == KernelType.precomputed.rawValue
    let packed = PackedModel(
      try Machine(try unsafe StoredModel(model)), isPrecomputed: isPrecomputed)
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
    let outputCount = isClassifier ? StoredModel.pairCount(of: classCount) : 1
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
