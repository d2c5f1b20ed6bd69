// The registry. To add a metric, add an entry here, and its reference numbers to
// Tests/References/make_metric_references.py; everything else follows.

extension MetricCatalog {
  static let entries: [Entry] = [
    .metric(.accuracy), .metric(.majorityAccuracy), .metric(.balancedAccuracy), .metric(.macroF1),
    .metric(.rareRecall), .metric(.rarePrecision), .metric(.macroPrecision), .metric(.macroRecall),
    .metric(.weightedPrecision), .metric(.weightedF1), .metric(.matthewsCorrelation),
    .metric(.cohenKappa), .metric(.rocAUC), .metric(.averagePrecision), .metric(.macroRocAUC),
    .metric(.macroAveragePrecision), .family(.topKAccuracy), .metric(.logLoss),
    .metric(.brierScore),
    .metric(.calibrationError), .metric(.maximumCalibrationError), .metric(.rmse), .metric(.mae),
    .metric(.r2), .metric(.medianAbsoluteError), .metric(.maxError),
    .metric(.meanAbsolutePercentageError), .family(.pinballLoss), .metric(.intervalCoverage),
    .metric(.meanIntervalWidth),
    .metric(.flaggedFraction),
  ]
}

// MARK: - Predicted classes

extension MetricDefinition {
  /// The share of rows whose class is right.
  package static let accuracy = MetricDefinition(
    "accuracy", "accuracy", .classes(.larger, .brief),
    Text(formula: "weight of hits / W", edge: "`nil` without rows"),
    uncertainty: .counts(\.accuracy)
  ) { $0.confusion?.accuracy }

  /// The accuracy of always predicting the class that most rows of the data belong to.
  package static let majorityAccuracy = MetricDefinition(
    "majorityAccuracy", "majority-class accuracy", .classes(.neither, .standard),
    Text(
      formula:
        "weight of the class with most rows / W: what always predicting that class would reach",
      edge: "`nil` without rows")
  ) { input in
    guard let confusion = input.confusion else { return nil }
    guard let balance = input.classBalance, let most = balance.mostFrequent,
      let index = confusion.classNames.firstIndex(of: balance.classNames[most])
    else { return confusion.majorityAccuracy }
    return ratio(confusion.actualWeight(of: index), confusion.totalWeight)
  }

  /// The mean recall of the classes that occur.
  package static let balancedAccuracy = MetricDefinition(
    "balancedAccuracy", "balanced accuracy", .classes(.larger, .brief),
    Text(formula: "mean recall of the classes that occur", edge: "`nil` without rows"),
    uncertainty: .counts(\.balancedAccuracy)
  ) { $0.confusion?.balancedAccuracy }

  /// The mean over the classes of the harmonic mean of precision and recall.
  package static let macroF1 = MetricDefinition(
    "macroF1", "macro F1", .classes(.larger, .brief),
    Text(
      formula: "mean F1 over the classes that occur or are predicted", edge: "`nil` without rows"),
    uncertainty: .counts(\.macroF1)
  ) { $0.confusion?.macroF1 }

  /// The recall of the class with the fewest rows, where classes are unbalanced.
  package static let rareRecall = MetricDefinition(
    "rareRecall", "recall of the rarest class", .classes(.larger, .standard),
    Text(
      formula: "recall of the class with the fewest rows",
      edge: "`nil` unless the largest class has more than four times the rows of the smallest, and "
        + "without rows of the smallest")
  ) { input in input.rareClass.flatMap { $0.confusion.recall(of: $0.index) } }

  /// The precision of the class with the fewest rows, where classes are unbalanced.
  package static let rarePrecision = MetricDefinition(
    "rarePrecision", "precision of the rarest class", .classes(.larger, .standard),
    Text(
      formula: "precision of the class with the fewest rows",
      edge: "`nil` unless the largest class has more than four times the rows of the smallest, and "
        + "when the smallest is never predicted")
  ) { input in input.rareClass.flatMap { $0.confusion.precision(of: $0.index) } }

  /// The mean precision over the classes.
  package static let macroPrecision = MetricDefinition(
    "macroPrecision", "macro precision", .classes(.larger, .detailed),
    Text(
      formula: "mean precision over the classes that occur or are predicted",
      edge: "`nil` without rows; the precision of a class that is never predicted counts as 0")
  ) { $0.confusion?.precision(.macro) }

  /// The mean recall over the classes.
  package static let macroRecall = MetricDefinition(
    "macroRecall", "macro recall", .classes(.larger, .detailed),
    Text(
      formula: "mean recall over the classes that occur or are predicted",
      edge: "`nil` without rows; the recall of a class that never occurs counts as 0")
  ) { $0.confusion?.recall(.macro) }

  /// The mean precision over the classes, weighted by their rows.
  package static let weightedPrecision = MetricDefinition(
    "weightedPrecision", "weighted precision", .classes(.larger, .detailed),
    Text(
      formula: "mean precision over the classes, weighted by their rows",
      edge: "`nil` without rows; the precision of a class that is never predicted counts as 0")
  ) { $0.confusion?.precision(.weighted) }

  /// The mean F1 over the classes, weighted by their rows.
  package static let weightedF1 = MetricDefinition(
    "weightedF1", "weighted F1", .classes(.larger, .detailed),
    Text(
      formula: "mean F1 over the classes, weighted by their rows", edge: "`nil` without rows")
  ) { $0.confusion?.f1(.weighted) }

  /// The correlation of actual and predicted classes.
  package static let matthewsCorrelation = MetricDefinition(
    "matthewsCorrelation", "Matthews correlation", .classes(.larger, .standard),
    Text(
      formula: "(hW − Σ aₖpₖ) / √((W² − Σ aₖ²)(W² − Σ pₖ²))",
      edge: "0 when all rows are predicted as one class; `nil` when all belong to one "
        + "(scikit-learn: 0)"),
    uncertainty: .counts(\.matthewsCorrelation)
  ) { $0.confusion?.matthewsCorrelation }

  /// The agreement of actual and predicted classes beyond chance.
  package static let cohenKappa = MetricDefinition(
    "cohenKappa", "Cohen's kappa", .classes(.larger, .detailed),
    Text(
      formula: "(hW − Σ aₖpₖ) / (W² − Σ aₖpₖ)", edge: "`nil` when all rows belong to one class")
  ) { $0.confusion?.cohenKappa }
}

extension MetricInput {
  /// The class with the fewest rows of the data, where classes are unbalanced.
  fileprivate var rareClass: (confusion: ConfusionMatrix, index: Int)? {
    guard let confusion, let balance = classBalance, balance.isUnbalanced,
      let rarest = balance.rarest,
      let index = confusion.classNames.firstIndex(of: balance.classNames[rarest])
    else { return nil }
    return (confusion, index)
  }
}

// MARK: - Scores of classes

extension MetricDefinition {
  /// The probability that a row of the later of two classes scores above one of the earlier.
  package static let rocAUC = MetricDefinition(
    "rocAUC", "ROC AUC",
    .classes(
      .larger, .standard, needs: [.classes(atLeast: 2), .scores], ofSeveralClasses: "macroRocAUC"),
    Text(
      formula: "P(score of a positive > score of a negative), ties count half",
      edge: "`nil` unless both classes have rows; 0.5 for constant scores"),
    uncertainty: .rows { rows throws(EvaluationError) in
      guard let ranking = try rows.ranking() else { return nil }
      return { ranking.rocAUC(weights: $0) }
    }
  ) { $0.ranking?.rocAUC }

  /// The area under the precision-recall curve of two classes, without interpolation.
  package static let averagePrecision = MetricDefinition(
    "averagePrecision", "average precision",
    .classes(
      .larger, .standard, needs: [.classes(atLeast: 2), .scores],
      ofSeveralClasses: "macroAveragePrecision"),
    Text(
      formula:
        "Σ Δrecall · precision over thresholds, no interpolation; equal scores are one threshold",
      edge: "`nil` without positives; 1 without negatives"),
    uncertainty: .rows { rows throws(EvaluationError) in
      guard let ranking = try rows.ranking() else { return nil }
      return { ranking.averagePrecision(weights: $0) }
    }
  ) { $0.ranking?.averagePrecision }

  /// The mean over several classes of the area under the ROC curve of each against the rest.
  package static let macroRocAUC = MetricDefinition(
    "macroRocAUC", "macro ROC AUC",
    .classes(.larger, .standard, needs: [.classes(atLeast: 3), .scores]),
    Text(
      formula: "mean ROC AUC over the classes that have one, each against the rest",
      edge: "`nil` when none has one")
  ) { $0.oneVersusRest?.macroRocAUC }

  /// The mean over several classes of the average precision of each against the rest.
  package static let macroAveragePrecision = MetricDefinition(
    "macroAveragePrecision", "macro average precision",
    .classes(.larger, .detailed, needs: [.classes(atLeast: 3), .scores]),
    Text(
      formula: "mean average precision over the classes that have one, each against the rest",
      edge: "`nil` when none has one")
  ) { $0.oneVersusRest?.macroAveragePrecision }
}

extension MetricDefinition {
  /// The share of rows whose class is among those with the largest scores.
  ///
  /// - Parameter k: How many classes these are; at least 2.
  /// - Returns: The metric.
  package static func topKAccuracy(_ k: Int) -> MetricDefinition {
    MetricDefinition(
      "topKAccuracy@\(k)", "top-\(k) accuracy",
      .classes(.larger, .detailed, needs: [.classes(atLeast: k + 1), .scores]),
      Text(
        formula:
          "weight of the rows whose class is among the k with the largest scores / W; of equal "
          + "scores the earlier class counts as the larger",
        edge: "`nil` without rows, and unless there are more than k classes"),
      uncertainty: .rows { rows in
        guard rows.classScores.count > k * rows.count else { return nil }
        return rows.classScoreContributions { ClassScores.isAmongTop(k, $0, actual: $1) ? 1 : 0 }
          .map(SampledRows.mean)
      }
    ) { $0.classScores?.topKAccuracy(k) }
  }
}

// MARK: - Probabilities of classes

extension MetricDefinition {
  private static let probabilityNeeds: [Need] = [.classes(atLeast: 2), .probabilities]

  /// The mean of −ln of the probability of the actual class.
  package static let logLoss = MetricDefinition(
    "logLoss", "log loss", .classes(.smaller, .brief, needs: probabilityNeeds),
    Text(
      formula: "mean of −ln p(actual), p clipped to [2⁻⁵², 1 − 2⁻⁵²]", edge: "`nil` without rows"),
    uncertainty: .rows { rows in
      rows.contributions { ProbabilityScores.losses($0, actual: $1).log }.map(SampledRows.mean)
    }
  ) { $0.probabilities?.logLoss }

  /// The mean squared distance of the probabilities from what happened.
  package static let brierScore = MetricDefinition(
    "brierScore", "Brier score", .classes(.smaller, .brief, needs: probabilityNeeds),
    Text(
      formula: "mean of Σₖ(pₖ − [k = actual])²; half of it for two classes",
      edge: "`nil` without rows"),
    uncertainty: .rows { rows in
      rows.contributions { ProbabilityScores.losses($0, actual: $1).brier }.map(SampledRows.mean)
    }
  ) { $0.probabilities?.brierScore }

  /// The mean distance between probabilities and how often they came true.
  package static let calibrationError = MetricDefinition(
    "calibrationError", "calibration error", .classes(.smaller, .brief, needs: probabilityNeeds),
    Text(
      formula:
        "Σ weight · \\|observed − stated\\| over 15 bins of equal width / W: of the second class's "
        + "probability for two classes, of the largest one for more",
      edge: "`nil` without rows")
  ) { $0.probabilities?.calibrationError }

  /// The largest distance between probabilities and how often they came true.
  package static let maximumCalibrationError = MetricDefinition(
    "maximumCalibrationError", "largest calibration error",
    .classes(.smaller, .detailed, needs: probabilityNeeds),
    Text(
      formula: "largest \\|observed − stated\\| of the bins of `calibrationError`",
      edge: "`nil` without rows")
  ) { $0.probabilities?.reliability.maximumCalibrationError }
}

// MARK: - Numbers

extension MetricDefinition {
  /// The root of the mean squared error.
  package static let rmse = MetricDefinition(
    "rmse", "RMSE", .numbers(.smaller, .brief),
    Text(formula: "√(mean of error²)", edge: "`nil` without rows"),
    uncertainty: .rows { rows in
      rows.contributions { ($1 - $0) * ($1 - $0) }.map { squares in
        let mean = SampledRows.mean(squares)
        return { mean($0)?.squareRoot() }
      }
    }
  ) { $0.summedErrors?.rootMeanSquaredError }

  /// The mean absolute error.
  package static let mae = MetricDefinition(
    "mae", "mean absolute error", .numbers(.smaller, .brief),
    Text(formula: "mean of \\|error\\|", edge: "`nil` without rows"),
    uncertainty: .rows { rows in
      rows.contributions { ($1 - $0).magnitude }.map(SampledRows.mean)
    }
  ) { $0.summedErrors?.meanAbsoluteError }

  /// The part of the variance of the targets that is explained.
  package static let r2 = MetricDefinition(
    "r2", "R²", .numbers(.larger, .brief),
    Text(
      formula: "1 − Σ error² / Σ (target − mean)²", edge: "`nil` when all targets are equal"),
    uncertainty: .rows { rows in
      guard let squared = rows.contributions({ ($1 - $0) * ($1 - $0) }) else { return nil }
      let first = rows.actual[0]
      let shifted = rows.actual.map { $0 - first }
      let error = SampledRows.mean(squared)
      let centre = SampledRows.mean(shifted)
      let square = SampledRows.mean(shifted.map { $0 * $0 })
      return { weights in
        guard let error = error(weights), let centre = centre(weights),
          let square = square(weights),
          square - centre * centre > 0
        else { return nil }
        return 1 - error / (square - centre * centre)
      }
    }
  ) { input in
    // Of rows that were counted one by one the sums know it; of rows in memory two passes are exacter.
    input.errors.map(\.coefficientOfDetermination) ?? input.targets?.coefficientOfDetermination
  }

  /// The median of the absolute errors.
  package static let medianAbsoluteError = MetricDefinition(
    "medianAbsoluteError", "median absolute error", .numbers(.smaller, .detailed),
    Text(
      formula:
        "median of \\|error\\|; the mean of two errors where the weights below meet W/2 exactly",
      edge: "`nil` without rows")
  ) { $0.targets?.medianAbsoluteError }

  /// The largest absolute error.
  package static let maxError = MetricDefinition(
    "maxError", "largest error", .numbers(.smaller, .detailed),
    Text(formula: "largest \\|error\\|", edge: "`nil` without rows")
  ) { $0.summedErrors?.maximumError }

  /// The mean of the errors as parts of the targets.
  package static let meanAbsolutePercentageError = MetricDefinition(
    "meanAbsolutePercentageError", "mean absolute percentage error", .numbers(.smaller, .detailed),
    Text(
      formula: "mean of \\|error / target\\|; 0.1 is ten percent", edge: "`nil` when a target is 0")
  ) { $0.summedErrors?.meanAbsolutePercentageError }

  /// The mean pinball loss of a predicted quantile.
  ///
  /// - Parameter level: The quantile; `nil` is the mean over those that are predicted, 0.5 for a model of one
  ///   number.
  /// - Returns: The metric.
  package static func pinballLoss(_ level: Double?) -> MetricDefinition {
    let suffix = level.map { "@\($0)" } ?? ""
    return MetricDefinition(
      "pinballLoss" + suffix,
      level.map { "pinball loss of the quantile \($0)" } ?? "pinball loss",
      // Of one level it is computed where that is asked for or predicted, and nowhere else.
      .numbers(
        .smaller, level == nil ? .detailed : .standard, needs: level.map { [.quantile($0)] } ?? []),
      Text(
        formula:
          "mean of τ · \\|error\\| where the target lies above, (1 − τ) · \\|error\\| where it lies "
          + "below; without τ the mean over the predicted quantiles, 0.5 where one number is predicted",
        edge: "`nil` without rows"),
      uncertainty: .rows { rows in
        rows.quantileContributions(level, TargetPredictions.pinballLoss).map(SampledRows.mean)
      }
    ) { input in
      if let quantiles = input.quantiles {
        return level.map(quantiles.pinballLoss) ?? quantiles.meanPinballLoss
      }
      return input.targets?.pinballLoss(quantile: level ?? 0.5)
    }
  }

  /// The share of targets that lie within their intervals.
  package static let intervalCoverage = MetricDefinition(
    "intervalCoverage", "share within 90 % intervals",
    .numbers(.neither, .brief, needs: [.intervals]),
    Text(
      formula: "weight of the targets within their intervals / W; the ends belong to an interval",
      edge: "`nil` without rows")
  ) { $0.intervals?.coverage }

  /// The mean width of the intervals.
  package static let meanIntervalWidth = MetricDefinition(
    "meanIntervalWidth", "mean width of 90 % intervals",
    .numbers(.neither, .brief, needs: [.intervals]),
    Text(
      formula: "mean of upper − lower end", edge: "`nil` without rows, and when a width is infinite"
    )
  ) { $0.intervals?.meanWidth }
}

// MARK: - Novelties

extension MetricDefinition {
  /// The share of rows that were classified as outliers.
  package static let flaggedFraction = MetricDefinition(
    "flaggedFraction", "share of outliers",
    Facts(subject: .novelties, direction: .neither, placement: .brief),
    Text(formula: "weight of flagged rows / W", edge: "`nil` without rows")
  ) { $0.flags?.flaggedFraction }
}

// MARK: - Metrics that differ in a number

extension MetricFamily {
  /// `pinball-loss`, `pinball-loss@0.9`.
  static let pinballLoss = MetricFamily(
    name: "pinball-loss", example: "pinball-loss@0.9", expected: "a quantile between 0 and 1",
    defaultArguments: [""], defaultArgument: ""
  ) { text in
    guard !text.isEmpty else { return .pinballLoss(nil) }
    guard let level = Double(text), level > 0, level < 1 else { return nil }
    return .pinballLoss(level)
  }

  /// `top-k-accuracy@3`.
  static let topKAccuracy = MetricFamily(
    name: "top-k-accuracy", example: "top-k-accuracy@3", expected: "a whole number of at least 2",
    defaultArguments: ["2", "3", "5"], defaultArgument: nil
  ) { text in
    guard let k = Int(text), k >= 2, k < Int.max else { return nil }
    return .topKAccuracy(k)
  }
}
