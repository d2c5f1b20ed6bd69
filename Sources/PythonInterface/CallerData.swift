import CSupportVectors
import LinearAlgebra
import Learning
import TabularModels
import Tables

// What a caller has in memory, copied into this package's values: once, and in Double.

/// What a caller's data cannot be.
enum InterfaceError: Error, CustomStringConvertible {
  case malformed(String)

  var description: String {
    switch self {
    case .malformed(let reason): reason
    }
  }
}

extension sv_matrix {
  /// The matrix as this package has it; sparse rows are stored densely where that computes faster.
  ///
  /// - Throws: ``InterfaceError`` for sizes and columns that cannot be.
  @unsafe
  func features() throws -> FeatureMatrix {
    guard unsafe row_count >= 0, unsafe column_count >= 0, unsafe column_count <= Int64(Int32.max),
      unsafe value_size == 8 || value_size == 4
    else {
      throw InterfaceError.malformed(
        unsafe "a matrix of \(row_count) × \(column_count) values of \(value_size) bytes is not possible"
      )
    }
    return unsafe is_sparse == 0
      ? .dense(try unsafe denseMatrix()) : FeatureMatrix(choosingFor: try unsafe sparseMatrix())
  }

  @unsafe
  private func denseMatrix() throws -> Matrix<Double> {
    let (rows, columns) = unsafe (Int(row_count), Int(column_count))
    let (count, overflow) = rows.multipliedReportingOverflow(by: columns)
    guard !overflow, count <= Int.max / 8 else {
      throw InterfaceError.malformed("a matrix of \(rows) × \(columns) values is too large")
    }
    guard count > 0 else { return Matrix(rowCount: rows, columnCount: columns, repeating: 0) }
    guard let values = unsafe values else {
      throw InterfaceError.malformed("a matrix has no values")
    }
    let strides = unsafe (row: Int(row_stride), column: Int(column_stride))
    return unsafe Matrix(rowCount: rows, columnCount: columns) { target in
      if unsafe value_size == 4 {
        unsafe Self.copy(
          values.assumingMemoryBound(to: Float.self), strides, rows, columns, into: target)
      } else if strides.column == 1, strides.row == columns {
        _ = unsafe target.update(
          fromContentsOf: UnsafeBufferPointer(
            start: values.assumingMemoryBound(to: Double.self), count: count))
      } else {
        unsafe Self.copy(
          values.assumingMemoryBound(to: Double.self), strides, rows, columns, into: target)
      }
    }
  }

  /// Columns of a matrix that is stored column after column are read in squares, which stay in the cache.
  @unsafe
  private static func copy<Value: BinaryFloatingPoint>(
    _ source: UnsafePointer<Value>, _ strides: (row: Int, column: Int), _ rows: Int, _ columns: Int,
    into target: UnsafeMutableBufferPointer<Double>
  ) {
    let side = strides.column == 1 ? columns : 16
    for firstRow in stride(from: 0, to: rows, by: 16) {
      for firstColumn in stride(from: 0, to: columns, by: side) {
        for row in firstRow..<min(firstRow + 16, rows) {
          for column in firstColumn..<min(firstColumn + side, columns) {
            unsafe target[row * columns + column] = Double(
              source[row * strides.row + column * strides.column])
          }
        }
      }
    }
  }

  @unsafe
  private func sparseMatrix() throws -> SparseMatrix<Double> {
    let rows = unsafe Int(row_count)
    guard unsafe index_size == 4 || index_size == 8, let offsetMemory = unsafe row_offsets else {
      throw InterfaceError.malformed("a sparse matrix has no row offsets")
    }
    func integers(_ memory: UnsafeRawPointer?, _ count: Int) throws -> [Int] {
      guard count > 0 else { return [] }
      guard let memory = unsafe memory else {
        throw InterfaceError.malformed("a sparse matrix has no column indices")
      }
      return unsafe index_size == 4
        ? unsafe UnsafeBufferPointer(
          start: memory.assumingMemoryBound(to: Int32.self), count: count
        ).map(Int.init)
        : unsafe UnsafeBufferPointer(
          start: memory.assumingMemoryBound(to: Int64.self), count: count
        ).map(Int.init)
    }
    let offsets = try unsafe integers(offsetMemory, rows + 1)
    let count = offsets[rows]
    guard count >= 0, unsafe count == 0 || (unsafe values) != nil else {
      throw InterfaceError.malformed("a sparse matrix has no values")
    }
    let columns = try unsafe integers(column_indices, count).map { column in
      guard let index = Int32(exactly: column) else {
        throw InterfaceError.malformed("column \(column) of a sparse matrix is out of range")
      }
      return index
    }
    var numbers: [Double] = []
    if count > 0, let values = unsafe values {
      numbers =
        unsafe value_size == 4
        ? unsafe UnsafeBufferPointer(
          start: values.assumingMemoryBound(to: Float.self), count: count
        ).map(Double.init)
        : unsafe Array(
          UnsafeBufferPointer(start: values.assumingMemoryBound(to: Double.self), count: count))
    }
    return unsafe try SparseMatrix(
      rowCount: rows, columnCount: Int(column_count), rowOffsets: offsets, columnIndices: columns,
      values: numbers)
  }
}

extension sv_examples {
  /// The examples, with classes of these names.
  ///
  /// - Throws: ``InterfaceError``; `LinearAlgebraError` for malformed sparse rows.
  @unsafe
  func examples(classes names: [String]) throws -> FeatureExamples {
    let features = try unsafe features.features()
    let count = features.rowCount
    func copy<Value>(_ values: UnsafePointer<Value>?) -> [Value]? {
      unsafe values.map { unsafe Array(UnsafeBufferPointer(start: $0, count: count)) }
    }
    let targets: Targets
    if let codes = unsafe copy(codes) {
      guard Set(names).count == names.count else {
        throw InterfaceError.malformed("two classes have the same name")
      }
      if let code = codes.first(where: { $0 < 0 || $0 >= Int64(names.count) }) {
        throw InterfaceError.malformed("class \(code) is not among \(names.count) classes")
      }
      targets = .classes(ClassTable(names: names, codes: codes.map(Int.init)))
    } else if let numbers = unsafe copy(numbers) {
      targets = .numbers(numbers)
    } else {
      targets = .none(count: count)
    }
    return FeatureExamples(
      features: features, targets: targets, weights: unsafe copy(weights))
  }
}

extension sv_table {
  /// The table, which messages call `data`.
  ///
  /// - Throws: ``InterfaceError`` or `TableError`.
  @unsafe
  func table() throws -> Table {
    let count = unsafe Int(row_count)
    guard count >= 0, unsafe column_count >= 0, unsafe column_count == 0 || (unsafe columns) != nil
    else {
      throw InterfaceError.malformed(
        unsafe "a table of \(row_count) × \(column_count) is not possible")
    }
    let columns = unsafe try (0..<Int(column_count)).map { index in
      let column = unsafe self.columns[index]
      guard let name = unsafe column.name.map({ unsafe String(cString: $0) }) else {
        throw InterfaceError.malformed("column \(index) has no name")
      }
      if let numbers = unsafe column.numbers {
        return unsafe TableColumn(
          name: name, numbers: Array(UnsafeBufferPointer(start: numbers, count: count)))
      }
      guard let offsets = unsafe column.offsets,
        unsafe (unsafe column.texts) != nil || (unsafe offsets[count]) == 0
      else {
        throw InterfaceError.malformed("column \(name) has neither numbers nor texts")
      }
      let texts = try (0..<count).map { row -> String? in
        if let missing = unsafe column.is_missing, unsafe missing[row] != 0 { return nil }
        let (first, end) = unsafe (Int(offsets[row]), Int(offsets[row + 1]))
        guard first >= 0, first <= end else {
          throw InterfaceError.malformed("the texts of column \(name) are out of order")
        }
        guard first < end, let start = unsafe column.texts else { return "" }
        return unsafe UnsafeRawBufferPointer(start: start + first, count: end - first)
          .withMemoryRebound(to: UInt8.self) { unsafe String(decoding: $0, as: UTF8.self) }
      }
      return TableColumn(name: name, texts: texts)
    }
    return try Table(columns: columns, name: "data")
  }
}
