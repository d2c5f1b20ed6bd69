import SupportVectors

/// One candidate measured on some folds.
public struct Trial: Sendable, Equatable {
  /// How a trial ended.
  package enum Status: String, Sendable, CaseIterable {
    /// All folds were measured.
    case done
    /// All folds were measured, some with a model that was stopped before its tolerance was met.
    case limited
    /// Left out after some folds, or before the first, because it could not win any more.
    case dropped
    /// The training rejects the parameters.
    case refused
  }

  /// The parameters.
  public let candidate: Candidate
  /// The number of rows that were divided into folds; not all of them early in a search.
  package let rowCount: Int
  /// The number of folds over all repetitions.
  package let foldCount: Int
  /// The metric on the folds that were measured, in order.
  package internal(set) var values: [Double]
  /// How it ended.
  package internal(set) var status: Status
  /// How long training and measuring took, summed over the folds.
  package internal(set) var duration: Duration

  private var spread: FoldSpread? { FoldSpread(values.map { ($0, 1) }) }

  /// The mean over the folds; `nil` when none was measured.
  public var mean: Double? { spread?.mean }

  /// The deviation of the folds, 0 where they differ by no more than rounding; `nil` for fewer than two.
  package var standardDeviation: Double? { spread?.standardDeviation }

  /// The standard error of the mean, as if folds were independent.
  package var standardError: Double? {
    spread?.computedDeviation.map { $0 / Double(values.count).squareRoot() }
  }

  /// Whether it may be chosen.
  package var isEligible: Bool { status == .done || status == .limited }
}
