import Basics
import LinearAlgebra
import TestSupport
import Testing

@testable import Calibration

/// From rows to probabilities with a model of a few lines: each class is a mean on a line.
struct ClassCalibrationFittingTests {
  /// Points around the number of their class, and a model that knows only the classes it is shown.
  struct Line: Sendable {
    var points: [Double]
    var classes: [Int]
    let classCount: Int

    init(seed: UInt64, sizes: [Int]) {
      var generator = TestGenerator(seed: seed)
      classes = sizes.enumerated().flatMap { [Int](repeating: $0, count: $1) }
      points = classes.map { 2 * Double($0) + generator.normal() }
      classCount = sizes.count
    }

    func means(of rows: [Int]) -> [(index: Int, mean: Double)] {
      (0..<classCount).compactMap { index in
        let own = rows.filter { classes[$0] == index }.map { points[$0] }
        return own.isEmpty ? nil : (index, own.reduce(0, +) / Double(own.count))
      }
    }

    func decisions(_ shape: DecisionShape, training: [Int], tested: [Int]) -> Matrix<Double> {
      let means = means(of: training)
      let scores = tested.map { row in means.map { -($0.mean - points[row]).magnitude } }
      let values = scores.map { scores in
        shape == .perClass
          ? scores
          : scores.indices.flatMap { earlier in
            ((earlier + 1)..<max(scores.count, earlier + 1)).map { scores[$0] - scores[earlier] }
          }
      }
      let known = Matrix(rowCount: tested.count, columnCount: values.first?.count ?? 0) {
        values[$0][$1]
      }
      return shape.spread(known, knownClasses: means.map(\.index), classCount: classCount)
    }
  }

  @Test(arguments: [DecisionShape.pairs, .perClass], CalibrationMethod.allCases)
  func probabilitiesOfNewRowsBeatTheClassShares(
    shape: DecisionShape, method: CalibrationMethod
  ) throws {
    let line = Line(seed: 1, sizes: [120, 90, 150])
    let plan = try OutOfFoldPlan(strata: line.classes, seed: 2)
    let values = plan.decisionValues { line.decisions(shape, training: $0, tested: $1) }
    let calibration = try ClassCalibration.fit(
      method,
      LabelledDecisions(
        shape: shape, classCount: 3, decisionValues: values, classIndices: line.classes))
    let new = Line(seed: 3, sizes: [100, 100, 100])
    var joined = line
    joined.points += new.points
    joined.classes += new.classes
    let rows = Array(line.points.count..<joined.points.count)
    let decisions = joined.decisions(
      shape, training: Array(line.points.indices), tested: rows)
    let probabilities = try calibration.probabilities(decisionValues: decisions)
    let logLoss =
      rows.indices.reduce(0) { $0 - log(probabilities[$1, new.classes[$1]]) } / 300
    // Guessing costs ln 3 = 1.10; the best there is, knowing the three densities, about 0.48.
    #expect(logLoss < 0.6, "\(logLoss)")
    #expect(calibration.constantCount == 0)
  }

  @Test func aClassWithOneRowHasNoValuesAndTakesTheMargins() throws {
    let line = Line(seed: 4, sizes: [20, 12, 1])
    let plan = try OutOfFoldPlan(strata: line.classes, seed: 0)
    let values = plan.decisionValues { line.decisions(.pairs, training: $0, tested: $1) }
    #expect(values.row(32)[1].isNaN && values.row(32)[2].isNaN && !values.row(32)[0].isNaN)
    let calibration = try ClassCalibration.fit(
      .sigmoid,
      LabelledDecisions(
        shape: .pairs, classCount: 3, decisionValues: values, classIndices: line.classes))
    #expect(calibration.columns[1] == .sigmoid(.atMargins(positive: 1, negative: 20)))
    #expect(calibration.columns[2] == .sigmoid(.atMargins(positive: 1, negative: 12)))
    #expect(!calibration.columns[0].isConstant)
    let all = Array(line.points.indices)
    let decisions = line.decisions(.pairs, training: all, tested: all)
    let probabilities = try calibration.probabilities(decisionValues: decisions)
    #expect(probabilities.elements.allSatisfy { $0 >= 0 && $0 <= 1 })
  }

  @Test func weightZeroIsNoRow() throws {
    let data = RandomDecisions(seed: 7, shape: .pairs, classCount: 4, rows: 200, missing: 0.1)
    let kept = data.classes.indices.filter { data.weights[$0] > 0 }
    for method in CalibrationMethod.allCases {
      let all = try ClassCalibration.fit(
        method,
        LabelledDecisions(
          shape: .pairs, classCount: 4, decisionValues: data.values, classIndices: data.classes,
          weights: data.weights))
      let without = try ClassCalibration.fit(
        method,
        LabelledDecisions(
          shape: .pairs, classCount: 4, decisionValues: data.values.gatheringRows(kept),
          classIndices: kept.map { data.classes[$0] }, weights: kept.map { data.weights[$0] }))
      #expect(all == without, "\(method)")
    }
  }

  @Test func classesWithoutRowsStillHaveProbabilities() throws {
    for (method, shape) in CalibrationMethod.allCases.flatMap({ method in
      [(method, DecisionShape.pairs), (method, .perClass)]
    }) {
      let nothing = Matrix<Double>(rowCount: 2, columnCount: 3, repeating: .nan)
      let calibration = try ClassCalibration.fit(
        method,
        LabelledDecisions(
          shape: shape, classCount: 3, decisionValues: nothing, classIndices: [0, 1]))
      let found = try calibration.probabilities(decisionValues: Matrix(rows: [[0.5, -1, 2]]))
      #expect((found.row(0).reduce(0, +) - 1).magnitude <= 1e-12, "\(method), \(shape)")
    }
  }
}
