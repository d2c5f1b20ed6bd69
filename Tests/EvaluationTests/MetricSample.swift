import Evaluation
import Foundation

/// Rows with everything that a metric may need, drawn from a seed.
struct MetricSample {
  struct Row {
    var weight = 1.0
    var actual = 0
    var predicted = 0
    var probabilities: [Double] = []
    var scores: [Double] = []
    var target = 0.0
    var prediction = 0.0
    var quantiles: [Double] = []
    var lower = 0.0
    var upper = 0.0
    var isFlagged = false
  }

  static let levels = [0.1, 0.5, 0.9]

  let classCount: Int
  var rows: [Row]

  init(classCount: Int, rows: [Row]) {
    self.classCount = classCount
    self.rows = rows
  }

  /// Predictions that are often right, of classes of which the last one is rare; whole weights, some of them 0.
  init(classCount: Int, seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    self.classCount = classCount
    rows = (0..<60).map { number in
      var row = Row()
      row.weight = Double(generator.integer(below: 4))
      row.actual = number % 8 == 0 ? classCount - 1 : generator.integer(below: classCount - 1)
      // The first rows are there, so that every class occurs.
      if number < 24 { row.weight = 1 }
      // Few different scores, so that there are ties.
      row.scores = (0..<classCount).map {
        Double(generator.integer(below: 8) + ($0 == row.actual ? 2 : 0))
      }
      row.predicted = row.scores.indices.max {
        row.scores[$0] < row.scores[$1] || row.scores[$0] == row.scores[$1] && $0 > $1
      }!
      let raw = row.scores.map { $0 + 1 + generator.unitInterval() }
      row.probabilities = raw.map { $0 / raw.reduce(0, +) }
      row.target = 1 + 9 * generator.unitInterval()
      row.prediction = row.target + 2 * generator.unitInterval() - 1
      row.quantiles = Self.levels.map { row.target + 3 * ($0 - generator.unitInterval()) }
      (row.lower, row.upper) = (row.prediction - 0.5, row.prediction + 0.6)
      row.isFlagged = generator.integer(below: 4) == 0
      return row
    }
  }

  /// The same rows with predictions that are all right.
  var perfect: MetricSample {
    MetricSample(
      classCount: classCount,
      rows: rows.map { row in
        var row = row
        row.predicted = row.actual
        row.probabilities = (0..<classCount).map { $0 == row.actual ? 1 : 0 }
        row.scores = row.probabilities
        row.prediction = row.target
        row.quantiles = Self.levels.map { _ in row.target }
        (row.lower, row.upper) = (row.target, row.target)
        return row
      })
  }

  /// Each row as often as its weight says, with weight 1.
  var repeated: MetricSample {
    MetricSample(
      classCount: classCount,
      rows: rows.flatMap { row in
        var one = row
        one.weight = 1
        return [Row](repeating: one, count: Int(row.weight))
      })
  }

  /// What a metric of a subject takes.
  func input(_ subject: MetricDefinition.Subject) throws -> MetricInput {
    var input = MetricInput()
    let weights = rows.map(\.weight)
    switch subject {
    case .classes:
      input.confusion = ConfusionMatrix(
        classNames: (0..<classCount).map { "c\($0)" }, actual: rows.map(\.actual),
        predicted: rows.map(\.predicted), weights: weights)
      guard classCount > 1 else { return input }
      var probabilities = try ProbabilityScores(classCount: classCount)
      for row in rows {
        try probabilities.add(
          probabilities: row.probabilities, actual: row.actual, weight: row.weight)
      }
      input.probabilities = probabilities
      if classCount == 2 {
        input.ranking = try ScoredLabels(
          scores: rows.map { $0.scores[1] - $0.scores[0] }, isPositive: rows.map { $0.actual == 1 },
          weights: weights)
      } else {
        let scores = try ClassScores(
          scores: rows.flatMap(\.scores), classCount: classCount, actual: rows.map(\.actual),
          weights: weights)
        (input.classScores, input.oneVersusRest) = (scores, try OneVersusRest(scores))
      }
    case .numbers:
      let (targets, predictions) = (rows.map(\.target), rows.map(\.prediction))
      input.errors = RegressionErrors(actual: targets, predicted: predictions, weights: weights)
      input.targets = try TargetPredictions(
        actual: targets, predicted: predictions, weights: weights)
      input.quantiles = try QuantilePredictions(
        actual: targets, predicted: rows.flatMap(\.quantiles), levels: Self.levels,
        weights: weights)
      var intervals = IntervalCoverage()
      for row in rows {
        try intervals.add(
          actual: row.target, lower: row.lower, upper: row.upper, weight: row.weight)
      }
      input.intervals = intervals
    case .novelties:
      var flags = NoveltyFlags()
      for row in rows { flags.add(isFlagged: row.isFlagged, weight: row.weight) }
      input.flags = flags
    }
    return input
  }
}

// MARK: - Plain computations

/// Metrics by loops over rows that all count 1: slow, and as near to the definitions as can be.
struct PlainMetrics {
  let rows: [MetricSample.Row]
  let classCount: Int

  /// - Parameter sample: Rows of whole weights.
  init(_ sample: MetricSample) {
    rows = sample.repeated.rows
    classCount = sample.classCount
  }

  private var classes: Range<Int> { 0..<classCount }
  private func mean(_ values: [Double]) -> Double? {
    values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
  }
  private func share(_ test: (MetricSample.Row) -> Bool) -> Double? {
    mean(rows.map { test($0) ? 1 : 0 })
  }
  private func count(_ test: (MetricSample.Row) -> Bool) -> Double {
    Double(rows.count(where: test))
  }
  private func actual(_ index: Int) -> Double { count { $0.actual == index } }
  private func predicted(_ index: Int) -> Double { count { $0.predicted == index } }
  private func hits(_ index: Int) -> Double {
    count { $0.actual == index && $0.predicted == index }
  }
  private func recall(_ index: Int) -> Double? {
    actual(index) > 0 ? hits(index) / actual(index) : nil
  }
  private func precision(_ index: Int) -> Double? {
    predicted(index) > 0 ? hits(index) / predicted(index) : nil
  }
  private func f1(_ index: Int) -> Double? {
    actual(index) + predicted(index) > 0
      ? 2 * hits(index) / (actual(index) + predicted(index)) : nil
  }
  private var seen: [Int] { classes.filter { actual($0) + predicted($0) > 0 } }
  private func weighted(_ figure: (Int) -> Double?) -> Double? {
    let total = Double(rows.count)
    return total > 0 ? classes.reduce(0) { $0 + actual($1) * (figure($1) ?? 0) } / total : nil
  }

  /// The class with the fewest rows, when the largest has more than four times as many.
  private var rarest: Int? {
    let present = classes.filter { actual($0) > 0 }
    guard present.count > 1,
      let least = present.min(by: { actual($0) < actual($1) || actual($0) == actual($1) && $0 > $1 }
      ),
      let most = present.map({ actual($0) }).max(), most > 4 * actual(least)
    else { return nil }
    return least
  }

  private var correlation: Double? {
    let present = classes.filter { actual($0) > 0 }
    guard present.count > 1 else { return nil }
    // Covariances of indicator vectors, summed over the classes.
    let n = Double(rows.count)
    func covariance(
      _ left: (MetricSample.Row) -> Int, _ right: (MetricSample.Row) -> Int
    ) -> Double {
      classes.reduce(0) { sum, index in
        let (a, b) = (count { left($0) == index } / n, count { right($0) == index } / n)
        return sum
          + rows.reduce(0) {
            $0 + ((left($1) == index ? 1 : 0) - a) * ((right($1) == index ? 1 : 0) - b)
          }
      }
    }
    let spread = covariance(\.predicted, \.predicted)
    guard classes.count(where: { predicted($0) > 0 }) > 1 else { return 0 }
    return covariance(\.actual, \.predicted)
      / (covariance(\.actual, \.actual) * spread).squareRoot()
  }

  private var kappa: Double? {
    guard classes.count(where: { actual($0) > 0 }) > 1 else { return nil }
    let n = Double(rows.count)
    let chance = classes.reduce(0) { $0 + actual($1) / n * (predicted($1) / n) }
    return ((share { $0.actual == $0.predicted } ?? 0) - chance) / (1 - chance)
  }

  private func area(_ score: (MetricSample.Row) -> Double, _ index: Int) -> Double? {
    var sum = 0.0
    var pairs = 0.0
    for positive in rows where positive.actual == index {
      for negative in rows where negative.actual != index {
        let (a, b) = (score(positive), score(negative))
        sum += a > b ? 1 : a == b ? 0.5 : 0
        pairs += 1
      }
    }
    return pairs > 0 ? sum / pairs : nil
  }

  private func averagePrecision(_ score: (MetricSample.Row) -> Double, _ index: Int) -> Double? {
    mean(
      rows.filter { $0.actual == index }.map { positive in
        let taken = rows.filter { score($0) >= score(positive) }
        return Double(taken.count { $0.actual == index }) / Double(taken.count)
      })
  }

  private func ofTwo(
    _ figure: ((MetricSample.Row) -> Double, Int) -> Double?
  ) -> Double? {
    classCount == 2 ? figure({ $0.scores[1] - $0.scores[0] }, 1) : nil
  }

  private func ofSeveral(
    _ figure: ((MetricSample.Row) -> Double, Int) -> Double?
  ) -> Double? {
    classCount > 2 ? mean(classes.compactMap { index in figure({ $0.scores[index] }, index) }) : nil
  }

  private var calibration: [(weight: Double, gap: Double)] {
    var bins = [[(stated: Double, isTrue: Bool)]](repeating: [], count: 15)
    for row in rows {
      let top = row.probabilities.indices.max {
        row.probabilities[$0] < row.probabilities[$1]
          || row.probabilities[$0] == row.probabilities[$1] && $0 > $1
      }!
      let index = classCount == 2 ? 1 : top
      let stated = row.probabilities[index]
      // A bin holds its upper edge.
      let bin = (0..<15).first { stated <= Double($0 + 1) / 15 } ?? 14
      bins[bin].append((stated, row.actual == index))
    }
    return bins.filter { !$0.isEmpty }.map { bin in
      let n = Double(bin.count)
      let observed = Double(bin.count { $0.isTrue }) / n
      return (n, abs(observed - bin.reduce(0) { $0 + $1.stated } / n))
    }
  }

  private var errors: [Double] { rows.map { $0.prediction - $0.target } }

  private var explained: Double? {
    guard let centre = mean(rows.map(\.target)), Set(rows.map(\.target)).count > 1 else {
      return nil
    }
    return 1 - errors.reduce(0) { $0 + $1 * $1 }
      / rows.reduce(0) { $0 + ($1.target - centre) * ($1.target - centre) }
  }

  private var median: Double? {
    let sorted = errors.map { abs($0) }.sorted()
    guard !sorted.isEmpty else { return nil }
    return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
  }

  /// The metric of a name in the registry; fails the lookup for one that is not written down here.
  func value(_ id: MetricID) -> Double?? {
    let computations: [String: () -> Double?] = [
      "accuracy": { self.share { $0.actual == $0.predicted } },
      "majorityAccuracy": {
        self.rows.isEmpty ? nil : self.classes.map(self.actual).max()! / Double(self.rows.count)
      },
      "balancedAccuracy": { self.mean(self.classes.compactMap(self.recall)) },
      "macroF1": { self.mean(self.classes.compactMap(self.f1)) },
      "rareRecall": { self.rarest.flatMap(self.recall) },
      "rarePrecision": { self.rarest.flatMap(self.precision) },
      "macroPrecision": { self.mean(self.seen.map { self.precision($0) ?? 0 }) },
      "macroRecall": { self.mean(self.seen.map { self.recall($0) ?? 0 }) },
      "weightedPrecision": { self.weighted(self.precision) },
      "weightedF1": { self.weighted(self.f1) },
      "matthewsCorrelation": { self.correlation },
      "cohenKappa": { self.kappa },
      "rocAUC": { self.ofTwo(self.area) },
      "averagePrecision": { self.ofTwo(self.averagePrecision) },
      "macroRocAUC": { self.ofSeveral(self.area) },
      "macroAveragePrecision": { self.ofSeveral(self.averagePrecision) },
      "logLoss": {
        self.classCount < 2
          ? nil
          : self.mean(
            self.rows.map { -log(min(max($0.probabilities[$0.actual], 0x1p-52), 1 - 0x1p-52)) })
      },
      "brierScore": {
        self.classCount < 2
          ? nil
          : self.mean(
            self.rows.map { row in
              let squares = self.classes.reduce(0.0) {
                let gap = row.probabilities[$1] - ($1 == row.actual ? 1 : 0)
                return $0 + gap * gap
              }
              return self.classCount == 2 ? squares / 2 : squares
            })
      },
      "calibrationError": {
        self.classCount < 2 || self.rows.isEmpty
          ? nil : self.calibration.reduce(0) { $0 + $1.weight * $1.gap } / Double(self.rows.count)
      },
      "maximumCalibrationError": { self.classCount < 2 ? nil : self.calibration.map(\.gap).max() },
      "rmse": { self.mean(self.errors.map { $0 * $0 })?.squareRoot() },
      "mae": { self.mean(self.errors.map { abs($0) }) },
      "r2": { self.explained },
      "medianAbsoluteError": { self.median },
      "maxError": { self.errors.map { abs($0) }.max() },
      "meanAbsolutePercentageError": {
        self.rows.contains { $0.target == 0 }
          ? nil : self.mean(self.rows.map { abs(($0.prediction - $0.target) / $0.target) })
      },
      "intervalCoverage": { self.share { $0.lower <= $0.target && $0.target <= $0.upper } },
      "meanIntervalWidth": { self.mean(self.rows.map { $0.upper - $0.lower }) },
      "flaggedFraction": { self.share(\.isFlagged) },
    ]
    return computations[id.rawValue].map { $0() }
  }
}
