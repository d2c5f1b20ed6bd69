import Synchronization
import Testing

@testable import Basics

@Suite struct AbandonableWorkTests {
  private struct Stopped: Error, Equatable { var reason: String }

  @Test func theResultComesBack() throws {
    let value = try abandonable(interruption: { nil as Stopped? }) { () throws(Stopped) in 42 }
    #expect(value == 42)
  }

  @Test func itsErrorComesBack() {
    #expect(throws: Stopped(reason: "its own")) {
      try abandonable(interruption: { nil as Stopped? }) { () throws(Stopped) -> Int in
        throw Stopped(reason: "its own")
      }
    }
  }

  @Test func whatIsNoLongerWantedIsLeftBehind() {
    let mayEnd = Mutex(false)
    #expect(throws: Stopped(reason: "not wanted")) {
      try abandonable(interruption: { Stopped(reason: "not wanted") }) { () throws(Stopped) in
        while !mayEnd.withLock({ $0 }) { _ = ContinuousClock.now }
      }
    }
    mayEnd.withLock { $0 = true }
  }
}
