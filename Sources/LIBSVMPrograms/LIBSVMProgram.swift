import Basics
import LIBSVMTraining

/// The programs that the command is when it is called by one of LIBSVM's names.
package enum LIBSVMProgram: String, CaseIterable, Sendable {
  case train = "svm-train"
  case predict = "svm-predict"
  case scale = "svm-scale"
  case grid = "svm-grid"
  case easy = "svm-easy"
  case subset = "svm-subset"
  case checkData = "svm-checkdata"

  /// Chooses by the last part of the name that a process was started with.
  ///
  /// - Parameter path: The name, with or without folders.
  package init?(programPath path: String) {
    self.init(
      rawValue: String(
        path[(path.lastIndex(of: "/").map(path.index(after:)) ?? path.startIndex)...]))
  }

  /// Runs the program.
  ///
  /// - Parameters:
  ///   - arguments: The arguments without the program's name.
  ///   - console: Where its lines go.
  /// - Returns: The exit status: LIBSVM's, 1 for nearly every error.
  package func run(_ arguments: [String], console: Console = Console()) -> Int32 {
    // Folds are those of a fresh process, whatever ran before.
    HostRandom.restart()
    do throws(ProgramEnd) {
      switch self {
      case .train: try Training(arguments).run(console)
      case .predict: try Prediction(arguments).run(console)
      case .scale: try Scaling(arguments).run(console)
      case .grid: _ = try Grid(arguments).run(console)
      case .easy: try Easy(arguments).run(console)
      case .subset: try Subset(arguments).run(console)
      case .checkData: try CheckData(arguments).run(console)
      }
      return 0
    } catch {
      if let message = error.message { console.warn(message) }
      if let text = error.output { console.line(text) }
      return error.status
    }
  }

  /// Says that the system refused memory.
  package static func reportLackOfMemory() {
    Output.warn("the system refused more memory; try a smaller -m or fewer rows\n")
  }
}

/// Where a program's lines go.
package struct Console: Sendable {
  /// Takes text for standard output.
  package var print: @Sendable (String) -> Void = { text in
    do throws(SystemError) {
      try writeAll(Array(text.utf8), to: StandardStreams.output)
    } catch {
      Output.warn("can't write to standard output: \(error.reason)\n")
      CurrentProcess.exitImmediately(1)
    }
  }
  /// Takes text for standard error.
  package var report: @Sendable (String) -> Void = { Output.warn($0) }

  package init() {}

  func line(_ text: String) { print(text + "\n") }

  func warn(_ text: String) { report(text + "\n") }
}

/// Why a program ends early.
struct ProgramEnd: Error {
  /// What standard error says.
  var message: String?
  /// What standard output says, such as how the program is used.
  var output: String?
  var status: Int32 = 1

  init(_ message: String, usage: String? = nil, status: Int32 = 1) {
    self.message = message
    output = usage
    self.status = status
  }

  init(usage: String, status: Int32 = 1) {
    output = usage
    self.status = status
  }
}

/// An option's letter with its value.
struct OptionValue {
  let option: String
  let text: String
  let usage: String

  /// A number, as strtod reads it.
  func number() throws(ProgramEnd) -> Double {
    guard let value = Input.number(text) else {
      throw ProgramEnd("\(option): must be a number, but is \(text)", usage: usage)
    }
    return value
  }

  /// A whole number.
  func integer() throws(ProgramEnd) -> Int32 {
    guard let value = Int32(text) else {
      throw ProgramEnd("\(option): must be a whole number, but is \(text)", usage: usage)
    }
    return value
  }
}

/// Whole files.
enum WholeFile {
  /// Reads a file.
  static func bytes(_ path: String) throws(SystemError) -> [UInt8] {
    let file = try InputFile(path: path)
    var bytes: [UInt8] = []
    while true {
      let part = try file.read(atMost: 1 << 20)
      if part.isEmpty { return bytes }
      bytes.append(contentsOf: part)
    }
  }

  /// The last part of a path, by which files in the current folder are named.
  static func name(_ path: String) -> String {
    String(path[(path.lastIndex(of: "/").map(path.index(after:)) ?? path.startIndex)...])
  }
}
