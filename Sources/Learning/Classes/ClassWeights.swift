/// What an example's class multiplies its weight by.
public enum ClassWeights: Sendable, Equatable {
  /// Every class counts alike for each of its examples.
  case equal
  /// n / (k · n of the class) for n examples of k classes, each example counted by its weight: every
  /// class counts alike in all.
  case balanced
  /// A number > 0 for some classes; 1 for the others. A name that is not a class is an error.
  case weights([String: Double])
}

extension ClassWeights {
  /// What examples of each class count, in numbers, for trainings that know weights of examples alone.
  ///
  /// - Parameters:
  ///   - classes: The classes of the examples; some may have no example.
  ///   - weights: The weights of the examples, or `nil` for 1 each.
  /// - Returns: A factor for each class, by which the weights of its examples are to be multiplied, or
  ///   `nil` when all classes have equal weight.
  /// - Throws: ``TrainingError``.
  package func factors(
    of classes: ClassTable, weights: [Double]?
  ) throws(TrainingError) -> [Double]? {
    if case .equal = self { return nil }
    var members = [[Int]](repeating: [], count: classes.names.count)
    for (row, code) in classes.codes.enumerated() { members[code].append(row) }
    let present = members.indices.filter { !members[$0].isEmpty }
    let factors = try resolved(
      classes: present.map { classes.names[$0] }, named: classes.names,
      members: present.map { members[$0] },
      weights: ExampleWeights(weights, count: classes.codes.count))
    guard let factors else { return nil }
    var all = [Double](repeating: 1, count: classes.names.count)
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
  package func resolved(
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
        if let index = ClassTable.index(of: name, in: classes) {
          factors[index] = weight
        } else if ClassTable.index(of: name, in: named) == nil {
          throw .unknownClass(name: name, classes: named)
        }
      }
      return factors
    }
  }
}
