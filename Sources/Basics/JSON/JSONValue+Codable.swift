// A JSON value inside a value of another coding, as `JSONEncoder` and `JSONDecoder` make of a configuration.

extension JSONValue: Codable {
  private struct MemberKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  package init(from decoder: any Decoder) throws {
    if let container = try Self.attempt({ try decoder.container(keyedBy: MemberKey.self) }) {
      self = .object(
        try container.allKeys.map {
          Member($0.stringValue, try container.decode(JSONValue.self, forKey: $0))
        })
      return
    }
    if var container = try Self.attempt({ try decoder.unkeyedContainer() }) {
      var elements: [JSONValue] = []
      while !container.isAtEnd { elements.append(try container.decode(JSONValue.self)) }
      self = .array(elements)
      return
    }
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let value = try Self.attempt({ try container.decode(Bool.self) }) {
      self = .bool(value)
    } else if let value = try Self.attempt({ try container.decode(Int.self) }) {
      self = .integer(value)
    } else if let value = try Self.attempt({ try container.decode(Double.self) }) {
      self = .number(value)
    } else {
      self = .string(try container.decode(String.self))
    }
  }

  /// What a decoder has of a kind, or `nil` for another kind.
  ///
  /// Decoders tell the kind of a value only by refusing the others, a fraction that is asked for as an
  /// integer with errors which are not `DecodingError`s. A value that is of no kind is refused by the
  /// last question, which stands alone.
  private static func attempt<Found>(_ body: () throws -> Found) throws -> Found? {
    do {
      return try body()
    } catch {
      return nil
    }
  }

  package func encode(to encoder: any Encoder) throws {
    switch self {
    case .object(let members):
      var container = encoder.container(keyedBy: MemberKey.self)
      for member in members {
        try container.encode(member.value, forKey: MemberKey(stringValue: member.key))
      }
    case .array(let elements):
      var container = encoder.unkeyedContainer()
      for element in elements { try container.encode(element) }
    case .null:
      var container = encoder.singleValueContainer()
      try container.encodeNil()
    case .bool(let value): try Self.encode(value, to: encoder)
    case .integer(let value): try Self.encode(value, to: encoder)
    case .number(let value): try Self.encode(value, to: encoder)
    case .string(let value): try Self.encode(value, to: encoder)
    }
  }

  private static func encode(_ value: some Encodable, to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(value)
  }
}
