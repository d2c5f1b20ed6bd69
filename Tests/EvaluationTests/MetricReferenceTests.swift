import Evaluation
import Testing

/// Every figure against scikit-learn's, to 1e-12.
struct MetricReferenceTests {
  let references: MetricReferences

  init() throws { references = try MetricReferences() }

  private func isClose(_ value: Double?, _ reference: Double?) -> Bool {
    switch (value, reference) {
    case (nil, nil): true
    case (let value?, let reference?):
      (value - reference).magnitude <= 1e-12 * max(1, reference.magnitude)
    default: false
    }
  }

  private func areClose(_ values: [Double?], _ references: [Double?]) -> Bool {
    values.count == references.count && zip(values, references).allSatisfy(isClose)
  }

  /// Compares every metric that a reference has a number for.
  private func expectClose(
    _ input: MetricInput, _ references: [String: Double?], _ name: String
  ) throws {
    for (id, reference) in references {
      let metric = try #require(MetricCatalog.definition(MetricID(rawValue: id)), "\(id)")
      let value = metric.value(of: input)
      #expect(
        isClose(value, reference),
        "\(name), \(id): \(String(describing: value)), \(String(describing: reference))")
    }
  }

  @Test func figuresOfClassesAgree() throws {
    for reference in references.classes {
      let matrix = ConfusionMatrix(
        classNames: (0..<reference.classCount).map(String.init), actual: reference.actual,
        predicted: reference.predicted, weights: reference.weights)
      let classes = 0..<reference.classCount
      #expect(
        classes.allSatisfy { actual in
          areClose(
            classes.map { matrix.weight(actual: actual, predicted: $0) },
            reference.confusion[actual])
        }, "\(reference.name)")
      #expect(
        areClose(classes.map(matrix.precision(of:)), reference.precision), "\(reference.name)")
      #expect(areClose(classes.map(matrix.recall(of:)), reference.recall), "\(reference.name)")
      #expect(areClose(classes.map(matrix.f1(of:)), reference.f1), "\(reference.name)")
      // Of rows of one class scikit-learn calls agreement 0 (or NaN); here there is none to measure.
      let isOfOneClass = classes.count { matrix.recall(of: $0) != nil } < 2
      let figures = reference.figures.filter {
        !isOfOneClass || !["matthewsCorrelation", "cohenKappa"].contains($0.key)
      }
      try expectClose(matrix.metricInput, figures, reference.name)
    }
  }

  @Test func figuresOfRankingsAgree() throws {
    for reference in references.rankings {
      let labels = try ScoredLabels(
        scores: reference.scores, isPositive: reference.isPositive, weights: reference.weights)
      #expect(isClose(labels.rocAUC, reference.rocAUC), "\(reference.name)")
      #expect(isClose(labels.averagePrecision, reference.averagePrecision), "\(reference.name)")
      if let roc = reference.roc {
        let points = labels.rocCurve()
        #expect(areClose(points.map(\.falsePositiveRate), roc.map { $0[0] }), "\(reference.name)")
        #expect(areClose(points.map(\.recall), roc.map { $0[1] }), "\(reference.name)")
      }
      if let curve = reference.precisionRecall {
        // scikit-learn's curve ends where it has found every positive row.
        let points = labels.precisionRecallCurve().prefix(curve.count)
        #expect(areClose(points.map(\.recall), curve.map { $0[0] }), "\(reference.name)")
        #expect(areClose(points.map(\.precision), curve.map { $0[1] }), "\(reference.name)")
      }
    }
  }

  @Test func figuresOfProbabilitiesAgree() throws {
    for reference in references.probabilities {
      let classCount = reference.classCount
      var scores = try ProbabilityScores(classCount: classCount)
      for (row, actual) in reference.actual.enumerated() {
        try scores.add(
          probabilities: reference.probabilities[row * classCount..<(row + 1) * classCount],
          actual: actual, weight: reference.weights?[row] ?? 1)
      }
      let table = try ClassScores(
        scores: reference.probabilities, classCount: classCount, actual: reference.actual,
        weights: reference.weights)
      var input = scores.metricInput
      (input.classScores, input.oneVersusRest) = (table, try OneVersusRest(table))
      try expectClose(input, reference.figures, reference.name)
      if let calibration = reference.calibration {
        let curve = try ReliabilityCurve(
          probabilities: reference.actual.indices.map { reference.probabilities[2 * $0 + 1] },
          outcomes: reference.actual.map { $0 == 1 }, binCount: 5, binning: .equalWidth)
        #expect(
          areClose(curve.bins.map(\.meanProbability), calibration.map { $0[0] }),
          "\(reference.name)")
        #expect(
          areClose(curve.bins.map(\.observedFraction), calibration.map { $0[1] }),
          "\(reference.name)")
      }
    }
  }

  @Test func figuresOfNumbersAgree() throws {
    for reference in references.numbers {
      let pairs = try TargetPredictions(
        actual: reference.actual, predicted: reference.predicted, weights: reference.weights)
      try expectClose(pairs.metricInput, reference.figures, reference.name)
    }
  }
}
