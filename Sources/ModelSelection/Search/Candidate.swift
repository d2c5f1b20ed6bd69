import Basics
import Kernels
import SupportVectors
import TabularModels

/// Parameters that a search tries: those that are `nil` stay what the trainer says.
public struct Candidate: Sendable, Hashable {
  /// Whether the linear kernel stands in for the trainer's.
  package var isLinear: Bool
  /// C.
  public var boxConstraint: Double?
  /// γ of the kernel.
  public var gamma: Double?
  /// ε of a regression, in units of the target.
  public var epsilon: Double?
  /// ν.
  public var nu: Double?

  /// Collects parameters.
  package init(
    isLinear: Bool = false, boxConstraint: Double? = nil, gamma: Double? = nil,
    epsilon: Double? = nil, nu: Double? = nil
  ) {
    self.isLinear = isLinear
    self.boxConstraint = boxConstraint
    self.gamma = gamma
    self.epsilon = epsilon
    self.nu = nu
  }

  /// The name of the linear kernel in tables and reports.
  package static var linearKernelName: String { Kernel.linear.name }

  /// The name of the candidate's kernel in tables and reports.
  ///
  /// - Parameter other: The name of the trainer's.
  /// - Returns: That, or the linear one's.
  package func kernelName(else other: String) -> String {
    isLinear ? Self.linearKernelName : other
  }

  /// A method with these parameters.
  ///
  /// - Parameter method: What the other parameters are taken from.
  /// - Returns: The method.
  package func applied(to method: LearningMethod) -> LearningMethod {
    var method = method
    if let boxConstraint { method.boxConstraint = boxConstraint }
    if let epsilon { method.epsilon = epsilon }
    if let nu { method.nu = nu }
    if isLinear {
      method.kernel = .linear
      method.featureMap = nil
    } else if let gamma {
      method.kernel = method.kernel.replacing(gamma: gamma)
    }
    return method
  }

  /// What distinguishes candidates of one path, along which C grows.
  var path: Candidate {
    var path = self
    path.boxConstraint = nil
    return path
  }

  /// The place among candidates, in steps of a factor of two.
  var place: [Double] {
    [boxConstraint, gamma, epsilon, nu].map { $0.map(log2) ?? 0 }
  }

  /// Orders candidates so that equals in merit fall to the simpler: linear first, then by C·γ, γ, ε.
  static func isSimpler(_ left: Candidate, _ right: Candidate) -> Bool {
    if left.isLinear != right.isLinear { return left.isLinear }
    let (a, b) = (left.place, right.place)
    let keys = (
      [a[0] + a[1], a[1], -a[2], -a[3]],
      [b[0] + b[1], b[1], -b[2], -b[3]]
    )
    return keys.0.lexicographicallyPrecedes(keys.1)
  }
}
