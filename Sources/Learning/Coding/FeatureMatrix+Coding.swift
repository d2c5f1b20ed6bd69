import LinearAlgebra

/// How a model file holds the training rows that a model keeps.
package enum RowStorage: String, CaseIterable, Sendable {
  case dense
  case sparse
  case none
}

extension StoredField {
  /// Which tensors hold the rows.
  package static let rowStorage = member(
    "supportVectors", "\"dense\", \"sparse\" or \"none\": which tensors hold the support vectors")
  fileprivate static let denseRows = tensor(
    "supportVectors", "F64 [s, d]", "the support vectors",
    when: (rowStorage, RowStorage.dense.rawValue))
  fileprivate static let sparseValues = tensor(
    "supportVectors.values", "F64 [entries]", "the support vectors as compressed sparse rows",
    when: (rowStorage, RowStorage.sparse.rawValue))
  fileprivate static let sparseRowOffsets = tensor(
    "supportVectors.rowOffsets", "I64 [s + 1]", "where each of them begins",
    when: (rowStorage, RowStorage.sparse.rawValue))
  fileprivate static let sparseColumns = tensor(
    "supportVectors.columns", "I32 [entries]", "the column of each value",
    when: (rowStorage, RowStorage.sparse.rawValue))

  /// What holds the rows, in either form.
  package static let keptRows = [
    rowStorage, denseRows, sparseValues, sparseRowOffsets, sparseColumns,
  ]
}

extension ModelWriter {
  /// Adds the training rows that a model keeps; `nil` for a model without any.
  package mutating func store(rows: FeatureMatrix?) {
    let storage: RowStorage
    switch rows {
    case .dense(let matrix)?:
      storage = .dense
      store(matrix, as: .denseRows)
    case .sparse(let matrix)?:
      storage = .sparse
      store(matrix.values, as: .sparseValues)
      store(matrix.rowOffsets, as: .sparseRowOffsets)
      tensors[StoredField.sparseColumns.name] = StoredTensor(
        .int32(matrix.columnIndices), shape: [matrix.columnIndices.count])
    case nil: storage = .none
    }
    store(.string(storage.rawValue), as: .rowStorage)
  }
}

extension ModelReader {
  /// How the file holds the training rows that the model keeps.
  package func rowStorage() throws(ModelFileError) -> RowStorage {
    try member(.rowStorage).word(RowStorage.self)
  }

  /// The training rows that the model keeps.
  package func rows(count: Int, featureCount: Int) throws(ModelFileError) -> FeatureMatrix {
    switch try rowStorage() {
    case .dense:
      let matrix = try matrix(.denseRows, columnCount: featureCount)
      guard matrix.rowCount == count else {
        throw failure(
          .denseRows, .mismatch(found: "\(matrix.rowCount) rows", expected: "\(count)"))
      }
      return .dense(matrix)
    case .sparse:
      let values = try vector(.sparseValues)
      let offsets = try counts(.sparseRowOffsets)
      let columns = try tensors.int32(StoredField.sparseColumns.name)
      do throws(LinearAlgebraError) {
        return .sparse(
          try SparseMatrix(
            rowCount: count, columnCount: featureCount, rowOffsets: offsets,
            columnIndices: columns, values: values))
      } catch {
        throw failure(.denseRows, .inconsistent(error.description))
      }
    case .none:
      throw try member(.rowStorage).failure(
        .mismatch(found: "none", expected: "dense or sparse"))
    }
  }
}
