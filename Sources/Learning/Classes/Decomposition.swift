/// How a classifier of more than two classes is made of binary problems.
public enum Decomposition: String, Sendable, CaseIterable {
  /// One problem for each pair of classes; each votes.
  case oneVersusOne = "one-versus-one"
  /// One problem for each class against all others; the largest decision value wins.
  case oneVersusRest = "one-versus-rest"
}

extension Decomposition {
  /// What the columns of the decision values of some classes stand for.
  ///
  /// - Parameters:
  ///   - classCount: The number of classes, at least 0; fewer than two have no problem.
  ///   - twoShareOne: Whether two classes have one problem, whose sign decides, in one class against
  ///     the rest too. Of pairs they always have one.
  /// - Returns: The shape of the decision values.
  package func shape(classCount: Int, twoShareOne: Bool) -> DecisionShape {
    if classCount < 2 { return .pairs }
    switch self {
    case .oneVersusOne: return classCount == 2 ? .binary : .pairs
    case .oneVersusRest: return classCount == 2 && twoShareOne ? .binary : .perClass
    }
  }

  /// The problems of some classes; see `shape(classCount:twoShareOne:)`.
  package func problems(classCount: Int, twoShareOne: Bool) -> ClassProblems {
    ClassProblems(
      shape(classCount: classCount, twoShareOne: twoShareOne), classCount: classCount)
  }
}
