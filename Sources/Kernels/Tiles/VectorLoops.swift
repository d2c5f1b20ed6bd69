import CVectorMath

/// The loops of `CVectorMath` for one scalar type, as a table of C functions; the header says what each
/// of them computes.
@unsafe
package struct VectorLoops<Scalar>: Sendable {
  package typealias Values = UnsafeMutablePointer<Scalar>
  package typealias Source = UnsafePointer<Scalar>
  /// Changes the values of a tile: values, rows, columns, stride; γ.
  package typealias Step = @Sendable (Values, Int, Int, Int, Scalar) -> Void
  /// Fills a tile from two sides: values, rows, columns, stride; sides, features, the columns' stride.
  package typealias Sides = @Sendable (Values, Int, Int, Int, Source, Source, Int, Int) -> Void
  /// Fills the values of rows with a panel: rows, their number, features, panel; values.
  package typealias Panel = @Sendable (Source, Int, Int, Source, Values) -> Void
  /// Moves elements from or to places: source, places, their number; target.
  package typealias Move = @Sendable (Source, UnsafePointer<Int32>, Int, Values) -> Void

  // Steps on a tile of pair values.
  package let distances: @Sendable (Values, Int, Int, Int, Source, Source) -> Void
  package let gaussian: @Sendable (Values, Int, Int, Int, Source, Source, Scalar) -> Void
  package let laplacian: Step
  package let exponential: Step
  package let matern32: Step
  package let matern52: Step
  package let rationalQuadratic: @Sendable (Values, Int, Int, Int, Scalar, Scalar) -> Void
  package let polynomial: @Sendable (Values, Int, Int, Int, Scalar, Scalar, Int) -> Void
  package let sigmoid: @Sendable (Values, Int, Int, Int, Scalar, Scalar) -> Void

  // Tiles of pair values, or of kernel values from both sides at once.
  package let innerProducts: Sides
  /// As ``Sides``; then the terms of rows and columns, γ.
  package let gaussianProducts:
    @Sendable (Values, Int, Int, Int, Source, Source, Int, Int, Source, Source, Scalar) -> Void
  package let manhattan: Sides
  package let squaredDistances: Sides
  package let chiSquaredDistances: Sides
  package let minimumSums: Sides
  package let gaussianDistances:
    @Sendable (Values, Int, Int, Int, Source, Source, Int, Int, Scalar) -> Void
  /// A tile, its sparse rows, width and stride; where rows begin and end, indices and values; the other
  /// side and its stride.
  package let sparseProducts:
    @Sendable (
      Values, Int, Int, Int, UnsafePointer<Int64>, UnsafePointer<Int64>, UnsafePointer<Int32>,
      Source, Source, Int
    ) -> Void

  // Panels of support vectors.
  package let panelInner: Panel
  package let panelManhattan: Panel
  package let panelSquaredDistances: Panel
  package let panelMinimumSums: Panel
  package let panelChiSquaredDistances: Panel
  /// Offsets, indices and values of sparse rows, their number; the panel; values.
  package let panelSparse:
    @Sendable (UnsafePointer<Int64>, UnsafePointer<Int32>, Source, Int, Source, Values) -> Void
  /// Values and the number of rows; coefficients; sums.
  package let panelSum: @Sendable (Source, Int, Source, UnsafeMutablePointer<Double>) -> Void
  /// Values and the number of rows; where a segment begins and ends; coefficients and their number of
  /// outputs; sums and their stride.
  package let panelCombine:
    @Sendable (Source, Int, Int, Int, Source, Int, UnsafeMutablePointer<Double>, Int) -> Void
  /// Offsets, places and values of rows, their number; starts, targets and weights of lists; the width;
  /// products.
  package let lists:
    @Sendable (
      UnsafePointer<Int64>, UnsafePointer<Int32>, Source, Int, UnsafePointer<Int64>,
      UnsafePointer<Int32>, Source, Int, Values
    ) -> Void
  /// Elements and their number; the indices and values of those that are not 0, and how many they are.
  package let compress: @Sendable (Source, Int, UnsafeMutablePointer<Int32>, Values) -> Int

  // Rows and vectors.
  /// A matrix, its rows, columns and stride; the target and its stride.
  package let transpose: @Sendable (Source, Int, Int, Int, Values, Int) -> Void
  /// Rows and coefficients, their number, columns; sums.
  package let accumulate:
    @Sendable (
      UnsafePointer<Source?>, UnsafePointer<Double>, Int, Int, UnsafeMutablePointer<Double>
    ) -> Void
  /// A tile, its columns, rows and stride; coefficients; sums.
  package let weightedSums:
    @Sendable (
      Source, Int, Int, Int, UnsafePointer<Double>, UnsafeMutablePointer<Double>
    ) -> Void
  /// Numbers, what is subtracted of them if anything, their number; the target.
  package let convert:
    @Sendable (UnsafePointer<Double>, UnsafePointer<Double>?, Int, Values) -> Void
  package let squaredNorm: @Sendable (Source, Int) -> Double
  /// The place of the first element that is not finite, or −1.
  package let firstNotFinite: @Sendable (Source, Int) -> Int
  package let gather: Move
  package let scatter: Move
}

/// Where the table of a scalar type stands: code that is generic in the type reads one entry of it
/// and need not copy the table.
@safe
package final class VectorLibrary<Scalar>: Sendable {
  package let loops: VectorLoops<Scalar>

  @unsafe
  init(loops: VectorLoops<Scalar>) { unsafe self.loops = loops }
}

extension Float: KernelScalar {
  package static let roundoff = 0x1p-24
  package static let library = unsafe VectorLibrary<Float>(
    loops: VectorLoops(
      distances: vm_distances_f32, gaussian: vm_gaussian_f32, laplacian: vm_laplacian_f32,
      exponential: vm_exponential_f32, matern32: vm_matern32_f32, matern52: vm_matern52_f32,
      rationalQuadratic: vm_rational_quadratic_f32, polynomial: vm_polynomial_f32,
      sigmoid: vm_sigmoid_f32, innerProducts: vm_inner_products_f32,
      gaussianProducts: vm_gaussian_products_f32, manhattan: vm_manhattan_f32,
      squaredDistances: vm_squared_distances_f32, chiSquaredDistances: vm_chi_squared_distances_f32,
      minimumSums: vm_minimum_sums_f32, gaussianDistances: vm_gaussian_distances_f32,
      sparseProducts: vm_sparse_products_f32, panelInner: vm_panel_inner_f32,
      panelManhattan: vm_panel_manhattan_f32,
      panelSquaredDistances: vm_panel_squared_distances_f32,
      panelMinimumSums: vm_panel_minimum_sums_f32,
      panelChiSquaredDistances: vm_panel_chi_squared_distances_f32,
      panelSparse: vm_panel_sparse_f32, panelSum: vm_panel_sum_f32,
      panelCombine: vm_panel_combine_f32, lists: vm_lists_f32, compress: vm_compress_f32,
      transpose: vm_transpose_f32, accumulate: vm_accumulate_f32,
      weightedSums: vm_weighted_sums_f32,
      convert: vm_convert_f32, squaredNorm: vm_squared_norm_f32,
      firstNotFinite: vm_first_not_finite_f32, gather: vm_gather_f32, scatter: vm_scatter_f32))
}

extension Double: KernelScalar {
  package static let roundoff = 0x1p-53
  package static let library = unsafe VectorLibrary<Double>(
    loops: VectorLoops(
      distances: vm_distances_f64, gaussian: vm_gaussian_f64, laplacian: vm_laplacian_f64,
      exponential: vm_exponential_f64, matern32: vm_matern32_f64, matern52: vm_matern52_f64,
      rationalQuadratic: vm_rational_quadratic_f64, polynomial: vm_polynomial_f64,
      sigmoid: vm_sigmoid_f64, innerProducts: vm_inner_products_f64,
      gaussianProducts: vm_gaussian_products_f64, manhattan: vm_manhattan_f64,
      squaredDistances: vm_squared_distances_f64, chiSquaredDistances: vm_chi_squared_distances_f64,
      minimumSums: vm_minimum_sums_f64, gaussianDistances: vm_gaussian_distances_f64,
      sparseProducts: vm_sparse_products_f64, panelInner: vm_panel_inner_f64,
      panelManhattan: vm_panel_manhattan_f64,
      panelSquaredDistances: vm_panel_squared_distances_f64,
      panelMinimumSums: vm_panel_minimum_sums_f64,
      panelChiSquaredDistances: vm_panel_chi_squared_distances_f64,
      panelSparse: vm_panel_sparse_f64, panelSum: vm_panel_sum_f64,
      panelCombine: vm_panel_combine_f64, lists: vm_lists_f64, compress: vm_compress_f64,
      transpose: vm_transpose_f64, accumulate: vm_accumulate_f64,
      weightedSums: vm_weighted_sums_f64,
      convert: vm_convert_f64, squaredNorm: vm_squared_norm_f64,
      firstNotFinite: vm_first_not_finite_f64, gather: vm_gather_f64, scatter: vm_scatter_f64))
}
