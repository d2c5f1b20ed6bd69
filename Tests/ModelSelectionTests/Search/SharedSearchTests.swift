import Basics
import Synchronization
import TabularModels
import TestSupport
import Testing

@testable import ModelSelection

@Suite struct SharedSearchTests {
  private func search(_ strategy: ParameterSearch.Strategy) -> ParameterSearch {
    ParameterSearch(
      trainer: TabularTrainer(
        configuration: TrainingConfiguration(seed: 3), control: RunControl(threads: 1)),
      strategy: strategy)
  }

  @Test(arguments: ParameterSearch.Strategy.allCases)
  func searchesTogetherMakeTheTrialsOfOneAndEachOnce(_ strategy: ParameterSearch.Strategy) throws {
    let data = try TestData.data(TestData.rings(rows: 150, seed: 1))
    var alone = search(strategy)
    alone.trialBudget = 30
    let expected = try alone.run(data)
    try withTemporaryFolder { folder in
      let path = folder + "/trials.csv.shared"
      let count = 3
      let members = try (0..<count).map { _ in try SharedSearch(path: path, search: "s") }
      let results = try concurrentResults(count: count, threads: count) { [alone] index in
        var search = alone
        search.shared = members[index]
        return try search.run(data)
      }
      for result in results {
        #expect(result.trials.map(\.candidate) == expected.trials.map(\.candidate))
        #expect(result.trials.map(\.values) == expected.trials.map(\.values))
        #expect(result.trials.map(\.status) == expected.trials.map(\.status))
        #expect(result.best.candidate == expected.best.candidate)
        #expect(result.isComplete)
      }
      let lines = try SharedRecord(path: path).newLines()
      let keys = lines.compactMap { SharedSearch.steps($0)?.key }
      #expect(keys.count == lines.count)
      #expect(Set(keys).count == keys.count, "something was measured twice")
      #expect(members.reduce(0) { $0 + $1.computedCount } == keys.count)
      // One who comes when all is measured measures nothing.
      let late = try SharedSearch(path: path, search: "s")
      var search = alone
      search.shared = late
      #expect(try search.run(data).best.candidate == expected.best.candidate)
      #expect(late.computedCount == 0)
    }
  }

  @Test func anotherSearchSharesNothing() throws {
    let data = try TestData.data(TestData.rings(rows: 100, seed: 1))
    try withTemporaryFolder { folder in
      let path = folder + "/shared"
      var counts: [Int] = []
      for name in ["one", "other", "one"] {
        var search = search(.random)
        search.trialBudget = 4
        let member = try SharedSearch(path: path, search: name)
        search.shared = member
        _ = try search.run(data)
        counts.append(member.computedCount)
      }
      #expect(counts[0] > 0 && counts[1] == counts[0] && counts[2] == 0)
    }
  }

  @Test func aSearchThatIsStoppedWaitsForNobody() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/shared"
      let (one, other) = (
        try SharedSearch(path: path, search: "s"), try SharedSearch(path: path, search: "s")
      )
      // While one measures, the other is stopped.
      let found = Mutex<[[PathWalk.Step]?]>([])
      _ = try one.results(["task"], threads: 1, isStopped: { false }) { _ in
        let results = try other.results(["task"], threads: 1, isStopped: { true }) { _ in
          Issue.record("it was measured twice")
          return []
        }
        found.withLock { $0 = results }
        return [PathWalk.Step(outcome: .skipped, duration: .zero)]
      }
      #expect(found.withLock { $0.count == 1 && $0[0] == nil })
      #expect(other.computedCount == 0 && one.computedCount == 1)
    }
  }

  @Test func linesKeepWhatTheySay() throws {
    let key = String(repeating: "0a", count: 16)
    let steps = [
      PathWalk.Step(outcome: .value(0.1 + 0.2, isLimited: false), duration: .microseconds(5)),
      PathWalk.Step(outcome: .value(-1e-300, isLimited: true), duration: .seconds(3600)),
      PathWalk.Step(outcome: .skipped, duration: .zero),
      PathWalk.Step(outcome: .refused, duration: .microseconds(1)),
    ]
    let line = try #require(SharedSearch.line(key, steps))
    let read = try #require(SharedSearch.steps(line))
    #expect(read.key == key)
    #expect(read.steps.map { "\($0)" } == steps.map { "\($0)" })
    // A line that is not whole says nothing, wherever it ends.
    for length in 0..<line.utf8.count {
      #expect(SharedSearch.steps(String(line.prefix(length))) == nil, "\(line.prefix(length))")
    }
    let interrupted = [PathWalk.Step(outcome: .interrupted, duration: .zero)]
    #expect(SharedSearch.line(key, interrupted) == nil)
  }
}
