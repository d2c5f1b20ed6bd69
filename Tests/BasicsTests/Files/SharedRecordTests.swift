import Synchronization
import Testing
import TestSupport

@testable import Basics

@Suite struct SharedRecordTests {
  @Test func aLockIsHeldByOneOpenFileAtATime() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/record"
      let first = try SharedRecord(path: path)
      var second: SharedRecord? = try SharedRecord(path: path)
      #expect(try first.take(7))
      #expect(try second?.take(7) == false)
      #expect(try second?.take(8) == true)
      first.giveBack(7)
      #expect(try second?.take(7) == true)
      #expect(try !first.take(7))
      // A file that is closed, as the system closes those of a process that is killed, holds nothing.
      second = nil
      #expect(try first.take(7))
      #expect(try first.take(SharedRecord.lockLimit - 1))
    }
  }

  @Test func eachReadsWhatAllHaveAppended() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/record"
      let (first, second) = (try SharedRecord(path: path), try SharedRecord(path: path))
      #expect(try first.newLines() == [])
      try first.append("one")
      try second.append("two")
      #expect(try first.newLines() == ["one", "two"])
      #expect(try first.newLines() == [])
      try first.append("three")
      #expect(try second.newLines() == ["one", "two", "three"])
    }
  }

  @Test func halfALineIsNotReadAndSpoilsNoOther() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/record"
      let half = try GrowingFile(path: path, keeping: false)
      try half.append("whole\nhal")
      let record = try SharedRecord(path: path)
      #expect(try record.newLines() == ["whole"])
      try record.append("next")
      #expect(try record.newLines() == ["hal", "next"])
    }
  }

  @Test func linesOfManyWritersStayWhole() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/record"
      let (writers, count) = (8, 50)
      concurrentTiles(count: writers, threads: writers) { writer in
        do {
          let record = try SharedRecord(path: path)
          for number in 0..<count {
            try record.append("\(writer) \(String(repeating: "x", count: 100 * writer)) \(number)")
          }
        } catch {
          Issue.record(error)
        }
      }
      let lines = try SharedRecord(path: path).newLines()
      #expect(lines.count == writers * count)
      let words = lines.map { $0.split(separator: " ") }
      for writer in 0..<writers {
        let own = words.filter { $0.first == "\(writer)" }
        #expect(own.map { $0.last } == (0..<count).map { "\($0)" })
      }
    }
  }

  @Test func whatIsExclusiveDoesNotOverlap() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/record"
      let inside = Atomic(0)
      let most = Atomic(0)
      concurrentTiles(count: 6, threads: 6) { _ in
        do {
          let record = try SharedRecord(path: path)
          for _ in 0..<20 {
            try record.exclusively {
              let now = inside.wrappingAdd(1, ordering: .relaxed).newValue
              most.max(now, ordering: .relaxed)
              CurrentProcess.pause(for: .microseconds(200))
              inside.wrappingSubtract(1, ordering: .relaxed)
            }
          }
        } catch {
          Issue.record(error)
        }
      }
      #expect(most.load(ordering: .relaxed) == 1)
    }
  }

  @Test func aPlaceThatCannotBeWrittenSaysSo() {
    #expect { try SharedRecord(path: "/nonexistent/record") } throws: {
      ($0 as? SystemError)?.reason == "No such file or directory"
    }
  }
}
