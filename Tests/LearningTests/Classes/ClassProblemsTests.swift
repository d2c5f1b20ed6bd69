import Basics
import Learning
import LinearAlgebra
import TestSupport
import Testing

@Suite struct ClassProblemsTests {
  /// The pairs of some classes, by two loops.
  private func pairs(_ count: Int) -> [(earlier: Int, later: Int)] {
    (0..<count).flatMap { earlier in
      (0..<count).filter { $0 > earlier }.map { (earlier, $0) }
    }
  }

  @Test(arguments: [1, 2, 3, 4, 9, 105, 1000])
  func pairsComeInTheirOrder(classCount: Int) {
    let problems = ClassProblems(.pairs, classCount: classCount)
    let expected = pairs(classCount)
    #expect(problems.count == expected.count)
    for (index, pair) in expected.enumerated() {
      #expect(problems[pair: index] == pair)
      #expect(problems.position(pair.earlier, pair.later) == index)
    }
    #expect(problems.map(\.negative) == expected.map(\.earlier))
    #expect(problems.map(\.positive) == expected.map(\.later))
  }

  /// The square root that finds a pair rounds; these are where it rounds worst.
  @Test func pairsOfManyClassesAreFound() {
    for classCount in [65_536, 1_000_003, 1 << 27, (1 << 31) - 1] {
      let problems = ClassProblems(.pairs, classCount: classCount)
      for earlier in [0, 1, 2, classCount / 3, classCount / 2, classCount - 3, classCount - 2] {
        for later in [earlier + 1, (earlier + classCount) / 2, classCount - 1]
        where later > earlier {
          let found = problems[pair: problems.position(earlier, later)]
          #expect(found == (earlier, later), "of \(classCount) classes")
        }
      }
    }
  }

  @Test func decompositionsHaveTheirShapes() {
    func counts(_ decomposition: Decomposition, twoShareOne: Bool) -> [Int] {
      (0...5).map { decomposition.problems(classCount: $0, twoShareOne: twoShareOne).count }
    }
    #expect(counts(.oneVersusOne, twoShareOne: false) == [0, 0, 1, 3, 6, 10])
    #expect(counts(.oneVersusOne, twoShareOne: true) == [0, 0, 1, 3, 6, 10])
    #expect(counts(.oneVersusRest, twoShareOne: false) == [0, 0, 2, 3, 4, 5])
    #expect(counts(.oneVersusRest, twoShareOne: true) == [0, 0, 1, 3, 4, 5])
    #expect(Decomposition.oneVersusOne.shape(classCount: 2, twoShareOne: false) == .binary)
    #expect(Decomposition.oneVersusRest.shape(classCount: 2, twoShareOne: false) == .perClass)
    #expect(
      ClassProblems(.perClass, classCount: 2).map(\.positive) == [0, 1])
    #expect(ClassProblems(.perClass, classCount: 2).allSatisfy { $0.negative == nil })
  }

  /// Votes, favours and winners against plain loops, with values that repeat and problems that abstain.
  @Test(arguments: DecisionShape.allCases, 1...40 as ClosedRange<UInt64>)
  func winnersAreThoseOfPlainLoops(shape: DecisionShape, seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let classCount = shape == .binary ? 2 : Int.random(in: 1...7, using: &generator)
    let problems = ClassProblems(shape, classCount: classCount)
    let rowCount = 20
    let values = Matrix<Double>(rowCount: rowCount, columnCount: problems.count) { _, _ in
      Double(Int.random(in: -2...2, using: &generator))
    }
    let abstaining =
      seed % 2 == 0
      ? [] : problems.indices.filter { _ in Int.random(in: 0...2, using: &generator) == 0 }
    var expected: [Int] = []
    for row in 0..<rowCount {
      var favour = [Double](repeating: shape == .perClass ? -.infinity : 0, count: classCount)
      var all = [Double](repeating: 0, count: classCount)
      for (index, problem) in problems.enumerated() {
        let value = values[row, index]
        if let negative = problem.negative {
          let winner = value > 0 ? problem.positive : negative
          all[winner] += 1
          if !abstaining.contains(index) { favour[winner] += 1 }
        } else {
          all[index] = value
          if !abstaining.contains(index) { favour[index] = value }
        }
      }
      expected.append(favour.firstIndex(of: favour.max() ?? 0) ?? 0)
      #expect(values.withRow(row) { problems.favours($0) } == all)
      #expect(problems.winner(values.row(row), abstaining: abstaining) == expected[row])
    }
    #expect(problems.winners(values, abstaining: abstaining) == expected, "seed \(seed)")
  }

  /// The largest score is the winner's, unless several classes have as many votes.
  @Test(arguments: 1...30 as ClosedRange<UInt64>)
  func scoresRankAsVotesDo(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let classCount = Int.random(in: 2...6, using: &generator)
    let problems = ClassProblems(classCount == 2 ? .binary : .pairs, classCount: classCount)
    let values = Matrix<Double>(rowCount: 10, columnCount: problems.count) { _, _ in
      Double.random(in: -3...3, using: &generator)
    }
    let scores = problems.scores(values)
    let winners = problems.winners(values)
    #expect(scores.columnCount == classCount)
    for row in 0..<10 {
      let votes = values.withRow(row) { problems.favours($0) }
      let maximumVotes = votes[winners[row]]
      guard votes.count(where: { $0 == maximumVotes }) == 1 else { continue }
      #expect(scores.row(row).max() == scores[row, winners[row]], "seed \(seed), row \(row)")
      if classCount > 2 {
        for index in 0..<classCount { #expect(abs(scores[row, index] - votes[index]) < 1.0 / 3) }
      }
    }
  }
}
