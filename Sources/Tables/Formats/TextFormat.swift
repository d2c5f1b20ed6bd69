/// Whether the first record names the columns.
public enum HeaderMode: String, Sendable, CaseIterable {
  /// Recognised from the first records.
  case auto
  /// It does.
  case yes
  /// It does not; columns are called `column1`, `column2`, ….
  case no
}

/// What is between the whole and the fraction of a number.
public enum DecimalMark: String, Sendable, CaseIterable {
  /// Recognised: a comma where fields are not separated by commas and some numbers are written with
  /// one, none with a point; else a point.
  case auto
  /// A point; a number with a comma is a text.
  case point = "."
  /// A comma; a number with a point is a text, because the point could separate thousands.
  case comma = ","
}

/// How to read a text file with examples.
public struct TextOptions: Sendable {
  /// The format.
  package var format: TextFormat
  /// Whether the first record names the columns; without meaning for LIBSVM text.
  package var header: HeaderMode
  /// What is between the whole and the fraction of a number; in LIBSVM text always a point.
  package var decimal: DecimalMark
  /// Texts that stand for missing values, besides the usual ones.
  package var missingMarkers: [String]
  /// Whether the usual markers (`NA`, `?`, `null`, …) stand for missing values; if not, only empty
  /// fields do, and `missingMarkers`.
  package var knowsUsualMarkers: Bool
  /// What separates fields, or `nil` to recognise it.
  package var separator: Separator?
  /// What quotes fields, or `nil` to recognise it.
  package var quote: QuoteMark?
  /// What comment lines begin with; no line is one if it is empty.
  ///
  /// `nil` recognises lines that begin with
  /// `#` and have another number of fields than the records.
  package var commentMark: String?
  /// The number of threads that read a whole file, or `nil` for one on each core.
  ///
  /// What is read does not depend on it.
  package var threads: Int?
  /// The number of bytes that a file's rows and the features made of them may take, or `nil` for any.
  package var memoryLimit: Int?
  /// Which columns of a table stay texts, as they are spelled, even if all their values are numbers.
  package var spelled = SpelledColumns.none
  /// How the text is cut for them.
  var sizes = ReadingSizes()
  /// How the text is cut, and by whom.
  var cutting: TextCutting {
    TextCutting(threads: ReadingThreads.count(threads), sizes: sizes)
  }
  /// The same for rows that are wanted as they arrive.
  var liveCutting: TextCutting {
    TextCutting(threads: ReadingThreads.count(threads), sizes: sizes, isLive: true)
  }
  /// What the text should hold, when it is read for a model.
  var expected: ExpectedTable?

  /// Makes options; by default everything is recognised from the file.
  public init(
    format: TextFormat = .auto, header: HeaderMode = .auto, decimal: DecimalMark = .auto,
    missingMarkers: [String] = [], knowsUsualMarkers: Bool = true, separator: Separator? = nil,
    quote: QuoteMark? = nil, commentMark: String? = nil, threads: Int? = nil,
    memoryLimit: Int? = nil
  ) {
    self.format = format
    self.header = header
    self.decimal = decimal
    self.missingMarkers = missingMarkers
    self.knowsUsualMarkers = knowsUsualMarkers
    self.separator = separator
    self.quote = quote
    self.commentMark = commentMark
    self.threads = threads
    self.memoryLimit = memoryLimit
  }

  /// The same options for a text whose format is known.
  func with(_ format: TextFormat) -> TextOptions {
    var options = self
    options.format = format
    return options
  }

  /// The same options for a text that a model is applied to: what is not said here is as it was in the
  /// training data, unless the text shows that it is not.
  ///
  /// - Parameter preprocessor: What the model learned about its training data.
  /// - Returns: The options.
  package func expecting(_ preprocessor: Preprocessor) -> TextOptions {
    var options = self
    preprocessor.rows.adapt(&options)
    return options
  }
}

/// Columns whose spelling counts: where `007` is not `7`, and `1.10` not `1.1`.
package enum SpelledColumns: Sendable {
  /// None: a column of numbers holds numbers.
  case none
  /// Those that a user takes for categories, dates or groups.
  case chosen(ColumnChoices)
  /// Those that a model takes for categories or dates, and its classes.
  case model(TablePreprocessor, hasClasses: Bool)

  /// The indices of the columns.
  ///
  /// A choice that names no column, or a column that a model lacks, is not an error here:
  /// the code that uses the choices or the model reports it, with the reason.
  func indices(_ names: [String], hasHeader: Bool, at start: SourcePosition) -> Set<Int> {
    do throws(TableError) {
      switch self {
      case .none: return []
      case .chosen(let choices):
        return try ResolvedChoices(choices, names: names, at: start).spelled
      case .model(let preprocessor, let hasClasses):
        let layout = try ColumnLayout(
          preprocessor, names: names, hasHeader: hasHeader, at: start, model: "model")
        var indices: Set<Int> = []
        for (input, field) in zip(preprocessor.inputs, layout.fields) {
          switch input.kind {
          case .categorical, .date: indices.insert(field)
          case .numeric, .text: break
          }
        }
        if hasClasses, preprocessor.target?.notation == nil, let target = layout.target {
          indices.insert(target)
        }
        return indices
      }
    } catch {
      return []
    }
  }
}

extension DelimitedText {
  /// What collects the columns.
  func builders(_ spelled: SpelledColumns) -> [ColumnBuilder] {
    let indices = spelled.indices(names, hasHeader: hasHeader, at: start)
      .union(declared.indices.filter { declared[$0] != .numbers })
    return names.indices.map { index in
      indices.contains(index)
        ? .ofTexts(rules: records.rules, keepsSpelling: true)
        : ColumnBuilder(rules: records.rules)
    }
  }
}

/// What a model expects of a table.
struct ExpectedTable: Sendable {
  /// How the training data was read, if the model remembers.
  let reading: TableReading?
  /// Whether its columns were named by a header.
  let hasHeader: Bool
  /// The names of the columns that features come from.
  let names: [String]
  /// The number of columns of the training data.
  let columnCount: Int
  /// For each column of the training data what it holds, as far as the model knows.
  private let kinds: [InputColumn?]

  init(_ preprocessor: TablePreprocessor) {
    reading = preprocessor.reading
    hasHeader = preprocessor.hasHeader
    names = preprocessor.inputs.map(\.name)
    columnCount = preprocessor.columnCount
    var kinds = [InputColumn?](repeating: nil, count: preprocessor.columnCount)
    for (input, position) in zip(preprocessor.inputs, preprocessor.inputPositions) {
      kinds[position] = input
    }
    self.kinds = kinds
  }

  /// Whether a record could be a row: numbers and known categories are where they should be.
  ///
  /// - Parameters:
  ///   - texts: The fields.
  ///   - isNumber: Whether each of them is a number, or missing.
  /// - Returns: Whether all fields fit; `false` for another number of fields.
  func fits(_ texts: [String], isNumber: [Bool]) -> Bool {
    let kinds =
      texts.count == columnCount
      ? kinds : texts.count == names.count ? self.kinds.filter { $0 != nil } : []
    guard kinds.count == texts.count else { return false }
    return texts.indices.allSatisfy { index in
      switch kinds[index]?.kind {
      case .numeric?:
        isNumber[index] || kinds[index]?.notation?.number(texts[index]) != nil
      case .categorical(let levels, _)?:
        isNumber[index] || levels.contains(texts[index])
      case .date(let dates)?: isNumber[index] || dates.values(texts[index]) != nil
      case .text?, nil: true
      }
    }
  }
}
