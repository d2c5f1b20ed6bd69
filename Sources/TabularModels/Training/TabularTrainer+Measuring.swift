import Basics
import Evaluation
import LinearAlgebra
import SupportVectors
import Tables

/// How much of a measurement on training rows is worth its time.
///
/// Predicting all training rows of hundreds of thousands of support vectors would take about as long as the training
/// did, for a figure that is optimistic anyway.
package struct MeasuringEffort: Sendable {
  /// The number of kernel values that are always worth computing: about half a second.
  package var kernelValueCount = 1 << 29
  /// The number of rows that are always worth predicting: an accuracy is then good to about 0.003.
  package var minimumRowCount = 20_000
  /// About how many rows of the rarest class should be among them.
  package var minimumClassCount = 100

  /// The number of rows to predict.
  ///
  /// - Parameters:
  ///   - rowCount: The number of training rows.
  ///   - valuesOfRow: The kernel values of one prediction.
  ///   - rarestCount: The number of rows of the rarest class, or `nil` without classes.
  /// - Returns: All rows, unless fewer than half are enough.
  func rowCount(of rowCount: Int, valuesOfRow: Int, rarestCount: Int?) -> Int {
    var enough = max(minimumRowCount, kernelValueCount / max(1, valuesOfRow))
    if let rarestCount {
      let share = Double(minimumClassCount) / Double(max(1, rarestCount))
      enough = max(enough, Int((min(1, share) * Double(rowCount)).rounded(.up)))
    }
    return 2 * enough < rowCount ? enough : rowCount
  }
}

/// Examples that a model is measured on.
struct MeasuredPart {
  /// Their features.
  let features: ExampleSet
  /// What is true of them.
  let targets: Targets
  /// Where they come from.
  let examples: SelectedExamples
  /// Their places among all examples.
  let places: [Int]
  /// What they are.
  let set: Metric.MeasuredSet
  /// How all examples are spread over the classes.
  let balance: ClassBalance?

  /// Some of the examples, by their places among these, ascending.
  func choosing(_ rows: [Int]) throws -> MeasuredPart {
    MeasuredPart(
      features: try features.choosing(rows), targets: targets.gathered(rows), examples: examples,
      places: rows.map { places[$0] }, set: set, balance: balance)
  }
}

extension TabularTrainer {
  /// Measures a model, and keeps single rows if these are requested.
  ///
  /// - Parameters:
  ///   - predictor: What predicts.
  ///   - calibration: Its calibration.
  ///   - preprocessor: What made the features.
  ///   - part: The examples to measure on.
  ///   - isCancelled: Whether to stop.
  /// - Returns: The figures, `nil` when there is nothing to compare, and the rows.
  /// - Throws: `ModelError`, `CalibrationError` or `EvaluationError`; ``TrainingInterrupted`` when it is
  ///   to stop.
  func measured(
    _ predictor: TabularModel.Predictor, _ calibration: ModelCalibration?,
    _ preprocessor: Preprocessor, on part: MeasuredPart, isCancelled: () -> Bool
  ) throws -> (Measurement?, MeasuredRows?) {
    guard let sampling else {
      guard predictor.task != .components else { return (nil, nil) }
      let part = try measuredRows(of: part, for: predictor).map { try part.choosing($0) } ?? part
      var meter = try Meter(predictor, calibration, metrics: metrics)
      let predictions = try Predictions(
        predictor, calibration, part.features, withDecisions: meter.needsDecisions, control,
        isCancelled: isCancelled)
      try meter.add(
        predictions, targets: part.targets, weights: part.examples.weights(at: part.places))
      return (try meter.measurement(on: part.set, balance: part.balance), nil)
    }
    let (features, targets, examples) = (part.features, part.targets, part.examples)
    let (places, set, balance) = (part.places, part.set, part.balance)
    let weights = examples.weights(at: places)
    let model = try TabularModel(
      preprocessor: preprocessor, predictor: predictor, calibration: calibration,
      provenance: TabularModel.Provenance())
    var meter = try Meter(predictor, calibration, metrics: metrics, isDetailed: true)
    var collector = RowCollector(model, on: set, sampling: sampling)
    var classes: [Int]?
    var numbers: [Double]?
    switch targets {
    case .classes(let table):
      let codeOfName = table.names.map { meter.code(of: $0) }
      classes = table.codes.map { codeOfName[$0] }
    case .numbers(let found): numbers = found
    case .none: break
    }
    let source = RowSource(examples, places)
    let names = meter.classNames
    // Ranks agree before each piece, and then none stops within it.
    let stopsWithin = control.ranks == nil ? isCancelled : { false }
    // In pieces: decision values of all pairs of many classes would take much memory.
    var first = 0
    while first < places.count {
      let range = first..<min(first + 8192, places.count)
      first = range.upperBound
      if try isAgreed(isCancelled()) { throw TrainingInterrupted() }
      let piece = try features.gatheringRows(Array(range))
      let start = range.lowerBound
      let batch = RowCollector.Batch(
        features: piece, classes: classes.map { Array($0[range]) },
        numbers: numbers.map { Array($0[range]) }, weights: weights.map { Array($0[range]) },
        className: { names[$0] }, place: { source.place(start + $0) },
        values: { source.values(start + $0) })
      let predictions = try Predictions(
        predictor, calibration, batch.features, withDecisions: true, threads: control.threads,
        isCancelled: stopsWithin)
      if let classes = batch.classes {
        try meter.add(predictions, classes: classes, weights: batch.weights)
      } else if let numbers = batch.numbers {
        try meter.add(predictions, numbers: numbers, weights: batch.weights)
      } else if predictor.task != .components {
        meter.add(predictions, weights: batch.weights)
      }
      collector.add(batch, predictions)
    }
    let measurement =
      predictor.task == .components ? nil : try meter.measurement(on: set, balance: balance)
    var rows = collector.rows(classNames: meter.classNames, countsLines: false)
    if examples.data.transport != nil {
      rows.notable = try source.completing(rows.notable, examples)
    }
    return (measurement, rows)
  }
}

extension TabularTrainer {
  /// The rows of a part to measure a model on, by chance but the same for each seed; `nil` for all.
  private func measuredRows(
    of part: MeasuredPart, for predictor: TabularModel.Predictor
  ) -> [Int]? {
    guard part.set == .training else { return nil }
    // Inner products with support vectors are one product with their sum.
    let kernelValues = predictor.kernelAtTrainingRows.map {
      $0.kernel.isInnerProduct ? 0 : $0.indices.count
    }
    var rarestCount: Int?
    if case .classes(let classes) = part.targets {
      var counts = [Int](repeating: 0, count: classes.names.count)
      for code in classes.codes { counts[code] += 1 }
      rarestCount = counts.filter { $0 > 0 }.min()
    }
    let count = part.places.count
    let wanted = measuringEffort.rowCount(
      of: count, valuesOfRow: kernelValues ?? 0, rarestCount: rarestCount)
    guard wanted < count else { return nil }
    var rows = Array(0..<count)
    var generator = SeededGenerator(seed: configuration.seed)
    generator.shuffle(&rows)
    return rows.prefix(wanted).sorted()
  }
}

extension TabularTrainer {
  /// What models that the trainer makes can be measured by.
  func metricContext(
    _ task: LearningTask, _ formulation: Formulation, _ targets: Targets
  ) -> MetricContext {
    var context = MetricContext(subject: task.subject)
    switch targets {
    case .classes(let classes):
      let names = classes.names
      context.classCount = names.count
      context.hasProbabilities = configuration.calibration != nil && names.count > 1
      context.hasScores =
        context.hasProbabilities || names.count == 2
        || decisionShape(formulation, classCount: names.count, isLinear: false) == .perClass
    case .numbers:
      context.hasIntervals = configuration.calibration != nil
      context.quantileLevels = formulation.definition.quantiles(configuration.method)
    case .none: break
    }
    return context
  }
}

/// Where examples come from, for people.
private struct RowSource {
  private let table: Table?
  private let rows: [Int]
  private let fileRows: [Int]
  private let columns: [Int]

  init(_ examples: SelectedExamples, _ places: [Int]) {
    table = examples.data.table
    rows = places.map { examples.rows[$0] }
    let fileRowOfExample = examples.fileRows
    fileRows = places.map { fileRowOfExample[$0] }
    let target = examples.target == nil ? nil : examples.targetIndex
    columns = (table?.columns.indices ?? 0..<0).filter { $0 != target }
  }

  /// The number of an example's row, from 1.
  func place(_ index: Int) -> Int { fileRows[index] + 1 }

  /// Notable rows with the values of their columns, which ranks have of their own rows.
  ///
  /// - Parameters:
  ///   - notable: Rows without values, the same on all ranks.
  ///   - examples: The examples.
  /// - Returns: The rows.
  /// - Throws: `TableError` when another rank does not answer.
  func completing(
    _ notable: [NotableRow], _ examples: SelectedExamples
  ) throws(TableError) -> [NotableRow] {
    let target = examples.target == nil ? nil : examples.targetIndex
    let names = examples.data.columnNames
    let found = notable.compactMap { row in fileRows.firstIndex(of: row.place - 1) }
    let texts = try examples.data.texts(ofRows: found.map { rows[$0] })
    guard !names.isEmpty, texts.count == notable.count else { return notable }
    return zip(notable, texts).map { row, texts in
      var row = row
      row.values = zip(names, texts).enumerated().filter { $0.offset != target }.map {
        (name: $0.element.0, text: $0.element.1)
      }
      return row
    }
  }

  /// The values of an example's columns.
  func values(_ index: Int) -> [(name: String, text: String)] {
    guard let table else { return [] }
    return columns.map {
      (name: table.columns[$0].name, text: table.columns[$0].text(rows[index]) ?? "")
    }
  }
}
