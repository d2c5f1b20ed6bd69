import Kernels

extension Kernel {
  /// Every formula of the catalogue that takes features of either sign: a new one is trained, verified and
  /// predicted with before its author writes a test.
  ///
  /// Polynomials have a constant term, and the sigmoid a width at which it is nearly an inner product; the
  /// others have their defaults.
  package static let catalogue: [Kernel] = KernelCatalog.formulas.map { formula in
    switch formula.name {
    case "polynomial": .polynomial(constantTerm: 1)
    case "sigmoid": .sigmoid(gamma: 0.05)
    default: .formula(FormulaKernel(formula, width: .scale))
    }
  }.filter { !$0.requiresNonNegativeFeatures }

  /// Those whose every matrix is positive semi-definite, so that problems are convex.
  package static let convexCatalogue: [Kernel] = catalogue.filter { kernel in
    guard case .formula(let formula) = kernel else { return false }
    return formula.formula.isPositiveSemidefinite(formula.replacingWidth(1.0))
  }
}
