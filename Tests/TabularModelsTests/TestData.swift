import Evaluation
import SupportVectors
import Tables
import TabularModels

/// Small data sets as text, and helpers to read them.
enum TestData {
  /// Three well separated kinds of flowers; a number, a category and a text target.
  static func flowers(rowsOfEach: Int = 20, seed: UInt64 = 1) -> String {
    var generator = SeededGenerator(seed: seed)
    var lines = ["length,width,colour,species"]
    for row in 0..<3 * rowsOfEach {
      let kind = row % 3
      let length = 2 * Double(kind) + generator.unitInterval()
      let width = 3 - Double(kind) + generator.unitInterval()
      let colour = ["blue", "red", "white"][kind == 0 ? 0 : 1 + generator.integer(below: 2)]
      lines.append("\(length),\(width),\(colour),\(["setosa", "versicolor", "virginica"][kind])")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// y = 3a − 2b + 1, and a little noise.
  static func line(rows: Int = 60, seed: UInt64 = 2) -> String {
    var generator = SeededGenerator(seed: seed)
    var lines = ["a,b,y"]
    for _ in 0..<rows {
      let (a, b) = (generator.unitInterval(), generator.unitInterval())
      lines.append("\(a),\(b),\(3 * a - 2 * b + 1 + 0.01 * generator.unitInterval())")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// Two classes told apart by the sign of feature 1, sparse.
  static let sparse = """
    +1 1:1 3:0.5
    -1 1:-1 2:0.25
    1 1:0.75
    -1.0 1:-0.5 3:1
    +1 1:1.5 2:0.1 3:1
    -1 1:-2

    """

  static func source(_ text: String, name: String = "data.csv") -> ByteSource {
    ByteSource(bytes: Array(text.utf8), name: name)
  }

  static func data(_ text: String, name: String = "data.csv") throws -> TrainingData {
    try TrainingData(reading: source(text, name: name))
  }

  static func examples(_ text: String, name: String = "data.csv") throws -> any ExampleText {
    try source(text, name: name).examples(TextOptions())
  }
}

/// All lines that a predictor gives.
func predict(
  _ model: TabularModel, _ text: String, name: String = "new.csv", kept: KeptColumns = .none,
  decisionValues: Bool = false
) throws -> [String] {
  var predictor = try TabularPredictor(
    model, reading: TestData.source(text, name: name), passthroughColumns: kept,
    output: OutputColumns(decisionValues: decisionValues), TabularModel.Applying(threads: 1))
  var bytes = predictor.header
  while let lines = try predictor.next() { bytes += lines }
  return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
}
