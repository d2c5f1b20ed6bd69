import Kernels
import TabularModels
import TestSupport

extension Misuse {
  static let formulations = listed(Formulation.allCases.map(\.rawValue))
  private static let withLeaveOneOut = listed(
    Formulation.allCases.filter { formulation in
      formulation.parameters.contains { $0.name == "lambda" && $0.refusesAutomatic == nil }
    }.map(\.rawValue).sorted(), "and")
  private static let withFeatureMap = listed(
    Formulation.having(.featureMap).map(\.rawValue), "and")
  private static let withSpectrum = listed(
    KernelCatalog.formulas.filter { $0.hasSpectrum }.map { $0.name })

  /// Formulations, weights, probabilities and linear models, asked for wrongly.
  static let methods: [Misuse] = [
    // Numbers
    Misuse("train flowers.csv --nu 0", 64, "--nu: must be greater than 0 and at most 1, but is 0"),
    Misuse(
      "train flowers.csv -n 1.5", 64, "--nu: must be greater than 0 and at most 1, but is 1.5"),
    Misuse("train flowers.csv --lambda -1", 64, "--lambda: must be greater than 0, but is -1"),
    Misuse("train flowers.csv --lambda inf", 64, "--lambda: must be a finite number, but is inf"),
    Misuse(
      "train flowers.csv --lambda atuo", 64,
      "--lambda: must be auto or a number greater than 0, but is \"atuo\". Did you mean \"auto\"?"),
    Misuse(
      "train flowers.csv -s discriminant --lambda auto", 64,
      "--lambda: auto is for \(withLeaveOneOut); discriminant has no leave-one-out error"
    ),
    Misuse(
      "train flowers.csv --components 0", 64,
      "--components: must be a whole number from 1 to 100000, but is 0"),
    Misuse(
      "train flowers.csv --components 2.5", 64,
      "--components: must be a whole number from 1 to 100000, but is 2.5"),
    Misuse(
      "train flowers.csv --calibration-folds 1", 64,
      "--calibration-folds: must be a whole number from 2 to 1000, but is 1"),
    Misuse(
      "train prices.csv -s quantile-svr --quantile 0", 64,
      "--quantile: must be greater than 0 and less than 1, but is 0"),
    Misuse(
      "train prices.csv -s quantile-svr --quantile 0.1,1", 64,
      "--quantile: must be greater than 0 and less than 1, but is 1"),
    Misuse(
      "train prices.csv -s quantile-svr --quantile 0.5,0.1,0.50", 64,
      "--quantile: has \"0.50\" twice; each number may be there once"),
    Misuse(
      "train prices.csv -s quantile-svr --quantile 0.5,", 64,
      "--quantile: must be a number greater than 0 and less than 1, but is \"\""),
    Misuse(
      "train prices.csv -s quantile-svr --quantile median", 64,
      "--quantile: must be a number greater than 0 and less than 1, but is \"median\""),
    // Words
    Misuse(
      "train flowers.csv --multiclass both", 64,
      "--multiclass: \"both\" is unknown; expected one-versus-one or one-versus-rest"),
    Misuse(
      "train flowers.csv --solver newton", 64,
      "--solver: \"newton\" is unknown; expected auto, dual or primal"),
    Misuse(
      "train flowers.csv --loss hinge", 64,
      "--loss: \"hinge\" is unknown; expected linear or squared"),
    Misuse(
      "train flowers.csv --feature-map nystroem", 64,
      "--feature-map: \"nystroem\" is unknown; expected nystrom or fourier. Did you mean "
        + "\"nystrom\"?"),
    Misuse(
      "train flowers.csv --calibration platt", 64,
      "--calibration: \"platt\" is unknown; expected sigmoid, isotonic, temperature or auto"),
    // What does not go together
    Misuse(
      "train prices.csv -s svdd --task regression", 64,
      "--formulation: svdd is for one-class, but --task is regression"),
    Misuse(
      "train flowers.csv -s kernel-ridge", 65,
      "flowers.csv: the target \"species\" is text; a regression needs numbers"),
    Misuse(
      "train flowers.csv --solver primal -t rbf", 64,
      "--solver: primal is for --kernel linear or a --feature-map, but --kernel is gaussian"),
    Misuse(
      "train flowers.csv -s logistic -t poly", 64,
      "--formulation: logistic is for --kernel linear or a --feature-map, but --kernel is polynomial"
    ),
    Misuse(
      "train flowers.csv --loss squared -t linear --solver dual", 64,
      "--loss: squared is for the primal solver, with --kernel linear or a --feature-map"),
    Misuse(
      "train flowers.csv --feature-map fourier -t polynomial", 64,
      "--feature-map: fourier is for the kernels \(withSpectrum), but --kernel is polynomial"
    ),
    Misuse(
      "train flowers.csv --feature-map nystrom -t linear", 64,
      "--feature-map: cannot be used with the linear kernel, which needs no map"),
    Misuse(
      "train flowers.csv --feature-map nystrom -s nu-svc", 64,
      "--feature-map: is for \(withFeatureMap), but --formulation is nu-svc"),
    Misuse(
      "train flowers.csv --feature-map nystrom --solver dual", 64,
      "--solver: dual cannot be used with --feature-map"),
    Misuse(
      "train flowers.csv -s nu-svc --nu 0.9 --class-weight setosa=9 -o x.model", 65,
      "nu: must be at most 0.2 for the classes \"setosa\" and \"versicolor\", but is 0.9"),
    // Weights
    Misuse(
      "train flowers.csv --class-weight balance", 64,
      "--class-weight: must be balanced or classes with weights such as yes=2,no=1, but is "
        + "\"balance\". Did you mean \"balanced\"?"),
    Misuse(
      "train flowers.csv --class-weight setosa=0", 64,
      "--class-weight: must be greater than 0, but is 0"),
    Misuse(
      "train flowers.csv --class-weight setosa=2,setosa=3", 64,
      "--class-weight: names class \"setosa\" twice"),
    Misuse(
      "train flowers.csv --class-weight rose=2 -o x.model", 65,
      "class-weight: \"rose\" is not a class…"),
    Misuse(
      "train flowers.csv --weight-column mass", 65,
      "flowers.csv:1:1: no column named \"mass\"; columns are petal_length, petal_width, species"),
    Misuse(
      "train small.libsvm --weight-column mass", 65,
      "small.libsvm: LIBSVM text has no column \"mass\"; its features have numbers only"),
    Misuse(
      "evaluate flowers.model flowers.csv --weight-column mass", 65,
      "flowers.csv:1:1: no column named \"mass\"…"),
    // Probabilities and intervals
    Misuse(
      "predict prices.model prices.csv --probability", 65,
      "model prices.model predicts numbers, which have no probabilities; '--interval 0.9' adds "
        + "intervals"),
    Misuse(
      "predict prices.model prices.csv --interval 0.9", 65,
      "model prices.model has no intervals; 'svm train --probability' makes one that has"),
    Misuse(
      "predict flowers.model flowers.csv --interval 0.9", 65,
      "model flowers.model predicts classes, which have no intervals; '--probability' gives "
        + "their probabilities"),
    Misuse(
      "predict prices.model prices.csv --interval 1", 64,
      "--interval: must be greater than 0 and less than 1, but is 1"),
    Misuse(
      "predict prices.model prices.csv --interval-method normal", 64,
      "--interval-method: \"normal\" is unknown; expected conformal or laplace. "
        + "Did you mean \"conformal\"?"),
  ]
}
