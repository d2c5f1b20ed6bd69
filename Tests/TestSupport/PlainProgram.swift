import LinearAlgebra

/// The quadratic program of a support vector machine and its optimality conditions, written from the
/// textbook with a whole kernel matrix in Double: what solutions are compared with.
///
/// Variable t belongs to example e(t) and has a sign σₜ; f(α) = ½ Σ σₛσₜ αₛαₜ K(e(s), e(t)) + pᵀα with
/// 0 ≤ αₜ ≤ Cₜ and Σ σₜαₜ constant in each group. It shares no code with the library.
package struct PlainProgram {
  package var kernel: Matrix<Double>
  package var example: [Int]
  package var sign: [Double]
  package var linear: [Double]
  package var upper: [Double]
  package var group: [Int]

  /// Classification: p = −1.
  package static func classification(
    kernel: Matrix<Double>, isPositive: [Bool], boxConstraint: Double
  ) -> PlainProgram {
    let count = isPositive.count
    return PlainProgram(
      kernel: kernel, example: Array(0..<count), sign: isPositive.map { $0 ? 1 : -1 },
      linear: Array(repeating: -1, count: count),
      upper: Array(repeating: boxConstraint, count: count), group: Array(repeating: 0, count: count)
    )
  }

  /// ε-regression: first all α with p = ε − z, then all α* with p = ε + z.
  package static func regression(
    kernel: Matrix<Double>, targets: [Double], epsilon: Double, boxConstraint: Double
  ) -> PlainProgram {
    let count = targets.count
    return PlainProgram(
      kernel: kernel, example: Array(0..<count) + Array(0..<count),
      sign: Array(repeating: 1, count: count) + Array(repeating: -1, count: count),
      linear: targets.map { epsilon - $0 } + targets.map { epsilon + $0 },
      upper: Array(repeating: boxConstraint, count: 2 * count),
      group: Array(repeating: 0, count: 2 * count))
  }

  package init(
    kernel: Matrix<Double>, example: [Int], sign: [Double], linear: [Double], upper: [Double],
    group: [Int]
  ) {
    self.kernel = kernel
    self.example = example
    self.sign = sign
    self.linear = linear
    self.upper = upper
    self.group = group
  }

  /// Σ over t of σₜαₜ K(e, e(t)) for each example e: the decision values without bias.
  package func images(_ alpha: [Double]) -> [Double] {
    var sums = [Double](repeating: 0, count: kernel.rowCount)
    for (t, value) in alpha.enumerated() where value != 0 {
      kernel.withRow(example[t]) { row in
        for e in sums.indices { sums[e] += sign[t] * value * row[e] }
      }
    }
    return sums
  }

  /// Qα + p.
  package func gradient(_ alpha: [Double]) -> [Double] {
    let images = images(alpha)
    return alpha.indices.map { sign[$0] * images[example[$0]] + linear[$0] }
  }

  /// f(α), which is minimised.
  package func objective(_ alpha: [Double]) -> Double {
    let images = images(alpha)
    var sum = 0.0
    for t in alpha.indices {
      sum += alpha[t] * (sign[t] * images[example[t]] / 2 + linear[t])
    }
    return sum
  }

  /// m(α) − M(α) of the group that violates most: LIBSVM's measure.
  package func violation(_ alpha: [Double]) -> Double {
    let gradient = gradient(alpha)
    var result = 0.0
    for g in Set(group) {
      let pair = extremePair(alpha, gradient, group: g)
      if let pair { result = max(result, pair.violation) }
    }
    return result
  }

  /// Σ σₜαₜ of each group.
  package func equalities(_ alpha: [Double]) -> [Double] {
    var sums = [Double](repeating: 0, count: (group.max() ?? 0) + 1)
    for t in alpha.indices { sums[group[t]] += sign[t] * alpha[t] }
    return sums
  }

  /// The primal objective of a classification or regression with this bias.
  package func primal(_ alpha: [Double], bias: Double) -> Double {
    let images = images(alpha)
    var quadratic = 0.0
    var loss = 0.0
    for t in alpha.indices {
      quadratic += alpha[t] * sign[t] * images[example[t]]
      // For a classification 1 − y(f + b), for a regression ±(z − f − b) − ε.
      loss += upper[t] * max(0, -linear[t] - sign[t] * (images[example[t]] + bias))
    }
    return quadratic / 2 + loss
  }

  /// How far rounding in Double may move any figure of the gradient.
  package func noise(_ alpha: [Double]) -> Double {
    var largest = 0.0
    for e in 0..<kernel.rowCount {
      var sum = 1.0
      for t in alpha.indices where alpha[t] != 0 { sum += abs(alpha[t] * kernel[e, example[t]]) }
      largest = max(largest, sum)
    }
    return largest * Double(alpha.count) * 0x1p-52
  }

  private func extremePair(_ alpha: [Double], _ gradient: [Double], group g: Int) -> (
    up: Int, low: Int, violation: Double
  )? {
    var up = -1
    var low = -1
    var top = -Double.infinity
    var bottom = Double.infinity
    for t in alpha.indices where group[t] == g {
      let v = -sign[t] * gradient[t]
      let mayGrow = sign[t] > 0 ? alpha[t] < upper[t] : alpha[t] > 0
      let mayFall = sign[t] > 0 ? alpha[t] > 0 : alpha[t] < upper[t]
      if mayGrow && v > top { (top, up) = (v, t) }
      if mayFall && v < bottom { (bottom, low) = (v, t) }
    }
    return up >= 0 && low >= 0 && top > bottom ? (up, low, top - bottom) : nil
  }

  /// Solves a small program by moving the most violating pair until its violation is within the
  /// tolerance, or for a million steps.
  package func solved(from start: [Double], tolerance: Double = 1e-10) -> [Double] {
    var alpha = start
    var gradient = gradient(start)
    let groups = Set(group).sorted()
    for _ in 0..<1_000_000 {
      let pairs = groups.compactMap { extremePair(alpha, gradient, group: $0) }
      guard let worst = pairs.max(by: { $0.violation < $1.violation }),
        worst.violation > tolerance
      else { break }
      let (i, j) = (worst.up, worst.low)
      let (a, b) = (example[i], example[j])
      let curvature = max(kernel[a, a] + kernel[b, b] - 2 * kernel[a, b], 1e-12)
      let roomUp = sign[i] > 0 ? upper[i] - alpha[i] : alpha[i]
      let roomDown = sign[j] > 0 ? alpha[j] : upper[j] - alpha[j]
      let step = min(worst.violation / curvature, roomUp, roomDown)
      alpha[i] = min(max(alpha[i] + sign[i] * step, 0), upper[i])
      alpha[j] = min(max(alpha[j] - sign[j] * step, 0), upper[j])
      for t in alpha.indices {
        gradient[t] += sign[t] * step * (kernel[a, example[t]] - kernel[b, example[t]])
      }
    }
    return alpha
  }
}
