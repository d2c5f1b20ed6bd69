import Foundation
import TestSupport

/// `Tests/References/calibration.json`; the README.md there says how the numbers were made.
struct CalibrationReferences: Decodable {
  struct Scores: Decodable, CustomStringConvertible, Sendable {
    var name: String
    var decisions: [Double]
    var isPositive: [Bool]
    var weights: [Double]
    var a: Double
    var b: Double
    var inverseTemperature: Double
    var points: [Double]
    var isotonic: [Double]
    var description: String { name }
  }

  struct Temperature: Decodable, Sendable {
    var scores: [[Double]]
    var classes: [Int]
    var weights: [Double]
    var inverseTemperature: Double
  }

  struct Coupling: Decodable, Sendable {
    var classCount: Int
    var later: [Double]
    var probabilities: [Double]
  }

  struct Intervals: Decodable, Sendable {
    var residuals: [Double]
    var laplaceScale: Double
    var coverages: [Double]
    var halfWidths: [Double?]
  }

  var scores: [Scores]
  var temperatures: [Temperature]
  var couplings: [Coupling]
  var intervals: Intervals

  static func load() throws -> CalibrationReferences {
    let url = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "References/calibration.json")
    return try JSONDecoder().decode(CalibrationReferences.self, from: Data(contentsOf: url))
  }
}

/// Decision values of two overlapping classes with labels and weights; some weights are 0.
struct RandomScores {
  var decisions: [Double] = []
  var isPositive: [Bool] = []
  var weights: [Double] = []

  // The positive class lies by `shift` above the negative one; below 0 it is reversed.
  init(seed: UInt64, count: Int, shift: Double, decimals: Double = 100) {
    var generator = TestGenerator(seed: seed)
    for row in 0..<count {
      let positive = row == 0 || (row > 1 && generator.uniform() < 0.5)
      let value = generator.normal() + (positive ? shift : 0)
      decisions.append((value * decimals).rounded() / decimals)
      isPositive.append(positive)
      weights.append((generator.uniform() * 4).rounded(.down) / 2)
    }
    weights[0] = 1
    weights[1] = 1
  }

  /// Decision values in and around the rows', ascending.
  var grid: [Double] {
    let low = (decisions.min() ?? 0) - 1
    let high = (decisions.max() ?? 0) + 1
    let even = (0...400).map { low + (high - low) * Double($0) / 400 }
    return (even + decisions + [-1e300, 1e300, -.infinity, .infinity]).sorted()
  }
}
