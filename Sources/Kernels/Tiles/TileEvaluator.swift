import Basics
import LinearAlgebra

/// Which examples a tile's columns are.
package enum ColumnSelection: Sendable {
  /// Consecutive examples.
  case range(Range<Int>)
  /// A part of a list of examples.
  case indices([Int32], Range<Int>)

  package var count: Int {
    switch self {
    case .range(let range): range.count
    case .indices(_, let range): range.count
    }
  }

  /// The example of one column.
  @inline(__always)
  func example(_ column: Int) -> Int {
    switch self {
    case .range(let range): range.lowerBound + column
    case .indices(let list, let range): Int(list[range.lowerBound + column])
    }
  }
}

/// Scratch memory of one worker.
package final class TileScratch<Scalar: KernelScalar>: @unchecked Sendable {
  private var buffers: [AlignedBuffer<Scalar>?] = [nil, nil, nil]

  /// What a buffer is for; tiles need several at once.
  package enum Purpose: Int { case tile, columns, product }

  /// A buffer of at least this many scalars; the content is lost when a larger one is requested.
  @unsafe
  package func buffer(_ purpose: Purpose, count: Int) -> UnsafeMutablePointer<Scalar> {
    if let buffer = buffers[purpose.rawValue], buffer.count >= count {
      return unsafe buffer.pointer
    }
    buffers[purpose.rawValue] = nil
    let buffer = AlignedBuffer<Scalar>(count: count)
    buffers[purpose.rawValue] = buffer
    return unsafe buffer.pointer
  }

  private var placeBuffer: AlignedBuffer<Int32>?

  /// Room for a number of indices.
  @unsafe
  func places(count: Int) -> UnsafeMutablePointer<Int32> {
    if let placeBuffer, placeBuffer.count >= count { return unsafe placeBuffer.pointer }
    placeBuffer = nil
    let buffer = AlignedBuffer<Int32>(count: count)
    placeBuffer = buffer
    return unsafe buffer.pointer
  }

  private var partScratch: [TileScratch<Scalar>?] = []

  /// The memory for one of the kernels that a composite kernel is made of.
  func part(_ place: Int) -> TileScratch<Scalar> {
    while partScratch.count <= place { partScratch.append(nil) }
    if let scratch = partScratch[place] { return scratch }
    let scratch = TileScratch<Scalar>()
    partScratch[place] = scratch
    return scratch
  }

  private var partials: [AlignedBuffer<Scalar>] = []

  /// A buffer of at least this many scalars for a part of a sum or product, by nesting depth.
  @unsafe
  func partial(_ level: Int, count: Int) -> UnsafeMutablePointer<Scalar> {
    while partials.count <= level { partials.append(AlignedBuffer(count: 0)) }
    if partials[level].count < count { partials[level] = AlignedBuffer(count: count) }
    return unsafe partials[level].pointer
  }

  package init() {}
}

/// The columns of a tile, made ready once for all blocks of rows.
@safe
package struct ColumnTile<Scalar: KernelScalar> {
  var selection: ColumnSelection
  var count: Int
  /// The count up to a full ``RowBlock/granule``: tiles are computed in whole vectors.
  var paddedCount: Int
  /// d × padded, or count × d for a caller's function; unused with sparse products.
  var elements: UnsafePointer<Scalar>?
  var terms: [Scalar]
  /// Where the entries of each column begin and end, of sparse columns.
  var begins: [Int64] = []
  var ends: [Int64] = []
  /// For a composite kernel the same columns for each kernel that it is made of.
  var parts: [ColumnTile<Scalar>] = []
}

/// Computes tiles of kernel values: a block of rows against a tile of columns, by single-threaded loops
/// that keep a part of the tile in registers until its values are complete.
///
/// A value is one sum in the order of the features, whatever its place, so that its bits depend on its two
/// examples alone. A BLAS library's product promises less: OpenBLAS adds in an order that depends on row and
/// column on some processors.
package struct TileEvaluator<Scalar: KernelScalar>: Sendable {
  /// Columns of a tile: a multiple of what the widest registers hold side by side.
  package static var columnCount: Int { 256 }
  /// Rows of a tile.
  package static var rowCount: Int { 480 }

  let columns: PreparedExamples<Scalar>
  var step: ElementwiseStep<Scalar> { columns.step }

  package init(columns: PreparedExamples<Scalar>) { self.columns = columns }

  /// Makes columns ready; their elements live in the worker's scratch memory or in the examples.
  package func prepare(_ selection: ColumnSelection, scratch: TileScratch<Scalar>)
    -> ColumnTile<Scalar>
  {
    let count = selection.count
    let width = columns.featureCount
    let granule = RowBlock<Scalar>.granule
    let paddedCount = (count + granule - 1) / granule * granule
    var tile = unsafe ColumnTile<Scalar>(
      selection: selection, count: count, paddedCount: paddedCount, elements: nil, terms: [])
    if !columns.terms.isEmpty {
      var terms = [Scalar](repeating: 0, count: paddedCount)
      let all = columns.terms
      for column in 0..<count { terms[column] = all[selection.example(column)] }
      tile.terms = terms
    }
    switch (step.product, columns.storage) {
    case (.lookup, _):
      break
    case (.combination, _):
      tile.parts = columns.parts.enumerated().map { place, part in
        TileEvaluator(columns: part.examples).prepare(selection, scratch: scratch.part(place))
      }
    case (.inner, .sparse(let matrix, _)):
      tile.begins = (0..<count).map { Int64(matrix.rowOffsets[selection.example($0)]) }
      tile.ends = (0..<count).map { Int64(matrix.rowOffsets[selection.example($0) + 1]) }
    case (.closure, _):
      let target = unsafe scratch.buffer(.columns, count: count * width)
      unsafe columns.write(count: count, to: target, selection.example)
      unsafe tile.elements = UnsafePointer(target)
    case (.inner, _), (.differences, _):
      let target = unsafe scratch.buffer(.columns, count: paddedCount * width)
      let rows = unsafe scratch.buffer(.product, count: paddedCount * width)
      unsafe columns.write(count: count, to: rows, selection.example)
      unsafe memset(
        rows + count * width, 0, (paddedCount - count) * width * MemoryLayout<Scalar>.stride)
      unsafe Scalar.library.loops.transpose(rows, paddedCount, width, width, target, paddedCount)
      unsafe tile.elements = UnsafePointer(target)
    }
    return tile
  }

  /// Computes kernel values.
  ///
  /// - Parameters:
  ///   - block: The examples of the rows.
  ///   - rows: Which of them; begins at a multiple of ``RowBlock/granule``.
  ///   - tile: The columns.
  ///   - target: Where the values go, row after row.
  ///   - stride: The distance between rows there; room for the columns up to a full granule.
  ///   - scratch: The worker's scratch memory.
  @unsafe
  package func evaluate(
    _ block: RowBlock<Scalar>, rows: Range<Int>, _ tile: ColumnTile<Scalar>,
    into target: UnsafeMutablePointer<Scalar>, stride: Int, scratch: TileScratch<Scalar>
  ) {
    let width = columns.featureCount
    let values = unsafe Tile(target, rows: rows.count, columns: tile.count, stride: stride)
    switch step.product {
    case .inner:
      if columns.isSparseProduct {
        let product = unsafe evaluateByColumn(block, rows: rows, tile, scratch: scratch)
        unsafe Scalar.library.loops.transpose(
          product.values, tile.count, rows.count, product.stride, target, stride)
        return
      }
      fallthrough
    case .differences:
      guard let elements = unsafe tile.elements else { return }
      let sides = unsafe TileSides(
        rows: block.elements.pointer + rows.lowerBound * width, columns: elements,
        featureCount: width, columnStride: tile.paddedCount)
      unsafe block.terms.withUnsafeBufferPointer { rowTerms in
        unsafe tile.terms.withUnsafeBufferPointer { columnTerms in
          unsafe step.evaluate(
            sides, rowTerms: rowTerms.baseAddress.map { unsafe $0 + rows.lowerBound },
            columnTerms: columnTerms.baseAddress, into: values)
        }
      }
    case .lookup:
      guard case .convertedOnDemand(let matrix, _) = columns.storage else { return }
      for column in 0..<tile.count {
        matrix.withRow(tile.selection.example(column)) { values in
          for row in 0..<rows.count {
            unsafe target[row * stride + column] = Scalar(
              values[Int(block.indices[rows.lowerBound + row])])
          }
        }
      }
    case .closure:
      unsafe evaluateClosure(block, rows: rows, tile, into: target, stride: stride)
    case .combination:
      guard case .combined(let examples) = columns.storage else { return }
      unsafe CombinedTile(
        parts: examples.parts, block: block, rows: rows, tile: tile, stride: stride,
        scratch: scratch
      ).evaluate(examples.combination, into: target, level: 0)
    }
  }

  /// Computes kernel values of sparse columns, one column after the other, as their products come.
  ///
  /// - Parameters:
  ///   - block: The examples of the rows, transposed.
  ///   - rows: Which of them; begins at a multiple of ``RowBlock/granule``.
  ///   - tile: The columns.
  ///   - scratch: The worker's scratch memory, in which the values are until the next tile.
  /// - Returns: The values, and the distance from column to column.
  @unsafe
  package func evaluateByColumn(
    _ block: RowBlock<Scalar>, rows: Range<Int>, _ tile: ColumnTile<Scalar>,
    scratch: TileScratch<Scalar>
  ) -> (values: UnsafeMutablePointer<Scalar>, stride: Int) {
    guard case .sparse(let matrix, let values) = columns.storage else {
      preconditionFailure("columns are not sparse")
    }
    let granule = RowBlock<Scalar>.granule
    let padded =
      min((rows.upperBound + granule - 1) / granule * granule, block.paddedCount)
      - rows.lowerBound
    let product = unsafe scratch.buffer(.product, count: tile.count * padded)
    if block.featurePlaces.isEmpty {
      unsafe Scalar.library.loops.sparseProducts(
        product, tile.count, padded, padded, tile.begins, tile.ends, matrix.columnIndices,
        values, block.elements.pointer + rows.lowerBound, block.paddedCount)
    } else {
      // The entries of features that the block has.
      let entryCount = zip(tile.begins, tile.ends).reduce(0) { $0 + Int($1.1 - $1.0) }
      let found = unsafe scratch.buffer(.columns, count: entryCount)
      let places = unsafe scratch.places(count: entryCount)
      var begins = tile.begins
      var ends = tile.ends
      var next = 0
      for column in 0..<tile.count {
        begins[column] = Int64(next)
        for entry in Int(tile.begins[column])..<Int(tile.ends[column]) {
          let place = block.featurePlaces[Int(matrix.columnIndices[entry])]
          if place >= 0 {
            unsafe places[next] = place
            unsafe found[next] = values[entry]
            next += 1
          }
        }
        ends[column] = Int64(next)
      }
      unsafe Scalar.library.loops.sparseProducts(
        product, tile.count, padded, padded, begins, ends, places, found,
        block.elements.pointer + rows.lowerBound, block.paddedCount)
    }
    unsafe step.apply(
      to: Tile(product, rows: tile.count, columns: rows.count, stride: padded),
      rowTerms: tile.terms, columnTerms: Array(block.terms[rows]))
    return unsafe (product, padded)
  }

  /// A caller's function sees examples in Double; it is always evaluated in that precision.
  @unsafe
  private func evaluateClosure(
    _ block: RowBlock<Scalar>, rows: Range<Int>, _ tile: ColumnTile<Scalar>,
    into target: UnsafeMutablePointer<Scalar>, stride: Int
  ) {
    guard case .custom(let kernel) = step.function, let elements = unsafe tile.elements else {
      return
    }
    let width = columns.featureCount
    for row in rows {
      let x = (0..<width).map { unsafe Double(block.elements.pointer[row * width + $0]) }
      for column in 0..<tile.count {
        let z = (0..<width).map { unsafe Double(elements[column * width + $0]) }
        unsafe target[(row - rows.lowerBound) * stride + column] = Scalar(
          kernel.value(x.span, z.span))
      }
    }
  }
}
