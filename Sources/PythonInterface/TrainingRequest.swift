import Basics
import Kernels
import LinearAlgebra
import LinearModels
import TabularModels

/// The options of a training: what the command's configuration says, and what only callers in memory have.
struct TrainingRequest {
  var trainer = TabularTrainer()
  /// The names of the classes that codes are places of.
  private(set) var classes: [String] = []

  /// Reads options.
  ///
  /// - Throws: ``InterfaceError``, or `ConfigurationError` with the key that is wrong.
  init(_ text: String, token: CancellationToken?) throws {
    trainer.control.cancellation = token
    guard case .object(let members) = try JSONValue(parsing: Array(text.utf8)) else {
      throw InterfaceError.malformed("options: must be an object")
    }
    for member in members where member.value != .null {
      switch (member.key, member.value) {
      case ("configuration", let value):
        trainer.configuration = try TrainingConfiguration(value)
      case ("classes", .array(let names)):
        classes = try names.map { name in
          guard case .string(let text) = name else {
            throw InterfaceError.malformed("classes: must be texts")
          }
          return text
        }
      case ("threads", .integer(let count)) where count > 0: trainer.control.threads = count
      case ("memory", .integer(let count)) where count > 0: trainer.control.memoryLimit = count
      case ("timeLimit", let value):
        guard let seconds = value.seconds else {
          throw InterfaceError.malformed("timeLimit: must be a number greater than 0")
        }
        trainer.control.timeLimit = .seconds(min(seconds, 1e9))
      case ("intercept", .string("free")): trainer.intercept = .free
      case ("intercept", .string("none")): trainer.intercept = .none
      case ("intercept", let value):
        guard let scale = value.seconds else {
          throw InterfaceError.malformed("intercept: must be free, none or a number greater than 0")
        }
        trainer.intercept = .regularized(scale)
      default:
        throw InterfaceError.malformed("\(member.key): unknown option or value")
      }
    }
  }

  /// With at most this many rows a training or prediction is over before a second thread wakes up.
  static let smallCount = 400

  /// Settles what depends on the features: γ by the rows as they are, whose weights are not a reason for another
  /// kernel, and the threads, which do not change the model.
  mutating func settle(for features: FeatureMatrix) throws {
    if trainer.control.threads == nil, features.rowCount <= Self.smallCount {
      trainer.control.threads = 1
    }
    let method = trainer.configuration.method
    guard let formula = method.kernel.formula, formula.width != nil,
      let gamma = try method.kernel.resolved(for: features).gamma
    else { return }
    trainer.configuration.method.kernel = .formula(formula.replacingWidth(Gamma.value(gamma)))
  }
}

extension JSONValue {
  /// A finite number greater than 0.
  fileprivate var seconds: Double? {
    let number: Double
    switch self {
    case .integer(let value): number = Double(value)
    case .number(let value): number = value
    default: return nil
    }
    return number > 0 && number.isFinite ? number : nil
  }
}
