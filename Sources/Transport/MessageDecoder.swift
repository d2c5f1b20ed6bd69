/// Reads a value from a ``MessageNode``.
struct MessageDecoder: Decoder {
  let node: MessageNode
  let codingPath: [any CodingKey]
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
    guard case .members(let members) = node.content else { throw unexpected("members") }
    return KeyedDecodingContainer(
      Keyed(
        members: Dictionary(members.map { ($0.key, $0.value) }) { first, _ in first },
        codingPath: codingPath))
  }

  func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
    guard case .list(let nodes) = node.content else { throw unexpected("a list") }
    return Unkeyed(nodes: nodes, codingPath: codingPath)
  }

  func singleValueContainer() -> any SingleValueDecodingContainer {
    Single(node: node, codingPath: codingPath)
  }

  private func unexpected(_ what: String) -> DecodingError {
    .dataCorrupted(.init(codingPath: codingPath, debugDescription: "expected \(what)"))
  }

  struct Keyed<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let members: [String: MessageNode]
    let codingPath: [any CodingKey]
    var allKeys: [Key] { members.keys.sorted().compactMap { Key(stringValue: $0) } }

    func contains(_ key: Key) -> Bool { members[key.stringValue] != nil }

    private func decoder(_ key: some CodingKey) throws -> MessageDecoder {
      guard let node = members[key.stringValue] else {
        throw DecodingError.keyNotFound(
          key, .init(codingPath: codingPath, debugDescription: "it is absent"))
      }
      return MessageDecoder(node: node, codingPath: codingPath + [key])
    }

    func decodeNil(forKey key: Key) throws -> Bool {
      if case .null = try decoder(key).node.content { true } else { false }
    }
    func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
      try decoder(key).singleValueContainer().decode(type)
    }
    func nestedContainer<Nested: CodingKey>(
      keyedBy type: Nested.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<Nested> { try decoder(key).container(keyedBy: type) }
    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
      try decoder(key).unkeyedContainer()
    }
    func superDecoder() throws -> any Decoder { try decoder(MessageKey(stringValue: "super")) }
    func superDecoder(forKey key: Key) throws -> any Decoder { try decoder(key) }
  }

  struct Unkeyed: UnkeyedDecodingContainer {
    let nodes: [MessageNode]
    let codingPath: [any CodingKey]
    private(set) var currentIndex = 0
    var count: Int? { nodes.count }
    var isAtEnd: Bool { currentIndex == nodes.count }

    init(nodes: [MessageNode], codingPath: [any CodingKey]) {
      self.nodes = nodes
      self.codingPath = codingPath
    }

    private mutating func next() throws -> MessageDecoder {
      guard !isAtEnd else {
        throw DecodingError.dataCorrupted(
          .init(codingPath: codingPath, debugDescription: "expected a further element"))
      }
      defer { currentIndex += 1 }
      return MessageDecoder(
        node: nodes[currentIndex],
        codingPath: codingPath + [MessageKey(intValue: currentIndex)])
    }

    mutating func decodeNil() throws -> Bool {
      guard !isAtEnd, case .null = nodes[currentIndex].content else { return false }
      currentIndex += 1
      return true
    }
    mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
      try next().singleValueContainer().decode(type)
    }
    mutating func nestedContainer<Nested: CodingKey>(
      keyedBy type: Nested.Type
    ) throws -> KeyedDecodingContainer<Nested> { try next().container(keyedBy: type) }
    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
      try next().unkeyedContainer()
    }
    mutating func superDecoder() throws -> any Decoder { try next() }
  }

  struct Single: SingleValueDecodingContainer {
    let node: MessageNode
    let codingPath: [any CodingKey]

    func decodeNil() -> Bool { if case .null = node.content { true } else { false } }

    func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
      var found: Any?
      switch node.content {
      case .bool(let value): found = value as? Value
      case .text(let text): found = text as? Value
      case .number(let value): found = value as? Value
      case .integer(let value):
        if type == Float.self {
          found = UInt32(exactly: value).map(Float.init(bitPattern:))
        } else if let integer = type as? any FixedWidthInteger.Type {
          found =
            !integer.isSigned && integer.bitWidth == Int64.bitWidth
            ? integer.init(truncatingIfNeeded: value) : integer.init(exactly: value)
        }
      case .null, .list, .members: break
      }
      // Not `found as? Value` alone: nothing at all would be an optional value that is nil.
      if let found, let value = found as? Value { return value }
      let isPlain = type is any FixedWidthInteger.Type || type is any BinaryFloatingPoint.Type
      guard !isPlain, type != Bool.self, type != String.self else {
        throw DecodingError.typeMismatch(
          type, .init(codingPath: codingPath, debugDescription: "it is something else"))
      }
      return try type.init(from: MessageDecoder(node: node, codingPath: codingPath))
    }
  }
}
