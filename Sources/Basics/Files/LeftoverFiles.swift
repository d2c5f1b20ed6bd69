import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Half-written files of runs that were killed, which nobody else would remove.
enum LeftoverFiles {
  /// What the names of half-written files begin with; up to thirteen digits of base 36 follow.
  static let prefix = ".svm-"
  /// Files are removed when they were not touched for this long, in seconds.
  private static let age = 24 * 60 * 60
  private static let swept = Mutex<Set<String>>([])

  /// Removes leftovers from a folder, at its first use in this process: files of this kind, of this user,
  /// older than a day, that no process holds locked.
  ///
  /// What cannot be removed stays: it does not concern the writer of a file next to it.
  static func sweepOnce(_ folder: String) {
    guard swept.withLock({ $0.insert(folder).inserted }),
      let entries = unsafe SystemPath.withBytes(of: folder, { unsafe opendir($0) })
    else { return }
    defer { unsafe closedir(entries) }
    let now = time(nil)
    while let entry = unsafe readdir(entries) {
      let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if isTemporary(name) { remove(SystemPath.joined(folder, name), now: now) }
    }
  }

  /// Whether a name is one that ``AtomicOutputFile`` gives.
  static func isTemporary(_ name: String) -> Bool {
    guard name.hasPrefix(prefix) else { return false }
    let suffix = name.dropFirst(prefix.count)
    return (1...13).contains(suffix.utf8.count)
      && suffix.utf8.allSatisfy { byte in
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
          || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
      }
  }

  private static func remove(_ path: String, now: time_t) {
    let descriptor = unsafe SystemPath.withBytes(of: path) {
      unsafe open($0, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
    }
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
      status.st_uid == geteuid(), now - modificationTime(status) > age,
      flock(descriptor, LOCK_EX | LOCK_NB) == 0
    else { return }
    unsafe SystemPath.withBytes(of: path) { _ = unsafe unlink($0) }
  }

  private static func modificationTime(_ status: stat) -> time_t {
    #if canImport(Darwin)
      status.st_mtimespec.tv_sec
    #else
      status.st_mtim.tv_sec
    #endif
  }
}
