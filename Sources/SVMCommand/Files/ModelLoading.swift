import ArgumentParser
import Kernels
import ModelFiles
import TabularModels

/// Loads a model in any format that is read, and reports what was left out of it.
///
/// - Parameters:
///   - path: The model file.
///   - precision: The precision of predictions, or `nil` for what the model says.
/// - Returns: The model.
/// - Throws: `ModelFileError`, or ``UsageError`` for standard input.
func loadModel(_ path: String, precision: Precision? = nil) throws -> TabularModel {
  guard path != "-" else {
    throw UsageError("a model is read from a file, not from standard input; the model comes first")
  }
  let model = try ModelFile.load(path: path) { Console.message("note: \($0)") }
  return precision.map(model.computing) ?? model
}

extension TabularModel {
  /// Whether another program trained the model, so that nothing is known of its training.
  var isImported: Bool { predictor.isImported }
}
