import Basics
import KernelMethods
import Kernels
import LinearAlgebra
import LinearModels
import SMOSolver
import SupportVectors
import Tables
import TabularModels

/// A model's parts as metadata and tensors; `ModelLayout.swift` draws the result.
struct ModelEncoder {
  /// How errors call the file.
  let name: String

  /// The container, without its digest.
  func file(for model: TabularModel) throws(ModelFileError) -> SafetensorsFile {
    var header: [JSONValue.Member] = [
      .init("formulation", .string(model.predictor.formulation.rawValue)),
      .init("precision", .string(model.predictor.precision.rawValue)),
      .init("featureCount", .integer(model.predictor.featureCount)),
      .init("tolerance", .finite(model.predictor.tolerance)),
      .init("trainingCount", .integer(model.predictor.trainingCount)),
      .init("dataDigest", model.provenance.dataDigest.map(JSONValue.string) ?? .null),
      .init("skippedRows", .integer(model.provenance.skippedRowCount)),
      .init("zeroWeightRows", .integer(model.provenance.zeroWeightRowCount)),
      .init(
        "targetScaling",
        model.provenance.targetScaling.map {
          ["center": .number($0.center), "unit": .number($0.unit)]
        } ?? .null),
      .init(
        "sampling",
        model.provenance.sampling.map {
          [
            "rows": .integer($0.rowCount), "of": .integer($0.fileRowCount),
            // All 64 bits, more than other readers of JSON keep of a number.
            "seed": .string(String($0.seed)),
          ]
        } ?? .null),
    ]
    // Of a model without it, the precision was that of its training, and is decided when it is used.
    if model.predictor.precision != .automatic { header.append(.init("precisionServes", true)) }
    header += try kernelMembers(model.predictor.kernel)

    var tensors: [String: SafetensorsFile.Tensor] = [:]
    if let expansion = model.predictor.expansion {
      header.append(storeSupportVectors(expansion.supportVectors, in: &tensors))
      storeCoefficients(expansion, in: &tensors)
    } else {
      header += storeLinearFunction(model.predictor, in: &tensors)
    }
    tensors[ModelLayout.Tensor.problems] = text(.array(model.predictor.problems.map(problem)))
    if let classes = model.classes { tensors[ModelLayout.Tensor.classes] = text(.strings(classes)) }
    header += methodMembers(model.predictor, in: &tensors)
    if let weights = model.provenance.classWeights {
      header.append(.init("classWeights", .array(weights.map(JSONValue.number))))
    }
    if let calibration = model.calibration {
      header.append(
        .init(
          "calibrationFolds",
          model.provenance.calibrationFoldCount.map(JSONValue.integer) ?? .null))
      tensors[ModelLayout.Tensor.calibration] = text(CalibrationJSON.value(of: calibration))
    }
    header.append(storePreprocessor(model.preprocessor, in: &tensors))
    if let configuration = model.provenance.configuration {
      tensors[ModelLayout.Tensor.configuration] = text(configuration.json)
    }

    return SafetensorsFile(
      metadata: [
        ModelLayout.format: ModelLayout.formatName,
        ModelLayout.formatVersion: ModelLayout.currentVersion,
        ModelLayout.programVersion: model.provenance.programVersion,
        ModelLayout.model: JSONValue.object(header).text(),
      ],
      tensors: tensors)
  }

  /// What shaped the problem, and what its solution found besides the coefficients.
  private func methodMembers(
    _ predictor: TabularModel.Predictor, in tensors: inout [String: SafetensorsFile.Tensor]
  ) -> [JSONValue.Member] {
    var members: [JSONValue.Member] = []
    let excludedCount: Int
    switch predictor {
    case .linearClassifier(let classifier):
      return [
        .init("boxConstraint", .number(classifier.base.boxConstraint)),
        .init("loss", .string(classifier.base.loss.rawValue)),
        .init("intercept", intercept(classifier.base.intercept)),
        .init(
          "decomposition", .string(LinearDecomposition(classifier.base.decomposition).rawValue)),
      ]
    case .linearRegressor(let regressor):
      return [
        .init("boxConstraint", .number(regressor.base.boxConstraint)),
        .init("tubeWidth", .number(regressor.base.tubeWidth)),
        .init("loss", .string(regressor.base.loss.rawValue)),
        .init("intercept", intercept(regressor.base.intercept)),
      ]
    case .leastSquaresClassifier(let classifier):
      return [.init("errorWeight", .number(classifier.errorWeight))] + figures(classifier.report)
    case .kernelRidge(let regressor):
      return [.init("regularization", .number(regressor.regularization))]
        + figures(regressor.report)
    case .discriminant(let classifier):
      tensors[ModelLayout.Tensor.eigenvalues] = vector(.float64(classifier.eigenvalues))
      tensors[ModelLayout.Tensor.priors] = vector(.float64(classifier.priors))
      tensors[ModelLayout.Tensor.classMeans] = matrix(classifier.classMeans)
      return [
        .init("regularization", .number(classifier.regularization)),
        .init("conditionEstimate", .number(classifier.conditionEstimate)),
      ]
    case .principalComponents(let components):
      tensors[ModelLayout.Tensor.eigenvalues] = vector(.float64(components.eigenvalues))
      return [.init("totalVariance", .number(components.totalVariance))]
    case .classifier(let classifier):
      switch classifier.formulation {
      case .c(let c): members = [.init("boxConstraint", .finite(c))]
      case .nu(let nu): members = [.init("nu", .finite(nu))]
      }
      members += [
        .init("decomposition", .string(classifier.decomposition.rawValue)),
        .init(
          "classWeights", classifier.classWeights.map { .array($0.map(JSONValue.number)) } ?? .null),
      ]
      excludedCount = classifier.excludedCount
    case .regressor(let regressor):
      members = [
        .init("boxConstraint", .finite(regressor.boxConstraint)),
        .init("tubeWidth", .finite(regressor.tubeWidth)),
      ]
      if case .nu(let nu, _) = regressor.formulation { members.append(.init("nu", .finite(nu))) }
      excludedCount = regressor.excludedCount
    case .quantileRegressor(let regressor):
      members = [
        .init("boxConstraint", .number(regressor.formulation.boxConstraint)),
        .init("quantiles", .array(regressor.quantiles.map(JSONValue.number))),
      ]
      excludedCount = regressor.excludedCount
    case .noveltyDetector(let detector):
      members = [
        .init("nu", .finite(detector.formulation.nu)), .init("offset", .number(detector.offset)),
      ]
      excludedCount = detector.excludedCount
    }
    return members + [
      .init("exampleWeights", .bool(predictor.usesExampleWeights)),
      .init("excludedRows", .integer(excludedCount)),
    ]
  }

  private func intercept(_ intercept: Intercept) -> JSONValue {
    switch intercept {
    case .free: .string(ModelLayout.freeIntercept)
    case .none: .null
    case .regularized(let scale): .number(scale)
    }
  }

  private func figures(_ report: RidgeReport) -> [JSONValue.Member] {
    [
      .init("conditionEstimate", .number(report.conditionEstimate)),
      .init("trainingError", .number(report.trainingError)),
      .init("leaveOneOutError", .finite(report.leaveOneOutError)),
    ]
  }

  private func kernelMembers(_ kernel: KernelFunction) throws(ModelFileError)
    -> [JSONValue.Member]
  {
    do throws(KernelJSON.FunctionInFile) {
      let parameters = try KernelJSON.parameters(of: kernel)
      return [
        .init("kernel", .string(kernel.name)), .init("kernelParameters", .object(parameters)),
      ]
    } catch {
      throw ModelFileError(
        fileName: name,
        problem: .unsupported(
          "its kernel \"\(error.name)\" is a function of the program that trained it"))
    }
  }

  // MARK: Tensors

  private func storeSupportVectors(
    _ vectors: FeatureMatrix, in tensors: inout [String: SafetensorsFile.Tensor]
  ) -> JSONValue.Member {
    let storage: ModelLayout.Storage
    switch vectors {
    case .dense(let matrix):
      storage = .dense
      tensors[ModelLayout.Tensor.supportVectors] = .init(
        .float64(matrix.elements), shape: [matrix.rowCount, matrix.columnCount])
    case .sparse(let matrix):
      storage = .sparse
      tensors[ModelLayout.Tensor.sparseValues] = vector(.float64(matrix.values))
      tensors[ModelLayout.Tensor.sparseRowOffsets] = vector(
        .int64(matrix.rowOffsets.map(Int64.init)))
      tensors[ModelLayout.Tensor.sparseColumns] = vector(.int32(matrix.columnIndices))
    }
    return .init("supportVectors", .string(storage.rawValue))
  }

  /// Weights and biases, and the map that makes their features.
  private func storeLinearFunction(
    _ predictor: TabularModel.Predictor, in tensors: inout [String: SafetensorsFile.Tensor]
  ) -> [JSONValue.Member] {
    typealias Name = ModelLayout.Tensor
    if let function = predictor.linearFunction {
      tensors[Name.weights] = matrix(function.weights)
      tensors[Name.biases] = vector(.float64(function.biases))
    }
    var storage: JSONValue.Member = .init(
      "supportVectors", .string(ModelLayout.Storage.none.rawValue))
    let kind: ModelLayout.Map?
    switch predictor.featureMap {
    case .nystroem(let map)?:
      kind = .nystroem
      storage = storeSupportVectors(map.landmarks, in: &tensors)
      tensors[Name.supportIndices] = vector(.int64(map.landmarkIndices.map(Int64.init)))
      tensors[Name.mapNormalization] = matrix(map.normalization)
    case .randomFourier(let map)?:
      kind = .fourier
      tensors[Name.mapFrequencies] = matrix(map.frequencies)
      tensors[Name.mapPhases] = vector(.float64(map.phases))
    case nil: kind = nil
    }
    return [storage, .init("featureMap", kind.map { .string($0.rawValue) } ?? .null)]
  }

  private func matrix(_ matrix: Matrix<Double>) -> SafetensorsFile.Tensor {
    .init(.float64(matrix.elements), shape: [matrix.rowCount, matrix.columnCount])
  }

  private func storeCoefficients(
    _ expansion: KernelExpansion, in tensors: inout [String: SafetensorsFile.Tensor]
  ) {
    tensors[ModelLayout.Tensor.dualCoefficients] = matrix(expansion.dualCoefficients)
    tensors[ModelLayout.Tensor.biases] = vector(.float64(expansion.biases))
    tensors[ModelLayout.Tensor.supportCounts] = vector(
      .int64(expansion.supportCounts.map(Int64.init)))
    tensors[ModelLayout.Tensor.supportIndices] = vector(
      .int64(expansion.supportIndices.map(Int64.init)))
  }

  private func vector(_ elements: SafetensorsFile.Elements) -> SafetensorsFile.Tensor {
    .init(elements, shape: [elements.count])
  }

  private func text(_ value: JSONValue) -> SafetensorsFile.Tensor {
    vector(.uint8(value.canonicalBytes))
  }

  // MARK: Tables

  /// A problem's figures.
  ///
  /// Those that were never measured, because training was stopped before, are not finite; they are stored as null. The count of kernel values is left out: it depends on caching.
  private func problem(_ report: ProblemReport) -> JSONValue {
    let certificate = report.certificate
    return [
      "iterations": .integer(certificate.iterations),
      "stopReason": .string(certificate.stopReason.rawValue),
      "kktViolation": .finite(certificate.kktViolation),
      "primalObjective": .finite(certificate.primalObjective),
      "dualObjective": .finite(certificate.dualObjective),
      "relativeGap": .finite(certificate.relativeGap),
      "certificate": .string(certificate.source.rawValue),
      "supportVectors": .integer(report.supportVectorCount),
      "boundedSupportVectors": .integer(report.boundedSupportVectorCount),
    ]
  }

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
