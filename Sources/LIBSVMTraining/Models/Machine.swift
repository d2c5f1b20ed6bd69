import Kernels
import LinearAlgebra
import SMOSolver
import SupportVectors

/// A trained machine, or one that was made of a stored model: what computes decision values.
///
/// Decision values are in LIBSVM's order and have its signs: of classes i < j in the order of `labels`, i
/// is the positive one.
package struct Machine: Sendable {
  /// In this module's own order of classes, whose later one of a pair is positive.
  package let expansion: KernelExpansion
  /// The index of the first feature of the expansion.
  let firstIndex: Int32
  /// LIBSVM's labels, in its order; `nil` for regression and one-class.
  package let labels: [Int32]?
  /// For each of our classes its place among `labels`.
  let place: [Int]
  /// For each of LIBSVM's pairs the output of the expansion that it is, and its sign.
  private let outputs: [(index: Int, sign: Double)]
  /// How the problems were solved, in the order of LIBSVM's pairs; empty for a caller's model.
  package let reports: [ProblemReport]
  /// Half the width of a regression's tube, where it was found by training.
  let epsilon: Double?

  /// Wraps what was trained, or what a caller's model holds.
  ///
  /// - Parameters:
  ///   - expansion: The numbers in our order.
  ///   - firstIndex: The index of the first feature, 0 or 1.
  ///   - labels: LIBSVM's labels in its order.
  ///   - place: For each of our classes its place among `labels`.
  ///   - reports: One for each output of the expansion, or none.
  ///   - epsilon: Half the width of a regression's tube.
  package init(
    expansion: KernelExpansion, firstIndex: Int32, labels: [Int32]?, place: [Int] = [],
    reports: [ProblemReport] = [], epsilon: Double? = nil
  ) {
    self.firstIndex = firstIndex
    self.epsilon = epsilon
    self.expansion = expansion
    self.labels = labels
    self.place = place
    guard let labels else {
      outputs = [(0, 1)]
      self.reports = reports
      return
    }
    var outputs = [(index: Int, sign: Double)](
      repeating: (0, 1), count: DecisionShape.pairCount(of: labels.count))
    var index = 0
    for earlier in place.indices {
      for later in place.indices.dropFirst(earlier + 1) {
        let (first, second) = (place[earlier], place[later])
        let pair = Self.pairIndex(min(first, second), max(first, second), of: labels.count)
        outputs[pair] = (index, second < first ? 1 : -1)
        index += 1
      }
    }
    self.outputs = outputs
    self.reports = reports.isEmpty ? [] : outputs.map { reports[$0.index] }
  }

  /// The place of a pair in the order (0,1), (0,2), …, (1,2), ….
  static func pairIndex(_ first: Int, _ second: Int, of count: Int) -> Int {
    first * (2 * count - first - 1) / 2 + second - first - 1
  }

  /// The number of decision values of an example.
  package var outputCount: Int { outputs.count }

  /// Σ rho is subtracted where our biases are added.
  package var rho: [Double] { outputs.map { -$0.sign * expansion.biases[$0.index] + 0 } }

  /// The support vectors in LIBSVM's order, class by class: their places in the expansion.
  package var order: [Int] {
    guard labels != nil else { return Array(expansion.supportIndices.indices) }
    var groups = [[Int]](repeating: [], count: place.count)
    var begin = 0
    for (group, count) in expansion.supportCounts.enumerated() {
      groups[place[group]] = Array(begin..<(begin + count))
      begin += count
    }
    return groups.flatMap { $0 }
  }

  /// The number of support vectors of each of LIBSVM's classes.
  package var supportCounts: [Int] {
    var counts = [Int](repeating: 0, count: place.count)
    for (group, count) in expansion.supportCounts.enumerated() { counts[place[group]] = count }
    return counts
  }

  /// LIBSVM's coefficients, max(1, classes − 1) rows, with the columns of `order`.
  ///
  /// A support vector of class i has its coefficient against class j in row j − 1 for j > i, else in row j.
  package var coefficients: [[Double]] {
    let ours = expansion.dualCoefficients
    let order = order
    guard let labels, labels.count > 1 else {
      return labels == nil ? [order.map { ours[0, $0] }] : []
    }
    var rows = [[Double]](
      repeating: [Double](repeating: 0, count: order.count), count: labels.count - 1)
    let counts = supportCounts
    var ourClass = [Int](repeating: 0, count: place.count)
    for (group, position) in place.enumerated() { ourClass[position] = group }
    var column = 0
    for (own, count) in counts.enumerated() {
      for _ in 0..<count {
        for other in counts.indices where other != own {
          let (mine, theirs) = (ourClass[own], ourClass[other])
          let pair = Self.pairIndex(min(own, other), max(own, other), of: counts.count)
          rows[other > own ? other - 1 : other][column] =
            outputs[pair].sign * ours[theirs > mine ? theirs - 1 : theirs, order[column]] + 0
        }
        column += 1
      }
    }
    return rows
  }

  /// Decision values of n examples, n × `outputCount`.
  package func decisionValues(_ features: FeatureMatrix) throws(LIBSVMError) -> Matrix<Double> {
    do {
      let ours = try expansion.decisionValues(features)
      return Matrix(rowCount: ours.rowCount, columnCount: outputs.count) {
        outputs[$1].sign * ours[$0, outputs[$1].index]
      }
    } catch {
      throw .failed(error.description)
    }
  }

  /// LIBSVM's decision values from those of the expansion.
  func ordered(_ values: [Double]) -> [Double] {
    outputs.map { $0.sign * values[$0.index] }
  }

  /// The label that most pairs vote for, the first of equals.
  package func label(_ decisions: some Collection<Double>) -> Double {
    guard let labels else { return decisions.first ?? 0 }
    var votes = [Int](repeating: 0, count: labels.count)
    var values = decisions.makeIterator()
    for first in labels.indices {
      for second in labels.indices.dropFirst(first + 1) {
        votes[(values.next() ?? 0) > 0 ? first : second] += 1
      }
    }
    var winner = 0
    for place in votes.indices where votes[place] > votes[winner] { winner = place }
    return Double(labels[winner])
  }
}
