import Foundation
import Testing

/// `--checkpoint` and `--resume`: a training that was killed goes on to the same bytes.
@Suite struct ResumeTests {
  private static let rows = 1600
  /// Little memory, so that there are many rounds.
  private static let training = [
    "train", "tangle.csv", "-c", "100", "-g", "2", "-e", "1e-4", "--memory", "16M", "--quiet", "-o",
  ]
  private static let checkpoint = ["--checkpoint", "x.checkpoint", "--checkpoint-interval", "1ms"]

  @Test func aTrainingThatWasKilledGoesOnToTheSameModel() throws {
    let folder = try Folder()
    try folder.write("tangle.csv", Fixtures.tangle(rows: Self.rows, seed: 6))
    let began = ContinuousClock.now
    let whole = try Tool.run(Self.training + ["whole.model"], in: folder)
    let duration = (ContinuousClock.now - began) / .seconds(1)
    #expect(whole.status == 0, "\(whole)")
    for part in [0.2, 0.4, 0.6, 0.8] {
      var resume: [String] = []
      for _ in 0..<2 {
        let running = try Tool.Running(
          Self.training + ["part.model"] + Self.checkpoint + resume, in: folder)
        Thread.sleep(forTimeInterval: duration * part)
        running.signal(SIGKILL)
        _ = try running.wait()
        if folder.data("x.checkpoint") != nil { resume = ["--resume", "x.checkpoint"] }
      }
      let last = try Tool.run(Self.training + ["part.model"] + resume, in: folder)
      #expect(last.status == 0, "\(last)")
      #expect(folder.data("part.model") == folder.data("whole.model"), "\(part), \(resume)")
    }
  }

  @Test func aCheckpointOfOtherDataOrOptionsIsRefusedWithTheReason() throws {
    let folder = try Folder()
    try folder.write("tangle.csv", Fixtures.tangle(rows: Self.rows, seed: 7))
    let first = try Tool.run(Self.training + ["x.model"] + Self.checkpoint, in: folder)
    #expect(first.status == 0, "\(first)")
    let resume = ["--resume", "x.checkpoint"]
    for (options, reason) in [
      (["-g", "3"], "a training that differs in the kernel, or by another build\n"),
      (["-c", "99"], "a training that differs in the parameters, or by another build\n"),
      (["-e", "1e-5"], "a training with the tolerance 0.0001, but this one has 1e-05\n"),
    ] {
      let result = try Tool.run(Self.training + ["y.model"] + resume + options, in: folder)
      #expect(result.status != 0 && !result.crashed, "\(result)")
      #expect(result.errors.contains("cannot be resumed"), "\(result)")
      #expect(result.errors.contains(reason), "\(result)")
    }
    try folder.write("tangle.csv", Fixtures.tangle(rows: Self.rows, seed: 8))
    let other = try Tool.run(Self.training + ["y.model"] + resume, in: folder)
    #expect(other.status != 0 && other.errors.contains("examples"), "\(other)")
    let model = try Tool.run(Self.training + ["y.model", "--resume", "x.model"], in: folder)
    #expect(model.status == 65 && !model.crashed, "\(model)")
    #expect(try !folder.names.contains("y.model"))
  }

  @Test(arguments: [
    (["--checkpoint", "-"], Int32(64), "--checkpoint: needs a file"),
    (
      ["--checkpoint", "tangle.csv"], 64,
      "--checkpoint: tangle.csv is also an input; choose another file"
    ),
    (["--checkpoint", "x.model"], 64, "--checkpoint: x.model is already used by --output"),
    (["--checkpoint-interval", "1s"], 64, "--checkpoint-interval: needs --checkpoint"),
    (["--checkpoint", "x", "-s", "logistic"], 64, "--checkpoint: needs the solver of dual"),
    (["--resume", "x", "-s", "kernel-ridge"], 64, "--resume: needs the solver of dual"),
    (["--checkpoint", "nowhere/x"], 1, "nowhere/x: cannot be written"),
    (["--resume", "nowhere"], 65, "nowhere: cannot be read"),
    (["--resume", "tangle.csv"], 65, "tangle.csv: "),
  ])
  func whatCannotBeIsRefusedAtOnce(options: [String], status: Int32, message: String) throws {
    let folder = try Folder()
    try folder.write("tangle.csv", Fixtures.tangle(rows: 50, seed: 9))
    let result = try Tool.run(["train", "tangle.csv", "-o", "x.model"] + options, in: folder)
    #expect(result.status == status && !result.crashed, "\(result)")
    #expect(result.errors.hasPrefix(message), "\(result)")
    #expect(try folder.names == ["tangle.csv"])
  }
}
