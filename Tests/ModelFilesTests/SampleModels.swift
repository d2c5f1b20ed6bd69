import Evaluation
import Kernels
import LinearAlgebra
import ModelFiles
import SMOSolver
import SupportVectors
import Tables
import TabularModels
import Testing

/// Models built from parts: they were never trained, but have everything that trained ones have.
enum SampleModels {
  typealias Sample = (name: String, make: @Sendable () throws -> TabularModel)

  static let all = built + MethodModels.all

  private static let built: [Sample] = [
    ("table of three classes", { try table() }),
    ("sparse text of two classes", { try sparse() }),
    ("regression on features", { try regression() }),
    ("one class", { try oneClass() }),
    ("precomputed", { try precomputed() }),
    ("composite kernel", { try composite() }),
    ("table with texts", { try texts() }),
  ]

  static func report(_ number: Int) -> ProblemReport {
    ProblemReport(
      certificate: Certificate(
        iterations: 10 + number, stopReason: .converged, kktViolation: 0.1 / Double(3 + number),
        primalObjective: 1.0 / 3, dualObjective: 0.333, relativeGap: 1e-3 / 7, source: .recomputed),
      supportVectorCount: 4, boundedSupportVectorCount: 1, kernelValuesComputed: 12345)
  }

  static func matrix(_ rowCount: Int, _ columnCount: Int, seed: UInt64) -> Matrix<Double> {
    var generator = SeededGenerator(seed: seed)
    return Matrix(rowCount: rowCount, columnCount: columnCount) { _, _ in
      Double.random(in: -3...3, using: &generator)
    }
  }

  /// Three classes with names that need escapes, categories, a header, scaling.
  static func table(kernel: KernelFunction = .gaussian(gamma: 0.1 + 0.2)) throws -> TabularModel {
    let preprocessor = try TablePreprocessor(
      inputs: [
        InputColumn(name: "length, \"mm\"", kind: .numeric(replacement: 5.1)),
        InputColumn(
          name: "colour", kind: .categorical(levels: ["blue", "grün", "naïve\n"], replacement: 1)),
      ], target: TargetColumn(name: "species", position: 2),
      unused: [
        UnusedColumn(name: "note \"x\"", position: 0, reason: .mostlyDistinct),
        UnusedColumn(name: "id", position: 3, reason: .identifier),
      ], hasHeader: true,
      policies: .init(missing: .mean, unseen: .ignore, missingMarkers: ["-", "n\"k"]),
      scaler: try FeatureScaler(
        scaling: .standard, featureCount: 4, offsets: [5.843333333333334, 0.1, -0.0, 1e-300],
        factors: [1 / 3.0, 1, .leastNonzeroMagnitude, .greatestFiniteMagnitude]))
    let expansion = try KernelExpansion(
      kernel: kernel, featureCount: 4,
      supportVectors: .dense(matrix(5, 4, seed: 1)), supportIndices: [0, 7, 50, 51, 120],
      supportCounts: [2, 2, 1], dualCoefficients: matrix(2, 5, seed: 2),
      biases: [0.1, -0.2, 1e-17], precision: .automatic)
    return try TabularModel(
      preprocessor: .table(preprocessor),
      predictor: .init(
        try SupportVectorClassifier(
          classes: ["setosa", "versi\"color", "virginica"], expansion: expansion,
          boxConstraint: 1, tolerance: 1e-3, trainingCount: 150,
          problems: [report(0), report(1), report(2)])),
      provenance: TabularModel.Provenance(
        dataDigest: String(repeating: "0123456789abcdef", count: 4), skippedRowCount: 2))
  }

  /// A column of texts with a vocabulary, one with buckets, and one whose rare words weigh no more.
  static func texts() throws -> TabularModel {
    let words = try TextVectorizer(fitting: ["one two two", "два drei", ""])
    let hashed = try TextVectorizer(
      fitting: ["one", "two"],
      options: .init(unit: .characters, lengths: 2...3, bucketCount: 4, counting: .logarithm))
    let present = try TextVectorizer(
      fitting: ["a b"],
      options: .init(
        foldsCase: false, maximumTermCount: 5, counting: .presence, weighsRarity: false,
        normalizes: false))
    let preprocessor = try TablePreprocessor(
      inputs: [
        InputColumn(name: "subject", kind: .text(words)),
        InputColumn(name: "size", kind: .numeric(replacement: nil)),
        InputColumn(name: "body", kind: .text(hashed)),
        InputColumn(name: "tags", kind: .text(present)),
      ], target: nil, hasHeader: true, policies: .init(missing: .error),
      scaler: try FeatureScaler(
        scaling: .standard, featureCount: 11,
        offsets: [0, 0, 0, 0, 17.5, 0, 0, 0, 0, 0, 0],
        factors: [1, 1, 1, 1, 0.25, 1, 1, 1, 1, 1, 1]))
    let supportVectors = try SparseMatrix<Double>(
      rowCount: 2, columnCount: 11, rowOffsets: [0, 2, 4], columnIndices: [1, 4, 2, 10],
      values: [0.6, -1.5, 0.8, 1])
    let expansion = try KernelExpansion(
      kernel: .linear, featureCount: 11, supportVectors: .sparse(supportVectors),
      supportIndices: [0, 2], supportCounts: [1, 1], dualCoefficients: matrix(1, 2, seed: 8),
      biases: [-0.75], precision: .automatic)
    return try TabularModel(
      preprocessor: .table(preprocessor),
      predictor: .init(
        try SupportVectorClassifier(
          classes: ["ham", "spam"], expansion: expansion, boxConstraint: 1, tolerance: 1e-3,
          trainingCount: 3, problems: [report(0)])),
      provenance: TabularModel.Provenance())
  }

  static func sparse() throws -> TabularModel {
    let supportVectors = try SparseMatrix<Double>(
      rowCount: 3, columnCount: 1000, rowOffsets: [0, 2, 2, 5],
      columnIndices: [0, 999, 3, 4, 5], values: [1, -2.5, 0.1, 1e-9, 3])
    let expansion = try KernelExpansion(
      kernel: .polynomial(degree: 3, gamma: 0.25, constantTerm: -1), featureCount: 1000,
      supportVectors: .sparse(supportVectors), supportIndices: [1, 5, 3], supportCounts: [2, 1],
      dualCoefficients: matrix(1, 3, seed: 3), biases: [0.5], precision: .single)
    return try TabularModel(
      preprocessor: .libsvm(
        LIBSVMPreprocessor(isZeroBased: false, scaler: .identity(featureCount: 1000))),
      predictor: .init(
        try SupportVectorClassifier(
          classes: ["-1", "1"], expansion: expansion, boxConstraint: 10, tolerance: 1e-6,
          trainingCount: 6, problems: [report(0)])),
      provenance: TabularModel.Provenance())
  }

  static func regression() throws -> TabularModel {
    var problem = report(0)
    // What a training that was stopped at once reports.
    problem.certificate = Certificate(
      iterations: 0, stopReason: .cancelled, kktViolation: .infinity, primalObjective: .infinity,
      dualObjective: 0, relativeGap: nil, source: .running)
    let expansion = try KernelExpansion(
      kernel: .sigmoid(gamma: 1e-5, constantTerm: 0.1), featureCount: 2,
      supportVectors: .dense(matrix(3, 2, seed: 4)), supportIndices: [4, 2, 9],
      supportCounts: [3], dualCoefficients: matrix(1, 3, seed: 5), biases: [151.5],
      precision: .double)
    return try TabularModel(
      preprocessor: nil,
      predictor: .init(
        try SupportVectorRegressor(
          expansion: expansion, boxConstraint: 0.1, epsilon: 0, tolerance: 1e-3,
          trainingCount: 10, problem: problem)),
      provenance: TabularModel.Provenance(
        targetScaling: TargetScaling(center: 151.5, unit: 64),
        sampling: TabularModel.Sampling(rowCount: 10, of: 1000, seed: UInt64.max)))
  }

  static func oneClass() throws -> TabularModel {
    let expansion = try KernelExpansion(
      kernel: .linear, featureCount: 2,
      supportVectors: .dense(Matrix(rowCount: 0, columnCount: 2, repeating: 0)),
      supportIndices: [], supportCounts: [0],
      dualCoefficients: Matrix(rowCount: 0, columnCount: 0, repeating: 0), biases: [],
      precision: .automatic)
    return try TabularModel(
      preprocessor: nil,
      predictor: .init(
        try SupportVectorClassifier(
          classes: ["yes"], expansion: expansion, boxConstraint: 1, tolerance: 1e-3,
          trainingCount: 10, problems: [])),
      provenance: TabularModel.Provenance())
  }

  /// Every way to put kernels together, with a precomputed part.
  static let compositeKernel = KernelFunction.sum([
    .columns(ColumnGroup(0..<6), .precomputed),
    .scaled(
      1 / 3.0,
      .product([
        .columns(ColumnGroup([6, 8, 9]), .gaussian(gamma: 0.1 + 0.2)),
        .polynomial(degree: 2, gamma: 1e-300, constantTerm: -0.5),
      ])),
    .columns(
      ColumnGroup(6..<10), .sum([.linear, .columns(ColumnGroup([3, 0]), .laplacianL1(gamma: 2))])),
  ])

  static func composite(kernel: KernelFunction = compositeKernel) throws -> TabularModel {
    let expansion = try KernelExpansion(
      kernel: kernel, featureCount: 10, supportVectors: .dense(matrix(2, 10, seed: 11)),
      supportIndices: [0, 5], supportCounts: [1, 1], dualCoefficients: matrix(1, 2, seed: 12),
      biases: [0.25], precision: .automatic)
    return try TabularModel(
      preprocessor: nil,
      predictor: .init(
        try SupportVectorClassifier(
          classes: ["a", "b"], expansion: expansion, boxConstraint: 1, tolerance: 1e-3,
          trainingCount: 6, problems: [report(0)])),
      provenance: TabularModel.Provenance())
  }

  static func precomputed() throws -> TabularModel {
    let expansion = try KernelExpansion(
      kernel: .precomputed, featureCount: 6,
      supportVectors: .dense(Matrix(rowCount: 2, columnCount: 0, repeating: 0)),
      supportIndices: [0, 5], supportCounts: [1, 1], dualCoefficients: matrix(1, 2, seed: 6),
      biases: [0.25], precision: .automatic)
    return try TabularModel(
      preprocessor: nil,
      predictor: .init(
        try SupportVectorClassifier(
          classes: ["a", "b"], expansion: expansion, boxConstraint: 1, tolerance: 1e-3,
          trainingCount: 6, problems: [report(0)])),
      provenance: TabularModel.Provenance())
  }
}

/// Checks that two models have the same parts, numbers bit for bit.
func expectSameModel(_ left: TabularModel, _ right: TabularModel) {
  expectSameMethod(left, right)
  func bits(_ values: [Double]) -> [UInt64] { values.map(\.bitPattern) }
  #expect("\(left.predictor.kernel)" == "\(right.predictor.kernel)")
  #expect(left.predictor.featureCount == right.predictor.featureCount)
  #expect((left.predictor.expansion == nil) == (right.predictor.expansion == nil))
  if let first = left.predictor.expansion, let second = right.predictor.expansion {
    #expect(first.supportVectors == second.supportVectors)
    #expect(
      bits(first.supportVectors.dense.elements) == bits(second.supportVectors.dense.elements))
    #expect(first.supportIndices == second.supportIndices)
    #expect(first.supportCounts == second.supportCounts)
    #expect(first.layout == second.layout)
    #expect(first.dualCoefficients.rowCount == second.dualCoefficients.rowCount)
    #expect(bits(first.dualCoefficients.elements) == bits(second.dualCoefficients.elements))
    #expect(first.precision == second.precision)
  }
  #expect(bits(left.predictor.biases) == bits(right.predictor.biases))
  #expect(left.calibration == right.calibration)
  #expect(left.predictor.formulation == right.predictor.formulation)
  #expect(left.predictor.parameters == right.predictor.parameters)
  #expect(left.predictor.tolerance == right.predictor.tolerance)
  #expect(left.predictor.trainingCount == right.predictor.trainingCount)
  #expect(
    left.classes.map { $0.map { Array($0.utf8) } }
      == right.classes.map { $0.map { Array($0.utf8) } })
  #expect(left.provenance == right.provenance)
  #expect(left.preprocessor == right.preprocessor)
  if case .table(let first) = left.preprocessor, case .table(let second) = right.preprocessor {
    #expect(bits(first.scaler.offsets) == bits(second.scaler.offsets))
    #expect(bits(first.scaler.factors) == bits(second.scaler.factors))
  }
  for (first, second) in zip(left.predictor.problems, right.predictor.problems) {
    #expect(first.certificate == second.certificate)
    #expect(first.supportVectorCount == second.supportVectorCount)
    #expect(first.boundedSupportVectorCount == second.boundedSupportVectorCount)
  }
}
