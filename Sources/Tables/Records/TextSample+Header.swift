import Basics

// Whether the first record names the columns is decided by weighing, for each column, how likely its first
// field would be as one more of the fields below it. Each weight is about the logarithm of how much more
// likely a name is than a value; none is so large that one column settles what all the others deny.

extension TextSample {
  /// What was decided about the first record.
  struct HeaderDecision {
    let isHeader: Bool
    /// Whether people may see it in another way: the names are numbers, or a row looks like names.
    var isDoubtful = false
  }

  /// Whether the first record names the columns.
  ///
  /// - Parameters:
  ///   - grammar: How the text is cut into fields.
  ///   - rules: What fields mean.
  ///   - expected: What a model expects of the table, if there is one.
  /// - Returns: What is decided.
  func headerDecision(
    _ grammar: RecordGrammar, _ rules: FieldRules = FieldRules(), expected: ExpectedTable? = nil
  ) -> HeaderDecision {
    let records = fields(grammar, rules)
    guard let first = records.first else { return HeaderDecision(isHeader: false) }
    if let expected {
      if expected.hasHeader {
        if Self.names(expected, first) { return HeaderDecision(isHeader: true) }
      } else if expected.fits(
        first.map(\.text), isNumber: first.map { $0.isNumber || $0.isMissing })
      {
        return HeaderDecision(isHeader: false)
      }
    }
    let body = records.dropFirst()
    if first.contains(where: \.isNumber) { return numericDecision(first, body) }
    return HeaderDecision(isHeader: isHeaderOfTexts(first, body))
  }

  /// Whether a record holds the names that a model expects: half of them at least, or all if they are
  /// numbers, which could be values.
  private static func names(_ expected: ExpectedTable, _ first: [SampleField]) -> Bool {
    let texts = Set(first.map(\.text))
    let numbers = Set(first.filter(\.isNumber).map(\.text))
    let found = expected.names.filter(texts.contains)
    guard found.count * 2 >= expected.names.count else { return false }
    if found.contains(where: { !numbers.contains($0) }) { return true }
    return found.count == expected.names.count && found.count > 1
  }

  // MARK: Texts

  /// Whether a record without numbers is a header.
  private func isHeaderOfTexts(_ first: [SampleField], _ body: ArraySlice<[SampleField]>) -> Bool {
    // A record alone: a header whose table is empty, or a row of categories.
    guard !body.isEmpty else { return first.contains { !$0.isMissing } }
    var evidence = 0.0
    var isAboveNumbers = false
    for (index, field) in first.enumerated() {
      let below = Self.column(index, body)
      guard field.isText, !below.isEmpty else { continue }
      if below.allSatisfy(\.isNumber) { isAboveNumbers = true }
      evidence += Self.weight(ofText: field.text, above: below)
    }
    if isAboveNumbers { return true }
    // Tables have a header more often than not; but equal names would be rejected.
    let names = first.filter(\.isText).map(\.text)
    return evidence >= 0 && Set(names).count == names.count && !names.isEmpty
      && first.count > 1 || evidence > 0
  }

  // MARK: Numbers

  /// Decides about a record some fields of which are numbers.
  private func numericDecision(
    _ first: [SampleField], _ body: ArraySlice<[SampleField]>
  ) -> HeaderDecision {
    if Self.countsColumns(first), !body.contains(where: { Self.countsColumns($0) }) {
      return HeaderDecision(isHeader: true)
    }
    guard !body.isEmpty else { return HeaderDecision(isHeader: false) }
    let names = first.filter { !$0.isMissing }.map(\.text)
    guard Set(names).count == names.count else { return HeaderDecision(isHeader: false) }
    let pattern = Self.pattern(first, body)
    var evidence = pattern
    // What only a header has: a number like no value below, or a text above numbers.
    var unlike = NumberLikeness()
    var isTextAboveNumbers = false
    for (index, field) in first.enumerated() {
      let below = Self.column(index, body)
      switch field.kind {
      case .text:
        guard !below.isEmpty else { continue }
        if below.allSatisfy(\.isNumber) { isTextAboveNumbers = true }
        evidence += Self.weight(ofText: field.text, above: below)
      case .number(let value):
        guard !below.isEmpty else { continue }
        let found = Self.likeness(of: value, to: below, hasPattern: pattern > 0)
        evidence += found.weight
        unlike.isAboveTexts = unlike.isAboveTexts || found.isAboveTexts
        unlike.isFar = unlike.isFar || found.isFar
        unlike.isFarAndOfAnotherKind = unlike.isFarAndOfAnotherKind || found.isFarAndOfAnotherKind
        unlike.isWholeAlone = unlike.isWholeAlone || found.isWholeAlone
      case .missing:
        // A column without a name, or a missing value.
        guard body.count > 1 else { continue }
        let isFilled = below.count == body.count
        evidence += field.text.isEmpty ? (isFilled ? 1 : 0) : -1
      }
    }
    // Rare texts alone make no header of a record with numbers, and numbers alone only where they follow a
    // pattern that rows do not have.
    let isHeader: Bool
    if first.contains(where: \.isText) {
      let isUnlike =
        pattern > 0 || unlike.isFarAndOfAnotherKind || unlike.isAboveTexts
        || isTextAboveNumbers && (unlike.isFar || unlike.isWholeAlone)
      isHeader = isUnlike && evidence > 0
    } else {
      isHeader = pattern > 0 && evidence > 3
    }
    return HeaderDecision(isHeader: isHeader, isDoubtful: isHeader || pattern > 0 && evidence > -2)
  }

  /// Whether a record numbers its columns from 0 or 1, as programs write that have no names; a few
  /// of the numbers may be wrong.
  private static func countsColumns(_ record: [SampleField]) -> Bool {
    let minimumColumns = 5
    guard record.count >= minimumColumns else { return false }
    return [0.0, 1.0].contains { first in
      let counted = record.indices.count { record[$0].number == first + Double($0) }
      return counted * 10 >= record.count * 9
    }
  }

  /// How much the numbers of a record look like names: they have equal distances, as wavelengths have, or
  /// are years, or ascend; 0 if other records do so, too.
  private static func pattern(
    _ first: [SampleField], _ body: ArraySlice<[SampleField]>
  ) -> Double {
    let columns = first.indices.filter { first[$0].isNumber }
    func weight(_ record: [SampleField]) -> Double {
      let numbers = columns.compactMap { $0 < record.count ? record[$0].number : nil }
      guard numbers.count == columns.count else { return 0 }
      return patternWeight(numbers)
    }
    let found = weight(first)
    guard found > 0 else { return 0 }
    let others = body.count { weight($0) >= found }
    return others * 10 > body.count ? 0 : found
  }

  private static func patternWeight(_ numbers: [Double]) -> Double {
    guard numbers.count > 1, numbers.allSatisfy(\.isFinite) else { return 0 }
    let steps = zip(numbers, numbers.dropFirst()).map { $1 - $0 }
    guard let step = steps.first, step != 0, steps.allSatisfy({ $0 * step > 0 }) else { return 0 }
    let areWhole = numbers.allSatisfy { $0.rounded(.towardZero) == $0 }
    let areYears = areWhole && numbers.allSatisfy { (1500...2200).contains($0) }
    let areEven = steps.allSatisfy { abs($0 - step) <= 1e-6 * abs(step) }
    if areYears, abs(step) == 1, areEven { return numbers.count > 2 ? 6 : 4 }
    if areYears || areEven && numbers.count > 2 { return 4 }
    return areWhole && step > 0 && numbers.count > 2 ? 1.5 : 0
  }

  // MARK: Weights

  /// The fields below the first one of a column that are not missing.
  private static func column(_ index: Int, _ body: ArraySlice<[SampleField]>) -> [SampleField] {
    body.compactMap { index < $0.count && !$0[index].isMissing ? $0[index] : nil }
  }

  /// How much a text looks like a name, and not like one of some values.
  private static func weight(ofText text: String, above below: [SampleField]) -> Double {
    let count = below.count
    let numbers = below.count(where: \.isNumber)
    if numbers == count { return 4 }
    var frequency: [String: Int] = [:]
    for field in below { frequency[field.text, default: 0] += 1 }
    if frequency[text] != nil { return -4 }
    // Amounts, dates and codes have digits; a name above them has none.
    func hasDigit(_ text: String) -> Bool { text.utf8.contains { (0x30...0x39).contains($0) } }
    if count > 1, !hasDigit(text), below.allSatisfy({ hasDigit($0.text) }) { return 3 }
    guard numbers == 0 else { return 1 }
    // How likely one more value is a new one: as likely as values that occurred once (Good, Turing).
    let single = frequency.values.count { $0 == 1 }
    return min(3, -log(Double(single + 1) / Double(count + 1)))
  }

  /// How a number compares to the values of a column.
  private struct NumberLikeness {
    /// How much it looks like a name, and not like one of the values.
    var weight = 0.0
    /// Whether the values are texts.
    var isAboveTexts = false
    /// Whether it lies far from the values.
    var isFar = false
    /// Whether it is, besides, whole where few values are, or a year.
    var isFarAndOfAnotherKind = false
    /// Whether it is whole where few values are.
    var isWholeAlone = false
  }

  /// Compares a number to the values below it.
  private static func likeness(
    of value: Double, to below: [SampleField], hasPattern: Bool
  ) -> NumberLikeness {
    var found = NumberLikeness()
    let count = Double(below.count)
    let numbers = below.compactMap(\.number).filter(\.isFinite)
    guard numbers.count == below.count else {
      found.weight = min(3, -log(Double(numbers.count + 1) / (count + 1)))
      found.isAboveTexts = numbers.isEmpty && below.count > 2
      return found
    }
    let isWhole = value.rounded(.towardZero) == value
    if numbers.contains(value) {
      found.weight = -2
    } else if !isWhole && !hasPattern {
      found.weight = -4
    } else if let least = numbers.min(), let greatest = numbers.max() {
      let jumps = zip(numbers, numbers.dropFirst()).map { abs($1 - $0) }
      let jump = jumps.max() ?? max(abs(least), 1)
      let distance = max(least - value, value - greatest, 0)
      let wholeness = wholeness(value, numbers)
      found.isFar = distance > 3 * max(jump, greatest - least)
      // Where values follow each other smoothly, the first one may well be a round one.
      let steps = zip([value] + numbers, numbers).map { $1 - $0 }
      let isMonotone = steps.allSatisfy { $0 > 0 } || steps.allSatisfy { $0 < 0 }
      let isSmooth = numbers.count > 2 && (isMonotone || jump < 0.25 * (greatest - least))
      if found.isFar {
        found.weight = min(1.5, max(0.5, log((count + 1) / 2))) + wholeness
        let isYear = isWhole && (1500...2200).contains(value)
        found.isFarAndOfAnotherKind = wholeness > 0.5 || isYear
      } else if isSmooth {
        found.weight = abs(value - numbers[0]) <= 3 * jump ? -1.5 : -0.5
      } else {
        found.weight = (distance == 0 ? -0.7 : -1) + wholeness
        found.isWholeAlone = wholeness > 0.5
      }
    }
    return found
  }

  /// How much a whole number stands out among some numbers.
  private static func wholeness(_ value: Double, _ numbers: [Double]) -> Double {
    guard value.rounded(.towardZero) == value else { return 0 }
    let whole = numbers.count { $0.rounded(.towardZero) == $0 }
    return min(3, -log(Double(whole + 1) / Double(numbers.count + 1)))
  }

  /// Whether a header numbers the columns, and gives a number twice: that is a mistake,
  /// and names columns no better than their places do.
  func miscountsColumns(_ header: RecordReader) -> Bool {
    var numbers: Set<Double> = []
    for index in header.fields.indices {
      guard case .number(let value) = header.number(index) else { return false }
      numbers.insert(value)
    }
    return numbers.count < header.fields.count
  }
}
