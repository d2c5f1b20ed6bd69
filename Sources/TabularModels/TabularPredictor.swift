import LinearAlgebra
import SupportVectors
import Tables

/// Predicts a stream of rows, batch after batch, in bounded memory.
///
/// The output is comma-separated text: the columns that are kept, `prediction`, and on request the
/// decision values: `decision` for two classes and for a regression, `decision_A_B` for each pair
/// of more classes, in the order of the model's biases; positive favours B. Every row of the input
/// gives one line, in order; one that the model's policy for missing values drops has nothing after
/// its kept columns.
public struct TabularPredictor {
  private let predictor: TabularModel.Predictor
  private let decisionColumns: [String]
  private let threads: Int?
  private var reader: BatchReader
  /// The number of lines so far.
  public private(set) var rowCount = 0
  /// The number of rows so far that had a missing value and got no prediction.
  public private(set) var skippedRowCount = 0

  /// Opens a stream.
  ///
  /// - Parameters:
  ///   - model: The model; it must hold a preprocessor.
  ///   - source: The rows, in the kind of text that the model was trained on.
  ///   - options: What is known about the text.
  ///   - kept: Which columns of the input come first in the output.
  ///   - decisionValues: Whether decision values follow the prediction.
  ///   - threads: The number of threads, or `nil` for one on each core.
  ///   - modelName: What messages call the model.
  /// - Throws: `TableError` or ``TabularError/noPreprocessing(model:)``.
  public init(
    _ model: TabularModel, reading source: ByteSource, options: TextOptions = TextOptions(),
    kept: KeptColumns = .none, decisionValues: Bool = false, threads: Int? = nil,
    modelName: String = "model"
  ) throws {
    guard let preprocessor = model.preprocessor else {
      throw TabularError.noPreprocessing(model: modelName)
    }
    predictor = model.predictor
    decisionColumns = decisionValues ? model.decisionColumns : []
    self.threads = threads
    reader = try BatchReader(
      source, preprocessor: preprocessor, options: options, kept: kept,
      batchSize: Self.batchSize(featureCount: preprocessor.featureCount), model: modelName)
  }

  /// Rows in a batch: many enough to keep threads busy, few enough that wide rows stay in bounds.
  static func batchSize(featureCount: Int) -> Int {
    let bytesInBatch = 32 << 20
    return min(8192, max(64, bytesInBatch / (8 * max(featureCount, 1))))
  }

  /// The first line of the output, with its line end.
  public var header: [UInt8] {
    let names = reader.keptNames + ["prediction"] + decisionColumns
    return Array((names.map(CSVText.field).joined(separator: ",") + "\n").utf8)
  }

  /// How many entries of LIBSVM text so far had an index beyond the model's features.
  public var ignoredEntryCount: Int { reader.ignoredEntryCount }

  /// Predicts the next batch.
  ///
  /// When a row is in error, the lines before it are returned first, and the next call throws.
  ///
  /// - Returns: The lines of the batch, or `nil` at the end of the rows.
  /// - Throws: `TableError` or `ModelError`.
  public mutating func next() throws -> [UInt8]? {
    guard let batch = try reader.next() else { return nil }
    let predictions = try Predictions(
      predictor, batch.features, withDecisions: !decisionColumns.isEmpty, threads: threads)
    var lines: [UInt8] = []
    var skipped = batch.skippedRows[...]
    var example = 0
    for row in 0..<batch.rowCount {
      let kept = batch.keptFields(row)
      lines.append(contentsOf: kept)
      if !reader.keptNames.isEmpty { lines.append(UInt8(ascii: ",")) }
      if skipped.first == row {
        skipped.removeFirst()
        // Empty fields, as many as there are columns.
        lines.append(contentsOf: repeatElement(UInt8(ascii: ","), count: decisionColumns.count))
      } else {
        predictions.append(example, to: &lines)
        example += 1
      }
      lines.append(UInt8(ascii: "\n"))
    }
    rowCount += batch.rowCount
    skippedRowCount += batch.skippedRows.count
    return lines
  }
}

extension TabularModel {
  /// The names of the columns of decision values: none for one class, `decision` for two and for a
  /// regression, else `decision_A_B` for each pair of classes or `decision_A` for each class.
  public var decisionColumns: [String] {
    guard let classifier = predictor.classifier else { return ["decision"] }
    let classes = classifier.classes
    switch classifier.decisionShape {
    case .none: return []
    case .single: return ["decision"]
    case .pairs:
      return classes.indices.flatMap { first in
        classes[(first + 1)...].map { "decision_\(classes[first])_\($0)" }
      }
    case .classes: return classes.map { "decision_\($0)" }
    }
  }
}

/// The predictions for a batch of features, as the fields of lines.
private struct Predictions {
  /// For each class its name as a field; empty for a regression.
  private let classFields: [[UInt8]]
  private let classIndices: [Int]
  private let numbers: [Double]
  private let decisions: Matrix<Double>?

  init(
    _ predictor: TabularModel.Predictor, _ features: FeatureMatrix, withDecisions: Bool,
    threads: Int?
  ) throws {
    if let classifier = predictor.classifier {
      classFields = classifier.classes.map { Array(CSVText.field($0).utf8) }
      numbers = []
      if withDecisions {
        let values = try classifier.decisionValues(features, threads: threads)
        classIndices = classifier.classIndices(decisionValues: values)
        decisions = values
      } else {
        classIndices = try classifier.classIndices(features, threads: threads)
        decisions = nil
      }
    } else {
      numbers = try predictor.regressor?.predict(features, threads: threads) ?? []
      classFields = []
      classIndices = []
      decisions =
        withDecisions
        ? try Matrix(rowCount: numbers.count, columnCount: 1, elements: numbers) : nil
    }
  }

  func append(_ example: Int, to lines: inout [UInt8]) {
    if classFields.isEmpty {
      lines.append(contentsOf: NumberText.shortest(numbers[example]).utf8)
    } else {
      lines.append(contentsOf: classFields[classIndices[example]])
    }
    guard let decisions else { return }
    for column in 0..<decisions.columnCount {
      lines.append(UInt8(ascii: ","))
      lines.append(contentsOf: NumberText.shortest(decisions[example, column]).utf8)
    }
  }
}
