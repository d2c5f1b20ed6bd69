import Kernels
import SMOSolver
import Transport

// What every rank has of something, put together.

extension DistributedField {
  /// The message of each rank, in their order.
  func gathered(_ write: (inout ByteWriter) -> Void) throws(KernelError) -> [ByteReader] {
    let message = ByteWriter.bytes(write)
    return try reach { () throws(TransportError) in
      try transport.allGather(message).map { ByteReader($0) }
    }
  }

  func allCounts(_ count: Int) throws(KernelError) -> [Int] {
    let readers = try gathered { $0.append(count) }
    return try reach { () throws(TransportError) in
      var counts: [Int] = []
      for var reader in readers { counts.append(try reader.integer()) }
      return counts
    }
  }

  func gatheredChanges(
    _ own: (rows: [Int32], coefficients: [Double])
  ) throws(KernelError) -> (rows: [Int32], coefficients: [Double]) {
    let readers = try gathered { $0.append(own) }
    return try reach { () throws(TransportError) in
      var all: (rows: [Int32], coefficients: [Double]) = ([], [])
      for var reader in readers {
        let part = try reader.changes()
        all.rows += part.rows
        all.coefficients += part.coefficients
      }
      return all
    }
  }

  /// The examples with the largest gradients of all.
  func largestGradients() throws(KernelError) -> [Int32] {
    let own = shard.largestGradients()
    let readers = try gathered {
      $0.append((rows: own.map(\.example), coefficients: own.map(\.size)))
    }
    return try reach { () throws(TransportError) in
      var all: [(size: Double, example: Int32)] = []
      for var reader in readers {
        let part = try reader.changes()
        all += zip(part.coefficients, part.rows).map { (size: $0, example: $1) }
      }
      return ExampleShard.largest(all).map(\.example)
    }
  }

  /// The variables of a rank's examples, ascending.
  private func variables(of rank: Int) -> [Int] {
    let range = source.features.offsets[rank]..<source.features.offsets[rank + 1]
    return program.exampleIndex.indices.filter { range.contains(Int(program.exampleIndex[$0])) }
  }

  /// One number for each variable, from those of this rank's; the others are ignored.
  func gatheredVariables(_ own: [Double]) throws(KernelError) -> [Double] {
    let mine = variables(of: transport.rank)
    let readers = try gathered { $0.append(mine.map { own[$0] }) }
    var result = own
    try reach { () throws(TransportError) in
      for (rank, var reader) in readers.enumerated() where rank != transport.rank {
        let numbers = variables(of: rank)
        for (number, value) in zip(numbers, try reader.doubles(numbers.count)) {
          result[number] = value
        }
      }
    }
    return result
  }

  /// A state of all shards.
  func whole(_ own: ExampleState) throws(KernelError) -> ExampleState {
    var beta = [Double](repeating: 0, count: shape.variableCount)
    let mine = variables(of: transport.rank)
    for (t, number) in mine.enumerated() { beta[number] = own.beta[t] }
    var result = ExampleState(
      beta: try gatheredVariables(beta),
      gradient: try source.features.gatheringValues(own.gradient),
      settledRounds: try source.features.gatheringValues(own.settledRounds.map { Double($0) }).map {
        UInt8($0)
      })
    guard let shrunk = own.shrunk else { return result }
    for (t, number) in mine.enumerated() { beta[number] = shrunk.beta[t] }
    let active = try gatheredExamples(shrunk.active.map { $0 + Int32(shard.firstExample) })
    result.shrunk = ExampleState.Shrunk(
      active: active, beta: try gatheredVariables(beta),
      gradient: try source.features.gatheringValues(shrunk.gradient))
    return result
  }

  /// The examples that each rank names, in the order of the ranks.
  func gatheredExamples(_ own: [Int32]) throws(KernelError) -> [Int32] {
    let readers = try gathered { $0.append(own) }
    return try reach { () throws(TransportError) in
      var all: [Int32] = []
      for var reader in readers { all += try reader.integers32(reader.remaining / 4) }
      return all
    }
  }
}

extension ProgramSums {
  /// All sums as one list.
  var flattened: [Double] {
    top + bottom + freeSum + freeCount + total + [quadratic, linear]
  }

  init(flattened values: [Double]) {
    let count = (values.count - 2) / 5
    func part(_ number: Int) -> [Double] { Array(values[number * count..<(number + 1) * count]) }
    self.init(groupCount: count)
    (top, bottom, freeSum, freeCount, total) = (part(0), part(1), part(2), part(3), part(4))
    (quadratic, linear) = (values[5 * count], values[5 * count + 1])
  }
}
