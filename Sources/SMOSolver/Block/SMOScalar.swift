import CVectorMath
import Kernels

/// A scalar type that the working block's loops are written for.
package protocol SMOScalar: KernelScalar {
  /// The place of the largest second-order gain among the variables that may fall, or −1.
  @unsafe static func bestPartner(_ scan: PartnerScan<Self>, gain: inout Double) -> Int
  /// Moves v along a pair and finds the extremes again.
  @unsafe static func movePair(_ move: PairMove<Self>, extremes: inout PairExtremes<Self>)
}

/// Where a partner is looked for: the gain of a variable is (top − v − lowOffset)² / curvature, if
/// v + lowOffset is below top.
@unsafe
package struct PartnerScan<Scalar> {
  let v: UnsafePointer<Scalar>
  let lowOffset: UnsafePointer<Scalar>
  /// K of the first variable's example with the others'.
  let row: UnsafePointer<Scalar>
  let diagonals: UnsafePointer<Scalar>
  /// The element of `diagonals` of the first variable's example.
  let diagonal: Scalar
  let top: Scalar
  /// What differences are multiplied by, so that their squares don't overflow.
  let scale: Scalar
  /// A multiple of 16.
  let count: Int
}

/// The move v += δ (row of i − row of j).
@unsafe
package struct PairMove<Scalar> {
  let v: UnsafeMutablePointer<Scalar>
  let upOffset: UnsafePointer<Scalar>
  let lowOffset: UnsafePointer<Scalar>
  let rowI: UnsafePointer<Scalar>
  let rowJ: UnsafePointer<Scalar>
  let delta: Scalar
  /// A multiple of 16.
  let count: Int
}

/// The largest v + upOffset, its place or −1, and the least v + lowOffset.
package struct PairExtremes<Scalar> {
  var top: Scalar
  var topIndex: Int
  var bottom: Scalar
}

extension Float: SMOScalar {
  @unsafe
  package static func bestPartner(_ scan: PartnerScan<Float>, gain: inout Double) -> Int {
    unsafe vm_best_partner_f32(
      scan.v, scan.lowOffset, scan.row, scan.diagonals, scan.diagonal, scan.top, scan.scale,
      scan.count, &gain)
  }

  @unsafe
  package static func movePair(_ move: PairMove<Float>, extremes: inout PairExtremes<Float>) {
    unsafe vm_move_pair_f32(
      move.v, move.upOffset, move.lowOffset, move.rowI, move.rowJ, move.delta, move.count,
      &extremes.top, &extremes.topIndex, &extremes.bottom)
  }
}

extension Double: SMOScalar {
  @unsafe
  package static func bestPartner(_ scan: PartnerScan<Double>, gain: inout Double) -> Int {
    unsafe vm_best_partner_f64(
      scan.v, scan.lowOffset, scan.row, scan.diagonals, scan.diagonal, scan.top, scan.scale,
      scan.count, &gain)
  }

  @unsafe
  package static func movePair(_ move: PairMove<Double>, extremes: inout PairExtremes<Double>) {
    unsafe vm_move_pair_f64(
      move.v, move.upOffset, move.lowOffset, move.rowI, move.rowJ, move.delta, move.count,
      &extremes.top, &extremes.topIndex, &extremes.bottom)
  }
}
