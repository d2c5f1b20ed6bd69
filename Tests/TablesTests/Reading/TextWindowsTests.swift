import LinearAlgebra
import Testing

@testable import Tables

/// What reading gave: all that the columns hold and remember, or the message of what is wrong.
private func outcome(_ body: () throws -> [ColumnBuilder]) -> String {
  do {
    return try body().enumerated().map { index, builder in
      if builder.needsSecondReading { return "mixed" }
      let column = builder.column(FieldName(number: index + 1, name: "c\(index + 1)"))
      return "\(column.values) \(column.places)"
    }.joined(separator: "\n")
  } catch {
    return "\(error)"
  }
}

/// A table without a header, whose window begins small and grows by small windows.
private func delimitedText(
  _ text: [UInt8], _ separator: Separator, chunk: Int
) throws(TableError) -> DelimitedText? {
  var records = try RecordReader(
    ByteSource(bytes: text, name: "f", chunkSize: chunk), separator: separator)
  guard try records.next() else { return nil }
  return DelimitedText(withoutHeader: records)
}

/// How one record after the other is read.
private func sequential(_ text: [UInt8], _ separator: Separator, texts: Bool) -> String {
  outcome {
    guard var table = try delimitedText(text, separator, chunk: .max) else { return [] }
    var builders = [ColumnBuilder](
      repeating: texts ? .ofTexts() : ColumnBuilder(), count: table.names.count)
    while try table.next() {
      for index in builders.indices { builders[index].append(table.records, index) }
    }
    return builders
  }
}

private func parallel(
  _ text: [UInt8], _ separator: Separator, texts: Bool, chunk: Int, threads: Int,
  sizes: ReadingSizes
) -> String {
  outcome {
    guard var table = try delimitedText(text, separator, chunk: chunk) else { return [] }
    var builders = [ColumnBuilder](
      repeating: texts ? .ofTexts() : ColumnBuilder(), count: table.names.count)
    _ = try table.readColumns(
      into: &builders, wanted: Array(builders.indices),
      TextCutting(threads: threads, sizes: sizes))
    return builders
  }
}

@Suite struct TextWindowsTests {
  /// A field as files have them, the hard ones included.
  private func field(_ random: inout SeededGenerator, column: Int) -> String {
    switch Int.random(in: 0...(column == 0 ? 3 : 15), using: &random) {
    case 0...3: return "\(Int.random(in: -999...9999, using: &random))"
    case 4: return "\(Double.random(in: -5...5, using: &random))"
    case 5: return ["", "NA", "?", "nan", "  "].randomElement(using: &random) ?? ""
    case 6: return ["red", "green", " blue ", "grün", "日本"].randomElement(using: &random) ?? ""
    case 7: return "\"quoted\""
    case 8: return "\"two\nlines\""
    case 9: return "\"comma, \"\"quote\"\", tab\t; \r\n\r\r\n end\""
    case 10: return " 1.25 "
    case 11: return "\"17\""
    case 12: return "5\" pipe"
    case 13: return "1e\(Int.random(in: -400...400, using: &random))"
    case 14: return "0.\(UInt64.random(in: 0...UInt64.max, using: &random))"
    default: return "x\(Int.random(in: 0...99, using: &random))"
    }
  }

  private func table(_ random: inout SeededGenerator, separator: String, rows: Int) -> String {
    let columns = Int.random(in: 1...5, using: &random)
    let end = ["\n", "\r\n", "\r"].randomElement(using: &random) ?? "\n"
    var text = ""
    for _ in 0..<rows {
      for column in 0..<columns {
        if column > 0 { text += separator }
        text += field(&random, column: column)
      }
      text += end
      if Int.random(in: 0..<12, using: &random) == 0 { text += "  " + end }
    }
    if Bool.random(using: &random) { text.unicodeScalars.removeLast(end.unicodeScalars.count) }
    return text
  }

  @Test(arguments: ["," as Character, "\t", ";"])
  func anyNumberOfThreadsReadsTheSame(_ separator: Character) {
    let kind: Separator = separator == "," ? .comma : separator == "\t" ? .tab : .semicolon
    for seed in UInt64(1)...150 {
      var random = SeededGenerator(seed: seed)
      let rows = Int.random(in: 1...60, using: &random)
      let text = Array(table(&random, separator: String(separator), rows: rows).utf8)
      for texts in [false, true] {
        let expected = sequential(text, kind, texts: texts)
        for threads in [1, 2, 3] {
          let sizes = ReadingSizes(
            window: Int.random(in: 1...400, using: &random),
            part: Int.random(in: 1...60, using: &random))
          let chunk = Int.random(in: 1...100, using: &random)
          let found = parallel(
            text, kind, texts: texts, chunk: chunk, threads: threads, sizes: sizes)
          #expect(
            found == expected,
            "seed \(seed), \(threads) threads, \(sizes), chunks of \(chunk), \(String(decoding: text, as: UTF8.self))"
          )
          if found != expected { return }
        }
      }
    }
  }

  @Test func anyBytesGiveTheSameErrorAtTheSamePlace() {
    let alphabet = Array("11.,;\t\"\"\n\n\r \0é-ab".utf8)
    for seed in UInt64(1)...1500 {
      var random = SeededGenerator(seed: seed)
      let count = Int.random(in: 0...120, using: &random)
      // Few zeros and broken characters, so that more than the first line is read.
      let text = (0..<count).map { _ -> UInt8 in
        let byte = alphabet.randomElement(using: &random) ?? 0
        let isRare = byte == 0 || byte >= 0x80
        return isRare && Int.random(in: 0..<20, using: &random) > 0 ? UInt8(ascii: "\n") : byte
      }
      for separator in [Separator.comma, .tab, .blanks] {
        let expected = sequential(text, separator, texts: false)
        let sizes = ReadingSizes(
          window: Int.random(in: 1...40, using: &random),
          part: Int.random(in: 1...10, using: &random))
        let found = parallel(
          text, separator, texts: false, chunk: Int.random(in: 1...9, using: &random), threads: 2,
          sizes: sizes)
        #expect(found == expected, "seed \(seed), \(separator), \(sizes), \(text)")
        if found != expected { return }
      }
    }
  }

  @Test func wholeFilesAreTheSameForAnyNumberOfThreads() throws {
    for seed in UInt64(1)...6 {
      var random = SeededGenerator(seed: seed)
      let text = Array(table(&random, separator: ",", rows: 9000).utf8)
      var found: [String] = []
      for threads in [1, 2, 4] {
        var options = TextOptions(format: .csv, header: .no, threads: threads)
        options.sizes = ReadingSizes(window: 30_000, part: 5000)
        found.append(
          outcomeOfTable {
            try Table(reading: ByteSource(bytes: text, name: "f"), options: options)
          })
      }
      #expect(found[0] == found[1] && found[1] == found[2], "seed \(seed)")
    }
  }

  private func outcomeOfTable(_ body: () throws -> Table) -> String {
    do {
      let table = try body()
      return "\(table.columns.map { "\($0.values) \($0.places)" }) \(table.digest)"
    } catch {
      return "\(error)"
    }
  }

  // MARK: LIBSVM text

  private func example(_ random: inout SeededGenerator) -> String {
    var line = ["1", "-1", "+1", "2.5", "setosa", "grün"].randomElement(using: &random) ?? "1"
    if Int.random(in: 0..<9, using: &random) == 0 { line += " qid:3" }
    var index = Int.random(in: 0...3, using: &random)
    for _ in 0..<Int.random(in: 0...6, using: &random) {
      index += Int.random(
        in: 1...(Int.random(in: 0..<40, using: &random) == 0 ? 90_000_000 : 5), using: &random)
      line +=
        " \(index):\(Int.random(in: 0..<4, using: &random) == 0 ? 0 : Double.random(in: -3...3, using: &random))"
    }
    switch Int.random(in: 0..<12, using: &random) {
    case 0: line += " # a comment: 1,2"
    case 1: line += " \t "
    case 2: line = ""
    case 3: line = "# nothing"
    default: break
    }
    return line
  }

  private func sequentialEntries(_ text: [UInt8]) -> String {
    describe { entries in
      var reader = try LIBSVMReader(ByteSource(bytes: text, name: "f"))
      while try reader.next() { try entries.append(reader) }
    }
  }

  private func describe(_ body: (inout LIBSVMEntries) throws -> Void) -> String {
    do {
      var entries = LIBSVMEntries()
      try body(&entries)
      let labels =
        entries.labels.needsSecondReading
        ? "mixed" : "\(entries.labels.column(FieldName(number: 1, name: "label")))"
      return
        "\(labels) \(entries.rowOffsets) \(entries.columns) \(entries.values) "
        + "\(entries.smallestIndex) \(entries.largestIndex) \(entries.groupCount)"
    } catch {
      return "\(error)"
    }
  }

  @Test func anyNumberOfThreadsReadsTheSameExamples() {
    let damages = [
      "1 2", ":1", "1 1:x", "1 5:1 5:2", "1 1:1e999", "a,b 1:1", "1 1:1:1", "1\0 1:2",
      "1 99999999999:1",
    ]
    for seed in UInt64(1)...400 {
      var random = SeededGenerator(seed: seed)
      var lines = (0..<Int.random(in: 0...50, using: &random)).map { _ in example(&random) }
      if seed % 3 == 0, !lines.isEmpty {
        lines[Int.random(in: 0..<lines.count, using: &random)] =
          damages.randomElement(using: &random) ?? ""
      }
      let end = ["\n", "\r\n", "\r"].randomElement(using: &random) ?? "\n"
      let text = Array(
        (lines.joined(separator: end) + (Bool.random(using: &random) ? end : "")).utf8)
      let expected = sequentialEntries(text)
      for threads in [1, 2, 3] {
        let sizes = ReadingSizes(
          window: Int.random(in: 1...300, using: &random),
          part: Int.random(in: 1...50, using: &random))
        let chunk = Int.random(in: 1...100, using: &random)
        let found = describe { entries in
          try entries.read(
            InputBuffer(ByteSource(bytes: text, name: "f", chunkSize: chunk)),
            TextCutting(threads: threads, sizes: sizes))
        }
        #expect(
          found == expected,
          "seed \(seed), \(threads) threads, \(sizes), \(String(decoding: text, as: UTF8.self))")
        if found != expected { return }
      }
    }
  }

  // MARK: Memory

  @Test func aLongLineIsRefusedBeforeItFillsTheMemory() {
    // A stream that would go on for a gigabyte.
    final class OneLine: ByteStream {
      var given = 0
      let canRewind = false
      func rewind() {}
      func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        let count = min(buffer.count, (1 << 30) - given)
        buffer.initializeMemory(as: UInt8.self, repeating: UInt8(ascii: "7"))
        given += count
        return count
      }
    }
    for format in [TextFormat.csv, .libsvm] {
      let line = OneLine()
      let found = message {
        try TrainingData(
          reading: ByteSource(stream: line, name: "long"), options: TextOptions(format: format))
      }
      #expect(found.hasPrefix("long:1:1: record is longer than 16777216 bytes"))
      #expect(line.given < 64 << 20, "\(line.given) bytes were read")
    }
  }
}
