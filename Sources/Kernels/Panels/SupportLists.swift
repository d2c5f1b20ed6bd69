import Basics
import LinearAlgebra

/// Wide sparse support vectors by feature: which of them have it, and with what value.
///
/// An example of 160 words meets only the lists of these words. Support vectors are cut into blocks,
/// so that the lists of one stay in the second-level cache while some examples pass; a feature that
/// an eighth of a block's support vectors has is listed for all of them, and met in vectors. Each
/// product is a sum in the order of the features in either form.
@safe
struct SupportLists<Scalar: KernelScalar>: Sendable {
  private struct Block: Sendable {
    /// Where the list of each feature that occurs begins, and behind the last one ends.
    var starts: [Int64]
    /// Places of support vectors in the block, ascending in each list.
    var targets: [Int32]
    var weights: [Scalar]
  }

  /// Support vectors of a block, in whole panels.
  let blockWidth: Int
  var blockCount: Int { blocks.count }
  /// Numbers in all lists.
  var listedCount: Int { blocks.reduce(0) { $0 + $1.weights.count } }
  private let blocks: [Block]

  /// Makes lists.
  ///
  /// - Parameters:
  ///   - matrix: s × d support vectors.
  ///   - values: Its values, rounded.
  ///   - features: The features that occur in it.
  ///   - panelWidth: Support vectors of a panel.
  /// - Complexity: O(stored entries); at most 12 bytes for one, or 128 where an eighth of a block has
  ///   the feature.
  init(
    _ matrix: SparseMatrix<Double>, values: [Scalar], features: OccurringFeatures, panelWidth: Int
  ) {
    let count = matrix.rowCount
    // Each block has a start for each feature; together they stay below the entries.
    let largestBlockCount = max(1, matrix.storedCount / max(1, 2 * features.count))
    let width = min(count, max(512, (count + largestBlockCount - 1) / largestBlockCount))
    let blockWidth = (width + panelWidth - 1) / panelWidth * panelWidth
    self.blockWidth = blockWidth
    blocks = stride(from: 0, to: count, by: blockWidth).map { first in
      let rows = first..<min(first + blockWidth, count)
      var lengths = [Int64](repeating: 0, count: features.count)
      let begin = matrix.rowOffsets[rows.lowerBound]
      let end = matrix.rowOffsets[rows.upperBound]
      let places = matrix.columnIndices[begin..<end].map { features.place(of: $0) }
      for place in places { lengths[Int(place)] += 1 }
      var starts: [Int64] = [0]
      starts.reserveCapacity(features.count + 1)
      var isFull = [Bool](repeating: false, count: features.count)
      for feature in lengths.indices {
        if lengths[feature] * 8 >= blockWidth {
          isFull[feature] = true
          lengths[feature] = Int64(blockWidth)
        }
        starts.append(starts[feature] + lengths[feature])
      }
      var targets = [Int32](repeating: 0, count: Int(starts[features.count]))
      var weights = [Scalar](repeating: 0, count: targets.count)
      var next = starts
      for row in rows {
        for entry in matrix.rowOffsets[row]..<matrix.rowOffsets[row + 1] {
          let feature = Int(places[entry - begin])
          if isFull[feature] {
            weights[Int(starts[feature]) + row - first] = values[entry]
          } else {
            targets[Int(next[feature])] = Int32(row - first)
            weights[Int(next[feature])] = values[entry]
            next[feature] += 1
          }
        }
      }
      return Block(starts: starts, targets: targets, weights: weights)
    }
  }

  /// Computes products of sparse rows with the support vectors of one block.
  ///
  /// - Parameters:
  ///   - block: Which block.
  ///   - offsets: Where the entries of each row begin, and behind the last one end.
  ///   - places: The entries' features, as places among those that occur.
  ///   - values: The entries' values.
  ///   - rows: The number of rows.
  ///   - target: rows × ``blockWidth`` products.
  @unsafe
  func multiply(
    block: Int, _ offsets: UnsafePointer<Int64>, _ places: UnsafePointer<Int32>,
    _ values: UnsafePointer<Scalar>, rows: Int, into target: UnsafeMutablePointer<Scalar>
  ) {
    unsafe blocks[block].starts.withUnsafeBufferPointer { starts in
      unsafe blocks[block].targets.withUnsafeBufferPointer { targets in
        unsafe blocks[block].weights.withUnsafeBufferPointer { weights in
          guard let starts = starts.baseAddress, let targets = targets.baseAddress,
            let weights = weights.baseAddress
          else {
            unsafe memset(target, 0, rows * blockWidth * MemoryLayout<Scalar>.stride)
            return
          }
          unsafe Scalar.library.loops.lists(
            offsets, places, values, rows, starts, targets, weights, blockWidth, target)
        }
      }
    }
  }
}
