import SupportVectors

// The parameters that several formulations have. One that a single formulation has stands beside it.

extension MethodParameter {
  /// C.
  public static let boxConstraint = MethodParameter(
    "c", letter: "c", .number(.positive, automatic: true),
    help: (
      "C",
      """
      Bound C of the dual variables: the price of errors. auto is 1 for classes and, for a \
      regression, 3 standard deviations of the target. (default: auto; 1 for LIBSVM text)
      """
    )
  ).inTargetUnits(
    deviations: LearningMethod.boxConstraintInDeviations,
    otherwise: LearningMethod.defaultBoxConstraint)

  /// ν.
  public static let nu = MethodParameter(
    "nu", letter: "n", .number(.share, automatic: false), default: .number(0.5),
    help: (
      "ν",
      """
      Of nu-svc, nu-svr, one-class and svdd: at most this share of the rows errs, at least this share \
      are support vectors. (default: 0.5)
      """
    ))

  /// λ.
  public static let lambda = MethodParameter(
    "lambda", .number(.positive, automatic: true),
    help: (
      "λ",
      """
      Regularisation strength of kernel-ridge, ls-svc, ls-svr and discriminant: a number, or auto, \
      which tries many and keeps the one with the least leave-one-out error. (default: auto; \
      discriminant: 1e-3)
      """
    ))

  /// The number of components of kernel-pca or of a feature map.
  public static let components = MethodParameter(
    "components", .count(1...100_000),
    help: (
      "n",
      "The number of components of kernel-pca (default: 2) or of a feature map (default: 500)."
    ))

  /// How several classes become problems of two.
  public static let multiclass = MethodParameter(
    "multiclass", in: .problem,
    .words(
      Decomposition.allCases.map(\.rawValue),
      aliases: ["ovo": "one-versus-one", "ovr": "one-versus-rest"]),
    default: .word(Decomposition.oneVersusOne.rawValue),
    help: (
      "way",
      """
      Several classes by one-versus-one (each pair votes) or one-versus-rest (the largest decision \
      value wins). (default: one-versus-one)
      """
    ))

  /// What rows of each class count.
  public static let classWeight = MethodParameter(
    "classWeight", in: .problem, .classWeights,
    help: (
      "weights",
      """
      balanced: every class counts alike in all; or CLASS=WEIGHT,… for some classes. (default: every \
      row counts alike)
      """
    ))

  /// Over what a linear model is solved.
  public static let solver = MethodParameter(
    "solver", in: .linear, .words(LearningMethod.Solver.allCases.map(\.rawValue), aliases: [:]),
    default: .word(LearningMethod.Solver.auto.rawValue),
    help: (
      "name",
      """
      dual solves in the rows, for any kernel; primal in the weights, for --kernel linear alone; auto \
      takes primal where it is the faster. The model is the same. (default: auto)
      """
    ))

  /// What a linear model pays for errors.
  public static let loss = MethodParameter(
    "loss", in: .linear, .words(LearningMethod.Loss.allCases.map(\.rawValue), aliases: [:]),
    default: .word(LearningMethod.Loss.linear.rawValue),
    help: (
      "name",
      """
      What errors cost: linear, as support vector machines have it, or squared (primal only). \
      (default: linear)
      """
    ))

  /// What stands in for the kernel.
  public static let featureMap = MethodParameter(
    "featureMap", in: .linear,
    .words(LearningMethod.MapKind.allCases.map(\.rawValue), aliases: [:]),
    help: (
      "name",
      """
      Approximate the kernel by --components features and train a linear model of them, for many rows: \
      nystrom (any kernel) or fourier (gaussian, laplacian, laplacian-l1). (default: none)
      """
    ))
}
