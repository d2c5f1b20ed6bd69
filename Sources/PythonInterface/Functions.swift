import Basics
import CSupportVectors
import KernelMethods
import Kernels
import LinearAlgebra
import ModelExport
import ModelFiles
import TabularModels
import Tables

// The functions of supportvectors.h, as C sees them; what they promise is written there.

/// The version.
@c(sv_version)
public func svVersion() -> UnsafePointer<CChar> { unsafe UnsafePointer(version) }

private nonisolated(unsafe) let version = unsafe callerText(toolkitVersion)

/// Gives a handle back.
///
/// - Parameter handle: A model, a token or NULL.
@c(sv_release)
public func svRelease(_ handle: UnsafeMutableRawPointer?) {
  guard let handle = unsafe handle else { return }
  unsafe Unmanaged<AnyObject>.fromOpaque(handle).release()
}

/// Makes a token.
///
/// - Returns: A handle.
@c(sv_make_token)
public func svMakeToken() -> UnsafeMutableRawPointer { unsafe handle(CancellationToken()) }

/// Stops the trainings of a token.
///
/// - Parameter handle: The token.
@c(sv_cancel)
public func svCancel(_ handle: UnsafeMutableRawPointer?) { unsafe token(handle)?.cancel() }

// MARK: Training

/// Trains on features.
///
/// - Parameters:
///   - examples: The examples.
///   - options: JSON.
///   - cancellation: A token or NULL.
///   - error: Where an error is put.
/// - Returns: A model, or NULL.
@c(sv_train)
public func svTrain(
  _ examples: UnsafePointer<sv_examples>, _ options: UnsafePointer<CChar>,
  _ cancellation: UnsafeMutableRawPointer?,
  _ error: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
) -> UnsafeMutableRawPointer? {
  unsafe catching(error) {
    var request = try unsafe TrainingRequest(String(cString: options), token: token(cancellation))
    let model = try unsafe examples.pointee.withExamples(classes: request.classes) { examples in
      try request.settle(for: examples.features)
      return try request.trainer.train(examples)
    }
    return unsafe handle(ModelHandle(model))
  }
}

/// Trains on a table.
///
/// - Parameters:
///   - table: The columns.
///   - options: JSON.
///   - cancellation: A token or NULL.
///   - error: Where an error is put.
/// - Returns: A model, or NULL.
@c(sv_train_table)
public func svTrainTable(
  _ table: UnsafePointer<sv_table>, _ options: UnsafePointer<CChar>,
  _ cancellation: UnsafeMutableRawPointer?,
  _ error: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
) -> UnsafeMutableRawPointer? {
  unsafe catching(error) {
    let request = try unsafe TrainingRequest(String(cString: options), token: token(cancellation))
    let training = try request.trainer.train(.table(unsafe table.pointee.table()))
    return unsafe handle(ModelHandle(training.model))
  }
}

// MARK: Prediction

/// Predicts features.
///
/// - Parameters:
///   - handle: The model.
///   - features: The rows.
///   - what: What is asked for.
///   - threads: The number of threads, or 0 for one on each core.
///   - result: Where the array is put.
///   - error: Where an error is put.
/// - Returns: 1, or 0 after an error.
@c(sv_predict)
public func svPredict(
  _ handle: UnsafeMutableRawPointer, _ features: UnsafePointer<sv_matrix>,
  _ what: UnsafePointer<CChar>, _ threads: Int32, _ result: UnsafeMutablePointer<sv_array>,
  _ error: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
) -> Int32 {
  unsafe catching(error) {
    let model = unsafe model(handle)
    let wanted = try unsafe Wanted(what)
    unsafe result.pointee = try unsafe features.pointee.withFeatures { features in
      let threads =
        threads > 0 ? Int(threads) : features.rowCount <= TrainingRequest.smallCount ? 1 : nil
      if wanted == .decision {
        // Nothing else is computed.
        return unsafe sv_array(try model.predictor.decisionValues(features, threads: threads))
      }
      if wanted == .class, model.calibration == nil, let classifier = model.predictor.classifier {
        return unsafe sv_array(try classifier.classIndices(features, threads: threads))
      }
      return unsafe try wanted.array(model.predict(features: features, threads: threads))
    }
    return 1
  } ?? 0
}

/// Predicts the rows of a table.
///
/// - Parameters:
///   - handle: The model.
///   - table: The rows.
///   - what: What is asked for.
///   - threads: The number of threads, or 0 for one on each core.
///   - result: Where the array is put.
///   - error: Where an error is put.
/// - Returns: 1, or 0 after an error.
@c(sv_predict_table)
public func svPredictTable(
  _ handle: UnsafeMutableRawPointer, _ table: UnsafePointer<sv_table>,
  _ what: UnsafePointer<CChar>, _ threads: Int32, _ result: UnsafeMutablePointer<sv_array>,
  _ error: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
) -> Int32 {
  unsafe catching(error) {
    let wanted = try unsafe Wanted(what)
    let predictions = try unsafe model(handle).predict(
      table.pointee.table(), threads: threads > 0 ? Int(threads) : nil)
    unsafe result.pointee = try wanted.array(predictions)
    return 1
  } ?? 0
}

/// What a caller may ask of predictions.
private enum Wanted: String {
  case decision
  case `class`
  case number
  case probability

  @unsafe
  init(_ text: UnsafePointer<CChar>) throws {
    let name = unsafe String(cString: text)
    guard let wanted = Wanted(rawValue: name) else {
      throw InterfaceError.malformed("\(name): unknown kind of prediction")
    }
    self = wanted
  }

  @unsafe
  func array(_ predictions: TabularPredictions) throws -> sv_array {
    switch self {
    case .decision: return unsafe sv_array(predictions.decisionValues)
    case .class:
      let places = Dictionary(
        uniqueKeysWithValues: predictions.classes.enumerated().map { ($1, $0) })
      return unsafe sv_array(predictions.labels.map { $0.flatMap { places[$0] } ?? -1 })
    case .number: return unsafe sv_array(predictions.numbers.map { $0 ?? .nan })
    case .probability:
      guard let probabilities = predictions.probabilities else {
        throw InterfaceError.malformed("the model has no probabilities")
      }
      return unsafe sv_array(probabilities)
    }
  }
}

// MARK: What a model holds

/// Describes a model.
///
/// - Parameters:
///   - handle: The model.
///   - error: Where an error is put.
/// - Returns: JSON, or NULL.
@c(sv_describe)
public func svDescribe(
  _ handle: UnsafeMutableRawPointer,
  _ error: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
) -> UnsafeMutablePointer<CChar>? {
  unsafe catching(error) { unsafe callerText(model(handle).description.text()) }
}

/// Copies an array of a model.
///
/// - Parameters:
///   - handle: The model.
///   - name: Which one.
///   - result: Where it is put.
///   - error: Where an error is put.
/// - Returns: 1, or 0 after an error.
@c(sv_model_array)
public func svModelArray(
  _ handle: UnsafeMutableRawPointer, _ name: UnsafePointer<CChar>,
  _ result: UnsafeMutablePointer<sv_array>,
  _ error: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
) -> Int32 {
  unsafe catching(error) {
    let name = unsafe String(cString: name)
    guard let array = unsafe model(handle).array(name) else {
      throw InterfaceError.malformed("the model has no \(name)")
    }
    unsafe result.pointee = array
    return 1
  } ?? 0
}

extension TabularModel {
  /// An array by its name; `nil` where the model has none of it.
  @unsafe
  fileprivate func array(_ name: String) -> sv_array? {
    switch name {
    case "biases": return unsafe sv_array(predictor.biases)
    case "classWeights": return unsafe classWeights.map { unsafe sv_array($0) }
    case "weights": return unsafe predictor.linearFunction.map { unsafe sv_array($0.weights) }
    default: break
    }
    guard let expansion = predictor.expansion else { return nil }
    switch (name, expansion.supportVectors) {
    case ("supportIndices", _): return unsafe sv_array(expansion.supportIndices)
    case ("supportCounts", _): return unsafe sv_array(expansion.supportCounts)
    case ("dualCoefficients", _): return unsafe sv_array(expansion.dualCoefficients)
    case ("supportVectors", .dense(let matrix)): return unsafe sv_array(matrix)
    case ("supportVectors", .sparse(let matrix)): return unsafe sv_array(matrix.values)
    case ("supportVectors.offsets", .sparse(let matrix)): return unsafe sv_array(matrix.rowOffsets)
    case ("supportVectors.columns", .sparse(let matrix)):
      return unsafe sv_array(matrix.columnIndices.map(Int.init))
    default: return nil
    }
  }
}

// MARK: Files

/// Writes a model.
///
/// - Parameters:
///   - handle: The model.
///   - format: `model`, `json` or `onnx`.
///   - result: Where the bytes are put.
///   - error: Where an error is put.
/// - Returns: 1, or 0 after an error.
@c(sv_encode)
public func svEncode(
  _ handle: UnsafeMutableRawPointer, _ format: UnsafePointer<CChar>,
  _ result: UnsafeMutablePointer<sv_array>,
  _ error: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
) -> Int32 {
  unsafe catching(error) {
    let model = unsafe model(handle)
    let bytes: [UInt8]
    switch unsafe String(cString: format) {
    case "model": bytes = try ModelFile.encode(model)
    case "json": bytes = try ModelFile.encodeJSON(model)
    case "onnx": bytes = try ONNXModelFile.encode(model).bytes
    case let other: throw InterfaceError.malformed("\(other): unknown format of models")
    }
    unsafe result.pointee = sv_array(bytes)
    return 1
  } ?? 0
}

/// Reads a model.
///
/// - Parameters:
///   - bytes: Its file.
///   - count: The number of bytes.
///   - name: What messages call it.
///   - error: Where an error is put.
/// - Returns: A model, or NULL.
@c(sv_decode)
public func svDecode(
  _ bytes: UnsafeRawPointer?, _ count: Int64, _ name: UnsafePointer<CChar>,
  _ error: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
) -> UnsafeMutableRawPointer? {
  unsafe catching(error) {
    let file = unsafe Array(UnsafeRawBufferPointer(start: bytes, count: max(0, Int(count))))
    return unsafe handle(
      ModelHandle(try ModelFile.decode(file, name: String(cString: name))))
  }
}

// MARK: Certificates

/// Recomputes certificates from features.
///
/// - Parameters:
///   - handle: The model.
///   - examples: Its training examples.
///   - threads: The number of threads, or 0 for one on each core.
///   - error: Where an error is put.
/// - Returns: JSON, or NULL.
@c(sv_verify)
public func svVerify(
  _ handle: UnsafeMutableRawPointer, _ examples: UnsafePointer<sv_examples>, _ threads: Int32,
  _ error: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
) -> UnsafeMutablePointer<CChar>? {
  unsafe catching(error) {
    let model = unsafe model(handle)
    let certificates = try unsafe examples.pointee.withExamples(classes: model.classes ?? []) {
      try model.certificates($0, threads: threads > 0 ? Int(threads) : nil)
    }
    return unsafe callerText(JSONValue.array(certificates.map(\.description)).text())
  }
}

/// Recomputes certificates from a table.
///
/// - Parameters:
///   - handle: The model.
///   - table: Its training data.
///   - threads: The number of threads, or 0 for one on each core.
///   - error: Where an error is put.
/// - Returns: JSON, or NULL.
@c(sv_verify_table)
public func svVerifyTable(
  _ handle: UnsafeMutableRawPointer, _ table: UnsafePointer<sv_table>, _ threads: Int32,
  _ error: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
) -> UnsafeMutablePointer<CChar>? {
  unsafe catching(error) {
    let verification = try unsafe model(handle).verify(
      .table(table.pointee.table()), threads: threads > 0 ? Int(threads) : nil)
    return unsafe callerText(
      JSONValue.array(verification.certificates.map(\.description)).text())
  }
}

// MARK: Kernels

/// Lists the kernels.
///
/// - Parameter error: Where an error is put.
/// - Returns: JSON, or NULL.
@c(sv_kernels)
public func svKernels(
  _ error: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
) -> UnsafeMutablePointer<CChar>? {
  unsafe catching(error) {
    unsafe callerText(JSONValue.array(KernelCatalog.formulas.map { $0.description }).text())
  }
}

/// Kernel values k(x) with landmarks, or N·k(x) for a matrix N.
///
/// - Parameters:
///   - features: The rows.
///   - landmarks: The landmarks.
///   - options: `kernel` as in a configuration, `normalization` and the number of threads.
///   - result: Where the values are put.
///   - error: Where an error is put.
/// - Returns: 1, or 0 after an error.
@c(sv_map)
public func svMap(
  _ features: UnsafePointer<sv_matrix>, _ landmarks: UnsafePointer<sv_matrix>,
  _ options: UnsafePointer<sv_map_options>, _ result: UnsafeMutablePointer<sv_array>,
  _ error: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
) -> Int32 {
  unsafe catching(error) {
    let options = unsafe options.pointee
    let count = unsafe max(0, Int(landmarks.pointee.row_count))
    var configuration = TrainingConfiguration()
    try configuration.read([
      "method": ["kernel": JSONValue(parsing: Array(unsafe String(cString: options.kernel).utf8))]
    ])
    let normalization =
      if let values = unsafe options.normalization {
        try Matrix(
          rowCount: count, columnCount: count,
          elements: unsafe Array(UnsafeBufferPointer(start: values, count: count * count)))
      } else {
        Matrix<Double>.identity(count)
      }
    unsafe result.pointee = try unsafe landmarks.pointee.withFeatures { landmarks in
      let map = try NystroemMap(
        kernel: configuration.method.kernel.resolved(for: landmarks),
        featureCount: landmarks.columnCount, landmarks: landmarks,
        landmarkIndices: Array(0..<count), normalization: normalization)
      return unsafe sv_array(
        try unsafe features.pointee.withFeatures {
          try map($0, threads: unsafe options.threads > 0 ? Int(options.threads) : nil)
        })
    }
    return 1
  } ?? 0
}
