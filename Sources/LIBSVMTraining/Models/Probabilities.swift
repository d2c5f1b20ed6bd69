import Basics
import LinearAlgebra

/// Platt's sigmoid p(d) = 1/(1 + exp(A·d + B)), by the Newton method of Lin, Lin and Weng (2007).
///
/// This is not `Calibration`'s sigmoid, which never falls and is fitted to convergence: programs compare the
/// digits of LIBSVM, which starts at A = 0, ends at a gradient of 1e-5 and adds 1e-12 to the Hessian.
///
/// > H.-T. Lin, C.-J. Lin, R. C. Weng. "A Note on Platt's Probabilistic Outputs for Support Vector
/// > Machines." *Machine Learning* 68 (2007), 267–276.
package struct PlattSigmoid: Sendable {
  package var a = 0.0
  package var b: Double

  /// The probability of the positive class.
  func callAsFunction(_ decision: Double) -> Double { Self.falling(decision * a + b) }

  /// 1/(1 + eᶻ), without overflow.
  private static func falling(_ z: Double) -> Double {
    z >= 0 ? exp(-z) / (1 + exp(-z)) : 1 / (1 + exp(z))
  }

  /// Makes a sigmoid of stored parameters.
  package init(a: Double, b: Double) {
    self.a = a
    self.b = b
  }

  /// Fits the sigmoid to decision values of rows that did not train.
  init(_ decisions: [Double], isPositive: [Bool]) {
    let positive = Double(isPositive.count { $0 })
    let negative = Double(isPositive.count) - positive
    b = log((negative + 1) / (positive + 1))
    let (high, low) = ((positive + 1) / (positive + 2), 1 / (negative + 2))
    let targets = isPositive.map { $0 ? high : low }

    func loss(_ a: Double, _ b: Double) -> Double {
      var sum = 0.0
      for (decision, target) in zip(decisions, targets) {
        let z = decision * a + b
        sum += z >= 0 ? target * z + log(1 + exp(-z)) : (target - 1) * z + log(1 + exp(z))
      }
      return sum
    }

    var value = loss(a, b)
    for _ in 0..<100 {
      // The Hessian (aa ab; ab bb) is kept definite by 1e-12 on its diagonal.
      var (aa, bb, ab, ga, gb) = (1e-12, 1e-12, 0.0, 0.0, 0.0)
      for (decision, target) in zip(decisions, targets) {
        let p = Self.falling(decision * a + b)
        let weight = p * Self.falling(-(decision * a + b))
        aa += decision * decision * weight
        bb += weight
        ab += decision * weight
        ga += decision * (target - p)
        gb += target - p
      }
      if abs(ga) < 1e-5, abs(gb) < 1e-5 { return }
      let determinant = aa * bb - ab * ab
      let stepA = -(bb * ga - ab * gb) / determinant
      let stepB = -(aa * gb - ab * ga) / determinant
      let slope = ga * stepA + gb * stepB
      var length = 1.0
      while true {
        let (nextA, nextB) = (a + length * stepA, b + length * stepB)
        let next = loss(nextA, nextB)
        if next < value + 1e-4 * length * slope {
          (a, b, value) = (nextA, nextB, next)
          break
        }
        length /= 2
        guard length >= 1e-10 else {
          Output.print("Line search fails in two-class probability estimates\n")
          return
        }
      }
    }
    Output.print("Reaching maximal iterations in two-class probability estimates\n")
  }
}

/// One probability for each class from one for each pair, by the second method of Wu, Lin and Weng.
///
/// `Calibration` solves the same problem directly; LIBSVM iterates until no equation is violated by more than
/// 0.005/k, which shows in the third digit, and programs compare digits.
///
/// > T.-F. Wu, C.-J. Lin, R. C. Weng. "Probability Estimates for Multi-class Classification by
/// > Pairwise Coupling." *Journal of Machine Learning Research* 5 (2004), 975–1005.
enum IteratedCoupling {
  /// The probabilities of k classes.
  ///
  /// - Parameters:
  ///   - pairs: For each pair of classes i < j, in the order (0,1), (0,2), …, the probability of i.
  ///   - k: The number of classes.
  /// - Returns: Their probabilities.
  static func probabilities(_ pairs: [Double], classCount k: Int) -> [Double] {
    func ratio(_ i: Int, _ j: Int) -> Double {
      i < j
        ? pairs[Machine.pairIndex(i, j, of: k)] : 1 - pairs[Machine.pairIndex(j, i, of: k)]
    }
    var q = [[Double]](repeating: [Double](repeating: 0, count: k), count: k)
    for t in 0..<k {
      for j in 0..<k where j != t {
        q[t][t] += ratio(j, t) * ratio(j, t)
        q[t][j] = -ratio(j, t) * ratio(t, j)
      }
    }
    var p = [Double](repeating: 1 / Double(k), count: k)
    let limit = max(100, k)
    for _ in 0..<limit {
      var product = q.map { row in zip(row, p).reduce(0) { $0 + $1.0 * $1.1 } }
      var form = zip(p, product).reduce(0) { $0 + $1.0 * $1.1 }
      if product.allSatisfy({ abs($0 - form) < 0.005 / Double(k) }) { return p }
      for t in 0..<k {
        let step = (form - product[t]) / q[t][t]
        p[t] += step
        form = (form + step * (step * q[t][t] + 2 * product[t])) / (1 + step) / (1 + step)
        for j in 0..<k {
          product[j] = (product[j] + step * q[t][j]) / (1 + step)
          p[j] /= 1 + step
        }
      }
    }
    Output.print("Exceeds max_iter in multiclass_prob\n")
    return p
  }
}

/// The probability that an example is like the training data, from ten marks of its decision values.
///
/// > Z. Que, C.-J. Lin. "One-Class SVM Probabilistic Outputs." *IEEE Transactions on Neural Networks and
/// > Learning Systems* (2024).
package enum DensityMarks {
  package static let count = 10

  /// Marks that divide the training data's values below 0, and those from 0 on, into five parts each.
  ///
  /// - Parameter values: Decision values of the training data.
  /// - Returns: `nil` when there are too few on one side.
  package static func marks(_ values: [Double]) -> [Double]? {
    let sorted = values.sorted()
    let below = sorted.firstIndex { $0 >= 0 } ?? 0
    let above = sorted.count - below
    let half = count / 2
    guard below >= half, above >= half else {
      Output.warn(
        "WARNING: number of positive or negative decision values <\(half); too few to do a "
          + "probability estimation.\n")
      return nil
    }
    let ends =
      (0..<half).map { sorted[$0 * below / half] } + [0]
      + (1...half).map { sorted[below - 1 + $0 * above / half] }
    return (0..<count).map { (ends[$0] + ends[$0 + 1]) / 2 }
  }

  /// The probability of a decision value.
  package static func probability(_ value: Double, _ marks: [Double]) -> Double {
    if value < marks[0] { return 0.001 }
    if value > marks[count - 1] { return 0.999 }
    let mark = (1..<count).first { value < marks[$0] }
    return mark.map { Double($0) / Double(count) } ?? 0
  }
}

extension Trainer {
  /// Sigmoids of all pairs of classes, from five folds of each pair's rows.
  package func sigmoids(_ set: TrainingSet) throws(LIBSVMError) -> [PlattSigmoid] {
    let (labels, codes) = Self.labels(set.targets)
    var members = [[Int]](repeating: [], count: labels.count)
    for (row, code) in codes.enumerated() { members[code].append(row) }
    let bounds = weightedBounds(labels)
    var sigmoids: [PlattSigmoid] = []
    for first in labels.indices {
      for second in labels.indices.dropFirst(first + 1) {
        let rows = members[first] + members[second]
        let positiveCount = members[first].count
        let pair = TrainingSet(
          features: set.examples(rows, forModelOf: rows), firstIndex: set.firstIndex,
          targets: rows.indices.map { $0 < positiveCount ? 1 : -1 },
          isPrecomputed: set.isPrecomputed)
        var trainer = self
        trainer.classBounds = [1: bounds[labels[first]]!, -1: bounds[labels[second]]!]
        let decisions = try trainer.heldOutDecisions(
          pair, Folds(shuffling: rows.count, into: 5))
        sigmoids.append(PlattSigmoid(decisions, isPositive: pair.targets.map { $0 > 0 }))
      }
    }
    return sigmoids
  }

  /// Decision values of a two-class problem's rows by models of the other folds.
  private func heldOutDecisions(
    _ set: TrainingSet, _ folds: Folds
  ) throws(LIBSVMError) -> [Double] {
    var decisions = [Double](repeating: 0, count: set.count)
    for (fold, rows) in folds.rows.enumerated() where !rows.isEmpty {
      let training = folds.training(fold)
      let positive = training.count { set.targets[$0] > 0 }
      if positive == 0 || positive == training.count {
        // One class alone decides for itself.
        for row in rows { decisions[row] = training.isEmpty ? 0 : positive > 0 ? 1 : -1 }
        continue
      }
      let part = set.subset(training)
      let machine = try train(part)
      report(machine, targets: part.targets)
      let values = try machine.decisionValues(set.examples(rows, forModelOf: training))
      let sign = Double(machine.labels?.first ?? 1)
      for (position, row) in rows.enumerated() { decisions[row] = sign * values[position, 0] }
    }
    return decisions
  }

  /// The scale of a Laplace distribution of a regression's errors, from five folds.
  package func laplaceScale(_ set: TrainingSet) throws(LIBSVMError) -> Double {
    let predictions = try crossValidated(set, foldCount: 5)
    let errors = zip(set.targets, predictions).map { abs($0 - $1) }
    let mean = errors.reduce(0, +) / Double(errors.count)
    let usual = errors.filter { $0 <= 5 * (2 * mean * mean).squareRoot() }
    let scale = usual.reduce(0, +) / Double(usual.count)
    Output.print(
      "Prob. model for test data: target value = predicted value + z,\n"
        + "z: Laplace distribution e^(-|z|/sigma)/(2sigma),sigma= \(Output.general(scale))\n")
    return scale
  }
}
