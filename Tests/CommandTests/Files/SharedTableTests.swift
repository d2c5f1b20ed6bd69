import Foundation
import Testing

/// `svm tune --resume` by several processes on one table.
@Suite struct SharedTableTests {
  private static func tuning(_ model: String, threads: Int = 1) -> [String] {
    [
      "tune", "tangle.csv", "--search", "grid", "--c", "0.1,1,10,100", "--gamma", "0.25,1,4",
      "--resume", "trials.csv", "--threads", "\(threads)", "--quiet", "-o", model,
    ]
  }

  /// The table without the times.
  private static func figures(_ table: String) -> [[String]] {
    table.split(separator: "\n").map { line in
      var fields = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      if fields.count > 12 { fields.remove(at: 12) }
      return fields
    }
  }

  /// The table and the model of one process alone.
  private static func alone(_ rows: String) throws -> (figures: [[String]], model: Data?) {
    let folder = try Folder()
    try folder.write("tangle.csv", rows)
    let result = try Tool.run(tuning("x.model"), in: folder)
    #expect(result.status == 0, "\(result)")
    return (figures(folder.text("trials.csv")), folder.data("x.model"))
  }

  @Test func threeProcessesEndWithTheTableAndTheModelOfOne() throws {
    let rows = Fixtures.tangle(rows: 500, seed: 4)
    let expected = try Self.alone(rows)
    let folder = try Folder()
    try folder.write("tangle.csv", rows)
    let names = ["a.model", "b.model", "c.model"]
    let running = try names.map { try Tool.Running(Self.tuning($0), in: folder) }
    for process in running {
      let result = try process.wait()
      #expect(result.status == 0, "\(result)")
    }
    #expect(Self.figures(folder.text("trials.csv")) == expected.figures)
    #expect(expected.figures.count == 13)
    for name in names { #expect(folder.data(name) == expected.model, "\(name)") }
    #expect(try Set(folder.names) == Set(names + ["tangle.csv", "trials.csv"]))
  }

  @Test func theOthersDoTheWorkOfOneThatIsKilled() throws {
    let rows = Fixtures.tangle(rows: 700, seed: 5)
    let expected = try Self.alone(rows)
    for delay in [0.05, 0.2, 0.5] {
      let folder = try Folder()
      try folder.write("tangle.csv", rows)
      let victim = try Tool.Running(Self.tuning("a.model"), in: folder)
      let others = try ["b.model", "c.model"].map {
        try Tool.Running(Self.tuning($0), in: folder)
      }
      Thread.sleep(forTimeInterval: delay)
      victim.signal(SIGKILL)
      _ = try victim.wait()
      for process in others {
        let result = try process.wait()
        #expect(result.status == 0, "\(result)")
      }
      #expect(Self.figures(folder.text("trials.csv")) == expected.figures, "after \(delay) s")
      for name in ["b.model", "c.model"] {
        #expect(folder.data(name) == expected.model, "\(name), after \(delay) s")
      }
    }
  }

  @Test func whatAKilledProcessMeasuredIsNotMeasuredAgain() throws {
    let folder = try Folder()
    try folder.write("tangle.csv", Fixtures.tangle(rows: 900, seed: 6))
    let victim = try Tool.Running(Self.tuning("a.model"), in: folder)
    // Killed when something is recorded, and before all is.
    for _ in 0..<500 where folder.text("trials.csv.shared").isEmpty {
      Thread.sleep(forTimeInterval: 0.01)
    }
    victim.signal(SIGKILL)
    _ = try victim.wait()
    let measured = folder.text("trials.csv.shared").split(separator: "\n").count
    let result = try Tool.run(Self.tuning("b.model"), in: folder)
    #expect(result.status == 0, "\(result)")
    #expect(measured > 0)
    #expect(Self.figures(folder.text("trials.csv")).count == 13)
  }

  @Test func whatFailsLeavesNothingBesideTheTable() throws {
    let folder = try Folder()
    try folder.write("tangle.csv", Fixtures.tangle(rows: 60, seed: 7))
    try folder.write("trials.csv", "no table of trials\n")
    let refused = try Tool.run(Self.tuning("x.model"), in: folder)
    #expect(refused.status == 65 && !refused.crashed, "\(refused)")
    #expect(try Set(folder.names) == ["tangle.csv", "trials.csv"])
    // A table of another search.
    let lone = try Folder()
    try lone.write("tangle.csv", Fixtures.tangle(rows: 60, seed: 7))
    #expect(try Tool.run(Self.tuning("x.model"), in: lone).status == 0)
    try lone.write("tangle.csv", Fixtures.tangle(rows: 61, seed: 8))
    let other = try Tool.run(Self.tuning("y.model"), in: lone)
    #expect(other.status == 65 && !other.crashed, "\(other)")
    #expect(try Set(lone.names) == ["tangle.csv", "trials.csv", "x.model"])
  }
}
