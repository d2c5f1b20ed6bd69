// Points to begin at that are nearer to the solution than the program's own start.

extension QuadraticProgram {
  /// A point that satisfies all constraints, near one that need not.
  ///
  /// Each variable is moved into its bounds. Where that leaves a group's equality unmet, the variables
  /// strictly between their bounds move first, each by the same share of the room that it has; what
  /// they cannot take, the others take in the order of their index, each as much as it can.
  ///
  /// - Parameter alpha: One finite number for each variable.
  /// - Returns: A point whose equalities are those of ``start`` up to rounding.
  package func feasiblePoint(near alpha: [Double]) -> [Double] {
    precondition(
      alpha.count == variableCount,
      "there are \(alpha.count) values for \(variableCount) variables")
    var point = (0..<variableCount).map { min(max(alpha[$0], lowerBound[$0]), upperBound[$0]) }
    var members = [[Int]](repeating: [], count: groupCount)
    for t in 0..<variableCount { members[Int(group[t])].append(t) }
    for list in members { meetEquality(of: list, &point) }
    return point
  }

  private func meetEquality(of members: [Int], _ point: inout [Double]) {
    /// What Σ σα lacks, and the size of the numbers that it is summed from.
    func missing() -> (amount: Double, scale: Double) {
      var amount = 0.0
      var scale = 0.0
      for t in members {
        amount += isPositive[t] ? start[t] - point[t] : point[t] - start[t]
        scale += abs(point[t]) + abs(start[t])
      }
      return (amount, scale)
    }
    /// How far a variable can move in the direction that is needed.
    func bound(_ t: Int, _ amount: Double) -> Double {
      isPositive[t] == (amount > 0) ? upperBound[t] : lowerBound[t]
    }
    let free = members.filter { point[$0] > lowerBound[$0] && point[$0] < upperBound[$0] }
    var (amount, scale) = missing()
    guard abs(amount) > 1e-15 * scale else { return }
    let room = free.reduce(0) { $0 + abs(bound($1, amount) - point[$1]) }
    if room > 0 {
      let share = min(1, abs(amount) / room)
      for t in free {
        let end = bound(t, amount)
        point[t] = share == 1 ? end : point[t] + share * (end - point[t])
      }
      (amount, scale) = missing()
    }
    // The rest, which is rounding where the free variables had room.
    let wasFree = Set(free)
    for t in free + members.filter({ !wasFree.contains($0) }) {
      guard abs(amount) > 1e-15 * scale else { return }
      let end = bound(t, amount)
      let part = min(abs(end - point[t]), abs(amount))
      guard part > 0 else { continue }
      let moved = end > point[t] ? point[t] + part : point[t] - part
      point[t] = min(max(moved, lowerBound[t]), upperBound[t])
      amount -= amount > 0 ? part : -part
    }
  }
}
