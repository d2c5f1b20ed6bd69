import Basics
import LinearAlgebra
import TestSupport
import Testing
import Transport

@testable import Tables

/// A text in one or several files, and how it is to be read and prepared.
struct SharedCase: Sendable {
  var files: [(name: String, text: String)]
  var options = TextOptions()
  var columns = ChosenColumns(target: nil, hasTarget: true, choices: ColumnChoices())
  var scaling = Scaling.standard
  var missing = MissingValuePolicy.mean

  init(_ text: String, name: String = "data.csv") { files = [(name, text)] }

  /// The source that a process opens.
  func source() -> ByteSource {
    let texts = Dictionary(files.map { ($0.name, Array($0.text.utf8)) }) { first, _ in first }
    @Sendable func open(_ name: String) throws(TableError) -> ByteSource {
      ByteSource(bytes: texts[name] ?? [], name: name)
    }
    return files.count == 1
      ? ByteSource(bytes: Array(files[0].text.utf8), name: files[0].name)
      : ByteSource(files: files.map(\.name), name: "all", open: open)
  }
}

/// What is learned of data: alone, or as one of several ranks.
struct Found: Sendable, Equatable {
  var error: String?
  var labels: [String] = []
  var preprocessor: [UInt8] = []
  var isSparse = false
  /// The bits of features, row by row: of a rank, those that it has.
  var training: [[UInt64]] = []
  var others: [[UInt64]] = []

  init(_ item: SharedCase, _ examples: () throws -> any ExampleText) {
    do {
      let examples = try examples()
      let selected = try examples.selection(item.columns, missing: item.missing)
      let fitting = FeatureFitting(scaling: item.scaling, threads: item.options.threads)
      labels = [
        examples.digest, "\(examples.rowCount) \(selected.data.rowCount)", examples.file,
        "\(selected.rows)", "\(selected.weights ?? [])", "\(selected.groups ?? [])",
        "\(selected.data.fileRows ?? [])", "\(selected.zeroWeightRowCount)",
        "\(String(describing: selected.targetKind)) \(examples.unusedGroupCount)",
        "\(String(describing: examples.unscaledMagnitudes))",
      ]
      if let target = selected.target {
        labels += [
          target.name, "\(target.values)", "\(String(describing: target.notation))",
          "\(target.wholeNumberDecimals) \(target.isInexact) \(target.places)",
        ]
      }
      try selected.data.check()
      labels += try selected.data.schema()?.columns.map { "\($0)" } ?? []
      if let target = selected.target {
        labels += TargetClasses(target, rows: selected.rows).names
      }
      let held = selected.rows.indices.filter { $0 % 4 == 2 }
      let fitted = try selected.data.fitted(
        fitting,
        training: selected.rows.indices.filter { $0 % 4 != 2 }.map { selected.rows[$0] },
        others: held.map { selected.rows[$0] })
      switch fitted.preprocessor {
      case .table(let table): preprocessor = try MessageCoder.bytes(table)
      case .libsvm(let other):
        preprocessor = try MessageCoder.bytes(other.scaler) + [other.isZeroBased ? 1 : 0]
      }
      labels.append(
        "\(String(describing: try examples.columnAccounts(item.columns, missing: item.missing)))")
      labels += try selected.data.texts(
        ofRows: stride(from: 0, to: selected.data.rowCount, by: 3).reversed()
      )
      .map { "\($0)" }
      isSparse = fitted.training.isSparse
      training = Self.rows(fitted.training)
      others = Self.rows(fitted.others)
    } catch {
      self.error = "\(error)"
    }
  }

  private static func rows(_ features: FeatureMatrix) -> [[UInt64]] {
    let matrix = features.dense
    return (0..<matrix.rowCount).map { row in
      (0..<matrix.columnCount).map { matrix[row, $0].bitPattern }
    }
  }

  static func alone(_ item: SharedCase) -> Found {
    Found(item) { try TrainingData(reading: item.source(), options: item.options).examples }
  }

  /// What ranks find together; `nil` if they do not agree.
  static func together(_ item: SharedCase, ranks: Int) throws -> [Found] {
    try ThreadTransport.run(ranks: ranks, patience: 30) { transport in
      Found(item) {
        try SharedData(reading: item.source(), options: item.options, over: transport).examples
      }
    }.map { try $0.get() }
  }
}

/// Compares what ranks find with what one process finds; says whether all is equal.
@discardableResult
func expectEqual(_ item: SharedCase, ranks: Int, _ comment: String) throws -> Bool {
  let expected = Found.alone(item)
  var together = try Found.together(item, ranks: ranks)
  let (training, others) = (together.flatMap(\.training), together.flatMap(\.others))
  var isEqual = training == expected.training && others == expected.others
  #expect(training == expected.training, "\(comment), \(ranks) ranks: features")
  #expect(others == expected.others, "\(comment), \(ranks) ranks: features of other rows")
  var plain = expected
  (plain.training, plain.others) = ([], [])
  for rank in together.indices {
    (together[rank].training, together[rank].others) = ([], [])
    #expect(together[rank] == plain, "\(comment), rank \(rank) of \(ranks): \(item.files)")
    isEqual = isEqual && together[rank] == plain
  }
  return isEqual
}

@Suite struct SharedDataTests {
  static let sizes = [1, 2, 3, 5, 8]

  /// The cuts then lie between files, of which each read gives bytes of one alone.
  @Test(arguments: [2, 4, 8]) func equalFilesAreSharedEqually(size: Int) throws {
    var item = SharedCase("x,y\n1,a\n2,b\n3,a\n4,b\n", name: "part-0.csv")
    for file in 1..<8 { item.files.append(("part-\(file).csv", item.files[0].text)) }
    try expectEqual(item, ranks: size, "equal files")
    for rank in try Found.together(item, ranks: size) {
      let count = rank.training.count + rank.others.count
      #expect(abs(count - 32 / size) <= 1, "\(count) of 32 rows on one of \(size) ranks")
    }
  }

  private func check(_ item: SharedCase, _ comment: String) throws {
    for ranks in Self.sizes { try expectEqual(item, ranks: ranks, comment) }
  }

  private func numbers(_ count: Int, from first: Int = 0) -> String {
    (first..<first + count).map { "\($0 * 7 % 31).5,\($0 % 3 == 0 ? "red" : "blue"),\($0 % 2)\n" }
      .joined()
  }

  @Test func numbersAndCategories() throws {
    try check(SharedCase("x,color,y\n" + numbers(40)), "plain")
    try check(SharedCase(numbers(40)), "no header")
    try check(SharedCase("\u{FEFF}x,color,y\r\n" + numbers(7)), "few rows, a byte-order mark")
    try check(SharedCase("x,color,y\n" + numbers(1)), "one row")
    try check(SharedCase("x,color,y\n"), "only a header")
    try check(SharedCase(""), "nothing")
  }

  @Test func textsAfterNumbersOnOneRank() throws {
    var text = "x,z,y\n"
    for row in 0..<60 {
      text += "\(row % 7 == 3 && row > 50 ? "n.a" : "\(row % 5)"),\(row),\(row % 2)\n"
    }
    try check(SharedCase(text), "slips at the end")
    text = "x,z,y\n"
    for row in 0..<60 { text += "\(row > 50 ? "late" : "\(row % 5)"),\(row * row),\(row % 2)\n" }
    try check(SharedCase(text), "a category at the end")
    text = "code,z,y\n"
    for row in 0..<60 {
      text += "\(row == 55 ? "007" : "\(row % 5 + 1)"),\(row * row),\(row % 2)\n"
    }
    try check(SharedCase(text), "leading zeros at the end")
  }

  @Test func quotesOverLines() throws {
    var text = "note,x,y\n"
    for row in 0..<50 {
      text +=
        row % 3 == 0 ? "\"two\nlines, \"\"\(row % 4)\"\"\r\n\",\(row),a\n" : "5\" pipe,\(row),b\n"
    }
    try check(SharedCase(text), "quotes in quoted and other fields")
    text = "note,x,y\n"
    for row in 0..<30 { text += "n\(row % 3),\(row),a\n" }
    text += "\"open,1,b\n" + String(repeating: "more,2,c\n", count: 30)
    try check(SharedCase(text), "a quote that is never closed")
    text = "note,x,y\n\"" + String(repeating: "line\n", count: 200) + "\",1,b\n"
    text += String(repeating: "a,2,c\nb,3,b\n", count: 10)
    try check(SharedCase(text), "a field longer than a part")
  }

  @Test func errorsAreThoseOfOneProcess() throws {
    for row in [0, 13, 28, 39] {
      var lines = (0..<40).map { "\($0),\($0 % 3),\($0 % 2)" }
      lines[row] = "1,2"
      try check(SharedCase("a,b,y\n" + lines.joined(separator: "\n")), "a short record \(row)")
      lines[row] = "1,\(String(repeating: "9", count: 400)),0"
      try check(SharedCase("a,b,y\n" + lines.joined(separator: "\n")), "infinite \(row)")
      lines[row] = "1,\u{0},0"
      lines[39 - row] = "1,\"a\"b,0"
      try check(SharedCase("a,b,y\n" + lines.joined(separator: "\n")), "two faults \(row)")
    }
    var item = SharedCase("a,b,y\n1,2,0\n3,,1\n4,5,0\n5,6,1\n")
    item.missing = .error
    try check(item, "a missing value")
    item = SharedCase("a,b,y\n1e308,2,0\n-1e308,3,1\n4,5,0\n5,6,1\n1,2,0\n2,3,1\n")
    try check(item, "large numbers")
  }

  @Test func severalFiles() throws {
    let header = "x,color,y\n"
    for repeats in [true, false] {
      var item = SharedCase("")
      item.files = [
        ("1.csv", header + numbers(9)), ("2.csv", repeats ? header : ""),
        ("3.csv", (repeats ? header : "") + String(numbers(5, from: 9).dropLast())),
        ("4.csv", (repeats ? header : "") + numbers(20, from: 14)), ("5.csv", ""),
      ]
      try check(item, "files, header repeated: \(repeats)")
      item.files[3].text += "1,2\n"
      try check(item, "an error in the fourth file")
      item.files[2].text = "x,colour,y\n1,2,3\n"
      try check(item, "another header")
    }
  }

  @Test func weightsGroupsAndChoices() throws {
    var text = "# a comment\nid,w,g,when,price,size,y\n"
    for row in 0..<50 {
      text +=
        "\(row + 1),\(row % 5 == 0 ? 0 : row % 3 + 1),g\(row % 6),2024-0\(row % 9 + 1)-1\(row % 9),"
      text +=
        "$\(row * 37 % 1000 + 1).50,\(row % 4 == 1 ? "" : "\(row % 4)"),\(row % 5 == 0 ? "x" : "\(row % 2)")\n"
    }
    var item = SharedCase(text)
    item.columns.choices = ColumnChoices(
      kinds: [.init(column: "size", kind: .category)], weight: "w", group: "g",
      indicatesMissing: true)
    for missing in MissingValuePolicy.allCases + [.constant("7")] {
      item.missing = missing
      try check(item, "\(missing)")
    }
    item.columns.choices.missingCategories = .drop
    try check(item, "rows without a category are dropped")
  }

  @Test func textOfLIBSVM() throws {
    var text = ""
    for row in 0..<40 {
      text += "\(row % 3 == 0 ? "+1" : "-1") \(row % 4 + 1):\(Double(row) / 3) \(row % 2 + 7):1"
      text += row == 33 ? " 40:2.5 # wide\n" : "\n"
    }
    for scaling in Scaling.allCases {
      var item = SharedCase(text, name: "data.svm")
      item.scaling = scaling
      try check(item, "LIBSVM text, \(scaling)")
      item.files[0].text += "setosa 0:1\n"
      try check(item, "an index 0 and a label that is a text at the end, \(scaling)")
      item.files[0].text += "1 3:1 2:1\n"
      try check(item, "an error at the end")
      item = SharedCase((0..<30).map { "\($0 % 2) 1:\($0) 2:\($0 * $0) 3:4\n" }.joined())
      item.files[0].name = "dense.svm"
      item.scaling = scaling
      try check(item, "dense, \(scaling)")
    }
  }

  @Test func textOfARFF() throws {
    var text =
      "% a comment\n@relation test\n@attribute x numeric\n@attribute 'the colour' {red, 'deep blue'}\n"
    text += "@attribute y {no, yes}\n@data\n"
    for row in 0..<40 {
      text += "\(row % 7 == 2 ? "?" : "\(row * row % 23)"),\(row % 3 == 0 ? "red" : "'deep blue'"),"
      text += row % 2 == 0 ? "no\n" : "yes\n"
    }
    try check(SharedCase(text, name: "data.arff"), "ARFF")
    try check(SharedCase(text + "1,green,no\n", name: "data.arff"), "a value that is not declared")
  }

  @Test func whatCannotBeDividedIsRefused() throws {
    final class Pipe: ByteStream {
      var canRewind: Bool { false }
      func read(into buffer: UnsafeMutableRawBufferPointer) -> Int { 0 }
      func rewind() {}
    }
    let messages = ThreadTransport.run(ranks: 2) { transport in
      message {
        try SharedData(reading: ByteSource(stream: Pipe(), name: "d.csv.gz"), over: transport)
      }
    }
    for result in messages {
      #expect(
        try result.get()
          == "d.csv.gz: cannot be divided among ranks: it is compressed, or no regular file; "
          + "decompress it first")
    }
  }

  /// A file that one machine lacks is an error of that machine; one that all lack is one of the data.
  @Test(arguments: [false, true]) func aFileThatOneRankLacksNamesIt(isEverywhere: Bool) throws {
    let results = ThreadTransport.run(ranks: 3) { transport in
      message {
        try Ranks(transport: transport).agreed { () throws(TableError) in
          if isEverywhere || transport.rank == 1 {
            throw TableError(.cannotOpen(path: "s.csv", reason: "No such file or directory"))
          }
        }
      }
    }
    let sentence = "s.csv: cannot be opened: No such file or directory"
    let place = MessageText.rank(1, host: CurrentProcess.hostName)
    for result in results {
      #expect(try result.get() == (isEverywhere ? sentence : "\(place): \(sentence)"))
    }
    #expect(place.hasPrefix("rank 1 on "))
  }

  @Test func noRankHoldsTheTable() throws {
    var text = (0..<24).map { "c\($0)" }.joined(separator: ",") + ",y\n"
    for row in 0..<200 {
      text += (0..<24).map { "\(row * $0 % 17)" }.joined(separator: ",") + ",\(row % 2)\n"
    }
    var item = SharedCase(text)
    item.options.threads = 1
    let (whole, known) = (item, Found.alone(item))
    let results = ThreadTransport.run(ranks: 4) { transport in
      let data = try SharedData(reading: whole.source(), options: whole.options, over: transport)
      let share = try #require(data.examples as? TableShare)
      let found = Found(whole) { share }
      return (share.columns.gathered.value, share.columns.ownRows.count, found.error)
    }
    #expect(known.error == nil)
    for result in results {
      let (gathered, rows, error) = try result.get()
      #expect(error == nil)
      #expect(gathered == 200, "a rank gathered \(gathered) values at a time")
      #expect((30...70).contains(rows), "a rank has \(rows) of 200 rows")
    }
  }
}
