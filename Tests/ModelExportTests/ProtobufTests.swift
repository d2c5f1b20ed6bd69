import Testing

@testable import ModelExport

/// The examples of the encoding's documentation: 150 in field 1, "testing" in field 2.
@Test func fieldsAreWrittenAsTheFormatSays() {
  var writer = ProtobufWriter()
  writer.integer(1, 150)
  writer.string(2, "testing")
  writer.message(3) { $0.integer(1, 150) }
  writer.packed(6, [3, 270, 86942])
  #expect(
    writer.bytes == [
      0x08, 0x96, 0x01, 0x12, 0x07, 0x74, 0x65, 0x73, 0x74, 0x69, 0x6E, 0x67, 0x1A, 0x03, 0x08,
      0x96,
      0x01, 0x32, 0x06, 0x03, 0x8E, 0x02, 0x9E, 0xA7, 0x05,
    ])
}

@Test func everyKindOfFieldIsReadBack() throws {
  var writer = ProtobufWriter()
  writer.integer(1, -1)
  writer.double(2, -0.1)
  writer.float(3, 1.5)
  writer.packed(4, [0.25, -3])
  writer.packed(5, [Float(0.5), 7])
  writer.packed(6, [Int.max, -2, 0])
  writer.string(536_870_911, "ä")
  let fields = try #require(ProtobufField.fields(of: writer.bytes[...]))
  #expect(fields.map(\.number) == [1, 2, 3, 4, 5, 6, 536_870_911])
  #expect(fields[0].integer == -1)
  #expect(fields[1].double == -0.1)
  #expect(fields[2].float == 1.5)
  #expect(fields[3].doubles == [0.25, -3])
  #expect(fields[4].floats == [0.5, 7])
  #expect(fields[5].integers == [Int.max, -2, 0])
  #expect(fields[6].text == "ä")
}

@Test func whatIsNoMessageIsNotRead() {
  for bytes: [UInt8] in [[0x08], [0x0A, 5, 1], [0x0D, 1, 2], [0x09, 1], [0x0B], [0x80]] {
    #expect(ProtobufField.fields(of: bytes[...]) == nil, "\(bytes)")
  }
}
