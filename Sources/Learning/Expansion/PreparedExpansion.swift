import Basics
import Kernels
import LinearAlgebra
import Synchronization

// How an expansion is evaluated depends on its kernel. The linear kernel collapses to one vector of
// weights for each pair of classes (LinearExpansion); kernels of products and distances meet the
// support vectors in panels (PanelExpansion); a precomputed kernel and a caller's function are looked
// up and called tile by tile, and so are kernels composed of others (TiledExpansion).

/// A kernel expansion made ready to evaluate.
protocol PreparedExpansion: Sendable {
  /// Computes decision values of examples and hands them on, piece by piece, on several threads.
  ///
  /// - Parameters:
  ///   - features: n examples.
  ///   - threads: The largest number of threads.
  ///   - receive: Called once for each piece, with its rows and rows × number of biases values, which
  ///     are gone when it returns.
  func evaluate(
    _ features: FeatureMatrix, threads: Int,
    _ receive: @Sendable (_ rows: Range<Int>, _ values: UnsafePointer<Double>) -> Void)
  /// Writes the decision values of one dense example.
  @unsafe
  func evaluate(_ example: UnsafePointer<Double>, into target: UnsafeMutablePointer<Double>)
}

extension PreparedExpansion {
  /// Decision values of examples, n × number of biases.
  func decisionValues(_ features: FeatureMatrix, biasCount: Int, threads: Int) -> Matrix<Double> {
    unsafe Matrix(rowCount: features.rowCount, columnCount: biasCount) { buffer in
      guard let base = buffer.baseAddress else { return }
      let result = unsafe UnsafeSendable(base)
      unsafe evaluate(features, threads: threads) { rows, values in
        unsafe (result.value + rows.lowerBound * biasCount).update(
          from: values, count: rows.count * biasCount)
      }
    }
  }
}

/// Keeps what was made ready for a model's first prediction, for all copies of the model.
final class ExpansionCache: Sendable {
  private let single = Mutex<(any PreparedExpansion)?>(nil)
  private let double = Mutex<(any PreparedExpansion)?>(nil)
  private let precision = Mutex<Precision?>(nil)

  func prepared(_ expansion: KernelExpansion) -> any PreparedExpansion {
    switch expansion.servingPrecision {
    case .double: Self.prepared(expansion, in: double, Double.self)
    case .single, .automatic: Self.prepared(expansion, in: single, Float.self)
    }
  }

  /// The precision that was decided on, or is now.
  func decided(_ decide: () -> Precision) -> Precision {
    precision.withLock { precision in
      if let precision { return precision }
      let decision = decide()
      precision = decision
      return decision
    }
  }

  private static func prepared<Scalar: KernelScalar>(
    _ expansion: KernelExpansion, in cache: borrowing Mutex<(any PreparedExpansion)?>,
    _: Scalar.Type
  ) -> any PreparedExpansion {
    cache.withLock { cached in
      if let cached { return cached }
      let prepared: any PreparedExpansion =
        if let linear = LinearExpansion(expansion) {
          linear
        } else if SupportPanels<Scalar>.serves(expansion.kernel) {
          PanelExpansion<Scalar>(expansion)
        } else {
          TiledExpansion<Scalar>(expansion)
        }
      cached = prepared
      return prepared
    }
  }
}

extension KernelExpansion {
  /// The expansion's value for each example, and each pair of classes.
  ///
  /// The first call prepares the support vectors for all copies of the model.
  ///
  /// - Parameters:
  ///   - features: n examples with ``featureCount`` features; for a precomputed kernel their kernel
  ///     values with all training examples.
  ///   - threads: The number of threads, or `nil` for one on each core; small batches take fewer.
  /// - Returns: n × ``biases``.count decision values.
  /// - Throws: `ModelError/featureCount(found:expected:)`,
  ///   `ModelError/notFinite(row:column:value:)` and `ModelError/overflow(row:)`.
  /// - Complexity: O(n·s·d), O(n·d) for each pair with the linear kernel.
  package func decisionValues(_ features: FeatureMatrix, threads: Int? = nil) throws(ModelError)
    -> Matrix<Double>
  {
    try check(features)
    let values = cache.prepared(self).decisionValues(
      features, biasCount: biases.count, threads: max(1, threads ?? processorCount))
    try values.checkDecisions()
    return values
  }

  /// Hands the decision values of examples on, piece by piece: for many pairs of classes they would
  /// fill more memory than the examples.
  ///
  /// - Parameters:
  ///   - features: n examples.
  ///   - threads: The number of threads, or `nil` for one on each core.
  ///   - receive: Called once for each piece, on several threads at a time, with its rows and
  ///     rows × ``biases``.count values, which need not be finite where the function then throws.
  /// - Throws: As ``decisionValues(_:threads:)``.
  package func evaluate(
    _ features: FeatureMatrix, threads: Int?,
    _ receive: @Sendable (_ rows: Range<Int>, _ values: UnsafePointer<Double>) -> Void
  ) throws(ModelError) {
    try check(features)
    let biasCount = biases.count
    let overflowing = Mutex<Int?>(nil)
    unsafe cache.prepared(self).evaluate(features, threads: max(1, threads ?? processorCount)) {
      rows, values in
      let place = unsafe Double.library.loops.firstNotFinite(values, rows.count * biasCount)
      if place >= 0 {
        let row = rows.lowerBound + place / biasCount
        overflowing.withLock { $0 = min($0 ?? row, row) }
      }
      unsafe receive(rows, values)
    }
    if let row = overflowing.withLock({ $0 }) { throw .overflow(row: row) }
  }

  private func check(_ features: FeatureMatrix) throws(ModelError) {
    guard features.columnCount == featureCount else {
      throw .featureCount(found: features.columnCount, expected: featureCount)
    }
    guard features.isFinite else {
      if let place = features.firstNonFinite {
        throw .notFinite(row: place.row, column: place.column, value: place.value)
      }
      preconditionFailure("a feature that is not finite was lost")
    }
    try kernel.checkExamples(features)
  }

  /// The expansion's value for one example, and each pair of classes, on the calling
  /// thread, and after the first call without an allocation besides the result.
  ///
  /// - Parameter example: ``featureCount`` features.
  /// - Returns: One decision value for each bias.
  /// - Throws: `ModelError/featureCount(found:expected:)`,
  ///   `ModelError/notFinite(row:column:value:)` and `ModelError/overflow(row:)`.
  /// - Complexity: O(s·d), O(d) for each pair with the linear kernel.
  package func decisionValues(ofExample example: [Double]) throws(ModelError) -> [Double] {
    guard example.count == featureCount else {
      throw .featureCount(found: example.count, expected: featureCount)
    }
    if let column = example.firstIndex(where: { !$0.isFinite }) {
      throw .notFinite(row: 0, column: column, value: example[column])
    }
    if kernel.requiresNonNegativeFeatures {
      try kernel.checkExamples(
        .dense(Matrix(rowCount: 1, columnCount: featureCount) { example[$1] }))
    }
    let prepared = cache.prepared(self)
    let values = unsafe [Double](unsafeUninitializedCapacity: biases.count) { target, count in
      count = biases.count
      unsafe example.withUnsafeBufferPointer { example in
        if let example = example.baseAddress, let target = target.baseAddress {
          unsafe prepared.evaluate(example, into: target)
        } else {
          // No features, or one class: only biases are left of a linear kernel, and no other kernel
          // is trained on nothing.
          for index in 0..<count { unsafe target[index] = biases[index] }
        }
      }
    }
    guard values.allSatisfy(\.isFinite) else { throw .overflow(row: 0) }
    return values
  }
}

extension KernelFunction {
  /// Refuses features that the kernel is not defined for.
  package func checkExamples(_ features: FeatureMatrix) throws(ModelError) {
    do throws(KernelError) {
      try checkFeatures(features)
    } catch {
      throw .kernel(error)
    }
  }
}

extension Matrix<Double> {
  /// Rejects decision values that are not finite, one row for each example.
  package func checkDecisions() throws(ModelError) {
    let place = unsafe withUnsafeElements { elements in
      guard let base = elements.baseAddress else { return -1 }
      return unsafe Double.library.loops.firstNotFinite(base, elements.count)
    }
    if place >= 0 { throw .overflow(row: place / columnCount) }
  }
}

extension FeatureMatrix {
  /// Whether no feature is NaN or infinite.
  fileprivate var isFinite: Bool {
    switch self {
    case .dense(let matrix):
      return unsafe matrix.withUnsafeElements { elements in
        guard let base = elements.baseAddress else { return true }
        return unsafe Double.library.loops.firstNotFinite(base, elements.count) < 0
      }
    case .sparse(let matrix):
      return unsafe matrix.values.withUnsafeBufferPointer { values in
        guard let base = values.baseAddress else { return true }
        return unsafe Double.library.loops.firstNotFinite(base, values.count) < 0
      }
    }
  }
}
