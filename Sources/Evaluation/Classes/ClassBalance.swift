/// How the rows are spread over the classes, and what follows for an accuracy.
///
/// An accuracy of 0.91 says little where nine rows in ten belong to one class: always predicting
/// that class is right about as often.
package struct ClassBalance: Sendable, Equatable {
  /// The names of the classes.
  package let classNames: [String]
  /// The number of rows of each class.
  package let rowCounts: [Int]
  /// The summed weight of the rows of each class.
  package let weights: [Double]

  /// Classes are unbalanced when the largest has more than this many times the weight of the smallest:
  /// of two classes, when one has less than a fifth of the rows.
  package static let unbalancedRatio = 4.0

  /// Collects counts.
  ///
  /// - Parameters:
  ///   - classNames: The names of the classes.
  ///   - rowCounts: The number of rows of each class.
  ///   - weights: The summed weight of each class, or `nil` when every row counts 1.
  package init(classNames: [String], rowCounts: [Int], weights: [Double]? = nil) {
    precondition(
      rowCounts.count == classNames.count && weights?.count ?? classNames.count == classNames.count,
      "\(classNames.count) classes, but \(rowCounts.count) counts, \(weights?.count ?? 0) weights")
    self.classNames = classNames
    self.rowCounts = rowCounts
    self.weights = weights ?? rowCounts.map(Double.init)
  }

  /// Counts the rows of each class.
  ///
  /// - Parameters:
  ///   - classNames: The names of the classes.
  ///   - codes: The class of each row, an index into the names.
  ///   - weights: The weight of each row, or `nil` for 1 each.
  package init(classNames: [String], codes: [Int], weights: [Double]? = nil) {
    var counts = [Int](repeating: 0, count: classNames.count)
    var sums = [Double](repeating: 0, count: classNames.count)
    for (row, code) in codes.enumerated() {
      let weight = weights?[row] ?? 1
      guard weight > 0 else { continue }
      counts[code] += 1
      sums[code] += weight
    }
    self.init(classNames: classNames, rowCounts: counts, weights: sums)
  }

  /// The actual classes of the rows that were counted.
  package init(_ confusion: ConfusionMatrix) {
    self.init(
      classNames: confusion.classNames,
      rowCounts: confusion.classNames.indices.map(confusion.actualCount(of:)),
      weights: confusion.classNames.indices.map(confusion.actualWeight(of:)))
  }

  /// The part of the weight that each class has; zeros without rows.
  package var shares: [Double] {
    let total = weights.reduce(0, +)
    return weights.map { total > 0 ? $0 / total : 0 }
  }

  /// The classes that have rows.
  private var present: [Int] { weights.indices.filter { weights[$0] > 0 } }

  /// The class with most weight, the first of equals; `nil` without rows.
  package var mostFrequent: Int? {
    present.max { weights[$0] < weights[$1] || weights[$0] == weights[$1] && $0 > $1 }
  }

  /// The class with least weight among those that have rows, the last of equals; `nil` with fewer than
  /// two classes.
  package var rarest: Int? {
    guard present.count > 1 else { return nil }
    return present.min { weights[$0] < weights[$1] || weights[$0] == weights[$1] && $0 > $1 }
  }

  /// Names of classes that differ in upper and lower case alone, such as `true` and `TRUE`: each is a class,
  /// and likely not meant to be.
  package var lookalikes: [[String]] {
    var groups: [String: [String]] = [:]
    for index in present {
      groups[classNames[index].lowercased(), default: []].append(classNames[index])
    }
    return groups.values.filter { $0.count > 1 }
      .sorted { $0[0].utf8.lexicographicallyPrecedes($1[0].utf8) }
  }

  /// Whether some class is rare next to another.
  package var isUnbalanced: Bool {
    guard let mostFrequent, let rarest else { return false }
    return weights[mostFrequent] > Self.unbalancedRatio * weights[rarest]
  }
}

/// What is wrong with predictions of classes that a plain accuracy hides.
package enum ClassImbalance: Sendable, Equatable {
  /// Every row was predicted as one class, though others occur.
  case constant(class: String)
  /// Nearly every row was: fewer than one in a hundred was predicted as any other class, and less than
  /// half as many as there are.
  case nearlyConstant(class: String)
  /// Classes are unbalanced, and a rare one is not found well, or that was measured on training rows,
  /// which cannot tell.
  case unbalanced(rarest: String)

  /// Looks at predictions.
  ///
  /// - Parameters:
  ///   - confusion: Actual and predicted classes.
  ///   - set: What the rows are.
  /// - Returns: What a reader of the accuracy should know, or `nil`.
  package static func found(in confusion: ConfusionMatrix, on set: Metric.MeasuredSet) -> Self? {
    let balance = ClassBalance(confusion)
    let predicted = confusion.classNames.indices.map { confusion.predictedWeight(of: $0) }
    guard let rarest = balance.rarest,
      let favourite = predicted.indices.max(by: { predicted[$0] < predicted[$1] })
    else { return nil }
    let name = confusion.classNames[favourite]
    if confusion.predictedCount(of: favourite) == confusion.rowCount {
      return .constant(class: name)
    }
    let others = confusion.totalWeight - predicted[favourite]
    let actualOthers = confusion.totalWeight - confusion.actualWeight(of: favourite)
    if others < 0.01 * confusion.totalWeight, others < 0.5 * actualOthers {
      return .nearlyConstant(class: name)
    }
    guard balance.isUnbalanced else { return nil }
    let recalls = confusion.classNames.indices.compactMap(confusion.recall(of:))
    if set != .training, recalls.allSatisfy({ $0 >= 0.9 }) { return nil }
    return .unbalanced(rarest: confusion.classNames[rarest])
  }
}
