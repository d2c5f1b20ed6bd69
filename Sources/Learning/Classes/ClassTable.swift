import Basics

/// The classes of some examples, and each example's class.
///
/// When every label is a finite number, classes are numbers: `+1`, `1` and `1.0` are one class,
/// written as shortly as possible, and classes ascend by value. Otherwise classes are the texts
/// themselves and ascend by their UTF-8 bytes.
package struct ClassTable: Sendable, Equatable {
  /// The class names in order.
  package let names: [String]
  /// Each label's index into `names`.
  package let codes: [Int]

  /// Finds the classes.
  ///
  /// - Parameter labels: One label for each example.
  /// - Complexity: O(n log k) for k classes.
  package init(_ labels: [String]) {
    let (distinct, places) = Self.distinct(labels)
    let numbers = distinct.compactMap(Self.number)
    let order: [Int]
    if numbers.count == distinct.count {
      let values = Set(numbers).sorted()
      names = values.map(NumberText.shortest)
      let position = Dictionary(uniqueKeysWithValues: values.enumerated().map { ($1, $0) })
      order = numbers.map { position[$0] ?? 0 }
    } else {
      let sorted = distinct.indices.sorted {
        distinct[$0].utf8.lexicographicallyPrecedes(distinct[$1].utf8)
      }
      names = sorted.map { distinct[$0] }
      var positions = [Int](repeating: 0, count: sorted.count)
      for (position, place) in sorted.enumerated() { positions[place] = position }
      order = positions
    }
    codes = places.map { order[$0] }
  }

  /// A label is compared with this many before it is looked up in a dictionary: most tables have few classes.
  private static let comparedCount = 6

  /// The different texts in the order in which they come, and each text's place among them.
  private static func distinct(_ labels: [String]) -> (texts: [String], places: [Int]) {
    var texts: [String] = []
    var found: [String: Int] = [:]
    let places = labels.map { label in
      if let place = texts.prefix(comparedCount).firstIndex(of: label) { return place }
      if let place = found[label] { return place }
      found[label] = texts.count
      texts.append(label)
      return texts.count - 1
    }
    return (texts, places)
  }

  /// Classes whose names are kept as they are, whatever they look like: where others
  /// decided that `007` and `7` are two classes, they stay two.
  ///
  /// - Parameters:
  ///   - names: Distinct class names in order.
  ///   - codes: Each label's index into `names`.
  package init(names: [String], codes: [Int]) {
    self.names = names
    self.codes = codes
  }

  /// The labels of some examples, and the classes that occur among them, with the names they have.
  ///
  /// - Parameter rows: Indices of examples.
  /// - Returns: The labels in the order of `rows`.
  package func selecting(_ rows: some Collection<Int>) -> ClassTable {
    var occurs = [Bool](repeating: false, count: names.count)
    for row in rows { occurs[codes[row]] = true }
    let kept = names.indices.filter { occurs[$0] }
    var position = [Int](repeating: 0, count: names.count)
    for (index, old) in kept.enumerated() { position[old] = index }
    return ClassTable(names: kept.map { names[$0] }, codes: rows.map { position[codes[$0]] })
  }

  /// The finite decimal number that a label is; −0 is 0, and `0x10` or `nan` are texts.
  private static func number(_ label: String) -> Double? {
    guard label.utf8.allSatisfy({ "0123456789+-.eE".utf8.contains($0) }),
      let number = Double(label), number.isFinite
    else { return nil }
    return number + 0
  }

  /// The index of one label's class, or `nil` when it is none of them.
  ///
  /// - Parameters:
  ///   - label: A label, written in any of the ways that training accepts.
  ///   - classes: Class names as `names` has them.
  /// - Returns: An index into `classes`.
  package static func index(of label: String, in classes: [String]) -> Int? {
    if let index = classes.firstIndex(of: label) { return index }
    guard let number = number(label) else { return nil }
    return classes.firstIndex { Self.number($0) == number }
  }
}
