import SMOSolver
import TestSupport
import Testing

/// Values that may all be the same.
@Suite struct ProgramValuesTests {
  private static let seed: UInt64 = 23

  @Test func valuesAreThoseOfTheList() {
    var generator = TestGenerator(seed: Self.seed)
    for _ in 0..<200 {
      let count = Int(generator.uniform() * 6)
      // Often all the same, and zeros of both signs.
      let list = (0..<count).map { _ in [0, -0.0, 1][min(2, Int(generator.uniform() * 2.2))] }
      var appended = ProgramValues<Double>()
      for value in list { appended.append(value) }
      for values in [ProgramValues(list), appended] {
        #expect(
          values.map(\.bitPattern) == list.map(\.bitPattern), "\(list), seed \(Self.seed)")
        #expect(values.count == list.count)
        let isOne = Set(list.map(\.bitPattern)).count == 1
        #expect((values.common != nil) == isOne, "\(list), seed \(Self.seed)")
      }
    }
  }

  @Test func examplesInTheirOrderAreNotListed() {
    for (list, exampleCount) in [
      ([0, 1, 2], 3), ([0, 1, 0, 1], 2), ([0, 1], 3), ([1, 0], 2), ([], 0), ([0, 0, 1, 1], 2),
    ] as [([Int32], Int)] {
      let indices = ExampleIndices(list, of: exampleCount)
      #expect(Array(indices) == list)
      #expect(indices.count == list.count)
    }
    #expect(ExampleIndices([0, 1, 0, 1], of: 2) == ExampleIndices(of: 2, passes: 2))
  }

  /// A program whose examples are listed has the figures of one whose examples are not.
  @Test func figuresDoNotDependOnHowExamplesAreKept() {
    let programs: [QuadraticProgram] = [
      .classification(isPositive: [true, false, true], boxConstraints: [1, 2, 3]),
      .regression(targets: [3, -1], epsilon: 0.5, boxConstraints: [1, 2]),
      .nuRegression(targets: [3, -1], nu: 0.5, boxConstraints: [1, 2]),
    ]
    for program in programs {
      // The example that is added has no variable, so that the list is not one of all examples.
      let listed = QuadraticProgram(
        ExampleIndices(Array(program.exampleIndex), of: program.exampleCount + 1),
        isPositive: program.isPositive, linearTerm: ProgramValues(Array(program.linearTerm)),
        bounds: (
          ProgramValues(Array(program.lowerBound)), ProgramValues(Array(program.upperBound))
        ), group: ProgramValues(Array(program.group)), start: ProgramValues(Array(program.start)))
      let (shape, other) = (ProgramShape(program), ProgramShape(listed))
      #expect(shape.layerCount == other.layerCount)
      #expect(shape.pieceCount == other.pieceCount)
      #expect(shape.sectionStarts == other.sectionStarts)
      #expect(shape.partnerCount == other.partnerCount)
    }
  }
}
