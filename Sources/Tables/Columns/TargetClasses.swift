/// The classes that a target column names, and the class of each row.
public struct TargetClasses: Sendable, Equatable {
  /// The classes' names: numbers ascending by value and printed as short as possible, texts by their
  /// UTF-8 bytes.
  public let names: [String]
  /// For each row the index of its class.
  public let codes: [Int]

  /// Finds the classes of a target column.
  ///
  /// In a column of numbers `+1`, `1` and `1.0` are one class.
  ///
  /// - Parameters:
  ///   - column: The target.
  ///   - rows: The rows to take, in this order, or `nil` for all; none has a missing value.
  public init(_ column: TableColumn, rows: [Int]? = nil) {
    let rows = rows ?? Array(0..<column.rowCount)
    switch column.values {
    case .numbers(let numbers):
      // Adding 0 makes −0 plain 0.
      let values = Set(rows.map { numbers[$0] + 0 }).sorted()
      let indices = Dictionary(uniqueKeysWithValues: values.enumerated().map { ($1, $0) })
      names = values.map(NumberText.shortest)
      codes = rows.map { row in
        guard let code = indices[numbers[row] + 0] else {
          preconditionFailure("row \(row) of column \(column.name) has no class")
        }
        return code
      }
    case .categories(let levels, let levelCodes):
      let used = Set(rows.map { levelCodes[$0] }).sorted()
      precondition(used.first ?? 0 >= 0, "column \(column.name) has rows without a class")
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

/// Finds the class that a text names, among the classes of a model.
public struct ClassIndex: Sendable {
  private var byText: [String: Int] = [:]
  private var byValue: [Double: Int]? = [:]

  /// Makes an index.
  ///
  /// - Parameter names: The classes' names, as ``TargetClasses/names`` has them. When all are numbers,
  ///   texts name the class with their value, however they are spelled.
  public init(names: [String]) {
    for (code, name) in names.enumerated() {
      byText[name] = code
      if case .number(let value) = NumberParser.parse(name) {
        byValue?[value + 0] = code
      } else {
        byValue = nil
      }
    }
  }

  /// The index of the class that a text names, or `nil` when no class has that name.
  public func code(for text: String) -> Int? {
    if let code = byText[text] { return code }
    guard let byValue, case .number(let value) = NumberParser.parse(text) else { return nil }
    return byValue[value + 0]
  }
}
