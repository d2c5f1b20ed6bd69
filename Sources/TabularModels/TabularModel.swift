import Basics
import Calibration
import Kernels
import LinearAlgebra
import SupportVectors
import Tables

/// A model together with everything between it and raw rows: which columns it takes, how they
/// become features, and what it was trained on.
///
/// This is what a model file holds and what the command trains and applies. A value: trained when
/// it exists, and never changed afterwards.
public struct TabularModel: Sendable {
  /// How raw rows become features, or `nil` for a model whose user makes the features.
  package let preprocessor: Preprocessor?
  /// What predicts from features.
  package private(set) var predictor: Predictor
  /// The calibration of the model, or `nil`.
  package let calibration: ModelCalibration?
  /// What the model was made from, and by what.
  package let provenance: Provenance

  /// Collects the parts of a model.
  ///
  /// - Parameters:
  ///   - preprocessor: How raw rows become features, or `nil` when they are features already.
  ///   - predictor: What predicts from as many features.
  ///   - calibration: Its calibration.
  ///   - provenance: What the model was made from.
  /// - Throws: `ModelError` when the numbers of features differ, or a support vector's row is not
  ///   among the training rows.
  package init(
    preprocessor: Preprocessor?, predictor: Predictor, calibration: ModelCalibration? = nil,
    provenance: Provenance
  ) throws(ModelError) {
    if let preprocessor, preprocessor.featureCount != predictor.featureCount {
      throw .inconsistent(
        "the preprocessing makes \(preprocessor.featureCount) features, but the model takes "
          + "\(predictor.featureCount)")
    }
    if let (kernel, featureCount, indices) = predictor.kernelAtTrainingRows {
      try Self.checkSupportIndices(indices, trainingCount: predictor.trainingCount)
      if case .precomputed = kernel {
        guard preprocessor == nil, featureCount == predictor.trainingCount else {
          throw .inconsistent("a precomputed kernel takes one feature for each training row")
        }
      }
      try Self.checkPrecomputedParts(
        kernel, featureCount: featureCount, hasPreprocessor: preprocessor != nil,
        trainingCount: predictor.trainingCount)
    }
    try calibration?.check(predictor)
    try Self.checkClassWeights(provenance.classWeights, predictor)
    self.preprocessor = preprocessor
    self.predictor = predictor
    self.calibration = calibration
    self.provenance = provenance
  }

  private static func checkClassWeights(
    _ weights: [Double]?, _ predictor: Predictor
  ) throws(ModelError) {
    guard let weights else { return }
    guard predictor.classWeights == nil, weights.count == predictor.classifier?.classes.count,
      weights.allSatisfy({ $0 > 0 && $0.isFinite })
    else {
      throw .inconsistent("class weights must be a number greater than 0 for each class")
    }
  }

  /// The same model, with predictions computed in another precision.
  ///
  /// - Parameter precision: The precision of the products; sums are in Double always.
  /// - Returns: The model.
  package func computing(in precision: Precision) -> TabularModel {
    var model = self
    model.predictor = predictor.computing(in: precision)
    return model
  }

  /// Kernel values go into a composite kernel as they are, one for each training row.
  private static func checkPrecomputedParts(
    _ kernel: KernelFunction, featureCount: Int, hasPreprocessor: Bool, trainingCount: Int
  ) throws(ModelError) {
    do throws(KernelError) {
      try kernel.checkComposition(
        featureCount: featureCount, isSparse: false,
        exampleCounts: trainingCount...trainingCount)
    } catch {
      throw .inconsistent(error.description)
    }
    guard !hasPreprocessor || !kernel.hasPrecomputedPart else {
      throw .inconsistent("a precomputed part of a kernel takes no preprocessing")
    }
  }

  private static func checkSupportIndices(
    _ indices: [Int], trainingCount: Int
  ) throws(ModelError) {
    for index in indices where !(0..<trainingCount).contains(index) {
      throw .inconsistent(
        "a support vector is training row \(index), counted from 0, of \(trainingCount)")
    }
    guard Set(indices).count == indices.count else {
      throw .inconsistent("two support vectors are the same training row")
    }
  }
}

extension TabularModel {
  /// Which rows of a file a model was trained on, when these were a sample.
  package struct Sampling: Sendable, Equatable {
    /// The number of rows in the sample.
    package let rowCount: Int
    /// The number of rows of the file.
    package let fileRowCount: Int
    /// What decided which rows were taken.
    package let seed: UInt64

    /// Collects the numbers; `1 ≤ rowCount ≤ fileRowCount`.
    package init(rowCount: Int, of fileRowCount: Int, seed: UInt64) {
      self.rowCount = rowCount
      self.fileRowCount = fileRowCount
      self.seed = seed
    }
  }

  /// What a model was made from, and by what.
  package struct Provenance: Sendable, Equatable {
    /// The SHA-256 of the training data as it was read, 64 hexadecimal digits, or `nil` when it is
    /// not known.
    package var dataDigest: String?
    /// The number of rows that were left out of training because a value was missing.
    package var skippedRowCount: Int
    /// The number of rows that were left out of training because their weight is 0.
    package var zeroWeightRowCount: Int
    /// What training rows of each class counted, in the order of the classes, where the predictor does
    /// not keep it; see ``TabularModel/classWeights``.
    package var classWeights: [Double]?
    /// The number of folds that the calibration was learned from, or `nil` without one.
    package var calibrationFoldCount: Int?
    /// The units that a regression was solved in, or `nil` for those of the target.
    package var targetScaling: TargetScaling?
    /// Which rows of the data the model was trained on, or `nil` for all.
    package var sampling: Sampling?
    /// What the model was trained with, or `nil` when it is not known.
    ///
    /// The same data trained with it gives the same model.
    package var configuration: TrainingConfiguration?
    /// The version of this toolkit that trained the model.
    package var programVersion: String

    /// Collects the parts.
    ///
    /// - Parameters:
    ///   - dataDigest: 64 hexadecimal digits in lower case, or `nil`.
    ///   - skippedRowCount: At least 0.
    ///   - zeroWeightRowCount: At least 0.
    ///   - classWeights: Positive finite numbers, one for each class, or `nil`.
    ///   - calibrationFoldCount: At least 2, or `nil`.
    ///   - targetScaling: The units that a regression was solved in.
    ///   - sampling: Which rows of the data the model was trained on.
    ///   - configuration: What the model was trained with.
    ///   - programVersion: The version of the toolkit that trained the model.
    package init(
      dataDigest: String? = nil, skippedRowCount: Int = 0, zeroWeightRowCount: Int = 0,
      classWeights: [Double]? = nil, calibrationFoldCount: Int? = nil,
      targetScaling: TargetScaling? = nil, sampling: Sampling? = nil,
      configuration: TrainingConfiguration? = nil, programVersion: String = toolkitVersion
    ) {
      self.dataDigest = dataDigest
      self.skippedRowCount = skippedRowCount
      self.zeroWeightRowCount = zeroWeightRowCount
      self.classWeights = classWeights
      self.calibrationFoldCount = calibrationFoldCount
      self.targetScaling = targetScaling
      self.sampling = sampling
      self.configuration = configuration
      self.programVersion = programVersion
    }
  }

  /// What predicts from features, to be cast to its type: a `SupportVectorClassifier`,
  /// `SupportVectorRegressor`, `QuantileRegressor`, `NoveltyDetector`, `LeastSquaresClassifier`,
  /// `KernelRidgeRegressor`, `KernelDiscriminant` or `KernelPrincipalComponents`; for a model in the
  /// weights of features `any Classifier` or `any Regressor`.
  public var machine: any Sendable { predictor.model }

  /// Where the label of two classes changes when the model has probabilities: the later class is predicted
  /// of decision values above it; `nil` for other models.
  public var decisionThreshold: Double? {
    if case .classes(let calibration) = calibration { calibration.threshold } else { nil }
  }

  /// The column that is predicted, or `nil` when the training data names none.
  public var targetName: String? { preprocessor?.targetName }

  /// The column that said how much each training row counted, or `nil` when all had equal weight.
  package var weightName: String? {
    if case .table(let preprocessor) = preprocessor { preprocessor.weight } else { nil }
  }

  /// The same model with another answer to categories that did not occur in training.
  ///
  /// - Parameter unseen: What is done about them, or `nil` for what the model says.
  /// - Returns: The model.
  package func replacing(unseen: UnseenCategoryPolicy?) -> TabularModel {
    guard let unseen, case .table(let preprocessor) = preprocessor else { return self }
    return TabularModel(
      unchecked: .table(preprocessor.replacing(unseen: unseen)), predictor, calibration, provenance)
  }

  private init(
    unchecked preprocessor: Preprocessor, _ predictor: Predictor,
    _ calibration: ModelCalibration?, _ provenance: Provenance
  ) {
    self.preprocessor = preprocessor
    self.predictor = predictor
    self.calibration = calibration
    self.provenance = provenance
  }

  /// The class names in order, or `nil` for a model that does not predict classes.
  public var classes: [String]? { predictor.classifier?.classes }

  /// The weight of each class's training rows, in the order of the classes; `nil` when all are
  /// equal.
  package var classWeights: [Double]? { predictor.classWeights ?? provenance.classWeights }
}
