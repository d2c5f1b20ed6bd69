// What needs no training: how parts fit together, and what is refused before any arithmetic.

import LinearAlgebra
import SupportVectors
import Tables
import TabularModels
import Testing

private func classifier(
  classes: [String], featureCount: Int = 2, supportIndices: [Int] = []
) throws -> SupportVectorClassifier {
  let pairs = classes.count * (classes.count - 1) / 2
  let certificate = Certificate(
    iterations: 0, stopReason: .converged, kktViolation: 0, primalObjective: 0, dualObjective: 0,
    relativeGap: 0, source: .running)
  let report = ProblemReport(
    certificate: certificate, supportVectorCount: 0, boundedSupportVectorCount: 0,
    kernelValuesComputed: 0)
  return try SupportVectorClassifier(
    classes: classes,
    expansion: KernelExpansion(
      kernel: .linear, featureCount: featureCount,
      supportVectors: .dense(
        Matrix(rowCount: supportIndices.count, columnCount: featureCount, repeating: 1)),
      supportIndices: supportIndices,
      supportCounts: [supportIndices.count] + Array(repeating: 0, count: classes.count - 1),
      dualCoefficients: Matrix(
        rowCount: classes.count - 1, columnCount: supportIndices.count, repeating: 1),
      biases: Array(repeating: 0, count: pairs), precision: .double),
    boxConstraint: 1, tolerance: 1e-3, trainingCount: 5,
    problems: Array(repeating: report, count: pairs))
}

private func model(
  classes: [String] = ["a", "b"], featureCount: Int = 2, preprocessorFeatureCount: Int = 2,
  supportIndices: [Int] = []
) throws -> TabularModel {
  try TabularModel(
    preprocessor: .libsvm(
      LIBSVMPreprocessor(
        isZeroBased: false, scaler: .identity(featureCount: preprocessorFeatureCount))),
    predictor: .init(
      try classifier(
        classes: classes, featureCount: featureCount, supportIndices: supportIndices)),
    provenance: TabularModel.Provenance())
}

@Test func partsThatDoNotFitMakeNoModel() throws {
  #expect(throws: Never.self) { try model(supportIndices: [4, 0]) }
  #expect(throws: ModelError.self) { try model(preprocessorFeatureCount: 3) }
  #expect(throws: ModelError.self) { try model(supportIndices: [5]) }
  #expect(throws: ModelError.self) { try model(supportIndices: [1, 1]) }
}

@Test func decisionColumnsAreNamedByPairsInTheOrderOfTheBiases() throws {
  #expect(try model(classes: ["a"]).decisionColumns == [])
  #expect(try model(classes: ["a", "b"]).decisionColumns == ["decision"])
  #expect(
    try model(classes: ["a", "b", "c", "d"]).decisionColumns == [
      "decision_a_b", "decision_a_c", "decision_a_d", "decision_b_c", "decision_b_d",
      "decision_c_d",
    ])
}

@Test func modelsOfBareFeaturesReadNoFiles() throws {
  let model = try TabularModel(
    preprocessor: nil, predictor: .init(classifier(classes: ["a", "b"])),
    provenance: TabularModel.Provenance())
  let message = "model m takes features computed by a program, not rows of a file"
  func isRefusal(_ error: any Error) -> Bool { "\(error)" == message }
  #expect {
    try TabularPredictor(
      model, reading: TestData.source("a\n1\n"), TabularModel.Applying(modelName: "m"))
  } throws: {
    isRefusal($0)
  }
  #expect {
    try model.evaluate(
      reading: TestData.source("a\n1\n"), options: TextOptions(), weight: nil, metrics: .standard,
      sampling: nil, TabularModel.Applying(modelName: "m"))
  } throws: {
    isRefusal($0)
  }
  #expect {
    try model.verify(TestData.data("a,b\n1,2\n"), modelName: "m")
  } throws: {
    isRefusal($0)
  }
}

@Test func sparseTextHasNoOtherTargetThanItsLabels() throws {
  #expect {
    try TabularTrainer(configuration: TrainingConfiguration(target: "y")).train(
      TestData.data(TestData.sparse, name: "d.libsvm"))
  } throws: { error in
    "\(error)"
      == "d.libsvm: LIBSVM text has no column \"y\"; its target is the label that begins each line"
  }
}

@Test func missingValuesAreAnErrorWhenAsked() throws {
  #expect {
    try TabularTrainer(configuration: TrainingConfiguration().with(\.missing, .error)).train(
      TestData.data("a,b,y\n1,2,p\n3,,q\n4,5,q\n", name: "d.csv"))
  } throws: { error in
    "\(error)" == "d.csv:3:3: field 2 (b) is empty; every feature needs a finite number"
  }
}
