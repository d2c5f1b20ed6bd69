#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A folder with all that is in it.
package enum FolderTree {
  /// Makes an empty folder that only this user can look into.
  ///
  /// - Parameter prefix: The path to which six characters are added that make it new.
  /// - Returns: The folder's path.
  /// - Throws: ``SystemError``.
  package static func makeTemporary(prefix: String) throws(SystemError) -> String {
    var name = Array("\(prefix)XXXXXX".utf8CString)
    let isMade = unsafe name.withUnsafeMutableBufferPointer {
      unsafe mkdtemp($0.baseAddress!) != nil
    }
    guard isMade else { throw .last }
    return String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// Removes a folder.
  ///
  /// Symbolic links are removed, not followed. What cannot be removed stays.
  package static func remove(_ path: String) {
    if let entries = unsafe SystemPath.withBytes(of: path, { unsafe opendir($0) }) {
      var names: [String] = []
      while let entry = unsafe readdir(entries) {
        names.append(
          unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
            unsafe SystemPath.string(Array(bytes.prefix { $0 != 0 }))
          })
      }
      unsafe closedir(entries)
      for name in names where name != "." && name != ".." {
        let inner = path + "/" + name
        var status = stat()
        let code = unsafe SystemPath.withBytes(of: inner) { unsafe lstat($0, &status) }
        guard code == 0 else { continue }
        if status.st_mode & S_IFMT == S_IFDIR {
          remove(inner)
        } else {
          unsafe SystemPath.withBytes(of: inner) { _ = unsafe unlink($0) }
        }
      }
    }
    unsafe SystemPath.withBytes(of: path) { _ = unsafe rmdir($0) }
  }
}
