import Basics
import Learning

// The container of a model file, as the safetensors format defines it:
//
//   bytes 0 ..< 8        n, the header's length: an unsigned 64-bit integer, little-endian
//   bytes 8 ..< 8 + n    the header: a JSON object, padded with blanks so that n is a multiple of 8
//   bytes 8 + n ...      the tensors' elements, little-endian, row after row, without holes
//
// The header maps each tensor's name to {"dtype": "F64", "shape": [s, d], "data_offsets": [b, e]},
// where b and e count from the end of the header, and "__metadata__" to an object of strings.
// Tensors follow each other from the widest element type to the narrowest, so that each is aligned
// to its own width.
//
// Nothing in such a file can execute, and any reader of the format opens it.

/// Named tensors and strings, and the bytes of a safetensors file that holds them.
///
/// Equal values give equal bytes: keys are sorted, and the order of the data depends on types and
/// names alone.
package struct SafetensorsFile: Equatable, Sendable {
  /// The longest header that readers of the format accept, in bytes.
  package static let headerLimit = 100_000_000
  /// The most axes that a tensor may have here.
  package static let axisLimit = 8

  package var metadata: [String: String]
  package var tensors: [String: Tensor]

  package init(metadata: [String: String] = [:], tensors: [String: Tensor] = [:]) {
    self.metadata = metadata
    self.tensors = tensors
  }

  /// Elements and their shape; see Learning.
  package typealias Tensor = StoredTensor
  /// The types of elements.
  package typealias ElementType = StoredTensor.ElementType
  /// The elements of a tensor.
  package typealias Elements = StoredTensor.Elements
}

// MARK: Writing

extension SafetensorsFile {
  /// The file's bytes.
  ///
  /// - Parameter name: How errors call the file.
  /// - Returns: Header and data.
  /// - Throws: `ModelFileError` when the header would be longer than ``headerLimit``.
  package func bytes(name: String) throws(ModelFileError) -> [UInt8] {
    let ordered = tensorsInFileOrder
    var members: [JSONValue.Member] = []
    if !metadata.isEmpty {
      members.append(
        JSONValue.Member(
          "__metadata__",
          .object(metadata.map { JSONValue.Member($0.key, .string($0.value)) })))
    }
    var end = 0
    for (tensorName, tensor) in ordered {
      let begin = end
      end += tensor.elements.count * tensor.elements.type.width
      members.append(
        JSONValue.Member(
          tensorName,
          [
            "dtype": .string(tensor.elements.type.rawValue),
            "shape": .array(tensor.shape.map(JSONValue.integer)),
            "data_offsets": .array([.integer(begin), .integer(end)]),
          ]))
    }
    var header = JSONValue.object(members).canonicalBytes
    let padding = (8 - header.count % 8) % 8
    header.append(contentsOf: repeatElement(UInt8(ascii: " "), count: padding))
    guard header.count <= Self.headerLimit else {
      throw ModelFileError(
        fileName: name, place: ["header"],
        problem: .unsupported(
          "its header would take \(header.count) bytes, more than \(Self.headerLimit)"))
    }

    var bytes: [UInt8] = []
    bytes.reserveCapacity(8 + header.count + end)
    for shift in 0..<8 {
      bytes.append(UInt8(truncatingIfNeeded: header.count >> (8 * shift)))
    }
    bytes.append(contentsOf: header)
    for (_, tensor) in ordered {
      unsafe tensor.elements.withLittleEndianBytes { unsafe bytes.append(contentsOf: $0) }
    }
    return bytes
  }

  /// From the widest type to the narrowest; within a type by name.
  private var tensorsInFileOrder: [(name: String, tensor: Tensor)] {
    let order = ElementType.allCases
    return tensors.map { (name: $0.key, tensor: $0.value) }.sorted { left, right in
      let leftPlace = order.firstIndex(of: left.tensor.elements.type) ?? 0
      let rightPlace = order.firstIndex(of: right.tensor.elements.type) ?? 0
      return leftPlace == rightPlace
        ? left.name.utf8.lexicographicallyPrecedes(right.name.utf8) : leftPlace < rightPlace
    }
  }
}

extension StoredTensor.Elements {
  /// Calls a closure with the elements as a file holds them.
  package func withLittleEndianBytes<Result>(
    _ body: (UnsafeRawBufferPointer) throws -> Result
  ) rethrows -> Result {
    #if _endian(little)
      switch self {
      case .float64(let values): try unsafe values.withUnsafeBytes(body)
      case .float32(let values): try unsafe values.withUnsafeBytes(body)
      case .int64(let values): try unsafe values.withUnsafeBytes(body)
      case .int32(let values): try unsafe values.withUnsafeBytes(body)
      case .uint8(let values): try unsafe values.withUnsafeBytes(body)
      }
    #else
      switch self {
      case .float64(let values):
        try unsafe values.map(\.bitPattern.littleEndian).withUnsafeBytes(body)
      case .float32(let values):
        try unsafe values.map(\.bitPattern.littleEndian).withUnsafeBytes(body)
      case .int64(let values): try unsafe values.map(\.littleEndian).withUnsafeBytes(body)
      case .int32(let values): try unsafe values.map(\.littleEndian).withUnsafeBytes(body)
      case .uint8(let values): try unsafe values.withUnsafeBytes(body)
      }
    #endif
  }
}
