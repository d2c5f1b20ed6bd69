/// (γ⟨x, z⟩ + r)ᵈ.
enum PolynomialFormula: KernelFormula {
  static let name = "polynomial"
  static let aliases = ["poly"]
  static let formula = "(γ⟨x, z⟩ + r)ᵈ"
  static let parameters = [KernelParameter.degree, .gamma, .constantTerm]
  static let widthRule: WidthRule? = .squares()
  static let pair = PairValue.innerProduct
  static let foreignNames = ForeignNames(
    libsvm: ("polynomial", 1), scikitLearn: "poly", onnx: "POLY",
    coreML: (field: 3, parameters: [.degree, .constantTerm, .gamma]))

  static func map(_ kernel: FormulaKernel<Double>) -> MapExpression {
    .power(.shifted(.scaled(kernel.gamma, .pair), kernel[.constantTerm]), kernel[.degree])
  }

  static func isPositiveSemidefinite(_ kernel: FormulaKernel<Double>) -> Bool {
    kernel[.constantTerm] >= 0
  }

  static func magnitude(
    _ kernel: FormulaKernel<Double>, squaredNorm: Double, featureCount: Int
  ) -> Double {
    let base = kernel.gamma * squaredNorm + abs(kernel[.constantTerm])
    var power = 1.0
    for _ in 0..<Int(kernel[.degree]) { power *= base }
    return power
  }

  static func roundingCount(_ kernel: FormulaKernel<Double>) -> Double { kernel[.degree] + 1 }

  @unsafe
  static func apply<Scalar: KernelScalar>(
    _ kernel: FormulaKernel<Double>, to tile: Tile<Scalar>
  ) {
    unsafe Scalar.library.loops.polynomial(
      tile.values, tile.rows, tile.columns, tile.stride, Scalar(kernel.gamma),
      Scalar(kernel[.constantTerm]), Int(kernel[.degree]))
  }
}

extension KernelParameter {
  /// d of the polynomial kernel.
  package static let degree = KernelParameter(
    name: "degree", option: "degree", summary: "Degree", symbol: "d", defaultValue: 3,
    range: .wholeNumbers(1...1000))
}

extension Kernel {
  /// (γ⟨x, z⟩ + r)ᵈ with integer d from 1 to 1000.
  ///
  /// The textbook's ⟨x, z⟩ᵈ is gamma 1, constant term 0. Positive semi-definite for r ≥ 0.
  ///
  /// γ is fitted to the spread of the data unless it is given.
  public static func polynomial(
    degree: Int = 3, gamma: Gamma = .scale, constantTerm: Double = 0
  ) -> Kernel {
    .formula(
      FormulaKernel(
        PolynomialFormula.self, width: gamma,
        [.degree: Double(degree), .constantTerm: constantTerm]))
  }
}

extension KernelFunction {
  /// The same with γ as a number.
  package static func polynomial(degree: Int = 3, gamma: Double, constantTerm: Double = 0) -> Self {
    .formula(
      FormulaKernel(
        PolynomialFormula.self, width: gamma,
        [.degree: Double(degree), .constantTerm: constantTerm]))
  }
}
