import LinearAlgebra
import SupportVectors
import Transport

// Examples that several ranks hold are predicted where they are, and every rank gets the predictions of all:
// numbers for each example, as labels are, never features.

extension Predictions {
  /// Computes predictions of examples, here or on the ranks that hold them.
  ///
  /// - Parameters:
  ///   - predictor: What predicts.
  ///   - calibration: Its calibration.
  ///   - examples: The examples.
  ///   - withDecisions: Whether decision values are requested.
  ///   - control: The number of threads.
  ///   - isCancelled: Whether to stop; one rank that says so stops all.
  /// - Throws: ``TrainingInterrupted``; `ModelError` when the features do not fit the model;
  ///   `TransportError` when a rank does not answer.
  init(
    _ predictor: TabularModel.Predictor, _ calibration: ModelCalibration?, _ examples: ExampleSet,
    withDecisions: Bool, _ control: RunControl, isCancelled: () -> Bool
  ) throws {
    self = try examples.collecting(Self.init(stacking:)) { features in
      try Predictions(
        predictor, calibration, features, withDecisions: withDecisions, threads: control.threads,
        isCancelled: isCancelled)
    }
  }
}

extension TabularModel.Predictor {
  /// Decision values of examples, here or on the ranks that hold them.
  ///
  /// - Throws: ``TrainingInterrupted``; `ModelError` when the features do not fit the model;
  ///   `TransportError` when a rank does not answer.
  func decisionValues(
    _ examples: ExampleSet, _ control: RunControl, isCancelled: () -> Bool
  ) throws -> Matrix<Double> {
    try examples.collecting(Matrix.init(stacking:)) {
      try decisionValues($0, threads: control.threads, isCancelled: isCancelled)
    }
  }
}

/// What is computed of each example, so that ranks send it to each other.
protocol ExampleResults {
  /// Writes it.
  func encode(to writer: inout ByteWriter)
  /// Reads what ``encode(to:)`` has written.
  ///
  /// - Throws: `TransportError` for a message that ends early.
  init(from reader: inout ByteReader) throws(TransportError)
}

extension ExampleSet {
  /// Computes something of each example where it is, and gives all of it to every rank.
  ///
  /// - Parameters:
  ///   - stack: Joins the results of consecutive examples.
  ///   - body: Computes it of the examples of this process.
  /// - Returns: The results of all examples, in their order.
  /// - Throws: ``TrainingInterrupted`` on all ranks when one is interrupted; what `body` throws, with the
  ///   number of an example among all; `TransportError`.
  func collecting<Results: ExampleResults>(
    _ stack: ([Results]) -> Results?, _ body: (FeatureMatrix) throws -> Results
  ) throws -> Results {
    guard let ranks else { return try body(own) }
    var message: [UInt8] = []
    do {
      let results = try body(own)
      message = ByteWriter.bytes {
        $0.append(UInt8(1))
        results.encode(to: &$0)
      }
    } catch is TrainingInterrupted {
      // An empty message says so.
    } catch let error as ModelError {
      throw error.moved(by: ownRows.lowerBound)
    }
    var parts: [Results] = []
    for bytes in try ranks.allGather(message) {
      guard !bytes.isEmpty else { throw TrainingInterrupted() }
      var reader = ByteReader(bytes)
      _ = try reader.byte()
      parts.append(try Results(from: &reader))
    }
    return stack(parts) ?? parts[0]
  }
}

extension Matrix<Double>: ExampleResults {
  func encode(to writer: inout ByteWriter) {
    writer.append(rowCount)
    writer.append(columnCount)
    writer.append(elements)
  }

  init(from reader: inout ByteReader) throws(TransportError) {
    let (rowCount, columnCount) = (try reader.integer(), try reader.integer())
    let elements = try reader.doubles(rowCount * columnCount)
    self.init(rowCount: rowCount, columnCount: columnCount) { elements[$0 * columnCount + $1] }
  }
}

extension Predictions: ExampleResults {
  func encode(to writer: inout ByteWriter) {
    writer.append(classIndices.count)
    writer.append(classIndices.map { Int32($0) })
    writer.append(numbers.count)
    writer.append(numbers)
    for matrix in [quantiles, decisions, probabilities] {
      writer.append(UInt8(matrix == nil ? 0 : 1))
      matrix?.encode(to: &writer)
    }
  }

  init(from reader: inout ByteReader) throws(TransportError) {
    self.init()
    classIndices = try reader.integers32(try reader.integer()).map { Int($0) }
    numbers = try reader.doubles(try reader.integer())
    quantiles = try Self.matrix(from: &reader)
    decisions = try Self.matrix(from: &reader)
    probabilities = try Self.matrix(from: &reader)
  }

  private static func matrix(
    from reader: inout ByteReader
  ) throws(TransportError) -> Matrix<Double>? {
    try reader.byte() == 0 ? nil : try Matrix(from: &reader)
  }
}

extension FoldPredictions {
  /// Writes them for another rank.
  package func encode(to writer: inout ByteWriter) {
    predictions.encode(to: &writer)
    writer.append(Int32(shape.flatMap { DecisionShape.allCases.firstIndex(of: $0) } ?? -1))
    writer.append(quantiles.count)
    writer.append(quantiles)
    writer.append(UInt8(intervalHalfWidth == nil ? 0 : 1))
    writer.append(intervalHalfWidth ?? 0)
  }

  /// Reads what ``encode(to:)`` has written.
  ///
  /// - Throws: `TransportError` for a message that ends early.
  package init(from reader: inout ByteReader) throws(TransportError) {
    predictions = try Predictions(from: &reader)
    let shapes = DecisionShape.allCases
    let place = Int(try reader.integer32())
    shape = shapes.indices.contains(place) ? shapes[place] : nil
    quantiles = try reader.doubles(try reader.integer())
    let hasIntervals = try reader.byte() != 0
    let halfWidth = try reader.double()
    intervalHalfWidth = hasIntervals ? halfWidth : nil
  }
}
