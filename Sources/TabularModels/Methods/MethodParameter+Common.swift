import Kernels
import SupportVectors

// The parameters that several formulations have. One that a single formulation has is declared next to it.

extension MethodParameter {
  /// C.
  package static let boxConstraint = MethodParameter(
    "c", letter: "c", .number(.positive, automatic: true),
    help: (
      "C",
      """
      Penalty C for errors, the upper bound of the dual variables. auto is 1 for classification \
      and 3 standard deviations of the target for a regression. (default: auto; 1 for LIBSVM text)
      """
    )
  ).inTargetUnits(
    deviations: LearningMethod.boxConstraintInDeviations,
    otherwise: LearningMethod.defaultBoxConstraint)

  /// ν.
  package static let nu = MethodParameter(
    "nu", letter: "n", .number(.share, automatic: false), default: .number(0.5),
    help: (
      "ν",
      """
      For nu-svc, nu-svr, one-class and svdd: the maximum share of rows with errors and the \
      minimum share of support vectors. (default: 0.5)
      """
    ))

  /// λ.
  package static let lambda = MethodParameter(
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
  package static let components = MethodParameter(
    "components", .count(1...100_000),
    help: (
      "n",
      "The number of components of kernel-pca (default: 2) or of a feature map (default: 500)."
    ))

  /// How several classes become problems of two.
  package static let multiclass = MethodParameter(
    "multiclass", in: .problem,
    .words(
      Decomposition.allCases.map(\.rawValue),
      aliases: ["ovo": "one-versus-one", "ovr": "one-versus-rest"]),
    default: .word(Decomposition.oneVersusOne.rawValue),
    help: (
      "way",
      """
      How several classes are handled: one-versus-one (each pair votes) or one-versus-rest (the \
      largest decision value wins). (default: one-versus-one)
      """
    ))

  /// What rows of each class count.
  package static let classWeight = MethodParameter(
    "classWeight", in: .problem, .classWeights,
    help: (
      "weights",
      """
      balanced (all classes have the same total weight), or CLASS=WEIGHT,… for some classes. \
      (default: all rows have the same weight)
      """
    ))

  /// Over what a linear model is solved.
  package static let solver = MethodParameter(
    "solver", in: .linear, .words(LearningMethod.Solver.allCases.map(\.rawValue), aliases: [:]),
    default: .word(LearningMethod.Solver.auto.rawValue),
    help: (
      "name",
      """
      dual solves for one variable per row, with any kernel; primal for the feature weights, with \
      --kernel linear only; auto chooses primal where it is faster. The model is the same. \
      (default: auto)
      """
    ))

  /// What a linear model pays for errors.
  package static let loss = MethodParameter(
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
  package static let featureMap = MethodParameter(
    "featureMap", in: .linear,
    .words(LearningMethod.MapKind.allCases.map(\.rawValue), aliases: [:]),
    help: (
      "name",
      """
      Approximate the kernel by --components features and train a linear model on them, for many \
      rows: nystrom (any kernel) or fourier (\(KernelCatalog.names { $0.hasSpectrum })). (default: none)
      """
    ))
}
