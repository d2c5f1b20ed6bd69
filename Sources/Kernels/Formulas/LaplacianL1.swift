/// exp(−γ‖x − z‖₁).
enum LaplacianL1Formula: KernelFormula {
  static let name = "laplacian-l1"
  static let formula = "exp(−γ‖x − z‖₁)"
  static let widthRule: WidthRule? = .sums
  static let pair = PairValue.manhattanDistance

  static func map(_ kernel: FormulaKernel<Double>) -> MapExpression {
    .exponential(.scaled(-kernel.gamma, .pair))
  }

  static func spectrum(_ kernel: FormulaKernel<Double>) -> FourierSpectrum? {
    .cauchyByFeature(scale: kernel.gamma)
  }

  @unsafe
  static func apply<Scalar: KernelScalar>(
    _ kernel: FormulaKernel<Double>, to tile: Tile<Scalar>
  ) { unsafe tile.apply(Scalar.library.loops.exponential, Scalar(kernel.gamma)) }
}

extension ParameterizedKernel {
  /// exp(−γ‖x − z‖₁) with the Manhattan norm.
  ///
  /// Positive semi-definite.
  public static func laplacianL1(gamma: Width) -> Self {
    .formula(FormulaKernel(LaplacianL1Formula.self, width: gamma))
  }
}

extension Kernel {
  /// exp(−γ‖x − z‖₁) with γ fitted to the spread of the data.
  public static func laplacianL1() -> Kernel { .laplacianL1(gamma: .scale) }
}
