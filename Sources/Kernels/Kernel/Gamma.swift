/// The width parameter γ of a kernel: a number, or a rule that makes one from the data.
public enum Gamma: Sendable, Equatable {
  /// Fitted to the spread of the data by the kernel's own rule, which keeps the arguments of its
  /// function near 1: 1/(p·Var) for inner products and squared distances, 1/√(p·Var) for distances,
  /// 1/(p·√Var) for sums of magnitudes; p features, Var the variance of all entries of the training
  /// matrix, rows counted by their weights, taken as 1 when it is 0.
  case scale
  /// 1/p for p features.
  case auto
  /// γ itself; greater than 0.
  case value(Double)
}

extension Gamma: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral {
  /// A number written in the source is γ itself.
  public init(floatLiteral value: Double) { self = .value(value) }

  /// A whole number written in the source is γ itself.
  public init(integerLiteral value: Int) { self = .value(Double(value)) }
}

/// How a formula's γ follows from the data, or from a width σ.
package struct WidthRule: Sendable {
  /// γ for p features whose entries have a variance: ``Gamma/scale``.
  package let scale: @Sendable (_ featureCount: Double, _ variance: Double) -> Double
  /// γ for a width σ; `nil` for formulas that no width belongs to.
  package let ofSigma: (@Sendable (_ sigma: Double) -> Double)?
  /// γ for a width in words, `1/(2σ²)`.
  package let sigmaFormula: String
  /// Features times f and γ over this power of f give the same kernel values.
  package let exponent: Int

  /// γ multiplies something that grows with the square of the features.
  package static func squares(
    ofSigma: (@Sendable (Double) -> Double)? = nil, sigmaFormula: String = ""
  ) -> WidthRule {
    WidthRule(
      scale: { 1 / ($0 * $1) }, ofSigma: ofSigma, sigmaFormula: sigmaFormula, exponent: 2)
  }

  /// γ multiplies a Euclidean distance.
  package static let distances = WidthRule(
    scale: { 1 / ($0 * $1).squareRoot() }, ofSigma: { 1 / $0 }, sigmaFormula: "1/σ", exponent: 1)

  /// γ multiplies a sum over features that grows with them.
  package static let sums = WidthRule(
    scale: { 1 / ($0 * $1.squareRoot()) }, ofSigma: nil, sigmaFormula: "", exponent: 1)
}
