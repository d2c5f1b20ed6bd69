import Testing
import Transport

@Suite struct BytesTests {
  @Test func whatIsWrittenIsRead() throws {
    let doubles = [0, -0.0, .infinity, -.infinity, .pi, .leastNonzeroMagnitude]
    let bytes = ByteWriter.bytes {
      $0.append(UInt8(200))
      $0.append(Int.min)
      $0.append(Int32.min)
      $0.append(doubles)
      $0.append([Int32.max, -1, 0])
      $0.append("größer")
    }
    var reader = ByteReader(bytes)
    #expect(try reader.byte() == 200)
    #expect(try reader.integer() == .min)
    #expect(try reader.integer32() == .min)
    #expect(try reader.doubles(doubles.count).map(\.bitPattern) == doubles.map(\.bitPattern))
    #expect(try reader.integers32(3) == [.max, -1, 0])
    #expect(try reader.text() == "größer")
    #expect(reader.remaining == 0)
  }

  @Test func numbersHaveTheirLowestByteFirst() {
    #expect(ByteWriter.bytes { $0.append(Int32(0x0102_0304)) } == [4, 3, 2, 1])
    #expect(ByteWriter.bytes { $0.append(258) } == [2, 1, 0, 0, 0, 0, 0, 0])
    #expect(ByteWriter.bytes { $0.append(1.0) } == [0, 0, 0, 0, 0, 0, 0xF0, 0x3F])
  }

  @Test(arguments: [-1, 2, 1 << 60, Int.max]) func aShortMessageThrows(count: Int) {
    var reader = ByteReader([1, 2, 3, 4, 5, 6, 7, 8, 9])
    #expect(throws: TransportError.self) { try reader.doubles(count) }
    #expect(reader.remaining == 9)
  }
}
