import Evaluation
import TabularModels

/// How rows are divided into folds.
public struct FoldPlan: Sendable, Equatable {
  /// In which order rows go to folds.
  package enum Order: String, Sendable, CaseIterable {
    /// At random, stratified by class; groups stay together where there are some.
    case shuffled
    /// As the rows stand in the data, the earliest first: each fold trains on all rows before it.
    case timeOrdered = "time-ordered"
  }

  /// The number of folds; at least 2, or 1 in time order.
  package var count: Int
  /// The number of repetitions, each with new folds; 1 in time order, where nothing is random.
  package var repetitionCount: Int
  /// In which order rows go to folds.
  package var order: Order

  /// Makes a plan, with the defaults of the command.
  ///
  /// - Parameters:
  ///   - count: The number of folds; at least 2, or 1 in time order.
  ///   - repetitionCount: The number of repetitions, each with new folds; 1 in time order.
  ///   - inTimeOrder: Whether the rows are in time order, the earliest first: each fold then trains on all
  ///     rows before it. Otherwise rows go to folds at random, stratified by class.
  public init(count: Int = 5, repetitionCount: Int = 1, inTimeOrder: Bool = false) {
    self.count = count
    self.repetitionCount = repetitionCount
    order = inTimeOrder ? .timeOrdered : .shuffled
  }

  /// Divides examples.
  ///
  /// - Parameters:
  ///   - examples: The examples, with their groups.
  ///   - places: Some of them, or `nil` for all.
  ///   - seed: Equal seeds give equal folds.
  /// - Returns: `count` splits for each repetition, of places among all examples.
  /// - Throws: `DataSplitError`.
  func splits(
    _ examples: FoldTraining, places: [Int]? = nil, seed: UInt64
  ) throws(DataSplitError) -> [(training: [Int], heldOut: [Int])] {
    let all = examples.strata
    let strata = places.map { $0.map { all[$0] } } ?? all
    let groups = examples.groups.map { groups in
      places.map { $0.map { groups[$0] } } ?? groups
    }
    let splits: [DataSplit]
    switch order {
    case .timeOrdered:
      guard repetitionCount == 1 else {
        throw .setting("the number of repetitions in time order", repetitionCount)
      }
      splits = try DataSplit.timeOrderedFolds(
        times: strata.indices.map(Double.init), foldCount: count)
    case .shuffled:
      splits = try DataSplit.repeated(repetitionCount, seed: seed) { seed throws(DataSplitError) in
        if let groups {
          try DataSplit.folds(strata: strata, groups: groups, foldCount: count, seed: seed)
        } else {
          try DataSplit.folds(strata: strata, foldCount: count, seed: seed)
        }
      }
    }
    return splits.map { split in
      guard let places else { return (split.trainingRows, split.heldOutRows) }
      return (split.trainingRows.map { places[$0] }, split.heldOutRows.map { places[$0] })
    }
  }
}
