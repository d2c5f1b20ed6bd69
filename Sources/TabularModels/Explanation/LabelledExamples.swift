import Evaluation
import LinearAlgebra
import SupportVectors
import Tables

/// Rows as a model sees them, with what is true of them: what importance and dependence are measured on.
public struct LabelledExamples: Sendable {
  /// What is true of the rows.
  package enum Truth: Sendable, Equatable {
    /// The class of each row as an index into the model's classes; `nil` for one that it does not know.
    case classes([Int?])
    /// A number for each row.
    case numbers([Double])
    /// Nothing that the model predicts.
    case none
  }

  /// One row of features for each row.
  package let features: FeatureMatrix
  /// What is true of them.
  package let truth: Truth
  /// The weight of each row, or `nil` if all are equal.
  package let weights: [Double]?

  /// The number of rows.
  package var count: Int { features.rowCount }

  init(features: FeatureMatrix, truth: Truth, weights: [Double]?) {
    self.features = features
    self.truth = truth
    self.weights = weights
  }

  /// Makes examples of a table or of LIBSVM text.
  ///
  /// - Parameters:
  ///   - data: Rows with the columns that the model was trained on, its target among them.
  ///   - model: What prepares the rows, and what is to be explained.
  ///   - limit: The largest number of rows to take, at random; `nil` for all.
  ///   - seed: Decides which rows.
  ///   - modelName: What messages call the model.
  /// - Throws: `TableError`, ``TabularError`` or `ModelError` when the data does not fit the model.
  public init(
    _ data: TrainingData, for model: TabularModel, limit: Int? = nil, seed: UInt64 = 0,
    modelName: String = "model"
  ) throws {
    let found = try model.examples(data, modelName: modelName)
    var truth = Truth.none
    if let target = found.target {
      switch (model.predictor.task, target.values) {
      case (.classification, _):
        let labels = TargetClasses(target, rows: found.rows)
        let index = ClassIndex(names: model.classes ?? [])
        let known = labels.names.map(index.code(for:))
        truth = .classes(labels.codes.map { known[$0] })
      case (.regression, .numbers(let numbers)):
        truth = .numbers(found.rows.map { numbers[$0] })
      case (.regression, .categories):
        throw TabularError(.textTarget(file: data.file, column: target.name))
      case (.novelty, _), (.components, _): truth = .none
      }
    }
    let all = LabelledExamples(features: found.features, truth: truth, weights: found.weights)
    self = limit.map { all.sampled($0, seed: seed) } ?? all
  }

  /// A random sample of at most this many rows.
  ///
  /// - Parameters:
  ///   - limit: The number of rows, at least 1.
  ///   - seed: Decides which.
  /// - Returns: The rows, in their order.
  package func sampled(_ limit: Int, seed: UInt64 = 0) -> LabelledExamples {
    precondition(limit >= 1, "a sample must have a row, but the limit is \(limit)")
    guard count > limit else { return self }
    var rows = Array(0..<count)
    var generator = SeededGenerator(seed: seed)
    generator.shuffle(&rows)
    let kept = rows[..<limit].sorted()
    let truth: Truth =
      switch truth {
      case .classes(let codes): .classes(kept.map { codes[$0] })
      case .numbers(let numbers): .numbers(kept.map { numbers[$0] })
      case .none: .none
      }
    return LabelledExamples(
      features: features.gatheringRows(kept), truth: truth,
      weights: weights.map { weights in kept.map { weights[$0] } })
  }
}
