import CVectorMath
import LinearAlgebra

/// A scalar type that panels of support vectors are computed in; each requirement is one loop of
/// `CVectorMath`.
package protocol PanelScalar: KernelScalar {
  @unsafe static func panelInner(
    _ x: UnsafePointer<Self>, _ rows: Int, _ features: Int, _ panel: UnsafePointer<Self>,
    _ out: UnsafeMutablePointer<Self>)
  @unsafe static func panelManhattan(
    _ x: UnsafePointer<Self>, _ rows: Int, _ features: Int, _ panel: UnsafePointer<Self>,
    _ out: UnsafeMutablePointer<Self>)
  @unsafe static func panelSquaredDistances(
    _ x: UnsafePointer<Self>, _ rows: Int, _ features: Int, _ panel: UnsafePointer<Self>,
    _ out: UnsafeMutablePointer<Self>)
  @unsafe static func panelMinimumSums(
    _ x: UnsafePointer<Self>, _ rows: Int, _ features: Int, _ panel: UnsafePointer<Self>,
    _ out: UnsafeMutablePointer<Self>)
  @unsafe static func panelChiSquaredDistances(
    _ x: UnsafePointer<Self>, _ rows: Int, _ features: Int, _ panel: UnsafePointer<Self>,
    _ out: UnsafeMutablePointer<Self>)
  @unsafe static func panelSparse(
    _ offsets: UnsafePointer<Int64>, _ indices: UnsafePointer<Int32>,
    _ values: UnsafePointer<Self>, _ rows: Int, _ panel: UnsafePointer<Self>,
    _ out: UnsafeMutablePointer<Self>)
  @unsafe static func panelSum(
    _ tile: UnsafePointer<Self>, _ rows: Int, _ coefficients: UnsafePointer<Self>,
    _ sums: UnsafeMutablePointer<Double>)
  @unsafe static func panelCombine(
    _ tile: UnsafePointer<Self>, _ rows: Int, _ begin: Int, _ end: Int,
    _ coefficients: UnsafePointer<Self>, _ outputs: Int, _ sums: UnsafeMutablePointer<Double>,
    _ sumStride: Int)
  @unsafe static func lists(
    _ offsets: UnsafePointer<Int64>, _ places: UnsafePointer<Int32>,
    _ values: UnsafePointer<Self>, _ rows: Int, _ starts: UnsafePointer<Int64>,
    _ targets: UnsafePointer<Int32>, _ weights: UnsafePointer<Self>, _ width: Int,
    _ out: UnsafeMutablePointer<Self>)
  @unsafe static func compress(
    _ from: UnsafePointer<Self>, _ count: Int, _ indices: UnsafeMutablePointer<Int32>,
    _ values: UnsafeMutablePointer<Self>
  ) -> Int
}

extension Float: PanelScalar {
  @unsafe package static func panelInner(
    _ x: UnsafePointer<Float>, _ rows: Int, _ features: Int, _ panel: UnsafePointer<Float>,
    _ out: UnsafeMutablePointer<Float>
  ) { unsafe vm_panel_inner_f32(x, rows, features, panel, out) }

  @unsafe package static func panelManhattan(
    _ x: UnsafePointer<Float>, _ rows: Int, _ features: Int, _ panel: UnsafePointer<Float>,
    _ out: UnsafeMutablePointer<Float>
  ) { unsafe vm_panel_manhattan_f32(x, rows, features, panel, out) }

  @unsafe package static func panelSquaredDistances(
    _ x: UnsafePointer<Float>, _ rows: Int, _ features: Int, _ panel: UnsafePointer<Float>,
    _ out: UnsafeMutablePointer<Float>
  ) { unsafe vm_panel_squared_distances_f32(x, rows, features, panel, out) }

  @unsafe package static func panelMinimumSums(
    _ x: UnsafePointer<Float>, _ rows: Int, _ features: Int, _ panel: UnsafePointer<Float>,
    _ out: UnsafeMutablePointer<Float>
  ) { unsafe vm_panel_minimum_sums_f32(x, rows, features, panel, out) }

  @unsafe package static func panelChiSquaredDistances(
    _ x: UnsafePointer<Float>, _ rows: Int, _ features: Int, _ panel: UnsafePointer<Float>,
    _ out: UnsafeMutablePointer<Float>
  ) { unsafe vm_panel_chi_squared_distances_f32(x, rows, features, panel, out) }

  @unsafe package static func panelSparse(
    _ offsets: UnsafePointer<Int64>, _ indices: UnsafePointer<Int32>,
    _ values: UnsafePointer<Float>, _ rows: Int, _ panel: UnsafePointer<Float>,
    _ out: UnsafeMutablePointer<Float>
  ) { unsafe vm_panel_sparse_f32(offsets, indices, values, rows, panel, out) }

  @unsafe package static func panelSum(
    _ tile: UnsafePointer<Float>, _ rows: Int, _ coefficients: UnsafePointer<Float>,
    _ sums: UnsafeMutablePointer<Double>
  ) { unsafe vm_panel_sum_f32(tile, rows, coefficients, sums) }

  @unsafe package static func panelCombine(
    _ tile: UnsafePointer<Float>, _ rows: Int, _ begin: Int, _ end: Int,
    _ coefficients: UnsafePointer<Float>, _ outputs: Int, _ sums: UnsafeMutablePointer<Double>,
    _ sumStride: Int
  ) {
    unsafe vm_panel_combine_f32(tile, rows, begin, end, coefficients, outputs, sums, sumStride)
  }

  @unsafe package static func lists(
    _ offsets: UnsafePointer<Int64>, _ places: UnsafePointer<Int32>,
    _ values: UnsafePointer<Float>, _ rows: Int, _ starts: UnsafePointer<Int64>,
    _ targets: UnsafePointer<Int32>, _ weights: UnsafePointer<Float>, _ width: Int,
    _ out: UnsafeMutablePointer<Float>
  ) {
    unsafe vm_lists_f32(offsets, places, values, rows, starts, targets, weights, width, out)
  }

  @unsafe package static func compress(
    _ from: UnsafePointer<Float>, _ count: Int, _ indices: UnsafeMutablePointer<Int32>,
    _ values: UnsafeMutablePointer<Float>
  ) -> Int { unsafe vm_compress_f32(from, count, indices, values) }
}

extension Double: PanelScalar {
  @unsafe package static func panelInner(
    _ x: UnsafePointer<Double>, _ rows: Int, _ features: Int, _ panel: UnsafePointer<Double>,
    _ out: UnsafeMutablePointer<Double>
  ) { unsafe vm_panel_inner_f64(x, rows, features, panel, out) }

  @unsafe package static func panelManhattan(
    _ x: UnsafePointer<Double>, _ rows: Int, _ features: Int, _ panel: UnsafePointer<Double>,
    _ out: UnsafeMutablePointer<Double>
  ) { unsafe vm_panel_manhattan_f64(x, rows, features, panel, out) }

  @unsafe package static func panelSquaredDistances(
    _ x: UnsafePointer<Double>, _ rows: Int, _ features: Int, _ panel: UnsafePointer<Double>,
    _ out: UnsafeMutablePointer<Double>
  ) { unsafe vm_panel_squared_distances_f64(x, rows, features, panel, out) }

  @unsafe package static func panelMinimumSums(
    _ x: UnsafePointer<Double>, _ rows: Int, _ features: Int, _ panel: UnsafePointer<Double>,
    _ out: UnsafeMutablePointer<Double>
  ) { unsafe vm_panel_minimum_sums_f64(x, rows, features, panel, out) }

  @unsafe package static func panelChiSquaredDistances(
    _ x: UnsafePointer<Double>, _ rows: Int, _ features: Int, _ panel: UnsafePointer<Double>,
    _ out: UnsafeMutablePointer<Double>
  ) { unsafe vm_panel_chi_squared_distances_f64(x, rows, features, panel, out) }

  @unsafe package static func panelSparse(
    _ offsets: UnsafePointer<Int64>, _ indices: UnsafePointer<Int32>,
    _ values: UnsafePointer<Double>, _ rows: Int, _ panel: UnsafePointer<Double>,
    _ out: UnsafeMutablePointer<Double>
  ) { unsafe vm_panel_sparse_f64(offsets, indices, values, rows, panel, out) }

  @unsafe package static func panelSum(
    _ tile: UnsafePointer<Double>, _ rows: Int, _ coefficients: UnsafePointer<Double>,
    _ sums: UnsafeMutablePointer<Double>
  ) { unsafe vm_panel_sum_f64(tile, rows, coefficients, sums) }

  @unsafe package static func panelCombine(
    _ tile: UnsafePointer<Double>, _ rows: Int, _ begin: Int, _ end: Int,
    _ coefficients: UnsafePointer<Double>, _ outputs: Int, _ sums: UnsafeMutablePointer<Double>,
    _ sumStride: Int
  ) {
    unsafe vm_panel_combine_f64(tile, rows, begin, end, coefficients, outputs, sums, sumStride)
  }

  @unsafe package static func lists(
    _ offsets: UnsafePointer<Int64>, _ places: UnsafePointer<Int32>,
    _ values: UnsafePointer<Double>, _ rows: Int, _ starts: UnsafePointer<Int64>,
    _ targets: UnsafePointer<Int32>, _ weights: UnsafePointer<Double>, _ width: Int,
    _ out: UnsafeMutablePointer<Double>
  ) {
    unsafe vm_lists_f64(offsets, places, values, rows, starts, targets, weights, width, out)
  }

  @unsafe package static func compress(
    _ from: UnsafePointer<Double>, _ count: Int, _ indices: UnsafeMutablePointer<Int32>,
    _ values: UnsafeMutablePointer<Double>
  ) -> Int { unsafe vm_compress_f64(from, count, indices, values) }
}
