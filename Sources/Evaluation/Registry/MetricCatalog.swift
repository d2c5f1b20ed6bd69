/// All metrics: the only list of the kind.
///
/// Options, tables, reports, searches and documents follow from it.
public enum MetricCatalog {
  /// A line of the registry.
  enum Entry: Sendable {
    case metric(MetricDefinition)
    case family(MetricFamily)
  }

  /// The metrics in the order in which they are printed; a family has a metric for each usual argument.
  public static let all: [MetricDefinition] = entries.flatMap { entry in
    switch entry {
    case .metric(let definition): [definition]
    case .family(let family): family.defaultArguments.compactMap(family.definition)
    }
  }

  private static let byID: [MetricID: MetricDefinition] = Dictionary(
    uniqueKeysWithValues: all.map { ($0.id, $0) })

  /// A metric by its name in reports.
  ///
  /// - Parameter id: The name, also of a family with another argument than the usual ones.
  /// - Returns: The metric, or `nil` when there is none.
  package static func definition(_ id: MetricID) -> MetricDefinition? {
    if let found = byID[id] { return found }
    do {
      return try definition(named: id.rawValue)
    } catch {
      return nil
    }
  }

  /// A metric by its name in options or in reports.
  ///
  /// - Parameter name: The name; upper and lower case, hyphens and underscores do not matter. A family takes
  ///   its argument after an at sign, as in `top-k-accuracy@3`.
  /// - Returns: The metric.
  /// - Throws: `MetricError/unknown(_:)` or `MetricError/argument(_:name:expected:)`.
  public static func definition(named name: String) throws(MetricError) -> MetricDefinition {
    let parts = name.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
    let wanted = key(parts[0])
    let argument = parts.count > 1 ? String(parts[1]) : nil
    for entry in entries {
      switch entry {
      case .metric(let definition) where key(definition.id.rawValue) == wanted:
        guard let argument else { return definition }
        throw MetricError(
          .argument(argument, name: definition.optionName, expected: "nothing"))
      case .family(let family) where key(family.name) == wanted:
        let text = argument ?? family.defaultArgument
        guard let text, let definition = family.definition(text) else {
          throw MetricError(
            .argument(text ?? "", name: family.name, expected: family.expected))
        }
        return definition
      default: continue
      }
    }
    throw MetricError(.unknown(name))
  }

  private static func key(_ name: some StringProtocol) -> String {
    name.lowercased().filter { $0 != "-" && $0 != "_" && $0 != " " }
  }

  /// The names that options take, in the order of the registry; a family stands with an argument, and
  /// also without one where that has a meaning.
  package static let optionNames: [String] = optionNames { _ in true }

  /// The names of those by which models can be compared.
  package static let comparableOptionNames: [String] = optionNames { $0.direction != .neither }

  private static func optionNames(_ isIncluded: (MetricDefinition) -> Bool) -> [String] {
    entries.flatMap { entry in
      switch entry {
      case .metric(let definition): isIncluded(definition) ? [definition.optionName] : []
      case .family(let family):
        family.defaultArgument == nil ? [family.example] : [family.name, family.example]
      }
    }
  }

  /// Where a metric stands among all: its entry, and then its argument.
  private static let order: [String: Int] = Dictionary(
    uniqueKeysWithValues: entries.enumerated().map { place, entry in
      switch entry {
      case .metric(let definition): (key(definition.id.rawValue), place)
      case .family(let family): (key(family.name), place)
      }
    })

  /// Metrics in the order of the registry, each once.
  package static func sorted(_ definitions: [MetricDefinition]) -> [MetricDefinition] {
    var seen: Set<MetricID> = []
    let places = definitions.filter { seen.insert($0.id).inserted }.map { definition in
      let parts = definition.id.rawValue.split(separator: "@")
      return (
        entry: order[key(parts[0])] ?? .max,
        argument: parts.count > 1 ? Double(parts[1]) ?? 0 : -1, definition: definition
      )
    }
    return places.sorted { ($0.entry, $0.argument) < ($1.entry, $1.argument) }.map(\.definition)
  }
}

/// Metrics that differ in a number, as quantiles do.
struct MetricFamily: Sendable {
  /// The name that options take, without the argument.
  let name: String
  /// The name with an argument, for help.
  let example: String
  /// What the argument must be.
  let expected: String
  /// The arguments of the metrics that are always computed; an empty text is the name without one.
  let defaultArguments: [String]
  /// What the name alone stands for; `nil` when it needs an argument.
  let defaultArgument: String?
  /// The metric of an argument; `nil` for one that is out of range.
  let definition: @Sendable (_ argument: String) -> MetricDefinition?
}
