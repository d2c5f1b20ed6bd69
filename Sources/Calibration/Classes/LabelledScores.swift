/// What a one-dimensional calibration is fitted to: decision values with their labels and weights.
///
/// Rows without a decision value (NaN) and rows of weight 0 are left out of `decisions`; the former
/// still count in the weights of the classes.
struct LabelledScores {
  /// Finite.
  var decisions: [Double] = []
  var isPositive: [Bool] = []
  /// Greater than 0; as many as decisions.
  var weights: [Double] = []
  /// The rows of each class that have a decision value: how many, and their weight.
  var positives = ClassTotals()
  var negatives = ClassTotals()
  /// The weight of every row of each class, with or without a decision value.
  var allPositiveWeight = 0.0
  var allNegativeWeight = 0.0

  struct ClassTotals: Equatable {
    var count = 0
    var weight = 0.0
  }

  /// Whether both classes have a row with a decision value.
  var measuresBothClasses: Bool { positives.count > 0 && negatives.count > 0 }

  /// The targets of Platt's fit: the probabilities that rows of each class are given under a prior
  /// that adds one row of either class to those seen, (N₊+1)/(N₊+2) and 1/(N₋+2).
  ///
  /// Hard targets, 1 and 0, would send the slope to infinity as soon as the rows can be separated.
  /// With more than 10¹² rows rounding must not bring them back.
  var targets: (positive: Double, negative: Double) {
    (1 - doubt(positives.weight), doubt(negatives.weight))
  }

  /// The probability of the other class that rows of a class are given, 1/(N+2).
  private func doubt(_ weight: Double) -> Double { max(1e-12, 1 / (weight + 2)) }

  /// The mean targets' odds against the positive class; exactly 1 for classes of equal weight.
  var meanOdds: Double {
    let (positive, negative) = (positives.weight, negatives.weight)
    let (upper, lower) = (doubt(positive), doubt(negative))
    // With equal weights both sums have the same two terms, in another order.
    return (positive * upper + negative * (1 - lower)) / (positive * (1 - upper) + negative * lower)
  }

  /// Adds one row.
  mutating func add(_ decision: Double, isPositive: Bool, weight: Double) {
    guard weight > 0 else { return }
    if isPositive { allPositiveWeight += weight } else { allNegativeWeight += weight }
    guard !decision.isNaN else { return }
    decisions.append(decision)
    self.isPositive.append(isPositive)
    weights.append(weight)
    if isPositive {
      positives.count += 1
      positives.weight += weight
    } else {
      negatives.count += 1
      negatives.weight += weight
    }
  }

  init() {}

  /// Checks and collects rows.
  init(
    decisions: [Double], isPositive: [Bool], weights: [Double]?
  ) throws(CalibrationError) {
    guard isPositive.count == decisions.count else {
      throw .countMismatch(what: "labels", found: isPositive.count, expected: decisions.count)
    }
    let weights = try checkedWeights(weights, rowCount: decisions.count)
    for row in decisions.indices {
      guard !decisions[row].isInfinite else {
        throw .notFinite(what: "the decision value", row: row)
      }
      add(decisions[row], isPositive: isPositive[row], weight: weights[row])
    }
  }
}
