import Evaluation
import LinearAlgebra
import TestSupport
import Testing

@testable import Calibration

/// Decision values of k classes in a shape, with the true class of each row; some values are missing.
struct RandomDecisions {
  var values: Matrix<Double>
  var classes: [Int]
  var weights: [Double]

  init(seed: UInt64, shape: DecisionShape, classCount: Int, rows: Int, missing: Double = 0) {
    var generator = TestGenerator(seed: seed)
    let classes = (0..<rows).map { _ in Int(generator.next() % UInt64(classCount)) }
    let centres = classes.map { own in
      (0..<classCount).map { generator.normal() + ($0 == own ? 1.5 : 0) }
    }
    var elements: [Double] = []
    for scores in centres {
      switch shape {
      case .binary: elements.append(scores[1] - scores[0])
      case .perClass: elements += scores
      case .pairs:
        for earlier in 0..<classCount {
          for later in (earlier + 1)..<max(classCount, earlier + 1) {
            elements.append(scores[later] - scores[earlier])
          }
        }
      }
    }
    for index in elements.indices where generator.uniform() < missing { elements[index] = .nan }
    let width = rows == 0 ? 0 : elements.count / rows
    values = Matrix(rowCount: rows, columnCount: width) { elements[$0 * width + $1] }
    self.classes = classes
    weights = (0..<rows).map { _ in (generator.uniform() * 3).rounded(.down) }
  }
}

struct ClassCalibrationTests {
  static let cases: [(CalibrationMethod, DecisionShape, Int)] =
    CalibrationMethod.allCases.flatMap { method in
      [
        (method, .binary, 2), (method, .pairs, 1), (method, .pairs, 2), (method, .pairs, 3),
        (method, .pairs, 7), (method, .perClass, 1), (method, .perClass, 2), (method, .perClass, 6),
      ]
    }

  @Test(arguments: cases)
  func probabilitiesAreProbabilitiesAndLabelsTheirArgMax(
    method: CalibrationMethod, shape: DecisionShape, classCount: Int
  ) throws {
    for seed in UInt64(0)..<8 {
      let data = RandomDecisions(
        seed: seed, shape: shape, classCount: classCount, rows: 60 + 40 * Int(seed), missing: 0.05)
      let calibration = try ClassCalibration.fit(
        method,
        LabelledDecisions(
          shape: shape, classCount: classCount, decisionValues: data.values,
          classIndices: data.classes, weights: data.weights))
      let new = RandomDecisions(
        seed: seed + 100, shape: shape, classCount: classCount, rows: 500
      ).values
      let probabilities = try calibration.probabilities(decisionValues: new)
      let labels = try calibration.classIndices(decisionValues: new, probabilities: probabilities)
      #expect(probabilities.rowCount == 500 && probabilities.columnCount == classCount)
      for row in 0..<500 {
        let values = probabilities.row(row)
        #expect(values.allSatisfy { $0 >= 0 && $0 <= 1 }, "seed \(seed), row \(row): \(values)")
        #expect((values.reduce(0, +) - 1).magnitude <= 1e-12, "seed \(seed), row \(row)")
        #expect(values[labels[row]] == values.max(), "seed \(seed), row \(row): \(values)")
        if let threshold = calibration.threshold, (new[row, 0] - threshold).magnitude > 1e-9,
          values[0] != values[1]
        {
          #expect(labels[row] == (new[row, 0] > threshold ? 1 : 0), "seed \(seed), row \(row)")
        }
      }
      #expect(
        try ClassCalibration(
          method: calibration.method, shape: calibration.shape,
          classCount: calibration.classCount, columns: calibration.columns) == calibration)
    }
  }

  @Test(arguments: cases)
  func bitsDoNotDependOnThreads(
    method: CalibrationMethod, shape: DecisionShape, classCount: Int
  ) throws {
    let data = RandomDecisions(seed: 5, shape: shape, classCount: classCount, rows: 20_000)
    let one = try ClassCalibration.fit(
      method,
      LabelledDecisions(
        shape: shape, classCount: classCount, decisionValues: data.values,
        classIndices: data.classes))
    let four = try ClassCalibration.fit(
      method,
      LabelledDecisions(
        shape: shape, classCount: classCount, decisionValues: data.values,
        classIndices: data.classes), threads: 4)
    #expect(one == four)
    #expect(
      try one.probabilities(decisionValues: data.values)
        == four.probabilities(decisionValues: data.values, threads: 4))
  }

  @Test func aLargerDecisionValueNeverMakesItsClassLessProbable() throws {
    for (method, shape, classCount) in Self.cases
    where classCount == 2 || classCount > 1 && shape == .perClass {
      let data = RandomDecisions(seed: 9, shape: shape, classCount: classCount, rows: 300)
      let calibration = try ClassCalibration.fit(
        method,
        LabelledDecisions(
          shape: shape, classCount: classCount, decisionValues: data.values,
          classIndices: data.classes))
      // The first column's later class, or its own class.
      let target = shape == .perClass ? 0 : 1
      let grid = (0..<300).map { -6 + 12 * Double($0) / 299 }
      let values = Matrix(rowCount: grid.count, columnCount: data.values.columnCount) {
        $1 == 0 ? grid[$0] : data.values[3, $1]
      }
      let found = try calibration.probabilities(decisionValues: values)
      let column = (0..<grid.count).map { found[$0, target] }
      #expect(
        zip(column, column.dropFirst()).allSatisfy { $0 <= $1 + 1e-15 },
        "\(method), \(shape), \(classCount) classes")
    }
  }

  @Test func tiesGoToTheClassThatTheDecisionValuesFavour() throws {
    let flat = ScoreCalibration.sigmoid(try SigmoidCalibration(a: 0, b: 0))
    let binary = try ClassCalibration(
      method: .sigmoid, shape: .binary, classCount: 2, columns: [flat])
    #expect(try labels(binary, [[-1], [0], [1]]) == [0, 0, 1])
    #expect(binary.threshold == 0)
    #expect(binary.constantCount == 1)
    let pairs = try ClassCalibration(
      method: .sigmoid, shape: .pairs, classCount: 3, columns: [flat, flat, flat])
    // Votes for class 2, for class 1, and one for each class.
    #expect(try labels(pairs, [[1, 1, 1], [1, -1, -1], [1, -1, 1]]) == [2, 1, 0])
    let scores = try ClassCalibration(
      method: .sigmoid, shape: .perClass, classCount: 3, columns: [flat, flat, flat])
    #expect(try labels(scores, [[1, 3, 2], [2, 2, 1]]) == [1, 0])
  }

  private func labels(_ calibration: ClassCalibration, _ rows: [[Double]]) throws -> [Int] {
    let values = try Matrix(rows: rows)
    return try calibration.classIndices(
      decisionValues: values, probabilities: calibration.probabilities(decisionValues: values))
  }

  @Test func aStoredTableOfZerosGivesEqualProbabilities() throws {
    let zero = ScoreCalibration.isotonic(
      try IsotonicCalibration(decisions: [0], probabilities: [0]))
    let calibration = try ClassCalibration(
      method: .isotonic, shape: .perClass, classCount: 4, columns: [zero, zero, zero, zero])
    let found = try calibration.probabilities(decisionValues: Matrix(rows: [[1, 2, 3, 4]]))
    #expect(found.row(0) == [0.25, 0.25, 0.25, 0.25])
  }

  @Test func enormousDecisionValuesGiveProbabilities() throws {
    for (method, shape, classCount) in Self.cases {
      let data = RandomDecisions(seed: 2, shape: shape, classCount: classCount, rows: 200)
      let calibration = try ClassCalibration.fit(
        method,
        LabelledDecisions(
          shape: shape, classCount: classCount, decisionValues: data.values,
          classIndices: data.classes))
      let extreme = Matrix(rowCount: 64, columnCount: data.values.columnCount) {
        ($0 >> ($1 % 6)) & 1 == 0 ? 1.7e308 : -1.7e308
      }
      let found = try calibration.probabilities(decisionValues: extreme)
      for row in 0..<64 {
        #expect((found.row(row).reduce(0, +) - 1).magnitude <= 1e-12, "\(method), \(shape)")
      }
    }
  }

  @Test func misfitsAreErrors() throws {
    let column = ScoreCalibration.sigmoid(try SigmoidCalibration(a: -1, b: 0))
    let calibration = try ClassCalibration(
      method: .sigmoid, shape: .pairs, classCount: 3, columns: [column, column, column])
    let found = #expect(throws: CalibrationError.self) {
      try calibration.probabilities(decisionValues: Matrix(rows: [[1, 2]]))
    }
    #expect(found?.description == "there are 2 decision values in a row, but there must be 3")
    #expect(throws: CalibrationError.notFinite(what: "a decision value", row: 1)) {
      try calibration.probabilities(decisionValues: Matrix(rows: [[1, 2, 3], [1, .nan, 2]]))
    }
    #expect(throws: CalibrationError.self) {
      try calibration.classIndices(
        decisionValues: Matrix(rows: [[1, 2, 3]]), probabilities: Matrix(rows: [[1, 0]]))
    }
    #expect(
      throws: CalibrationError.invalidShape("3 classes have no binary decision values")
    ) {
      try ClassCalibration(method: .sigmoid, shape: .binary, classCount: 3, columns: [column])
    }
    #expect(throws: CalibrationError.self) {
      try ClassCalibration(method: .sigmoid, shape: .pairs, classCount: 3, columns: [column])
    }
    #expect(throws: CalibrationError.self) {
      try ClassCalibration(method: .temperature, shape: .perClass, classCount: 3, columns: [column])
    }
    #expect(throws: CalibrationError.self) {
      try ClassCalibration(method: .sigmoid, shape: .pairs, classCount: .max, columns: [])
    }
    #expect(throws: CalibrationError.invalidClass(row: 1, found: 3, classCount: 3)) {
      try ClassCalibration.fit(
        .sigmoid,
        LabelledDecisions(
          shape: .perClass, classCount: 3, decisionValues: Matrix(rows: [[1, 2, 3], [4, 5, 6]]),
          classIndices: [0, 3]))
    }
    #expect(throws: CalibrationError.notFinite(what: "a decision value", row: 0)) {
      try ClassCalibration.fit(
        .sigmoid,
        LabelledDecisions(
          shape: .binary, classCount: 2, decisionValues: Matrix(rows: [[-.infinity]]),
          classIndices: [0]))
    }
  }

  @Test func noRowsGiveNoProbabilities() throws {
    let column = ScoreCalibration.sigmoid(try SigmoidCalibration(a: -1, b: 0))
    let calibration = try ClassCalibration(
      method: .sigmoid, shape: .binary, classCount: 2, columns: [column])
    let found = try calibration.probabilities(
      decisionValues: Matrix(rowCount: 0, columnCount: 1, repeating: 0))
    #expect(found.rowCount == 0 && found.columnCount == 2)
  }
}

/// Labels that follow the weights of classes, while probabilities stay those of the data.
@Suite struct LabelWeightTests {
  private func calibration(
    _ columns: [ScoreCalibration], shape: DecisionShape, count: Int, _ weights: [Double]?,
    method: CalibrationMethod = .sigmoid
  ) throws -> ClassCalibration {
    try ClassCalibration(
      method: method, shape: shape, classCount: count, columns: columns, labelWeights: weights)
  }

  @Test func theLabelIsTheLargestProduct() throws {
    let isotonic = ScoreCalibration.isotonic(
      try IsotonicCalibration(decisions: [-2, 0, 1], probabilities: [0.01, 0.2, 0.9]))
    let sigmoid = ScoreCalibration.sigmoid(try SigmoidCalibration(a: -2, b: 1))
    for column in [isotonic, sigmoid] {
      let plain = try calibration([column], shape: .binary, count: 2, nil)
      let weighted = try calibration([column], shape: .binary, count: 2, [1, 9])
      #expect(weighted.probabilityThreshold == 0.1)
      #expect(plain.probabilityThreshold == 0.5)
      let threshold = try #require(weighted.threshold)
      #expect(threshold < (try #require(plain.threshold)))
      #expect(abs(column.probability(threshold) - 0.1) < 1e-12)
      let values = Matrix<Double>(rowCount: 81, columnCount: 1) { row, _ in
        Double(row - 40) / 10
      }
      let probabilities = try weighted.probabilities(decisionValues: values)
      #expect(probabilities == (try plain.probabilities(decisionValues: values)))
      let labels = try weighted.classIndices(decisionValues: values, probabilities: probabilities)
      for row in 0..<81 where values[row, 0] != threshold {
        #expect(labels[row] == (values[row, 0] > threshold ? 1 : 0))
        #expect(labels[row] == (9 * probabilities[row, 1] > probabilities[row, 0] ? 1 : 0))
      }
    }
  }

  @Test func equalWeightsAreNone() throws {
    let column = ScoreCalibration.sigmoid(try SigmoidCalibration(a: -1, b: 0))
    #expect(
      try calibration([column], shape: .binary, count: 2, [3, 3])
        == calibration([column], shape: .binary, count: 2, nil))
    #expect(throws: CalibrationError.self) {
      try calibration([column], shape: .binary, count: 2, [1])
    }
    #expect(throws: CalibrationError.self) {
      try calibration([column], shape: .binary, count: 2, [1, 0])
    }
  }

  @Test func aConstantLeavesTheLabelToTheDecisionValues() throws {
    let constant = ScoreCalibration.sigmoid(try SigmoidCalibration(a: 0, b: 2))
    let weighted = try calibration([constant], shape: .binary, count: 2, [1, 50])
    let values = Matrix<Double>(rowCount: 2, columnCount: 1) { row, _ in row == 0 ? -1 : 1 }
    #expect(
      try weighted.classIndices(
        decisionValues: values, probabilities: weighted.probabilities(decisionValues: values))
        == [0, 1])
    #expect(weighted.threshold == 0)
  }

  /// A temperature moves no threshold: the labels stay those of the decision values, and probabilities are
  /// those of rows that the weights do not count.
  @Test(arguments: [DecisionShape.binary, .perClass])
  func aTemperatureGivesProbabilitiesOfTheData(_ shape: DecisionShape) throws {
    var generator = SeededGenerator(seed: 4)
    let count = shape == .binary ? 2 : 3
    var codes: [Int] = []
    var rows: [[Double]] = []
    for row in 0..<3000 {
      let code = row % 20 == 0 ? 1 : row % 2 == 0 || count == 2 ? 0 : 2
      // Decision values of a machine that counts class 1 ten times.
      var values = (0..<count).map { _ in (generator.unitInterval() - 0.5) * 3 }
      values[code] += 1
      codes.append(code)
      rows.append(shape == .binary ? [values[1] - values[0]] : values)
    }
    let values = Matrix<Double>(rowCount: rows.count, columnCount: rows[0].count) {
      rows[$0][$1]
    }
    let weights = (0..<count).map { $0 == 1 ? 10.0 : 1 }
    let fitted = try ClassCalibration.fit(
      .temperature,
      LabelledDecisions(
        shape: shape, classCount: count, decisionValues: values, classIndices: codes,
        labelWeights: weights))
    let probabilities = try fitted.probabilities(decisionValues: values)
    let mean = (0..<rows.count).reduce(0) { $0 + probabilities[$1, 1] } / Double(rows.count)
    #expect(abs(mean - 0.05) < 0.03, "\(mean)")
    let labels = try fitted.classIndices(decisionValues: values, probabilities: probabilities)
    let plain = shape == .binary ? rows.map { $0[0] > 0 ? 1 : 0 } : DecisionShape.largest(values)
    #expect(zip(labels, plain).count { $0 != $1 } == 0)
  }
}

extension DecisionShape {
  fileprivate static func largest(_ values: Matrix<Double>) -> [Int] {
    (0..<values.rowCount).map { row in
      (0..<values.columnCount).max { values[row, $0] < values[row, $1] } ?? 0
    }
  }
}
