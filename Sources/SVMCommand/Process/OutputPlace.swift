import ModelFiles
import Tables

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A place that results are written to.
///
/// It is opened before the work begins: that a folder is not writable should be known before an
/// hour of training, not after.
final class OutputPlace {
  /// The path as it was given; `-` is standard output.
  let path: String
  private let file: AtomicOutputFile

  /// Opens a place.
  ///
  /// - Parameters:
  ///   - path: A path, or `-`.
  ///   - option: The option that names it, for messages.
  ///   - inputs: The files that are read; none of them may be overwritten.
  /// - Throws: ``UsageError`` for a path that is an input; `OutputFileError`.
  init(path: String, option: String, inputs: [String]) throws {
    self.path = path
    if path == "-" {
      file = try AtomicOutputFile.standardOutput()
    } else {
      for input in inputs where input != "-" && Self.isSameFile(path, input) {
        throw UsageError(
          option: option, "\(MessageText.plain(path)) is what is read; choose another file")
      }
      file = try AtomicOutputFile(path: path)
    }
    if let temporary = file.temporaryPath { Interrupts.shared.register(halfWritten: temporary) }
  }

  deinit {
    if let temporary = file.temporaryPath { Interrupts.shared.unregister(halfWritten: temporary) }
  }

  /// Whether it is standard output.
  var isStandardOutput: Bool { path == "-" }

  /// Whether what is written appears at once, not when all is complete.
  var isStream: Bool { !file.replacesTarget }

  /// Appends bytes.
  func write(_ bytes: [UInt8]) throws { try file.write(bytes) }

  /// Appends text.
  func write(_ text: String) throws { try file.write(text) }

  /// Hands on what was held back, if whoever reads may be waiting for it.
  func flush() throws { try file.flush() }

  /// Writes what was held back and lets the file take its place.
  func commit() throws { try file.commit() }

  /// Whether two paths lead to one regular file.
  private static func isSameFile(_ left: String, _ right: String) -> Bool {
    var (first, second) = (stat(), stat())
    guard unsafe SystemPath.withBytes(of: left, { unsafe stat($0, &first) }) == 0,
      unsafe SystemPath.withBytes(of: right, { unsafe stat($0, &second) }) == 0
    else { return false }
    return first.st_mode & S_IFMT == S_IFREG && first.st_dev == second.st_dev
      && first.st_ino == second.st_ino
  }

  /// Refuses two outputs in one place.
  ///
  /// - Throws: ``UsageError`` that names the second option.
  static func checkDifferent(
    _ first: (option: String, path: String)?, _ second: (option: String, path: String)?
  ) throws(UsageError) {
    guard let first, let second else { return }
    guard first.path == second.path || isSameFile(first.path, second.path) else { return }
    let place = first.path == "-" ? "standard output" : MessageText.plain(first.path)
    throw UsageError(option: second.option, "\(place) is taken by \(first.option)")
  }
}
