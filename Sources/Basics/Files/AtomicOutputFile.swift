#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A file that appears complete or not at all.
///
/// A regular file is written under another name in the same folder and takes its place, with the
/// permissions of what it replaces, when ``commit()`` is called; without that call the target stays
/// as it was and what was written is removed. A symbolic link is followed, so that the file it
/// points to is replaced and the link stays. Anything other than a regular file — a
/// device, a pipe, a terminal, an open descriptor such as `/dev/stdout` — is written in
/// place.
///
/// A class, because an open file has one owner and an end: `deinit` closes it on every way out.
package final class AtomicOutputFile {
  /// The path as it was given, for messages.
  package let path: String
  private var descriptor: Int32
  /// `nil` when the target is written in place.
  private let replacement: Replacement?
  private var buffer: [UInt8] = []
  private static let bufferSize = 1 << 16

  private struct Replacement {
    var temporaryPath: String
    var targetPath: String
  }

  /// Opens a file for writing.
  ///
  /// - Parameter path: The target; `-` is not special here, see ``standardOutput()``.
  /// - Throws: ``OutputFileError``.
  package init(path: String) throws(OutputFileError) {
    self.path = path
    switch try OutputTarget(path: path) {
    case .descriptor(let number):
      descriptor = dup(number)
      replacement = nil
      guard descriptor >= 0 else { throw OutputFileError(path: path, code: errno) }
    case .special(let target):
      descriptor = unsafe SystemPath.withBytes(of: target) { unsafe open($0, O_WRONLY | O_CLOEXEC) }
      replacement = nil
      guard descriptor >= 0 else { throw OutputFileError(path: path, code: errno) }
    case .regular(let target, let status):
      let (descriptor, temporaryPath) = try Self.makeTemporary(
        beside: target, status: status, path: path)
      self.descriptor = descriptor
      replacement = Replacement(temporaryPath: temporaryPath, targetPath: target)
    }
  }

  private init(path: String, descriptor: Int32) {
    self.path = path
    self.descriptor = descriptor
    replacement = nil
  }

  /// Standard output, written in place.
  package static func standardOutput() throws(OutputFileError) -> AtomicOutputFile {
    let descriptor = dup(STDOUT_FILENO)
    guard descriptor >= 0 else { throw OutputFileError(path: "standard output", code: errno) }
    return AtomicOutputFile(path: "standard output", descriptor: descriptor)
  }

  /// Whether the target is replaced as a whole by ``commit()``; else what is written reaches it at
  /// once.
  package var replacesTarget: Bool { replacement != nil }

  /// The file that is written until ``commit()``, when the target is replaced.
  package var temporaryPath: String? { replacement?.temporaryPath }

  // MARK: Writing

  /// Appends bytes; they are held back until there are enough of them.
  package func write(_ bytes: [UInt8]) throws(OutputFileError) {
    if bytes.count >= Self.bufferSize {
      try flush()
      try writeThrough(bytes)
    } else {
      buffer.append(contentsOf: bytes)
      if buffer.count >= Self.bufferSize { try flush() }
    }
  }

  /// Appends text as UTF-8.
  package func write(_ text: String) throws(OutputFileError) {
    buffer.append(contentsOf: text.utf8)
    if buffer.count >= Self.bufferSize { try flush() }
  }

  /// Passes on what was held back, so that a reader at the other end of a pipe sees it.
  package func flush() throws(OutputFileError) {
    guard !buffer.isEmpty else { return }
    // Emptied first: what could not be written once is not tried again at the end.
    let held = buffer
    buffer.removeAll(keepingCapacity: true)
    try writeThrough(held)
  }

  private func writeThrough(_ bytes: [UInt8]) throws(OutputFileError) {
    precondition(descriptor >= 0, "\(path) is written to after its end")
    do throws(SystemError) {
      try writeAll(bytes, to: descriptor)
    } catch {
      throw OutputFileError(path: path, code: error.code)
    }
  }

  // MARK: The end

  /// Writes what was held back and lets the file take its place.
  ///
  /// When an error is thrown, a replaced target stays as it was.
  package func commit() throws(OutputFileError) {
    try flush()
    guard let replacement else {
      close()
      return
    }
    // The new content must be on the disk before the name points to it: else a crash of the
    // machine could leave an empty file.
    // Some file systems cannot tell and answer EINVAL.
    guard fsync(descriptor) == 0 || errno == EINVAL else {
      throw OutputFileError(path: path, code: errno)
    }
    let code = unsafe SystemPath.withBytes(of: replacement.temporaryPath) { temporary in
      unsafe SystemPath.withBytes(of: replacement.targetPath) { unsafe rename(temporary, $0) }
    }
    guard code == 0 else {
      throw OutputFileError(path: path, code: errno)
    }
    close()
    Self.synchronizeFolder(of: replacement.targetPath)
  }

  deinit {
    guard descriptor >= 0 else { return }
    if let replacement {
      unsafe SystemPath.withBytes(of: replacement.temporaryPath) { _ = unsafe unlink($0) }
    } else {
      // A stream shows everything up to the error that ended its writing, as far as it takes it.
      do throws(OutputFileError) {
        try flush()
      } catch {
        // The first error is the one that the user sees; this one cannot be reported any more.
      }
    }
    close()
  }

  private func close() {
    closeFile(descriptor)
    descriptor = -1
  }

  /// Makes the renaming survive a crash of the machine.
  ///
  /// Some file systems cannot; the file is complete either way.
  private static func synchronizeFolder(of path: String) {
    let folder = unsafe SystemPath.withBytes(of: SystemPath.folder(of: path)) {
      unsafe open($0, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    }
    guard folder >= 0 else { return }
    fsync(folder)
    closeFile(folder)
  }

  // MARK: The temporary file

  private static func makeTemporary(
    beside target: String, status: stat?, path: String
  ) throws(OutputFileError) -> (descriptor: Int32, path: String) {
    // A file that its user may not write is not to be replaced either, though the folder's
    // permissions would allow it.
    if status != nil, unsafe SystemPath.withBytes(of: target, { unsafe access($0, W_OK) }) != 0 {
      throw OutputFileError(path: path, code: errno)
    }
    let (descriptor, temporaryPath) = try openTemporary(
      in: SystemPath.folder(of: target), mode: status == nil ? 0o666 : 0o600, path: path)
    guard let status else { return (descriptor, temporaryPath) }

    // The permissions, and where that is allowed the owner, of what is replaced.
    if fchown(descriptor, status.st_uid, status.st_gid) != 0 {
      // Only the superuser gives files away; the file then belongs to who wrote it.
    }
    guard fchmod(descriptor, status.st_mode & 0o7777) == 0 else {
      let code = errno
      unsafe SystemPath.withBytes(of: temporaryPath) { _ = unsafe unlink($0) }
      closeFile(descriptor)
      throw OutputFileError(path: path, code: code)
    }
    return (descriptor, temporaryPath)
  }

  /// Makes a file of a name that no other file has; the process's mask limits its permissions.
  ///
  /// (`mkstemp` ignores that mask, and it can only be read by changing it, which other threads would
  /// notice.)
  private static func openTemporary(
    in folder: String, mode: mode_t, path: String
  ) throws(OutputFileError) -> (descriptor: Int32, path: String) {
    var code: Int32 = EEXIST
    for _ in 0..<100 {
      let suffix = String(UInt64.random(in: 0...UInt64.max), radix: 36)
      let temporaryPath = SystemPath.joined(folder, LeftoverFiles.prefix + suffix)
      let descriptor = unsafe SystemPath.withBytes(of: temporaryPath) {
        unsafe open($0, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
      }
      if descriptor >= 0 {
        // Tells others that the file has an owner. Where files cannot be locked, nobody sweeps.
        _ = flock(descriptor, LOCK_EX | LOCK_NB)
        LeftoverFiles.sweepOnce(folder)
        return (descriptor, temporaryPath)
      }
      code = errno
      guard code == EEXIST || code == EINTR else { break }
    }
    throw OutputFileError(path: path, code: code)
  }
}

/// The system's function, which a method of the same name would hide.
private func closeFile(_ descriptor: Int32) { close(descriptor) }
