import Basics

extension TableRow {
  /// Makes a row of a value whose properties are its columns.
  ///
  /// ```swift
  /// struct Flower: Encodable { var petal_length: Double; var petal_width: Double; var colour: String? }
  /// let row = try TableRow(encoding: Flower(petal_length: 1.4, petal_width: 0.2, colour: nil))
  /// ```
  ///
  /// - Parameter value: A structure or dictionary of numbers, texts, truth values and optionals of these.
  /// - Throws: `EncodingError` when a property is something else, such as a list.
  public init(encoding value: some Encodable) throws {
    let encoder = TableRowEncoder()
    try value.encode(to: encoder)
    self = encoder.storage.row
  }
}

/// Collects the properties of one value.
private final class TableRowEncoder: Encoder {
  /// What was encoded so far, shared with the encoder's containers.
  final class Storage {
    var row = TableRow()
  }

  let storage = Storage()
  let codingPath: [any CodingKey] = []
  let userInfo: [CodingUserInfoKey: Any] = [:]

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
    KeyedEncodingContainer(Properties<Key>(storage: storage))
  }

  func unkeyedContainer() -> any UnkeyedEncodingContainer { Refusal(codingPath: []) }
  func singleValueContainer() -> any SingleValueEncodingContainer { Refusal(codingPath: []) }
}

private struct Properties<Key: CodingKey>: KeyedEncodingContainerProtocol {
  let storage: TableRowEncoder.Storage
  let codingPath: [any CodingKey] = []

  func encodeNil(forKey key: Key) { storage.row[key.stringValue] = .missing }

  func encode(_ value: some Encodable, forKey key: Key) throws {
    let encoder = FieldEncoder(codingPath: [key])
    try value.encode(to: encoder)
    storage.row[key.stringValue] = encoder.field.value
  }

  // Without these two the compiler's own code leaves nil out, and the column with it.
  func encodeIfPresent(_ value: (some Encodable)?, forKey key: Key) throws {
    if let value { try encode(value, forKey: key) } else { encodeNil(forKey: key) }
  }

  func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type, forKey key: Key
  ) -> KeyedEncodingContainer<Nested> {
    KeyedEncodingContainer(RefusedProperties<Nested>(codingPath: [key]))
  }

  func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
    Refusal(codingPath: [key])
  }

  func superEncoder() -> any Encoder { FieldEncoder(codingPath: []) }
  func superEncoder(forKey key: Key) -> any Encoder { FieldEncoder(codingPath: [key]) }
}

/// Takes one value of a property: a number, a text, a truth value or nothing.
private final class FieldEncoder: Encoder, SingleValueEncodingContainer {
  final class Field {
    var value = TableValue.missing
  }

  let field = Field()
  let codingPath: [any CodingKey]
  let userInfo: [CodingUserInfoKey: Any] = [:]

  init(codingPath: [any CodingKey]) { self.codingPath = codingPath }

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
    KeyedEncodingContainer(RefusedProperties<Key>(codingPath: codingPath))
  }

  func unkeyedContainer() -> any UnkeyedEncodingContainer { Refusal(codingPath: codingPath) }
  func singleValueContainer() -> any SingleValueEncodingContainer { self }

  func encodeNil() { field.value = .missing }
  func encode(_ value: Bool) { field.value = TableValue(booleanLiteral: value) }
  func encode(_ value: String) { field.value = .text(value) }
  func encode(_ value: Double) { field.value = .number(value) }
  func encode(_ value: Float) { field.value = .number(Double(value)) }
  func encode(_ value: Int) { encodeWhole(value) }
  func encode(_ value: Int8) { encodeWhole(value) }
  func encode(_ value: Int16) { encodeWhole(value) }
  func encode(_ value: Int32) { encodeWhole(value) }
  func encode(_ value: Int64) { encodeWhole(value) }
  func encode(_ value: UInt) { encodeWhole(value) }
  func encode(_ value: UInt8) { encodeWhole(value) }
  func encode(_ value: UInt16) { encodeWhole(value) }
  func encode(_ value: UInt32) { encodeWhole(value) }
  func encode(_ value: UInt64) { encodeWhole(value) }
  func encode(_ value: some Encodable) throws { try value.encode(to: self) }

  /// A whole number that a Double cannot hold stays what a file has for it.
  private func encodeWhole(_ value: some BinaryInteger) {
    field.value = Double(exactly: value).map { .number($0) } ?? .text("\(value)")
  }
}

/// Says that a column holds single values.
private func refusal(_ value: Any, _ codingPath: [any CodingKey]) -> EncodingError {
  let name = codingPath.last.map { MessageText.quoted($0.stringValue) } ?? "the row"
  return .invalidValue(
    value,
    EncodingError.Context(
      codingPath: codingPath,
      debugDescription: "\(name) must be a number, a text, a truth value or nil"
        + (codingPath.isEmpty ? " for each column" : "")))
}

/// Rejects every value: where a column would hold a list, or a row would be no structure.
private struct Refusal: UnkeyedEncodingContainer, SingleValueEncodingContainer {
  let codingPath: [any CodingKey]
  let count = 0

  func encodeNil() throws { throw refusal("nil", codingPath) }
  func encode(_ value: some Encodable) throws { throw refusal(value, codingPath) }

  func nestedContainer<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
    KeyedEncodingContainer(RefusedProperties<Key>(codingPath: codingPath))
  }

  func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { self }
  func superEncoder() -> any Encoder { FieldEncoder(codingPath: codingPath) }
}

/// Rejects every property: a column is not a structure.
private struct RefusedProperties<Key: CodingKey>: KeyedEncodingContainerProtocol {
  let codingPath: [any CodingKey]

  func encodeNil(forKey key: Key) throws { throw refusal("nil", codingPath) }
  func encode(_ value: some Encodable, forKey key: Key) throws { throw refusal(value, codingPath) }

  func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type, forKey key: Key
  ) -> KeyedEncodingContainer<Nested> {
    KeyedEncodingContainer(RefusedProperties<Nested>(codingPath: codingPath))
  }

  func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
    Refusal(codingPath: codingPath)
  }

  func superEncoder() -> any Encoder { FieldEncoder(codingPath: codingPath) }
  func superEncoder(forKey key: Key) -> any Encoder { FieldEncoder(codingPath: codingPath) }
}
