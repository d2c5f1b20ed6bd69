import Basics
import Evaluation
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
package struct ModelInsight: Sendable {
  /// The model.
  package let model: TabularModel
  /// Rows to measure on.
  package let examples: LabelledExamples
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
  ///   - examples: Rows as the model sees them; those that it was not trained on are more
  ///     informative.
  ///   - seed: Decides orders and samples.
  ///   - threads: The number of threads, or `nil` for one on each core.
  package init(
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
  package func importance() throws -> ImportanceRanking? {
    guard examples.count > 1, model.hasDescribableColumns else { return nil }
    let columnCount = min(model.columnCount, Self.columnLimit)
    let repetitions = 5
    return try model.permutationImportance(
      on: examples.sampled(rowLimit(times: columnCount * repetitions, most: 2000), seed: seed),
      columnLimit: Self.columnLimit, repetitionCount: repetitions, seed: seed, threads: threads)
  }

  /// The picture of an importance.
  package static func plot(_ ranking: ImportanceRanking) -> Plot {
    let score = ranking.metric.displayName
    var plot = ImportanceChart(
      scoreName: score,
      features: ranking.columns.map {
        FeatureValue(
          $0.column, mean: $0.importance.meanLoss, deviation: $0.importance.standardDeviation)
      }
    ).plot()
    plot.notes.append(
      "\(ranking.repetitionCount) shuffles each, on \(NumberText.count(ranking.rowCount)) rows with "
        + "\(score) \(NumberText.significant(ranking.baseline)); whiskers are one standard "
        + "deviation.")
    if ranking.skippedCount > 0 {
      plot.notes.append(
        ranking.skippedCount == 1
          ? "The column that varies the least was not shuffled."
          : "The \(NumberText.count(ranking.skippedCount)) columns that vary least were not shuffled."
      )
    }
    return plot
  }

  /// The mean prediction over the values of a column; `nil` for a column that has none to try.
  package func dependence(on column: String) throws -> Plot? {
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
    // As many classes as there are distinct colours, those that change most.
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
  package static let weightedFunctionLimit = 30

  /// The weights of features, of a linear kernel or a model in the weights of its columns: bars for one
  /// decision function, a matrix with a column for each of several.
  ///
  /// - Parameter model: The model.
  /// - Returns: The picture; `nil` for other models, and for more than `weightedFunctionLimit` functions.
  package static func weights(of model: TabularModel) -> Plot? {
    let predictor = model.predictor
    guard predictor.task == .classification || predictor.task == .regression,
      predictor.featureMap == nil, model.hasDescribableColumns,
      1...weightedFunctionLimit ~= predictor.outputCount
    else { return nil }
    let features: [Int]
    let weights: Matrix<Double>
    if let function = predictor.linearFunction {
      features = Array(0..<function.featureCount)
      weights = function.weights
    } else if let found = predictor.expansion?.linearWeights {
      features = found.features
      weights = found.weights
    } else {
      return nil
    }
    let allNames = model.featureNames
    let names = features.map { allNames[$0] }
    let sides = sides(model)
    var plot: Plot
    if weights.rowCount == 1 {
      plot =
        WeightsChart(
          features: zip(names, weights.row(0)).map { FeatureValue($0, mean: $1) }.filter {
            $0.value.mean != 0
          },
          positiveName: sides[0].positive, negativeName: sides[0].negative ?? "the rest"
        ).plot()
    } else {
      plot =
        WeightMatrixChart(
          featureNames: names,
          functions: sides.enumerated().map { index, side in
            .init(
              positiveName: side.positive, negativeName: side.negative, weights: weights.row(index))
          }
        ).plot()
    }
    plot.notes.append("Weights are those of the scaled features.")
    return plot
  }

  /// What a positive and a negative value of each function speak for; the rest has no name.
  private static func sides(_ model: TabularModel) -> [(positive: String, negative: String?)] {
    guard let classes = model.classes, let classifier = model.predictor.classifier else {
      return [("a larger value", "a smaller value")]
    }
    return classifier.binaryProblems.map { problem in
      (classes[problem.positive], problem.negative.map { classes[$0] })
    }
  }
}
