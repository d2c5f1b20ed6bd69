import CLIBSVM

// LIBSVM's model text, as its structs have it:
//
//     svm_type c_svc            c_svc, nu_svc, one_class, epsilon_svr or nu_svr
//     kernel_type rbf           linear, polynomial, rbf, sigmoid or precomputed
//     degree 3                  of polynomial
//     gamma 0.5                 of polynomial, rbf and sigmoid
//     coef0 0                   of polynomial and sigmoid
//     nr_class 2                2 for regression and one-class
//     total_sv 43
//     rho 0.42                  one for each pair of classes
//     label 1 -1                classification
//     probA …, probB …          with probabilities; a regression has probA alone
//     prob_density_marks …      one-class with probabilities, from version 3.30 on: ten numbers
//     nr_sv 20 23               classification
//     SV
//     0.5 1:0.2 3:-1            nr_class − 1 coefficients, then nodes; "0:serial" for precomputed
//
// The command's own reader (ModelFiles) makes a model of its types and refuses what it cannot verify; this
// one fills a host's structs with what stands there.

/// The words of the text, by their numbers in svm.h.
private enum Words {
  static let types = ["c_svc", "nu_svc", "one_class", "epsilon_svr", "nu_svr"]
  static let kernels = ["linear", "polynomial", "rbf", "sigmoid", "precomputed"]
}

/// Writes a model's text.
@unsafe
func modelText(_ model: UnsafeMutablePointer<svm_model>) -> [UInt8]? {
  let parameter = unsafe model.pointee.param
  guard let type = unsafe MachineType(rawValue: parameter.svm_type),
    let kernel = unsafe KernelType(rawValue: parameter.kernel_type)
  else { return nil }
  var text: [UInt8] = []
  func line(_ words: [String]) {
    text.append(contentsOf: words.joined(separator: " ").utf8)
    text.append(UInt8(ascii: "\n"))
  }
  func numbers(_ name: String, _ values: UnsafePointer<Double>?, _ count: Int) {
    guard let values = unsafe values else { return }
    line([name] + (0..<count).map { unsafe Output.general(values[$0], digits: 17) })
  }
  func integers(_ name: String, _ values: UnsafePointer<Int32>?, _ count: Int) {
    guard let values = unsafe values else { return }
    line([name] + (0..<count).map { unsafe "\(values[$0])" })
  }
  let classCount = unsafe Int(model.pointee.nr_class)
  let pairCount = classCount * (classCount - 1) / 2
  line(["svm_type", Words.types[Int(type.rawValue)]])
  line(["kernel_type", Words.kernels[Int(kernel.rawValue)]])
  if kernel == .polynomial { unsafe line(["degree", "\(parameter.degree)"]) }
  if kernel.hasGamma { unsafe line(["gamma", Output.general(parameter.gamma, digits: 17)]) }
  if kernel == .polynomial || kernel == .sigmoid {
    unsafe line(["coef0", Output.general(parameter.coef0, digits: 17)])
  }
  line(["nr_class", "\(classCount)"])
  unsafe line(["total_sv", "\(model.pointee.l)"])
  unsafe numbers("rho", model.pointee.rho, pairCount)
  unsafe integers("label", libsvm_labels(model).pointee, classCount)
  unsafe numbers("probA", model.pointee.probA, pairCount)
  unsafe numbers("probB", model.pointee.probB, pairCount)
  if let marks = unsafe libsvm_marks(model) {
    unsafe numbers("prob_density_marks", marks.pointee, DensityMarks.count)
  }
  unsafe integers("nr_sv", libsvm_counts(model).pointee, classCount)
  line(["SV"])
  for place in 0..<(unsafe Int(model.pointee.l)) {
    for row in 0..<max(classCount - 1, 0) {
      let coefficient = unsafe model.pointee.sv_coef[row]?[place] ?? 0
      text.append(contentsOf: Output.general(coefficient, digits: 17).utf8)
      text.append(UInt8(ascii: " "))
    }
    if var node = unsafe model.pointee.SV[place] {
      if kernel == .precomputed {
        text.append(contentsOf: "0:\(unsafe Int(node.pointee.value)) ".utf8)
      } else {
        while unsafe node.pointee.index != -1 {
          let value = unsafe Output.general(node.pointee.value, digits: 8)
          text.append(contentsOf: "\(unsafe node.pointee.index):\(value) ".utf8)
          unsafe node += 1
        }
      }
    }
    text.append(UInt8(ascii: "\n"))
  }
  return text
}

/// What is wrong with a text.
private struct TextError: Error {
  var message: String?
}

/// Reads a model's text.
struct ModelTextReader {
  private let bytes: [UInt8]
  private var position = 0
  private var type: MachineType?
  private var kernel = KernelType.linear
  private var degree: Int32 = 0
  private var gamma = 0.0
  private var constantTerm = 0.0
  private var classCount = 0
  private var total = 0
  private var rho: [Double] = []
  private var labels: [Int32]?
  private var counts: [Int32]?
  private var probA: [Double]?
  private var probB: [Double]?
  private var marks: [Double]?
  /// Row by row nr_class − 1 coefficients.
  private var coefficients: [Double] = []
  private var nodes: [svm_node] = []
  private var starts: [Int] = []

  /// Makes a model of a text; prints LIBSVM's sentences on standard error where it cannot.
  ///
  /// - Returns: A model whose rows lie in one block, which the host frees; `nil` for a text with errors.
  static func model(_ bytes: [UInt8]) -> UnsafeMutablePointer<svm_model>? {
    var reader = ModelTextReader(bytes: bytes)
    do {
      try reader.readHeader()
      try reader.readVectors()
      return unsafe reader.makeModel()
    } catch {
      if let message = error.message { Output.warn(message + "\n") }
      Output.warn("ERROR: fscanf failed to read model\n")
      return nil
    }
  }

  private init(bytes: [UInt8]) { self.bytes = bytes }

  private static func isBlank(_ byte: UInt8) -> Bool {
    byte == 0x20 || (0x09...0x0D).contains(byte)
  }

  /// The next word, over line ends.
  private mutating func word() -> String? {
    while position < bytes.count, Self.isBlank(bytes[position]) { position += 1 }
    let begin = position
    while position < bytes.count, !Self.isBlank(bytes[position]) { position += 1 }
    return position > begin ? String(decoding: bytes[begin..<position], as: UTF8.self) : nil
  }

  private mutating func integer() throws(TextError) -> Int {
    guard let value = word().flatMap({ Int($0) }), abs(value) <= Int(Int32.max) else {
      throw TextError()
    }
    return value
  }

  private mutating func number() throws(TextError) -> Double {
    guard let word = word(), let value = Self.number(word) else { throw TextError() }
    return value
  }

  private static func number(_ word: some StringProtocol) -> Double? {
    unsafe word.withCString { text in
      var end: UnsafeMutablePointer<CChar>?
      let value = unsafe libsvm_parse(text, &end)
      guard let end = unsafe end, unsafe end != UnsafeMutablePointer(mutating: text),
        unsafe end.pointee == 0
      else { return nil }
      return value
    }
  }

  private mutating func numbers(_ count: Int) throws(TextError) -> [Double] {
    // Each number takes two bytes at least: a count that the file cannot hold is refused before memory is taken.
    guard count <= bytes.count - position else { throw TextError() }
    var values: [Double] = []
    for _ in 0..<count { values.append(try number()) }
    return values
  }

  private mutating func integers(_ count: Int) throws(TextError) -> [Int32] {
    guard count <= bytes.count - position else { throw TextError() }
    var values: [Int32] = []
    for _ in 0..<count { values.append(Int32(try integer())) }
    return values
  }

  private mutating func choice(
    _ words: [String], _ message: String
  ) throws(TextError) -> Int32 {
    guard let place = word().flatMap({ words.firstIndex(of: $0) }) else {
      throw TextError(message: message)
    }
    return Int32(place)
  }

  private mutating func readHeader() throws(TextError) {
    var pairCount: Int { classCount * (classCount - 1) / 2 }
    while let key = word() {
      switch key {
      case "svm_type":
        type = MachineType(rawValue: try choice(Words.types, "unknown svm type."))
      case "kernel_type":
        let place = try choice(Words.kernels, "unknown kernel function.")
        kernel = KernelType(rawValue: place) ?? .linear
      case "degree": degree = Int32(try integer())
      case "gamma": gamma = try number()
      case "coef0": constantTerm = try number()
      case "nr_class":
        classCount = try integer()
        // As many pairs of classes as any file can name.
        guard (1...65536).contains(classCount) else { throw TextError() }
      case "total_sv":
        total = try integer()
        guard total >= 0 else { throw TextError() }
      case "rho": rho = try numbers(pairCount)
      case "label": labels = try integers(classCount)
      case "probA": probA = try numbers(pairCount)
      case "probB": probB = try numbers(pairCount)
      case "prob_density_marks": marks = try numbers(DensityMarks.count)
      case "nr_sv": counts = try integers(classCount)
      case "SV":
        while position < bytes.count, bytes[position] != 0x0A { position += 1 }
        position += 1
        guard type != nil, classCount >= 1, rho.count == pairCount, try isConsistent() else {
          throw TextError()
        }
        return
      default:
        throw TextError(message: "unknown text in model file: [\(key.prefix(80))]")
      }
    }
    throw TextError()
  }

  /// Whether counts and labels fit together, so that no prediction reads beyond an array.
  private func isConsistent() throws(TextError) -> Bool {
    guard type?.isClassification ?? false else { return classCount == 2 }
    guard let labels, let counts, labels.count == classCount, counts.count == classCount else {
      return false
    }
    return counts.allSatisfy { $0 >= 0 } && counts.reduce(0, { $0 + Int($1) }) == total
  }

  private mutating func readVectors() throws(TextError) {
    guard total <= bytes.count else { throw TextError() }
    for _ in 0..<total {
      let begin = position
      while position < bytes.count, bytes[position] != 0x0A { position += 1 }
      let line = bytes[min(begin, bytes.count)..<position]
      position += 1
      var words = line.split(whereSeparator: Self.isBlank).makeIterator()
      for _ in 0..<(classCount - 1) {
        guard let word = words.next(),
          let value = Self.number(String(decoding: word, as: UTF8.self))
        else { throw TextError() }
        coefficients.append(value)
      }
      starts.append(nodes.count)
      while let word = words.next() {
        let parts = word.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard parts.count == 2,
          let index = Int32(String(decoding: parts[0], as: UTF8.self)), index >= 0,
          let value = Self.number(String(decoding: parts[1], as: UTF8.self))
        else { throw TextError() }
        nodes.append(svm_node(index: index, value: value))
      }
      if kernel == .precomputed, starts[starts.count - 1] == nodes.count {
        throw TextError()
      }
      nodes.append(svm_node(index: -1, value: 0))
    }
  }

  @unsafe
  private func makeModel() -> UnsafeMutablePointer<svm_model> {
    let model = unsafe svm_model.allocate()
    unsafe model.pointee.param.svm_type = type?.rawValue ?? 0
    unsafe model.pointee.param.kernel_type = kernel.rawValue
    unsafe model.pointee.param.degree = degree
    unsafe model.pointee.param.gamma = gamma
    unsafe model.pointee.param.coef0 = constantTerm
    unsafe model.pointee.nr_class = Int32(classCount)
    unsafe model.pointee.l = Int32(total)
    let block = unsafe HostMemory.copy(nodes)
    unsafe model.pointee.SV = HostMemory.copy(starts.map { unsafe block + $0 })
    if total == 0 { unsafe libsvm_free(block) }
    let rowCount = classCount - 1
    let rows = unsafe HostMemory.array(rowCount, of: UnsafeMutablePointer<Double>?.self)
    for row in 0..<rowCount {
      unsafe (rows + row).initialize(
        to: HostMemory.copy((0..<total).map { coefficients[$0 * rowCount + row] }))
    }
    unsafe model.pointee.sv_coef = rows
    unsafe model.pointee.rho = HostMemory.copy(rho)
    if let probA { unsafe model.pointee.probA = HostMemory.copy(probA) }
    if let probB { unsafe model.pointee.probB = HostMemory.copy(probB) }
    if let marks, let place = unsafe libsvm_marks(model) {
      unsafe place.pointee = HostMemory.copy(marks)
    }
    if let labels { unsafe libsvm_labels(model).pointee = HostMemory.copy(labels) }
    if let counts { unsafe libsvm_counts(model).pointee = HostMemory.copy(counts) }
    unsafe libsvm_owns_rows(model).pointee = 1
    return unsafe model
  }
}
