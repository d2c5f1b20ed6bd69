import Basics

/// A configuration that makes no sense: the path of a key, and what is wrong there.
public struct ConfigurationError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The keys that lead to the place, from the outside in.
  package let path: [String]
  /// What is wrong, as the end of a sentence.
  package let reason: String

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

// What fields ask of a value.
extension JSONValue {
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
  subscript(key: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.key == key }?.value
  }
}
