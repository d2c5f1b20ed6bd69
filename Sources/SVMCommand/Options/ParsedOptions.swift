import ArgumentParser

// What a command was asked to do, read from its own declarations. A list of options that is kept by hand
// forgets the next one that is added.

/// An option, flag or argument of a parsed command.
struct ParsedOption: Equatable {
  /// The names of the properties that lead to it, such as `learning.effort.memory`.
  let name: String
  /// Its value as Swift writes it.
  let value: String
}

extension ParsableArguments {
  /// Every option, flag and argument with its value, in the order of their declarations.
  var parsedOptions: [ParsedOption] {
    Mirror(reflecting: self).children.flatMap { label, child -> [ParsedOption] in
      guard let property = child as? any ParsedProperty else { return [] }
      // The storage of a property wrapper has the property's name with an underscore.
      let name = (label ?? "").drop { $0 == "_" }
      let value = property.parsedValue
      guard let group = value as? any ParsableArguments else {
        return [ParsedOption(name: String(name), value: String(reflecting: value))]
      }
      return group.parsedOptions.map {
        ParsedOption(name: "\(name).\($0.name)", value: $0.value)
      }
    }
  }
}

/// A property that the argument parser fills.
private protocol ParsedProperty {
  var parsedValue: Any { get }
}

extension Argument: ParsedProperty {
  fileprivate var parsedValue: Any { wrappedValue }
}

extension Option: ParsedProperty {
  fileprivate var parsedValue: Any { wrappedValue }
}

extension Flag: ParsedProperty {
  fileprivate var parsedValue: Any { wrappedValue }
}

extension OptionGroup: ParsedProperty {
  fileprivate var parsedValue: Any { wrappedValue }
}
