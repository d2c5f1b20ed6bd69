/// How often what was called p-probable came true, in bins of p.
///
/// A predictor is calibrated when, of the rows it gives the probability 0.8, 80 % come true. The
/// curve shows a bin's mean probability against the part that came true; its distance from the
/// diagonal, averaged, is the expected calibration error.
///
/// > C. Guo, G. Pleiss, Y. Sun, K. Q. Weinberger. "On Calibration of Modern Neural Networks."
/// > *ICML* (2017), 1321–1330.
package struct ReliabilityCurve: Sendable, Equatable {
  /// How the range of probabilities is divided.
  package enum Binning: Sendable, Equatable {
    /// Bins of width 1 / count. A probability on an edge belongs to the lower bin.
    case equalWidth
    /// Bins of about equal weight; equal probabilities stay in one bin.
    case equalMass
  }

  /// The rows whose probability lies in one bin.
  package struct Bin: Sendable, Equatable {
    /// The mean of their probabilities.
    package let meanProbability: Double
    /// The part of them that came true.
    package let observedFraction: Double
    /// Their summed weight.
    package let weight: Double
  }

  /// The bins that hold rows, by ascending probability.
  package let bins: [Bin]

  /// Bins probabilities of events.
  ///
  /// - Parameters:
  ///   - probabilities: The probability that each row was given; from 0 to 1.
  ///   - outcomes: Whether the event came true; as many as `probabilities`.
  ///   - weights: The weight of each row, at least 0. `nil` is 1 for all.
  ///   - binCount: The number of bins, from 1 to 10 000. Empty ones are left out.
  ///   - binning: How the range of probabilities is divided.
  /// - Throws: ``EvaluationError`` for a wrong count, or a value out of range.
  /// - Complexity: O(n), or O(n log n) for bins of equal mass.
  package init(
    probabilities: [Double], outcomes: [Bool], weights: [Double]? = nil, binCount: Int = 10,
    binning: Binning = .equalMass
  ) throws(EvaluationError) {
    let rowCount = probabilities.count
    try checkCount(outcomes.count, of: "outcomes", rowCount: rowCount)
    let weights = try checkedWeights(weights, rowCount: rowCount)
    for row in 0..<rowCount where !(probabilities[row] >= 0 && probabilities[row] <= 1) {
      throw .probability(probabilities[row], row: row)
    }
    var sums = try ReliabilitySums(binCount: binCount)
    switch binning {
    case .equalWidth:
      for row in 0..<rowCount {
        sums.add(probability: probabilities[row], isTrue: outcomes[row], weight: weights[row])
      }
    case .equalMass:
      let bins = equalMassBins(probabilities, weights: weights, count: binCount)
      for row in 0..<rowCount {
        sums.add(
          probability: probabilities[row], isTrue: outcomes[row], weight: weights[row],
          bin: bins[row])
      }
    }
    self = sums.curve
  }

  init(bins: [Bin]) { self.bins = bins }

  /// Σ weight · |observed − mean probability| / Σ weight over the bins, or `nil` without rows.
  ///
  /// It depends on the binning, and grows with the number of bins, for few rows by chance alone.
  package var expectedCalibrationError: Double? {
    ratio(
      bins.reduce(0) { $0 + $1.weight * ($1.observedFraction - $1.meanProbability).magnitude },
      bins.reduce(0) { $0 + $1.weight })
  }

  /// The largest |observed − mean probability| of a bin, or `nil` without rows.
  package var maximumCalibrationError: Double? {
    bins.map { ($0.observedFraction - $0.meanProbability).magnitude }.max()
  }
}

/// The sums that a curve is made of, a bin each.
struct ReliabilitySums: Sendable, Equatable {
  private var weights: [Double]
  private var probabilities: [Double]
  private var trueWeights: [Double]

  init(binCount: Int) throws(EvaluationError) {
    guard 1...10_000 ~= binCount else {
      throw .setting("binCount", value: Double(binCount), expected: "from 1 to 10000")
    }
    weights = [Double](repeating: 0, count: binCount)
    (probabilities, trueWeights) = (weights, weights)
  }

  /// Adds a row to its bin of equal width.
  mutating func add(probability: Double, isTrue: Bool, weight: Double) {
    let bin = Int((probability * Double(weights.count)).rounded(.up)) - 1
    add(
      probability: probability, isTrue: isTrue, weight: weight,
      bin: min(max(bin, 0), weights.count - 1))
  }

  mutating func add(probability: Double, isTrue: Bool, weight: Double, bin: Int) {
    weights[bin] += weight
    probabilities[bin] += weight * probability
    if isTrue { trueWeights[bin] += weight }
  }

  var curve: ReliabilityCurve {
    ReliabilityCurve(
      bins: weights.indices.filter { weights[$0] > 0 }.map {
        ReliabilityCurve.Bin(
          meanProbability: probabilities[$0] / weights[$0],
          observedFraction: trueWeights[$0] / weights[$0], weight: weights[$0])
      })
  }
}
