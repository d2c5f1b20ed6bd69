import Kernels
import LinearAlgebra
import SupportVectors
import TabularModels

/// A model's numbers as LIBSVM, and formats that grew from it, have them: in a pair of classes the
/// **first** one is positive, and `rho` is subtracted.
///
/// Of two classes ours with the positive sign, the later one, goes first; then decision values are the
/// same. More classes stay in order, so that equal votes have the same winner, and every sign changes.
package struct PositiveFirstExpansion: Sendable {
  /// For each place the index of the class in the model; empty for a regression.
  package let classOrder: [Int]
  /// For each place the index of the support vector in the model.
  package let order: [Int]
  /// Support vectors of each class, in the order of the classes; one number for a regression.
  package let supportCounts: [Int]
  /// What our coefficients and decision values are to be multiplied by, ±1.
  package let sign: Double
  /// One for each pair of classes, in the order of the classes, or one for a regression.
  package let rho: [Double]
  private let coefficients: Matrix<Double>

  /// Arranges the numbers of a predictor.
  ///
  /// - Parameters:
  ///   - expansion: What predicts; that of `predictor` or one with the same layout.
  ///   - classCount: The number of classes, or `nil` for a regression.
  package init(_ expansion: KernelExpansion, classCount: Int?) {
    let all = Array(0..<expansion.supportIndices.count)
    let counts = expansion.supportCounts
    coefficients = expansion.dualCoefficients
    switch classCount {
    case nil:
      (classOrder, order, supportCounts, sign) = ([], all, counts, 1)
    case 2:
      classOrder = [1, 0]
      order = Array(all[counts[0]...] + all[..<counts[0]])
      supportCounts = counts.reversed()
      sign = 1
    case let count?:
      (classOrder, order, supportCounts, sign) = (Array(0..<count), all, counts, -1)
    }
    // Adding 0 makes −0 plain 0.
    rho = expansion.biases.map { [sign] in -sign * $0 + 0 }
  }

  /// The number of coefficients of a support vector.
  package var rowCount: Int { coefficients.rowCount }

  /// A coefficient of the support vector at a place.
  package func coefficient(_ row: Int, at place: Int) -> Double {
    sign * coefficients[row, order[place]] + 0
  }
}
