/// What a user decides about columns; everything else follows from their values.
public struct ColumnChoices: Sendable, Equatable {
  /// What a column is taken for.
  public enum Kind: String, Sendable, CaseIterable {
    /// Numbers; a text in it is an error.
    case numeric
    /// A list of categories, also when its values are numbers or mostly different texts.
    case category
    /// Texts, whose words or characters are the features.
    case text
    /// Nothing: the column is left out.
    case ignore
  }

  /// What one column is taken for.
  public struct Choice: Sendable, Equatable {
    /// The column's name or its number from 1.
    public var column: String
    /// What it is taken for.
    public var kind: Kind

    /// Makes a choice.
    public init(column: String, kind: Kind) {
      self.column = column
      self.kind = kind
    }
  }

  /// What columns are taken for; each column occurs at most once.
  public var kinds: [Choice]
  /// Columns that name rows, by name or number: they are no features, and are repeated in predictions.
  public var identifiers: [String]
  /// The column that holds the rows' weights, by name or number; it is no feature.
  ///
  /// A row of weight 2 counts as two equal rows, in all that is learned from the table; one of
  /// weight 0 as if it were not there. Every row has a weight, a finite number that is not negative.
  public var weight: String?
  /// The column that says which rows belong together, by name or number; it is no feature.
  public var group: String?
  /// How texts become features.
  public var textOptions: TextVectorizer.Options

  /// Makes choices; by default none.
  public init(
    kinds: [Choice] = [], identifiers: [String] = [], weight: String? = nil,
    group: String? = nil, textOptions: TextVectorizer.Options = TextVectorizer.Options()
  ) {
    self.kinds = kinds
    self.identifiers = identifiers
    self.weight = weight
    self.group = group
    self.textOptions = textOptions
  }

  /// The first column that is chosen for anything, as the user calls it; `nil` when none is.
  package var firstColumn: String? {
    kinds.first?.column ?? identifiers.first ?? weight ?? group
  }
}

/// Why a column is neither a feature nor the target.
public enum UnusedReason: String, Sendable, CaseIterable, Codable {
  /// It names rows, and is repeated in predictions.
  case identifier
  /// It holds the rows' weights.
  case weight
  /// It says which rows belong together.
  case group
  /// The user does not want it.
  case ignored
  /// It has the same value in all rows, which says nothing about any of them.
  case constant
  /// All its values are missing.
  case empty
  /// Its texts are mostly different, so that they name rows rather than categories.
  case mostlyDistinct = "mostly-distinct"
}

/// A column of the training table that is neither a feature nor the target.
public struct UnusedColumn: Sendable, Hashable, Codable {
  /// The column's name.
  public let name: String
  /// Its place among all columns of the training table, from 0.
  public let position: Int
  /// Why it is not used.
  public let reason: UnusedReason

  /// Makes a column.
  ///
  /// - Parameters:
  ///   - name: The column's name.
  ///   - position: Its place among all columns of the training table, from 0.
  ///   - reason: Why it is not used.
  public init(name: String, position: Int, reason: UnusedReason) {
    self.name = name
    self.position = position
    self.reason = reason
  }
}

/// What a column of a training table is.
public enum ColumnRole: Sendable, Hashable {
  /// It is predicted.
  case target
  /// Features come from it.
  case feature
  /// It is neither.
  case unused(UnusedReason)
}

/// What each column of a training table is: the target, a feature, or nothing.
///
/// The one place where this is decided; what a dry run shows is what training does.
struct ColumnPlan {
  /// A text column with more levels than this may be found to name rows.
  static let fewLevels = 20
  /// Such a column names rows if it has more levels than this share of its values.
  static let mostlyDistinct = 0.5

  /// The table, without the rows of weight 0.
  let table: Table
  /// The weight of each row of it, if there are weights.
  let weights: [Double]?
  /// The target's index, if there is one.
  let target: Int?
  /// What each column is.
  let roles: [ColumnRole]
  /// What the user takes each column for.
  let kinds: [ColumnChoices.Kind?]

  /// Decides what the columns of a table are.
  ///
  /// - Parameters:
  ///   - table: The training table.
  ///   - target: The column to predict.
  ///   - choices: What the user decided.
  ///   - missing: What is done about missing values: beside a constant that is put in their place,
  ///     a single value says something.
  /// - Throws: ``TableError``: columns that are not there, are named twice, or are the target and
  ///   left out at once; rows without a weight.
  init(
    _ table: Table, target: Int?, choices: ColumnChoices, missing: MissingValuePolicy
  ) throws(TableError) {
    let chosen = try Self.resolve(
      choices, names: table.columns.map(\.name), at: table.start)
    for index in [chosen.weight, chosen.group] where index != nil && index == target {
      throw .chosenTwice(file: table.file, column: table.columns[index ?? 0].name)
    }
    let (table, weights) = try table.weighted(by: choices)
    self.table = table
    self.weights = weights
    var roles: [ColumnRole] = []
    for index in table.columns.indices {
      if index == target {
        guard !chosen.identifiers.contains(index), chosen.kinds[index] != .ignore else {
          throw .targetLeftOut(file: table.file, target: table.columns[index].name)
        }
        guard chosen.kinds[index] != .text else {
          throw .chosenTwice(file: table.file, column: table.columns[index].name)
        }
        roles.append(.target)
      } else if chosen.identifiers.contains(index) {
        roles.append(.unused(.identifier))
      } else if index == chosen.weight {
        roles.append(.unused(.weight))
      } else if index == chosen.group {
        roles.append(.unused(.group))
      } else {
        switch chosen.kinds[index] {
        case .ignore: roles.append(.unused(.ignored))
        case .numeric, .category, .text: roles.append(.feature)
        case nil: roles.append(Self.role(of: table.columns[index], missing: missing))
        }
      }
    }
    self.target = target
    self.roles = roles
    kinds = chosen.kinds
  }

  /// What a user decided, by the columns' indices.
  private struct Chosen {
    var kinds: [ColumnChoices.Kind?]
    var identifiers: Set<Int> = []
    var weight: Int?
    var group: Int?
  }

  /// The columns that the choices mean.
  private static func resolve(
    _ choices: ColumnChoices, names: [String], at start: SourcePosition
  ) throws(TableError) -> Chosen {
    var kinds = [ColumnChoices.Kind?](repeating: nil, count: names.count)
    var identifiers: Set<Int> = []
    for choice in choices.kinds {
      let index = try ColumnLookup.index(of: choice.column, in: names, at: start)
      guard kinds[index] == nil || kinds[index] == choice.kind else {
        throw .chosenTwice(file: start.file, column: names[index])
      }
      kinds[index] = choice.kind
    }
    for column in choices.identifiers {
      let index = try ColumnLookup.index(of: column, in: names, at: start)
      guard kinds[index] == nil else {
        throw .chosenTwice(file: start.file, column: names[index])
      }
      identifiers.insert(index)
    }
    func other(_ column: String?, not taken: Int?) throws(TableError) -> Int? {
      guard let column else { return nil }
      let index = try ColumnLookup.index(of: column, in: names, at: start)
      guard kinds[index] == nil, !identifiers.contains(index), index != taken else {
        throw .chosenTwice(file: start.file, column: names[index])
      }
      return index
    }
    let weight = try other(choices.weight, not: nil)
    let group = try other(choices.group, not: weight)
    return Chosen(kinds: kinds, identifiers: identifiers, weight: weight, group: group)
  }

  /// The column to predict: the one that the user names, or else the last one that is not left out and
  /// holds no texts, weights or groups.
  ///
  /// - Parameters:
  ///   - name: The column that the user names, if any.
  ///   - names: The columns' names.
  ///   - start: Where the table begins, for messages.
  ///   - choices: What the user decided.
  ///   - isPassedOver: Whether a column is none that anybody wants predicted: without a name and without
  ///     values, as a separator at the end of every line makes one.
  /// - Returns: The column's index.
  /// - Throws: ``TableError``: columns that are not there; none is left.
  static func target(
    _ name: String?, names: [String], at start: SourcePosition, choices: ColumnChoices,
    isPassedOver: (Int) -> Bool
  ) throws(TableError) -> Int {
    if let name { return try ColumnLookup.index(of: name, in: names, at: start) }
    let chosen = try resolve(choices, names: names, at: start)
    let left = names.indices.last {
      chosen.kinds[$0] != .ignore && chosen.kinds[$0] != .text
        && !chosen.identifiers.contains($0) && $0 != chosen.weight && $0 != chosen.group
        && !isPassedOver($0)
    }
    guard let left else { throw .noFeaturesLeft(file: start.file, columns: names.count) }
    return left
  }

  /// What the user takes a column for, if anything.
  static func kind(
    of column: Int, in table: Table, choices: ColumnChoices
  ) throws(TableError) -> ColumnChoices.Kind? {
    try resolve(choices, names: table.columns.map(\.name), at: table.start).kinds[column]
  }

  private static func role(of column: TableColumn, missing: MissingValuePolicy) -> ColumnRole {
    var constant = ColumnRole.unused(.constant)
    if case .constant = missing, column.missingCount > 0 { constant = .feature }
    switch column.values {
    case .numbers(let numbers):
      var first = Double.nan
      for number in numbers where !number.isNaN {
        if first.isNaN {
          first = number
        } else if number != first {
          return .feature
        }
      }
      return first.isNaN ? .unused(.empty) : constant
    case .categories(let levels, let codes):
      if levels.isEmpty { return .unused(.empty) }
      if levels.count == 1 { return constant }
      // What is wrong with the column comes first: a slip of the pen makes different texts of numbers.
      guard levels.count > fewLevels, column.places.problem == nil, !DateText.areDates(levels)
      else {
        return .feature
      }
      let present = codes.count { $0 >= 0 }
      return Double(levels.count) > mostlyDistinct * Double(present)
        ? .unused(.mostlyDistinct) : .feature
    }
  }

  /// The columns that become features.
  var inputs: [Int] { roles.indices.filter { roles[$0] == .feature } }

  /// Those of them in which a value may be missing, or not; a text that is missing is empty.
  var inputsWithMissing: [Int] { inputs.filter { kinds[$0] != .text } }

  /// The columns that are neither features nor the target.
  var unused: [UnusedColumn] {
    roles.indices.compactMap { index in
      guard case .unused(let reason) = roles[index] else { return nil }
      return UnusedColumn(name: table.columns[index].name, position: index, reason: reason)
    }
  }

  /// What is wrong with a column in its role, if anything.
  func problem(_ index: Int) -> TableError? {
    let column = table.columns[index]
    switch roles[index] {
    case .unused: return nil
    case .target: return kinds[index] == .category ? nil : column.places.problem
    case .feature: break
    }
    switch (kinds[index], column.values) {
    case (.category, _), (.text, .categories): return nil
    case (.text, .numbers):
      return .noTexts(file: table.file, column: table.fieldName(index))
    case (.numeric, .categories(let levels, _)):
      let first = column.places.firstText
      return .notANumber(
        first?.position ?? SourcePosition(file: table.file, line: 1, column: index + 1),
        table.fieldName(index), text: first?.text ?? levels[0])
    case (_, .categories(let levels, _)):
      if let problem = column.places.problem { return problem }
      guard DateText.areDates(levels) else { return nil }
      let position = column.places.levels.min { ($0.line, $0.column) < ($1.line, $1.column) }
      let text = column.places.firstText?.text ?? levels[0]
      return .date(
        position ?? SourcePosition(file: table.file, line: 1, column: index + 1),
        table.fieldName(index), text: text)
    case (_, .numbers): return column.places.problem
    }
  }
}

/// Recognising dates and times.
enum DateText {
  /// Whether nearly all of some texts are dates or times.
  static func areDates(_ texts: [String]) -> Bool {
    let found = texts.count(where: isDate)
    return found > 0 && Double(found) >= 0.9 * Double(texts.count)
  }

  /// Whether a text is a date, a time of day, or both.
  ///
  /// Dates are three numbers with two dashes, slashes or points between, one of them with the four
  /// digits of a year or all with at most two; times are two or three numbers of two digits with
  /// colons between, the last of which may have decimals. A `T` or a blank stands between the two,
  /// and a `Z`, an offset, `AM` or `PM` may end them.
  static func isDate(_ text: String) -> Bool {
    guard text.utf8.count <= 40, let first = text.utf8.first, isDigit(first) else { return false }
    let bytes = Array(text.utf8)
    if let dateEnd = endOfDate(bytes) {
      guard dateEnd < bytes.count else { return true }
      let between = bytes[dateEnd]
      guard between == UInt8(ascii: "T") || between == UInt8(ascii: " ") else { return false }
      return isTime(Array(bytes[(dateEnd + 1)...]))
    }
    return isTime(bytes)
  }

  private static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }

  private static func endOfDigits(_ bytes: [UInt8], from start: Int) -> Int {
    var end = start
    while end < bytes.count, isDigit(bytes[end]) { end += 1 }
    return end
  }

  private static func endOfDate(_ bytes: [UInt8]) -> Int? {
    var lengths: [Int] = []
    var separator: UInt8?
    var start = 0
    while true {
      let end = endOfDigits(bytes, from: start)
      guard end > start else { return nil }
      lengths.append(end - start)
      if lengths.count == 3 {
        let isYearFirst = lengths[0] == 4 && lengths[1] <= 2 && lengths[2] <= 2
        let isYearLast = lengths[0] <= 2 && lengths[1] <= 2 && (lengths[2] == 2 || lengths[2] == 4)
        return isYearFirst || isYearLast ? end : nil
      }
      guard end < bytes.count,
        [UInt8(ascii: "-"), UInt8(ascii: "/"), UInt8(ascii: ".")].contains(bytes[end]),
        separator == nil || separator == bytes[end]
      else { return nil }
      separator = bytes[end]
      start = end + 1
    }
  }

  private static func isTime(_ bytes: [UInt8]) -> Bool {
    var parts = 0
    var start = 0
    while true {
      let end = endOfDigits(bytes, from: start)
      guard (1...2).contains(end - start) else { return false }
      parts += 1
      start = end
      guard parts < 3, end < bytes.count, bytes[end] == UInt8(ascii: ":") else { break }
      start = end + 1
    }
    guard parts >= 2 else { return false }
    if start < bytes.count, bytes[start] == UInt8(ascii: ".") {
      let end = endOfDigits(bytes, from: start + 1)
      guard end > start + 1 else { return false }
      start = end
    }
    let rest = String(decoding: bytes[start...], as: UTF8.self)
    if ["", "Z", " UTC", " AM", " PM", "AM", "PM", " am", " pm", "am", "pm"].contains(rest) {
      return true
    }
    guard let sign = rest.utf8.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") else {
      return false
    }
    return rest.utf8.count <= 6
      && rest.utf8.dropFirst().allSatisfy { isDigit($0) || $0 == UInt8(ascii: ":") }
  }
}
