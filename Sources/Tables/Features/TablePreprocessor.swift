import Basics

/// What a column of a table holds, and what stands in for a value that is missing.
///
/// Replacements are there if and only if the policy fills missing values in; a constant may lack
/// in a column that it does not fit, and missing values of that column are then rejected.
package enum InputKind: Sendable, Equatable {
  /// Numbers.
  case numeric(replacement: Double?)
  /// Texts from a closed list, ascending by UTF-8 bytes. The replacement is the index of a level.
  case categorical(levels: [String], replacement: Int?)
  /// Texts of any kind; one that is missing is empty.
  case text(TextVectorizer)
  /// Dates or times.
  case date(DateColumn)

  /// The number of features that the column becomes: one, or one for each level, term or part of a date.
  package var featureCount: Int {
    switch self {
    case .numeric: 1
    case .categorical(let levels, _): levels.count
    case .text(let vectorizer): vectorizer.featureCount
    case .date(let dates): dates.parts.count
    }
  }

  /// Whether a value that stands for others takes the place of missing ones.
  var isFilledIn: Bool {
    switch self {
    case .text: false
    case .categorical(let levels, let replacement): replacement.map { !levels[$0].isEmpty } ?? false
    case .numeric, .date: true
    }
  }

  /// Whether the column holds numbers.
  var isNumeric: Bool { if case .numeric = self { true } else { false } }

  /// Whether the column holds texts whose terms are the features.
  var isText: Bool {
    if case .text = self { true } else { false }
  }
}

/// A column that a model takes features from.
package struct InputColumn: Sendable, Equatable {
  /// The column's name: from the header, or `column1`, `column2`, … without one.
  package let name: String
  /// What it holds.
  package let kind: InputKind
  /// How its numbers are written; `nil` for plain ones and for other kinds.
  package let notation: NumberNotation?
  /// Whether its last feature is 1 where the value is missing and else 0; for numbers and dates.
  package let indicatesMissing: Bool

  /// Makes a column.
  ///
  /// - Parameters:
  ///   - name: The column's name.
  ///   - kind: What it holds.
  ///   - notation: How its numbers are written.
  ///   - indicatesMissing: Whether its last feature says where the value is missing.
  package init(
    name: String, kind: InputKind, notation: NumberNotation? = nil, indicatesMissing: Bool = false
  ) {
    self.name = name
    self.kind = kind
    self.notation = notation
    self.indicatesMissing = indicatesMissing
  }

  /// The number of features that the column becomes.
  package var featureCount: Int { kind.featureCount + (indicatesMissing ? 1 : 0) }

  /// What a category is called that stands for missing values.
  package static let missingName = "(missing)"

  /// A name for each feature.
  var featureNames: [String] {
    var names: [String]
    switch kind {
    case .numeric: names = [name]
    case .categorical(let levels, _):
      names = levels.map { "\(name)=\($0.isEmpty ? Self.missingName : $0)" }
    case .text(let vectorizer):
      names = (0..<vectorizer.featureCount).map { feature in
        "\(name):\(vectorizer.term(feature) ?? "#\(feature)")"
      }
    case .date(let dates): names = dates.parts.map { "\(name).\($0.rawValue)" }
    }
    if indicatesMissing { names.append("\(name)=\(Self.missingName)") }
    return names
  }
}

/// The column that a model predicts.
package struct TargetColumn: Sendable, Equatable, Codable {
  /// The column's name.
  package let name: String
  /// Its place among all columns of the training table, from 0.
  package let position: Int
  /// How its numbers are written; `nil` for plain ones and for texts.
  package let notation: NumberNotation?

  /// Makes a target column.
  ///
  /// - Parameters:
  ///   - name: The column's name.
  ///   - position: Its place among all columns of the training table, from 0.
  ///   - notation: How its numbers are written.
  package init(name: String, position: Int, notation: NumberNotation? = nil) {
    self.name = name
    self.position = position
    self.notation = notation
  }
}

/// How the columns of a table become features: learned from the training table, applied to it and to
/// every table that predictions are requested.
///
/// A numeric column becomes one feature. A categorical column becomes one feature for each of its
/// levels, 1 in rows that hold the level and 0 elsewhere; all levels get one, so that none is
/// special. A column of texts becomes one feature for each term; see `TextVectorizer`. Missing
/// values are treated by `missing` first, and then numbers are scaled by `scaler`, which leaves
/// indicators of levels and the weights of terms as they are.
///
/// A value that can be encoded; decoding checks that the parts fit together.
public struct TablePreprocessor: Sendable, Equatable {
  /// The columns that features come from, in the order of the training table.
  package let inputs: [InputColumn]
  /// The column that is predicted, or `nil` when there is none.
  package let target: TargetColumn?
  /// The other columns of the training table, in its order.
  package let unused: [UnusedColumn]
  /// Whether the names come from a header.
  ///
  /// If so, columns are found by name in tables that have a header too.
  package let hasHeader: Bool
  /// What is done about missing values.
  package let missing: MissingValuePolicy
  /// What is done about missing categories, if another thing than `missing` says.
  package let missingCategories: ColumnChoices.MissingCategories?
  /// Whether spelling distinguishes categories, so that `007` is not `7`; models of
  /// versions up to 0.1 took numbers by their values.
  package let comparesSpelling: Bool
  /// What is done about categories that did not occur in training.
  package let unseen: UnseenCategoryPolicy
  /// Texts that stand for missing values, besides those that always do.
  package let missingMarkers: [String]
  /// How the training table was read; `nil` when that is not known.
  package var reading: TableReading?
  /// The scaling of each feature.
  package let scaler: FeatureScaler
  /// The place of each input among all columns of the training table.
  let inputPositions: [Int]
  /// The first feature of each input, and the number of features at the end.
  let featureOffsets: [Int]
  /// For each input that is categorical, where each level is.
  let levelIndices: [[String: Int]]
  /// For each input that is categorical, which level is the only one with a value.
  private let levelOfValue: [[Double: Int?]]

  /// What is done about fields that are not plain values.
  package struct FieldPolicies {
    /// What is done about missing values.
    package var missing: MissingValuePolicy
    /// What is done about categories that did not occur in training.
    package var unseen: UnseenCategoryPolicy
    /// Further texts that stand for missing values; none is empty.
    package var missingMarkers: [String]
    /// What is done about missing categories, if another thing than `missing` says.
    package var missingCategories: ColumnChoices.MissingCategories?
    /// Whether spelling distinguishes categories.
    package var comparesSpelling: Bool

    /// Collects the parts.
    package init(
      missing: MissingValuePolicy, unseen: UnseenCategoryPolicy = .error,
      missingMarkers: [String] = [],
      missingCategories: ColumnChoices.MissingCategories? = nil, comparesSpelling: Bool = true
    ) {
      self.missing = missing
      self.unseen = unseen
      self.missingMarkers = missingMarkers
      self.missingCategories = missingCategories
      self.comparesSpelling = comparesSpelling
    }
  }

  /// Makes a preprocessor from its parts, such as a file holds.
  ///
  /// - Parameters:
  ///   - inputs: The columns that features come from, at least one, with different names.
  ///   - target: The column that is predicted, if any.
  ///   - unused: The other columns. Names and positions of all columns differ; the positions that
  ///     remain are the inputs'.
  ///   - hasHeader: Whether the names come from a header.
  ///   - policies: What is done about fields that are not plain values; that on missing values decides which
  ///     inputs need replacements.
  ///   - scaler: The scaling, with as many features as the inputs become.
  /// - Throws: ``PreprocessorError`` when the parts do not fit together.
  package init(
    inputs: [InputColumn], target: TargetColumn?, unused: [UnusedColumn] = [], hasHeader: Bool,
    policies: FieldPolicies, scaler: FeatureScaler
  ) throws(PreprocessorError) {
    let (missing, missingCategories) = (policies.missing, policies.missingCategories)
    let missingMarkers = policies.missingMarkers
    guard !inputs.isEmpty else { throw .noInputs }
    var names: Set<String> = []
    for input in inputs {
      guard names.insert(input.name).inserted else { throw .duplicateColumn(name: input.name) }
      try Self.check(input, missing: missing, missingCategories: missingCategories)
    }
    let columnCount = inputs.count + unused.count + (target == nil ? 0 : 1)
    var positions: Set<Int> = []
    if let target {
      guard names.insert(target.name).inserted else { throw .duplicateColumn(name: target.name) }
      guard target.notation?.isSound ?? true else { throw .notation(column: target.name) }
      guard (0..<columnCount).contains(target.position) else {
        throw .targetPosition(target.position, columns: columnCount)
      }
      positions.insert(target.position)
    }
    for column in unused {
      guard names.insert(column.name).inserted else { throw .duplicateColumn(name: column.name) }
      guard (0..<columnCount).contains(column.position), positions.insert(column.position).inserted
      else { throw .unusedPosition(column.position, name: column.name, columns: columnCount) }
    }
    guard missingMarkers.allSatisfy({ !$0.isEmpty }) else { throw .emptyMarker }
    var featureCount = 0
    for input in inputs {
      let (sum, overflow) = featureCount.addingReportingOverflow(input.featureCount)
      guard !overflow, sum <= Int(Int32.max) else { throw .featureCount(sum) }
      featureCount = sum
    }
    guard scaler.featureCount == featureCount else {
      throw .count(of: "scaled features", found: scaler.featureCount, expected: featureCount)
    }
    var first = 0
    for input in inputs {
      let features = first..<first + input.featureCount
      func isScaled(_ features: Range<Int>) -> Bool {
        scaler.scaling != .none
          && !(scaler.offsets[features].allSatisfy { $0 == 0 }
            && scaler.factors[features].allSatisfy { $0 == 1 })
      }
      if input.kind.isText, isScaled(features) { throw .scaledText(column: input.name) }
      if input.indicatesMissing, isScaled(features.upperBound - 1..<features.upperBound) {
        throw .scaledIndicator(column: input.name)
      }
      first = features.upperBound
    }
    self.init(
      unchecked: inputs, target: target, unused: unused, hasHeader: hasHeader, policies: policies,
      scaler: scaler)
  }

  init(
    unchecked inputs: [InputColumn], target: TargetColumn?, unused: [UnusedColumn],
    hasHeader: Bool, policies: FieldPolicies, scaler: FeatureScaler
  ) {
    let comparesSpelling = policies.comparesSpelling
    missingCategories = policies.missingCategories
    self.comparesSpelling = comparesSpelling
    self.inputs = inputs
    self.target = target
    self.unused = unused
    self.hasHeader = hasHeader
    missing = policies.missing
    unseen = policies.unseen
    missingMarkers = policies.missingMarkers
    self.scaler = scaler
    var others = Set(unused.map(\.position))
    if let target { others.insert(target.position) }
    inputPositions = (0..<inputs.count + others.count).filter { !others.contains($0) }
    var offsets = [0]
    for input in inputs { offsets.append(offsets[offsets.count - 1] + input.featureCount) }
    featureOffsets = offsets
    levelIndices = inputs.map { input in
      guard case .categorical(let levels, _) = input.kind else { return [:] }
      return Dictionary(uniqueKeysWithValues: levels.enumerated().map { ($1, $0) })
    }
    levelOfValue = inputs.map { input in
      guard comparesSpelling, case .categorical(let levels, _) = input.kind else { return [:] }
      var found: [Double: Int?] = [:]
      for (index, level) in levels.enumerated() {
        guard case .number(let value) = NumberParser.parse(level), NumberTrait(ofText: level) == nil
        else { continue }
        found[value + 0] = found[value + 0] == nil ? .some(index) : .some(nil)
      }
      return found
    }
  }

  private static func check(
    _ input: InputColumn, missing: MissingValuePolicy,
    missingCategories: ColumnChoices.MissingCategories?
  ) throws(PreprocessorError) {
    func fits(_ hasReplacement: Bool, _ chosen: ColumnChoices.MissingCategories? = nil) -> Bool {
      if let chosen { return hasReplacement == (chosen == .category || chosen == .mostFrequent) }
      if case .constant = missing { return true }
      return hasReplacement == missing.fillsIn
    }
    guard input.notation?.isSound ?? true else { throw .notation(column: input.name) }
    switch input.kind {
    case .numeric, .date: break
    case .categorical, .text:
      guard !input.indicatesMissing else { throw .indicator(column: input.name) }
    }
    switch input.kind {
    case .numeric(let replacement):
      guard fits(replacement != nil), replacement?.isFinite ?? true else {
        throw .replacement(column: input.name)
      }
    case .categorical(let levels, let replacement):
      guard !levels.isEmpty,
        zip(levels, levels.dropFirst()).allSatisfy({ $0.utf8.lexicographicallyPrecedes($1.utf8) })
      else { throw .levels(column: input.name) }
      // Strings that are canonically equivalent are equal in Swift though their bytes differ; they
      // are one level here.
      guard Set(levels).count == levels.count else { throw .levels(column: input.name) }
      guard fits(replacement != nil, missingCategories),
        replacement.map({ levels.indices.contains($0) }) ?? true
      else { throw .replacement(column: input.name) }
    case .text(let vectorizer):
      guard vectorizer.featureCount > 0 else { throw .noTerms(column: input.name) }
    case .date(let dates):
      guard dates.isSound else { throw .notation(column: input.name) }
      guard fits(dates.replacement != nil) else { throw .replacement(column: input.name) }
    }
  }

  /// The number of features that a row becomes.
  package var featureCount: Int { scaler.featureCount }

  /// A name for each feature: the column's, followed by `=` and the level for categories, by `:` and
  /// the term for texts, and by `:#` and the bucket's number for hashed terms; by `.` and the part for
  /// dates, and by `=(missing)` for what says where values are missing.
  package var featureNames: [String] { inputs.flatMap(\.featureNames) }

  /// The number of columns of the training table.
  package var columnCount: Int { inputs.count + unused.count + (target == nil ? 0 : 1) }

  /// The columns that name rows, in the order of the training table.
  package var identifiers: [String] {
    unused.filter { $0.reason == .identifier }.map(\.name)
  }

  /// The column that held the weights of the training table's rows, if there was one.
  package var weight: String? { unused.first { $0.reason == .weight }?.name }

  /// The same preprocessor with another answer to categories that did not occur in training.
  ///
  /// - Parameter unseen: What is done about them.
  /// - Returns: The preprocessor.
  public func replacing(unseen: UnseenCategoryPolicy) -> TablePreprocessor {
    var other = TablePreprocessor(
      unchecked: inputs, target: target, unused: unused, hasHeader: hasHeader,
      policies: .init(
        missing: missing, unseen: unseen, missingMarkers: missingMarkers,
        missingCategories: missingCategories, comparesSpelling: comparesSpelling), scaler: scaler)
    other.reading = reading
    return other
  }

  /// Whether a row in which an input is missing is left out, if nothing stands in for it.
  func drops(_ input: Int) -> Bool {
    switch inputs[input].kind {
    case .text: false
    case .numeric, .date: missing == .drop
    case .categorical: missingCategories.map { $0 == .drop } ?? (missing == .drop)
    }
  }

  /// The level of a categorical input that a text names, or `nil` when none has that name.
  ///
  /// A number that is spelled in another way, such as `1.0` for `1`, names the level with its value, if
  /// there is a single one; codes such as `007` name only themselves.
  func level(_ text: String, of input: Int) -> Int? {
    if let level = levelIndices[input][text] { return level }
    guard case .number(let value) = NumberParser.parse(text) else { return nil }
    guard comparesSpelling else { return levelIndices[input][NumberText.shortest(value)] }
    guard NumberTrait(ofText: text) == nil else { return nil }
    return levelOfValue[input][value + 0] ?? nil
  }
}

/// How the entries of LIBSVM text become features: learned from the training file.
package struct LIBSVMPreprocessor: Sendable, Equatable {
  /// Whether the smallest index is 0; usually it is 1.
  package let isZeroBased: Bool
  /// The scaling of each feature; its number of features is that of the training file.
  package let scaler: FeatureScaler

  /// Makes a preprocessor from its parts, such as a file holds.
  ///
  /// - Parameters:
  ///   - isZeroBased: Whether the smallest index is 0.
  ///   - scaler: The scaling of each feature.
  package init(isZeroBased: Bool, scaler: FeatureScaler) {
    self.isZeroBased = isZeroBased
    self.scaler = scaler
  }

  /// The number of features.
  package var featureCount: Int { scaler.featureCount }
}
