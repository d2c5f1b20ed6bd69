import Kernels
import ModelFiles

extension KernelFunction {
  /// `gaussian, gamma 0.25 (scale)`.
  ///
  /// - Parameter gammaSource: Where gamma comes from, unless the user gave the number.
  /// - Returns: The name and the parameters that the kernel has.
  func text(gammaSource: String? = nil) -> String {
    let source = gammaSource.flatMap { $0 == "given" ? nil : " (\($0))" } ?? ""
    let gamma = gamma.map { ", gamma \(Text.significant($0, 6))\(source)" } ?? ""
    let degree = degree.map { ", degree \($0)" } ?? ""
    let constant = constantTerm.map { ", coef0 \(Text.significant($0, 6))" } ?? ""
    return name + degree + gamma + constant
  }

  /// Name and parameters; those that the kernel does not have are left out.
  var json: JSONValue {
    var members: [JSONValue.Member] = [.init("name", .string(name))]
    if let gamma { members.append(.init("gamma", .finite(gamma))) }
    if let degree { members.append(.init("degree", .integer(degree))) }
    if let constantTerm { members.append(.init("coef0", .finite(constantTerm))) }
    return .object(members)
  }

  private var gamma: Double? {
    switch self {
    case .linear, .precomputed, .custom: nil
    case .polynomial(_, let gamma, _), .gaussian(let gamma), .laplacian(let gamma),
      .laplacianL1(let gamma), .sigmoid(let gamma, _):
      gamma
    }
  }

  private var degree: Int? {
    if case .polynomial(let degree, _, _) = self { degree } else { nil }
  }

  private var constantTerm: Double? {
    switch self {
    case .polynomial(_, _, let constant), .sigmoid(_, let constant): constant
    default: nil
    }
  }
}
