/// Objectives, violation and multipliers of a point.
package struct ProgramMeasurement: Sendable, Equatable {
  /// The largest violation of the KKT conditions.
  package var violation: Double
  /// The primal objective, which is minimised.
  package var primal: Double
  /// The dual objective, which is maximised.
  package var dual: Double
  /// The multiplier of each group's equality.
  package var multipliers: [Double]

  /// Measures a program from its shards, in their order.
  ///
  /// With h = g + l + b, the duality gap is Σ over t of βₜhₜ + max(−lowerₜhₜ, −upperₜhₜ) for every
  /// choice of the multipliers b; for a classification the second term is Cₜ times the hinge loss.
  /// The primal objective is ½βᵀKβ + Σ max(−lowerₜhₜ, −upperₜhₜ) + Σ over groups of b · const, the
  /// dual one −(½βᵀKβ + lᵀβ).
  ///
  /// Each sum goes through the variables in their order: section after section, and shard after shard in
  /// each. The bits are those of one loop, however many shards there are.
  package init(_ shards: [ExampleShard], _ shape: ProgramShape) {
    var sums = ProgramSums(groupCount: shape.groupCount)
    for section in shape.sectionStarts.indices {
      for shard in shards { shard.add(section: section, to: &sums) }
    }
    let multipliers = sums.multipliers(keepsBoundaryInside: shape.keepsBoundaryInside)
    var loss = 0.0
    for section in shape.sectionStarts.indices {
      for shard in shards { shard.addLoss(section: section, multipliers, to: &loss) }
    }
    self.init(sums, multipliers: multipliers, loss: loss)
  }

  /// Measures a program from its sums.
  ///
  /// - Parameters:
  ///   - sums: Those of all variables.
  ///   - multipliers: Those that follow from the sums.
  ///   - loss: The sum of all losses.
  package init(_ sums: ProgramSums, multipliers: [Double], loss: Double) {
    let constants = zip(multipliers, sums.total).reduce(0) { $0 + $1.0 * $1.1 }
    violation = zip(sums.top, sums.bottom).reduce(0) { max($0, $1.0 > $1.1 ? $1.0 - $1.1 : 0) }
    primal = sums.quadratic / 2 + loss + constants
    dual = -(sums.quadratic / 2 + sums.linear)
    self.multipliers = multipliers
  }
}

/// What is summed over all variables.
package struct ProgramSums: Sendable {
  /// For each group the largest v among variables that may grow, and the smallest among those that may
  /// fall.
  package var top: [Double]
  package var bottom: [Double]
  /// For each group Σ v of the free variables, and their number.
  package var freeSum: [Double]
  package var freeCount: [Double]
  /// For each group Σ β.
  package var total: [Double]
  /// βᵀKβ.
  package var quadratic = 0.0
  /// lᵀβ.
  package var linear = 0.0

  /// Of no variables.
  package init(groupCount: Int) {
    top = Array(repeating: -.infinity, count: groupCount)
    bottom = Array(repeating: .infinity, count: groupCount)
    freeSum = Array(repeating: 0, count: groupCount)
    freeCount = freeSum
    total = freeSum
  }

  /// The multiplier of each group.
  ///
  /// At the optimum v = b for every free variable. Without one, b is the middle of the interval that the
  /// bounded variables leave. Short of the optimum, the largest v of those that may grow leaves none of
  /// them on the wrong side.
  package func multipliers(keepsBoundaryInside: Bool) -> [Double] {
    top.indices.map { k -> Double in
      if keepsBoundaryInside && top[k].isFinite { return top[k] }
      if freeCount[k] > 0 { return freeSum[k] / freeCount[k] }
      switch (top[k].isFinite, bottom[k].isFinite) {
      case (true, true): return top[k] / 2 + bottom[k] / 2
      case (true, false): return top[k]
      case (false, true): return bottom[k]
      case (false, false): return 0
      }
    }
  }
}

extension ExampleShard {
  /// Adds the variables of a section.
  package func add(section: Int, to sums: inout ProgramSums) {
    for t in sections[section] {
      let g = state.gradient[Int(program.example[t])]
      let beta = state.beta[t]
      let v = -(g + program.linear[t])
      let k = Int(program.group[t])
      let mayGrow = beta < program.upper[t]
      let mayFall = beta > program.lower[t]
      if mayGrow { sums.top[k] = max(sums.top[k], v) }
      if mayFall { sums.bottom[k] = min(sums.bottom[k], v) }
      if mayGrow && mayFall {
        sums.freeSum[k] += v
        sums.freeCount[k] += 1
      }
      sums.total[k] += beta
      sums.quadratic += beta * g
      sums.linear += beta * program.linear[t]
    }
  }

  /// Adds the losses of the variables of a section.
  package func addLoss(section: Int, _ multipliers: [Double], to loss: inout Double) {
    for t in sections[section] {
      let h =
        state.gradient[Int(program.example[t])] + program.linear[t]
        + multipliers[Int(program.group[t])]
      loss += max(-program.lower[t] * h, -program.upper[t] * h)
    }
  }

  /// The examples of variables that may grow and are within a margin of the boundary, in the order of
  /// the variables.
  package func examplesNearBoundary(multiplier: Double, margin: Double) -> [Int] {
    program.example.indices.filter {
      state.beta[$0] < program.upper[$0]
        && state.gradient[Int(program.example[$0])] + program.linear[$0] + multiplier <= margin
    }.map { firstExample + Int(program.example[$0]) }
  }
}
