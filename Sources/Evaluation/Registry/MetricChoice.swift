/// Which metrics a user wants to see.
public enum MetricChoice: Sendable, Equatable {
  /// Those that are shown when nobody chose.
  case standard
  /// All of them.
  case all
  /// Some, which the predictions must fit.
  case named([MetricDefinition])

  /// The metrics to compute: all of the registry, and those that were named, in the order of the registry.
  package var computed: [MetricDefinition] { computed(quantiles: []) }

  /// The same for predictions of quantiles, each of which has a pinball loss of its own.
  package func computed(quantiles: [Double]) -> [MetricDefinition] {
    let all = MetricCatalog.all + quantiles.map { .pinballLoss($0) }
    guard case .named(let definitions) = self else { return MetricCatalog.sorted(all) }
    return MetricCatalog.sorted(all + definitions)
  }

  /// Refuses predictions that a named metric does not fit.
  ///
  /// - Parameter context: What is predicted.
  /// - Throws: ``MetricError``.
  package func check(_ context: MetricContext) throws(MetricError) {
    guard case .named(let definitions) = self else { return }
    for definition in definitions { try definition.check(context) }
  }

  /// Whether a metric is shown.
  package func shows(_ id: MetricID) -> Bool { shows(id, from: .standard) }

  /// Whether a metric has a place in a table with a row for each fold.
  package func showsByFold(_ id: MetricID) -> Bool { shows(id, from: .brief) }

  private func shows(_ id: MetricID, from placement: MetricDefinition.Placement) -> Bool {
    switch self {
    case .standard: MetricCatalog.definition(id).map { $0.placement >= placement } ?? false
    case .all: true
    case .named(let definitions):
      definitions.contains { $0.id == id || $0.ofSeveralClasses == id }
    }
  }

  /// The named metrics that have no value among those that were computed.
  ///
  /// - Parameter ids: The metrics that have a value.
  /// - Returns: The others, which are undefined for the rows, in the order of the registry.
  package func undefined(besides ids: [MetricID]) -> [MetricDefinition] {
    guard case .named(let definitions) = self else { return [] }
    return MetricCatalog.sorted(definitions).filter { definition in
      !ids.contains { $0 == definition.id || $0 == definition.ofSeveralClasses }
    }
  }
}

extension Metric {
  /// The name for people, such as `balanced accuracy`.
  package var displayName: String { id.displayName }
}

extension MetricID {
  /// The metric's name for people; the name itself for one that is not in the registry.
  package var displayName: String { MetricCatalog.definition(self)?.displayName ?? rawValue }
}
