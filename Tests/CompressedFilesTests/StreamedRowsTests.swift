import Basics
import Foundation
import LinearAlgebra
import TestSupport
import Testing

@testable import CompressedFiles
@testable import Tables

/// Everything that a stream gives, row after row, and the message with which it ends.
private struct Outcome: Equatable {
  var rows: [String] = []
  var treated: [TreatedColumn] = []
  var message = ""

  init(
    _ source: ByteSource, _ preprocessor: Preprocessor, _ options: TextOptions,
    target: TargetUse, weight: String? = nil, batchSize: Int
  ) {
    do {
      var reader = try BatchReader(
        source, preprocessor: preprocessor, options: options,
        wishes: StreamWishes(kept: .all, target: target, weight: weight), batchSize: batchSize)
      defer { treated = reader.treatedColumns }
      while let batch = try reader.next() {
        let skipped = Set(batch.skippedRows)
        var example = 0
        for row in 0..<batch.rowCount {
          var features = "skipped"
          if !skipped.contains(row) {
            features = "\(batch.features.dense.row(example).map(\.bitPattern))"
            example += 1
          }
          let target =
            switch batch.targets {
            case .numbers(let numbers)?: "\(numbers[row])"
            case .texts(let texts)?: texts[row]
            case nil: ""
            }
          rows.append(
            "\(batch.lineNumbers[row]) \(features) \(target) \(batch.weights?[row] ?? 1) "
              + batch.kept.texts(row).joined(separator: "|"))
        }
      }
    } catch {
      message = "\(error)"
    }
  }
}

/// A text as a program writes it into a pipe, in small pieces.
private func piped<Result>(
  _ text: [UInt8], piece: Int, _ body: (ByteSource) throws -> Result
) throws -> Result {
  let pipe = Pipe()
  let writer = Thread {
    // Written in pieces, whatever the reader makes of them; a reader that left is no fault of the writer.
    for start in stride(from: 0, to: text.count, by: piece) {
      let bytes = Data(text[start..<min(start + piece, text.count)])
      do { try pipe.fileHandleForWriting.write(contentsOf: bytes) } catch { break }
    }
    pipe.fileHandleForWriting.closeFile()
  }
  let source = try ByteSource(path: "/dev/fd/\(pipe.fileHandleForReading.fileDescriptor)")
  writer.start()
  defer { pipe.fileHandleForReading.closeFile() }
  return try body(source)
}

/// Tables as files have them, some of them damaged.
private struct TableMaker {
  var random: SeededGenerator
  let separator: String
  let lineEnd: String
  let hasDecimalCommas: Bool

  init(seed: UInt64) {
    random = SeededGenerator(seed: seed)
    separator = [",", ";", "\t", "|"].randomElement(using: &random) ?? ","
    lineEnd = ["\n", "\r\n", "\r"].randomElement(using: &random) ?? "\n"
    hasDecimalCommas = separator != "," && Int.random(in: 0..<3, using: &random) == 0
  }

  private mutating func oneIn(_ count: Int) -> Bool {
    Int.random(in: 0..<count, using: &random) == 0
  }

  private mutating func number() -> String {
    var text =
      oneIn(4)
      ? "\(Int.random(in: -99...999, using: &random))"
      : "\(Double(Int.random(in: -99999...99999, using: &random)) / 1000)"
    if hasDecimalCommas { text = text.replacingOccurrences(of: ".", with: ",") }
    switch Int.random(in: 0..<30, using: &random) {
    case 0: return " \(text) "
    case 1: return "\"\(text)\""
    case 2: return "007"
    case 3: return ["NA", "?", "", "-999"].randomElement(using: &random) ?? ""
    default: return text
    }
  }

  private mutating func word() -> String {
    let word = ["red", "blue", "green", "grün"].randomElement(using: &random) ?? ""
    switch Int.random(in: 0..<16, using: &random) {
    case 0: return " \(word)"
    case 1: return "\"\(word)\""
    case 2: return ""
    default: return word
    }
  }

  private mutating func note() -> String {
    if separator == "\t" { return oneIn(2) ? "5\" pipe" : "\"in quotes\"" }
    return [
      "plain", "\"two\(lineEnd)lines\"", "\"\(separator) and \"\"quotes\"\"\"", "5\" pipe", "",
      "\"\(lineEnd)\(lineEnd)\"",
    ].randomElement(using: &random) ?? ""
  }

  /// A table of two numbers, two categories, a remark, a weight and a class.
  mutating func table(rows: Int, damaged: Bool) -> [UInt8] {
    var text = ["a", "b", "colour", "size", "note", "w", "class"].joined(separator: separator)
    text += lineEnd
    for _ in 0..<rows {
      let fields = [
        number(), number(), word(), oneIn(2) ? "small" : "large", note(),
        ["0", "1", "2", hasDecimalCommas ? "0,5" : "0.5"].randomElement(using: &random) ?? "1",
        oneIn(2) ? "yes" : "no",
      ]
      text += fields.joined(separator: separator) + lineEnd
      if oneIn(20) { text += lineEnd }
      if oneIn(25) { text += "# a comment" + lineEnd }
    }
    if oneIn(2) { text.unicodeScalars.removeLast(lineEnd.unicodeScalars.count) }
    var bytes = Array(text.utf8)
    if oneIn(4) { bytes.insert(contentsOf: [0xEF, 0xBB, 0xBF], at: 0) }
    guard damaged else { return bytes }
    let place = Int.random(in: bytes.count / 3..<bytes.count, using: &random)
    switch Int.random(in: 0..<6, using: &random) {
    case 0: bytes[place] = 0
    case 1: bytes[place] = 0xFF
    case 2: bytes[place] = UInt8(ascii: "\"")
    case 3: bytes.insert(contentsOf: separator.utf8, at: place)
    case 4: bytes.insert(contentsOf: "violet".utf8, at: place)
    default: bytes.removeLast(bytes.count - place)
    }
    return bytes
  }
}

@Suite struct StreamedRowsTests {
  private let missing: [MissingValuePolicy] = [.mean, .drop, .mostFrequent]

  private func fitted(_ maker: inout TableMaker, seed: UInt64) throws -> TablePreprocessor {
    let bytes = maker.table(rows: 60, damaged: false)
    var options = TextOptions(
      header: .yes, missingMarkers: ["-999"], separator: maker.kind, commentMark: "#")
    options.decimal = maker.hasDecimalCommas ? .comma : .point
    let table = try Table(reading: ByteSource(bytes: bytes, name: "train.csv"), options: options)
    return try TablePreprocessor(
      fitting: table, target: 6,
      choices: ColumnChoices(
        kinds: [
          .init(column: "a", kind: .numeric), .init(column: "b", kind: .numeric),
          .init(column: "w", kind: .ignore),
        ],
        identifiers: ["note"]), missing: missing[Int(seed % 3)]
    ).replacing(unseen: seed % 2 == 0 ? .ignore : .error)
  }

  @Test(arguments: UInt64(1)...24)
  func rowsDoNotDependOnHowTheyArrive(_ seed: UInt64) throws {
    var maker = TableMaker(seed: seed)
    let preprocessor = Preprocessor.table(try fitted(&maker, seed: seed))
    let text = maker.table(
      rows: Int.random(in: 1...120, using: &maker.random), damaged: seed % 3 == 0)
    let weight = seed % 4 == 0 ? "w" : nil
    var options = TextOptions(header: .yes, separator: maker.kind, commentMark: "#", threads: 1)
    options.decimal = maker.hasDecimalCommas ? .comma : .point
    func outcome(_ source: ByteSource, _ options: TextOptions, batchSize: Int) -> Outcome {
      Outcome(
        source, preprocessor, options, target: .texts, weight: weight, batchSize: batchSize)
    }
    func bytes(_ chunk: Int) -> ByteSource {
      ByteSource(bytes: text, name: "new.csv", chunkSize: chunk)
    }
    let expected = outcome(bytes(.max), options, batchSize: .max)
    for threads in [1, 2, 4] {
      options.threads = threads
      for _ in 0..<3 {
        options.sizes = ReadingSizes(
          window: Int.random(in: 1...600, using: &maker.random),
          part: Int.random(in: 1...100, using: &maker.random))
        let batchSize = Int.random(in: 1...50, using: &maker.random)
        let chunk = Int.random(in: 1...200, using: &maker.random)
        let comment: Comment = """
          seed \(seed), \(threads) threads, \(options.sizes), batches of \(batchSize), \
          chunks of \(chunk)
          """
        #expect(outcome(bytes(chunk), options, batchSize: batchSize) == expected, comment)
        let compressed = ByteSource(
          stream: GzipStream(
            ByteSource(bytes: gzip(text), name: "new.csv", chunkSize: chunk)), name: "new.csv")
        #expect(outcome(compressed, options, batchSize: batchSize) == expected, comment)
      }
      var fromPipe = try piped(text, piece: Int.random(in: 7...900, using: &maker.random)) {
        outcome($0, options, batchSize: 17)
      }
      // Messages name the source.
      if let name = fromPipe.message.split(separator: ":").first, name.hasPrefix("/dev/fd/") {
        fromPipe.message = "new.csv" + fromPipe.message.dropFirst(name.count)
      }
      #expect(fromPipe == expected, "seed \(seed), \(threads) threads, a pipe")
    }
  }

  /// What a stream gives is what the whole table gives, which takes another way.
  @Test(arguments: UInt64(1)...30)
  func rowsAreThoseOfTheTable(_ seed: UInt64) throws {
    var maker = TableMaker(seed: seed)
    let preprocessor = try fitted(&maker, seed: seed)
    let text = maker.table(rows: 80, damaged: false)
    var options = TextOptions(header: .yes, separator: maker.kind, commentMark: "#")
    options.decimal = maker.hasDecimalCommas ? .comma : .point
    options.sizes = ReadingSizes(window: 500, part: 90)
    var reader = try BatchReader(
      ByteSource(bytes: text, name: "new.csv"), preprocessor: .table(preprocessor),
      options: options, batchSize: 33)
    var rows: [[Double]] = []
    var usable: [Int] = []
    var count = 0
    while let batch = try reader.next() {
      rows += (0..<batch.features.rowCount).map(batch.features.dense.row)
      usable += (0..<batch.rowCount).filter { !batch.skippedRows.contains($0) }.map { count + $0 }
      count += batch.rowCount
    }
    let table = try Table(
      reading: ByteSource(bytes: text, name: "new.csv"),
      options: options.expecting(.table(preprocessor)))
    let whole = try preprocessor.transform(table).dense
    #expect(usable == (try preprocessor.usableRows(of: table)), "seed \(seed)")
    #expect(rows == (0..<whole.rowCount).map(whole.row), "seed \(seed)")
  }

  @Test(arguments: UInt64(1)...40)
  func examplesDoNotDependOnHowTheyArrive(_ seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let alphabet = [
      "1 1:2 3:4", "-1 2:0.5 # remark", "", "# comment", "1:3 2:1", "2 qid:3 1:1 9:2",
    ]
    let wrong = ["1 0:1", "1 2:1 1:1", "x,1", "1 1:nan", "1 \0:2", "1 1:2,3", "1 7"]
    let end = ["\n", "\r\n", "\r"].randomElement(using: &random) ?? "\n"
    var lines = (0..<40).map { _ in alphabet.randomElement(using: &random) ?? "" }
    if seed % 2 == 0 { lines.append(wrong.randomElement(using: &random) ?? "") }
    lines.append("3 3:3")
    let text = Array(lines.joined(separator: end).utf8)
    let preprocessor = Preprocessor.libsvm(
      LIBSVMPreprocessor(isZeroBased: false, scaler: .identity(featureCount: 4)))
    func outcome(_ options: TextOptions, chunk: Int, batchSize: Int) -> Outcome {
      Outcome(
        ByteSource(bytes: text, name: "new.svm", chunkSize: chunk), preprocessor, options,
        target: .ignored, batchSize: batchSize)
    }
    var options = TextOptions(threads: 1)
    let expected = outcome(options, chunk: .max, batchSize: .max)
    for threads in [1, 2, 4] {
      options.threads = threads
      for _ in 0..<5 {
        options.sizes = ReadingSizes(
          window: Int.random(in: 1...100, using: &random),
          part: Int.random(in: 1...30, using: &random))
        let found = outcome(
          options, chunk: Int.random(in: 1...50, using: &random),
          batchSize: Int.random(in: 1...20, using: &random))
        #expect(found == expected, "seed \(seed), \(threads) threads, \(options.sizes)")
      }
    }
    // One example after the other, by the plain reader.
    var reader = try LIBSVMReader(ByteSource(bytes: text, name: "new.svm"))
    var plain: [Int] = []
    var message = ""
    do {
      while try reader.next() {
        if reader.indices.first == 0 { break }
        plain.append(reader.line)
      }
    } catch {
      message = "\(error)"
    }
    #expect(expected.rows.map { Int($0.prefix { $0 != " " }) } == plain, "seed \(seed)")
    if !message.isEmpty { #expect(expected.message == message, "seed \(seed)") }
  }

  /// A pipe that has enough rows for a batch is served, though it stays open.
  @Test(.timeLimit(.minutes(1)))
  func anOpenPipeIsServed() throws {
    var maker = TableMaker(seed: 1)
    let preprocessor = Preprocessor.table(try fitted(&maker, seed: 2))
    var text = Array("a,b,colour,size,note,w,class\n".utf8)
    // More than the sample that is looked at first.
    for row in 0..<5000 { text += Array("\(row),2,red,small,n,1,yes\n".utf8) }
    let pipe = Pipe()
    let data = Data(text)
    Thread.detachNewThread {
      do { try pipe.fileHandleForWriting.write(contentsOf: data) } catch {}
    }
    defer { pipe.fileHandleForWriting.closeFile() }
    var reader = try BatchReader(
      ByteSource(path: "/dev/fd/\(pipe.fileHandleForReading.fileDescriptor)"),
      preprocessor: preprocessor, options: TextOptions(header: .yes, separator: .comma),
      batchSize: 100)
    var count = 0
    for _ in 0..<49 { count += try reader.next()?.rowCount ?? 0 }
    #expect(count == 4900)
  }
}

extension TableMaker {
  fileprivate var kind: Separator {
    switch separator {
    case ";": .semicolon
    case "\t": .tab
    case "|": .bar
    default: .comma
    }
  }
}
