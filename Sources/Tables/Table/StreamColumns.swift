/// Where in a table as text the columns are that a stream of rows takes.
package struct StreamColumns: Sendable {
  /// What is wanted besides features.
  package struct Wishes {
    var kept = KeptColumns.none
    var target = TargetUse.ignored
    /// The column of weights, by name or number.
    var weight: String?
  }

  /// For each input of the model its column.
  let inputs: [Int]
  let targetUse: TargetUse
  /// The target's column, where it is used.
  let target: Int?
  /// The column that holds the rows' weights, if they are wanted.
  let weight: Int?
  /// The columns to repeat in the output.
  let kept: [Int]
  /// The names of all columns.
  let names: [String]

  /// Finds the columns.
  ///
  /// - Parameters:
  ///   - text: The table, whose header was read.
  ///   - preprocessor: The model's columns.
  ///   - wishes: What is wanted besides features.
  ///   - model: What messages call the model.
  /// - Throws: ``TableError`` when a column is absent.
  init(
    _ text: DelimitedText, _ preprocessor: TablePreprocessor, _ wishes: Wishes, model: String
  ) throws(TableError) {
    let layout = try ColumnLayout(
      preprocessor, names: text.names, hasHeader: text.hasHeader, at: text.start, model: model)
    inputs = layout.fields
    names = text.names
    targetUse = wishes.target
    switch wishes.target {
    case .ignored: target = nil
    case .numbers, .texts:
      target = layout.target
      if layout.target == nil {
        if let name = preprocessor.target?.name, text.hasHeader, preprocessor.hasHeader {
          throw TableError(.noSuchColumn(text.start, name: name, columns: text.names))
        }
        throw TableError(.noTargetField(text.start, found: text.names.count, model: model))
      }
    }
    if let name = wishes.weight { weight = try text.column(name) } else { weight = nil }
    switch wishes.kept {
    case .none: kept = []
    case .all: kept = Array(text.names.indices)
    case .identifiers: kept = layout.identifiers
    case .columns(let columns):
      var found: [Int] = []
      for column in columns {
        let index = try text.column(column)
        if !found.contains(index) { found.append(index) }
      }
      kept = found
    }
  }

  /// What each column of the text should be read as: numbers where nothing but their values counts.
  func modes(_ preprocessor: TablePreprocessor) -> [RecordPart.ColumnMode] {
    var modes = [RecordPart.ColumnMode](repeating: .number, count: names.count)
    for (input, column) in zip(preprocessor.inputs, inputs) where !input.takesPlainNumbers {
      modes[column] = .text
    }
    if let target, targetUse == .texts || preprocessor.target?.notation != nil {
      modes[target] = .text
    }
    for column in kept { modes[column] = .text }
    return modes
  }
}

extension InputColumn {
  /// Whether a plain number means itself; see ``NumberNotation/acceptsPlain``.
  var takesPlainNumbers: Bool {
    if case .numeric = kind { notation?.acceptsPlain ?? true } else { false }
  }
}
