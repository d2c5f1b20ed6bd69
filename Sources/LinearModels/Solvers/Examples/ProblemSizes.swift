import Distribution
import Kernels
import LinearAlgebra

/// What decides how a problem is solved.
struct ProblemSizes: Sendable {
  /// The number of examples.
  let count: Int
  /// Their stored features.
  let storedCount: Int
  /// See ``ProblemExamples/pairCount``.
  let pairCount: Double?

  /// The sizes of problems on ranks, for all together.
  ///
  /// - Parameters:
  ///   - problems: The examples of each, ascending.
  ///   - shards: The examples of all ranks.
  /// - Returns: As many sizes.
  /// - Throws: `KernelError.unreachable`.
  static func find(
    of problems: [[Int32]], in shards: ShardedFeatures
  ) throws(KernelError) -> [ProblemSizes] {
    guard case .sparse(let matrix) = shards.own else {
      return problems.map {
        ProblemSizes(
          count: $0.count, storedCount: $0.count * shards.columnCount, pairCount: nil)
      }
    }
    let first = shards.ownRows.lowerBound
    let own = problems.map { list in
      list[
        list.firstPlace(
          from: Int32(first))..<list.firstPlace(
            from: Int32(shards.ownRows.upperBound))
      ].map { matrix.rowOffsets[Int($0) - first + 1] - matrix.rowOffsets[Int($0) - first] }
    }
    // Numbers of entries are whole, and their sums exact.
    let start = [UInt64](repeating: 0, count: 2 * problems.count)
    let sums = try shards.relay(start) { values in
      for (place, counts) in own.enumerated() {
        var pairs = Double(bitPattern: values[2 * place + 1])
        for count in counts {
          values[2 * place] += UInt64(count)
          let stored = Double(count + 1)
          pairs += stored * stored / 2
        }
        values[2 * place + 1] = pairs.bitPattern
      }
    }
    return problems.indices.map { place in
      ProblemSizes(
        count: problems[place].count, storedCount: Int(sums[2 * place]),
        pairCount: Double(bitPattern: sums[2 * place + 1]))
    }
  }
}

extension ProblemSizes {
  /// The sizes of a problem.
  init(_ examples: any ProblemExamples) {
    self.init(
      count: examples.count, storedCount: examples.storedCount, pairCount: examples.pairCount)
  }
}
