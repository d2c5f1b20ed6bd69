import LIBSVMTraining

// The file of ranges:
//
//     y                        with -y alone: two lines for targets
//     -1 1                     the interval they are brought into
//     0 25.5                   the least and the largest
//     x
//     -1 1                     the interval of features
//     1 -0.5 3                 a feature that varies, with its least and largest value
//     …

/// What a file of ranges says.
struct StoredRanges {
  var targets: (interval: (lower: Double, upper: Double), least: Double, largest: Double)?
  var interval: (lower: Double, upper: Double) = (-1, 1)
  var features: [(index: Int, least: Double, largest: Double)] = []

  var largestIndex: Int { features.map(\.index).max() ?? 0 }

  init(contentsOf path: String) throws(ProgramEnd) {
    let bytes: [UInt8]
    do {
      bytes = try WholeFile.bytes(path)
    } catch {
      throw ProgramEnd("can't open file \(path)")
    }
    var words = bytes.split(whereSeparator: LineCursor.isBlank)
      .map { String(decoding: $0, as: UTF8.self) }[...]
    func numbers(_ count: Int) -> [Double]? {
      guard words.count >= count else { return nil }
      let found = words.prefix(count).compactMap { Input.number($0) }
      guard found.count == count else { return nil }
      words = words.dropFirst(count)
      return found
    }
    let failure = ProgramEnd(
      "ERROR: failed to read scaling parameters", status: ScalingData.readingStatus)
    if words.first == "y" {
      words = words.dropFirst()
      guard let found = numbers(4) else { throw failure }
      targets = ((found[0], found[1]), found[2], found[3])
    }
    guard words.popFirst() == "x", let ends = numbers(2) else { throw failure }
    interval = (ends[0], ends[1])
    while let word = words.first, let index = Int32(word), index >= 0 {
      words = words.dropFirst()
      guard let ends = numbers(2) else { break }
      features.append((Int(index), ends[0], ends[1]))
    }
  }
}

/// The least and the largest value of each feature, and the interval that they are brought into.
struct ScalingRanges {
  private var interval: (lower: Double, upper: Double)
  private var targetInterval: (lower: Double, upper: Double)?
  private var (targetLeast, targetLargest) = (
    Double.greatestFiniteMagnitude, -Double.greatestFiniteMagnitude
  )
  private var least: [Double] = []
  private var largest: [Double] = []

  init(features: (lower: Double, upper: Double), targets: (lower: Double, upper: Double)?) {
    interval = features
    targetInterval = targets
  }

  /// More features than anyone scales: what is lacking in a row is written, too.
  private static let maximumIndex = 1 << 28

  /// Finds the ranges of some data; what a row lacks is 0.
  ///
  /// - Parameters:
  ///   - data: The data.
  ///   - index: An index up to which there are features.
  /// - Throws: `ProgramEnd` for more features than fit the memory.
  mutating func measure(_ data: ScalingData, atLeast index: Int) throws(ProgramEnd) {
    let count = max(index, data.rows.largestIndex, 0) + 1
    guard count <= Self.maximumIndex else { throw ProgramEnd("can't allocate enough memory") }
    least = [Double](repeating: .greatestFiniteMagnitude, count: count)
    largest = [Double](repeating: -.greatestFiniteMagnitude, count: count)
    var stored = [Int](repeating: 0, count: count)
    for row in 0..<data.rows.count {
      targetLeast = min(targetLeast, data.targets[row])
      targetLargest = max(targetLargest, data.targets[row])
      for (index, value) in zip(data.rows.indices(ofRow: row), data.rows.values(ofRow: row)) {
        include(value, Int(index))
        stored[Int(index)] += 1
      }
    }
    for index in 1..<max(count, 1) where stored[index] < data.rows.count { include(0, index) }
  }

  private mutating func include(_ value: Double, _ index: Int) {
    least[index] = min(least[index], value)
    largest[index] = max(largest[index], value)
  }

  /// Takes the ranges of a file.
  ///
  /// - Returns: The features that vary here and that the file does not have, which become 0.
  mutating func restore(_ stored: StoredRanges) -> [Int] {
    if let targets = stored.targets {
      targetInterval = targets.interval
      (targetLeast, targetLargest) = (targets.least, targets.largest)
    }
    interval = stored.interval
    var isKnown = [Bool](repeating: false, count: least.count)
    for feature in stored.features {
      isKnown[feature.index] = true
      (least[feature.index], largest[feature.index]) = (feature.least, feature.largest)
    }
    let unknown = least.indices.dropFirst().filter { !isKnown[$0] && least[$0] != largest[$0] }
    for index in unknown { (least[index], largest[index]) = (0, 0) }
    return unknown
  }

  /// The file of ranges.
  var text: String {
    func line(_ values: Double...) -> String {
      values.map { Output.general($0, digits: 17) }.joined(separator: " ") + "\n"
    }
    var text = ""
    if let targetInterval {
      text += "y\n" + line(targetInterval.lower, targetInterval.upper)
      text += line(targetLeast, targetLargest)
    }
    text += "x\n" + line(interval.lower, interval.upper)
    for index in least.indices.dropFirst() where least[index] != largest[index] {
      text += "\(index) " + line(least[index], largest[index])
    }
    return text
  }

  private func scaled(_ value: Double, _ index: Int) -> Double {
    if value == least[index] { return interval.lower }
    if value == largest[index] { return interval.upper }
    return interval.lower + (interval.upper - interval.lower) * (value - least[index])
      / (largest[index] - least[index])
  }

  private func scaledTarget(_ value: Double) -> Double {
    guard let ends = targetInterval else { return value }
    if value == targetLeast { return ends.lower }
    if value == targetLargest { return ends.upper }
    return ends.lower + (ends.upper - ends.lower) * (value - targetLeast)
      / (targetLargest - targetLeast)
  }

  /// A node's text; empty for a 0 and for features that do not vary.
  private func node(_ index: Int, _ value: Double) -> String {
    guard largest[index] != least[index] else { return "" }
    let number = scaled(value, index)
    return number == 0 ? "" : "\(index):\(Output.general(number)) "
  }

  /// Writes data in these ranges.
  ///
  /// - Returns: The number of nodes that were written.
  func write(_ data: ScalingData, _ console: Console) -> Int {
    // Most rows lack the same features.
    let zeros = least.indices.map { $0 == 0 ? "" : node($0, 0) }
    var (count, text) = (0, "")
    func append(_ node: String) {
      if !node.isEmpty { count += 1 }
      text += node
    }
    for row in 0..<data.rows.count {
      text += Output.general(scaledTarget(data.targets[row]), digits: 17) + " "
      var next = 1
      for (name, value) in zip(data.rows.indices(ofRow: row), data.rows.values(ofRow: row)) {
        let index = Int(name)
        if next < index { for lacking in next..<index { append(zeros[lacking]) } }
        append(node(index, value))
        next = index + 1
      }
      if next < zeros.count { for lacking in next..<zeros.count { append(zeros[lacking]) } }
      text += "\n"
      if text.utf8.count > 1 << 16 {
        console.print(text)
        text = ""
      }
    }
    console.print(text)
    return count
  }
}
