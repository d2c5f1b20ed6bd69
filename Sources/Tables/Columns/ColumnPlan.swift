/// What a column of a training table is.
package enum ColumnRole: Sendable, Hashable {
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
  /// For each column that may become features whether its texts are dates.
  let dates: [DateText.Recognition]
  /// What is done about missing values.
  private let missing: MissingValuePolicy
  private let missingCategories: ColumnChoices.MissingCategories?
  private let wantsIndicators: Bool
  /// A text column with a larger share of missing values has a separate category for them.
  private static let manyMissing = 0.02

  /// Decides what the columns of a table are.
  ///
  /// - Parameters:
  ///   - table: The training table.
  ///   - target: The column to predict.
  ///   - choices: What the user decided.
  ///   - missing: How missing values are handled: if they are replaced by a constant, a column
  ///     with a single value is informative.
  /// - Throws: ``TableError``: columns that are not there, are named twice, or are the target and
  ///   left out at the same time; rows without a weight.
  init(
    _ table: Table, target: Int?, choices: ColumnChoices, missing: MissingValuePolicy
  ) throws(TableError) {
    let chosen = try Self.resolve(
      choices, names: table.columns.map(\.name), at: table.start)
    for index in [chosen.weight, chosen.group] where index != nil && index == target {
      throw TableError(.chosenTwice(file: table.file, column: table.columns[index ?? 0].name))
    }
    let (table, weights) = try table.weighted(by: choices)
    self.table = table
    self.weights = weights
    self.missing = missing
    missingCategories = choices.missingCategories
    wantsIndicators = choices.indicatesMissing
    var roles: [ColumnRole] = []
    var dates: [DateText.Recognition] = []
    for index in table.columns.indices {
      dates.append(.none)
      if index == target {
        guard !chosen.identifiers.contains(index), chosen.kinds[index] != .ignore else {
          throw TableError(.targetLeftOut(file: table.file, target: table.columns[index].name))
        }
        guard chosen.kinds[index] != .text, !(chosen.kinds[index]?.isDate ?? false) else {
          throw TableError(.chosenTwice(file: table.file, column: table.columns[index].name))
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
        case let kind? where kind.isDate:
          roles.append(.feature)
          if case .categories(let levels, _) = table.columns[index].asTexts.values {
            dates[index] = DateText.recognize(levels, order: kind.dateOrder, isChosen: true)
          }
        default:
          let column = table.columns[index]
          if case .categories(let levels, _) = column.values, !column.keepsSpelling {
            dates[index] = DateText.recognize(levels)
          }
          roles.append(
            Self.role(
              of: column, isDate: dates[index] != .none,
              fillsOneValue: Self.fillsOneValue(column, weights, choices, missing)))
        }
      }
    }
    self.target = target
    self.dates = dates
    kinds = chosen.kinds
    // A column that counts the rows is left out, if another one is left to learn from. A row of weight 2
    // is two rows with one number, which count nothing.
    let areSingle = weights?.allSatisfy { $0 <= 1 } ?? true
    let features = roles.indices.filter { roles[$0] == .feature }
    let counters = features.filter {
      areSingle && chosen.kinds[$0] == nil
        && RowNumbers.areNumbered(
          table.columns[$0], isFirst: $0 == 0, isUnnamed: table.isUnnamed($0))
    }
    if counters.count < features.count {
      for index in counters { roles[index] = .unused(.rowNumber) }
    }
    // Without a target, equal rows are a pattern like others: what differs from them is new.
    if target == nil, features.isEmpty {
      for index in roles.indices where roles[index] == .unused(.constant) {
        roles[index] = .feature
      }
    }
    self.roles = roles
  }

  /// Whether a column with a single value and missing ones says something by the latter.
  private static func fillsOneValue(
    _ column: TableColumn, _ weights: [Double]?, _ choices: ColumnChoices,
    _ missing: MissingValuePolicy
  ) -> Bool {
    guard column.missingCount > 0 else { return false }
    if case .constant = missing { return true }
    if column.isNumeric { return choices.indicatesMissing && missing.fillsIn }
    return ownCategory(column, weights, choices.missingCategories, missing)
  }

  /// Whether missing values of a column of categories are a separate category.
  private static func ownCategory(
    _ column: TableColumn, _ weights: [Double]?, _ chosen: ColumnChoices.MissingCategories?,
    _ missing: MissingValuePolicy
  ) -> Bool {
    if let chosen { return chosen == .category }
    guard missing == .mean || missing == .median else { return false }
    guard column.missingCount > 0 else { return false }
    var (absent, total) = (0.0, 0.0)
    for row in 0..<column.rowCount {
      let weight = weights?[row] ?? 1
      total += weight
      if column.isMissing(row) { absent += weight }
    }
    return absent > manyMissing * total
  }

  /// What is done about missing values of a column that becomes features.
  func treatment(_ index: Int) -> MissingTreatment {
    let column = table.columns[index]
    let isCategory =
      kinds[index] == .category || !column.isNumeric && !isDate(index) && kinds[index] != .numeric
    guard isCategory else { return .policy(missing) }
    if Self.ownCategory(column, weights, missingCategories, missing) { return .ownCategory }
    switch missingCategories {
    case nil, .category?: return .policy(missing)
    case .mostFrequent?: return .policy(.mostFrequent)
    case .error?: return .policy(.error)
    case .drop?: return .policy(.drop)
    }
  }

  /// Whether a column becomes the numbers of its dates.
  func isDate(_ index: Int) -> Bool { dates[index] != .none }

  /// Whether a column gets a feature that says where values are missing.
  func indicatesMissing(_ index: Int) -> Bool {
    guard wantsIndicators, missing.fillsIn, kinds[index] != .category, kinds[index] != .text else {
      return false
    }
    let column = table.columns[index]
    return (column.isNumeric || isDate(index)) && column.missingCount > 0
  }

  /// The columns whose missing values are rejected, or whose rows are left out for them.
  func inputs(with policy: MissingValuePolicy) -> [Int] {
    inputsWithMissing.filter { treatment($0) == .policy(policy) }
  }

  /// The columns whose spelling counts, so that numbers stay texts.
  static func spelled(
    _ choices: ColumnChoices, names: [String], at start: SourcePosition
  ) throws(TableError) -> Set<Int> {
    let chosen = try resolve(choices, names: names, at: start)
    var spelled = Set(chosen.group.map { [$0] } ?? [])
    for (index, kind) in chosen.kinds.enumerated() {
      if let kind, kind == .category || kind.isDate { spelled.insert(index) }
    }
    return spelled
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
        throw TableError(.chosenTwice(file: start.file, column: names[index]))
      }
      kinds[index] = choice.kind
    }
    for column in choices.identifiers {
      let index = try ColumnLookup.index(of: column, in: names, at: start)
      guard kinds[index] == nil else {
        throw TableError(.chosenTwice(file: start.file, column: names[index]))
      }
      identifiers.insert(index)
    }
    func other(_ column: String?, not taken: Int?) throws(TableError) -> Int? {
      guard let column else { return nil }
      let index = try ColumnLookup.index(of: column, in: names, at: start)
      guard kinds[index] == nil, !identifiers.contains(index), index != taken else {
        throw TableError(.chosenTwice(file: start.file, column: names[index]))
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
    guard let left else {
      throw TableError(.noFeaturesLeft(file: start.file, columns: names.count))
    }
    return left
  }

  /// What the user takes a column for, if anything.
  static func kind(
    of column: Int, in table: Table, choices: ColumnChoices
  ) throws(TableError) -> ColumnChoices.Kind? {
    try resolve(choices, names: table.columns.map(\.name), at: table.start).kinds[column]
  }

  private static func role(
    of column: TableColumn, isDate: Bool, fillsOneValue: Bool
  ) -> ColumnRole {
    let constant = fillsOneValue ? ColumnRole.feature : .unused(.constant)
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
      // What is wrong with the column comes first: malformed values make different texts
      // of numbers.
      guard levels.count > fewLevels, column.places.problem == nil, !isDate else {
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
    if kinds[index]?.isDate ?? false || kinds[index] == nil && column.places.problem == nil {
      if let problem = dateProblem(index) { return problem }
    }
    switch (kinds[index], column.values) {
    case (.category, _), (.text, .categories): return nil
    case (.text, .numbers):
      return TableError(.noTexts(file: table.file, column: table.fieldName(index)))
    case (.numeric, .categories(let levels, _)):
      if let problem = column.places.problem { return problem }
      let first = column.places.firstText
      return TableError(
        .notANumber(
          first?.position ?? SourcePosition(file: table.file, line: 1, column: index + 1),
          table.fieldName(index), text: first?.text ?? levels[0]))
    case (let kind?, _) where kind.isDate: return nil
    case (_, .categories), (_, .numbers): return column.places.problem
    }
  }

  /// What is wrong with dates, if anything.
  private func dateProblem(_ index: Int) -> TableError? {
    func position(_ text: String) -> SourcePosition {
      table.columns[index].asTexts.places(ofText: text)
        ?? SourcePosition(file: table.file, line: 1, column: index + 1)
    }
    switch dates[index] {
    case .none, .dates: return nil
    case .exception(let text):
      return TableError(.notADate(position(text), table.fieldName(index), text: text))
    case .ambiguous(let text, let readings):
      return TableError(
        .ambiguousDate(
          position(text), table.fieldName(index), text: text, readings: readings.map(\.date),
          orders: readings.map(\.order)))
    }
  }
}

/// What is done about missing values of one column.
enum MissingTreatment: Equatable {
  /// They are a separate category.
  case ownCategory
  /// What the policy says.
  case policy(MissingValuePolicy)
}
