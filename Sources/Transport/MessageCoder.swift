/// Turns values into bytes and back: what ranks tell each other of errors, decisions and models, where no
/// time is lost with it.
///
/// Numbers keep their bits. Both ends run the same version, so that nothing is said of the types.
package enum MessageCoder {
  /// The bytes of a value.
  ///
  /// - Parameter value: Any value, which encodes itself without errors.
  /// - Returns: Its bytes.
  /// - Throws: ``TransportError`` when the value refuses to be encoded.
  package static func bytes(_ value: some Encodable) throws(TransportError) -> [UInt8] {
    let root = MessageNode()
    do {
      try value.encode(to: MessageEncoder(node: root))
    } catch {
      throw TransportError("a message between ranks cannot be written: \(error)")
    }
    return ByteWriter.bytes { root.append(to: &$0) }
  }

  /// The value that bytes are of.
  ///
  /// - Parameters:
  ///   - type: Its type.
  ///   - bytes: What ``bytes(_:)`` gave.
  /// - Returns: The value.
  /// - Throws: ``TransportError`` when the bytes are not those of such a value.
  package static func value<Value: Decodable>(
    _ type: Value.Type, from bytes: [UInt8]
  ) throws(TransportError) -> Value {
    var reader = ByteReader(bytes)
    let root = try MessageNode(&reader, depth: 0)
    guard reader.remaining == 0 else {
      throw TransportError(
        "a message between ranks has \(reader.remaining) bytes too many; do all run the same version?"
      )
    }
    do {
      return try Value(from: MessageDecoder(node: root, codingPath: []))
    } catch {
      throw TransportError(
        "a message between ranks cannot be read (\(error)); do all run the same version?")
    }
  }
}

/// A part of a message, which containers fill.
final class MessageNode {
  enum Content {
    case null
    case bool(Bool)
    case integer(Int64)
    case number(Double)
    case text(String)
    case list([MessageNode])
    case members([(key: String, value: MessageNode)])
  }

  var content = Content.null

  init() {}

  init(_ content: Content) { self.content = content }

  /// Adds an element to a list.
  func append(_ node: MessageNode) {
    guard case .list(var nodes) = content else {
      content = .list([node])
      return
    }
    content = .null
    nodes.append(node)
    content = .list(nodes)
  }

  /// Adds a member.
  func append(_ key: String, _ node: MessageNode) {
    guard case .members(var members) = content else {
      content = .members([(key, node)])
      return
    }
    content = .null
    members.append((key, node))
    content = .members(members)
  }

  func append(to writer: inout ByteWriter) {
    func append(_ text: String) {
      let bytes = Array(text.utf8)
      writer.append(bytes.count)
      writer.append(text)
    }
    switch content {
    case .null: writer.append(UInt8(0))
    case .bool(let value): writer.append(UInt8(value ? 2 : 1))
    case .integer(let value):
      writer.append(UInt8(3))
      writer.append(Int(value))
    case .number(let value):
      writer.append(UInt8(4))
      writer.append(value)
    case .text(let text):
      writer.append(UInt8(5))
      append(text)
    case .list(let nodes):
      writer.append(UInt8(6))
      writer.append(nodes.count)
      for node in nodes { node.append(to: &writer) }
    case .members(let members):
      writer.append(UInt8(7))
      writer.append(members.count)
      for member in members {
        append(member.key)
        member.value.append(to: &writer)
      }
    }
  }

  /// Values in values to this depth; no message that is written comes near.
  private static let deepest = 500

  /// Reads a part with all that it has.
  ///
  /// - Parameters:
  ///   - reader: The message.
  ///   - depth: How many parts it lies in.
  /// - Throws: ``TransportError`` for what ``append(to:)`` does not write.
  init(_ reader: inout ByteReader, depth: Int) throws(TransportError) {
    guard depth < Self.deepest else {
      throw TransportError("a message between ranks is damaged; do all run the same version?")
    }
    func text(_ reader: inout ByteReader) throws(TransportError) -> String {
      String(decoding: try reader.values(try reader.integer(), of: UInt8.self), as: UTF8.self)
    }
    func count(_ reader: inout ByteReader) throws(TransportError) -> Int {
      let count = try reader.integer()
      // Each takes a byte at least.
      guard (0...reader.remaining).contains(count) else {
        throw TransportError(
          "a message between ranks ends before \(count) parts; do all run the same version?")
      }
      return count
    }
    let tag = try reader.byte()
    switch tag {
    case 0: content = .null
    case 1: content = .bool(false)
    case 2: content = .bool(true)
    case 3: content = .integer(Int64(try reader.integer()))
    case 4: content = .number(try reader.double())
    case 5: content = .text(try text(&reader))
    case 6:
      var nodes: [MessageNode] = []
      for _ in 0..<(try count(&reader)) { nodes.append(try MessageNode(&reader, depth: depth + 1)) }
      content = .list(nodes)
    case 7:
      var members: [(key: String, value: MessageNode)] = []
      for _ in 0..<(try count(&reader)) {
        let key = try text(&reader)
        members.append((key, try MessageNode(&reader, depth: depth + 1)))
      }
      content = .members(members)
    default: throw TransportError("a message between ranks has a part of kind \(tag)")
    }
  }
}

/// A key of a container that is none of a type's: that of a superclass.
struct MessageKey: CodingKey {
  let stringValue: String
  let intValue: Int?

  init(stringValue: String) {
    self.stringValue = stringValue
    intValue = nil
  }

  init(intValue: Int) {
    stringValue = "\(intValue)"
    self.intValue = intValue
  }
}
