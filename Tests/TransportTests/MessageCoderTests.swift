import Basics
import TestSupport
import Testing

@testable import Transport

/// A value of every shape that `Codable` makes.
private struct Shapes: Codable, Equatable {
  enum Choice: Codable, Equatable {
    case none
    case unlabelled(Int, String)
    indirect case nested(value: Choice?)
  }

  enum Word: String, Codable { case first, second = "zwei" }

  struct Empty: Codable, Equatable {}

  var truth: Bool
  var text: String
  var integers: [Int]
  var small: Int8
  var unsigned: UInt64
  var word: Word
  var choice: Choice
  var absent: Int?
  var present: Int?
  var optionals: [String?]
  var lists: [[Double]]
  var byName: [String: Double]
  var byNumber: [Int: String]
  var set: Set<Int>
  var empty: Empty
  var range: ClosedRange<Int>
  var single: Single

  /// A value that is nothing but another one.
  struct Single: Codable, Equatable, RawRepresentable {
    var rawValue: UInt16
  }

  init(_ random: inout SeededGenerator) {
    truth = Bool.random(using: &random)
    text = (0..<Int.random(in: 0...20, using: &random)).map { _ in
      ["a", "é", "🙂", "\"", "\n", "\0", "\u{301}"].randomElement(using: &random) ?? ""
    }.joined()
    integers = (0..<Int.random(in: 0...4, using: &random)).map { _ in
      [Int.min, -1, 0, 1, Int.max].randomElement(using: &random) ?? 0
    }
    small = Int8.random(in: .min ... .max, using: &random)
    unsigned = UInt64.random(in: 0 ... .max, using: &random)
    word = Bool.random(using: &random) ? .first : .second
    choice =
      [
        .none, .unlabelled(-3, "x"), .nested(value: nil),
        .nested(value: .nested(value: Choice.none)),
      ].randomElement(using: &random) ?? .none
    absent = nil
    present = Int.random(in: .min ... .max, using: &random)
    optionals = (0..<Int.random(in: 0...4, using: &random)).map { $0 % 2 == 0 ? nil : "\($0)" }
    lists = (0..<Int.random(in: 0...3, using: &random)).map { [Double]($0..<3) }
    byName = ["": 1, "b": -0.5]
    byNumber = [-1: "minus", 7: "seven"]
    set = [1, Int.random(in: 2...9, using: &random)]
    empty = Empty()
    range = -4...Int.random(in: -4...4, using: &random)
    single = Single(rawValue: UInt16.random(in: 0 ... .max, using: &random))
  }
}

extension [Double] {
  fileprivate init(_ range: Range<Int>) { self = range.map { Double($0) / 3 } }
}

/// A class that writes its superclass's part apart.
private class Animal: Codable {
  var name: String
  init(name: String) { self.name = name }
}

private final class Dog: Animal {
  var age: Int

  init(name: String, age: Int) {
    self.age = age
    super.init(name: name)
  }

  enum CodingKeys: CodingKey { case age }

  required init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    age = try container.decode(Int.self, forKey: .age)
    try super.init(from: container.superDecoder())
  }

  override func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(age, forKey: .age)
    try super.encode(to: container.superEncoder())
  }
}

/// A value that writes containers in containers itself, as nothing synthesised does.
private struct Nested: Codable, Equatable {
  var pairs: [[Int]]
  var last: String?

  enum CodingKeys: CodingKey { case pairs, inner, last }

  init(pairs: [[Int]], last: String?) { (self.pairs, self.last) = (pairs, last) }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    var list = try container.nestedUnkeyedContainer(forKey: .pairs)
    pairs = []
    while !list.isAtEnd {
      var pair = try list.nestedUnkeyedContainer()
      var numbers: [Int] = []
      while !pair.isAtEnd { numbers.append(try pair.decode(Int.self)) }
      pairs.append(numbers)
    }
    let inner = try container.nestedContainer(keyedBy: CodingKeys.self, forKey: .inner)
    last = try inner.decodeIfPresent(String.self, forKey: .last)
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    var list = container.nestedUnkeyedContainer(forKey: .pairs)
    for pair in pairs {
      var numbers = list.nestedUnkeyedContainer()
      for number in pair { try numbers.encode(number) }
    }
    var inner = container.nestedContainer(keyedBy: CodingKeys.self, forKey: .inner)
    try inner.encodeIfPresent(last, forKey: .last)
  }
}

private func copy<Value: Codable>(_ value: Value) throws -> Value {
  try MessageCoder.value(Value.self, from: MessageCoder.bytes(value))
}

@Suite struct MessageCoderTests {
  @Test(arguments: 0..<50) func everyShapeComesBack(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let value = Shapes(&random)
    #expect(try copy(value) == value, "seed \(seed)")
    #expect(try copy([value, value]) == [value, value], "seed \(seed)")
    #expect(try copy(Optional.some(value)) == value, "seed \(seed)")
  }

  @Test func plainValuesComeBack() throws {
    #expect(try copy(true) && !copy(false))
    #expect(try copy("") == "" && copy("ä") == "ä")
    #expect(try copy(Int?.none) == nil && copy(Int?.some(3)) == 3)
    #expect(try copy([Int]()).isEmpty && copy([String: Int]()).isEmpty)
    #expect(try copy(UInt8.max) == .max && copy(Int16.min) == .min && copy(UInt32.max) == .max)
    #expect(try copy(UInt.max) == .max && copy(UInt64.max) == .max && copy(Int64.min) == .min)
    #expect(try copy([Bool?.none, true, nil, false]) == [nil, true, nil, false])
  }

  @Test func containersOfContainersComeBack() throws {
    for last in [nil, "end"] {
      let value = Nested(pairs: [[1, 2], [], [3]], last: last)
      #expect(try copy(value) == value)
    }
    let dog = try copy(Dog(name: "Rex", age: 4))
    #expect(dog.name == "Rex" && dog.age == 4)
  }

  @Test func doublesKeepTheirBits() throws {
    let odd: [Double] = [
      0, -0.0, 1, .pi, .leastNonzeroMagnitude, -.leastNonzeroMagnitude, .greatestFiniteMagnitude,
      .infinity, -.infinity, .nan, -.nan, .signalingNaN, Double(nan: 0x1234, signaling: false),
      Double(nan: 0x77, signaling: true), Double(bitPattern: 0xFFF8_0000_0000_0001),
    ]
    #expect(try copy(odd).map(\.bitPattern) == odd.map(\.bitPattern))
    for number in odd { #expect(try copy(number).bitPattern == number.bitPattern, "\(number)") }
    #expect(try copy(["x": odd[12]])["x"]?.bitPattern == odd[12].bitPattern)
  }

  @Test func floatsKeepTheirBits() throws {
    let odd: [Float] = [
      0, -0.0, 0.1, .leastNonzeroMagnitude, .greatestFiniteMagnitude, .infinity, -.infinity, .nan,
      -.nan, .signalingNaN, Float(nan: 0x12, signaling: false), Float(nan: 0x7, signaling: true),
    ]
    #expect(try copy(odd).map(\.bitPattern) == odd.map(\.bitPattern))
  }

  @Test func equalValuesHaveEqualBytes() throws {
    var random = SeededGenerator(seed: 1)
    var value = Shapes(&random)
    (value.byName, value.byNumber, value.set) = ([:], [:], [])
    let (first, second) = (try MessageCoder.bytes(value), try MessageCoder.bytes(value))
    #expect(first == second)
  }

  // MARK: What is no message

  /// Whether bytes are read, whatever they are: they may be those of another value, but nothing crashes.
  private func isRead<Value: Decodable>(_ type: Value.Type, _ bytes: [UInt8]) -> Bool {
    do throws(TransportError) {
      _ = try MessageCoder.value(type, from: bytes)
      return true
    } catch {
      #expect(error.description.hasPrefix("a message between ranks "), "\(error)")
      return false
    }
  }

  @Test(arguments: 0..<5) func truncatedMessagesAreErrors(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let bytes = try MessageCoder.bytes(Shapes(&random))
    for count in bytes.indices {
      #expect(!isRead(Shapes.self, Array(bytes[..<count])), "\(count) bytes, seed \(seed)")
    }
    #expect(!isRead(Shapes.self, bytes + [0]), "a byte too many, seed \(seed)")
  }

  @Test(arguments: 0..<5) func damagedMessagesDoNotCrash(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let bytes = try MessageCoder.bytes([Shapes(&random), Shapes(&random)])
    var refused = 0
    for round in 0..<2000 {
      var damaged = bytes
      for _ in 0...Int.random(in: 0...3, using: &random) {
        let place = Int.random(in: damaged.indices, using: &random)
        switch round % 3 {
        case 0: damaged[place] = UInt8.random(in: 0 ... .max, using: &random)
        case 1: damaged.remove(at: place)
        default: damaged.insert(UInt8.random(in: 0...8, using: &random), at: place)
        }
      }
      if !isRead([Shapes].self, damaged) { refused += 1 }
    }
    // Some change nothing but a value.
    #expect(refused > 500, "\(refused) of 2000 refused, seed \(seed)")
  }

  @Test func noiseDoesNotCrash() {
    var random = SeededGenerator(seed: 3)
    for _ in 0..<5000 {
      let bytes = (0..<Int.random(in: 0...60, using: &random)).map { _ in
        UInt8.random(in: Bool.random(using: &random) ? 0...8 : 0 ... .max, using: &random)
      }
      #expect(!isRead(Shapes.self, bytes), "seed 3, \(bytes)")
    }
  }

  @Test func endlessDepthIsAnError() {
    // A list of one list of one list ….
    var bytes: [UInt8] = []
    for _ in 0..<200_000 { bytes += [6, 1, 0, 0, 0, 0, 0, 0, 0] }
    #expect(!isRead([Int].self, bytes))
  }

  @Test func hugeCountsAreErrors() throws {
    for tag: UInt8 in [5, 6, 7] {
      for count in [Int.max, Int.max / 2, 1 << 40, -1, .min] {
        let bytes = ByteWriter.bytes { writer in
          writer.append(tag)
          writer.append(count)
        }
        #expect(!isRead([Int].self, bytes), "tag \(tag), \(count) elements")
      }
    }
  }

  @Test func otherTypesAreErrors() throws {
    let text = try MessageCoder.bytes("text")
    #expect(!isRead(Int.self, text) && !isRead(Double.self, text) && !isRead(Bool.self, text))
    #expect(!isRead([String].self, text) && !isRead(Shapes.self, text))
    let number = try MessageCoder.bytes(300)
    #expect(!isRead(String.self, number) && !isRead(Int8.self, number))
    #expect(!isRead(UInt8.self, try MessageCoder.bytes(-1)))
    #expect(!isRead(Int.self, try MessageCoder.bytes(Int?.none)))
    #expect(!isRead(Int.self, [9]), "no such part")
  }

  @Test func errorsSayWhatToLookAt() throws {
    #expect(throws: TransportError.self) {
      try MessageCoder.value([Int].self, from: MessageCoder.bytes(["a"]))
    }
    struct Refusing: Encodable {
      func encode(to encoder: any Encoder) throws {
        throw EncodingError.invalidValue(0, .init(codingPath: [], debugDescription: "never"))
      }
    }
    do throws(TransportError) {
      _ = try MessageCoder.bytes(Refusing())
      Issue.record("it was written")
    } catch {
      #expect(error.description.hasPrefix("a message between ranks cannot be written: "))
    }
  }
}
