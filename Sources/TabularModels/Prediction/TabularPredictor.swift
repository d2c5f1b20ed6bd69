import Basics
import Calibration
import LinearAlgebra
import SupportVectors
import Tables
import Transport

/// What the output of predictions holds besides them.
package struct OutputColumns: Sendable, Equatable {
  /// Whether decision values come last.
  package var decisionValues: Bool
  /// Whether decision values of several classes are one score for each class, however they were trained.
  package var scoresClasses: Bool
  /// Whether the probability of each class, or how unusual a row is, follows the prediction.
  package var probabilities: Bool
  /// The coverage of the intervals whose ends follow the prediction, or `nil` for none.
  package var coverage: Double?
  /// How the intervals' widths are found.
  package var intervalMethod: IntervalMethod
  /// Whether texts that a spreadsheet would take for formulas get an apostrophe in front.
  package var isSpreadsheetSafe: Bool

  /// Chooses columns.
  package init(
    decisionValues: Bool = false, scoresClasses: Bool = false, probabilities: Bool = false,
    coverage: Double? = nil,
    intervalMethod: IntervalMethod = .conformal, isSpreadsheetSafe: Bool = false
  ) {
    self.decisionValues = decisionValues
    self.scoresClasses = scoresClasses
    self.probabilities = probabilities
    self.coverage = coverage
    self.intervalMethod = intervalMethod
    self.isSpreadsheetSafe = isSpreadsheetSafe
  }
}

/// Predicts a stream of rows, batch after batch, in bounded memory.
///
/// The output is comma-separated text: the columns that are kept, `prediction`, and on request
/// `probability_CLASS` for each class (`quantile` of a one-class model), `lower` and `upper` of a
/// regression, and the decision values: `decision` for two classes, for a regression and for a one-class
/// model; `decision_A_B` for each pair of more classes, in the order of the model's biases, where
/// positive favours B, or `decision_A` for each class. A one-class model predicts `inlier` or `outlier`;
/// a model of components has `component_1` and so on instead of a prediction; one of quantiles always has
/// `quantile_0.1` and so on in the place of decision values, and predicts the one nearest to the median. Every row of the input
/// gives one line, in order; one that the model's policy for missing values drops has nothing after
/// its kept columns, and `""` where that would be an empty line. A kept column that is called like one
/// of these gets another name; see `renamedColumns`.
package struct TabularPredictor {
  private let predictor: TabularModel.Predictor
  /// What the model predicts; asked for each row, and the model would make up an account of itself each time.
  private let task: LearningTask
  private let calibration: ModelCalibration?
  /// The columns after those that are kept.
  private let columns: [String]
  private let withDecisions: Bool
  private let scoresClasses: Bool
  private let writesProbabilities: Bool
  private let intervalEnds: IntervalEnds?
  private let writer: CSVText
  private let classFields: [[UInt8]]
  /// The names of the kept columns in the output.
  private let keptNames: [String]
  /// The kept columns whose names the output needs for itself, with their names there.
  package let renamedColumns: [(name: String, newName: String)]
  private let threads: Int?
  var reader: BatchReader
  /// What the reader was opened on.
  let source: ByteSource
  let options: TextOptions
  /// The lines of this rank's part, and whether ranks read all rows instead.
  var spool: SpooledLines?
  var readsInTurn = false
  private let fileName: String
  private let modelName: String
  /// What the next call throws.
  var failure: (any Error)?
  /// The number of lines so far.
  package internal(set) var rowCount = 0
  /// The number of rows so far that had a missing value and got no prediction.
  package internal(set) var skippedRowCount = 0
  /// Ranks that share the rows; `nil` predicts all here.
  package var ranks: (any Transport)?

  /// Opens a stream.
  ///
  /// - Parameters:
  ///   - model: The model; it must hold a preprocessor.
  ///   - source: The rows, in the kind of text that the model was trained on.
  ///   - options: What is known about the text.
  ///   - passthroughColumns: Which columns of the input come first in the output.
  ///   - output: What the output holds besides predictions.
  ///   - applying: Threads, ranks, and the model's name.
  /// - Throws: `TableError`; ``TabularError`` without preprocessing, or when the model cannot tell
  ///   what is requested, or `CalibrationError` for a coverage out of range.
  package init(
    _ model: TabularModel, reading source: ByteSource, options: TextOptions = TextOptions(),
    passthroughColumns: KeptColumns = .none, output: OutputColumns = OutputColumns(),
    _ applying: TabularModel.Applying = TabularModel.Applying()
  ) throws {
    let (threads, modelName) = (applying.threads, applying.modelName)
    ranks = applying.ranks
    guard let preprocessor = model.preprocessor else {
      throw TabularError(.noPreprocessing(model: modelName))
    }
    predictor = model.predictor
    let task = predictor.task
    self.task = task
    calibration = model.calibration
    let classes = predictor.classifier?.classes ?? []
    let writer = CSVText(isSpreadsheetSafe: output.isSpreadsheetSafe)
    self.writer = writer
    classFields = classes.map { Array(writer.field($0).utf8) }
    var columns = task == .components ? [] : ["prediction"]
    writesProbabilities = output.probabilities
    if output.probabilities {
      switch model.calibration {
      case .classes?: columns += classes.map { "probability_\($0)" }
      case .quantiles?: columns.append("quantile")
      case .intervals?, nil:
        throw TabularError.withoutCalibration(
          "probabilities", of: [.classification, .novelty], model: modelName, task)
      }
    }
    if let coverage = output.coverage {
      intervalEnds = try IntervalEnds(
        coverage: coverage, method: output.intervalMethod, model.calibration,
        quantiles: predictor.quantiles)
      guard intervalEnds != nil else {
        throw TabularError.withoutCalibration(
          "intervals", of: [.regression], model: modelName, task)
      }
      columns += ["lower", "upper"]
    } else {
      intervalEnds = nil
    }
    withDecisions =
      output.decisionValues || task == .components || !predictor.quantiles.isEmpty
    scoresClasses = output.scoresClasses && classes.count > 2
    if withDecisions {
      columns += scoresClasses ? classes.map { "decision_\($0)" } : model.decisionColumns
    }
    // Two pairs of classes may give one name: a with b_c, and a_b with c.
    var names: Set<String> = []
    columns = columns.map { Self.unique($0, among: &names) }
    self.columns = columns
    self.threads = threads
    fileName = source.name
    self.source = source
    self.options = options
    self.modelName = modelName
    reader = try BatchReader(
      source, preprocessor: preprocessor, options: options,
      wishes: StreamWishes(kept: passthroughColumns),
      batchSize: Self.batchSize(featureCount: preprocessor.featureCount), model: modelName)
    let own = names
    names.formUnion(reader.keptNames)
    var renamed: [(name: String, newName: String)] = []
    keptNames = reader.keptNames.map { name in
      guard own.contains(name) else { return name }
      let newName = Self.unique("input_\(name)", among: &names)
      renamed.append((name, newName))
      return newName
    }
    renamedColumns = renamed
  }

  /// A name that is not among some, with a number at its end if need be; it is then among them.
  private static func unique(_ name: String, among names: inout Set<String>) -> String {
    var found = name
    var number = 2
    while !names.insert(found).inserted {
      found = "\(name)_\(number)"
      number += 1
    }
    return found
  }

  /// Rows in a batch: many enough to keep threads busy, few enough that wide rows stay in bounds.
  static func batchSize(featureCount: Int) -> Int {
    let bytesInBatch = 32 << 20
    return min(8192, max(64, bytesInBatch / (8 * max(featureCount, 1))))
  }

  /// The first line of the output, with its line end.
  package var header: [UInt8] {
    Array(writer.record(keptNames + columns).utf8)
  }

  /// In which columns values were filled in so far, or categories met that training did not see.
  package var treatedColumns: [TreatedColumn] { reader.treatedColumns }

  /// How many entries of LIBSVM text so far had an index beyond the model's features.
  package var ignoredEntryCount: Int { reader.ignoredEntryCount }

  /// Predicts the next batch; on ranks, one batch on each of them.
  ///
  /// When a row is in error, the lines before it are returned first, and the next call throws.
  ///
  /// - Returns: The lines of the batch, or `nil` at the end of the rows; on ranks, the first gets all lines
  ///   and the others none.
  /// - Throws: `TableError`, `ModelError` or ``TabularError``; `TransportError` when another rank failed.
  package mutating func next() throws -> [UInt8]? {
    if let failure { throw failure }
    if let ranks { return try nextLines(ranks) }
    guard let batch = try nextBatch() else { return nil }
    let (lines, failure) = predictedLines(batch)
    self.failure = failure
    if lines.isEmpty, let failure { throw failure }
    return lines
  }

  /// Reads a batch and counts its rows.
  mutating func nextBatch() throws -> FeatureBatch? {
    guard let batch = try reader.next() else { return nil }
    rowCount += batch.rowCount
    skippedRowCount += batch.skippedRows.count
    return batch
  }

  /// The lines of a batch up to the row that cannot be predicted, and what is wrong with that.
  func predictedLines(_ batch: FeatureBatch) -> (lines: [UInt8], failure: (any Error)?) {
    do {
      return (try lines(of: batch), nil)
    } catch let error as TabularError {
      let located = error.located(in: reader.places)
      guard case .overflow(_, let line, _) = error.reason else { return ([], located) }
      let before = batch.rows(before: line)
      guard before.rowCount > 0 else { return ([], located) }
      do {
        return (try lines(of: before), located)
      } catch {
        return ([], error)
      }
    } catch {
      return ([], error)
    }
  }

  /// Predicts a batch.
  private func lines(of batch: FeatureBatch) throws -> [UInt8] {
    var predictions = try batch.naming(file: fileName, model: modelName) {
      try Predictions(predictor, calibration, $0, withDecisions: withDecisions, threads: threads)
    }
    if scoresClasses, let classifier = predictor.classifier, let values = predictions.decisions {
      predictions.decisions = classifier.classScores(decisionValues: values)
    }
    return lines(of: batch, predictions)
  }
}

extension TabularPredictor {
  /// So many lines are worth a thread's while.
  private static let linesInTile = 1024

  /// The lines of a batch, written by several threads.
  private func lines(of batch: FeatureBatch, _ predictions: Predictions) -> [UInt8] {
    let (batch, predictor) = (UnsafeSendable(batch), UnsafeSendable((self, predictions)))
    let rowCount = batch.value.rowCount
    let tiles = concurrentResults(
      count: (rowCount + Self.linesInTile - 1) / Self.linesInTile,
      threads: threads ?? processorCount
    ) { tile in
      let (writer, predictions) = predictor.value
      let rows = tile * Self.linesInTile..<min((tile + 1) * Self.linesInTile, rowCount)
      return writer.lines(of: rows, batch.value, predictions)
    }
    return Array(tiles.joined())
  }

  private func lines(
    of rows: Range<Int>, _ batch: FeatureBatch, _ predictions: Predictions
  ) -> [UInt8] {
    var lines: [UInt8] = []
    let skippedBefore = batch.skippedRows.count { $0 < rows.lowerBound }
    var skipped = batch.skippedRows[skippedBefore...]
    var example = rows.lowerBound - skippedBefore
    for row in rows {
      batch.kept.append(row, by: writer, to: &lines)
      if !keptNames.isEmpty { lines.append(UInt8(ascii: ",")) }
      if skipped.first == row {
        skipped.removeFirst()
        // Empty fields, as many as there are columns.
        lines.append(
          contentsOf: repeatElement(UInt8(ascii: ","), count: max(columns.count - 1, 0)))
        if keptNames.isEmpty, columns.count == 1 {
          lines.append(contentsOf: CSVText.emptyField.utf8)
        }
      } else {
        append(predictions, example, to: &lines)
        example += 1
      }
      lines.append(UInt8(ascii: "\n"))
    }
    return lines
  }

  /// Appends what is said of one example, with commas between.
  private func append(_ predictions: Predictions, _ example: Int, to lines: inout [UInt8]) {
    var isFirst = true
    func append(_ field: some Sequence<UInt8>) {
      if !isFirst { lines.append(UInt8(ascii: ",")) }
      isFirst = false
      lines.append(contentsOf: field)
    }
    func append(_ number: Double) { append(NumberText.shortest(number).utf8) }

    switch task {
    case .classification: append(classFields[predictions.classIndices[example]])
    case .regression: append(predictions.numbers[example])
    case .novelty:
      append(
        Predictions.noveltyLabel(decisionValue: predictions.decisions.map { $0[example, 0] }).utf8)
    case .components: break
    }
    if writesProbabilities {
      if let probabilities = predictions.probabilities {
        for column in 0..<probabilities.columnCount { append(probabilities[example, column]) }
      } else if case .quantiles(let quantiles)? = calibration, let decisions = predictions.decisions
      {
        append(quantiles.quantile(decisions[example, 0]))
      }
    }
    if let intervalEnds {
      let ends = intervalEnds.ends(predictions, example)
      append(ends.lower)
      append(ends.upper)
    }
    guard withDecisions, let decisions = predictions.decisions else { return }
    for column in 0..<decisions.columnCount { append(decisions[example, column]) }
  }
}

extension TabularModel {
  /// The names of the columns of decision values: none for one class, `decision` for two, for a
  /// regression and for a one-class model, else `decision_A_B` for each pair of classes or `decision_A`
  /// for each class; the components of a model that finds these, and `quantile_0.1` and so on of one that
  /// predicts quantiles.
  package var decisionColumns: [String] {
    if let classifier = predictor.classifier {
      if classifier.decisionShape == .binary { return ["decision"] }
      let classes = classifier.classes
      return classifier.binaryProblems.map { problem in
        "decision_" + (problem.negative.map { classes[$0] + "_" } ?? "") + classes[problem.positive]
      }
    }
    let quantiles = predictor.quantiles
    guard quantiles.isEmpty else { return quantiles.map { "quantile_\(NumberText.shortest($0))" } }
    guard predictor.task == .components else { return ["decision"] }
    return (1...max(1, predictor.outputCount)).map { "component_\($0)" }
  }
}
