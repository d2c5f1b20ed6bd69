import TabularModels
import Testing

/// Digests from FIPS 180-4's examples and `sha256sum`.
@Test(arguments: [
  ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
  ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
  (
    "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
    "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
  ),
])
func digestsAreThoseOfTheStandard(text: String, digest: String) {
  #expect(SHA256.digest(Array(text.utf8)) == digest)
}

@Test func digestsDoNotDependOnHowTheBytesArrive() {
  let bytes = (0..<300).map { UInt8(truncatingIfNeeded: $0 &* 7) }
  for length in [0, 1, 55, 56, 63, 64, 65, 119, 128, 300] {
    let whole = SHA256.digest(Array(bytes[..<length]))
    for step in [1, 7, 64, 100] {
      var hash = SHA256()
      for start in stride(from: 0, to: length, by: step) {
        hash.update(Array(bytes[start..<min(start + step, length)]))
      }
      #expect(hash.finalized() == whole, "length \(length), step \(step)")
    }
  }
}
