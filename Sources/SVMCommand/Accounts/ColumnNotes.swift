import ModelFiles
import Reports
import SupportVectors
import Tables
import TabularModels

/// A hint at features of very different ranges, which LIBSVM text is taken with as they are.
enum ScalingHint {
  /// Ranges that differ more than so many times are worth a word.
  private static let wideRatio = 100.0

  /// Prints it, where there is something to say.
  ///
  /// - Parameters:
  ///   - data: The rows to train on.
  ///   - scaling: How the user wants features scaled, if anything was said.
  static func tell(_ data: TrainingData, scaling: Scaling?) {
    guard scaling == nil, case .libsvm(let examples) = data,
      let (smallest, largest) = examples.magnitudeRange, largest > wideRatio * smallest
    else { return }
    Console.message(
      "note: the largest values of the features lie between \(Text.significant(smallest, 2)) and "
        + "\(Text.significant(largest, 2)), and LIBSVM text is not scaled; --scale maxabs brings them "
        + "to 1")
  }
}

/// What `train` tells about columns that it treated in a way of its own.
struct ColumnNotes {
  private let model: TabularModel
  private let data: TrainingData

  init(_ model: TabularModel, _ data: TrainingData) {
    self.model = model
    self.data = data
  }

  /// Prints them.
  func tell() {
    for line in lines { Console.message(line) }
  }

  /// The same for a page, as sentences.
  var sentences: [String] { lines.map(Self.sentence) }

  /// A message without `note:` or `warning:`, with a capital letter and a full stop.
  static func sentence(_ message: String) -> String {
    var text = message[...]
    for prefix in ["note: ", "warning: "] where text.hasPrefix(prefix) {
      text = text.dropFirst(prefix.count)
    }
    return text.prefix(1).uppercased() + text.dropFirst() + (text.hasSuffix(".") ? "" : ".")
  }

  private var lines: [String] {
    var lines: [String] = []
    if case .table(let preprocessor) = model.preprocessor, case .table(let table) = data {
      lines += unusedLines(preprocessor, table) + missingLines(preprocessor, table)
    }
    if let sampling = model.provenance.sampling {
      lines.append(
        "note: trained on \(Text.count(sampling.rowCount)) of \(Text.count(sampling.fileRowCount, "row")), "
          + "chosen by the seed \(sampling.seed)")
    }
    if let unit = model.provenance.targetScaling?.unit, let c = model.predictor.parameter("c"),
      c * 8 < unit
    {
      let bound = Text.significant(unit, 3)
      lines.append(
        "note: C \(Text.significant(c, 6)) is small for a target whose "
          + "deviation is about \(bound); --c auto takes "
          + "\(Text.significant(LearningMethod.boxConstraintInDeviations, 3)) standard deviations"
      )
    }
    return lines
  }

  private func unusedLines(_ preprocessor: TablePreprocessor, _ table: Table) -> [String] {
    func names(_ reason: UnusedReason) -> [String] {
      preprocessor.unused.filter { $0.reason == reason }.map(\.name)
    }
    var lines: [String] = []
    for column in preprocessor.unused where column.reason == .mostlyDistinct {
      let values = table.columns[column.position]
      let present = values.rowCount - values.missingCount
      lines.append(
        "warning: column \(MessageText.quoted(column.name)) is left out: its \(present) texts are "
          + "mostly different (\(values.distinctValueCount(upTo: Int.max))), so that they name rows; "
          + "--text NAME learns from their words, --column NAME=category takes each for a category")
    }
    for (reason, words) in [
      (UnusedReason.constant, "has one value only"), (.empty, "has no values"),
    ] {
      for name in names(reason) {
        lines.append("note: column \(MessageText.quoted(name)) is left out: it \(words)")
      }
    }
    return lines
  }

  private func missingLines(_ preprocessor: TablePreprocessor, _ table: Table) -> [String] {
    guard preprocessor.missing.fillsIn else { return [] }
    let inputs = Set(preprocessor.inputs.map(\.name))
    let gaps = table.columns.filter { inputs.contains($0.name) && $0.missingCount > 0 }
    guard !gaps.isEmpty else { return [] }
    let count = gaps.map(\.missingCount).reduce(0, +)
    let policy =
      switch preprocessor.missing {
      case .mean: "by means and the most frequent categories"
      case .median: "by medians and the most frequent categories"
      case .mostFrequent: "by the most frequent values"
      case .constant(let value): "by \(MessageText.quoted(value))"
      case .error, .drop: preprocessor.missing.rawValue
      }
    return [
      "note: \(Text.count(count, "missing value")) in \(MessageText.list(gaps.map(\.name))) "
        + "\(count == 1 ? "was" : "were") filled in \(policy); --impute chooses"
    ]
  }
}

/// What `train --dry-run` prints.
struct ColumnReport {
  private let plan: TrainingPlan
  private let data: TrainingData
  private let scaling: Scaling
  private let missing: MissingValuePolicy

  init(_ plan: TrainingPlan, data: TrainingData, settings: TrainSettings) {
    self.plan = plan
    self.data = data
    scaling = settings.scaling ?? (plan.schema == nil ? .none : .standard)
    missing = settings.missing
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
  /// The places of entries that are no numbers.
  private static let texts: Set<Int> = [1, 2, 5, 6]

  private func fields(_ column: TableSchema.Column, _ index: Int) -> [String] {
    [
      Text.count(index + 1), MessageText.plain(column.name), column.content.rawValue,
      Text.count(column.distinctCount), Text.count(column.missingCount), values(column),
      column.problem == nil ? column.role.words : "refused, see below",
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
    case .unused(.ignored): "left out as asked"
    case .unused(.constant): "left out: one value only"
    case .unused(.empty): "left out: no values"
    case .unused(.mostlyDistinct): "left out: mostly different texts"
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
