import Kernels
import LinearAlgebra
import SupportVectors
import Tables

/// Why scaling cannot become part of a kernel expansion; continues "and".
struct ScalingFoldError: Error, CustomStringConvertible {
  let description: String
}

extension KernelExpansion {
  /// The same function of features that are not scaled yet.
  ///
  /// With x′ = (x − o) ∘ f, a support vector v and t = v ∘ f:
  /// ```
  /// ⟨v, x′⟩ = ⟨t, x⟩ − ⟨t, o⟩          linear: the constants Σ coef·⟨t, o⟩ go to the biases;
  ///                                    polynomial, sigmoid: they would have to go to a constant
  ///                                    term of each support vector, so that o must be 0
  /// ‖x′ − v‖² = φ² ‖x − (v/φ + o)‖²    gaussian: when all factors are one φ
  /// ```
  ///
  /// - Parameter scaler: What is done to features before this expansion sees them.
  /// - Returns: The expansion of raw features.
  /// - Throws: ``ScalingFoldError`` with the reason.
  func foldingIn(_ scaler: FeatureScaler) throws(ScalingFoldError) -> KernelExpansion {
    guard scaler.scaling != .none else { return self }
    let factors = scaler.factors
    var kernel = kernel
    var supportVectors = supportVectors
    var biases = biases
    let refusal = ScalingFoldError(description: "the \(kernel.name) kernel does not take it up")
    guard let formula = kernel.formula else { throw refusal }
    switch formula.formula.pair {
    case .innerProduct where kernel.isInnerProduct:
      supportVectors = supportVectors.multiplyingColumns(by: factors)
      let products = supportVectors.products(with: scaler.offsets)
      for (pair, sum) in pairSums(products).enumerated() { biases[pair] -= sum }
    case .innerProduct:
      guard scaler.offsets.allSatisfy({ $0 == 0 }) else {
        throw ScalingFoldError(
          description: "a \(kernel.name) kernel takes up only factors, not shifts of features")
      }
      supportVectors = supportVectors.multiplyingColumns(by: factors)
    case .squaredDistance where formula.distanceSlope != nil:
      guard let factor = factors.first, factor != 0, factors.allSatisfy({ $0 == factor }) else {
        throw ScalingFoldError(
          description:
            "a \(kernel.name) kernel takes up one factor for all features, not one for each")
      }
      kernel = .formula(formula.stretchingFeatures(by: factor))
      var matrix = supportVectors.dense
      for row in 0..<matrix.rowCount {
        for column in 0..<matrix.columnCount {
          matrix[row, column] = matrix[row, column] / factor + scaler.offsets[column]
        }
      }
      supportVectors = .dense(matrix)
    case .squaredDistance, .manhattanDistance, .chiSquaredDistance, .minimumSum: throw refusal
    }
    do throws(ModelError) {
      return try KernelExpansion(
        kernel: kernel, featureCount: featureCount, supportVectors: supportVectors,
        supportIndices: supportIndices, supportCounts: supportCounts,
        dualCoefficients: dualCoefficients, biases: biases, precision: precision)
    } catch {
      throw ScalingFoldError(description: "numbers would overflow: \(error)")
    }
  }

  /// For each pair of classes, or the regression, the sum of coefficients times a value of each
  /// support vector.
  package func pairSums(_ values: [Double]) -> [Double] {
    precondition(values.count == supportIndices.count, "pairSums: one value a support vector")
    func sum(_ row: Int, _ range: Range<Int>) -> Double {
      range.reduce(0) { $0 + dualCoefficients[row, $1] * values[$1] }
    }
    var groups: [Range<Int>] = []
    for count in supportCounts {
      let first = groups.last?.upperBound ?? 0
      groups.append(first..<first + count)
    }
    guard biases.count > 1 else { return biases.map { _ in sum(0, 0..<values.count) } }
    var sums: [Double] = []
    for earlier in groups.indices {
      for later in groups.indices.dropFirst(earlier + 1) {
        sums.append(sum(later - 1, groups[earlier]) + sum(earlier, groups[later]))
      }
    }
    return sums
  }
}

extension FeatureMatrix {
  /// Each column times a separate factor.
  fileprivate func multiplyingColumns(by factors: [Double]) -> FeatureMatrix {
    switch self {
    case .dense(var matrix):
      for row in 0..<matrix.rowCount {
        for column in 0..<matrix.columnCount { matrix[row, column] *= factors[column] }
      }
      return .dense(matrix)
    case .sparse(let matrix):
      return .sparse(
        SparseMatrix(
          unchecked: matrix.rowCount, columnCount: matrix.columnCount,
          rowOffsets: matrix.rowOffsets, columnIndices: matrix.columnIndices,
          values: zip(matrix.columnIndices, matrix.values).map { $1 * factors[Int($0)] }))
    }
  }

  /// Each row's scalar product with a vector.
  fileprivate func products(with vector: [Double]) -> [Double] {
    switch self {
    case .dense(let matrix):
      return (0..<matrix.rowCount).map { row in
        (0..<matrix.columnCount).reduce(0) { $0 + matrix[row, $1] * vector[$1] }
      }
    case .sparse(let matrix):
      return (0..<matrix.rowCount).map { row in
        (matrix.rowOffsets[row]..<matrix.rowOffsets[row + 1]).reduce(0) {
          $0 + matrix.values[$1] * vector[Int(matrix.columnIndices[$1])]
        }
      }
    }
  }
}
