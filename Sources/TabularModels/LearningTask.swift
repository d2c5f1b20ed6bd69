import Basics
import Tables

/// What a model is to learn from a target.
public enum LearningTask: String, Sendable, CaseIterable {
  /// Which of some classes a row belongs to.
  case classification
  /// A number.
  case regression
  /// Whether a row is like those of the training data.
  case novelty = "one-class"
  /// Coordinates that separate rows; nothing is predicted.
  case components

  /// Whether a column holds what is to be predicted.
  package var hasTarget: Bool { self == .classification || self == .regression }
}

/// What a user asks for, in a word: a task, or the one that fits the target.
package enum TaskChoice: String, Sendable, CaseIterable {
  /// The task that fits the target; see ``TaskDecision``.
  case auto
  /// Classification, also of numbers.
  case classification
  /// Regression; the target must be numbers.
  case regression
  /// Telling rows apart from those that are unlike the training data, which need no target.
  case novelty = "one-class"
  /// Finding coordinates for rows, which need no target.
  case components
}

extension TaskChoice {
  /// The choice of a task; `nil` is the one that fits.
  package init(_ task: LearningTask?) {
    switch task {
    case nil: self = .auto
    case .classification: self = .classification
    case .regression: self = .regression
    case .novelty: self = .novelty
    case .components: self = .components
    }
  }

  /// The task, unless it is to be found in the data.
  package var task: LearningTask? {
    switch self {
    case .auto: nil
    case .classification: .classification
    case .regression: .regression
    case .novelty: .novelty
    case .components: .components
    }
  }
}

/// The task that was chosen, and why: a choice made for the user is reported to the user.
public struct TaskDecision: Sendable, Equatable {
  /// The task.
  public let task: LearningTask
  /// Why it was chosen, such as `the target is text`.
  public let reason: String

  /// At most this many different whole numbers are treated as the names of classes.
  package static let maximumWholeNumberClasses = 10

  /// Up to this many classes may each have a single row.
  private static let fewClasses = 20

  /// Rejects a target whose values are mostly different: it names rows, or is a number
  /// that was meant to be predicted as one.
  private static func checkClasses(
    _ target: TableColumn, isLIBSVM: Bool, file: String
  ) throws(TabularError) {
    let present = target.rowCount - target.missingCount
    let classes = target.distinctValueCount(upTo: max(present / 2, fewClasses) + 1)
    guard classes > fewClasses, classes > present / 2 else { return }
    throw TabularError(
      .targetNamesRows(
        file: file, column: target.name, rows: present, isNumeric: target.isNumeric))
  }

  /// Decides on a task.
  ///
  /// Of a table's column, text or at most `maximumWholeNumberClasses` different whole numbers mean
  /// classification. The labels of LIBSVM text mean classification whenever they are whole
  /// numbers, however many: that is how files in that format are meant.
  ///
  /// - Parameters:
  ///   - choice: What the user asked for.
  ///   - target: The column to be predicted.
  ///   - chosen: What the user takes the column for: categories mean classification, numbers
  ///     regression.
  ///   - isLIBSVM: Whether it holds the labels of LIBSVM text.
  ///   - file: What messages call the data.
  /// - Throws: ``TabularError`` when a regression's target is text, and when nobody asked for classes and
  ///   more than half of the rows would have a separate one.
  package init(
    _ choice: TaskChoice, target: TableColumn?, chosen: ColumnChoices.Kind? = nil, isLIBSVM: Bool,
    file: String
  ) throws(TabularError) {
    guard let target else {
      // Only a task that has no use for a target does without.
      self.init(choice.task ?? .novelty, "as requested")
      return
    }
    switch choice {
    case .classification, .novelty, .components:
      self.init(choice.task ?? .classification, "as requested")
    case .regression:
      guard target.isNumeric else {
        throw TabularError(.textTarget(file: file, column: target.name))
      }
      self.init(.regression, "as requested")
    case .auto:
      let limit = Self.maximumWholeNumberClasses
      let distinct = target.distinctValueCount(upTo: limit + 1)
      if chosen == .category {
        self.init(.classification, "the target is treated as categories")
      } else if chosen == .numeric {
        guard target.isNumeric else {
          throw TabularError(.textTarget(file: file, column: target.name))
        }
        self.init(.regression, "the target is treated as numbers")
      } else if !target.isNumeric {
        try Self.checkClasses(target, isLIBSVM: isLIBSVM, file: file)
        self.init(.classification, "the target is text")
      } else if !target.holdsWholeNumbers {
        self.init(.regression, "the target has decimals")
      } else if isLIBSVM {
        try Self.checkClasses(target, isLIBSVM: isLIBSVM, file: file)
        self.init(.classification, "the labels are whole numbers")
      } else if distinct <= limit {
        self.init(
          .classification,
          "the target has \(MessageText.count(distinct, "different whole number"))")
      } else {
        self.init(.regression, "the target has more than \(limit) different numbers")
      }
    }
  }

  init(_ task: LearningTask, _ reason: String) {
    self.task = task
    self.reason = reason
  }
}
