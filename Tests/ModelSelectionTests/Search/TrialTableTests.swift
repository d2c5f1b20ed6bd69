import ModelSelection
import Testing

@Suite struct TrialTableTests {
  private let row = "x,100,3,gaussian,8,0.125,,,accuracy,0.9,0.01,done,0.25,0.89 0.9 0.91"

  private func trials(_ lines: String...) throws -> [Trial] {
    try TrialTable.trials(
      ([TrialTable.header] + lines).joined(separator: "\n") + "\n", search: "x",
      kernel: "gaussian")
  }

  @Test func aLineIsRead() throws {
    let trial = try #require(try trials(row).first)
    #expect(trial.candidate == Candidate(boxConstraint: 8, gamma: 0.125))
    #expect(trial.values == [0.89, 0.9, 0.91])
    #expect(trial.status == .done && trial.foldCount == 3 && trial.rowCount == 100)
    #expect(trial.duration == .milliseconds(250))
  }

  @Test func anotherSearchIsRefused() {
    #expect(throws: SelectionError.otherSearch(found: "y", expected: "x")) {
      try trials("y" + row.dropFirst())
    }
  }

  @Test(arguments: [
    ("x,100,3", "it has 3 fields, but there are 14 columns"),
    (
      "x,0,3,gaussian,8,0.125,,,accuracy,0.9,0.01,done,0.25,0.89 0.9 0.91",
      "rows is \"0\"; expected a whole number greater than 0"
    ),
    (
      "x,100,3,poly,8,0.125,,,accuracy,0.9,0.01,done,0.25,0.89 0.9 0.91",
      "kernel is \"poly\"; expected gaussian or linear"
    ),
    (
      "x,100,3,gaussian,-8,0.125,,,accuracy,0.9,0.01,done,0.25,0.89 0.9 0.91",
      "c is \"-8\"; expected a number of at least 0"
    ),
    (
      "x,100,3,gaussian,8,nan,,,accuracy,0.9,0.01,done,0.25,0.89 0.9 0.91",
      "gamma is \"nan\"; expected a number"
    ),
    (
      "x,100,3,gaussian,8,0.125,,,accuracy,0.9,0.01,ended,0.25,0.89 0.9 0.91",
      "status is \"ended\"; expected done, limited, dropped or refused"
    ),
    (
      "x,100,3,gaussian,8,0.125,,,accuracy,0.9,0.01,done,0.25,0.89 0.9",
      "values is \"0.89 0.9\"; expected 3 numbers"
    ),
    (
      "x,100,3,gaussian,8,0.125,,,accuracy,0.9,0.01,done,-1,0.89 0.9 0.91",
      "seconds is \"-1\"; expected a time"
    ),
  ])
  func aWrongLineIsNamed(line: String, reason: String) {
    #expect(throws: SelectionError.malformedTrials(line: 3, reason: reason)) {
      try trials(row, line)
    }
  }

  @Test func aTableOfSomethingElseIsRefused() {
    #expect(throws: SelectionError.self) {
      try TrialTable.trials("a,b\n1,2\n", search: "x", kernel: "gaussian")
    }
  }
}
