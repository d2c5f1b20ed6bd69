import Basics

/// How the numbers of a column are written where they are not plain: with a currency, a percent sign,
/// separated thousands, parentheses or a typographic minus.
///
/// Recognised from all texts of a training column, stored by the model, and applied to every text that
/// the column has later, so that a row by itself is read as it is among others.
package struct NumberNotation: Sendable, Hashable, Codable {
  /// The sign or code of the currency, such as `$` or `EUR`; `nil` without one.
  package let currency: String?
  /// Whether numbers end in a percent sign; `12 %` is 12.
  package let isPercent: Bool
  /// What may be between thousands: `,`, `.`, `'`, or a blank for blanks of any width.
  package let thousands: String?
  /// Whether a comma stands before the fraction, instead of a point.
  package let hasDecimalComma: Bool

  /// Collects the parts of a notation.
  ///
  /// - Parameters:
  ///   - currency: The sign or code of the currency.
  ///   - isPercent: Whether numbers end in a percent sign.
  ///   - thousands: What may be between thousands.
  ///   - hasDecimalComma: Whether a comma stands before the fraction.
  package init(
    currency: String? = nil, isPercent: Bool = false, thousands: String? = nil,
    hasDecimalComma: Bool = false
  ) {
    self.currency = currency
    self.isPercent = isPercent
    self.thousands = thousands
    self.hasDecimalComma = hasDecimalComma
  }

  /// Whether the parts fit together.
  var isSound: Bool {
    let marks = hasDecimalComma ? [".", "'", " "] : [",", "'", " "]
    return (thousands.map(marks.contains) ?? true) && !(currency?.isEmpty ?? false)
      && !(isPercent && currency != nil)
  }

  /// Whether a plain number means itself: 5 could be 5 % or 500 %, and 1.234 a number of four digits.
  package var acceptsPlain: Bool { !isPercent && !hasDecimalComma }

  /// The number that a text spells, or `nil` when it spells none in this notation.
  ///
  /// Currency and separators may be absent; a percent sign only from 0, because `5` could be 5 % or
  /// 500 %.
  ///
  /// - Parameter text: Any text.
  /// - Returns: A finite number.
  package func number(_ text: String) -> Double? {
    guard let amount = WrittenAmount(text) else { return nil }
    guard amount.currency == nil || amount.currency == currency else { return nil }
    guard let value = amount.value(thousands: thousands, hasDecimalComma: hasDecimalComma),
      amount.isPercent == isPercent || isPercent && value == 0
    else { return nil }
    return value
  }

  /// A number as this notation writes it, for programs that make rows.
  ///
  /// - Parameter number: A finite number.
  /// - Returns: A text that reads as the number.
  package func text(_ number: Double) -> String {
    let plain = NumberText.shortest(number)
    let marked = hasDecimalComma ? String(plain.map { $0 == "." ? "," : $0 }) : plain
    return isPercent ? marked + "%" : marked
  }
}

extension NumberNotation {
  /// What the texts of a column turn out to be.
  enum Recognition: Equatable {
    /// Numbers in a notation; one for each text.
    case numbers(NumberNotation, [Double])
    /// Numbers that can be read in two ways; `text` is one of them.
    case ambiguous(text: String, readings: [Double])
    /// Nearly all are numbers of a kind that is not read, such as `hexadecimal numbers`.
    case lookalikes(String)
    /// Nearly all are numbers in a notation, but this one is not.
    case exception(text: String)
    case none
  }

  /// A text column of more different texts than this holds numbers if nearly all look like it.
  private static let severalTexts = 10
  private static let nearlyAll = 0.9

  /// Finds the notation of a column.
  ///
  /// - Parameters:
  ///   - texts: The different texts that occur.
  ///   - plain: The plain numbers that they are by the rules of the file; NaN for others.
  ///   - rules: The rules of the file.
  /// - Returns: What they are.
  static func recognize(_ texts: [String], plain: [Double], rules: FieldRules) -> Recognition {
    guard plain.contains(where: \.isNaN), !plain.contains(where: \.isInfinite) else { return .none }
    let amounts = texts.map { WrittenAmount($0) }
    let known = amounts.compactMap(\.self)
    if known.count < texts.count {
      let share = Double(known.count) / Double(texts.count)
      let others = zip(texts, amounts).filter { $0.1 == nil }.map(\.0)
      let isSigned = known.contains { $0.currency != nil || $0.isPercent }
      if isSigned, texts.count > severalTexts, share > nearlyAll,
        case .numbers = recognize(
          zip(texts, amounts).filter { $0.1 != nil }.map(\.0),
          plain: zip(plain, amounts).filter { $0.1 != nil }.map(\.0), rules: rules)
      {
        return .exception(text: others[0])
      }
      guard let name = NumberLookalike.name(of: texts) else { return .none }
      return .lookalikes(name)
    }

    let currencies = Set(known.compactMap(\.currency)).sorted()
    guard currencies.count <= 1 else {
      return .lookalikes("amounts in several currencies (\(MessageText.list(currencies)))")
    }
    let isPercent = known.contains(where: \.isPercent)
    if isPercent {
      guard currencies.isEmpty else { return .none }
      guard known.allSatisfy({ $0.isPercent || $0.isZero }) else {
        return .lookalikes("percentages among plain numbers")
      }
    }
    // A list that numbers its parts, (1), (2), (3), is not one of losses.
    guard known.contains(where: { !$0.hasParentheses }) else { return .none }

    let isMarked = isPercent || !currencies.isEmpty
    func values(_ hasDecimalComma: Bool) -> (values: [Double], thousands: String?)? {
      let separators = Set(known.compactMap { $0.separator(hasDecimalComma: hasDecimalComma) })
      guard separators.count <= 1 else { return nil }
      var values: [Double] = []
      for amount in known {
        guard
          let value = amount.value(
            thousands: separators.first, hasDecimalComma: hasDecimalComma)
        else { return nil }
        values.append(value)
      }
      return (values, separators.first)
    }
    func notation(_ thousands: String?, hasDecimalComma: Bool) -> NumberNotation {
      let mark: Character = hasDecimalComma ? "," : "."
      let showsMark = known.contains { $0.digits.contains(mark) }
      return NumberNotation(
        currency: currencies.first, isPercent: isPercent,
        thousands: thousands ?? (showsMark ? (hasDecimalComma ? "." : ",") : nil),
        hasDecimalComma: hasDecimalComma)
    }

    let withPoint = rules.hasDecimalCommas ? nil : values(false)
    // Without a sign of money or percent, 1,2 may be two choices of a questionnaire.
    let withComma = rules.hasDecimalCommas || !rules.isDecimalGiven ? values(true) : nil
    switch (withPoint, withComma) {
    case (let point?, let comma?):
      guard point.values != comma.values else {
        return .numbers(notation(point.thousands, hasDecimalComma: false), point.values)
      }
      let differing = known.indices.filter { point.values[$0] != comma.values[$0] }
      let hasPoints = currencies.first.map(CurrencySigns.havePoints)
      // By the rules of the file 1.234 has a fraction; € 1.234 is often written for 1234. Of 1,234 only
      // its neighbours tell: those below 1000 have no comma, and no others have none.
      let isClear =
        differing.contains { known[$0].digits.contains(".") }
        ? hasPoints ?? true
        : hasPoints ?? false
          || known.contains(where: \.isShortWhole) && !known.contains(where: \.isLongWhole)
      guard isClear else {
        let place = differing[0]
        return .ambiguous(
          text: texts[place], readings: [point.values[place], comma.values[place]])
      }
      return .numbers(notation(point.thousands, hasDecimalComma: false), point.values)
    case (let point?, nil):
      return .numbers(notation(point.thousands, hasDecimalComma: false), point.values)
    case (nil, let comma?):
      guard rules.hasDecimalCommas || isMarked else { return .none }
      return .numbers(notation(comma.thousands, hasDecimalComma: true), comma.values)
    case (nil, nil): return .none
    }
  }
}

/// An amount as it is written: what is left of a text without signs, currency and percent.
private struct WrittenAmount {
  /// Digits with whatever separates them, blanks of any width as one blank.
  let digits: String
  let isNegative: Bool
  let hasParentheses: Bool
  let currency: String?
  let isPercent: Bool

  /// Takes a text apart; `nil` when it is not an amount.
  init?(_ text: String) {
    guard text.utf8.count <= 64 else { return nil }
    var rest = text.unicodeScalars.map { Self.isBlank($0) ? " " : $0 }[...]
    func trim() {
      while rest.first == " " { rest.removeFirst() }
      while rest.last == " " { rest.removeLast() }
    }
    var signs = 0
    var isNegative = false
    func takeSign() {
      trim()
      guard let sign = rest.first, Self.isMinus(sign) || sign == "+" else { return }
      isNegative = Self.isMinus(sign)
      signs += 1
      rest.removeFirst()
      trim()
    }
    takeSign()
    var hasParentheses = false
    if rest.first == "(", rest.last == ")", signs == 0 {
      rest = rest.dropFirst().dropLast()
      (hasParentheses, isNegative) = (true, true)
      signs += 1
      trim()
    }
    var isPercent = false
    if let last = rest.last, "%％".unicodeScalars.contains(last) {
      isPercent = true
      rest.removeLast()
      trim()
    }
    var currency = CurrencySigns.take(from: &rest)
    if signs == 0 {
      takeSign()
      if currency == nil { currency = CurrencySigns.take(from: &rest) }
    }
    trim()
    // $(5) is as usual as ($5).
    if rest.first == "(", rest.last == ")", signs == 0 {
      rest = rest.dropFirst().dropLast()
      (hasParentheses, isNegative) = (true, true)
      signs += 1
      trim()
    }
    guard signs <= 1, let first = rest.first, let last = rest.last,
      Self.isDigit(last) || last == ".",
      Self.isDigit(first) || first == "." || first == ",",
      rest.allSatisfy({ "0123456789.,' eE-+".unicodeScalars.contains($0) })
    else { return nil }
    var digits = ""
    digits.unicodeScalars.append(contentsOf: rest)
    self.digits = digits
    self.isNegative = isNegative
    self.hasParentheses = hasParentheses
    self.currency = currency
    self.isPercent = isPercent
  }

  private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }

  /// Blanks that typesetters put between thousands, and before units.
  private static func isBlank(_ scalar: Unicode.Scalar) -> Bool {
    [0x20, 0x09, 0xA0, 0x2007, 0x2008, 0x2009, 0x202F].contains(scalar.value)
  }

  /// A hyphen, the minus sign, and the dash that often stands for it.
  private static func isMinus(_ scalar: Unicode.Scalar) -> Bool {
    [0x2D, 0x2212, 0x2013, 0xFF0D].contains(scalar.value)
  }

  /// Whether it is 0 in any notation.
  var isZero: Bool { digits.allSatisfy { "0.,".contains($0) } }
  /// Whether it has one to three digits and nothing else.
  var isShortWhole: Bool { digits.count <= 3 && digits.allSatisfy { ("0"..."9").contains($0) } }
  /// Whether it has more than three digits and nothing else, as no number with separated thousands has.
  var isLongWhole: Bool { digits.count > 3 && digits.allSatisfy { ("0"..."9").contains($0) } }

  /// What separates its thousands, if something does.
  func separator(hasDecimalComma: Bool) -> String? {
    let mark: Character = hasDecimalComma ? "," : "."
    let whole = digits.prefix { $0 != mark }
    return whole.first { !("0"..."9").contains($0) && !"eE+-".contains($0) }.map(String.init)
  }

  /// The number that the digits spell.
  func value(thousands: String?, hasDecimalComma: Bool) -> Double? {
    let mark: Character = hasDecimalComma ? "," : "."
    let whole = digits.prefix { $0 != mark }
    var spelling: String
    if let thousands, whole.contains(thousands) {
      let groups = whole.split(
        separator: Character(thousands), omittingEmptySubsequences: false)
      guard let first = groups.first, (1...3).contains(first.count),
        groups.dropFirst().allSatisfy({ $0.count == 3 }),
        groups.joined().allSatisfy({ ("0"..."9").contains($0) }), first != "0"
      else { return nil }
      spelling = groups.joined()
    } else {
      spelling = String(whole)
    }
    let fraction = digits.dropFirst(whole.count)
    if !fraction.isEmpty { spelling += "." + fraction.dropFirst() }
    guard case .number(let value) = NumberParser.parse(spelling) else { return nil }
    return (isNegative ? -value : value) + 0
  }
}

/// The signs, codes and abbreviations of currencies.
private enum CurrencySigns {
  private static let codes: Set<String> = [
    "AED", "ARS", "AUD", "BRL", "CAD", "CHF", "CLP", "CNY", "COP", "CZK", "DKK", "EUR", "GBP",
    "HKD",
    "HUF", "IDR", "ILS", "INR", "JPY", "KRW", "MXN", "MYR", "NGN", "NOK", "NZD", "PHP", "PLN",
    "RMB",
    "RON", "RUB", "SAR", "SEK", "SGD", "THB", "TRY", "TWD", "UAH", "USD", "VND", "ZAR", "kr", "Kr",
    "zł", "Kč", "Ft", "Fr", "Rs",
  ]
  /// Those of countries that write a point before the fraction and commas between thousands.
  private static let withPoints: Set<String> = [
    "$", "£", "¥", "₹", "₩", "US$", "A$", "C$", "HK$", "NZ$", "AUD", "CNY", "GBP", "HKD", "INR",
    "JPY", "KRW", "MXN", "NZD", "PHP", "RMB", "Rs", "SGD", "THB", "TWD", "USD",
  ]

  static func havePoints(_ currency: String) -> Bool { withPoints.contains(currency) }

  private static func isSign(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.generalCategory == .currencySymbol
  }

  /// Takes a currency from either end of a text.
  static func take(from rest: inout ArraySlice<Unicode.Scalar>) -> String? {
    func isMark(_ scalar: Unicode.Scalar) -> Bool {
      isSign(scalar) || scalar.properties.isAlphabetic
    }
    for isPrefix in [true, false] {
      let word = isPrefix ? rest.prefix(while: isMark) : rest.suffix { isMark($0) }
      guard !word.isEmpty, word.count <= 4, word.count < rest.count else { continue }
      var name = ""
      name.unicodeScalars.append(contentsOf: word)
      // R$, US$, HK$, or a sign by itself.
      let isSigned = word.last.map(isSign) ?? false && word.dropLast().allSatisfy(\.isASCII)
      guard isSigned || codes.contains(name) else { continue }
      rest = isPrefix ? rest.dropFirst(word.count) : rest.dropLast(word.count)
      return name
    }
    return nil
  }
}

extension ArraySlice<Unicode.Scalar> {
  /// The longest suffix of elements that fulfil a condition.
  fileprivate func suffix(_ condition: (Unicode.Scalar) -> Bool) -> ArraySlice {
    var start = endIndex
    while start > startIndex, condition(self[start - 1]) { start -= 1 }
    return self[start...]
  }
}

/// Texts that look like numbers of a kind that is not read.
private enum NumberLookalike {
  private static let nearlyAll = 0.9

  /// What nearly all of some texts look like, if that is numbers.
  static func name(of texts: [String]) -> String? {
    func isMost(_ count: Int) -> Bool {
      count > 0 && Double(count) >= nearlyAll * Double(texts.count)
    }
    if isMost(texts.count(where: isHexadecimal)) { return "hexadecimal numbers" }
    if isMost(texts.count(where: { isPair($0, "/") })) { return "fractions" }
    if isMost(texts.count(where: hasOtherDigits)) { return "numbers in digits other than 0 to 9" }
    if isMost(texts.count { $0.last == "-" && isPlain($0.dropLast()) }) {
      return "numbers with the sign at the end"
    }
    var units: [String: Int] = [:]
    for text in texts {
      if let unit = unit(of: text) { units[unit, default: 0] += 1 }
    }
    // One unit, or a few of which each is common: 1.2 kg and 300 g.
    let common = units.filter { Double($0.value) >= 0.1 * Double(texts.count) }.keys.sorted()
    guard (1...3).contains(common.count), isMost(common.reduce(0) { $0 + (units[$1] ?? 0) }) else {
      return nil
    }
    return "numbers with the unit\(common.count == 1 ? "" : "s") "
      + common.map(MessageText.quoted).joined(separator: ", ")
  }

  private static func isHexadecimal(_ text: String) -> Bool {
    let digits = text.lowercased()
    return digits.hasPrefix("0x") && digits.utf8.count > 2
      && digits.dropFirst(2).allSatisfy { $0.isASCII && $0.isHexDigit }
  }

  private static func isPlain(_ text: Substring) -> Bool {
    NumberParser.parse(String(text)) != .notANumber
  }

  private static func isPair(_ text: String, _ separator: Character) -> Bool {
    let parts = text.split(separator: separator, omittingEmptySubsequences: false)
    return parts.count == 2
      && parts.allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }
  }

  private static func hasOtherDigits(_ text: String) -> Bool {
    var found = false
    for scalar in text.unicodeScalars {
      if scalar.properties.numericType == .decimal {
        found = found || !scalar.isASCII
      } else if !".,-+".unicodeScalars.contains(scalar) {
        return false
      }
    }
    return found
  }

  /// What follows a number: a short word, perhaps with a slash or a degree sign in it.
  private static func unit(of text: String) -> String? {
    let scalars = text.unicodeScalars
    let number = scalars.prefix {
      $0.isASCII && ($0.properties.numericType == .decimal || ".,-+ ".unicodeScalars.contains($0))
    }
    let unit = scalars.dropFirst(number.count)
    guard number.contains(where: { $0.properties.numericType == .decimal }),
      (1...8).contains(unit.count),
      unit.allSatisfy({
        $0.properties.isAlphabetic || "/°µ²³\"'%‰· .".unicodeScalars.contains($0)
      })
    else { return nil }
    let digits = number.filter { $0 != " " && $0 != "," }
    guard isPlain(Substring(String(String.UnicodeScalarView(digits)))) else { return nil }
    return String(String.UnicodeScalarView(unit))
  }
}
