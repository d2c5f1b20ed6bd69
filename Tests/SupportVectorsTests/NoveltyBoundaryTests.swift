import Kernels
import LinearAlgebra
import SMOSolver
import SupportVectors
import TestSupport
import Testing

/// At most a share ν of the training examples is called unlike them, whatever the size of the problem: rows
/// on the boundary are inside.
@Suite struct NoveltyBoundaryTests {
  private static func formulations(_ nu: Double) -> [NoveltyFormulation] {
    [.oneClass(nu: nu), .dataDescription(nu: nu)]
  }

  private func check(
    _ features: Matrix<Double>, _ kernel: Kernel, _ nu: Double, precision: Precision = .automatic,
    _ comment: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    for formulation in Self.formulations(nu) {
      let model = try NoveltyDetector.train(
        features: features, kernel: kernel, formulation: formulation,
        options: TrainingOptions(precision: precision))
      let outliers = try model.isTypical(features).count { !$0 }
      let comment: Comment = "\(comment), \(formulation), \(kernel), \(precision)"
      let allowed = nu * Double(features.rowCount) + 1e-9
      #expect(
        Double(outliers) <= allowed, "\(comment): \(outliers) outliers",
        sourceLocation: sourceLocation)
      // One by one, as sparse examples, and on another number of threads.
      for row in 0..<min(features.rowCount, 40) {
        let alone = try model.isTypical(example: features.row(row).map { $0 })
        let together = try model.isTypical(.dense(features), threads: 1)[row]
        #expect(alone == together, "\(comment), row \(row)", sourceLocation: sourceLocation)
      }
      let gap = try #require(model.problem.certificate.relativeGap)
      #expect(model.isConverged, comment, sourceLocation: sourceLocation)
      #expect(gap < 0.1, "\(comment): gap \(gap)", sourceLocation: sourceLocation)
    }
  }

  @Test func equalRowsAreInside() throws {
    let rows = Matrix<Double>(rowCount: 5, columnCount: 2) { Double($1 + 1) + 0 * Double($0) }
    for kernel in [Kernel.gaussian(), .laplacian(), .polynomial(constantTerm: 1), .linear] {
      for formulation in Self.formulations(0.5) {
        let model = try NoveltyDetector.train(
          features: rows, kernel: kernel, formulation: formulation)
        #expect(
          try model.isTypical(rows).allSatisfy { $0 }, "\(formulation), \(kernel)")
      }
    }
  }

  @Test func tenRowsHaveOneOutlierAtMost() throws {
    let rows = Matrix<Double>(rowCount: 10, columnCount: 1) { row, _ in
      (Double(row) - 4.5) / 8.25.squareRoot()
    }
    for precision in Precision.allCases {
      try check(rows, .gaussian(), 0.1, precision: precision, "1 … 10")
      try check(rows, .laplacian(), 0.1, precision: precision, "1 … 10")
    }
  }

  /// A ν so small that the dual variables are a sum of 0.002: the tolerance follows.
  @Test func aTinyNuIsSolvedToo() throws {
    var generator = TestGenerator(seed: 941)
    let rows = Matrix<Double>(rowCount: 2000, columnCount: 3) { _, _ in generator.uniform() }
    let model = try NoveltyDetector.train(
      features: rows, kernel: .gaussian(), formulation: .oneClass(nu: 1e-6))
    #expect(try model.isTypical(rows).allSatisfy { $0 }, "seed 941")
    #expect(try #require(model.problem.certificate.relativeGap) < 0.1, "seed 941")
  }

  @Test(arguments: 0..<12)
  func noMoreThanAShareOfNuIsOutside(seed: Int) throws {
    var generator = TestGenerator(seed: 950 + UInt64(seed))
    let count = Int.random(in: 3...160, using: &generator)
    let width = Int.random(in: 1...4, using: &generator)
    let isGrid = seed % 3 == 0
    let rows = Matrix<Double>(rowCount: count, columnCount: width) { _, _ in
      // Grids have many equal rows, and many on the boundary.
      isGrid ? Double(Int.random(in: 0...3, using: &generator)) : generator.normal()
    }
    let nus: [Double] = [1e-6, 0.02, 0.1, 0.5, 1]
    let nu = nus[seed % 5]
    for kernel in [Kernel.gaussian(), .laplacian(), .laplacianL1()] {
      for precision in [Precision.automatic, .single] {
        try check(rows, kernel, nu, precision: precision, "seed \(950 + seed), nu \(nu)")
      }
    }
  }

  /// The ν-classification has the same small sums.
  @Test func aTinyNuOfAClassificationIsSolvedToo() throws {
    let examples = TestExamples.clouds(400, features: 3, distance: 8, seed: 970)
    // With a still smaller ν the dual variables are a millionth of their bounds, and the slacks of all
    // rows that lie on the margin within the tolerance outweigh the objective: the labels are right,
    // the gap says little.
    for nu in [1e-4, 0.01] {
      let model = try SupportVectorClassifier.train(
        features: .dense(examples.features), labels: examples.labels,
        settings: .init(formulation: .nu(nu)))
      let wrong = zip(try model.predict(examples.features), examples.labels).count { $0 != $1 }
      #expect(Double(wrong) <= nu * 400, "nu \(nu), seed 970: \(wrong) wrong")
      let gap = try #require(model.problems[0].certificate.relativeGap)
      #expect(gap < 0.5, "nu \(nu), seed 970: gap \(gap)")
    }
  }
}
