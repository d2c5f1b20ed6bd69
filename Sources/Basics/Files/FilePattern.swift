#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Finding several files by one text.
package enum FilePattern {
  /// Whether a path leads to a folder.
  package static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return unsafe SystemPath.withBytes(of: path) { unsafe stat($0, &status) } == 0
      && status.st_mode & S_IFMT == S_IFDIR
  }

  /// Whether a text has one of the characters that stand for others: `*`, `?` and `[`.
  package static func isPattern(_ text: String) -> Bool {
    text.utf8.contains { [UInt8(ascii: "*"), UInt8(ascii: "?"), UInt8(ascii: "[")].contains($0) }
  }

  /// The paths that a pattern matches, ascending by their bytes.
  ///
  /// As in a shell, `*` stands for any characters but `/`, `?` for one, `[a-z]` for one of them, and names that
  /// begin with a point are not matched by these.
  ///
  /// - Parameter pattern: The pattern.
  /// - Returns: The paths; none when nothing matches.
  package static func paths(matching pattern: String) -> [String] {
    var found = unsafe glob_t()
    defer { unsafe globfree(&found) }
    let code = unsafe SystemPath.withBytes(of: pattern) {
      unsafe glob($0, GLOB_NOSORT, nil, &found)
    }
    guard code == 0 else { return [] }
    let names = unsafe (0..<Int(found.gl_pathc)).compactMap { index -> [UInt8]? in
      guard let path = unsafe found.gl_pathv[index] else { return nil }
      return unsafe Array(UnsafeRawBufferPointer(start: path, count: strlen(path)))
    }
    return names.sorted { $0.lexicographicallyPrecedes($1) }.map(SystemPath.string)
  }

  /// The regular files in a folder, ascending by the bytes of their names, without those that begin with
  /// a point or an underscore, as files of programs that write folders do.
  ///
  /// - Parameter folder: The folder's path.
  /// - Returns: The paths.
  package static func files(in folder: String) -> [String] {
    let special = "*?[\\"
    let escaped = String(folder.flatMap { special.contains($0) ? ["\\", $0] : [$0] })
    let prefix = escaped.hasSuffix("/") ? escaped : escaped + "/"
    return paths(matching: prefix + "*").filter { path in
      let name = path.split(separator: "/").last ?? ""
      return name.utf8.first != UInt8(ascii: "_") && FileStatus.identity(path: path) != nil
    }
  }
}
