import Basics
import Kernels
import Learning
import TabularModels

/// A model's parts as metadata and tensors; see ModelLayout.swift.
struct ModelEncoder {
  /// How errors call the file.
  let name: String

  /// The container, without its digest.
  func file(for model: TabularModel) throws(ModelFileError) -> SafetensorsFile {
    let predictor = model.predictor
    let provenance = model.provenance
    var writer = ModelWriter()
    writer.store(.string(predictor.formulation.rawValue), as: .formulation)
    writer.store(.string(predictor.precision.rawValue), as: .precision)
    // Of a model without it, the precision was that of its training, and is decided when it is used.
    if predictor.precision != .automatic { writer.store(.bool(true), as: .precisionServes) }
    writer.store(.integer(predictor.featureCount), as: .featureCount)
    writer.store(.finite(predictor.tolerance), as: .tolerance)
    writer.store(.integer(predictor.trainingCount), as: .trainingCount)
    writer.store(provenance.dataDigest.map(JSONValue.string) ?? .null, as: .dataDigest)
    writer.store(.integer(provenance.skippedRowCount), as: .skippedRows)
    writer.store(.integer(provenance.zeroWeightRowCount), as: .zeroWeightRows)
    writer.store(
      provenance.targetScaling.map {
        ["center": .number($0.center), "unit": .number($0.unit)]
      } ?? .null, as: .targetScaling)
    writer.store(
      provenance.sampling.map {
        [
          "rows": .integer($0.rowCount), "of": .integer($0.fileRowCount),
          // All 64 bits, more than other readers of JSON keep of a number.
          "seed": .string(String($0.seed)),
        ]
      } ?? .null, as: .sampling)
    try storeKernel(predictor.kernel, in: &writer)
    predictor.model.encode(to: &writer)
    writer.store(.array(predictor.problems.map(\.json)), as: .problems)
    if let classes = model.classes { writer.store(.strings(classes), as: .classes) }
    if let weights = provenance.classWeights {
      writer.store(.array(weights.map(JSONValue.number)), as: .classWeights)
    }
    if let calibration = model.calibration {
      writer.store(
        provenance.calibrationFoldCount.map(JSONValue.integer) ?? .null, as: .calibrationFolds)
      writer.store(calibration.json, as: .calibration)
    }
    writer.store(model.preprocessor)
    if let configuration = provenance.configuration {
      writer.store(configuration.json, as: .configuration)
    }

    return SafetensorsFile(
      metadata: [
        ModelLayout.format: ModelLayout.formatName,
        ModelLayout.formatVersion: ModelLayout.currentVersion,
        ModelLayout.programVersion: provenance.programVersion,
        ModelLayout.model: JSONValue.object(writer.members).text(),
      ],
      tensors: writer.tensors)
  }

  private func storeKernel(
    _ kernel: KernelFunction, in writer: inout ModelWriter
  ) throws(ModelFileError) {
    do throws(KernelJSON.FunctionInFile) {
      let parameters = try KernelJSON.parameters(of: kernel)
      writer.store(.string(kernel.name), as: .kernel)
      writer.store(.object(parameters), as: .kernelParameters)
    } catch {
      throw ModelFileError(
        fileName: name,
        problem: .unsupported(
          "its kernel \"\(error.name)\" is a function of the program that trained it"))
    }
  }
}
