import Kernels
import ModelFiles
import SupportVectors
import TabularModels
import Testing

@testable import ModelExport

@Test(arguments: ExportModels.Rows.allCases)
func modelsThatDoNotVoteAreComposed(rows: ExportModels.Rows) throws {
  for (name, target, method) in ExportModels.others {
    let model = try ExportModels.model(rows, target, method)
    let exported = try ONNXModelFile.encode(model, operators: .composed)
    #expect(exported.check.rowCount >= 2, "\(name)")
    #expect(exported.check.scale > 0, "\(name)")
    #expect(exported.check.relativeDifference < 1e-9, "\(name): \(exported.check)")
    #expect(exported.check.differingLabelCount == 0, "\(name): \(exported.check)")
    let chosen = try ONNXModelFile.encode(model)
    #expect(chosen.check.relativeDifference < 1e-5, "\(name): \(chosen.check)")
    let graph = try #require(ONNXModel(decoding: chosen.bytes)).graph
    let outputs = graph.outputs.map(\.name)
    if model.classes != nil {
      // A column is called label, too.
      #expect(outputs == [rows == .categories ? "label_" : "label", "decision"], "\(name)")
      #expect(!graph.nodes.contains { $0.type == "SVMClassifier" }, "\(name)")
    } else if model.predictor.task == .novelty {
      #expect(outputs == [rows == .categories ? "label_" : "label", "decision"], "\(name)")
    } else {
      #expect(outputs == ["prediction"], "\(name)")
    }
  }
}

@Test func aLinearModelIsItsWeights() throws {
  for (name, target, method) in ExportModels.others {
    let model = try ExportModels.model(.numbers, target, method)
    guard let function = model.predictor.linearFunction else { continue }
    let source = try ExportSource(model, fileName: "m")
    let graph = try ONNXBuilder.model(source, isComposed: true).graph
    let weights = try #require(graph.constants.first { $0.name.contains("weights") }).tensor
    #expect(weights.shape == [function.weights.columnCount, function.weights.rowCount], "\(name)")
    let error = try #require(throws: ModelExportError.self, "\(name)") {
      try ONNXModelFile.encode(model, operators: .ml, name: "m.model")
    }
    #expect(
      error.description
        == "m.model: the model cannot be exported: operators for machine learning cannot compute it, "
        + "because they hold support vectors, and a linear model is its weights; composed ones can")
  }
}

@Test func whatIsNoSumOrHasNoPlaceIsRefused() throws {
  func refusal(_ target: ExportModels.Target, _ method: LearningMethod) throws -> String {
    let model = try ExportModels.model(.numbers, target, method)
    return try #require(throws: ModelExportError.self) { try ONNXModelFile.encode(model) }.reason
  }
  #expect(
    try refusal(.number, LearningMethod(formulation: .dataDescription, nu: 0.2))
      .contains("no place for"))
  #expect(
    try refusal(
      .twoClasses, LearningMethod().with(\.componentCount, 9).with(\.featureMap, .nystrom)
    )
    .contains("no place for a feature map"))
  let squares = LearningMethod(formulation: .leastSquaresSVC)
  let model = try ExportModels.model(.numbers, .threeClasses, squares, calibration: .sigmoid)
  let error = try #require(throws: ModelExportError.self) { try ONNXModelFile.encode(model) }
  #expect(error.reason.contains("its probabilities come from values for each class"), "\(error)")
}

/// Core ML holds the machines that vote, and numbers.
@Test func coreMLRefusesWhatDoesNotVote() throws {
  for (name, target, method) in ExportModels.others {
    let model = try ExportModels.model(.numbers, target, method)
    let error = try #require(throws: ModelExportError.self, "\(name)") {
      try CoreMLModelFile.encode(model)
    }
    #expect(error.reason.hasPrefix("such files have no place for "), "\(name): \(error)")
  }
}
