/// How a classifier of more than two classes is made of binary problems.
public enum Decomposition: String, Sendable, CaseIterable {
  /// One problem for each pair of classes; each votes.
  case oneVersusOne = "one-versus-one"
  /// One problem for each class against all others; the largest decision value wins.
  case oneVersusRest = "one-versus-rest"
}
