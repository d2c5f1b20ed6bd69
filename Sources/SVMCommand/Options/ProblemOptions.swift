import ArgumentParser
import Kernels

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
    name: .customLong("multiclass"), parsing: .unconditional,
    help: ArgumentHelp(
      """
      Several classes by one-versus-one (each pair votes) or one-versus-rest (the largest decision \
      value wins).
      """, valueName: "way"))
  var decomposition = "one-versus-one"

  @Option(
    name: .customLong("class-weight"), parsing: .unconditional,
    help: ArgumentHelp(
      """
      balanced: every class counts alike in all; or CLASS=WEIGHT,… for some classes. (default: every \
      row counts alike)
      """, valueName: "weights"))
  var classWeights: String?

  @Option(
    name: [.customLong("tolerance"), .customShort("e")], parsing: .unconditional,
    help: ArgumentHelp("Stop when the KKT violation is at most this.", valueName: "number"))
  var tolerance = usualTolerance

  static let usualTolerance = "1e-3"
}

/// The numbers that shape a problem, where they are given and not searched for.
struct ProblemParameters: ParsableArguments {
  @Option(
    name: [.customLong("c"), .customShort("c")], parsing: .unconditional,
    help: ArgumentHelp(
      """
      Bound C of the dual variables: the price of errors. auto is 1 for classes and, for a \
      regression, 3 standard deviations of the target. (default: auto; 1 for LIBSVM text)
      """, valueName: "C"))
  var boxConstraint: String?

  @Option(
    name: [.customLong("epsilon"), .customShort("p")], parsing: .unconditional,
    help: ArgumentHelp(
      """
      Half the width of a regression's tube, in units of the target. auto is a tenth of the \
      target's standard deviation. (default: auto; 0.1 for LIBSVM text)
      """, valueName: "ε"))
  var tubeWidth: String?

  @Option(
    name: [.customLong("nu"), .customShort("n")], parsing: .unconditional,
    help: ArgumentHelp(
      """
      Of nu-svc, nu-svr, one-class and svdd: at most this share of the rows errs, at least this share \
      are support vectors. (default: 0.5)
      """, valueName: "ν"))
  var nu: String?

  @Option(
    name: .customLong("lambda"), parsing: .unconditional,
    help: ArgumentHelp(
      """
      What kernel-ridge, ls-svc, ls-svr and discriminant pay for large functions: a number, or auto, \
      which tries many and keeps the one with the least leave-one-out error. (default: auto; \
      discriminant: 1e-3)
      """, valueName: "λ"))
  var ridge: String?

  @Option(
    name: .customLong("components"), parsing: .unconditional,
    help: ArgumentHelp(
      "The number of components of kernel-pca (default: 2) or of a feature map (default: 500).",
      valueName: "n"))
  var componentCount: String?
}

/// What linear models and maps of features have to choose.
struct LinearOptions: ParsableArguments {
  @Option(
    name: .customLong("solver"), parsing: .unconditional,
    help: ArgumentHelp(
      """
      dual solves in the rows, for any kernel; primal in the weights, for --kernel linear alone; auto \
      takes primal where it is the faster. The model is the same.
      """, valueName: "name"))
  var solver = "auto"

  @Option(
    name: .customLong("loss"), parsing: .unconditional,
    help: ArgumentHelp(
      "What errors cost: linear, as support vector machines have it, or squared (primal only).",
      valueName: "name"))
  var loss = "linear"

  @Option(
    name: .customLong("feature-map"), parsing: .unconditional,
    help: ArgumentHelp(
      "Approximate the kernel by --components features and train a linear model of them, for many "
        + "rows: nystrom (any kernel) or fourier (\(KernelCatalog.names { $0.hasSpectrum })). "
        + "(default: none)", valueName: "name"))
  var featureMap: String?
}
