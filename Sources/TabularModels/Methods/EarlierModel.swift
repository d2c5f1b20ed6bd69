import SupportVectors

/// A model for a training to begin at: of the same examples and another C, say, or of other folds.
///
/// The training ends within the same tolerance as one that begins at 0, so that examples which the model
/// knows and the training does not have no more to say than what the tolerance leaves open.
package struct EarlierModel: Sendable {
  private let predictor: TabularModel.Predictor
  private let rows: [Int?]?

  /// Begins at a model.
  ///
  /// - Parameters:
  ///   - predictor: The model.
  ///   - rows: For each example of the training its place among those of the model, `nil` where it is
  ///     new; without it they are the same.
  package init(_ predictor: TabularModel.Predictor, rows: [Int?]? = nil) {
    self.predictor = predictor
    self.rows = rows
  }

  /// Where the training of a classifier may begin.
  var warmStart: WarmStart? {
    guard let classifier = predictor.model as? SupportVectorClassifier else { return nil }
    return WarmStart(classifier, rows: rows)
  }

  /// Where the training of a regressor may begin; its coefficients are in units of the target, those of
  /// the training in another unit.
  func warmStart(unit: Double, rowCount: Int) -> WarmStart? {
    guard let regressor = predictor.model as? SupportVectorRegressor,
      rows != nil || regressor.trainingCount == rowCount
    else { return nil }
    let expansion = regressor.expansion
    var earlier = [Double](repeating: 0, count: regressor.trainingCount)
    for (place, row) in expansion.supportIndices.enumerated() {
      earlier[row] = expansion.dualCoefficients[0, place] / unit
    }
    return WarmStart(dualCoefficients: [rows?.map { $0.map { earlier[$0] } ?? 0 } ?? earlier])
  }
}
