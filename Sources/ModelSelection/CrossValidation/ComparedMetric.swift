import Evaluation
import TabularModels

// What models are compared by is any metric of the registry for which large or small values are better.

extension MetricDefinition {
  /// What models of a task are compared by when nobody chose.
  ///
  /// - Parameter task: The task; it predicts classes or numbers.
  /// - Returns: The accuracy, or the root of the mean squared error.
  package static func `default`(for task: LearningTask) -> MetricDefinition {
    task == .regression ? .rmse : .accuracy
  }

  /// What models of a formulation are compared by when nobody chose: the mean pinball loss where they
  /// predict quantiles.
  static func `default`(for examples: FoldTraining) -> MetricDefinition {
    examples.metricContext.quantileLevels.isEmpty
      ? .default(for: examples.decision.task) : .pinballLoss(nil)
  }

  /// Whether models can be compared only when they learn probabilities or intervals, which their trainer does
  /// not ask for.
  ///
  /// - Parameter examples: What is learned.
  /// - Returns: Whether a calibration must be added to the trainer.
  /// - Throws: `MetricError` for a metric by which the models cannot be compared at all.
  func needsCalibration(_ examples: FoldTraining) throws(MetricError) -> Bool {
    try checkDirection()
    var context = examples.metricContext
    guard examples.trainer.calibration == nil else {
      try check(context)
      return false
    }
    let needs = resolved(classCount: context.classCount).needs
    // Decision values of several classes are on scales of their own; probabilities can be compared.
    let isMissing =
      needs.contains(.probabilities) || needs.contains(.intervals)
      || needs.contains(.scores) && context.classCount > 2
    if isMissing {
      context.hasProbabilities = context.classCount > 1
      context.hasScores = context.classCount > 1
      context.hasIntervals = context.subject == .numbers
    }
    try check(context)
    return isMissing
  }

  /// A figure as a score: negative where less is better, so that more always is.
  package func score(_ value: Double) -> Double { direction == .smaller ? -value : value }

  /// Whether rows can show the metric at all, as a curve needs two classes and R² two different numbers:
  /// whether perfect predictions have a value.
  ///
  /// - Parameters:
  ///   - rows: Places of examples.
  ///   - examples: What is learned.
  /// - Returns: Whether a model can be measured on the rows.
  /// - Throws: `EvaluationError`.
  func hasValue(on rows: [Int], of examples: FoldTraining) throws(EvaluationError) -> Bool {
    let metric = resolved(classCount: examples.classNames?.count ?? 0)
    return metric.value(of: try examples.perfectInput(rows, for: metric)) != nil
  }
}

extension FoldTraining {
  /// Predictions of some examples that are all right, as far as a metric needs them.
  fileprivate func perfectInput(
    _ rows: [Int], for metric: MetricDefinition
  ) throws(EvaluationError) -> MetricInput {
    var input = MetricInput()
    let weights = self.weights.map { all in rows.map { all[$0] } }
    if let names = classNames {
      let codes = strata
      let actual = rows.map { codes[$0] }
      input.confusion = ConfusionMatrix(
        classNames: names, actual: actual, predicted: actual, weights: weights)
      input.balance = balance
      guard names.count > 1 else { return input }
      if metric.needs.contains(.probabilities) {
        var scores = try ProbabilityScores(classCount: names.count)
        var certain = [Double](repeating: 0, count: names.count)
        for (place, code) in actual.enumerated() {
          certain[code] = 1
          try scores.add(probabilities: certain, actual: code, weight: weights?[place] ?? 1)
          certain[code] = 0
        }
        input.probabilities = scores
      }
      if metric.needs.contains(.scores) {
        if names.count == 2 {
          input.ranking = try ScoredLabels(
            scores: actual.map(Double.init), isPositive: actual.map { $0 == 1 }, weights: weights)
        } else {
          let scores = try ClassScores(
            scores: actual.flatMap { code in names.indices.map { $0 == code ? 1 : 0 } },
            classCount: names.count, actual: actual, weights: weights)
          (input.classScores, input.oneVersusRest) = (scores, try OneVersusRest(scores))
        }
      }
    } else if let numbers {
      let actual = rows.map { numbers[$0] }
      input.errors = RegressionErrors(actual: actual, predicted: actual, weights: weights)
      input.targets = try TargetPredictions(actual: actual, predicted: actual, weights: weights)
      var intervals = IntervalCoverage()
      for (place, number) in actual.enumerated() {
        try intervals.add(
          actual: number, lower: number, upper: number, weight: weights?[place] ?? 1)
      }
      input.intervals = intervals
    }
    return input
  }
}
