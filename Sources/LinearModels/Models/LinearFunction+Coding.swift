import Basics
import Learning

// A linear function, and how it was found, in a model file.

extension StoredField {
  fileprivate static let weights = tensor(
    "weights", "F64 [outputs, d]", "of each feature, or of each component of the map")
  /// What a linear model pays for errors; no other model has it.
  package static let loss = member(
    "loss", LinearLoss.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", "))
  /// What is paid for the bias.
  package static let intercept = member(
    "intercept", "\"free\", null for none, or the scale of a regularised one")
}

extension LinearFunction {
  /// What a file holds of it besides what every model file has.
  package static let storedFields: [StoredField] = [.weights, .biases]

  /// Writes weights and biases.
  package func encode(to writer: inout ModelWriter) {
    writer.store(weights, as: .weights)
    writer.store(biases, as: .biases)
  }

  /// Reads a function of this many features.
  package init(from reader: ModelReader, featureCount: Int) throws(ModelFileError) {
    let weights = try reader.matrix(.weights, columnCount: featureCount)
    let biases = try reader.vector(.biases)
    self = try reader.consistent { () throws(ModelError) in
      try LinearFunction(weights: weights, biases: biases)
    }
  }
}

extension Intercept {
  /// The word for a bias that nothing is paid for.
  private static let freeWord = "free"

  /// As a model file holds it.
  package var json: JSONValue {
    switch self {
    case .free: .string(Self.freeWord)
    case .none: .null
    case .regularized(let scale): .number(scale)
    }
  }

  /// Reads what ``json`` wrote.
  package init(from reader: ModelReader) throws(ModelFileError) {
    guard let cursor = try reader.member(.intercept).nonNull else {
      self = .none
      return
    }
    if case .string(let word) = cursor.value {
      guard word == Self.freeWord else { throw cursor.unknown(word, [Self.freeWord]) }
      self = .free
    } else {
      self = .regularized(try cursor.number("a number greater than 0") { $0 > 0 })
    }
  }
}
