import LinearAlgebra
import TestSupport
import Testing

@Suite struct VectorsTests {
  static let lengths = [0, 1, 2, 7, 31, 64, 1001]

  @Test(arguments: lengths)
  func vectorRoutinesStayWithinTheErrorBound(length: Int) throws {
    try check(Float.self, length)
    try check(Double.self, length)
  }

  private func check<Scalar: BLASScalar>(_: Scalar.Type, _ length: Int) throws {
    let seed = UInt64(length)
    var generator = TestGenerator(seed: seed)
    // Parts of longer arrays, so that the first element is not the first in memory.
    let allX = (0..<length + 3).map { _ in Scalar(generator.normal()) }
    let allY = (0..<length + 3).map { _ in Scalar(generator.normal()) }
    let x = Array(allX[3...])
    let y = Array(allY[1..<length + 1])
    let xSpan = allX.span.extracting(3..<length + 3)
    let ySpan = allY.span.extracting(1..<length + 1)
    let factor = errorFactor(Scalar.self, terms: length + 1)
    let comment: Comment = "\(Scalar.self), seed \(seed)"

    let products = x.indices.map { Double(x[$0]) * Double(y[$0]) }
    let dot = products.reduce(0, +)
    let magnitude = products.reduce(0) { $0 + $1.magnitude }
    #expect(isClose(try xSpan.dot(ySpan), dot, within: factor * magnitude), comment)
    #expect(isClose(try x.dot(y), dot, within: factor * magnitude), comment)

    let squares = x.reduce(0) { $0 + Double($1) * Double($1) }
    #expect(isClose(try xSpan.norm2, squares.squareRoot(), relative: factor), comment)
    #expect(try x.norm2 == xSpan.norm2, comment)
    let magnitudes = x.reduce(0) { $0 + Double($1.magnitude) }
    #expect(isClose(try xSpan.norm1, magnitudes, relative: factor), comment)
    #expect(xSpan.normInfinity == x.map(\.magnitude).max() ?? 0, comment)

    var sum = y
    try sum.add(x, scaledBy: -1.5)
    let expected = y.indices.map { Double(y[$0]) - 1.5 * Double(x[$0]) }
    let difference = firstDifference(sum, expected) {
      errorFactor(Scalar.self, terms: 2) * Double(y[$0].magnitude + 1.5 * x[$0].magnitude)
    }
    #expect(difference == nil, comment)
    var twice = x
    try twice.add(twice)
    #expect(twice == x.map { 2 * $0 }, comment)
  }

  @Test func normsDoNotOverflowNeedlessly() throws {
    #expect(isClose(try [Double](repeating: 1e200, count: 4).norm2, 2e200, relative: 1e-15))
    #expect(isClose(try [Double](repeating: 1e-200, count: 4).norm2, 2e-200, relative: 1e-15))
    #expect(isClose(try [Float](repeating: 1e30, count: 4).norm2, 2e30, relative: 1e-6))
  }

  @Test func theLargestMagnitudeOfNotANumberIsNotANumber() {
    #expect([1, Double.nan, 2].normInfinity.isNaN)
    #expect([1, -Double.infinity, 2].normInfinity == .infinity)
  }

  @Test func lengthsThatDifferAreRefused() {
    #expect(throws: LinearAlgebraError.shapeMismatch(operation: "dot", left: [2], right: [1])) {
      try [1.0, 2].dot([1])
    }
    #expect(throws: LinearAlgebraError.shapeMismatch(operation: "axpy", left: [1], right: [2])) {
      var sum: [Float] = [1]
      try sum.add([1, 2])
    }
  }
}
