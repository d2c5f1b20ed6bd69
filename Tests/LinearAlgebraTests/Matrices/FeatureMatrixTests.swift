import LinearAlgebra
import Testing

@Suite struct FeatureMatrixTests {
  @Test func denseAndSparseFeaturesAgree() throws {
    let dense = try Matrix<Double>(rows: [[0, 5], [7, 0], [0, 0]])
    let both: [FeatureMatrix] = [.dense(dense), .sparse(try SparseMatrix(dense))]
    for features in both {
      #expect(features.rowCount == 3)
      #expect(features.columnCount == 2)
      #expect(features.dense == dense)
      #expect(features.gatheringRows([1, 0]).dense == dense.gatheringRows([1, 0]))
      #expect(features.firstNonFinite == nil)
    }
  }

  @Test func theFirstEntryThatIsNotFiniteIsFound() throws {
    let dense = try Matrix<Double>(rows: [
      [0, 0, 1], [0, 0, 0], [0, -.infinity, 2], [.nan, 0, 0],
    ])
    let both: [FeatureMatrix] = [
      .dense(dense), .sparse(try SparseMatrix(dense)),
      // Blocks count from their own first row.
      .dense(try Matrix<Double>(rows: [[.nan, 1, 1]] + (0..<4).map(dense.row)).rows(1..<5)),
    ]
    for features in both {
      let found = try #require(features.firstNonFinite)
      #expect(found.row == 2)
      #expect(found.column == 1)
      #expect(found.value == -.infinity)
    }
  }

  @Test func choosesTheStorageByDensity() throws {
    let half = Matrix<Double>(rowCount: 4, columnCount: 4) { ($0 + $1) % 2 == 0 ? 1 : 0 }
    guard case .dense(let dense) = FeatureMatrix(choosingFor: SparseMatrix(fitting: half)) else {
      Issue.record("half of the entries were stored sparsely")
      return
    }
    #expect(dense == half)
    let identity = Matrix<Double>.identity(8)
    guard case .sparse = FeatureMatrix(choosingFor: SparseMatrix(fitting: identity)) else {
      Issue.record("an eighth of the entries was stored densely")
      return
    }
  }
}
