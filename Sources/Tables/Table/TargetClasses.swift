import Basics

/// The classes that a target column names, and the class of each row.
package struct TargetClasses: Sendable, Equatable {
  /// The classes' names: numbers ascending by value and printed as short as possible, or with the zeros
  /// behind the point that the file writes (`1.0`), texts by their UTF-8 bytes.
  package let names: [String]
  /// For each row the index of its class.
  package let codes: [Int]

  /// Finds the classes of a target column.
  ///
  /// In a column of numbers `+1`, `1` and `1.0` are one class. Whole numbers of more digits than a Double
  /// holds keep their digits, and so does what the user takes for categories.
  ///
  /// - Parameters:
  ///   - column: The target.
  ///   - rows: The rows to take, in this order, or `nil` for all; none has a missing value.
  package init(_ column: TableColumn, rows: [Int]? = nil) {
    let rows = rows ?? Array(0..<column.rowCount)
    let column = column.isInexact ? column.asTexts : column
    switch column.values {
    case .numbers(let numbers):
      // Adding 0 makes −0 plain 0.
      let values = Set(rows.map { numbers[$0] + 0 }).sorted()
      let indices = Dictionary(uniqueKeysWithValues: values.enumerated().map { ($1, $0) })
      names = values.map { NumberText.shortest($0, zeros: column.wholeNumberDecimals) }
      codes = rows.map { row in
        guard let code = indices[numbers[row] + 0] else {
          preconditionFailure("row \(row) of column \(column.name) has no class")
        }
        return code
      }
    case .categories(let levels, let levelCodes):
      var used = Set(rows.map { levelCodes[$0] }).sorted()
      precondition(used.first ?? 0 >= 0, "column \(column.name) has rows without a class")
      if column.keepsSpelling { used = Self.ordered(used, levels) }
      let indices = Dictionary(uniqueKeysWithValues: used.enumerated().map { (Int($1), $0) })
      names = used.map { levels[Int($0)] }
      codes = rows.map { row in
        guard let code = indices[Int(levelCodes[row])] else {
          preconditionFailure("row \(row) of column \(column.name) has no class")
        }
        return code
      }
    }
  }
}

extension TargetClasses {
  /// Levels by their values if all are numbers, else as they are; of equal values the shorter text
  /// comes first.
  fileprivate static func ordered(_ used: [Int32], _ levels: [String]) -> [Int32] {
    var values: [Int32: Double] = [:]
    for level in used {
      guard case .number(let value) = NumberParser.parse(levels[Int(level)]) else { return used }
      values[level] = value
    }
    func key(_ level: Int32) -> (Double, Int, Int32) {
      (values[level] ?? 0, levels[Int(level)].utf8.count, level)
    }
    return used.sorted { key($0) < key($1) }
  }
}

/// Finds the class that a text names, among the classes of a model.
package struct ClassIndex: Sendable {
  private var byText: [String: Int] = [:]
  /// The class of each value; `nil` for a value that several names have.
  private var byValue: [Double: Int?]? = [:]

  /// Makes an index.
  ///
  /// - Parameter names: The classes' names, as `TargetClasses/names` has them. When all are numbers,
  ///   texts name the class with their value, however they are spelled, unless several have it.
  package init(names: [String]) {
    for (code, name) in names.enumerated() {
      byText[name] = code
      if case .number(let value) = NumberParser.parse(name) {
        let key = value + 0
        let isTaken = byValue?[key] != nil
        byValue?[key] = isTaken ? .some(nil) : .some(code)
      } else {
        byValue = nil
      }
    }
  }

  /// The index of the class that a text names, or `nil` when no class has that name.
  package func code(for text: String) -> Int? {
    if let code = byText[text] { return code }
    guard let byValue, case .number(let value) = NumberParser.parse(text) else { return nil }
    // Digits that a Double does not hold name another class, if any.
    guard NumberTrait(ofText: text) != .inexact else { return nil }
    return byValue[value + 0] ?? nil
  }
}
