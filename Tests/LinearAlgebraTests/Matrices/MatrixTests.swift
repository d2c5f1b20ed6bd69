import LinearAlgebra
import TestSupport
import Testing

@Suite struct MatrixTests {
  @Test func initialisersAgree() throws {
    let nested = try Matrix<Double>(rows: [[1, 2, 3], [4, 5, 6]])
    let flat = try Matrix<Double>(rowCount: 2, columnCount: 3, elements: [1, 2, 3, 4, 5, 6])
    let formula = Matrix<Double>(rowCount: 2, columnCount: 3) { Double($0 * 3 + $1 + 1) }
    #expect(nested == flat)
    #expect(flat == formula)
    #expect(flat[1, 0] == 4)
    #expect(flat.row(1) == [4, 5, 6])
    #expect(flat.withRow(1) { $0[2] } == 6)
    #expect(flat.elements == [1, 2, 3, 4, 5, 6])
  }

  @Test func wrongElementCountsAreRefused() {
    #expect(throws: LinearAlgebraError.elementCount(rows: 2, columns: 2, found: 3)) {
      try Matrix<Float>(rowCount: 2, columnCount: 2, elements: [1, 2, 3])
    }
    #expect(throws: LinearAlgebraError.elementCount(rows: -1, columns: -2, found: 2)) {
      try Matrix<Float>(rowCount: -1, columnCount: -2, elements: [1, 2])
    }
    // 2⁶³ × 2 wraps to 0 elements when nobody looks.
    #expect(throws: LinearAlgebraError.elementCount(rows: .max, columns: 2, found: 0)) {
      try Matrix<Double>(rowCount: .max, columnCount: 2, elements: [])
    }
    #expect(throws: LinearAlgebraError.raggedRows(row: 1, found: 1, expected: 2)) {
      try Matrix<Float>(rows: [[1, 2], [3]])
    }
  }

  @Test func emptyMatricesExist() throws {
    #expect(try Matrix<Double>(rows: []).rowCount == 0)
    #expect(try Matrix<Double>(rows: [[], []]).columnCount == 0)
    #expect(try Matrix<Double>(rowCount: 0, columnCount: 5, elements: []).transposed.rowCount == 5)
    #expect(Matrix<Double>.identity(0).elements.isEmpty)
  }

  @Test func blocksOfRowsShareElementsUntilOneChanges() throws {
    let whole = Matrix<Double>(rowCount: 5, columnCount: 2) { Double($0 * 2 + $1) }
    var block = whole.rows(1..<4).rows(1..<3)
    #expect(block.elements == [4, 5, 6, 7])
    #expect(block == (try Matrix(rows: [[4, 5], [6, 7]])))
    block[0, 1] = -1
    #expect(block.elements == [4, -1, 6, 7])
    #expect(whole.elements == (0..<10).map(Double.init))

    var changed = whole
    let view = changed.rows(0..<2)
    changed[0, 0] = 99
    #expect(view[0, 0] == 0)
    #expect(changed[0, 0] == 99)
    #expect(whole[0, 0] == 0)
  }

  @Test func aBlockThatBeginsAtTheFirstRowIsCopiedToo() {
    let whole = Matrix<Float>(rowCount: 3, columnCount: 2) { Float($0 + $1) }
    var block = whole.rows(0..<1)
    block[0, 0] = 7
    #expect(block.elements == [7, 1])
    #expect(whole[0, 0] == 0)
  }

  @Test func blocksCostNoMemory() {
    let whole = Matrix<Double>(rowCount: 100, columnCount: 10, repeating: 1)
    let block = whole.rows(40..<60)
    let inWhole = whole.withUnsafeElements { $0.baseAddress! + 400 }
    let inBlock = block.withUnsafeElements { $0.baseAddress! }
    #expect(inWhole == inBlock)
  }

  @Test func gatheredRowsKeepTheirOrder() {
    let matrix = Matrix<Double>(rowCount: 4, columnCount: 2) { Double($0 * 10 + $1) }.rows(1..<4)
    #expect(matrix.gatheringRows([2, 0, 2]).elements == [30, 31, 10, 11, 30, 31])
    #expect(matrix.gatheringRows([]).columnCount == 2)
  }

  @Test(arguments: [(0, 3), (1, 1), (1, 40), (17, 16), (33, 50)])
  func transposingExchangesRowsAndColumns(rows: Int, columns: Int) {
    let whole = Matrix<Float>(rowCount: rows + 2, columnCount: columns) { Float($0 * 100 + $1) }
    let matrix = whole.rows(1..<rows + 1)
    let transposed = matrix.transposed
    #expect(transposed == Matrix(rowCount: columns, columnCount: rows) { matrix[$1, $0] })
    #expect(transposed.transposed == matrix)
  }

  @Test func equalityIgnoresWhereTheElementsLie() throws {
    let whole = try Matrix<Double>(rows: [[1, 2], [1, 2], [3, 4]])
    #expect(whole.rows(0..<1) == whole.rows(1..<2))
    #expect(whole.rows(1..<2) != whole.rows(2..<3))
    #expect(try Matrix<Double>(rows: [[1, 2]]) != Matrix(rows: [[1], [2]]))
  }

  @Test func rowsOutsideTheMatrixStopTheProgram() async {
    await #expect(processExitsWith: .failure) {
      _ = Matrix<Double>(rowCount: 2, columnCount: 2, repeating: 0).rows(1..<3)
    }
    await #expect(processExitsWith: .failure) {
      _ = Matrix<Double>(rowCount: 2, columnCount: 2, repeating: 0)[0, 2]
    }
    await #expect(processExitsWith: .failure) {
      _ = Matrix<Double>(rowCount: 1 << 62, columnCount: 2, repeating: 0)
    }
  }
}
