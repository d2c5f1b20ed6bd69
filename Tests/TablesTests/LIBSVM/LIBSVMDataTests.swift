import LinearAlgebra
import Testing

@testable import Tables

@Suite struct LIBSVMDataTests {
  /// The sparse form of a dense matrix.
  static func sparse(_ matrix: Matrix<Double>) -> SparseMatrix<Double> {
    var (offsets, columns, values) = ([0], [Int32](), [Double]())
    for row in 0..<matrix.rowCount {
      for column in 0..<matrix.columnCount where matrix[row, column] != 0 {
        columns.append(Int32(column))
        values.append(matrix[row, column])
      }
      offsets.append(values.count)
    }
    return SparseMatrix(
      unchecked: matrix.rowCount, columnCount: matrix.columnCount, rowOffsets: offsets,
      columnIndices: columns, values: values)
  }

  private func data(_ text: String, chunk: Int = .max) throws -> LIBSVMData {
    try LIBSVMData(reading: source(text, name: "a.svm", chunk: chunk))
  }

  private let text =
    "+1 1:0.5 3:2 # first\n\n# nothing\n-1 qid:7 2:-1e-3 4:0\n1.0\n\t-1\t3:.5  \n"

  @Test(arguments: ["\n", "\r\n", "\r"], [1, 2, 3, 1000])
  func readsLabelsAndEntries(_ end: String, _ chunk: Int) throws {
    let found = try data(text.replacing("\n", with: end), chunk: chunk)
    #expect(
      found.features.dense
        == (try Matrix(rows: [[0.5, 0, 2, 0], [0, -1e-3, 0, 0], [0, 0, 0, 0], [0, 0, 0.5, 0]])))
    #expect(found.features.storedCount == 4)
    #expect(found.labels.values == .numbers([1, -1, 1, -1]))
    #expect(!found.isZeroBased)
    #expect(TargetClasses(found.labels).names == ["-1", "1"])
  }

  @Test func anIndexOfZeroShiftsAll() throws {
    let found = try data("1 1:1\n2 0:3 2:5\n")
    #expect(found.isZeroBased)
    #expect(found.features.dense == (try Matrix(rows: [[0, 1, 0], [3, 0, 5]])))
  }

  @Test func examplesMayHaveNoEntries() throws {
    let found = try data("1 \n2\n")
    #expect(found.features.rowCount == 2 && found.features.columnCount == 0)
    #expect(found.labels.values == .numbers([1, 2]))
  }

  @Test func labelsMayBeTexts() throws {
    let found = try data("1 1:1\nsetosa 1:2\n01 1:3\n", chunk: 2)
    #expect(
      found.labels.values == .categories(levels: ["01", "1", "setosa"], codes: [1, 2, 0]))
  }

  @Test(arguments: [1, 4, 1000])
  func namesWhatIsWrong(_ chunk: Int) {
    let cases: [(String, String)] = [
      ("", "a.svm: has no records"),
      ("# only\n", "a.svm: has no records"),
      (
        "1 1:1\n1 2:abc\n", "a.svm:2:3: found \"2:abc\"; expected index:value such as 3:0.5"
      ),
      ("1 1:1 2\n", "a.svm:1:7: found \"2\"; expected index:value such as 3:0.5"),
      ("1 :1\n", "a.svm:1:3: found \":1\"; expected index:value such as 3:0.5"),
      ("1 1:\n", "a.svm:1:3: found \"1:\"; expected index:value such as 3:0.5"),
      ("1 -1:1\n", "a.svm:1:3: found \"-1:1\"; expected index:value such as 3:0.5"),
      ("1 1:2:3\n", "a.svm:1:3: found \"1:2:3\"; expected index:value such as 3:0.5"),
      ("1 2:1 2:1\n", "a.svm:1:7: index 2 follows index 2; indices must ascend"),
      ("1 5:1  3:1\n", "a.svm:1:8: index 3 follows index 5; indices must ascend"),
      (
        "1 99999999999999999999:1\n",
        "a.svm:1:3: index 99999999999999999999 is out of range; "
          + "indices range from 0 to 2147483646"
      ),
      (
        "1 1:1\n1 1:nan\n",
        "a.svm:2:5: value is \"nan\"; every feature needs a finite number"
      ),
      ("1 1:1e999\n", "a.svm:1:5: value is \"1e999\"; every feature needs a finite number"),
      (
        "1 1:1\n2:1\n",
        "a.svm:2:1: line has no label; expected a label, then index:value pairs"
      ),
      ("1 1:1\n1\0 1:1\n", "a.svm:2:2: NUL byte; the file is not text"),
    ]
    for (text, expected) in cases {
      #expect(message { try data(text, chunk: chunk) } == expected)
    }
    #expect(
      message {
        try LIBSVMData(
          reading: ByteSource(bytes: [0x31, 0x20, 0x0A, 0x31, 0xFF, 0x0A], name: "a.svm"))
      } == "a.svm:2:2: bytes are not valid UTF-8; save the file as UTF-8")
  }

  @Test func readsBackWhatItWrites() throws {
    let seed: UInt64 = 11
    var random = SeededGenerator(seed: seed)
    let matrix = Matrix<Double>(rowCount: 30, columnCount: 12) { _, _ in
      let value = Double(bitPattern: random.next())
      return Bool.random(using: &random) || !value.isFinite ? 0 : value
    }
    for features in [FeatureMatrix.dense(matrix), .sparse(Self.sparse(matrix))] {
      var output: [UInt8] = []
      for row in 0..<30 {
        LIBSVMWriter.append(row: row, of: features, label: "\(row)", to: &output)
      }
      let found = try LIBSVMData(reading: ByteSource(bytes: output, name: "a.svm"))
      #expect(found.features == Self.sparse(matrix), "seed \(seed)")
      #expect(found.labels.values == .numbers((0..<30).map(Double.init)))
    }
  }

  @Test(arguments: [1, 2, 100], [1, 3, 1000])
  func streamsInBatches(_ batchSize: Int, _ chunk: Int) throws {
    let trained = try data(text)
    let preprocessor = LIBSVMPreprocessor(
      isZeroBased: false, scaler: .identity(featureCount: 3))
    var reader = try BatchReader(
      source(text, name: "a.svm", chunk: chunk), preprocessor: .libsvm(preprocessor),
      wishes: StreamWishes(kept: .all, target: .texts), batchSize: batchSize)
    var rows: [[Double]] = []
    var labels: [String] = []
    var kept: [String] = []
    while let batch = try reader.next() {
      rows += (0..<batch.rowCount).map { batch.features.dense.row($0) }
      if case .texts(let texts) = batch.targets { labels += texts }
      kept += (0..<batch.rowCount).map { String(decoding: batch.keptFields($0), as: UTF8.self) }
    }
    #expect(rows == (0..<4).map { Array(trained.features.dense.row($0)[..<3]) })
    #expect(labels == ["+1", "-1", "1.0", "-1"])
    #expect(kept == labels)
    #expect(reader.keptNames == ["label"])
    #expect(reader.ignoredEntryCount == 0)
  }

  @Test func indicesBeyondTheModelAreLeftOutAndCounted() throws {
    let preprocessor = LIBSVMPreprocessor(
      isZeroBased: false, scaler: .identity(featureCount: 3))
    var reader = try BatchReader(
      source("1 3:1 4:1\n2:1 2000000000:5\n", name: "a.svm"),
      preprocessor: .libsvm(preprocessor))
    let batch = try #require(try reader.next())
    #expect(batch.features.dense == (try Matrix(rows: [[0, 0, 1], [0, 1, 0]])))
    #expect(reader.ignoredEntryCount == 2)
  }

  @Test func streamsNameWhatIsWrong() {
    let preprocessor = Preprocessor.libsvm(
      LIBSVMPreprocessor(isZeroBased: false, scaler: .identity(featureCount: 3)))
    #expect(
      message { try batches("1 0:1\n", preprocessor, name: "a.svm") }
        == "a.svm:1:1: index 0 is out of range; indices range from 1 to 2147483646")
    #expect(
      message { try batches("1:1\n", preprocessor, name: "a.svm", target: .texts) }
        == "a.svm:1:1: line has no label; expected a label, then index:value pairs")
    #expect(
      message { try batches("a 1:1\n", preprocessor, name: "a.svm", target: .numbers) }
        == "a.svm:1:1: label is \"a\"; expected a decimal number such as 1.4")
  }
}
