import Foundation
import Kernels
import LinearAlgebra
import TestSupport
import Testing

/// Kernel values and traits of every formula of the catalogue.
@Suite struct KernelReferenceTests {
  private struct Reference: Decodable {
    struct Case: Decodable {
      var kernel: String
      var gamma: Double?
      var degree: Double?
      var coef0: Double?
      var shape: Double?
      var values: [[Double]]
    }
    var training: [[Double]]
    var others: [[Double]]
    var cases: [Case]
  }

  private static let reference: Reference = {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent()
    let file = folder.appendingPathComponent("References/kernels.json")
    do {
      return try JSONDecoder().decode(Reference.self, from: Data(contentsOf: file))
    } catch {
      preconditionFailure("\(file.path): \(error)")
    }
  }()

  private static func function(_ reference: Reference.Case) throws -> KernelFunction {
    let formula = try #require(KernelCatalog.formula(named: reference.kernel))
    var values: [KernelParameter: Double] = [:]
    values[.degree] = reference.degree
    values[.constantTerm] = reference.coef0
    values[.shape] = reference.shape
    return .formula(FormulaKernel(formula, width: reference.gamma, values))
  }

  private static func matrix(_ rows: [[Double]]) -> Matrix<Double> {
    Matrix(rowCount: rows.count, columnCount: rows[0].count) { rows[$0][$1] }
  }

  /// Values in Double, by the plain formula, tiles and panels, of dense and of sparse examples.
  @Test(arguments: 0..<reference.cases.count)
  func valuesAreScikitLearns(place: Int) throws {
    let reference = Self.reference.cases[place]
    let function = try Self.function(reference)
    let rows = Self.matrix(Array(Self.reference.training[..<12]))
    let columns = Self.matrix(Self.reference.others)
    for i in 0..<rows.rowCount {
      for j in 0..<columns.rowCount {
        let plain = rows.withRow(i) { x in columns.withRow(j) { function.value(x, $0) } }
        #expect(isClose(plain, reference.values[i][j], within: 1e-12), "\(reference.kernel)")
      }
    }
    for isSparse in [false, true] {
      func stored(_ matrix: Matrix<Double>) throws -> FeatureMatrix {
        isSparse ? .sparse(try SparseMatrix(matrix)) : .dense(matrix)
      }
      let both = Matrix<Double>(rowCount: 21, columnCount: rows.columnCount) {
        $0 < 12 ? rows[$0, $1] : columns[$0 - 12, $1]
      }
      let kernel = TiledKernel<Double>(
        try stored(both), function, threads: 1, memoryLimit: 1 << 20)
      let values = try block(kernel, rows: (0..<12).map { $0 }, columns: (12..<21).map { $0 })
      let panels = SupportPanels<Double>(try stored(columns), for: function)
      let prepared = SupportPanels<Double>.Rows()
      panels.prepare(try SparseMatrix(rows), rows: 0..<12, in: prepared)
      var found = [[Double]](repeating: [], count: 12)
      panels.evaluate(prepared) { _, first, count, values in
        for row in 0..<count {
          found[first + row] += (0..<9).map { values[row * SupportPanels<Double>.width + $0] }
        }
      }
      for i in 0..<12 {
        for j in 0..<9 {
          let expected = reference.values[i][j]
          let comment: Comment = "\(reference.kernel), sparse \(isSparse), \(i), \(j)"
          #expect(isClose(values[i, j], expected, within: 1e-12 * max(1, abs(expected))), comment)
          #expect(isClose(found[i][j], expected, within: 1e-12 * max(1, abs(expected))), comment)
        }
      }
    }
  }

  /// Every formula has a reference, so that a new one is not forgotten.
  @Test func everyFormulaHasReferences() {
    let names = Set(Self.reference.cases.map(\.kernel))
    for formula in KernelCatalog.formulas { #expect(names.contains(formula.name)) }
  }

  /// What formulas claim of themselves holds for random examples.
  @Test(arguments: 0..<reference.cases.count)
  func traitsHold(place: Int) throws {
    let function = try Self.function(Self.reference.cases[place])
    let kernel = try #require(function.formula)
    let x = Self.matrix(Self.reference.training)
    let count = x.rowCount
    let values = Matrix<Double>(rowCount: count, columnCount: count) { i, j in
      x.withRow(i) { a in x.withRow(j) { function.value(a, $0) } }
    }
    for i in 0..<count {
      if kernel.formula.hasUnitDiagonal { #expect(values[i, i] == 1) }
      for j in 0..<count {
        #expect(values[i, j] == values[j, i])
        if kernel.formula.isBounded { #expect(abs(values[i, j]) <= 1) }
      }
    }
    if kernel.formula.isPositiveSemidefinite(kernel) {
      let smallest = try SymmetricEigen(values).values.min() ?? 0
      #expect(smallest > -1e-10 * (0..<count).reduce(0) { $0 + values[$1, $1] })
    }
    if let slope = kernel.distanceSlope {
      let step = 1e-7
      let map = kernel.formula.map(kernel)
      #expect(isClose((1 - map.value(step)) / step, slope, relative: 1e-3))
    }
    if kernel.width != nil {
      // Features times 3, and gamma adjusted: the same values for kernels of γ times their pair value.
      let stretched = kernel.stretchingFeatures(by: 3)
      guard kernel.formula.pair != .innerProduct else { return }
      let other = KernelFunction.formula(stretched)
      let thirds = Matrix<Double>(rowCount: count, columnCount: x.columnCount) { x[$0, $1] / 3 }
      for i in 0..<count {
        let value = thirds.withRow(i) { a in thirds.withRow(0) { other.value(a, $0) } }
        #expect(isClose(value, values[i, 0], within: 1e-12))
      }
    }
  }

  @Test func negativeFeaturesAreRefusedWithTheirPlace() throws {
    let features = Matrix<Double>(rowCount: 3, columnCount: 4) { row, column in
      row == 1 && column == 2 ? -0.5 : 1
    }
    let function = KernelFunction.sum([
      .gaussian(gamma: 1), .columns(ColumnGroup(1..<4), .chiSquared(gamma: 1)),
    ])
    for stored in [FeatureMatrix.dense(features), .sparse(try SparseMatrix(features))] {
      #expect(
        throws: KernelError.negativeFeature(
          kernel: "chi-squared", row: 1, column: 2, value: -0.5)
      ) { try function.checkFeatures(stored) }
    }
    try KernelFunction.gaussian(gamma: 1).checkFeatures(.dense(features))
    let error = KernelError.negativeFeature(kernel: "chi-squared", row: 2, column: 1, value: -4)
    let rest =
      " is -4, but the chi-squared kernel takes features that are at least 0; "
      + "scale them to 0 … 1 (--scale minmax) or choose another kernel"
    #expect("\(error)" == "row 3, feature 2" + rest)
    #expect("\(error.naming(feature: "feature b"))" == "feature b" + rest)
    let other = KernelError.notFinite(row: 0, column: 0)
    #expect(other.naming(feature: "feature b") == other)
  }
}
