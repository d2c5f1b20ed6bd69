import Kernels
import ModelFiles
import SupportVectors
import Tables
import TabularModels
import Testing

@testable import ModelExport

@Test(arguments: ExportModels.Rows.allCases, ExportModels.Target.allCases)
func composedFilesPredictAsTheModelDoes(
  rows: ExportModels.Rows, target: ExportModels.Target
) throws {
  for (name, kernel) in ExportModels.kernels {
    let model = try ExportModels.model(rows, target, kernel)
    let exported = try ONNXModelFile.encode(model, operators: .composed)
    #expect(exported.check.rowCount > 10)
    #expect(exported.check.scale > 0)
    #expect(exported.check.relativeDifference < 1e-12, "\(name): \(exported.check)")
    #expect(exported.check.differingLabelCount == 0, "\(name): \(exported.check)")
  }
}

@Test(arguments: ExportModels.Rows.allCases, ExportModels.Target.allCases)
func filesOfMachineLearningOperatorsPredictAsTheModelDoes(
  rows: ExportModels.Rows, target: ExportModels.Target
) throws {
  for (name, kernel) in ExportModels.kernels
  where KernelCatalog.formula(named: name)?.foreignNames.onnx != nil {
    let model = try ExportModels.model(rows, target, kernel)
    let exported = try ONNXModelFile.encode(model, operators: .ml)
    #expect(exported.check.relativeDifference < 1e-4, "\(name): \(exported.check)")
    #expect(exported.check.differingLabelCount == 0, "\(name): \(exported.check)")
  }
}

@Test func whatIsWrittenIsReadBack() throws {
  let model = try ExportModels.model(.categories, .threeClasses, .laplacian())
  let source = try ExportSource(model, fileName: "m")
  let built = try ONNXBuilder.model(source, isComposed: true)
  #expect(ONNXModel(decoding: built.encoded) == built)
  for count in stride(from: 0, to: built.encoded.count, by: 7) {
    #expect(ONNXModel(decoding: Array(built.encoded[..<count])) != built)
  }
}

/// The operators, in their order, for a table with numbers, categories and missing values.
@Test func theWholePreprocessingIsInTheFile() throws {
  let model = try ExportModels.model(.categories, .twoClasses, .gaussian())
  let bytes = try ONNXModelFile.encode(model, operators: .ml).bytes
  let graph = try #require(ONNXModel(decoding: bytes)).graph
  #expect(
    graph.nodes.map(\.type) == [
      "Imputer", "LabelEncoder", "OneHotEncoder", "Reshape", "Imputer", "Concat", "Scaler",
      "SVMClassifier", "Gather", "Identity", "Identity",
    ])
  #expect(graph.inputs.map(\.name) == ["a", "label", "c, d"])
  #expect(graph.inputs.map(\.type) == [.float, .string, .float])
  // A column has taken the name of the output.
  #expect(graph.outputs.map(\.name) == ["label_", "decision"])
  let machine = try #require(graph.nodes.first { $0.type == "SVMClassifier" })
  let labels = machine.attributes.first { $0.name == "classlabels_strings" }?.value
  #expect(labels == .strings(["yes", "no"]))
  let encoder = try #require(graph.nodes.first { $0.type == "OneHotEncoder" })
  #expect(encoder.attributes.contains { $0.name == "zeros" && $0.value == .integer(0) })
}

@Test func unseenCategoriesMayBeIgnored() throws {
  let model = try ExportModels.model(.categories, .twoClasses, .linear).replacing(unseen: .ignore)
  let bytes = try ONNXModelFile.encode(model, operators: .ml).bytes
  let encoder = try #require(ONNXModel(decoding: bytes)).graph.nodes.first {
    $0.type == "OneHotEncoder"
  }
  #expect(
    try #require(encoder).attributes.contains { $0.name == "zeros" && $0.value == .integer(1) })
}

@Test func theOperatorsFollowTheKernelUnlessAskedFor() throws {
  let gaussian = try ExportModels.model(.numbers, .twoClasses, .gaussian())
  let laplacian = try ExportModels.model(.numbers, .twoClasses, .laplacian())
  func types(_ model: TabularModel) throws -> [String] {
    let bytes = try ONNXModelFile.encode(model).bytes
    return try #require(ONNXModel(decoding: bytes)).graph.nodes.map(\.type)
  }
  #expect(try types(gaussian).contains("SVMClassifier"))
  #expect(try types(laplacian).contains("Scan"))
  let error = try #require(throws: ModelExportError.self) {
    try ONNXModelFile.encode(laplacian, operators: .ml, name: "m.model")
  }
  #expect(
    error.description
      == "m.model: the model cannot be exported: operators for machine learning cannot compute it, "
      + "because they have no laplacian kernel; composed ones can")
}

/// The check must see a file that predicts something else.
@Test func theCheckFindsAWrongNumber() throws {
  let model = try ExportModels.model(.numbers, .number, .gaussian())
  let source = try ExportSource(model, fileName: "m")
  func check(_ value: Double) throws -> ExportCheck {
    try ExportCheck(source, roundoff: 0) { rows in
      ExportCheck.Answer(decisions: [Double](repeating: value, count: rows.rowCount))
    }
  }
  #expect(try check(0).relativeDifference == 1)
  #expect(!(try check(.nan).relativeDifference <= 1))
  #expect(throws: ModelExportError.self) { try ExportCheck(source, roundoff: 0) { _ in nil } }
}

@Test func modelsWithoutAFunctionOfFeaturesAreRefused() throws {
  let data = try TrainingData(
    reading: ByteSource(bytes: Array("a,b,y\n1,2,no\n3,4,no\n2,2,no\n".utf8), name: "one.csv"))
  let one = try TabularTrainer(configuration: TrainingConfiguration(task: .classification)).train(
    data
  ).model
  let error = try #require(throws: ModelExportError.self) {
    try ONNXModelFile.encode(one, name: "one.model")
  }
  #expect(
    error.description
      == "one.model: the model cannot be exported: it knows a single class, \"no\"")
  #expect(throws: ModelExportError.self) { try CoreMLModelFile.encode(one) }
}
