import Kernels
import LinearAlgebra
import SMOSolver

// An expansion in a model file.

extension StoredField {
  fileprivate static let coefficients = tensor(
    "dualCoefficients", "F64 [k − 1, s] or [outputs, s]", "the coefficients of the support vectors")
  fileprivate static let supportCounts = tensor(
    "supportCounts", "I64 [k]", "support vectors of each class; of a regression in all")
  /// Rows of the training data that the model keeps.
  package static let supportIndices = tensor(
    "supportIndices", "I64 [s]", "rows of the training data, from 0")
  /// The precision of predictions.
  package static let precision = member("precision", "\"auto\", \"single\" or \"double\"")
  /// Whether the precision is that of predictions.
  package static let precisionServes = optionalMember(
    "precisionServes",
    "true where predictions are meant to be in this precision; without it, \"single\" is that of the "
      + "training, and predictions decide for themselves")
}

extension KernelExpansion {
  /// What a file holds of it besides what every model file has.
  package static let storedFields: [StoredField] = [
    .coefficients, .biases, .supportCounts, .supportIndices,
  ]

  /// Writes support vectors, coefficients and biases.
  package func encode(to writer: inout ModelWriter) {
    writer.store(rows: supportVectors)
    writer.store(dualCoefficients, as: .coefficients)
    writer.store(biases, as: .biases)
    writer.store(supportCounts, as: .supportCounts)
    writer.store(supportIndices, as: .supportIndices)
  }

  /// Reads an expansion whose outputs are laid out in a known way.
  package init(from reader: ModelReader, layout: CoefficientLayout) throws(ModelFileError) {
    let kernel = try reader.kernel()
    let featureCount = try reader.featureCount()
    let supportIndices = try reader.counts(.supportIndices)
    let supportCounts = try reader.counts(.supportCounts)
    let biases = try reader.vector(.biases)
    let coefficients = try reader.matrix(.coefficients, columnCount: supportIndices.count)
    // A precomputed kernel has no use for the support vectors' features.
    let storedFeatureCount: Int
    if case .precomputed = kernel {
      storedFeatureCount = 0
    } else {
      storedFeatureCount = featureCount
    }
    let supportVectors = try reader.rows(
      count: supportIndices.count, featureCount: storedFeatureCount)
    let word = try reader.member(.precision).word(Precision.self)
    let serves = try reader.optionalMember(.precisionServes)?.bool() ?? false
    let precision = word == .double || serves ? word : .automatic
    do throws(ModelError) {
      try self.init(
        kernel: kernel, featureCount: featureCount, supportVectors: supportVectors,
        supportIndices: supportIndices, supportCounts: supportCounts,
        dualCoefficients: coefficients, biases: biases, precision: precision, layout: layout)
    } catch {
      throw reader.contradiction(error)
    }
  }
}
