import Evaluation
import LinearAlgebra
import SupportVectors
import Tables

/// The mean prediction when one column takes each of some values in all rows.
///
/// It describes the model and does not imply causation: values that never occur together
/// with those of the other columns are combined all the same.
///
/// > J. H. Friedman. "Greedy Function Approximation: A Gradient Boosting Machine." *The Annals of
/// > Statistics* 29 (2001), 1189–1232.
public struct PartialDependence: Sendable, Equatable {
  /// The values that the column takes.
  public enum Grid: Sendable, Equatable {
    /// Numbers in units of the data, ascending.
    case numbers([Double])
    /// Texts from a list.
    case levels([String])
  }

  /// The mean prediction of one class or of the target, for each value.
  public struct Curve: Sendable, Equatable {
    /// The class, or the target.
    public let name: String
    /// One mean for each value.
    public let means: [Double]
  }

  /// What is averaged.
  package enum Output: Sendable, Equatable {
    /// The probabilities of classes.
    case probability
    /// The decision value of the later of two classes, or of a one-class model.
    case decisionValue
    /// Whether a class is predicted: the mean is a share.
    case share
    /// The predicted number.
    case prediction
  }

  /// The column's name.
  package let column: String
  /// The values that it takes.
  public let grid: Grid
  /// What is averaged.
  package let output: Output
  /// The later of two classes, each of more, or the target alone.
  public let curves: [Curve]
  /// The nine deciles of a column of numbers in the rows.
  package let deciles: [Double]
  /// The number of rows that it was measured on.
  package let rowCount: Int
}

extension TabularModel {
  /// Measures what the predictions are on average when a column takes each of some values in all rows.
  ///
  /// - Parameters:
  ///   - column: The column's name, one of `columns`, that holds numbers or texts from a list.
  ///   - examples: The rows; what is true of them does not matter.
  ///   - gridSize: The largest number of values, at least 2: those that occur if they are
  ///     no more than that, else evenly from the first to the last hundredth of the rows.
  ///     Of more texts from a list, the most frequent.
  ///   - threads: The number of threads, or `nil` for one on each core.
  /// - Returns: The means, or `nil` for a column that the model does not take, one of texts whose terms are
  ///   features, or no rows.
  /// - Throws: `ModelError` when the rows do not fit the model.
  /// - Complexity: `gridSize` predictions of all rows.
  public func partialDependence(
    on column: String, of examples: LabelledExamples, gridSize: Int = 25, threads: Int? = nil
  ) throws -> PartialDependence? {
    precondition(gridSize >= 2, "a grid must have 2 values, but the limit is \(gridSize)")
    guard predictor.task != .components, examples.count > 0,
      let found = columns.first(where: { $0.name == column })
    else { return nil }
    let grid: PartialDependence.Grid
    let values: [[Double]]
    var deciles: [Double] = []
    switch found.kind {
    case .texts: return nil
    case .numbers:
      let feature = found.features.lowerBound
      let sorted = examples.features.column(feature).sorted()
      let points = Self.grid(sorted, limit: gridSize)
      grid = .numbers(points.map { unscaled($0, feature: feature) })
      values = points.map { [$0] }
      deciles = (1...9).map { unscaled(Self.quantile(sorted, Double($0) / 10), feature: feature) }
    case .levels(let names):
      let chosen = mostFrequent(found, examples.features, limit: gridSize)
      grid = .levels(chosen.map { names[$0] })
      values = chosen.map { level in
        found.features.map {
          scaled($0 == found.features.lowerBound + level ? 1 : 0, feature: $0)
        }
      }
    }
    var means: [[Double]] = []
    var names: [String] = []
    var output = PartialDependence.Output.prediction
    for value in values {
      let features = examples.features.replacing(found.features, with: value)
      let row = try meanOutputs(features, examples.weights, threads: threads)
      (names, output) = (row.names, row.output)
      means.append(row.means)
    }
    return PartialDependence(
      column: column, grid: grid, output: output,
      curves: names.indices.map { index in
        PartialDependence.Curve(name: names[index], means: means.map { $0[index] })
      },
      deciles: deciles, rowCount: examples.count)
  }

  /// The mean of what the model says of some rows.
  private func meanOutputs(
    _ features: FeatureMatrix, _ weights: [Double]?, threads: Int?
  ) throws -> (names: [String], output: PartialDependence.Output, means: [Double]) {
    let predictions = try Predictions(
      predictor, calibration, features, withDecisions: true, threads: threads)
    let count = features.rowCount
    let total = weights?.reduce(0, +) ?? Double(count)
    func mean(_ value: (Int) -> Double) -> Double {
      (0..<count).reduce(0) { $0 + (weights?[$1] ?? 1) * value($1) } / total
    }
    guard let classes else {
      guard let decisions = predictions.decisions else { return ([], .prediction, []) }
      let isNumber = predictor.task == .regression
      return (
        [isNumber ? targetName ?? "target" : "decision value"],
        isNumber ? .prediction : .decisionValue, [mean { decisions[$0, predictor.numberOutput] }]
      )
    }
    if let probabilities = predictions.probabilities, classes.count > 1 {
      let shown = classes.count == 2 ? [1] : Array(classes.indices)
      return (
        shown.map { classes[$0] }, .probability,
        shown.map { column in mean { probabilities[$0, column] } }
      )
    }
    if classes.count == 2, let decisions = predictions.decisions {
      return (
        [classes[1]], .decisionValue,
        [
          mean {
            decisions.columnCount == 1
              ? decisions[$0, 0] : decisions[$0, 1] - decisions[$0, 0]
          }
        ]
      )
    }
    return (
      classes, .share,
      classes.indices.map { index in mean { predictions.classIndices[$0] == index ? 1 : 0 } }
    )
  }

  /// Values to try, of sorted ones: all when they are few, else evenly between the outer hundredths.
  private static func grid(_ sorted: [Double], limit: Int) -> [Double] {
    var distinct: [Double] = []
    for value in sorted where value != distinct.last {
      distinct.append(value)
      if distinct.count > limit { break }
    }
    guard distinct.count > limit else { return distinct }
    var (low, high) = (quantile(sorted, 0.01), quantile(sorted, 0.99))
    // Nearly all rows may have one value.
    if low == high { (low, high) = (sorted[0], sorted[sorted.count - 1]) }
    return (0..<limit).map { low + (high - low) * Double($0) / Double(limit - 1) }
  }

  /// A quantile of sorted values: the nearest one.
  package static func quantile(_ sorted: [Double], _ part: Double) -> Double {
    sorted[Int((part * Double(sorted.count - 1)).rounded())]
  }

  /// The levels of a column that occur most, in their order.
  private func mostFrequent(
    _ column: ModelColumn, _ features: FeatureMatrix, limit: Int
  ) -> [Int] {
    guard column.features.count > limit else { return Array(0..<column.features.count) }
    let sums = column.features.map { feature in
      features.column(feature).reduce(0) { $0 + unscaled($1, feature: feature) }
    }
    return sums.indices.sorted { sums[$0] == sums[$1] ? $0 < $1 : sums[$0] > sums[$1] }
      .prefix(limit).sorted()
  }
}
