/// How far a group is from optimal: it is optimal when `top ≤ bottom`.
struct Extremes: Sendable, Equatable {
  /// m: the largest v among variables that may grow.
  var top = -Double.infinity
  /// M: the smallest v among variables that may fall.
  var bottom = Double.infinity
  /// The variables with these v, −1 without one.
  var topVariable: Int32 = -1
  var bottomVariable: Int32 = -1

  /// By how much the most violating pair violates the KKT conditions.
  var violation: Double { top > bottom ? top - bottom : 0 }
}

/// Chooses the examples that enter the working set: those whose variables violate the KKT
/// conditions most, half from those that want to grow and half from those that want to fall
/// (Joachims 1999).
enum WorkingSet {
  /// Finds the extremes of each group.
  ///
  /// - Parameters:
  ///   - variables: The variables to look at.
  ///   - program: The program.
  ///   - beta: All variables.
  ///   - gradient: g of each example.
  ///   - v: How much each variable wants to grow; written here for the variables looked at.
  /// - Returns: One pair of extremes for each group.
  static func extremes(
    of variables: [Int32], _ program: SignedProgram, beta: [Double], gradient: [Double],
    v: inout [Double]
  ) -> [Extremes] {
    var result = [Extremes](repeating: Extremes(), count: program.groupCount)
    for variable in variables {
      let t = Int(variable)
      let value = -(gradient[Int(program.example[t])] + program.linear[t])
      v[t] = value
      let g = Int(program.group[t])
      if beta[t] < program.upper[t] && value > result[g].top {
        result[g].top = value
        result[g].topVariable = variable
      }
      if beta[t] > program.lower[t] && value < result[g].bottom {
        result[g].bottom = value
        result[g].bottomVariable = variable
      }
    }
    return result
  }

  /// Chooses examples by their violation.
  ///
  /// - Parameters:
  ///   - count: How many examples to choose at most.
  ///   - variables: The variables to choose from.
  ///   - program: The program.
  ///   - beta: All variables.
  ///   - v: How much each of `variables` wants to grow.
  ///   - extremes: The extremes of each group.
  ///   - tolerance: Groups whose violation is at most this are left alone.
  ///   - isTaken: Examples that are in the working set already; the chosen ones are added.
  /// - Returns: Examples, none of which was taken.
  static func choose(
    _ count: Int, among variables: [Int32], _ program: SignedProgram, beta: [Double], v: [Double],
    extremes: [Extremes], tolerance: Double, isTaken: inout [Bool]
  ) -> [Int32] {
    var chosen: [Int32] = []
    let groups = extremes.indices.filter { extremes[$0].violation > tolerance }
    for (position, g) in groups.enumerated() {
      // Each violating group gets its share of what is left.
      let share = (count - chosen.count) / (groups.count - position)
      var rising: [(v: Double, t: Int32)] = []
      var falling: [(v: Double, t: Int32)] = []
      for variable in variables {
        let t = Int(variable)
        guard Int(program.group[t]) == g, !isTaken[Int(program.example[t])] else { continue }
        if beta[t] < program.upper[t] && v[t] > extremes[g].bottom {
          rising.append((-v[t], variable))
        }
        if beta[t] > program.lower[t] && v[t] < extremes[g].top {
          falling.append((v[t], variable))
        }
      }
      keepSmallest(share, of: &rising)
      keepSmallest(share, of: &falling)
      var r = 0
      var f = 0
      var left = share
      // Take turns, and what one side lacks the other gives.
      while left > 0 && (r < rising.count || f < falling.count) {
        let takesRising = f >= falling.count || (r < rising.count && r <= f)
        let t = takesRising ? rising[r].t : falling[f].t
        if takesRising { r += 1 } else { f += 1 }
        let example = program.example[Int(t)]
        guard !isTaken[Int(example)] else { continue }
        isTaken[Int(example)] = true
        chosen.append(example)
        left -= 1
      }
    }
    return chosen
  }

  /// Keeps the smallest elements, sorted; the lower index first of equals.
  private static func keepSmallest(_ count: Int, of list: inout [(v: Double, t: Int32)]) {
    if list.count > 4 * count {
      // Cheaper than sorting all: find a value that about twice as many lie below.
      let stride = max(1, list.count / 1024)
      var sample = Swift.stride(from: 0, to: list.count, by: stride).map { list[$0].v }
      sample.sort()
      let bound = sample[min(sample.count - 1, (2 * count * sample.count) / list.count + 8)]
      let below = list.filter { $0.v <= bound }
      if below.count >= count { list = below }
    }
    list.sort { ($0.v, $0.t) < ($1.v, $1.t) }
    if list.count > count { list.removeLast(list.count - count) }
  }
}
