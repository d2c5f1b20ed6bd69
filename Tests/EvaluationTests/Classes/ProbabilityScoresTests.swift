import Evaluation
import Testing

struct ProbabilityScoresTests {
  @Test func figuresAreThoseOfAHandCalculation() throws {
    var scores = try ProbabilityScores(classCount: 2, binCount: 2)
    try scores.add(probabilities: [0.25, 0.75], actual: 1)
    try scores.add(probabilities: [0.5, 0.5], actual: 1)
    #expect(scores.brierScore == (0.0625 + 0.25) / 2)
    // ln(4/3) and ln 2, each once.
    let logLoss = try #require(scores.logLoss)
    #expect(abs(logLoss - (0.2876820724517809 + 0.6931471805599453) / 2) < 1e-15)
    // 0.5 lies on the edge and belongs to the lower bin.
    #expect(scores.reliability.bins.map(\.meanProbability) == [0.5, 0.75])
    #expect(scores.calibrationError == (0.5 + 0.25) / 2)
    #expect(scores.reliability.maximumCalibrationError == 0.5)
  }

  @Test func aClassThatTheModelDoesNotKnowHasProbabilityZero() throws {
    var unknown = try ProbabilityScores(classCount: 3)
    try unknown.add(probabilities: [0.5, 0.25, 0.25], actual: nil)
    var known = try ProbabilityScores(classCount: 4)
    try known.add(probabilities: [0.5, 0.25, 0.25, 0], actual: 3)
    #expect(unknown.logLoss == known.logLoss)
    #expect(unknown.brierScore == known.brierScore)
    #expect(unknown.calibrationError == 0.5)
  }

  @Test func aWrongCertaintyIsFinite() throws {
    var scores = try ProbabilityScores(classCount: 2)
    try scores.add(probabilities: [1, 0], actual: 1)
    let logLoss = try #require(scores.logLoss)
    #expect(abs(logLoss - 36.04365338911715) < 1e-13)
    #expect(scores.brierScore == 1)
  }

  @Test func wrongInputIsAnErrorAndCountsNothing() throws {
    var scores = try ProbabilityScores(classCount: 2)
    #expect(throws: EvaluationError.probability(-0.5, row: 0)) {
      try scores.add(probabilities: [1.5, -0.5].reversed(), actual: 0)
    }
    #expect(throws: EvaluationError.probabilitySum(0.75, row: 0)) {
      try scores.add(probabilities: [0.5, 0.25], actual: 0)
    }
    #expect(throws: EvaluationError.classIndex(2, classCount: 2, row: 0)) {
      try scores.add(probabilities: [0.5, 0.5], actual: 2)
    }
    #expect(throws: EvaluationError.self) {
      try scores.add(probabilities: [.nan, 0.5], actual: 1)
    }
    #expect(throws: EvaluationError.self) {
      try scores.add(probabilities: [0.5, 0.5], actual: 1, weight: .infinity)
    }
    let error = #expect(throws: EvaluationError.self) {
      try scores.add(probabilities: [0.5, 0.25, 0.25], actual: 1)
    }
    #expect(
      error?.description
        == "the number of probabilities of row 0 must be the number of classes, 2, but is 3.0")
    #expect(scores.rowCount == 0)
    #expect(throws: EvaluationError.self) { try ProbabilityScores(classCount: 1) }
    #expect(throws: EvaluationError.self) { try ProbabilityScores(classCount: 2, binCount: 0) }
  }
}

struct ReliabilityCurveTests {
  @Test func binsOfEqualMassDifferByAtMostOneRow() throws {
    for seed in UInt64(0)..<30 {
      var generator = SeededGenerator(seed: seed)
      let rowCount = 20 + generator.integer(below: 50)
      let probabilities = (0..<rowCount).map { _ in generator.unitInterval() }
      let outcomes = probabilities.map { generator.unitInterval() < $0 }
      let curve = try ReliabilityCurve(
        probabilities: probabilities, outcomes: outcomes, binCount: 7)
      let sizes = curve.bins.map(\.weight)
      #expect(sizes.count == 7, "seed \(seed)")
      #expect(sizes.max()! - sizes.min()! <= 1, "seed \(seed): \(sizes)")
      let means = curve.bins.map(\.meanProbability)
      #expect(means == means.sorted(), "seed \(seed)")
      // One bin: the error is that of the mean.
      let one = try ReliabilityCurve(
        probabilities: probabilities, outcomes: outcomes, binCount: 1)
      let mean = probabilities.reduce(0, +) / Double(rowCount)
      let part = Double(outcomes.count { $0 }) / Double(rowCount)
      let error = try #require(one.expectedCalibrationError)
      #expect(abs(error - abs(mean - part)) < 1e-14, "seed \(seed)")
    }
  }

  @Test func equalProbabilitiesStayInOneBin() throws {
    let curve = try ReliabilityCurve(
      probabilities: [0.1, 0.7, 0.7, 0.7, 0.7, 0.7], outcomes: Array(repeating: true, count: 6),
      binCount: 3)
    #expect(curve.bins.map(\.weight) == [1, 5])
  }

  @Test func wrongInputIsAnError() {
    #expect(throws: EvaluationError.probability(1.5, row: 1)) {
      try ReliabilityCurve(probabilities: [0, 1.5], outcomes: [true, false])
    }
    let error = #expect(throws: EvaluationError.self) {
      try ReliabilityCurve(probabilities: [0, 1], outcomes: [true, false], binCount: 20_000)
    }
    #expect(error?.description == "binCount must be from 1 to 10000, but is 20000.0")
  }
}
