import Learning
import LinearAlgebra
import TestSupport
import Testing

struct DecisionShapeTests {
  @Test func columnsOfAShape() {
    #expect(DecisionShape.binary.columnCount(classCount: 2) == 1)
    #expect(DecisionShape.binary.columnCount(classCount: 3) == nil)
    #expect(DecisionShape.pairs.columnCount(classCount: 1) == 0)
    #expect(DecisionShape.pairs.columnCount(classCount: 5) == 10)
    #expect(DecisionShape.perClass.columnCount(classCount: 5) == 5)
    for shape in DecisionShape.allCases {
      #expect(shape.columnCount(classCount: 0) == nil)
      #expect(shape.columnCount(classCount: .max) == nil)
    }
  }

  @Test func valuesOfSomeClassesFindTheirColumns() throws {
    let nan = Double.nan
    // Pairs (0,1) (0,2) (0,3) (1,2) (1,3) (2,3), without class 1.
    let values = try Matrix<Double>(rows: [[2, 3, 23], [-2, -3, -23]])
    let spread = DecisionShape.pairs.spread(values, knownClasses: [0, 2, 3], classCount: 4)
    let expected = try Matrix<Double>(
      rows: [[nan, 2, 3, nan, nan, 23], [nan, -2, -3, nan, nan, -23]])
    #expect(firstDifference(spread, expected, within: 0) == nil)

    let scores = DecisionShape.perClass.spread(
      try Matrix<Double>(rows: [[1, 3]]), knownClasses: [1, 3], classCount: 4)
    #expect(
      firstDifference(scores, try Matrix<Double>(rows: [[nan, 1, nan, 3]]), within: 0) == nil)

    let none = DecisionShape.binary.spread(
      Matrix<Double>(rowCount: 2, columnCount: 0, repeating: 0), knownClasses: [1], classCount: 2)
    #expect(none.rowCount == 2 && none.columnCount == 1 && none[1, 0].isNaN)
  }
}
