import Basics
import LinearAlgebra

/// What is wrong with a table, or with reading it: ``description`` says where, what was found and what
/// was expected.
public struct TableError: Error, Equatable, Sendable, Codable, CustomStringConvertible {
  /// The place, what was found and what was expected, as fields.
  package let reason: Reason

  package init(_ reason: Reason) { self.reason = reason }

  /// One sentence that says where, what was found and what was expected.
  public var description: String { reason.description }

  /// What memory was too small for, when that is the reason.
  package var shortage: MemoryShortage? {
    if case .memory(_, let shortage) = reason { shortage } else { nil }
  }

  /// Some errors as one; `nil` when there is none.
  package static func combined(_ errors: [TableError]) -> TableError? {
    errors.count > 1 ? TableError(.several(errors)) : errors.first
  }
}

extension TableError {
  /// What can be wrong.
  package enum Reason: Equatable, Sendable, Codable {
    // MARK: Reading

    /// The file cannot be opened; the reason is the operating system's.
    case cannotOpen(path: String, reason: String)
    /// Reading failed part of the way.
    case cannotRead(path: String, reason: String)
    /// The file's second reading gave other bytes than its first.
    case changedWhileReading(path: String)
    /// One of several ranks cannot read what others can.
    indirect case onRank(Int, host: String, TableError)
    /// The file has no record at all, or none after the header.
    case noRecords(file: String, afterHeader: Bool)

    // MARK: Text

    /// A zero byte; such a file is not text.
    case nulByte(SourcePosition)
    /// The text begins with the mark of another encoding.
    case otherEncoding(SourcePosition, name: String)
    /// Bytes that are not UTF-8.
    case invalidUTF8(SourcePosition)
    /// A record, or a line, is longer than what is read into memory at once.
    case recordTooLong(SourcePosition, limit: Int)
    /// A record has more fields than any table that could be trained on.
    case tooManyFields(SourcePosition, limit: Int)
    /// The file ends inside a quoted field, which begins here.
    case unclosedQuote(SourcePosition)
    /// Something other than a separator follows a closing quote.
    case textAfterQuote(SourcePosition, field: Int)
    /// A record has another number of fields than the header, or than the first record.
    case raggedRecord(SourcePosition, found: Int, expected: Int, hasHeader: Bool)

    // MARK: Columns

    /// Several columns are rejected, each for a separate reason.
    case several([TableError])
    /// Two columns of the header have one name.
    case duplicateColumn(SourcePosition, name: String, first: Int, second: Int)
    /// No column has the name that the user gave.
    case noSuchColumn(SourcePosition, name: String, columns: [String])
    /// The user gave a column's number, but there are fewer columns.
    case columnNumber(SourcePosition, number: Int, count: Int)
    /// The header lacks a column that a model needs.
    case missingFeatureColumn(SourcePosition, name: String, model: String, columns: [String])
    /// A table without a header has a number of fields that does not fit a model.
    case fieldCount(SourcePosition, found: Int, model: String, features: Int)
    /// A table without a header has a number of fields that does not fit a model which leaves some
    /// columns of its training table out.
    case columnCount(SourcePosition, found: Int, model: String, expected: Int, hasTarget: Bool)
    /// The column to predict is also to be left out, or identifies rows.
    case targetLeftOut(file: String, target: String)
    /// The user takes one column for two different things.
    case chosenTwice(file: String, column: String)
    /// A column that is treated as texts contains numbers, or nothing at all.
    case noTexts(file: String, column: FieldName)
    /// The training texts of a column hold no terms, or none that occurs often enough.
    case noTerms(file: String, column: FieldName, unit: TermUnit)
    /// How texts are to become features is not possible.
    case textOptions(TextVectorizerError)
    /// All columns but the target are left out, each for a reason.
    case noFeaturesLeft(file: String, columns: Int)
    /// There is only a target, and nothing to predict it from.
    case noFeatureColumns(file: String, target: String)
    /// The rows, their features or what is learned of them would take more memory than allowed.
    case memory(file: String, MemoryShortage)
    /// A table without a header has no field for the target, which is required.
    case noTargetField(SourcePosition, found: Int, model: String)

    // MARK: Values

    /// A field of a column of numbers is not a number.
    case notANumber(SourcePosition, FieldName, text: String)
    /// A number that can be read in two ways: whether a comma separates thousands is not known.
    case ambiguousNumber(SourcePosition, FieldName, text: String, readings: [Double])
    /// A column holds numbers of a kind that is not read, such as `hexadecimal numbers`.
    case numberOfAnotherKind(SourcePosition, FieldName, text: String, kind: String)
    /// A field of a column of dates or times is not one, or not like the others.
    case notADate(SourcePosition, FieldName, text: String)
    /// A date that can be read in several ways: nothing distinguishes the day from the month.
    case ambiguousDate(
      SourcePosition, FieldName, text: String, readings: [String], orders: [DateColumn.Order])
    /// A feature is missing; the text is empty or one of the markers for missing values.
    case missingValue(SourcePosition, FieldName, text: String, isNumeric: Bool)
    /// Missing numbers or dates are to be replaced by a text that is not one.
    case noReplacement(file: String, column: FieldName, constant: String, example: String)
    /// A target is missing.
    case missingTarget(SourcePosition, FieldName, text: String)
    /// A number is infinite, too large for a Double, or becomes so when it is scaled.
    case notFinite(SourcePosition, FieldName, text: String)
    /// A category that did not occur in training.
    case unknownCategory(SourcePosition, FieldName, value: String, known: [String])
    /// A weight is missing, no number, infinite or negative.
    case weight(SourcePosition, FieldName, text: String)
    /// Every row has the weight 0.
    case noPositiveWeight(file: String, column: FieldName)
    /// The sum of the weights is infinite.
    case weightsTooLarge(file: String, column: FieldName)
    /// LIBSVM text has no column of weights; the user named one.
    case weightsOfLIBSVMText(file: String, name: String)
    /// LIBSVM text has one target, its labels; the user named another.
    case targetOfLIBSVMText(file: String, name: String)
    /// LIBSVM text has no named columns; the user chose what to do with one.
    case columnOfLIBSVMText(file: String, name: String)
    /// A row does not say which group it belongs to.
    case missingGroup(SourcePosition, FieldName, text: String)
    /// Every row has a missing value, and such rows are dropped.
    case noCompleteRows(file: String, rows: Int)

    // MARK: Several files

    /// No file is where a pattern, a folder or a list says that there are some.
    case noFiles(path: String, reason: String)
    /// A file has another number of columns than the first one.
    case otherColumnCount(SourcePosition, found: Int, expected: Int, file: String)
    /// A column has another name than in the first file.
    case otherColumn(SourcePosition, number: Int, found: String, expected: String, file: String)
    /// A column is declared in another way than in the first file.
    case otherDeclaration(SourcePosition, FieldName, file: String)

    // MARK: Several ranks

    /// A text of which ranks cannot read their parts.
    case notDivisible(file: String, reason: String)
    /// The ranks that share the work do not answer each other.
    case unreachable(String)

    // MARK: Declared columns

    /// What declares the columns is not right; the text continues "the header …".
    case malformedHeader(SourcePosition, String)
    /// Something that the format has and that is not read.
    case notRead(SourcePosition, what: String, remedy: String)
    /// A value that is not among those that the header declares.
    case undeclaredValue(SourcePosition, FieldName, text: String, declared: [String])

    // MARK: LIBSVM text

    /// A line begins without a label.
    case missingLabel(SourcePosition)
    /// A line names several classes: the text has several labels for each example.
    case severalLabels(SourcePosition, text: String)
    /// A label that has to be a number is not one.
    case labelNotANumber(SourcePosition, text: String)
    /// A token that is not `index:value`.
    case notAnEntry(SourcePosition, text: String)
    /// An index that is larger than the largest allowed, or smaller than the smallest.
    case indexOutOfRange(SourcePosition, index: String, range: ClosedRange<Int>)
    /// An index that is not larger than the one before it.
    case indicesDoNotAscend(SourcePosition, index: Int, previous: Int)
    /// A value that is infinite, NaN or too large for a Double.
    case entryNotFinite(SourcePosition, text: String)
  }
}

extension TableError.Reason {
  /// One sentence that says where, what was found and what was expected.
  var description: String {
    switch self {
    case .cannotOpen(let path, let reason):
      return "\(MessageText.path(path)): cannot be opened: \(reason)"
    case .notDivisible(let file, let reason):
      return "\(MessageText.path(file)): cannot be divided among ranks: \(reason)"
    case .unreachable(let reason): return reason
    case .cannotRead(let path, let reason):
      return "\(MessageText.path(path)): cannot be read: \(reason)"
    case .onRank(let rank, let host, let error):
      return MessageText.rank(rank, host: host) + ": \(error)"
    case .changedWhileReading(let path):
      return "\(MessageText.path(path)): was changed while it was being read"
    case .noRecords(let file, let afterHeader):
      return afterHeader
        ? "\(MessageText.path(file)): has a header, but no records"
        : "\(MessageText.path(file)): has no records"

    case .nulByte(let place):
      return "\(place): NUL byte; the file is not text"
    case .otherEncoding(let place, let name):
      return "\(place): the text is in \(name); save the file as UTF-8"
    case .invalidUTF8(let place):
      return "\(place): bytes are not valid UTF-8; save the file as UTF-8"
    case .recordTooLong(let place, let limit):
      return "\(place): record is longer than \(limit) bytes; is a quote not closed?"
    case .tooManyFields(let place, let limit):
      return "\(place): record has more than \(limit) fields"
    case .unclosedQuote(let place):
      return "\(place): quoted field is not closed before the end of the file"
    case .textAfterQuote(let place, let field):
      return "\(place): field \(field) continues after its closing quote; "
        + "a quote inside a quoted field is written twice"
    case .raggedRecord(let place, let found, let expected, let hasHeader):
      let other = hasHeader ? "header" : "first record"
      return "\(place): record has \(MessageText.count(found, "field")); "
        + "the \(other) has \(expected)"

    case .several(let errors):
      return errors.map(\.description).joined(separator: "\n")
    case .duplicateColumn(let place, let name, let first, let second):
      return "\(place): columns \(first) and \(second) are both named "
        + "\(MessageText.quoted(name)); every column needs its own name"
    case .noSuchColumn(let place, let name, let columns):
      return "\(place): no column named \(MessageText.quoted(name)); columns are "
        + MessageText.list(columns)
        + MessageText.suggestion(closestMatch(to: name, in: columns))
    case .columnNumber(let place, let number, let count):
      return "\(place): no column \(number); the table has \(MessageText.count(count, "column"))"
    case .missingFeatureColumn(let place, let name, let model, let columns):
      return "\(place): no column named \(MessageText.quoted(name)), "
        + "which model \(MessageText.path(model)) was trained on; columns are "
        + MessageText.list(columns)
        + MessageText.suggestion(closestMatch(to: name, in: columns))
    case .fieldCount(let place, let found, let model, let features):
      return "\(place): record has \(MessageText.count(found, "field")), "
        + "but model \(MessageText.path(model)) was trained on \(MessageText.count(features, "feature column"))"
    case .columnCount(let place, let found, let model, let expected, let hasTarget):
      return "\(place): record has \(MessageText.count(found, "field")), "
        + "but model \(MessageText.path(model)) was trained on \(MessageText.count(expected, "column"))"
        + (hasTarget ? ", of which only the target may be absent" : "")
    case .targetLeftOut(let file, let target):
      return "\(MessageText.path(file)): the column \(MessageText.quoted(target)) is the target, "
        + "and can neither be left out nor identify rows"
    case .chosenTwice(let file, let column):
      return
        "\(MessageText.path(file)): the column \(MessageText.quoted(column)) is used in two ways"
    case .noTexts(let file, let column):
      return "\(MessageText.path(file)): \(column) is to be read as text, but has none"
    case .noTerms(let file, let column, let unit):
      let what = unit == .words ? "word" : "run of characters"
      return
        "\(MessageText.path(file)): no \(what) of \(column) occurs in as many texts as required"
    case .textOptions(let error): return error.description
    case .noFeaturesLeft(let file, let columns):
      return
        "\(MessageText.path(file)): none of \(MessageText.count(columns, "column")) is left to learn from; "
        + "a model needs at least one feature"
    case .noFeatureColumns(let file, let target):
      return
        "\(MessageText.path(file)): the only column is the target \(MessageText.quoted(target)); "
        + "a model needs at least one other"
    case .memory(let file, let shortage): return "\(MessageText.path(file)): \(shortage)"
    case .noTargetField(let place, let found, let model):
      return "\(place): record has \(MessageText.count(found, "field")), all of them features of "
        + "model \(MessageText.path(model)); its target is needed as well"

    case .notANumber(let place, let field, let text):
      // A number as such is rejected only where a comma is expected in the place of its point.
      let example = NumberParser.parse(text) == .notANumber ? "1.4" : "1,4"
      return "\(place): \(field) is \(MessageText.quoted(text)); "
        + "expected a decimal number such as \(example)"
    case .ambiguousNumber(let place, let field, let text, let readings):
      return "\(place): \(field) is \(MessageText.quoted(text)), which can be read as "
        + readings.map(NumberText.shortest).joined(separator: " or ")
    case .numberOfAnotherKind(let place, let field, let text, let kind):
      return "\(place): \(field) is \(MessageText.quoted(text)); its values look like \(kind), "
        + "which are not read; expected decimal numbers such as 1.4"
    case .notADate(let place, let field, let text):
      return "\(place): \(field) is \(MessageText.quoted(text)), which is not a date or time like "
        + "the others of the column"
    case .ambiguousDate(let place, let field, let text, let readings, _):
      return "\(place): \(field) is \(MessageText.quoted(text)), which can be read as "
        + readings.joined(separator: " or ")
    case .missingValue(let place, let field, let text, let isNumeric):
      return "\(place): \(field) is \(Self.missing(text)); every feature needs "
        + (isNumeric ? "a finite number" : "a value")
    case .noReplacement(let file, let column, let constant, let example):
      return "\(MessageText.path(file)): \(column) has missing values, which cannot become "
        + "\(MessageText.quoted(constant)); expected \(example)"
    case .missingTarget(let place, let field, let text):
      return "\(place): \(field) is \(Self.missing(text)); every row needs a target"
    case .notFinite(let place, let field, let text):
      return "\(place): \(field) is \(MessageText.quoted(text)); "
        + "every feature needs a finite number"
    case .unknownCategory(let place, let field, let value, let known):
      return "\(place): \(field) is \(MessageText.quoted(value)), which did not occur in training; "
        + "known are \(MessageText.list(known))"
        + MessageText.suggestion(closestMatch(to: value, in: known))
    case .weight(let place, let field, let text):
      return "\(place): \(field) is \(Self.missing(text)); every row needs a weight, "
        + "a finite number that is not negative"
    case .noPositiveWeight(let file, let column):
      return
        "\(MessageText.path(file)): \(column) is 0 in every row; at least one row needs a weight greater than 0"
    case .weightsTooLarge(let file, let column):
      return "\(MessageText.path(file)): the weights of \(column) are too large to be added; "
        + "divide them by a constant, and multiply C by it"
    case .weightsOfLIBSVMText(let file, let name):
      return
        "\(MessageText.path(file)): LIBSVM text has no column \(MessageText.quoted(name)) for weights"
    case .targetOfLIBSVMText(let file, let name):
      return "\(MessageText.path(file)): LIBSVM text has no column \(MessageText.quoted(name)); "
        + "its target is the label that begins each line"
    case .columnOfLIBSVMText(let file, let name):
      return "\(MessageText.path(file)): LIBSVM text has no column \(MessageText.quoted(name)); "
        + "its features have numbers only"
    case .missingGroup(let place, let field, let text):
      return "\(place): \(field) is \(Self.missing(text)); every row needs a group"
    case .noCompleteRows(let file, let rows):
      return
        "\(MessageText.path(file)): each of \(MessageText.count(rows, "row")) has a missing value, "
        + "so that dropping them leaves nothing to train on"

    case .noFiles(let path, let reason): return "\(MessageText.path(path)): \(reason)"
    case .otherColumnCount(let place, let found, let expected, let file):
      return "\(place): the header has \(MessageText.count(found, "column")), but that of "
        + "\(MessageText.path(file)) has \(expected); all files need the same columns"
    case .otherColumn(let place, let number, let found, let expected, let file):
      return "\(place): column \(number) is \(MessageText.quoted(found)), but "
        + "\(MessageText.quoted(expected)) in \(MessageText.path(file)); "
        + "all files need the same columns in the same order"
    case .otherDeclaration(let place, let field, let file):
      return "\(place): \(field) is declared in another way than in \(MessageText.path(file))"

    case .malformedHeader(let place, let what): return "\(place): the header \(what)"
    case .notRead(let place, let what, let remedy):
      return "\(place): \(what) is not read; \(remedy)"
    case .undeclaredValue(let place, let field, let text, let declared):
      return "\(place): \(field) is \(MessageText.quoted(text)), which is not declared; "
        + "declared are \(MessageText.list(declared))"

    case .missingLabel(let place):
      return "\(place): line has no label; expected a label, then index:value pairs"
    case .severalLabels(let place, let text):
      return
        "\(place): label \(MessageText.quoted(text)) names several classes; a model learns one "
        + "label per line, so data with several needs one file and one model for each class"
    case .labelNotANumber(let place, let text):
      return "\(place): label is \(MessageText.quoted(text)); "
        + "expected a decimal number such as 1.4"
    case .notAnEntry(let place, let text):
      return "\(place): found \(MessageText.quoted(text)); expected index:value such as 3:0.5"
    case .indexOutOfRange(let place, let index, let range):
      return "\(place): index \(MessageText.plain(index)) is out of range; "
        + "indices range from \(range.lowerBound) to \(range.upperBound)"
    case .indicesDoNotAscend(let place, let index, let previous):
      return "\(place): index \(index) follows index \(previous); indices must ascend"
    case .entryNotFinite(let place, let text):
      return "\(place): value is \(MessageText.quoted(text)); every feature needs a finite number"
    }
  }

  private static func missing(_ text: String) -> String {
    text.isEmpty ? "empty" : MessageText.quoted(text)
  }
}
