import Basics
import Learning
import Tables
import TabularModels

/// How rows become features, as a separate file: for people who train with another program and
/// want to treat later rows as the first ones.
///
/// The file is JSON text like that of a model (``ModelFile/encodeJSON(_:name:)``), without a model.
package struct PreprocessingFile: Sendable, Equatable {
  /// How rows become features.
  package var preprocessor: Preprocessor
  /// The classes in order when the target is text; the labels 0, 1, 2, … stand for them.
  package var classes: [String]?

  /// Collects the parts.
  package init(preprocessor: Preprocessor, classes: [String]?) {
    self.preprocessor = preprocessor
    self.classes = classes
  }

  private static let formatName = "support-vectors preprocessing"

  /// The bytes of the file.
  ///
  /// - Parameter name: How errors call the file.
  /// - Returns: UTF-8 text, the same for equal values.
  /// - Throws: `ModelFileError`.
  package func encode(name: String = "preprocessing") throws(ModelFileError) -> [UInt8] {
    var writer = ModelWriter()
    writer.store(.integer(preprocessor.featureCount), as: .featureCount)
    writer.store(preprocessor)
    if let classes { writer.store(.strings(classes), as: .classes) }
    let file = SafetensorsFile(
      metadata: [
        ModelLayout.format: Self.formatName,
        ModelLayout.formatVersion: ModelLayout.currentVersion,
        ModelLayout.programVersion: toolkitVersion,
        ModelLayout.model: JSONValue.object(writer.members).text(),
      ], tensors: writer.tensors)
    return Array(try ModelJSON(name: name).text(of: file).utf8)
  }

  /// Reads the bytes of a file.
  ///
  /// - Parameters:
  ///   - bytes: The whole file; it may come from anywhere.
  ///   - name: How errors call the file.
  /// - Throws: `ModelFileError` that says where the file is wrong.
  package init(decoding bytes: [UInt8], name: String = "preprocessing") throws(ModelFileError) {
    let file = try ModelJSON(name: name).file(parsing: bytes)
    let reader = try ModelDecoder(file: file, name: name, formatName: Self.formatName).reader
    try reader.header.requireKeys(["featureCount", "preprocessing"])
    guard let preprocessor = try reader.preprocessor() else {
      throw ModelFileError(
        fileName: name, place: ["header", "preprocessing"],
        problem: .mismatch(found: "features", expected: "table or libsvm"))
    }
    let featureCount = try reader.featureCount()
    guard preprocessor.featureCount == featureCount else {
      throw ModelFileError(
        fileName: name, place: ["header", "featureCount"],
        problem: .mismatch(found: "\(featureCount)", expected: "\(preprocessor.featureCount)"))
    }
    var classes: [String]?
    if reader.has(.classes) {
      let names = try reader.classes()
      guard Set(names).count == names.count, !names.isEmpty else {
        throw ModelFileError(
          fileName: name, place: ["tables", StoredField.classes.name],
          problem: .inconsistent("class names are missing or not distinct"))
      }
      classes = names
    }
    self.init(preprocessor: preprocessor, classes: classes)
  }

  /// Reads a file.
  ///
  /// - Parameter path: The file.
  /// - Returns: How rows become features.
  /// - Throws: `ModelFileError`.
  package static func load(path: String) throws(ModelFileError) -> PreprocessingFile {
    try PreprocessingFile(
      decoding: readFile(path: path) { _ throws(ModelFileError) in }, name: path)
  }
}
