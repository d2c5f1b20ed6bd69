import Basics
import CompressedFiles
import ModelFiles
import Tables

/// Data that a command reads.
enum DataInput {
  /// Opens data; a model in its place is recognised before anything is read.
  ///
  /// - Parameter path: The file, or `-` for standard input.
  /// - Returns: The source.
  /// - Throws: ``CommandFailure`` for a model; `TableError` for a file that cannot be opened.
  static func open(_ path: String) throws -> ByteSource {
    if path != "-", isModel(path) {
      throw CommandFailure(
        .badData,
        "\(MessageText.plain(path)) is a model, not data; a model comes first, then the data: "
          + "svm predict MODEL DATA")
    }
    return try DataFile.open(path)
  }

  private static func isModel(_ path: String) -> Bool {
    do throws(ModelFileError) {
      return try ModelFileFormat.isCertainlyModel(path: path)
    } catch {
      // Opening it as data will say what is wrong with it.
      return false
    }
  }
}
