import Basics
import Distribution
import Kernels
import Learning
import LinearAlgebra
import LinearModels
import SMOSolver
import SupportVectors
import TestSupport
import Transport

/// A training that one process and several ranks must end with the same model.
package struct Scenario: Sendable, CustomStringConvertible {
  package let description: String
  /// All examples.
  package let features: FeatureMatrix
  /// Trains on the examples, with this many threads if they are given.
  private let train: @Sendable (ExampleSet, _ threads: Int?) throws -> TrainedBytes

  package init(
    _ description: String, _ features: FeatureMatrix,
    train: @escaping @Sendable (ExampleSet, _ threads: Int?) throws -> TrainedBytes
  ) {
    self.description = description
    self.features = features
    self.train = train
  }

  /// Trains in this process.
  package func local(threads: Int? = nil) throws -> TrainedBytes {
    try train(.local(features), threads)
  }

  /// Trains as one of several ranks.
  ///
  /// - Parameters:
  ///   - transport: The ranks.
  ///   - cuts: The first example of each rank but the first.
  ///   - threads: The number of threads of each rank; `nil` for that of the scenario.
  /// - Returns: What a file would hold of the model.
  /// - Throws: What the training throws.
  package func asRank(
    _ transport: any Transport, cuts: [Int], threads: Int? = nil
  ) throws -> TrainedBytes {
    let bounds = [0] + cuts + [features.rowCount]
    let own = Array(bounds[transport.rank]..<bounds[transport.rank + 1])
    return try train(.sharded(ShardedFeatures(features.gatheringRows(own), transport)), threads)
  }

  /// Where examples are cut for a number of ranks: into shards of equal size, and into shards of unequal
  /// size, of which one is empty.
  package func cuts(_ size: Int) -> [[Int]] {
    let count = features.rowCount
    let equal = (1..<size).map { $0 * count / size }
    guard size > 1 else { return [equal] }
    var unequal = (1..<size).map { $0 * $0 * count / (size * size + 1) }
    if size > 2 { unequal[1] = unequal[0] }
    return [equal, unequal]
  }
}

extension TrainingOptions {
  /// The same with another number of threads.
  func on(_ threads: Int?) -> TrainingOptions {
    var options = self
    options.threads = threads ?? options.threads
    return options
  }
}

/// What a file would hold of a model: every number of it.
package struct TrainedBytes: Sendable, Equatable {
  package let header: String
  package let tensors: [String: StoredTensor]
  /// The kernel values that the ranks computed together, which no file holds.
  package let kernelValues: Int

  init(_ expansion: KernelExpansion, _ problems: [ProblemReport], _ rest: String) {
    var writer = ModelWriter()
    expansion.encode(to: &writer)
    header =
      JSONValue.array(problems.map(\.json)).text() + JSONValue.object(writer.members).text()
      + "\(expansion.kernel) \(expansion.precision) \(rest)"
    tensors = writer.tensors
    kernelValues = problems.reduce(0) { $0 + $1.kernelValuesComputed }
  }

  init(_ function: LinearFunction, _ problems: [ProblemReport], _ rest: String) {
    var writer = ModelWriter()
    function.encode(to: &writer)
    header =
      JSONValue.array(problems.map(\.json)).text() + JSONValue.object(writer.members).text() + rest
    tensors = writer.tensors
    kernelValues = 0
  }

  package static func == (first: Self, second: Self) -> Bool {
    first.header == second.header && first.tensors == second.tensors
  }

  /// A number that equal models share.
  package var digest: String {
    var text = header
    for (name, tensor) in tensors.sorted(by: { $0.key < $1.key }) { text += "\(name) \(tensor)" }
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    return String(hash, radix: 16)
  }
}
