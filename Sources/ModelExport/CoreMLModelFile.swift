import Calibration
import Kernels
import LinearAlgebra
import ModelFiles
import SupportVectors
import Tables
import TabularModels

// A Core ML model is a pipeline of models, each with a description of its inputs and outputs:
//
//   [Imputer] for numbers, [CategoricalMapping, OneHotEncoder] for texts, FeatureVectorizer when rows
//   are columns, Scaler when features are scaled, and SupportVectorClassifier or SupportVectorRegressor.
//
// Field numbers are those of Model.proto and the files next to it in Core ML's specification.

/// Core ML files: models for Apple's platforms, with all that happens to a row before.
///
/// Numbers are in Double. A model of a table takes one input for each column, named like it: numbers, and
/// texts. All other models take an array, `features`. A missing number is NaN, a missing category the
/// empty text. Classifiers give `label`, and `probabilities` where the model knows them as sigmoids;
/// regressors `prediction`. Core ML has no output for decision values.
package enum CoreMLModelFile {
  /// Writes a model.
  ///
  /// - Parameters:
  ///   - model: The model.
  ///   - name: How errors call the file.
  /// - Returns: The file, and how it predicts compared with the model.
  /// - Throws: ``ModelExportError`` for what Core ML cannot say: Laplacian kernels, pairs of classes
  ///   that were never trained.
  package static func encode(_ model: TabularModel, name: String = "model")
    throws(ModelExportError) -> ExportedModel
  {
    let source = try ExportSource(model, fileName: name, votesOnly: true)
    guard source.expansion.kernel.formula?.formula.foreignNames.coreML != nil else {
      throw source.failure(
        "Core ML has no \(source.expansion.kernel.name) kernel; it has "
          + KernelCatalog.names("and") { $0.foreignNames.coreML != nil } + " ones")
    }
    guard !source.abstains.contains(true) else {
      throw source.failure(
        "in Core ML no pair of classes abstains, but one was never trained, because training was "
          + "stopped before")
    }
    var threshold = 0.0
    if source.classes?.count == 2 {
      do { threshold = try source.threshold() } catch {
        throw source.failure("the threshold of its labels cannot be found: \(error)")
      }
    }
    var builder = CoreMLBuilder(source, threshold: threshold)
    let bytes = builder.encoded()
    let check = try ExportCheck(source, roundoff: 0x1p-53) { rows in
      guard var answer = CoreMLEvaluator.predictions(bytes, rows) else { return nil }
      // A value that is moved to the end of all numbers does not come back.
      let comesBack = threshold.magnitude < .greatestFiniteMagnitude
      answer.decisions = comesBack ? answer.decisions.map { $0.map { $0 + threshold } } : nil
      return answer
    }
    return ExportedModel(
      bytes: bytes, notes: notes(source) + source.textNotes, check: check)
  }

  private static func notes(_ source: ExportSource) -> [String] {
    let inputs =
      source.columns == nil ? "one input, features, takes all of them" : "each column is an input"
    guard let classes = source.classes else { return ["\(inputs); the prediction comes out"] }
    if CoreMLBuilder.exponents(source) != nil {
      return ["\(inputs); labels and probabilities come out, no decision values"]
    }
    let notes = ["\(inputs); labels alone come out, no decision values"]
    guard let calibration = source.calibration else { return notes }
    let reason =
      calibration.labelWeights == nil
      ? "as Core ML knows sigmoids alone"
      : "as in Core ML they would decide the label, which this model weights classes for"
    return notes + [
      "the probabilities are left out, \(reason); "
        + (classes.count == 2
          ? "labels are the model's"
          : "labels are those of the decision values, which may differ from the model's")
    ]
  }
}

/// A value between the models of a pipeline.
struct CoreMLFeature {
  enum Kind {
    case double
    case string
    case int64
    case array(Int)
    /// Numbers by the names or whole numbers of classes.
    case dictionary(isByText: Bool)
  }

  var name: String
  var kind: Kind

  func encode(into writer: inout ProtobufWriter) {
    writer.string(1, name)
    writer.message(3) { type in
      switch kind {
      case .int64: type.message(1) { _ in }
      case .double: type.message(2) { _ in }
      case .string: type.message(3) { _ in }
      case .dictionary(let isByText): type.message(6) { $0.message(isByText ? 2 : 1) { _ in } }
      case .array(let count):
        type.message(5) { array in
          array.packed(1, [count])
          array.integer(2, Self.doubleArray)
        }
      }
    }
  }

  /// The element type of arrays of Doubles.
  private static let doubleArray = 65600
}

/// The numbers of fields that say which kind a model is.
enum CoreMLModelField {
  static let pipelineClassifier = 200
  static let pipelineRegressor = 201
  static let regressor = 301
  static let classifier = 401
  static let oneHotEncoder = 600
  static let imputer = 601
  static let vectorizer = 602
  static let scaler = 604
  static let categoricalMapping = 606
}

/// Makes a pipeline.
private struct CoreMLBuilder {
  private let source: ExportSource
  /// The decision value of two classes at which the label changes.
  private let threshold: Double
  private var names: Set<String> = []
  private var models: [[UInt8]] = []

  init(_ source: ExportSource, threshold: Double) {
    self.source = source
    self.threshold = threshold
  }

  /// A and B of every pair's sigmoid, where probabilities can be said and decide the label by
  /// themselves, as Core ML lets them.
  static func exponents(_ source: ExportSource) -> [(a: Double, b: Double)]? {
    guard let calibration = source.calibration, calibration.labelWeights == nil else { return nil }
    let columns = calibration.columns
    let exponents = columns.compactMap(\.exponent)
    return exponents.count == columns.count ? exponents : nil
  }

  private mutating func unique(_ wish: String) -> String {
    var name = wish.isEmpty ? "column" : wish
    while !names.insert(name).inserted { name += "_" }
    return name
  }

  mutating func encoded() -> [UInt8] {
    let inputs: [CoreMLFeature] =
      source.columns.map { columns in
        columns.map { column in
          CoreMLFeature(name: column.name, kind: column.isText ? .string : .double)
        }
      } ?? [CoreMLFeature(name: "features", kind: .array(source.featureCount))]
    for input in inputs { names.insert(input.name) }
    var features = source.columns.map { vectorized($0, inputs) } ?? inputs[0]
    if !source.factors.isEmpty {
      let scaled = CoreMLFeature(name: unique("scaled"), kind: features.kind)
      append(CoreMLModelField.scaler, [features], scaled) { [source] in
        $0.packed(1, source.offsets.map { 0 - $0 })
        $0.packed(2, source.factors)
      }
      features = scaled
    }
    let outputs = machine(features)
    guard models.count > 1 else { return models[0] }
    return Self.model(
      inputs, outputs, isClassifier: source.classes != nil,
      field: source.classes == nil
        ? CoreMLModelField.pipelineRegressor : CoreMLModelField.pipelineClassifier
    ) { [models] in
      $0.message(1) { pipeline in for model in models { pipeline.data(1, model) } }
    }
  }

  private mutating func append(
    _ field: Int, _ inputs: [CoreMLFeature], _ output: CoreMLFeature,
    _ body: (inout ProtobufWriter) -> Void
  ) {
    models.append(Self.model(inputs, [output], isClassifier: false, field: field, body))
  }

  private static func model(
    _ inputs: [CoreMLFeature], _ outputs: [CoreMLFeature], isClassifier: Bool, field: Int,
    _ body: (inout ProtobufWriter) -> Void
  ) -> [UInt8] {
    var writer = ProtobufWriter()
    writer.integer(1, 1)
    writer.message(2) { description in
      for input in inputs { description.message(1) { input.encode(into: &$0) } }
      for output in outputs { description.message(10) { output.encode(into: &$0) } }
      if isClassifier || field == CoreMLModelField.regressor
        || field == CoreMLModelField.pipelineRegressor
      {
        description.string(11, outputs[0].name)
      }
      if outputs.count > 1 { description.string(12, outputs[1].name) }
    }
    writer.message(field, body)
    return writer.bytes
  }

  /// Columns as one array: missing values replaced, categories as indicators.
  private mutating func vectorized(
    _ columns: [ExportColumn], _ inputs: [CoreMLFeature]
  ) -> CoreMLFeature {
    var parts: [CoreMLFeature] = []
    for (column, input) in zip(columns, inputs) {
      switch column.kind {
      case .number(let replacement):
        guard let replacement else {
          parts.append(input)
          continue
        }
        let filled = CoreMLFeature(name: unique(column.name + " filled in"), kind: .double)
        append(CoreMLModelField.imputer, [input], filled) {
          $0.double(1, replacement)
          $0.double(11, .nan)
        }
        parts.append(filled)
      case .category(let levels, let replacement):
        let level = CoreMLFeature(name: unique(column.name + " level"), kind: .int64)
        let spellings = source.spellings(of: levels, replacement: replacement)
        append(CoreMLModelField.categoricalMapping, [input], level) {
          $0.message(1) { map in
            for spelling in spellings {
              map.message(1) {
                $0.string(1, spelling.text)
                $0.integer(2, spelling.level)
              }
            }
          }
          $0.integer(102, Self.unknownLevel)
        }
        let indicators = CoreMLFeature(
          name: unique(column.name + " levels"), kind: .array(levels.count))
        let ignoresUnknown = !source.refusesUnseen
        append(CoreMLModelField.oneHotEncoder, [level], indicators) {
          $0.message(2) { $0.packed(1, Array(levels.indices)) }
          $0.bool(10, false)
          $0.bool(11, ignoresUnknown)
        }
        parts.append(indicators)
      }
    }
    let features = CoreMLFeature(name: unique("features"), kind: .array(source.featureCount))
    append(CoreMLModelField.vectorizer, parts, features) {
      for part in parts {
        $0.message(1) { column in
          column.string(1, part.name)
          if case .array(let count) = part.kind {
            column.integer(2, count)
          } else {
            column.integer(2, 1)
          }
        }
      }
    }
    return features
  }

  /// The index of a level that no column has.
  private static let unknownLevel = -1

  private mutating func machine(_ features: CoreMLFeature) -> [CoreMLFeature] {
    let expansion = source.expansion
    let arranged = PositiveFirstExpansion(expansion, classCount: source.classes?.count)
    let vectors = expansion.supportVectors.gatheringRows(arranged.order)
    let isClassifier = source.classes != nil
    let integers = source.integerClasses
    let output = CoreMLFeature(
      name: unique(isClassifier ? "label" : "prediction"),
      kind: isClassifier ? (integers == nil ? .string : .int64) : .double)
    var outputs = [output]
    let exponents = Self.exponents(source)
    if exponents != nil {
      outputs.append(
        CoreMLFeature(
          name: unique("probabilities"), kind: .dictionary(isByText: integers == nil)))
    }
    let field = isClassifier ? CoreMLModelField.classifier : CoreMLModelField.regressor
    let machine = Self.model([features], outputs, isClassifier: isClassifier, field: field) {
      [source, threshold] writer in
      writer.message(1) { Self.encode(expansion.kernel, into: &$0) }
      // A classifier's fields begin one later, after the counts.
      let shift = isClassifier ? 1 : 0
      if isClassifier { writer.packed(2, arranged.supportCounts) }
      switch vectors {
      case .sparse(let matrix):
        writer.message(2 + shift) { list in
          for row in 0..<matrix.rowCount {
            list.message(1) { vector in
              for entry in matrix.rowOffsets[row]..<matrix.rowOffsets[row + 1] {
                vector.message(1) {
                  $0.integer(1, Int(matrix.columnIndices[entry]) + 1)
                  $0.double(2, matrix.values[entry])
                }
              }
            }
          }
        }
      case .dense(let matrix):
        writer.message(3 + shift) { list in
          for row in 0..<matrix.rowCount { list.message(1) { $0.packed(1, matrix.row(row)) } }
        }
      }
      for row in 0..<arranged.rowCount {
        writer.message(4 + shift) { list in
          list.packed(1, arranged.order.indices.map { arranged.coefficient(row, at: $0) })
        }
      }
      guard let classes = source.classes else {
        writer.double(5, arranged.rho[0])
        return
      }
      // Of two classes the threshold is part of rho, so that the label changes at 0 as Core ML expects.
      writer.packed(6, arranged.rho.map { $0 + threshold })
      if let exponents {
        // The probability of the class that stands first, whose decision value is `sign` times ours.
        writer.packed(7, exponents.map(\.a))
        writer.packed(
          8,
          exponents.map { a, b in
            a == 0 ? arranged.sign * b : arranged.sign * (b + a * threshold)
          })
      }
      if let integers {
        writer.message(101) { $0.packed(1, arranged.classOrder.map { integers[$0] }) }
      } else {
        writer.message(100) { list in
          for place in arranged.classOrder { list.string(1, classes[place]) }
        }
      }
    }
    models.append(machine)
    return outputs
  }

  private static func encode(_ kernel: KernelFunction, into writer: inout ProtobufWriter) {
    guard let kernel = kernel.formula, let foreign = kernel.formula.foreignNames.coreML else {
      preconditionFailure("kernels that Core ML lacks are refused before")
    }
    writer.message(foreign.field) { message in
      for (place, parameter) in foreign.parameters.enumerated() {
        guard let value = kernel.number(of: parameter) else { continue }
        if parameter.range.isWhole {
          message.integer(place + 1, Int(value))
        } else {
          message.double(place + 1, value)
        }
      }
    }
  }
}
