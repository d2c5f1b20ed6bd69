import LinearAlgebra

/// The examples of the rows of some tiles, gathered so that tiles read them one after the other.
package final class RowBlock<Scalar: KernelScalar>: @unchecked Sendable {
  /// Rows are gathered in multiples of this many, the rest zero: what the widest register holds.
  package static var granule: Int { 16 }

  package let count: Int
  package let paddedCount: Int
  /// Which examples these are, for precomputed kernels.
  let indices: [Int32]
  /// padded × d for dense products; d × padded for products with sparse columns.
  let elements: AlignedBuffer<Scalar>
  let terms: [Scalar]
  let isTransposed: Bool
  /// Where the features of wide sparse examples lie in `elements`, −1 for those that none has.
  ///
  /// It is empty when all features are there, in order. Some hundred texts have a few thousand of a
  /// hundred thousand words.
  let featurePlaces: [Int32]
  /// For a composite kernel the same rows for each kernel that it is made of.
  let parts: [RowBlock<Scalar>]

  /// Gathers examples.
  ///
  /// - Parameters:
  ///   - indices: Which examples, in the order of the tile's rows.
  ///   - examples: Where they are.
  ///   - transposed: Whether the tile's columns are sparse.
  package init(_ indices: [Int32], of examples: PreparedExamples<Scalar>, transposed: Bool) {
    count = indices.count
    paddedCount = (indices.count + Self.granule - 1) / Self.granule * Self.granule
    self.indices = indices
    isTransposed = transposed
    parts = examples.parts.map {
      RowBlock(indices, of: $0.examples, transposed: $0.examples.isSparseProduct)
    }
    let width = examples.featureCount
    var terms = [Scalar](repeating: 0, count: paddedCount)
    if !examples.terms.isEmpty {
      for (row, index) in indices.enumerated() { terms[row] = examples.terms[Int(index)] }
    }
    self.terms = terms
    if examples.step.product == .lookup || examples.step.product == .combination {
      elements = AlignedBuffer(count: 0)
      featurePlaces = []
      return
    }
    if transposed, case .sparse(let matrix, let values) = examples.storage {
      let places =
        width >= Self.manyFeatures
        ? Self.featurePlaces(of: indices, in: matrix) : (places: [], count: width)
      featurePlaces = places.places
      elements = AlignedBuffer(count: paddedCount * places.count)
      elements.clear(count: paddedCount * places.count)
      let target = unsafe elements.pointer
      for (row, index) in indices.enumerated() {
        for entry in matrix.rowOffsets[Int(index)]..<matrix.rowOffsets[Int(index) + 1] {
          let feature = Int(matrix.columnIndices[entry])
          let place = featurePlaces.isEmpty ? feature : Int(featurePlaces[feature])
          unsafe target[place * paddedCount + row] = values[entry]
        }
      }
      return
    }
    featurePlaces = []
    elements = AlignedBuffer(count: paddedCount * width)
    let target = unsafe elements.pointer
    if transposed {
      let row = AlignedBuffer<Scalar>(count: width)
      elements.clear(count: paddedCount * width)
      for (r, index) in indices.enumerated() {
        unsafe examples.write(row: Int(index), to: row.pointer)
        for f in 0..<width { unsafe target[f * paddedCount + r] = row.pointer[f] }
      }
    } else {
      unsafe examples.write(count: count, to: target) { Int(indices[$0]) }
      elements.clear(from: count * width, count: (paddedCount - count) * width)
    }
  }

  /// From this many features on, sparse blocks hold only those that occur in them.
  private static var manyFeatures: Int { 4096 }

  private static func featurePlaces(of indices: [Int32], in matrix: SparseMatrix<Double>)
    -> (places: [Int32], count: Int)
  {
    var places = [Int32](repeating: -1, count: matrix.columnCount)
    var count = 0
    for index in indices {
      for entry in matrix.rowOffsets[Int(index)]..<matrix.rowOffsets[Int(index) + 1] {
        let feature = Int(matrix.columnIndices[entry])
        if places[feature] < 0 {
          places[feature] = Int32(count)
          count += 1
        }
      }
    }
    return (places, count)
  }

  /// The largest number of rows that should be gathered at once: 4096, fewer when the block
  /// would outgrow 32 MB because of the number of features.
  package static func largestCount(featureCount: Int) -> Int {
    let fitting = (32 << 20) / (max(featureCount, 1) * MemoryLayout<Scalar>.stride)
    return min(4096, max(granule, fitting / granule * granule))
  }

  /// The same for given examples: of wide sparse ones a block holds only the features that occur.
  package static func largestCount(of examples: PreparedExamples<Scalar>) -> Int {
    let parts = examples.parts
    if !parts.isEmpty {
      let smallest = parts.map { largestCount(of: $0.examples) }.min() ?? granule
      return max(granule, smallest / parts.count / granule * granule)
    }
    let dense = largestCount(featureCount: examples.featureCount)
    guard examples.isSparseProduct, case .sparse(let matrix, _) = examples.storage,
      examples.featureCount >= manyFeatures
    else { return dense }
    // At most all entries are of different features.
    let entries = max(1, matrix.storedCount / max(examples.count, 1))
    let room = Double(32 << 20) / Double(MemoryLayout<Scalar>.stride * entries)
    return min(4096, max(dense, Int(room.squareRoot()) / granule * granule))
  }
}
