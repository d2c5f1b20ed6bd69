import Basics

/// A place that results are written to.
///
/// It is opened before the work begins: that a folder is not writable should be known before an
/// hour of training, not after.
final class OutputPlace {
  /// The path as it was given; `-` is standard output.
  let path: String
  /// `nil` on a rank other than the first, which writes nothing.
  private let file: AtomicOutputFile?

  /// Opens a place.
  ///
  /// - Parameters:
  ///   - path: A path, or `-`.
  ///   - option: The option that names it, for messages.
  ///   - inputs: The files that are read; none of them may be overwritten.
  /// - Throws: ``UsageError`` for a path that is an input; `OutputFileError`.
  init(path: String, option: String, inputs: [String]) throws {
    self.path = path
    guard CommandRanks.current.isFirst else {
      file = nil
      return
    }
    for input in inputs.flatMap(DataInput.files)
    where Self.isSameFile((path, StandardStreams.output), (input, StandardStreams.input)) {
      let name = path == "-" ? "standard output" : MessageText.plain(path)
      throw UsageError(option: option, "\(name) is also an input; choose another file")
    }
    let file =
      try path == "-" ? AtomicOutputFile.standardOutput() : AtomicOutputFile(path: path)
    self.file = file
    if let temporary = file.temporaryPath { Interrupts.shared.register(halfWritten: temporary) }
  }

  deinit {
    if let temporary = file?.temporaryPath { Interrupts.shared.unregister(halfWritten: temporary) }
  }

  /// Whether it is standard output.
  var isStandardOutput: Bool { path == "-" }

  /// Whether what is written appears at once, not when all is complete.
  var isStream: Bool { file?.replacesTarget == false }

  /// Appends bytes.
  func write(_ bytes: [UInt8]) throws { try file?.write(bytes) }

  /// Appends text.
  func write(_ text: String) throws { try file?.write(text) }

  /// Passes on what was held back, if a reader may be waiting for it.
  func flush() throws { try file?.flush() }

  /// Writes what was held back and lets the file take its place.
  func commit() throws { try file?.commit() }

  /// Whether two paths lead to one regular file; `-` is an open file.
  private static func isSameFile(
    _ left: (path: String, descriptor: Int32), _ right: (path: String, descriptor: Int32)
  ) -> Bool {
    func identity(_ place: (path: String, descriptor: Int32)) -> FileStatus.Identity? {
      place.path == "-"
        ? FileStatus.identity(descriptor: place.descriptor) : FileStatus.identity(path: place.path)
    }
    guard let first = identity(left) else { return false }
    return first == identity(right)
  }

  /// Rejects two outputs in one place.
  ///
  /// - Throws: ``UsageError`` that names the second option.
  static func checkDifferent(
    _ first: (option: String, path: String)?, _ second: (option: String, path: String)?
  ) throws(UsageError) {
    guard let first, let second else { return }
    // Devices may take several outputs; files that are there may have several names.
    let place = OutputTarget.place(of: first.path)
    guard
      place != nil && place == OutputTarget.place(of: second.path)
        || isSameFile((first.path, StandardStreams.output), (second.path, StandardStreams.output))
    else { return }
    let name = second.path == "-" ? "standard output" : MessageText.plain(second.path)
    throw UsageError(option: second.option, "\(name) is already used by \(first.option)")
  }
}
