// A metric is one entry of the registry: everything that options, tables, reports, searches and documents
// say about it, and how it is computed, stands in its definition.

/// The name of a metric in reports for programs, such as `balancedAccuracy`.
///
/// A parameter follows an at sign: `topKAccuracy@3`.
public struct MetricID: RawRepresentable, Hashable, Sendable, Codable, CustomStringConvertible {
  /// The name.
  public let rawValue: String

  /// Wraps a name.
  public init(rawValue: String) { self.rawValue = rawValue }

  /// The name.
  public var description: String { rawValue }
}

/// A metric: what it is called, what it needs, and how it is computed.
///
/// All of them are in ``MetricCatalog``. Two definitions are equal when their names are.
public struct MetricDefinition: Sendable, Identifiable {
  /// What predictions are about.
  package enum Subject: String, Sendable, CaseIterable {
    /// Which class a row belongs to.
    case classes
    /// A number.
    case numbers
    /// Whether a row is unlike the training data.
    case novelties
  }

  /// Which values are better.
  package enum Direction: String, Sendable {
    /// Larger values are better, as with an accuracy.
    case larger
    /// Smaller values are better, as with an error.
    case smaller
    /// The value describes rows or predictions and says nothing about which model is better.
    case neither
  }

  /// Where a metric is shown when nobody chose metrics.
  package enum Placement: Int, Sendable, Comparable {
    /// Where it is asked for, and in reports for programs.
    case detailed
    /// In every account of a measurement.
    case standard
    /// There, and in tables with a row for each fold.
    case brief

    /// Whether one is shown in fewer places than another.
    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
  }

  /// What a metric needs besides targets and predictions.
  package enum Need: Sendable, Equatable {
    /// A probability of each class.
    case probabilities
    /// A score that ranks rows: a decision value of two classes, a decision value or a probability for each
    /// of several.
    case scores
    /// An interval around each predicted number.
    case intervals
    /// The prediction of a quantile, from 0 to 1.
    ///
    /// A model that predicts one number for each row is measured as if that were the quantile.
    case quantile(Double)
    /// A number of classes.
    case classes(atLeast: Int)
  }

  /// How sure a metric is.
  enum Uncertainty: Sendable {
    /// There is no interval.
    case unknown
    /// A bootstrap of the counts of a confusion matrix.
    case counts(@Sendable (ClassSums) -> Double?)
    /// A bootstrap of single rows: a function that computes the metric for other weights of the rows, or
    /// `nil` when the rows lack what it needs.
    case rows(@Sendable (SampledRows) throws(EvaluationError) -> SampledRows.Statistic?)
  }

  /// The name in reports for programs.
  public let id: MetricID
  /// The name for people, such as `balanced accuracy`.
  public let displayName: String
  /// The formula.
  package let formula: String
  /// When the metric has no value, or one by convention.
  package let edge: String
  /// What the predictions must be about.
  package let subject: Subject
  /// Which values are better.
  package let direction: Direction
  /// Where it is shown when nobody chose metrics.
  package let placement: Placement
  /// What it needs besides targets and predictions.
  package let needs: [Need]
  /// The metric that stands for this one when there are more than two classes.
  package let ofSeveralClasses: MetricID?
  let uncertainty: Uncertainty
  private let compute: @Sendable (MetricInput) -> Double?

  /// Describes a metric.
  ///
  /// - Parameters:
  ///   - id: The name in reports for programs, in camel case; the option's name follows from it.
  ///   - displayName: The name for people.
  ///   - facts: What the metric is about, which values are better, where it is shown, and what it needs.
  ///   - text: The formula, and when it has no value.
  ///   - uncertainty: How an interval is computed.
  ///   - compute: The value, or `nil` where there is none.
  init(
    _ id: String, _ displayName: String, _ facts: Facts, _ text: Text,
    uncertainty: Uncertainty = .unknown, compute: @escaping @Sendable (MetricInput) -> Double?
  ) {
    self.id = MetricID(rawValue: id)
    self.displayName = displayName
    formula = text.formula
    edge = text.edge
    subject = facts.subject
    direction = facts.direction
    placement = facts.placement
    needs = facts.needs
    ofSeveralClasses = facts.ofSeveralClasses.map(MetricID.init(rawValue:))
    self.uncertainty = uncertainty
    self.compute = compute
  }

  /// What a metric is about.
  struct Facts {
    var subject: Subject
    var direction: Direction
    var placement: Placement
    var needs: [Need] = []
    var ofSeveralClasses: String?

    /// Of classes.
    static func classes(
      _ direction: Direction, _ placement: Placement, needs: [Need] = [],
      ofSeveralClasses: String? = nil
    ) -> Facts {
      Facts(
        subject: .classes, direction: direction, placement: placement, needs: needs,
        ofSeveralClasses: ofSeveralClasses)
    }

    /// Of numbers.
    static func numbers(
      _ direction: Direction, _ placement: Placement, needs: [Need] = []
    ) -> Facts {
      Facts(subject: .numbers, direction: direction, placement: placement, needs: needs)
    }
  }

  /// How a metric is explained.
  struct Text {
    var formula: String
    var edge: String
  }

  /// The metric of some predictions.
  ///
  /// - Parameter input: What is true, and what was predicted.
  /// - Returns: A finite number, or `nil` where the metric has no value; see `edge`.
  package func value(of input: MetricInput) -> Double? {
    compute(input).flatMap { $0.isFinite ? $0 : nil }
  }
}

extension MetricDefinition: Hashable {
  /// Whether two definitions have one name.
  public static func == (left: Self, right: Self) -> Bool { left.id == right.id }

  /// Hashes the name.
  public func hash(into hasher: inout Hasher) { hasher.combine(id) }
}

// MARK: - Names

extension MetricDefinition {
  /// The name as options take it, in lower case with hyphens: `balanced-accuracy`, `roc-auc`.
  package var optionName: String {
    let letters = Array(id.rawValue)
    var text = ""
    for (place, letter) in letters.enumerated() {
      // A word begins at a capital after a small letter, or before one: roc-auc, top-k-accuracy.
      let beginsWord =
        letter.isUppercase && place > 0
        && (!letters[place - 1].isUppercase
          || place + 1 < letters.count && letters[place + 1].isLowercase)
      text += (beginsWord ? "-" : "") + letter.lowercased()
    }
    return text
  }
}

// MARK: - What a metric fits

/// What predictions can be measured by: the counterpart of a metric's needs.
package struct MetricContext: Sendable, Equatable {
  /// What is predicted, or `nil` when nothing is.
  package var subject: MetricDefinition.Subject?
  /// The number of classes; 0 unless classes are predicted.
  package var classCount: Int
  /// Whether each class has a probability.
  package var hasProbabilities: Bool
  /// Whether scores rank the rows.
  package var hasScores: Bool
  /// Whether predicted numbers have intervals.
  package var hasIntervals: Bool
  /// The quantiles that are predicted; empty when one number is predicted for each row.
  package var quantileLevels: [Double]

  /// Describes predictions.
  package init(
    subject: MetricDefinition.Subject?, classCount: Int = 0, hasProbabilities: Bool = false,
    hasScores: Bool = false, hasIntervals: Bool = false, quantileLevels: [Double] = []
  ) {
    self.subject = subject
    self.classCount = classCount
    self.hasProbabilities = hasProbabilities
    self.hasScores = hasScores
    self.hasIntervals = hasIntervals
    self.quantileLevels = quantileLevels
  }
}

extension MetricDefinition {
  /// The metric that is computed for a number of classes: a macro mean where there are several.
  package func resolved(classCount: Int) -> MetricDefinition {
    guard classCount > 2, let id = ofSeveralClasses else { return self }
    return MetricCatalog.definition(id) ?? self
  }

  /// Refuses predictions that the metric does not fit.
  ///
  /// - Parameter context: What is predicted.
  /// - Throws: `MetricError/subject(_:of:)`, `MetricError/need(_:of:in:)`.
  package func check(_ context: MetricContext) throws(MetricError) {
    guard context.subject == subject else {
      throw MetricError(.subject(context.subject, of: self))
    }
    let metric = resolved(classCount: context.classCount)
    for need in metric.needs where !context.meets(need) {
      throw MetricError(.need(need, of: self, in: context))
    }
  }

  /// Refuses a metric by which models cannot be compared.
  ///
  /// - Throws: `MetricError/noDirection(_:)`.
  package func checkDirection() throws(MetricError) {
    guard direction != .neither else { throw MetricError(.noDirection(self)) }
  }
}

extension MetricContext {
  fileprivate func meets(_ need: MetricDefinition.Need) -> Bool {
    switch need {
    case .probabilities: hasProbabilities
    case .scores: hasScores
    case .intervals: hasIntervals
    case .quantile(let level): quantileLevels.isEmpty || quantileLevels.contains(level)
    case .classes(let minimum): classCount >= minimum
    }
  }
}

/// Why a metric cannot be computed.
public struct MetricError: Error, Equatable, Sendable {
  /// What is wrong.
  package let reason: Reason

  /// Wraps a reason.
  package init(_ reason: Reason) { self.reason = reason }

  /// Reasons.
  package enum Reason: Equatable, Sendable {
    /// No metric has the name.
    case unknown(String)
    /// What follows the at sign of a name is out of range, or the metric takes nothing there.
    case argument(String, name: String, expected: String)
    /// The metric is about something else than what is predicted; `nil` when nothing is.
    case subject(MetricDefinition.Subject?, of: MetricDefinition)
    /// The predictions lack something that the metric needs.
    case need(MetricDefinition.Need, of: MetricDefinition, in: MetricContext)
    /// Neither large nor small values are better.
    case noDirection(MetricDefinition)
  }
}

extension MetricDefinition.Subject {
  /// The task whose models predict it.
  fileprivate var task: String {
    switch self {
    case .classes: "classification"
    case .numbers: "regression"
    case .novelties: "one-class"
    }
  }
}

extension MetricError: CustomStringConvertible {
  /// One sentence that says what was found and what was expected.
  public var description: String {
    switch reason {
    case .unknown(let name): return "there is no metric \"\(name)\""
    case .argument(let text, let name, let expected):
      return text.isEmpty
        ? "\(name) needs \(expected) after an at sign"
        : "\(name) takes \(expected) after the at sign, but \"\(text)\" is given"
    case .subject(let subject, let metric):
      return "metric \(metric.optionName) is for \(metric.subject.task), but "
        + (subject.map { "the task is \($0.task)" } ?? "nothing is predicted")
    case .noDirection(let metric):
      return
        "metric \(metric.optionName) cannot compare models: neither large nor small values are better"
    case .need(let need, let metric, let context):
      return "metric \(metric.optionName) needs "
        + Self.text(of: need, classCount: context.classCount, levels: context.quantileLevels)
    }
  }

  private static func text(
    of need: MetricDefinition.Need, classCount: Int, levels: [Double]
  ) -> String {
    switch need {
    case .probabilities: return "class probabilities"
    case .scores: return "class probabilities or a decision value for each class"
    case .intervals: return "prediction intervals"
    case .quantile(let level):
      return "a prediction of the quantile \(level), but the predicted ones are "
        + levels.map { "\($0)" }.joined(separator: ", ")
    case .classes(let minimum):
      return
        "at least \(minimum) classes, but there \(classCount == 1 ? "is" : "are") \(classCount)"
    }
  }
}
