import Basics
import Kernels
import LinearAlgebra
import TestSupport
import Testing

@Suite struct SupportPanelsTests {
  static let seed: UInt64 = 611

  /// All values, through all panels.
  private func values<Scalar: KernelScalar>(
    _ panels: SupportPanels<Scalar>, _ examples: FeatureMatrix, rows: Range<Int>
  ) -> Matrix<Scalar> {
    let ready = SupportPanels<Scalar>.Rows()
    switch examples {
    case .dense(let matrix):
      matrix.withUnsafeElements {
        panels.prepare(
          dense: $0.baseAddress! + rows.lowerBound * matrix.columnCount, rows: rows.count,
          in: ready)
      }
    case .sparse(let matrix): panels.prepare(matrix, rows: rows, in: ready)
    }
    var result = Matrix<Scalar>(rowCount: rows.count, columnCount: panels.count, repeating: 0)
    let width = SupportPanels<Scalar>.width
    panels.evaluate(ready) { panel, first, count, tile in
      for row in 0..<count {
        for place in 0..<min(width, panels.count - panel * width) {
          result[first + row, panel * width + place] = tile[row * width + place]
        }
      }
    }
    return result
  }

  /// Kernel values by the formula, and how far computed ones may lie from them.
  private struct Expected {
    var values: Matrix<Double>
    var bounds: Matrix<Double>
  }

  /// - Returns: The expected values of rows of x and z, in a precision with this unit roundoff.
  private func expected(
    _ function: KernelFunction, _ x: [[Double]], _ z: [[Double]], roundoff: Double
  ) -> Expected {
    Expected(
      values: Matrix(rowCount: x.count, columnCount: z.count) {
        plainKernel(function, x[$0], z[$1])
      },
      // Where examples were moved their norms are smaller, not larger.
      bounds: Matrix(rowCount: x.count, columnCount: z.count) {
        2 * function.bound(x[$0], z[$1], roundoff: roundoff) + 1e-14
      })
  }

  private func check<Scalar: KernelScalar>(
    _: Scalar.Type, vectors: Int, featureCount: Int, density: Double
  ) throws {
    let place: Comment = "\(vectors) × \(featureCount), density \(density), seed \(Self.seed)"
    for function in formulas(featureCount: featureCount) {
      var generator = TestGenerator(seed: Self.seed)
      var support = try SparseMatrix<Double>.random(
        vectors, featureCount, density: density, using: &generator)
      var examples = try SparseMatrix<Double>.random(
        59, featureCount, density: density, using: &generator)
      if function.requiresNonNegativeFeatures {
        support = try SparseMatrix(support.dense.magnitudes)
        examples = try SparseMatrix(examples.dense.magnitudes)
      }
      let (dense, denseSupport) = (examples.dense, support.dense)
      let expected = expected(
        function, (0..<59).map { dense.row($0) }, (0..<vectors).map { denseSupport.row($0) },
        roundoff: Scalar.roundoff)
      for vectorsAsGiven in [FeatureMatrix.dense(denseSupport), .sparse(support)] {
        let panels = SupportPanels<Scalar>(vectorsAsGiven, for: function)
        let whole = values(panels, .dense(dense), rows: 0..<59)
        for row in 0..<59 {
          for vector in 0..<vectors {
            #expect(
              isClose(
                Double(whole[row, vector]), expected.values[row, vector],
                within: expected.bounds[row, vector]),
              "\(function.name) of row \(row) and vector \(vector), \(place)")
          }
        }
        // The same bits, whatever the company and the storage.
        #expect(
          values(panels, .sparse(examples), rows: 0..<59) == whole, "\(function.name), \(place)")
        for rows in [0..<1, 5..<7, 11..<24, 10..<59] {
          let expected = whole.gatheringRows(Array(rows))
          #expect(
            values(panels, .dense(dense), rows: rows) == expected,
            "\(function.name), rows \(rows), \(place)")
          #expect(
            values(panels, .sparse(examples), rows: rows) == expected,
            "\(function.name), sparse rows \(rows), \(place)")
        }
      }
    }
  }

  @Test(arguments: [(1, 1), (63, 3), (64, 17), (65, 40), (130, 8)])
  func valuesAreTheFormulasAndTheSameInAnyCompany(vectors: Int, featureCount: Int) throws {
    for density in [1, 0.15] {
      try check(Float.self, vectors: vectors, featureCount: featureCount, density: density)
      try check(Double.self, vectors: vectors, featureCount: featureCount, density: density)
    }
  }

  @Test func wideSparseSupportVectorsGiveTheFormulas() throws {
    // Dense panels of these would hold more than 64 zeros for an entry.
    try check(Float.self, vectors: 70, featureCount: 4000, density: 0.004)
    try check(Double.self, vectors: 70, featureCount: 4000, density: 0.004)
  }

  @Test func aFeatureOfAllSupportVectorsIsListedForAll() throws {
    var generator = TestGenerator(seed: Self.seed)
    let sparse = try SparseMatrix<Double>.random(
      1200, 3000, density: 0.003, using: &generator
    ).dense
    let support = try SparseMatrix(
      Matrix<Double>(rowCount: 1200, columnCount: 3000) { row, column in
        column == 11 ? 0.5 + Double(row % 3) : sparse[row, column]
      })
    let dense = support.dense
    let examples = dense.rows(0..<60)
    let lists = SupportPanels<Double>(.sparse(support), for: .linear)
    let found = values(lists, .dense(examples), rows: 0..<60)
    for row in 0..<60 {
      for vector in 0..<1200 {
        let (x, z) = (examples.row(row), dense.row(vector))
        let expected = zip(x, z).reduce(0) { $0 + $1.0 * $1.1 }
        #expect(isClose(found[row, vector], expected, within: 1e-13), "seed \(Self.seed)")
      }
    }
  }

  @Test func anEnormousFeatureCountTakesNoMemory() throws {
    let width = Int(Int32.max)
    let support = try SparseMatrix<Double>(
      rowCount: 3, columnCount: width, rowOffsets: [0, 2, 3, 3],
      columnIndices: [4, Int32(width - 1), 70_000], values: [1, 2, 3])
    let examples = try SparseMatrix<Double>(
      rowCount: 2, columnCount: width, rowOffsets: [0, 2, 4],
      columnIndices: [4, Int32(width - 2), 70_000, Int32(width - 1)], values: [5, 7, -1, 0.5])
    let expected: [(KernelFunction, [[Double]])] = [
      (.linear, [[5, 0, 0], [1, -3, 0]]),
      (
        .gaussian(gamma: 0.01),
        [[69, 83, 74], [4.25, 16.25, 1.25]].map { $0.map { exp(-0.01 * $0) } }
      ),
      (
        .laplacianL1(gamma: 0.1),
        [[13, 15, 12], [3.5, 4.5, 1.5]].map { $0.map { exp(-0.1 * $0) } }
      ),
      (
        .laplacian(gamma: 0.1),
        [[69, 83, 74], [4.25, 16.25, 1.25]].map { $0.map { exp(-0.1 * $0.squareRoot()) } }
      ),
    ]
    for (function, kernel) in expected {
      let found = values(
        SupportPanels<Double>(.sparse(support), for: function), .sparse(examples), rows: 0..<2)
      for row in 0..<2 {
        for vector in 0..<3 {
          #expect(
            isClose(found[row, vector], kernel[row][vector], within: 1e-14),
            "\(function.name) of row \(row) and vector \(vector)")
        }
      }
    }
  }

  @Test func mostlyEmptyExamplesFarFromTheOriginAreStillMoved() throws {
    var generator = TestGenerator(seed: Self.seed)
    let sparse = try SparseMatrix<Double>.random(80, 40, density: 0.1, using: &generator).dense
    // One feature that says nothing, but is larger than all others.
    let support = Matrix<Double>(rowCount: 80, columnCount: 40) { row, column in
      column == 7 ? 3e4 : sparse[row, column]
    }
    let function = KernelFunction.gaussian(gamma: 0.1)
    let panels = SupportPanels<Float>(.dense(support), for: function)
    let found = values(panels, .dense(support), rows: 0..<80)
    let expected = plainKernelMatrix(function, support)
    for row in 0..<80 {
      for vector in 0..<80 {
        #expect(isClose(Double(found[row, vector]), expected[row, vector], within: 1e-5))
      }
    }
  }
}
