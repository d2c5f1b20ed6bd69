import ArgumentParser
import Basics
import KernelMethods
import ModelFiles
import SupportVectors
import Tables
import TabularModels

/// `svm inspect`: what is in a model file.
struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect", abstract: "Show what a model file contains.")

  @Argument(help: ArgumentHelp("The model file.", valueName: "model"))
  var model: String

  @Flag(
    name: .customLong("config"),
    help: "Print what the model was trained with as JSON, for 'svm train --config'; nothing else.")
  var config = false

  @OptionGroup var report: JSONOption
  @OptionGroup(title: "EFFORT") var transport: TransportOption

  mutating func run() throws {
    if config, let (option, _) = report.given {
      throw UsageError(option: option, "cannot be given together with --config")
    }
    let json = try report.place(inputs: [model])
    let loaded = try loadModel(model)
    if config { return try printConfiguration(loaded) }
    let description = ModelDescription(path: model, model: loaded)
    if let json {
      try json.write(description.json.text(.indented) + "\n")
      try json.commit()
    }
    if json?.isStandardOutput != true { try Console.output(description.text) }
  }
}

extension InspectCommand {
  private func printConfiguration(_ loaded: TabularModel) throws {
    guard let configuration = loaded.provenance.configuration else {
      throw CommandFailure(
        .badData,
        "\(MessageText.path(model)): the file does not record the configuration that the model was "
          + "trained with; files of earlier versions and of other programs do not")
    }
    try Console.output(configuration.json.text(.indented) + "\n")
  }
}

/// What a model file holds, for people and for programs.
struct ModelDescription {
  let path: String
  let model: TabularModel

  private var solution: Solution { Solution(model.predictor) }

  // MARK: For people

  /// A line for each part of the model, and a table of its columns.
  var text: String {
    let predictor = model.predictor
    var lines: [(label: String, value: String)] = [
      (
        "model",
        MessageText.plain(path)
          + (model.isImported ? "" : ", written by svm \(model.provenance.programVersion)")
      ),
      ("formulation", model.formulationWords),
    ]
    if let classes = model.classes {
      lines.append(
        ("classes", "\(classes.count): " + Text.list(classes.map(MessageText.plain), atMost: 12)))
    }
    if let target = model.targetName { lines.append(("target", MessageText.plain(target))) }
    lines.append(
      (
        "kernel",
        predictor.kernel.text()
          + (predictor.featureMap.map { ", approximated by \($0.words)" } ?? "")
      ))
    if model.isImported {
      lines.append(
        ("training", "by another program, whose file does not record C, tolerance or metrics"))
      if let count = solution.supportVectorCount {
        lines.append(("support vectors", Text.count(count)))
      }
    } else {
      lines.append(("parameters", parametersLine))
      lines += model.weightLines + solution.lines + model.calibrationLines
    }
    if predictor.task == .regression, !solution.problems.isEmpty {
      let biases = solution.problems.map { Text.significant($0.bias, 9) }
      lines.append(("bias", Text.list(biases, atMost: 12)))
    }
    lines += componentLines
    lines.append(("precision", predictor.precision.rawValue))
    lines += preprocessingLines
    if let terms = StrongestTerms(model) { lines += terms.lines(classes: model.classes) }
    if let digest = model.provenance.dataDigest { lines.append(("training data", digest)) }
    return Text.aligned(lines) + (model.isImported ? "" : solution.pairTable) + columnTable
  }

  /// How much of the variance the components explain.
  private var componentLines: [(label: String, value: String)] {
    guard let components = model.predictor.model(as: KernelPrincipalComponents.self) else {
      return []
    }
    let shares = components.explainedVarianceRatios.prefix(12).map { Text.significant($0, 4) }
    return [
      (
        "variance explained",
        shares.joined(separator: ", ")
          + (components.componentCount > shares.count
            ? " and \(Text.count(components.componentCount - shares.count)) more" : "")
      )
    ]
  }

  private var parametersLine: String {
    model.predictor.parameterTexts.joined(separator: ", ")
  }

  private var preprocessingLines: [(label: String, value: String)] {
    guard let preprocessor = model.preprocessor else {
      return [
        ("features", "\(Text.count(model.predictor.featureCount)), used as they are")
      ]
    }
    if let preprocessor = preprocessor.table {
      let columns = Text.count(preprocessor.inputs.count, "column")
      let features = Text.count(preprocessor.featureCount)
      return [
        (
          "features",
          "\(features) from \(columns)\(preprocessor.hasHeader ? "" : " without header")"
        ),
        ("scaling", preprocessor.scaler.scaling.rawValue),
        ("missing values", missingWords(preprocessor)),
        ("unseen categories", preprocessor.unseen.rawValue),
      ]
        + (preprocessor.reading.map {
          [("read as", $0.words(hasHeader: preprocessor.hasHeader, line: nil))]
        } ?? []) + targetLines
    }
    return [
      ("features", "\(Text.count(preprocessor.featureCount)) \(preprocessor.rows.origin)"),
      ("scaling", preprocessor.scaler.scaling.rawValue),
    ] + targetLines
  }

  private func missingWords(_ preprocessor: TablePreprocessor) -> String {
    let markers = preprocessor.missingMarkers.map(MessageText.quoted)
    return MessageText.plain(preprocessor.missing.rawValue)
      + (markers.isEmpty ? "" : ", also " + Text.list(markers))
  }

  /// The units of the solver, and the sample that was trained on.
  private var targetLines: [(label: String, value: String)] {
    var lines: [(label: String, value: String)] = []
    if let scaling = model.provenance.targetScaling {
      lines.append(
        (
          "target scaling",
          "solved for (target − \(Text.significant(scaling.center, 6))) / "
            + Text.significant(scaling.unit, 6)
        ))
    }
    if let sampling = model.provenance.sampling {
      lines.append(
        (
          "sample",
          "\(Text.count(sampling.rowCount)) of \(Text.count(sampling.fileRowCount, "row")), "
            + "seed \(sampling.seed)"
        ))
    }
    return lines
  }

  /// Of tables with more columns than this, the others are counted.
  private static let maximumColumnsShown = 200

  private var columnTable: String {
    guard case .table(let preprocessor) = model.preprocessor else { return "" }
    var feature = 0
    var rows: [[String]] = []
    for input in preprocessor.inputs {
      switch input.kind {
      case .numeric(let replacement):
        let parts = [
          input.notation.map { "written as \($0.words)" },
          scaleWords(preprocessor.scaler, feature),
          replacement.map { "missing: \(Text.significant($0, 6))" },
          input.indicatesMissing ? "with an indicator of missing values" : nil,
        ].compactMap(\.self)
        rows.append([MessageText.plain(input.name), "number", parts.joined(separator: "; ")])
      case .categorical(let levels, let replacement):
        rows.append([
          MessageText.plain(input.name), "category",
          Text.list(levels.filter { !$0.isEmpty }.map(MessageText.plain))
            + (replacement.map {
              "; missing: "
                + (levels[$0].isEmpty ? "a separate category" : MessageText.plain(levels[$0]))
            } ?? ""),
        ])
      case .date(let dates):
        rows.append([
          MessageText.plain(input.name), "date",
          dates.words + (dates.replacement == nil ? "" : "; missing: filled in")
            + (input.indicatesMissing ? "; with an indicator of missing values" : ""),
        ])
      case .text(let vectorizer):
        rows.append([MessageText.plain(input.name), "text", vectorizer.summary])
      }
      feature += input.featureCount
    }
    for column in preprocessor.unused {
      rows.append([MessageText.plain(column.name), "–", ColumnRole.unused(column.reason).words])
    }
    let left = rows.count - Self.maximumColumnsShown
    return "\n"
      + Text.table(
        header: ["column", "holds", ""], rows: Array(rows.prefix(Self.maximumColumnsShown)),
        leftAligned: 3)
      + (left > 0 ? "and \(Text.count(left, "more column")); --json lists all\n" : "")
  }

  /// How a number is scaled, by what was learned of it.
  private func scaleWords(_ scaler: FeatureScaler, _ feature: Int) -> String? {
    guard scaler.scaling != .none else { return nil }
    let offset = Text.significant(scaler.offsets[feature], 6)
    let spread = scaler.factors[feature] == 0 ? .infinity : 1 / scaler.factors[feature]
    switch scaler.scaling {
    case .none: return nil
    case .standard: return "mean \(offset), deviation \(Text.significant(spread, 6))"
    case .minmax:
      return "\(offset) … \(Text.significant(scaler.offsets[feature] + spread, 6))"
    case .maxabs: return "magnitudes up to \(Text.significant(spread, 6))"
    }
  }

  // MARK: For programs

  /// The same keys as the report of `train` where they mean the same.
  var json: JSONValue {
    let predictor = model.predictor
    return [
      "version": .string(model.provenance.programVersion),
      "formulation": .string(predictor.formulation.rawValue),
      "task": .string(predictor.task.rawValue),
      "decomposition": predictor.decomposition.map { .string($0.rawValue) } ?? .null,
      "kernel": predictor.kernel.json,
      "parameters": .object(
        model.parameterMembers + [
          .init("scale", scaling.map { .string($0.rawValue) } ?? .null),
          .init("missing", missing.map { .string($0.rawValue) } ?? .null),
          .init("unseen", unseen.map { .string($0.rawValue) } ?? .null),
          model.targetScalingMember,
        ]),
      "classWeights": model.classWeightsJSON,
      "data": [
        "target": model.targetName.map(JSONValue.string) ?? .null,
        "rows": model.isImported ? .null : .integer(predictor.trainingCount),
        "features": .integer(predictor.featureCount),
        "classes": model.classes.map(JSONValue.strings) ?? .null,
        "skippedRows": .integer(model.provenance.skippedRowCount),
        "weightColumn": model.weightName.map(JSONValue.string) ?? .null,
        "zeroWeightRows": .integer(model.provenance.zeroWeightRowCount),
        "sampledFrom": model.provenance.sampling.map { .integer($0.fileRowCount) } ?? .null,
        "digest": model.provenance.dataDigest.map(JSONValue.string) ?? .null,
      ],
      "precision": .string(predictor.precision.rawValue),
      "problems": .array(solution.problems.map(\.json)),
      "supportVectors": solution.supportVectorCount.map(JSONValue.integer) ?? .null,
      "calibration": model.calibrationJSON,
      "columns": columnsJSON,
      "strongestTerms": StrongestTerms(model)?.json ?? .null,
    ]
  }

  private var scaling: Scaling? {
    model.preprocessor?.scaler.scaling
  }

  private var missing: MissingValuePolicy? {
    if case .table(let preprocessor) = model.preprocessor { preprocessor.missing } else { nil }
  }

  private var unseen: UnseenCategoryPolicy? {
    if case .table(let preprocessor) = model.preprocessor { preprocessor.unseen } else { nil }
  }

  private var columnsJSON: JSONValue {
    guard case .table(let preprocessor) = model.preprocessor else { return .null }
    var feature = 0
    var columns: [JSONValue] = []
    for input in preprocessor.inputs {
      switch input.kind {
      case .numeric(let replacement):
        let isScaled = preprocessor.scaler.scaling != .none
        columns.append([
          "name": .string(input.name), "kind": "number",
          "replacement": .finite(replacement),
          "notation": input.notation.map { .string($0.words) } ?? .null,
          "indicatesMissing": .bool(input.indicatesMissing),
          "offset": isScaled ? .finite(preprocessor.scaler.offsets[feature]) : .null,
          "factor": isScaled ? .finite(preprocessor.scaler.factors[feature]) : .null,
        ])
      case .categorical(let levels, let replacement):
        columns.append([
          "name": .string(input.name), "kind": "category", "levels": .strings(levels),
          "replacement": replacement.map { .string(levels[$0]) } ?? .null,
        ])
      case .date(let dates):
        columns.append([
          "name": .string(input.name), "kind": "date", "order": .string(dates.order.rawValue),
          "parts": .strings(dates.parts.map(\.rawValue)),
          "replacement": dates.replacement.map { .array($0.map(JSONValue.finite)) } ?? .null,
          "indicatesMissing": .bool(input.indicatesMissing),
        ])
      case .text(let vectorizer):
        columns.append([
          "name": .string(input.name), "kind": "text",
          "unit": .string(vectorizer.options.unit.rawValue),
          "lengths": .array([
            .integer(vectorizer.options.lengths.lowerBound),
            .integer(vectorizer.options.lengths.upperBound),
          ]),
          "weights": .string(vectorizer.weightsName),
          "features": .integer(vectorizer.featureCount),
          "hashed": .bool(vectorizer.options.bucketCount != nil),
        ])
      }
      feature += input.featureCount
    }
    for column in preprocessor.unused {
      columns.append([
        "name": .string(column.name), "kind": .null, "reason": .string(column.reason.rawValue),
      ])
    }
    return .array(columns)
  }
}

extension NumberNotation {
  /// An example of it, such as `$1,234.5`.
  var words: String {
    let decimals = hasDecimalComma ? ",5" : ".5"
    let number = thousands.map { "1\($0)234\(decimals)" } ?? "12\(decimals)"
    if isPercent { return number + "%" }
    guard let currency else { return number }
    return currency.count > 1 ? "\(number) \(currency)" : currency + number
  }
}

extension DateColumn {
  /// The parts, and the order of day and month where it matters.
  var words: String {
    let names = parts.map { part in
      switch part {
      case .year: "year"
      case .month: "month"
      case .weekday: "day of the week"
      case .day: "day number"
      case .hour: "hour"
      }
    }
    let order =
      switch order {
      case .yearFirst: ""
      case .dayFirst: ", day before month"
      case .monthFirst: ", month before day"
      }
    return names.joined(separator: ", ") + order
  }
}
