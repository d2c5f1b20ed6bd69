import LinearAlgebra
import TestSupport
import Testing

@Suite struct SparseMatrixTests {
  /// The matrix [[0, 5, 0], [0, 0, 0], [7, 0, 9]].
  private static let small = try? SparseMatrix<Double>(
    rowCount: 3, columnCount: 3, rowOffsets: [0, 1, 1, 3], columnIndices: [1, 0, 2],
    values: [5, 7, 9])

  @Test func entriesLieWhereTheyBelong() throws {
    let matrix = try #require(Self.small)
    #expect(matrix.dense == (try Matrix(rows: [[0, 5, 0], [0, 0, 0], [7, 0, 9]])))
    #expect(try SparseMatrix(matrix.dense) == matrix)
    #expect(matrix.withRow(2) { columns, _ in columns[1] } == 2)
    #expect(matrix.withRow(2) { _, values in values[1] } == 9)
    #expect(matrix.withRow(1) { columns, _ in columns.count } == 0)
    #expect(matrix.denseByteCount == 72)
  }

  @Test func rowsAreCopiedInOrder() throws {
    let matrix = try #require(Self.small)
    #expect(matrix.rows(1..<3).dense == matrix.dense.rows(1..<3))
    #expect(matrix.rows(1..<1).rowOffsets == [0])
    #expect(matrix.gatheringRows([2, 0, 2]).dense == matrix.dense.gatheringRows([2, 0, 2]))
  }

  @Test(arguments: [(0, 0), (0, 4), (4, 0), (1, 9), (13, 6), (40, 71)])
  func transposingExchangesRowsAndColumns(rows: Int, columns: Int) throws {
    let seed: UInt64 = 13
    var generator = TestGenerator(seed: seed)
    let matrix = try SparseMatrix<Float>.random(rows, columns, density: 0.2, using: &generator)
    let transposed = matrix.transposed
    #expect(transposed.dense == matrix.dense.transposed, "seed \(seed)")
    // The checking initialiser accepts what was built unchecked.
    let checked = try SparseMatrix(
      rowCount: columns, columnCount: rows, rowOffsets: transposed.rowOffsets,
      columnIndices: transposed.columnIndices, values: transposed.values)
    #expect(checked == transposed, "seed \(seed)")
  }

  struct Malformed: Sendable, CustomTestStringConvertible {
    var rows = 2
    var columns = 2
    var offsets = [0, 1, 2]
    var indices: [Int32] = [0, 1]
    var values: [Double] = [1, 2]
    var testDescription: String { "\(rows) × \(columns), \(offsets), \(indices)" }
  }

  @Test(arguments: [
    Malformed(rows: -1), Malformed(columns: -1), Malformed(columns: 1 << 31),
    Malformed(rows: .max), Malformed(offsets: []), Malformed(offsets: [0, 1]),
    Malformed(offsets: [1, 1, 2]), Malformed(offsets: [0, 1, 3]), Malformed(offsets: [0, 3, 2]),
    Malformed(offsets: [0, -1, 2]), Malformed(indices: [0]), Malformed(indices: [0, 2]),
    Malformed(indices: [-1, 0]), Malformed(offsets: [0, 2, 2], indices: [1, 0]),
    Malformed(offsets: [0, 2, 2], indices: [1, 1]),
  ])
  func malformedStructuresAreRefused(_ matrix: Malformed) {
    let error = #expect(throws: LinearAlgebraError.self) {
      try SparseMatrix(
        rowCount: matrix.rows, columnCount: matrix.columns, rowOffsets: matrix.offsets,
        columnIndices: matrix.indices, values: matrix.values)
    }
    #expect(error?.description.hasPrefix("not a compressed-sparse-row matrix: ") == true)
  }

  @Test func aMatrixThatNoMemoryHoldsSaysSo() throws {
    let columns = Int(Int32.max)
    let wide = try SparseMatrix<Double>(
      rowCount: 1, columnCount: columns, rowOffsets: [0, 1], columnIndices: [2], values: [1])
    #expect(wide.denseByteCount == columns * 8)
    let many = wide.gatheringRows([]).denseByteCount
    #expect(many == 0)
  }
}
