import Evaluation
import Foundation
import Testing

/// Figures that can be checked by hand.
struct ConfusionMatrixTests {
  /// Of 4 cats 3 are found and 1 is taken for a dog; of 2 dogs 1 is taken for a cat; the bird is
  /// never predicted.
  static let pets = ConfusionMatrix(
    classNames: ["cat", "dog", "bird", "fish"],
    actual: [0, 0, 0, 0, 1, 1, 2], predicted: [0, 0, 0, 1, 1, 0, 0])

  @Test func countsAreKeptByActualAndPredictedClass() {
    #expect(Self.pets.count(actual: 0, predicted: 0) == 3)
    #expect(Self.pets.count(actual: 0, predicted: 1) == 1)
    #expect(Self.pets.count(actual: 1, predicted: 0) == 1)
    #expect(Self.pets.count(actual: 2, predicted: 2) == 0)
    #expect(Self.pets.rowCount == 7)
    #expect(Self.pets.actualCount(of: 0) == 4)
    #expect(Self.pets.predictedCount(of: 0) == 5)
  }

  @Test func figuresOfAClassDivideByItsRowsAndPredictions() {
    #expect(Self.pets.precision(of: 0) == 3.0 / 5)
    #expect(Self.pets.recall(of: 0) == 3.0 / 4)
    #expect(Self.pets.f1(of: 0) == 6.0 / 9)
  }

  @Test func figuresThatWouldDivideByZeroAreMissing() {
    #expect(Self.pets.precision(of: 2) == nil)
    #expect(Self.pets.recall(of: 2) == 0)
    #expect(Self.pets.f1(of: 2) == 0)
    #expect(Self.pets.recall(of: 3) == nil)
    #expect(Self.pets.f1(of: 3) == nil)
  }

  @Test func figuresOfAllRowsIgnoreClassesThatDoNotOccur() throws {
    #expect(Self.pets.accuracy == 4.0 / 7)
    let balanced = try #require(Self.pets.balancedAccuracy)
    #expect(abs(balanced - (0.75 + 0.5 + 0) / 3) < 1e-15)
    let macro = try #require(Self.pets.macroF1)
    #expect(abs(macro - (6.0 / 9 + 2.0 / 4 + 0) / 3) < 1e-15)
  }

  @Test func guessingTheCommonClassScoresHalfWhenBalanced() {
    let matrix = ConfusionMatrix(
      classNames: ["no", "yes"], actual: [0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
      predicted: [Int](repeating: 0, count: 10))
    #expect(matrix.accuracy == 0.9)
    #expect(matrix.balancedAccuracy == 0.5)
  }

  @Test func withoutRowsThereAreNoFigures() {
    let matrix = ConfusionMatrix(classNames: ["no", "yes"])
    #expect(matrix.accuracy == nil)
    #expect(matrix.balancedAccuracy == nil)
    #expect(matrix.metrics(on: .holdout).isEmpty)
  }

  @Test func metricsSayTheirSetAndTheirRows() throws {
    let matrix = ConfusionMatrix(classNames: ["a", "b"], actual: [0, 1], predicted: [0, 1])
    let metrics = matrix.metrics(on: .holdout)
    #expect(
      metrics.first == Metric(id: MetricDefinition.accuracy.id, value: 1, set: .holdout, rows: 2))
    #expect(metrics.allSatisfy { $0.set == .holdout && $0.rows == 2 })
    let json = String(decoding: try JSONEncoder().encode(metrics[0]), as: UTF8.self)
    #expect(json.contains("\"name\":\"accuracy\""))
    #expect(try JSONDecoder().decode(Metric.self, from: Data(json.utf8)) == metrics[0])
  }

  @Test func rowsCountedOneByOneEqualRowsCountedTogether() {
    for seed in UInt64(0)..<20 {
      var generator = SeededGenerator(seed: seed)
      let actual = (0..<50).map { _ in generator.integer(below: 4) }
      let predicted = (0..<50).map { _ in generator.integer(below: 4) }
      let names = ["a", "b", "c", "d"]
      var matrix = ConfusionMatrix(classNames: names)
      for row in 0..<50 { matrix.add(actual: actual[row], predicted: predicted[row]) }
      #expect(
        matrix == ConfusionMatrix(classNames: names, actual: actual, predicted: predicted),
        "seed \(seed)")
      let hits = zip(actual, predicted).count { $0 == $1 }
      #expect(matrix.accuracy == Double(hits) / 50, "seed \(seed)")
      #expect((0..<4).map(matrix.actualCount).reduce(0, +) == 50, "seed \(seed)")
      #expect((0..<4).map(matrix.predictedCount).reduce(0, +) == 50, "seed \(seed)")
    }
  }
}

struct RegressionErrorsTests {
  @Test func figuresAreThoseOfAHandCalculation() throws {
    // Errors 1, −1, 2, 0: squares sum to 6, magnitudes to 4. The targets' mean is 4 and their
    // squared deviations are 9 + 1 + 1 + 9 = 20.
    let errors = RegressionErrors(actual: [1, 3, 5, 7], predicted: [2, 2, 7, 7])
    #expect(errors.rowCount == 4)
    #expect(errors.rootMeanSquaredError == 1.5.squareRoot())
    #expect(errors.meanAbsoluteError == 1)
    let r2 = try #require(errors.coefficientOfDetermination)
    #expect(abs(r2 - 0.7) < 1e-15)
  }

  @Test func predictingTheMeanExplainsNothing() {
    let errors = RegressionErrors(actual: [-1, 0, 1], predicted: [0, 0, 0])
    #expect(errors.coefficientOfDetermination == 0)
  }

  @Test(arguments: [[3.0], [0.1, 0.1, 0.1], []])
  func equalTargetsHaveNoVarianceToExplain(targets: [Double]) {
    let errors = RegressionErrors(actual: targets, predicted: targets.map { $0 + 1 })
    #expect(errors.coefficientOfDetermination == nil)
    #expect(
      errors.metrics(on: .training).map(\.name)
        == (targets.isEmpty ? [] : ["rmse", "mae", "maxError", "meanAbsolutePercentageError"]))
  }

  @Test func aLargeMeanDoesNotDrownTheVariance() throws {
    // The sum of squares minus n·mean² would be left with no digit.
    let errors = RegressionErrors(
      actual: [1e9, 1e9 + 1, 1e9 + 2], predicted: [1e9, 1e9 + 1, 1e9 + 1])
    let r2 = try #require(errors.coefficientOfDetermination)
    #expect(abs(r2 - 0.5) < 1e-12)
  }

  @Test func figuresThatOverflowAreLeftOut() {
    let errors = RegressionErrors(actual: [1e200, 0], predicted: [-1e200, 0])
    #expect(errors.metrics(on: .evaluation).map(\.name) == ["mae", "maxError"])
  }

  @Test func theTwoPassFormulaAgrees() throws {
    for seed in UInt64(0)..<50 {
      var generator = SeededGenerator(seed: seed)
      let actual = (0..<40).map { _ in 10 * generator.unitInterval() }
      let predicted = actual.map { $0 + generator.unitInterval() - 0.5 }
      let mean = actual.reduce(0, +) / 40
      let variance = actual.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      let squares = zip(actual, predicted).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
      let r2 = try #require(
        RegressionErrors(actual: actual, predicted: predicted).coefficientOfDetermination)
      #expect(abs(r2 - (1 - squares / variance)) < 1e-13, "seed \(seed)")
    }
  }
}

@Suite struct ClassBalanceTests {
  @Test func sharesCountWeightsAndRowsOfWeightZeroDoNot() {
    let balance = ClassBalance(
      classNames: ["a", "b", "c"], codes: [0, 0, 1, 2, 1], weights: [1, 2, 6, 0, 0])
    #expect(balance.rowCounts == [2, 1, 0])
    #expect(balance.shares == [1.0 / 3, 2.0 / 3, 0])
    #expect(balance.mostFrequent == 1 && balance.rarest == 0)
    #expect(!balance.isUnbalanced)
  }

  @Test func fourTimesAsManyRowsAreStillBalanced() {
    let balanced = ClassBalance(classNames: ["a", "b"], rowCounts: [8, 2])
    let unbalanced = ClassBalance(classNames: ["a", "b"], rowCounts: [9, 2])
    #expect(!balanced.isUnbalanced && unbalanced.isUnbalanced)
    #expect(!ClassBalance(classNames: ["a"], rowCounts: [9]).isUnbalanced)
    #expect(ClassBalance(classNames: [], rowCounts: []).rarest == nil)
  }

  @Test func spellingsOfOneWordAreFound() {
    let balance = ClassBalance(
      classNames: ["NO", "TRUE", "True", "no", "true", "yes"], rowCounts: [1, 1, 1, 1, 1, 1])
    #expect(balance.lookalikes == [["NO", "no"], ["TRUE", "True", "true"]])
  }

  @Test func aConstantAnswerIsFound() {
    func found(_ actual: [Int], _ predicted: [Int], _ set: Metric.MeasuredSet = .holdout)
      -> ClassImbalance?
    {
      .found(
        in: ConfusionMatrix(classNames: ["no", "yes"], actual: actual, predicted: predicted),
        on: set)
    }
    let actual = [Int](repeating: 0, count: 95) + [Int](repeating: 1, count: 5)
    let constant = [Int](repeating: 0, count: 100)
    #expect(found(actual, constant) == .constant(class: "no"))
    #expect(found(actual, actual) == nil)
    #expect(found(actual, actual, .training) == .unbalanced(rarest: "yes"))
    var half = constant
    for row in 95..<98 { half[row] = 1 }
    #expect(found(actual, half) == .unbalanced(rarest: "yes"))
    // Rows of one class cannot show that the answer is constant.
    #expect(found(constant, constant) == nil)
    let many = actual + actual + actual
    var nearly = [Int](repeating: 0, count: 300)
    nearly[95] = 1
    #expect(found(many, nearly) == .nearlyConstant(class: "no"))
  }

  @Test func sumsOfPartsAreSumsOfAll() {
    var generator = SeededGenerator(seed: 7)
    let actual = (0..<40).map { _ in generator.unitInterval() * 1e6 }
    let predicted = (0..<40).map { _ in generator.unitInterval() * 1e6 }
    let whole = RegressionErrors(actual: actual, predicted: predicted)
    var parts = RegressionErrors()
    for range in [0..<1, 1..<1, 1..<17, 17..<40] {
      parts.add(
        RegressionErrors(actual: Array(actual[range]), predicted: Array(predicted[range])))
    }
    #expect(parts.rowCount == 40)
    for (left, right) in zip(parts.metrics(on: .holdout), whole.metrics(on: .holdout)) {
      #expect(left.name == right.name && abs(left.value - right.value) <= 1e-12 * abs(right.value))
    }
  }
}
