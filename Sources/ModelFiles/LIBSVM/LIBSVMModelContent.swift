import Kernels
import LinearAlgebra
import SMOSolver
import SupportVectors
import Tables
import TabularModels

/// What LIBSVM's model text says, before it becomes a model.
struct LIBSVMModelContent {
  /// Support vectors in the order of the text.
  struct Rows {
    /// Row after row.
    var coefficients: [Double] = []
    /// The indices as they are written.
    private(set) var indices: [Int32] = []
    private(set) var values: [Double] = []
    /// Where each row begins, and the end of the last.
    private(set) var offsets = [0]

    var count: Int { offsets.count - 1 }

    /// Zeros are kept only as far as they show an index.
    mutating func append(index: Int, value: Double) {
      indices.append(Int32(index))
      values.append(value)
    }

    mutating func endRow() { offsets.append(indices.count) }

    /// Some rows as a matrix; its columns are the indices, from 0 or from 1.
    func matrix(_ order: [Int], isZeroBased: Bool, columnCount: Int) throws -> FeatureMatrix {
      let base: Int32 = isZeroBased ? 0 : 1
      var rowOffsets = [0]
      var columns: [Int32] = []
      var kept: [Double] = []
      for row in order {
        for entry in offsets[row]..<offsets[row + 1] where values[entry] != 0 {
          columns.append(indices[entry] - base)
          kept.append(values[entry])
        }
        rowOffsets.append(columns.count)
      }
      return FeatureMatrix(
        choosingFor: try SparseMatrix(
          rowCount: order.count, columnCount: columnCount, rowOffsets: rowOffsets,
          columnIndices: columns, values: kept))
    }
  }

  let formulation: LIBSVMModelText.Formulation
  let kernel: KernelFunction
  let rho: [Double]
  /// The classes in the order of the text; none for a regression.
  let classNames: [String]
  let supportCounts: [Int]
  let rows: Rows

  /// A classifier in this package's order of classes and with its signs.
  func classifier(atLeast featureCount: Int) throws -> TabularModel {
    // Of two classes the first in the text is positive there; here it is the later one.
    let isReversed =
      classNames.count == 2 && ClassTable(classNames).names[0] == classNames[1]
    let sign: Double = isReversed ? 1 : -1
    let order =
      isReversed
      ? Array(supportCounts[0]..<rows.count) + Array(0..<supportCounts[0])
      : Array(0..<rows.count)
    let rowCount = classNames.count - 1
    let expansion = try expansion(
      order: order, supportCounts: isReversed ? supportCounts.reversed() : supportCounts,
      coefficientRows: rowCount, sign: sign, atLeast: featureCount)
    let classes = isReversed ? Array(classNames.reversed()) : classNames
    var problems: [ProblemReport] = []
    for earlier in classes.indices {
      for later in classes.indices.dropFirst(earlier + 1) {
        problems.append(report(expansion, earlier: earlier, later: later))
      }
    }
    return try model(
      .init(
        SupportVectorClassifier(
          classes: classes, expansion: expansion,
          formulation: formulation == .nuClassification
            ? .nu(Self.unknown) : .c(Self.unknown),
          tolerance: Self.unknown, trainingCount: max(rows.count, 1), problems: problems)))
  }

  /// A regressor; its coefficients have the same meaning in both.
  func regressor(atLeast featureCount: Int) throws -> TabularModel {
    let expansion = try expansion(
      order: Array(0..<rows.count), supportCounts: [rows.count], coefficientRows: 1, sign: 1,
      atLeast: featureCount)
    return try model(
      .init(
        SupportVectorRegressor(
          expansion: expansion,
          formulation: formulation == .nuRegression
            ? .nu(Self.unknown, boxConstraint: Self.unknown)
            : .epsilon(boxConstraint: Self.unknown, epsilon: Self.unknown),
          epsilon: Self.unknown,
          training: .init(tolerance: Self.unknown, count: max(rows.count, 1)),
          problem: Self.report(supportVectorCount: rows.count))))
  }

  /// A one-class machine: the value Σ coefficient · κ − rho has the same meaning in both.
  func noveltyDetector(atLeast featureCount: Int) throws -> TabularModel {
    let expansion = try expansion(
      order: Array(0..<rows.count), supportCounts: [rows.count], coefficientRows: 1, sign: 1,
      atLeast: featureCount)
    return try model(
      .init(
        NoveltyDetector(
          expansion: expansion, formulation: .oneClass(nu: Self.unknown), offset: rho[0],
          tolerance: Self.unknown, trainingCount: max(rows.count, 1),
          problem: Self.report(supportVectorCount: rows.count))))
  }

  private func model(_ predictor: TabularModel.Predictor) throws -> TabularModel {
    try TabularModel(
      preprocessor: .libsvm(
        LIBSVMPreprocessor(
          isZeroBased: isZeroBased,
          scaler: .identity(featureCount: predictor.featureCount))),
      predictor: predictor, provenance: TabularModel.Provenance())
  }

  private var isZeroBased: Bool { rows.indices.contains(0) }

  private func expansion(
    order: [Int], supportCounts: [Int], coefficientRows: Int, sign: Double, atLeast: Int
  ) throws -> KernelExpansion {
    let largest = rows.indices.max().map { Int($0) + (isZeroBased ? 1 : 0) } ?? 0
    let featureCount = max(largest, min(atLeast, LIBSVMReader.largestIndex))
    var coefficients: [Double] = []
    coefficients.reserveCapacity(rows.coefficients.count)
    for coefficientRow in 0..<coefficientRows {
      for row in order {
        // Adding 0 makes −0 plain 0.
        coefficients.append(sign * rows.coefficients[row * coefficientRows + coefficientRow] + 0)
      }
    }
    return try KernelExpansion(
      kernel: kernel, featureCount: featureCount,
      supportVectors: try rows.matrix(
        order, isZeroBased: isZeroBased, columnCount: featureCount),
      supportIndices: Array(0..<rows.count), supportCounts: supportCounts,
      dualCoefficients: try Matrix(
        rowCount: coefficientRows, columnCount: rows.count, elements: coefficients),
      biases: rho.map { -sign * $0 + 0 }, precision: .automatic)
  }

  /// C, ν, ε and the tolerance, which the text does not tell.
  private static let unknown = Double.nan

  private func report(_ expansion: KernelExpansion, earlier: Int, later: Int) -> ProblemReport {
    var first = 0
    var count = 0
    for (group, size) in expansion.supportCounts.enumerated() {
      if group == earlier || group == later {
        let row = group == earlier ? later - 1 : earlier
        for column in first..<first + size where expansion.dualCoefficients[row, column] != 0 {
          count += 1
        }
      }
      first += size
    }
    return Self.report(supportVectorCount: count)
  }

  private static func report(supportVectorCount: Int) -> ProblemReport {
    ProblemReport(
      certificate: Certificate(
        iterations: 0, stopReason: .imported, kktViolation: .infinity,
        primalObjective: .infinity, dualObjective: -.infinity, relativeGap: nil, source: .running),
      supportVectorCount: supportVectorCount, boundedSupportVectorCount: 0,
      kernelValuesComputed: 0)
  }
}
