import Testing

@testable import Tables

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

@Suite struct ClosestMatchTests {
  @Test func findsTheWordThatWasMeant() {
    let kernels = ["linear", "polynomial", "gaussian", "laplacian", "sigmoid", "rbf"]
    #expect(closestMatch(to: "rbg", in: kernels) == "rbf")
    #expect(closestMatch(to: "guassian", in: kernels) == "gaussian")
    #expect(closestMatch(to: "LINEAR", in: kernels) == "linear")
    #expect(closestMatch(to: "polinomial", in: kernels) == "polynomial")
    #expect(closestMatch(to: "specis", in: ["sepal_length", "species"]) == "species")
  }

  @Test func findsNothingWhereNothingIsAlike() {
    #expect(closestMatch(to: "banana", in: ["linear", "rbf"]) == nil)
    #expect(closestMatch(to: "x", in: ["y", "z"]) == nil)
    #expect(closestMatch(to: "", in: ["a"]) == nil)
    #expect(closestMatch(to: "a", in: []) == nil)
    #expect(closestMatch(to: String(repeating: "a", count: 100_000), in: ["a"]) == nil)
  }
}

@Suite struct NumberTextTests {
  @Test func writesTheShortestText() {
    let cases: [(Double, String)] = [
      (1, "1"), (-3, "-3"), (0.5, "0.5"), (0.1, "0.1"), (1e15, "1000000000000000"),
      (9_007_199_254_740_992, "9007199254740992"), (1e300, "1e+300"), (-0.0, "-0"), (0, "0"),
      (.leastNonzeroMagnitude, "5e-324"), (1.0 / 3, "0.3333333333333333"),
    ]
    for (value, text) in cases { #expect(NumberText.shortest(value) == text) }
  }
}

@Suite struct TargetClassesTests {
  @Test func numbersAreOrderedByValueAndPrintedShortest() throws {
    let column = try table("x,y\n1,10\n2,+9\n3,9.0\n4,-1\n5,1e1\n").columns[1]
    let labels = TargetClasses(column)
    #expect(labels.names == ["-1", "9", "10"])
    #expect(labels.codes == [2, 1, 1, 0, 2])
  }

  @Test func textsAreOrderedByBytes() throws {
    let column = TableColumn(name: "y", texts: ["b", "a", "B", "é", "b"])
    let labels = TargetClasses(column)
    #expect(labels.names == ["B", "a", "b", "é"])
    #expect(labels.codes == [2, 1, 0, 3, 2])
  }

  @Test func onlyClassesOfTheChosenRowsCount() {
    let texts = TargetClasses(TableColumn(name: "y", texts: ["b", "a", "c"]), rows: [2, 0])
    #expect(texts.names == ["b", "c"])
    #expect(texts.codes == [1, 0])
    let numbers = TargetClasses(TableColumn(name: "y", numbers: [3, 1, 2]), rows: [0, 2])
    #expect(numbers.names == ["2", "3"])
    #expect(numbers.codes == [1, 0])
  }

  @Test func bothZerosAreOneClass() {
    #expect(TargetClasses(TableColumn(name: "y", numbers: [-0.0, 0, 1])).names == ["0", "1"])
  }

  @Test func textsNameClassesByValueWhenAllAreNumbers() {
    let numbers = ClassIndex(names: ["-1", "1", "10"])
    #expect(numbers.code(for: "+1") == 1)
    #expect(numbers.code(for: "1.0") == 1)
    #expect(numbers.code(for: "1e1") == 2)
    #expect(numbers.code(for: "2") == nil)
    #expect(numbers.code(for: "x") == nil)
    let texts = ClassIndex(names: ["1", "3+"])
    #expect(texts.code(for: "1") == 0)
    #expect(texts.code(for: "1.0") == nil)
  }
}
