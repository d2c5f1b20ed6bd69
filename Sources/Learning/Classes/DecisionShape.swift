import LinearAlgebra

/// What the columns of a classifier's decision values stand for.
package enum DecisionShape: String, Sendable, CaseIterable {
  /// Two classes, one column; a value above 0 favours the later class.
  case binary
  /// One column for each pair of classes, (0,1), (0,2), …, (1,2), …; a value above 0 favours the later
  /// class of the pair.
  case pairs
  /// One column for each class; the largest value wins.
  case perClass

  /// The number of pairs of classes, k (k − 1) / 2.
  ///
  /// - Parameter classCount: The number of classes k, below 2³¹.
  /// - Returns: The number of pairs.
  package static func pairCount(of classCount: Int) -> Int { classCount * (classCount - 1) / 2 }

  /// The number of columns.
  ///
  /// - Parameter classCount: The number of classes, at least 1.
  /// - Returns: The number of columns, or `nil` when that many classes do not have this shape:
  ///   `binary` is for two alone.
  package func columnCount(classCount: Int) -> Int? {
    // 2³¹ classes have more pairs than there is memory for; below that the product is safe.
    guard classCount >= 1, classCount < 1 << 31 else { return nil }
    return switch self {
    case .binary: classCount == 2 ? 1 : nil
    case .pairs: Self.pairCount(of: classCount)
    case .perClass: classCount
    }
  }

  /// Puts the decision values of a model that knows some of the classes into the columns of all.
  ///
  /// A model that was trained without a fold's rows may not know a class that had its rows there.
  ///
  /// - Parameters:
  ///   - values: m rows of that model's decision values, in this shape for its classes. With two
  ///     known classes, pairs have the one column of two classes; with one, they have none.
  ///   - knownClasses: The classes that the model knows, ascending, each in `0 ..< classCount`.
  ///   - classCount: The number of all classes.
  /// - Returns: m rows in this shape for all classes, NaN where the model has no value.
  package func spread(
    _ values: Matrix<Double>, knownClasses: [Int], classCount: Int
  ) -> Matrix<Double> {
    precondition(
      zip(knownClasses, knownClasses.dropFirst()).allSatisfy { $0 < $1 }
        && (knownClasses.first ?? 0) >= 0 && (knownClasses.last ?? 0) < classCount,
      "the known classes must ascend from 0 to below \(classCount), but are \(knownClasses)")
    guard let width = columnCount(classCount: classCount) else {
      preconditionFailure("\(classCount) classes have no \(rawValue) decision values")
    }
    let targets = columns(knownClasses, classCount: classCount)
    precondition(
      values.columnCount == targets.count,
      "there are \(values.columnCount) decision values for \(knownClasses.count) known classes")
    var spread = [Double](repeating: .nan, count: values.rowCount * width)
    for row in 0..<values.rowCount {
      for (source, target) in targets.enumerated() {
        spread[row * width + target] = values[row, source]
      }
    }
    return Matrix(rowCount: values.rowCount, columnCount: width) { spread[$0 * width + $1] }
  }

  /// The columns that the values of some classes belong in.
  private func columns(_ known: [Int], classCount: Int) -> [Int] {
    switch self {
    case .binary: return known.count == 2 ? [0] : []
    case .perClass: return known
    case .pairs:
      let all = ClassProblems(self, classCount: classCount)
      return ClassProblems(self, classCount: known.count).map { problem in
        all.position(known[problem.negative ?? 0], known[problem.positive])
      }
    }
  }
}
