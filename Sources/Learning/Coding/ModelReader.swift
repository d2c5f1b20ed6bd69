import Basics
import LinearAlgebra

/// The header and the tensors of a model file, from which the parts of a model are read.
///
/// Anybody may have written the file: each part is checked where it is read, and by the initialiser of
/// what it becomes.
package struct ModelReader: Sendable {
  /// How errors call the file.
  package let name: String
  /// The JSON object that describes the model.
  package let header: JSONCursor
  /// The tensors.
  package let tensors: TensorReader

  /// Collects the parts of a file.
  package init(name: String, header: JSONCursor, tensors: TensorReader) {
    self.name = name
    self.header = header
    self.tensors = tensors
  }

  /// Makes a value of parts, whose contradictions are then the file's.
  package func consistent<Value>(
    _ make: () throws(ModelError) -> Value
  ) throws(ModelFileError) -> Value {
    do throws(ModelError) {
      return try make()
    } catch {
      throw contradiction(error)
    }
  }

  /// The error of parts that do not fit together.
  package func contradiction(_ error: ModelError) -> ModelFileError {
    ModelFileError(fileName: name, problem: .inconsistent(error.description))
  }

  /// An error in a tensor.
  package func failure(
    _ field: StoredField, _ problem: ModelFileError.Problem
  ) -> ModelFileError {
    tensors.failure(field.name, problem)
  }

  // MARK: Members of the header

  /// A member that must be there.
  package func member(_ field: StoredField) throws(ModelFileError) -> JSONCursor {
    try header.member(field.name)
  }

  /// A member, or `nil`.
  package func optionalMember(_ field: StoredField) throws(ModelFileError) -> JSONCursor? {
    try header.optionalMember(field.name)
  }

  /// A parameter of the training that is greater than 0; NaN where another program trained, which does
  /// not record it.
  package func positive(_ field: StoredField) throws(ModelFileError) -> Double {
    try trainingNumber(field, "a number greater than 0") { $0 > 0 }
  }

  /// A parameter of the training; NaN where another program trained, which does not record it.
  package func trainingNumber(
    _ field: StoredField, _ expected: String, where isValid: (Double) -> Bool
  ) throws(ModelFileError) -> Double {
    let cursor = try member(field)
    guard cursor.value == .null else { return try cursor.number(expected, where: isValid) }
    guard try problems().contains(where: { $0.certificate.stopReason == .imported }) else {
      throw cursor.failure(.mismatch(found: "null", expected: expected))
    }
    return .nan
  }

  /// The number of training rows.
  package func trainingCount() throws(ModelFileError) -> Int {
    try member(.trainingCount).integer(in: 1...Int.max)
  }

  /// The number of features.
  package func featureCount() throws(ModelFileError) -> Int {
    try member(.featureCount).integer(in: 0...Int(Int32.max))
  }

  /// The kernel.
  package func kernel() throws(ModelFileError) -> KernelFunction {
    try KernelJSON.kernel(try member(.kernel), try member(.kernelParameters))
  }

  /// What rows of each class counted, if the file says that.
  package func classWeights() throws(ModelFileError) -> [Double]? {
    guard let list = try optionalMember(.classWeights)?.nonNull else { return nil }
    var weights: [Double] = []
    for element in try list.elements() { weights.append(try element.number()) }
    return weights
  }

  // MARK: Tensors

  /// Doubles along one axis.
  package func vector(_ field: StoredField) throws(ModelFileError) -> [Double] {
    try tensors.vector(field.name)
  }

  /// Doubles along two axes, of which the second has a known size.
  package func matrix(
    _ field: StoredField, columnCount: Int
  ) throws(ModelFileError) -> Matrix<Double> {
    try tensors.matrix(field.name, columnCount: columnCount)
  }

  /// Counts or indices, none of them negative.
  package func counts(_ field: StoredField) throws(ModelFileError) -> [Int] {
    try tensors.counts(field.name)
  }

  /// Bytes along one axis.
  package func bytes(_ field: StoredField) throws(ModelFileError) -> [UInt8] {
    try tensors.bytes(field.name)
  }

  /// A table, stored as JSON text.
  package func json(_ field: StoredField) throws(ModelFileError) -> JSONCursor {
    try tensors.json(field.name)
  }

  /// Whether the file has a tensor.
  package func has(_ field: StoredField) -> Bool { tensors.has(field.name) }

  /// The names of the classes.
  package func classes() throws(ModelFileError) -> [String] {
    try json(.classes).strings()
  }
}

/// Collects what a model's parts write: members of the header and tensors.
package struct ModelWriter: Sendable {
  /// The members of the header.
  package private(set) var members: [JSONValue.Member] = []
  /// The tensors, by their names.
  package var tensors: [String: StoredTensor] = [:]

  /// Begins without any.
  package init() {}

  /// Adds a value: to the header, or as a tensor that holds JSON text.
  package mutating func store(_ value: JSONValue, as field: StoredField) {
    if field.isTensor {
      store(bytes: value.canonicalBytes, as: field)
    } else {
      members.append(.init(field.name, value))
    }
  }

  /// Adds bytes along one axis.
  package mutating func store(bytes: [UInt8], as field: StoredField) {
    tensors[field.name] = StoredTensor(.uint8(bytes), shape: [bytes.count])
  }

  /// Adds doubles along one axis.
  package mutating func store(_ vector: [Double], as field: StoredField) {
    tensors[field.name] = StoredTensor(.float64(vector), shape: [vector.count])
  }

  /// Adds doubles along two axes.
  package mutating func store(_ matrix: Matrix<Double>, as field: StoredField) {
    tensors[field.name] = StoredTensor(
      .float64(matrix.elements), shape: [matrix.rowCount, matrix.columnCount])
  }

  /// Adds counts or indices along one axis.
  package mutating func store(_ counts: [Int], as field: StoredField) {
    tensors[field.name] = StoredTensor(.int64(counts.map(Int64.init)), shape: [counts.count])
  }
}
