// Reading a safetensors file that anybody may have written. The order of the checks matters: no
// count is multiplied, and nothing is allocated by it, before it is compared with the bytes that
// are there.

import Learning

extension SafetensorsFile {
  /// Reads a file's bytes.
  ///
  /// - Parameters:
  ///   - bytes: The whole file.
  ///   - name: How errors call it.
  /// - Throws: `ModelFileError` unless the bytes are a header and exactly the data it announces.
  package init(parsing bytes: [UInt8], name: String) throws(ModelFileError) {
    let headerRange = try Self.headerRange(bytes, name: name)
    let header = try JSONCursor.parsing(
      bytes[headerRange], fileName: name, place: ["header"])
    guard bytes[headerRange.lowerBound] == UInt8(ascii: "{") else {
      throw header.failure(
        .mismatch(found: "not a JSON object", expected: "one from its first byte"))
    }

    var metadata: [String: String] = [:]
    var entries: [Entry] = []
    for (key, value) in try header.members() {
      if key == "__metadata__" {
        for (key, text) in try value.members() { metadata[key] = try text.string() }
      } else {
        entries.append(
          try Entry(name: key, value, available: bytes.count - headerRange.upperBound))
      }
    }

    // Sorted by where they begin, the tensors must follow each other up to the end of the file.
    // An empty tensor begins and ends where its neighbour begins.
    entries.sort { ($0.begin, $0.end) < ($1.begin, $1.end) }
    var end = 0
    var tensors: [String: Tensor] = [:]
    for entry in entries {
      guard entry.begin == end else {
        throw entry.failure(
          .layout(
            found: "bytes \(entry.begin) to \(entry.end) of the data",
            expected: "a begin at byte \(end)"))
      }
      end = entry.end
      let first = headerRange.upperBound + entry.begin
      tensors[entry.name] = Tensor(
        Elements(entry.type, littleEndian: bytes[first..<first + entry.end - entry.begin]),
        shape: entry.shape)
    }
    guard headerRange.upperBound + end == bytes.count else {
      throw ModelFileError(
        fileName: name,
        problem: .layout(
          found: "\(bytes.count) bytes", expected: "\(headerRange.upperBound + end)"))
    }
    self.init(metadata: metadata, tensors: tensors)
  }

  /// Reads the header's length from the first bytes of a file.
  ///
  /// - Parameters:
  ///   - bytes: The file, or at least its first eight bytes.
  ///   - name: How errors call the file.
  /// - Returns: The length in bytes.
  /// - Throws: `ModelFileError` when no header has that length, so that a file of another kind is
  ///   recognised before it is read as a whole.
  static func headerLength(_ bytes: [UInt8], name: String) throws(ModelFileError) -> Int {
    guard bytes.count >= 8 else {
      throw ModelFileError(
        fileName: name,
        problem: .truncated(byteCount: bytes.count, expected: "8 bytes with the header's length"))
    }
    var length: UInt64 = 0
    for byte in bytes[0..<8].reversed() { length = length << 8 | UInt64(byte) }
    guard length >= 2, length <= UInt64(headerLimit) else {
      throw ModelFileError(fileName: name, problem: .headerLength(length, limit: headerLimit))
    }
    return Int(length)
  }

  private static func headerRange(_ bytes: [UInt8], name: String) throws(ModelFileError)
    -> Range<Int>
  {
    let length = try headerLength(bytes, name: name)
    guard length <= bytes.count - 8 else {
      throw ModelFileError(
        fileName: name,
        problem: .truncated(byteCount: bytes.count, expected: "a header of \(length) bytes"))
    }
    return 8..<8 + length
  }

  /// What the header says of one tensor.
  private struct Entry {
    let name: String
    let type: ElementType
    let shape: [Int]
    let begin: Int
    let end: Int
    let cursor: JSONCursor

    init(name: String, _ cursor: JSONCursor, available: Int) throws(ModelFileError) {
      try cursor.requireKeys(["data_offsets", "dtype", "shape"])
      let type = try cursor.member("dtype").word(ElementType.self)
      var shape: [Int] = []
      let axes = try cursor.member("shape")
      for axis in try axes.elements() { shape.append(try axis.integer(in: 0...Int.max)) }
      guard shape.count <= SafetensorsFile.axisLimit else {
        throw axes.failure(
          .mismatch(
            found: "a list of \(shape.count) sizes",
            expected: "at most \(SafetensorsFile.axisLimit)"))
      }
      let offsets = try cursor.member("data_offsets")
      let bounds = try offsets.elements()
      guard bounds.count == 2 else {
        throw offsets.failure(
          .mismatch(found: "a list of \(bounds.count) numbers", expected: "begin and end"))
      }
      let begin = try bounds[0].integer(in: 0...available)
      let end = try bounds[1].integer(in: begin...available)
      guard let count = Tensor.elementCount(shape), count <= available,
        count * type.width == end - begin
      else {
        throw cursor.failure(
          .layout(
            found: "\(end - begin) bytes",
            expected: "as many as \(type.rawValue) elements of shape \(shape) take"))
      }
      self.name = name
      self.type = type
      self.shape = shape
      self.begin = begin
      self.end = end
      self.cursor = cursor
    }

    func failure(_ problem: ModelFileError.Problem) -> ModelFileError { cursor.failure(problem) }
  }
}

extension SafetensorsFile.Elements {
  fileprivate init(_ type: SafetensorsFile.ElementType, littleEndian bytes: ArraySlice<UInt8>) {
    switch type {
    case .float64:
      self = .float64(integers(bytes, UInt64.self).map(Double.init(bitPattern:)))
    case .float32:
      self = .float32(integers(bytes, UInt32.self).map(Float.init(bitPattern:)))
    case .int64: self = .int64(integers(bytes, Int64.self))
    case .int32: self = .int32(integers(bytes, Int32.self))
    case .uint8: self = .uint8(Array(bytes))
    }
  }
}

private func integers<Integer: FixedWidthInteger & BitwiseCopyable>(
  _ bytes: ArraySlice<UInt8>, _ type: Integer.Type
) -> [Integer] {
  let width = MemoryLayout<Integer>.size
  return unsafe bytes.withUnsafeBytes { buffer in
    // Every multiple of the width is inside the buffer; loads need no alignment.
    (0..<buffer.count / width).map { index in
      unsafe Integer(
        littleEndian: buffer.loadUnaligned(fromByteOffset: index * width, as: Integer.self))
    }
  }
}
