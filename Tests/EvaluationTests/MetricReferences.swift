import Foundation

/// `Tests/References/metrics.json`; the README.md there says what the numbers mean and how they were
/// made.
struct MetricReferences: Decodable {
  struct Classes: Decodable {
    var name: String
    var classCount: Int
    var actual: [Int]
    var predicted: [Int]
    var weights: [Double]?
    var confusion: [[Double]]
    var precision: [Double?]
    var recall: [Double?]
    var f1: [Double?]
    /// Metrics by their names in the registry; `null` where there is none.
    var figures: [String: Double?]
  }

  struct Ranking: Decodable {
    var name: String
    var scores: [Double]
    var isPositive: [Bool]
    var weights: [Double]?
    var rocAUC: Double?
    var averagePrecision: Double?
    /// False positive rate and recall.
    var roc: [[Double]]?
    /// Recall and precision.
    var precisionRecall: [[Double]]?
  }

  struct Probabilities: Decodable {
    var name: String
    var classCount: Int
    var actual: [Int]
    var probabilities: [Double]
    var weights: [Double]?
    /// Metrics by their names in the registry; `null` where there is none.
    var figures: [String: Double?]
    /// Mean probability and part that came true of five bins of equal width.
    var calibration: [[Double]]?
  }

  struct Numbers: Decodable {
    var name: String
    var actual: [Double]
    var predicted: [Double]
    var weights: [Double]?
    /// Metrics by their names in the registry; `null` where there is none.
    var figures: [String: Double?]
  }

  var classes: [Classes]
  var rankings: [Ranking]
  var probabilities: [Probabilities]
  var numbers: [Numbers]

  init() throws {
    let url = URL(filePath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "References/metrics.json")
    self = try JSONDecoder().decode(MetricReferences.self, from: Data(contentsOf: url))
  }
}
