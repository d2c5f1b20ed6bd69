import Basics
import ArgumentParser
import Tables
import TabularModels

/// The options of a group of a method's parameters: each parameter in the catalogue is one.
///
/// The argument parser finds options by reflection, and fills them as any `Decodable` value. Here both
/// follow the catalogue instead of declared properties, so that a parameter of a new formulation is an
/// option, with its help, as soon as the formulation lists it.
struct MethodOptions<Group: MethodOptionGroup>: ParsableArguments, CustomReflectable {
  private var options: [(parameter: MethodParameter, option: Option<String?>)]

  /// The group's parameters.
  static var parameters: [MethodParameter] {
    MethodCatalog.parameters.filter { Group.groups.contains($0.group) }
  }

  init() {
    options = Self.parameters.map { ($0, Self.option($0)) }
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: ParameterKey.self)
    options = []
    for parameter in Self.parameters {
      options.append(
        (
          parameter,
          try container.decode(Option<String?>.self, forKey: ParameterKey(parameter))
        ))
    }
  }

  /// What the argument parser looks at.
  var customMirror: Mirror {
    let children: [Mirror.Child] = options.map { parameter, option in
      (label: "_\(ParameterKey(parameter).stringValue)", value: option)
    }
    return Mirror(self, children: children)
  }

  private static func option(_ parameter: MethodParameter) -> Option<String?> {
    var names: [NameSpecification.Element] = [.customLong(parameter.optionName)]
    if let letter = parameter.letter { names.append(.customShort(letter)) }
    return Option(
      name: NameSpecification(names), parsing: .unconditional,
      help: ArgumentHelp("\(parameter.help)", valueName: parameter.valueName))
  }

  /// Puts the values that were given into a method.
  ///
  /// - Throws: ``UsageError`` that names the option.
  func apply(to method: inout LearningMethod) throws(UsageError) {
    for (parameter, option) in options {
      guard let text = option.wrappedValue else { continue }
      method[parameter] = try parameter.value(text)
    }
  }
}

/// Which parameters of methods a command has options for.
protocol MethodOptionGroup {
  static var groups: [MethodParameter.Group] { get }
}

/// How the problem is posed.
enum ProblemChoices: MethodOptionGroup {
  static let groups = [MethodParameter.Group.problem]
}

/// Numbers that shape the problem.
enum ProblemNumbers: MethodOptionGroup {
  static let groups = [MethodParameter.Group.numbers]
}

/// What linear models and maps of features have to choose.
enum LinearChoices: MethodOptionGroup {
  static let groups = [MethodParameter.Group.linear]
}

/// What the argument parser keeps an option under.
private struct ParameterKey: CodingKey {
  let stringValue: String
  var intValue: Int? { nil }

  init(_ parameter: MethodParameter) { stringValue = parameter.name }
  init?(stringValue: String) { self.stringValue = stringValue }
  init?(intValue: Int) { nil }
}

extension MethodParameter {
  /// The value that an option's text says.
  ///
  /// - Throws: ``UsageError`` that names the option.
  func value(_ text: String) throws(UsageError) -> ParameterValue {
    switch values {
    case .number(let range, let automatic):
      guard automatic else { return .number(try OptionValue.number(option, text, in: range)) }
      return try OptionValue.numberOrAuto(option, text, in: range).map(ParameterValue.number)
        ?? .automatic
    case .numbers(let range): return .numbers(try OptionValue.numbers(option, text, in: range))
    case .count(let range): return .count(try OptionValue.wholeNumber(option, text, in: range))
    case .words(let words, let aliases):
      return .word(
        try OptionValue.choice(option, text, among: words.map { ($0, $0) }, aliases: aliases))
    case .classWeights: return try OptionValue.classWeights(option, text)
    }
  }
}

extension OptionValue {
  /// Different numbers separated by commas, ascending.
  fileprivate static func numbers(
    _ option: String, _ text: String, in range: NumberRange
  ) throws(UsageError) -> [Double] {
    var numbers: [Double] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let value = try number(option, String(part), in: range)
      guard !numbers.contains(value) else {
        throw UsageError(
          option: option,
          "has \(MessageText.quoted(String(part))) twice; each number may be there once")
      }
      numbers.append(value)
    }
    return numbers.sorted()
  }

  /// `balanced`, or `CLASS=WEIGHT,…`.
  fileprivate static func classWeights(
    _ option: String, _ text: String
  ) throws(UsageError) -> ParameterValue {
    if text == "balanced" { return .word(text) }
    let expected = "must be balanced or classes with weights such as yes=2,no=1"
    var weights: [String: Double] = [:]
    for part in try list(option, text) {
      // The weight follows the last equals sign: names may have some, too.
      guard let sign = part.lastIndex(of: "="), sign != part.startIndex else {
        throw UsageError(
          option: option,
          "\(expected), but is " + MessageText.quoted(text)
            + didYouMean(text, among: ["balanced"]))
      }
      let name = String(part[..<sign])
      let weight = try number(option, String(part[part.index(after: sign)...]), in: .positive)
      guard weights.updateValue(weight, forKey: name) == nil else {
        throw UsageError(option: option, "names class \(MessageText.quoted(name)) twice")
      }
    }
    guard !weights.isEmpty else { throw UsageError(option: option, expected) }
    return .weights(weights)
  }
}
