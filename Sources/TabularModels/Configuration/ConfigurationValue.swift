import Basics
import Tables

/// A configuration, or a part of one, in the form that JSON has.
package indirect enum ConfigurationValue: Sendable, Equatable {
  case null
  case bool(Bool)
  case integer(Int)
  case number(Double)
  case string(String)
  case array([ConfigurationValue])
  /// Members in order; no key occurs twice.
  case object([Member])

  /// A key and what it stands for.
  package struct Member: Sendable, Equatable {
    package var key: String
    package var value: ConfigurationValue

    package init(_ key: String, _ value: ConfigurationValue) {
      self.key = key
      self.value = value
    }
  }

  /// What a value is, as a part of a sentence: strings in quotes, other plain values as they are.
  var shown: String {
    switch self {
    case .null: "null"
    case .bool(let value): "\(value)"
    case .integer(let value): "\(value)"
    case .number(let value): "\(value)"
    case .string(let text): MessageText.quoted(text)
    case .array: "an array"
    case .object: "an object"
    }
  }

  /// The value as a finite number, if it is one.
  var asNumber: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .number(let value): value.isFinite ? value : nil
    default: nil
    }
  }

  /// The value as a whole number, if it is one.
  var asCount: Int? {
    switch self {
    case .integer(let value): value
    case .number(let value): Int(exactly: value)
    default: nil
    }
  }

  /// The member of an object, if there is one of that key.
  subscript(key: String) -> ConfigurationValue? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.key == key }?.value
  }
}

extension ConfigurationValue: Codable {
  private struct Key: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  package init(from decoder: any Decoder) throws {
    if let container = try? decoder.container(keyedBy: Key.self) {
      self = .object(
        try container.allKeys.map {
          Member($0.stringValue, try container.decode(ConfigurationValue.self, forKey: $0))
        })
      return
    }
    if var container = try? decoder.unkeyedContainer() {
      var elements: [ConfigurationValue] = []
      while !container.isAtEnd { elements.append(try container.decode(ConfigurationValue.self)) }
      self = .array(elements)
      return
    }
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Bool.self) {
      self = .bool(value)
    } else if let value = try? container.decode(Int.self) {
      self = .integer(value)
    } else if let value = try? container.decode(Double.self) {
      self = .number(value)
    } else {
      self = .string(try container.decode(String.self))
    }
  }

  package func encode(to encoder: any Encoder) throws {
    switch self {
    case .object(let members):
      var container = encoder.container(keyedBy: Key.self)
      for member in members {
        try container.encode(member.value, forKey: Key(stringValue: member.key))
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

/// A configuration that makes no sense: the path of a key, and what is wrong there.
public struct ConfigurationError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The keys that lead to the place, from the outside in.
  public let path: [String]
  /// What is wrong, as the end of a sentence.
  public let reason: String

  /// Names a place and what is wrong there.
  package init(path: [String], reason: String) {
    self.path = path
    self.reason = reason
  }

  /// `method.c: must be greater than 0, but is -1`.
  public var description: String {
    path.isEmpty ? reason : "\(path.joined(separator: ".")): \(reason)"
  }
}
