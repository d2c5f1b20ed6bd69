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
}
