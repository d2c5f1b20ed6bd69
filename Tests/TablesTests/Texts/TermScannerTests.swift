import Testing

@testable import Tables

@Suite struct TermScannerTests {
  @Test func aWordIsARunOfLettersDigitsAndUnderscores() {
    #expect(terms("Don't PANIC!  2nd") == ["don", "t", "panic", "2nd"])
    #expect(terms("snake_case, a-b; 3.14") == ["snake_case", "a", "b", "3", "14"])
    #expect(terms("Größe ÉTÉ Ж渡轮١٢ ½ x²") == ["größe", "été", "ж渡轮١٢", "½", "x²"])
    #expect(terms("") == [])
    #expect(terms("…—„“ \u{1F44D}") == [])
  }

  @Test func marksAndJoinersBelongToTheLetterBefore() {
    // é as two scalars; क्षि, which needs a virama and a vowel sign; a Persian word with a
    // zero-width non-joiner.
    #expect(terms("cafe\u{301} noir") == ["cafe\u{301}", "noir"])
    #expect(terms("\u{915}\u{94D}\u{937}\u{93F} a") == ["\u{915}\u{94D}\u{937}\u{93F}", "a"])
    #expect(terms("\u{645}\u{6CC}\u{200C}\u{631}") == ["\u{645}\u{6CC}\u{200C}\u{631}"])
    // A heart with the variation selector that makes it an emoji is no word.
    #expect(terms("\u{2764}\u{FE0F} \u{301}") == [])
  }

  @Test func lettersBecomeLowerCase() {
    #expect(terms("ΟΔΟΣ οδος οδοσ") == ["οδοσ", "οδοσ", "οδοσ"])
    // One scalar becomes two, or one of another length.
    #expect(terms("İ Ⱥ Ǆ") == ["i\u{307}", "\u{2C65}", "ǆ"])
    #expect(terms("Aa ÄΣ", foldsCase: false) == ["Aa", "ÄΣ"])
  }

  @Test func wordsAreJoinedByOneBlank() {
    #expect(terms("a, b -- c", 2...2) == ["a b", "b c"])
    #expect(terms("a b c", 1...3) == ["a", "a b", "a b c", "b", "b c", "c"])
    #expect(terms("one", 2...3) == [])
  }

  @Test func charactersStayWithinAWordAndItsBlanks() {
    #expect(characters("ab c", 2...3) == [" a", " ab", "ab", "ab ", "b ", " c", " c ", "c "])
    #expect(characters("é!", 1...1) == [" ", "é", "!", " "])
    // A word that is shorter than every term is one term.
    #expect(characters("a bcd", 5...6) == [" a ", " bcd "])
    #expect(characters("a bcde", 5...6) == [" a ", " bcde", " bcde ", "bcde "])
    #expect(characters(" \n\u{2003} ", 2...2) == [])
  }

  @Test func bytesThatAreNoTextPartWords() {
    let cases: [([UInt8], [String])] = [
      (Array("ab".utf8) + [0xFF] + Array("c".utf8), ["ab", "c"]),
      // A sequence that is cut off, one that is overlong, a surrogate, and what lies beyond Unicode.
      (Array("a".utf8) + [0xC3], ["a"]),
      ([0xC0, 0xAF] + Array("b".utf8), ["b"]),
      ([0xE0, 0x80, 0xAF] + Array("c".utf8), ["c"]),
      ([0xED, 0xA0, 0x80] + Array("d".utf8), ["d"]),
      ([0xF5, 0x80, 0x80, 0x80] + Array("e".utf8), ["e"]),
      ([0xF4, 0x90, 0x80, 0x80] + Array("f".utf8), ["f"]),
      ([0x61, 0x00, 0x62], ["a", "b"]),
    ]
    for (bytes, expected) in cases {
      #expect(terms(bytes, TextVectorizer.Options()) == expected)
    }
  }

  @Test(arguments: [1, 2, 3]) func anyBytesAreCutIntoTerms(_ seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<2000 {
      let bytes = (0..<Int.random(in: 0...30, using: &generator)).map { _ in
        Bool.random(using: &generator)
          ? UInt8.random(in: 0...255, using: &generator)
          : UInt8.random(in: 0x20...0x7E, using: &generator)
      }
      for options in [
        TextVectorizer.Options(lengths: 1...3), TextVectorizer.Options(unit: .characters),
      ] {
        for term in terms(bytes, options) {
          #expect(!term.isEmpty && !term.unicodeScalars.contains("\u{FFFD}"), "seed \(seed)")
        }
      }
    }
  }

  private func terms(
    _ text: String, _ lengths: ClosedRange<Int> = 1...1, foldsCase: Bool = true
  ) -> [String] {
    terms(Array(text.utf8), TextVectorizer.Options(lengths: lengths, foldsCase: foldsCase))
  }

  private func characters(_ text: String, _ lengths: ClosedRange<Int>) -> [String] {
    terms(Array(text.utf8), TextVectorizer.Options(unit: .characters, lengths: lengths))
  }

  private func terms(_ bytes: [UInt8], _ options: TextVectorizer.Options) -> [String] {
    var scanner = TermScanner(options)
    // A second text must not see the first one's bytes.
    scanner.load([0x7A, 0x7A].span, 0..<2)
    scanner.load(bytes.span, bytes.indices)
    var terms: [String] = []
    scanner.forEachTerm { terms.append(NumberParser.text(scanner.bytes.span, $0)) }
    return terms
  }
}

@Suite struct TermTableTests {
  @Test(arguments: [1, 2]) func findsWhatWasInserted(_ seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    var table = TermTable()
    var numbers: [[UInt8]: Int] = [:]
    for _ in 0..<5000 {
      let term = (0..<Int.random(in: 1...12, using: &generator)).map { _ in
        UInt8.random(in: 0x61...0x64, using: &generator)
      }
      // A poor hash, so that many terms share a slot.
      let hash = TermHash.hash(term.span, term.indices) & 0xFF
      let found = table.find(term.span, term.indices, hash: hash)
      #expect(found == numbers[term] ?? -1, "seed \(seed)")
      numbers[term, default: table.count] += 0
      #expect(table.insert(term.span, term.indices, hash: hash) == numbers[term], "seed \(seed)")
    }
    #expect(table.count == numbers.count)
    let sorted = table.sorted(Array(0..<table.count)).map { Array(table.text($0).utf8) }
    #expect(sorted == numbers.keys.sorted { $0.lexicographicallyPrecedes($1) }, "seed \(seed)")
  }
}

@Suite struct TermHashTests {
  @Test func isMurmurHash3() {
    // The test vectors that the algorithm's users publish, with seed 0.
    let known: [(String, UInt32)] = [
      ("", 0), ("a", 0x3C25_69B2), ("test", 0xBA6B_D213), ("Hello, world!", 0xC036_3E43),
      ("The quick brown fox jumps over the lazy dog", 0x2E4F_F723),
    ]
    for (text, hash) in known {
      let bytes = Array(text.utf8)
      #expect(TermHash.hash(bytes.span, bytes.indices) == hash, "\(text)")
    }
  }

  @Test func theBucketIsTheMagnitudeModuloTheirNumber() {
    #expect(TermHash.bucket(5, mask: 3) == 1)
    #expect(TermHash.bucket(UInt32(bitPattern: -5), mask: 3) == 1)
    #expect(TermHash.bucket(UInt32(bitPattern: .min), mask: 0x3FF_FFFF) == 0)
  }
}
