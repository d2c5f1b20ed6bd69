import LinearAlgebra
import Testing

@testable import Tables

private let people = """
  age,job,city,y
  20,cook,A,0
  30,baker,A,1
  40,cook,B,0
  50,smith,A,1

  """

@Suite struct TablePreprocessorTests {
  @Test func standardisesNumbersWithDivisorNAndLeavesIndicators() throws {
    let table = try table(people)
    let preprocessor = try TablePreprocessor(fitting: table, target: 3)
    #expect(
      preprocessor.featureNames
        == ["age", "job=baker", "job=cook", "job=smith", "city=A", "city=B"])
    #expect(preprocessor.target == TargetColumn(name: "y", position: 3))
    let features = try preprocessor.transform(table).dense
    #expect(features.rowCount == 4 && features.columnCount == 6)
    // Mean 35, deviation √125.
    for (row, age) in [20.0, 30, 40, 50].enumerated() {
      #expect(abs(features[row, 0] - (age - 35) / 125.squareRoot()) < 1e-15)
    }
    #expect(features.row(0).dropFirst() == [0, 1, 0, 1, 0])
    #expect(features.row(3).dropFirst() == [0, 0, 1, 1, 0])
  }

  @Test func scalesToTheUnitInterval() throws {
    let table = try table(people)
    let preprocessor = try TablePreprocessor(fitting: table, target: 3, scaling: .minmax)
    #expect(
      try preprocessor.transform(table).dense.row(1) == [(30.0 - 20) * (1.0 / 30), 1, 0, 0, 1, 0])
  }

  @Test func leavesFeaturesAsTheyAre() throws {
    let table = try table(people)
    let preprocessor = try TablePreprocessor(fitting: table, target: nil, scaling: .none)
    #expect(try preprocessor.transform(table).dense.row(3) == [50, 0, 0, 1, 1, 0, 1])
    #expect(preprocessor.scaler.offsets.isEmpty)
  }

  @Test(arguments: [Scaling.standard, .minmax])
  func constantsBecomeZero(_ scaling: Scaling) throws {
    // The mean of 0.1, taken often enough, is not 0.1, and the deviation comes out as noise.
    let table = try Table(columns: [
      TableColumn(name: "x", numbers: [Double](repeating: 0.1, count: 1000))
    ])
    let preprocessor = try TablePreprocessor(
      fitting: table, target: nil,
      choices: ColumnChoices(kinds: [.init(column: "x", kind: .numeric)]), scaling: scaling)
    #expect(try preprocessor.transform(table).dense.elements.allSatisfy { $0 == 0 })
  }

  @Test func scalesByTheLargestMagnitude() throws {
    let table = try table("a,b,c\n-4,0,3\n2,0,3\n0,1,3\n")
    let preprocessor = try TablePreprocessor(
      fitting: table, target: nil,
      choices: ColumnChoices(kinds: [.init(column: "c", kind: .numeric)]), scaling: .maxabs)
    #expect(
      try preprocessor.transform(table).dense
        == Matrix(rows: [[-1, 0, 3 * (1.0 / 3)], [0.5, 0, 3 * (1.0 / 3)], [0, 1, 3 * (1.0 / 3)]]))
    #expect(preprocessor.scaler.offsets == [0, 0, 0])
  }

  @Test(arguments: [1e300, 1e-300, 5e-308, 1.7e308], Scaling.allCases)
  func extremeNumbersStayFinite(_ size: Double, _ scaling: Scaling) throws {
    let table = try Table(columns: [TableColumn(name: "x", numbers: [0, size, size, size / 2])])
    let preprocessor = try TablePreprocessor(fitting: table, target: nil, scaling: scaling)
    let features = try preprocessor.transform(table).dense.elements
    #expect(features.allSatisfy { $0.isFinite })
    if scaling == .standard, size != 5e-308 { #expect(abs(features[0]) > 1) }
  }

  @Test func refusesMissingValuesByDefault() {
    #expect(
      message {
        let table = try table("sepal_length,sepal_width\n1,2\n3,\n5,NA\n6,3\n")
        return try TablePreprocessor(fitting: table, target: nil)
      }
        == "iris.csv:3:3: field 2 (sepal_width) is empty; every feature needs a finite number")
    #expect(
      message {
        let table = try table("size,job\n1,a\n3, ?\n,b\n")
        return try TablePreprocessor(fitting: table, target: 0)
      } == "iris.csv:3:4: field 2 (job) is \"?\"; every feature needs a value")
    #expect(
      message {
        let table = try table("x,y\n1,a\n3,\n,b\n")
        return try TablePreprocessor(fitting: table, target: 1)
      } == "iris.csv:3:3: field 2 (y) is empty; every row needs a target")
  }

  @Test func fillsInMeansAndFrequentValues() throws {
    let table = try table("x,c,y\n1,b,0\n1,a,0\n4,,0\n,a,0\n6,b,0\n")
    let mean = try TablePreprocessor(fitting: table, target: 2, scaling: .none, missing: .mean)
    #expect(
      mean.inputs.map(\.kind) == [
        // Missing texts are a category of their own, where there are more than a few.
        .numeric(replacement: 3), .categorical(levels: ["", "a", "b"], replacement: 0),
      ])
    #expect(try mean.transform(table).dense.row(2) == [4, 1, 0, 0])
    #expect(try mean.transform(table).dense.row(3) == [3, 0, 1, 0])
    let frequent = try TablePreprocessor(
      fitting: table, target: 2, scaling: .none, missing: .mostFrequent)
    #expect(frequent.inputs[0].kind == .numeric(replacement: 1))
    #expect(
      message { try TablePreprocessor(fitting: table, target: 0, missing: .mean) }
        == "iris.csv:5:1: field 1 (x) is empty; every row needs a target")
  }

  @Test func dropsRowsWithMissingValues() throws {
    let table = try table("x,c,y\n1,b,0\n9,,0\n,a,0\n3,a,\n5,a,1\n")
    let preprocessor = try TablePreprocessor(
      fitting: table, target: 2, scaling: .minmax, missing: .drop)
    #expect(try preprocessor.usableRows(of: table) == [0, 4])
    #expect(try preprocessor.transform(table).dense == Matrix(rows: [[0, 0, 1], [1, 1, 0]]))
    #expect(
      message {
        let gaps = try Tables.Table(columns: [
          TableColumn(name: "x", numbers: [.nan, 1, .nan, 2]),
          TableColumn(name: "y", numbers: [3, .nan, 4, .nan]),
        ])
        return try TablePreprocessor(fitting: gaps, target: nil, missing: .drop)
      }
        == "table: each of 4 rows has a missing value, "
        + "so that dropping them leaves nothing to train on")
  }

  @Test func learnsOnlyFromTheChosenRows() throws {
    let table = try table("x,c\n0,a\n10,b\n1000,c\n")
    let preprocessor = try TablePreprocessor(
      fitting: table, target: nil, scaling: .minmax, rows: [0, 1])
    #expect(try preprocessor.transform(table).dense.row(2) == [100, 0, 0, 1])
  }

  @Test func aTargetAloneIsNotEnough() {
    #expect(
      message {
        let table = try table("y\n1\n2\n", header: .yes)
        return try TablePreprocessor(fitting: table, target: 0)
      } == "iris.csv: the only column is the target \"y\"; a model needs at least one other")
  }

  @Test func tooManyCategoriesAreRefusedBeforeMemoryIsTaken() throws {
    let table = try table("id,x\n" + (0..<100).map { "row\($0),\($0).5\n" }.joined())
    let preprocessor = try TablePreprocessor(
      fitting: table, target: nil,
      choices: ColumnChoices(kinds: [.init(column: "id", kind: .category)]))
    // Two entries of 12 bytes for each of 100 rows.
    #expect(try preprocessor.transform(table, byteLimit: 2400).rowCount == 100)
    #expect(
      message { try preprocessor.transform(table, byteLimit: 2399) }
        == "iris.csv: 100 rows of 101 features need 1 MB, but the memory limit is 0 MB; "
        + "leave out field 1 (id), which alone has 100 category levels, or raise --memory")
  }

  @Test func isMadeOfItsParts() throws {
    let table = try table(people)
    for missing in MissingValuePolicy.allCases + [.constant("7")] {
      let fitted = try TablePreprocessor(
        fitting: table, target: 3, choices: ColumnChoices(identifiers: ["job"]), missing: missing
      ).replacing(unseen: .ignore)
      var made = try TablePreprocessor(
        inputs: fitted.inputs, target: fitted.target, unused: fitted.unused,
        hasHeader: fitted.hasHeader,
        policies: .init(
          missing: fitted.missing, unseen: fitted.unseen, missingMarkers: fitted.missingMarkers),
        scaler: FeatureScaler(
          scaling: fitted.scaler.scaling, featureCount: fitted.scaler.featureCount,
          offsets: fitted.scaler.offsets, factors: fitted.scaler.factors))
      made.reading = fitted.reading
      #expect(made == fitted)
    }
  }

  @Test func refusesPartsThatDoNotFit() {
    let x = InputColumn(name: "x", kind: .numeric(replacement: nil))
    func category(_ levels: [String], _ replacement: Int? = nil) -> InputColumn {
      InputColumn(name: "c", kind: .categorical(levels: levels, replacement: replacement))
    }
    func make(
      _ inputs: [InputColumn], target: TargetColumn? = nil,
      missing: MissingValuePolicy = .error, unused: [UnusedColumn] = [], markers: [String] = [],
      featureCount: Int? = nil
    ) throws -> TablePreprocessor {
      let count = featureCount ?? inputs.map(\.kind.featureCount).reduce(0, +)
      return try TablePreprocessor(
        inputs: inputs, target: target, unused: unused, hasHeader: true,
        policies: .init(missing: missing, missingMarkers: markers),
        scaler: .identity(featureCount: count))
    }
    let cases: [(PreprocessorError, () throws -> TablePreprocessor)] = [
      (.noInputs, { try make([]) }),
      (.duplicateColumn(name: "x"), { try make([x, x]) }),
      (
        .duplicateColumn(name: "x"),
        { try make([x], target: TargetColumn(name: "x", position: 0)) }
      ),
      (
        .targetPosition(2, columns: 2),
        { try make([x], target: TargetColumn(name: "y", position: 2)) }
      ),
      (
        .targetPosition(-1, columns: 2),
        { try make([x], target: TargetColumn(name: "y", position: -1)) }
      ),
      (
        .duplicateColumn(name: "x"),
        { try make([x], unused: [UnusedColumn(name: "x", position: 1, reason: .ignored)]) }
      ),
      (
        .unusedPosition(2, name: "u", columns: 2),
        { try make([x], unused: [UnusedColumn(name: "u", position: 2, reason: .empty)]) }
      ),
      (
        .unusedPosition(0, name: "u", columns: 3),
        {
          try make(
            [x], target: TargetColumn(name: "y", position: 0),
            unused: [UnusedColumn(name: "u", position: 0, reason: .constant)])
        }
      ),
      (.emptyMarker, { try make([x], markers: ["-", ""]) }),
      (.levels(column: "c"), { try make([category([])]) }),
      (.levels(column: "c"), { try make([category(["b", "a"])]) }),
      (.levels(column: "c"), { try make([category(["a", "a"])]) }),
      (.levels(column: "c"), { try make([category(["e\u{301}", "é"])]) }),
      (.replacement(column: "x"), { try make([x], missing: .mean) }),
      (.replacement(column: "c"), { try make([category(["a"], 0)]) }),
      (.replacement(column: "c"), { try make([category(["a"], 1)], missing: .mean) }),
      (
        .replacement(column: "x"),
        {
          try make(
            [InputColumn(name: "x", kind: .numeric(replacement: .infinity))], missing: .mean)
        }
      ),
      (
        .count(of: "scaled features", found: 2, expected: 1),
        { try make([x], featureCount: 2) }
      ),
    ]
    for (error, make) in cases {
      #expect(throws: error) { try make() }
    }
    #expect(
      PreprocessorError.unusedPosition(2, name: "u", columns: 2).description
        == "the position 2 of column \"u\" is taken, or is not among 2 columns")
    #expect(throws: PreprocessorError.notFinite(what: "offset", index: 0)) {
      try FeatureScaler(scaling: .standard, featureCount: 1, offsets: [.nan], factors: [1])
    }
    #expect(throws: PreprocessorError.notFinite(what: "factor", index: 0)) {
      try FeatureScaler(scaling: .standard, featureCount: 1, offsets: [0], factors: [.infinity])
    }
    #expect(throws: PreprocessorError.count(of: "factors", found: 0, expected: 1)) {
      try FeatureScaler(scaling: .minmax, featureCount: 1, offsets: [0], factors: [])
    }
    #expect(throws: PreprocessorError.count(of: "offsets", found: 1, expected: 0)) {
      try FeatureScaler(scaling: .none, featureCount: 1, offsets: [0], factors: [1])
    }
    #expect(throws: PreprocessorError.featureCount(-1)) {
      try FeatureScaler(scaling: .none, featureCount: -1, offsets: [], factors: [])
    }
  }
}

@Suite struct FeatureScalerTests {
  @Test(arguments: Scaling.allCases)
  func scalesSparseFeaturesLikeDenseOnes(_ scaling: Scaling) throws {
    let seed: UInt64 = 3
    var random = SeededGenerator(seed: seed)
    let dense = Matrix<Double>(rowCount: 50, columnCount: 7) { row, column in
      column == 6 || Double.random(in: 0...1, using: &random) < 0.7
        ? 0 : Double.random(in: column == 0 ? 0...3 : -2...3, using: &random)
    }
    let sparse = LIBSVMDataTests.sparse(dense)
    let fromDense = FeatureScaler(fitting: .dense(dense), scaling: scaling)
    let fromSparse = FeatureScaler(fitting: .sparse(sparse), scaling: scaling)
    for (left, right) in zip(fromDense.factors, fromSparse.factors) {
      #expect(abs(left - right) < 1e-14, "seed \(seed)")
    }
    // Sparse features are not centred.
    let expected = scaling == .standard ? fromDense.offsets.map { _ in 0 } : fromDense.offsets
    for (left, right) in zip(expected, fromSparse.offsets) {
      #expect(abs(left - right) < 1e-14, "seed \(seed)")
    }
    let scaled = try fromSparse.transform(.sparse(sparse))
    #expect(try scaled.dense == fromSparse.transform(.dense(dense)).dense, "seed \(seed)")
  }

  @Test func featuresThatAreNotShiftedStaySparse() throws {
    let features = LIBSVMDataTests.sparse(try Matrix(rows: [[0, 2], [4, 0], [0, 0]]))
    let expected: [Scaling: [Double]] = [
      // Mean 2/3 and 4/3, deviation √(8/9) and √(32/9).
      .minmax: [1, 1], .maxabs: [1, 1], .none: [2, 4],
      .standard: [2 / (8.0 / 9).squareRoot(), 4 / (32.0 / 9).squareRoot()],
    ]
    for (scaling, values) in expected {
      let scaler = FeatureScaler(fitting: .sparse(features), scaling: scaling)
      guard case .sparse(let scaled) = try scaler.transform(.sparse(features)) else {
        Issue.record("the features became dense")
        return
      }
      for (found, value) in zip(scaled.values, values) { #expect(abs(found - value) < 1e-14) }
    }
  }

  @Test func refusesWhatWouldNotFitInMemory() throws {
    let features = SparseMatrix<Double>(
      unchecked: 2, columnCount: 1_000_000, rowOffsets: [0, 1, 1], columnIndices: [5],
      values: [-1])
    let scaler = FeatureScaler(fitting: .sparse(features), scaling: .minmax)
    #expect(
      message { try scaler.transform(.sparse(features), file: "a.svm", byteLimit: 15_999_999) }
        == "a.svm: 2 rows of 1000000 scaled features, whose zeros then have to be stored, need "
        + "16 MB, but the memory limit is 15 MB; scale by maxabs, which keeps zeros "
        + "(--scale maxabs), or raise --memory")
    #expect(
      message {
        try FeatureScaler.requireMemory(
          fitting: .sparse(features), scaling: .maxabs, file: "a.svm", byteLimit: 40_000_000)
      }
        == "a.svm: offsets and factors of 1000000 features need 46 MB, but the memory limit is "
        + "38 MB; leave the features as they are (--scale none), or raise --memory")
  }
}
