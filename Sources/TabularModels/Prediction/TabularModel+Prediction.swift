import Calibration
import LinearAlgebra
import SupportVectors
import Tables

/// What a model says of the rows of a table, in their order.
///
/// Everything that the model knows is here; probabilities and intervals where training learned them.
public struct TabularPredictions: Sendable {
  /// What was predicted: classes, numbers, whether rows are usual, or components.
  package let task: LearningTask
  /// The number of rows.
  public let count: Int
  /// The class of each row, and `inlier` or `outlier` of a model of novelties; empty for other models.
  ///
  /// `nil` for a row that got no prediction since a value is missing and the model drops such rows.
  public let labels: [String?]
  /// The predicted number of each row; empty for models that predict something else.
  ///
  /// `nil` for a row that got no prediction, as above.
  public let numbers: [Double?]
  /// The names of the classes, in the order of ``probabilities``.
  public let classes: [String]
  /// The probability of each class for each row, count × classes; `nil` when training learned none.
  ///
  /// NaN in rows that got no prediction.
  public let probabilities: Matrix<Double>?
  /// The names of the columns of ``decisionValues``.
  package let decisionColumns: [String]
  /// Decision values, the predicted number, how typical rows are, or their components.
  ///
  /// NaN in rows that got no prediction.
  public let decisionValues: Matrix<Double>
  /// The quantiles that are the columns of ``decisionValues``, ascending; empty of a model that predicts
  /// something else.
  public let quantiles: [Double]
  private let calibration: ModelCalibration?

  /// The intervals that cover a share of the numbers to come: as training learned them, or between two
  /// predicted quantiles that have this share between them.
  ///
  /// - Parameters:
  ///   - coverage: The share, between 0 and 1.
  ///   - method: How their widths are found.
  /// - Returns: An interval for each row, `nil` where nothing is predicted.
  /// - Throws: ``TabularError`` when the model knows none; `CalibrationError` for
  ///   a coverage out of range.
  public func intervals(
    coverage: Double, method: IntervalMethod = .conformal
  ) throws -> [ClosedRange<Double>?] {
    let ends = try IntervalEnds(
      coverage: coverage, method: method, calibration, quantiles: quantiles)
    guard let ends else {
      throw TabularError.withoutCalibration(
        "intervals", of: [.regression], model: TabularModel.nameInMessages, task)
    }
    return numbers.indices.map { row in
      guard let number = numbers[row] else { return nil }
      switch ends {
      case .around(let halfWidth): return (number - halfWidth)...(number + halfWidth)
      case .between(let lower, let upper):
        return decisionValues[row, lower]...decisionValues[row, upper]
      }
    }
  }

  /// How unusual each row is, from 0 to 1: the share of training rows that are more so.
  ///
  /// - Returns: `nil` when the model finds no novelties or training learned no quantiles.
  public var noveltyQuantiles: [Double]? {
    guard case .quantiles(let quantiles)? = calibration else { return nil }
    return (0..<count).map { quantiles.quantile(decisionValues[$0, 0]) }
  }

  /// What the model says of one row.
  public subscript(row: Int) -> TabularPrediction {
    TabularPrediction(
      label: labels.isEmpty ? nil : labels[row], number: numbers.isEmpty ? nil : numbers[row],
      probabilities: probabilities.map { probabilities in
        Dictionary(
          uniqueKeysWithValues: classes.enumerated().map { ($1, probabilities[row, $0]) })
      } ?? [:],
      decisionValues: decisionValues.row(row))
  }

  /// Spreads the predictions of complete rows over all.
  init(
    _ model: TabularModel, _ predictions: Predictions, rows: [Int], count: Int
  ) {
    task = model.predictor.task
    self.count = count
    quantiles = model.predictor.quantiles
    calibration = model.calibration
    classes = model.classes ?? []
    decisionColumns = model.decisionColumns
    let width = decisionColumns.count
    let isComplete = rows.count == count
    func spread(_ matrix: Matrix<Double>, columns: Int) -> Matrix<Double> {
      guard !isComplete else { return matrix }
      var all = Matrix<Double>(rowCount: count, columnCount: columns, repeating: .nan)
      for (source, row) in rows.enumerated() {
        for column in 0..<columns { all[row, column] = matrix[source, column] }
      }
      return all
    }
    decisionValues = spread(
      predictions.decisions ?? Matrix(rowCount: rows.count, columnCount: width, repeating: .nan),
      columns: width)
    probabilities = predictions.probabilities.map { spread($0, columns: $0.columnCount) }
    var labels: [String?] = []
    var numbers: [Double?] = []
    switch task {
    case .classification:
      labels = [String?](repeating: nil, count: count)
      for (source, row) in rows.enumerated() {
        labels[row] = classes[predictions.classIndices[source]]
      }
    case .regression:
      numbers = [Double?](repeating: nil, count: count)
      for (source, row) in rows.enumerated() { numbers[row] = predictions.numbers[source] }
    case .novelty:
      labels = [String?](repeating: nil, count: count)
      for row in rows {
        labels[row] = Predictions.noveltyLabel(decisionValue: decisionValues[row, 0])
      }
    case .components: break
    }
    self.labels = labels
    self.numbers = numbers
  }
}

/// What a model says of one row.
public struct TabularPrediction: Sendable, Equatable {
  /// The class, or `inlier` or `outlier`; `nil` for other models and for a row that got no prediction.
  public let label: String?
  /// The predicted number; `nil` for other models and for a row that got no prediction.
  public let number: Double?
  /// The probability of each class; empty when training learned none.
  public let probabilities: [String: Double]
  /// Decision values, in the order of `TabularPredictions/decisionColumns`.
  public let decisionValues: [Double]
}

extension TabularModel {
  /// What messages call a model that has no file.
  static let nameInMessages = "in memory"

  /// Predicts the rows of a table.
  ///
  /// Columns are found by their names where the training data had names, and by their places otherwise;
  /// the target's column and others may be absent. A row of a file with the same fields has the same
  /// prediction, bit for bit.
  ///
  /// - Parameters:
  ///   - table: The rows.
  ///   - threads: The number of threads, or `nil` for one on each core.
  /// - Returns: What the model says of each row.
  /// - Throws: `TableError` when a column is absent, a value is missing or a category was not seen, and the
  ///   model was not told what to do then; ``TabularError`` when the model was not trained on a table, and
  ///   when a prediction is not a finite number.
  /// - Complexity: O(rows · features) for linear models, and as often as there are support vectors for
  ///   others. The first call prepares the model.
  public func predict(_ table: Table, threads: Int? = nil) throws -> TabularPredictions {
    let (features, rows) = try features(ofUsableRows: table, threads: threads)
    return try features.naming(
      file: table.file, model: Self.nameInMessages, line: { rows[$0] + 1 }
    ) {
      try predict($0, rows: rows, count: table.rowCount, threads: threads)
    }
  }

  /// The features that the model makes of the rows of a table: what ``machine`` takes.
  ///
  /// - Parameters:
  ///   - table: The rows.
  ///   - threads: The number of threads, or `nil` for one on each core.
  /// - Returns: One example in each row; rows that the model leaves out for a missing value are absent.
  /// - Throws: As `predict(_:threads:)` of a table does.
  public func features(of table: Table, threads: Int? = nil) throws -> FeatureMatrix {
    try features(ofUsableRows: table, threads: threads).features
  }

  private func features(
    ofUsableRows table: Table, threads: Int?
  ) throws -> (features: FeatureMatrix, rows: [Int]) {
    guard let preprocessor else {
      throw TabularError(.noPreprocessing(model: Self.nameInMessages))
    }
    guard let columns = preprocessor.table else {
      throw TabularError(
        .formatMismatch(file: table.file, model: Self.nameInMessages, modelTakesTable: false))
    }
    let rows = try columns.usableRows(of: table, model: Self.nameInMessages)
    let features = try columns.transform(
      table, rows: rows, model: Self.nameInMessages, threads: threads)
    return (features, rows)
  }

  /// Predicts rows that are given by the names of their columns.
  ///
  /// - Parameters:
  ///   - rows: The rows; a name that a row lacks while others have it is a missing value.
  ///   - threads: The number of threads, or `nil` for one on each core.
  /// - Returns: What the model says of each row.
  /// - Throws: As `predict(_:threads:)` of a table does.
  public func predict(_ rows: [TableRow], threads: Int? = nil) throws -> TabularPredictions {
    guard !rows.isEmpty else { return try predictNothing() }
    return try predict(Table(rows: rows, name: "rows"), threads: threads)
  }

  /// Predicts one row.
  ///
  /// - Parameter row: Its values by the names of their columns.
  /// - Returns: What the model says of it.
  /// - Throws: As `predict(_:threads:)` of a table does.
  public func predict(_ row: TableRow) throws -> TabularPrediction {
    try predict(Table(rows: [row], name: "row"), threads: 1)[0]
  }

  /// Predicts values whose properties are the columns.
  ///
  /// - Parameters:
  ///   - values: Structures of numbers, texts, truth values and optionals of these.
  ///   - threads: The number of threads, or `nil` for one on each core.
  /// - Returns: What the model says of each value.
  /// - Throws: As `predict(_:threads:)` of a table does, and `EncodingError` for a property that is
  ///   something else.
  public func predict(
    encoding values: [some Encodable], threads: Int? = nil
  ) throws -> TabularPredictions {
    try predict(values.map { try TableRow(encoding: $0) }, threads: threads)
  }

  /// Predicts examples whose features a program made.
  ///
  /// - Parameters:
  ///   - features: n rows of as many features as the model's predictor takes, scaled as in training: what a
  ///     preprocessor's `transform` gives.
  ///   - threads: The number of threads, or `nil` for one on each core.
  /// - Returns: What the model says of each.
  /// - Throws: `ModelError` when the features do not fit the model, or a prediction overflows.
  public func predict(
    features: FeatureMatrix, threads: Int? = nil
  ) throws -> TabularPredictions {
    try predict(
      features, rows: Array(0..<features.rowCount), count: features.rowCount, threads: threads)
  }

  private func predict(
    _ features: FeatureMatrix, rows: [Int], count: Int, threads: Int?
  ) throws -> TabularPredictions {
    let predictions = try Predictions(
      predictor, calibration, features, withDecisions: true, threads: threads)
    return TabularPredictions(self, predictions, rows: rows, count: count)
  }

  private func predictNothing() throws -> TabularPredictions {
    try predict(
      features: .dense(Matrix(rowCount: 0, columnCount: predictor.featureCount, repeating: 0)))
  }
}
