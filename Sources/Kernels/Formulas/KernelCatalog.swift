/// All formulas; a new one is added here, and found everywhere.
package enum KernelCatalog {
  package static let formulas: [any KernelFormula.Type] = [
    LinearFormula.self,
    PolynomialFormula.self,
    GaussianFormula.self,
    LaplacianFormula.self,
    LaplacianL1Formula.self,
    SigmoidFormula.self,
    RationalQuadraticFormula.self,
    Matern32Formula.self,
    Matern52Formula.self,
    ChiSquaredFormula.self,
    IntersectionFormula.self,
  ]

  /// The parameters of any formula besides γ, each once.
  package static var parameters: [KernelParameter] {
    var found: [KernelParameter] = []
    for parameter in formulas.flatMap({ $0.parameters })
    where parameter != .gamma && !found.contains(parameter) {
      found.append(parameter)
    }
    return found
  }

  /// The formula of a name or an alias.
  package static func formula(named name: String) -> (any KernelFormula.Type)? {
    formulas.first { $0.name == name || $0.aliases.contains(name) }
  }

  /// The names of the kernels that need no more of sparse examples than their entries.
  package static var namesForSparseExamples: String {
    names { !$0.writesExamplesOut(FormulaKernel($0, width: 1)) }
  }

  /// The names of the formulas for which something holds, as a list in words: `linear, gaussian or
  /// sigmoid`.
  package static func names(
    _ conjunction: String = "or", where condition: (any KernelFormula.Type) -> Bool = { _ in true }
  ) -> String {
    let names = formulas.filter(condition).map { $0.name }
    return names.count < 2
      ? names.joined()
      : names.dropLast().joined(separator: ", ") + " \(conjunction) " + names[names.count - 1]
  }
}
