import Basics
import ModelSelection

/// A table of trials that several processes make together, each by `--resume` with its path.
struct SharedTable {
  /// What the processes tell each other.
  let search: SharedSearch
  private let path: String

  /// Joins those that work on the table that is continued; `nil` where none is, where new trials go elsewhere, and
  /// where files cannot be locked.
  ///
  /// - Parameters:
  ///   - options: Which table.
  ///   - fingerprint: What the search is made of.
  ///   - isQuiet: Whether a file that cannot be locked is not worth a note.
  init?(_ options: SearchOptions, fingerprint: String, isQuiet: Bool) {
    guard let table = options.resume, options.trials == nil else { return nil }
    path = table + ".shared"
    do {
      search = try SharedSearch(path: path, search: fingerprint)
    } catch {
      if !isQuiet {
        Console.message(
          "note: \(MessageText.plain(path)): \(error.reason); no other process may search for this table now"
        )
      }
      return nil
    }
  }

  /// Removes what was shared: the table has all of it.
  func finish() { FileStatus.remove(path) }

  /// After an error; what somebody has measured stays.
  func abandon() {
    if search.isUnused { FileStatus.remove(path) }
  }
}
