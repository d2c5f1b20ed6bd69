import Basics
import Evaluation
import ModelFiles
import Tables
import TabularModels

// How rows are spread over the classes, and what that means for the figures: the same lines and the same
// keys in every command that measures classes.

extension ClassBalance {
  /// `2 classes (no 91.4 %, yes 8.6 %)`.
  var text: String {
    let parts = zip(classNames, shares).map { name, share in
      "\(MessageText.plain(name)) \(Self.percent(share))"
    }
    return "\(Text.count(classNames.count, "class", plural: "classes")) (\(Text.list(parts)))"
  }

  /// A share as a percentage that shows also small ones.
  static func percent(_ share: Double) -> String {
    let value = share * 100
    return Text.significant(value, value >= 10 && value <= 90 ? 3 : 2) + " %"
  }

  /// The keys next to `classes`: rows and shares in the order of the classes.
  var members: [JSONValue.Member] {
    [
      .init("classRows", .array(rowCounts.map(JSONValue.integer))),
      .init("classShares", .array(shares.map(JSONValue.finite))),
    ]
  }

  /// The same keys where no classes are predicted.
  static func members(_ balance: ClassBalance?) -> [JSONValue.Member] {
    balance?.members ?? [.init("classRows", .null), .init("classShares", .null)]
  }
}

/// What a reader of an accuracy should know, and what to do about it.
struct ClassHints {
  /// What is wrong with the predictions, if anything.
  let imbalance: ClassImbalance?
  /// The figures that the sentence quotes.
  let measurement: Measurement?
  /// How the rows are spread over the classes.
  let balance: ClassBalance?
  /// Whether classes were weighted in training.
  let isWeighted: Bool
  /// Whether parameters were searched by a metric that an unbalanced set deceives.
  var searchesAccuracy = false

  /// Sentences that begin with their kind, `warning: ` or `note: `.
  var lines: [String] { spellingLines + imbalanceLines }

  /// The same for a page, after what part of the rows each class has.
  var sentences: [String] {
    (balance.map { ["\($0.text)."] } ?? []) + lines.map(ColumnNotes.sentence)
  }

  /// Classes that may be one class in several spellings.
  private var spellingLines: [String] {
    (balance?.lookalikes ?? []).map {
      "note: \(MessageText.list($0)) differ only in upper and lower case; each is a separate class"
    }
  }

  private var imbalanceLines: [String] {
    guard let imbalance else { return [] }
    switch imbalance {
    case .constant(let name):
      return [
        "warning: every row is predicted as \(MessageText.quoted(name))\(comparison); \(advice)"
      ]
    case .nearlyConstant(let name):
      return [
        "warning: nearly every row is predicted as \(MessageText.quoted(name))\(comparison); \(advice)"
      ]
    case .unbalanced(let rarest):
      // A user who weighted the classes knows.
      if isWeighted && !searchesAccuracy { return [] }
      let share = balance.flatMap { balance in
        balance.classNames.firstIndex(of: rarest).map { ClassBalance.percent(balance.shares[$0]) }
      }
      return [
        "note: classes are unbalanced (\(MessageText.quoted(rarest)) has "
          + "\(share ?? "a small part") of the rows), which accuracy hides; \(advice)"
      ]
    }
  }

  /// The sentences for a report for programs.
  var json: JSONValue { .strings(lines) }

  private var comparison: String {
    guard case .classes(let confusion)? = measurement?.counts, let accuracy = confusion.accuracy,
      let majority = confusion.majorityAccuracy
    else { return "" }
    return ", so accuracy \(Text.significant(accuracy, 4)) is "
      + (accuracy > majority ? "hardly" : "no") + " better than "
      + "\(Text.significant(majority, 4)), which a constant prediction reaches"
  }

  private var advice: String {
    let search = "svm tune --metric balanced-accuracy tunes the parameters for every class"
    if isWeighted { return search }
    return "training with --class-weight balanced gives all classes the same weight, and "
      + (searchesAccuracy ? "--metric balanced-accuracy compares models that way" : search)
  }
}
