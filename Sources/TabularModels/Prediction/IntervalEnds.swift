import Calibration
import LinearAlgebra

/// Where the ends of predicted intervals come from.
enum IntervalEnds {
  /// From how far held-out rows lay from their predictions.
  case around(halfWidth: Double)
  /// Two predicted quantiles, by their places among all.
  case between(lower: Int, upper: Int)

  /// Finds the ends of intervals that hold a share of the targets: by the model's calibration, or without
  /// one between two quantiles with that share between them, and as much below as above.
  ///
  /// - Parameters:
  ///   - coverage: The share, between 0 and 1.
  ///   - method: How a calibration's widths are found.
  ///   - calibration: The model's calibration.
  ///   - quantiles: The quantiles that the model predicts, ascending.
  /// - Throws: `CalibrationError` for a coverage out of range.
  init?(
    coverage: Double, method: IntervalMethod, _ calibration: ModelCalibration?,
    quantiles: [Double]
  ) throws {
    if case .intervals(let intervals)? = calibration {
      self = .around(halfWidth: try intervals.halfWidth(coverage: coverage, method: method))
      return
    }
    // 1 − 0.9 is not quite 0.1.
    func place(_ wanted: Double) -> Int? {
      quantiles.firstIndex { abs($0 - wanted) < 1e-9 }
    }
    guard let lower = place((1 - coverage) / 2), let upper = place((1 + coverage) / 2) else {
      return nil
    }
    self = .between(lower: lower, upper: upper)
  }

  /// The interval of one row.
  ///
  /// - Parameters:
  ///   - predictions: The predictions.
  ///   - row: The row.
  /// - Returns: Its ends, the lower one first.
  func ends(_ predictions: Predictions, _ row: Int) -> (lower: Double, upper: Double) {
    let number = predictions.numbers[row]
    switch self {
    case .around(let halfWidth): return (number - halfWidth, number + halfWidth)
    case .between(let lower, let upper):
      guard let quantiles = predictions.quantiles else { return (number, number) }
      return (quantiles[row, lower], quantiles[row, upper])
    }
  }
}
