import CZlib
import Foundation
import TestSupport
import Testing

@testable import CompressedFiles
@testable import Tables

/// The gzip member that holds some bytes.
func gzip(_ bytes: [UInt8], level: Int32 = 6) -> [UInt8] {
  var stream = z_stream()
  let started = deflateInit2_(
    &stream, level, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
    Int32(MemoryLayout<z_stream>.size))
  precondition(started == Z_OK)
  defer { deflateEnd(&stream) }
  var input = bytes
  var output = [UInt8](repeating: 0, count: Int(deflateBound(&stream, UInt(bytes.count))))
  let count = input.withUnsafeMutableBufferPointer { input in
    output.withUnsafeMutableBufferPointer { output in
      stream.next_in = input.baseAddress
      stream.avail_in = UInt32(input.count)
      stream.next_out = output.baseAddress
      stream.avail_out = UInt32(output.count)
      precondition(deflate(&stream, Z_FINISH) == Z_STREAM_END)
      return output.count - Int(stream.avail_out)
    }
  }
  return Array(output[..<count])
}

private func source(_ bytes: [UInt8], chunk: Int = .max) -> ByteSource {
  ByteSource(
    stream: GzipStream(ByteSource(bytes: bytes, name: "a.csv.gz", chunkSize: chunk)),
    name: "a.csv.gz")
}

private func text(_ source: ByteSource, buffer: Int = 1000) throws -> String {
  var bytes: [UInt8] = []
  var part = [UInt8](repeating: 0, count: buffer)
  while true {
    let count = try part.withUnsafeMutableBytes { try source.read(into: $0) }
    if count == 0 { return String(decoding: bytes, as: UTF8.self) }
    bytes += part[..<count]
  }
}

private func message(_ body: () throws -> Void) -> String {
  do {
    try body()
    return "no error"
  } catch {
    return "\(error)"
  }
}

@Suite struct GzipStreamTests {
  private let table = "a,b\n" + (0..<500).map { "\($0),\($0 * $0)\n" }.joined()

  @Test(arguments: [1, 7, 1000], [1, 3, 100_000])
  func decompressesInPiecesOfAnySize(_ chunk: Int, _ buffer: Int) throws {
    #expect(try text(source(gzip(Array(table.utf8)), chunk: chunk), buffer: buffer) == table)
  }

  @Test(arguments: [1, 5, 100_000])
  func membersFollowEachOther(_ chunk: Int) throws {
    let members = ["a,b\n", "", "1,2\n", "3,4\n"].flatMap { gzip(Array($0.utf8)) }
    #expect(try text(source(members, chunk: chunk)) == "a,b\n1,2\n3,4\n")
    #expect(
      try text(source(members + [UInt8](repeating: 0, count: 700), chunk: chunk))
        == "a,b\n1,2\n3,4\n")
  }

  @Test func saysWhereDamageIs() {
    let whole = gzip(Array(table.utf8))
    let cut = message { _ = try text(source(Array(whole.dropLast(20)))) }
    #expect(
      cut == "a.csv.gz: cannot be read: the gzip data is damaged near byte "
        + "\(whole.count - 20): it ends in the middle")
    var wrong = whole
    wrong[whole.count - 6] ^= 1
    #expect(
      message { _ = try text(source(wrong)) }.hasSuffix("incorrect data check"))
    #expect(
      message { _ = try text(source(whole + Array("more".utf8))) }.hasSuffix(
        "incorrect header check"))
    #expect(
      message { _ = try text(source(whole + [0, 0] + Array("more".utf8))) }.hasSuffix(
        "something follows its end"))
  }

  @Test func everyCutIsNoticed() {
    let whole = gzip(Array(table.utf8))
    for count in 1..<whole.count {
      let found = message { _ = try text(source(Array(whole[..<count]))) }
      #expect(found.contains("damaged near byte"), "\(count) bytes: \(found)")
    }
  }

  @Test func anyBytesEndInAnErrorOrText() {
    let seed: UInt64 = 5
    var random = TestGenerator(seed: seed)
    let whole = gzip(Array(table.utf8))
    for _ in 0..<500 {
      var bytes = whole
      for _ in 0..<3 {
        bytes[Int.random(in: 2..<bytes.count, using: &random)] = UInt8.random(
          in: 0...255, using: &random)
      }
      let found = message {
        let read = try text(source(bytes))
        #expect(read == table)
      }
      #expect(found == "no error" || found.contains("a.csv.gz: cannot be read"), "seed \(seed)")
    }
  }

  @Test func theTableAndItsDigestAreThoseOfTheText() throws {
    // Texts after numbers make a second reading.
    let text = table + "x,y\n"
    let plain = try Table(reading: ByteSource(bytes: Array(text.utf8), name: "a.csv.gz"))
    let compressed = try Table(reading: source(gzip(Array(text.utf8)), chunk: 100))
    #expect(compressed.digest == plain.digest)
    #expect(compressed.columns.map(\.values) == plain.columns.map(\.values))
  }

  @Test func theFirstBytesDecide() throws {
    let folder = FileManager.default.temporaryDirectory.appending(
      path: "gzip-\(UInt64.random(in: 0...UInt64.max))")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    func path(_ name: String, _ bytes: [UInt8]) throws -> String {
      let url = folder.appending(path: name)
      try Data(bytes).write(to: url)
      return url.path
    }
    #expect(try text(DataFile.open(path("a.csv", gzip(Array("1,2\n".utf8))))) == "1,2\n")
    #expect(try text(DataFile.open(path("a.csv.gz", gzip(Array("1,2\n".utf8))))) == "1,2\n")
    #expect(try text(DataFile.open(path("plain.csv", Array("1,2\n".utf8)))) == "1,2\n")
    #expect(try text(DataFile.open(path("empty.csv", []))) == "")
    let plain = try path("plain.csv.gz", Array("1,2\n".utf8))
    #expect(
      message { _ = try DataFile.open(plain) }
        == "\(plain): cannot be read: it is called .gz, but is not compressed with gzip")
  }
}
