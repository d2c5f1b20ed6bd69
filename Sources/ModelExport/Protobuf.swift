// Protocol buffers on the wire: a message is a row of fields, each a key (number · 8 + wire type) and
// a payload. ONNX and Core ML need four wire types, no extensions and no maps: fewer lines than the
// schema files that a code generator would want.

/// A message that is being written.
struct ProtobufWriter {
  private(set) var bytes: [UInt8] = []

  private mutating func varint(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  private mutating func key(_ field: Int, _ type: ProtobufField.WireType) {
    varint(UInt64(field) << 3 | type.rawValue)
  }

  private mutating func littleEndian(_ value: some FixedWidthInteger & UnsignedInteger) {
    var rest = value
    for _ in 0..<(value.bitWidth / 8) {
      bytes.append(UInt8(truncatingIfNeeded: rest))
      rest >>= 8
    }
  }

  /// An integer; negative ones take ten bytes.
  mutating func integer(_ field: Int, _ value: Int) {
    key(field, .varint)
    varint(UInt64(bitPattern: Int64(value)))
  }

  mutating func bool(_ field: Int, _ value: Bool) { integer(field, value ? 1 : 0) }

  mutating func float(_ field: Int, _ value: Float) {
    key(field, .fixed32)
    littleEndian(value.bitPattern)
  }

  mutating func double(_ field: Int, _ value: Double) {
    key(field, .fixed64)
    littleEndian(value.bitPattern)
  }

  mutating func data(_ field: Int, _ value: some Collection<UInt8>) {
    key(field, .lengthDelimited)
    varint(UInt64(value.count))
    bytes.append(contentsOf: value)
  }

  mutating func string(_ field: Int, _ value: String) { data(field, value.utf8) }

  mutating func message(_ field: Int, _ fill: (inout ProtobufWriter) -> Void) {
    var inner = ProtobufWriter()
    fill(&inner)
    data(field, inner.bytes)
  }

  /// Numbers one after the other; readers take them so whether or not the schema says packed.
  mutating func packed(_ field: Int, _ values: [Int]) {
    var inner = ProtobufWriter()
    for value in values { inner.varint(UInt64(bitPattern: Int64(value))) }
    data(field, inner.bytes)
  }

  mutating func packed(_ field: Int, _ values: [Float]) {
    data(field, Self.bytes(values))
  }

  mutating func packed(_ field: Int, _ values: [Double]) {
    data(field, Self.bytes(values))
  }

  /// Little-endian bytes of numbers.
  static func bytes(_ values: [Float]) -> [UInt8] { littleEndianBytes(values.map(\.bitPattern)) }

  /// Little-endian bytes of numbers.
  static func bytes(_ values: [Double]) -> [UInt8] { littleEndianBytes(values.map(\.bitPattern)) }

  /// Little-endian bytes of numbers.
  static func bytes(_ values: [Int64]) -> [UInt8] { littleEndianBytes(values) }

  private static func littleEndianBytes<Integer: FixedWidthInteger>(
    _ values: [Integer]
  ) -> [UInt8] {
    // Integers have no padding, so that their bytes are all there is to them.
    unsafe values.map(\.littleEndian).withUnsafeBytes { unsafe Array($0) }
  }
}

/// A field of a message that was written: exporters read their own files to check them.
struct ProtobufField {
  enum WireType: UInt64 {
    case varint = 0
    case fixed64 = 1
    case lengthDelimited = 2
    case fixed32 = 5
  }

  let number: Int
  let type: WireType
  /// A varint's value, or the bits of a fixed-width number.
  let bits: UInt64
  /// What a length-delimited field holds.
  let data: ArraySlice<UInt8>

  /// The fields of a message, in order, or `nil` when the bytes are none.
  static func fields(of message: ArraySlice<UInt8>) -> [ProtobufField]? {
    var fields: [ProtobufField] = []
    var rest = message
    func varint() -> UInt64? {
      var value: UInt64 = 0
      var shift: UInt64 = 0
      while let byte = rest.popFirst(), shift < 64 {
        value |= UInt64(byte & 0x7F) << shift
        if byte < 0x80 { return value }
        shift += 7
      }
      return nil
    }
    func fixed(_ count: Int) -> UInt64? {
      guard rest.count >= count else { return nil }
      let value = rest.prefix(count).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      rest = rest.dropFirst(count)
      return value
    }
    while !rest.isEmpty {
      guard let key = varint(), let type = WireType(rawValue: key & 7), key >> 3 <= 1 << 29 else {
        return nil
      }
      var bits: UInt64 = 0
      var data = rest.prefix(0)
      switch type {
      case .varint:
        guard let value = varint() else { return nil }
        bits = value
      case .fixed64:
        guard let value = fixed(8) else { return nil }
        bits = value
      case .fixed32:
        guard let value = fixed(4) else { return nil }
        bits = value
      case .lengthDelimited:
        guard let count = varint(), count <= UInt64(rest.count) else { return nil }
        data = rest.prefix(Int(count))
        rest = rest.dropFirst(Int(count))
      }
      fields.append(ProtobufField(number: Int(key >> 3), type: type, bits: bits, data: data))
    }
    return fields
  }

  var integer: Int { Int(truncatingIfNeeded: Int64(bitPattern: bits)) }
  var text: String { String(decoding: data, as: UTF8.self) }
  var float: Float { Float(bitPattern: UInt32(truncatingIfNeeded: bits)) }
  var double: Double { Double(bitPattern: bits) }

  /// Packed integers.
  var integers: [Int] {
    var values: [Int] = []
    var value: UInt64 = 0
    var shift: UInt64 = 0
    for byte in data {
      value |= UInt64(byte & 0x7F) << min(shift, 63)
      shift += 7
      guard byte < 0x80 else { continue }
      values.append(Int(truncatingIfNeeded: Int64(bitPattern: value)))
      (value, shift) = (0, 0)
    }
    return values
  }

  /// Packed numbers of 4 bytes.
  var floats: [Float] { Self.words(data, 4).map { Float(bitPattern: UInt32($0)) } }
  /// Packed numbers of 8 bytes.
  var doubles: [Double] { Self.words(data, 8).map { Double(bitPattern: $0) } }
  /// Packed whole numbers of 8 bytes.
  var int64s: [Int64] { Self.words(data, 8).map { Int64(bitPattern: $0) } }

  private static func words(_ data: ArraySlice<UInt8>, _ width: Int) -> [UInt64] {
    stride(from: data.startIndex, to: data.endIndex - width + 1, by: width).map { start in
      data[start..<start + width].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    }
  }
}
