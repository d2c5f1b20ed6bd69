/// ⟨x, z⟩.
enum LinearFormula: KernelFormula {
  static let name = "linear"
  static let formula = "⟨x, z⟩"
  static let parameters: [KernelParameter] = []
  static let widthRule: WidthRule? = nil
  static let pair = PairValue.innerProduct
  static let isInnerProduct = true
  static let foreignNames = ForeignNames(
    libsvm: ("linear", 0), scikitLearn: "linear", onnx: "LINEAR", coreML: (field: 1, parameters: [])
  )

  static func map(_ kernel: FormulaKernel<Double>) -> MapExpression { .pair }

  static func magnitude(
    _ kernel: FormulaKernel<Double>, squaredNorm: Double, featureCount: Int
  ) -> Double { squaredNorm }

  static func roundingCount(_ kernel: FormulaKernel<Double>) -> Double { 1 }

  @unsafe
  static func apply<Scalar: KernelScalar>(
    _ kernel: FormulaKernel<Double>, to tile: Tile<Scalar>
  ) {}
}

extension ParameterizedKernel {
  /// ⟨x, z⟩.
  ///
  /// Positive semi-definite.
  public static var linear: Self { .formula(FormulaKernel(LinearFormula.self, width: nil)) }
}
