import ArgumentParser
import ModelFiles
import SupportVectors
import Tables
import TabularModels

/// `svm inspect`: what is in a model file.
struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect", abstract: "Show what a model file holds.")

  @Argument(help: ArgumentHelp("The model file.", valueName: "model"))
  var model: String

  @OptionGroup var report: JSONOption

  mutating func run() throws {
    let json = try report.place(inputs: [model])
    let loaded = try loadModel(model)
    let description = ModelDescription(path: model, model: loaded)
    if let json {
      try json.write(description.json.text(.indented) + "\n")
      try json.commit()
    }
    if json?.isStandardOutput != true { try Console.output(description.text) }
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
      ("formulation", predictor.formulation),
    ]
    if let classes = model.classes {
      lines.append(
        ("classes", "\(classes.count): " + Text.list(classes.map(MessageText.plain), atMost: 12)))
    }
    if let target = model.targetName { lines.append(("target", MessageText.plain(target))) }
    lines.append(("kernel", predictor.expansion.kernel.text()))
    if model.isImported {
      lines.append(
        ("training", "by another program, whose file does not tell C, tolerance and figures"))
      lines.append(("support vectors", Text.count(predictor.expansion.supportIndices.count)))
    } else {
      lines.append(("parameters", parametersLine))
      lines += solution.lines
    }
    if case .regressor = predictor, let problem = solution.problems.first {
      lines.append(("bias", Text.significant(problem.bias, 9)))
    }
    lines.append(("precision", predictor.expansion.precision.rawValue))
    lines += preprocessingLines
    if let digest = model.provenance.dataDigest { lines.append(("training data", digest)) }
    return Text.aligned(lines) + (model.isImported ? "" : solution.pairTable) + columnTable
  }

  private var parametersLine: String {
    var parts = ["C \(Text.significant(model.predictor.boxConstraint, 6))"]
    if case .regressor(let regressor) = model.predictor {
      parts.append("epsilon \(Text.significant(regressor.tubeWidth, 6))")
    }
    parts.append("tolerance \(Text.significant(model.predictor.tolerance, 6))")
    return parts.joined(separator: ", ")
  }

  private var preprocessingLines: [(label: String, value: String)] {
    switch model.preprocessor {
    case .table(let preprocessor):
      let columns = Text.count(preprocessor.inputs.count, "column")
      let features = Text.count(preprocessor.featureCount, "feature")
      return [
        (
          "features",
          "\(features) from \(columns)\(preprocessor.hasHeader ? "" : " without header")"
        ),
        ("scaling", preprocessor.scaler.scaling.rawValue),
        ("missing values", preprocessor.missing.rawValue),
      ]
    case .libsvm(let preprocessor):
      return [
        (
          "features",
          "\(Text.count(preprocessor.featureCount)) of LIBSVM text, from index "
            + "\(preprocessor.isZeroBased ? 0 : 1)"
        ),
        ("scaling", preprocessor.scaler.scaling.rawValue),
      ]
    case nil:
      return [
        ("features", "\(Text.count(model.predictor.expansion.featureCount)), used as they are")
      ]
    }
  }

  /// Tables with more columns than this are not listed.
  private static let mostColumnsShown = 40

  private var columnTable: String {
    guard case .table(let preprocessor) = model.preprocessor,
      preprocessor.inputs.count <= Self.mostColumnsShown
    else { return "" }
    let rows = preprocessor.inputs.map { input -> [String] in
      switch input.kind {
      case .numeric(let replacement):
        return [
          MessageText.plain(input.name), "number",
          replacement.map { "missing: \(Text.significant($0, 6))" } ?? "",
        ]
      case .categorical(let levels, let replacement):
        return [
          MessageText.plain(input.name), "category",
          Text.list(levels.map(MessageText.plain))
            + (replacement.map { "; missing: \(MessageText.plain(levels[$0]))" } ?? ""),
        ]
      }
    }
    return "\n" + Text.table(header: ["column", "holds", ""], rows: rows, leftAligned: 3)
  }

  // MARK: For programs

  /// The same keys as the report of `train` where they mean the same.
  var json: JSONValue {
    let (predictor, expansion) = (model.predictor, model.predictor.expansion)
    var tubeWidth: Double?
    if case .regressor(let regressor) = predictor { tubeWidth = regressor.tubeWidth }
    return [
      "version": .string(model.provenance.programVersion),
      "formulation": .string(predictor.formulation),
      "task": model.classes == nil ? "regression" : "classification",
      "kernel": expansion.kernel.json,
      "parameters": [
        "c": .finite(model.isImported ? nil : predictor.boxConstraint),
        "epsilon": .finite(model.isImported ? nil : tubeWidth),
        "nu": .null,
        "tolerance": .finite(model.isImported ? nil : predictor.tolerance),
        "scale": scaling.map { .string($0.rawValue) } ?? .null,
        "missing": missing.map { .string($0.rawValue) } ?? .null,
      ],
      "data": [
        "target": model.targetName.map(JSONValue.string) ?? .null,
        "rows": model.isImported ? .null : .integer(predictor.trainingCount),
        "features": .integer(expansion.featureCount),
        "classes": model.classes.map(JSONValue.strings) ?? .null,
        "skippedRows": .integer(model.provenance.skippedRowCount),
        "digest": model.provenance.dataDigest.map(JSONValue.string) ?? .null,
      ],
      "precision": .string(expansion.precision.rawValue),
      "problems": .array(solution.problems.map(\.json)),
      "supportVectors": .integer(solution.supportVectorCount),
      "columns": columnsJSON,
    ]
  }

  private var scaling: Scaling? {
    model.preprocessor?.scaler.scaling
  }

  private var missing: MissingValuePolicy? {
    if case .table(let preprocessor) = model.preprocessor { preprocessor.missing } else { nil }
  }

  private var columnsJSON: JSONValue {
    guard case .table(let preprocessor) = model.preprocessor else { return .null }
    return .array(
      preprocessor.inputs.map { input in
        switch input.kind {
        case .numeric:
          ["name": .string(input.name), "kind": "number"]
        case .categorical(let levels, _):
          ["name": .string(input.name), "kind": "category", "levels": .strings(levels)]
        }
      })
  }
}

extension Preprocessor {
  /// How features are scaled.
  var scaler: FeatureScaler {
    switch self {
    case .table(let preprocessor): preprocessor.scaler
    case .libsvm(let preprocessor): preprocessor.scaler
    }
  }
}
