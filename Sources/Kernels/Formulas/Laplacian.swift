/// exp(−γ‖x − z‖₂).
enum LaplacianFormula: KernelFormula {
  static let name = "laplacian"
  static let aliases = ["laplacian-l2"]
  static let formula = "exp(−γ‖x − z‖₂)"
  static let widthRule: WidthRule? = .distances
  static let pair = PairValue.squaredDistance

  static func map(_ kernel: FormulaKernel<Double>) -> MapExpression {
    .exponential(.scaled(-kernel.gamma, .squareRoot(.pair)))
  }

  static func spectrum(_ kernel: FormulaKernel<Double>) -> FourierSpectrum? {
    .studentT(degrees: 1, scale: kernel.gamma)
  }

  @unsafe
  static func apply<Scalar: KernelScalar>(
    _ kernel: FormulaKernel<Double>, to tile: Tile<Scalar>
  ) { unsafe tile.apply(Scalar.library.loops.laplacian, Scalar(kernel.gamma)) }
}

extension ParameterizedKernel {
  /// exp(−γ‖x − z‖₂) with the Euclidean norm, γ = 1/σ for a width σ.
  ///
  /// Positive semi-definite.
  public static func laplacian(gamma: Width) -> Self {
    .formula(FormulaKernel(LaplacianFormula.self, width: gamma))
  }
}

extension Kernel {
  /// exp(−γ‖x − z‖₂) with γ fitted to the spread of the data.
  public static func laplacian() -> Kernel { .laplacian(gamma: .scale) }
}
