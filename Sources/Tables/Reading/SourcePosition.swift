import Basics

/// A place in a text file, printed as `file:line:column` so that editors can jump to it.
package struct SourcePosition: Sendable, Hashable, Codable {
  /// The file as the user named it; standard input is `<stdin>`.
  package let file: String
  /// The physical line, counted from 1; also inside quoted fields that span lines.
  package let line: Int
  /// The byte in the line, counted from 1; a byte-order mark does not count.
  package let column: Int

  /// Makes a position.
  ///
  /// - Parameters:
  ///   - file: The file as the user named it.
  ///   - line: The physical line, from 1.
  ///   - column: The byte in the line, from 1.
  package init(file: String, line: Int, column: Int) {
    self.file = file
    self.line = line
    self.column = column
  }
}

extension SourcePosition: CustomStringConvertible {
  /// The position as `file:line:column`.
  package var description: String { "\(MessageText.path(file)):\(line):\(column)" }
}

/// Which field of a record, for messages: its number from 1 and its column's name.
package struct FieldName: Sendable, Hashable, Codable {
  /// The field's number in its record, from 1.
  package let number: Int
  /// The name of the field's column.
  package let name: String

  /// Makes a field's name.
  ///
  /// - Parameters:
  ///   - number: The field's number in its record, from 1.
  ///   - name: The name of its column.
  package init(number: Int, name: String) {
    self.number = number
    self.name = name
  }
}

extension FieldName: CustomStringConvertible {
  /// The field as messages name it, such as `field 3 (petal_length)`.
  package var description: String { "field \(number) (\(MessageText.plain(name)))" }
}
