import CVectorMath
import Kernels

/// A scalar type that the working block's loops are written for.
package protocol SMOScalar: KernelScalar {
  /// The partner with the largest second-order gain, or −1.
  @unsafe static func bestPartner(
    _ v: UnsafePointer<Double>, _ lowPenalty: UnsafePointer<Double>, _ row: UnsafePointer<Self>,
    _ diagonals: UnsafePointer<Self>, _ diagonal: Self, _ top: Double, _ scale: Double,
    _ count: Int, _ gain: inout Float
  ) -> Int
  /// Moves v along a pair and finds the extremes again.
  @unsafe static func movePair(
    _ v: UnsafeMutablePointer<Double>, _ upPenalty: UnsafePointer<Double>,
    _ lowPenalty: UnsafePointer<Double>, _ rowI: UnsafePointer<Self>, _ rowJ: UnsafePointer<Self>,
    _ delta: Double, _ count: Int, _ top: inout Double, _ topIndex: inout Int,
    _ bottom: inout Double)
}

extension Float: SMOScalar {
  @unsafe package static func bestPartner(
    _ v: UnsafePointer<Double>, _ lowPenalty: UnsafePointer<Double>, _ row: UnsafePointer<Float>,
    _ diagonals: UnsafePointer<Float>, _ diagonal: Float, _ top: Double, _ scale: Double,
    _ count: Int, _ gain: inout Float
  ) -> Int {
    unsafe vm_best_partner_f32(
      v, lowPenalty, row, diagonals, diagonal, top, scale, count, &gain)
  }

  @unsafe package static func movePair(
    _ v: UnsafeMutablePointer<Double>, _ upPenalty: UnsafePointer<Double>,
    _ lowPenalty: UnsafePointer<Double>, _ rowI: UnsafePointer<Float>,
    _ rowJ: UnsafePointer<Float>, _ delta: Double, _ count: Int, _ top: inout Double,
    _ topIndex: inout Int, _ bottom: inout Double
  ) {
    unsafe vm_move_pair_f32(
      v, upPenalty, lowPenalty, rowI, rowJ, delta, count, &top, &topIndex, &bottom)
  }
}

extension Double: SMOScalar {
  @unsafe package static func bestPartner(
    _ v: UnsafePointer<Double>, _ lowPenalty: UnsafePointer<Double>, _ row: UnsafePointer<Double>,
    _ diagonals: UnsafePointer<Double>, _ diagonal: Double, _ top: Double, _ scale: Double,
    _ count: Int, _ gain: inout Float
  ) -> Int {
    unsafe vm_best_partner_f64(
      v, lowPenalty, row, diagonals, diagonal, top, scale, count, &gain)
  }

  @unsafe package static func movePair(
    _ v: UnsafeMutablePointer<Double>, _ upPenalty: UnsafePointer<Double>,
    _ lowPenalty: UnsafePointer<Double>, _ rowI: UnsafePointer<Double>,
    _ rowJ: UnsafePointer<Double>, _ delta: Double, _ count: Int, _ top: inout Double,
    _ topIndex: inout Int, _ bottom: inout Double
  ) {
    unsafe vm_move_pair_f64(
      v, upPenalty, lowPenalty, rowI, rowJ, delta, count, &top, &topIndex, &bottom)
  }
}
