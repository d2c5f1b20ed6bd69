import Testing

@testable import LinearAlgebra

@Suite struct LAPACKScalarTests {
  /// LAPACK answers a query for work space with a floating-point number, which Float rounds.
  @Test(arguments: [1, 2, 1000, 16_777_217, 18_018_001, 100_000_001])
  func workSpaceIsNeverRoundedDown(count: Int) throws {
    #expect(try Float.workCount(Float(count), atLeast: 1, routine: "syevd") >= count)
    #expect(try Double.workCount(Double(count), atLeast: 1, routine: "syevd") >= count)
    #expect(try Float.workCount(1, atLeast: count, routine: "syevd") >= count)
  }

  @Test func workSpaceThatLAPACKCannotCountIsRefused() {
    // What eigenvectors of 32 767 rows would take.
    let count = 1 + 6 * 32_767 + 2 * 32_767 * 32_767
    #expect(throws: LinearAlgebraError.tooLarge(operation: "syevd", count: count)) {
      try Double.workCount(1, atLeast: count, routine: "syevd")
    }
    #expect(throws: LinearAlgebraError.self) {
      try Float.workCount(3e9, atLeast: 1, routine: "gesdd")
    }
  }

  @Test func codesBecomeErrors() throws {
    try checkLAPACK(0, routine: "potrf") { .notPositiveDefinite(leadingMinor: $0) }
    #expect(throws: LinearAlgebraError.notPositiveDefinite(leadingMinor: 3)) {
      try checkLAPACK(3, routine: "potrf") { .notPositiveDefinite(leadingMinor: $0) }
    }
    #expect(throws: LinearAlgebraError.notConverged(routine: "gesdd", failures: 2)) {
      try checkLAPACK(2, routine: "gesdd") { .notConverged(routine: "gesdd", failures: $0) }
    }
    // −1010: LAPACKE could not get memory.
    #expect(throws: LinearAlgebraError.lapack(routine: "gesdd", code: -1010)) {
      try checkLAPACK(-1010, routine: "gesdd") { .notConverged(routine: "gesdd", failures: $0) }
    }
  }
}
