import LinearAlgebra

/// Examples with labels or targets, made from a seed.
package struct TestExamples {
  package var features: Matrix<Double>
  package var labels: [String]

  /// Round clouds, one for each class, whose centres lie `distance` apart: they overlap for
  /// distances below 4.
  package static func clouds(
    _ count: Int, features featureCount: Int, classes: [String] = ["a", "b"],
    distance: Double = 2, seed: UInt64
  ) -> TestExamples {
    var generator = TestGenerator(seed: seed)
    let centres = classes.indices.map { index -> [Double] in
      (0..<featureCount).map { feature in
        feature == index % featureCount ? distance * Double(1 + index / featureCount) : 0
      }
    }
    var elements: [Double] = []
    var labels: [String] = []
    for example in 0..<count {
      let index = example % classes.count
      labels.append(classes[index])
      for feature in 0..<featureCount {
        elements.append(centres[index][feature] + generator.normal())
      }
    }
    let features = Matrix(rowCount: count, columnCount: featureCount) {
      elements[$0 * featureCount + $1]
    }
    return TestExamples(features: features, labels: labels)
  }

  /// Targets that depend smoothly on the features, with noise.
  package static func targets(_ features: Matrix<Double>, noise: Double, seed: UInt64) -> [Double] {
    var generator = TestGenerator(seed: seed)
    return (0..<features.rowCount).map { row in
      let values = features.row(row)
      let first = values[0]
      let sum = values.reduce(0, +)
      return first / (1 + first * first) + sum / Double(values.count) + noise * generator.normal()
    }
  }
}
