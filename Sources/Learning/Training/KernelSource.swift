import Distribution
import Kernels
import LinearAlgebra

/// Examples with the kernel among them: what kernel values are computed from.
package struct KernelSource: Sendable {
  /// Where the examples are; boxed, so that a copy counts one reference, whatever a case holds.
  package indirect enum Place: Sendable {
    /// In this process.
    case local(FeatureRows)
    /// In shards; what follows from all of them is known.
    case sharded(ShardedSource)
  }

  package let place: Place
  /// The kernel; a precomputed one knows these examples by their number.
  package let function: KernelFunction

  /// Collects the parts.
  package init(_ features: FeatureMatrix, _ function: KernelFunction) {
    self.init(FeatureRows(features), function)
  }

  /// Collects the parts, where the examples are some of others.
  package init(_ examples: FeatureRows, _ function: KernelFunction) {
    place = .local(examples)
    self.function = function
  }

  /// Collects the parts, wherever the examples are.
  package init(_ examples: ExampleSet, _ function: KernelFunction) throws(TrainingError) {
    self.function = function
    switch examples {
    case .local(let features): place = .local(FeatureRows(features))
    case .sharded(let shards):
      place = .sharded(
        try kernelErrors { () throws(KernelError) in try ShardedSource(shards, function) })
    }
  }

  private init(_ source: ShardedSource) {
    place = .sharded(source)
    function = source.function
  }

  /// The examples of a source whose examples are all here.
  package var examples: FeatureRows {
    guard case .local(let examples) = place else {
      preconditionFailure("the examples are on several ranks")
    }
    return examples
  }

  /// The same as a matrix, which is a copy where they are some of others.
  package var features: FeatureMatrix { examples.gathered }

  /// Whether the examples are on several ranks.
  package var isSharded: Bool { if case .sharded = place { true } else { false } }

  /// The number of examples.
  package var count: Int {
    switch place {
    case .local(let examples): examples.count
    case .sharded(let source): source.features.rowCount
    }
  }

  /// Some of the examples, in a given order.
  package func choosing(_ rows: [Int]) throws(TrainingError) -> KernelSource {
    switch place {
    case .local: choosingHere(rows)
    case .sharded(let source):
      KernelSource(
        try kernelErrors { () throws(KernelError) in
          try ShardedSource(source.given.choosing(rows), function)
        })
    }
  }

  /// Some of the examples, where all are here.
  package func choosingHere(_ rows: [Int]) -> KernelSource {
    let examples = examples
    if rows.count == examples.count && rows == Array(0..<rows.count) { return self }
    return KernelSource(
      FeatureRows(rows, of: examples, for: function), function.choosingExamples(rows))
  }

  /// The same examples, moved as they are moved among others of a training.
  package func moved(like other: KernelSource) -> KernelSource {
    guard case .sharded(let source) = place, case .sharded(let others) = other.place else {
      return self
    }
    return KernelSource(source.moved(like: others))
  }

  /// κ(x, x) of each example.
  package func diagonal() throws(TrainingError) -> [Double] {
    switch place {
    case .local(let examples): function.diagonal(examples.gathered)
    case .sharded(let source):
      try kernelErrors { () throws(KernelError) in
        try source.given.gatheringValues(function.diagonal(source.given.own))
      }
    }
  }

  /// How far kernel values of the examples lie from the exact ones.
  package func rounding<Scalar: KernelScalar>(
    _ scalar: Scalar.Type, threads: Int
  ) throws(TrainingError) -> Double {
    switch place {
    case .local: tiles(scalar, threads: threads).rounding
    case .sharded(let source):
      try kernelErrors { () throws(KernelError) in
        try source.rounding(source.tiles(scalar, threads: threads))
      }
    }
  }

  /// The largest magnitude of kernel values, and whether single precision shows that squared distances
  /// cancel; see `KernelMagnitudes`.
  package func magnitudes() throws(TrainingError) -> (largest: Double, cancels: Bool) {
    let features: FeatureMatrix
    let parts: [Double]
    switch place {
    case .local(let examples):
      // Which examples they are makes no difference to what is asked of the features besides the parts.
      features = examples.features
      parts = KernelMagnitudes.largestParts(examples, function)
    case .sharded(let source):
      features = source.given.own
      parts = try kernelErrors { () throws(KernelError) in try source.largestParts() }
    }
    return (
      KernelMagnitudes.largest(function, features, parts),
      KernelMagnitudes.cancels(function, features, parts)
    )
  }

  /// The kernel matrix of the examples, which are all here, computed tile by tile; everything that asks for kernel values of
  /// training examples gets them from here.
  ///
  /// - Parameters:
  ///   - scalar: The precision of the values.
  ///   - threads: The number of threads, at least 1.
  ///   - memoryLimit: The bytes that kept rows may take.
  /// - Returns: The kernel.
  package func tiles<Scalar: KernelScalar>(
    _ scalar: Scalar.Type = Scalar.self, threads: Int, memoryLimit: Int = 0
  ) -> TiledKernel<Scalar> {
    TiledKernel(examples, function, threads: threads, memoryLimit: memoryLimit)
  }
}

extension FeatureMatrix {
  /// What a model keeps of its support vectors: nothing when the kernel is precomputed.
  package func supportVectors(_ rows: [Int], for function: KernelFunction) -> FeatureMatrix {
    if case .precomputed = function {
      return .dense(Matrix(rowCount: rows.count, columnCount: 0, repeating: 0))
    }
    return gatheringRows(rows)
  }
}
