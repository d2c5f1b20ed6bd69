import LinearAlgebra

/// A kernel matrix K that is never stored whole: what the solver knows of kernels and examples.
///
/// Caches, precision, sparsity, recomputation and subsets live behind this protocol. One training
/// uses an operator at a time; its calls do not overlap.
package protocol KernelOperator<Scalar>: AnyObject {
  /// The precision of kernel values.
  associatedtype Scalar: KernelScalar

  /// The number of examples; K is `count × count` and symmetric.
  var count: Int { get }

  /// Whether K is positive semi-definite, so that a duality gap bounds the distance from the
  /// optimum.
  var isPositiveSemidefinite: Bool { get }

  /// The number of kernel values computed so far.
  var valuesComputed: Int { get }

  /// An estimate of how far kernel values lie from the exact ones, as a standard deviation.
  var rounding: Double { get }

  /// Computes a block of K.
  ///
  /// - Parameters:
  ///   - rows: Examples.
  ///   - columns: Examples.
  ///   - target: Where the values go.
  ///   - isCancelled: Asked before each tile; once it says yes, the values are left half computed.
  /// - Returns: Whether all values were computed.
  /// - Throws: `KernelError/notFinite(row:column:)`.
  func block(
    rows: [Int32], columns: [Int32], into target: BlockTarget<Scalar>,
    isCancelled: @Sendable () -> Bool
  ) throws(KernelError) -> Bool

  /// Whether ``copyRow(_:into:)`` and ``copyDiagonal(into:)`` may be called: whole rows
  /// are already computed, so that a block need not be made before it is known which of
  /// its rows are used.
  var providesRows: Bool { get }

  /// Copies `count` values, a row of K.
  @unsafe
  func copyRow(_ row: Int, into target: UnsafeMutablePointer<Scalar>)

  /// Copies the diagonal of K.
  @unsafe
  func copyDiagonal(into target: UnsafeMutablePointer<Scalar>)

  /// Limits ``accumulate(rows:coefficients:besides:into:isCancelled:)`` to some examples, or lifts the limit.
  ///
  /// - Parameter active: Ascending examples, or `nil` for all.
  func restrict(to active: [Int32]?)

  /// Adds Σ over i of coefficients[i] · K(rows[i], j) to sums[j] for all active j.
  ///
  /// The terms of each sum are added in the order of `rows`, whatever is cached.
  ///
  /// - Parameters:
  ///   - rows: Examples.
  ///   - coefficients: One for each row.
  ///   - known: Active examples whose sums the caller knows: what theirs become is left open, and their kernel
  ///     values need not be computed.
  ///   - sums: `count` numbers; those of examples that are not active stay as they are.
  ///   - isCancelled: Asked before each tile; once it says yes, the sums are left half updated.
  /// - Returns: Whether all was added.
  /// - Throws: `KernelError/notFinite(row:column:)`.
  @unsafe
  func accumulate(
    rows: [Int32], coefficients: [Double], besides known: [Int32],
    into sums: UnsafeMutablePointer<Double>, isCancelled: @Sendable () -> Bool
  ) throws(KernelError) -> Bool

  /// The same as ``accumulate(rows:coefficients:besides:into:isCancelled:)`` for chosen columns, with kernel
  /// values in Double.
  @unsafe
  func accumulateInDouble(
    rows: [Int32], coefficients: [Double], columns: [Int32]?,
    into sums: UnsafeMutablePointer<Double>, isCancelled: @Sendable () -> Bool
  ) throws(KernelError) -> Bool
}

extension KernelOperator {
  /// Computes a block of K, row after row.
  ///
  /// - Parameters:
  ///   - rows: Examples.
  ///   - columns: Examples.
  ///   - target: Where `rows.count × columns.count` values go.
  ///   - stride: Elements from one row to the next there, at least `columns.count`.
  ///   - isCancelled: Asked before each tile; once it says yes, the values are left half computed.
  /// - Returns: Whether all values were computed.
  /// - Throws: `KernelError/notFinite(row:column:)`.
  @unsafe
  package func block(
    rows: [Int32], columns: [Int32], into target: UnsafeMutablePointer<Scalar>, stride: Int,
    isCancelled: @Sendable () -> Bool
  ) throws(KernelError) -> Bool {
    try block(
      rows: rows, columns: columns, into: unsafe BlockTarget(target, stride: stride),
      isCancelled: isCancelled)
  }

  package var providesRows: Bool { false }

  @unsafe
  package func copyRow(_ row: Int, into target: UnsafeMutablePointer<Scalar>) {
    preconditionFailure("the kernel does not provide rows")
  }

  @unsafe
  package func copyDiagonal(into target: UnsafeMutablePointer<Scalar>) {
    preconditionFailure("the kernel does not provide rows")
  }
}

extension KernelOperator where Scalar == Double {
  /// The values among some examples, both triangles.
  ///
  /// - Parameters:
  ///   - examples: The examples of the rows and columns.
  ///   - isCancelled: Asked before each tile.
  /// - Returns: The matrix, or `nil` when `isCancelled` said yes.
  /// - Throws: `KernelError/notFinite(row:column:)`.
  package func matrix(
    of examples: [Int32], isCancelled: @Sendable () -> Bool
  ) throws(KernelError) -> Matrix<Double>? {
    let count = examples.count
    var failure: KernelError?
    var isComplete = false
    let matrix = unsafe Matrix<Double>(rowCount: count, columnCount: count) { target in
      guard let base = target.baseAddress else { return }
      do throws(KernelError) {
        unsafe isComplete = try block(
          rows: examples, columns: examples, into: base, stride: count, isCancelled: isCancelled)
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return isComplete ? matrix : nil
  }
}
