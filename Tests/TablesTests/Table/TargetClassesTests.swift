import Basics
import Testing

@testable import Tables

@Suite struct TargetClassesTests {
  @Test func numbersAreOrderedByValueAndPrintedShortest() throws {
    let column = try table("x,y\n1,10\n2,+9\n3,9.0\n4,-1\n5,1e1\n").columns[1]
    let labels = TargetClasses(column)
    #expect(labels.names == ["-1", "9", "10"])
    #expect(labels.codes == [2, 1, 1, 0, 2])
  }

  @Test func textsAreOrderedByBytes() throws {
    let column = TableColumn(name: "y", texts: ["b", "a", "B", "é", "b"])
    let labels = TargetClasses(column)
    #expect(labels.names == ["B", "a", "b", "é"])
    #expect(labels.codes == [2, 1, 0, 3, 2])
  }

  @Test func onlyClassesOfTheChosenRowsCount() {
    let texts = TargetClasses(TableColumn(name: "y", texts: ["b", "a", "c"]), rows: [2, 0])
    #expect(texts.names == ["b", "c"])
    #expect(texts.codes == [1, 0])
    let numbers = TargetClasses(TableColumn(name: "y", numbers: [3, 1, 2]), rows: [0, 2])
    #expect(numbers.names == ["2", "3"])
    #expect(numbers.codes == [1, 0])
  }

  @Test func bothZerosAreOneClass() {
    #expect(TargetClasses(TableColumn(name: "y", numbers: [-0.0, 0, 1])).names == ["0", "1"])
  }

  @Test func textsNameClassesByValueWhenAllAreNumbers() {
    let numbers = ClassIndex(names: ["-1", "1", "10"])
    #expect(numbers.code(for: "+1") == 1)
    #expect(numbers.code(for: "1.0") == 1)
    #expect(numbers.code(for: "1e1") == 2)
    #expect(numbers.code(for: "2") == nil)
    #expect(numbers.code(for: "x") == nil)
    let texts = ClassIndex(names: ["1", "3+"])
    #expect(texts.code(for: "1") == 0)
    #expect(texts.code(for: "1.0") == nil)
  }
}
