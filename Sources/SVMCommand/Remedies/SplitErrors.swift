import Basics
import Evaluation
import ModelReports
import Tables

/// Says of rows that cannot be divided as asked which file they are in, and which options ask for it.
///
/// - Parameters:
///   - file: What messages call the data.
///   - foldOption: The option that says how many folds there are.
///   - group: The column that says which rows belong together.
///   - body: What may fail.
/// - Returns: What the body returns.
/// - Throws: What the body throws.
func namingOptions<Result>(
  _ file: String, foldOption: String = "--folds", group: String? = nil,
  _ body: () throws -> Result
) throws -> Result {
  do {
    return try body()
  } catch let error as DataSplitError {
    let sentence = error.sentence(foldOption: foldOption, group: group)
    throw CommandFailure(.badData, "\(MessageText.plain(file)): \(sentence)")
  }
}

extension DataSplitError {
  /// The error in the words of the command line.
  fileprivate func sentence(foldOption: String, group: String?) -> String {
    switch reason {
    case .foldCount(let count, let rowCount):
      return "\(foldOption) must be between 2 and the number of rows, \(rowCount), but is \(count)"
    case .groupCount(let count, let needed):
      let column = group.map { " " + MessageText.quoted($0) } ?? ""
      let remedy =
        count >= 2 ? "\(foldOption) \(count) is possible" : "folds need at least 2 groups"
      return "--group: column\(column) puts the rows into \(Text.count(count, "group")), but "
        + "\(foldOption) \(needed) needs \(needed); \(remedy)"
    case .timeCount(let count, let needed):
      return "--time-ordered: \(foldOption) \(max(1, needed - 1)) needs at least "
        + "\(Text.count(needed, "row")), but there \(count == 1 ? "is" : "are") \(count)"
    case .tooFewRows: return "--holdout: \(self)"
    default: return "\(self)"
    }
  }
}
