/// exp(−γ‖x − z‖²).
enum GaussianFormula: KernelFormula {
  static let name = "gaussian"
  static let aliases = ["rbf"]
  static let formula = "exp(−γ‖x − z‖²)"
  static let widthRule: WidthRule? = .squares(
    ofSigma: { 1 / (2 * $0 * $0) }, sigmaFormula: "1/(2σ²)")
  static let pair = PairValue.squaredDistance
  static let foreignNames = ForeignNames(
    libsvm: ("rbf", 2), scikitLearn: "rbf", onnx: "RBF", coreML: (field: 2, parameters: [.gamma]))

  static func map(_ kernel: FormulaKernel<Double>) -> MapExpression {
    .exponential(.scaled(-kernel.gamma, .pair))
  }

  static func distanceSlope(_ kernel: FormulaKernel<Double>) -> Double? { kernel.gamma }

  static func spectrum(_ kernel: FormulaKernel<Double>) -> FourierSpectrum? {
    .normal(deviation: (2 * kernel.gamma).squareRoot())
  }

  @unsafe
  static func apply<Scalar: KernelScalar>(
    _ kernel: FormulaKernel<Double>, to tile: Tile<Scalar>
  ) { unsafe tile.apply(Scalar.library.loops.exponential, Scalar(kernel.gamma)) }

  // One loop each makes the value of products that are there, of products, and of differences.

  static func term(_ kernel: FormulaKernel<Double>, squaredNorm: Double) -> Double {
    kernel.gamma * squaredNorm
  }

  @unsafe
  static func applyToProducts<Scalar: KernelScalar>(
    _ kernel: FormulaKernel<Double>, to tile: Tile<Scalar>, _ terms: TileTerms<Scalar>
  ) {
    unsafe Scalar.library.loops.gaussian(
      tile.values, tile.rows, tile.columns, tile.stride, terms.rows, terms.columns,
      Scalar(kernel.gamma))
  }

  @unsafe
  static func evaluateByProducts<Scalar: KernelScalar>(
    _ kernel: FormulaKernel<Double>, _ sides: TileSides<Scalar>, _ terms: TileTerms<Scalar>,
    into tile: Tile<Scalar>
  ) {
    unsafe Scalar.library.loops.gaussianProducts(
      tile.values, tile.rows, tile.columns, tile.stride, sides.rows, sides.columns,
      sides.featureCount, sides.columnStride, terms.rows, terms.columns, Scalar(kernel.gamma))
  }

  @unsafe
  static func evaluate<Scalar: KernelScalar>(
    _ kernel: FormulaKernel<Double>, _ sides: TileSides<Scalar>, into tile: Tile<Scalar>
  ) {
    unsafe Scalar.library.loops.gaussianDistances(
      tile.values, tile.rows, tile.columns, tile.stride, sides.rows, sides.columns,
      sides.featureCount, sides.columnStride, Scalar(kernel.gamma))
  }
}

extension Kernel {
  /// exp(−γ‖x − z‖²), with γ = 1/(2σ²) for a width σ.
  ///
  /// Positive semi-definite.
  ///
  /// γ is fitted to the spread of the data unless it is given.
  public static func gaussian(gamma: Gamma = .scale) -> Kernel {
    .formula(FormulaKernel(GaussianFormula.self, width: gamma))
  }

  /// The kernel of a training that asks for none: gaussian, γ fitted to the spread of the data.
  package static var `default`: Kernel { .gaussian() }
}

extension KernelFunction {
  /// The same with γ as a number.
  package static func gaussian(gamma: Double) -> Self {
    .formula(FormulaKernel(GaussianFormula.self, width: gamma))
  }
}
