/// tanh(γ⟨x, z⟩ + r).
enum SigmoidFormula: KernelFormula {
  static let name = "sigmoid"
  static let formula = "tanh(γ⟨x, z⟩ + r)"
  static let parameters = [KernelParameter.gamma, .constantTerm]
  static let widthRule: WidthRule? = .squares()
  static let pair = PairValue.innerProduct
  static let isBounded = true
  static let foreignNames = ForeignNames(
    libsvm: ("sigmoid", 3), scikitLearn: "sigmoid", onnx: "SIGMOID",
    coreML: (field: 4, parameters: [.gamma, .constantTerm]))

  static func map(_ kernel: FormulaKernel<Double>) -> MapExpression {
    .hyperbolicTangent(.shifted(.scaled(kernel.gamma, .pair), kernel[.constantTerm]))
  }

  static func isPositiveSemidefinite(_ kernel: FormulaKernel<Double>) -> Bool { false }

  @unsafe
  static func apply<Scalar: KernelScalar>(
    _ kernel: FormulaKernel<Double>, to tile: Tile<Scalar>
  ) {
    unsafe Scalar.library.loops.sigmoid(
      tile.values, tile.rows, tile.columns, tile.stride, Scalar(kernel.gamma),
      Scalar(kernel[.constantTerm]))
  }
}

extension Kernel {
  /// tanh(γ⟨x, z⟩ + r).
  ///
  /// Indefinite for many parameters.
  ///
  /// γ is fitted to the spread of the data unless it is given.
  public static func sigmoid(gamma: Gamma = .scale, constantTerm: Double = 0) -> Kernel {
    .formula(
      FormulaKernel(SigmoidFormula.self, width: gamma, [.constantTerm: constantTerm]))
  }
}

extension KernelFunction {
  /// The same with γ as a number.
  package static func sigmoid(gamma: Double, constantTerm: Double = 0) -> Self {
    .formula(
      FormulaKernel(SigmoidFormula.self, width: gamma, [.constantTerm: constantTerm]))
  }
}
