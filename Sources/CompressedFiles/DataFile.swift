import Tables

/// Opening files that may be compressed.
public enum DataFile {
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
