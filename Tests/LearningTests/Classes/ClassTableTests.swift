import Learning
import Testing

@Suite struct ClassTableTests {
  @Test func spellingsOfANumberAreOneClass() {
    let table = ClassTable(["1", "+1", "1.0", "-1", "1e0", "-1.00"])
    #expect(table.names == ["-1", "1"])
    #expect(table.codes == [1, 1, 1, 0, 1, 0])
  }

  @Test func numbersAscendByValue() {
    #expect(ClassTable(["10", "9", "-2", "0.5"]).names == ["-2", "0.5", "9", "10"])
    #expect(ClassTable(["-0", "0", "0.0"]).names == ["0"])
  }

  @Test func oneTextMakesAllLabelsTexts() {
    let table = ClassTable(["10", "9", "x", "9.0"])
    #expect(table.names == ["10", "9", "9.0", "x"])
    #expect(table.codes == [0, 1, 3, 2])
    #expect(ClassTable(["nan", "1"]).names == ["1", "nan"])
    #expect(ClassTable(["inf", "1"]).names == ["1", "inf"])
  }

  @Test func textsAscendByTheirBytes() {
    #expect(
      ClassTable(["é", "z", "Z", "a", "ab", "", "😀"]).names
        == ["", "Z", "a", "ab", "z", "é", "😀"])
  }

  @Test func aLabelIsFoundHoweverItIsWritten() {
    #expect(ClassTable.index(of: "+1.0", in: ["-1", "1"]) == 1)
    #expect(ClassTable.index(of: "yes", in: ["no", "yes"]) == 1)
    #expect(ClassTable.index(of: "maybe", in: ["no", "yes"]) == nil)
    #expect(ClassTable.index(of: "2", in: ["-1", "1"]) == nil)
  }

  @Test func noLabelsAreNoClasses() {
    #expect(ClassTable([]).names.isEmpty)
    #expect(ClassTable([]).codes.isEmpty)
  }
}
