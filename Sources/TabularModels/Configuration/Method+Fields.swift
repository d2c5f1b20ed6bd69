import Basics
import Kernels
import Tables

// Methods and kernels as fields of a configuration.

extension LearningMethod: FieldStructure {
  package mutating func visitFields(_ visitor: inout some FieldVisitor) throws(ConfigurationError) {
    try visitor.visitOptional("formulation", &formulation, .word)
    var kernel = chosenKernel.map { KernelFields(kernel: $0) }
    try visitor.visitOptional("kernel", &kernel, .fields(of: KernelFields()))
    chosenKernel = kernel?.kernel
    for parameter in MethodCatalog.parameters {
      // What a formulation has is written whether it was given or not.
      guard visitor.isReading || self[parameter] != nil || formulation?.has(parameter) == true
      else {
        continue
      }
      try visitor.visitOptional(parameter.name, &self[parameter], parameter.coding)
    }
  }
}

extension MethodParameter {
  /// How its values are written, and read and checked.
  var coding: FieldCoding<ParameterValue> {
    let automatic = "auto"
    return FieldCoding(
      write: { value in
        switch value {
        case .automatic: .string(automatic)
        case .number(let number): .number(number)
        case .numbers(let numbers): .array(numbers.map(JSONValue.number))
        case .count(let count): .integer(count)
        case .word(let word): .string(word)
        case .weights(let weights):
          .object(
            weights.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
              .map { .init($0.key, .number($0.value)) })
        }
      },
      read: { value throws(FieldError) in
        switch values {
        case .number(let range, let allowsAutomatic):
          guard allowsAutomatic else { return .number(try FieldCoding.number(range).read(value)) }
          if value == .string(automatic) { return .automatic }
          guard value.asNumber != nil else {
            throw FieldError(expected: "auto or a number \(range.description)", found: value)
          }
          return .number(try FieldCoding.number(range).read(value))
        case .numbers(let range): return try Self.numbers(value, in: range)
        case .count(let range): return .count(try FieldCoding.count(range).read(value))
        case .words(let words, let aliases):
          guard case .string(let text) = value else {
            throw FieldError(expected: alternatives(words), found: value)
          }
          let word = aliases[text] ?? text
          guard words.contains(word) else {
            throw FieldError(text, among: words, aliases: aliases.keys.sorted())
          }
          return .word(word)
        case .classWeights: return try Self.classWeights(value)
        }
      })
  }

  /// Different numbers, in any order; a single one need not be in an array.
  private static func numbers(
    _ value: JSONValue, in range: NumberRange
  ) throws(FieldError) -> ParameterValue {
    let coding = FieldCoding<Double>.number(range)
    if value.asNumber != nil { return .numbers([try coding.read(value)]) }
    let numbers = try coding.list.read(value).sorted()
    guard !numbers.isEmpty else {
      throw FieldError(expected: "one or more numbers \(range.description)", found: value)
    }
    for (number, next) in zip(numbers, numbers.dropFirst()) where number == next {
      throw FieldError("has \(NumberText.shortest(number)) twice; each number may be there once")
    }
    return .numbers(numbers)
  }

  private static func classWeights(
    _ value: JSONValue
  ) throws(FieldError) -> ParameterValue {
    if value == .string("balanced") { return .word("balanced") }
    guard case .object(let members) = value else {
      throw FieldError(expected: "balanced or an object of classes and numbers", found: value)
    }
    var weights: [String: Double] = [:]
    for member in members {
      do throws(FieldError) {
        weights[member.key] = try FieldCoding.number(.positive).read(member.value)
      } catch {
        throw error.below(member.key)
      }
    }
    return .weights(weights)
  }
}

// MARK: Kernels

/// A kernel as fields: its name and its parameters.
package struct KernelFields: FieldStructure {
  var kernel = Kernel.default

  private static let compositions: [(name: String, kernel: Kernel)] = [
    .precomputed, .sum([]), .product([]), .scaled(1, .default),
    .columns(ColumnGroup(ranges: []), .default),
  ].map { ($0.name, $0) }

  private static func named(_ name: String) throws(FieldError) -> Kernel {
    if let formula = KernelCatalog.formula(named: name) {
      return .formula(FormulaKernel(formula, width: .scale))
    }
    if let composition = compositions.first(where: { $0.name == name }) {
      return composition.kernel
    }
    throw FieldError(
      name, among: KernelCatalog.formulas.map { $0.name } + compositions.map(\.name),
      aliases: KernelCatalog.formulas.flatMap { $0.aliases })
  }

  package mutating func visitFields(_ visitor: inout some FieldVisitor) throws(ConfigurationError) {
    // A function has no fields; only programs have such kernels, and no file holds them.
    var name =
      if case .custom(let kernel) = kernel { "function \(kernel.name)" } else { kernel.name }
    try visitor.visit("name", &name, .text)
    if visitor.isReading {
      do throws(FieldError) {
        kernel = try Self.named(name)
      } catch {
        throw ConfigurationError(path: ["name"], reason: error.reason)
      }
    }
    switch kernel {
    case .precomputed, .custom: break
    case .formula(let formula): kernel = .formula(try Self.visit(formula, &visitor))
    case .sum(let parts): kernel = .sum(try Self.visit(parts, &visitor))
    case .product(let parts): kernel = .product(try Self.visit(parts, &visitor))
    case .scaled(var factor, let part):
      try visitor.visit("factor", &factor, .number(.positive))
      kernel = .scaled(factor, try Self.visit(part, &visitor))
    case .columns(var group, let part):
      try visitor.visit("columns", &group, .columns)
      kernel = .columns(group, try Self.visit(part, &visitor))
    }
  }

  private static func visit(
    _ kernel: FormulaKernel<Gamma>, _ visitor: inout some FieldVisitor
  ) throws(ConfigurationError) -> FormulaKernel<Gamma> {
    var width = kernel.width
    var values: [KernelParameter: Double] = [:]
    for parameter in kernel.parameters {
      if var gamma = width, parameter == .gamma {
        try visitor.visit(parameter.name, &gamma, .gamma)
        width = gamma
      } else if var value = kernel.value(of: parameter) {
        switch parameter.range {
        case .wholeNumbers(let range):
          var count = Int(value)
          try visitor.visit(parameter.name, &count, .count(range))
          value = Double(count)
        case .positive: try visitor.visit(parameter.name, &value, .number(.positive))
        case .finite: try visitor.visit(parameter.name, &value, .number(.finite))
        }
        values[parameter] = value
      }
    }
    return FormulaKernel(kernel.formula, width: width, values)
  }

  private static func visit(
    _ parts: [Kernel], _ visitor: inout some FieldVisitor
  ) throws(ConfigurationError) -> [Kernel] {
    var fields = parts.map { KernelFields(kernel: $0) }
    try visitor.visitList("parts", &fields, .fields(of: KernelFields()))
    return fields.map(\.kernel)
  }

  private static func visit(
    _ part: Kernel, _ visitor: inout some FieldVisitor
  ) throws(ConfigurationError) -> Kernel {
    var fields = KernelFields(kernel: part)
    try visitor.visit("part", &fields, .fields(of: KernelFields()))
    return fields.kernel
  }
}

extension FieldCoding where Value == Gamma {
  fileprivate static var gamma: FieldCoding {
    FieldCoding(
      write: { gamma in
        switch gamma {
        case .scale: .string("scale")
        case .auto: .string("auto")
        case .value(let value): .number(value)
        }
      },
      read: { value throws(FieldError) in
        switch value {
        case .string("scale"): return .scale
        case .string("auto"): return .auto
        default:
          guard value.asNumber != nil else {
            throw FieldError(expected: "scale, auto or a number greater than 0", found: value)
          }
          return .value(try FieldCoding<Double>.number(.positive).read(value))
        }
      })
  }
}

extension FieldCoding where Value == ColumnGroup {
  fileprivate static var columns: FieldCoding {
    FieldCoding(
      write: { group in
        .array(group.ranges.map { .array([.integer($0.lowerBound), .integer($0.upperBound)]) })
      },
      read: { value throws(FieldError) in
        let expected = "an array of pairs of columns, each the first and the one after the last"
        guard case .array(let runs) = value else {
          throw FieldError(expected: expected, found: value)
        }
        var ranges: [Range<Int>] = []
        for run in runs {
          guard case .array(let ends) = run, ends.count == 2, let first = ends[0].asCount,
            let end = ends[1].asCount, 0 <= first, first < end
          else { throw FieldError(expected: expected, found: run) }
          ranges.append(first..<end)
        }
        return ColumnGroup(ranges: ranges)
      })
  }
}
