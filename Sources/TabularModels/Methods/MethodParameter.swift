/// The numbers that a parameter or an option accepts, and what they are called.
package struct NumberRange: Sendable {
  /// What a number must be, as a part of a sentence: `greater than 0`.
  package let description: String
  /// Whether a finite number is one of them.
  package let contains: @Sendable (Double) -> Bool

  /// Above 0.
  package static let positive = NumberRange(description: "greater than 0") { $0 > 0 }
  /// 0 or above.
  package static let notNegative = NumberRange(description: "0 or greater") { $0 >= 0 }
  /// Between 0 and 1, both excluded.
  package static let fraction = NumberRange(description: "greater than 0 and less than 1") {
    $0 > 0 && $0 < 1
  }
  /// Above 0, and at most 1.
  package static let share = NumberRange(description: "greater than 0 and at most 1") {
    $0 > 0 && $0 <= 1
  }
  /// Whether every finite number is one of them.
  package var isUnlimited: Bool { description == Self.finite.description }
  /// Any number but NaN and the infinities.
  package static let finite = NumberRange(description: "finite") { _ in true }
}

/// A parameter of a method: a number or a choice that shapes the problem.
///
/// This is the only place that says what the parameter is called, what values it takes and what it is for.
/// Options of the command, their help and checks, configurations as JSON, and the notes about options
/// without effect are all derived from it. A formulation lists the parameters that it has
/// (`MethodDefinition.parameters`).
package struct MethodParameter: Sendable {
  /// The values that a parameter takes.
  package enum Values: Sendable {
    /// Numbers in a range; perhaps also `auto`, which leaves the choice to the data.
    case number(NumberRange, automatic: Bool)
    /// One or more different numbers in a range.
    case numbers(NumberRange)
    /// Whole numbers in a range.
    case count(ClosedRange<Int>)
    /// One of some words; further words may stand for them.
    case words([String], aliases: [String: String])
    /// `balanced`, or a number greater than 0 for some classes.
    case classWeights
  }

  /// Where the help lists the option.
  package enum Group: Sendable, CaseIterable {
    /// How the problem is posed.
    case problem
    /// Numbers that shape the problem; a search may choose them.
    case numbers
    /// What linear models and feature maps have to choose.
    case linear
  }

  /// Its key in a configuration; the option has hyphens in the place of capitals.
  package let name: String
  /// The option's letter, if it has one.
  package let letter: Character?
  /// Where the help lists it.
  package let group: Group
  /// The values that it takes.
  package let values: Values
  /// Its value when none is given; `nil` where that depends on the formulation or the data.
  package var defaultValue: ParameterValue?
  /// Of a number that is in units of a regression's target: how many standard deviations of it are taken
  /// where the data decides, and the number that is taken where the spread does not count.
  package private(set) var unit: (deviations: Double, otherwise: Double)?
  /// Another parameter without which it has no effect on a formulation, by name.
  package private(set) var needs: String?
  /// Why a formulation cannot leave the choice to the data, if it cannot: a sentence without a full stop.
  package private(set) var refusesAutomatic: String?
  /// What the help calls the option's value.
  package let valueName: String
  /// What it is for, with the default.
  package let help: String

  /// Describes a parameter.
  package init(
    _ name: String, letter: Character? = nil, in group: Group = .numbers, _ values: Values,
    default defaultValue: ParameterValue? = nil, help: (valueName: String, text: String)
  ) {
    self.name = name
    self.letter = letter
    self.group = group
    self.values = values
    self.defaultValue = defaultValue
    valueName = help.valueName
    self.help = help.text
  }

  /// The option without its hyphens: `class-weight` for `classWeight`.
  package var optionName: String {
    var text = ""
    for letter in name {
      if letter.isUppercase { text += "-" }
      text += letter.lowercased()
    }
    return text
  }

  /// The option: `--class-weight`.
  package var option: String { "--\(optionName)" }

  /// The same parameter, in units of a regression's target.
  func inTargetUnits(deviations: Double, otherwise: Double) -> MethodParameter {
    var parameter = self
    parameter.unit = (deviations, otherwise)
    return parameter
  }

  /// The same parameter of a formulation where it has no effect without another.
  func needing(_ other: MethodParameter) -> MethodParameter {
    var parameter = self
    parameter.needs = other.name
    return parameter
  }

  /// The same parameter of a formulation that cannot leave the choice to the data.
  ///
  /// - Parameters:
  ///   - value: Its default.
  ///   - reason: Why, as a sentence without a full stop.
  /// - Returns: The parameter.
  func withoutAutomatic(default value: Double, because reason: String) -> MethodParameter {
    var parameter = self
    parameter.defaultValue = .number(value)
    parameter.refusesAutomatic = reason
    return parameter
  }
}

/// A value of a `MethodParameter`.
package enum ParameterValue: Sendable, Hashable {
  /// The data decides.
  case automatic
  /// A number.
  case number(Double)
  /// Several numbers, ascending.
  case numbers([Double])
  /// A whole number.
  case count(Int)
  /// A word.
  case word(String)
  /// A number for each of some classes.
  case weights([String: Double])
}
