import SMOSolver
import TestSupport
import Testing

/// Points to begin at: within the bounds, on the equalities, and unchanged where nothing is wrong.
@Suite struct FeasiblePointTests {
  static let seed: UInt64 = 940

  private func programs(_ generator: inout TestGenerator) -> [QuadraticProgram] {
    let count = 60
    let isPositive = (0..<count).map { $0 % 3 == 0 }
    let bounds = (0..<count).map { _ in 0.1 + abs(generator.normal()) }
    let targets = (0..<count).map { _ in generator.normal() }
    return [
      .classification(isPositive: isPositive, boxConstraints: bounds),
      .regression(targets: targets, epsilon: 0.1, boxConstraints: bounds),
      .nuClassification(isPositive: isPositive, upperBounds: bounds, nu: 0.2),
      .nuRegression(targets: targets, nu: 0.3, boxConstraints: bounds),
      .oneClass(upperBounds: bounds, nu: 0.4),
    ]
  }

  private func sums(_ program: QuadraticProgram, _ point: [Double]) -> [Double] {
    var sums = [Double](repeating: 0, count: program.groupCount)
    for t in point.indices {
      sums[Int(program.group[t])] += program.isPositive[t] ? point[t] : -point[t]
    }
    return sums
  }

  @Test func anyPointBecomesFeasible() {
    var generator = TestGenerator(seed: Self.seed)
    for trial in 0..<40 {
      for program in programs(&generator) {
        let scale = [1e-3, 1, 1e3][trial % 3]
        let wild = (0..<program.variableCount).map { _ in scale * generator.normal() }
        let point = program.feasiblePoint(near: wild)
        for t in point.indices {
          #expect(
            point[t] >= program.lowerBound[t] && point[t] <= program.upperBound[t],
            "variable \(t), seed \(Self.seed)")
        }
        for (found, expected) in zip(sums(program, point), sums(program, Array(program.start))) {
          #expect(isClose(found, expected, within: 1e-12 * 60), "seed \(Self.seed)")
        }
        #expect(program.feasiblePoint(near: point) == point, "seed \(Self.seed)")
      }
    }
  }

  /// 0.25 is missing on the negative side: it comes from the free variables, in proportion to their
  /// room, and those at a bound stay.
  @Test func freeVariablesMoveByAnEqualShareOfTheirRoom() {
    let program = QuadraticProgram.classification(
      isPositive: [true, true, false, false], boxConstraints: [1, 1, 1, 1])
    let point = program.feasiblePoint(near: [1, 0.25, 0.5, 0.5])
    // The positive one may fall by 0.25, the negative ones may grow by 0.5 each: a fifth of each room.
    #expect(point[0] == 1)
    #expect(isClose(point[1], 0.2, within: 1e-15))
    #expect(isClose(point[2], 0.6, within: 1e-15))
    #expect(isClose(point[3], 0.6, within: 1e-15))
  }
}
