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
    if isComposite { return composition(features: "", isFactor: false) }
    let source = gammaSource.flatMap { $0 == "given" ? nil : " (\($0))" } ?? ""
    return ([name] + parameterTexts(gammaSource: source)).joined(separator: ", ")
  }

  private func parameterTexts(gammaSource: String = "") -> [String] {
    guard let kernel = formula else { return [] }
    return kernel.parameters.compactMap { parameter in
      kernel.number(of: parameter).map { value in
        "\(parameter.option) \(parameter.text(value) { Text.significant($0, 6) })"
          + (parameter == .gamma ? gammaSource : "")
      }
    }
  }

  /// The formula, in which `features` are the columns of the group around in words, and a sum needs
  /// brackets where it is a factor.
  private func composition(features: String, isFactor: Bool) -> String {
    switch self {
    case .sum(let parts):
      let text = parts.map { $0.composition(features: features, isFactor: false) }
        .joined(separator: " + ")
      return isFactor && parts.count > 1 ? "(\(text))" : text
    case .product(let parts):
      return parts.map { $0.composition(features: features, isFactor: true) }.joined(
        separator: " · ")
    case .scaled(let factor, let part):
      return
        "\(Text.significant(factor, 6)) · \(part.composition(features: features, isFactor: true))"
    case .columns(let group, let part):
      // Columns of a group of columns count within it.
      let inner = Self.text(of: group) + (features.isEmpty ? "" : " of \(features)")
      return part.composition(features: inner, isFactor: isFactor)
    case .formula, .precomputed, .custom:
      let parts = [parameterTexts().joined(separator: ", "), features].filter { !$0.isEmpty }
      return name + (parts.isEmpty ? "" : "(\(parts.joined(separator: "; ")))")
    }
  }

  /// `features 1–4, 7 and others`: few enough runs that a line stays readable.
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
    switch self {
    case .formula(let kernel):
      // Gamma comes first, whatever the formula's order.
      for parameter in kernel.parameters.sorted(by: { first, _ in first == .gamma }) {
        guard let value = kernel.number(of: parameter) else { continue }
        members.append(
          .init(
            parameter.option, parameter.range.isWhole ? .integer(Int(value)) : .finite(value)))
      }
    case .sum(let parts), .product(let parts):
      members.append(.init("parts", .array(parts.map(\.json))))
    case .scaled(let factor, let part):
      members += [.init("factor", .finite(factor)), .init("part", part.json)]
    case .columns(let group, let part):
      let runs = group.ranges.map { range -> JSONValue in
        [.integer(range.lowerBound), .integer(range.upperBound)]
      }
      members += [.init("columns", .array(runs)), .init("part", part.json)]
    case .precomputed, .custom: break
    }
    return .object(members)
  }
}
