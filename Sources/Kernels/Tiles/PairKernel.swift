import LinearAlgebra

/// A rectangle of K that several problems read.
@safe
package struct KernelPiece<Scalar: KernelScalar>: Sendable {
  private let values: AlignedBuffer<Scalar>
  private let offset: Int
  /// Elements from one row to the next.
  package let stride: Int

  /// A part of a buffer.
  ///
  /// - Parameters:
  ///   - values: The memory, which nobody writes to while the piece is in use.
  ///   - offset: The first element.
  ///   - stride: Elements from one row to the next.
  package init(_ values: AlignedBuffer<Scalar>, offset: Int = 0, stride: Int) {
    self.values = values
    self.offset = offset
    self.stride = stride
  }

  var pointer: UnsafePointer<Scalar> { unsafe UnsafePointer(values.pointer + offset) }
}

/// The kernel matrix of two groups of examples, composed of pieces that several problems
/// share: of k classes each forms k − 1 pairs, and the kernel values among its own examples are the
/// same in all of them.
///
/// It serves problems whose block is the whole matrix, which copy the rows that they use. What else
/// a solver may ask for, a kernel made for the pair alone computes.
package final class PairKernel<Scalar: KernelScalar>: KernelOperator {
  private let firstCount: Int
  private let secondCount: Int
  private let first: KernelPiece<Scalar>
  private let second: KernelPiece<Scalar>
  private let cross: KernelPiece<Scalar>
  package let isPositiveSemidefinite: Bool
  package let rounding: Double
  package private(set) var valuesComputed: Int
  private let makeOwn: () -> TiledKernel<Scalar>
  private lazy var own: TiledKernel<Scalar> = makeOwn()

  /// Puts pieces together.
  ///
  /// - Parameters:
  ///   - first: K among the first group's examples, `firstCount × firstCount`.
  ///   - firstCount: The size of the first group.
  ///   - second: K among the second group's.
  ///   - secondCount: The size of the second group.
  ///   - cross: K of the first group's examples (rows) and the second's (columns).
  ///   - isPositiveSemidefinite: What the kernel that the pieces come from says of itself.
  ///   - rounding: The same.
  ///   - valuesComputed: How many values were computed for this pair.
  ///   - makeOwn: Makes a kernel of the first group's examples, followed by the second's.
  package init(
    first: KernelPiece<Scalar>, firstCount: Int, second: KernelPiece<Scalar>, secondCount: Int,
    cross: KernelPiece<Scalar>, isPositiveSemidefinite: Bool, rounding: Double,
    valuesComputed: Int,
    makeOwn: @escaping () -> TiledKernel<Scalar>
  ) {
    self.first = first
    self.firstCount = firstCount
    self.second = second
    self.secondCount = secondCount
    self.cross = cross
    self.isPositiveSemidefinite = isPositiveSemidefinite
    self.rounding = rounding
    self.valuesComputed = valuesComputed
    self.makeOwn = makeOwn
  }

  package var count: Int { firstCount + secondCount }

  package func block(
    rows: [Int32], columns: [Int32], into target: BlockTarget<Scalar>,
    isCancelled: @Sendable () -> Bool
  ) throws(KernelError) -> Bool {
    try counting { () throws(KernelError) in
      try own.block(rows: rows, columns: columns, into: target, isCancelled: isCancelled)
    }
  }

  package var providesRows: Bool { true }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  @unsafe
  package func copyRow(_ row: Int, into target: UnsafeMutablePointer<Scalar>) {
    if row < firstCount {
      unsafe target.update(from: first.pointer + row * first.stride, count: firstCount)
      unsafe (target + firstCount).update(
        from: cross.pointer + row * cross.stride, count: secondCount)
    } else {
      let row = row - firstCount
      let column = unsafe cross.pointer + row
      for r in 0..<firstCount { unsafe target[r] = column[r * cross.stride] }
      unsafe (target + firstCount).update(
        from: second.pointer + row * second.stride, count: secondCount)
    }
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  @unsafe
  package func copyDiagonal(into target: UnsafeMutablePointer<Scalar>) {
    for r in 0..<firstCount { unsafe target[r] = first.pointer[r * (first.stride + 1)] }
    for r in 0..<secondCount {
      unsafe target[firstCount + r] = second.pointer[r * (second.stride + 1)]
    }
  }

  package func restrict(to active: [Int32]?) {
    isRestricted = active != nil
    own.restrict(to: active)
  }

  private var isRestricted = false

  @unsafe
  package func accumulate(
    rows: [Int32], coefficients: [Double], besides known: [Int32],
    into sums: UnsafeMutablePointer<Double>, isCancelled: @Sendable () -> Bool
  ) throws(KernelError) -> Bool {
    if !isRestricted {
      // The rows are already computed, for a start that is not 0.
      let row = AlignedBuffer<Scalar>(count: count)
      for (index, coefficient) in zip(rows, coefficients) {
        if isCancelled() { return false }
        unsafe copyRow(Int(index), into: row.pointer)
        unsafe add(row.pointer, times: coefficient, to: sums)
      }
      return true
    }
    return try counting { () throws(KernelError) in
      try unsafe own.accumulate(
        rows: rows, coefficients: coefficients, besides: known, into: sums, isCancelled: isCancelled
      )
    }
  }

  @unsafe
  package func accumulateInDouble(
    rows: [Int32], coefficients: [Double], columns: [Int32]?,
    into sums: UnsafeMutablePointer<Double>, isCancelled: @Sendable () -> Bool
  ) throws(KernelError) -> Bool {
    try counting { () throws(KernelError) in
      try unsafe own.accumulateInDouble(
        rows: rows, coefficients: coefficients, columns: columns, into: sums,
        isCancelled: isCancelled)
    }
  }

  /// Adds a row by the loop that tiles are added by: the sums have the bits of a kernel without pieces.
  @unsafe
  private func add(
    _ row: UnsafePointer<Scalar>, times coefficient: Double,
    to sums: UnsafeMutablePointer<Double>
  ) {
    unsafe Scalar.library.loops.accumulate([row], [coefficient], 1, count, sums)
  }

  /// Counts what the pair's own kernel computes.
  private func counting(_ body: () throws(KernelError) -> Bool) throws(KernelError) -> Bool {
    let before = own.valuesComputed
    defer { valuesComputed += own.valuesComputed - before }
    return try body()
  }
}
