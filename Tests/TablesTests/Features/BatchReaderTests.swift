import LinearAlgebra
import Testing

@testable import Tables

private let training = """
  size,colour,species
  1,red,a
  2,blue,b
  3,red,a
  4,green,b

  """

private func preprocessor(
  _ missing: MissingValuePolicy = .error, header: HeaderMode = .auto, scaling: Scaling = .standard
) throws -> Preprocessor {
  let text = header == .no ? String(training.drop { $0 != "\n" }.dropFirst()) : training
  let table = try table(text, header: header)
  return .table(
    try TablePreprocessor(fitting: table, target: 2, scaling: scaling, missing: missing))
}

@Suite struct BatchReaderTests {
  @Test(arguments: [1, 2, 3, 4, 100], [1, 3, 1000])
  func streamsWhatTheTableGives(_ batchSize: Int, _ chunk: Int) throws {
    let table = try table(training)
    let fitted = try TablePreprocessor(fitting: table, target: 2)
    let whole = try fitted.transform(table).dense
    let found = try batches(
      training, .table(fitted), kept: .all, target: .texts, batchSize: batchSize, chunk: chunk)
    #expect(found.flatMap(\.features.dense.elements) == whole.elements)
    #expect(found.flatMap(\.lineNumbers) == [2, 3, 4, 5])
    #expect(found.allSatisfy { $0.rowCount <= batchSize && $0.skippedRows.isEmpty })
    var kept: [String] = []
    var targets: [String] = []
    for batch in found {
      kept += (0..<batch.rowCount).map { String(decoding: batch.keptFields($0), as: UTF8.self) }
      if case .texts(let texts) = batch.targets { targets += texts }
    }
    #expect(kept == ["1,red,a", "2,blue,b", "3,red,a", "4,green,b"])
    #expect(targets == ["a", "b", "a", "b"])
  }

  @Test func findsColumnsByName() throws {
    let found = try batches(
      "id,colour,size\nx7,red,\"1\"\nx8,green,4\n", preprocessor(scaling: .none))
    #expect(found[0].features.dense.row(0) == [1, 0, 0, 1])
    #expect(found[0].features.dense.row(1) == [4, 0, 1, 0])
  }

  @Test func recognisesAHeaderByTheModelsNames() throws {
    // Nothing else in this text tells a header from a row of categories.
    let table = try table("colour,shape,y\nred,round,1\nblue,square,2\n")
    let fitted = try TablePreprocessor(fitting: table, target: 2, scaling: .none)
    let found = try batches("shape,colour\nround,blue\n", .table(fitted))
    #expect(found[0].features.dense.elements == [1, 0, 1, 0])
  }

  @Test func findsColumnsByPositionWithoutAHeader() throws {
    for model in [try preprocessor(header: .yes), try preprocessor(header: .no)] {
      let withTarget = try batches("1,red,a\n4,green,b\n", model)
      let without = try batches("1,red\n4,green\n", model)
      #expect(withTarget[0].features == without[0].features)
    }
    // A model of a table without a header does not know names.
    let named = try batches(training, preprocessor(header: .no))
    #expect(named[0].rowCount == 4)
  }

  @Test func keepsTheChosenColumns() throws {
    let text = "size,colour,note\n1,red,\"a, b\"\n2,blue,\"say \"\"x\"\"\"\n"
    var reader = try BatchReader(
      source(text), preprocessor: preprocessor(),
      wishes: StreamWishes(kept: .columns(["note", "1"])))
    #expect(reader.keptNames == ["note", "size"])
    let batch = try #require(try reader.next())
    #expect(String(decoding: batch.keptFields(0), as: UTF8.self) == "\"a, b\",1")
    #expect(String(decoding: batch.keptFields(1), as: UTF8.self) == "\"say \"\"x\"\"\",2")
    #expect(
      message { try batches(text, preprocessor(), kept: .columns(["nota"])) }
        == "new.csv:1:1: no column named \"nota\"; columns are size, colour, note. "
        + "Did you mean \"note\"?")
  }

  @Test func skipsRowsThatThePolicyDrops() throws {
    let found = try batches(
      "size,colour\n1,red\n,red\n3,?\n4,green\n", preprocessor(.drop, scaling: .none),
      kept: .all)
    #expect(found[0].rowCount == 4)
    #expect(found[0].skippedRows == [1, 2])
    #expect(found[0].features.dense.elements == [1, 0, 0, 1, 4, 0, 1, 0])
    #expect(String(decoding: found[0].keptFields(2), as: UTF8.self) == "3,?")
  }

  @Test func fillsInWhatWasLearned() throws {
    let found = try batches("size,colour\n,red\n3,\n", preprocessor(.mean, scaling: .none))
    #expect(found[0].features.dense.elements == [2.5, 0, 0, 1, 3, 0, 0, 1])
  }

  @Test func readsNumericTargets() throws {
    let table = try table("x,y\n1,2\n2,4\n")
    let fitted = try TablePreprocessor(fitting: table, target: 1, missing: .drop)
    let found = try batches("x,y\n1,7\n,8\n", .table(fitted), target: .numbers)
    #expect(found[0].targets == .numbers([7, 8]))
    #expect(
      message { try batches("x,y\n1,7\n2,z\n3,8\n", .table(fitted), target: .numbers) }
        == "new.csv:3:3: field 2 (y) is \"z\"; expected a decimal number such as 1.4")
    #expect(
      message { try batches("x\n1\n2\n", .table(fitted), target: .numbers) }
        == "new.csv:1:1: no column named \"y\"; columns are x")
    #expect(
      message { try batches("1\n2\n", .table(fitted), target: .numbers) }
        == "new.csv:1:1: record has 1 field, all of them features of model iris.model; "
        + "its target is needed as well")
  }

  @Test func namesWhatIsWrong() throws {
    let cases: [(String, String)] = [
      (
        "size\n1\n2\n",
        "new.csv:1:1: no column named \"colour\", which model iris.model was trained on; "
          + "columns are size"
      ),
      (
        "size,color\n1,red\n2,red\n",
        "new.csv:1:1: no column named \"colour\", which model iris.model was trained on; "
          + "columns are size, color. Did you mean \"color\"?"
      ),
      (
        "1,red,a,x\n2,red,b,x\n",
        "new.csv:1:1: record has 4 fields, "
          + "but model iris.model was trained on 2 feature columns"
      ),
      (
        "size,colour\n1,red\n1.2.3,red\n",
        "new.csv:3:1: field 1 (size) is \"1.2.3\"; expected a decimal number such as 1.4"
      ),
      (
        "size,colour\n1,red\n2,reed\n",
        "new.csv:3:3: field 2 (colour) is \"reed\", which did not occur in training; "
          + "known are blue, green, red. Did you mean \"red\"?"
      ),
      (
        "size,colour\n1,red\n,red\n",
        "new.csv:3:1: field 1 (size) is empty; every feature needs a finite number"
      ),
      (
        "size,colour\n1,red\n2,\n",
        "new.csv:3:3: field 2 (colour) is empty; every feature needs a value"
      ),
      (
        "size,colour\n1,red\ninf,red\n",
        "new.csv:3:1: field 1 (size) is \"inf\"; every feature needs a finite number"
      ),
      (
        "size,colour\n1,red\n1.7e308,red\n",
        "new.csv:3:1: field 1 (size) is \"1.7e308\"; every feature needs a finite number"
      ),
      ("size,colour\n1,red\n2\n", "new.csv:3:1: record has 1 field; the header has 2"),
      ("", "new.csv: has no records"),
    ]
    for (text, expected) in cases {
      let wide = try TablePreprocessor(
        inputs: [
          InputColumn(name: "size", kind: .numeric(replacement: nil)),
          InputColumn(
            name: "colour",
            kind: .categorical(levels: ["blue", "green", "red"], replacement: nil)),
        ], target: TargetColumn(name: "species", position: 2), hasHeader: true,
        policies: .init(missing: .error),
        scaler: FeatureScaler(
          scaling: .standard, featureCount: 4, offsets: [0, 0, 0, 0], factors: [10, 1, 1, 1]))
      #expect(message { try batches(text, .table(wide)) } == expected)
    }
  }

  @Test func rowsBeforeAnErrorComeFirst() throws {
    var reader = try BatchReader(
      source("size,colour\n1,red\n2,red\nx,red\n4,red\n", name: "new.csv"),
      preprocessor: preprocessor())
    #expect(try reader.next()?.rowCount == 2)
    for _ in 0..<2 {
      #expect(
        message { try reader.next() }
          == "new.csv:4:1: field 1 (size) is \"x\"; expected a decimal number such as 1.4")
    }
  }

  @Test func aHeaderAloneIsAnEmptyStream() throws {
    #expect(try batches("size,colour\n", preprocessor()).isEmpty)
  }
}
