import SMOSolver
import Transport

// The messages of a round. Every number has a fixed size, so that the bytes of a message follow from what
// it is about; README.md has the sum of a round.

extension ByteWriter {
  /// 32 bytes a group.
  mutating func append(_ extremes: [Extremes]) {
    for group in extremes {
      for end in [group.top, group.bottom] {
        append(end.v)
        append(end.variable)
        append(end.example)
      }
    }
  }

  /// 17 bytes an example and its variable, 33 more for each further variable: 9 + 4 and 33 a variable.
  mutating func append(_ members: BlockMembers) {
    append(members.examples.count)
    for member in members.examples.indices {
      let range = members.range(member)
      append(members.examples[member])
      append(members.gradient[member])
      append(UInt8(members.isActive[member] ? 1 : 0))
      append(Int32(range.count))
      for variable in members.variables[range] {
        append(variable.group)
        append(variable.linear)
        append(variable.lower)
        append(variable.upper)
        append(variable.beta)
      }
    }
  }

  /// 8 bytes a list, and 16 a violator.
  mutating func append(_ violators: Violators) {
    for list in violators.rising + violators.falling {
      append(list.count)
      for violator in list {
        append(violator.rank)
        append(violator.variable)
        append(violator.example)
      }
    }
  }

  /// An integer, and 12 bytes a row.
  mutating func append(_ changes: (rows: [Int32], coefficients: [Double])) {
    append(changes.rows.count)
    append(changes.rows)
    append(changes.coefficients)
  }
}

extension ByteReader {
  mutating func extremes(groupCount: Int) throws(TransportError) -> [Extremes] {
    var result = [Extremes](repeating: Extremes(), count: groupCount)
    for group in result.indices {
      result[group].top = try end()
      result[group].bottom = try end()
    }
    return result
  }

  private mutating func end() throws(TransportError) -> Extremes.End {
    Extremes.End(v: try double(), variable: try integer32(), example: try integer32())
  }

  mutating func members() throws(TransportError) -> BlockMembers {
    var result = BlockMembers()
    for _ in 0..<(try integer()) {
      let example = try integer32()
      let gradient = try double()
      let isActive = try byte() == 1
      for _ in 0..<(try integer32()) {
        result.variables.append(
          BlockMembers.Variable(
            group: try byte(), linear: try double(), lower: try double(), upper: try double(),
            beta: try double()))
      }
      result.append(example: example, gradient: gradient, isActive: isActive)
    }
    return result
  }

  mutating func violators(groupCount: Int) throws(TransportError) -> Violators {
    var result = Violators(groupCount: groupCount)
    for group in 0..<groupCount { result.rising[group] = try violatorList() }
    for group in 0..<groupCount { result.falling[group] = try violatorList() }
    return result
  }

  private mutating func violatorList() throws(TransportError) -> [Violators.Violator] {
    var list: [Violators.Violator] = []
    for _ in 0..<(try integer()) {
      list.append(
        Violators.Violator(rank: try double(), variable: try integer32(), example: try integer32()))
    }
    return list
  }

  mutating func changes() throws(TransportError) -> (rows: [Int32], coefficients: [Double]) {
    let count = try integer()
    return (try integers32(count), try doubles(count))
  }
}
