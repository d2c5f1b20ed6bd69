import Basics
import LinearAlgebra

/// All kernel values among some examples, in memory, for several trainings to read.
@safe
package struct KernelMatrix<Scalar: KernelScalar>: Sendable {
  /// The number of examples.
  package let count: Int
  /// What the kernel that the values come from says of itself.
  package let isPositiveSemidefinite: Bool
  /// The same.
  package let rounding: Double
  /// Elements from one row to the next.
  let stride: Int
  private let values: AlignedBuffer<Scalar>

  /// The bytes that the matrix of a number of examples takes.
  package static func byteCount(of count: Int) -> Int {
    let stride = stride(of: count)
    let (elements, overflow) = count.multipliedReportingOverflow(by: stride)
    return overflow || elements > .max / 16 ? .max : elements * MemoryLayout<Scalar>.stride
  }

  private static func stride(of count: Int) -> Int { (count + 15) / 16 * 16 }

  /// Computes the values; `nil` when `isCancelled` said yes.
  ///
  /// - Parameters:
  ///   - features: The examples.
  ///   - function: The kernel.
  ///   - order: The examples of the rows and columns.
  ///   - threads: The number of threads.
  ///   - isCancelled: Asked before each tile.
  /// - Throws: `KernelError/notFinite(row:column:)`.
  package init?(
    _ features: FeatureMatrix, _ function: KernelFunction, order: [Int32], threads: Int,
    isCancelled: @Sendable () -> Bool
  ) throws(KernelError) {
    let kernel = TiledKernel<Scalar>(features, function, threads: threads, memoryLimit: 0)
    count = order.count
    stride = Self.stride(of: order.count)
    isPositiveSemidefinite = kernel.isPositiveSemidefinite
    rounding = kernel.rounding
    values = AlignedBuffer(count: count * stride)
    guard
      try unsafe kernel.block(
        rows: order, columns: order, into: values.pointer, stride: stride, isCancelled: isCancelled)
    else { return nil }
  }

  /// Copies the values among some of the examples, in an order of their own.
  ///
  /// - Parameters:
  ///   - whole: The values of all examples.
  ///   - order: The rows of `whole`.
  ///   - threads: The number of threads.
  package init(gathering whole: KernelMatrix, order: [Int32], threads: Int) {
    count = order.count
    stride = Self.stride(of: order.count)
    isPositiveSemidefinite = whole.isPositiveSemidefinite
    rounding = whole.rounding
    values = AlignedBuffer(count: count * stride)
    gather(whole, order, threads: threads)
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  private func gather(_ whole: KernelMatrix, _ order: [Int32], threads: Int) {
    let height = 64
    concurrentTiles(count: (count + height - 1) / height, threads: threads) { tile in
      for row in (tile * height)..<min((tile + 1) * height, count) {
        let source = unsafe whole.row(Int(order[row]))
        let target = unsafe values.pointer + row * stride
        for column in 0..<count { unsafe target[column] = source[Int(order[column])] }
      }
    }
  }

  /// The first value of a row.
  @unsafe
  func row(_ row: Int) -> UnsafePointer<Scalar> {
    unsafe UnsafePointer(values.pointer + row * stride)
  }
}
