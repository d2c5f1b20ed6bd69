import Basics
import CompressedFiles
import ModelFiles
import Tables

/// Data that a command reads.
enum DataInput {
  /// What the help says of data to learn from.
  static var help: String {
    let formats = TextFormat.allCases.filter { $0 != .auto }.map { $0.rawValue.uppercased() }
    return help(for: "Rows as \(alternatives(formats)) text")
  }

  /// What the help says of data.
  ///
  /// - Parameter rows: What the rows are.
  /// - Returns: How they are named.
  static func help(for rows: String) -> String {
    "\(rows): a file, a pattern in quotes ('part-*.csv'), a folder, or @LIST, a file with a path in "
      + "each line; - is standard input."
  }

  /// Opens data; a model in its place is recognised before anything is read.
  ///
  /// - Parameter path: The file, `-` for standard input, or a pattern, a folder or a list of several files.
  /// - Returns: The source.
  /// - Throws: ``CommandFailure`` for a model; `TableError` for a file that cannot be opened.
  static func open(_ path: String) throws -> ByteSource {
    if path != "-", isModel(path) {
      throw CommandFailure(
        .badData,
        "\(MessageText.plain(path)) is a model, not data; a model comes first, then the data: "
          + "svm predict MODEL DATA")
    }
    if path == "-", CommandRanks.current.size > 1 {
      throw CommandFailure(
        .usage,
        "standard input reaches one of \(CommandRanks.current.size) ranks alone; name a file, or start svm "
          + "without mpirun or srun")
    }
    return try DataFile.openAll(path)
  }

  /// The files that an input names, whatever it is.
  static func files(_ path: String) -> [String] {
    do throws(TableError) {
      return try DataFile.files(path) ?? [path]
    } catch {
      // Opening it will say what is wrong with it.
      return [path]
    }
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
