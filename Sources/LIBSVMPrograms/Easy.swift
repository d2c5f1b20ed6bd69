import Basics
import Synchronization

/// svm-easy: scales, searches, trains, and tests where there is a test file.
struct Easy {
  private let training: String
  private let test: String?

  init(_ arguments: [String]) throws(ProgramEnd) {
    guard let training = arguments.first else {
      throw ProgramEnd(usage: "Usage: svm-easy training_file [testing_file]", status: 0)
    }
    guard FileStatus.exists(training) else { throw ProgramEnd("training file not found") }
    self.training = training
    test = arguments.dropFirst().first
    if let test, !FileStatus.exists(test) { throw ProgramEnd("testing file not found") }
  }

  func run(_ console: Console) throws(ProgramEnd) {
    let name = WholeFile.name(training)
    let (scaled, ranges, model) = ("\(name).scale", "\(name).range", "\(name).model")
    var quiet = console
    quiet.print = { _ in }

    console.line("Scaling training data...")
    try scale(["-s", ranges, training], to: scaled, console)
    console.line("Cross validation...")
    let best = try Grid([scaled]).run(quiet)
    let (c, gamma) = (exp2(best.c ?? 0), exp2(best.gamma ?? 0))
    console.line("Best c=\(c), g=\(gamma) CV rate=\(best.rate)")
    console.line("Training...")
    try Training(["-q", "-c", "\(c)", "-g", "\(gamma)", scaled, model]).run(quiet)
    console.line("Output model: \(model)")
    guard let test else { return }
    let testName = WholeFile.name(test)
    console.line("Scaling testing data...")
    try scale(["-r", ranges, test], to: "\(testName).scale", console)
    console.line("Testing...")
    try Prediction(["\(testName).scale", model, "\(testName).predict"]).run(console)
    console.line("Output prediction: \(testName).predict")
  }

  private func scale(
    _ arguments: [String], to path: String, _ console: Console
  ) throws(ProgramEnd) {
    let collected = CollectedText()
    var collecting = console
    collecting.print = { collected.append($0) }
    try Scaling(arguments).run(collecting)
    do throws(OutputFileError) {
      let file = try AtomicOutputFile(path: path)
      for part in collected.parts { try file.write(part) }
      try file.commit()
    } catch {
      throw ProgramEnd("can't open output file \(path)")
    }
  }
}

/// What a program prints, kept.
final class CollectedText: Sendable {
  private let state = Mutex<[String]>([])

  var parts: [String] { state.withLock { $0 } }

  func append(_ text: String) { state.withLock { $0.append(text) } }
}
