/// Where the columns that a preprocessor needs are in a table.
struct ColumnLayout {
  /// For each input the index of its column.
  private(set) var fields: [Int] = []
  /// The index of the target's column, if the table has it.
  private(set) var target: Int?
  /// The indices of the columns that name rows, as far as the table has them.
  private(set) var identifiers: [Int] = []

  /// Finds the columns.
  ///
  /// When the model and the table both have a header, names decide: the order may be another, there
  /// may be further columns, and the target may be absent. Otherwise positions do: the table has the
  /// columns of the training table, or all of them but the target, or but those that only training
  /// needs: target, weights and groups.
  init(
    _ preprocessor: TablePreprocessor, names: [String], hasHeader: Bool, at start: SourcePosition,
    model: String
  ) throws(TableError) {
    let inputs = preprocessor.inputs
    let identifiers = preprocessor.unused.filter { $0.reason == .identifier }
    if hasHeader && preprocessor.hasHeader {
      let indices = Dictionary(names.enumerated().map { ($1, $0) }) { first, _ in first }
      for input in inputs {
        guard let index = indices[input.name] else {
          throw TableError(
            .missingFeatureColumn(start, name: input.name, model: model, columns: names))
        }
        fields.append(index)
      }
      target = preprocessor.target.flatMap { indices[$0.name] }
      self.identifiers = identifiers.compactMap { indices[$0.name] }
      return
    }
    let columnCount = preprocessor.columnCount
    if names.count == columnCount {
      fields = preprocessor.inputPositions
      self.target = preprocessor.target?.position
      self.identifiers = identifiers.map(\.position)
      return
    }
    let target = preprocessor.target.map { [$0.position] } ?? []
    let others = preprocessor.unused.filter { $0.reason == .weight || $0.reason == .group }
    for absent in [target, target + others.map(\.position)]
    where !absent.isEmpty && names.count == columnCount - absent.count {
      func shifted(_ position: Int) -> Int { position - absent.count { $0 < position } }
      fields = preprocessor.inputPositions.map(shifted)
      self.identifiers = identifiers.map { shifted($0.position) }
      return
    }
    if preprocessor.unused.isEmpty {
      throw TableError(.fieldCount(start, found: names.count, model: model, features: inputs.count))
    } else {
      throw TableError(
        .columnCount(
          start, found: names.count, model: model, expected: columnCount,
          hasTarget: preprocessor.target != nil))
    }
  }
}
