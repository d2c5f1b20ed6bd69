/// Writes messages: numbers one after the other, in eight, four or one bytes, the lowest byte first.
///
/// Lengths are written only where the receiver does not know them.
package struct ByteWriter {
  package private(set) var bytes: [UInt8] = []

  /// Begins without bytes.
  package init() {}

  /// The bytes that a closure writes.
  package static func bytes(_ body: (inout ByteWriter) -> Void) -> [UInt8] {
    var writer = ByteWriter()
    body(&writer)
    return writer.bytes
  }

  package mutating func append(_ value: UInt8) { bytes.append(value) }
  package mutating func append(_ values: [UInt8]) { bytes += values }
  package mutating func append(_ value: Int) { appendRaw([Int64(value)]) }
  package mutating func append(_ value: Int32) { appendRaw([value]) }
  package mutating func append(_ value: Double) { appendRaw([value]) }
  package mutating func append(_ values: [Int32]) { appendRaw(values) }
  package mutating func append(_ values: [Double]) { appendRaw(values) }
  package mutating func append(_ values: [Float]) { appendRaw(values) }
  package mutating func append(_ values: ArraySlice<Double>) { appendRaw(Array(values)) }
  /// The elements from a pointer on.
  @unsafe
  package mutating func append<Element: BitwiseCopyable>(
    _ first: UnsafePointer<Element>, count: Int
  ) {
    unsafe bytes.append(
      contentsOf: UnsafeRawBufferPointer(start: first, count: count * MemoryLayout<Element>.stride))
  }
  package mutating func append(_ text: String) { bytes += Array(text.utf8) }

  /// All processors that Swift supports on servers are little-endian, so that the bytes of an array are
  /// those of the message.
  private mutating func appendRaw<Element: BitwiseCopyable>(_ values: [Element]) {
    unsafe values.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
  }
}

/// Reads what ``ByteWriter`` has written; a message that ends early throws.
package struct ByteReader {
  private let bytes: [UInt8]
  private var place = 0

  package init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// The bytes that are left.
  package var remaining: Int { bytes.count - place }

  package mutating func byte() throws(TransportError) -> UInt8 { try values(1, of: UInt8.self)[0] }
  package mutating func integer() throws(TransportError) -> Int {
    Int(try values(1, of: Int64.self)[0])
  }
  package mutating func integer32() throws(TransportError) -> Int32 {
    try values(1, of: Int32.self)[0]
  }
  package mutating func double() throws(TransportError) -> Double {
    try values(1, of: Double.self)[0]
  }
  package mutating func doubles(_ count: Int) throws(TransportError) -> [Double] {
    try values(count, of: Double.self)
  }
  package mutating func integers32(_ count: Int) throws(TransportError) -> [Int32] {
    try values(count, of: Int32.self)
  }
  package mutating func text() throws(TransportError) -> String {
    String(decoding: try values(remaining, of: UInt8.self), as: UTF8.self)
  }

  package mutating func values<Element: BitwiseCopyable>(
    _ count: Int, of type: Element.Type
  ) throws(TransportError) -> [Element] {
    let (size, overflow) = count.multipliedReportingOverflow(by: MemoryLayout<Element>.stride)
    guard count >= 0, !overflow, size <= remaining else {
      throw TransportError(
        "a message between ranks ends after \(bytes.count) bytes; do all run the same version?")
    }
    defer { place += size }
    return unsafe [Element](unsafeUninitializedCapacity: count) { buffer, initialized in
      if size > 0 {
        unsafe bytes.withUnsafeBytes { source in
          unsafe UnsafeMutableRawBufferPointer(buffer).copyMemory(
            from: UnsafeRawBufferPointer(rebasing: source[place..<place + size]))
        }
      }
      initialized = count
    }
  }
}
