import LIBSVMTraining

/// svm-checkdata: says which lines of a data file are malformed.
struct CheckData {
  private let input: String

  init(_ arguments: [String]) throws(ProgramEnd) {
    guard arguments.count == 1, let input = arguments.first else {
      throw ProgramEnd(usage: "Usage: svm-checkdata dataset")
    }
    self.input = input
  }

  func run(_ console: Console) throws(ProgramEnd) {
    let bytes: [UInt8]
    do {
      bytes = try WholeFile.bytes(input)
    } catch {
      throw ProgramEnd(usage: "dataset \(input) not found")
    }
    var faultyCount = 0
    for (number, line) in bytes.lines.enumerated() {
      let faults = Self.faults(line)
      for fault in faults { console.line("line \(number + 1): \(fault)") }
      if !faults.isEmpty { faultyCount += 1 }
    }
    guard faultyCount == 0 else {
      throw ProgramEnd(usage: "Found \(faultyCount) lines with error.")
    }
    console.line("No error.")
  }

  private static func faults(_ line: ArraySlice<UInt8>) -> [String] {
    var faults: [String] = []
    if line.last != UInt8(ascii: "\n") { faults.append("missing a newline character in the end") }
    let words = line.split(whereSeparator: LineCursor.isBlank)
      .map { String(decoding: $0, as: UTF8.self) }
    guard let label = words.first else { return faults + ["missing label, perhaps an empty line?"] }
    if label.contains(",") {
      if !label.split(separator: ",", omittingEmptySubsequences: false).allSatisfy(isNumber) {
        faults.append("label \(label) is not a valid multi-label form")
      }
    } else if !isNumber(label) {
      faults.append("label \(label) is not a number")
    }
    var previous = -1
    let nodes = words.dropFirst()
    for place in nodes.indices {
      let node = nodes[place]
      let parts = node.split(separator: ":", omittingEmptySubsequences: false)
      guard parts.count == 2, let index = Int(parts[0]), isNumber(parts[1]) else {
        faults.append(
          "feature '\(node)' not an <index>:<value> pair, <index> integer, <value> real number ")
        continue
      }
      // Rows of precomputed kernels begin with index 0.
      if index < 0 {
        faults.append("feature index must be positive; wrong feature \(node)")
      } else if index <= previous {
        faults.append(
          "feature indices must be in an ascending order, previous/current features "
            + "\(nodes[place - 1]) \(node)")
      }
      previous = index
    }
    return faults
  }

  /// Whether some text is a decimal number; infinity and NaN are none.
  private static func isNumber(_ text: some StringProtocol) -> Bool {
    guard text.utf8.allSatisfy({ "+-.0123456789eE".utf8.contains($0) }) else { return false }
    return Input.number(String(text)) != nil
  }
}
