import Kernels
import LinearAlgebra
import LinearModels
import KernelMethods
import SupportVectors

/// A kind of model of a matrix of features that files can hold.
///
/// Every kind of model of this package is one. The module ModelFiles adds `init(contentsOf:)` and `write(to:)`.
public protocol StorableModel: Sendable {}

/// How a model is kept in files: as itself, or as a part of another.
package protocol StoredModel: StorableModel {
  /// What messages call the kind, such as "a linear classifier"; `nil` where the formulation says it.
  static var kindName: String? { get }

  /// What a file holds for the model.
  ///
  /// - Throws: `ModelError` when its parts do not fit each other.
  func stored() throws(ModelError) -> any TrainedModel

  /// The model in what a file held, or `nil` when that is of another kind.
  init?(stored: any TrainedModel)
}

/// A kind of model: what it tells of itself, what it says of examples, and how files hold it.
///
/// A new kind of model is a type that conforms, in a file next to this one, and that the formulations
/// name whose trainings make it (`MethodDefinition.models`).
package protocol TrainedModel: StoredModel {
  /// What the model tells of itself.
  var facts: ModelFacts { get }

  /// Decision values of classes, the predicted number, how typical examples are, or their components.
  ///
  /// - Parameters:
  ///   - features: n examples.
  ///   - threads: The number of threads, or `nil` for one on each core.
  /// - Returns: n rows.
  /// - Throws: `ModelError` when the features do not fit the model.
  func outputs(_ features: FeatureMatrix, threads: Int?) throws(ModelError) -> Matrix<Double>

  /// What a file holds of such a model besides what every model has.
  static func storedFields(_ formulation: Formulation) -> [StoredField]

  /// The member of the header by which files of this kind are recognised among those of the same
  /// formulation; `nil` for a kind that has none of the others' marks.
  static var mark: StoredField? { get }

  /// Writes the fields.
  func encode(to writer: inout ModelWriter)

  /// Reads what ``encode(to:)`` wrote, in a file that may be damaged or forged.
  ///
  /// - Throws: `ModelFileError` with the place of what is wrong.
  init(from reader: ModelReader, _ formulation: Formulation) throws(ModelFileError)
}

extension TrainedModel {
  package func stored() throws(ModelError) -> any TrainedModel { self }

  package init?(stored: any TrainedModel) {
    guard let model = stored as? Self else { return nil }
    self = model
  }

  package static var kindName: String? { nil }
  package static var mark: StoredField? { nil }
}

/// What a model tells of itself, whatever it predicts.
package struct ModelFacts {
  /// The problem that was solved.
  var formulation: Formulation
  /// The number of training examples.
  var trainingCount: Int
  /// The numbers that shaped the problem, and those that its solution found; NaN where another program
  /// trained the model and does not tell.
  var parameters: [TabularModel.Predictor.Parameter]
  /// The support vectors, their coefficients and biases, if it has any.
  var expansion: KernelExpansion?
  /// What a linear model pays for errors.
  var loss: LinearLoss?
  /// The weights of a linear model.
  var linearFunction: LinearFunction?
  /// What makes the features of a linear model, if they are not used as they are.
  var featureMap: FeatureMap?
  /// The quantiles that its outputs are, ascending; none of a model that predicts something else.
  var quantiles: [Double] = []
  /// Which of its outputs is the number that a regression predicts.
  var numberOutput = 0
  /// How well each problem was solved; none where equations were solved at once.
  var problems: [ProblemReport] = []
  /// The KKT violation at which training was to stop; NaN where it is not known, `nil` where it was no
  /// question of stopping.
  var tolerance: Double?
  /// What examples of each class counted, in the order of the classes, if the model keeps that.
  var classWeights: [Double]?
  /// Whether its outputs are the sums over its support vectors, plus the biases, and nothing more.
  var outputsAreSums = false
  /// Whether the files of other programs hold its support vectors.
  var isPortable = false
  /// What it is called where the file of another program has no place for it; `nil` for its formulation.
  var displayName: String?
}

extension Classifier {
  /// Decision values.
  package func outputs(
    _ features: FeatureMatrix, threads: Int?
  ) throws(ModelError) -> Matrix<Double> {
    try decisionValues(features, threads: threads)
  }
}

extension Regressor {
  /// The predicted numbers.
  package func outputs(
    _ features: FeatureMatrix, threads: Int?
  ) throws(ModelError) -> Matrix<Double> {
    Matrix(column: try predict(features, threads: threads))
  }
}

extension Matrix<Double> {
  /// A matrix of one column.
  init(column: [Double]) {
    self.init(rowCount: column.count, columnCount: 1) { row, _ in column[row] }
  }
}
