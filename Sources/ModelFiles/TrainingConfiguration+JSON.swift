import Basics
import TabularModels

// Configurations as JSON text.

extension FieldStructure {
  /// Every field.
  package var json: JSONValue { JSONValue(fields) }
}

extension TrainingConfiguration {
  /// Reads a configuration; keys that are absent have their defaults.
  ///
  /// - Throws: `ConfigurationError` for unknown keys, values of another kind, and values out of range.
  package init(_ json: JSONValue) throws(ConfigurationError) {
    try self.init(ConfigurationValue(json))
  }
}

extension JSONValue {
  fileprivate init(_ value: ConfigurationValue) {
    self =
      switch value {
      case .null: .null
      case .bool(let value): .bool(value)
      case .integer(let value): .integer(value)
      case .number(let value): .number(value)
      case .string(let text): .string(text)
      case .array(let elements): .array(elements.map { JSONValue($0) })
      case .object(let members):
        .object(members.map { Member($0.key, JSONValue($0.value)) })
      }
  }
}

extension ConfigurationValue {
  fileprivate init(_ json: JSONValue) {
    self =
      switch json {
      case .null: .null
      case .bool(let value): .bool(value)
      case .integer(let value): .integer(value)
      case .number(let value): .number(value)
      case .string(let text): .string(text)
      case .array(let elements): .array(elements.map { ConfigurationValue($0) })
      case .object(let members):
        .object(members.map { Member($0.key, ConfigurationValue($0.value)) })
      }
  }
}
