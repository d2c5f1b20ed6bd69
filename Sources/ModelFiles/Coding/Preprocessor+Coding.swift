import Basics
import Learning
import Tables

// How rows become features, in a model file: the word in the header, LIBSVM text, scaling. Tables are in
// TablePreprocessor+Coding.swift.

extension StoredField {
  static let preprocessing = member(
    "preprocessing", "\"table\", \"libsvm\" or \"features\": what a row is")
  static let preprocessor = tensor(
    "preprocessing", "U8",
    "JSON: columns used and unused, categories, missing values; unless rows are features")
  fileprivate static let scalingOffsets = tensor(
    "scaling.offsets", "F64 [d]", "feature = (x − offset) · factor; unless nothing is scaled")
  fileprivate static let scalingFactors = tensor("scaling.factors", "F64 [d]", "the same")

  /// The tensors of scaling.
  static let scaling = [scalingOffsets, scalingFactors]
}

private enum RowKind: String, CaseIterable {
  case table
  case libsvm
  case features
}

extension ModelWriter {
  /// Adds how rows become features; `nil` when they are features already.
  mutating func store(_ preprocessor: Preprocessor?) {
    let kind: RowKind
    switch preprocessor {
    case nil: kind = .features
    case .libsvm(let preprocessor)?:
      kind = .libsvm
      store(
        [
          "zeroBased": .bool(preprocessor.isZeroBased),
          "scaling": .string(preprocessor.scaler.scaling.rawValue),
        ], as: .preprocessor)
      store(preprocessor.scaler)
    case .table(let preprocessor)?:
      kind = .table
      preprocessor.encode(to: &self)
      store(preprocessor.scaler)
    }
    store(.string(kind.rawValue), as: .preprocessing)
  }

  private mutating func store(_ scaler: FeatureScaler) {
    guard scaler.scaling != .none else { return }
    store(scaler.offsets, as: .scalingOffsets)
    store(scaler.factors, as: .scalingFactors)
  }
}

extension ModelReader {
  /// How rows become features, or `nil` when they are features already.
  func preprocessor() throws(ModelFileError) -> Preprocessor? {
    switch try member(.preprocessing).word(RowKind.self) {
    case .features: return nil
    case .libsvm:
      let cursor = try json(.preprocessor)
      try cursor.requireKeys(["scaling", "zeroBased"])
      return .libsvm(
        LIBSVMPreprocessor(
          isZeroBased: try cursor.member("zeroBased").bool(), scaler: try scaler(cursor)))
    case .table:
      return .table(try TablePreprocessor(from: self))
    }
  }

  /// The scaling that a preprocessor names.
  func scaler(_ cursor: JSONCursor) throws(ModelFileError) -> FeatureScaler {
    let scaling = try cursor.member("scaling").word(Scaling.self)
    let featureCount = try featureCount()
    let offsets = scaling == .none ? [] : try vector(.scalingOffsets)
    let factors = scaling == .none ? [] : try vector(.scalingFactors)
    do throws(PreprocessorError) {
      return try FeatureScaler(
        scaling: scaling, featureCount: featureCount, offsets: offsets, factors: factors)
    } catch {
      throw cursor.failure(.inconsistent(error.description))
    }
  }
}

extension Preprocessor {
  /// The tensors that a file holds of it.
  var storedTensors: [StoredField] {
    switch self {
    case .libsvm(let preprocessor): [.preprocessor] + preprocessor.scaler.storedTensors
    case .table(let preprocessor):
      [.preprocessor] + preprocessor.scaler.storedTensors + preprocessor.textTensors
    }
  }
}

extension FeatureScaler {
  fileprivate var storedTensors: [StoredField] { scaling == .none ? [] : StoredField.scaling }
}
