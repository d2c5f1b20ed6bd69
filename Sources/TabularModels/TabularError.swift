import Basics
import Kernels
import Tables

/// Data that does not fit what is asked of it, beyond what is wrong with the data itself:
/// ``description`` says what was found and what was expected.
public struct TabularError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What was found and what was expected, as fields.
  package let reason: Reason

  package init(_ reason: Reason) { self.reason = reason }

  /// One sentence that says what was found and what was expected.
  public var description: String { reason.description }

  /// Whether other parameters of the method may do.
  package var isAboutParameters: Bool {
    if case .nuOfFold = reason { true } else { false }
  }
}

extension TabularError {
  /// What can be wrong.
  package enum Reason: Equatable, Sendable {
    /// The target's values are mostly different, as the names of rows are.
    case targetNamesRows(file: String, column: String, rows: Int, isNumeric: Bool)
    /// A regression needs numbers, but the target's values are texts.
    case textTarget(file: String, column: String)
    /// A regression's target spreads so widely, or so little, that squares of its values
    /// are not finite or vanish.
    case targetSpread(file: String, column: String, deviation: Double)
    /// A formulation learns something else than the task.
    case formulation(Formulation, task: LearningTask)
    /// The target names one class, and the formulation needs two.
    case oneClass(file: String, name: String, formulation: Formulation)
    /// ν is too large for the classes of a fold, which may have fewer rows there than in the table.
    case nuOfFold(nu: Double, largest: Double, classes: [String])
    /// No row is left that a model could be measured on; `skipped` rows were left out.
    case noRowsToMeasure(file: String, skipped: Int)
    /// A table was given where the model takes LIBSVM text, or the other way round.
    case formatMismatch(file: String, model: String, modelTakesTable: Bool)
    /// The model holds no preprocessing: its rows are features that a program makes.
    case noPreprocessing(model: String)
    /// The model has no calibration.
    case noCalibration(model: String, wanted: String)
    /// What was requested is of another kind of model: probabilities of numbers, intervals
    /// of classes.
    case otherCalibration(model: String, task: LearningTask, wanted: String)
    /// The model finds components, and predicts nothing that could be right or wrong.
    case nothingToMeasure(model: String)
    /// The model keeps no dual variables, from which a certificate could be computed.
    case noDualVariables(model: String, formulation: Formulation)
    /// Another program trained the model, and its file records nothing about the training.
    case trainedElsewhere(model: String)
    /// The data has another number of rows than the model was trained on.
    case rowCount(file: String, found: Int, model: String, expected: Int)
    /// The data names other classes than the model was trained on.
    case classes(file: String, found: [String], model: String, expected: [String])
    /// The prediction of a row is not a finite number.
    case overflow(file: String, line: Int, model: String)
    /// The model's kernel is not defined for the features of a row.
    case kernel(file: String, line: Int, KernelError)
    /// The data lacks the column that the model predicts.
    case noTarget(file: String, model: String, name: String?)
    /// What is asked for is computed in one process, but there are several ranks.
    case oneProcess(what: String, ranks: Int, remedy: String)
  }
}

extension TabularError {
  /// Why a model without a calibration cannot give something that was requested.
  ///
  /// - Parameters:
  ///   - wanted: What was requested.
  ///   - tasks: The tasks whose models can give it after a calibration.
  ///   - model: How messages call the model.
  ///   - task: What the model learned.
  /// - Returns: That training learned no calibration, or that there is none for such models.
  static func withoutCalibration(
    _ wanted: String, of tasks: [LearningTask], model: String, _ task: LearningTask
  ) -> TabularError {
    tasks.contains(task)
      ? TabularError(.noCalibration(model: model, wanted: wanted))
      : TabularError(.otherCalibration(model: model, task: task, wanted: wanted))
  }
}

extension TabularError {
  /// The same error with the file and line of one of several files in place of those of the whole text.
  func located(in places: SourcePlaces) -> TabularError {
    switch reason {
    case .overflow(_, let line, let model):
      let place = places.position(line: line, column: 1)
      return TabularError(.overflow(file: place.file, line: place.line, model: model))
    case .kernel(_, let line, let error):
      let place = places.position(line: line, column: 1)
      return TabularError(.kernel(file: place.file, line: place.line, error))
    default: return self
    }
  }
}

extension TabularError.Reason {
  /// One sentence that says what was found and what was expected.
  var description: String {
    switch self {
    case .targetNamesRows(let file, let column, let rows, let isNumeric):
      "\(file): the target \(MessageText.quoted(column)) has more than \(rows / 2) different values "
        + "in \(rows) rows, too many for classes; "
        + (isNumeric ? "predict numbers (--task regression)" : "choose another column (--target)")
        + ", or force classes with --task classification"
    case .textTarget(let file, let column):
      "\(MessageText.path(file)): the target \(MessageText.quoted(column)) is text; a regression needs numbers"
    case .targetSpread(let file, let column, let deviation):
      "\(MessageText.path(file)): the target \(MessageText.quoted(column)) has a standard deviation of "
        + "about \(Self.magnitude(deviation)), too \(deviation > 1 ? "large" : "small") to compute with; give it in other units, so that the deviation lies between 1e-140 and 1e140"
    case .formulation(let formulation, let task):
      "formulation \(formulation.rawValue) is for \(formulation.task.rawValue), "
        + "but the task is \(task.rawValue)"
    case .oneProcess(let what, let ranks, let remedy):
      "\(what) trains in one process, but this is one of \(ranks) ranks; \(remedy)"
    case .oneClass(let file, let name, let formulation):
      "\(file): the target holds 1 class (\(MessageText.quoted(name))); \(formulation.rawValue) needs at "
        + "least 2"
    case .nuOfFold(let nu, let largest, let classes):
      "nu: must be at most \(NumberText.shortest(largest)) for the classes "
        + "\(classes.map(MessageText.quoted).joined(separator: " and ")) in a fold, which has fewer rows than "
        + "the table, but is \(NumberText.shortest(nu))"
    case .noRowsToMeasure(let file, let skipped):
      skipped == 0
        ? "\(file): no rows to measure on"
        : "\(file): no rows to measure on: \(MessageText.count(skipped, "row")) with missing "
          + "values left out"
    case .formatMismatch(let file, let model, let modelTakesTable):
      modelTakesTable
        ? "\(MessageText.path(file)) is LIBSVM text, but model \(MessageText.path(model)) was trained on a table"
        : "\(MessageText.path(file)) is a table, but model \(MessageText.path(model)) was trained on LIBSVM text"
    case .noPreprocessing(let model):
      "model \(MessageText.path(model)) takes features computed by a program, not rows of a file"
    case .noCalibration(let model, let wanted):
      "model \(MessageText.path(model)) has no \(wanted); 'svm train --probability' makes one that has"
    case .otherCalibration(let model, let task, let wanted):
      switch task {
      case .regression:
        "model \(MessageText.path(model)) predicts numbers, which have no \(wanted); '--interval 0.9' adds intervals"
      case .classification, .novelty:
        "model \(MessageText.path(model)) predicts \(task == .novelty ? "inliers and outliers" : "classes"), which have "
          + "no \(wanted); '--probability' gives their probabilities"
      case .components: "model \(MessageText.path(model)) finds components, which have no \(wanted)"
      }
    case .nothingToMeasure(let model):
      "model \(MessageText.path(model)) finds components and makes no predictions to measure"
    case .noDualVariables(let model, let formulation):
      "model \(MessageText.path(model)) keeps no dual variables to verify: this \(formulation.rawValue) was solved in the "
        + "weights of features, or as a system of equations"
    case .trainedElsewhere(let model):
      "model \(model) was trained by another program, which does not say on which rows, nor how well"
    case .rowCount(let file, let found, let model, let expected):
      "\(MessageText.path(file)) has \(MessageText.count(found, "row")) without missing values, "
        + "but model \(MessageText.path(model)) was trained on \(expected)"
    case .classes(let file, let found, let model, let expected):
      "\(MessageText.path(file)) has the classes \(MessageText.list(found)), "
        + "but model \(MessageText.path(model)) was trained on \(MessageText.list(expected))"
    case .kernel(let file, let line, let error): "\(file):\(line): \(error)"
    case .overflow(let file, let line, let model):
      "\(MessageText.path(file)):\(line): the values of this row are so large that its prediction by model "
        + "\(MessageText.path(model)) is not a finite number; correct them, or leave the row out"
    case .noTarget(let file, let model, let name):
      "\(MessageText.path(file)) lacks the column that model \(MessageText.path(model)) predicts"
        + (name.map { ", \(MessageText.quoted($0))" } ?? "")
    }
  }

  /// A number by its order of magnitude, such as `1e299`.
  private static func magnitude(_ number: Double) -> String {
    let decimalsOfABit = 0.30103
    return "1e\(Int((Double(number.exponent) * decimalsOfABit).rounded()))"
  }
}
