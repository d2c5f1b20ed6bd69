/// A formula and the values of its parameters; γ is a rule as asked for, a number once it is resolved.
public struct FormulaKernel<Width: Sendable>: Sendable {
  package let formula: any KernelFormula.Type
  /// γ, where the formula has one.
  package let width: Width?
  /// The other parameters, in the formula's order.
  private let others: [Double]

  /// Collects values, which are checked when they are resolved.
  package init(
    _ formula: any KernelFormula.Type, width: Width?, _ values: [KernelParameter: Double] = [:]
  ) {
    self.formula = formula
    self.width = formula.widthRule == nil ? nil : width
    others = formula.parameters.filter { $0 != .gamma }.map { values[$0] ?? $0.defaultValue }
  }

  private init(_ formula: any KernelFormula.Type, _ width: Width?, _ others: [Double]) {
    self.formula = formula
    self.width = width
    self.others = others
  }

  /// The name on the command line and in files.
  package var name: String { formula.name }

  /// The parameters that the formula has, in its order.
  package var parameters: [KernelParameter] { formula.parameters }

  /// A parameter besides γ, which is `width`; `nil` where the formula does not have it.
  package func value(of parameter: KernelParameter) -> Double? {
    let others = formula.parameters.filter { $0 != .gamma }
    return others.firstIndex(of: parameter).map { self.others[$0] }
  }

  /// A parameter that the formula has.
  package subscript(parameter: KernelParameter) -> Double {
    guard let value = value(of: parameter) else {
      preconditionFailure("the \(name) kernel has no \(parameter.name)")
    }
    return value
  }

  /// The same formula with another γ, where it has one.
  package func replacingWidth<Other: Sendable>(_ width: Other) -> FormulaKernel<Other> {
    FormulaKernel<Other>(formula, formula.widthRule == nil ? nil : width, others)
  }
}

extension FormulaKernel<Double> {
  /// γ of a formula that has one.
  package var gamma: Double {
    guard let width else { preconditionFailure("the \(name) kernel has no gamma") }
    return width
  }

  /// A parameter in numbers, γ among them; `nil` where the formula does not have it.
  package func number(of parameter: KernelParameter) -> Double? {
    parameter == .gamma ? width : value(of: parameter)
  }

  /// ``KernelFormula/distanceSlope(_:)`` of this kernel.
  package var distanceSlope: Double? { formula.distanceSlope(self) }

  /// The kernel that has for features x the values that this one has for factor·x.
  package func stretchingFeatures(by factor: Double) -> FormulaKernel<Double> {
    guard let width, let rule = formula.widthRule else { return self }
    return replacingWidth((0..<rule.exponent).reduce(width) { gamma, _ in gamma * factor })
  }
}
