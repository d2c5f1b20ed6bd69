import Basics
import Learning
import LinearAlgebra

/// Decision values of rows whose classes are known.
package struct LabelledDecisions: Sendable {
  /// What the columns of the decision values stand for.
  package var shape: DecisionShape
  /// The number of classes k.
  package var classCount: Int
  /// n rows of out-of-fold decision values, as `OutOfFoldPlan/decisionValues(threads:_:)` gives them;
  /// finite or NaN.
  package var decisionValues: Matrix<Double>
  /// The class of each row, in `0 ..< k`.
  package var classIndices: [Int]
  /// n finite weights of at least 0, or `nil` for 1 each.
  package var weights: [Double]?
  /// What training multiplied the weights of each class by, or `nil`: probabilities are those of rows that
  /// count by `weights` alone, labels follow `labelWeights`.
  package var labelWeights: [Double]?

  /// Collects the parts.
  package init(
    shape: DecisionShape, classCount: Int, decisionValues: Matrix<Double>, classIndices: [Int],
    weights: [Double]? = nil, labelWeights: [Double]? = nil
  ) {
    self.shape = shape
    self.classCount = classCount
    self.decisionValues = decisionValues
    self.classIndices = classIndices
    self.weights = weights
    self.labelWeights = labelWeights
  }

  /// Some of the rows.
  ///
  /// - Parameter rows: Their numbers.
  /// - Returns: The same of these rows.
  package func gathered(_ rows: [Int]) -> LabelledDecisions {
    var part = self
    part.decisionValues = Matrix(rowCount: rows.count, columnCount: decisionValues.columnCount) {
      decisionValues[rows[$0], $1]
    }
    part.classIndices = rows.map { classIndices[$0] }
    part.weights = weights.map { all in rows.map { all[$0] } }
    return part
  }
}

extension ClassCalibration {
  /// Fits the calibration of a classifier to decision values of rows that its models did not see.
  ///
  /// Every column is fitted by the rows it concerns: a pair's by those of its two classes, a class's
  /// by all. Rows without a value there (NaN: the model of their fold did not know one of the classes)
  /// are left out; what happens when too few are left is said at
  /// `ScoreCalibration.fit`. A class with a single row never has a
  /// value in its pairs, because the model of that row's fold did not know it.
  ///
  /// - Parameters:
  ///   - method: The method.
  ///   - decisions: The rows' decision values and classes.
  ///   - threads: The largest number of threads to use, at least 1.
  /// - Returns: The calibration; the same bits for any number of threads.
  /// - Throws: ``CalibrationError``.
  /// - Complexity: About ten passes over the rows of each column; for `isotonic` a sort of them.
  package static func fit(
    _ method: CalibrationMethod, _ decisions: LabelledDecisions, threads: Int = 1
  ) throws(CalibrationError) -> ClassCalibration {
    let (shape, classCount) = (decisions.shape, decisions.classCount)
    let (decisionValues, classIndices) = (decisions.decisionValues, decisions.classIndices)
    guard let width = shape.columnCount(classCount: classCount) else {
      throw .invalidShape(
        "\(classCount) classes have no \(shape.rawValue) decision values")
    }
    var weights = try checkedRows(
      decisionValues, width: width, classIndices: classIndices, classCount: classCount,
      weights: decisions.weights)
    if let labelWeights = decisions.labelWeights { try check(labelWeights, classCount: classCount) }
    let labelWeights = unlessEqual(decisions.labelWeights)
    if method == .temperature, let labelWeights {
      // It moves no threshold, and is fitted where the threshold is right: see `unweight`.
      weights = try checkedWeights(
        zip(weights, classIndices).map { $0 * labelWeights[$1] }, rowCount: weights.count)
    }

    let columns: [ScoreCalibration]
    if sharesTemperature(method, shape) {
      columns = [
        .temperature(
          commonTemperature(decisionValues, classIndices, weights, classCount: classCount))
      ]
    } else {
      let rowsOfClass = rowLists(classIndices, classCount: classCount)
      let problems = ClassProblems(shape, classCount: classCount)
      columns = concurrentResults(count: width, threads: threads) { [weights] column in
        var scores = LabelledScores()
        if shape == .perClass {
          for row in classIndices.indices {
            scores.add(
              decisionValues[row, column], isPositive: classIndices[row] == column,
              weight: weights[row])
          }
        } else {
          let (earlier, later) = problems[pair: column]
          for (index, isPositive) in [(earlier, false), (later, true)] {
            for row in rowsOfClass[index] {
              scores.add(decisionValues[row, column], isPositive: isPositive, weight: weights[row])
            }
          }
        }
        let fitted = ScoreCalibration.fit(method, scores)
        guard case .temperature(let temperature) = fitted, let labelWeights, shape != .perClass
        else { return fitted }
        let (earlier, later) = problems[pair: column]
        // The odds of the data are those of the weighted world over the quotient of the weights.
        return .sigmoid(
          SigmoidCalibration(
            checkedA: -temperature.inverseTemperature,
            b: log(labelWeights[later] / labelWeights[earlier])))
      }
    }
    return try ClassCalibration(
      method: method, shape: shape, classCount: classCount, columns: columns,
      labelWeights: labelWeights)
  }

  /// Checks what a fit is given; returns the weights.
  private static func checkedRows(
    _ values: Matrix<Double>, width: Int, classIndices: [Int], classCount: Int, weights: [Double]?
  ) throws(CalibrationError) -> [Double] {
    guard values.columnCount == width else {
      throw .countMismatch(
        what: "decision values in a row", found: values.columnCount, expected: width)
    }
    guard classIndices.count == values.rowCount else {
      throw .countMismatch(what: "labels", found: classIndices.count, expected: values.rowCount)
    }
    for (row, index) in classIndices.enumerated() {
      guard index >= 0, index < classCount else {
        throw .invalidClass(row: row, found: index, classCount: classCount)
      }
    }
    let infinite = unsafe values.withUnsafeElements { elements in
      unsafe elements.firstIndex { $0.isInfinite }
    }
    if let infinite { throw .notFinite(what: "a decision value", row: infinite / width) }
    return try checkedWeights(weights, rowCount: values.rowCount)
  }

  private static func rowLists(_ classIndices: [Int], classCount: Int) -> [[Int]] {
    var lists = [[Int]](repeating: [], count: classCount)
    for (row, index) in classIndices.enumerated() { lists[index].append(row) }
    return lists
  }

  private static func commonTemperature(
    _ values: Matrix<Double>, _ classIndices: [Int], _ weights: [Double], classCount: Int
  ) -> TemperatureCalibration {
    // Only rows with a score of their class take part.
    let measured = classIndices.indices.filter { !values[$0, classIndices[$0]].isNaN }
    var classWeights = [Double](repeating: 0, count: classCount)
    for row in measured { classWeights[classIndices[row]] += weights[row] }
    var problem = TemperatureProblem(classWeights: classWeights)
    for row in measured {
      problem.add(values.row(row), class: classIndices[row], weight: weights[row])
    }
    return TemperatureCalibration(checked: problem.minimum())
  }
}
