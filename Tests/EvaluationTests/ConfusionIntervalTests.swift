import Testing

@testable import Evaluation

@Suite struct ConfusionIntervalTests {
  private func matrix(right: Int, wrong: Int) -> ConfusionMatrix {
    var matrix = ConfusionMatrix(classNames: ["no", "yes"])
    matrix.add(actual: 0, predicted: 0, rows: right / 2, totalWeight: Double(right / 2))
    matrix.add(
      actual: 1, predicted: 1, rows: right - right / 2, totalWeight: Double(right - right / 2))
    matrix.add(actual: 0, predicted: 1, rows: wrong, totalWeight: Double(wrong))
    return matrix
  }

  /// The accuracy p of n rows has the deviation √(p(1 − p)/n); both ways of drawing must find it.
  @Test(arguments: [100, 1000, 4000, 20_000, 1_000_000])
  func accuracyHasTheWidthOfABinomial(rows: Int) throws {
    let wrong = rows / 10
    let intervals = matrix(right: rows - wrong, wrong: wrong).intervals()
    let interval = try #require(intervals[MetricDefinition.accuracy.id])
    let deviation = (0.09 / Double(rows)).squareRoot()
    #expect(abs(interval.estimate - 0.9) < 1e-12)
    #expect(abs((interval.upper - interval.lower) / (2 * 1.96 * deviation) - 1) < 0.12)
    #expect(interval.lower < 0.9 && interval.upper > 0.9)
    #expect(
      Set(intervals.keys.map(\.rawValue)) == [
        "accuracy", "balancedAccuracy", "macroF1", "matthewsCorrelation",
      ])
  }

  /// Drawing cells of drawn rows is what the bootstrap of rows does.
  @Test func cellsAndRowsGiveTheSameInterval() throws {
    let matrix = matrix(right: 180, wrong: 20)
    let hits = (0..<200).map { $0 < 180 ? 1.0 : 0 }
    let ofRows = try #require(
      try Bootstrap(replicateCount: 4000, method: .percentile, seed: 3).interval(ofMean: hits))
    let ofCells = try #require(
      matrix.intervals(replicateCount: 4000, seed: 5)[MetricDefinition.accuracy.id])
    #expect(abs(ofRows.lower - ofCells.lower) < 0.011)
    #expect(abs(ofRows.upper - ofCells.upper) < 0.011)
  }

  @Test func figuresAgreeWithTheMatrix() throws {
    let matrix = matrix(right: 30, wrong: 5)
    let intervals = matrix.intervals()
    #expect(
      abs(try #require(intervals[MetricDefinition.macroF1.id]).estimate - (matrix.macroF1 ?? 0))
        < 1e-12)
    #expect(
      abs(
        try #require(intervals[MetricDefinition.balancedAccuracy.id]).estimate
          - (matrix.balancedAccuracy ?? 0))
        < 1e-12)
    #expect(
      abs(
        try #require(intervals[MetricDefinition.matthewsCorrelation.id]).estimate
          - (matrix.matthewsCorrelation ?? 0)) < 1e-12)
  }

  @Test func aMatrixWithoutRowsHasNone() {
    #expect(ConfusionMatrix(classNames: ["a"]).intervals().isEmpty)
  }

  @Test func figuresOfOneBootstrapAreThoseOfSeveral() throws {
    let weights = [Double](repeating: 1, count: 40)
    let bootstrap = Bootstrap(replicateCount: 200, seed: 1)
    func first(_ weights: [Double]) -> Double? { weights[..<20].reduce(0, +) / 40 }
    func second(_ weights: [Double]) -> Double? { weights[0] > 0 ? 1 : nil }
    let both = try bootstrap.intervals(weights: weights) { [first($0), second($0)] }
    #expect(both[0] == (try bootstrap.interval(weights: weights, of: first)))
    // Missing on more than a tenth of the replicates.
    #expect(both[1] == nil)
  }
}
