import ArgumentParser

/// What is to be learned, by minimising what: the options of every command that trains.
struct ProblemOptions: ParsableArguments {
  @Option(
    name: .customLong("task"), parsing: .unconditional,
    help: ArgumentHelp(
      """
      auto, classification, regression, one-class (which rows are unlike the others) or components \
      (coordinates for each row); auto takes text and at most 10 distinct whole numbers for classes.
      """, valueName: "name"))
  var task = "auto"

  @Option(
    name: [.customLong("formulation"), .customShort("s")], parsing: .unconditional,
    help: ArgumentHelp(
      """
      Classes: c-svc, nu-svc, logistic, ls-svc, discriminant. Numbers: epsilon-svr, nu-svr, ls-svr, \
      kernel-ridge. Neither: one-class, svdd, kernel-pca. Or 0…4 as in LIBSVM. (default: c-svc, \
      epsilon-svr, one-class or kernel-pca, by the task)
      """, valueName: "name"))
  var formulation: String?

  @Option(
    name: [.customLong("tolerance"), .customShort("e")], parsing: .unconditional,
    help: ArgumentHelp("Stop when the KKT violation is at most this.", valueName: "number"))
  var tolerance = usualTolerance

  static let usualTolerance = "1e-3"
}
