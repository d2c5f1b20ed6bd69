/// What a user decided about columns, by the columns' indices.
struct ResolvedChoices: Sendable {
  /// What the user takes each column for.
  let kinds: [ColumnChoices.Kind?]
  /// The columns that name rows.
  let identifiers: Set<Int>
  /// The column of weights.
  let weight: Int?
  /// The column of groups.
  let group: Int?

  /// Finds the columns that choices mean.
  ///
  /// - Parameters:
  ///   - choices: What the user decided.
  ///   - names: The columns' names.
  ///   - start: Where the table begins, for messages.
  /// - Throws: ``TableError``: columns that are not there, or that are chosen for two things.
  init(
    _ choices: ColumnChoices, names: [String], at start: SourcePosition
  ) throws(TableError) {
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
    weight = try other(choices.weight, not: nil)
    group = try other(choices.group, not: weight)
    self.kinds = kinds
    self.identifiers = identifiers
  }

  /// The columns whose spelling counts, so that numbers stay texts.
  var spelled: Set<Int> {
    var spelled = Set(group.map { [$0] } ?? [])
    for (index, kind) in kinds.enumerated() {
      if let kind, kind == .category || kind.isDate { spelled.insert(index) }
    }
    return spelled
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
    let chosen = try ResolvedChoices(choices, names: names, at: start)
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
}
