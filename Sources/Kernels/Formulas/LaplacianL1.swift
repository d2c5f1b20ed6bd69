/// exp(−γ‖x − z‖₁).
enum LaplacianL1Formula: KernelFormula {
  static let name = "laplacian-l1"
  static let formula = "exp(−γ‖x − z‖₁)"
  static let widthRule: WidthRule? = .sums
  static let pair = PairValue.manhattanDistance
  static let foreignNames = ForeignNames(scikitLearn: "laplacian")

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

extension Kernel {
  /// exp(−γ‖x − z‖₁) with the Manhattan norm.
  ///
  /// Positive semi-definite.
  ///
  /// γ is fitted to the spread of the data unless it is given.
  public static func laplacianL1(gamma: Gamma = .scale) -> Kernel {
    .formula(FormulaKernel(LaplacianL1Formula.self, width: gamma))
  }
}

extension KernelFunction {
  /// The same with γ as a number.
  package static func laplacianL1(gamma: Double) -> Self {
    .formula(FormulaKernel(LaplacianL1Formula.self, width: gamma))
  }
}
