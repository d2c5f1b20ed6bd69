import Distribution
import Kernels
import LinearAlgebra
import Transport

/// The examples of a training: all in this process, or in shards on several ranks.
///
/// With shards every function is a collective, and every rank gets what one process would.
package enum ExampleSet: Sendable {
  case local(FeatureMatrix)
  case sharded(ShardedFeatures)

  /// The number of all examples.
  package var rowCount: Int {
    switch self {
    case .local(let features): features.rowCount
    case .sharded(let shards): shards.rowCount
    }
  }

  /// The number of examples of the rank that has most.
  package var largestShare: Int {
    switch self {
    case .local(let features): features.rowCount
    case .sharded(let shards):
      zip(shards.offsets, shards.offsets.dropFirst()).map { $1 - $0 }.max() ?? 0
    }
  }

  /// The number of features.
  package var columnCount: Int {
    switch self {
    case .local(let features): features.columnCount
    case .sharded(let shards): shards.columnCount
    }
  }

  /// Whether only the features that are not zero are stored.
  package var isSparse: Bool {
    switch self {
    case .local(let features): features.isSparse
    case .sharded(let shards): shards.own.isSparse
    }
  }

  /// The ranks that hold the examples; `nil` when all are here.
  package var ranks: (any Transport)? {
    switch self {
    case .local: nil
    case .sharded(let shards): shards.transport
    }
  }

  /// The examples that this process holds.
  package var own: FeatureMatrix {
    switch self {
    case .local(let features): features
    case .sharded(let shards): shards.own
    }
  }

  /// Which of all examples these are.
  package var ownRows: Range<Int> {
    switch self {
    case .local(let features): 0..<features.rowCount
    case .sharded(let shards): shards.ownRows
    }
  }

  /// Takes the examples of this process for all, or for those of one rank.
  ///
  /// - Parameters:
  ///   - own: The examples of this process.
  ///   - ranks: The ranks that hold examples; `nil` when all are here.
  /// - Throws: `TrainingError` when a rank does not answer.
  package init(own: FeatureMatrix, _ ranks: (any Transport)?) throws(TrainingError) {
    guard let ranks else {
      self = .local(own)
      return
    }
    self = .sharded(
      try kernelErrors { () throws(KernelError) in try ShardedFeatures(own, ranks) })
  }

  /// Some of the examples, each on the rank that holds it.
  ///
  /// - Parameter rows: Their numbers among all, ascending, the same on every rank.
  /// - Returns: These examples.
  /// - Throws: `TrainingError` when a rank does not answer.
  package func choosing(_ rows: [Int]) throws(TrainingError) -> ExampleSet {
    let range = ownRows
    let chosen = rows.filter(range.contains).map { $0 - range.lowerBound }
    return try ExampleSet(own: own.gatheringRows(chosen), ranks)
  }

  /// Examples that are needed here, some thousand.
  package func gatheringRows(_ rows: [Int]) throws(TrainingError) -> FeatureMatrix {
    switch self {
    case .local(let features): features.gatheringRows(rows)
    case .sharded(let shards):
      try kernelErrors { () throws(KernelError) in try shards.gathering(rows) }
    }
  }

  /// What a model keeps of its support vectors.
  package func supportVectors(
    _ rows: [Int], for function: KernelFunction
  ) throws(TrainingError) -> FeatureMatrix {
    switch self {
    case .local(let features): features.supportVectors(rows, for: function)
    case .sharded: try gatheringRows(rows)
    }
  }

  /// Hands the examples through a computation in their order, rank after rank.
  ///
  /// - Parameters:
  ///   - values: What it begins with.
  ///   - step: Adds some of the examples.
  /// - Returns: What it ends with, on every rank.
  /// - Throws: `TrainingError` when a rank does not answer.
  package func relay(
    _ values: [UInt64], _ step: (FeatureMatrix, inout [UInt64]) -> Void
  ) throws(TrainingError) -> [UInt64] {
    switch self {
    case .local(let features):
      var values = values
      step(features, &values)
      return values
    case .sharded(let shards):
      return try kernelErrors { () throws(KernelError) in
        try shards.relay(values) { step(shards.own, &$0) }
      }
    }
  }
}

/// Turns errors of kernels, and of ranks that do not answer, into those of trainings.
package func kernelErrors<Value>(
  _ body: () throws(KernelError) -> Value
) throws(TrainingError) -> Value {
  do throws(KernelError) {
    return try body()
  } catch {
    throw .kernel(error)
  }
}
