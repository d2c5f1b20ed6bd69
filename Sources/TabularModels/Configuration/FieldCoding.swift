import Basics
import Tables

/// How a field of a configuration is written, and read and checked.
package struct FieldCoding<Value>: Sendable {
  /// The value as JSON has it.
  package let write: @Sendable (Value) -> JSONValue
  /// Reads a value; the error is what is wrong with it, as the end of a sentence.
  package let read: @Sendable (JSONValue) throws(FieldError) -> Value
}

/// What is wrong with the value of a field.
package struct FieldError: Error {
  /// The end of a sentence, such as `must be greater than 0, but is -1`.
  package let reason: String
  /// Keys and element numbers below the field that lead to the place.
  package var path: [String] = []

  init(_ reason: String) { self.reason = reason }

  init(expected: String, found: JSONValue) {
    reason = "must be \(expected), but is \(found.shown)"
  }

  /// A word that is none of those that may stand there.
  init(_ word: String, among words: [String], aliases: [String] = []) {
    reason =
      "\(MessageText.quoted(word)) is unknown; expected \(alternatives(words))"
      + MessageText.suggestion(closestMatch(to: word, in: words + aliases))
  }
}

/// `a, b or c`.
func alternatives(_ words: [String]) -> String {
  guard let last = words.last, words.count > 1 else { return words.first ?? "" }
  return words.dropLast().joined(separator: ", ") + " or " + last
}

extension FieldCoding where Value == Bool {
  package static var flag: FieldCoding {
    FieldCoding(
      write: JSONValue.bool,
      read: { value throws(FieldError) in
        guard case .bool(let flag) = value else {
          throw FieldError(expected: "true or false", found: value)
        }
        return flag
      })
  }
}

extension FieldCoding where Value == String {
  package static var text: FieldCoding {
    FieldCoding(
      write: JSONValue.string,
      read: { value throws(FieldError) in
        guard case .string(let text) = value else {
          throw FieldError(expected: "a text", found: value)
        }
        return text
      })
  }
}

extension FieldCoding where Value == Double {
  package static func number(_ range: NumberRange) -> FieldCoding {
    FieldCoding(
      write: JSONValue.number,
      read: { value throws(FieldError) in
        guard let number = value.asNumber else {
          let words = range.isUnlimited ? "" : " \(range.description)"
          throw FieldError(expected: "a number\(words)", found: value)
        }
        guard range.contains(number) else {
          throw FieldError(expected: range.description, found: value)
        }
        return number
      })
  }
}

extension FieldCoding where Value == Int {
  package static func count(_ range: ClosedRange<Int>) -> FieldCoding {
    FieldCoding(
      write: JSONValue.integer,
      read: { value throws(FieldError) in
        guard let count = value.asCount, range.contains(count) else {
          throw FieldError(
            expected: range.upperBound == Int.max
              ? "a whole number of at least \(range.lowerBound)"
              : "a whole number from \(range.lowerBound) to \(range.upperBound)",
            found: value)
        }
        return count
      })
  }
}

extension FieldCoding where Value == UInt64 {
  /// A number that JSON's readers keep exactly, or its digits as a text.
  package static var seed: FieldCoding {
    FieldCoding(
      write: { seed in
        // Beyond 2⁵³ other readers round.
        seed < 1 << 53 ? .integer(Int(seed)) : .string(String(seed))
      },
      read: { value throws(FieldError) in
        if case .string(let text) = value, let seed = UInt64(text) { return seed }
        guard case .integer(let seed) = value, seed >= 0 else {
          throw FieldError(expected: "a whole number from 0 to \(UInt64.max)", found: value)
        }
        return UInt64(seed)
      })
  }
}

extension FieldCoding where Value: RawRepresentable<String> & CaseIterable & Sendable {
  package static var word: FieldCoding {
    let words = Value.allCases.map(\.rawValue)
    return FieldCoding(
      write: { .string($0.rawValue) },
      read: { value throws(FieldError) in
        guard case .string(let text) = value else {
          throw FieldError(expected: alternatives(words), found: value)
        }
        guard let word = Value(rawValue: text) else { throw FieldError(text, among: words) }
        return word
      })
  }
}

extension FieldCoding {
  /// The same field where null stands for nothing.
  package var optional: FieldCoding<Value?> {
    FieldCoding<Value?>(
      write: { $0.map(write) ?? .null },
      read: { value throws(FieldError) in value == .null ? nil : try read(value) })
  }

  /// A list of such values.
  package var list: FieldCoding<[Value]> {
    FieldCoding<[Value]>(
      write: { .array($0.map(write)) },
      read: { value throws(FieldError) in
        guard case .array(let elements) = value else {
          throw FieldError(expected: "an array", found: value)
        }
        var values: [Value] = []
        for (index, element) in elements.enumerated() {
          do throws(FieldError) {
            values.append(try read(element))
          } catch {
            throw error.below("\(index + 1)")
          }
        }
        return values
      })
  }
}

extension FieldError {
  /// The same error of a part of the field.
  func below(_ key: String) -> FieldError {
    var error = self
    error.path.insert(key, at: 0)
    return error
  }
}

/// A value of several fields.
package protocol FieldStructure: Sendable {
  /// Goes through all fields.
  mutating func visitFields(_ visitor: inout some FieldVisitor) throws(ConfigurationError)
}

extension FieldStructure {
  /// All fields, written.
  package var json: JSONValue {
    var copy = self
    var writer = FieldWriter()
    do throws(ConfigurationError) {
      try copy.visitFields(&writer)
    } catch {
      preconditionFailure("a field cannot be written: \(error)")
    }
    return .object(writer.members)
  }

  /// Reads the fields that there are; the others stay as they are.
  package mutating func read(_ value: JSONValue) throws(ConfigurationError) {
    var reader = try FieldReader(value)
    try visitFields(&reader)
    try reader.finish()
  }
}

extension FieldCoding where Value: FieldStructure {
  /// An object with the fields of a value.
  ///
  /// - Parameter initial: The value of which those that are absent are taken.
  /// - Returns: The coding.
  package static func fields(of initial: Value) -> FieldCoding {
    FieldCoding(
      write: { $0.json },
      read: { value throws(FieldError) in
        var result = initial
        do throws(ConfigurationError) {
          try result.read(value)
        } catch {
          var inner = FieldError(error.reason)
          inner.path = error.path
          throw inner
        }
        return result
      })
  }
}
