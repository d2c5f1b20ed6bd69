import Basics
import ModelFiles
import Reports
import SupportVectors
import Tables
import TabularModels

/// A hint at features of very different ranges, which LIBSVM text is taken with as they are.
enum ScalingHint {
  /// Ranges whose ratio is larger than this are worth a note.
  private static let wideRatio = 100.0

  /// Prints it, where there is something to say.
  ///
  /// - Parameters:
  ///   - data: The rows to train on.
  ///   - scaling: How the user wants features scaled, if anything was said.
  static func tell(_ data: any ExampleText, scaling: Scaling?) {
    guard scaling == nil, let (smallest, largest) = data.unscaledMagnitudes,
      largest > wideRatio * smallest
    else { return }
    Console.message(
      "note: the largest values of the features lie between \(Text.significant(smallest, 2)) and "
        + "\(Text.significant(largest, 2)), and LIBSVM text is not scaled; --scale maxabs brings them "
        + "to 1")
  }
}

/// What `train` reports about columns that it treated in a special way.
struct ColumnNotes {
  private let data: any ExampleText
  private let request: TrainingRequest
  /// What was trained, if something was.
  private let model: TabularModel?

  init(_ data: any ExampleText, _ request: TrainingRequest, model: TabularModel? = nil) {
    self.data = data
    self.request = request
    self.model = model
  }

  /// Prints them.
  func tell() throws {
    for line in try lines() { Console.message(line) }
  }

  /// The same for a page, as sentences.
  func sentences() throws -> [String] { try lines().map(Self.sentence) }

  /// A message without `note:` or `warning:`, with a capital letter and a full stop.
  static func sentence(_ message: String) -> String {
    var text = message[...]
    for prefix in ["note: ", "warning: "] where text.hasPrefix(prefix) {
      text = text.dropFirst(prefix.count)
    }
    return text.prefix(1).uppercased() + text.dropFirst() + (text.hasSuffix(".") ? "" : ".")
  }

  private func lines() throws -> [String] {
    var lines: [String] = []
    let configuration = request.configuration
    let hasTarget = model?.predictor.task.hasTarget ?? configuration.task?.hasTarget ?? true
    let accounts = try data.columnAccounts(
      ChosenColumns(
        target: configuration.target, hasTarget: hasTarget,
        choices: configuration.columnOverrides), missing: configuration.missing)
    if let accounts {
      lines += accounts.flatMap { account in
        account.remarks.map {
          $0.line(account.name, isTarget: account.isTarget, isConversion: false)
        }
      }
      if case .table(let preprocessor)? = model?.preprocessor {
        lines += unusedLines(preprocessor, accounts) + missingLines(preprocessor, accounts)
      }
    }
    guard let model else { return lines }
    if let sampling = model.provenance.sampling {
      lines.append(
        "note: trained on \(Text.count(sampling.rowCount)) of \(Text.count(sampling.fileRowCount, "row")), "
          + "a random sample with seed \(sampling.seed)")
    }
    if let scaling = model.provenance.targetScaling, let c = model.predictor.parameter("c"),
      c * 8 < scaling.unit
    {
      let unit = scaling.unit
      let bound = Text.significant(unit, 3)
      lines.append(
        "note: C \(Text.significant(c, 6)) is small for a target whose "
          + "standard deviation is about \(bound); --c auto uses "
          + "\(Text.significant(LearningMethod.boxConstraintInDeviations, 3)) standard deviations"
      )
    }
    return lines
  }

  /// How columns were taken, where that may not be what was meant, and what to do then.
  static func remarksOfConversion(
    _ table: Table, target: Int?, _ choices: ColumnChoices, _ missing: MissingValuePolicy
  ) throws(TableError) -> [String] {
    try table.remarks(target: target, choices: choices, missing: missing).map { index, remark in
      remark.line(
        table.columns[index].name, isTarget: index == target, isConversion: true)
    }
  }

  private func unusedLines(
    _ preprocessor: TablePreprocessor, _ accounts: [ColumnAccount]
  ) -> [String] {
    func names(_ reason: UnusedReason) -> [String] {
      preprocessor.unused.filter { $0.reason == reason }.map(\.name)
    }
    var lines: [String] = []
    for column in preprocessor.unused where column.reason == .mostlyDistinct {
      let account = accounts[column.position]
      let present = account.rowCount - account.missingCount
      lines.append(
        "warning: column \(MessageText.quoted(column.name)) is left out: its \(present) texts are "
          + "mostly different (\(account.textCount ?? present)), so they seem to "
          + "identify rows; --text NAME uses their words, --column NAME=category treats each as a "
          + "category")
    }
    for (reason, words) in [
      (UnusedReason.constant, "has only one value"), (.empty, "has no values"),
    ] {
      for name in names(reason) {
        lines.append("note: column \(MessageText.quoted(name)) is left out: it \(words)")
      }
    }
    return lines
  }

  private func missingLines(
    _ preprocessor: TablePreprocessor, _ accounts: [ColumnAccount]
  ) -> [String] {
    guard preprocessor.missing.fillsIn else { return [] }
    // Missing texts that form a separate category are not filled in, and are reported elsewhere.
    let inputs = Set(
      preprocessor.inputs.filter { input in
        switch input.kind {
        case .categorical(let levels, _): levels.first?.isEmpty != true
        case .numeric, .date: true
        case .text: false
        }
      }.map(\.name))
    let gaps = accounts.filter { inputs.contains($0.name) && $0.missingCount > 0 }
    guard !gaps.isEmpty else { return [] }
    let count = gaps.map(\.missingCount).reduce(0, +)
    let filled = preprocessor.inputs.filter { input in gaps.contains { $0.name == input.name } }
    let numberCount = filled.count { if case .categorical = $0.kind { false } else { true } }
    func statistic(_ name: String) -> String {
      let numbers = numberCount == 1 ? "the column \(name)" : "column \(name)s"
      let texts = "the most frequent categories"
      if numberCount == 0 { return texts }
      return numberCount == filled.count ? numbers : "\(numbers) and \(texts)"
    }
    let policy =
      switch preprocessor.missing {
      case .mean: "with " + statistic("mean")
      case .median: "with " + statistic("median")
      case .mostFrequent: "with the most frequent values"
      case .constant(let value): "with \(MessageText.quoted(value))"
      case .error, .drop: preprocessor.missing.rawValue
      }
    return [
      "note: filled \(Text.count(count, "missing value")) in "
        + "\(MessageText.list(gaps.map { MessageText.quoted($0.name) })) \(policy); "
        + "change this with --impute"
    ]
  }
}

extension ColumnRemark {
  /// A line about a column, with the options that change what it says.
  ///
  /// - Parameters:
  ///   - name: The column's name.
  ///   - isTarget: Whether it is predicted.
  ///   - isConversion: Whether the line is of `convert`, which lacks some options.
  /// - Returns: The line.
  fileprivate func line(_ name: String, isTarget: Bool, isConversion: Bool) -> String {
    let leave = isConversion ? "" : "--id \(shellWord(name)) or "
    let column = "column \(MessageText.quoted(name))"
    let word = shellWord(name)
    switch self {
    case .notation(let text, let value):
      return "note: \(column) is read as numbers: \(MessageText.quoted(text)) is "
        + "\(NumberText.shortest(value))"
        + (isTarget ? "" : "; --column \(word)=category treats the texts as categories")
    case .dates(let parts):
      return "note: \(column) contains dates or times, which become "
        + "\(Text.count(parts.count, "feature")) (\(parts.map(\.rawValue).joined(separator: ", "))); "
        + "--drop \(word) leaves it out"
    case .leadingZeros(let text, let value):
      return "note: \(column) is read as numbers: \(MessageText.quoted(text)) is "
        + "\(NumberText.shortest(value)); --column \(word)=category keeps such codes as they are written"
    case .inexact(let text, let value):
      guard !isTarget else {
        return "note: \(column) has numbers with more digits than a regression can distinguish: "
          + "\(MessageText.quoted(text)) is \(NumberText.shortest(value))"
      }
      return "warning: \(column) has numbers with more digits than can be distinguished: "
        + "\(MessageText.quoted(text)) is \(NumberText.shortest(value)); --column \(word)=category keeps "
        + "them distinct, \(leave)--drop \(word) leaves them out"
    case .rowNumbers:
      return "note: \(column) is left out: it numbers the rows; --column \(word)=numeric keeps it"
    case .keys:
      return "note: \(column) has a different whole number in each row; if these identify rows, "
        + "\(leave)--drop \(word) leaves them out"
    case .codes(let count):
      return "note: \(column) has \(count) different numbers of five digits; if they are codes, "
        + "--column \(word)=category treats them as categories"
    case .missingCategory(let count):
      return
        "note: \(Text.count(count, "missing value")) of \(column) \(count == 1 ? "is" : "are") "
        + "treated as a separate category"
        + (isConversion ? "" : "; change this with --impute-text")
    }
  }
}

/// What `train --dry-run` prints.
struct ColumnReport {
  private let plan: TrainingPlan
  private let data: any ExampleText
  private let scaling: Scaling
  private let missing: MissingValuePolicy

  init(_ plan: TrainingPlan, data: any ExampleText, request: TrainingRequest) {
    self.plan = plan
    self.data = data
    scaling = request.configuration.scaling ?? (plan.schema == nil ? .none : .standard)
    missing = request.configuration.missing
  }

  // MARK: For people

  /// A few lines about the data, and one for each column.
  var text: String {
    var lines: [(label: String, value: String)] = [("data", dataLine)]
    if let words = data.readingWords { lines.append(("read as", words)) }
    if let decision = plan.decision {
      lines.append(("task", "\(decision.task.rawValue): \(decision.reason)"))
    }
    lines.append(("features", featuresLine))
    return Text.aligned(lines) + columnTable
  }

  private var dataLine: String {
    let rows = Text.count(plan.rowCount, "row")
    let zero =
      plan.zeroWeightRowCount == 0
      ? "" : " (\(Text.count(plan.zeroWeightRowCount)) of weight 0, left out)"
    let sample = plan.sampledFrom.map { " sampled from \(Text.count($0))" } ?? ""
    guard let schema = plan.schema else {
      return "\(MessageText.plain(plan.file)): LIBSVM text, \(rows)"
    }
    return "\(MessageText.plain(plan.file)): \(rows)\(sample)\(zero), "
      + "\(Text.count(schema.columns.count, "column"))\(schema.hasHeader ? "" : " without a header")"
  }

  private var featuresLine: String {
    let scaled = scaling == .none ? "not scaled" : "scaling \(scaling.rawValue)"
    let count = plan.featureCount.map { Text.count($0) } ?? "none yet"
    guard let schema = plan.schema else { return "\(count), \(scaled)" }
    let columns = schema.columns.count { $0.role == .feature }
    return "\(count) from \(Text.count(columns, "column")), \(scaled), "
      + "missing values: \(MessageText.plain(missing.rawValue))"
  }

  private var columnTable: String {
    guard let schema = plan.schema else { return "" }
    return "\n"
      + Text.table(
        header: Self.header, rows: schema.columns.indices.map { fields(schema.columns[$0], $0) },
        alignedLeft: Self.texts)
  }

  private static let header = ["", "column", "holds", "distinct", "missing", "values", "role"]
  /// The positions of entries that are not numbers.
  private static let texts: Set<Int> = [1, 2, 5, 6]

  private func fields(_ column: TableSchema.Column, _ index: Int) -> [String] {
    [
      Text.count(index + 1), MessageText.plain(column.name), column.content.rawValue,
      Text.count(column.distinctCount), Text.count(column.missingCount), values(column),
      column.problem == nil ? column.role.words : "rejected, see below",
    ]
  }

  /// Columns that a page lists at most.
  private static let pageLimit = 200

  /// The columns for a page; `nil` for LIBSVM text.
  var pageTable: HTMLReport.Table? {
    guard let schema = plan.schema else { return nil }
    let count = schema.columns.count
    return HTMLReport.Table(
      caption: count > Self.pageLimit
        ? "The first \(Self.pageLimit) of \(Text.count(count, "column"))" : "Columns",
      columns: Self.header.enumerated().map {
        .init($1.isEmpty ? "no." : $1, isNumeric: !Self.texts.contains($0))
      },
      rows: schema.columns.indices.prefix(Self.pageLimit).map { fields(schema.columns[$0], $0) })
  }

  private func values(_ column: TableSchema.Column) -> String {
    if let range = column.range {
      let (least, greatest) = (range.lowerBound, range.upperBound)
      return least == greatest
        ? Text.significant(least, 6)
        : "\(Text.significant(least, 6)) … \(Text.significant(greatest, 6))"
    }
    let shown = column.levels.prefix(3).map { level in
      let text = MessageText.plain(level)
      return text.count > 14 ? text.prefix(13) + "…" : text
    }
    let left = column.levels.count - shown.count
    return shown.joined(separator: ", ") + (left > 0 ? " and \(left) more" : "")
  }

  // MARK: For programs

  /// The same for programs.
  var json: JSONValue {
    [
      "version": .string(SVMCommand.version),
      "data": [
        "name": .string(plan.file),
        "reading": data.readingJSON,
        "rows": .integer(plan.rowCount),
        "sampledFrom": plan.sampledFrom.map(JSONValue.integer) ?? .null,
        "zeroWeightRows": .integer(plan.zeroWeightRowCount),
        "features": plan.featureCount.map(JSONValue.integer) ?? .null,
        "target": plan.targetName.map(JSONValue.string) ?? .null,
      ],
      "task": plan.decision.map { .string($0.task.rawValue) } ?? .null,
      "scale": .string(scaling.rawValue),
      "impute": .string(missing.rawValue),
      "columns": plan.schema.map { schema in .array(schema.columns.map(column)) } ?? .null,
    ]
  }

  private func column(_ column: TableSchema.Column) -> JSONValue {
    var reason = JSONValue.null
    if case .unused(let why) = column.role { reason = .string(why.rawValue) }
    return [
      "name": .string(column.name),
      "holds": .string(column.content.rawValue),
      "distinct": .integer(column.distinctCount),
      "missing": .integer(column.missingCount),
      "range": column.range.map { .array([.finite($0.lowerBound), .finite($0.upperBound)]) }
        ?? .null,
      "levels": column.content == .categories ? .strings(column.levels) : .null,
      "role": .string(column.role.name),
      "reason": reason,
      "problem": column.problem.map { .string("\($0)") } ?? .null,
    ]
  }
}

extension ColumnRole {
  /// The role for people.
  var words: String {
    switch self {
    case .target: "target"
    case .feature: "feature"
    case .unused(.identifier): "id, repeated in predictions"
    case .unused(.weight): "weight of the row"
    case .unused(.group): "group of the row"
    case .unused(.ignored): "left out as requested"
    case .unused(.constant): "left out: only one value"
    case .unused(.empty): "left out: no values"
    case .unused(.mostlyDistinct): "left out: mostly different texts"
    case .unused(.rowNumber): "left out: numbers the rows"
    }
  }

  /// The role for programs.
  fileprivate var name: String {
    switch self {
    case .target: "target"
    case .feature: "feature"
    case .unused(.identifier): "id"
    case .unused(.weight): "weight"
    case .unused(.group): "group"
    case .unused: "unused"
    }
  }
}
