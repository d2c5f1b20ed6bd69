import SupportVectors
import TabularModels

/// Which operators of ONNX compute a model.
package enum ONNXOperators: String, Sendable, CaseIterable {
  /// `ml` where it can say the model and agrees with it to 1e-5, else `composed`.
  case auto
  /// The operators for machine learning, in Float: Imputer, OneHotEncoder, Scaler, SVMClassifier or
  /// SVMRegressor.
  case ml
  /// Ordinary operators in Double, for every kernel.
  case composed
}

/// ONNX files: models for the runtimes of others, with all that happens to a row before the model
/// sees it.
///
/// A model of a table with categories takes one input for each column, named like it, of shape
/// [rows, 1]: numbers, and texts. All other models take one input, `features`, of shape
/// [rows, features]. A missing number is NaN, a missing category the empty text. Classifiers give
/// `label` and `decision`, one column for each pair of classes, positive for the later class, and
/// `probabilities`, one column for each class in the order of the metadata's `classes`, where the model
/// knows them; the label is then the model's, as they decide it. Where each class has a decision value, `decision` has one
/// column for each class, and the largest wins. Regressors give `prediction`. Detectors of what is new give `label`, 1
/// for a row like the training data and −1 for others, and `decision`, which is greater than 0 for the former.
package enum ONNXModelFile {
  /// Writes a model.
  ///
  /// - Parameters:
  ///   - model: The model.
  ///   - operators: Which operators compute it.
  ///   - name: How errors call the file.
  /// - Returns: The file, and how it predicts compared with the model.
  /// - Throws: ``ModelExportError`` for what ONNX, or the operators asked for, cannot say.
  /// - Complexity: O(s·d) for s support vectors, and at most a second for the check.
  package static func encode(
    _ model: TabularModel, operators: ONNXOperators = .auto, name: String = "model"
  ) throws(ModelExportError) -> ExportedModel {
    let source = try ExportSource(model, fileName: name)
    switch operators {
    case .composed: return try encode(source, isComposed: true)
    case .ml: return try encode(source, isComposed: false)
    case .auto:
      if ONNXBuilder.obstacleToMachineLearningOperators(source) == nil {
        let exported = try encode(source, isComposed: false)
        if exported.check.relativeDifference <= floatAgreement { return exported }
      }
      return try encode(source, isComposed: true)
    }
  }

  /// The largest difference, as a share of the largest decision value, that float operators should
  /// have.
  static let floatAgreement = 1e-5

  /// Protocol buffers cannot be longer than 2³¹ − 1 bytes.
  private static let maximumBytes = Int(Int32.max)

  private static func encode(
    _ source: ExportSource, isComposed: Bool
  ) throws(ModelExportError) -> ExportedModel {
    let width = isComposed ? 8 : 4
    let (values, overflow) = source.supportVectorCount.multipliedReportingOverflow(
      by: source.featureCount)
    guard !overflow, values < maximumBytes / width else {
      throw source.failure(
        "its \(source.supportVectorCount) support vectors of \(source.featureCount) features take "
          + "more than the 2 GB that an ONNX file may have")
    }
    let built = try ONNXBuilder.model(source, isComposed: isComposed)
    let bytes = built.encoded
    guard bytes.count <= maximumBytes else {
      throw source.failure("it takes more than the 2 GB that an ONNX file may have")
    }
    let check = try ExportCheck(source, roundoff: isComposed ? 0x1p-53 : 0x1p-24) { rows in
      ONNXModel(decoding: bytes).flatMap { predictions(of: $0, rows, source) }
    }
    var notes = source.inputNotes
    if source.calibration != nil {
      notes.append("the label is that of the output probabilities")
    }
    notes.append(
      isComposed
        ? "the model is composed of ordinary operators in double precision"
        : "the model uses operators for machine learning, in single precision")
    if !isComposed, check.relativeDifference > floatAgreement {
      notes.append("composed operators (--onnx-operators composed) would agree more closely")
    }
    return ExportedModel(bytes: bytes, notes: notes, check: check)
  }

  /// What a file that was read back says of sample rows.
  private static func predictions(
    of model: ONNXModel, _ rows: SampleRows, _ source: ExportSource
  ) -> ExportCheck.Answer? {
    var inputs: [String: ONNXEvaluator.Value] = [:]
    if source.hasCategories {
      for (input, column) in zip(model.graph.inputs, rows.columns) {
        switch column {
        case .numbers(let values):
          inputs[input.name] = .init(
            numbers: values, shape: [rows.rowCount, 1], type: input.type)
        case .texts(let values):
          inputs[input.name] = .init(texts: values, shape: [rows.rowCount, 1])
        }
      }
    } else if let input = model.graph.inputs.first {
      var numbers: [Double] = []
      for row in 0..<rows.rowCount {
        for case .numbers(let values) in rows.columns { numbers.append(values[row]) }
      }
      inputs[input.name] = .init(
        numbers: numbers, shape: [rows.rowCount, rows.columns.count], type: input.type)
    }
    guard let values = ONNXEvaluator.run(model.graph, inputs: inputs) else { return nil }
    let outputs = model.graph.outputs.compactMap { values[$0.name] }
    guard outputs.count == model.graph.outputs.count, let first = outputs.first else { return nil }
    guard let classes = source.classes else {
      return ExportCheck.Answer(
        decisions: source.isDetector ? outputs.last?.numbers : first.numbers)
    }
    guard outputs.count >= 2 else { return nil }
    let names = first.type == .string ? first.texts : first.numbers.map { String(Int($0)) }
    let places = names.map { classes.firstIndex(of: $0) ?? -1 }
    return ExportCheck.Answer(
      decisions: outputs[1].numbers, classes: places,
      probabilities: outputs.count > 2 ? outputs[2].numbers : nil)
  }
}
