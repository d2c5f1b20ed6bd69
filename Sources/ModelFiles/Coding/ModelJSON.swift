import Basics
import Learning

// A model as JSON that people can read: the same metadata and tensors as in a model file (see
// ModelLayout.swift), laid out as
//
//   {
//     "format": "support-vectors model", "formatVersion": "1", "programVersion": "0.1.0",
//     "model": { "formulation": "c-svc", "kernel": "gaussian", … },
//     "tables": { "classes": ["no", "yes"], "preprocessing": { … }, "problems": [ … ] },
//     "tensors": {
//       "biases": { "type": "F64", "shape": [1], "values": [0.25] },
//       "supportVectors": { "type": "F64", "shape": [2, 3], "values": [
//         [1.0, 0.5, -1.0],
//         [0.0, 2.0, 0.1]
//       ] }
//     }
//   }
//
// Reading makes the metadata and tensors again, and hands them to the decoder of model files, so that
// both forms are checked by the same code. Doubles are written in the fewest digits that read back as
// the same double. It has no digest: people may change the text.

/// The metadata and tensors of a model file as readable JSON, both ways.
struct ModelJSON {
  let name: String

  private static let texts = [
    ModelLayout.format, ModelLayout.formatVersion, ModelLayout.programVersion,
  ]
  private static let tables = "tables"
  private static let tensors = "tensors"

  // MARK: Writing

  /// The text, with a line end at its end.
  func text(of file: SafetensorsFile) throws(ModelFileError) -> String {
    var members: [JSONValue.Member] = []
    for key in Self.texts {
      if let text = file.metadata[key] { members.append(.init(key, .string(text))) }
    }
    let model = try JSONCursor.parsing(
      Array((file.metadata[ModelLayout.model] ?? "{}").utf8), fileName: name,
      place: [ModelLayout.model])
    members.append(.init(ModelLayout.model, model.value))
    var tables: [JSONValue.Member] = []
    var tensors: [JSONValue.Member] = []
    for (key, tensor) in file.tensors.sorted(by: { $0.key < $1.key }) {
      if let table = Self.table(tensor) {
        tables.append(.init(key, table))
      } else {
        tensors.append(.init(key, Self.value(tensor)))
      }
    }
    members.append(.init(Self.tables, .object(tables)))
    members.append(.init(Self.tensors, .object(tensors)))
    return JSONValue.object(members).text(.rows) + "\n"
  }

  /// What a tensor of JSON text says, if that text is the only one that says it.
  private static func table(_ tensor: SafetensorsFile.Tensor) -> JSONValue? {
    guard tensor.shape.count == 1, case .uint8(let bytes) = tensor.elements else { return nil }
    do throws(JSONError) {
      let value = try JSONValue(parsing: bytes)
      return value.canonicalBytes == bytes ? value : nil
    } catch {
      return nil
    }
  }

  private static func value(_ tensor: SafetensorsFile.Tensor) -> JSONValue {
    let elements: [JSONValue] =
      switch tensor.elements {
      case .float64(let values): values.map(JSONValue.number)
      // Every Float is a Double, and comes back as the same Float.
      case .float32(let values): values.map { .number(Double($0)) }
      case .int64(let values): values.map { .integer(Int($0)) }
      case .int32(let values): values.map { .integer(Int($0)) }
      case .uint8(let values): values.map { .integer(Int($0)) }
      }
    return [
      "type": .string(tensor.elements.type.rawValue),
      "shape": .array(tensor.shape.map(JSONValue.integer)),
      "values": nested(elements[...], shape: tensor.shape[...]),
    ]
  }

  private static func nested(
    _ elements: ArraySlice<JSONValue>, shape: ArraySlice<Int>
  ) -> JSONValue {
    guard shape.count > 1, let rowCount = shape.first else { return .array(Array(elements)) }
    let width = rowCount == 0 ? 0 : elements.count / rowCount
    return .array(
      (0..<rowCount).map { row in
        let start = elements.startIndex + row * width
        return nested(elements[start..<start + width], shape: shape.dropFirst())
      })
  }

  // MARK: Reading

  /// Whether bytes begin as JSON does and a safetensors file does not.
  ///
  /// The latter's fifth to eighth byte are zeros, because headers are short.
  static func isBeginning(_ bytes: [UInt8]) -> Bool {
    let isBlank: (UInt8) -> Bool = { [0x20, 0x0A, 0x0D, 0x09].contains($0) }
    guard bytes.first(where: { !isBlank($0) }) == UInt8(ascii: "{") else { return false }
    return bytes.count < 8 || bytes[4..<8].contains { $0 != 0 }
  }

  /// The metadata and tensors that a text stands for.
  func file(parsing bytes: [UInt8]) throws(ModelFileError) -> SafetensorsFile {
    let document = try JSONCursor.parsing(bytes, fileName: name, place: [])
    guard try document.optionalMember(ModelLayout.format) != nil else {
      throw ModelFileError(
        fileName: name,
        problem: .notAModel(
          "JSON of another program, such as XGBoost; a model of svm comes from 'svm train'"))
    }
    try document.requireKeys(Set(Self.texts + [ModelLayout.model, Self.tables, Self.tensors]))
    var file = SafetensorsFile()
    for key in Self.texts { file.metadata[key] = try document.member(key).string() }
    file.metadata[ModelLayout.model] = try document.member(ModelLayout.model).value.text()
    for (key, table) in try document.member(Self.tables).members() {
      let bytes = table.value.canonicalBytes
      file.tensors[key] = .init(.uint8(bytes), shape: [bytes.count])
    }
    for (key, cursor) in try document.member(Self.tensors).members() {
      guard file.tensors[key] == nil else { throw cursor.failure(.unexpected) }
      file.tensors[key] = try tensor(cursor)
    }
    file.metadata[ModelLayout.digest] = file.contentDigest
    return file
  }

  private func tensor(_ cursor: JSONCursor) throws(ModelFileError) -> SafetensorsFile.Tensor {
    try cursor.requireKeys(["type", "shape", "values"])
    var shape: [Int] = []
    for size in try cursor.member("shape").elements() {
      shape.append(try size.integer(in: 0...Int.max))
    }
    guard (1...SafetensorsFile.axisLimit).contains(shape.count) else {
      throw try cursor.member("shape").failure(
        .mismatch(
          found: "a list of \(shape.count)", expected: "1 to \(SafetensorsFile.axisLimit) sizes"))
    }
    let typeCursor = try cursor.member("type")
    let type = try typeCursor.word(SafetensorsFile.ElementType.self)
    let values = try cursor.member("values")
    var flat: [JSONValue] = []
    try flatten(values, shape: shape[...], into: &flat)
    // With a size of 0 the nested lists say nothing about the sizes after it.
    guard SafetensorsFile.Tensor.elementCount(shape) == flat.count else {
      throw values.failure(
        .mismatch(found: "a list of \(flat.count) values", expected: "the shape \(shape)"))
    }
    let elements: SafetensorsFile.Elements =
      switch type {
      case .float64: .float64(try numbers(flat, values))
      case .float32: .float32(try numbers(flat, values).map(Float.init))
      case .int64: .int64(try integers(flat, values))
      case .int32: .int32(try integers(flat, values))
      case .uint8: .uint8(try integers(flat, values))
      }
    return .init(elements, shape: shape)
  }

  private func flatten(
    _ cursor: JSONCursor, shape: ArraySlice<Int>, into flat: inout [JSONValue]
  ) throws(ModelFileError) {
    guard case .array(let elements) = cursor.value else {
      throw cursor.failure(.mismatch(found: cursor.value.kind, expected: "an array"))
    }
    guard elements.count == shape.first else {
      throw cursor.failure(
        .mismatch(found: "a list of \(elements.count)", expected: "\(shape.first ?? 0)"))
    }
    guard shape.count > 1 else {
      flat.append(contentsOf: elements)
      return
    }
    for element in try cursor.elements() {
      try flatten(element, shape: shape.dropFirst(), into: &flat)
    }
  }

  private func numbers(_ values: [JSONValue], _ cursor: JSONCursor) throws(ModelFileError)
    -> [Double]
  {
    var numbers: [Double] = []
    numbers.reserveCapacity(values.count)
    for value in values {
      switch value {
      case .number(let number): numbers.append(number)
      case .integer(let integer): numbers.append(Double(integer))
      default: throw cursor.failure(.mismatch(found: value.kind, expected: "numbers alone"))
      }
    }
    return numbers
  }

  private func integers<Integer: FixedWidthInteger>(
    _ values: [JSONValue], _ cursor: JSONCursor
  ) throws(ModelFileError) -> [Integer] {
    var integers: [Integer] = []
    integers.reserveCapacity(values.count)
    for value in values {
      guard case .integer(let integer) = value, let exact = Integer(exactly: integer) else {
        throw cursor.failure(
          .mismatch(
            found: value.kind, expected: "whole numbers of \(Integer.bitWidth) bits alone"))
      }
      integers.append(exact)
    }
    return integers
  }
}
