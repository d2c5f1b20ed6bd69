/// The optimisation problems that have a name on the command line and in model files.
///
/// What there is to know of one stands in its `MethodDefinition`, which `MethodCatalog` lists.
public struct Formulation: RawRepresentable, Sendable, Hashable, CaseIterable {
  /// The name, such as `c-svc`.
  public let rawValue: String

  /// The formulation of a name, or `nil` when no definition has it.
  public init?(rawValue: String) {
    guard let definition = MethodCatalog.all.first(where: { $0.formulation.rawValue == rawValue })
    else { return nil }
    self = definition.formulation
  }

  /// Names a formulation; its definition has to be in `MethodCatalog`.
  init(name: String) { rawValue = name }

  /// All formulations, those of a task together and its default first.
  public static var allCases: [Formulation] { MethodCatalog.all.map(\.formulation) }

  /// What is learned.
  public var task: LearningTask { definition.task }

  /// The formulation of a task when none was asked for: the first of the catalogue.
  package static func `default`(for task: LearningTask) -> Formulation {
    guard let definition = MethodCatalog.all.first(where: { $0.task == task }) else {
      preconditionFailure("no formulation is for \(task.rawValue)")
    }
    return definition.formulation
  }

  /// What there is to know of it.
  package var definition: any MethodDefinition {
    guard let definition = MethodCatalog.all.first(where: { $0.formulation == self }) else {
      preconditionFailure("no definition of \(rawValue) is in the catalogue of methods")
    }
    return definition
  }
}

extension Formulation {
  /// Other names: LIBSVM's numbers.
  package static var aliases: [String: String] {
    Dictionary(
      MethodCatalog.all.compactMap { definition in
        definition.libsvmNumber.map { (String($0), definition.formulation.rawValue) }
      }, uniquingKeysWith: { first, _ in first })
  }

  /// The parameters that shape the problem.
  package var parameters: [MethodParameter] { definition.parameters }

  /// Whether a parameter shapes the problem.
  package func has(_ parameter: MethodParameter) -> Bool {
    parameters.contains { $0.name == parameter.name }
  }

  /// Formulations that have a parameter.
  package static func having(_ parameter: MethodParameter) -> [Formulation] {
    allCases.filter { $0.has(parameter) }
  }
}
