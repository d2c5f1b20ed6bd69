import Distribution
import Kernels
import LinearAlgebra

/// Checks that every training shares.
package enum TrainingChecks {
  /// Rejects examples without rows, features or finite values.
  package static func features(_ features: FeatureMatrix) throws(TrainingError) {
    guard features.rowCount > 0, features.columnCount > 0 else {
      throw .empty(rows: features.rowCount, columns: features.columnCount)
    }
    guard features.rowCount < Int(Int32.max) / 2 else {
      throw .invalidParameter(
        name: "features", value: "\(features.rowCount) rows", expected: "fewer than 2^30 rows")
    }
    if let place = features.firstNonFinite {
      throw .notFinite(row: place.row, column: place.column, value: place.value)
    }
  }

  /// The same for examples on several ranks, all of which reject what one does.
  package static func examples(_ examples: ExampleSet) throws(TrainingError) {
    guard case .sharded(let shards) = examples else {
      if case .local(let features) = examples { try self.features(features) }
      return
    }
    guard shards.rowCount > 0, shards.columnCount > 0 else {
      throw .empty(rows: shards.rowCount, columns: shards.columnCount)
    }
    guard shards.rowCount < Int(Int32.max) / 2 else {
      throw .invalidParameter(
        name: "features", value: "\(shards.rowCount) rows", expected: "fewer than 2^30 rows")
    }
    let place = shards.own.firstNonFinite
    let first = try kernelErrors { () throws(KernelError) in
      try shards.first(
        place.map { [Double($0.row + shards.ownRows.lowerBound), Double($0.column), $0.value] })
    }
    if let first { throw .notFinite(row: Int(first[0]), column: Int(first[1]), value: first[2]) }
  }

  /// Rejects targets that are not one finite number for each of `rowCount` examples.
  package static func targets(_ targets: [Double], rowCount: Int) throws(TrainingError) {
    guard targets.count == rowCount else {
      throw .countMismatch(what: "targets", found: targets.count, rows: rowCount)
    }
    if let row = targets.firstIndex(where: { !$0.isFinite }) {
      throw .notFinite(row: row, column: nil, value: targets[row])
    }
  }

  /// Rejects a parameter that is not positive and finite.
  package static func positive(_ value: Double, _ name: String) throws(TrainingError) {
    guard value > 0, value.isFinite else {
      throw .invalidParameter(name: name, value: "\(value)", expected: "greater than 0")
    }
  }

  /// The kernel in numbers; a gamma that depends on the data counts rows by their weights.
  ///
  /// Refuses a kernel whose tiles would not fit the memory limit.
  package static func kernel(
    _ kernel: Kernel, for features: FeatureMatrix, weights: [Double]?, memoryLimit: Int
  ) throws(TrainingError) -> KernelFunction {
    let function = try resolved(kernel, for: features, weights)
    try check(function, features, memoryLimit: memoryLimit)
    return function
  }

  private static func check(
    _ function: KernelFunction, _ features: FeatureMatrix, memoryLimit: Int
  ) throws(TrainingError) {
    let bytes = features.denseTileBytes(for: function)
    guard bytes <= max(memoryLimit, 64 << 20) else {
      throw .invalidParameter(
        name: "kernel", value: function.name,
        expected: "\(KernelCatalog.namesForSparseExamples) for sparse examples of "
          + "\(features.columnCount) features within a memory limit of \(memoryLimit >> 20) MB")
    }
  }

  /// The same for examples wherever they are.
  package static func kernel(
    _ kernel: Kernel, for examples: ExampleSet, weights: [Double]?, memoryLimit: Int
  ) throws(TrainingError) -> KernelFunction {
    switch examples {
    case .local(let features):
      return try self.kernel(kernel, for: features, weights: weights, memoryLimit: memoryLimit)
    case .sharded(let shards):
      let function = try kernelErrors { () throws(KernelError) in
        try kernel.resolved(for: shards.own) { (part) throws(KernelError) in
          try shards.entryVariance(of: part, weights: weights)
        }
      }
      try checkFeatures(of: shards, function)
      try check(function, shards.own, memoryLimit: memoryLimit)
      return function
    }
  }

  /// Every rank rejects what the kernel is not defined for, as the first rank that finds it does.
  private static func checkFeatures(
    of shards: ShardedFeatures, _ function: KernelFunction
  ) throws(TrainingError) {
    var failure: KernelError?
    do throws(KernelError) {
      try function.checkFeatures(shards.own)
    } catch {
      failure = error.moved(by: shards.ownRows.lowerBound)
    }
    let found = failure
    let sentence = try kernelErrors { () throws(KernelError) in
      try shards.firstSentence(found?.description)
    }
    if let sentence { throw .kernel(found ?? .unreachable(sentence)) }
  }

  private static func resolved(
    _ kernel: Kernel, for features: FeatureMatrix, _ weights: [Double]?
  ) throws(TrainingError) -> KernelFunction {
    do throws(KernelError) {
      let function = try kernel.resolved(for: features, weights: weights)
      if case .precomputed = function, features.rowCount != features.columnCount {
        throw KernelError.precomputedShape(
          rows: features.rowCount, columns: features.columnCount, expected: features.rowCount)
      }
      try function.checkFeatures(features)
      return function
    } catch {
      throw .kernel(error)
    }
  }
}
