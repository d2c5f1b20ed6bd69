import Basics
import Learning
import LinearAlgebra

// The probabilities of a classifier, from its decision values in any shape.
//
// Fitting is in ClassCalibration+Fitting.swift. Read `write` for what happens to one row.

/// Turns a classifier's decision values into the probabilities of its classes.
///
/// | decision values | probabilities |
/// |---|---|
/// | `binary` | of one calibration |
/// | `pairs` | each pair's calibration, coupled by Wu, Lin and Weng's second method |
/// | `perClass`, sigmoid or isotonic | each class's calibration against the rest, divided by the sum |
/// | `perClass`, temperature | the softmax of the values over one temperature |
///
/// The probability of the later of two classes, each pair's own probability, and that of a class with its
/// own decision value never fall as the decision value grows. Coupled probabilities of three and more
/// classes weigh all pairs: among contradicting pairs one value alone may work the other way.
///
/// The label that belongs to the probabilities is their arg-max, or where training weighted the classes
/// that of probability times weight (`labelWeights`): `classIndices(decisionValues:probabilities:)`.
package struct ClassCalibration: Sendable, Equatable {
  /// The method that was requested.
  package let method: CalibrationMethod
  /// What the columns of the decision values stand for.
  package let shape: DecisionShape
  /// The number of classes k, at least 1.
  package let classCount: Int
  /// The calibration of each column of the decision values.
  ///
  /// Of `perClass` with `temperature` it is the one that all share. One of another kind than ``method`` stands in where the rows could not carry the
  /// method.
  package let columns: [ScoreCalibration]
  /// What the probability of each class is multiplied by before the label is chosen; `nil` for 1 each.
  ///
  /// Probabilities are those of the data, whatever classes counted in training. Who gives a class ten
  /// times the weight wants it predicted from a tenth of the odds on, and so is it: the label is the
  /// class with the largest product of weight and probability.
  package let labelWeights: [Double]?

  /// Makes a calibration of stored parts.
  ///
  /// - Parameters:
  ///   - method: The method.
  ///   - shape: What the columns of the decision values stand for.
  ///   - classCount: The number of classes, at least 1; 2 for `binary`.
  ///   - columns: A calibration for each column; for `perClass` with `temperature` a single
  ///     temperature.
  ///   - labelWeights: A finite number above 0 for each class, or `nil`; equal ones are the same as
  ///     none.
  /// - Throws: `CalibrationError/invalidShape(_:)` or
  ///   `CalibrationError/countMismatch(what:found:expected:)`.
  package init(
    method: CalibrationMethod, shape: DecisionShape, classCount: Int, columns: [ScoreCalibration],
    labelWeights: [Double]? = nil
  ) throws(CalibrationError) {
    guard let width = shape.columnCount(classCount: classCount) else {
      throw .invalidShape(
        "\(classCount) classes have no \(shape.rawValue) decision values")
    }
    let expected = Self.sharesTemperature(method, shape) ? 1 : width
    guard columns.count == expected else {
      throw .countMismatch(
        what: "calibrations of decision values", found: columns.count, expected: expected)
    }
    if Self.sharesTemperature(method, shape) {
      guard case .temperature = columns[0] else {
        throw .invalidShape("the scores of classes need one common temperature")
      }
    }
    if let labelWeights { try Self.check(labelWeights, classCount: classCount) }
    self.method = method
    self.shape = shape
    self.classCount = classCount
    self.columns = columns
    self.labelWeights = Self.unlessEqual(labelWeights)
  }

  static func check(_ labelWeights: [Double], classCount: Int) throws(CalibrationError) {
    guard labelWeights.count == classCount else {
      throw .countMismatch(
        what: "weights of labels", found: labelWeights.count, expected: classCount)
    }
    for weight in labelWeights where !(weight > 0 && weight.isFinite) {
      throw .invalidParameter(
        name: "the weight of a label", value: weight, expected: "finite and greater than 0")
    }
  }

  /// Weights that make a difference.
  static func unlessEqual(_ labelWeights: [Double]?) -> [Double]? {
    labelWeights.flatMap { weights in
      weights.allSatisfy { $0 == weights[0] } ? nil : weights
    }
  }

  static func sharesTemperature(_ method: CalibrationMethod, _ shape: DecisionShape) -> Bool {
    method == .temperature && shape == .perClass
  }

  /// The number of columns of the decision values.
  package var columnCount: Int { shape.columnCount(classCount: classCount) ?? 0 }

  /// For two classes with one decision value, the value at which the label changes: where both are
  /// equally probable, or have equal products of probability and weight (`labelWeights`).
  ///
  /// The label is the later class above it and the earlier one below. Without a calibration it would
  /// be 0. `nil` for more classes, and when one of two classes always wins.
  package var threshold: Double? {
    guard classCount == 2, columns.count == 1, shape != .perClass else { return nil }
    if labelWeights != nil, columns[0].isConstant { return 0 }
    return columns[0].decision(atOdds: labelWeights.map { $0[0] / $0[1] } ?? 1)
  }

  /// For two classes, the probability of the later one from which on it is the label: ½ unless training
  /// weighted the classes; `nil` for more classes.
  package var probabilityThreshold: Double? {
    guard classCount == 2 else { return nil }
    return labelWeights.map { $0[0] / ($0[0] + $0[1]) } ?? 0.5
  }

  /// The number of calibrations that no decision value changes: out of fold, larger values were not
  /// more probable there.
  package var constantCount: Int { columns.count { $0.isConstant } }

  /// The probabilities of the classes.
  ///
  /// - Parameters:
  ///   - decisionValues: n rows of decision values in the calibration's shape; finite.
  ///   - threads: The largest number of threads to use, at least 1.
  /// - Returns: n × k; every row has numbers from 0 to 1 with sum 1. The same bits for any number of
  ///   threads.
  /// - Throws: `CalibrationError/countMismatch(what:found:expected:)` when the number of columns is
  ///   another, `CalibrationError/notFinite(what:row:)` for the first row with a value that is not
  ///   finite.
  /// - Complexity: O(n·k), for pairs O(n·k³).
  package func probabilities(
    decisionValues: Matrix<Double>, threads: Int = 1
  ) throws(CalibrationError) -> Matrix<Double> {
    try checkColumns(decisionValues)
    let (width, rowCount) = (columnCount, decisionValues.rowCount)
    let firstBad = unsafe decisionValues.withUnsafeElements { elements in
      unsafe elements.firstIndex { !$0.isFinite }
    }
    if let firstBad { throw .notFinite(what: "a decision value", row: firstBad / width) }
    // A thread is worth waking for about ten thousand calls of the exponential.
    let tileHeight = max(4, 16_384 / max(1, classCount * classCount))
    return unsafe Matrix(rowCount: rowCount, columnCount: classCount) { buffer in
      guard let base = buffer.baseAddress else { return }
      // Tiles write to disjoint rows.
      let target = unsafe UnsafeSendable(base)
      concurrentTiles(
        count: (rowCount + tileHeight - 1) / tileHeight, threads: max(1, threads)
      ) { tile in
        var scratch = RowScratch(self)
        for row in tile * tileHeight..<min(rowCount, (tile + 1) * tileHeight) {
          decisionValues.withRow(row) { write($0, into: &scratch) }
          for index in 0..<classCount {
            unsafe target.value[row * classCount + index] = scratch.values[index]
          }
        }
      }
    }
  }

  private func checkColumns(_ decisionValues: Matrix<Double>) throws(CalibrationError) {
    guard decisionValues.columnCount == columnCount else {
      throw .countMismatch(
        what: "decision values in a row", found: decisionValues.columnCount, expected: columnCount)
    }
  }

  /// What one row's computation needs.
  private struct RowScratch {
    var values: [Double]
    var coupling: PairwiseCoupling?

    /// A and B of every pair, when all have them: for many classes it is most of the work to ask each
    /// calibration for both of its probabilities.
    var exponents: [(a: Double, b: Double)]?

    init(_ calibration: ClassCalibration) {
      let classCount = calibration.classCount
      values = [Double](repeating: 1, count: classCount)
      guard calibration.shape == .pairs, classCount > 2 else { return }
      coupling = PairwiseCoupling(classCount: classCount)
      let exponents = calibration.columns.compactMap(\.exponent)
      if exponents.count == calibration.columns.count { self.exponents = exponents }
    }
  }

  /// The probabilities of one row.
  private func write(_ decisions: Span<Double>, into scratch: inout RowScratch) {
    if classCount == 1 {
      scratch.values[0] = 1
    } else if shape != .perClass {
      guard scratch.coupling != nil else {
        scratch.values[0] = columns[0].complement(decisions[0])
        scratch.values[1] = columns[0].probability(decisions[0])
        return
      }
      if let exponents = scratch.exponents {
        scratch.coupling?.couple { index in
          let (later, earlier) = logisticPair(
            exponents[index].a * decisions[index] + exponents[index].b)
          return (earlier, later)
        }
      } else {
        scratch.coupling?.couple { index in
          (
            columns[index].complement(decisions[index]),
            columns[index].probability(decisions[index])
          )
        }
      }
      if let coupled = scratch.coupling?.probabilities { scratch.values = coupled }
    } else if Self.sharesTemperature(method, shape), case .temperature(let softmax) = columns[0] {
      for index in 0..<classCount { scratch.values[index] = decisions[index] }
      softmax.softmax(&scratch.values)
      if let labelWeights { Self.unweight(&scratch.values, labelWeights) }
    } else {
      var total = 0.0
      for index in 0..<classCount {
        scratch.values[index] = columns[index].probability(decisions[index])
        total += scratch.values[index]
      }
      // All zero only in a stored table of zeros, or where exponentials underflow.
      for index in 0..<classCount {
        scratch.values[index] =
          total > 0 ? scratch.values[index] / total : 1 / Double(classCount)
      }
    }
  }
}

extension ClassCalibration {
  /// Turns the probabilities of a world in which classes count by their weights into those of the data.
  ///
  /// A temperature has no parameter that could move a threshold, so that it is fitted in that world, the
  /// one that the decision values belong to.
  private static func unweight(_ probabilities: inout [Double], _ weights: [Double]) {
    var total = 0.0
    for index in probabilities.indices {
      probabilities[index] /= weights[index]
      total += probabilities[index]
    }
    guard total > 0, total.isFinite else { return }
    for index in probabilities.indices { probabilities[index] /= total }
  }
}

// MARK: - Labels

extension ClassCalibration {
  /// The labels that belong to probabilities: in every row the class with the largest one, or with
  /// `labelWeights` the one with the largest product of weight and probability.
  ///
  /// Of classes with exactly the same probability, the one that the decision values favour: of two
  /// classes the later one when the value is above 0; of pairs that with most votes; of values for
  /// each class the largest. Then the earliest. So a constant ½, the answer when nothing could be
  /// learned, leaves the labels as they are without a calibration; with weights any constant does,
  /// because the decision values know the weights and the constant does not.
  ///
  /// - Parameters:
  ///   - decisionValues: n rows of decision values.
  ///   - probabilities: n × k, as ``probabilities(decisionValues:threads:)`` gives them.
  /// - Returns: n numbers of classes.
  /// - Throws: `CalibrationError/countMismatch(what:found:expected:)` when the shapes do not fit.
  package func classIndices(
    decisionValues: Matrix<Double>, probabilities: Matrix<Double>
  ) throws(CalibrationError) -> [Int] {
    try checkColumns(decisionValues)
    guard probabilities.columnCount == classCount else {
      throw .countMismatch(
        what: "probabilities in a row", found: probabilities.columnCount, expected: classCount)
    }
    guard probabilities.rowCount == decisionValues.rowCount else {
      throw .countMismatch(
        what: "rows of probabilities", found: probabilities.rowCount,
        expected: decisionValues.rowCount)
    }
    let knowsNothing = labelWeights != nil && !columns.isEmpty && constantCount == columns.count
    var products = [Double](repeating: 0, count: classCount)
    return (0..<probabilities.rowCount).map { row in
      probabilities.withRow(row) { probabilities in
        decisionValues.withRow(row) { decisions in
          guard let labelWeights else { return winner(probabilities, decisions) }
          for index in 0..<classCount {
            products[index] = knowsNothing ? 0 : labelWeights[index] * probabilities[index]
          }
          return winner(products.span, decisions)
        }
      }
    }
  }

  private func winner(_ probabilities: Span<Double>, _ decisions: Span<Double>) -> Int {
    var best = 0
    var ties = 1
    for index in 1..<max(1, classCount) {
      if probabilities[index] > probabilities[best] {
        best = index
        ties = 1
      } else if probabilities[index] == probabilities[best] {
        ties += 1
      }
    }
    guard ties > 1 else { return best }
    let favour = ClassProblems(shape, classCount: classCount).favours(decisions)
    for index in (best + 1)..<classCount
    where probabilities[index] == probabilities[best] && favour[index] > favour[best] {
      best = index
    }
    return best
  }
}
