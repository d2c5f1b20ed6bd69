import Distribution
import Kernels
import Learning
import LinearAlgebra
import SupportVectors
import Tables
import Transport

extension SelectedExamples {
  /// Learns from some examples how rows become features, and makes features of these and of further ones:
  /// on ranks, each has those of its share, which it alone has read, or keeps them of what all have read.
  ///
  /// - Parameters:
  ///   - training: Places in ``rows`` to learn from.
  ///   - others: Places to transform in the same way.
  ///   - control: Threads and ranks.
  /// - Returns: What was learned, and the features of both kinds of examples.
  /// - Throws: `TableError`; `TrainingError` when a rank does not answer.
  func fitted(
    training: [Int], others: [Int] = [], _ control: RunControl
  ) throws -> (preprocessor: Preprocessor, training: ExampleSet, others: ExampleSet) {
    let fitted = try self.fitted(training: training, others: others, threads: control.threads)
    if let ranks = data.transport {
      return (
        fitted.preprocessor, try ExampleSet(own: fitted.training, ordered: training, ranks),
        try ExampleSet(own: fitted.others, ordered: others, ranks)
      )
    }
    return (
      fitted.preprocessor, try ExampleSet(dividing: fitted.training, among: control.ranks),
      try ExampleSet(dividing: fitted.others, among: control.ranks)
    )
  }
}

extension ExampleSet {
  /// Examples that the ranks hold in the order of their rows.
  ///
  /// - Parameters:
  ///   - own: Those of this rank.
  ///   - places: The rows of all examples in the order that is wanted.
  ///   - ranks: The ranks.
  /// - Throws: `TrainingError` when a rank does not answer.
  init(
    own: FeatureMatrix, ordered places: [Int], _ ranks: any Transport
  ) throws(TrainingError) {
    let shards = try kernelErrors { () throws(KernelError) in
      let shards = try ShardedFeatures(own, ranks)
      guard zip(places, places.dropFirst()).contains(where: { $0 > $1 }) else { return shards }
      let order = places.indices.sorted { places[$0] < places[$1] }
      var rank = [Int](repeating: 0, count: order.count)
      for (place, index) in order.enumerated() { rank[index] = place }
      return try shards.choosing(rank)
    }
    self = .sharded(shards)
  }

  /// Examples that every rank has, in equal shares of consecutive ones.
  ///
  /// - Parameters:
  ///   - features: All examples.
  ///   - ranks: The ranks; `nil` leaves all here.
  /// - Throws: `TrainingError` when a rank does not answer.
  init(dividing features: FeatureMatrix, among ranks: (any Transport)?) throws(TrainingError) {
    guard let ranks else {
      self = .local(features)
      return
    }
    let count = features.rowCount
    let own = count * ranks.rank / ranks.size..<count * (ranks.rank + 1) / ranks.size
    try self.init(own: features.gatheringRows(Array(own)), ranks)
  }
}
