/// A figure of merit, with the rows it was measured on.
///
/// A number without its set says little: an accuracy of 1 is worth something on rows the model has
/// not seen, and nothing on its training rows. It is encoded as
/// `{"name": …, "value": …, "set": …, "rows": …}`.
public struct Metric: Sendable, Equatable, Codable {
  /// Which rows a figure was measured on.
  package enum MeasuredSet: String, Sendable, Codable {
    /// The rows the model was trained on: an optimistic figure.
    case training
    /// Rows of the same table, kept out of training.
    case holdout
    /// Every row once, each by a model that was trained without it.
    case crossValidation = "cross-validation"
    /// A table given for evaluation.
    case evaluation
  }

  /// What was measured; ``MetricCatalog`` says more.
  public let id: MetricID
  /// The figure; finite.
  public let value: Double
  /// The set it was measured on.
  package let set: MeasuredSet
  /// The number of rows in that set that were counted.
  package let rows: Int

  /// Labels a figure.
  ///
  /// - Parameters:
  ///   - id: What was measured.
  ///   - value: The figure; finite.
  ///   - set: The set it was measured on.
  ///   - rows: The number of rows that were counted.
  package init(id: MetricID, value: Double, set: MeasuredSet, rows: Int) {
    self.id = id
    self.value = value
    self.set = set
    self.rows = rows
  }

  private enum CodingKeys: String, CodingKey {
    case id = "name"
    case value, set, rows
  }

  /// The name of what was measured, such as `balancedAccuracy`.
  public var name: String { id.rawValue }
}
