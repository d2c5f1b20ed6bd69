import Evaluation
import ModelFiles
import Testing

private let sample = SafetensorsFile(
  metadata: ["k": "v"],
  tensors: [
    "b": .init(.float64([1.5, -2]), shape: [2]),
    "a": .init(.int32([1, 2, 3, 4]), shape: [2, 2]),
    "e": .init(.float64([]), shape: [0, 3]),
    "t": .init(.uint8(Array("hey".utf8)), shape: [3]),
  ])

private let sampleHeader =
  #"{"__metadata__":{"k":"v"},"a":{"data_offsets":[16,32],"dtype":"I32","shape":[2,2]},"#
  + #""b":{"data_offsets":[0,16],"dtype":"F64","shape":[2]},"#
  + #""e":{"data_offsets":[16,16],"dtype":"F64","shape":[0,3]},"#
  + #""t":{"data_offsets":[32,35],"dtype":"U8","shape":[3]}}"#

private let sampleData: [UInt8] =
  [0, 0, 0, 0, 0, 0, 0xf8, 0x3f, 0, 0, 0, 0, 0, 0, 0, 0xc0]
  + [1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4, 0, 0, 0] + Array("hey".utf8)

private func file(header: String, data: [UInt8] = []) -> [UInt8] {
  var header = Array(header.utf8)
  while header.count % 8 != 0 { header.append(UInt8(ascii: " ")) }
  return (0..<8).map { UInt8(truncatingIfNeeded: header.count >> (8 * $0)) } + header + data
}

@Test func containersHaveTheBytesThatTheFormatAsksFor() throws {
  #expect(try sample.bytes(name: "f") == file(header: sampleHeader, data: sampleData))
}

@Test func containersAreReadBack() throws {
  #expect(try SafetensorsFile(parsing: sample.bytes(name: "f"), name: "f") == sample)
  let empty = SafetensorsFile()
  #expect(try SafetensorsFile(parsing: empty.bytes(name: "f"), name: "f") == empty)
}

/// `safetensors.numpy.save` of the Python package safetensors 0.8.0 wrote this header for the same
/// tensors, and the same data.
@Test func containersOfThePythonPackageAreRead() throws {
  let header =
    #"{"__metadata__":{"k":"v"},"b":{"dtype":"F64","shape":[2],"data_offsets":[0,16]},"#
    + #""e":{"dtype":"F64","shape":[0,3],"data_offsets":[16,16]},"#
    + #""a":{"dtype":"I32","shape":[2,2],"data_offsets":[16,32]},"#
    + #""t":{"dtype":"U8","shape":[3],"data_offsets":[32,35]}}"#
  #expect(
    try SafetensorsFile(parsing: file(header: header, data: sampleData), name: "f") == sample)
}

@Test func everyElementTypeIsReadBackBitForBit() throws {
  let seed: UInt64 = 11
  var generator = SeededGenerator(seed: seed)
  let words = (0..<64).map { _ in generator.next() }
  let file = SafetensorsFile(tensors: [
    "F64": .init(.float64(words.map(Double.init(bitPattern:))), shape: [4, 16]),
    "F32": .init(
      .float32(words.map { Float(bitPattern: UInt32(truncatingIfNeeded: $0)) }), shape: [64]),
    "I64": .init(.int64(words.map(Int64.init(bitPattern:))), shape: [2, 2, 16]),
    "I32": .init(.int32(words.map(Int32.init(truncatingIfNeeded:))), shape: [64, 1]),
    "U8": .init(.uint8(words.map(UInt8.init(truncatingIfNeeded:))), shape: [8, 8]),
  ])
  let bytes = try file.bytes(name: "f")
  let read = try SafetensorsFile(parsing: bytes, name: "f")
  // NaNs make the values themselves unequal; their bytes tell.
  #expect(try read.bytes(name: "f") == bytes, "seed \(seed)")
  #expect(read.tensors.mapValues(\.shape) == file.tensors.mapValues(\.shape))
}

@Test(arguments: [
  // Types, shapes and offsets that lie.
  (#"{"a":{"dtype":"F16","shape":[2],"data_offsets":[0,4]}}"#, 4),
  (#"{"a":{"dtype":"F64","shape":[2],"data_offsets":[0,8]}}"#, 8),
  (#"{"a":{"dtype":"F64","shape":[1],"data_offsets":[0,8]}}"#, 16),
  (#"{"a":{"dtype":"F64","shape":[1],"data_offsets":[0,8]}}"#, 7),
  (#"{"a":{"dtype":"F64","shape":[1],"data_offsets":[8,16]}}"#, 16),
  (#"{"a":{"dtype":"F64","shape":[1],"data_offsets":[8,0]}}"#, 8),
  (#"{"a":{"dtype":"F64","shape":[-1],"data_offsets":[0,8]}}"#, 8),
  (#"{"a":{"dtype":"F64","shape":[1.0],"data_offsets":[0,8]}}"#, 8),
  (#"{"a":{"dtype":"F64","shape":[4611686018427387904,4],"data_offsets":[0,0]}}"#, 0),
  (#"{"a":{"dtype":"F64","shape":[2305843009213693952],"data_offsets":[0,0]}}"#, 0),
  (#"{"a":{"dtype":"F64","shape":[2305843009213693953],"data_offsets":[0,8]}}"#, 8),
  (#"{"a":{"dtype":"U8","shape":[1,1,1,1,1,1,1,1,1],"data_offsets":[0,1]}}"#, 1),
  (
    #"{"a":{"dtype":"U8","shape":[9223372036854775807],"data_offsets":[0,9223372036854775807]}}"#, 8
  ),
  (
    #"{"a":{"dtype":"U8","shape":[8],"data_offsets":[0,8]},"b":{"dtype":"U8","shape":[8],"data_offsets":[0,8]}}"#,
    8
  ),
  (
    #"{"a":{"dtype":"U8","shape":[8],"data_offsets":[0,8]},"b":{"dtype":"U8","shape":[8],"data_offsets":[9,17]}}"#,
    17
  ),
  // Members too few, too many, twice, or of another kind.
  (#"{"a":{"dtype":"U8","shape":[8]}}"#, 8),
  (#"{"a":{"dtype":"U8","data_offsets":[0,8]}}"#, 8),
  (#"{"a":{"shape":[8],"data_offsets":[0,8]}}"#, 8),
  (#"{"a":{"dtype":"U8","shape":[8],"data_offsets":[0,8],"x":1}}"#, 8),
  (#"{"a":{"dtype":"U8","shape":[8],"data_offsets":[0,8,8]}}"#, 8),
  (#"{"a":{"dtype":"U8","shape":[8],"data_offsets":8}}"#, 8),
  (#"{"a":{"dtype":"U8","shape":8,"data_offsets":[0,8]}}"#, 8),
  (#"{"a":{"dtype":8,"shape":[8],"data_offsets":[0,8]}}"#, 8),
  (#"{"a":7}"#, 0),
  (#"{"__metadata__":{"a":1}}"#, 0),
  (#"{"__metadata__":[]}"#, 0),
  (
    #"{"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}"#,
    0
  ),
  ("[]", 0), (" {}", 0), ("{}", 1), ("", 0), ("{", 0), ("{} x", 0), ("\u{0}{}", 0),
])
func forgedContainersAreRefused(header: String, dataCount: Int) {
  let bytes = file(header: header, data: [UInt8](repeating: 0, count: dataCount))
  #expect(throws: ModelFileError.self) { try SafetensorsFile(parsing: bytes, name: "f") }
}

/// A size of 0 empties a tensor, whatever the other sizes are.
@Test func hugeSizesBesideZeroAreHarmless() throws {
  let header =
    #"{"a":{"dtype":"F64","shape":[9223372036854775807,9223372036854775807,0],"#
    + #""data_offsets":[0,0]}}"#
  let read = try SafetensorsFile(parsing: file(header: header), name: "f")
  #expect(read.tensors["a"]?.elements.count == 0)
}

@Test(arguments: [
  ([UInt8](), "f: the file ends after 0 bytes; expected 8 bytes with the header's length"),
  (
    [1, 2, 3], "f: the file ends after 3 bytes; expected 8 bytes with the header's length"
  ),
  (
    [16, 0, 0, 0, 0, 0, 0, 0, 123], "f: the file ends after 9 bytes; expected a header of 16 bytes"
  ),
  (
    [0, 0, 0, 0, 0, 0, 0, 0],
    "f: the header's length is 0 bytes; expected 2 to 100000000. Is this a model file?"
  ),
  (
    [255, 255, 255, 255, 255, 255, 255, 255, 0],
    "f: the header's length is 18446744073709551615 bytes; expected 2 to 100000000. "
      + "Is this a model file?"
  ),
])
func lengthsThatCannotBeAreNamed(bytes: [UInt8], message: String) {
  #expect {
    try SafetensorsFile(parsing: bytes, name: "f")
  } throws: { error in
    "\(error)" == message
  }
}
