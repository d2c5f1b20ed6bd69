import KernelMethods
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
  /// - Parameters:
  ///   - formulation: The problem.
  ///   - rowCount: The number of examples.
  /// - Throws: ``TabularError`` that names what would do.
  func requireOneProcess(_ formulation: Formulation, rowCount: Int) throws(TabularError) {
    guard let ranks = control.ranks else { return }
    let method = configuration.method.settled(formulation)
    let alone = "start it without mpirun or srun"
    func refuse(_ what: String, _ remedy: String) -> TabularError {
      TabularError(.oneProcess(what: what, ranks: ranks.size, remedy: remedy))
    }
    guard formulation.definition.trainsOnRanks else {
      let other =
        MethodCatalog.all.first { $0.task == formulation.task && $0.trainsOnRanks }?.formulation
      let choice = other.map { ", or choose --formulation \($0.rawValue)" } ?? ""
      throw refuse(formulation.rawValue, alone + choice)
    }
    if let map = method.featureMap {
      throw refuse("--feature-map \(map.rawValue)", "leave it out, or \(alone)")
    }
    if method.loss == .squared {
      throw refuse("--loss squared", "leave it out, or \(alone)")
    }
    if method.isPrimal(rowCount: rowCount) {
      throw refuse(
        "a linear model in the weights of its features", "choose --solver dual, or \(alone)")
    }
  }

  /// Trains on features.
  ///
  /// - Parameters:
  ///   - formulation: The problem; its task is that of the targets.
  ///   - examples: Their features.
  ///   - targets: What the examples are to be predicted as.
  ///   - weights: The weight of each example, or `nil` if all are equal.
  ///   - isLIBSVM: Whether the examples came from LIBSVM text.
  ///   - earlier: A model to begin at; one of another kind is not used.
  ///   - options: How to train.
  /// - Returns: The model, and the units that a regression was solved in.
  /// - Throws: `TrainingError` or `LinearAlgebraError`.
  func fit(
    _ formulation: Formulation, _ examples: ExampleSet, _ targets: Targets,
    _ weights: [Double]?, isLIBSVM: Bool, startingFrom earlier: EarlierModel? = nil,
    options: TrainingOptions
  ) throws -> MethodFit {
    let problem = MethodProblem(
      examples: examples, targets: targets, weights: weights,
      method: configuration.method.settled(formulation),
      isLIBSVM: isLIBSVM, standardizesTarget: configuration.standardizesTarget,
      seed: configuration.seed, intercept: intercept, earlier: earlier,
      // A λ or a feature map is found first, in the same time.
      options: options.withDeadline())
    return try formulation.definition.train(problem)
  }
}
