import LinearAlgebra

/// The tensors of a file, each by the type and number of axes that a model expects of it.
package struct TensorReader: Sendable {
  private let tensors: [String: StoredTensor]
  private let name: String

  /// Reads tensors.
  ///
  /// - Parameters:
  ///   - tensors: All of the file.
  ///   - name: How errors call the file.
  package init(_ tensors: [String: StoredTensor], name: String) {
    self.tensors = tensors
    self.name = name
  }

  package func failure(_ tensor: String, _ problem: ModelFileError.Problem) -> ModelFileError {
    ModelFileError(fileName: name, place: ["tensor \(tensor)"], problem: problem)
  }

  /// Whether the file has a tensor.
  package func has(_ tensor: String) -> Bool { tensors[tensor] != nil }

  /// Checks that the file has these tensors and no others.
  package func requireNames(_ names: Set<String>) throws(ModelFileError) {
    for tensor in tensors.keys.sorted() where !names.contains(tensor) {
      throw failure(tensor, .unexpected)
    }
    for tensor in names.sorted() { _ = try self.tensor(tensor) }
  }

  private func tensor(_ tensor: String) throws(ModelFileError) -> StoredTensor {
    guard let found = tensors[tensor] else { throw failure(tensor, .missing) }
    return found
  }

  private func tensor(_ name: String, axes: Int) throws(ModelFileError) -> StoredTensor {
    let tensor = try tensor(name)
    guard tensor.shape.count == axes else {
      throw failure(
        name,
        .mismatch(found: "of shape \(tensor.shape)", expected: axes == 1 ? "one axis" : "two axes"))
    }
    return tensor
  }

  private func wrongType(_ tensor: String, _ found: StoredTensor.ElementType, _ expected: String)
    -> ModelFileError
  {
    failure(tensor, .mismatch(found: "of type \(found.rawValue)", expected: expected))
  }

  /// Doubles along one axis; whether they are finite is checked by what they become.
  package func vector(_ name: String) throws(ModelFileError) -> [Double] {
    let elements = try tensor(name, axes: 1).elements
    guard case .float64(let values) = elements else { throw wrongType(name, elements.type, "F64") }
    return values
  }

  /// Doubles along two axes, of which the second has a known size.
  package func matrix(_ name: String, columnCount: Int) throws(ModelFileError) -> Matrix<Double> {
    let tensor = try tensor(name, axes: 2)
    guard case .float64(let values) = tensor.elements else {
      throw wrongType(name, tensor.elements.type, "F64")
    }
    guard tensor.shape[1] == columnCount else {
      throw failure(
        name, .mismatch(found: "\(tensor.shape[1]) columns wide", expected: "\(columnCount)"))
    }
    do throws(LinearAlgebraError) {
      return try Matrix(rowCount: tensor.shape[0], columnCount: columnCount, elements: values)
    } catch {
      throw failure(name, .inconsistent(error.description))
    }
  }

  /// Counts or indices, none of them negative.
  package func counts(_ name: String) throws(ModelFileError) -> [Int] {
    let elements = try tensor(name, axes: 1).elements
    guard case .int64(let values) = elements else { throw wrongType(name, elements.type, "I64") }
    if let negative = values.first(where: { $0 < 0 }) {
      throw failure(name, .mismatch(found: "\(negative) in one place", expected: "at least 0"))
    }
    return values.map(Int.init)
  }

  /// Floats along one axis.
  package func floats(_ name: String) throws(ModelFileError) -> [Float] {
    let elements = try tensor(name, axes: 1).elements
    guard case .float32(let values) = elements else { throw wrongType(name, elements.type, "F32") }
    return values
  }

  package func int32(_ name: String) throws(ModelFileError) -> [Int32] {
    let elements = try tensor(name, axes: 1).elements
    guard case .int32(let values) = elements else { throw wrongType(name, elements.type, "I32") }
    return values
  }

  package func bytes(_ name: String) throws(ModelFileError) -> [UInt8] {
    let elements = try tensor(name, axes: 1).elements
    guard case .uint8(let bytes) = elements else { throw wrongType(name, elements.type, "U8") }
    return bytes
  }

  /// A table, stored as JSON text.
  package func json(_ name: String) throws(ModelFileError) -> JSONCursor {
    let bytes = try bytes(name)
    return try JSONCursor.parsing(bytes, fileName: self.name, place: ["tensor \(name)"])
  }
}
