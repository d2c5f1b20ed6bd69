import KernelMethods
import Kernels
import LinearAlgebra
import Reports
import SupportVectors
import TabularModels

// What a model makes of its columns. Each measurement predicts some rows very often; how many rows, columns
// and values are taken follows from what one prediction costs, so that the time stays a few seconds: the
// same for all machines and threads, and never by the clock.

/// Charts of what a model makes of its columns.
public struct ModelInsight: Sendable {
  /// The model.
  public let model: TabularModel
  /// Rows to measure on.
  public let examples: LabelledExamples
  private let seed: UInt64
  private let threads: Int?

  /// The most columns that are shuffled.
  private static let columnLimit = 60
  /// The columns whose partial dependence a report shows.
  static let dependenceLimit = 4
  /// Operations of one measurement; some seconds on two cores.
  private static let work = 3e11

  /// Explains a model by some rows.
  ///
  /// - Parameters:
  ///   - model: The model.
  ///   - examples: Rows as the model sees them; those that it was not trained on tell more.
  ///   - seed: Decides orders and samples.
  ///   - threads: The number of threads, or `nil` for one on each core.
  public init(
    _ model: TabularModel, examples: LabelledExamples, seed: UInt64 = 0, threads: Int? = nil
  ) {
    self.model = model
    self.examples = examples
    self.seed = seed
    self.threads = threads
  }

  /// What the prediction of one row costs, in operations: products and the kernel's own function.
  private var cost: Double {
    let predictor = model.predictor
    let vectors = predictor.expansion?.supportIndices.count ?? predictor.outputCount
    let components = predictor.featureMap?.componentCount ?? 0
    return Double(max(vectors, components, 1)) * Double(predictor.featureCount + 100)
  }

  /// As many rows as may be predicted so often.
  private func rowLimit(times count: Int, most: Int) -> Int {
    max(50, min(most, Int(Self.work / (cost * Double(max(count, 1))))))
  }

  // MARK: Columns

  /// How much each column matters, by shuffling it; `nil` where nothing can be right or wrong.
  public func importance() throws -> ImportanceRanking? {
    guard examples.count > 1, model.hasDescribableColumns else { return nil }
    let columnCount = min(model.columnCount, Self.columnLimit)
    let repetitions = 5
    return try model.permutationImportance(
      on: examples.sampled(rowLimit(times: columnCount * repetitions, most: 2000), seed: seed),
      columnLimit: Self.columnLimit, repetitionCount: repetitions, seed: seed, threads: threads)
  }

  /// The picture of an importance.
  public static func plot(_ ranking: ImportanceRanking) -> Plot {
    let score = ranking.figure == "r2" ? "R²" : "accuracy"
    var plot = ImportanceChart(
      scoreName: score,
      features: ranking.columns.map {
        FeatureValue(
          $0.column, mean: $0.importance.meanLoss, deviation: $0.importance.standardDeviation)
      }
    ).plot()
    plot.notes.append(
      "\(ranking.repetitionCount) shuffles each, on \(NumberText.count(ranking.rowCount)) rows with "
        + "\(score) \(NumberText.significant(ranking.baseline)); whiskers are one deviation.")
    if ranking.skippedCount > 0 {
      plot.notes.append(
        ranking.skippedCount == 1
          ? "The column that varies least was not shuffled."
          : "The \(NumberText.count(ranking.skippedCount)) columns that vary least were not shuffled."
      )
    }
    return plot
  }

  /// The mean prediction over the values of a column; `nil` for a column that has none to try.
  public func dependence(on column: String) throws -> Plot? {
    let gridSize = 25
    guard model.hasDescribableColumns else { return nil }
    guard
      let found = try model.partialDependence(
        on: column, of: examples.sampled(rowLimit(times: gridSize, most: 500), seed: seed),
        gridSize: gridSize, threads: threads)
    else { return nil }
    return Self.plot(found)
  }

  static func plot(_ found: PartialDependence) -> Plot {
    let outputName: String
    switch (found.output, found.curves.count) {
    case (.probability, 1): outputName = "probability of \(found.curves[0].name)"
    case (.probability, _): outputName = "mean probability"
    case (.decisionValue, _):
      outputName =
        found.curves[0].name == "decision value"
        ? "decision value" : "decision value for \(found.curves[0].name)"
    case (.share, _): outputName = "share of rows"
    case (.prediction, _): outputName = "predicted \(found.curves.first?.name ?? "target")"
    }
    // As many classes as have colours of their own, those that change most.
    let limit = 8
    func extent(_ curve: PartialDependence.Curve) -> Double {
      (curve.means.max() ?? 0) - (curve.means.min() ?? 0)
    }
    let order = found.curves.indices.sorted {
      let (a, b) = (extent(found.curves[$0]), extent(found.curves[$1]))
      return a == b ? $0 < $1 : a > b
    }
    let shown = order.prefix(limit).sorted()
    // A class has one colour in all pictures.
    let curves = shown.map { (series: $0, curve: found.curves[$0]) }
    var plot: Plot
    switch found.grid {
    case .numbers(let values):
      plot = PartialDependenceChart(
        featureName: found.column, outputName: outputName,
        curves: curves.map {
          .init(
            name: $0.curve.name, points: zip(values, $0.curve.means).map { PlotPoint($0, $1) },
            series: $0.series)
        }, quantiles: found.deciles
      ).plot()
    case .levels(let names):
      plot = LevelDependenceChart(
        featureName: found.column, outputName: outputName, levels: names,
        curves: curves.map {
          .init(name: $0.curve.name, means: $0.curve.means, series: $0.series)
        }
      ).plot()
    }
    plot.notes.append("Means over \(NumberText.count(found.rowCount)) rows.")
    if found.curves.count > limit {
      plot.notes.append("\(found.curves.count) classes: the \(limit) that change most are shown.")
    }
    return plot
  }

  // MARK: Weights

  /// More functions than this, of pairs or classes, are not drawn.
  private static let weightChartLimit = 6

  /// The weights of features, of a linear kernel or a model in the weights of its columns: a chart for each
  /// decision function; none for other models and for more than six functions.
  ///
  /// - Parameter model: The model.
  /// - Returns: The pictures.
  public static func weights(of model: TabularModel) -> [Plot] {
    guard model.predictor.featureMap == nil, model.hasDescribableColumns,
      let functions = linearFunctions(model),
      functions.count <= weightChartLimit
    else { return [] }
    let names = model.featureNames
    let sides = sides(model)
    return functions.enumerated().map { index, weights in
      let (positive, negative) = sides[index]
      var plot = WeightsChart(
        title: functions.count == 1 ? "Weights" : "Weights, \(positive) against \(negative)",
        features: zip(names, weights).map { FeatureValue($0, mean: $1) }.filter {
          $0.value.mean != 0
        },
        positiveName: positive, negativeName: negative
      ).plot()
      plot.notes.append("Of features as the model sees them, scaled.")
      return plot
    }
  }

  /// What a positive and a negative value of each function speak for.
  private static func sides(_ model: TabularModel) -> [(positive: String, negative: String)] {
    guard let classes = model.classes, let classifier = model.predictor.classifier else {
      return [("a larger value", "a smaller value")]
    }
    switch classifier.decisionShape {
    case .binary, .pairs:
      return classes.indices.flatMap { first in
        classes[(first + 1)...].map { ($0, classes[first]) }
      }
    case .perClass: return classes.map { ($0, "the rest") }
    }
  }

  /// The weights of each decision function.
  private static func linearFunctions(_ model: TabularModel) -> [[Double]]? {
    if let function = model.predictor.linearFunction {
      return (0..<function.outputCount).map { Array(function.weights.row($0)) }
    }
    guard let expansion = model.predictor.expansion, case .linear = expansion.kernel,
      model.predictor.task == .classification || model.predictor.task == .regression
    else { return nil }
    guard expansion.biases.count <= weightChartLimit else { return nil }
    return (0..<expansion.biases.count).map { output in
      expansion.supportVectors.weightedSum(
        expansion.dualCoefficients.row(output), columnCount: expansion.featureCount)
    }
  }
}

extension FeatureMatrix {
  /// Σ coefficient · row.
  fileprivate func weightedSum(_ coefficients: [Double], columnCount: Int) -> [Double] {
    var sums = [Double](repeating: 0, count: columnCount)
    for (row, coefficient) in coefficients.enumerated() where coefficient != 0 {
      switch self {
      case .dense(let matrix):
        for column in 0..<columnCount { sums[column] += coefficient * matrix[row, column] }
      case .sparse(let matrix):
        for entry in matrix.rowOffsets[row]..<matrix.rowOffsets[row + 1] {
          sums[Int(matrix.columnIndices[entry])] += coefficient * matrix.values[entry]
        }
      }
    }
    return sums
  }
}
