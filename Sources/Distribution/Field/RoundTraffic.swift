/// What the ranks of a training hand to their collectives in one round, all together: the formulas of the module's
/// README.
///
/// Each byte is received by all other ranks.
package struct RoundTraffic: Sendable, Equatable {
  /// The number of ranks, P.
  package var rankCount: Int
  /// The number of examples in the working block, m.
  package var memberCount: Int
  /// The number of their variables, V: as many, or twice as many of a regression.
  package var variableCount: Int
  /// The number of groups of variables, each with its own equation: 2 of ν problems, otherwise 1.
  package var groupCount: Int
  /// The number of examples that enter the block, b.
  package var newcomerCount: Int
  /// The bytes of an example's features when they are sent: see ``bytesOfExample(featureCount:)``.
  package var exampleBytes: Int
  /// The bytes of a kernel value: 4 in single precision, 8 in double.
  package var valueBytes: Int

  /// Describes a round.
  package init(
    rankCount: Int, memberCount: Int, newcomerCount: Int, exampleBytes: Int
  ) {
    self.rankCount = rankCount
    self.memberCount = memberCount
    variableCount = memberCount
    groupCount = 1
    self.newcomerCount = newcomerCount
    self.exampleBytes = exampleBytes
    valueBytes = 4
  }

  /// The bytes of a dense example's features.
  package static func bytesOfExample(featureCount: Int) -> Int { 8 * featureCount }

  /// The bytes of a sparse example's features.
  package static func bytesOfExample(storedCount: Int) -> Int { 4 + 12 * storedCount }

  /// Finding how far the KKT conditions are violated, where that was not found with the end of a round.
  package var extremes: Int { rankCount * (1 + 32 * groupCount) }
  /// What is known of the newcomers, with their features.
  package var members: Int {
    8 * rankCount + 17 * newcomerCount + 33 * variableCount * newcomerCount / max(memberCount, 1)
  }
  /// Looking for newcomers, of which each rank has at most `newcomerCount` of each direction.
  package var violators: Int {
    rankCount * 16 * groupCount + rankCount * 16 * groupCount * 2 * newcomerCount
  }
  /// Gathering the newcomers' features.
  package var features: Int { exampleBytes * newcomerCount }
  /// Gathering the newcomers' kernel values with the block's examples.
  package var values: Int { 2 * rankCount + valueBytes * newcomerCount * memberCount }
  /// The first block, which is symmetric and whose examples are all new: of each rank's part the rows from its first
  /// column on.
  package var symmetricValues: Int {
    let cuts = (0...rankCount).map { rank in
      rank == rankCount
        ? memberCount
        : Int(
          Double(memberCount)
            * (1 - (1 - Double(rank) / Double(rankCount)).squareRoot()))
    }
    let count = (0..<rankCount).reduce(0) {
      $0 + (cuts[$1 + 1] - cuts[$1]) * (memberCount - cuts[$1])
    }
    return 2 * rankCount + valueBytes * count
  }
  /// Agreeing that the changes are added to the gradient, and finding what the next round asks first: extremes, and how
  /// many examples remain active.
  package var apply: Int { rankCount * (10 + 64 * groupCount + (memberCount + 7) / 8) }

  /// A whole round.
  package var bytes: Int { violators + features + members + values + apply }

  /// The messages of a round that all wait for: two of each call but ``apply``, since what is long is sent after its
  /// length.
  package static let messageCount = 7
}
