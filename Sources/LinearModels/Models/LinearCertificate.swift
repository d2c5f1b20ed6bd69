import Basics
import LinearAlgebra
import Learning

/// What a method found for one problem.
struct LinearSolution: Sendable {
  /// w, and b after it when there is one.
  var parameters: NumberVector
  var report: ProblemReport
}

// How good parameters are is measured by a point of the dual problem
//
//     maximise  Σ αp − ½‖Σ βx‖² − (Σβ)²/(2ρ) [− Σ α²/(4C) for squared losses],   0 ≤ α ≤ C [0 ≤ α],
//
// with Σβ = 0 when the bias is free, and for the logistic loss the entropy of α/C in place of Σ αp.
// Primal and dual objective grow with the number of examples, and their difference would lose its
// digits. The gap is therefore summed from terms that are none of them negative,
//
//     ½‖w − Σβx‖² + (ρb − Σβ)²/(2ρ) + Σ over pieces of (C·ℓ(z) + C·ℓ*(−α/C) − α·m),   m = p − sz,
//
// and the dual objective is the primal one less the gap.

extension LinearProblem {
  /// What pieces cost: the loss, and the gap's part, which is never negative.
  @inline(__always)
  func pieceTerms(margin m: Double, alpha: Double, cost: Double) -> (loss: Double, gap: Double) {
    let violation = max(0, m)
    switch loss {
    case .hinge, .epsilonInsensitive:
      return (cost * violation, max(0, cost - alpha) * violation + alpha * max(0, -m))
    case .squaredHinge, .squaredEpsilonInsensitive:
      let difference = violation - alpha / (2 * cost)
      return (
        cost * violation * violation, cost * difference * difference + alpha * max(0, -m)
      )
    case .logistic:
      // m = 1 − yz; the gap's part is C times the divergence of α/C from 1/(1 + exp(yz)).
      let yz = 1 - m
      let share = min(max(alpha / cost, 0), 1)
      let probability = Self.logistic(-yz)
      let rest = Self.logistic(yz)
      var divergence = 0.0
      if share > 0 { divergence += share * log(share / max(probability, 1e-300)) }
      if share < 1 { divergence += (1 - share) * log((1 - share) / max(rest, 1e-300)) }
      return (cost * Self.logisticLoss(yz), cost * max(0, divergence))
    }
  }

  /// 1/(1 + exp(−t)).
  @inline(__always)
  static func logistic(_ t: Double) -> Double {
    let e = exp(-abs(t))
    return t >= 0 ? 1 / (1 + e) : e / (1 + e)
  }

  /// log(1 + exp(−t)).
  @inline(__always)
  static func logisticLoss(_ t: Double) -> Double {
    t >= 0 ? log1p(exp(-t)) : log1p(exp(t)) - t
  }

  /// βᵢ = Σ sα over the example's pieces.
  func dualCoefficients(_ alpha: NumberVector, into beta: NumberVector) {
    let count = exampleCount
    for example in 0..<count {
      var sum = 0.0
      for index in 0..<pieceCount {
        sum += piece(example, index).sign * alpha[index * count + example]
      }
      beta[example] = sum
    }
  }

  /// Makes Σβ = 0 by shrinking the dual variables of the heavier sign, which leaves none of their
  /// bounds.
  private func balance(_ alpha: NumberVector) {
    let count = exampleCount
    var (positive, negative) = (0.0, 0.0)
    for index in 0..<pieceCount {
      for example in 0..<count {
        if piece(example, index).sign > 0 {
          positive += alpha[index * count + example]
        } else {
          negative += alpha[index * count + example]
        }
      }
    }
    guard positive != negative else { return }
    let shrinksPositive = positive > negative
    let factor = min(positive, negative) / max(positive, negative)
    for index in 0..<pieceCount {
      for example in 0..<count where (piece(example, index).sign > 0) == shrinksPositive {
        alpha[index * count + example] *= factor
      }
    }
  }

  /// The certificate of parameters and dual variables, everything recomputed.
  ///
  /// - Parameters:
  ///   - parameters: w and b.
  ///   - alpha: Dual variables, one list of examples for each piece, within their bounds; for a free
  ///     bias they are balanced on return.
  ///   - iterations: The steps that were taken.
  ///   - stopReason: Why no more are taken, unless the certificate shows that the problem is solved.
  /// - Returns: The solution.
  func certified(
    _ parameters: NumberVector, _ alpha: NumberVector, iterations: Int, stopReason: StopReason
  ) -> LinearSolution {
    let count = exampleCount
    if hasFreeBias { balance(alpha) }
    let beta = NumberVector(count: count)
    let margins = NumberVector(count: count)
    dualCoefficients(alpha, into: beta)
    self.margins(parameters, into: margins, stopsEarly: false)
    let combination = sum(beta, stopsEarly: false)

    let isSmooth = loss.isSmooth
    let parts = tileResults(count: count, threads: threads) { range in
      var (loss, gap, support, bounded) = (0.0, 0.0, 0, 0)
      for example in range {
        let cost = costs[example]
        for index in 0..<pieceCount {
          let (sign, offset) = piece(example, index)
          let m = offset - sign * margins[example]
          let own = alpha[index * count + example]
          let terms = pieceTerms(margin: m, alpha: own, cost: cost)
          loss += terms.loss
          gap += terms.gap
          // Of the two that vanish at the optimum, the dual variable and its slack, the larger tells.
          if own / cost > max(0, -m) {
            support += 1
            if !isSmooth && 1 - own / cost < max(0, m) { bounded += 1 }
          }
        }
      }
      return (loss: loss, gap: gap, support: support, bounded: bounded)
    }
    var (primal, gap, support, bounded) = (penalty(parameters), 0.0, 0, 0)
    for part in parts {
      primal += part.loss
      gap += part.gap
      support += part.support
      bounded += part.bounded
    }
    var (distance, length) = (0.0, 0.0)
    for feature in 0..<featureCount {
      let difference = parameters[feature] - combination[feature]
      distance += difference * difference
      length += parameters[feature] * parameters[feature]
    }
    gap += distance / 2
    if hasBias {
      let (bias, total) = (parameters[featureCount], combination[featureCount])
      if biasPenalty > 0 {
        let difference = biasPenalty * bias - total
        gap += difference * difference / (2 * biasPenalty)
      } else {
        // Not max, which would turn NaN into 0.
        let rest = gap - bias * total
        gap = rest < 0 ? 0 : rest
      }
    }
    let isZero = parameters.numbers.allSatisfy { $0 == 0 }
    guard primal.isFinite && gap.isFinite || isZero && alpha.numbers.allSatisfy({ $0 == 0 }) else {
      // The features are so large that products overflow. Nothing is better than a model of NaN.
      return certified(
        NumberVector(count: parameters.count), NumberVector(count: alpha.count),
        iterations: iterations, stopReason: stopReason)
    }
    let dual = primal - gap
    let relativeGap = gap / max(abs(primal), abs(dual), 1e-12)
    let violation = (distance / max(1, length)).squareRoot()
    let isSolved = relativeGap <= run.gapLimit && violation <= run.options.tolerance
    let certificate = Certificate(
      iterations: iterations, stopReason: isSolved ? .converged : stopReason,
      kktViolation: violation, primalObjective: primal, dualObjective: dual,
      relativeGap: relativeGap.isFinite ? relativeGap : nil, source: .recomputed)
    return LinearSolution(
      parameters: parameters,
      report: ProblemReport(
        certificate: certificate, supportVectorCount: support, boundedSupportVectorCount: bounded,
        kernelValuesComputed: 0))
  }
}

extension LinearSolution {
  var isConverged: Bool { report.certificate.stopReason == .converged }

  /// A solution that says nothing was computed.
  static func untrained(dimension: Int, _ reason: StopReason) -> LinearSolution {
    LinearSolution(
      parameters: NumberVector(count: dimension),
      report: ProblemReport(
        certificate: Certificate(
          iterations: 0, stopReason: reason, kktViolation: 0, primalObjective: 0,
          dualObjective: 0, relativeGap: nil, source: .recomputed),
        supportVectorCount: 0, boundedSupportVectorCount: 0, kernelValuesComputed: 0))
  }
}
