import Basics
import KernelMethods
import Kernels
import LinearAlgebra
import SupportVectors
import Tables

// From features to what predicts.

extension TabularTrainer {
  /// The formulation that was asked for, or the default.
  ///
  /// - Throws: ``TabularError`` when it learns something else than the task.
  func formulation(for task: LearningTask) throws(TabularError) -> Formulation {
    guard let formulation = configuration.method.formulation else { return .default(for: task) }
    guard formulation.task == task else {
      throw TabularError(.formulation(formulation, task: task))
    }
    return formulation
  }

  /// Refuses methods that need all examples in one process when there are several ranks.
  ///
  /// - Parameter formulation: The problem.
  /// - Throws: ``TabularError`` that names what would do.
  func requireOneProcess(_ formulation: Formulation) throws(TabularError) {
    guard let ranks = control.ranks, !formulation.definition.trainsOnRanks else { return }
    let other =
      MethodCatalog.all.first { $0.task == formulation.task && $0.trainsOnRanks }?.formulation
    let choice = other.map { ", or choose --formulation \($0.rawValue)" } ?? ""
    throw TabularError(
      .oneProcess(
        what: formulation.rawValue, ranks: ranks.size,
        remedy: "start it without mpirun or srun" + choice))
  }

  /// Trains on features.
  ///
  /// - Parameters:
  ///   - formulation: The problem; its task is that of the targets.
  ///   - part: The examples.
  ///   - earlier: A model to begin at; one of another kind is not used.
  ///   - options: How to train.
  /// - Returns: The model, and the units that a regression was solved in.
  /// - Throws: `TrainingError` or `LinearAlgebraError`.
  func fit(
    _ formulation: Formulation, _ part: TrainingPart, startingFrom earlier: EarlierModel? = nil,
    options: TrainingOptions
  ) throws -> MethodFit {
    let problem = MethodProblem(
      examples: part.examples, targets: part.targets, weights: part.weights,
      method: configuration.method.settled(formulation),
      isLIBSVM: part.isLIBSVM, standardizesTarget: configuration.standardizesTarget,
      seed: configuration.seed, intercept: intercept, earlier: earlier,
      // A λ or a feature map is found first, in the same time.
      options: options.withDeadline())
    return try formulation.definition.train(problem)
  }
}

extension SelectedExamples {
  /// Trains on some of the examples, or predicts them, and says on which line and in which column a value is
  /// that the kernel is not defined for.
  ///
  /// - Parameters:
  ///   - places: The examples, as places in ``rows``, in the order of their features.
  ///   - preprocessor: What made their features.
  ///   - body: Trains on them, or predicts them.
  /// - Returns: What `body` returns.
  /// - Throws: ``TabularError``, or what `body` throws.
  func naming<Result>(
    _ places: [Int], _ preprocessor: Preprocessor, _ body: () throws -> Result
  ) throws -> Result {
    do {
      return try body()
    } catch {
      let found: KernelError? =
        if case .kernel(let reason) = (error as? TrainingError)?.reason {
          reason
        } else if case .kernel(let reason) = (error as? ModelError)?.reason { reason } else { nil }
      guard let found, case .negativeFeature(_, let row, let column, _) = found.reason,
        let position = data.table?.position(ofRow: rows[places[row]]),
        let names = preprocessor.table?.featureNames
      else { throw error }
      let scaling = preprocessor.scaler.scaling == .none ? "" : " after scaling"
      throw TabularError(
        .kernel(
          file: position.file, line: position.line,
          found.naming(feature: "feature \(MessageText.quoted(names[column]))\(scaling)")))
    }
  }
}
