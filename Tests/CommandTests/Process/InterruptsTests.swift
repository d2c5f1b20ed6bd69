import Foundation
import Testing

/// SIGINT and SIGTERM end every command with the status that a shell expects, and without debris.
@Suite struct InterruptsTests {
  /// Long enough on any machine, until a signal ends it.
  private static let endless = [
    "train", "tangle.csv", "-c", "1e6", "-g", "0.5", "-e", "1e-12", "--time-limit", "60s",
  ]

  /// Starts a long training and signals it; tries again with more patience when the signal came
  /// before the training began.
  private func interrupted(
    _ options: [String], signal: Int32, in folder: Folder
  ) throws -> Tool.Result {
    var patience = 0.3
    while true {
      let running = try Tool.Running(Self.endless + options, in: folder)
      running.waitUntilItWatchesSignals()
      Thread.sleep(forTimeInterval: patience)
      running.signal(signal)
      let result = try running.wait()
      if !result.errors.isEmpty || patience > 10 { return result }
      patience *= 2
    }
  }

  @Test(arguments: [(SIGINT, Int32(130)), (SIGTERM, Int32(143))])
  func aTrainingThatIsInterruptedWritesTheModelThatWasNamed(signal: Int32, status: Int32) throws {
    let folder = try Folder()
    try folder.write("tangle.csv", Fixtures.tangle(rows: 3000, seed: 4))
    let result = try interrupted(["-o", "x.model"], signal: signal, in: folder)
    #expect(result.status == status && !result.crashed, "\(result)")
    // A slow machine may have logged its progress before.
    #expect(result.errors.contains("warning: interrupted after "), "\(result)")
    #expect(try folder.names == ["tangle.csv", "x.model"])
    let inspection = try Tool.run(["inspect", "x.model"], in: folder)
    #expect(inspection.status == 0, "\(inspection)")
    #expect(inspection.output.contains("interrupted after "), "\(inspection)")
  }

  @Test func aTrainingThatIsInterruptedWritesNothingUnasked() throws {
    let folder = try Folder()
    try folder.write("tangle.csv", Fixtures.tangle(rows: 3000, seed: 5))
    let result = try interrupted([], signal: SIGINT, in: folder)
    #expect(result.status == 130, "\(result)")
    #expect(try folder.names == ["tangle.csv"])
    #expect(result.output.contains("not written"), "\(result)")
  }

  @Test(arguments: [
    ["train", "-", "-o", "x.model", "--json", "x.json"], ["predict", "flowers.model", "-"],
    ["predict", "flowers.model", "-", "-o", "x.csv"], ["evaluate", "flowers.model", "-"],
    ["verify", "flowers.model", "-"],
  ])
  func waitingForInputEndsAtOnceAndLeavesNothing(arguments: [String]) throws {
    for (signal, status) in [(SIGINT, Int32(130)), (SIGTERM, 143)] {
      let folder = try Fixtures.folder()
      let before = try folder.names
      let running = try Tool.Running(arguments, input: nil, in: folder)
      running.waitUntilItWatchesSignals()
      running.signal(signal)
      let result = try running.wait()
      #expect(result.status == status && !result.crashed, "\(result)")
      #expect(try folder.names == before, "\(result)")
    }
  }

  /// A search of a moment, and then a training without end.
  private func interruptedTuning(
    _ options: [String], signal: Int32, in folder: Folder
  ) throws -> Tool.Result {
    try folder.write("tangle.csv", Fixtures.tangle(rows: 3000, seed: 6))
    let running = try Tool.Running(
      [
        "tune", "tangle.csv", "--search", "grid", "--c", "1e6,2e6", "--gamma", "0.5",
        "--search-rows", "60", "-e", "1e-12", "--time-limit", "60s", "--trials", "trials.csv",
      ] + options, in: folder)
    // The winner is printed before the last training begins.
    #expect(try running.waitForError("found "))
    Thread.sleep(forTimeInterval: 0.3)
    running.signal(signal)
    return try running.wait()
  }

  @Test(arguments: [(SIGINT, Int32(130)), (SIGTERM, Int32(143))])
  func aTuningThatIsInterruptedInItsLastTrainingKeepsWhatItFound(
    signal: Int32, status: Int32
  ) throws {
    let folder = try Folder()
    let result = try interruptedTuning(["-o", "x.model"], signal: signal, in: folder)
    #expect(result.status == status && !result.crashed, "\(result)")
    #expect(result.errors.contains("found C 1000000, gamma 0.5: accuracy "), "\(result)")
    #expect(result.output.contains("chosen"), "\(result)")
    #expect(try folder.names == ["tangle.csv", "trials.csv", "x.model"])
    #expect(folder.text("trials.csv").split(separator: "\n").count == 3)
    let inspection = try Tool.run(["inspect", "x.model"], in: folder)
    #expect(inspection.output.contains("interrupted after "), "\(inspection)")
  }

  @Test func aTuningThatIsInterruptedSaysWhatItFoundAndWritesNothingUnasked() throws {
    let folder = try Folder()
    let result = try interruptedTuning([], signal: SIGINT, in: folder)
    #expect(result.status == 130 && !result.crashed, "\(result)")
    #expect(result.output.contains("best") && result.output.contains("not written"), "\(result)")
    #expect(try folder.names == ["tangle.csv", "trials.csv"])
  }
}
