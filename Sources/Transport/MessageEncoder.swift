/// Fills a ``MessageNode`` with what a value says of itself.
struct MessageEncoder: Encoder {
  let node: MessageNode
  var codingPath: [any CodingKey] { [] }
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
    if case .members = node.content {} else { node.content = .members([]) }
    return KeyedEncodingContainer(Keyed(node: node))
  }

  func unkeyedContainer() -> any UnkeyedEncodingContainer {
    node.content = .list([])
    return Unkeyed(node: node)
  }

  func singleValueContainer() -> any SingleValueEncodingContainer { Single(node: node) }

  struct Keyed<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let node: MessageNode
    var codingPath: [any CodingKey] { [] }

    private func member(_ key: some CodingKey) -> MessageNode {
      let member = MessageNode()
      node.append(key.stringValue, member)
      return member
    }

    func encodeNil(forKey key: Key) { _ = member(key) }
    func encode(_ value: some Encodable, forKey key: Key) throws {
      try Single(node: member(key)).encode(value)
    }
    func nestedContainer<Nested: CodingKey>(
      keyedBy type: Nested.Type, forKey key: Key
    ) -> KeyedEncodingContainer<Nested> {
      MessageEncoder(node: member(key)).container(keyedBy: type)
    }
    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
      MessageEncoder(node: member(key)).unkeyedContainer()
    }
    func superEncoder() -> any Encoder {
      MessageEncoder(node: member(MessageKey(stringValue: "super")))
    }
    func superEncoder(forKey key: Key) -> any Encoder { MessageEncoder(node: member(key)) }
  }

  struct Unkeyed: UnkeyedEncodingContainer {
    let node: MessageNode
    var codingPath: [any CodingKey] { [] }
    private(set) var count = 0

    private mutating func element() -> MessageNode {
      let element = MessageNode()
      node.append(element)
      count += 1
      return element
    }

    mutating func encodeNil() { _ = element() }
    mutating func encode(_ value: some Encodable) throws {
      try Single(node: element()).encode(value)
    }
    mutating func nestedContainer<Nested: CodingKey>(
      keyedBy type: Nested.Type
    ) -> KeyedEncodingContainer<Nested> {
      MessageEncoder(node: element()).container(keyedBy: type)
    }
    mutating func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
      MessageEncoder(node: element()).unkeyedContainer()
    }
    mutating func superEncoder() -> any Encoder { MessageEncoder(node: element()) }
  }

  struct Single: SingleValueEncodingContainer {
    let node: MessageNode
    var codingPath: [any CodingKey] { [] }

    func encodeNil() { node.content = .null }

    func encode(_ value: some Encodable) throws {
      switch value {
      case let value as Bool: node.content = .bool(value)
      case let value as String: node.content = .text(value)
      case let value as Double: node.content = .number(value)
      // Not as a Double: a signalling NaN would be another one there.
      case let value as Float: node.content = .integer(Int64(value.bitPattern))
      case let value as UInt64: node.content = .integer(Int64(bitPattern: value))
      case let value as any BinaryInteger: node.content = .integer(Int64(truncatingIfNeeded: value))
      default: try value.encode(to: MessageEncoder(node: node))
      }
    }
  }
}
