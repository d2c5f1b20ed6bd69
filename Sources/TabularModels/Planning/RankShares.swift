import LinearAlgebra
import SupportVectors
import Transport

/// How the examples of a training are spread over ranks.
package struct RankShares: Sendable {
  /// The number of examples of each rank.
  package let rowCounts: [Int]
  /// The bytes of their features.
  package let byteCounts: [Int]

  /// Asks all ranks; `nil` for one process.
  ///
  /// - Throws: `TransportError` when a rank does not answer.
  init?(_ examples: ExampleSet) throws(TransportError) {
    guard let ranks = examples.ranks else { return nil }
    let own = examples.own
    var (rowCounts, byteCounts): ([Int], [Int]) = ([], [])
    let message = ByteWriter.bytes {
      $0.append(own.rowCount)
      $0.append(own.byteCount)
    }
    for bytes in try ranks.allGather(message) {
      var reader = ByteReader(bytes)
      rowCounts.append(try reader.integer())
      byteCounts.append(try reader.integer())
    }
    (self.rowCounts, self.byteCounts) = (rowCounts, byteCounts)
  }
}
