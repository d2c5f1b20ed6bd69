/// What a linear model pays for an example's error.
///
/// With the decision value z = ⟨w, x⟩ + b, a class y = ±1 or a target y, and the tube width ε:
public enum LinearLoss: String, Sendable, Equatable, CaseIterable {
  /// max(0, 1 − yz): the loss of C-support vector classification.
  case hinge
  /// max(0, 1 − yz)².
  case squaredHinge
  /// log(1 + exp(−yz)): logistic regression.
  case logistic
  /// max(0, |y − z| − ε): the loss of ε-support vector regression.
  case epsilonInsensitive
  /// max(0, |y − z| − ε)².
  case squaredEpsilonInsensitive

  /// Whether the loss is of a number and not of a class.
  package var isRegression: Bool {
    switch self {
    case .hinge, .squaredHinge, .logistic: false
    case .epsilonInsensitive, .squaredEpsilonInsensitive: true
    }
  }

  /// Whether the loss is the square of a piecewise linear one.
  var isSquared: Bool {
    switch self {
    case .squaredHinge, .squaredEpsilonInsensitive: true
    case .hinge, .logistic, .epsilonInsensitive: false
    }
  }

  /// Whether the loss has a derivative everywhere.
  var isSmooth: Bool { isSquared || self == .logistic }
}

/// How the bias b of z = ⟨w, x⟩ + b is treated.
public enum Intercept: Sendable, Equatable {
  /// b is free, as in a support vector machine: nothing is paid for it.
  case free
  /// b costs ½(b/scale)², as if each example had one more feature of that value; scale > 0.
  ///
  /// LIBLINEAR's option `-B scale`.
  case regularized(Double)
  /// b = 0.
  case none
}

/// Which method solves a problem; the answer is the same within the tolerance.
package enum LinearSolver: String, Sendable, Equatable, CaseIterable {
  /// Chosen by the number of features and of those that are not 0.
  case automatic
  /// Second-order steps in the weights: the method of multipliers for piecewise linear losses, Newton's
  /// for the others. Every step factors a matrix of features × features; where that does not fit in
  /// the memory limit, it is as ``coordinateDescent``.
  case newton
  /// One dual variable at a time; for logistic regression Newton steps by conjugate gradients.
  /// Memory grows with features and examples, not their squares.
  case coordinateDescent
}
