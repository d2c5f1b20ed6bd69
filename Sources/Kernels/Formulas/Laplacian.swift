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

extension Kernel {
  /// exp(−γ‖x − z‖₂) with the Euclidean norm, γ = 1/σ for a width σ.
  ///
  /// Positive semi-definite.
  ///
  /// γ is fitted to the spread of the data unless it is given.
  public static func laplacian(gamma: Gamma = .scale) -> Kernel {
    .formula(FormulaKernel(LaplacianFormula.self, width: gamma))
  }
}

extension KernelFunction {
  /// The same with γ as a number.
  package static func laplacian(gamma: Double) -> Self {
    .formula(FormulaKernel(LaplacianFormula.self, width: gamma))
  }
}
