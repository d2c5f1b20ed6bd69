import Basics

/// How the width of an interval around a predicted number is found, from errors on rows that the model did not
/// see.
public enum IntervalMethod: String, Sendable, CaseIterable {
  /// By the quantile of the errors, whatever their distribution.
  case conformal
  /// By the Laplace distribution with their scale.
  case laplace
}

/// Intervals around a regression's predictions that hold the target with a stated probability.
///
/// Both methods are fitted to residuals, target less prediction, of rows that the model of their fold
/// did not see, and give an interval of the same width everywhere:
///
/// - `conformal` [1, 2]: the half-width is the smallest h such that residuals of at most h in size have
///   the weight `coverage · (W + 1)`, W being the weight of all. It assumes no distribution. One row's
///   worth of weight is added for the row to come: without it small data would be covered too rarely.
///   For rows that are drawn alike, a model that does not depend on them would be covered with at least
///   the stated probability; for the final model, trained on all folds rather than all but one, this
///   holds about, mostly with a little to spare.
/// - `laplace` [3]: residuals are taken to be Laplace-distributed, with density e^(−|r|/σ)/(2σ), and
///   h = −σ·ln(1 − coverage). σ is the mean size of the residuals, without those beyond 5 standard
///   deviations √2·(mean of all). One number describes it, and it reaches beyond the largest residual;
///   where the residuals are not Laplace-distributed its coverage is another.
///
/// > [1] J. Lei, M. G'Sell, A. Rinaldo, R. J. Tibshirani, L. Wasserman. "Distribution-Free Predictive
/// > Inference for Regression." *JASA* 113 (2018), 1094–1111.
/// >
/// > [2] R. F. Barber, E. J. Candès, A. Ramdas, R. J. Tibshirani. "Predictive Inference with the
/// > Jackknife+." *Annals of Statistics* 49 (2021), 486–507.
/// >
/// > [3] C.-J. Lin, R. C. Weng. "Simple Probabilistic Predictions for Support Vector Regression."
/// > Technical report, National Taiwan University (2004).
package struct PredictionIntervals: Sendable, Equatable {
  /// σ ≥ 0 of the Laplace distribution, in units of the target.
  package let laplaceScale: Double
  /// The sizes of the residuals, at least 0.
  package let residualSizes: EmpiricalDistribution

  /// Makes intervals of stored parts.
  ///
  /// - Parameters:
  ///   - laplaceScale: σ; finite, at least 0.
  ///   - residualSizes: The sizes of the residuals; at least 0.
  /// - Throws: `CalibrationError/invalidParameter(name:value:expected:)`.
  package init(
    laplaceScale: Double, residualSizes: EmpiricalDistribution
  ) throws(CalibrationError) {
    guard laplaceScale.isFinite, laplaceScale >= 0 else {
      throw .invalidParameter(
        name: "the Laplace scale", value: laplaceScale, expected: "finite and at least 0")
    }
    guard residualSizes.values[0] >= 0 else {
      throw .invalidParameter(
        name: "the size of a residual", value: residualSizes.values[0], expected: "at least 0")
    }
    self.laplaceScale = laplaceScale
    self.residualSizes = residualSizes
  }

  /// Fits intervals to residuals.
  ///
  /// - Parameters:
  ///   - residuals: n differences of target and out-of-fold prediction; NaN means that the row has
  ///     none.
  ///   - weights: n finite weights of at least 0, or `nil` for 1 each.
  /// - Returns: The intervals.
  /// - Throws: `CalibrationError/tooFewRows(found:needed:)` when no row of a weight above 0 has a
  ///   residual, and other cases of ``CalibrationError`` when counts differ, a residual is infinite or a
  ///   weight is out of range.
  /// - Complexity: O(n log n).
  package static func fit(
    residuals: [Double], weights: [Double]? = nil
  ) throws(CalibrationError) -> PredictionIntervals {
    let sizes = residuals.map(\.magnitude)
    let distribution = try EmpiricalDistribution(sizes, weights: weights, denseTail: .upper)
    let scale = laplaceScale(sizes, weights: weights)
    return try PredictionIntervals(laplaceScale: scale, residualSizes: distribution)
  }

  private static func laplaceScale(_ sizes: [Double], weights: [Double]?) -> Double {
    // In units of the largest, so that no sum overflows.
    let unit = sizes.reduce(0) { $1.isNaN ? $0 : max($0, $1) }
    guard unit > 0 else { return 0 }
    func mean(upTo limit: Double) -> Double {
      var (sum, total) = (0.0, 0.0)
      for (row, size) in sizes.enumerated() where size / unit <= limit {
        let weight = weights?[row] ?? 1
        sum += weight * (size / unit)
        total += weight
      }
      return total > 0 ? sum / total : 0
    }
    // The variance of a Laplace distribution is 2σ².
    return unit * mean(upTo: 5 * 2.0.squareRoot() * mean(upTo: 1))
  }

  /// Half the width of the interval.
  ///
  /// - Parameters:
  ///   - coverage: The probability to hold the target; `0 < coverage < 1`.
  ///   - method: How the width is found.
  /// - Returns: A number of at least 0 in units of the target. For `conformal` infinity when the
  ///   coverage is above `largestCoverage`: no finite width can promise it.
  /// - Throws: `CalibrationError/invalidParameter(name:value:expected:)` for a coverage out of range.
  package func halfWidth(
    coverage: Double, method: IntervalMethod = .conformal
  ) throws(CalibrationError) -> Double {
    guard coverage > 0, coverage < 1 else {
      throw .invalidParameter(
        name: "the coverage", value: coverage, expected: "greater than 0 and less than 1")
    }
    switch method {
    case .laplace: return -laplaceScale * log1p(-coverage)
    case .conformal:
      // 0.9 · 10 is 9.000000000000002 in the wrong order of roundings: a hair less than asked is
      // still the rank that was meant.
      let weight = coverage * (residualSizes.totalWeight + 1) * (1 - 1e-12)
      return residualSizes.value(atWeight: weight) ?? .infinity
    }
  }

  /// The largest coverage that `conformal` has a finite interval for: W/(W + 1).
  package var largestCoverage: Double {
    residualSizes.totalWeight / (residualSizes.totalWeight + 1)
  }

  /// The interval around a prediction.
  ///
  /// - Parameters:
  ///   - prediction: A finite prediction, in units of the target.
  ///   - coverage: The probability to hold the target; `0 < coverage < 1`.
  ///   - method: How the width is found.
  /// - Returns: The interval, with the prediction at its middle; its ends may be infinite.
  /// - Throws: ``CalibrationError`` for a coverage out of range or a prediction that is not finite.
  package func interval(
    prediction: Double, coverage: Double, method: IntervalMethod = .conformal
  ) throws(CalibrationError) -> ClosedRange<Double> {
    guard prediction.isFinite else { throw .notFinite(what: "the prediction", row: 0) }
    let halfWidth = try halfWidth(coverage: coverage, method: method)
    return prediction - halfWidth...prediction + halfWidth
  }
}
