import Foundation
import Testing

/// The built `svm`, run as a process.
enum Tool {
  /// How a run ended and what it printed.
  struct Result: CustomStringConvertible {
    var status: Int32
    /// Whether a signal that nobody caught ended the process: a crash.
    var crashed: Bool
    var output: String
    var errors: String

    var description: String {
      """
      status \(status)\(crashed ? " (crashed)" : "")
      --- standard output
      \(output)--- standard error
      \(errors)---
      """
    }
  }

  /// The program lies beside the test bundle, which is this process's program; a test run builds
  /// both.
  static let path: String = {
    var folder = URL(fileURLWithPath: CommandLine.arguments[0])
    while folder.path != "/" {
      folder.deleteLastPathComponent()
      let candidate = folder.appendingPathComponent("svm").path
      var isFolder: ObjCBool = false
      if FileManager.default.fileExists(atPath: candidate, isDirectory: &isFolder),
        !isFolder.boolValue
      {
        return candidate
      }
    }
    preconditionFailure("svm was not built beside \(CommandLine.arguments[0])")
  }()

  /// Runs the program to its end.
  ///
  /// - Parameters:
  ///   - arguments: The arguments without the program's name.
  ///   - input: What comes through standard input.
  ///   - folder: The current folder of the process.
  ///   - environment: Variables on top of this process's own.
  ///   - program: The program to run, or `nil` for the tool.
  /// - Returns: How it ended, and what it printed.
  /// - Throws: When the process cannot be started.
  static func run(
    _ arguments: [String], input: String = "", in folder: Folder? = nil,
    environment: [String: String] = [:], program: String? = nil
  ) throws -> Result {
    try Running(
      arguments, input: Data(input.utf8), in: folder, environment: environment, program: program
    ).wait()
  }

  /// A process that may still run.
  final class Running {
    let process = Process()
    private let outputFile: URL
    private let errorFile: URL

    /// Starts the program.
    ///
    /// Output goes to files, so that no pipe can fill up.
    init(
      _ arguments: [String], input: Data? = Data(), in folder: Folder? = nil,
      environment: [String: String] = [:], program: String? = nil
    ) throws {
      let names = UUID().uuidString
      let temporary = FileManager.default.temporaryDirectory
      outputFile = temporary.appendingPathComponent("svm-out-\(names)")
      errorFile = temporary.appendingPathComponent("svm-err-\(names)")
      for file in [outputFile, errorFile] { try Data().write(to: file) }
      process.executableURL = URL(fileURLWithPath: program ?? Tool.path)
      process.arguments = arguments
      if let folder { process.currentDirectoryURL = folder.url }
      var variables = ProcessInfo.processInfo.environment
      variables.merge(environment) { _, new in new }
      process.environment = variables
      process.standardOutput = try FileHandle(forWritingTo: outputFile)
      process.standardError = try FileHandle(forWritingTo: errorFile)
      if let input {
        let inputFile = temporary.appendingPathComponent("svm-in-\(names)")
        try input.write(to: inputFile)
        process.standardInput = try FileHandle(forReadingFrom: inputFile)
        try FileManager.default.removeItem(at: inputFile)
      } else {
        // A pipe that stays open: the program waits for more.
        process.standardInput = Pipe()
      }
      try process.run()
    }

    /// Sends a signal.
    func signal(_ number: Int32) { kill(process.processIdentifier, number) }

    /// Waits until the process watches for interrupts, however slowly it starts; then a moment more.
    func waitUntilItWatchesSignals() {
      for _ in 0..<1000 where process.isRunning && !watchesInterrupts {
        Thread.sleep(forTimeInterval: 0.01)
      }
      Thread.sleep(forTimeInterval: 0.2)
    }

    /// Waits until standard error holds a text, or the process ends.
    ///
    /// - Returns: Whether it does.
    func waitForError(_ text: String) throws -> Bool {
      while true {
        let isRunning = process.isRunning
        let errors = String(decoding: try Data(contentsOf: errorFile), as: UTF8.self)
        if errors.contains(text) { return true }
        guard isRunning else { return false }
        Thread.sleep(forTimeInterval: 0.02)
      }
    }

    /// Whether SIGINT no longer ends the process by itself: Dispatch catches it, or has it ignored, by its version;
    /// unknown outside Linux.
    private var watchesInterrupts: Bool {
      let path = "/proc/\(process.processIdentifier)/status"
      let status = FileManager.default.contents(atPath: path) ?? Data()
      for line in String(decoding: status, as: UTF8.self).split(separator: "\n") {
        let words = line.split(whereSeparator: \.isWhitespace)
        guard words.first == "SigIgn:" || words.first == "SigCgt:",
          let mask = words.last.flatMap({ UInt64($0, radix: 16) })
        else { continue }
        if mask & (1 << UInt64(SIGINT - 1)) != 0 { return true }
      }
      return false
    }

    /// Waits for the end.
    func wait() throws -> Result {
      process.waitUntilExit()
      defer {
        for file in [outputFile, errorFile] { unlink(file.path) }
      }
      return Result(
        status: process.terminationStatus, crashed: process.terminationReason == .uncaughtSignal,
        output: String(decoding: try Data(contentsOf: outputFile), as: UTF8.self),
        errors: String(decoding: try Data(contentsOf: errorFile), as: UTF8.self))
    }
  }
}

/// A folder that is removed with its last user.
final class Folder {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory
      .appendingPathComponent("svm-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit {
    do {
      try FileManager.default.removeItem(at: url)
    } catch {
      Issue.record("cannot remove \(url.path): \(error)")
    }
  }

  /// The path of a file in the folder.
  func path(_ name: String) -> String { url.appendingPathComponent(name).path }

  /// Writes a file; answers its path.
  @discardableResult
  func write(_ name: String, _ text: String) throws -> String {
    try Data(text.utf8).write(to: url.appendingPathComponent(name))
    return path(name)
  }

  /// The bytes of a file, or `nil` when there is none.
  func data(_ name: String) -> Data? { FileManager.default.contents(atPath: path(name)) }

  /// The text of a file, empty when there is none.
  func text(_ name: String) -> String { String(decoding: data(name) ?? Data(), as: UTF8.self) }

  /// The names in the folder, sorted.
  var names: [String] {
    get throws { try FileManager.default.contentsOfDirectory(atPath: url.path).sorted() }
  }
}
