import Basics
import TabularModels

/// A model that a format of another program cannot hold.
public struct ModelExportError: Error, Equatable, Sendable, CustomStringConvertible {
  /// How the file is called.
  package var fileName: String
  /// Why; continues "cannot be exported:".
  package var reason: String

  /// Collects the parts of an error.
  package init(fileName: String, reason: String) {
    self.fileName = fileName
    self.reason = reason
  }

  /// `file: the model cannot be exported: reason`.
  public var description: String {
    "\(MessageText.path(fileName)): the model cannot be exported: \(reason)"
  }
}

/// A file for another program, and how well what it says agrees with the model.
public struct ExportedModel: Sendable {
  /// The file.
  public let bytes: [UInt8]
  /// What a user of the file has to know, each a sentence without a full stop.
  public let notes: [String]
  /// The file, read back and evaluated, against the model.
  package let check: ExportCheck
  /// How far answers of the file, computed by its own operations, lie from the model's: relative to the
  /// spread of the decision values, or of the probabilities where that is more.
  public var relativeDifference: Double { check.relativeDifference }
}

/// How what was written predicts, compared with the model in double precision.
package struct ExportCheck: Sendable, Equatable {
  /// The number of rows that were compared: support vectors and points between them, and with
  /// replacements for missing values a row where all are missing.
  package var rowCount = 0
  /// The largest difference of a decision value; 0 when the format has none.
  package var largestDifference = 0.0
  /// How far rounding in the precision of the file can move a decision value of these rows in a sum of
  /// this number of terms: the largest Σ |coefᵢ·k(svᵢ, x)| + |b|, times the roundoff.
  package var roundingBound = 0.0
  /// The largest difference of a probability; 0 when the file has none.
  package var largestProbabilityDifference = 0.0
  /// The largest magnitude of a decision value.
  package var scale = 0.0
  /// The rows whose labels differ.
  package var differingLabelCount = 0

  /// The largest difference that is to be expected, what was found or what rounding can do, as a share
  /// of the largest decision value.
  package var relativeDifference: Double {
    let difference = largestDifference.isNaN ? .nan : max(largestDifference, roundingBound)
    return scale > 0 ? difference / scale : difference
  }
}

extension TabularModel {
  /// The model as an ONNX file.
  ///
  /// - Returns: The file, and how it predicts compared with the model.
  /// - Throws: ``ModelExportError`` for what ONNX cannot say.
  /// - Complexity: O(s·d) for s support vectors, and at most a second for the check.
  public func encodedAsONNX() throws(ModelExportError) -> ExportedModel {
    try ONNXModelFile.encode(self)
  }

  /// The model as a Core ML file.
  ///
  /// - Returns: The file, and how it predicts compared with the model.
  /// - Throws: ``ModelExportError`` for what Core ML cannot say: Laplacian kernels, pairs of classes
  ///   that were never trained.
  /// - Complexity: O(s·d) for s support vectors, and at most a second for the check.
  public func encodedAsCoreML() throws(ModelExportError) -> ExportedModel {
    try CoreMLModelFile.encode(self)
  }
}
