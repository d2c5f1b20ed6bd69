import Basics
import LinearAlgebra
import ModelFiles
import Tables
import TabularModels

/// The terms of texts that weigh most in a linear model: d(x) = Σ wⱼ xⱼ + b, with wⱼ the weight of
/// feature j.
struct StrongestTerms {
  /// A term and its weight.
  struct Term {
    let name: String
    let weight: Double
  }

  /// The terms that speak most for the earlier class, or for a small number; strongest first.
  let negative: [Term]
  /// The terms that speak most for the later class, or for a large number; strongest first.
  let positive: [Term]

  /// As many terms are shown on each side.
  private static let count = 10

  /// Finds the terms; `nil` unless the model is one linear function of terms that have names.
  init?(_ model: TabularModel) {
    guard let expansion = model.predictor.expansion, expansion.kernel.isInnerProduct,
      expansion.biases.count == 1,
      case .table(let preprocessor) = model.preprocessor
    else { return nil }
    let weights = Self.weights(
      expansion.supportVectors, expansion.dualCoefficients.row(0), count: expansion.featureCount)
    let hasSeveral = preprocessor.inputs.count { $0.kind.vectorizer != nil } > 1
    var terms: [(feature: Int, weight: Double)] = []
    var first = 0
    var names: [Int: (TextVectorizer, start: Int, prefix: String)] = [:]
    for (index, input) in preprocessor.inputs.enumerated() {
      let features = first..<first + input.featureCount
      first = features.upperBound
      guard let vectorizer = input.kind.vectorizer, vectorizer.options.bucketCount == nil else {
        continue
      }
      names[index] = (vectorizer, features.lowerBound, hasSeveral ? "\(input.name):" : "")
      for feature in features where weights[feature] != 0 {
        terms.append((feature, weights[feature]))
      }
    }
    guard !terms.isEmpty else { return nil }
    // Of equally strong terms, the first feature.
    terms.sort {
      $0.weight.magnitude != $1.weight.magnitude
        ? $0.weight.magnitude > $1.weight.magnitude : $0.feature < $1.feature
    }
    let name = { (feature: Int) -> String in
      for (vectorizer, start, prefix) in names.values
      where (start..<start + vectorizer.featureCount).contains(feature) {
        return prefix + (vectorizer.term(feature - start) ?? "")
      }
      return ""
    }
    func strongest(_ isChosen: (Double) -> Bool) -> [Term] {
      terms.filter { isChosen($0.weight) }.prefix(Self.count).map {
        Term(name: name($0.feature), weight: $0.weight)
      }
    }
    negative = strongest { $0 < 0 }
    positive = strongest { $0 > 0 }
  }

  /// w = Σ coefᵢ xᵢ over the support vectors.
  private static func weights(
    _ vectors: FeatureMatrix, _ coefficients: [Double], count: Int
  ) -> [Double] {
    var weights = [Double](repeating: 0, count: count)
    for (row, coefficient) in coefficients.enumerated() {
      switch vectors {
      case .dense(let matrix):
        matrix.withRow(row) { values in
          for feature in values.indices { weights[feature] += coefficient * values[feature] }
        }
      case .sparse(let matrix):
        matrix.withRow(row) { columns, values in
          for entry in columns.indices {
            weights[Int(columns[entry])] += coefficient * values[entry]
          }
        }
      }
    }
    return weights
  }

  /// A line for each side, for people.
  func lines(classes: [String]?) -> [(label: String, value: String)] {
    let sides = [
      ("terms for \(classes?.last.map(MessageText.plain) ?? "large values")", positive),
      ("terms for \(classes?.first.map(MessageText.plain) ?? "small values")", negative),
    ]
    return sides.filter { !$0.1.isEmpty }.map { label, terms in
      (
        label,
        terms.map { "\(MessageText.quoted($0.name)) \(Text.significant($0.weight, 3))" }
          .joined(separator: ", ")
      )
    }
  }

  /// The same for programs.
  var json: JSONValue {
    func list(_ terms: [Term]) -> JSONValue {
      .array(terms.map { ["term": .string($0.name), "weight": .finite($0.weight)] })
    }
    return ["positive": list(positive), "negative": list(negative)]
  }
}

extension InputKind {
  /// What makes features of texts, if the column holds texts.
  var vectorizer: TextVectorizer? {
    if case .text(let vectorizer) = self { vectorizer } else { nil }
  }
}

extension TextVectorizer {
  /// `8713 terms of 1 word, tf-idf` or `terms of 2 to 4 characters in 262 144 buckets, counts`.
  var summary: String {
    let (least, most) = (options.lengths.lowerBound, options.lengths.upperBound)
    let lengths = least == most ? "\(least)" : "\(least) to \(most)"
    let isOne = most == 1
    let unit =
      options.unit == .words ? (isOne ? "word" : "words") : (isOne ? "character" : "characters")
    let buckets = options.bucketCount == nil ? "" : " in \(Text.count(featureCount, "bucket"))"
    let terms =
      options.bucketCount == nil ? Text.count(featureCount, "term") : "terms"
    return "\(terms) of \(lengths) \(unit)\(buckets), \(weightsName)"
  }

  /// What terms weigh, as `--text-weights` calls it where it has a word for it.
  var weightsName: String {
    let counting =
      switch options.counting {
      case .count: options.weighsRarity ? "tf" : "counts"
      case .logarithm: options.weighsRarity ? "log-tf" : "log-counts"
      case .presence: "presence"
      }
    return counting + (options.weighsRarity ? "-idf" : "")
  }
}
