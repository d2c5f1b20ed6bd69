import LinearAlgebra
import TestSupport
import Testing

/// Matrices whose elements are in somebody else's memory.
@Suite struct BorrowedElementsTests {
  private static let values = (0..<12).map { Double($0) - 3.5 }

  /// Calls a closure with a borrowed 4 × 3 matrix, then fills the memory with NaN.
  private func lending<Result>(_ body: (Matrix<Double>) throws -> Result) rethrows -> Result {
    let memory = UnsafeMutableBufferPointer<Double>.allocate(capacity: Self.values.count)
    _ = memory.initialize(fromContentsOf: Self.values)
    defer { memory.deallocate() }
    let result = try Matrix.withBorrowed(
      rowCount: 4, columnCount: 3, UnsafeBufferPointer(memory), body)
    memory.update(repeating: .nan)
    return result
  }

  @Test func everyReadingIsThatOfAnOwnMatrix() throws {
    let own = try Matrix(rowCount: 4, columnCount: 3, elements: Self.values)
    let gram = try own.gramMatrix(of: .rows)
    try lending { borrowed in
      #expect(borrowed == own)
      #expect(borrowed.elements == own.elements)
      #expect(borrowed[2, 1] == own[2, 1])
      #expect(borrowed.row(3) == own.row(3))
      #expect(borrowed.withRow(1) { $0[2] } == own[1, 2])
      #expect(borrowed.rows(1..<3) == own.rows(1..<3))
      #expect(borrowed.rows(1..<3).rows(1..<2).elements == own.row(2))
      #expect(borrowed.gatheringRows([3, 0, 3]) == own.gatheringRows([3, 0, 3]))
      #expect(borrowed.rows(2..<4).gatheringRows([1]) == own.gatheringRows([3]))
      #expect(borrowed.transposed == own.transposed)
      let product = try borrowed.gramMatrix(of: .rows)
      #expect(product == gram)
    }
  }

  @Test func nothingIsCopied() {
    let memory = UnsafeMutableBufferPointer<Double>.allocate(capacity: 6)
    memory.initialize(repeating: 1)
    defer { memory.deallocate() }
    Matrix.withBorrowed(rowCount: 2, columnCount: 3, UnsafeBufferPointer(memory)) { matrix in
      matrix.withUnsafeElements { #expect($0.baseAddress == UnsafePointer(memory.baseAddress)) }
      matrix.rows(1..<2).withUnsafeElements {
        #expect($0.baseAddress == UnsafePointer(memory.baseAddress! + 3))
      }
    }
  }

  @Test func changingCopies() {
    lending { borrowed in
      var changed = borrowed
      changed[0, 0] = 100
      #expect(changed[0, 0] == 100)
      #expect(borrowed[0, 0] == -3.5)
      #expect(changed.row(1) == borrowed.row(1))
      var block = borrowed.rows(2..<4)
      block.withUnsafeMutableElements { $0[0] = 7 }
      #expect(block.elements == [7] + Self.values[7...])
      #expect(borrowed.elements == Self.values)
    }
  }

  @Test func aMatrixThatStaysIsCopied() throws {
    let own = try Matrix(rowCount: 4, columnCount: 3, elements: Self.values)
    #expect(lending { $0 } == own)
    #expect(lending { $0.rows(1..<3) } == own.rows(1..<3))
    let kept = lending { FeatureMatrix.dense($0) }
    #expect(kept == .dense(own))
    #expect(kept.gatheringRows([2]) == .dense(own.rows(2..<3)))
  }

  @Test func anErrorPassesThrough() {
    struct Stop: Error {}
    #expect(throws: Stop.self) { try lending { _ in throw Stop() } }
  }
}
