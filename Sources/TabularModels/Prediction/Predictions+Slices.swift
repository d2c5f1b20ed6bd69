import Basics
import LinearAlgebra
import SupportVectors

// Predictions of many rows take as long as a training may: they come in slices, so that a
// caller that cancels a training, or set it a deadline, need not wait for them. A row's
// predictions do not depend on the slice.

/// The time was up, or somebody asked to stop.
struct TrainingInterrupted: Error {}

extension Predictions {
  /// Computes predictions in slices, and looks between them whether to stop.
  ///
  /// - Parameters:
  ///   - predictor: What predicts.
  ///   - calibration: Its calibration.
  ///   - features: The examples.
  ///   - withDecisions: Whether decision values are requested.
  ///   - threads: The number of threads, or `nil` for one on each core.
  ///   - isCancelled: Whether to stop.
  /// - Throws: ``TrainingInterrupted``; `ModelError` when the features do not fit the model.
  init(
    _ predictor: TabularModel.Predictor, _ calibration: ModelCalibration?,
    _ features: FeatureMatrix, withDecisions: Bool, threads: Int?, isCancelled: () -> Bool
  ) throws {
    let parts = try features.slices(
      of: predictor.sliceSize(threads: threads), isCancelled: isCancelled
    ) {
      try Predictions(predictor, calibration, $0, withDecisions: withDecisions, threads: threads)
    }
    self = Predictions(stacking: parts) ?? parts[0]
  }

  /// Predictions of consecutive examples in one; `nil` when there are none.
  init?(stacking parts: [Predictions]) {
    guard let first = parts.first else { return nil }
    self = first
    guard parts.count > 1 else { return }
    classIndices = parts.flatMap(\.classIndices)
    numbers = parts.flatMap(\.numbers)
    quantiles = Matrix(stacking: parts.compactMap(\.quantiles))
    decisions = Matrix(stacking: parts.compactMap(\.decisions))
    probabilities = Matrix(stacking: parts.compactMap(\.probabilities))
  }
}

extension TabularModel.Predictor {
  /// Decision values in slices, with a look between them whether to stop.
  ///
  /// - Throws: ``TrainingInterrupted``; `ModelError` when the features do not fit the model.
  func decisionValues(
    _ features: FeatureMatrix, threads: Int?, isCancelled: () -> Bool
  ) throws -> Matrix<Double> {
    let parts = try features.slices(of: sliceSize(threads: threads), isCancelled: isCancelled) {
      try decisionValues($0, threads: threads)
    }
    return parts.count == 1 ? parts[0] : Matrix(stacking: parts) ?? parts[0]
  }

  /// How many examples are predicted in a few hundredths of a second.
  fileprivate func sliceSize(threads: Int?) -> Int {
    let values = expansion?.supportVectors.rowCount ?? featureMap?.componentCount ?? 1
    let each = 1.0 + Double(values) * (20 + Double(featureCount))
    return max(512, Int(2e9 * Double(max(1, threads ?? processorCount)) / each))
  }
}

extension FeatureMatrix {
  /// Computes something of slices of rows; at least one, which may be empty.
  fileprivate func slices<Part>(
    of size: Int, isCancelled: () -> Bool, _ body: (FeatureMatrix) throws -> Part
  ) throws -> [Part] {
    if isCancelled() { throw TrainingInterrupted() }
    guard rowCount > size else { return [try body(self)] }
    var parts: [Part] = []
    for first in stride(from: 0, to: rowCount, by: size) {
      if isCancelled() { throw TrainingInterrupted() }
      do {
        parts.append(try body(gatheringRows(Array(first..<min(first + size, rowCount)))))
      } catch let error as ModelError {
        throw error.moved(by: first)
      }
    }
    return parts
  }
}

extension ModelError {
  /// The same error with the number of an example among more of them.
  func moved(by first: Int) -> ModelError {
    switch reason {
    case .overflow(let row): .overflow(row: first + row)
    case .kernel(let error): .kernel(error.moved(by: first))
    default: self
    }
  }
}

extension Matrix<Double> {
  /// Matrices of equally many columns below each other; `nil` when there is none.
  init?(stacking parts: [Matrix<Double>]) {
    guard let first = parts.first else { return nil }
    let rowCount = parts.reduce(0) { $0 + $1.rowCount }
    var elements: [Double] = []
    elements.reserveCapacity(rowCount * first.columnCount)
    for part in parts { elements += part.elements }
    let columnCount = first.columnCount
    self.init(rowCount: rowCount, columnCount: columnCount) {
      elements[$0 * columnCount + $1]
    }
  }
}
