/// One value for each variable of a program, or for each example: where all are the same, as most bounds are, one number
/// stands for them.
///
/// On several machines every rank has the program of all examples.
package struct ProgramValues<Value: BitwiseCopyable & Sendable>: RandomAccessCollection, Sendable {
  @usableFromInline
  package enum Storage: Sendable {
    case same(Value, count: Int)
    case list([Value])
  }

  @usableFromInline package var storage: Storage

  /// No values.
  @inlinable
  package init() { storage = .list([]) }

  /// The same value for all.
  @inlinable
  package init(repeating value: Value, count: Int) { storage = .same(value, count: count) }

  /// Takes values over, as one if all have the same bits.
  @inlinable
  package init(_ values: some Collection<Value>) {
    if let same = values as? Self {
      self = same
      return
    }
    guard let first = values.first, values.allSatisfy({ Self.areSame($0, first) }) else {
      storage = .list(Array(values))
      return
    }
    storage = .same(first, count: values.count)
  }

  /// Adds a value at the end.
  @inlinable
  package mutating func append(_ value: Value) {
    switch storage {
    case .list(let list) where list.isEmpty: storage = .same(value, count: 1)
    case .same(let first, let count) where Self.areSame(value, first):
      storage = .same(first, count: count + 1)
    case .same(let first, let count):
      storage = .list(Array(repeating: first, count: count) + [value])
    case .list(var list):
      // One owner, so that nothing is copied.
      storage = .list([])
      list.append(value)
      storage = .list(list)
    }
  }

  /// Whether two values are equal to the bit: 0 and −0 are not.
  @inlinable
  package static func areSame(_ left: Value, _ right: Value) -> Bool {
    unsafe withUnsafeBytes(of: left) { left in
      unsafe withUnsafeBytes(of: right) { right in unsafe left.elementsEqual(right) }
    }
  }

  /// The values, and once more.
  var twice: Self {
    switch storage {
    case .same(let value, let count): Self(repeating: value, count: 2 * count)
    case .list(let list): Self(list + list)
    }
  }

  /// The values one by one, for loops in other modules: those over the values themselves are not specialised
  /// there, and take a call for each.
  package var array: [Value] {
    switch storage {
    case .same(let value, let count): Array(repeating: value, count: count)
    case .list(let list): list
    }
  }

  /// The value of all, if one stands for them.
  @inlinable
  package var common: Value? { if case .same(let value, _) = storage { value } else { nil } }

  @inlinable
  package var startIndex: Int { 0 }
  @inlinable
  package var endIndex: Int {
    switch storage {
    case .same(_, let count): count
    case .list(let list): list.count
    }
  }

  @inlinable
  package subscript(position: Int) -> Value {
    switch storage {
    case .same(let value, let count):
      precondition(position >= 0 && position < count, "there are \(count) values, not \(position)")
      return value
    case .list(let list): return list[position]
    }
  }
}

extension ProgramValues: ExpressibleByArrayLiteral {
  package init(arrayLiteral elements: Value...) { self.init(elements) }
}

extension ProgramValues: Equatable where Value: Equatable {
  package static func == (left: Self, right: Self) -> Bool { left.elementsEqual(right) }
}

/// e(t), the example of each variable: mostly the examples in their order, once or several times over.
package struct ExampleIndices: RandomAccessCollection, Sendable, Equatable {
  @usableFromInline package let list: [Int32]?
  /// The number of examples.
  package let exampleCount: Int
  /// How many times the examples are gone through; 0 if there is a list.
  package let passes: Int

  /// All examples in their order, this many times.
  @inlinable
  package init(of exampleCount: Int, passes: Int = 1) {
    list = nil
    self.exampleCount = exampleCount
    self.passes = passes
  }

  /// Takes a list over.
  @inlinable
  package init(_ list: [Int32], of exampleCount: Int) {
    let passes = exampleCount > 0 ? list.count / exampleCount : 0
    let isInOrder =
      passes * exampleCount == list.count
      && list.indices.allSatisfy { Int(list[$0]) == $0 % exampleCount }
    self.list = isInOrder ? nil : list
    self.exampleCount = exampleCount
    self.passes = isInOrder ? passes : 0
  }

  @inlinable
  package var startIndex: Int { 0 }
  @inlinable
  package var endIndex: Int { list?.count ?? passes * exampleCount }

  @inlinable
  package subscript(position: Int) -> Int32 {
    if let list { return list[position] }
    precondition(
      position >= 0 && position < endIndex, "there are \(endIndex) variables, not \(position)")
    return Int32(passes == 1 ? position : position % exampleCount)
  }
}
