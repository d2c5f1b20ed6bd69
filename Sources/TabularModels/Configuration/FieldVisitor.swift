import Basics
import Tables

/// Goes through the fields of a configuration, to write or to read them.
///
/// Each field is visited in one place, for both ways: what is written can be read, nothing is forgotten,
/// and a digest of what is written counts every field.
package protocol FieldVisitor {
  /// Writes a value, or reads it where there is one.
  mutating func visit<Value>(
    _ key: String, _ value: inout Value, _ coding: FieldCoding<Value>
  ) throws(ConfigurationError)

  /// Goes through fields that stand together under a key.
  mutating func group(
    _ key: String, _ body: (inout Self) throws(ConfigurationError) -> Void
  ) throws(ConfigurationError)

  /// Whether values are read.
  var isReading: Bool { get }
}

extension FieldVisitor {
  /// Visits a field where null stands for nothing.
  package mutating func visitOptional<Value>(
    _ key: String, _ value: inout Value?, _ coding: FieldCoding<Value>
  ) throws(ConfigurationError) {
    try visit(key, &value, coding.optional)
  }

  /// Visits a list.
  package mutating func visitList<Value>(
    _ key: String, _ values: inout [Value], _ coding: FieldCoding<Value>
  ) throws(ConfigurationError) {
    try visit(key, &values, coding.list)
  }
}

/// Writes fields.
package struct FieldWriter: FieldVisitor {
  package private(set) var members: [JSONValue.Member] = []
  package var isReading: Bool { false }

  package mutating func visit<Value>(
    _ key: String, _ value: inout Value, _ coding: FieldCoding<Value>
  ) {
    members.append(.init(key, coding.write(value)))
  }

  package mutating func group(
    _ key: String, _ body: (inout FieldWriter) throws(ConfigurationError) -> Void
  ) throws(ConfigurationError) {
    var inner = FieldWriter()
    try body(&inner)
    members.append(.init(key, .object(inner.members)))
  }
}

/// Reads fields; those that are absent stay as they are.
package struct FieldReader: FieldVisitor {
  private let value: JSONValue?
  private let path: [String]
  private var known: [String] = []
  package var isReading: Bool { true }

  /// Reads an object.
  ///
  /// - Throws: ``ConfigurationError`` when the value is none.
  init(_ value: JSONValue?, path: [String] = []) throws(ConfigurationError) {
    if let value {
      guard case .object = value else {
        throw ConfigurationError(
          path: path, reason: FieldError(expected: "an object", found: value).reason)
      }
    }
    self.value = value
    self.path = path
  }

  package mutating func visit<Value>(
    _ key: String, _ value: inout Value, _ coding: FieldCoding<Value>
  ) throws(ConfigurationError) {
    known.append(key)
    guard let found = self.value?[key] else { return }
    do throws(FieldError) {
      value = try coding.read(found)
    } catch {
      throw ConfigurationError(path: path + [key] + error.path, reason: error.reason)
    }
  }

  package mutating func group(
    _ key: String, _ body: (inout FieldReader) throws(ConfigurationError) -> Void
  ) throws(ConfigurationError) {
    known.append(key)
    var inner = try FieldReader(value?[key], path: path + [key])
    try body(&inner)
    try inner.finish()
  }

  /// Refuses keys that no field has.
  package func finish() throws(ConfigurationError) {
    guard case .object(let members)? = value,
      let unknown = members.first(where: { !known.contains($0.key) })
    else { return }
    let suggestion = closestMatch(to: unknown.key, in: known)
    throw ConfigurationError(
      path: path + [unknown.key],
      reason: "there is no such key"
        + (suggestion == nil
          ? "; expected \(alternatives(known))" : MessageText.suggestion(suggestion)))
  }
}
