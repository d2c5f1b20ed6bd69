import Basics
import LinearAlgebra

/// Examples made ready for tiles of one kernel in one precision.
///
/// Dense examples in Float are copied and, for kernels of distances, moved so that their mean is
/// 0. In Double nothing is copied: rows are converted when a tile needs them, which costs
/// little compared with the products and keeps memory at one matrix. Sparse examples keep their
/// indices and are never moved, which would make them dense.
package final class PreparedExamples<Scalar: KernelScalar>: Sendable {
  enum Storage: Sendable {
    case ready([Scalar])
    case convertedOnDemand(Matrix<Double>, FeatureRows)
    case sparse(SparseMatrix<Double>, values: [Scalar])
    /// For a composite kernel: once for each kernel that it is made of.
    case combined(CombinedExamples<Scalar>)
  }

  package let count: Int
  /// The length of an example, as tiles see it; for a composite kernel that of all parts.
  package let featureCount: Int
  let step: ElementwiseStep<Scalar>
  let storage: Storage
  /// What is subtracted from each example; empty when nothing is.
  package let centre: [Double]
  /// Each example's share in the elementwise step.
  let terms: [Scalar]
  /// ‖x‖² of each example after moving.
  package let squaredNorms: [Double]

  /// Prepares examples.
  ///
  /// - Parameters:
  ///   - features: n × d, every value finite.
  ///   - function: The kernel.
  ///   - centre: What to subtract from each example, or `nil` for the examples' own mean where the
  ///     kernel asks for it. Both sides of a tile need the same.
  package convenience init(
    _ features: FeatureMatrix, for function: KernelFunction, centre: [Double]? = nil
  ) {
    self.init(FeatureRows(features), for: function, centre: centre)
  }

  /// Prepares the examples of a problem.
  ///
  /// - Parameters:
  ///   - examples: The examples, every value finite.
  ///   - function: The kernel.
  ///   - centre: What to subtract from each example, or `nil` for the examples' own mean where the
  ///     kernel asks for it.
  package convenience init(
    _ examples: FeatureRows, for function: KernelFunction, centre: [Double]? = nil
  ) {
    self.init(
      examples, for: function, centres: centre.map { [$0] }, squaredNorms: nil, like: nil)
  }

  /// Prepares some of the examples of a training.
  ///
  /// - Parameters:
  ///   - features: Some examples, every value finite.
  ///   - function: The kernel.
  ///   - centres: What to subtract from each example, for each kernel that this one is made of, from
  ///     ``CentreSums``.
  package convenience init(
    _ features: FeatureMatrix, for function: KernelFunction, centres: [[Double]]
  ) {
    self.init(
      FeatureRows(features), for: function, centres: centres, squaredNorms: nil, like: nil)
  }

  /// Prepares the second side of tiles.
  ///
  /// - Parameters:
  ///   - features: n × d, every value finite, stored as the first side's.
  ///   - function: The kernel.
  ///   - other: The first side.
  package convenience init(
    _ features: FeatureMatrix, for function: KernelFunction, like other: PreparedExamples
  ) {
    self.init(
      FeatureRows(features), for: function, centres: [other.centre], squaredNorms: nil,
      like: other)
  }

  /// Prepares sparse examples that have lost features, which their norms still count.
  convenience init(
    _ features: FeatureMatrix, for function: KernelFunction, squaredNorms: [Double]
  ) {
    self.init(
      FeatureRows(features), for: function, centres: nil, squaredNorms: squaredNorms, like: nil)
  }

  private init(
    _ examples: FeatureRows, for function: KernelFunction, centres: [[Double]]?,
    squaredNorms: [Double]?, like other: PreparedExamples?
  ) {
    let step = ElementwiseStep<Scalar>(function: function, features: examples.features)
    let features =
      step.product == .lookup ? .dense(examples.features.dense) : examples.features
    count = examples.count
    self.step = step
    if step.product == .combination {
      var first: CombinedExamples<Scalar>?
      if case .combined(let parts)? = other?.storage { first = parts }
      let parts = CombinedExamples<Scalar>(
        features, for: function, centres: first == nil ? centres : nil, like: first)
      storage = .combined(parts)
      featureCount = parts.width
      self.centre = []
      self.squaredNorms = []
      terms = []
      return
    }
    featureCount = features.columnCount
    switch features {
    case .dense(let matrix):
      let centre: [Double] =
        step.isCentred ? (centres?[0] ?? CentreSums.mean(of: matrix, examples)) : []
      self.centre = centre
      if Scalar.self == Float.self && step.product != .closure && step.product != .lookup {
        storage = .ready(Self.converted(matrix, examples, centre: centre))
      } else {
        storage = .convertedOnDemand(matrix, examples)
      }
    case .sparse(let matrix):
      self.centre = []
      storage = .sparse(matrix, values: Self.converted(matrix.values))
    }
    let norms =
      squaredNorms
      ?? (step.usesNorms ? Self.squaredNorms(storage, self.centre, count) : [])
    self.squaredNorms = norms
    terms = step.usesTerms ? norms.map { step.term(squaredNorm: $0) } : []
  }

  private static func converted(
    _ matrix: Matrix<Double>, _ examples: FeatureRows, centre: [Double]
  ) -> [Scalar] {
    let width = matrix.columnCount
    let count = examples.count * width
    return unsafe [Scalar](unsafeUninitializedCapacity: count) { buffer, initialized in
      if let target = buffer.baseAddress {
        for example in 0..<examples.count {
          unsafe convert(
            row: examples.row(example), of: matrix, centre: centre,
            to: target + example * width)
        }
      }
      initialized = count
    }
  }

  private static func converted(_ values: [Double]) -> [Scalar] {
    unsafe [Scalar](unsafeUninitializedCapacity: values.count) { buffer, initialized in
      if let target = buffer.baseAddress {
        unsafe Scalar.library.loops.convert(values, nil, values.count, target)
      }
      initialized = values.count
    }
  }

  /// ‖x‖² in Double of the values that the tiles will see.
  private static func squaredNorms(_ storage: Storage, _ centre: [Double], _ count: Int)
    -> [Double]
  {
    switch storage {
    case .ready(let elements):
      let width = count == 0 ? 0 : elements.count / count
      return unsafe elements.withUnsafeBufferPointer { elements in
        guard let base = elements.baseAddress else { return [] }
        return (0..<count).map { unsafe Scalar.library.loops.squaredNorm(base + $0 * width, width) }
      }
    case .convertedOnDemand(let matrix, let examples):
      let row = AlignedBuffer<Scalar>(count: matrix.columnCount)
      return (0..<count).map { index in
        unsafe convert(
          row: examples.row(index), of: matrix, centre: centre, to: row.pointer)
        return unsafe Scalar.library.loops.squaredNorm(row.pointer, matrix.columnCount)
      }
    case .sparse(let matrix, let values):
      return unsafe values.withUnsafeBufferPointer { values in
        guard let base = values.baseAddress else { return Array(repeating: 0, count: count) }
        return (0..<count).map { row in
          let entries = matrix.rowOffsets[row]..<matrix.rowOffsets[row + 1]
          return unsafe Scalar.library.loops.squaredNorm(base + entries.lowerBound, entries.count)
        }
      }
    case .combined: return []
    }
  }

  @unsafe
  private static func convert(
    row: Int, of matrix: Matrix<Double>, centre: [Double],
    to target: UnsafeMutablePointer<Scalar>
  ) {
    unsafe matrix.withUnsafeElements { elements in
      guard let source = elements.baseAddress else { return }
      let width = matrix.columnCount
      if centre.isEmpty {
        unsafe Scalar.library.loops.convert(source + row * width, nil, width, target)
      } else {
        unsafe Scalar.library.loops.convert(source + row * width, centre, width, target)
      }
    }
  }

  /// Writes one example, dense, as tiles see it.
  @unsafe
  func write(row: Int, to target: UnsafeMutablePointer<Scalar>) {
    unsafe write(count: 1, to: target) { _ in row }
  }

  /// Writes examples, dense and one after the other, as tiles see them.
  @unsafe
  @inline(__always)
  func write(count: Int, to target: UnsafeMutablePointer<Scalar>, _ example: (_ place: Int) -> Int)
  {
    let width = featureCount
    guard width > 0 else { return }
    switch storage {
    case .ready(let elements):
      unsafe elements.withUnsafeBufferPointer { elements in
        for place in 0..<count {
          unsafe (target + place * width).update(
            from: elements.baseAddress! + example(place) * width, count: width)
        }
      }
    case .convertedOnDemand(let matrix, let examples):
      let convert = unsafe Scalar.library.loops.convert
      unsafe matrix.withUnsafeElements { elements in
        unsafe centre.withUnsafeBufferPointer { centre in
          guard let source = elements.baseAddress else { return }
          let subtracted = centre.isEmpty ? nil : centre.baseAddress
          for place in 0..<count {
            let row = examples.row(example(place))
            unsafe convert(source + row * width, subtracted, width, target + place * width)
          }
        }
      }
    case .sparse(let matrix, let values):
      unsafe memset(target, 0, count * width * MemoryLayout<Scalar>.stride)
      for place in 0..<count {
        let row = example(place)
        for entry in matrix.rowOffsets[row]..<matrix.rowOffsets[row + 1] {
          unsafe target[place * width + Int(matrix.columnIndices[entry])] = values[entry]
        }
      }
    case .combined:
      preconditionFailure("the parts of a composite kernel see examples each in its own way")
    }
  }

  /// The parts that a composite kernel's tiles come from; none for another kernel.
  var parts: [CombinedExamples<Scalar>.Part] {
    if case .combined(let examples) = storage { examples.parts } else { [] }
  }

  /// Whether tiles multiply stored entries only.
  package var isSparseProduct: Bool {
    if case .sparse = storage { return step.product == .inner }
    return false
  }
}
