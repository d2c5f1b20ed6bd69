/// (1 + γ‖x − z‖²/(2a))^(−a).
enum RationalQuadraticFormula: KernelFormula {
  static let name = "rational-quadratic"
  static let formula = "(1 + γ‖x − z‖²/(2a))⁻ᵃ"
  static let parameters = [KernelParameter.gamma, .shape]
  static let widthRule: WidthRule? = .squares(ofSigma: { 1 / ($0 * $0) }, sigmaFormula: "1/σ²")
  static let pair = PairValue.squaredDistance

  static func map(_ kernel: FormulaKernel<Double>) -> MapExpression {
    let shape = kernel[.shape]
    return .power(.shifted(.scaled(kernel.gamma / (2 * shape), .pair), 1), -shape)
  }

  static func distanceSlope(_ kernel: FormulaKernel<Double>) -> Double? { kernel.gamma / 2 }

  /// A mixture of gaussian kernels whose γ is gamma-distributed.
  static func spectrum(_ kernel: FormulaKernel<Double>) -> FourierSpectrum? {
    .gammaMixture(shape: kernel[.shape], variance: kernel.gamma / kernel[.shape])
  }

  @unsafe
  static func apply<Scalar: KernelScalar>(
    _ kernel: FormulaKernel<Double>, to tile: Tile<Scalar>
  ) {
    unsafe Scalar.library.loops.rationalQuadratic(
      tile.values, tile.rows, tile.columns, tile.stride, Scalar(kernel.gamma),
      Scalar(kernel[.shape]))
  }
}

extension KernelParameter {
  /// a of the rational quadratic kernel: the smaller, the heavier its tail; for large a it is the
  /// gaussian kernel with half of γ.
  package static let shape = KernelParameter(
    name: "shape", option: "shape", summary: "Shape", symbol: "a", defaultValue: 1,
    range: .positive)
}

extension Kernel {
  /// (1 + γ‖x − z‖²/(2a))^(−a) with a > 0, γ = 1/σ² for a length scale σ.
  ///
  /// Positive semi-definite.
  ///
  /// γ is fitted to the spread of the data unless it is given.
  public static func rationalQuadratic(gamma: Gamma = .scale, shape: Double = 1) -> Kernel {
    .formula(FormulaKernel(RationalQuadraticFormula.self, width: gamma, [.shape: shape]))
  }
}

extension KernelFunction {
  /// The same with γ as a number.
  package static func rationalQuadratic(gamma: Double, shape: Double = 1) -> Self {
    .formula(FormulaKernel(RationalQuadraticFormula.self, width: gamma, [.shape: shape]))
  }
}
