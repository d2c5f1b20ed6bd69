/// Recognising columns that number the rows.
enum RowNumbers {
  /// Fewer rows than this show no pattern that could not be a feature's.
  private static let minimumRows = 10
  /// Fewer rows than this must count from 0 or 1 to be numbered.
  private static let manyRows = 50

  /// Whether a column counts the rows, so that it says nothing about them but where they are.
  ///
  /// Whole numbers that count from 0 or 1 without a gap do, wherever the column is, unless its name is
  /// one of time, in a series of which the order matters. A first column of many rows that ascends with
  /// few gaps, as a part of a numbered table has them, does, too, unless its numbers may be years; and a
  /// column that is named as keys are, whatever the gaps. Sorted measurements of a middle column are
  /// features.
  ///
  /// - Parameters:
  ///   - column: The column.
  ///   - isFirst: Whether it is the table's first.
  ///   - isUnnamed: Whether the table's header has no name for it.
  /// - Returns: Whether it does.
  static func areNumbered(_ column: TableColumn, isFirst: Bool, isUnnamed: Bool) -> Bool {
    guard case .numbers(let numbers) = column.values, column.notation == nil,
      numbers.count >= minimumRows, let first = numbers.first, let last = numbers.last
    else { return false }
    var isCounted = first == 0 || first == 1
    var previous = first - 1
    for number in numbers {
      guard number > previous, number.rounded(.towardZero) == number,
        number.magnitude < 1e15
      else { return false }
      if number != previous + 1 { isCounted = false }
      previous = number
    }
    let name = Name(isUnnamed ? "" : column.name)
    guard !name.isOfTime else { return false }
    if isCounted || name.isOfKeys { return true }
    let years = 1500.0...2200.0
    guard isFirst, numbers.count >= manyRows, !(years.contains(first) && years.contains(last))
    else {
      return false
    }
    return last - first < 2 * Double(numbers.count)
  }

  /// Whether every row has another whole number, as keys of rows do.
  static func areKeys(_ column: TableColumn, isFirst: Bool, isUnnamed: Bool) -> Bool {
    guard case .numbers(let numbers) = column.values, numbers.count >= minimumRows else {
      return false
    }
    let name = Name(isUnnamed ? "" : column.name)
    guard name.isOfKeys || isFirst && numbers.count >= manyRows, !name.isOfTime,
      numbers.allSatisfy({ $0.rounded(.towardZero) == $0 && $0 >= 0 })
    else { return false }
    return Set(numbers).count == numbers.count
  }

  /// Whether numbers look like codes with a fixed number of digits, such as postal codes: whole numbers
  /// of five digits, each of which occurs several times.
  static func areCodes(_ column: TableColumn) -> Bool {
    guard case .numbers(let numbers) = column.values, column.notation == nil else { return false }
    let present = numbers.filter { !$0.isNaN }
    guard present.count >= 20,
      present.allSatisfy({ $0 >= 10_000 && $0 < 100_000 && $0.rounded(.towardZero) == $0 }),
      !present.allSatisfy({ $0.truncatingRemainder(dividingBy: 50) == 0 })
    else { return false }
    let distinct = Set(present).count
    return distinct > 1 && distinct * 3 <= present.count
  }

  /// What a column's name says.
  private struct Name {
    private let words: [String]

    init(_ name: String) {
      // Words end at anything but letters, and before a capital that follows a small letter.
      var words: [String] = [""]
      var wasSmall = false
      for character in name {
        if character.isLetter {
          if character.isUppercase, wasSmall { words.append("") }
          words[words.count - 1].append(contentsOf: character.lowercased())
          wasSmall = character.isLowercase
        } else {
          words.append("")
          wasSmall = false
        }
      }
      self.words = words.filter { !$0.isEmpty }
    }

    /// Whether it is one of keys or row numbers; so is none at all, and what programs put in its place.
    var isOfKeys: Bool {
      words.isEmpty || words == ["unnamed"] || words == ["row", "names"] || words == ["obs"]
        || words.contains { ["id", "ids", "idx", "index", "key", "nr", "rowid"].contains($0) }
        || words == ["row"] || words == ["no"] || words == ["rownum"] || words == ["row", "number"]
        || words == ["serial", "number"] || words == ["record"]
    }

    /// Whether it is one of time or order.
    var isOfTime: Bool {
      words.contains {
        [
          "t", "time", "date", "day", "days", "week", "weeks", "month", "months", "quarter", "year",
          "years", "hour", "hours", "minute", "minutes", "second", "seconds", "period", "step",
          "epoch", "timestamp", "age", "order",
        ].contains($0)
      }
    }
  }
}
