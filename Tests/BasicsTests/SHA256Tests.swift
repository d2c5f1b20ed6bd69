import Foundation
import Testing

@testable import Basics

@Suite struct SHA256Tests {
  // The examples of FIPS 180-4, and lengths around the padding's borders (from `sha256sum`).
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
    (
      String(repeating: "a", count: 1_000_000),
      "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
    ),
  ])
  func digestsTheStandardsExamples(_ text: String, _ digest: String) {
    var hash = SHA256()
    hash.update(Array(text.utf8))
    #expect(hash.finish() == digest)
  }

  @Test func doesNotDependOnThePieces() {
    let bytes = (0..<300).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    for length in 50...140 {
      var whole = SHA256()
      whole.update(Array(bytes[..<length]))
      for piece in [1, 3, 63, 64, 65] {
        var parts = SHA256()
        for start in stride(from: 0, to: length, by: piece) {
          parts.update(Array(bytes[start..<min(start + piece, length)]))
        }
        #expect(parts.finish() == whole.finish(), "length \(length), pieces of \(piece)")
      }
    }
  }

  // MARK: Progress

  private func digest(_ bytes: [UInt8]) -> String {
    var hash = SHA256()
    hash.update(bytes)
    return hash.finish()
  }

  /// Every split around the borders of blocks, in two, three and many pieces, each hashed by another process.
  @Test func aMessageIsContinuedAnywhere() throws {
    let bytes = (0..<200).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ 5) }
    let whole = digest(bytes)
    for first in 0...bytes.count {
      var start = SHA256()
      start.update(Array(bytes[..<first]))
      for second in [first, (first + bytes.count) / 2, bytes.count] {
        var middle = SHA256(continuing: start.progress)
        middle.update(Array(bytes[first..<second]))
        var end = SHA256(continuing: middle.progress)
        end.update(Array(bytes[second...]))
        #expect(end.finish() == whole, "cut at \(first) and \(second)")
      }
    }
    var progress = SHA256().progress
    for byte in bytes {
      var hash = SHA256(continuing: progress)
      hash.update([byte])
      progress = hash.progress
    }
    #expect(SHA256(continuing: progress).finish() == whole)
  }

  @Test func progressIsTheSameHoweverItWasReached() {
    let bytes = [UInt8](repeating: 7, count: 130)
    var whole = SHA256()
    whole.update(bytes)
    for cut in bytes.indices {
      var parts = SHA256()
      parts.update(Array(bytes[..<cut]))
      parts.update(Array(bytes[cut...]))
      #expect(parts.progress == whole.progress, "cut at \(cut)")
    }
    #expect(SHA256().progress != whole.progress)
    #expect(SHA256(continuing: whole.progress).progress == whole.progress)
  }

  /// What goes from rank to rank.
  @Test func progressIsCoded() throws {
    let bytes = (0..<150).map { UInt8($0) }
    for cut in [0, 1, 63, 64, 65, 127, 128, 150] {
      var start = SHA256()
      start.update(Array(bytes[..<cut]))
      let text = try JSONEncoder().encode(start.progress)
      let known = try JSONDecoder().decode(SHA256.Progress.self, from: text)
      #expect(known == start.progress)
      var end = SHA256(continuing: known)
      end.update(Array(bytes[cut...]))
      #expect(end.finish() == digest(bytes), "cut at \(cut)")
    }
  }

  @Test func aDigestLeavesTheMessageOpen() {
    var hash = SHA256()
    hash.update([1, 2])
    #expect(hash.finish() == digest([1, 2]))
    hash.update([3])
    #expect(hash.finish() == digest([1, 2, 3]))
  }
}
