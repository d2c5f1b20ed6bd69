import Testing

@testable import Basics

@Suite struct ChildProcessTests {
  @Test func outputAndStatusComeBack() throws {
    let child = try ChildProcess.output(
      of: "/bin/sh", ["sh", "-c", "printf '%s' \"$WORD\"; exit 3"], environment: ["WORD": "höre"])
    #expect(child.text == "höre")
    #expect(child.status >> 8 == 3)
  }

  @Test func aProgramThatIsMissingIsNamed() {
    #expect {
      try ChildProcess.output(of: "/nowhere/at/all", ["all"], environment: [:])
    } throws: {
      let failure = $0 as? ChildProcess.Failure
      return failure?.call == "posix_spawn" && failure?.error.reason == "No such file or directory"
    }
    let silent = ChildProcess.startSilently("no-such-program-here", [], environment: [:])
    #expect(silent == nil || silent?.wait(seconds: 10) == nil)
  }

  @Test func aSilentChildIsWaitedForOrEnded() {
    let path = ["PATH": "/usr/bin:/bin"]
    #expect(
      ChildProcess.startSilently("sh", ["-c", "exit 4"], environment: path)?.wait(seconds: 60) == 4)
    #expect(
      ChildProcess.startSilently("sh", ["-c", "sleep 600"], environment: path)?.wait(seconds: 0)
        == -1)
  }
}
