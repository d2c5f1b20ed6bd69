/// (1 + √3γ‖x − z‖) exp(−√3γ‖x − z‖).
enum Matern32Formula: KernelFormula {
  static let name = "matern32"
  static let formula = "(1 + √3γ‖x − z‖) exp(−√3γ‖x − z‖)"
  static let widthRule: WidthRule? = .distances
  static let pair = PairValue.squaredDistance

  static func map(_ kernel: FormulaKernel<Double>) -> MapExpression {
    let distance = MapExpression.scaled(3.0.squareRoot() * kernel.gamma, .squareRoot(.pair))
    return .product(.shifted(distance, 1), .exponential(.scaled(-1, distance)))
  }

  static func distanceSlope(_ kernel: FormulaKernel<Double>) -> Double? {
    1.5 * kernel.gamma * kernel.gamma
  }

  static func spectrum(_ kernel: FormulaKernel<Double>) -> FourierSpectrum? {
    .studentT(degrees: 3, scale: kernel.gamma)
  }

  @unsafe
  static func apply<Scalar: KernelScalar>(
    _ kernel: FormulaKernel<Double>, to tile: Tile<Scalar>
  ) { unsafe tile.apply(Scalar.library.loops.matern32, Scalar(kernel.gamma)) }
}

/// (1 + √5γ‖x − z‖ + 5γ²‖x − z‖²/3) exp(−√5γ‖x − z‖).
enum Matern52Formula: KernelFormula {
  static let name = "matern52"
  static let formula = "(1 + √5γ‖x − z‖ + 5γ²‖x − z‖²/3) exp(−√5γ‖x − z‖)"
  static let widthRule: WidthRule? = .distances
  static let pair = PairValue.squaredDistance

  static func map(_ kernel: FormulaKernel<Double>) -> MapExpression {
    // With a = √5γ‖x − z‖ the factor is 1 + a + a²/3 = ((a + 3/2)² + 3/4)/3.
    let distance = MapExpression.scaled(5.0.squareRoot() * kernel.gamma, .squareRoot(.pair))
    let factor = MapExpression.scaled(
      1.0 / 3, .shifted(.power(.shifted(distance, 1.5), 2), 0.75))
    return .product(factor, .exponential(.scaled(-1, distance)))
  }

  static func distanceSlope(_ kernel: FormulaKernel<Double>) -> Double? {
    5.0 / 6 * kernel.gamma * kernel.gamma
  }

  static func spectrum(_ kernel: FormulaKernel<Double>) -> FourierSpectrum? {
    .studentT(degrees: 5, scale: kernel.gamma)
  }

  @unsafe
  static func apply<Scalar: KernelScalar>(
    _ kernel: FormulaKernel<Double>, to tile: Tile<Scalar>
  ) { unsafe tile.apply(Scalar.library.loops.matern52, Scalar(kernel.gamma)) }
}

extension Kernel {
  /// The Matérn kernel of smoothness 3/2 with γ = 1/σ for a length scale σ: (1 + √3γ‖x − z‖)
  /// exp(−√3γ‖x − z‖).
  ///
  /// Positive semi-definite.
  ///
  /// γ is fitted to the spread of the data unless it is given.
  public static func matern32(gamma: Gamma = .scale) -> Kernel {
    .formula(FormulaKernel(Matern32Formula.self, width: gamma))
  }

  /// The Matérn kernel of smoothness 5/2 with γ = 1/σ for a length scale σ: (1 + √5γ‖x − z‖ + 5γ²‖x
  /// − z‖²/3) exp(−√5γ‖x − z‖).
  ///
  /// Positive semi-definite.
  ///
  /// γ is fitted to the spread of the data unless it is given.
  public static func matern52(gamma: Gamma = .scale) -> Kernel {
    .formula(FormulaKernel(Matern52Formula.self, width: gamma))
  }
}

extension KernelFunction {
  /// The same with γ as a number.
  package static func matern32(gamma: Double) -> Self {
    .formula(FormulaKernel(Matern32Formula.self, width: gamma))
  }

  /// The same with γ as a number.
  package static func matern52(gamma: Double) -> Self {
    .formula(FormulaKernel(Matern52Formula.self, width: gamma))
  }
}
