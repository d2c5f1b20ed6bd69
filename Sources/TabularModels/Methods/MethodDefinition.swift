import Calibration
import SupportVectors

/// What there is to know of a formulation: its name, its task, its parameters, and how it trains.
///
/// A new formulation is a file with a value of this kind and a line in ``MethodCatalog``. The command's
/// options and help, configurations, checks, searches and notes follow from it.
package protocol MethodDefinition: Sendable {
  /// Its name.
  var formulation: Formulation { get }
  /// What it learns.
  var task: LearningTask { get }
  /// The kinds of models that its trainings make: at most one without a mark in files, and that the last.
  var models: [any TrainedModel.Type] { get }
  /// The parameters that shape the problem, each with its default for this formulation.
  var parameters: [MethodParameter] { get }
  /// Its number in LIBSVM's options, if it has one.
  var libsvmNumber: Int? { get }
  /// Whether a search solves it that ends at a tolerance, rather than linear equations or eigenvectors.
  var isIterative: Bool { get }
  /// Whether its solver writes checkpoints.
  var supportsCheckpoints: Bool { get }
  /// Whether its solver trains on several ranks, each of which holds a share of the examples.
  var trainsOnRanks: Bool { get }
  /// Whether it may be solved in units of the target's deviation.
  var canStandardizeTarget: Bool { get }
  /// Whether it is solved in the weights of features alone, so that a kernel other than the linear one needs
  /// a feature map.
  var needsLinearFeatures: Bool { get }
  /// Whether a model of one class can be made, which predicts it for every row.
  var allowsOneClass: Bool { get }
  /// How many bytes a training keeps for each row besides features and kernel values; `nil` where it asks
  /// for the memory of its matrices itself.
  var bytesOfRow: Int? { get }
  /// A formulation of the same task that takes less time for many rows, if there is one.
  var quickerFormulation: Formulation? { get }

  /// The quantiles that models of a method predict for each row; none where they predict one number, a class
  /// or something else.
  ///
  /// Such models are compared by their mean pinball loss when nobody chose a metric.
  func quantiles(_ method: LearningMethod) -> [Double]

  /// How the decision values of classes are arranged where the decomposition does not decide that.
  ///
  /// - Parameter classCount: At least 2.
  /// - Returns: The arrangement, or `nil`.
  func decisionShape(classCount: Int) -> DecisionShape?

  /// What takes the time of a training.
  ///
  /// - Parameters:
  ///   - method: The parameters.
  ///   - rowCount: The number of examples.
  /// - Returns: The work.
  func workload(_ method: LearningMethod, rowCount: Int) -> MethodWorkload

  /// Trains a model.
  ///
  /// - Throws: `TrainingError` or `LinearAlgebraError`.
  func train(_ problem: MethodProblem) throws -> MethodFit
}

/// What takes the time of a training on many rows.
package enum MethodWorkload: Sendable, Equatable {
  /// Time in proportion to the rows.
  case linear
  /// Kernel values of the support vectors, which are this share of the rows.
  case kernelValues(supportShare: Double)
  /// All kernel values and a factorisation, or all eigenvectors where λ is searched for.
  case equations(findsLambda: Bool)
}

extension MethodDefinition {
  package var libsvmNumber: Int? { nil }
  package var isIterative: Bool { true }
  package var supportsCheckpoints: Bool { false }
  // The solver of dual variables does both, and what else trains on ranks says so itself.
  package var trainsOnRanks: Bool { supportsCheckpoints }
  package var canStandardizeTarget: Bool { false }
  package var needsLinearFeatures: Bool { false }
  package var allowsOneClass: Bool { true }
  package var bytesOfRow: Int? { 240 }
  package var quickerFormulation: Formulation? { nil }
  package func quantiles(_ method: LearningMethod) -> [Double] { [] }
  package func decisionShape(classCount: Int) -> DecisionShape? { nil }
}

/// Every formulation: the order is that of the help, and the first of a task is its default.
package enum MethodCatalog {
  /// The definitions.
  package static let all: [any MethodDefinition] = [
    CSVC(), NuSVC(), LogisticRegression(), LeastSquaresSVC(), Discriminant(),
    EpsilonSVR(), NuSVR(), LeastSquaresRegression(hasBias: true),
    LeastSquaresRegression(hasBias: false), QuantileSVR(),
    NoveltyDetection(isSphere: false), NoveltyDetection(isSphere: true),
    PrincipalComponents(),
  ]

  /// The parameters of all formulations, each name once.
  package static let parameters: [MethodParameter] = {
    var found: [MethodParameter] = []
    for parameter in all.flatMap(\.parameters)
    where !found.contains(where: { $0.name == parameter.name }) {
      found.append(parameter)
    }
    return found
  }()
}
