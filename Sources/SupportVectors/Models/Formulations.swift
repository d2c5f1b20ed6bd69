import Learning

/// What a classifier's training aims at.
public enum ClassifierFormulation: Sendable, Equatable {
  /// C-SVC (Cortes and Vapnik 1995): errors cost C > 0 for each unit that they reach into the margin.
  case c(Double)
  /// ν-SVC (Schölkopf, Smola, Williamson and Bartlett 2000): at most a share ν in (0, 1] of the
  /// examples errs or lies in the margin, and at least a share ν are support vectors.
  ///
  /// The largest ν that a pair of classes allows is twice the smaller one's share of their examples.
  case nu(Double)
}

/// What a regressor's training aims at.
public enum RegressorFormulation: Sendable, Equatable {
  /// ε-SVR (Vapnik 1995): errors within ±`epsilon` ≥ 0 cost nothing, larger ones `boxConstraint` > 0
  /// for each unit beyond.
  case epsilon(boxConstraint: Double, epsilon: Double)
  /// ν-SVR (Schölkopf et al. 2000): the tube is found, so that at most a share ν in (0, 1] of the
  /// examples lies outside of it and at least a share ν are support vectors.
  case nu(Double, boxConstraint: Double)
}

/// What a novelty detector's training aims at.
public enum NoveltyFormulation: Sendable, Equatable {
  /// The one-class support vector machine (Schölkopf, Platt, Shawe-Taylor, Smola and Williamson 2001):
  /// the half-space farthest from the origin that leaves out at most a share ν in (0, 1].
  case oneClass(nu: Double)
  /// Support vector data description (Tax and Duin 2004): the smallest sphere that leaves out at most a
  /// share ν in (0, 1]; its C is 1/(νn).
  ///
  /// With a kernel whose κ(x, x) is constant, as the gaussian's, it draws the same boundary as
  /// ``oneClass(nu:)``.
  case dataDescription(nu: Double)

  /// ν.
  package var nu: Double {
    switch self {
    case .oneClass(let nu), .dataDescription(let nu): nu
    }
  }
}

extension ClassifierFormulation {
  /// Whether another program trained the model and does not record C or ν: it is NaN.
  var isUnknown: Bool {
    switch self {
    case .c(let value), .nu(let value): value.isNaN
    }
  }

  /// What weights multiply to make the bounds of the dual variables: C, or 1.
  var boundUnit: Double {
    switch self {
    case .c(let value): value
    case .nu: 1
    }
  }

  func check() throws(TrainingError) {
    switch self {
    case .c(let value): try TrainingChecks.positive(value, "c")
    case .nu(let nu): try TrainingChecks.nu(nu)
    }
  }
}

extension RegressorFormulation {
  /// Whether another program trained the model and does not record its parameters: they are NaN.
  var isUnknown: Bool {
    switch self {
    case .epsilon(let value, let epsilon): value.isNaN && epsilon.isNaN
    case .nu(let nu, let value): value.isNaN && nu.isNaN
    }
  }

  var boxConstraint: Double {
    switch self {
    case .epsilon(let boxConstraint, _), .nu(_, let boxConstraint): boxConstraint
    }
  }

  func check() throws(TrainingError) {
    try TrainingChecks.positive(boxConstraint, "c")
    switch self {
    case .epsilon(_, let epsilon):
      guard epsilon >= 0, epsilon.isFinite else {
        throw .invalidParameter(name: "epsilon", value: "\(epsilon)", expected: "at least 0")
      }
    case .nu(let nu, _): try TrainingChecks.nu(nu)
    }
  }
}

extension TrainingChecks {
  static func nu(_ value: Double) throws(TrainingError) {
    guard value > 0, value <= 1 else {
      throw .invalidParameter(
        name: "nu", value: "\(value)", expected: "greater than 0 and at most 1")
    }
  }
}
