/// A number that the formula of a kernel has besides its examples.
///
/// A formula lists its parameters; options, files, reports and checks follow from the list.
package struct KernelParameter: Sendable, Hashable {
  /// The values that a parameter can take.
  package enum Range: Sendable, Hashable {
    /// Whole numbers.
    case wholeNumbers(ClosedRange<Int>)
    /// Finite numbers greater than 0.
    case positive
    /// Finite numbers.
    case finite

    /// Whether a number is one of them.
    package func contains(_ value: Double) -> Bool {
      switch self {
      case .wholeNumbers(let range):
        value == value.rounded() && Double(range.lowerBound) <= value
          && value <= Double(range.upperBound)
      case .positive: value > 0 && value.isFinite
      case .finite: value.isFinite
      }
    }

    /// What a number has to be, as the end of "must be".
    package var expected: String {
      switch self {
      case .wholeNumbers(let range):
        "a whole number from \(range.lowerBound) to \(range.upperBound)"
      case .positive: "greater than 0"
      case .finite: "a finite number"
      }
    }

    package var isWhole: Bool {
      if case .wholeNumbers = self { true } else { false }
    }
  }

  /// The name in model files.
  package let name: String
  /// The name of the command's option, in reports and in LIBSVM's files.
  package let option: String
  /// What it is called in text, at the beginning of a sentence.
  package let summary: String
  /// The letter in formulas.
  package let symbol: String
  /// The value of a kernel that is asked for without the parameter.
  package let defaultValue: Double
  /// The values that it can take.
  package let range: Range

  /// γ, which may be a rule; see ``Gamma``.
  package static let gamma = KernelParameter(
    name: "gamma", option: "gamma", summary: "Width", symbol: "γ", defaultValue: 1, range: .positive
  )
  /// r of kernels of inner products.
  package static let constantTerm = KernelParameter(
    name: "constantTerm", option: "coef0", summary: "Constant term",
    symbol: "r", defaultValue: 0, range: .finite)

  package func check(_ value: Double) throws(KernelError) {
    guard range.contains(value) else {
      throw .invalidParameter(name: option, value: value, expected: range.expected)
    }
  }

  /// A value as files and reports write it: whole numbers without a fraction.
  package func text(_ value: Double, number: (Double) -> String) -> String {
    range.isWhole ? String(Int(value)) : number(value)
  }
}
