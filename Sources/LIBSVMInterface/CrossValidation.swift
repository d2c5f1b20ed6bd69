import LinearAlgebra

extension Trainer {
  /// What models of the other folds predict of each row.
  ///
  /// - Parameters:
  ///   - set: The rows.
  ///   - foldCount: At least 2; more than there are rows leave out one row at a time.
  /// - Returns: A label or number for each row.
  /// - Throws: ``InterfaceError``.
  func crossValidated(
    _ set: TrainingSet, foldCount: Int
  ) throws(InterfaceError) -> [Double] {
    let foldCount = min(foldCount, set.count)
    let (labels, codes) = isClassification ? Self.labels(set.targets) : ([], [])
    // Folds of single rows cannot have each class.
    let folds =
      isClassification && foldCount < set.count
      ? Folds(stratifying: codes, classCount: labels.count, into: foldCount)
      : Folds(shuffling: set.count, into: foldCount)
    var predictions = [Double](repeating: 0, count: set.count)
    for (fold, rows) in folds.rows.enumerated() {
      let training = folds.training(fold)
      let part = set.subset(training)
      let sigmoids =
        isClassification && parameter.probability ? try sigmoids(part) : nil
      let machine = try train(part)
      report(machine, part)
      guard !rows.isEmpty else { continue }
      let values = try machine.decisionValues(set.examples(rows, forModelOf: training))
      for (position, row) in rows.enumerated() {
        let decisions = (0..<values.columnCount).map { values[position, $0] }
        if let sigmoids, let labels = machine.labels {
          let probabilities = Self.probabilities(decisions, sigmoids, classCount: labels.count)
          predictions[row] = Double(labels[Self.largest(probabilities)])
        } else if parameter.type == .oneClass {
          predictions[row] = decisions[0] > 0 ? 1 : -1
        } else {
          predictions[row] = machine.label(decisions)
        }
      }
    }
    return predictions
  }

  /// The probabilities of classes from decision values of pairs.
  static func probabilities(
    _ decisions: [Double], _ sigmoids: [PlattSigmoid], classCount: Int
  ) -> [Double] {
    let pairs = zip(decisions, sigmoids).map { decision, sigmoid in
      min(max(sigmoid(decision), 1e-7), 1 - 1e-7)
    }
    if classCount == 2 { return [pairs[0], 1 - pairs[0]] }
    return IteratedCoupling.probabilities(pairs, classCount: classCount)
  }

  static func largest(_ values: [Double]) -> Int {
    values.indices.reduce(0) { values[$1] > values[$0] ? $1 : $0 }
  }
}
