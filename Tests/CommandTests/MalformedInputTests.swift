import Foundation
import Testing

/// A file that cannot be trained on.
struct MalformedInput: CustomTestStringConvertible, Sendable {
  let name: String
  let bytes: [UInt8]
  let message: String

  var testDescription: String { name }

  /// The lines of `MalformedInputs.txt`, which describes its form.
  static let all: [MalformedInput] = {
    let list = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("MalformedInputs.txt")
    let text = String(
      decoding: FileManager.default.contents(atPath: list.path) ?? Data(), as: UTF8.self)
    return text.split(separator: "\n").filter { !$0.hasPrefix("#") }.compactMap { line in
      let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
      guard fields.count == 3 else { return nil }
      return MalformedInput(
        name: String(fields[0]), bytes: bytes(fields[1].utf8[...]), message: String(fields[2]))
    }
  }()

  private static func bytes(_ spelling: Substring.UTF8View.SubSequence) -> [UInt8] {
    var rest = Array(spelling)[...]
    var bytes: [UInt8] = []
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "\\"), let kind = rest.popFirst() else {
        bytes.append(byte)
        continue
      }
      switch kind {
      case UInt8(ascii: "n"): bytes.append(0x0A)
      case UInt8(ascii: "r"): bytes.append(0x0D)
      case UInt8(ascii: "t"): bytes.append(0x09)
      case UInt8(ascii: "x"):
        bytes.append(UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) ?? 0)
        rest = rest.dropFirst(2)
      case UInt8(ascii: "{"):
        let count = rest.prefix { $0 != UInt8(ascii: "*") }
        let end =
          rest.indices.first {
            rest[$0] == UInt8(ascii: "\\") && rest[$0 + 1] == UInt8(ascii: "}")
          } ?? rest.endIndex
        let unit = self.bytes(
          Substring(decoding: rest[(count.endIndex + 1)..<end], as: UTF8.self).utf8[...])
        for _ in 0..<(Int(String(decoding: count, as: UTF8.self)) ?? 0) { bytes += unit }
        rest = rest[(end + 2)...]
      default: bytes.append(kind)
      }
    }
    return bytes
  }
}

/// Every one ends with its sentence and the status for bad data, and leaves no model behind.
@Suite struct MalformedInputTests {
  @Test(arguments: MalformedInput.all)
  func itIsRefusedWithAReason(_ input: MalformedInput) throws {
    let folder = try Folder()
    try Data(input.bytes).write(to: folder.url.appendingPathComponent(input.name))
    let result = try Tool.run(["train", input.name, "-o", "made.model"], in: folder)
    #expect(!result.crashed, "\(result)")
    #expect(result.status == 65, "\(result)")
    let first = result.errors.split(separator: "\n", omittingEmptySubsequences: false).first ?? ""
    #expect(first == input.message)
    #expect(folder.data("made.model") == nil)
  }

  @Test func thereAreManyKinds() {
    #expect(MalformedInput.all.count >= 240)
    #expect(Set(MalformedInput.all.map(\.name)).count == MalformedInput.all.count)
  }

  @Test(arguments: ["long.csv", "long.svm"])
  func aVeryLongLineTakesNoMemory(_ name: String) throws {
    let folder = try Folder()
    // Zeros take no place on the disk and are read as NUL, so that it is sevens.
    let url = folder.url.appendingPathComponent(name)
    try Data().write(to: url)
    let file = try FileHandle(forWritingTo: url)
    let part = Data(repeating: UInt8(ascii: "7"), count: 16 << 20)
    for _ in 0..<10 { try file.write(contentsOf: part) }
    try file.close()
    let report = try Tool.run(["train", name, "-o", "made.model"], in: folder)
    #expect(report.status == 65, "\(report)")
    #expect(
      report.errors.hasPrefix(
        "\(name):1:1: record is longer than 16777216 bytes; is a quote not closed?"))
  }
}
