import Basics
import SupportVectors
import TabularModels

/// Model files: one file that holds everything needed to predict on raw rows.
///
/// Besides its own format this reads and writes the same as JSON text (``encodeJSON(_:name:)``) and
/// LIBSVM's model text (``encodeLIBSVM(_:scaledFeatures:name:onNote:)``); which of them a file is, its content tells.
///
/// The container is the safetensors format (see `SafetensorsFile.swift`); any reader of that
/// format opens a model file, nothing in it can execute, and every number survives bit for bit.
/// Equal models give equal bytes. What is inside is drawn in `ModelLayout.swift`.
public enum ModelFile {
  /// The bytes of a model's file.
  ///
  /// - Parameters:
  ///   - model: The model.
  ///   - name: How errors call the file.
  /// - Returns: The bytes, the same for equal models.
  /// - Throws: `ModelFileError` for a model with a caller's own kernel, which no file can hold.
  public static func encode(_ model: TabularModel, name: String = "model") throws(ModelFileError)
    -> [UInt8]
  {
    var file = try ModelEncoder(name: name).file(for: model)
    file.metadata[ModelLayout.digest] = file.contentDigest
    return try file.bytes(name: name)
  }

  /// A model as JSON text for people: everything that its file holds, every number exactly.
  ///
  /// - Parameters:
  ///   - model: The model.
  ///   - name: How errors call the file.
  /// - Returns: The bytes of the text, the same for equal models.
  /// - Throws: `ModelFileError` for a model with a caller's own kernel.
  public static func encodeJSON(_ model: TabularModel, name: String = "model")
    throws(ModelFileError) -> [UInt8]
  {
    Array(try ModelJSON(name: name).text(of: ModelEncoder(name: name).file(for: model)).utf8)
  }

  /// A model as LIBSVM's model text.
  ///
  /// Numbers are written in the fewest digits that read back as the same; LIBSVM itself rounds the
  /// values of support vectors to 8 digits. Class names that are not whole numbers become 0, 1, 2,
  /// … in the order of the classes. A model of a table takes the features that it makes of a row.
  /// The scaling of a model of LIBSVM text is folded into the support vectors where that gives the
  /// same function: for a linear kernel; for polynomial and sigmoid ones when no feature is
  /// shifted; for a gaussian one when all features have the same factor.
  ///
  /// - Parameters:
  ///   - model: The model.
  ///   - scaledFeatures: Whether a model of LIBSVM text is to take features that are scaled already,
  ///     so that nothing is folded.
  ///   - name: How errors call the file.
  ///   - onNote: Receives what a user of the text has to know, each a sentence without a full stop.
  /// - Returns: The bytes of the text.
  /// - Throws: `ModelFileError` for what the text cannot hold: another kernel, scaling that cannot
  ///   be folded, pairs of classes that were never trained.
  public static func encodeLIBSVM(
    _ model: TabularModel, scaledFeatures: Bool = false, name: String = "model",
    onNote: (String) -> Void = { _ in }
  ) throws(ModelFileError) -> [UInt8] {
    let written = try LIBSVMModelText.encode(model, scaledFeatures: scaledFeatures, name: name)
    for note in written.notes { onNote(note) }
    return written.bytes
  }

  /// Reads a model from the bytes of its file: this package's format, its JSON text, or LIBSVM's
  /// model text.
  ///
  /// - Parameters:
  ///   - bytes: The whole file; it may come from anywhere.
  ///   - name: How errors call the file.
  ///   - featureCount: The least number of features of a model in LIBSVM's text. The text names only
  ///     features that are not zero in some support vector; others of the data have no effect here,
  ///     though in LIBSVM they take part in the distances of an rbf kernel.
  ///   - onNote: Receives what was left out of LIBSVM's text, each a sentence without a full stop.
  /// - Returns: The model.
  /// - Throws: `ModelFileError` that says where the file is wrong and what was expected there.
  public static func decode(
    _ bytes: [UInt8], name: String = "model", featureCount: Int = 0,
    onNote: (String) -> Void = { _ in }
  ) throws(ModelFileError) -> TabularModel {
    switch ModelFileFormat(beginning: bytes) {
    case .json:
      return try ModelDecoder(file: ModelJSON(name: name).file(parsing: bytes), name: name).model()
    case .libsvm:
      let reading = try LIBSVMModelText.decode(
        bytes, featureCount: featureCount, name: name)
      for note in reading.notes { onNote(note) }
      return reading.model
    case .native, nil:
      try ForeignFile.check(bytes, name: name)
      return try ModelDecoder(file: SafetensorsFile(parsing: bytes, name: name), name: name).model()
    }
  }

  /// Reads a model file.
  ///
  /// - Parameters:
  ///   - path: The file, in any of the formats of ``decode(_:name:featureCount:onNote:)``.
  ///   - featureCount: The least number of features of a model in LIBSVM's text.
  ///   - onNote: Receives what was left out of LIBSVM's text, each a sentence without a full stop.
  /// - Returns: The model.
  /// - Throws: `ModelFileError`.
  package static func load(
    path: String, featureCount: Int = 0, onNote: (String) -> Void = { _ in }
  ) throws(ModelFileError) -> TabularModel {
    let bytes = try readFile(path: path) { beginning throws(ModelFileError) in
      guard ModelFileFormat(beginning: beginning) == nil else { return }
      try ForeignFile.check(beginning, name: path)
      _ = try SafetensorsFile.headerLength(beginning, name: path)
    }
    return try decode(bytes, name: path, featureCount: featureCount, onNote: onNote)
  }

  /// Writes a model file, which appears complete or not at all.
  ///
  /// A file of that name is replaced and keeps its permissions; a symbolic link is followed; a
  /// device or pipe is written in place.
  ///
  /// - Parameters:
  ///   - model: The model.
  ///   - path: The file.
  /// - Throws: `ModelFileError`; then a file that was there before is as it was.
  package static func save(_ model: TabularModel, to path: String) throws(ModelFileError) {
    let bytes = try encode(model, name: path)
    do throws(OutputFileError) {
      let file = try AtomicOutputFile(path: path)
      try file.write(bytes)
      try file.commit()
    } catch {
      throw ModelFileError(fileName: path, problem: .unwritable(systemReason(error.code)))
    }
  }
}

/// What a model file is, by its first bytes.
package enum ModelFileFormat: Sendable {
  /// Looks at the beginning of a file.
  /// - Parameter path: The file; nothing is read unless it is a regular file.
  /// - Throws: `ModelFileError` when it cannot be read.
  package init?(path: String) throws(ModelFileError) {
    guard let beginning = try readBeginning(path: path, byteCount: 4096) else { return nil }
    self.init(beginning: beginning)
  }

  /// Whether a file that was given as data is a model beyond doubt: a table may begin with a word of
  /// LIBSVM's text, and other programs write JSON.
  /// - Parameter path: The file; nothing is read unless it is a regular file.
  /// - Returns: False where it is anything else.
  /// - Throws: `ModelFileError` when it cannot be read.
  package static func isCertainlyModel(path: String) throws(ModelFileError) -> Bool {
    guard let beginning = try readBeginning(path: path, byteCount: 4096),
      let format = ModelFileFormat(beginning: beginning)
    else { return false }
    let text = String(decoding: beginning, as: UTF8.self)
    switch format {
    case .native: return true
    case .json: return text.contains("\"\(ModelLayout.format)\"")
    case .libsvm: return text.contains("svm_type ") && text.contains("kernel_type ")
    }
  }

  /// This package's format, in the safetensors container.
  case native
  /// The same as JSON text.
  case json
  /// LIBSVM's model text.
  case libsvm

  /// Looks at the first bytes of a file; eight are enough but for long keys.
  ///
  /// - Parameter bytes: The beginning of the file, or all of it; `nil` is made of other files.
  package init?(beginning bytes: [UInt8]) {
    if ModelJSON.isBeginning(bytes) {
      self = .json
    } else if LIBSVMModelText.isBeginning(bytes) {
      self = .libsvm
    } else if bytes.count >= 9, bytes[4..<8].allSatisfy({ $0 == 0 }),
      bytes[8] == UInt8(ascii: "{")
    {
      self = .native
    } else {
      return nil
    }
  }
}
