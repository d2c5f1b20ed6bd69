import Kernels

// LIBSVM's model text:
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
// one keeps what stands there.

/// The words of formulations, by their numbers in svm.h.
private let typeWords = ["c_svc", "nu_svc", "one_class", "epsilon_svr", "nu_svr"]

extension StoredModel {
  /// The model's text, as LIBSVM writes it.
  package var text: [UInt8] {
    var text: [UInt8] = []
    func line(_ words: [String]) {
      text.append(contentsOf: words.joined(separator: " ").utf8)
      text.append(UInt8(ascii: "\n"))
    }
    func numbers(_ name: String, _ values: [Double]?) {
      guard let values else { return }
      line([name] + values.map { Output.general($0, digits: 17) })
    }
    func integers(_ name: String, _ values: [Int32]?) {
      guard let values else { return }
      line([name] + values.map { "\($0)" })
    }
    line(["svm_type", typeWords[Int(type.rawValue)]])
    line(["kernel_type", kernelType.word])
    if kernelType.has(.degree) { line(["degree", "\(degree)"]) }
    if kernelType.has(.gamma) { numbers("gamma", [gamma]) }
    if kernelType.has(.constantTerm) { numbers("coef0", [constantTerm]) }
    line(["nr_class", "\(classCount)"])
    line(["total_sv", "\(vectors.count)"])
    numbers("rho", rho)
    integers("label", labels)
    numbers("probA", probA)
    numbers("probB", probB)
    numbers("prob_density_marks", marks)
    integers("nr_sv", counts)
    line(["SV"])
    for place in 0..<vectors.count {
      for row in coefficients {
        text.append(contentsOf: Output.general(row[place], digits: 17).utf8)
        text.append(UInt8(ascii: " "))
      }
      let values = vectors.values(ofRow: place)
      if kernelType == .precomputed {
        if let serial = values.first {
          text.append(contentsOf: "0:\(Output.integer(serial)) ".utf8)
        }
      } else {
        for (index, value) in zip(vectors.indices(ofRow: place), values) {
          text.append(contentsOf: "\(index):\(Output.general(value, digits: 8)) ".utf8)
        }
      }
      text.append(UInt8(ascii: "\n"))
    }
    return text
  }

  /// Reads a model's text; prints LIBSVM's sentences on standard error where it cannot.
  ///
  /// - Returns: `nil` for a text with errors.
  package init?(text: [UInt8]) {
    var reader = ModelTextReader(text)
    do throws(TextError) {
      try reader.readHeader()
      try reader.readVectors()
    } catch {
      if let message = error.message { Output.warn(message + "\n") }
      Output.warn("ERROR: fscanf failed to read model\n")
      return nil
    }
    self = reader.model
  }
}

/// What is wrong with a text.
private struct TextError: Error {
  var message: String?
}

private struct ModelTextReader {
  private let bytes: [UInt8]
  private var position = 0
  private var hasType = false
  private var total = 0
  private(set) var model = StoredModel()

  init(_ bytes: [UInt8]) { self.bytes = bytes }

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

  private mutating func integer() throws(TextError) -> Int32 {
    guard let value = word().flatMap({ Int32($0) }), value > .min else { throw TextError() }
    return value
  }

  private mutating func number() throws(TextError) -> Double {
    guard let word = word(), let value = Input.number(word) else { throw TextError() }
    return value
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
    for _ in 0..<count { values.append(try integer()) }
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

  mutating func readHeader() throws(TextError) {
    while let key = word() {
      switch key {
      case "svm_type":
        let number = try choice(typeWords, "unknown svm type.")
        model.type = MachineType(rawValue: number) ?? .cSVC
        hasType = true
      case "kernel_type":
        let number = try choice(KernelType.allCases.map(\.word), "unknown kernel function.")
        model.kernelType = KernelType(rawValue: number) ?? .linear
      case "degree": model.degree = try integer()
      case "gamma": model.gamma = try number()
      case "coef0": model.constantTerm = try number()
      case "nr_class":
        model.classCount = Int(try integer())
        // As many pairs of classes as any file can name.
        guard (1...65536).contains(model.classCount) else { throw TextError() }
      case "total_sv":
        total = Int(try integer())
        guard total >= 0 else { throw TextError() }
      case "rho": model.rho = try numbers(model.pairCount)
      case "label": model.labels = try integers(model.classCount)
      case "probA": model.probA = try numbers(model.pairCount)
      case "probB": model.probB = try numbers(model.pairCount)
      case "prob_density_marks": model.marks = try numbers(DensityMarks.count)
      case "nr_sv": model.counts = try integers(model.classCount)
      case "SV":
        while position < bytes.count, bytes[position] != 0x0A { position += 1 }
        position = min(position + 1, bytes.count)
        guard hasType, model.classCount >= 1, model.rho.count == model.pairCount, isConsistent
        else { throw TextError() }
        return
      default:
        throw TextError(message: "unknown text in model file: [\(key.prefix(80))]")
      }
    }
    throw TextError()
  }

  /// Whether counts and labels fit together, so that no prediction reads beyond an array.
  private var isConsistent: Bool {
    let (classCount, pairCount) = (model.classCount, model.pairCount)
    guard (model.probA?.count ?? pairCount) == pairCount,
      (model.probB?.count ?? pairCount) == pairCount
    else { return false }
    guard model.type.isClassification else { return classCount == 2 }
    guard let labels = model.labels, let counts = model.counts, labels.count == classCount,
      counts.count == classCount
    else { return false }
    return counts.allSatisfy { $0 >= 0 } && counts.reduce(0, { $0 + Int($1) }) == total
  }

  mutating func readVectors() throws(TextError) {
    guard total <= bytes.count else { throw TextError() }
    let rowCount = model.classCount - 1
    model.coefficients = [[Double]](repeating: [], count: rowCount)
    for _ in 0..<total {
      let begin = position
      while position < bytes.count, bytes[position] != 0x0A { position += 1 }
      let line = bytes[begin..<position]
      position = min(position + 1, bytes.count)
      var words = line.split(whereSeparator: Self.isBlank).makeIterator()
      for row in 0..<rowCount {
        guard let word = words.next(),
          let value = Input.number(String(decoding: word, as: UTF8.self))
        else { throw TextError() }
        model.coefficients[row].append(value)
      }
      var isEmpty = true
      while let word = words.next() {
        let parts = word.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard parts.count == 2,
          let index = Int32(String(decoding: parts[0], as: UTF8.self)), index >= 0,
          let value = Input.number(String(decoding: parts[1], as: UTF8.self))
        else { throw TextError() }
        model.vectors.append(index, value)
        isEmpty = false
      }
      if model.kernelType == .precomputed, isEmpty { throw TextError() }
      model.vectors.endRow(inOrder: false)
    }
  }
}
