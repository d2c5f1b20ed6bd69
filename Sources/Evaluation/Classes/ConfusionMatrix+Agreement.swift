// Figures besides accuracy that sum up a whole confusion matrix. With W the summed weight, h the
// weight of the rows predicted right, aₖ and pₖ the weights of the rows that belong to class k and
// that were predicted as k:
//
//     Matthews correlation   (hW − Σ aₖpₖ) / √((W² − Σ aₖ²)(W² − Σ pₖ²))
//     Cohen's kappa          (hW − Σ aₖpₖ) / (W² − Σ aₖpₖ)
//
// Both compare the hits with those of a predictor that guesses classes in the proportions p.
// Everything is divided by W first, so that large weights do not overflow when squared.

extension ConfusionMatrix {
  /// How figures of single classes become one.
  package enum Average: Sendable, Equatable {
    /// Every class has the same weight, however rare.
    case macro
    /// Every class counts by the summed weight of its rows.
    case weighted
  }

  /// The mean precision of the classes that occur or are predicted.
  ///
  /// A class that occurs and is never predicted counts as 0, as in scikit-learn.
  ///
  /// - Parameter average: How classes are weighed.
  /// - Returns: A number from 0 to 1, or `nil` without rows.
  package func precision(_ average: Average) -> Double? {
    self.average(average) { precision(of: $0) ?? 0 }
  }

  /// The mean recall of the classes that occur or are predicted.
  ///
  /// A class that is predicted and never occurs counts as 0, as in scikit-learn;
  /// ``balancedAccuracy`` leaves such a class out. The weighted mean is the accuracy.
  ///
  /// - Parameter average: How classes are weighed.
  /// - Returns: A number from 0 to 1, or `nil` without rows.
  package func recall(_ average: Average) -> Double? {
    self.average(average) { recall(of: $0) ?? 0 }
  }

  /// The mean F1 of the classes that occur or are predicted; the macro mean is ``macroF1``.
  ///
  /// - Parameter average: How classes are weighed.
  /// - Returns: A number from 0 to 1, or `nil` without rows.
  package func f1(_ average: Average) -> Double? {
    self.average(average) { f1(of: $0) ?? 0 }
  }

  private func average(_ average: Average, of figure: (Int) -> Double) -> Double? {
    switch average {
    case .macro:
      mean(
        classNames.indices.filter { actualWeight(of: $0) + predictedWeight(of: $0) > 0 }
          .map(figure))
    case .weighted:
      ratio(classNames.indices.reduce(0) { $0 + actualWeight(of: $1) * figure($1) }, totalWeight)
    }
  }

  /// The correlation of actual and predicted classes, for two and more classes: 1 when all rows
  /// are right, 0 for guessing.
  ///
  /// It is 0 when all rows are predicted as one class, where the formula reads 0 / 0: a constant says
  /// nothing about the classes. `nil` when all rows belong to one class, as in a fold of one row:
  /// there is nothing to distinguish. (scikit-learn says 0 there.) `nil` without rows.
  ///
  /// > J. Gorodkin. "Comparing Two K-category Assignments by a K-category Correlation
  /// > Coefficient." *Computational Biology and Chemistry* 28 (2004), 367–374.
  public var matthewsCorrelation: Double? {
    guard let shares else { return nil }
    // A single class that occurs has the share 1 up to rounding: compare the classes instead.
    guard shares.actual.count(where: { $0 > 0 }) > 1 else { return nil }
    guard shares.predicted.count(where: { $0 > 0 }) > 1 else { return 0 }
    let spread = (1 - squares(shares.actual)) * (1 - squares(shares.predicted))
    return (shares.hits - shares.expectedHits) / spread.squareRoot()
  }

  /// The part of the possible agreement beyond chance that was reached: 1 when all rows are right,
  /// 0 for guessing, at worst −1.
  ///
  /// `nil` without rows, and when all rows belong to one class: chance agrees fully or not at all.
  ///
  /// > J. Cohen. "A Coefficient of Agreement for Nominal Scales." *Educational and Psychological
  /// > Measurement* 20 (1960), 37–46.
  public var cohenKappa: Double? {
    guard let shares, shares.actual.count(where: { $0 > 0 }) > 1 else { return nil }
    return (shares.hits - shares.expectedHits) / (1 - shares.expectedHits)
  }

  private struct Shares {
    var hits: Double
    var actual: [Double]
    var predicted: [Double]
    var expectedHits: Double { zip(actual, predicted).reduce(0) { $0 + $1.0 * $1.1 } }
  }

  private var shares: Shares? {
    let total = totalWeight
    guard total > 0 else { return nil }
    return Shares(
      hits: hitWeight / total,
      actual: classNames.indices.map { actualWeight(of: $0) / total },
      predicted: classNames.indices.map { predictedWeight(of: $0) / total })
  }

  private func squares(_ shares: [Double]) -> Double { shares.reduce(0) { $0 + $1 * $1 } }
}
