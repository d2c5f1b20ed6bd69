import LinearAlgebra

extension SharedData {
  /// Makes features of the training data of a model once more, each rank those of its rows.
  ///
  /// - Parameters:
  ///   - preprocessor: What the model learned about its training data.
  ///   - hasTarget: Whether the model predicts a column.
  ///   - model: What messages call the model.
  ///   - byteLimit: The most memory that the features of this rank may take, or `nil` for any.
  /// - Returns: The examples as training saw them, the features of this rank's and all else of all; or why
  ///   they cannot be the training data.
  /// - Throws: ``TableError``, on all ranks one that says that something is wrong, though perhaps not where.
  package func repeated(
    by preprocessor: Preprocessor, hasTarget: Bool, model: String, byteLimit: Int?
  ) throws(TableError) -> RepeatedExamples {
    switch (examples, preprocessor) {
    case (let share as TableShare, .table(let preprocessor)):
      return try share.repeated(
        by: preprocessor, hasTarget: hasTarget, model: model, byteLimit: byteLimit)
    case (let share as LIBSVMShare, .libsvm(let preprocessor)):
      return try share.repeated(by: preprocessor, byteLimit: byteLimit)
    default: return .otherKind
    }
  }
}

extension TableShare {
  /// See ``TablePreprocessor/repeated(_:hasTarget:model:byteLimit:)``.
  fileprivate func repeated(
    by preprocessor: TablePreprocessor, hasTarget: Bool, model: String, byteLimit: Int?
  ) throws(TableError) -> RepeatedExamples {
    // Where columns are follows from their names.
    let (named, _) = table(try contents(nil), nil)
    let target = preprocessor.targetIndex(in: named)
    if hasTarget, target == nil { return .noTarget }
    let (weights, kept) = try weighted(
      byColumn: try preprocessor.weightIndex(in: named, model: model))
    let (table, own) = kept == nil ? (named, columns.ownRows) : table(try contents(kept), kept)
    let usable = try columns.ranks.agreed { () throws(TableError) in
      try preprocessor.usableRows(of: table, model: model)
    }
    let rows = try gathered(usable, of: own)
    var targetColumn: TableColumn?
    if let target {
      let column = restricted(try columns.whole(target), target, to: kept)
      if hasTarget {
        try origin.requireValues(ofTarget: column, at: target, kept, rows: rows)
      }
      targetColumn = preprocessor.targetColumn(column)
    }
    let features = try columns.ranks.agreed(order: \.fieldNumber) { () throws(TableError) in
      try preprocessor.transform(table, rows: usable, model: model, byteLimit: byteLimit)
    }
    return .examples(
      features, target: targetColumn, rows: rows,
      weights: weights.map { weights in rows.map { weights[$0] } })
  }

  /// What whole columns hold.
  private func contents(_ kept: [Int]?) throws(TableError) -> [ColumnContent] {
    try columns.map(Array(columns.builders.indices)) { column, index throws(TableError) in
      ColumnContent(restricted(column, index, to: kept))
    }
  }
}
