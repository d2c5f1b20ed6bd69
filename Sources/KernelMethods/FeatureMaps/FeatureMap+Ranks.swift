import Distribution
import Kernels
import Learning
import LinearAlgebra

// Feature maps of examples on several ranks: every rank gets the map, and maps its own examples.

extension FeatureMap.Method {
  /// Fits a map to examples in this process or on several ranks; see
  /// ``fit(features:kernel:componentCount:weights:seed:options:)``.
  ///
  /// - Throws: `TrainingError`.
  package func fit(
    _ examples: ExampleSet, kernel: Kernel, componentCount: Int, weights: [Double]?, seed: UInt64,
    options: TrainingOptions
  ) throws(TrainingError) -> FeatureMap {
    guard case .sharded(let shards) = examples else {
      return try fit(
        features: examples.own, kernel: kernel, componentCount: componentCount, weights: weights,
        seed: seed, options: options)
    }
    if self == .randomFourier { try RandomFourierMap.check(componentCount) }
    try TrainingChecks.examples(examples)
    let rows = try ExampleWeights(weights, count: examples.rowCount).rows
    let control = try TrainingControl(options, solverLackingCheckpoints: "kernel methods")
    let function = try TrainingChecks.kernel(
      kernel, for: examples, weights: weights, memoryLimit: options.memoryLimit)
    switch self {
    case .nystroem:
      let indices = try NystroemMap.landmarks(rows, count: componentCount, seed: seed)
      try MethodRun.reserve(
        rows: componentCount, columns: 4 * componentCount, limit: options.memoryLimit,
        examples: rows.count)
      let landmarks = try landmarks(indices, of: shards, function, control)
      return .nystroem(
        try stoppable(control) { () throws(TrainingError) in
          try NystroemMap(
            function, landmarks.features, indices, values: landmarks.values,
            featureCount: shards.columnCount)
        })
    case .randomFourier:
      return .randomFourier(
        try RandomFourierMap.draw(
          function, featureCount: shards.columnCount, componentCount: componentCount, seed: seed,
          memoryLimit: options.memoryLimit))
    }
  }
}

extension FeatureMap {
  /// The new features of training examples in this process or on several ranks.
  ///
  /// The bits of an example's new features are those of the tile that it is mapped in, so that a rank maps
  /// whole tiles, with examples of its neighbours.
  ///
  /// - Parameters:
  ///   - examples: Examples with ``featureCount`` features.
  ///   - options: Threads, and when to stop.
  /// - Returns: Examples with ``componentCount`` features.
  /// - Throws: `TrainingError`.
  package func mapping(
    _ examples: ExampleSet, _ options: TrainingOptions
  ) throws(TrainingError) -> ExampleSet {
    guard case .sharded(let shards) = examples else {
      return .local(.dense(try mapping(examples.own, options)))
    }
    let height =
      switch self {
      case .nystroem: LandmarkTiles.width
      case .randomFourier: RandomFourierMap.tileHeight
      }
    let tiles = try kernelErrors { () throws(KernelError) in
      try shards.wideningToTiles(ofHeight: height)
    }
    var mapped = FeatureMatrix.dense(try mapping(tiles.features, options))
    if tiles.own != 0..<mapped.rowCount { mapped = mapped.gatheringRows(Array(tiles.own)) }
    return try ExampleSet(own: mapped, shards.transport)
  }
}

/// Landmarks from the examples of several ranks, with the kernel among them, on every rank.
private func landmarks(
  _ indices: [Int], of shards: ShardedFeatures, _ function: KernelFunction,
  _ control: TrainingControl
) throws(TrainingError) -> (features: FeatureMatrix, values: Matrix<Double>) {
  let (features, values) = try kernelErrors { () throws(KernelError) in
    let source = try ShardedSource(shards, function)
    let (features, prepared) = (
      try shards.gathering(indices), try source.features.gathering(indices)
    )
    // The values of one process, whose examples are moved by what follows from all of them.
    let tiles = source.tiles(Double.self, threads: control.threads)
    tiles.bring(prepared, numbers: indices.map { Int32($0) })
    let values = try tiles.amongGuests().matrix(
      of: indices.indices.map { Int32($0) }, isCancelled: control.shouldStop)
    return (features, values)
  }
  guard let values else { throw .stopped(control.interruption ?? .cancelled) }
  return (features, values)
}
