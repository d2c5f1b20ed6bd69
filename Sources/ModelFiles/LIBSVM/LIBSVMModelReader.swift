import Basics
import Kernels
import SupportVectors
import Tables
import TabularModels

/// LIBSVM's model text, line by line; `LIBSVMModelText.swift` draws it.
///
/// No number of the file is believed before it was compared with what is there: counts are checked
/// against the values that follow them, and nothing is allocated by them.
struct LIBSVMModelReader {
  private typealias Key = LIBSVMModelText.Key
  private typealias Formulation = LIBSVMModelText.Formulation

  private let bytes: [UInt8]
  private let name: String
  /// Where the next line begins.
  private var offset = 0
  /// The number of the current line, from 1.
  private var line = 0
  /// The values of each key, and their positions.
  private var entries: [Key: (line: Int, values: [Range<Int>])] = [:]
  private var notes: [String] = []

  init(_ bytes: [UInt8], name: String) {
    self.bytes = bytes
    self.name = name
  }

  mutating func read(atLeast minimumFeatureCount: Int) throws(ModelFileError)
    -> LIBSVMModelText.Reading
  {
    try readHeader()
    let formulation = try formulation()
    let kernel = try kernel()
    let classCount = try wholeNumber(.classCount, in: 1...65_535)
    if !formulation.hasClasses, classCount != 2 {
      throw failure(
        .classCount, .mismatch(found: "\(classCount)", expected: "2 for \(formulation.rawValue)"))
    }
    let pairCount = formulation.hasClasses ? DecisionShape.pairCount(of: classCount) : 1
    let rho = try numbers(.rho, count: pairCount)
    let names = try formulation.hasClasses ? classNames(count: classCount) : []
    try skipProbabilities()
    let supportVectorCount = try wholeNumber(.supportVectorCount, in: 0...Int(Int32.max))
    let counts =
      try formulation.hasClasses
      ? supportCounts(count: classCount, sum: supportVectorCount) : [supportVectorCount]
    let rows = try readSupportVectors(
      count: supportVectorCount, coefficientCount: formulation.hasClasses ? classCount - 1 : 1)

    let content = LIBSVMModelContent(
      formulation: formulation, kernel: kernel, rho: rho, classNames: names,
      supportCounts: counts, rows: rows)
    do {
      let model =
        switch formulation {
        case .classification, .nuClassification:
          try content.classifier(atLeast: minimumFeatureCount)
        case .regression, .nuRegression: try content.regressor(atLeast: minimumFeatureCount)
        case .oneClass: try content.noveltyDetector(atLeast: minimumFeatureCount)
        }
      return LIBSVMModelText.Reading(model: model, notes: notes)
    } catch {
      throw ModelFileError(fileName: name, problem: .inconsistent("\(error)"))
    }
  }

  // MARK: Lines and words

  private func failure(line: Int, _ problem: ModelFileError.Problem) -> ModelFileError {
    ModelFileError(fileName: name, place: ["line \(line)"], problem: problem)
  }

  private func failure(_ key: Key, _ problem: ModelFileError.Problem) -> ModelFileError {
    let place = entries[key].map { ["line \($0.line)", key.rawValue] } ?? [key.rawValue]
    return ModelFileError(fileName: name, place: place, problem: problem)
  }

  private func text(_ range: Range<Int>) -> String {
    MessageText.plain(String(decoding: bytes[range], as: UTF8.self))
  }

  /// The words of the next line, or `nil` at the end; they end with blanks, lines with LF, CR or both.
  private mutating func nextLine() -> [Range<Int>]? {
    guard offset < bytes.count else { return nil }
    line += 1
    var words: [Range<Int>] = []
    var i = offset
    while i < bytes.count, bytes[i] != UInt8(ascii: "\n"), bytes[i] != UInt8(ascii: "\r") {
      guard bytes[i] > 0x20 else {
        i += 1
        continue
      }
      let start = i
      while i < bytes.count, bytes[i] > 0x20 { i += 1 }
      words.append(start..<i)
    }
    if i + 1 < bytes.count, bytes[i] == UInt8(ascii: "\r"), bytes[i + 1] == UInt8(ascii: "\n") {
      i += 1
    }
    offset = i + 1
    return words
  }

  // MARK: Header

  private mutating func readHeader() throws(ModelFileError) {
    var followsWeights = false
    while let words = nextLine() {
      guard let first = words.first else { continue }
      let word = text(first)
      if word == LIBSVMModelText.supportVectorsWord { return }
      // ThunderSVM adds the weights of a linear kernel, on this line or the next.
      if word == "coef" {
        followsWeights = words.count == 1
        continue
      }
      if followsWeights, case .number = number(first) {
        followsWeights = false
        continue
      }
      guard let key = Key(rawValue: word) else {
        throw failure(
          line: line,
          .unknownWord(
            word, expected: ["a key of LIBSVM's model text"],
            suggestion: closestMatch(
              to: word, in: Key.allCases.map(\.rawValue) + [LIBSVMModelText.supportVectorsWord])))
      }
      if let earlier = entries[key] {
        throw failure(line: line, .inconsistent("\(word) stands also in line \(earlier.line)"))
      }
      entries[key] = (line, Array(words.dropFirst()))
    }
    throw failure(
      line: line + 1, .mismatch(found: "the end of the file", expected: "the line \"SV\""))
  }

  private func values(_ key: Key, count: Int) throws(ModelFileError) -> [Range<Int>] {
    guard let entry = entries[key] else { throw failure(key, .missing) }
    guard entry.values.count == count else {
      throw failure(
        key,
        .mismatch(
          found: "followed by \(MessageText.count(entry.values.count, "value"))",
          expected: "\(count)"))
    }
    return entry.values
  }

  private func formulation() throws(ModelFileError) -> Formulation {
    let word = text(try values(.formulation, count: 1)[0])
    guard let formulation = Formulation(rawValue: word) else {
      let known = Formulation.allCases.map(\.rawValue)
      throw failure(
        .formulation,
        .unknownWord(word, expected: known, suggestion: closestMatch(to: word, in: known)))
    }
    return formulation
  }

  private func kernel() throws(ModelFileError) -> KernelFunction {
    let word = text(try values(.kernel, count: 1)[0])
    let known = KernelCatalog.formulas.compactMap { $0.foreignNames.libsvm?.name }
    guard word != KernelFunction.precomputedName else {
      throw failure(
        .kernel,
        .mismatch(
          found: "precomputed, which refers to rows of a matrix outside of the file",
          expected: known.dropLast().joined(separator: ", ") + " or " + known[known.count - 1]))
    }
    let formula = KernelCatalog.formulas.first { $0.foreignNames.libsvm?.name == word }
    guard let formula else {
      let words = known + [KernelFunction.precomputedName]
      throw failure(
        .kernel,
        .unknownWord(word, expected: words, suggestion: closestMatch(to: word, in: words)))
    }
    var parameters: [KernelParameter: Double] = [:]
    for parameter in formula.parameters {
      guard let key = LIBSVMModelText.Key(rawValue: parameter.option) else { continue }
      parameters[parameter] = try value(of: parameter, key)
    }
    return .formula(FormulaKernel(formula, width: parameters[.gamma], parameters))
  }

  private func value(of parameter: KernelParameter, _ key: LIBSVMModelText.Key)
    throws(ModelFileError) -> Double
  {
    if case .wholeNumbers(let range) = parameter.range {
      return Double(try wholeNumber(key, in: range))
    }
    let value = try numbers(key, count: 1)[0]
    guard parameter.range.contains(value) else {
      throw failure(
        key, .mismatch(found: "\(value)", expected: "a number \(parameter.range.expected)"))
    }
    return value
  }

  private func wholeNumber(_ key: Key, in range: ClosedRange<Int>) throws(ModelFileError) -> Int {
    try wholeNumber(key, values(key, count: 1)[0], in: range)
  }

  private func wholeNumber(
    _ key: Key, _ word: Range<Int>, in range: ClosedRange<Int>
  ) throws(ModelFileError) -> Int {
    guard let value = Int(String(decoding: bytes[word], as: UTF8.self)), range.contains(value)
    else {
      throw failure(
        key,
        .mismatch(
          found: text(word),
          expected: "a whole number from \(range.lowerBound) to \(range.upperBound)"))
    }
    return value
  }

  private func number(_ word: Range<Int>) -> NumberParser.Outcome {
    NumberParser.parse(bytes.span, word)
  }

  private func numbers(_ key: Key, count: Int) throws(ModelFileError) -> [Double] {
    var numbers: [Double] = []
    for word in try values(key, count: count) {
      guard case .number(let value) = number(word) else {
        throw failure(key, .mismatch(found: text(word), expected: "a finite number"))
      }
      numbers.append(value)
    }
    return numbers
  }

  private func classNames(count: Int) throws(ModelFileError) -> [String] {
    var texts: [String] = []
    for word in try values(.labels, count: count) {
      guard let text = String(validating: bytes[word], as: UTF8.self) else {
        throw failure(.labels, .mismatch(found: "not UTF-8", expected: "class labels"))
      }
      texts.append(text)
    }
    let labels = ClassTable(texts)
    guard labels.names.count == count else {
      throw failure(
        .labels,
        .mismatch(
          found: MessageText.count(labels.names.count, "different label"), expected: "\(count)"))
    }
    return labels.codes.map { labels.names[$0] }
  }

  private func supportCounts(count: Int, sum expected: Int) throws(ModelFileError) -> [Int] {
    var counts: [Int] = []
    for word in try values(.supportCounts, count: count) {
      counts.append(try wholeNumber(.supportCounts, word, in: 0...expected))
    }
    let sum = counts.reduce(0, +)
    guard sum == expected else {
      throw failure(
        .supportCounts, .mismatch(found: "a list that sums to \(sum)", expected: "\(expected)"))
    }
    return counts
  }

  private mutating func skipProbabilities() throws(ModelFileError) {
    let found = [Key.probabilityA, .probabilityB, .densityMarks].filter { entries[$0] != nil }
    guard !found.isEmpty else { return }
    for key in found { _ = try numbers(key, count: entries[key]?.values.count ?? 0) }
    notes.append(
      "the probability parameters (\(found.map(\.rawValue).joined(separator: ", "))) of "
        + "\(MessageText.plain(name)) are left out; labels are those of the vote")
  }

  // MARK: Support vectors

  private mutating func readSupportVectors(
    count: Int, coefficientCount: Int
  ) throws(ModelFileError) -> LIBSVMModelContent.Rows {
    var rows = LIBSVMModelContent.Rows()
    while let words = nextLine() {
      guard !words.isEmpty else { continue }
      guard rows.count < count else {
        throw failure(
          line: line,
          .mismatch(
            found: "one support vector more", expected: "\(count), as \(place(.supportVectorCount))"
          ))
      }
      guard words.count >= coefficientCount else {
        throw failure(
          line: line,
          .mismatch(
            found: "only \(MessageText.count(words.count, "value"))",
            expected: MessageText.count(coefficientCount, "coefficient")
              + " and the support vector"))
      }
      for word in words[..<coefficientCount] {
        guard case .number(let value) = number(word) else {
          throw failure(
            line: line, .mismatch(found: text(word), expected: "a coefficient, a finite number"))
        }
        rows.coefficients.append(value)
      }
      var previous = -1
      for word in words[coefficientCount...] {
        let (index, value) = try entry(word)
        guard index > previous else {
          throw failure(
            line: line,
            .mismatch(
              found: "index \(index) after \(previous)", expected: "indices that ascend"))
        }
        previous = index
        rows.append(index: index, value: value)
      }
      rows.endRow()
    }
    guard rows.count == count else {
      throw failure(
        line: line,
        .mismatch(
          found: "the end of the file after \(MessageText.count(rows.count, "support vector"))",
          expected: "\(count), as \(place(.supportVectorCount))"))
    }
    return rows
  }

  private func place(_ key: Key) -> String {
    "\(key.rawValue) in line \(entries[key]?.line ?? 0) says"
  }

  private func entry(_ word: Range<Int>) throws(ModelFileError) -> (index: Int, value: Double) {
    func wrong(_ found: String) -> ModelFileError {
      failure(line: line, .mismatch(found: found, expected: "an index and a number, such as 3:0.5"))
    }
    guard let colon = bytes[word].firstIndex(of: UInt8(ascii: ":")), colon > word.lowerBound else {
      throw wrong(text(word))
    }
    var index = 0
    for byte in bytes[word.lowerBound..<colon] {
      let digit = byte &- UInt8(ascii: "0")
      guard digit < 10 else { throw wrong(text(word)) }
      index = min(index * 10 + Int(digit), LIBSVMReader.largestIndex + 1)
    }
    guard index <= LIBSVMReader.largestIndex else {
      throw failure(
        line: line,
        .mismatch(
          found: "index \(text(word.lowerBound..<colon))",
          expected: "at most \(LIBSVMReader.largestIndex)"))
    }
    guard case .number(let value) = number(colon + 1..<word.upperBound) else {
      throw wrong(text(word))
    }
    return (index, value)
  }
}
