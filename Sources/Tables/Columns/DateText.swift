/// How the dates and times of a column become features.
///
/// The clock and the calendar are those of the text: an offset from universal time is read and has no
/// effect. A date without a time has the hour 0.
package struct DateColumn: Sendable, Hashable, Codable {
  /// In which order dates of numbers give day, month and year; a year of four digits that comes first,
  /// points between and names of months decide for themselves.
  package enum Order: String, Sendable, CaseIterable, Codable {
    /// 2024-01-31.
    case yearFirst = "ymd"
    /// 31/01/2024.
    case dayFirst = "dmy"
    /// 01/31/2024.
    case monthFirst = "mdy"
  }

  /// A number that is made of a date or time.
  package enum Part: String, Sendable, CaseIterable, Codable {
    /// The year.
    case year
    /// The month, from 1 to 12.
    case month
    /// The day of the week, from 1 for Monday to 7.
    case weekday
    /// The number of days since the first of January 1970.
    case day
    /// The hour with its fraction, from 0 to 24.
    case hour
  }

  /// The order of day, month and year.
  package let order: Order
  /// What is made of each date, at least one number; each part at most once.
  package let parts: [Part]
  /// What stands in for a missing date: one number for each part.
  package let replacement: [Double]?

  /// Collects what is known of a column of dates.
  ///
  /// - Parameters:
  ///   - order: The order of day, month and year.
  ///   - parts: What is made of each date.
  ///   - replacement: What stands in for a missing date.
  package init(order: Order, parts: [Part], replacement: [Double]?) {
    self.order = order
    self.parts = parts
    self.replacement = replacement
  }

  /// The numbers that a text becomes, or `nil` when it is not a date or time, or lacks a date that
  /// is needed.
  ///
  /// - Parameter text: Any text.
  /// - Returns: One number for each part.
  package func values(_ text: String) -> [Double]? {
    guard let moment = DateText.moment(text, order) else { return nil }
    return values(moment)
  }

  func values(_ moment: Moment) -> [Double]? {
    var values: [Double] = []
    for part in parts {
      guard let value = moment.value(part) else { return nil }
      values.append(value)
    }
    return values
  }

  /// Whether the parts fit together.
  var isSound: Bool {
    !parts.isEmpty && Set(parts).count == parts.count
      && (replacement.map { $0.count == parts.count && $0.allSatisfy(\.isFinite) } ?? true)
  }
}

extension DateColumn {
  /// The parts that differ between the dates of a column; of a single date, the day.
  static func parts(of column: TableColumn, _ order: Order) -> [Part] {
    guard case .categories(let levels, _) = column.values else { return [] }
    let moments = levels.compactMap { DateText.moment($0, order) }
    let parts = Part.allCases.filter { part in
      let values = moments.compactMap { $0.value(part) }
      return values.contains { $0 != values[0] }
    }
    return parts.isEmpty ? [moments.first?.day == nil ? .hour : .day] : parts
  }
}

/// A point in time, as far as a text gives it.
struct Moment: Hashable {
  /// The number of days since the first of January 1970.
  var day: Int?
  var year = 0
  var month = 0
  /// The hour with its fraction; `nil` when the text has no time.
  var hour: Double?

  /// The number that it becomes; a date without a time has the hour 0.
  func value(_ part: DateColumn.Part) -> Double? {
    guard let day else { return part == .hour ? hour : nil }
    switch part {
    case .year: return Double(year)
    case .month: return Double(month)
    // The first of January 1970 was a Thursday.
    case .weekday: return Double(((day + 3) % 7 + 7) % 7 + 1)
    case .day: return Double(day)
    case .hour: return hour ?? 0
    }
  }

  /// Makes a date; `nil` for one that no calendar has.
  init?(year: Int, month: Int, dayOfMonth: Int) {
    guard (1...9999).contains(year), (1...12).contains(month) else { return nil }
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    guard (1...lengths[month - 1]).contains(dayOfMonth) else { return nil }
    self.year = year
    self.month = month
    // Years that begin in March have their leap day at the end, and months of 30.6 days.
    let shifted = month > 2 ? year : year - 1
    let era = shifted / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + dayOfMonth - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    day = era * 146_097 + dayOfEra - 719_468
  }

  /// Makes a time of day.
  init(hour: Double) { self.hour = hour }
}

/// Recognising and reading dates and times.
enum DateText {
  /// What the texts of a column turn out to be.
  enum Recognition: Sendable, Equatable, Codable {
    /// Dates or times, all of them.
    case dates(DateColumn.Order)
    /// Dates that can be read in several ways; `text` is one of them.
    case ambiguous(text: String, readings: [Reading])
    /// Nearly all are dates, but this text is none that fits the others.
    case exception(text: String)
    case none

    /// What a date is in one of its readings.
    struct Reading: Sendable, Equatable, Codable {
      let order: DateColumn.Order
      let date: String
    }
  }

  /// So large a share of texts that are dates makes the others mistakes.
  private static let nearlyAll = 0.9

  /// Finds out whether texts are dates, and in which order these give day, month and year.
  ///
  /// - Parameters:
  ///   - texts: The different texts that occur.
  ///   - chosen: The order that the user names, if any.
  ///   - isChosen: Whether the user says that they are dates.
  /// - Returns: What they are.
  static func recognize(
    _ texts: [String], order chosen: DateColumn.Order? = nil, isChosen: Bool = false
  ) -> Recognition {
    let orders = chosen.map { [$0] } ?? DateColumn.Order.allCases
    guard !texts.isEmpty else { return .none }
    if !isChosen {
      // Most columns of texts end here, after a tenth of them.
      var strangers = 0
      for text in texts
      where !hasShape(text) && !orders.contains(where: { moment(text, $0) != nil }) {
        strangers += 1
        guard Double(strangers) <= (1 - nearlyAll) * Double(texts.count) else { return .none }
      }
      guard strangers < texts.count else { return .none }
    }
    var moments: [(order: DateColumn.Order, moments: [Moment?])] = []
    for order in orders {
      moments.append((order, texts.map { moment($0, order, allowsCompact: isChosen) }))
    }

    // Times of day and dates do not mix.
    var complete: [(order: DateColumn.Order, moments: [Moment?])] = []
    for candidate in moments where candidate.moments.allSatisfy({ $0 != nil }) {
      guard !complete.contains(where: { $0.moments == candidate.moments }) else { continue }
      complete.append(candidate)
    }
    if let first = complete.first {
      guard complete.count == 1 else {
        let index = texts.indices.first { index in
          complete.contains { $0.moments[index] != first.moments[index] }
        }
        return .ambiguous(
          text: texts[index ?? 0],
          readings: complete.map {
            Recognition.Reading(order: $0.order, date: calendarText($0.moments[index ?? 0]))
          })
      }
      let haveDates = first.moments.count { $0?.day != nil }
      guard haveDates == 0 || haveDates == texts.count else {
        let rare = haveDates * 2 < texts.count
        let other = first.moments.firstIndex { ($0?.day != nil) == rare } ?? 0
        return .exception(text: texts[other])
      }
      return .dates(first.order)
    }
    // The reading that fits most texts, and the first that it does not fit.
    var best = moments[0]
    for other in moments.dropFirst()
    where other.moments.count(where: { $0 != nil }) > best.moments.count(where: { $0 != nil }) {
      best = other
    }
    return .exception(text: texts[best.moments.firstIndex { $0 == nil } ?? 0])
  }

  /// A date by its month's name.
  private static func calendarText(_ moment: Moment?) -> String {
    guard let moment, let day = moment.day,
      let first = Moment(year: moment.year, month: moment.month, dayOfMonth: 1)?.day
    else { return "" }
    let name = monthNames[moment.month - 1]
    return "\(day - first + 1) \(name.prefix(1).uppercased() + name.dropFirst()) \(moment.year)"
  }

  // MARK: Reading one text

  private static let monthNames = [
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
  ]

  /// The date, the time, or both that a text gives.
  ///
  /// - Parameters:
  ///   - text: Any text.
  ///   - order: How to read dates of numbers that are ambiguous by themselves.
  ///   - allowsCompact: Whether eight digits are a date, as the user has to say.
  /// - Returns: The moment, or `nil` for anything else, such as the thirtieth of February.
  static func moment(
    _ text: String, _ order: DateColumn.Order, allowsCompact: Bool = true
  ) -> Moment? {
    guard text.utf8.count <= 48 else { return nil }
    var scanner = Scanner(bytes: Array(FieldText.trimmed(text).utf8))
    let start = scanner
    if var moment = date(&scanner, order, allowsCompact: allowsCompact) {
      if scanner.isAtEnd { return moment }
      guard scanner.takeTimeMark(), let hour = time(&scanner) else { return nil }
      moment.hour = hour
      return moment
    }
    scanner = start
    return time(&scanner).map { Moment(hour: $0) }
  }

  private static func date(
    _ scanner: inout Scanner, _ order: DateColumn.Order, allowsCompact: Bool
  ) -> Moment? {
    if let month = scanner.takeMonth(monthNames) {
      // January 31, 2024
      scanner.take(anyOf: ". -")
      guard let day = scanner.takeNumber(), day.digits <= 2 else { return nil }
      scanner.take(anyOf: ", -")
      guard let year = scanner.takeNumber(), year.digits == 4 else { return nil }
      return Moment(year: year.value, month: month, dayOfMonth: day.value)
    }
    guard let first = scanner.takeNumber() else { return nil }
    if first.digits == 8, allowsCompact {
      return Moment(
        year: first.value / 10_000, month: first.value / 100 % 100, dayOfMonth: first.value % 100)
    }
    guard first.digits == 4 || first.digits <= 2 else { return nil }
    let afterFirst = scanner
    scanner.take(anyOf: ". -/")
    if let month = scanner.takeMonth(monthNames) {
      // 31 January 2024, 31-Jan-24, 2024-Jan-31
      scanner.take(anyOf: "., -/")
      guard let last = scanner.takeNumber() else { return nil }
      if first.digits == 4 {
        guard last.digits <= 2 else { return nil }
        return Moment(year: first.value, month: month, dayOfMonth: last.value)
      }
      guard let year = year(last) else { return nil }
      return Moment(year: year, month: month, dayOfMonth: first.value)
    }
    scanner = afterFirst
    guard let separator = scanner.takeSeparator(), let second = scanner.takeNumber(),
      scanner.takeSeparator() == separator, let third = scanner.takeNumber(), second.digits <= 2
    else { return nil }
    if first.digits == 4 {
      guard third.digits <= 2 else { return nil }
      return Moment(year: first.value, month: second.value, dayOfMonth: third.value)
    }
    // Points are written between day, month and year only in this order.
    switch separator == UInt8(ascii: ".") ? .dayFirst : order {
    case .yearFirst:
      guard first.digits == 2, third.digits <= 2, let year = year(first) else { return nil }
      return Moment(year: year, month: second.value, dayOfMonth: third.value)
    case .dayFirst:
      guard let year = year(third) else { return nil }
      return Moment(year: year, month: second.value, dayOfMonth: first.value)
    case .monthFirst:
      guard let year = year(third) else { return nil }
      return Moment(year: year, month: first.value, dayOfMonth: second.value)
    }
  }

  /// A year of two or four digits; 69 is 1969 and 68 is 2068, as in POSIX.
  private static func year(_ number: (value: Int, digits: Int)) -> Int? {
    switch number.digits {
    case 4: number.value
    case 2: number.value + (number.value < 69 ? 2000 : 1900)
    default: nil
    }
  }

  /// A time of day up to the end of the text, in hours.
  private static func time(_ scanner: inout Scanner) -> Double? {
    guard let hour = scanner.takeNumber(), hour.digits <= 2, scanner.take(":"),
      let minute = scanner.takeNumber(), minute.digits == 2, minute.value < 60
    else { return nil }
    var seconds = 0.0
    if scanner.take(":") {
      guard let whole = scanner.takeNumber(), whole.digits == 2, whole.value <= 60 else {
        return nil
      }
      seconds = Double(whole.value)
      if scanner.take(".") || scanner.take(",") {
        guard let fraction = scanner.takeFraction() else { return nil }
        seconds += fraction
      }
    }
    var hours = hour.value
    if let isAfternoon = scanner.takeHalfOfDay() {
      guard (1...12).contains(hours) else { return nil }
      hours = hours % 12 + (isAfternoon ? 12 : 0)
    }
    guard hours < 24, scanner.takeZone(), scanner.isAtEnd else { return nil }
    return Double(hours) + (Double(minute.value) + seconds / 60) / 60
  }

  /// Whether a text has the shape of a date or time, though perhaps of none that exists.
  private static func hasShape(_ text: String) -> Bool {
    var scanner = Scanner(bytes: Array(FieldText.trimmed(text).utf8))
    guard let first = scanner.takeNumber() else { return false }
    if scanner.take(":") { return scanner.takeNumber()?.digits == 2 }
    guard let separator = scanner.takeSeparator(),
      let second = scanner.takeNumber(), scanner.takeSeparator() == separator,
      let third = scanner.takeNumber(), second.digits <= 2
    else { return false }
    return first.digits == 4 && third.digits <= 2
      || first.digits <= 2 && (third.digits == 2 || third.digits == 4)
  }

  /// The bytes of a text, and how far they have been read.
  private struct Scanner {
    let bytes: [UInt8]
    var place = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { place == bytes.count }
    private var next: UInt8? { place < bytes.count ? bytes[place] : nil }

    mutating func take(_ byte: Unicode.Scalar) -> Bool {
      guard next == UInt8(ascii: byte) else { return false }
      place += 1
      return true
    }

    /// Takes as many of some bytes as there are.
    mutating func take(anyOf set: String) {
      while let byte = next, set.utf8.contains(byte) { place += 1 }
    }

    mutating func takeNumber() -> (value: Int, digits: Int)? {
      let start = place
      var value = 0
      while let byte = next, byte &- UInt8(ascii: "0") < 10, place - start < 9 {
        value = value * 10 + Int(byte - UInt8(ascii: "0"))
        place += 1
      }
      return place > start ? (value, place - start) : nil
    }

    mutating func takeFraction() -> Double? {
      let start = place
      var (value, unit) = (0.0, 1.0)
      while let byte = next, byte &- UInt8(ascii: "0") < 10 {
        unit /= 10
        value += Double(byte - UInt8(ascii: "0")) * unit
        place += 1
      }
      return place > start ? value : nil
    }

    mutating func takeSeparator() -> UInt8? {
      guard let byte = next, "-/.".utf8.contains(byte) else { return nil }
      place += 1
      return byte
    }

    /// Takes the letters that follow, if they satisfy a condition.
    private mutating func takeWord<Result>(_ meaning: (String) -> Result?) -> Result? {
      var end = place
      while end < bytes.count, (bytes[end] | 0x20) &- UInt8(ascii: "a") < 26 { end += 1 }
      guard end > place,
        let result = meaning(String(decoding: bytes[place..<end], as: UTF8.self).lowercased())
      else { return nil }
      place = end
      return result
    }

    mutating func takeMonth(_ names: [String]) -> Int? {
      takeWord { word in
        names.firstIndex {
          $0 == word || $0.prefix(3) == word || word == "sept" && $0.hasPrefix(word)
        }
        .map { $0 + 1 }
      }
    }

    /// Takes what stands between a date and a time.
    mutating func takeTimeMark() -> Bool {
      let start = place
      if take("T") || take("t") { return true }
      take(anyOf: ", ")
      return place > start
    }

    /// Takes AM or PM; says whether it is the latter.
    mutating func takeHalfOfDay() -> Bool? {
      let start = place
      take(anyOf: " ")
      let isAfternoon = takeWord { word -> Bool? in
        switch word {
        case "am", "a": false
        case "pm", "p": true
        default: nil
        }
      }
      guard let isAfternoon else {
        place = start
        return nil
      }
      // a.m.
      if take(".") { _ = takeWord { $0 == "m" ? true : nil } }
      _ = take(".")
      return isAfternoon
    }

    /// Takes the name of universal time or an offset from it, if there is one; says whether what
    /// follows is one or nothing.
    mutating func takeZone() -> Bool {
      take(anyOf: " ")
      if isAtEnd { return true }
      if takeWord({ ["z", "utc", "gmt"].contains($0) ? true : nil }) != nil, isAtEnd {
        return true
      }
      guard take("+") || take("-"), let hours = takeNumber() else { return false }
      if hours.digits == 4 { return true }
      guard hours.digits == 2 else { return false }
      return take(":") ? takeNumber()?.digits == 2 : true
    }
  }
}
