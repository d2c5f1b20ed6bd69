/// A kernel with a formula: a value of two examples, such as their inner product, and a function of it.
///
/// One type, in a file of its own in `Formulas`, says all there is to know of a formula;
/// ``KernelCatalog`` lists the types. Options, files, exports, searches and reports ask here.
package protocol KernelFormula: Sendable {
  /// The name on the command line, in files and in reports.
  static var name: String { get }
  /// Other names that users know it by.
  static var aliases: [String] { get }
  /// The formula as documents show it.
  static var formula: String { get }
  /// The parameters, in the order of files and reports.
  static var parameters: [KernelParameter] { get }
  /// How γ follows from the data; `nil` for a formula without γ.
  static var widthRule: WidthRule? { get }
  /// The value of two examples that the formula is a function of.
  static var pair: PairValue { get }

  /// The function of the pair value, from which exporters compose operators: the plain formula in
  /// Double that every tile is tested against.
  static func map(_ kernel: FormulaKernel<Double>) -> MapExpression

  /// Whether every kernel matrix is positive semi-definite (Mercer's condition).
  static func isPositiveSemidefinite(_ kernel: FormulaKernel<Double>) -> Bool
  /// Whether κ(x, x) = 1 for every x.
  static var hasUnitDiagonal: Bool { get }
  /// Whether it is the inner product itself.
  static var isInnerProduct: Bool { get }
  /// Whether |κ| ≤ 1.
  static var isBounded: Bool { get }
  /// The slope at 0 of a function of ‖x − z‖², in magnitude; `nil` where it is infinite, and for
  /// formulas of other values.
  ///
  /// A finite slope passes on what cancels in ‖x‖² + ‖z‖² − 2⟨x, z⟩ as a small error, so that squared
  /// distances may come from a matrix product.
  static func distanceSlope(_ kernel: FormulaKernel<Double>) -> Double?
  /// The largest magnitude of a value of two examples with a squared norm.
  static func magnitude(
    _ kernel: FormulaKernel<Double>, squaredNorm: Double, featureCount: Int
  ) -> Double
  /// How many roundings a value passes on, in units of its magnitude.
  static func roundingCount(_ kernel: FormulaKernel<Double>) -> Double
  /// The distribution of frequencies whose characteristic function the kernel is, where it depends on
  /// x − z alone and one can draw from it (Bochner's theorem).
  static func spectrum(_ kernel: FormulaKernel<Double>) -> FourierSpectrum?
  /// What other programs call it.
  static var foreignNames: ForeignNames { get }

  /// Turns pair values into kernel values, in place. The default computes ``map(_:)`` value by value;
  /// formulas that are used much have a loop of `CVectorMath`.
  @unsafe
  static func apply<Scalar: KernelScalar>(_ kernel: FormulaKernel<Double>, to tile: Tile<Scalar>)
  /// Turns inner products into kernel values of squared distances, in place.
  ///
  /// - Parameters:
  ///   - kernel: A kernel with a finite ``distanceSlope(_:)``.
  ///   - tile: Inner products.
  ///   - terms: The examples' shares of both sides.
  @unsafe
  static func applyToProducts<Scalar: KernelScalar>(
    _ kernel: FormulaKernel<Double>, to tile: Tile<Scalar>, _ terms: TileTerms<Scalar>)
  /// Computes kernel values of squared distances from inner products of both sides.
  @unsafe
  static func evaluateByProducts<Scalar: KernelScalar>(
    _ kernel: FormulaKernel<Double>, _ sides: TileSides<Scalar>, _ terms: TileTerms<Scalar>,
    into tile: Tile<Scalar>)
  /// One example's share in ``applyToProducts(_:to:_:)``.
  static func term(_ kernel: FormulaKernel<Double>, squaredNorm: Double) -> Double
  /// Computes kernel values from the pair values of two sides of a tile.
  @unsafe
  static func evaluate<Scalar: KernelScalar>(
    _ kernel: FormulaKernel<Double>, _ sides: TileSides<Scalar>, into tile: Tile<Scalar>)
}

extension KernelFormula {
  package static var aliases: [String] { [] }
  package static var parameters: [KernelParameter] { [.gamma] }
  package static func isPositiveSemidefinite(_ kernel: FormulaKernel<Double>) -> Bool { true }
  package static var hasUnitDiagonal: Bool { pair.isDistance }
  package static var isInnerProduct: Bool { false }
  package static var isBounded: Bool { hasUnitDiagonal }
  package static func distanceSlope(_ kernel: FormulaKernel<Double>) -> Double? { nil }
  package static func magnitude(
    _ kernel: FormulaKernel<Double>, squaredNorm: Double, featureCount: Int
  ) -> Double { 1 }
  package static func roundingCount(_ kernel: FormulaKernel<Double>) -> Double { 2 }
  package static func spectrum(_ kernel: FormulaKernel<Double>) -> FourierSpectrum? { nil }
  package static var foreignNames: ForeignNames { ForeignNames() }

  /// Whether tiles need every feature of both examples, so that sparse ones are written out.
  package static func writesExamplesOut(_ kernel: FormulaKernel<Double>) -> Bool {
    pair != .innerProduct && distanceSlope(kernel) == nil
  }

  /// Whether one can draw frequencies of it.
  package static var hasSpectrum: Bool { spectrum(FormulaKernel(self, width: 1)) != nil }

  @unsafe
  package static func apply<Scalar: KernelScalar>(
    _ kernel: FormulaKernel<Double>, to tile: Tile<Scalar>
  ) {
    let map = map(kernel)
    for row in unsafe 0..<tile.rows {
      for place in unsafe row * tile.stride..<row * tile.stride + tile.columns {
        unsafe tile.values[place] = Scalar(map.value(Double(tile.values[place])))
      }
    }
  }

  @unsafe
  package static func applyToProducts<Scalar: KernelScalar>(
    _ kernel: FormulaKernel<Double>, to tile: Tile<Scalar>, _ terms: TileTerms<Scalar>
  ) {
    unsafe Scalar.library.loops.distances(
      tile.values, tile.rows, tile.columns, tile.stride, terms.rows, terms.columns)
    unsafe apply(kernel, to: tile)
  }

  @unsafe
  package static func evaluateByProducts<Scalar: KernelScalar>(
    _ kernel: FormulaKernel<Double>, _ sides: TileSides<Scalar>, _ terms: TileTerms<Scalar>,
    into tile: Tile<Scalar>
  ) {
    unsafe tile.fill(Scalar.library.loops.innerProducts, sides)
    unsafe applyToProducts(kernel, to: tile, terms)
  }

  package static func term(_ kernel: FormulaKernel<Double>, squaredNorm: Double) -> Double {
    squaredNorm
  }

  @unsafe
  package static func evaluate<Scalar: KernelScalar>(
    _ kernel: FormulaKernel<Double>, _ sides: TileSides<Scalar>, into tile: Tile<Scalar>
  ) {
    unsafe pair.evaluate(sides, into: tile)
    unsafe apply(kernel, to: tile)
  }
}

/// What other programs call a kernel; `nil` where they lack it.
package struct ForeignNames: Sendable {
  /// LIBSVM's word in model files, and its number among the options.
  package var libsvm: (name: String, number: Int)?
  /// The name among scikit-learn's kernels.
  package var scikitLearn: String?
  /// The `kernel_type` of ONNX's operators for support vector machines.
  package var onnx: String?
  /// The field of Core ML's `Kernel` message, and the parameters in the fields of its own message.
  package var coreML: (field: Int, parameters: [KernelParameter])?

  package init(
    libsvm: (name: String, number: Int)? = nil, scikitLearn: String? = nil, onnx: String? = nil,
    coreML: (field: Int, parameters: [KernelParameter])? = nil
  ) {
    self.libsvm = libsvm
    self.scikitLearn = scikitLearn
    self.onnx = onnx
    self.coreML = coreML
  }
}

/// A distribution of frequencies ω with E cos(ωᵀ(x − z)) = κ(x, z).
package enum FourierSpectrum: Sendable, Equatable {
  /// Normal with mean 0, each feature on its own.
  case normal(deviation: Double)
  /// Cauchy with a scale, each feature on its own.
  case cauchyByFeature(scale: Double)
  /// Multivariate t: a normal vector of this scale over √(χ²/ν) for ν degrees of freedom.
  case studentT(degrees: Int, scale: Double)
  /// A normal vector times the root of `variance` times a gamma-distributed number of this shape, scale 1.
  case gammaMixture(shape: Double, variance: Double)
}
