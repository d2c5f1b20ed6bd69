import Kernels
import LinearAlgebra
import TestSupport
import Testing

@Suite struct SupportPanelsTests {
  static let seed: UInt64 = 611

  /// All values, through all panels.
  private func values<Scalar: PanelScalar>(
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
    for panel in 0..<panels.panelCount {
      panels.evaluate(panel: panel, ready) { first, count, tile in
        for row in 0..<count {
          for place in 0..<min(width, panels.count - panel * width) {
            result[first + row, panel * width + place] = tile[row * width + place]
          }
        }
      }
    }
    return result
  }

  private func check<Scalar: PanelScalar>(
    _: Scalar.Type, vectors: Int, featureCount: Int, density: Double
  ) throws {
    var generator = TestGenerator(seed: Self.seed)
    let support = try SparseMatrix<Double>.random(
      vectors, featureCount, density: density, using: &generator)
    let examples = try SparseMatrix<Double>.random(
      59, featureCount, density: density, using: &generator)
    let place: Comment = "\(vectors) × \(featureCount), density \(density), seed \(Self.seed)"
    for function in formulas(featureCount: featureCount) {
      for vectorsAsGiven in [FeatureMatrix.dense(support.dense), .sparse(support)] {
        let panels = SupportPanels<Scalar>(vectorsAsGiven, for: function)
        let whole = values(panels, .dense(examples.dense), rows: 0..<59)
        for row in 0..<59 {
          for vector in 0..<vectors {
            let (x, z) = (examples.dense.row(row), support.dense.row(vector))
            let expected = plainKernel(function, x, z)
            // Where examples were moved their norms are smaller, not larger.
            let bound = 2 * function.bound(x, z, roundoff: Scalar.roundoff) + 1e-14
            #expect(
              isClose(Double(whole[row, vector]), expected, within: bound),
              "\(function.name) of row \(row) and vector \(vector), \(place)")
          }
        }
        // The same bits, whatever the company and the storage.
        #expect(
          values(panels, .sparse(examples), rows: 0..<59) == whole, "\(function.name), \(place)")
        for rows in [0..<1, 5..<7, 11..<24, 10..<59] {
          let expected = whole.gatheringRows(Array(rows))
          #expect(
            values(panels, .dense(examples.dense), rows: rows) == expected,
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
    let expected = plainKernelMatrix(function, support, support)
    for row in 0..<80 {
      for vector in 0..<80 {
        #expect(isClose(Double(found[row, vector]), expected[row, vector], within: 1e-5))
      }
    }
  }
}
