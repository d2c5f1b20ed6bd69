import Basics
import LIBSVMPrograms
import Synchronization
import TestSupport

/// A program's run in this process: its exit status and lines.
struct ProgramRun {
  var status: Int32
  var output: String
  var errors: String

  /// Runs a program.
  ///
  /// Lines of the solver go to standard output by another way; give `-q`.
  init(_ program: LIBSVMProgram, _ arguments: String...) {
    self.init(program, arguments)
  }

  init(_ program: LIBSVMProgram, _ arguments: [String]) {
    let (output, errors) = (Collected(), Collected())
    var console = Console()
    console.print = { output.append($0) }
    console.report = { errors.append($0) }
    status = HostRandomTurn.take { [console] in program.run(arguments, console: console) }
    self.output = output.text
    self.errors = errors.text
  }

  private final class Collected: Sendable {
    private let state = Mutex("")
    var text: String { state.withLock { $0 } }
    func append(_ text: String) { state.withLock { $0 += text } }
  }
}

/// Text files in a folder of a test.
enum TextFile {
  static func write(_ text: String, to path: String) throws {
    let file = try AtomicOutputFile(path: path)
    try file.write(text)
    try file.commit()
  }

  static func read(_ path: String) throws -> String {
    let file = try InputFile(path: path)
    var bytes: [UInt8] = []
    while true {
      let part = try file.read(atMost: 1 << 16)
      if part.isEmpty { return String(decoding: bytes, as: UTF8.self) }
      bytes += part
    }
  }
}

/// Data files.
enum Data {
  /// Rows of three overlapping classes, or with a numeric target; for a precomputed kernel with serial numbers.
  static func text(regression: Bool = false, precomputed: Bool = false, seed: UInt64 = 5) -> String
  {
    var generator = TestGenerator(seed: seed)
    var (examples, targets) = ([[Double]](), [Double]())
    for row in 0..<45 {
      let label = row % 3
      let example = (0..<4).map { generator.normal() * 0.7 + ($0 == label ? 1.5 : 0) }
      examples.append(example)
      targets.append(regression ? example[0] - example[1] * example[2] : Double(label))
    }
    return zip(examples, targets).enumerated().map { number, row in
      let nodes =
        precomputed
        ? ["0:\(number + 1)"]
          + examples.enumerated().map {
            "\($0 + 1):\(zip(row.0, $1).reduce(0) { $0 + $1.0 * $1.1 })"
          }
        : row.0.enumerated().map { "\($0 + 1):\($1)" }
      return "\(row.1) \(nodes.joined(separator: " "))\n"
    }.joined()
  }
}
