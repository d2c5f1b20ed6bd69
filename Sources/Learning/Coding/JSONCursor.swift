import Basics

/// A JSON value together with its place in a file, so that whatever is wrong with it can be
/// reported with its position.
package struct JSONCursor: Sendable {
  package let fileName: String
  package let place: [String]
  package let value: JSONValue

  package init(_ value: JSONValue, fileName: String, place: [String]) {
    self.value = value
    self.fileName = fileName
    self.place = place
  }

  /// Reads JSON text.
  package static func parsing(
    _ bytes: some Collection<UInt8>, fileName: String, place: [String]
  ) throws(ModelFileError) -> JSONCursor {
    do throws(JSONError) {
      return JSONCursor(try JSONValue(parsing: bytes), fileName: fileName, place: place)
    } catch {
      throw ModelFileError(
        fileName: fileName, place: place,
        problem: .json(byteOffset: error.byteOffset, reason: error.reason))
    }
  }

  package func failure(_ problem: ModelFileError.Problem) -> ModelFileError {
    ModelFileError(fileName: fileName, place: place, problem: problem)
  }

  private func kindMismatch(_ expected: String) -> ModelFileError {
    failure(.mismatch(found: value.kind, expected: expected))
  }

  // MARK: Objects

  /// The members of an object, in the order of the text.
  package func members() throws(ModelFileError) -> [(key: String, value: JSONCursor)] {
    guard case .object(let members) = value else { throw kindMismatch("an object") }
    return members.map { member in
      (member.key, JSONCursor(member.value, fileName: fileName, place: place + [member.key]))
    }
  }

  /// The member of an object that must be there.
  package func member(_ key: String) throws(ModelFileError) -> JSONCursor {
    guard let member = try optionalMember(key) else {
      throw ModelFileError(fileName: fileName, place: place + [key], problem: .missing)
    }
    return member
  }

  /// A member of an object, or `nil`.
  package func optionalMember(_ key: String) throws(ModelFileError) -> JSONCursor? {
    guard case .object(let members) = value else { throw kindMismatch("an object") }
    guard let member = members.first(where: { $0.key == key }) else { return nil }
    return JSONCursor(member.value, fileName: fileName, place: place + [key])
  }

  /// Checks that an object has members of these names and no others.
  package func requireKeys(_ keys: Set<String>, optional: Set<String> = [])
    throws(ModelFileError)
  {
    // A table may hold very many objects: places are worked out only for an error.
    guard case .object(let members) = value else { throw kindMismatch("an object") }
    var found = 0
    for member in members {
      if keys.contains(member.key) {
        found += 1
      } else if !optional.contains(member.key) {
        throw JSONCursor(member.value, fileName: fileName, place: place + [member.key])
          .failure(.unexpected)
      }
    }
    // No key occurs twice.
    guard found < keys.count else { return }
    for key in keys.sorted() { _ = try member(key) }
  }

  // MARK: Values

  /// The elements of an array.
  package func elements() throws(ModelFileError) -> [JSONCursor] {
    guard case .array(let elements) = value else { throw kindMismatch("an array") }
    return elements.enumerated().map { index, element in
      JSONCursor(element, fileName: fileName, place: place + ["element \(index + 1)"])
    }
  }

  /// The elements of an array of strings.
  ///
  /// An array may be long: places are worked out only for an error.
  package func strings() throws(ModelFileError) -> [String] {
    guard case .array(let elements) = value else { throw kindMismatch("an array") }
    var strings: [String] = []
    strings.reserveCapacity(elements.count)
    for (index, element) in elements.enumerated() {
      guard case .string(let string) = element else {
        throw try self.elements()[index].kindMismatch("a string")
      }
      strings.append(string)
    }
    return strings
  }

  package func string() throws(ModelFileError) -> String {
    guard case .string(let string) = value else { throw kindMismatch("a string") }
    return string
  }

  package func bool() throws(ModelFileError) -> Bool {
    guard case .bool(let bool) = value else { throw kindMismatch("true or false") }
    return bool
  }

  package func integer(in range: ClosedRange<Int>) throws(ModelFileError) -> Int {
    guard case .integer(let integer) = value else { throw kindMismatch("a whole number") }
    guard range.contains(integer) else {
      throw failure(
        .mismatch(
          found: "\(integer)",
          expected: range.upperBound == Int.max
            ? "at least \(range.lowerBound)" : "\(range.lowerBound) to \(range.upperBound)"))
    }
    return integer
  }

  /// A finite number, in a range that the text describes.
  package func number(
    _ expected: String = "a number", where isValid: (Double) -> Bool = { _ in true }
  ) throws(ModelFileError) -> Double {
    let number: Double
    switch value {
    case .integer(let integer): number = Double(integer)
    case .number(let value): number = value
    default: throw kindMismatch(expected)
    }
    guard isValid(number) else {
      throw failure(.mismatch(found: "\(number)", expected: expected))
    }
    return number
  }

  /// One of the words that an enumeration stands for.
  package func word<Word: RawRepresentable & CaseIterable>(_ type: Word.Type)
    throws(ModelFileError) -> Word where Word.RawValue == String
  {
    let text = try string()
    guard let word = Word(rawValue: text) else {
      throw unknown(text, Word.allCases.map(\.rawValue))
    }
    return word
  }

  /// The error for a word that is none of those expected.
  ///
  /// - Parameters:
  ///   - word: The word found.
  ///   - expected: The words that may stand here.
  ///   - aliases: Further words that a user may have had in mind.
  /// - Returns: The error, with a suggestion when one of the words is close.
  package func unknown(_ word: String, _ expected: [String], aliases: [String] = [])
    -> ModelFileError
  {
    failure(
      .unknownWord(
        word, expected: expected, suggestion: closestMatch(to: word, in: expected + aliases)))
  }

  /// `nil` for null.
  package var nonNull: JSONCursor? { value == .null ? nil : self }
}
