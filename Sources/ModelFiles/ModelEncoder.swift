import Basics
import Kernels
import Learning
import Tables
import TabularModels

/// A model's parts as metadata and tensors; see ModelLayout.swift.
struct ModelEncoder {
  /// How errors call the file.
  let name: String

  /// The container, without its digest.
  func file(for model: TabularModel) throws(ModelFileError) -> SafetensorsFile {
    let predictor = model.predictor
    let provenance = model.provenance
    var writer = ModelWriter()
    writer.store(.string(predictor.formulation.rawValue), as: .formulation)
    writer.store(.string(predictor.precision.rawValue), as: .precision)
    // Of a model without it, the precision was that of its training, and is decided when it is used.
    if predictor.precision != .automatic { writer.store(.bool(true), as: .precisionServes) }
    writer.store(.integer(predictor.featureCount), as: .featureCount)
    writer.store(.finite(predictor.tolerance), as: .tolerance)
    writer.store(.integer(predictor.trainingCount), as: .trainingCount)
    writer.store(provenance.dataDigest.map(JSONValue.string) ?? .null, as: .dataDigest)
    writer.store(.integer(provenance.skippedRowCount), as: .skippedRows)
    writer.store(.integer(provenance.zeroWeightRowCount), as: .zeroWeightRows)
    writer.store(
      provenance.targetScaling.map {
        ["center": .number($0.center), "unit": .number($0.unit)]
      } ?? .null, as: .targetScaling)
    writer.store(
      provenance.sampling.map {
        [
          "rows": .integer($0.rowCount), "of": .integer($0.fileRowCount),
          // All 64 bits, more than other readers of JSON keep of a number.
          "seed": .string(String($0.seed)),
        ]
      } ?? .null, as: .sampling)
    try storeKernel(predictor.kernel, in: &writer)
    predictor.model.encode(to: &writer)
    writer.store(.array(predictor.problems.map(\.json)), as: .problems)
    if let classes = model.classes { writer.store(.strings(classes), as: .classes) }
    if let weights = provenance.classWeights {
      writer.store(.array(weights.map(JSONValue.number)), as: .classWeights)
    }
    var tensors = writer.tensors
    if let calibration = model.calibration {
      writer.store(
        provenance.calibrationFoldCount.map(JSONValue.integer) ?? .null, as: .calibrationFolds)
      tensors[ModelLayout.Tensor.calibration] = text(CalibrationJSON.value(of: calibration))
    }
    let preprocessing = storePreprocessor(model.preprocessor, in: &tensors)
    if let configuration = provenance.configuration {
      tensors[ModelLayout.Tensor.configuration] = text(configuration.json)
    }

    return SafetensorsFile(
      metadata: [
        ModelLayout.format: ModelLayout.formatName,
        ModelLayout.formatVersion: ModelLayout.currentVersion,
        ModelLayout.programVersion: provenance.programVersion,
        ModelLayout.model: JSONValue.object(writer.members + [preprocessing]).text(),
      ],
      tensors: tensors)
  }

  private func storeKernel(
    _ kernel: KernelFunction, in writer: inout ModelWriter
  ) throws(ModelFileError) {
    do throws(KernelJSON.FunctionInFile) {
      let parameters = try KernelJSON.parameters(of: kernel)
      writer.store(.string(kernel.name), as: .kernel)
      writer.store(.object(parameters), as: .kernelParameters)
    } catch {
      throw ModelFileError(
        fileName: name,
        problem: .unsupported(
          "its kernel \"\(error.name)\" is a function of the program that trained it"))
    }
  }

  private func vector(_ elements: SafetensorsFile.Elements) -> SafetensorsFile.Tensor {
    .init(elements, shape: [elements.count])
  }

  private func text(_ value: JSONValue) -> SafetensorsFile.Tensor {
    vector(.uint8(value.canonicalBytes))
  }

  // MARK: Tables

  /// Stores how rows become features.
  func storePreprocessor(
    _ preprocessor: Preprocessor?,
    in tensors: inout [String: SafetensorsFile.Tensor]
  ) -> JSONValue.Member {
    let kind: ModelLayout.Preprocessing
    switch preprocessor {
    case nil: kind = .features
    case .libsvm(let preprocessor):
      kind = .libsvm
      tensors[ModelLayout.Tensor.preprocessing] = text([
        "zeroBased": .bool(preprocessor.isZeroBased),
        "scaling": .string(preprocessor.scaler.scaling.rawValue),
      ])
      storeScaler(preprocessor.scaler, in: &tensors)
    case .table(let preprocessor):
      kind = .table
      let described: JSONValue = [
        "inputs": .array(preprocessor.inputs.map(input)),
        "target": preprocessor.target.map(target) ?? .null,
        "hasHeader": .bool(preprocessor.hasHeader),
        "missing": .string(preprocessor.missing.rawValue),
        "missingMarkers": .strings(preprocessor.missingMarkers),
        "missingCategories": preprocessor.missingCategories.map { .string($0.rawValue) } ?? .null,
        "comparesSpelling": .bool(preprocessor.comparesSpelling),
        "unseen": .string(preprocessor.unseen.rawValue),
        "unused": .array(
          preprocessor.unused.map { column in
            [
              "name": .string(column.name), "position": .integer(column.position),
              "reason": .string(column.reason.rawValue),
            ]
          }),
        "scaling": .string(preprocessor.scaler.scaling.rawValue),
      ]
      tensors[ModelLayout.Tensor.preprocessing] = text(
        described.adding("reading", preprocessor.reading.map(reading)))
      storeScaler(preprocessor.scaler, in: &tensors)
      for (index, column) in preprocessor.inputs.enumerated() {
        guard case .text(let vectorizer) = column.kind else { continue }
        if let terms = vectorizer.vocabularyText {
          tensors[ModelLayout.Tensor.terms(index)] = vector(.uint8(terms))
        }
        if vectorizer.options.weighsRarity {
          tensors[ModelLayout.Tensor.termWeights(index)] = vector(
            .float64(vectorizer.inverseDocumentFrequencies))
        }
      }
    }
    return .init("preprocessing", .string(kind.rawValue))
  }

  private func reading(_ reading: TableReading) -> JSONValue {
    [
      "separator": .string(reading.separator.name),
      "quote": .string(reading.quote.rawValue),
      "decimal": .string(reading.decimal.rawValue),
      "comment": reading.commentMark.map(JSONValue.string) ?? .null,
      "usualMarkers": .bool(reading.knowsUsualMarkers),
    ]
  }

  private func storeScaler(
    _ scaler: FeatureScaler, in tensors: inout [String: SafetensorsFile.Tensor]
  ) {
    guard scaler.scaling != .none else { return }
    tensors[ModelLayout.Tensor.scalingOffsets] = vector(.float64(scaler.offsets))
    tensors[ModelLayout.Tensor.scalingFactors] = vector(.float64(scaler.factors))
  }

  private func target(_ column: TargetColumn) -> JSONValue {
    var members: [JSONValue.Member] = [
      .init("name", .string(column.name)), .init("position", .integer(column.position)),
    ]
    // Written only where it says something, so that older programs read what they can.
    if let notation = column.notation { members.append(.init("notation", json(notation))) }
    return .object(members)
  }

  private func json(_ notation: NumberNotation) -> JSONValue {
    [
      "currency": notation.currency.map(JSONValue.string) ?? .null,
      "percent": .bool(notation.isPercent),
      "thousands": notation.thousands.map(JSONValue.string) ?? .null,
      "decimalComma": .bool(notation.hasDecimalComma),
    ]
  }

  private func input(_ column: InputColumn) -> JSONValue {
    var members: [JSONValue.Member] = []
    if column.indicatesMissing { members.append(.init("indicatesMissing", .bool(true))) }
    switch column.kind {
    case .numeric(let replacement):
      if let notation = column.notation { members.append(.init("notation", json(notation))) }
      return .object(
        [
          .init("name", .string(column.name)),
          .init("kind", .string(ModelLayout.ColumnKind.number.rawValue)),
          .init("replacement", replacement.map(JSONValue.number) ?? .null),
        ] + members)
    case .date(let dates):
      return .object(
        [
          .init("name", .string(column.name)),
          .init("kind", .string(ModelLayout.ColumnKind.date.rawValue)),
          .init("order", .string(dates.order.rawValue)),
          .init("parts", .strings(dates.parts.map(\.rawValue))),
          .init(
            "replacement", dates.replacement.map { .array($0.map(JSONValue.number)) } ?? .null),
        ] + members)
    case .categorical(let levels, let replacement):
      return [
        "name": .string(column.name), "kind": .string(ModelLayout.ColumnKind.category.rawValue),
        "levels": .strings(levels), "replacement": replacement.map(JSONValue.integer) ?? .null,
      ]
    case .text(let vectorizer):
      return [
        "name": .string(column.name), "kind": .string(ModelLayout.ColumnKind.text.rawValue),
        "unit": .string(vectorizer.options.unit.rawValue),
        "shortest": .integer(vectorizer.options.lengths.lowerBound),
        "longest": .integer(vectorizer.options.lengths.upperBound),
        "foldsCase": .bool(vectorizer.options.foldsCase),
        "minimumTextCount": .integer(vectorizer.options.minimumTextCount),
        "maximumTermCount": .integer(vectorizer.options.maximumTermCount),
        "buckets": vectorizer.options.bucketCount.map(JSONValue.integer) ?? .null,
        "counting": .string(vectorizer.options.counting.rawValue),
        "weighsRarity": .bool(vectorizer.options.weighsRarity),
        "normalizes": .bool(vectorizer.options.normalizes),
      ]
    }
  }
}
