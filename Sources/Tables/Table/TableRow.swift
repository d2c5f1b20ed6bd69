import Basics

/// One value of a row in memory.
public enum TableValue: Sendable, Equatable {
  /// A number; NaN is missing.
  case number(Double)
  /// A text, as a field of a file would hold it.
  case text(String)
  /// Nothing.
  case missing
}

extension TableValue: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByStringLiteral, ExpressibleByBooleanLiteral, ExpressibleByNilLiteral
{
  /// A number.
  public init(floatLiteral value: Double) { self = .number(value) }
  /// A whole number.
  public init(integerLiteral value: Int) { self = .number(Double(value)) }
  /// A text.
  public init(stringLiteral value: String) { self = .text(value) }
  /// A truth value is the text that a file has for it, `true` or `false`.
  public init(booleanLiteral value: Bool) { self = .text("\(value)") }
  /// Nothing.
  public init(nilLiteral: ()) { self = .missing }
}

/// A row in memory: values by the names of their columns.
///
/// ```swift
/// let row: TableRow = ["petal_length": 1.4, "petal_width": 0.2, "colour": "violet"]
/// ```
public struct TableRow: Sendable, Equatable {
  /// The values, in the order in which they were given.
  package private(set) var values: [(name: String, value: TableValue)] = []
  /// Where each name's value is.
  private var places: [String: Int] = [:]

  /// Collects values.
  ///
  /// - Parameter values: Names and values; of a name that occurs twice the last value counts.
  public init(_ values: some Sequence<(name: String, value: TableValue)> = []) {
    for (name, value) in values { self[name] = value }
  }

  /// The value of a column, or `nil` when the row says nothing of it.
  public subscript(name: String) -> TableValue? {
    get { places[name].map { values[$0].value } }
    set {
      switch (places[name], newValue) {
      case (let place?, let value?): values[place].value = value
      case (let place?, nil):
        values.remove(at: place)
        places[name] = nil
        for index in place..<values.count { places[values[index].name] = index }
      case (nil, let value?):
        places[name] = values.count
        values.append((name, value))
      case (nil, nil): break
      }
    }
  }

  /// Whether rows have the same values in the same order.
  public static func == (one: TableRow, other: TableRow) -> Bool {
    one.values.count == other.values.count
      && zip(one.values, other.values).allSatisfy { $0.name == $1.name && $0.value == $1.value }
  }
}

extension TableRow: ExpressibleByDictionaryLiteral {
  /// Collects the values of a literal.
  public init(dictionaryLiteral elements: (String, TableValue)...) {
    self.init(elements.map { (name: $0.0, value: $0.1) })
  }
}

extension Table {
  /// Makes a table of rows in memory.
  ///
  /// A column is there when a row names it; the rows that do not have no value. It holds numbers when
  /// all its values are, and texts otherwise, numbers among them as they are written shortly.
  ///
  /// - Parameters:
  ///   - rows: At least one, which has at least one value.
  ///   - name: What messages call the table.
  /// - Throws: ``TableError``.
  /// - Complexity: O(rows · columns) look-ups of names.
  public init(rows: [TableRow], name: String = "table") throws(TableError) {
    var names: [String] = []
    var places: [String: Int] = [:]
    for row in rows {
      for value in row.values where places[value.name] == nil {
        places[value.name] = names.count
        names.append(value.name)
      }
    }
    var columns = [[TableValue]](
      repeating: [TableValue](repeating: .missing, count: rows.count), count: names.count)
    for (index, row) in rows.enumerated() {
      for (name, value) in row.values {
        if let place = places[name] { columns[place][index] = value }
      }
    }
    try self.init(
      columns: zip(names, columns).map { TableColumn(name: $0, values: $1) }, name: name)
  }
}

extension TableColumn {
  /// Makes a column of values: of numbers when all that are not missing are numbers, else of texts.
  init(name: String, values: [TableValue]) {
    let hasTexts = values.contains { if case .text = $0 { true } else { false } }
    guard hasTexts else {
      self.init(
        name: name,
        numbers: values.map { if case .number(let number) = $0 { number } else { .nan } })
      return
    }
    self.init(
      name: name,
      texts: values.map { value in
        switch value {
        case .text(let text): text
        case .number(let number): number.isNaN ? nil : NumberText.shortest(number)
        case .missing: nil
        }
      })
  }
}
