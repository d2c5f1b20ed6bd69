import CVectorMath
import LinearAlgebra

/// A floating-point type that tiles of kernel values are computed in: `Float` or `Double`.
///
/// Each requirement is one loop of `CVectorMath`; its header says what the loop does.
package protocol KernelScalar: BitwiseCopyable, BLASScalar {
  /// The unit roundoff, 2⁻²⁴ or 2⁻⁵³.
  static var roundoff: Double { get }
  @unsafe static func distanceStep(
    _ tile: Tile<Self>, _ rowTerms: UnsafePointer<Self>, _ columnTerms: UnsafePointer<Self>)
  @unsafe static func gaussianStep(
    _ tile: Tile<Self>, _ rowTerms: UnsafePointer<Self>, _ columnTerms: UnsafePointer<Self>,
    _ gamma: Self)
  @unsafe static func laplacianStep(_ tile: Tile<Self>, _ gamma: Self)
  @unsafe static func exponentialStep(_ tile: Tile<Self>, _ gamma: Self)
  @unsafe static func matern32Step(_ tile: Tile<Self>, _ gamma: Self)
  @unsafe static func matern52Step(_ tile: Tile<Self>, _ gamma: Self)
  @unsafe static func rationalQuadraticStep(_ tile: Tile<Self>, _ gamma: Self, _ shape: Self)
  @unsafe static func polynomialStep(
    _ tile: Tile<Self>, _ gamma: Self, _ constantTerm: Self, _ degree: Int)
  @unsafe static func sigmoidStep(_ tile: Tile<Self>, _ gamma: Self, _ constantTerm: Self)
  @unsafe static func manhattan(_ sides: TileSides<Self>, _ tile: Tile<Self>)
  @unsafe static func squaredDistances(_ sides: TileSides<Self>, _ tile: Tile<Self>)
  @unsafe static func chiSquaredDistances(_ sides: TileSides<Self>, _ tile: Tile<Self>)
  @unsafe static func minimumSums(_ sides: TileSides<Self>, _ tile: Tile<Self>)
  @unsafe static func gaussianDistances(_ sides: TileSides<Self>, _ tile: Tile<Self>, _ gamma: Self)
  @unsafe static func sparseProducts(
    _ tile: UnsafeMutablePointer<Self>, _ sparseRows: Int, _ width: Int, _ stride: Int,
    _ begins: UnsafePointer<Int64>, _ ends: UnsafePointer<Int64>,
    _ indices: UnsafePointer<Int32>, _ values: UnsafePointer<Self>, _ b: UnsafePointer<Self>,
    _ bStride: Int)
  @unsafe static func transpose(
    _ from: UnsafePointer<Self>, _ rows: Int, _ columns: Int, _ fromStride: Int,
    _ to: UnsafeMutablePointer<Self>, _ toStride: Int)
  @unsafe static func accumulate(
    _ rows: UnsafePointer<UnsafePointer<Self>?>, _ coefficients: UnsafePointer<Double>,
    _ rowCount: Int, _ columns: Int, _ sums: UnsafeMutablePointer<Double>)
  @unsafe static func weightedSums(
    _ tile: UnsafePointer<Self>, _ columns: Int, _ rows: Int, _ stride: Int,
    _ coefficients: UnsafePointer<Double>, _ sums: UnsafeMutablePointer<Double>)
  @unsafe static func convert(
    _ from: UnsafePointer<Double>, centre: UnsafePointer<Double>?, _ count: Int,
    _ to: UnsafeMutablePointer<Self>)
  @unsafe static func squaredNorm(_ x: UnsafePointer<Self>, _ count: Int) -> Double
  @unsafe static func firstNotFinite(_ x: UnsafePointer<Self>, _ count: Int) -> Int
  @unsafe static func gather(
    _ from: UnsafePointer<Self>, _ positions: UnsafePointer<Int32>, _ count: Int,
    _ to: UnsafeMutablePointer<Self>)
  @unsafe static func scatter(
    _ from: UnsafePointer<Self>, _ positions: UnsafePointer<Int32>, _ count: Int,
    _ to: UnsafeMutablePointer<Self>)
}

extension Float: KernelScalar {
  package static var roundoff: Double { 0x1p-24 }

  @unsafe package static func distanceStep(
    _ tile: Tile<Float>, _ rowTerms: UnsafePointer<Float>, _ columnTerms: UnsafePointer<Float>
  ) {
    unsafe vm_distances_f32(
      tile.values, tile.rows, tile.columns, tile.stride, rowTerms, columnTerms)
  }

  @unsafe package static func gaussianStep(
    _ tile: Tile<Float>, _ rowTerms: UnsafePointer<Float>, _ columnTerms: UnsafePointer<Float>,
    _ gamma: Float
  ) {
    unsafe vm_gaussian_f32(
      tile.values, tile.rows, tile.columns, tile.stride, rowTerms, columnTerms, gamma)
  }

  @unsafe package static func laplacianStep(_ tile: Tile<Float>, _ gamma: Float) {
    unsafe vm_laplacian_f32(tile.values, tile.rows, tile.columns, tile.stride, gamma)
  }

  @unsafe package static func exponentialStep(_ tile: Tile<Float>, _ gamma: Float) {
    unsafe vm_exponential_f32(tile.values, tile.rows, tile.columns, tile.stride, gamma)
  }

  @unsafe package static func matern32Step(_ tile: Tile<Float>, _ gamma: Float) {
    unsafe vm_matern32_f32(tile.values, tile.rows, tile.columns, tile.stride, gamma)
  }

  @unsafe package static func matern52Step(_ tile: Tile<Float>, _ gamma: Float) {
    unsafe vm_matern52_f32(tile.values, tile.rows, tile.columns, tile.stride, gamma)
  }

  @unsafe package static func rationalQuadraticStep(
    _ tile: Tile<Float>, _ gamma: Float, _ shape: Float
  ) {
    unsafe vm_rational_quadratic_f32(
      tile.values, tile.rows, tile.columns, tile.stride, gamma, shape)
  }

  @unsafe package static func polynomialStep(
    _ tile: Tile<Float>, _ gamma: Float, _ constantTerm: Float, _ degree: Int
  ) {
    unsafe vm_polynomial_f32(
      tile.values, tile.rows, tile.columns, tile.stride, gamma, constantTerm, degree)
  }

  @unsafe package static func sigmoidStep(
    _ tile: Tile<Float>, _ gamma: Float, _ constantTerm: Float
  ) {
    unsafe vm_sigmoid_f32(tile.values, tile.rows, tile.columns, tile.stride, gamma, constantTerm)
  }

  @unsafe package static func manhattan(_ sides: TileSides<Float>, _ tile: Tile<Float>) {
    unsafe vm_manhattan_f32(
      tile.values, tile.rows, tile.columns, tile.stride, sides.rows, sides.columns,
      sides.featureCount, sides.columnStride)
  }

  @unsafe package static func squaredDistances(_ sides: TileSides<Float>, _ tile: Tile<Float>) {
    unsafe vm_squared_distances_f32(
      tile.values, tile.rows, tile.columns, tile.stride, sides.rows, sides.columns,
      sides.featureCount, sides.columnStride)
  }

  @unsafe package static func chiSquaredDistances(_ sides: TileSides<Float>, _ tile: Tile<Float>) {
    unsafe vm_chi_squared_distances_f32(
      tile.values, tile.rows, tile.columns, tile.stride, sides.rows, sides.columns,
      sides.featureCount, sides.columnStride)
  }

  @unsafe package static func minimumSums(_ sides: TileSides<Float>, _ tile: Tile<Float>) {
    unsafe vm_minimum_sums_f32(
      tile.values, tile.rows, tile.columns, tile.stride, sides.rows, sides.columns,
      sides.featureCount, sides.columnStride)
  }

  @unsafe package static func gaussianDistances(
    _ sides: TileSides<Float>, _ tile: Tile<Float>, _ gamma: Float
  ) {
    unsafe vm_gaussian_distances_f32(
      tile.values, tile.rows, tile.columns, tile.stride, sides.rows, sides.columns,
      sides.featureCount, sides.columnStride, gamma)
  }

  @unsafe package static func sparseProducts(
    _ tile: UnsafeMutablePointer<Float>, _ sparseRows: Int, _ width: Int, _ stride: Int,
    _ begins: UnsafePointer<Int64>, _ ends: UnsafePointer<Int64>,
    _ indices: UnsafePointer<Int32>, _ values: UnsafePointer<Float>, _ b: UnsafePointer<Float>,
    _ bStride: Int
  ) {
    unsafe vm_sparse_products_f32(
      tile, sparseRows, width, stride, begins, ends, indices, values, b, bStride)
  }

  @unsafe package static func transpose(
    _ from: UnsafePointer<Float>, _ rows: Int, _ columns: Int, _ fromStride: Int,
    _ to: UnsafeMutablePointer<Float>, _ toStride: Int
  ) { unsafe vm_transpose_f32(from, rows, columns, fromStride, to, toStride) }

  @unsafe package static func accumulate(
    _ rows: UnsafePointer<UnsafePointer<Float>?>, _ coefficients: UnsafePointer<Double>,
    _ rowCount: Int, _ columns: Int, _ sums: UnsafeMutablePointer<Double>
  ) { unsafe vm_accumulate_f32(rows, coefficients, rowCount, columns, sums) }

  @unsafe package static func weightedSums(
    _ tile: UnsafePointer<Float>, _ columns: Int, _ rows: Int, _ stride: Int,
    _ coefficients: UnsafePointer<Double>, _ sums: UnsafeMutablePointer<Double>
  ) { unsafe vm_weighted_sums_f32(tile, columns, rows, stride, coefficients, sums) }

  @unsafe package static func convert(
    _ from: UnsafePointer<Double>, centre: UnsafePointer<Double>?, _ count: Int,
    _ to: UnsafeMutablePointer<Float>
  ) { unsafe vm_convert_f32(from, centre, count, to) }

  @unsafe package static func squaredNorm(_ x: UnsafePointer<Float>, _ count: Int) -> Double {
    unsafe vm_squared_norm_f32(x, count)
  }

  @unsafe package static func firstNotFinite(_ x: UnsafePointer<Float>, _ count: Int) -> Int {
    unsafe vm_first_not_finite_f32(x, count)
  }

  @unsafe package static func gather(
    _ from: UnsafePointer<Float>, _ positions: UnsafePointer<Int32>, _ count: Int,
    _ to: UnsafeMutablePointer<Float>
  ) { unsafe vm_gather_f32(from, positions, count, to) }

  @unsafe package static func scatter(
    _ from: UnsafePointer<Float>, _ positions: UnsafePointer<Int32>, _ count: Int,
    _ to: UnsafeMutablePointer<Float>
  ) { unsafe vm_scatter_f32(from, positions, count, to) }
}

extension Double: KernelScalar {
  package static var roundoff: Double { 0x1p-53 }

  @unsafe package static func distanceStep(
    _ tile: Tile<Double>, _ rowTerms: UnsafePointer<Double>, _ columnTerms: UnsafePointer<Double>
  ) {
    unsafe vm_distances_f64(
      tile.values, tile.rows, tile.columns, tile.stride, rowTerms, columnTerms)
  }

  @unsafe package static func gaussianStep(
    _ tile: Tile<Double>, _ rowTerms: UnsafePointer<Double>, _ columnTerms: UnsafePointer<Double>,
    _ gamma: Double
  ) {
    unsafe vm_gaussian_f64(
      tile.values, tile.rows, tile.columns, tile.stride, rowTerms, columnTerms, gamma)
  }

  @unsafe package static func laplacianStep(_ tile: Tile<Double>, _ gamma: Double) {
    unsafe vm_laplacian_f64(tile.values, tile.rows, tile.columns, tile.stride, gamma)
  }

  @unsafe package static func exponentialStep(_ tile: Tile<Double>, _ gamma: Double) {
    unsafe vm_exponential_f64(tile.values, tile.rows, tile.columns, tile.stride, gamma)
  }

  @unsafe package static func matern32Step(_ tile: Tile<Double>, _ gamma: Double) {
    unsafe vm_matern32_f64(tile.values, tile.rows, tile.columns, tile.stride, gamma)
  }

  @unsafe package static func matern52Step(_ tile: Tile<Double>, _ gamma: Double) {
    unsafe vm_matern52_f64(tile.values, tile.rows, tile.columns, tile.stride, gamma)
  }

  @unsafe package static func rationalQuadraticStep(
    _ tile: Tile<Double>, _ gamma: Double, _ shape: Double
  ) {
    unsafe vm_rational_quadratic_f64(
      tile.values, tile.rows, tile.columns, tile.stride, gamma, shape)
  }

  @unsafe package static func polynomialStep(
    _ tile: Tile<Double>, _ gamma: Double, _ constantTerm: Double, _ degree: Int
  ) {
    unsafe vm_polynomial_f64(
      tile.values, tile.rows, tile.columns, tile.stride, gamma, constantTerm, degree)
  }

  @unsafe package static func sigmoidStep(
    _ tile: Tile<Double>, _ gamma: Double, _ constantTerm: Double
  ) {
    unsafe vm_sigmoid_f64(tile.values, tile.rows, tile.columns, tile.stride, gamma, constantTerm)
  }

  @unsafe package static func manhattan(_ sides: TileSides<Double>, _ tile: Tile<Double>) {
    unsafe vm_manhattan_f64(
      tile.values, tile.rows, tile.columns, tile.stride, sides.rows, sides.columns,
      sides.featureCount, sides.columnStride)
  }

  @unsafe package static func squaredDistances(_ sides: TileSides<Double>, _ tile: Tile<Double>) {
    unsafe vm_squared_distances_f64(
      tile.values, tile.rows, tile.columns, tile.stride, sides.rows, sides.columns,
      sides.featureCount, sides.columnStride)
  }

  @unsafe package static func chiSquaredDistances(_ sides: TileSides<Double>, _ tile: Tile<Double>)
  {
    unsafe vm_chi_squared_distances_f64(
      tile.values, tile.rows, tile.columns, tile.stride, sides.rows, sides.columns,
      sides.featureCount, sides.columnStride)
  }

  @unsafe package static func minimumSums(_ sides: TileSides<Double>, _ tile: Tile<Double>) {
    unsafe vm_minimum_sums_f64(
      tile.values, tile.rows, tile.columns, tile.stride, sides.rows, sides.columns,
      sides.featureCount, sides.columnStride)
  }

  @unsafe package static func gaussianDistances(
    _ sides: TileSides<Double>, _ tile: Tile<Double>, _ gamma: Double
  ) {
    unsafe vm_gaussian_distances_f64(
      tile.values, tile.rows, tile.columns, tile.stride, sides.rows, sides.columns,
      sides.featureCount, sides.columnStride, gamma)
  }

  @unsafe package static func sparseProducts(
    _ tile: UnsafeMutablePointer<Double>, _ sparseRows: Int, _ width: Int, _ stride: Int,
    _ begins: UnsafePointer<Int64>, _ ends: UnsafePointer<Int64>,
    _ indices: UnsafePointer<Int32>, _ values: UnsafePointer<Double>, _ b: UnsafePointer<Double>,
    _ bStride: Int
  ) {
    unsafe vm_sparse_products_f64(
      tile, sparseRows, width, stride, begins, ends, indices, values, b, bStride)
  }

  @unsafe package static func transpose(
    _ from: UnsafePointer<Double>, _ rows: Int, _ columns: Int, _ fromStride: Int,
    _ to: UnsafeMutablePointer<Double>, _ toStride: Int
  ) { unsafe vm_transpose_f64(from, rows, columns, fromStride, to, toStride) }

  @unsafe package static func accumulate(
    _ rows: UnsafePointer<UnsafePointer<Double>?>, _ coefficients: UnsafePointer<Double>,
    _ rowCount: Int, _ columns: Int, _ sums: UnsafeMutablePointer<Double>
  ) { unsafe vm_accumulate_f64(rows, coefficients, rowCount, columns, sums) }

  @unsafe package static func weightedSums(
    _ tile: UnsafePointer<Double>, _ columns: Int, _ rows: Int, _ stride: Int,
    _ coefficients: UnsafePointer<Double>, _ sums: UnsafeMutablePointer<Double>
  ) { unsafe vm_weighted_sums_f64(tile, columns, rows, stride, coefficients, sums) }

  @unsafe package static func convert(
    _ from: UnsafePointer<Double>, centre: UnsafePointer<Double>?, _ count: Int,
    _ to: UnsafeMutablePointer<Double>
  ) { unsafe vm_convert_f64(from, centre, count, to) }

  @unsafe package static func squaredNorm(_ x: UnsafePointer<Double>, _ count: Int) -> Double {
    unsafe vm_squared_norm_f64(x, count)
  }

  @unsafe package static func firstNotFinite(_ x: UnsafePointer<Double>, _ count: Int) -> Int {
    unsafe vm_first_not_finite_f64(x, count)
  }

  @unsafe package static func gather(
    _ from: UnsafePointer<Double>, _ positions: UnsafePointer<Int32>, _ count: Int,
    _ to: UnsafeMutablePointer<Double>
  ) { unsafe vm_gather_f64(from, positions, count, to) }

  @unsafe package static func scatter(
    _ from: UnsafePointer<Double>, _ positions: UnsafePointer<Int32>, _ count: Int,
    _ to: UnsafeMutablePointer<Double>
  ) { unsafe vm_scatter_f64(from, positions, count, to) }
}
