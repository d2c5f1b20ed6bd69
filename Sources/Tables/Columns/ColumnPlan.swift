/// What a column of a training table is.
package enum ColumnRole: Sendable, Hashable, Codable {
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
struct ColumnPlan: Sendable {
  /// What was asked of the columns.
  let questions: ColumnQuestions
  /// What their values say.
  let findings: [ColumnFinding]
  /// What each column is.
  let roles: [ColumnRole]

  /// Decides what the columns are.
  ///
  /// - Parameters:
  ///   - questions: What was asked of them.
  ///   - findings: What each of them says by itself.
  init(_ questions: ColumnQuestions, _ findings: [ColumnFinding]) {
    var roles = findings.map(\.role)
    // A column that counts the rows is left out, if another one is left to learn from.
    let features = roles.indices.filter { roles[$0] == .feature }
    let counters = features.filter { findings[$0].countsRows }
    if counters.count < features.count {
      for index in counters { roles[index] = .unused(.rowNumber) }
    }
    // Without a target, equal rows are a pattern like others: what differs from them is new.
    if questions.target == nil, features.isEmpty {
      for index in roles.indices where roles[index] == .unused(.constant) {
        roles[index] = .feature
      }
    }
    self.questions = questions
    self.findings = findings
    self.roles = roles
  }

  /// The file that the table was read from.
  var file: String { questions.origin.file }
  /// The index of the column to predict, if there is one.
  var target: Int? { questions.target }
  /// What the user takes each column for.
  var kinds: [ColumnChoices.Kind?] { questions.kinds }
  /// What is done about missing values.
  var missing: MissingValuePolicy { questions.missing }

  /// What is done about missing values of a column that becomes features.
  func treatment(_ index: Int) -> MissingTreatment {
    let finding = findings[index]
    let isCategory =
      kinds[index] == .category
      || !finding.isNumeric && !isDate(index) && kinds[index] != .numeric
    guard isCategory else { return .policy(missing) }
    if finding.hasOwnCategory { return .ownCategory }
    switch questions.choices.missingCategories {
    case nil, .category?: return .policy(missing)
    case .mostFrequent?: return .policy(.mostFrequent)
    case .error?: return .policy(.error)
    case .drop?: return .policy(.drop)
    }
  }

  /// Whether a column becomes the numbers of its dates.
  func isDate(_ index: Int) -> Bool { findings[index].dates != .none }

  /// Whether a column gets a feature that says where values are missing.
  func indicatesMissing(_ index: Int) -> Bool {
    guard questions.choices.indicatesMissing, missing.fillsIn, kinds[index] != .category,
      kinds[index] != .text
    else { return false }
    return (findings[index].isNumeric || isDate(index)) && findings[index].missingCount > 0
  }

  /// The columns whose missing values are rejected, or whose rows are left out for them.
  func inputs(with policy: MissingValuePolicy) -> [Int] {
    inputsWithMissing.filter { treatment($0) == .policy(policy) }
  }

  /// The columns that become features.
  var inputs: [Int] { roles.indices.filter { roles[$0] == .feature } }

  /// Those of them in which a value may be missing, or not; a text that is missing is empty.
  private var inputsWithMissing: [Int] { inputs.filter { kinds[$0] != .text } }

  /// The columns of which a row must have all values to be an example.
  var columnsToComplete: [Int] {
    inputs(with: .drop) + (missing == .drop ? target.map { [$0] } ?? [] : [])
  }

  /// The columns that are neither features nor the target.
  var unused: [UnusedColumn] {
    roles.indices.compactMap { index in
      guard case .unused(let reason) = roles[index] else { return nil }
      return UnusedColumn(name: questions.names[index], position: index, reason: reason)
    }
  }

  /// What is wrong with a column in its role, if anything.
  func problem(_ index: Int) -> TableError? {
    if case .unused = roles[index] { nil } else { findings[index].problem }
  }

  /// Rejects columns that no training accepts.
  ///
  /// - Throws: ``TableError``: no column is left to learn from; a column of numbers with texts or infinities
  ///   in it, or of dates; a missing target or, where missing values are rejected, feature.
  func check() throws(TableError) {
    guard !inputs.isEmpty else {
      guard roles.count > 1 || target == nil else {
        throw TableError(.noFeatureColumns(file: file, target: questions.names[0]))
      }
      throw TableError(.noFeaturesLeft(file: file, columns: roles.count))
    }
    // All that is wrong is said at once.
    if let problem = TableError.combined(roles.indices.compactMap(problem)) { throw problem }
    try checkMissing(missing == .drop ? nil : target)
  }

  /// Rejects missing values that the policy has no answer to, the first one in the file first.
  private func checkMissing(_ target: Int?) throws(TableError) {
    var first: (occurrence: TableColumn.Occurrence, column: Int)?
    for column in ((target.map { [$0] } ?? []) + inputs(with: .error)).sorted() {
      guard let occurrence = findings[column].firstMissing else { continue }
      if first == nil || occurrence.row < first!.occurrence.row { first = (occurrence, column) }
    }
    guard let (occurrence, column) = first else { return }
    let name = questions.fieldName(column)
    if column == target {
      throw TableError(.missingTarget(occurrence.position, name, text: occurrence.text))
    }
    throw TableError(
      .missingValue(
        occurrence.position, name, text: occurrence.text, isNumeric: findings[column].isNumeric))
  }
}

/// What is done about missing values of one column.
enum MissingTreatment: Equatable {
  /// They are a separate category.
  case ownCategory
  /// What the policy says.
  case policy(MissingValuePolicy)
}
