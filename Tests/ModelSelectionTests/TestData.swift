import Evaluation
import Tables
import TabularModels

/// Small generated data sets.
enum TestData {
  /// Three classes of points in the plane that overlap a little.
  static func blobs(rows: Int, seed: UInt64) -> String {
    var generator = SeededGenerator(seed: seed)
    func bell() -> Double { (0..<6).reduce(-3) { sum, _ in sum + generator.unitInterval() } }
    let centers = [(0.0, 0.0), (2.0, 0.5), (0.5, 2.0)]
    var lines = ["x,y,kind"]
    for row in 0..<rows {
      let kind = row % 3
      lines.append(
        "\(centers[kind].0 + bell()),\(centers[kind].1 + bell()),\(["a", "b", "c"][kind])")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// Two classes on two rings, which no line separates.
  static func rings(rows: Int, seed: UInt64) -> String {
    var generator = SeededGenerator(seed: seed)
    var lines = ["x,y,ring"]
    while lines.count <= rows {
      let (x, y) = (4 * generator.unitInterval() - 2, 4 * generator.unitInterval() - 2)
      let radius = (x * x + y * y).squareRoot()
      if radius < 0.9 {
        lines.append("\(x),\(y),inner")
      } else if radius > 1.1, radius < 1.8 {
        lines.append("\(x),\(y),outer")
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// y = 3a − 2b + 1, and a little noise.
  static func line(rows: Int, seed: UInt64 = 2) -> String {
    var generator = SeededGenerator(seed: seed)
    var lines = ["a,b,y"]
    for _ in 0..<rows {
      let (a, b) = (generator.unitInterval(), generator.unitInterval())
      lines.append("\(a),\(b),\(3 * a - 2 * b + 1 + 0.01 * generator.unitInterval())")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  static func source(_ text: String, name: String = "data.csv") -> ByteSource {
    ByteSource(bytes: Array(text.utf8), name: name)
  }

  static func data(_ text: String, name: String = "data.csv") throws -> TrainingData {
    try TrainingData(reading: source(text, name: name))
  }
}
