/// Σ min(x, z) of features that are at least 0: what two histograms share.
enum IntersectionFormula: KernelFormula {
  static let name = "intersection"
  static let aliases = ["histogram"]
  static let formula = "Σ min(x, z)"
  static let parameters: [KernelParameter] = []
  static let widthRule: WidthRule? = nil
  static let pair = PairValue.minimumSum

  static func map(_ kernel: FormulaKernel<Double>) -> MapExpression { .pair }

  /// Σ min(x, z) ≤ Σ x ≤ √d ‖x‖.
  static func magnitude(
    _ kernel: FormulaKernel<Double>, squaredNorm: Double, featureCount: Int
  ) -> Double { (Double(featureCount) * squaredNorm).squareRoot() }

  @unsafe
  static func apply<Scalar: KernelScalar>(
    _ kernel: FormulaKernel<Double>, to tile: Tile<Scalar>
  ) {}
}

extension ParameterizedKernel {
  /// Σ min(x, z) of features that are at least 0.
  ///
  /// Positive semi-definite.
  public static var intersection: Self {
    .formula(FormulaKernel(IntersectionFormula.self, width: nil))
  }
}
