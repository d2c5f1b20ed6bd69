import Distribution
import Kernels
import LinearAlgebra
import TestSupport
import Testing
import Transport

/// Examples of several ranks behave as those of one.
@Suite struct ShardedFeaturesTests {
  private static let seed: UInt64 = 5

  private static func features(_ storage: String) throws -> FeatureMatrix {
    var generator = TestGenerator(seed: seed)
    return storage == "dense"
      ? .dense(.random(60, 7, using: &generator))
      : .sparse(try SparseMatrix<Double>.random(60, 7, density: 0.3, using: &generator))
  }

  /// Runs something on ranks, the second of which has no examples.
  private func onRanks<Value: Sendable>(
    _ size: Int, _ features: FeatureMatrix,
    _ body: @escaping @Sendable (ShardedFeatures) throws -> Value
  ) throws -> [Value] {
    var bounds = (0...size).map { $0 * $0 * features.rowCount / (size * size) }
    if size > 2 { bounds[1] = bounds[2] }
    let cuts = bounds
    return try ThreadTransport.run(ranks: size) { transport in
      let own = Array(cuts[transport.rank]..<cuts[transport.rank + 1])
      return try body(ShardedFeatures(features.gatheringRows(own), transport))
    }.map { try $0.get() }
  }

  @Test(arguments: [1, 2, 3, 5], ["dense", "sparse"])
  func rowsAreGathered(size: Int, storage: String) throws {
    let features = try Self.features(storage)
    var generator = TestGenerator(seed: Self.seed)
    let rows = (0..<25).map { _ in Int(generator.next() % 60) }
    for found in try onRanks(size, features, { try ($0.gathering(rows), $0.gathering([])) }) {
      #expect(found.0 == features.gatheringRows(rows), "seed \(Self.seed)")
      #expect(found.1 == features.gatheringRows([]))
    }
  }

  @Test(arguments: [1, 2, 3, 5], ["dense", "sparse"])
  func chosenRowsAreCutEvenly(size: Int, storage: String) throws {
    let features = try Self.features(storage)
    let rows = (0..<43).map { ($0 * 17 + 3) % 60 }
    let parts = try onRanks(size, features) { shards in
      let chosen = try shards.choosing(rows)
      #expect(chosen.ownRows.count == chosen.own.rowCount)
      return chosen.own
    }
    for (rank, part) in parts.enumerated() {
      let range = rank * 43 / size..<(rank + 1) * 43 / size
      #expect(part == features.gatheringRows(Array(rows[range])))
    }
  }

  @Test(arguments: [1, 2, 3, 5], ["dense", "sparse"])
  func gammaHasTheSameBits(size: Int, storage: String) throws {
    let features = try Self.features(storage)
    let weights = (0..<60).map { Double($0 % 4) / 3 }
    for weights in [nil, weights] {
      let expected = features.entryVariance(weights: weights)
      for found in try onRanks(
        size, features, { try $0.entryVariance(of: $0.own, weights: weights) })
      {
        #expect(found == expected)
      }
    }
  }

  /// A few entries of features with large numbers.
  @Test(arguments: [1, 3]) func absentFeaturesAreLeftOut(size: Int) throws {
    let columns: [Int32] = (0..<60).map { 1_000_000 * ($0 % 9) + $0 % 2 }
    let matrix = SparseMatrix<Double>(
      unchecked: 60, columnCount: 10_000_000, rowOffsets: Array(0...60), columnIndices: columns,
      values: (0..<60).map { Double($0) })
    let function = KernelFunction.gaussian(gamma: 1)
    let expected = FeatureMatrix.sparse(matrix).withoutAbsentFeatures(for: function)
    let rows = Array(0..<60)
    for found in try onRanks(
      size, .sparse(matrix), { try $0.withoutAbsentFeatures(for: function).gathering(rows) })
    {
      #expect(found == expected)
    }
  }

  @Test func ranksThatStoreDifferentlyAreRefused() throws {
    let results = ThreadTransport.run(ranks: 2) { transport in
      try ShardedFeatures(Self.features(transport.rank == 0 ? "dense" : "sparse"), transport)
    }
    for result in results {
      #expect(
        throws: KernelError.unreachable("some ranks hold sparse examples and others dense ones")
      ) {
        try result.get()
      }
    }
  }
}
