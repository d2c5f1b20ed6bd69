import Foundation
import Testing

@testable import Evaluation

/// What holds for every metric of the registry; a new one is tested by being there.
@Suite struct MetricCatalogTests {
  static let metrics = MetricCatalog.all

  private static let classCounts: [MetricDefinition.Subject: [Int]] = [
    .classes: [2, 3, 6], .numbers: [2], .novelties: [2],
  ]

  private func samples(_ metric: MetricDefinition, seed: UInt64) -> [MetricSample] {
    (Self.classCounts[metric.subject] ?? []).map { MetricSample(classCount: $0, seed: seed) }
  }

  private func expectClose(
    _ left: Double?, _ right: Double?, _ comment: String,
    location: SourceLocation = #_sourceLocation
  ) {
    let isClose =
      switch (left, right) {
      case (nil, nil): true
      case (let left?, let right?): abs(left - right) <= 1e-11 * max(1, abs(right))
      default: false
      }
    #expect(
      isClose,
      "\(comment): \(left.map(String.init(describing:)) ?? "nil"), \(right.map(String.init(describing:)) ?? "nil")",
      sourceLocation: location)
  }

  // MARK: Names

  @Test func namesAreUniqueAndCanBeRead() throws {
    #expect(Set(Self.metrics.map(\.id)).count == Self.metrics.count)
    #expect(Set(Self.metrics.map(\.displayName)).count == Self.metrics.count)
    for metric in Self.metrics {
      #expect(try MetricCatalog.definition(named: metric.optionName) == metric)
      #expect(try MetricCatalog.definition(named: metric.id.rawValue) == metric)
      #expect(MetricCatalog.definition(metric.id) == metric)
      #expect(metric.id.displayName == metric.displayName)
      #expect(!metric.displayName.isEmpty && !metric.formula.isEmpty && !metric.edge.isEmpty)
      #expect(metric.optionName == metric.optionName.lowercased())
    }
    #expect(MetricDefinition.rocAUC.optionName == "roc-auc")
    #expect(MetricDefinition.macroF1.optionName == "macro-f1")
    #expect(MetricDefinition.macroRocAUC.optionName == "macro-roc-auc")
    #expect(throws: MetricError(.unknown("acuracy"))) {
      try MetricCatalog.definition(named: "acuracy")
    }
    #expect(throws: MetricError(.argument("3", name: "accuracy", expected: "nothing"))) {
      try MetricCatalog.definition(named: "accuracy@3")
    }
    #expect(MetricCatalog.definition(MetricID(rawValue: "nothing")) == nil)
  }

  @Test func theOrderOfTheRegistryIsTheOrderOfPrinting() {
    #expect(MetricCatalog.sorted(Self.metrics.reversed() + Self.metrics) == Self.metrics)
    #expect(MetricChoice.standard.computed == Self.metrics)
    #expect(MetricChoice.all.computed == Self.metrics)
  }

  // MARK: Values

  @Test(arguments: metrics) func valuesAreThoseOfAPlainComputation(metric: MetricDefinition) throws
  {
    for seed in UInt64(0)..<12 {
      for sample in samples(metric, seed: seed) {
        guard let expected = PlainMetrics(sample).value(metric.id) else {
          let references = try MetricReferences()
          let figures =
            references.classes.map(\.figures) + references.probabilities.map(\.figures)
            + references.numbers.map(\.figures)
          #expect(
            figures.contains { $0[metric.id.rawValue] != nil },
            "\(metric.id) has neither reference numbers nor a plain computation")
          return
        }
        let value = metric.value(of: try sample.input(metric.subject))
        expectClose(value, expected, "\(metric.id), seed \(seed), \(sample.classCount) classes")
      }
    }
  }

  @Test(arguments: metrics) func everyMetricHasAValueSomewhere(metric: MetricDefinition) throws {
    #expect(
      try (UInt64(0)..<12).contains { seed in
        try samples(metric, seed: seed).contains {
          try metric.value(of: $0.input(metric.subject)) != nil
        }
      })
  }

  @Test(arguments: metrics) func theOrderOfRowsDoesNotMatter(metric: MetricDefinition) throws {
    for seed in UInt64(0)..<6 {
      for sample in samples(metric, seed: seed) {
        var shuffled = sample
        var generator = SeededGenerator(seed: seed)
        generator.shuffle(&shuffled.rows)
        expectClose(
          metric.value(of: try shuffled.input(metric.subject)),
          metric.value(of: try sample.input(metric.subject)), "\(metric.id), seed \(seed)")
      }
    }
  }

  @Test(arguments: metrics) func aWeightOfTwoIsTheRowTwice(metric: MetricDefinition) throws {
    for seed in UInt64(0)..<6 {
      for sample in samples(metric, seed: seed) {
        let (weighted, repeated) = (
          try sample.input(metric.subject), try sample.repeated.input(metric.subject)
        )
        expectClose(
          metric.value(of: weighted), metric.value(of: repeated), "\(metric.id), seed \(seed)")
        #expect(weighted.rowCount == sample.rows.count { $0.weight > 0 })
      }
    }
  }

  @Test(arguments: metrics) func theDirectionPrefersPerfectPredictions(
    metric: MetricDefinition
  ) throws {
    var gains: [Double] = []
    for seed in UInt64(0)..<12 {
      for sample in samples(metric, seed: seed) {
        let best = metric.value(of: try sample.perfect.input(metric.subject))
        guard let value = metric.value(of: try sample.input(metric.subject)) else { continue }
        let perfect = try #require(best, "\(metric.id), seed \(seed)")
        switch metric.direction {
        case .larger: gains.append(perfect - value)
        case .smaller: gains.append(value - perfect)
        case .neither: #expect(perfect.isFinite)
        }
      }
    }
    #expect(gains.allSatisfy { $0 >= 0 }, "\(gains)")
    #expect(metric.direction == .neither || gains.contains { $0 > 1e-6 })
  }

  // MARK: Where there is no value

  /// Rows that leave some metrics without a value, and which these are.
  private static func edgeCases() -> [(name: String, sample: MetricSample, undefined: Set<String>)]
  {
    func row(
      _ actual: Int, _ predicted: Int, target: Double = 1, prediction: Double = 1, classes: Int = 2,
      weight: Double = 1
    ) -> MetricSample.Row {
      var row = MetricSample.Row(weight: weight, actual: actual, predicted: predicted)
      row.probabilities = (0..<classes).map { $0 == predicted ? 1 : 0 }
      row.scores = row.probabilities
      (row.target, row.prediction) = (target, prediction)
      row.quantiles = MetricSample.levels.map { _ in prediction }
      (row.lower, row.upper) = (prediction, prediction)
      return row
    }
    // Rare classes, and what is not for this number of classes, are undefined in all of these.
    let ofTwo: Set = ["rareRecall", "rarePrecision"]
    let ofThree: Set = ["rareRecall", "rarePrecision", "rocAUC", "averagePrecision"]
    return [
      (
        "the later class alone, constant targets",
        MetricSample(classCount: 2, rows: [row(1, 1, prediction: 2), row(1, 0)]),
        ofTwo.union(["matthewsCorrelation", "cohenKappa", "rocAUC", "r2"])
      ),
      (
        "the earlier class alone, targets of 0",
        MetricSample(
          classCount: 2, rows: [row(0, 0, target: 0), row(0, 1, target: 0), row(0, 0, target: 0)]),
        ofTwo.union([
          "matthewsCorrelation", "cohenKappa", "rocAUC", "averagePrecision", "r2",
          "meanAbsolutePercentageError",
        ])
      ),
      (
        "one of three classes",
        MetricSample(classCount: 3, rows: [row(2, 2, classes: 3), row(2, 1, classes: 3)]),
        ofThree.union(["matthewsCorrelation", "cohenKappa", "macroRocAUC", "r2"])
      ),
      (
        "one row", MetricSample(classCount: 2, rows: [row(1, 0)]),
        ofTwo.union(["matthewsCorrelation", "cohenKappa", "rocAUC", "r2"])
      ),
      (
        "constant predictions",
        MetricSample(classCount: 2, rows: [row(0, 1, target: 2), row(1, 1, target: 3)]), ofTwo
      ),
      (
        "errors that overflow when squared",
        MetricSample(
          classCount: 2, rows: [row(0, 0, target: 1e200, prediction: -1e200), row(1, 1, target: 1)]),
        ofTwo.union(["rmse", "r2"])
      ),
      ("no rows", MetricSample(classCount: 2, rows: []), Set(metrics.map(\.id.rawValue))),
      (
        "rows of weight 0",
        MetricSample(classCount: 2, rows: [row(0, 0, weight: 0), row(1, 1, weight: 0)]),
        Set(metrics.map(\.id.rawValue))
      ),
    ]
  }

  @Test func undefinedMetricsHaveNoValueAndOthersAFiniteOne() throws {
    for (name, sample, undefined) in Self.edgeCases() {
      for metric in Self.metrics {
        let value = metric.value(of: try sample.input(metric.subject))
        let isForMoreClasses = metric.needs.contains {
          if case .classes(let count) = $0 { count > sample.classCount } else { false }
        }
        #expect(
          (value == nil) == (isForMoreClasses || undefined.contains(metric.id.rawValue)),
          "\(name): \(metric.id)")
        #expect(value?.isFinite ?? true, "\(name): \(metric.id)")
      }
    }
  }

  @Test(arguments: metrics) func withoutWhatItNeedsAMetricHasNoValue(metric: MetricDefinition)
    throws
  {
    #expect(metric.value(of: MetricInput()) == nil)
    for subject in MetricDefinition.Subject.allCases where subject != metric.subject {
      let sample = MetricSample(classCount: 3, seed: 1)
      #expect(metric.value(of: try sample.input(subject)) == nil, "\(subject)")
      #expect(throws: MetricError(.subject(subject, of: metric))) {
        try metric.check(MetricContext(subject: subject, classCount: 3))
      }
    }
    let everything = MetricContext(
      subject: metric.subject, classCount: 10, hasProbabilities: true, hasScores: true,
      hasIntervals: true)
    try metric.check(everything)
    for need in metric.resolved(classCount: 10).needs {
      var context = everything
      switch need {
      case .probabilities: context.hasProbabilities = false
      case .scores: context.hasScores = false
      case .intervals: context.hasIntervals = false
      case .quantile: context.quantileLevels = [0.123]
      case .classes: context.classCount = 1
      }
      let error = #expect(throws: MetricError.self) { try metric.check(context) }
      #expect("\(try #require(error))".hasPrefix("metric \(metric.optionName) needs "))
    }
  }

  // MARK: Documents

  /// The table of all metrics, as documents have it.
  private var table: String {
    var lines = [
      "| metric | option | formula | where it has no value, or one by convention |",
      "|---|---|---|---|",
    ]
    for entry in MetricCatalog.entries {
      switch entry {
      case .metric(let metric): lines.append(line(metric, metric.id.rawValue, metric.optionName))
      case .family(let family):
        guard let metric = family.defaultArguments.compactMap(family.definition).first else {
          continue
        }
        let id = metric.id.rawValue.prefix { $0 != "@" }
        lines.append(line(metric, String(id), family.example))
      }
    }
    return lines.joined(separator: "\n")
  }

  private func line(_ metric: MetricDefinition, _ id: String, _ option: String) -> String {
    "| `\(id)` | `\(option)` | \(metric.formula) | \(metric.edge) |"
  }

  /// Documents hold the table of the registry; `UPDATE_DOCUMENTS=1` writes it there.
  @Test(arguments: ["README.md", "Evaluation.docc/Evaluation.md"])
  func documentsHoldTheRegistry(name: String) throws {
    let url = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "../../Sources/Evaluation/\(name)").standardizedFileURL
    let text = try String(contentsOf: url, encoding: .utf8)
    let begin = try #require(text.range(of: "<!-- metrics: begin -->\n"))
    let end = try #require(text.range(of: "\n<!-- metrics: end -->"))
    let found = String(text[begin.upperBound..<end.lowerBound])
    guard found != table, ProcessInfo.processInfo.environment["UPDATE_DOCUMENTS"] == "1" else {
      #expect(found == table, "run the test with UPDATE_DOCUMENTS=1")
      return
    }
    let updated = text.replacingCharacters(in: begin.upperBound..<end.lowerBound, with: table)
    try updated.write(to: url, atomically: true, encoding: .utf8)
  }

  // MARK: Intervals

  @Test(arguments: metrics) func intervalsHoldTheMetric(metric: MetricDefinition) throws {
    for classCount in Self.classCounts[metric.subject] ?? [] {
      let sample = MetricSample(classCount: classCount, seed: 3).repeated
      let value = metric.value(of: try sample.input(metric.subject))
      let interval: ConfidenceInterval?
      switch metric.uncertainty {
      case .unknown: continue
      case .counts:
        interval = try #require(try sample.input(.classes).confusion)
          .intervals(of: [metric], replicateCount: 200)[metric.id]
      case .rows:
        var rows = SampledRows()
        rows.weights = sample.rows.map(\.weight)
        switch metric.subject {
        case .classes:
          rows.classes = sample.rows.map(\.actual)
          rows.probabilities = sample.rows.flatMap(\.probabilities)
          if classCount == 2 {
            rows.scores = sample.rows.map { $0.scores[1] - $0.scores[0] }
            rows.isPositive = sample.rows.map { $0.actual == 1 }
          } else {
            rows.classScores = sample.rows.flatMap(\.scores)
          }
        case .numbers:
          rows.actual = sample.rows.map(\.target)
          rows.predicted = sample.rows.map(\.prediction)
          (rows.quantiles, rows.levels) = (sample.rows.flatMap(\.quantiles), MetricSample.levels)
        case .novelties: break
        }
        interval = try rows.intervals(of: [metric], seed: 0).first?.interval
      }
      guard let value else {
        #expect(interval == nil)
        continue
      }
      let found = try #require(interval, "\(metric.id), \(classCount) classes")
      expectClose(found.estimate, value, "\(metric.id)")
      #expect(found.lower <= value && value <= found.upper)
      // Rows that are all right are all right however often they are drawn.
      #expect(found.lower < found.upper || value == 1)
    }
  }
}
