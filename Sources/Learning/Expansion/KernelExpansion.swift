import Kernels
import LinearAlgebra

/// How an expansion's dual coefficients make its outputs.
package enum CoefficientLayout: String, Sendable, Equatable, CaseIterable {
  /// One output for each pair of groups; one output in all for a single group and for two.
  ///
  /// Of k > 2 groups a support vector takes part in k − 1 pairs, and the coefficients have as many
  /// rows, laid out as LIBSVM does: in the pair of groups i < j, a support vector of group i uses row
  /// j − 1 and one of group j uses row i. The pairs are ordered (0,1), (0,2), …, (0,k−1), (1,2), …
  case pairs
  /// One output for each row of the coefficients, in which every support vector takes part.
  case outputs
}

/// What every trained model evaluates: sums of kernels at the support vectors.
///
/// Support vectors are grouped by class (in class order; one group for a regression) and keep the
/// order of the training rows within a group.
///
/// > Important: `biases` are **added** to the kernel sums, and the **later** class of a pair is
/// > the positive one. LIBSVM subtracts `rho` instead.
public struct KernelExpansion: Sendable {
  /// The kernel, its parameters in numbers.
  public let kernel: KernelFunction
  /// The number of features of an example; for a precomputed kernel the number of training
  /// examples.
  package let featureCount: Int
  /// The support vectors as they were given to training, s × d; no columns for a precomputed
  /// kernel.
  public let supportVectors: FeatureMatrix
  /// Each support vector's row in the training data, from 0.
  public let supportIndices: [Int]
  /// The number of support vectors of each group; sums to s.
  public let supportCounts: [Int]
  /// Signed dual coefficients, s columns: yᵢαᵢ for a classifier, αᵢ − αᵢ* for a regressor.
  public let dualCoefficients: Matrix<Double>
  /// How the coefficients make the outputs.
  package let layout: CoefficientLayout
  /// One bias for each output: each pair of classes, each class, or the one of a regression.
  public let biases: [Double]
  /// The precision of the products when predicting.
  package var precision: Precision
  /// What predictions share; made at the first one.
  let cache = ExpansionCache()

  /// Collects the parts of an expansion.
  ///
  /// - Throws: `ModelError/inconsistent(_:)` when the parts do not fit together or hold a number
  ///   that is not finite.
  package init(
    kernel: KernelFunction, featureCount: Int, supportVectors: FeatureMatrix,
    supportIndices: [Int], supportCounts: [Int], dualCoefficients: Matrix<Double>,
    biases: [Double], precision: Precision, layout: CoefficientLayout = .pairs
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
    guard layout == .pairs || biases.count == dualCoefficients.rowCount else {
      throw .inconsistent(
        "\(biases.count) biases for \(dualCoefficients.rowCount) rows of coefficients")
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
    do throws(KernelError) {
      // A precomputed part needs the columns of the support vectors.
      let fewest = min(supportIndices.max() ?? 0, Int.max - 1) + 1
      try kernel.checkFeatures(supportVectors)
      try kernel.checkComposition(
        featureCount: featureCount, isSparse: supportVectors.isSparse,
        exampleCounts: fewest...Int.max)
    } catch {
      throw .inconsistent(error.description)
    }
    self.kernel = kernel
    self.featureCount = featureCount
    self.supportVectors = supportVectors
    self.supportIndices = supportIndices
    self.supportCounts = supportCounts
    self.dualCoefficients = dualCoefficients
    self.biases = biases
    self.precision = precision
    self.layout = layout
  }

  /// The groups whose sums are kept apart: those of the pairs; all support vectors together when each
  /// takes part in every output.
  var summedGroups: [Int] { layout == .pairs ? supportCounts : [supportIndices.count] }
}
