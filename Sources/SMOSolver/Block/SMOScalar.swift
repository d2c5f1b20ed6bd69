import CVectorMath
import Kernels

/// A scalar type that the working block's loops are written for.
///
/// Counts are multiples of 16.
package protocol SMOScalar: KernelScalar {
  /// The place of the largest second-order gain (top − v − lowOffset)² / curvature among those with
  /// v + lowOffset below top, or −1.
  @unsafe static func bestPartner(
    _ v: UnsafePointer<Self>, _ lowOffset: UnsafePointer<Self>, _ row: UnsafePointer<Self>,
    _ diagonals: UnsafePointer<Self>, _ diagonal: Self, _ top: Self, _ scale: Self,
    _ count: Int, _ gain: inout Double
  ) -> Int
  /// Moves v along a pair and finds the extremes again.
  @unsafe static func movePair(
    _ v: UnsafeMutablePointer<Self>, _ upOffset: UnsafePointer<Self>,
    _ lowOffset: UnsafePointer<Self>, _ rowI: UnsafePointer<Self>, _ rowJ: UnsafePointer<Self>,
    _ delta: Self, _ count: Int, _ top: inout Self, _ topIndex: inout Int, _ bottom: inout Self)
}

extension Float: SMOScalar {
  @unsafe package static func bestPartner(
    _ v: UnsafePointer<Float>, _ lowOffset: UnsafePointer<Float>, _ row: UnsafePointer<Float>,
    _ diagonals: UnsafePointer<Float>, _ diagonal: Float, _ top: Float, _ scale: Float,
    _ count: Int, _ gain: inout Double
  ) -> Int {
    unsafe vm_best_partner_f32(v, lowOffset, row, diagonals, diagonal, top, scale, count, &gain)
  }

  @unsafe package static func movePair(
    _ v: UnsafeMutablePointer<Float>, _ upOffset: UnsafePointer<Float>,
    _ lowOffset: UnsafePointer<Float>, _ rowI: UnsafePointer<Float>, _ rowJ: UnsafePointer<Float>,
    _ delta: Float, _ count: Int, _ top: inout Float, _ topIndex: inout Int, _ bottom: inout Float
  ) {
    unsafe vm_move_pair_f32(
      v, upOffset, lowOffset, rowI, rowJ, delta, count, &top, &topIndex, &bottom)
  }
}

extension Double: SMOScalar {
  @unsafe package static func bestPartner(
    _ v: UnsafePointer<Double>, _ lowOffset: UnsafePointer<Double>, _ row: UnsafePointer<Double>,
    _ diagonals: UnsafePointer<Double>, _ diagonal: Double, _ top: Double, _ scale: Double,
    _ count: Int, _ gain: inout Double
  ) -> Int {
    unsafe vm_best_partner_f64(v, lowOffset, row, diagonals, diagonal, top, scale, count, &gain)
  }

  @unsafe package static func movePair(
    _ v: UnsafeMutablePointer<Double>, _ upOffset: UnsafePointer<Double>,
    _ lowOffset: UnsafePointer<Double>, _ rowI: UnsafePointer<Double>,
    _ rowJ: UnsafePointer<Double>,
    _ delta: Double, _ count: Int, _ top: inout Double, _ topIndex: inout Int,
    _ bottom: inout Double
  ) {
    unsafe vm_move_pair_f64(
      v, upOffset, lowOffset, rowI, rowJ, delta, count, &top, &topIndex, &bottom)
  }
}
