import Basics
import Tables

/// Opening files that may be compressed, or several.
public enum DataFile {
  /// Opens data: a file, standard input, or several files that are read as one.
  ///
  /// Several files are named by a pattern (`part-*.csv`), by their folder, or by `@LIST`, a text file with a
  /// path in each line. Those of a pattern or folder are read in the order of their names' bytes, those of a
  /// list in its order. A folder's files that begin with a point or an underscore are left out. The text is
  /// that of all files one after the other; a header is read of the first one, and has to be the same in the
  /// others.
  ///
  /// - Parameter text: A path, a pattern, a folder or `@LIST`; what exists by that name is meant as it is.
  /// - Returns: The text, which messages call as it is given here.
  /// - Throws: `TableError` when no file is there, or one cannot be opened.
  public static func openAll(_ text: String) throws(TableError) -> ByteSource {
    guard let files = try files(text) else { return try open(text) }
    return ByteSource(files: files, name: text) { path throws(TableError) in try open(path) }
  }

  /// The files that a text names; `nil` when it is a single one.
  ///
  /// - Parameter text: A path, a pattern, a folder or `@LIST`.
  /// - Returns: Their paths in the order of reading.
  /// - Throws: `TableError` when there are none.
  package static func files(_ text: String) throws(TableError) -> [String]? {
    guard text != "-", !text.utf8.contains(0) else { return nil }
    if FilePattern.isFolder(text) {
      let files = FilePattern.files(in: text)
      guard !files.isEmpty else {
        throw TableError(.noFiles(path: text, reason: "the folder has no files"))
      }
      return files
    }
    if FileStatus.exists(text) { return nil }
    if text.hasPrefix("@"), text.count > 1 { return try listed(String(text.dropFirst())) }
    guard FilePattern.isPattern(text) else { return nil }
    let files = FilePattern.paths(matching: text).filter { FileStatus.identity(path: $0) != nil }
    guard !files.isEmpty else {
      throw TableError(.noFiles(path: text, reason: "no file has such a name"))
    }
    return files
  }

  /// The paths in the lines of a file; blank lines are none.
  private static func listed(_ path: String) throws(TableError) -> [String] {
    let files = try ByteSource(path: path).lines().compactMap { line in
      let text = SystemPath.string(line)
      return text.allSatisfy(\.isWhitespace) ? nil : text
    }
    guard !files.isEmpty else {
      throw TableError(.noFiles(path: path, reason: "the list names no files"))
    }
    return files
  }

  /// Opens a file, a pipe or standard input; gzip files are decompressed while they are read.
  ///
  /// The first bytes decide, not the name; but a name that ends in `.gz` promises what must be true.
  ///
  /// - Parameter path: The file's path, or `-` for standard input.
  /// - Returns: The text, which has the compressed file's name.
  /// - Throws: `TableError` when the file cannot be opened or read, or is called `.gz` and is not
  ///   compressed.
  public static func open(_ path: String) throws(TableError) -> ByteSource {
    let source = try ByteSource(path: path)
    let first = try source.peek(GzipStream.magic.count)
    if first == GzipStream.magic {
      return ByteSource(stream: GzipStream(source), name: source.name)
    }
    if path.lowercased().hasSuffix(".gz") {
      throw TableError(
        .cannotRead(path: path, reason: "it is called .gz, but is not compressed with gzip"))
    }
    return source
  }
}
