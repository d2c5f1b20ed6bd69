import Kernels
import SupportVectors
import TabularModels
import TestSupport
import Testing

@testable import ModelExport

@Test(arguments: ExportModels.Rows.allCases, ExportModels.Target.allCases)
func coreMLFilesPredictAsTheModelDoes(
  rows: ExportModels.Rows, target: ExportModels.Target
) throws {
  for (name, kernel) in ExportModels.kernels
  where KernelCatalog.formula(named: name)?.foreignNames.coreML != nil {
    let model = try ExportModels.model(rows, target, kernel)
    let exported = try CoreMLModelFile.encode(model)
    #expect(exported.check.rowCount > 10)
    #expect(exported.check.relativeDifference < 1e-12, "\(name): \(exported.check)")
    #expect(exported.check.differingLabelCount == 0, "\(name): \(exported.check)")
  }
}

@Test func aKernelThatCoreMLLacksIsRefused() throws {
  let model = try ExportModels.model(.numbers, .number, .laplacianL1())
  let error = try #require(throws: ModelExportError.self) {
    try CoreMLModelFile.encode(model, name: "m.model")
  }
  #expect(
    error.description
      == "m.model: the model cannot be exported: Core ML has no laplacian-l1 kernel; it has "
      + listed(
        KernelCatalog.formulas.filter { $0.foreignNames.coreML != nil }.map { $0.name }, "and")
      + " ones")
}

/// The models of a pipeline, by the numbers of their fields in Model.proto.
@Test func thePipelineHoldsTheWholePreprocessing() throws {
  let model = try ExportModels.model(.categories, .twoClasses, .gaussian())
  let bytes = try CoreMLModelFile.encode(model).bytes
  let fields = try #require(ProtobufField.fields(of: bytes[...]))
  #expect(fields.map(\.number) == [1, 2, CoreMLModelField.pipelineClassifier])
  let pipeline = try #require(ProtobufField.fields(of: fields[2].data)?.first)
  let stages = try #require(ProtobufField.fields(of: pipeline.data)).map { stage in
    ProtobufField.fields(of: stage.data)?.last?.number
  }
  #expect(
    stages == [
      CoreMLModelField.imputer, CoreMLModelField.categoricalMapping,
      CoreMLModelField.oneHotEncoder, CoreMLModelField.imputer, CoreMLModelField.vectorizer,
      CoreMLModelField.scaler,
      CoreMLModelField.classifier,
    ])
}
