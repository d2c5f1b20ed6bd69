/// What columns are looked at for: what is known of them before a value is seen.
struct ColumnQuestions: Sendable {
  /// Where the table comes from.
  let origin: TableOrigin
  /// The columns' names.
  let names: [String]
  /// The index of the column to predict, if there is one.
  let target: Int?
  /// What each column is, where values do not decide it.
  let roles: [ColumnRole?]
  /// What the user takes each column for.
  let kinds: [ColumnChoices.Kind?]
  /// What the user decided.
  let choices: ColumnChoices
  /// What is done about missing values.
  let missing: MissingValuePolicy
  /// The weight of each row that is looked at, if there are weights; none is 0.
  var weights: [Double]?
  /// For each row that is looked at its number in the file, if rows were left out.
  var fileRows: [Int]?
  /// Whether no row counts as several.
  ///
  /// A row of weight 2 is two rows with one number, which count nothing.
  private(set) var areSingle = true

  /// Finds out what the choices mean.
  ///
  /// - Parameters:
  ///   - origin: Where the table comes from.
  ///   - names: The columns' names.
  ///   - target: The index of the column to predict, if there is one.
  ///   - choices: What the user decided.
  ///   - missing: How missing values are handled: if they are replaced by a constant, a column
  ///     with a single value is informative.
  /// - Throws: ``TableError``: columns that are not there, are named twice, or are the target and
  ///   left out at the same time.
  init(
    _ origin: TableOrigin, names: [String], target: Int?, choices: ColumnChoices,
    missing: MissingValuePolicy
  ) throws(TableError) {
    let chosen = try ResolvedChoices(choices, names: names, at: origin.start)
    for index in [chosen.weight, chosen.group] where index != nil && index == target {
      throw TableError(.chosenTwice(file: origin.file, column: names[index ?? 0]))
    }
    if let target {
      guard !chosen.identifiers.contains(target), chosen.kinds[target] != .ignore else {
        throw TableError(.targetLeftOut(file: origin.file, target: names[target]))
      }
      guard chosen.kinds[target] != .text, !(chosen.kinds[target]?.isDate ?? false) else {
        throw TableError(.chosenTwice(file: origin.file, column: names[target]))
      }
    }
    roles = names.indices.map { index in
      if index == target { return .target }
      if chosen.identifiers.contains(index) { return .unused(.identifier) }
      if index == chosen.weight { return .unused(.weight) }
      if index == chosen.group { return .unused(.group) }
      switch chosen.kinds[index] {
      case .ignore?: return .unused(.ignored)
      case .some: return .feature
      case nil: return nil
      }
    }
    self.origin = origin
    self.names = names
    self.target = target
    kinds = chosen.kinds
    self.choices = choices
    self.missing = missing
  }

  /// The same questions of the rows that have a weight.
  ///
  /// - Parameters:
  ///   - weights: The weight of each row, none of which is 0, if there are weights.
  ///   - fileRows: For each row its number in the file, if rows were left out.
  /// - Returns: The questions.
  func weighted(_ weights: [Double]?, fileRows: [Int]?) -> ColumnQuestions {
    var questions = self
    questions.weights = weights
    questions.fileRows = fileRows
    questions.areSingle = weights?.allSatisfy { $0 <= 1 } ?? true
    return questions
  }

  /// A column's number and name, for messages.
  func fieldName(_ index: Int) -> FieldName { FieldName(number: index + 1, name: names[index]) }
}
