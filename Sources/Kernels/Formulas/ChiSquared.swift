/// exp(−γ Σ (x − z)²/(x + z)) of features that are at least 0, such as counts and histograms.
enum ChiSquaredFormula: KernelFormula {
  static let name = "chi-squared"
  static let aliases = ["chi2"]
  static let formula = "exp(−γ Σ (x − z)²/(x + z))"
  static let widthRule: WidthRule? = .sums
  static let pair = PairValue.chiSquaredDistance
  static let foreignNames = ForeignNames(scikitLearn: "chi2")

  static func map(_ kernel: FormulaKernel<Double>) -> MapExpression {
    .exponential(.scaled(-kernel.gamma, .pair))
  }

  @unsafe
  static func apply<Scalar: KernelScalar>(
    _ kernel: FormulaKernel<Double>, to tile: Tile<Scalar>
  ) { unsafe tile.apply(Scalar.library.loops.exponential, Scalar(kernel.gamma)) }
}

extension Kernel {
  /// exp(−γ Σ (x − z)²/(x + z)) of features that are at least 0; a term with x = z = 0 is 0.
  ///
  /// Positive semi-definite.
  ///
  /// γ is fitted to the spread of the data unless it is given.
  public static func chiSquared(gamma: Gamma = .scale) -> Kernel {
    .formula(FormulaKernel(ChiSquaredFormula.self, width: gamma))
  }
}

extension KernelFunction {
  /// The same with γ as a number.
  package static func chiSquared(gamma: Double) -> Self {
    .formula(FormulaKernel(ChiSquaredFormula.self, width: gamma))
  }
}
