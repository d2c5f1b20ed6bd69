import ArgumentParser
import Basics
import Kernels
import Tables
import TabularModels

/// The kernel and its parameters besides the width: the options of every command that trains.
struct KernelOptions: ParsableArguments {
  @Option(
    name: [.customLong("kernel"), .customShort("t")], parsing: .unconditional,
    help: ArgumentHelp(
      "\(KernelName.list); or \(KernelName.libsvmNumbers) as in LIBSVM. "
        + "(default: \(KernelName.defaults))", valueName: "name"))
  var kernel: String?

  @Option(
    name: [.customLong("degree"), .customShort("d")], parsing: .unconditional,
    help: KernelName.help(.degree))
  var degree: String?

  @Option(
    name: [.customLong("coef0"), .customShort("r")], parsing: .unconditional,
    help: KernelName.help(.constantTerm))
  var constantTerm: String?

  @Option(name: .customLong("shape"), parsing: .unconditional, help: KernelName.help(.shape))
  var shape: String?

  /// The parameters that were given.
  var parameters: [KernelParameter: String] {
    [.degree: degree, .constantTerm: constantTerm, .shape: shape].compactMapValues { $0 }
  }
}

/// The width of a kernel, where it is given and not searched for.
struct WidthOptions: ParsableArguments {
  @Option(
    name: [.customLong("gamma"), .customShort("g")], parsing: .unconditional,
    help: ArgumentHelp(
      """
      Coefficient of the kernel: scale (from the variance of the data), auto (1/features) or a \
      number. (default: scale)
      """,
      valueName: "g"))
  var gamma: String?

  @Option(
    name: .customLong("sigma"), parsing: .unconditional,
    help: ArgumentHelp(
      "A width instead of gamma, which is then \(KernelName.sigmaRules). (default: none)",
      valueName: "σ"))
  var sigma: String?
}

/// A kernel that has a name on the command line.
package struct KernelName: Sendable, Equatable {
  let formula: any KernelFormula.Type

  package init(_ formula: any KernelFormula.Type) { self.formula = formula }

  /// The kernel when none is asked for.
  static let `default` = KernelName(named: Kernel.default.name)
  /// The kernel of linear models.
  static let linear = KernelName(named: Kernel.linear.name)

  private init(named name: String) {
    guard let formula = KernelCatalog.formula(named: name) else {
      preconditionFailure("the kernel \(name) is not in the catalogue")
    }
    self.formula = formula
  }

  package static func == (first: KernelName, second: KernelName) -> Bool {
    first.formula == second.formula
  }

  var rawValue: String { formula.name }
  var usesGamma: Bool { formula.widthRule != nil }

  /// `gaussian; linear for logistic and the primal solver`.
  static var defaults: String {
    let formulations = Formulation.allCases.filter { $0.definition.needsLinearFeatures }
    let names = formulations.map(\.rawValue).joined(separator: ", ")
    return "\(Self.default.rawValue); \(linear.rawValue) for \(names) and the primal solver"
  }

  /// Other names, LIBSVM's numbers among them.
  package static var aliases: [String: String] {
    var aliases: [String: String] = [:]
    for formula in KernelCatalog.formulas {
      for alias in formula.aliases { aliases[alias] = formula.name }
      if let number = formula.foreignNames.libsvm?.number { aliases["\(number)"] = formula.name }
    }
    return aliases
  }

  /// The kernels by name: `linear, …, gaussian (rbf), … or sigmoid`.
  static var list: String {
    alternatives(
      KernelCatalog.formulas.map { formula in
        formula.name
          + (formula.aliases.isEmpty ? "" : " (\(formula.aliases.joined(separator: ", ")))")
      })
  }

  /// `0…3`.
  static var libsvmNumbers: String {
    let numbers = KernelCatalog.formulas.compactMap { $0.foreignNames.libsvm?.number }
    return "\(numbers.min() ?? 0)…\(numbers.max() ?? 0)"
  }

  /// How gamma follows from a width: `1/(2σ²) (gaussian), 1/σ (laplacian)`.
  static var sigmaRules: String {
    KernelCatalog.formulas.compactMap { formula in
      formula.widthRule.flatMap { rule in
        rule.ofSigma == nil ? nil : "\(rule.sigmaFormula) (\(formula.name))"
      }
    }.joined(separator: ", ")
  }

  /// What a parameter of kernels is for.
  static func help(_ parameter: KernelParameter) -> ArgumentHelp {
    let names = KernelCatalog.formulas.filter { $0.parameters.contains(parameter) }.map { $0.name }
    let kernels = names.count > 1 ? "kernels" : "kernel"
    let value = parameter.text(parameter.defaultValue) { Text.significant($0, 6) }
    return ArgumentHelp(
      "\(parameter.summary) of the \(names.joined(separator: " and ")) \(kernels). "
        + "(default: \(value))", valueName: parameter.symbol)
  }
}

/// A kernel, and the options that were given though the kernel has no use for them.
package struct KernelSettings: Sendable {
  /// The kernel.
  package let kernel: Kernel
  /// Its name.
  package let name: KernelName
  /// Where gamma comes from: `scale`, `auto`, `given` or `sigma`.
  package let gammaSource: String
  /// `--degree` for a gaussian kernel, say.
  package let unusedOptions: [String]

  /// Checks the options of a kernel.
  ///
  /// - Parameters:
  ///   - kernel: Its name.
  ///   - gamma: A number or a rule, if given.
  ///   - sigma: A width instead, if given.
  ///   - given: The other parameters that were given.
  ///   - base: What holds for parameters that were not, if it is the same kernel.
  /// - Throws: ``UsageError`` that names the option.
  package init(
    kernel: String, gamma: String? = nil, sigma: String? = nil,
    parameters given: [KernelParameter: String] = [:], over base: FormulaKernel<Gamma>? = nil
  ) throws(UsageError) {
    let name = try OptionValue.choice(
      "--kernel", kernel, among: KernelCatalog.formulas.map { ($0.name, KernelName($0)) },
      aliases: KernelName.aliases)
    // All are checked, also those that the kernel has no use for.
    let base = base.flatMap { $0.formula == name.formula ? $0 : nil }
    let width = try Self.gamma(gamma, sigma: sigma, kernel: name, over: base?.width)
    var values: [KernelParameter: Double] = [:]
    var unused = gamma != nil && !name.usesGamma ? ["--gamma"] : []
    for parameter in KernelCatalog.parameters {
      values[parameter] = base?.value(of: parameter)
      guard let text = given[parameter] else { continue }
      values[parameter] = try Self.value(of: parameter, text)
      if !name.formula.parameters.contains(parameter) { unused.append("--\(parameter.option)") }
    }
    self.kernel = .formula(FormulaKernel(name.formula, width: width.gamma, values))
    self.name = name
    gammaSource = width.source
    unusedOptions = unused
  }

  private static func value(of parameter: KernelParameter, _ text: String) throws(UsageError)
    -> Double
  {
    let option = "--\(parameter.option)"
    return switch parameter.range {
    case .wholeNumbers(let range): Double(try OptionValue.wholeNumber(option, text, in: range))
    case .positive: try OptionValue.number(option, text, in: .positive)
    case .finite: try OptionValue.number(option, text, in: .finite)
    }
  }

  private static func gamma(
    _ text: String?, sigma: String?, kernel: KernelName, over base: Gamma?
  ) throws(UsageError) -> (gamma: Gamma, source: String) {
    if let sigma {
      let width = try OptionValue.number("--sigma", sigma, in: .positive)
      guard let gamma = kernel.formula.widthRule?.ofSigma?(width) else {
        throw UsageError(
          option: "--sigma",
          "is for the kernels \(KernelCatalog.names { $0.widthRule?.ofSigma != nil }), but --kernel is "
            + kernel.rawValue)
      }
      guard text == nil else {
        throw UsageError(option: "--sigma", "cannot be given together with --gamma")
      }
      guard gamma > 0, gamma.isFinite else {
        throw UsageError(
          option: "--sigma", "must give a gamma that is greater than 0 and finite, but is \(sigma)")
      }
      return (.value(gamma), "sigma")
    }
    switch text {
    case nil:
      switch base ?? .scale {
      case .scale: return (.scale, "scale")
      case .auto: return (.auto, "auto")
      case .value(let value): return (.value(value), "given")
      }
    case "scale": return (.scale, "scale")
    case "auto": return (.auto, "auto")
    case let text?:
      guard Double(text) != nil else {
        throw UsageError(
          option: "--gamma",
          "must be scale, auto or a number greater than 0, but is \(MessageText.quoted(text))"
            + didYouMean(text, among: ["scale", "auto"]))
      }
      return (.value(try OptionValue.number("--gamma", text, in: .positive)), "given")
    }
  }
}
