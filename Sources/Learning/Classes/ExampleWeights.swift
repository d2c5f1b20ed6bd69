import Kernels
import LinearAlgebra
import SMOSolver

/// The weights of a training's examples, checked.
///
/// A row of weight 0 is left out: training is the same as without it, except that rows keep their
/// numbers.
package struct ExampleWeights: Sendable {
  /// One for each row, or `nil` when all are 1.
  package let values: [Double]?
  /// The rows that training sees, ascending.
  package let rows: [Int]
  /// The number of rows in all.
  package let count: Int

  /// Checks weights.
  ///
  /// - Throws: ``TrainingError`` when their number is wrong, one is negative or not finite, or none is
  ///   positive.
  package init(_ values: [Double]?, count: Int) throws(TrainingError) {
    self.values = values
    self.count = count
    guard let values else {
      rows = Array(0..<count)
      return
    }
    guard values.count == count else {
      throw .countMismatch(what: "weights", found: values.count, rows: count)
    }
    if let row = values.firstIndex(where: { !($0 >= 0 && $0.isFinite) }) {
      throw .invalidWeight(row: row, value: values[row])
    }
    rows = values.indices.filter { values[$0] > 0 }
    guard !rows.isEmpty else { throw .noPositiveWeight(rows: count) }
  }

  package var excludedCount: Int { count - rows.count }

  package subscript(row: Int) -> Double { values?[row] ?? 1 }

  /// The bounds of the rows' dual variables.
  ///
  /// - Parameters:
  ///   - unit: C, or 1.
  ///   - factor: What a row's weight is multiplied by besides, for its class.
  /// - Returns: One bound for each of ``rows``.
  /// - Throws: `TrainingError/invalidParameter(name:value:expected:)` when a bound or their sum leaves
  ///   the range of numbers.
  package func upperBounds(
    unit: Double, factor: (_ row: Int) -> Double = { _ in 1 }
  ) throws(TrainingError) -> ProgramValues<Double> {
    var total = 0.0
    var bounds = ProgramValues<Double>()
    for row in rows {
      let bound = unit * (self[row] * factor(row))
      total += bound
      guard bound > 0, total.isFinite else {
        throw .invalidParameter(
          name: "weights", value: "\(self[row]) in row \(row + 1)",
          expected: "such that its product with C and the sum of all are positive finite numbers")
      }
      bounds.append(bound)
    }
    return bounds
  }

  /// The examples that training sees, with the kernel among them.
  package func included(_ source: KernelSource) throws(TrainingError) -> KernelSource {
    rows.count == count ? source : try source.choosing(rows)
  }
}
