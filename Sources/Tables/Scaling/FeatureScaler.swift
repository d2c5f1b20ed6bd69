import Basics
import LinearAlgebra

/// How features are scaled before a model sees them.
public enum Scaling: String, Sendable, CaseIterable {
  /// To mean 0 and standard deviation 1, over the training rows, with divisor n.
  case standard
  /// To the range from 0 to 1, over the training rows.
  case minmax
  /// To magnitudes of at most 1, over the training rows, without a shift: zeros stay zeros.
  case maxabs
  /// Not at all.
  case none
}

/// A shift and a factor for each feature: `(x − offset) · factor`.
///
/// A feature that is constant in training gets that constant as its offset and the factor 1, so
/// that it becomes 0; under ``Scaling/maxabs``, which shifts nothing, it becomes ±1. Indicators of
/// categories, and sparse features under ``Scaling/standard``, are not shifted, so that they stay
/// sparse; indicators are not multiplied either.
package struct FeatureScaler: Sendable, Equatable {
  /// Where offsets and factors came from.
  package let scaling: Scaling
  /// The number of features.
  package let featureCount: Int
  /// What is subtracted from each feature; empty when ``scaling`` is ``Scaling/none``.
  package let offsets: [Double]
  /// What each feature is then multiplied by; empty when ``scaling`` is ``Scaling/none``.
  package let factors: [Double]

  /// Makes a scaler from its parts, such as a file holds.
  ///
  /// - Parameters:
  ///   - scaling: Where offsets and factors came from.
  ///   - featureCount: The number of features, at least 0.
  ///   - offsets: One finite number a feature, or none at all for ``Scaling/none``.
  ///   - factors: One finite number a feature, or none at all for ``Scaling/none``.
  /// - Throws: ``PreprocessorError`` when the parts do not fit together.
  package init(
    scaling: Scaling, featureCount: Int, offsets: [Double], factors: [Double]
  ) throws(PreprocessorError) {
    guard featureCount >= 0 else { throw .featureCount(featureCount) }
    let expected = scaling == .none ? 0 : featureCount
    guard offsets.count == expected else {
      throw .count(of: "offsets", found: offsets.count, expected: expected)
    }
    guard factors.count == expected else {
      throw .count(of: "factors", found: factors.count, expected: expected)
    }
    if let index = offsets.firstIndex(where: { !$0.isFinite }) {
      throw .notFinite(what: "offset", index: index)
    }
    if let index = factors.firstIndex(where: { !$0.isFinite }) {
      throw .notFinite(what: "factor", index: index)
    }
    self.init(unchecked: scaling, featureCount: featureCount, offsets: offsets, factors: factors)
  }

  init(unchecked scaling: Scaling, featureCount: Int, offsets: [Double], factors: [Double]) {
    self.scaling = scaling
    self.featureCount = featureCount
    self.offsets = offsets
    self.factors = factors
  }

  /// A scaler that leaves features as they are.
  ///
  /// - Parameter featureCount: The number of features, at least 0.
  /// - Returns: The scaler.
  package static func identity(featureCount: Int) -> FeatureScaler {
    precondition(featureCount >= 0, "identity: \(featureCount) features")
    return FeatureScaler(unchecked: .none, featureCount: featureCount, offsets: [], factors: [])
  }
}

/// What may be wrong with the parts that a preprocessor is made of.
package enum PreprocessorError: Error, Equatable, Sendable {
  /// No input column is left.
  case noInputs
  /// Two columns have one name, or the target has an input's name.
  case duplicateColumn(name: String)
  /// A categorical column has no levels, or they do not ascend by their UTF-8 bytes.
  case levels(column: String)
  /// A column of texts has no terms.
  case noTerms(column: String)
  /// The features of a column of texts are shifted or scaled.
  case scaledText(column: String)
  /// The feature that says where values of a column are missing is shifted or scaled.
  case scaledIndicator(column: String)
  /// How the numbers or dates of a column are written makes no sense.
  case notation(column: String)
  /// A column of categories or texts has a feature that says where values are missing.
  case indicator(column: String)
  /// A replacement for missing values is absent though the policy needs one, or is there though it
  /// does not, or is neither a finite number nor a known level.
  case replacement(column: String)
  /// The target's position is not among the columns.
  case targetPosition(Int, columns: Int)
  /// An unused column's position is not among the columns, or is another column's.
  case unusedPosition(Int, name: String, columns: Int)
  /// A marker for missing values is an empty text.
  case emptyMarker
  /// A number of features is negative or too large.
  case featureCount(Int)
  /// There are too few or too many of something.
  case count(of: String, found: Int, expected: Int)
  /// An offset or factor is NaN or infinite.
  case notFinite(what: String, index: Int)
}

extension PreprocessorError: CustomStringConvertible {
  /// One sentence that says what was found and what was expected.
  package var description: String {
    switch self {
    case .noInputs: "no feature columns"
    case .duplicateColumn(let name): "two columns are named \(MessageText.quoted(name))"
    case .levels(let column):
      "the levels of column \(MessageText.quoted(column)) are missing or not in ascending order"
    case .noTerms(let column): "column \(MessageText.quoted(column)) has no terms"
    case .scaledText(let column):
      "the terms of column \(MessageText.quoted(column)) are scaled; expected to be left as they are"
    case .scaledIndicator(let column):
      "the indicator of missing values of column \(MessageText.quoted(column)) is scaled; "
        + "expected to be left as it is"
    case .notation(let column):
      "column \(MessageText.quoted(column)) has numbers or dates in an impossible notation"
    case .indicator(let column):
      "column \(MessageText.quoted(column)) has an indicator of missing values, which is for numbers "
        + "and dates"
    case .replacement(let column):
      "column \(MessageText.quoted(column)) has a replacement for missing values "
        + "that does not fit its kind or the policy"
    case .targetPosition(let position, let columns):
      "the target's position \(position) is not among \(columns) columns"
    case .unusedPosition(let position, let name, let columns):
      "the position \(position) of column \(MessageText.quoted(name)) is taken, or is not among "
        + "\(columns) columns"
    case .emptyMarker: "a marker for missing values is empty"
    case .featureCount(let count): "the number of features is \(count)"
    case .count(let what, let found, let expected):
      "there are \(found) \(what); expected \(expected)"
    case .notFinite(let what, let index): "\(what) \(index) is not a finite number"
    }
  }
}
