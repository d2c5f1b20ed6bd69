/// How far a group is from optimal: it is optimal when `top ≤ bottom`.
package struct Extremes: Sendable, Equatable {
  /// One end of a group.
  package struct End: Sendable, Equatable {
    /// −g − l of the variable.
    package var v: Double
    /// The variable, −1 without one.
    package var variable: Int32 = -1
    /// Its example, −1 without one.
    package var example: Int32 = -1

    /// Collects the parts.
    package init(v: Double, variable: Int32 = -1, example: Int32 = -1) {
      self.v = v
      self.variable = variable
      self.example = example
    }
  }

  /// m: the largest v among variables that may grow; of equals the first variable.
  package var top = End(v: -.infinity)
  /// M: the smallest v among variables that may fall; of equals the first variable.
  package var bottom = End(v: .infinity)

  /// Of a group without variables.
  package init() {}

  /// By how much the most violating pair violates the KKT conditions.
  package var violation: Double { top.v > bottom.v ? top.v - bottom.v : 0 }

  /// The extremes of two parts of a group.
  package func merged(with other: Extremes) -> Extremes {
    var result = self
    if other.top.variable >= 0
      && (top.variable < 0 || other.top.v > top.v
        || (other.top.v == top.v && other.top.variable < top.variable))
    {
      result.top = other.top
    }
    if other.bottom.variable >= 0
      && (bottom.variable < 0 || other.bottom.v < bottom.v
        || (other.bottom.v == bottom.v && other.bottom.variable < bottom.variable))
    {
      result.bottom = other.bottom
    }
    return result
  }
}

extension [Extremes] {
  /// By how much the most violating pair of any group violates the KKT conditions.
  var violation: Double { map(\.violation).max() ?? 0 }
}

/// Variables that violate the KKT conditions, worst first.
package struct Violators: Sendable, Equatable {
  /// Which violators are asked for.
  package struct Request: Sendable {
    /// The extremes of each group, of all examples.
    package var extremes: [Extremes]
    /// Groups whose violation is at most this are left out.
    package var tolerance: Double
    /// The largest number of variables of one group and direction.
    package var limit: Int
    /// Examples whose variables are left out.
    package var excluded: [Int32]

    /// Collects the parts.
    package init(extremes: [Extremes], tolerance: Double, limit: Int, excluded: [Int32]) {
      self.extremes = extremes
      self.tolerance = tolerance
      self.limit = limit
      self.excluded = excluded
    }
  }

  /// One of them.
  package struct Violator: Sendable, Equatable {
    /// v of a variable that wants to fall, −v of one that wants to grow: the smallest are the worst.
    package var rank: Double
    /// The variable.
    package var variable: Int32
    /// Its example.
    package var example: Int32

    /// Collects the parts.
    package init(rank: Double, variable: Int32, example: Int32) {
      self.rank = rank
      self.variable = variable
      self.example = example
    }
  }

  /// For each group the variables that may grow and are above the group's bottom, worst first, of equals
  /// the first variable first.
  package var rising: [[Violator]]
  /// For each group the variables that may fall and are below its top, in the same order.
  package var falling: [[Violator]]

  /// None.
  package init(groupCount: Int) {
    rising = Array(repeating: [], count: groupCount)
    falling = rising
  }

  /// The worst of several parts.
  package static func merged(_ parts: [Violators], groupCount: Int, limit: Int) -> Violators {
    var result = Violators(groupCount: groupCount)
    for part in parts {
      for g in 0..<groupCount {
        result.rising[g] += part.rising[g]
        result.falling[g] += part.falling[g]
      }
    }
    result.keepWorst(limit)
    return result
  }

  /// Keeps at most this many of each list, sorted.
  mutating func keepWorst(_ limit: Int) {
    for g in rising.indices {
      Self.keepSmallest(limit, of: &rising[g])
      Self.keepSmallest(limit, of: &falling[g])
    }
  }

  private static func keepSmallest(_ count: Int, of list: inout [Violator]) {
    if list.count > 4 * count {
      // Cheaper than sorting all: find a value that about twice as many lie below.
      let stride = max(1, list.count / 1024)
      var sample = Swift.stride(from: 0, to: list.count, by: stride).map { list[$0].rank }
      sample.sort()
      let bound = sample[min(sample.count - 1, (2 * count * sample.count) / list.count + 8)]
      let below = list.filter { $0.rank <= bound }
      if below.count >= count { list = below }
    }
    list.sort { ($0.rank, $0.variable) < ($1.rank, $1.variable) }
    if list.count > count { list.removeLast(list.count - count) }
  }
}
