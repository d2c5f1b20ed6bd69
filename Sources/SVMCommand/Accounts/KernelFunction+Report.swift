import Basics
import Kernels
import ModelFiles

extension KernelFunction {
  /// `gaussian, gamma 0.25 (scale)`; of a composite kernel its formula,
  /// `0.5 · gaussian(gamma 2; features 1–4) + linear(features 5–90)`.
  ///
  /// - Parameter gammaSource: Where gamma comes from, unless the user gave the number.
  /// - Returns: The name and the parameters that the kernel has.
  func text(gammaSource: String? = nil) -> String {
    if isComposite { return formula(features: "", isFactor: false) }
    let source = gammaSource.flatMap { $0 == "given" ? nil : " (\($0))" } ?? ""
    return ([name] + parameterTexts(gammaSource: source)).joined(separator: ", ")
  }

  private func parameterTexts(gammaSource: String = "") -> [String] {
    [
      degree.map { "degree \($0)" },
      gamma.map { "gamma \(Text.significant($0, 6))\(gammaSource)" },
      constantTerm.map { "coef0 \(Text.significant($0, 6))" },
    ].compactMap { $0 }
  }

  /// The formula, in which `features` are the columns of the group around in words, and a sum needs
  /// brackets where it is a factor.
  private func formula(features: String, isFactor: Bool) -> String {
    switch self {
    case .sum(let parts):
      let text = parts.map { $0.formula(features: features, isFactor: false) }
        .joined(separator: " + ")
      return isFactor && parts.count > 1 ? "(\(text))" : text
    case .product(let parts):
      return parts.map { $0.formula(features: features, isFactor: true) }.joined(separator: " · ")
    case .scaled(let factor, let part):
      return "\(Text.significant(factor, 6)) · \(part.formula(features: features, isFactor: true))"
    case .columns(let group, let part):
      // Columns of a group of columns count within it.
      let inner = Self.text(of: group) + (features.isEmpty ? "" : " of \(features)")
      return part.formula(features: inner, isFactor: isFactor)
    case .linear, .polynomial, .gaussian, .laplacian, .laplacianL1, .sigmoid, .precomputed,
      .custom:
      let parts = [parameterTexts().joined(separator: ", "), features].filter { !$0.isEmpty }
      return name + (parts.isEmpty ? "" : "(\(parts.joined(separator: "; ")))")
    }
  }

  /// `features 1–4, 7 and others`: at most so many runs that a line stays readable.
  private static func text(of group: ColumnGroup) -> String {
    let shown = group.ranges.prefix(4).map { range in
      range.count == 1
        ? "\(range.upperBound)" : "\(range.lowerBound + 1)–\(range.upperBound)"
    }
    return "features " + shown.joined(separator: ", ")
      + (group.ranges.count > 4 ? " and others" : "")
  }

  /// Name and parameters; those that the kernel does not have are left out.
  ///
  /// A composite kernel lists its parts.
  var json: JSONValue {
    var members: [JSONValue.Member] = [.init("name", .string(name))]
    if let gamma { members.append(.init("gamma", .finite(gamma))) }
    if let degree { members.append(.init("degree", .integer(degree))) }
    if let constantTerm { members.append(.init("coef0", .finite(constantTerm))) }
    switch self {
    case .sum(let parts), .product(let parts):
      members.append(.init("parts", .array(parts.map(\.json))))
    case .scaled(let factor, let part):
      members += [.init("factor", .finite(factor)), .init("part", part.json)]
    case .columns(let group, let part):
      let runs = group.ranges.map { range -> JSONValue in
        [.integer(range.lowerBound), .integer(range.upperBound)]
      }
      members += [.init("columns", .array(runs)), .init("part", part.json)]
    case .linear, .polynomial, .gaussian, .laplacian, .laplacianL1, .sigmoid, .precomputed,
      .custom:
      break
    }
    return .object(members)
  }

  private var gamma: Double? {
    switch self {
    case .linear, .precomputed, .custom, .sum, .product, .scaled, .columns: nil
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
