// A model that predicts in memory says what the streaming writer writes, to the bit, whatever it is and
// however its rows are given.

import Basics
import Calibration
import LinearAlgebra
import SupportVectors
import Tables
import Testing

@testable import TabularModels

@Suite struct TabularModelPredictionTests {
  /// A table with numbers, categories, a missing number, money and texts, to be predicted by any kind of
  /// model.
  private static func text(_ rows: [[String]]) -> String {
    let colours = ["red", "green", "blue, dark"]
    var lines = ["a,b,colour,price,target"]
    for (index, row) in rows.enumerated() {
      let first = index % 17 == 3 ? "" : row[0]
      lines.append(
        "\(first),\(row[1]),\"\(colours[index % 3])\",$\(index % 7).50,\(row[row.count - 1])")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func fields(_ lines: [UInt8]) -> [[String]] {
    String(decoding: lines, as: UTF8.self).split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
  }

  private static func written(
    _ model: TabularModel, _ text: String, probabilities: Bool
  ) throws -> [[String]] {
    var predictor = try TabularPredictor(
      model, reading: TestData.source(text),
      output: OutputColumns(decisionValues: true, probabilities: probabilities),
      TabularModel.Applying(threads: 1))
    var lines: [UInt8] = []
    while let batch = try predictor.next() { lines += batch }
    return fields(lines)
  }

  /// What the writer would write of a prediction.
  private static func fields(_ predictions: TabularPredictions, _ row: Int) -> [String] {
    let one = predictions[row]
    var fields: [String] = []
    if let label = one.label { fields.append(label) }
    if let number = one.number { fields.append(NumberText.shortest(number)) }
    if let probabilities = predictions.probabilities {
      fields += probabilities.row(row).map(NumberText.shortest)
    } else if let quantiles = predictions.noveltyQuantiles {
      fields.append(NumberText.shortest(quantiles[row]))
    }
    return fields + one.decisionValues.map(NumberText.shortest)
  }

  @Test(arguments: MethodCase.all)
  func aTableInMemoryIsPredictedAsItsFileIs(_ method: MethodCase) throws {
    let text = Self.text(method.rows)
    var trainer = method.trainer
    if method.method.formulation?.task != .components {
      trainer.calibration = CalibrationChoice(foldCount: 2)
    }
    let model = try trainer.train(TestData.data(text)).model
    let isProbable =
      switch model.calibration {
      case .classes?, .quantiles?: true
      case .intervals?, nil: false
      }
    let expected = try Self.written(model, text, probabilities: isProbable)
    let table = try Table(reading: TestData.source(text))
    let predictions = try model.predict(table, threads: 2)
    #expect(predictions.count == expected.count)
    for row in 0..<predictions.count {
      #expect(Self.fields(predictions, row) == expected[row], "row \(row)")
    }
    // By names, the target left out, the columns in another order; and one row alone.
    let rows = (0..<table.rowCount).map { row in
      TableRow(
        table.columns.filter { $0.name != "target" }.reversed().map { column in
          let value: TableValue =
            switch column.values {
            case .numbers(let numbers): .number(numbers[row])
            case .categories: column.text(row).map { .text($0) } ?? .missing
            }
          return (name: column.name, value: value)
        })
    }
    guard model.targetName != nil else { return }
    let again = try model.predict(rows, threads: 1)
    for row in [0, 3, rows.count - 1] {
      #expect(Self.fields(again, row) == expected[row], "row \(row)")
      #expect(try model.predict(rows[row]) == again[row], "row \(row)")
    }
  }

  private struct Flower: Codable {
    var a: Double
    var b: Int?
    var colour: String
    var isLarge: Bool
  }

  private static let flowers = (0..<24).map { index in
    Flower(
      a: Double(index % 5) + (index % 2 == 0 ? 4 : 0), b: index % 6 == 5 ? nil : index % 4,
      colour: index % 2 == 0 ? "red" : "blue", isLarge: index % 3 == 0)
  }

  private static func model(missing: MissingValuePolicy) throws -> TabularModel {
    let lines = flowers.filter { missing != .error || $0.b != nil }.map {
      "\($0.a),\($0.b.map { "\($0)" } ?? ""),\($0.colour),\($0.isLarge),\($0.colour)"
    }
    return try TabularTrainer(
      configuration: TrainingConfiguration().with(\.missing, missing),
      control: RunControl(threads: 1)
    ).train(
      TestData.data((["a,b,colour,isLarge,kind"] + lines).joined(separator: "\n") + "\n")
    ).model
  }

  @Test func structuresAreRows() throws {
    let model = try Self.model(missing: .mean)
    let predictions = try model.predict(encoding: Self.flowers)
    #expect(predictions.labels == Self.flowers.map { Optional($0.colour) })
    #expect(predictions[5].label == "blue")
    #expect(predictions.classes == ["blue", "red"])
    #expect(try model.predict(encoding: [Flower]()).count == 0)
    struct Nested: Encodable {
      var a = [1.0, 2.0]
    }
    let refusal = #expect(throws: EncodingError.self) { try model.predict(encoding: [Nested()]) }
    #expect("\(try #require(refusal))".contains("must be a number, a text, a truth value or nil"))
  }

  @Test func rowsWithMissingValuesHaveNoPredictionWhereTheModelDropsThem() throws {
    let model = try Self.model(missing: .drop)
    let predictions = try model.predict(encoding: Self.flowers)
    for (row, flower) in Self.flowers.enumerated() {
      #expect((predictions.labels[row] == nil) == (flower.b == nil), "row \(row)")
      #expect(predictions.decisionValues[row, 0].isNaN == (flower.b == nil), "row \(row)")
    }
  }

  @Test func whatIsWrongWithARowIsSaid() throws {
    let model = try Self.model(missing: .error)
    func message(_ row: TableRow) -> String {
      do {
        return "\(try model.predict(row))"
      } catch {
        return "\(error)"
      }
    }
    #expect(message(["a": 1, "b": 2, "isLarge": true]).contains("\"colour\""))
    #expect(message(["a": "x", "b": 2, "colour": "red", "isLarge": true]).contains("\"x\""))
    #expect(message(["a": nil, "b": 2, "colour": "red", "isLarge": true]).contains("(a)"))
    #expect(message(["a": 1, "b": 2, "colour": "pink", "isLarge": true]).contains("\"pink\""))
    #expect(message(["a": 1e300, "b": 2, "colour": "red", "isLarge": true]).contains("label"))
    let foreign = try TabularTrainer(control: RunControl(threads: 1)).train(
      TestData.data(TestData.sparse, name: "d.libsvm")
    ).model
    #expect(throws: TabularError.self) { try foreign.predict(["a": 1]) }
    let features = FeatureMatrix.dense(
      Matrix(rowCount: 2, columnCount: foreign.predictor.featureCount, repeating: 0))
    #expect(try foreign.predict(features: features).labels.count == 2)
  }

  @Test func intervalsCoverTheNumberThatIsPredicted() throws {
    var trainer = TabularTrainer(control: RunControl(threads: 1))
    trainer.calibration = CalibrationChoice()
    let model = try trainer.train(TestData.data(TestData.line())).model
    let table = try Table(reading: TestData.source(TestData.line()))
    let predictions = try model.predict(table)
    for (number, interval) in zip(predictions.numbers, try predictions.intervals(coverage: 0.8)) {
      #expect(try #require(interval).contains(try #require(number)))
    }
    let plain = try TabularTrainer(control: RunControl(threads: 1)).train(
      TestData.data(TestData.line())
    ).model
    #expect(throws: TabularError.self) {
      try plain.predict(table).intervals(coverage: 0.8)
    }
  }
}
