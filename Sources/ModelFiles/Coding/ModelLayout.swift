// What a model file holds, inside the container of SafetensorsFile.swift.
//
//   __metadata__                        strings
//     format            "support-vectors model"
//     formatVersion     "1"
//     programVersion    the version of the toolkit that trained the model
//     digest            SHA-256 of everything else; see SafetensorsFile+Digest.swift
//     model             a JSON object, the header: the members of StoredFields
//
//   tensors             those of StoredFields
//
// What every model has is listed here; what only some have, by the kinds of models
// (`TrainedModel.storedFields`), next to the code that writes and reads it. TheModelFile.md has the
// tables of all of them, which a test compares with the lists and with written files.
//
// Long tables lie in U8 tensors, because the header of the container is bounded. Doubles in JSON
// are written in the fewest digits that read back as the same double.

import Learning
import TabularModels

/// The names of the layout, in one place for writer and reader.
package enum ModelLayout {
  static let formatName = "support-vectors model"
  static let currentVersion = "1"

  static let format = "format"
  static let formatVersion = "formatVersion"
  static let programVersion = "programVersion"
  static let digest = "digest"
  static let model = "model"
}

// MARK: Fields of every model

extension StoredField {
  static let formulation = member("formulation", "as on the command line")
  static let dataDigest = member("dataDigest", "SHA-256 of the training data, or null")
  static let skippedRows = member("skippedRows", "rows left out because a value was missing")
  static let zeroWeightRows = optionalMember(
    "zeroWeightRows", "rows left out for their weight of 0 before; 0 when absent")
  static let calibrationFolds = optionalMember(
    "calibrationFolds", "how many folds the calibration was learned from, or null")
  static let targetScaling = member(
    "targetScaling",
    "`{\"center\", \"unit\"}` of a regression that was solved in other units than the target's, in "
      + "which everything here is; or null")
  static let calibration = tensor(
    "calibration", "U8", "JSON: how sure predictions are, if that was learned")
  static let configuration = tensor(
    "configuration", "U8", "JSON: what the model was trained with, if that is known")
  static let sampling = member(
    "sampling", "`{\"rows\", \"of\", \"seed\"}` when the rows are a sample of a file's; or null")
}

extension ModelLayout {
  /// What the file of every model has, or may have.
  package static let sharedFields: [StoredField] =
    [
      .formulation, .kernel, .kernelParameters, .precision, .precisionServes, .featureCount,
      .tolerance, .trainingCount, .preprocessing, .dataDigest, .skippedRows, .zeroWeightRows,
      .calibrationFolds, .targetScaling, .sampling, .problems,
    ] + StoredField.keptRows

  /// What the file of a model has, or may have, that a formulation made.
  package static func fields(
    _ kind: any TrainedModel.Type, _ formulation: Formulation
  ) -> [StoredField] {
    sharedFields + (formulation.task == .classification ? [.classes, .classWeights] : [])
      + kind.storedFields(formulation)
  }

  /// Tensors that the file of every model may have: its data and its training decide.
  ///
  /// I is the number of an input column.
  package static let dependentTensors: [StoredField] =
    [.calibration, .preprocessor] + StoredField.scaling
    + [.configuration, .terms("I"), .termWeights("I")]
}
