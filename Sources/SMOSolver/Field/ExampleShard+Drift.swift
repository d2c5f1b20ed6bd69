// How far the running gradient has drifted, by a sample, and for which examples that can matter.

extension ExampleShard {
  /// The largest size of a sample, of which this many are spread over the active examples.
  private static let spreadCount = 192
  /// The others have the largest gradients.
  package static let largestCount = 64

  /// Its examples of the part of a sample that is spread over all active examples, numbered from 0.
  ///
  /// - Parameters:
  ///   - before: The number of active examples of the shards before it.
  ///   - total: That of all shards.
  /// - Returns: The examples, ascending.
  package func spreadSample(before: Int, of total: Int) -> [Int32] {
    let spread = min(Self.spreadCount, total)
    let active = active
    return (0..<spread).map { $0 * total / spread - before }
      .filter { active.indices.contains($0) }.map { active[$0] }
  }

  /// Whether the examples of the largest gradients belong to a sample.
  package static func samplesLargest(of total: Int) -> Bool { total > spreadCount }

  /// The active examples with the largest gradients, by their number among all: the largest first, of
  /// equals the first example.
  package func largestGradients() -> [(size: Double, example: Int32)] {
    let list = active.map {
      (size: abs(state.gradient[Int($0)]), example: $0 + Int32(firstExample))
    }
    return Self.largest(list)
  }

  /// The largest of several lists of ``largestGradients()``.
  package static func largest(
    _ list: [(size: Double, example: Int32)]
  ) -> [(size: Double, example: Int32)] {
    Array(
      list.sorted { $0.size != $1.size ? $0.size > $1.size : $0.example < $1.example }
        .prefix(largestCount))
  }

  /// The examples with a variable that may move and lies beyond an end of its group, or within a margin
  /// of it, numbered from 0.
  ///
  /// - Parameters:
  ///   - extremes: The last ``extremes()`` of all shards.
  ///   - margin: Where the gradient of each example is in error by at most half of this, all variables
  ///     that can be an end of their group are among those of the examples returned.
  /// - Returns: The examples, ascending.
  package func examples(near extremes: [Extremes], margin: Double) -> [Int32] {
    var isNear = [Bool](repeating: false, count: exampleCount)
    for variable in activeVariables {
      let t = Int(variable)
      let ends = extremes[Int(program.group[t])]
      if (state.beta[t] < program.upper[t] && v[t] >= ends.top.v - margin)
        || (state.beta[t] > program.lower[t] && v[t] <= ends.bottom.v + margin)
      {
        isNear[Int(program.example[t])] = true
      }
    }
    return isNear.indices.filter { isNear[$0] }.map { Int32($0) }
  }
}
