import Learning
import Testing

@Suite struct ClassLabelsTests {
  @Test func spellingsOfANumberAreOneClass() {
    let labels = ClassLabels(["1", "+1", "1.0", "-1", "1e0", "-1.00"])
    #expect(labels.classes == ["-1", "1"])
    #expect(labels.indices == [1, 1, 1, 0, 1, 0])
  }

  @Test func numbersAscendByValue() {
    #expect(ClassLabels(["10", "9", "-2", "0.5"]).classes == ["-2", "0.5", "9", "10"])
    #expect(ClassLabels(["-0", "0", "0.0"]).classes == ["0"])
  }

  @Test func oneTextMakesAllLabelsTexts() {
    let labels = ClassLabels(["10", "9", "x", "9.0"])
    #expect(labels.classes == ["10", "9", "9.0", "x"])
    #expect(labels.indices == [0, 1, 3, 2])
    #expect(ClassLabels(["nan", "1"]).classes == ["1", "nan"])
    #expect(ClassLabels(["inf", "1"]).classes == ["1", "inf"])
  }

  @Test func textsAscendByTheirBytes() {
    #expect(
      ClassLabels(["é", "z", "Z", "a", "ab", "", "😀"]).classes
        == ["", "Z", "a", "ab", "z", "é", "😀"])
  }

  @Test func aLabelIsFoundHoweverItIsWritten() {
    #expect(ClassLabels.index(of: "+1.0", in: ["-1", "1"]) == 1)
    #expect(ClassLabels.index(of: "yes", in: ["no", "yes"]) == 1)
    #expect(ClassLabels.index(of: "maybe", in: ["no", "yes"]) == nil)
    #expect(ClassLabels.index(of: "2", in: ["-1", "1"]) == nil)
  }

  @Test func noLabelsAreNoClasses() {
    #expect(ClassLabels([]).classes.isEmpty)
    #expect(ClassLabels([]).indices.isEmpty)
  }
}
