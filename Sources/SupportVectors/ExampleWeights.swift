import Kernels
import LinearAlgebra

/// The weights of a training's examples, checked.
///
/// A row of weight 0 is left out: training is the same as without it, except that rows keep their
/// numbers.
package struct ExampleWeights: Sendable {
  /// One for each row, or `nil` when all are 1.
  let values: [Double]?
  /// The rows that training sees, ascending.
  package let rows: [Int]
  /// The number of rows in all.
  let count: Int

  /// Checks weights.
  ///
  /// - Throws: ``TrainingError`` when their number is wrong, one is negative or not finite, or none is
  ///   positive.
  package init(_ values: [Double]?, count: Int) throws(TrainingError) {
    self.values = values
    self.count = count
    guard let values else {
      rows = Array(0..<count)
      return
    }
    guard values.count == count else {
      throw .countMismatch(what: "weights", found: values.count, rows: count)
    }
    if let row = values.firstIndex(where: { !($0 >= 0 && $0.isFinite) }) {
      throw .invalidWeight(row: row, value: values[row])
    }
    rows = values.indices.filter { values[$0] > 0 }
    guard !rows.isEmpty else { throw .noPositiveWeight(rows: count) }
  }

  var excludedCount: Int { count - rows.count }

  subscript(row: Int) -> Double { values?[row] ?? 1 }

  /// The bounds of the rows' dual variables.
  ///
  /// - Parameters:
  ///   - unit: C, or 1.
  ///   - factor: What a row's weight is multiplied by besides, for its class.
  /// - Returns: One bound for each of ``rows``.
  /// - Throws: ``TrainingError/invalidParameter(name:value:expected:)`` when a bound or their sum leaves
  ///   the range of numbers.
  func upperBounds(
    unit: Double, factor: (_ row: Int) -> Double = { _ in 1 }
  ) throws(TrainingError) -> [Double] {
    var total = 0.0
    var bounds: [Double] = []
    bounds.reserveCapacity(rows.count)
    for row in rows {
      let bound = unit * (self[row] * factor(row))
      total += bound
      guard bound > 0, total.isFinite else {
        throw .invalidParameter(
          name: "weights", value: "\(self[row]) in row \(row + 1)",
          expected: "such that its product with C and the sum of all are positive finite numbers")
      }
      bounds.append(bound)
    }
    return bounds
  }

  /// The examples that training sees, with the kernel among them.
  func included(_ source: KernelSource) -> KernelSource {
    rows.count == count ? source : source.choosing(rows)
  }
}

extension ClassWeights {
  /// What examples of each class count, in numbers, for trainings that know weights of examples alone.
  ///
  /// - Parameters:
  ///   - classes: The class names; some may have no example.
  ///   - codes: The class of each example.
  ///   - weights: The weights of the examples, or `nil` for 1 each.
  /// - Returns: A factor for each class, by which the weights of its examples are to be multiplied, or
  ///   `nil` when all classes have equal weight.
  /// - Throws: ``TrainingError``.
  package func factors(
    classes: [String], codes: [Int], weights: [Double]?
  ) throws(TrainingError) -> [Double]? {
    if case .equal = self { return nil }
    var members = [[Int]](repeating: [], count: classes.count)
    for (row, code) in codes.enumerated() { members[code].append(row) }
    let present = members.indices.filter { !members[$0].isEmpty }
    let factors = try resolved(
      classes: present.map { classes[$0] }, named: classes, members: present.map { members[$0] },
      weights: ExampleWeights(weights, count: codes.count))
    guard let factors else { return nil }
    var all = [Double](repeating: 1, count: classes.count)
    for (index, factor) in zip(present, factors) { all[index] = factor }
    return all
  }

  /// Numbers for each class, `nil` when all are alike.
  ///
  /// - Parameters:
  ///   - classes: The class names.
  ///   - named: Names that may occur besides, of classes without an example that counts.
  ///   - members: The rows of each class.
  ///   - weights: The weights of the rows.
  /// - Returns: One factor for each class.
  /// - Throws: ``TrainingError``.
  func resolved(
    classes: [String], named: [String], members: [[Int]], weights: ExampleWeights
  ) throws(TrainingError) -> [Double]? {
    switch self {
    case .equal: return nil
    case .balanced:
      let sums = members.map { $0.reduce(0) { $0 + weights[$1] } }
      let share = sums.reduce(0, +) / Double(max(classes.count, 1))
      let factors = sums.map { share / $0 }
      guard factors.allSatisfy({ $0 > 0 && $0.isFinite }) else {
        throw .invalidParameter(
          name: "weights", value: "sums \(sums) of the classes",
          expected: "such that balanced class weights are positive finite numbers")
      }
      return factors
    case .weights(let byName):
      var factors = [Double](repeating: 1, count: classes.count)
      for (name, weight) in byName.sorted(by: { $0.key < $1.key }) {
        guard weight > 0, weight.isFinite else {
          throw .invalidParameter(
            name: "class-weight", value: "\(weight) for \(name)", expected: "greater than 0")
        }
        if let index = ClassLabels.index(of: name, in: classes) {
          factors[index] = weight
        } else if ClassLabels.index(of: name, in: named) == nil {
          throw .unknownClass(name: name, classes: named)
        }
      }
      return factors
    }
  }
}
