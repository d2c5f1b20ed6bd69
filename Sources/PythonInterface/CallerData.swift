import CSupportVectors
import LinearAlgebra
import Learning
import TabularModels
import Tables

// What a caller has in memory, as this package's values: a matrix of doubles, row after row, is read where it is;
// everything else is copied, once, and in Double.

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
  /// Calls a closure with the matrix as this package has it; sparse rows are stored densely where that computes
  /// faster.
  ///
  /// Doubles that lie row after row without gaps are not copied, unless what the closure returns refers to them.
  ///
  /// - Parameter body: Called with the matrix.
  /// - Returns: What the closure returns.
  /// - Throws: ``InterfaceError`` for sizes and columns that cannot be; what the closure throws.
  @unsafe
  func withFeatures<Result>(_ body: (FeatureMatrix) throws -> Result) throws -> Result {
    guard unsafe row_count >= 0, unsafe column_count >= 0, unsafe column_count <= Int64(Int32.max),
      unsafe value_size == 8 || value_size == 4
    else {
      throw InterfaceError.malformed(
        unsafe "a matrix of \(row_count) × \(column_count) values of \(value_size) bytes is not possible"
      )
    }
    return try unsafe is_sparse == 0
      ? unsafe withDenseMatrix { try body(.dense($0)) }
      : body(FeatureMatrix(choosingFor: try sparseMatrix()))
  }

  @unsafe
  private func withDenseMatrix<Result>(
    _ body: (Matrix<Double>) throws -> Result
  ) throws -> Result {
    let (rows, columns) = unsafe (Int(row_count), Int(column_count))
    let (count, overflow) = rows.multipliedReportingOverflow(by: columns)
    guard !overflow, count <= Int.max / 8 else {
      throw InterfaceError.malformed("a matrix of \(rows) × \(columns) values is too large")
    }
    guard count > 0 else {
      return try body(Matrix(rowCount: rows, columnCount: columns, repeating: 0))
    }
    guard let values = unsafe values else {
      throw InterfaceError.malformed("a matrix has no values")
    }
    let strides = unsafe (row: Int(row_stride), column: Int(column_stride))
    // The stride of a single row or column counts nothing.
    let isContiguous =
      (strides.column == 1 || columns == 1) && (strides.row == columns || rows == 1)
    if unsafe value_size == 8, isContiguous, UInt(bitPattern: values) % 8 == 0 {
      return try unsafe Matrix.withBorrowed(
        rowCount: rows, columnCount: columns,
        UnsafeBufferPointer(start: values.assumingMemoryBound(to: Double.self), count: count),
        body)
    }
    return try body(
      unsafe Matrix(rowCount: rows, columnCount: columns) { target in
        if unsafe value_size == 4 {
          unsafe Self.copy(
            values.assumingMemoryBound(to: Float.self), strides, rows, columns, into: target)
        } else {
          unsafe Self.copy(
            values.assumingMemoryBound(to: Double.self), strides, rows, columns, into: target)
        }
      })
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
    let offsets =
      unsafe index_size == 4
      ? unsafe UnsafeBufferPointer(
        start: offsetMemory.assumingMemoryBound(to: Int32.self), count: rows + 1
      ).map(Int.init)
      : unsafe UnsafeBufferPointer(
        start: offsetMemory.assumingMemoryBound(to: Int64.self), count: rows + 1
      ).map(Int.init)
    let count = offsets[rows]
    guard count >= 0, unsafe count == 0 || (unsafe values) != nil else {
      throw InterfaceError.malformed("a sparse matrix has no values")
    }
    let columns = try unsafe sparseColumns(count)
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

extension sv_matrix {
  /// The columns of a sparse matrix's entries, in integers of 32 bits.
  @unsafe
  private func sparseColumns(_ count: Int) throws -> [Int32] {
    guard count > 0 else { return [] }
    guard let memory = unsafe column_indices else {
      throw InterfaceError.malformed("a sparse matrix has no column indices")
    }
    guard unsafe index_size == 8 else {
      return unsafe Array(
        UnsafeBufferPointer(start: memory.assumingMemoryBound(to: Int32.self), count: count))
    }
    return try unsafe UnsafeBufferPointer(
      start: memory.assumingMemoryBound(to: Int64.self), count: count
    ).map { column in
      guard let index = Int32(exactly: column) else {
        throw InterfaceError.malformed("column \(column) of a sparse matrix is out of range")
      }
      return index
    }
  }
}

extension sv_examples {
  /// Calls a closure with the examples, with classes of these names.
  ///
  /// - Parameters:
  ///   - names: The classes that codes are places of.
  ///   - body: Called with the examples, whose features may be in the caller's memory.
  /// - Returns: What the closure returns.
  /// - Throws: ``InterfaceError``; `LinearAlgebraError` for malformed sparse rows; what the closure throws.
  @unsafe
  func withExamples<Result>(
    classes names: [String], _ body: (FeatureExamples) throws -> Result
  ) throws -> Result {
    let targets = try unsafe targets(classes: names)
    let weights = unsafe copy(weights)
    return try unsafe features.withFeatures {
      try body(FeatureExamples(features: $0, targets: targets, weights: weights))
    }
  }

  /// A number of the caller's for each row.
  @unsafe
  private func copy<Value>(_ values: UnsafePointer<Value>?) -> [Value]? {
    unsafe values.map {
      unsafe Array(UnsafeBufferPointer(start: $0, count: max(0, Int(features.row_count))))
    }
  }

  @unsafe
  private func targets(classes names: [String]) throws -> Targets {
    if let codes = unsafe copy(codes) {
      guard Set(names).count == names.count else {
        throw InterfaceError.malformed("two classes have the same name")
      }
      if let code = codes.first(where: { $0 < 0 || $0 >= Int64(names.count) }) {
        throw InterfaceError.malformed("class \(code) is not among \(names.count) classes")
      }
      return .classes(ClassTable(names: names, codes: codes.map(Int.init)))
    }
    if let numbers = unsafe copy(numbers) { return .numbers(numbers) }
    return .none(count: unsafe max(0, Int(features.row_count)))
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
