import Basics
import Learning

// The figures of equations in a model file.

extension StoredField {
  /// The condition of the equations.
  package static let conditionEstimate = member(
    "conditionEstimate", "an estimate of the condition number of the equations")
  fileprivate static let trainingError = member("trainingError", "measured on the training rows")
  fileprivate static let leaveOneOutError = member(
    "leaveOneOutError", "the same with each row left out, or null")
}

extension RidgeReport {
  /// What a file holds of it.
  package static let storedFields: [StoredField] = [
    .conditionEstimate, .trainingError, .leaveOneOutError,
  ]

  /// Writes the figures.
  package func encode(to writer: inout ModelWriter) {
    writer.store(.number(conditionEstimate), as: .conditionEstimate)
    writer.store(.number(trainingError), as: .trainingError)
    writer.store(.finite(leaveOneOutError), as: .leaveOneOutError)
  }

  /// Reads the figures.
  package init(from reader: ModelReader) throws(ModelFileError) {
    self.init(
      conditionEstimate: try reader.member(.conditionEstimate).number(),
      trainingError: try reader.member(.trainingError).number(),
      leaveOneOutError: try reader.member(.leaveOneOutError).nonNull?.number())
  }
}
