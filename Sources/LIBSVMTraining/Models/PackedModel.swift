import LinearAlgebra
import SupportVectors
import Synchronization

/// A machine as it was packed for predictions.
package final class PackedModel: Sendable {
  package let machine: Machine
  private let isPrecomputed: Bool
  /// The same machine with one more feature, which no support vector has.
  private let widened = Mutex<KernelExpansion?>(nil)

  package init(_ machine: Machine, isPrecomputed: Bool) {
    self.machine = machine
    self.isPrecomputed = isPrecomputed
  }

  /// This many features are spread out for one row; more are looked up.
  private static let denseFeatureLimit = 4096

  /// LIBSVM's decision values of rows; NaN where a row has a number that is not finite.
  ///
  /// - Parameter rows: The rows; for a precomputed kernel in the order of their nodes, by which they are found.
  /// - Returns: ``Machine/outputCount`` values for each row.
  package func decisionValues(_ rows: NodeRows) -> [[Double]] {
    guard machine.outputCount > 0 else { return [[Double]](repeating: [], count: rows.count) }
    do throws(ModelError) {
      return try computed(rows).map(machine.ordered)
    } catch {
      // Only the row with such a number has no values.
      guard rows.count > 1 else {
        return [[Double](repeating: .nan, count: machine.outputCount)]
      }
      return (0..<rows.count).flatMap { decisionValues(rows.selecting([$0])) }
    }
  }

  private func computed(_ rows: NodeRows) throws(ModelError) -> [[Double]] {
    let features: FeatureMatrix =
      isPrecomputed
      ? .dense(kernelValues(rows))
      : .sparse(
        rows.examples(columnCount: machine.expansion.featureCount, from: machine.firstIndex))
    let expansion =
      features.columnCount > machine.expansion.featureCount
      ? try wideExpansion() : machine.expansion
    if rows.count == 1 {
      guard isPrecomputed || expansion.featureCount <= Self.denseFeatureLimit else {
        return [try expansion.decisionValues(features, threads: 1).elements]
      }
      return [try expansion.decisionValues(ofExample: features.dense.elements)]
    }
    let values = try expansion.decisionValues(features)
    return (0..<rows.count).map { row in (0..<values.columnCount).map { values[row, $0] } }
  }

  private func kernelValues(_ rows: NodeRows) -> Matrix<Double> {
    let nodes = (0..<rows.count).map { rows.values(ofRow: $0) }
    return Matrix(rowCount: rows.count, columnCount: machine.expansion.featureCount) {
      $1 < nodes[$0].count ? nodes[$0][nodes[$0].startIndex + $1] : 0
    }
  }

  private func wideExpansion() throws(ModelError) -> KernelExpansion {
    if let made = widened.withLock({ $0 }) { return made }
    let expansion = machine.expansion
    guard expansion.featureCount < Int(Int32.max) else {
      throw .featureCount(found: Int(Int32.max), expected: expansion.featureCount)
    }
    let made = try KernelExpansion(
      kernel: expansion.kernel, featureCount: expansion.featureCount + 1,
      supportVectors: expansion.supportVectors.widened,
      supportIndices: expansion.supportIndices, supportCounts: expansion.supportCounts,
      dualCoefficients: expansion.dualCoefficients, biases: expansion.biases,
      precision: expansion.precision, layout: expansion.layout)
    widened.withLock { $0 = made }
    return made
  }
}

extension FeatureMatrix {
  /// The same with one more feature, which is 0.
  fileprivate var widened: FeatureMatrix {
    switch self {
    case .dense(let matrix):
      .dense(
        Matrix(rowCount: matrix.rowCount, columnCount: matrix.columnCount + 1) {
          $1 < matrix.columnCount ? matrix[$0, $1] : 0
        })
    case .sparse(let matrix):
      .sparse(
        SparseMatrix(
          unchecked: matrix.rowCount, columnCount: matrix.columnCount + 1,
          rowOffsets: matrix.rowOffsets, columnIndices: matrix.columnIndices,
          values: matrix.values))
    }
  }
}
