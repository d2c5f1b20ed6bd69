import ArgumentParser
import Basics
import Kernels
import Tables

/// The kernel and its parameters besides the width: the options of every command that trains.
struct KernelOptions: ParsableArguments {
  @Option(
    name: [.customLong("kernel"), .customShort("t")], parsing: .unconditional,
    help: ArgumentHelp(
      """
      linear, polynomial, gaussian (rbf), laplacian, laplacian-l1 or sigmoid; or 0…3 as in LIBSVM. \
      (default: gaussian; linear for logistic and the primal solver)
      """, valueName: "name"))
  var kernel: String?

  @Option(
    name: [.customLong("degree"), .customShort("d")], parsing: .unconditional,
    help: ArgumentHelp("Degree of the polynomial kernel. (default: 3)", valueName: "d"))
  var degree: String?

  @Option(
    name: [.customLong("coef0"), .customShort("r")], parsing: .unconditional,
    help: ArgumentHelp(
      "Constant term of the polynomial and sigmoid kernels. (default: 0)", valueName: "r"))
  var constantTerm: String?
}

/// The width of a kernel, where it is given and not searched for.
struct WidthOptions: ParsableArguments {
  @Option(
    name: [.customLong("gamma"), .customShort("g")], parsing: .unconditional,
    help: ArgumentHelp(
      "scale (by the variance of the data), auto (1/features) or a number. (default: scale)",
      valueName: "g"))
  var gamma: String?

  @Option(
    name: .customLong("sigma"), parsing: .unconditional,
    help: ArgumentHelp(
      "A width instead of gamma, which is then 1/(2σ²), laplacian: 1/σ. (default: none)",
      valueName: "σ"))
  var sigma: String?
}

/// The kernels that have a name on the command line.
package enum KernelName: String, CaseIterable, Sendable {
  case linear
  case polynomial
  case gaussian
  case laplacian
  case laplacianL1 = "laplacian-l1"
  case sigmoid

  /// Other names, LIBSVM's numbers among them.
  package static let aliases = [
    "rbf": "gaussian", "poly": "polynomial", "laplacian-l2": "laplacian",
    "0": "linear", "1": "polynomial", "2": "gaussian", "3": "sigmoid",
  ]

  var usesGamma: Bool { self != .linear }
  var usesDegree: Bool { self == .polynomial }
  var usesConstantTerm: Bool { self == .polynomial || self == .sigmoid }

  /// γ for a width σ; `nil` for kernels that have no width.
  func gamma(sigma: Double) -> Double? {
    switch self {
    case .gaussian: 1 / (2 * sigma * sigma)
    case .laplacian: 1 / sigma
    case .linear, .polynomial, .laplacianL1, .sigmoid: nil
    }
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
  /// - Throws: ``UsageError`` that names the option.
  package init(
    kernel: String, gamma: String?, sigma: String?, degree: String?, constantTerm: String?
  ) throws(UsageError) {
    let name = try OptionValue.choice(
      "--kernel", kernel, amongCasesOf: KernelName.self, aliases: KernelName.aliases)
    // All are checked, also those that the kernel has no use for.
    let widthRule = try Self.gamma(gamma, sigma: sigma, kernel: name)
    let exponent = try OptionValue.wholeNumber("--degree", degree ?? "3", in: 1...1000)
    let constant = try OptionValue.number("--coef0", constantTerm ?? "0", in: .finite)
    let width = widthRule.gamma
    self.kernel =
      switch name {
      case .linear: .linear
      case .polynomial: .polynomial(degree: exponent, gamma: width, constantTerm: constant)
      case .gaussian: .gaussian(gamma: width)
      case .laplacian: .laplacian(gamma: width)
      case .laplacianL1: .laplacianL1(gamma: width)
      case .sigmoid: .sigmoid(gamma: width, constantTerm: constant)
      }
    self.name = name
    self.gammaSource = widthRule.source
    let given: [(option: String, isUnused: Bool)] = [
      ("--gamma", gamma != nil && !name.usesGamma),
      ("--degree", degree != nil && !name.usesDegree),
      ("--coef0", constantTerm != nil && !name.usesConstantTerm),
    ]
    self.unusedOptions = given.filter(\.isUnused).map(\.option)
  }

  /// Checks the options of a command.
  ///
  /// - Parameters:
  ///   - options: The kernel.
  ///   - width: Its width, where that is given.
  ///   - usual: The kernel when none is named.
  /// - Throws: ``UsageError`` that names the option.
  init(
    _ options: KernelOptions, _ width: WidthOptions?, usual: KernelName = .gaussian
  ) throws(UsageError) {
    try self.init(
      kernel: options.kernel ?? usual.rawValue, gamma: width?.gamma, sigma: width?.sigma,
      degree: options.degree, constantTerm: options.constantTerm)
  }

  private static func gamma(
    _ text: String?, sigma: String?, kernel: KernelName
  ) throws(UsageError) -> (gamma: Gamma, source: String) {
    if let sigma {
      let width = try OptionValue.number("--sigma", sigma, in: .positive)
      guard let gamma = kernel.gamma(sigma: width) else {
        throw UsageError(
          option: "--sigma",
          "only the gaussian and laplacian kernels have a width, but --kernel is "
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
    case nil, "scale": return (.scale, "scale")
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
