import Evaluation
import LinearAlgebra
import SupportVectors
import Tables

/// How good a model's predictions are on a file of labelled rows.
public struct TabularEvaluation: Sendable {
  /// The figures.
  public let measurement: Measurement
  /// The number of rows that were left out because a value was missing.
  public let skippedRowCount: Int
  /// Classes that occur in the file but not in the model, which can only be predicted wrongly.
  public let unknownClasses: [String]
  /// How many entries of LIBSVM text had an index beyond the model's features.
  public let ignoredEntryCount: Int
  /// How long reading the rows took: text to features and targets.
  public let readingTime: Duration
  /// How long predicting took: features to classes or numbers, the model's preparation for its first
  /// prediction included, and nothing else.
  public let predictionTime: Duration
}

extension TabularModel {
  /// Predicts labelled rows and compares with their targets, in bounded memory.
  ///
  /// A class that the model does not know counts as predicted wrongly, and is told in the result.
  ///
  /// - Parameters:
  ///   - source: The rows, in the kind of text that the model was trained on, with the target.
  ///   - options: What is known about the text.
  ///   - threads: The number of threads, or `nil` for one on each core.
  ///   - modelName: What messages call the model.
  /// - Returns: The figures.
  /// - Throws: `TableError`, `ModelError` or ``TabularError/noPreprocessing(model:)``.
  public func evaluate(
    reading source: ByteSource, options: TextOptions = TextOptions(), threads: Int? = nil,
    modelName: String = "model"
  ) throws -> TabularEvaluation {
    guard let preprocessor else { throw TabularError.noPreprocessing(model: modelName) }
    var reader = try BatchReader(
      source, preprocessor: preprocessor, options: options,
      target: classes == nil ? .numbers : .texts,
      batchSize: TabularPredictor.batchSize(featureCount: preprocessor.featureCount),
      model: modelName)
    var skippedRowCount = 0
    var readingTime = Duration.zero
    var predictionTime = Duration.zero
    func next() throws -> FeatureBatch? {
      let begin = ContinuousClock.now
      defer { readingTime += ContinuousClock.now - begin }
      return try reader.next()
    }
    func timed<Result>(_ predict: () throws -> Result) rethrows -> Result {
      let begin = ContinuousClock.now
      defer { predictionTime += ContinuousClock.now - begin }
      return try predict()
    }
    let counts: Measurement.Counts
    var unknown: [String] = []
    if let classifier = predictor.classifier {
      var counter = ClassCounter(classifier.classes)
      while let batch = try next() {
        let predicted = try timed {
          try classifier.classIndices(batch.features, threads: threads)
        }
        counter.add(predicted, batch)
        skippedRowCount += batch.skippedRows.count
      }
      (counts, unknown) = (.classes(counter.confusion), counter.unknownClasses)
    } else {
      var errors = RegressionErrors()
      while let batch = try next() {
        let predicted = try timed {
          try predictor.regressor?.predict(batch.features, threads: threads) ?? []
        }
        if case .numbers(let targets) = batch.targets {
          for (example, row) in batch.completeRows.enumerated() {
            errors.add(actual: targets[row], predicted: predicted[example])
          }
        }
        skippedRowCount += batch.skippedRows.count
      }
      counts = .errors(errors)
    }
    return TabularEvaluation(
      measurement: Measurement(counts: counts, set: .evaluation),
      skippedRowCount: skippedRowCount, unknownClasses: unknown,
      ignoredEntryCount: reader.ignoredEntryCount, readingTime: readingTime,
      predictionTime: predictionTime)
  }
}

extension FeatureBatch {
  /// The rows that have features, ascending.
  fileprivate var completeRows: [Int] {
    guard !skippedRows.isEmpty else { return Array(0..<rowCount) }
    let skipped = Set(skippedRows)
    return (0..<rowCount).filter { !skipped.contains($0) }
  }
}

/// Counts actual against predicted classes when not all actual ones are known beforehand.
private struct ClassCounter {
  private let index: ClassIndex
  private var names: [String]
  private let knownCount: Int
  private var codeOfUnknown: [String: Int] = [:]
  /// Rows of counts, one for each actual class.
  private var counts: [[Int]]

  init(_ classes: [String]) {
    index = ClassIndex(names: classes)
    names = classes
    knownCount = classes.count
    counts = Array(
      repeating: Array(repeating: 0, count: classes.count), count: classes.count)
  }

  mutating func add(_ predicted: [Int], _ batch: FeatureBatch) {
    guard case .texts(let targets) = batch.targets else { return }
    for (example, row) in batch.completeRows.enumerated() {
      counts[code(targets[row])][predicted[example]] += 1
    }
  }

  private mutating func code(_ text: String) -> Int {
    if let code = index.code(for: text) ?? codeOfUnknown[text] { return code }
    let code = names.count
    codeOfUnknown[text] = code
    names.append(text)
    counts.append(Array(repeating: 0, count: knownCount))
    return code
  }

  var unknownClasses: [String] { Array(names[knownCount...]) }

  var confusion: ConfusionMatrix {
    var confusion = ConfusionMatrix(classNames: names)
    for actual in counts.indices {
      for predicted in counts[actual].indices {
        for _ in 0..<counts[actual][predicted] {
          confusion.add(actual: actual, predicted: predicted)
        }
      }
    }
    return confusion
  }
}
