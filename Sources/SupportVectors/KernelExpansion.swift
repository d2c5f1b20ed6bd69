import Kernels
import LinearAlgebra

/// What every trained model evaluates: sums of kernels at the support vectors.
///
/// Support vectors are grouped by class (in class order; one group for a regression) and keep the
/// order of the training rows within a group. The dual coefficients have one row for two classes
/// and for a regression. For k > 2 classes they have k − 1 rows, laid out as LIBSVM does: in the
/// pair of classes i < j, a support vector of class i uses row j − 1 and one of class j uses
/// row i. The pairs are ordered (0,1), (0,2), …, (0,k−1), (1,2), …
///
/// > Important: `biases` are **added** to the kernel sums, and the **later** class of a pair is
/// > the positive one. LIBSVM subtracts `rho` instead.
public struct KernelExpansion: Sendable {
  /// The kernel, its parameters in numbers.
  public let kernel: KernelFunction
  /// The number of features of an example; for a precomputed kernel the number of training
  /// examples.
  public let featureCount: Int
  /// The support vectors as they were given to training, s × d; no columns for a precomputed
  /// kernel.
  public let supportVectors: FeatureMatrix
  /// Each support vector's row in the training data, from 0.
  public let supportIndices: [Int]
  /// The number of support vectors of each group; sums to s.
  public let supportCounts: [Int]
  /// Signed dual coefficients, (k − 1) × s: yᵢαᵢ for a classifier, αᵢ − αᵢ* for a regressor.
  public let dualCoefficients: Matrix<Double>
  /// One bias for each pair of classes, or one for a regression.
  public let biases: [Double]
  /// The precision of the products when predicting.
  public var precision: Precision
  /// What predictions share; made at the first one.
  let cache = ExpansionCache()

  /// Collects the parts of an expansion.
  ///
  /// - Throws: ``ModelError/inconsistent(_:)`` when the parts do not fit together or hold a number
  ///   that is not finite.
  public init(
    kernel: KernelFunction, featureCount: Int, supportVectors: FeatureMatrix,
    supportIndices: [Int], supportCounts: [Int], dualCoefficients: Matrix<Double>,
    biases: [Double], precision: Precision
  ) throws(ModelError) {
    let count = supportIndices.count
    guard supportCounts.allSatisfy({ $0 >= 0 && $0 <= count }),
      supportCounts.reduce(0, +) == count
    else {
      throw .inconsistent("support counts \(supportCounts) do not sum to \(count)")
    }
    guard dualCoefficients.columnCount == count else {
      throw .inconsistent(
        "\(dualCoefficients.columnCount) columns of coefficients for \(count) support vectors")
    }
    if case .precomputed = kernel {
    } else {
      guard supportVectors.rowCount == count, supportVectors.columnCount == featureCount else {
        throw .inconsistent(
          "support vectors are \(supportVectors.rowCount) × \(supportVectors.columnCount) "
            + "instead of \(count) × \(featureCount)")
      }
      if let place = supportVectors.firstNonFinite {
        throw .inconsistent(
          "support vector \(place.row), feature \(place.column), is \(place.value)")
      }
    }
    if let value = (dualCoefficients.elements + biases).first(where: { !$0.isFinite }) {
      throw .inconsistent("a coefficient or bias is \(value)")
    }
    guard supportIndices.allSatisfy({ $0 >= 0 }) else {
      throw .inconsistent("a support vector's row is negative")
    }
    self.kernel = kernel
    self.featureCount = featureCount
    self.supportVectors = supportVectors
    self.supportIndices = supportIndices
    self.supportCounts = supportCounts
    self.dualCoefficients = dualCoefficients
    self.biases = biases
    self.precision = precision
  }
}

/// A trained model that cannot exist or cannot be applied.
public enum ModelError: Error, Equatable, Sendable {
  /// The parts of a model do not fit together; the text says which.
  case inconsistent(String)
  /// The examples have another number of features than the training data had.
  case featureCount(found: Int, expected: Int)
  /// A feature is NaN or infinite; row and column count from 0.
  case notFinite(row: Int, column: Int, value: Double)
}

extension ModelError: CustomStringConvertible {
  /// One sentence that says what was found and what was expected.
  public var description: String {
    switch self {
    case .inconsistent(let reason): reason
    case .featureCount(let found, let expected):
      "features have \(found) columns, but the model was trained on \(expected)"
    case .notFinite(let row, let column, let value):
      "row \(row + 1), feature \(column + 1) is \(value); every feature needs a finite number"
    }
  }
}
