import Basics
import Tables
import TabularModels

/// Which options accept what a command rejected.
///
/// Nobody is sent on a way that ends at the next error, or at another answer: what is printed was tried on
/// the data, as far as it is available, and what cannot be tried is worded so that it is
/// right in any case.
struct Remedies {
  /// What was read, if it was read as a whole.
  private let data: (any ExampleText)?
  /// Where it came from.
  private let path: String
  private let options: TextOptions
  private let target: String?
  private let choices: ColumnChoices
  /// Whether the command has an option for categories that training did not see.
  private let hasUnseenOption: Bool

  /// The remedies of a command that trains.
  init(_ data: any ExampleText, path: String, options: TextOptions, request: TrainingRequest) {
    self.data = data
    self.path = path
    self.options = options
    target = request.configuration.target
    choices = request.configuration.columnOverrides
    hasUnseenOption = false
  }

  /// The remedies of a command that applies a model.
  init(unseenOption: Bool) {
    data = nil
    path = "-"
    options = TextOptions()
    target = nil
    choices = ColumnChoices()
    hasUnseenOption = unseenOption
  }

  private var table: Table? { data?.table }

  /// What can be done about an error, in sentences; `nil` where nothing is sure to help.
  func hint(_ error: TableError) -> String? {
    switch error.reason {
    case .several(let errors):
      // Columns that can only be left out are left out together, if others remain.
      var dropped: [FieldName] = []
      var hints: [String] = []
      for error in errors {
        if case .notADate(_, let field, _) = error.reason {
          dropped.append(field)
        } else if let hint = hint(error), !hints.contains(hint) {
          hints.append(hint)
        }
      }
      if let hint = leavingOut(dropped) { hints.append(hint) }
      return hints.isEmpty ? nil : hints.joined(separator: "\n")
    case .missingValue: return missingValueHint
    case .missingTarget(_, let field, let text): return missingTargetHint(field, text)
    case .noReplacement:
      return "--impute mean, median or most-frequent fills missing values in."
    case .notADate(_, let field, _): return leavingOut([field])
    case .ambiguousDate(_, let field, _, _, let orders):
      let name = columnWord(field)
      return orders.map { "--column \(name)=date-\($0.rawValue)" }.joined(separator: " or ")
        + " decides."
    case .ambiguousNumber(_, let field, let text, let readings):
      return ambiguousNumberHint(field, text, readings)
    case .numberOfAnotherKind(_, let field, _, _):
      let category = "--column \(columnWord(field))=category treats the texts as categories"
      return leavingOut([field]).map { "\(category); \($0)" } ?? category + "."
    case .notANumber(_, let field, let text): return numberHint(field, text)
    case .noFeaturesLeft: return "svm train --dry-run shows why columns are left out."
    case .unknownCategory:
      return hasUnseenOption
        ? "--unseen ignore predicts such rows without using the column." : nil
    default: return nil
    }
  }

  // MARK: Missing values

  /// The number of rows that `--impute drop` would leave, if that is known.
  private var completeRowCount: Int? {
    guard let table else { return nil }
    do {
      let index = try table.targetIndex(target, choices)
      return try table.trainingRows(target: index, choices: choices, missing: .drop).count
    } catch {
      // What is wrong with target and choices has already been reported.
      return nil
    }
  }

  /// What `--impute drop` does to the rows, if it leaves some.
  private var dropping: String? {
    guard let table, let count = completeRowCount, count > 1 else { return nil }
    return "--impute drop leaves out all rows with a missing value: \(Text.count(count)) of "
      + "\(Text.count(table.rowCount)) remain."
  }

  private var missingValueHint: String? {
    guard data != nil else { return nil }
    let filling = "--impute mean, median or most-frequent fills missing values in."
    return dropping.map { "\(filling) \($0)" } ?? filling
  }

  private func missingTargetHint(_ field: FieldName, _ text: String) -> String? {
    guard let table, table.columns.indices.contains(field.number - 1) else { return nil }
    guard table.columns[field.number - 1].missingCount < table.rowCount else {
      return "All values of this column are missing; --target names the column to predict."
    }
    // A text that stands for missing values everywhere may be a class here: the code of Namibia.
    guard !text.isEmpty, !table.missingMarkers.contains(text),
      !table.columns[field.number - 1].isNumeric
    else { return dropping }
    let asClass = "--missing-marker none treats \(MessageText.quoted(text)) as a class."
    return dropping.map { "\(asClass) \($0)" } ?? asClass
  }

  // MARK: Numbers

  private func numberHint(_ field: FieldName, _ text: String) -> String? {
    guard let table, table.columns.indices.contains(field.number - 1),
      case .categories(let levels, _) = table.columns[field.number - 1].values
    else { return nil }
    let mark = table.reading?.decimal ?? .point
    let others = levels.filter { !$0.isNumber(mark) }
    var hints: [String] = []
    let other = mark == .point ? DecimalMark.comma : .point
    if isRead(with: other, field, levels) {
      hints.append(
        other == .comma
          ? "--decimal , reads numbers with decimal commas."
          : "--decimal . reads numbers with decimal points.")
    } else if others.count <= 3, others.allSatisfy(\.mayBeMarker) {
      let markers = others.map { "--missing-marker \(shellWord($0))" }.joined(separator: " ")
      let texts = MessageText.list(others.map(MessageText.quoted))
      hints.append(
        others.count == 1
          ? "If \(texts) stands for a missing value: \(markers)"
          : "If \(texts) stand for missing values: \(markers)")
    }
    let name = columnWord(field)
    if levels.count <= 20 {
      hints.append("If the column contains categories: --column \(name)=category")
    }
    if hints.isEmpty {
      let kind =
        others.allSatisfy(\.hasThousands)
        ? "Numbers must not contain thousands separators; remove them from the file."
        : "Correct the values that are not numbers in the file."
      return leavingOut([field]).map { "\(kind) \($0)" } ?? kind
    }
    return hints.joined(separator: "\n")
  }

  /// How to say which of two readings of a number is right.
  private func ambiguousNumberHint(
    _ field: FieldName, _ text: String, _ readings: [Double]
  ) -> String? {
    guard let thousands = readings.first, text.contains(",") else {
      return "Write it without thousands separators, or without the currency."
    }
    return
      "--decimal . reads it as \(NumberText.shortest(thousands)), with a thousands separator."
  }

  /// Whether the column becomes one of numbers, and no other column one of texts, when the file is read
  /// with another decimal mark; and whether the numbers can only be meant so.
  private func isRead(with mark: DecimalMark, _ field: FieldName, _ levels: [String]) -> Bool {
    guard let table, options.decimal == .auto || options.decimal != mark,
      levels.allSatisfy({ $0.isNumber(mark) }),
      !levels.allSatisfy({ $0.hasThousands || !$0.hasMark }),
      path != "-"
    else { return false }
    var options = options
    options.decimal = mark
    do {
      let again = try Table(reading: DataInput.open(path), options: options)
      guard again.columns.count == table.columns.count,
        again.columns[field.number - 1].isNumeric
      else { return false }
      return zip(table.columns, again.columns).allSatisfy { !$0.isNumeric || $1.isNumeric }
    } catch {
      return false
    }
  }

  // MARK: Words

  /// How columns are left out, if another feature is left then.
  private func leavingOut(_ fields: [FieldName]) -> String? {
    guard !fields.isEmpty else { return nil }
    if let table {
      do {
        let target = try table.targetIndex(target, choices) + 1
        guard !fields.contains(where: { $0.number == target }),
          table.columns.count > fields.count + 1
        else { return nil }
      } catch {
        return nil
      }
    }
    let names = fields.map(columnWord).joined(separator: ",")
    return "--drop \(names) leaves the column\(fields.count == 1 ? "" : "s") out."
  }

  /// A column as an option takes it: its name, or its number where the name cannot be typed.
  private func columnWord(_ field: FieldName) -> String {
    let name = field.name
    guard MessageText.plain(name) == name,
      table?.columns.count(where: { $0.name == name }) ?? 1 == 1
    else { return String(field.number) }
    guard name.contains(",") || name.hasPrefix("\"") else { return shellWord(name) }
    return shellWord(CSVText.quoted(name))
  }
}

/// A text as a word of a command line, in quotes when it needs them.
func shellWord(_ text: String) -> String {
  let isWord = text.utf8.allSatisfy { byte in
    (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
      || "-._/,=:+@%".utf8.contains(byte) || byte >= 0x80
  }
  return isWord && !text.isEmpty
    ? text
    : "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''")
      + "'"
}

extension String {
  /// Whether this is a number with a decimal mark, or without any.
  fileprivate func isNumber(_ mark: DecimalMark) -> Bool { FieldRules.isNumber(self, mark) }

  /// Whether this may stand for a missing value: it has no digit, which a value would have, and can be
  /// typed.
  fileprivate var mayBeMarker: Bool {
    !unicodeScalars.contains { $0.properties.numericType != nil }
      && MessageText.plain(self) == self
      && !["true", "false", "yes", "no"].contains(lowercased())
  }

  fileprivate var hasMark: Bool { contains(",") || contains(".") }

  /// Whether commas or points may separate thousands: three digits follow each.
  fileprivate var hasThousands: Bool {
    let groups = split(omittingEmptySubsequences: false) { $0 == "," || $0 == "." || $0 == " " }
    return groups.count > 1 && groups.dropFirst().allSatisfy { $0.count == 3 }
      && groups.joined().drop { $0 == "-" || $0 == "+" }.allSatisfy(\.isNumber)
  }
}

/// Adds to errors about columns which options accept them.
func hintingAtOptions<Result>(
  _ remedies: @autoclosure () -> Remedies, _ body: () throws -> Result
) throws -> Result {
  do {
    return try body()
  } catch let error as TableError {
    guard let hint = remedies().hint(error) else { throw error }
    throw CommandFailure(.badData, "\(error)\n\(hint)")
  }
}
