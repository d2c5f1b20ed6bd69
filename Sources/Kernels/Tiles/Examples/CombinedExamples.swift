import LinearAlgebra

/// How the values of leaves make the value of a composite kernel.
indirect enum Combination: Sendable {
  case leaf(Int)
  case sum([Combination])
  case product([Combination])
  case scaled(Double, Combination)

  /// The combination of a kernel, whose leaves are numbered in the order of writing.
  init(_ function: KernelFunction) {
    var leafCount = 0
    self.init(function, &leafCount)
  }

  private init(_ function: KernelFunction, _ leafCount: inout Int) {
    switch function {
    case .sum(let parts): self = .sum(parts.map { Combination($0, &leafCount) })
    case .product(let parts): self = .product(parts.map { Combination($0, &leafCount) })
    case .scaled(let factor, let part): self = .scaled(factor, Combination(part, &leafCount))
    case .columns(_, let part): self = Combination(part, &leafCount)
    case .formula, .precomputed, .custom:
      self = .leaf(leafCount)
      leafCount += 1
    }
  }
}

/// Examples made ready for each of the kernels that a composite kernel is made of.
struct CombinedExamples<Scalar: KernelScalar>: Sendable {
  struct Part: Sendable {
    let examples: PreparedExamples<Scalar>
    /// The features that the tiles know, of wide sparse examples; `nil` when they know all.
    let occurring: OccurringFeatures?
  }

  let parts: [Part]
  let combination: Combination
  /// What a row of a tile brings, in all parts.
  var width: Int { parts.reduce(0) { $0 + $1.examples.featureCount } }

  /// Prepares examples.
  ///
  /// - Parameters:
  ///   - features: n × d, every value finite.
  ///   - function: A composite kernel that fits the features.
  ///   - centres: What each part's examples are moved by, or `nil` for their own means.
  ///   - other: The other side of the tiles, if it was prepared before: what it was moved by, how it is
  ///     stored and which features it knows holds for both.
  init(
    _ features: FeatureMatrix, for function: KernelFunction, centres: [[Double]]? = nil,
    like other: CombinedExamples?
  ) {
    combination = Combination(function)
    parts = function.leaves(of: features).enumerated().map { place, leaf in
      Part(leaf, centre: centres?[place], like: other?.parts[place])
    }
  }
}

extension CombinedExamples.Part {
  fileprivate init(_ leaf: KernelLeaf, centre: [Double]?, like other: Self?) {
    let features =
      switch (other?.examples.storage, leaf.features) {
      case (.sparse, .dense(let matrix)): FeatureMatrix.sparse(SparseMatrix(fitting: matrix))
      case (.ready, .sparse(let matrix)), (.convertedOnDemand, .sparse(let matrix)):
        FeatureMatrix.dense(matrix.dense)
      default: leaf.features
      }
    let prepared = PreparedExamples<Scalar>(
      features, for: leaf.function, centre: other?.examples.centre ?? centre)
    guard prepared.isSparseProduct, case .sparse(let matrix) = features,
      let known = other.map(\.occurring) ?? Self.occurringFeatures(matrix)
    else {
      (examples, occurring) = (prepared, nil)
      return
    }
    // Features that the other side lacks add nothing to products. Norms are those of all features.
    occurring = known
    examples = PreparedExamples(
      .sparse(matrix.keeping(known)), for: leaf.function, squaredNorms: prepared.squaredNorms)
  }

  /// A model file of a few lines may name two thousand million features.
  private static func occurringFeatures(_ matrix: SparseMatrix<Double>) -> OccurringFeatures? {
    matrix.columnCount > max(1 << 16, 4 * matrix.storedCount) ? OccurringFeatures(matrix) : nil
  }
}

extension SparseMatrix<Double> {
  /// The columns that some features have, numbered by their places; others are left out.
  fileprivate func keeping(_ features: OccurringFeatures) -> SparseMatrix {
    var offsets = [0]
    offsets.reserveCapacity(rowCount + 1)
    var columns: [Int32] = []
    var kept: [Double] = []
    for row in 0..<rowCount {
      for entry in rowOffsets[row]..<rowOffsets[row + 1] {
        let place = features.place(of: columnIndices[entry])
        guard place >= 0 else { continue }
        columns.append(place)
        kept.append(values[entry])
      }
      offsets.append(kept.count)
    }
    return SparseMatrix(
      unchecked: rowCount, columnCount: Swift.max(features.count, 1), rowOffsets: offsets,
      columnIndices: columns, values: kept)
  }
}

extension SparseMatrix {
  /// The entries of a dense matrix that are not zero; it has as many columns as a sparse matrix that
  /// exists.
  package init(fitting dense: Matrix<Scalar>) {
    do {
      try self.init(dense)
    } catch {
      preconditionFailure("\(dense.columnCount) columns do not fit a sparse matrix")
    }
  }
}

// MARK: Tiles

/// A tile of a composite kernel: its leaves' tiles are computed one after the other, and joined value by
/// value while they are in cache.
///
/// No value meets another of the tile, so that a composite kernel keeps what its leaves promise of
/// their bits.
struct CombinedTile<Scalar: KernelScalar> {
  let parts: [CombinedExamples<Scalar>.Part]
  let block: RowBlock<Scalar>
  let rows: Range<Int>
  let tile: ColumnTile<Scalar>
  let stride: Int
  let scratch: TileScratch<Scalar>

  /// Computes the values.
  ///
  /// - Parameters:
  ///   - combination: What is joined how.
  ///   - target: Where the values go.
  ///   - level: The first level of the scratch memory that is free.
  @unsafe
  func evaluate(
    _ combination: Combination, into target: UnsafeMutablePointer<Scalar>, level: Int
  ) {
    switch combination {
    case .leaf(let place):
      unsafe TileEvaluator(columns: parts[place].examples).evaluate(
        block.parts[place], rows: rows, tile.parts[place], into: target, stride: stride,
        scratch: scratch.part(place))
    case .scaled(let factor, let inner):
      unsafe evaluate(inner, into: target, level: level)
      unsafe Scalar.multiply(
        target, by: Scalar(factor), rows: rows.count, columns: tile.count, stride: stride)
    case .sum(let operands), .product(let operands):
      let room = rows.count * stride
      for (place, operand) in operands.enumerated() {
        // The first operand is done with the room of its level before the next one takes it.
        let goal = unsafe place == 0 ? target : scratch.partial(level, count: room)
        unsafe evaluate(operand, into: goal, level: place == 0 ? level : level + 1)
        guard place > 0 else { continue }
        if case .sum = combination {
          unsafe Scalar.add(
            goal, to: target, rows: rows.count, columns: tile.count, stride: stride)
        } else {
          unsafe Scalar.multiply(
            target, by: goal, rows: rows.count, columns: tile.count, stride: stride)
        }
      }
    }
  }
}

extension KernelScalar {
  @specialized(where Self == Float)
  @specialized(where Self == Double)
  @unsafe
  fileprivate static func add(
    _ tile: UnsafePointer<Self>, to target: UnsafeMutablePointer<Self>, rows: Int, columns: Int,
    stride: Int
  ) {
    for row in 0..<rows {
      for place in row * stride..<row * stride + columns {
        unsafe target[place] += tile[place]
      }
    }
  }

  @specialized(where Self == Float)
  @specialized(where Self == Double)
  @unsafe
  fileprivate static func multiply(
    _ target: UnsafeMutablePointer<Self>, by tile: UnsafePointer<Self>, rows: Int, columns: Int,
    stride: Int
  ) {
    for row in 0..<rows {
      for place in row * stride..<row * stride + columns {
        unsafe target[place] *= tile[place]
      }
    }
  }

  @specialized(where Self == Float)
  @specialized(where Self == Double)
  @unsafe
  fileprivate static func multiply(
    _ target: UnsafeMutablePointer<Self>, by factor: Self, rows: Int, columns: Int, stride: Int
  ) {
    for row in 0..<rows {
      for place in row * stride..<row * stride + columns { unsafe target[place] *= factor }
    }
  }
}
