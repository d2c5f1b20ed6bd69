import Basics
import Evaluation
import LinearAlgebra
import SupportVectors
import Tables

/// Keeps rows while they are measured, batch after batch.
struct RowCollector {
  private let model: TabularModel
  private let set: Metric.MeasuredSet
  private let sampling: RowKeeping
  private var kept: RowReservoir
  private var exampleRows: RowReservoir
  private var actualClasses: [Int] = []
  private var predictedClasses: [Int] = []
  private var actualNumbers: [Double] = []
  private var predictedNumbers: [Double] = []
  private var scores: [Double] = []
  private var probabilities: [Double] = []
  private var weights: [Double] = []
  private var isWeighted = false
  private var features: [FeatureMatrix] = []
  private var exampleClasses: [Int] = []
  private var exampleNumbers: [Double] = []
  private var exampleWeights: [Double] = []
  private var notable: [NotableRow] = []
  private var wrongCount = 0
  private let scoreCount: Int
  private let knownCount: Int
  private let confidence: MeasuredRows.Confidence

  /// Up to this many rows are reported one by one.
  private static let notableLimit = 20
  private static let rowLimit = 200_000
  /// Numbers that scores and probabilities may take: 80 MB.
  private static let numberLimit = 10_000_000
  /// Numbers that dense features may take.
  private static let featureLimit = 16_000_000

  init(_ model: TabularModel, on set: Metric.MeasuredSet, sampling: RowKeeping) {
    self.model = model
    self.set = set
    self.sampling = sampling
    knownCount = model.classes?.count ?? 0
    let hasProbabilities: Bool
    if case .classes? = model.calibration {
      hasProbabilities = true
    } else {
      hasProbabilities = false
    }
    switch model.predictor.task {
    case .classification:
      scoreCount = knownCount < 2 ? 0 : knownCount == 2 ? 1 : knownCount
      confidence =
        hasProbabilities ? .probability : knownCount == 2 ? .decisionValue : .margin
    case .regression: (scoreCount, confidence) = (0, .error)
    case .novelty: (scoreCount, confidence) = (1, .distance)
    case .components:
      (scoreCount, confidence) = (min(2, max(1, model.predictor.outputCount)), .distance)
    }
    let width = scoreCount + (hasProbabilities ? knownCount : 0)
    kept = RowReservoir(
      limit: min(Self.rowLimit, max(1000, Self.numberLimit / max(width, 1))), seed: sampling.seed)
    let featureCount = max(model.predictor.featureCount, 1)
    exampleRows = RowReservoir(
      limit: min(sampling.exampleLimit, max(50, Self.featureLimit / featureCount)),
      seed: sampling.seed &+ 1)
  }

  /// The rows of a batch.
  struct Batch {
    /// The features of the rows that were predicted.
    var features: FeatureMatrix
    /// For each row the index of its class, those of the model first.
    var classes: [Int]?
    /// For each row its number.
    var numbers: [Double]?
    /// What each row counts.
    var weights: [Double]?
    /// The class of an index.
    var className: (Int) -> String
    /// Where a row is, for people.
    var place: (Int) -> Int
    /// The values of a row's columns.
    var values: (Int) -> [(name: String, text: String)]
  }

  /// Keeps some of a batch's rows.
  mutating func add(_ batch: Batch, _ predictions: Predictions) {
    if batch.weights != nil { isWeighted = true }
    let rowScores = scoreCount > 0 ? scores(predictions) : nil
    for row in 0..<batch.features.rowCount {
      let weight = batch.weights?[row] ?? 1
      guard weight > 0 else { continue }
      look(at: row, batch, predictions, rowScores)
      if let place = kept.place() {
        if let classes = batch.classes {
          actualClasses.put(classes[row], at: place)
          predictedClasses.put(predictions.classIndices[row], at: place)
        }
        if let numbers = batch.numbers {
          actualNumbers.put(numbers[row], at: place)
          predictedNumbers.put(predictions.numbers[row], at: place)
        }
        if let rowScores { scores.putRow(rowScores.row(row).prefix(scoreCount), at: place) }
        if let found = predictions.probabilities { probabilities.putRow(found.row(row), at: place) }
        weights.put(weight, at: place)
      }
      if let place = exampleRows.place() {
        features.put(batch.features.gatheringRows([row]), at: place)
        if let classes = batch.classes { exampleClasses.put(classes[row], at: place) }
        if let numbers = batch.numbers { exampleNumbers.put(numbers[row], at: place) }
        exampleWeights.put(weight, at: place)
      }
    }
  }

  private func scores(_ predictions: Predictions) -> Matrix<Double>? {
    guard let decisions = predictions.decisions else { return nil }
    guard let classifier = model.predictor.classifier else { return decisions }
    if knownCount == 2 {
      return decisions.columnCount == 1
        ? decisions
        : Matrix(rowCount: decisions.rowCount, columnCount: 1) { row, _ in
          decisions[row, 1] - decisions[row, 0]
        }
    }
    return classifier.classScores(decisionValues: decisions)
  }

  /// Keeps a row that is among the most notable ones.
  private mutating func look(
    at row: Int, _ batch: Batch, _ predictions: Predictions, _ scores: Matrix<Double>?
  ) {
    let size: Double
    var actual = ""
    let predicted: () -> String
    switch model.predictor.task {
    case .classification:
      guard let classes = batch.classes else { return }
      let (truth, guess) = (classes[row], predictions.classIndices[row])
      guard truth != guess else { return }
      wrongCount += 1
      switch confidence {
      case .probability: size = predictions.probabilities?[row, guess] ?? .nan
      case .margin:
        let own = scores?[row, guess] ?? 0
        size = truth < knownCount ? own - (scores?[row, truth] ?? 0) : own
      default: size = (scores?[row, 0] ?? .nan).magnitude
      }
      actual = batch.className(truth)
      predicted = { batch.className(guess) }
    case .regression:
      guard let numbers = batch.numbers else { return }
      size = (predictions.numbers[row] - numbers[row]).magnitude
      actual = NumberText.shortest(numbers[row])
      predicted = { NumberText.shortest(predictions.numbers[row]) }
    case .novelty:
      size = -(predictions.decisions?[row, 0] ?? .nan)
      guard size >= 0 else { return }
      wrongCount += 1
      predicted = { "outlier" }
    case .components: return
    }
    let rank = size.isFinite ? size : -.infinity
    if notable.count == Self.notableLimit, let last = notable.last, rank <= last.size { return }
    let found = NotableRow(
      place: batch.place(row), actual: actual, predicted: predicted(), size: rank,
      values: batch.values(row))
    // Of equals, the first one stays ahead.
    let place = notable.firstIndex { $0.size < rank } ?? notable.count
    notable.insert(found, at: place)
    if notable.count > Self.notableLimit { notable.removeLast() }
  }

  /// What was kept.
  ///
  /// - Parameters:
  ///   - classNames: The classes that occurred, those of the model first.
  ///   - countsLines: Whether places are lines of the file.
  /// - Returns: The rows.
  func rows(classNames: [String], countsLines: Bool) -> MeasuredRows {
    let truth: LabelledExamples.Truth =
      !exampleClasses.isEmpty
      ? .classes(exampleClasses.map { $0 < knownCount ? $0 : nil })
      : !exampleNumbers.isEmpty ? .numbers(exampleNumbers) : .none
    return MeasuredRows(
      model: model, set: set, measuredCount: kept.seenCount, seed: sampling.seed,
      classNames: classNames, actualClasses: actualClasses, predictedClasses: predictedClasses,
      actualNumbers: actualNumbers, predictedNumbers: predictedNumbers, scores: scores,
      scoreCount: scoreCount, probabilities: probabilities, weights: isWeighted ? weights : nil,
      notable: notable, wrongCount: wrongCount, confidence: confidence, countsLines: countsLines,
      examples: LabelledExamples(
        features: .joining(features, columnCount: model.predictor.featureCount), truth: truth,
        weights: isWeighted ? exampleWeights : nil))
  }
}
